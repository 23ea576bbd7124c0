/* What refused and fault have in common: what it is, rows of answers, a number to quote. */
#pragma once
#include "ui/screens/screens.h"

typedef struct {
    const char *icon, *title, *body; /* body NULL ends the list */
} OutcomeRow;

typedef struct {
    const char *icon; /* large, beside the chip; may be NULL */
    const char *chip_icon, *chip;
    const char *heading, *lead;
    OutcomeRow rows[4];
    const char *number_above;                    /* over the ticket */
    void (*draw_picture)(Sheet *sheet, Box box); /* where there is no ticket; may be NULL */
} Outcome;

void outcome_draw(Sheet *sheet, const Outcome *outcome);
