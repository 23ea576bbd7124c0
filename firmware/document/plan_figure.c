#include "firmware/document/plan_figure.h"
#include <math.h>
#include <string.h>

#define BIN_DEGREES 0.5
#define BINS 180 /* of 90 degrees */
#define MEAN_DEGREES 0.75
#define TIE_M 0.001
#define PARALLEL_DEGREES 0.2
#define STRAIGHT_M 0.01
#define SAMPLE 32

static double to_degrees(double radians)
{
    return radians * 180 / G_PI;
}

/* Distance from `b` to `a` on a circle of 90 degrees, in (-45, 45]. */
static double quarter_difference(double a, double b)
{
    double difference = fmod(a - b, 90);
    if (difference > 45)
        difference -= 90;
    if (difference <= -45)
        difference += 90;
    return difference;
}

/* Direction of the i-th outline edge modulo 90 degrees, and its length. */
static double edge_direction(const PlanLine *line, gsize i, double *ret_length)
{
    PlanPoint a = line->points[i], b = line->points[(i + 1) % line->count];
    *ret_length = hypot(b.east - a.east, b.north - a.north);
    double degrees = fmod(to_degrees(atan2(b.north - a.north, b.east - a.east)) + 360, 90);
    return degrees;
}

/* The turn that brings direction `degrees` parallel to an axis. */
static double turn_for(double degrees)
{
    return degrees < 45 ? -degrees : 90 - degrees;
}

static int find_bin(const PlanLine *line)
{
    double lengths[BINS] = {0};
    for (gsize i = 0; i < line->count; i++) {
        double length, direction = edge_direction(line, i, &length);
        lengths[(int)lround(direction / BIN_DEGREES) % BINS] += length;
    }
    int best = 0;
    for (int bin = 1; bin < BINS; bin++) {
        double gain = lengths[bin] - lengths[best];
        gboolean turns_less =
            fabs(turn_for(bin * BIN_DEGREES)) < fabs(turn_for(best * BIN_DEGREES));
        if (gain > TIE_M || (gain > -TIE_M && turns_less))
            best = bin;
    }
    return best;
}

/* The bin alone would leave lines crooked by a quarter of a degree. */
static double find_turn(const PlanLine *line)
{
    double centre = find_bin(line) * BIN_DEGREES, sum = 0, weight = 0;
    for (gsize i = 0; i < line->count; i++) {
        double length, direction = edge_direction(line, i, &length);
        double difference = quarter_difference(direction, centre);
        if (fabs(difference) > MEAN_DEGREES)
            continue;
        sum += difference * length;
        weight += length;
    }
    double direction = fmod(centre + (weight > 0 ? sum / weight : 0) + 90, 90);
    return turn_for(direction) * G_PI / 180;
}

Vec figure_turn_point(const Figure *figure, PlanPoint point)
{
    double east = point.east - figure->base.east, north = point.north - figure->base.north;
    double c = cos(figure->turn), s = sin(figure->turn);
    return (Vec){c * east - s * north, -(s * east + c * north)};
}

static gboolean is_between(Vec before, Vec here, Vec behind)
{
    Vec along = vec_unit(vec_sub(behind, before));
    Vec offset = vec_sub(here, before);
    double t = vec_dot(offset, along);
    return fabs(vec_dot(offset, vec_left(along))) <= STRAIGHT_M && t >= 0 &&
           t <= vec_length(vec_sub(behind, before));
}

/* Whether points first to last lie on the straight line between `before` and `behind`. Of a long
 * run a sample is enough: the run grew point by point. */
static gboolean is_straight(const Vec *points, guint first, guint last, Vec before, Vec behind)
{
    guint step = MAX(1, (last - first) / SAMPLE);
    for (guint i = first; i <= last; i += step)
        if (!is_between(before, points[i], behind))
            return FALSE;
    return is_between(before, points[last], behind);
}

/* Turned points without those that only lie on a straight line. */
static Ring read_ring(const Figure *figure, const PlanLine *line)
{
    guint count = (guint)line->count, kept = 0, last_kept = 0;
    Vec *all = secret_arena_alloc(figure->arena, count * sizeof(Vec));
    Ring ring = {secret_arena_alloc(figure->arena, count * sizeof(Vec)), 0};
    for (guint i = 0; i < count; i++)
        all[i] = figure_turn_point(figure, line->points[i]);
    ring.points[kept++] = all[0];
    for (guint i = 1; i < count; i++) {
        if (is_straight(all, last_kept + 1, i, all[last_kept], all[(i + 1) % count]))
            continue;
        ring.points[kept++] = all[i];
        last_kept = i;
    }
    if (kept > 3 && is_between(ring.points[kept - 1], ring.points[0], ring.points[1])) {
        kept--;
        memmove(ring.points, ring.points + 1, kept * sizeof(Vec));
    }
    ring.count = kept;
    return ring;
}

/* 'h', 'v' or 0 for a slanted edge. */
static char axis_of(Vec a, Vec b)
{
    double degrees = fabs(to_degrees(atan2(fabs(b.y - a.y), fabs(b.x - a.x))));
    if (degrees <= PARALLEL_DEGREES)
        return 'h';
    return degrees >= 90 - PARALLEL_DEGREES ? 'v' : 0;
}

/* Coordinates come rounded to millimetres: what means to be parallel to an axis becomes so, at the
 * mean of its ends. */
static void straighten_line(Vec *a, Vec *b)
{
    char axis = axis_of(*a, *b);
    if (axis == 'h')
        a->y = b->y = (a->y + b->y) / 2;
    if (axis == 'v')
        a->x = b->x = (a->x + b->x) / 2;
}

static void straighten(const Ring *ring)
{
    for (guint i = 0; i < ring->count; i++)
        straighten_line(&ring->points[i], &ring->points[(i + 1) % ring->count]);
}

static Side side_of(Vec normal)
{
    static const Side sides[] = {SIDE_BOTTOM, SIDE_RIGHT, SIDE_TOP, SIDE_LEFT};
    for (guint i = 0; i < G_N_ELEMENTS(sides); i++)
        if (vec_dot(normal, side_normal(sides[i])) > cos(PARALLEL_DEGREES * G_PI / 180))
            return sides[i];
    return SIDE_NONE;
}

/* Straightens a clockwise ring, or a hole that turns the other way, and lists its edges with the
 * lengths they had before. */
static EdgeList list_edges(const Figure *figure, const Ring *ring)
{
    EdgeList list = {secret_arena_alloc(figure->arena, ring->count * sizeof(Edge)), ring->count};
    for (guint i = 0; i < ring->count; i++)
        list.edges[i].length_m =
            vec_length(vec_sub(ring->points[(i + 1) % ring->count], ring->points[i]));
    straighten(ring);
    for (guint i = 0; i < ring->count; i++) {
        Edge *edge = &list.edges[i];
        edge->a = ring->points[i];
        edge->b = ring->points[(i + 1) % ring->count];
        edge->normal = vec_left(vec_unit(vec_sub(edge->b, edge->a)));
        edge->side = side_of(edge->normal);
    }
    return list;
}

/* `ret_edges` and `ret_hole_edges` (one list a hole) may be NULL. */
static Shape read_shape(const Figure *figure, const PlanPolygon *polygon, EdgeList *ret_edges,
                        EdgeList *ret_hole_edges)
{
    Shape shape = {read_ring(figure, &polygon->outer), NULL, (guint)polygon->n_holes};
    if (ring_area(&shape.outer) < 0)
        ring_reverse(&shape.outer);
    if (ret_edges)
        *ret_edges = list_edges(figure, &shape.outer);
    else
        straighten(&shape.outer);
    shape.holes = secret_arena_alloc(figure->arena, polygon->n_holes * sizeof(Ring));
    for (gsize i = 0; i < polygon->n_holes; i++) {
        shape.holes[i] = read_ring(figure, &polygon->holes[i]);
        if (ring_area(&shape.holes[i]) > 0)
            ring_reverse(&shape.holes[i]);
        if (ret_hole_edges)
            ret_hole_edges[i] = list_edges(figure, &shape.holes[i]);
        else
            straighten(&shape.holes[i]);
    }
    return shape;
}

static void read_lines(Figure *figure)
{
    const Plan *plan = figure->plan;
    figure->openings =
        secret_arena_alloc(figure->arena, plan->n_openings * sizeof *figure->openings);
    for (gsize i = 0; i < plan->n_openings; i++) {
        const PlanLine *line = &plan->openings[i].line;
        figure->openings[i][0] = figure_turn_point(figure, line->points[0]);
        figure->openings[i][1] = figure_turn_point(figure, line->points[line->count - 1]);
        straighten_line(&figure->openings[i][0], &figure->openings[i][1]);
    }
    figure->dimensions =
        secret_arena_alloc(figure->arena, plan->n_dimensions * sizeof *figure->dimensions);
    for (gsize i = 0; i < plan->n_dimensions; i++) {
        figure->dimensions[i][0] = figure_turn_point(figure, plan->dimensions[i].from);
        figure->dimensions[i][1] = figure_turn_point(figure, plan->dimensions[i].to);
    }
}

static Shape *alloc_shapes(const Figure *figure, gsize count)
{
    return secret_arena_alloc(figure->arena, count * sizeof(Shape));
}

static void read_shapes(Figure *figure)
{
    const Plan *plan = figure->plan;
    figure->hole_edges =
        secret_arena_alloc(figure->arena, plan->unit.n_holes * sizeof *figure->hole_edges);
    figure->unit = read_shape(figure, &plan->unit, &figure->unit_edges, figure->hole_edges);
    figure->walls = alloc_shapes(figure, plan->n_walls);
    for (gsize i = 0; i < plan->n_walls; i++)
        figure->walls[i] = read_shape(figure, &plan->walls[i].polygon, NULL, NULL);
    figure->rooms = alloc_shapes(figure, plan->n_rooms);
    for (gsize i = 0; i < plan->n_rooms; i++)
        figure->rooms[i] = read_shape(figure, &plan->rooms[i].polygon, NULL, NULL);
    figure->commons = alloc_shapes(figure, plan->n_commons);
    for (gsize i = 0; i < plan->n_commons; i++)
        figure->commons[i] = read_shape(figure, &plan->commons[i].polygon, NULL, NULL);
    figure->balconies = alloc_shapes(figure, plan->n_balconies);
    figure->balcony_edges = secret_arena_alloc(figure->arena, plan->n_balconies * sizeof(EdgeList));
    for (gsize i = 0; i < plan->n_balconies; i++)
        figure->balconies[i] =
            read_shape(figure, &plan->balconies[i].polygon, &figure->balcony_edges[i], NULL);
}

Figure *figure_create(const Plan *plan)
{
    Figure *figure = g_new0(Figure, 1);
    figure->plan = plan;
    figure->arena = secret_arena_create();
    figure->base = plan->unit.outer.points[0];
    figure->turn = find_turn(&plan->unit.outer);
    read_shapes(figure);
    read_lines(figure);
    return figure;
}

void figure_destroy(Figure *figure)
{
    if (!figure)
        return;
    secret_arena_destroy(figure->arena);
    g_free(figure);
}

Vec side_normal(Side side)
{
    static const Vec normals[SIDE_COUNT] = {
        [SIDE_NONE] = {0, 0}, [SIDE_BOTTOM] = {0, 1}, [SIDE_RIGHT] = {1, 0},
        [SIDE_TOP] = {0, -1}, [SIDE_LEFT] = {-1, 0},
    };
    return normals[side];
}

Vec side_along(Side side)
{
    return side == SIDE_BOTTOM || side == SIDE_TOP ? (Vec){1, 0} : (Vec){0, 1};
}
