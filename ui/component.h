/* What the screens are built from: buttons, bars, chips, cards, rows, ring. Each draws itself in a
 * box and, where it can be pressed, records the same box as its target; what the view does not
 * offer is not drawn. */
#pragma once
#include "ui/sheet.h"

/* The one thing to press. FALSE, and nothing drawn, when the view does not offer `action`. `icon`
 * may be NULL. */
gboolean component_draw_primary(Sheet *sheet, Box box, const char *icon, const char *text,
                                Action action);

/* In the primary's place: what the machine waits for and, at the right, how long ("" or NULL:
 * unknown). */
void component_draw_waiting(Sheet *sheet, Box box, const char *icon, const char *text,
                            const char *right);

/* Gives way to a smaller form by itself: without icon, then on two lines. `stacked`: the icon above
 * the words, 11 mm, in a button less than 30 mm high 8 mm. */
gboolean component_draw_secondary(Sheet *sheet, Box box, const char *icon, const char *text,
                                  Action action, gboolean stacked);

/* TRUE when icon and words have room beside one another, on one line. */
gboolean component_fits_beside(Sheet *sheet, Box box, const char *text);

/* The same as something that cannot be pressed now. */
void component_draw_disabled(Sheet *sheet, Box box, const char *icon, const char *text);

/* One line of hint where a secondary row would be. */
void component_draw_hint(Sheet *sheet, Box box, const char *icon, const char *text);

/* A key of the keypad: a figure; on sunk ground a word, or `icon`, whose word speech says. */
void component_draw_key(Sheet *sheet, Box box, const char *icon, const char *text, Action action);

/* Twelve keys, 1 to 9, 0 in the middle below, erase at its right; at its left `text` does `action`
 * (NULL: nothing is there). */
void component_draw_keypad(Sheet *sheet, Box box, const char *text, Action action);

typedef enum {
    CHIP_UNKNOWN = 0,
    CHIP_OK,
    CHIP_WARN,
    CHIP_BAD,
    CHIP_NEUTRAL,
} ChipKind;

double component_chip_height(const Sheet *sheet);
double component_measure_chip(Sheet *sheet, const char *text);
void component_draw_chip(Sheet *sheet, double x, double y, ChipKind kind, const char *icon,
                         const char *text);

/* The colours of a chip's kind, for badges. */
void component_chip_colours(ChipKind kind, Token *ret_ink, Token *ret_ground);

/* A card with icon, bold title and body; `body` may be "". */
void component_draw_notice(Sheet *sheet, Box box, const char *icon, const char *title,
                           const char *body);

/* Height of a row of this width with its rule. */
double component_measure_row(Sheet *sheet, double width, const char *title, const char *body);

/* A row without a card: icon, bold title, body; a hairline below when `ruled`. */
void component_draw_row(Sheet *sheet, Box box, const char *icon, const char *title,
                        const char *body, gboolean ruled);

/* `fraction` 0 to 1, filled clockwise from 12 o'clock. */
void component_draw_ring(Sheet *sheet, double x, double y, double radius, double width_mm,
                         double fraction, gboolean ticks);

/* Six digits to quote, in groups of three. */
void component_draw_number(Sheet *sheet, Box box, const char *above, const char *number,
                           const char *below);
