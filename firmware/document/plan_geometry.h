/* Plane geometry of a plan: x to the right, y downwards, as on the sheet. Private to this room. */
#pragma once
#include <glib.h>

typedef struct {
    double x, y;
} Vec;

typedef struct {
    Vec *points; /* not closed: the first point is not repeated */
    guint count;
} Ring;

/* A polygon. Its outer ring turns one way, its holes the other, so that shapes can be united by
 * filling them together. */
typedef struct {
    Ring outer;
    Ring *holes;
    guint n_holes;
} Shape;

typedef struct {
    double x0, y0, x1, y1;
} Rect;

static inline Vec vec_add(Vec a, Vec b)
{
    return (Vec){a.x + b.x, a.y + b.y};
}

static inline Vec vec_sub(Vec a, Vec b)
{
    return (Vec){a.x - b.x, a.y - b.y};
}

static inline Vec vec_scale(Vec a, double factor)
{
    return (Vec){a.x * factor, a.y * factor};
}

/* a + factor * b */
static inline Vec vec_along(Vec a, Vec b, double factor)
{
    return (Vec){a.x + factor * b.x, a.y + factor * b.y};
}

static inline double vec_dot(Vec a, Vec b)
{
    return a.x * b.x + a.y * b.y;
}

/* To the left of somebody who walks along `a`, seen on the sheet. */
static inline Vec vec_left(Vec a)
{
    return (Vec){a.y, -a.x};
}

double vec_length(Vec a);
Vec vec_unit(Vec a); /* (0, 0) stays */

/* Positive when the ring turns clockwise on the sheet. */
double ring_area(const Ring *ring);
void ring_reverse(Ring *ring);
Vec ring_centroid(const Ring *ring);
gboolean ring_contains(const Ring *ring, Vec point);
double ring_distance(const Ring *ring, Vec point); /* to its line, from either side */

/* Whether both ends and the middle of a segment lie on the ring's line. */
gboolean ring_carries(const Ring *ring, Vec a, Vec b, double tolerance);

Rect rect_empty(void);
void rect_add_point(Rect *rect, Vec point);
void rect_add_rect(Rect *rect, Rect other);
void rect_add_ring(Rect *rect, const Ring *ring);
gboolean rects_overlap(Rect a, Rect b);
Rect rect_grow(Rect rect, double dx, double dy);
Rect rect_move(Rect rect, Vec by);

/* Whether the ring's line enters the rectangle. */
gboolean ring_crosses_rect(const Ring *ring, Rect rect);

/* Whether the rectangle lies wholly in the shape. */
gboolean shape_contains_rect(const Shape *shape, Rect rect);

/* Whether rectangle and shape have a point in common. */
gboolean shape_meets_rect(const Shape *shape, Rect rect);
