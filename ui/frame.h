/* What every screen shares: header, five steps, heading and lead, the places of primary and
 * secondary buttons, utility bar and foot; in portrait and landscape. */
#pragma once
#include "ui/component.h"

void frame_draw_header(Sheet *sheet);
void frame_draw_foot(Sheet *sheet);

/* The five steps of a visit; `current` from 1; 6: all done. */
void frame_draw_steps(Sheet *sheet, int current);

/* Heading and lead ("" for none) below the steps, or below a chip; gives where they end. */
double frame_draw_say(Sheet *sheet, double top, const char *heading, const char *lead);
double frame_say_top(const Sheet *sheet); /* the same below steps, below a chip, below nothing */
double frame_chip_top(const Sheet *sheet);

/* The column of heading and lead: x and width. */
Box frame_say_column(const Sheet *sheet);

/* Everything between the say zone and the primary: from `top` in portrait, the right column in
 * landscape. */
Box frame_work(const Sheet *sheet, double top);

/* What is left for a picture below the say zone: down to the work zone in portrait, to the foot in
 * landscape. */
Box frame_picture(const Sheet *sheet, double top);

/* `secondaries`: how many share the row with it (landscape): one before it, others behind it. */
Box frame_primary(const Sheet *sheet, int secondaries);
Box frame_secondary(const Sheet *sheet, int index, int count);
Box frame_hint(const Sheet *sheet); /* portrait only */

/* A button of the secondary row. */
typedef struct {
    ActionId action; /* UNKNOWN ends the list */
    const char *icon, *key;
} Choice;

/* What stands below the work zone: the primary or, when it is not offered, the waiting bar; the
 * secondary buttons that are offered, or a line of hint. Texts are ready sentences, NULL: none. */
typedef struct {
    Action primary;
    const char *icon, *text;
    const char *wait_icon, *wait, *wait_right;
    Choice choices[3];
    const char *hint;
    gboolean hint_beside; /* a lying panel has it at the end of the left column, too */
} Bottom;

void frame_draw_bottom(Sheet *sheet, const Bottom *bottom);

/* Big heading of attract and closed; gives where heading and lead end. */
double frame_draw_display(Sheet *sheet, const char *heading, const char *lead);

/* "22 s"; "" when below 0. */
const char *frame_say_seconds(Sheet *sheet, int seconds);
