#include "firmware/document/plan_geometry.h"
#include <math.h>

double vec_length(Vec a)
{
    return hypot(a.x, a.y);
}

Vec vec_unit(Vec a)
{
    double length = vec_length(a);
    return length > 0 ? vec_scale(a, 1 / length) : a;
}

static Vec next_point(const Ring *ring, guint i)
{
    return ring->points[i + 1 < ring->count ? i + 1 : 0];
}

double ring_area(const Ring *ring)
{
    double twice = 0;
    for (guint i = 0; i < ring->count; i++) {
        Vec a = ring->points[i], b = next_point(ring, i);
        twice += a.x * b.y - b.x * a.y;
    }
    return twice / 2;
}

void ring_reverse(Ring *ring)
{
    for (guint i = 0, j = ring->count; i + 1 < j; i++) {
        j--;
        Vec swapped = ring->points[i];
        ring->points[i] = ring->points[j];
        ring->points[j] = swapped;
    }
}

Vec ring_centroid(const Ring *ring)
{
    Vec sum = {0, 0}, base = ring->points[0];
    double area = 0;
    for (guint i = 0; i < ring->count; i++) {
        Vec a = vec_sub(ring->points[i], base), b = vec_sub(next_point(ring, i), base);
        double cross = a.x * b.y - b.x * a.y;
        area += cross / 2;
        sum = vec_along(sum, vec_add(a, b), cross / 6);
    }
    return area != 0 ? vec_along(base, sum, 1 / area) : base;
}

gboolean ring_contains(const Ring *ring, Vec point)
{
    gboolean inside = FALSE;
    for (guint i = 0; i < ring->count; i++) {
        Vec a = ring->points[i], b = next_point(ring, i);
        if ((a.y > point.y) != (b.y > point.y) &&
            point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x))
            inside = !inside;
    }
    return inside;
}

static double segment_distance(Vec a, Vec b, Vec point)
{
    Vec along = vec_sub(b, a);
    double square = vec_dot(along, along);
    double t = square > 0 ? vec_dot(vec_sub(point, a), along) / square : 0;
    return vec_length(vec_sub(point, vec_along(a, along, CLAMP(t, 0, 1))));
}

double ring_distance(const Ring *ring, Vec point)
{
    double least = INFINITY;
    for (guint i = 0; i < ring->count; i++)
        least = MIN(least, segment_distance(ring->points[i], next_point(ring, i), point));
    return least;
}

gboolean ring_carries(const Ring *ring, Vec a, Vec b, double tolerance)
{
    Vec middle = vec_scale(vec_add(a, b), 0.5);
    return ring_distance(ring, a) <= tolerance && ring_distance(ring, b) <= tolerance &&
           ring_distance(ring, middle) <= tolerance;
}

Rect rect_empty(void)
{
    return (Rect){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

void rect_add_point(Rect *rect, Vec point)
{
    rect->x0 = MIN(rect->x0, point.x);
    rect->y0 = MIN(rect->y0, point.y);
    rect->x1 = MAX(rect->x1, point.x);
    rect->y1 = MAX(rect->y1, point.y);
}

void rect_add_rect(Rect *rect, Rect other)
{
    rect_add_point(rect, (Vec){other.x0, other.y0});
    rect_add_point(rect, (Vec){other.x1, other.y1});
}

void rect_add_ring(Rect *rect, const Ring *ring)
{
    for (guint i = 0; i < ring->count; i++)
        rect_add_point(rect, ring->points[i]);
}

gboolean rects_overlap(Rect a, Rect b)
{
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

Rect rect_grow(Rect rect, double dx, double dy)
{
    return (Rect){rect.x0 - dx, rect.y0 - dy, rect.x1 + dx, rect.y1 + dy};
}

Rect rect_move(Rect rect, Vec by)
{
    return (Rect){rect.x0 + by.x, rect.y0 + by.y, rect.x1 + by.x, rect.y1 + by.y};
}

/* One side of Liang and Barsky's clipping: narrows [t0, t1] of a segment. */
static gboolean clip_side(double direction, double distance, double *t0, double *t1)
{
    if (direction == 0)
        return distance > 0;
    double t = distance / direction;
    if (direction < 0)
        *t0 = MAX(*t0, t);
    else
        *t1 = MIN(*t1, t);
    return *t0 < *t1;
}

static gboolean segment_enters(Vec a, Vec b, Rect rect)
{
    double t0 = 0, t1 = 1;
    Vec d = vec_sub(b, a);
    return clip_side(-d.x, a.x - rect.x0, &t0, &t1) && clip_side(d.x, rect.x1 - a.x, &t0, &t1) &&
           clip_side(-d.y, a.y - rect.y0, &t0, &t1) && clip_side(d.y, rect.y1 - a.y, &t0, &t1);
}

gboolean ring_crosses_rect(const Ring *ring, Rect rect)
{
    for (guint i = 0; i < ring->count; i++)
        if (segment_enters(ring->points[i], next_point(ring, i), rect))
            return TRUE;
    return FALSE;
}

static Vec rect_middle(Rect rect)
{
    return (Vec){(rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2};
}

gboolean shape_contains_rect(const Shape *shape, Rect rect)
{
    Vec middle = rect_middle(rect);
    if (ring_crosses_rect(&shape->outer, rect) || !ring_contains(&shape->outer, middle))
        return FALSE;
    for (guint i = 0; i < shape->n_holes; i++)
        if (ring_contains(&shape->holes[i], middle) || ring_crosses_rect(&shape->holes[i], rect))
            return FALSE;
    return TRUE;
}

gboolean shape_meets_rect(const Shape *shape, Rect rect)
{
    if (ring_crosses_rect(&shape->outer, rect))
        return TRUE;
    if (!ring_contains(&shape->outer, rect_middle(rect)))
        return FALSE;
    for (guint i = 0; i < shape->n_holes; i++)
        if (ring_contains(&shape->holes[i], rect_middle(rect)))
            return ring_crosses_rect(&shape->holes[i], rect);
    return TRUE;
}
