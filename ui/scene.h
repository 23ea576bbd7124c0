/* Pictures that go with an instruction, put together from the drawings of assets/icons and fitted
 * into a box without distortion. */
#pragma once
#include "ui/component.h"

void scene_draw_attract(Sheet *sheet, Box box);             /* card and booklet on a table */
void scene_draw_card(Sheet *sheet, Box box, gboolean away); /* a hand lays it down, or lifts it */
void scene_draw_reading(Sheet *sheet, Box box);             /* the card lies on the reader */
void scene_draw_collect(Sheet *sheet, Box box);             /* a hand pulls the booklet out */
void scene_draw_done(Sheet *sheet, Box box);                /* the booklet with a tick */
void scene_draw_closed(Sheet *sheet, Box box, const char *picture, const char *icon);

/* A service window with its number. */
void scene_draw_window(Sheet *sheet, Box box, const char *number);

/* One certificate of the list: a booklet, or a dashed leaf, each with a badge. */
typedef struct {
    gboolean printable;
    ChipKind kind;
    const char *icon;
} SceneBooklet;

/* Up to three, the first in the middle. */
void scene_draw_booklets(Sheet *sheet, Box box, const SceneBooklet *booklets, gsize count);

/* A part that is to be mended, and over it the place that is meant; `place` may be NULL. */
void scene_draw_mend(Sheet *sheet, Box box, const char *part, const char *place);
