/* Doors and windows on paper. Private to this room. Positions are millimetres relative to the
 * drawing's own origin. */
#pragma once
#include "firmware/certificate/plan.h"
#include "firmware/document/plan_figure.h"
#include <cairo.h>

typedef struct {
    OpeningKind kind;
    Vec from, to;     /* hinge to latch */
    Vec along, left;  /* unit vectors, seen from `from` */
    double width;     /* from `from` to `to` */
    double near, far; /* faces of the wall, measured along `left` from the line; near <= far */
} Opening;

/* Finds the wall under every opening of `figure`. Array of Opening; the caller unrefs. */
GArray *openings_create(const Figure *figure, double mm_per_m);

/* What a door's swing sweeps over; an empty rectangle for anything else. */
Rect opening_swing_box(const Opening *opening);

/* Cuts the gap out of the wall and draws jambs, panes, leaves and arcs. */
void openings_draw(const GArray *openings, cairo_t *cr);
