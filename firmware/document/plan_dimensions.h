/* Dimensions of a plan: rows outside the drawing, lengths from the data. Private to this room.
 * Positions are millimetres on paper relative to the drawing's own origin. */
#pragma once
#include "firmware/document/plan_figure.h"
#include "firmware/document/text.h"

typedef struct {
    Vec a, b;             /* ends of the measured stretch on the dimension line */
    Vec out;              /* unit vector away from what is measured; (0, 0): no extension lines */
    double before, after; /* how far the line goes on beyond a and b, to carry its text */
    char *text;
    TextLine *line;
    Vec text_at;       /* left end of the baseline */
    double text_angle; /* clockwise */
    Rect text_box;
    Vec leader[2]; /* from the stretch's middle to a text that stands farther off */
    gboolean has_leader;
    gboolean half_tick[2]; /* of a and b: over the stretch only, beyond it is the flat */
} Dimension;

#define DIMENSION_GAP_MM 6.0 /* from row to row, and from the drawing to the first */
#define DIMENSION_TEXT_MM 2.4
#define DIMENSION_SHORTEST_M 0.295 /* 0.30, less what rounding of turned coordinates takes away */

/* Everything that is dimensioned of `figure` at `mm_per_m`. Array of Dimension; the caller unrefs.
 */
GArray *dimensions_create(TextEngine *engine, const Figure *figure, double mm_per_m);

/* The two ends of the tick at a (`end` 0) or b (1). */
void dimension_tick(const Dimension *dimension, int end, Vec ret[2]);

/* What one of them covers. */
Rect dimension_box(const Dimension *dimension);

/* Whether every number can be read: none stands on another one or on the outline. */
gboolean dimensions_are_legible(const GArray *dimensions, const Figure *figure, double mm_per_m);

/* Whether the number of one of them stands on bare paper, as far as figure and those before it are
 * concerned, and its line runs through none of their numbers. */
gboolean dimension_stands_clear(const GArray *dimensions, guint index, const Figure *figure,
                                double mm_per_m);

/* Rows: stretches that share a line. Used by plan_dimensions.c, done in plan_rows.c. */
typedef struct {
    Side side;
    double u0, u1; /* along the side */
    double v;      /* of the measured edge, outwards */
    double length_m;
    const char *text; /* instead of the length, or NULL */
    int row;
    gboolean is_recessed; /* stands in its recess instead of in a row */
} Stretch;

double side_u(Side side, Vec point);
double side_v(Side side, Vec point);

/* Gives every stretch of one side a row, outermost edges first; gives the number of rows. */
int stretches_assign_rows(Stretch *stretches, guint count);

/* Appends the dimension of a stretch whose line stands at `v`. */
void dimensions_add_stretch(GArray *dimensions, TextEngine *engine, const Stretch *stretch,
                            double v);

/* The same for any two points; `out` as in Dimension. */
Dimension *dimensions_add(GArray *dimensions, TextEngine *engine, Vec a, Vec b, Vec out,
                          double length_m, const char *text);

/* Moves texts that are wider than their stretch. The dimensions `first` to the end share a line. */
void dimensions_settle_row(GArray *dimensions, guint first);

/* The same for one that stands alone and runs out to `facing`: its text never goes into the flat. */
void dimensions_settle_outwards(GArray *dimensions, guint index, Side facing);
