#include "firmware/certificate/ring.h"
#include <math.h>
#include <string.h>

#define SIDES_MAX 64     /* of a ring: sides are compared with each other */
#define POINTS_MAX 256   /* of a ring that is clipped */
#define LENGTH_MIN_M 0.001 /* of a line that becomes a rectangle */
#define CLEAR_SHARE 1e-9 /* of a cross product's terms, far above how they are rounded */

typedef struct {
    PlanPoint from, to;
} Side;

static Side side_of(const PlanLine *ring, gsize number)
{
    return (Side){ring->points[number], ring->points[(number + 1) % ring->count]};
}

/* On which side of a line a point lies: 1 left, -1 right, 0 on it or too near to tell. */
static int find_hand(const Side *line, PlanPoint point)
{
    double ahead = (line->to.east - line->from.east) * (point.north - line->from.north);
    double across = (line->to.north - line->from.north) * (point.east - line->from.east);
    double least = CLEAR_SHARE * (fabs(ahead) + fabs(across));
    return ahead - across > least ? 1 : across - ahead > least ? -1 : 0;
}

static gboolean is_beside(const Side *line, const Side *side)
{
    int hand = find_hand(line, side->from);
    return hand != 0 && hand == find_hand(line, side->to);
}

/* Whether the boxes round two sides have paper between them. */
static gboolean boxes_are_apart(const Side *a, const Side *b)
{
    return fmax(a->from.north, a->to.north) < fmin(b->from.north, b->to.north) ||
           fmax(b->from.north, b->to.north) < fmin(a->from.north, a->to.north) ||
           fmax(a->from.east, a->to.east) < fmin(b->from.east, b->to.east) ||
           fmax(b->from.east, b->to.east) < fmin(a->from.east, a->to.east);
}

static gboolean sides_are_apart(const Side *a, const Side *b)
{
    return boxes_are_apart(a, b) || is_beside(a, b) || is_beside(b, a);
}

/* Whether a side that begins where another one ends does not run back over it. */
static gboolean goes_on(const Side *side, const Side *next)
{
    return find_hand(side, next->to) != 0 ||
           (side->to.north - side->from.north) * (next->to.north - next->from.north) +
                   (side->to.east - side->from.east) * (next->to.east - next->from.east) >
               0;
}

gboolean ring_is_simple(const PlanLine *ring)
{
    gsize count = ring->count;
    if (count < 3 || count > SIDES_MAX)
        return FALSE;
    for (gsize i = 0; i < count; i++) {
        Side side = side_of(ring, i), next = side_of(ring, (i + 1) % count);
        if (!goes_on(&side, &next))
            return FALSE;
        for (gsize j = i + 2; j < count - (i == 0); j++) {
            Side other = side_of(ring, j);
            if (!sides_are_apart(&side, &other))
                return FALSE;
        }
    }
    return TRUE;
}

/* From where to where a ring reaches in a direction, in lengths of the direction. */
static void find_reach(const PlanLine *ring, PlanPoint direction, double *ret_least,
                       double *ret_most)
{
    *ret_least = INFINITY;
    *ret_most = -INFINITY;
    for (gsize i = 0; i < ring->count; i++) {
        double at = ring->points[i].north * direction.north + ring->points[i].east * direction.east;
        *ret_least = MIN(*ret_least, at);
        *ret_most = MAX(*ret_most, at);
    }
}

/* Whether a line along the first edge of `a`, or one across it, has `a` and `b` on its two sides:
 * so lie nearly all rooms of a flat. */
static gboolean line_parts(const PlanLine *a, const PlanLine *b)
{
    PlanPoint edge = {a->points[1].north - a->points[0].north,
                      a->points[1].east - a->points[0].east};
    PlanPoint directions[] = {edge, {-edge.east, edge.north}};
    for (guint i = 0; i < G_N_ELEMENTS(directions); i++) {
        double least, most, other_least, other_most;
        find_reach(a, directions[i], &least, &most);
        find_reach(b, directions[i], &other_least, &other_most);
        if (most <= other_least || other_most <= least)
            return TRUE;
    }
    return FALSE;
}

/* 1: turns left at each of its corners or goes straight on, -1: right. 0: neither, or too near to tell. */
static int find_turn(const PlanLine *ring)
{
    int turn = 0;
    for (gsize i = 0; i < ring->count; i++) {
        Side side = side_of(ring, i);
        int hand = find_hand(&side, ring->points[(i + 2) % ring->count]);
        if (hand != 0 && hand == -turn)
            return 0;
        turn = hand ? hand : turn;
    }
    return turn;
}

/* How far left of a line a point lies, times the line's length. */
static double measure_left(const Side *line, PlanPoint point)
{
    return (line->to.east - line->from.east) * (point.north - line->from.north) -
           (line->to.north - line->from.north) * (point.east - line->from.east);
}

/* What of a ring lies on one hand of a line (Sutherland and Hodgman): at most twice as many points. */
static gsize clip(const PlanPoint *points, gsize count, const Side *line, int hand, PlanPoint *ret)
{
    gsize kept = 0;
    for (gsize i = 0; i < count; i++) {
        PlanPoint from = points[i], to = points[(i + 1) % count];
        double in = hand * measure_left(line, from), next_in = hand * measure_left(line, to);
        if (in >= 0)
            ret[kept++] = from;
        if ((in > 0 && next_in < 0) || (in < 0 && next_in > 0)) {
            double share = in / (in - next_in);
            ret[kept++] = (PlanPoint){from.north + share * (to.north - from.north),
                                      from.east + share * (to.east - from.east)};
        }
    }
    return kept;
}

static double measure_area(const PlanPoint *points, gsize count)
{
    double twice = 0;
    for (gsize i = 1; i + 1 < count; i++)
        twice += measure_left(&(Side){points[0], points[i]}, points[i + 1]);
    return fabs(twice) / 2;
}

double rings_overlap_m2(const PlanLine *a, const PlanLine *b)
{
    PlanPoint points[2][POINTS_MAX];
    if (line_parts(a, b))
        return 0;
    int turn = find_turn(b);
    const PlanLine *convex = turn ? b : a, *other = turn ? a : b;
    turn = turn ? turn : find_turn(a);
    gsize count = other->count;
    if (!turn || count > POINTS_MAX)
        return INFINITY;
    memcpy(points[0], other->points, count * sizeof *other->points);
    for (gsize i = 0; i < convex->count; i++) {
        Side side = side_of(convex, i);
        if (2 * count > POINTS_MAX)
            return INFINITY;
        count = clip(points[i & 1], count, &side, turn, points[~i & 1]);
    }
    return measure_area(points[convex->count & 1], count);
}

gboolean line_becomes_rectangle(const PlanLine *line, double thickness_m, PlanPoint ret[4])
{
    if (line->count != 2)
        return FALSE;
    PlanPoint from = line->points[0], to = line->points[1];
    double north = to.north - from.north, east = to.east - from.east;
    double length = sqrt(east * east + north * north), half = thickness_m / 2;
    double aside_north = half * east / length, aside_east = half * north / length;
    ret[0] = (PlanPoint){to.north + aside_north, to.east - aside_east};
    ret[1] = (PlanPoint){to.north - aside_north, to.east + aside_east};
    ret[2] = (PlanPoint){from.north - aside_north, from.east + aside_east};
    ret[3] = (PlanPoint){from.north + aside_north, from.east - aside_east};
    return length >= LENGTH_MIN_M;
}
