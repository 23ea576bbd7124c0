/* What is dimensioned, and at which distance. */
#include "firmware/document/plan_dimensions.h"
#include <math.h>
#include <string.h>

#define ON_OUTLINE_M 0.02
#define SAME_MM 0.05
#define TEXT_DEPTH_MM 2.6 /* of a text beside its line */
#define TEXT_REACH_MM 2.4 /* beyond a row, before the next row's texts are in the way */

/* While the rows are built. */
typedef struct {
    const Figure *figure;
    TextEngine *engine;
    double k; /* mm per metre */
    GArray *dimensions;
    double extent[SIDE_COUNT]; /* how far out everything drawn reaches, in mm */
    gboolean last_balcony_first;
} Builder;

static void clear_dimension(gpointer dimension)
{
    text_line_destroy(((Dimension *)dimension)->line);
    g_free(((Dimension *)dimension)->text);
}

static void extend(Builder *builder, Vec point_mm)
{
    for (Side side = SIDE_BOTTOM; side < SIDE_COUNT; side++)
        builder->extent[side] = MAX(builder->extent[side], side_v(side, point_mm));
}

static void extend_by_shape(Builder *builder, const Shape *shape)
{
    for (guint i = 0; i < shape->outer.count; i++)
        extend(builder, vec_scale(shape->outer.points[i], builder->k));
}

static void extend_by_dimension(Builder *builder, const Dimension *dimension)
{
    Rect box = dimension_box(dimension);
    extend(builder, (Vec){box.x0, box.y0});
    extend(builder, (Vec){box.x1, box.y1});
}

static void measure_extents(Builder *builder)
{
    const Figure *figure = builder->figure;
    for (Side side = SIDE_NONE; side < SIDE_COUNT; side++)
        builder->extent[side] = -INFINITY;
    extend_by_shape(builder, &figure->unit);
    for (gsize i = 0; i < figure->plan->n_balconies; i++)
        extend_by_shape(builder, &figure->balconies[i]);
    for (gsize i = 0; i < figure->plan->n_commons; i++)
        extend_by_shape(builder, &figure->commons[i]);
}

/* A slanted edge: a line parallel to it. */
static void add_slanted(Builder *builder)
{
    const EdgeList *list = &builder->figure->unit_edges;
    for (guint i = 0; i < list->count; i++) {
        const Edge *edge = &list->edges[i];
        if (edge->side != SIDE_NONE || edge->length_m < DIMENSION_SHORTEST_M)
            continue;
        Vec a = vec_along(vec_scale(edge->a, builder->k), edge->normal, DIMENSION_GAP_MM);
        Vec b = vec_along(vec_scale(edge->b, builder->k), edge->normal, DIMENSION_GAP_MM);
        guint first = builder->dimensions->len;
        dimensions_add(builder->dimensions, builder->engine, a, b, edge->normal, edge->length_m,
                       NULL);
        dimensions_settle_row(builder->dimensions, first);
        extend_by_dimension(builder, &g_array_index(builder->dimensions, Dimension, first));
    }
}

static Stretch stretch_of_edge(const Builder *builder, const Edge *edge)
{
    Vec a = vec_scale(edge->a, builder->k), b = vec_scale(edge->b, builder->k);
    double u0 = side_u(edge->side, a), u1 = side_u(edge->side, b);
    return (Stretch){.side = edge->side,
                     .u0 = MIN(u0, u1),
                     .u1 = MAX(u0, u1),
                     .v = side_v(edge->side, a),
                     .length_m = edge->length_m};
}

/* A tick stands on no wall of the flat. */
static void keep_ticks_out(const Builder *builder, Dimension *dimension)
{
    for (int end = 0; end < 2; end++) {
        Vec tick[2];
        dimension_tick(dimension, end, tick);
        Rect box_m = rect_empty();
        for (int i = 0; i < 2; i++)
            rect_add_point(&box_m, vec_scale(tick[i], 1 / builder->k));
        dimension->half_tick[end] = shape_meets_rect(&builder->figure->unit, box_m);
    }
}

/* One line of its own, 6 outside, for an edge of a balcony that hangs out to `facing`. Gives its
 * index. */
static guint place_single(Builder *builder, const Edge *edge, Side facing)
{
    Stretch stretch = stretch_of_edge(builder, edge);
    guint index = builder->dimensions->len;
    dimensions_add_stretch(builder->dimensions, builder->engine, &stretch,
                           stretch.v + DIMENSION_GAP_MM);
    if (edge->side == facing)
        dimensions_settle_row(builder->dimensions, index);
    else
        dimensions_settle_outwards(builder->dimensions, index, facing);
    keep_ticks_out(builder, &g_array_index(builder->dimensions, Dimension, index));
    return index;
}

/* Rows begin outside it. */
static void extend_by_single(Builder *builder, guint index, Side edge_side)
{
    const Dimension *added = &g_array_index(builder->dimensions, Dimension, index);
    builder->extent[edge_side] = MAX(builder->extent[edge_side], side_v(edge_side, added->a));
    for (Side side = SIDE_BOTTOM; side < SIDE_COUNT; side++) {
        if (side == edge_side || (added->before == 0 && added->after == 0))
            continue;
        Rect box = dimension_box(added);
        double reach =
            MAX(side_v(side, (Vec){box.x0, box.y0}), side_v(side, (Vec){box.x1, box.y1}));
        builder->extent[side] = MAX(builder->extent[side], reach);
    }
}

static Side opposite(Side side)
{
    static const Side sides[SIDE_COUNT] = {
        [SIDE_BOTTOM] = SIDE_TOP,
        [SIDE_TOP] = SIDE_BOTTOM,
        [SIDE_LEFT] = SIDE_RIGHT,
        [SIDE_RIGHT] = SIDE_LEFT,
    };
    return sides[side];
}

static gboolean lies_on_outline(const Builder *builder, const Edge *edge)
{
    return ring_carries(&builder->figure->unit.outer, edge->a, edge->b, ON_OUTLINE_M);
}

/* The side an open balcony hangs out to: away from its longest edge on the outline. */
static Side facing_side(const Builder *builder, const EdgeList *list)
{
    Side side = SIDE_NONE;
    double longest = 0;
    for (guint i = 0; i < list->count; i++)
        if (list->edges[i].length_m > longest && lies_on_outline(builder, &list->edges[i])) {
            longest = list->edges[i].length_m;
            side = opposite(list->edges[i].side);
        }
    return side;
}

/* The outermost edge that faces `side` and does not lie on the outline; NULL: none. */
static const Edge *outer_edge(const Builder *builder, const EdgeList *list, Side side)
{
    const Edge *best = NULL;
    for (guint i = 0; i < list->count; i++) {
        const Edge *edge = &list->edges[i];
        if (edge->side == side && edge->length_m >= DIMENSION_SHORTEST_M &&
            !lies_on_outline(builder, edge) &&
            (!best || side_v(side, edge->a) > side_v(side, best->a)))
            best = edge;
    }
    return best;
}

/* Whether nothing stands between an edge and its dimension line. */
static gboolean way_is_free(const Builder *builder, const Edge *edge)
{
    const Figure *figure = builder->figure;
    double depth_m = (DIMENSION_GAP_MM + TEXT_DEPTH_MM) / builder->k;
    Rect strip = rect_empty();
    rect_add_point(&strip, edge->a);
    rect_add_point(&strip, vec_along(edge->b, edge->normal, depth_m));
    strip = rect_grow(strip, -ON_OUTLINE_M, -ON_OUTLINE_M); /* what it touches is not in the way */
    if (shape_meets_rect(&figure->unit, strip))
        return FALSE;
    for (gsize i = 0; i < figure->plan->n_commons; i++)
        if (shape_meets_rect(&figure->commons[i], strip))
            return FALSE;
    for (gsize i = 0; i < figure->plan->n_balconies; i++)
        if (shape_meets_rect(&figure->balconies[i], strip))
            return FALSE;
    return TRUE;
}

/* How far the balcony hangs out, at the side with the free way, right (or bottom) before left. */
static void add_depth(Builder *builder, const EdgeList *list, Side facing)
{
    gboolean is_upright = facing == SIDE_BOTTOM || facing == SIDE_TOP;
    const Edge *edges[] = {outer_edge(builder, list, is_upright ? SIDE_RIGHT : SIDE_BOTTOM),
                           outer_edge(builder, list, is_upright ? SIDE_LEFT : SIDE_TOP)};
    const Edge *fallback = edges[0] ? edges[0] : edges[1];
    for (guint i = 0; i < G_N_ELEMENTS(edges); i++) {
        if (!edges[i] || !way_is_free(builder, edges[i]))
            continue;
        guint index = place_single(builder, edges[i], facing);
        if (dimension_stands_clear(builder->dimensions, index, builder->figure, builder->k)) {
            extend_by_single(builder, index, edges[i]->side);
            return;
        }
        g_array_set_size(builder->dimensions, index);
        fallback = edges[i];
    }
    if (fallback)
        extend_by_single(builder, place_single(builder, fallback, facing), fallback->side);
}

static void add_balconies(Builder *builder)
{
    const Figure *figure = builder->figure;
    gsize count = figure->plan->n_balconies;
    for (gsize n = 0; n < count; n++) {
        gsize i = builder->last_balcony_first ? count - 1 - n : n;
        if (figure->plan->balconies[i].enclosed)
            continue;
        const EdgeList *list = &figure->balcony_edges[i];
        Side facing = facing_side(builder, list);
        if (facing == SIDE_NONE)
            continue;
        const Edge *outer = outer_edge(builder, list, facing);
        if (outer)
            extend_by_single(builder, place_single(builder, outer, facing), facing);
        add_depth(builder, list, facing);
    }
}

/* Whether one of them measures the same distance between the same two levels: a row of equal bays
 * has one depth, not one a bay. */
static gboolean has_stretch(const GArray *stretches, double u0, double u1)
{
    for (guint i = 0; i < stretches->len; i++) {
        const Stretch *part = &g_array_index(stretches, Stretch, i);
        if (fabs(part->u0 - u0) < SAME_MM && fabs(part->u1 - u1) < SAME_MM)
            return TRUE;
    }
    return FALSE;
}

static void add_stretch(GArray *stretches, const Builder *builder, const Edge *edge)
{
    Stretch stretch = stretch_of_edge(builder, edge);
    if (edge->length_m >= DIMENSION_SHORTEST_M && !has_stretch(stretches, stretch.u0, stretch.u1))
        g_array_append_val(stretches, stretch);
}

/* All stretches of one side of the outline. The caller unrefs. */
static GArray *list_stretches(const Builder *builder, Side side)
{
    GArray *stretches = g_array_new(FALSE, FALSE, sizeof(Stretch));
    const EdgeList *list = &builder->figure->unit_edges;
    for (guint i = 0; i < list->count; i++)
        if (list->edges[i].side == side)
            add_stretch(stretches, builder, &list->edges[i]);
    return stretches;
}

/* A court inside the unit is measured in the court, each distance once, 6 from the edge or in the
 * middle of a small one. */
static void add_court(Builder *builder, const EdgeList *list, Side side)
{
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(Stretch));
    double least = INFINITY, greatest = -INFINITY; /* across the side */
    for (guint i = 0; i < list->count; i++) {
        double v = side_v(side, vec_scale(list->edges[i].a, builder->k));
        least = MIN(least, v);
        greatest = MAX(greatest, v);
        if (list->edges[i].side == side)
            add_stretch(stretches, builder, &list->edges[i]);
    }
    for (guint i = 0; i < list->count; i++)
        if (list->edges[i].side == opposite(side))
            add_stretch(stretches, builder, &list->edges[i]);
    for (guint i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        double room = stretch->side == side ? greatest - stretch->v : -least - stretch->v;
        guint first = builder->dimensions->len;
        dimensions_add_stretch(builder->dimensions, builder->engine, stretch,
                               stretch->v + MIN(DIMENSION_GAP_MM, (room + TEXT_DEPTH_MM) / 2));
        dimensions_settle_row(builder->dimensions, first);
        keep_ticks_out(builder, &g_array_index(builder->dimensions, Dimension, first));
    }
}

static void add_courts(Builder *builder)
{
    const Figure *figure = builder->figure;
    for (guint i = 0; i < figure->unit.n_holes; i++) {
        add_court(builder, &figure->hole_edges[i], SIDE_TOP);
        add_court(builder, &figure->hole_edges[i], SIDE_RIGHT);
    }
}

/* How far out the texts of a row reach. */
static double reach_of_texts(const Builder *builder, guint first, Side side)
{
    double reach = -INFINITY;
    for (guint i = first; i < builder->dimensions->len; i++) {
        Rect box = g_array_index(builder->dimensions, Dimension, i).text_box;
        reach = MAX(reach, side_v(side, (Vec){box.x0, box.y0}));
        reach = MAX(reach, side_v(side, (Vec){box.x1, box.y1}));
    }
    return reach;
}

/* Lays the rows of one side, beginning 6 outside its extent. */
static void lay_rows(Builder *builder, GArray *stretches, Side side)
{
    int rows = stretches_assign_rows((Stretch *)(void *)stretches->data, stretches->len);
    for (guint i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        guint first = builder->dimensions->len;
        if (!stretch->is_recessed)
            continue;
        dimensions_add_stretch(builder->dimensions, builder->engine, stretch,
                               stretch->v + DIMENSION_GAP_MM);
        dimensions_settle_row(builder->dimensions, first);
    }
    for (int row = 0; row < rows; row++) {
        guint first = builder->dimensions->len;
        double v = builder->extent[side] + DIMENSION_GAP_MM;
        for (guint i = 0; i < stretches->len; i++) {
            const Stretch *stretch = &g_array_index(stretches, Stretch, i);
            if (!stretch->is_recessed && stretch->row == row)
                dimensions_add_stretch(builder->dimensions, builder->engine, stretch, v);
        }
        dimensions_settle_row(builder->dimensions, first);
        builder->extent[side] = MAX(v, reach_of_texts(builder, first, side) - TEXT_REACH_MM);
    }
}

/* The outline's whole stretch along a side; its length is that of the data's extremes. */
static Stretch overall_stretch(const Builder *builder, Side side)
{
    const Ring *ring = &builder->figure->unit.outer;
    const PlanLine *line = &builder->figure->plan->unit.outer;
    Stretch overall = {.side = side, .u0 = INFINITY, .u1 = -INFINITY};
    for (guint i = 0; i < ring->count; i++) {
        double u = side_u(side, vec_scale(ring->points[i], builder->k));
        overall.u0 = MIN(overall.u0, u);
        overall.u1 = MAX(overall.u1, u);
    }
    double least = INFINITY, greatest = -INFINITY;
    for (gsize i = 0; i < line->count; i++) {
        double u = side_u(side, figure_turn_point(builder->figure, line->points[i]));
        least = MIN(least, u);
        greatest = MAX(greatest, u);
    }
    overall.length_m = greatest - least;
    return overall;
}

static void add_direction(Builder *builder, Side side)
{
    g_autoptr(GArray) near = list_stretches(builder, side);
    g_autoptr(GArray) far = list_stretches(builder, opposite(side));
    lay_rows(builder, near, side);
    lay_rows(builder, far, opposite(side));
    Stretch overall = overall_stretch(builder, side);
    /* no number twice for the same distance */
    if ((near->len <= 1 && far->len <= 1) || has_stretch(near, overall.u0, overall.u1) ||
        has_stretch(far, overall.u0, overall.u1))
        return;
    double v = builder->extent[side] + DIMENSION_GAP_MM;
    guint first = builder->dimensions->len;
    dimensions_add_stretch(builder->dimensions, builder->engine, &overall, v);
    dimensions_settle_row(builder->dimensions, first);
    builder->extent[side] = v;
}

/* The outline's edge on which both ends lie; NULL: none. */
static const Edge *carrying_edge(const Builder *builder, Vec a, Vec b)
{
    const EdgeList *list = &builder->figure->unit_edges;
    for (guint i = 0; i < list->count; i++) {
        Vec ends[2] = {list->edges[i].a, list->edges[i].b};
        Ring line = {ends, 2};
        if (list->edges[i].side != SIDE_NONE && ring_carries(&line, a, b, ON_OUTLINE_M))
            return &list->edges[i];
    }
    return NULL;
}

/* Dimensions the plan brings itself: in the row of their side when they lie on the outline, else
 * where they are. */
static void add_given(Builder *builder)
{
    const Plan *plan = builder->figure->plan;
    GArray *sides[SIDE_COUNT] = {NULL};
    for (Side side = SIDE_BOTTOM; side < SIDE_COUNT; side++)
        sides[side] = g_array_new(FALSE, FALSE, sizeof(Stretch));
    for (gsize i = 0; i < plan->n_dimensions; i++) {
        Vec a = builder->figure->dimensions[i][0], b = builder->figure->dimensions[i][1];
        double length_m = vec_length(vec_sub(b, a));
        const Edge *edge = carrying_edge(builder, a, b);
        if (!edge) {
            guint first = builder->dimensions->len;
            dimensions_add(builder->dimensions, builder->engine, vec_scale(a, builder->k),
                           vec_scale(b, builder->k), (Vec){0, 0}, length_m,
                           plan->dimensions[i].text);
            dimensions_settle_row(builder->dimensions, first);
            extend_by_dimension(builder, &g_array_index(builder->dimensions, Dimension, first));
            continue;
        }
        Edge part = *edge;
        part.a = a;
        part.b = b;
        part.length_m = length_m;
        Stretch stretch = stretch_of_edge(builder, &part);
        stretch.text = plan->dimensions[i].text;
        g_array_append_val(sides[edge->side], stretch);
    }
    for (Side side = SIDE_BOTTOM; side < SIDE_COUNT; side++) {
        lay_rows(builder, sides[side], side);
        g_array_unref(sides[side]);
    }
}

static GArray *arrange(TextEngine *engine, const Figure *figure, double mm_per_m,
                       gboolean last_balcony_first)
{
    Builder builder = {.figure = figure,
                       .engine = engine,
                       .k = mm_per_m,
                       .last_balcony_first = last_balcony_first};
    builder.dimensions = g_array_new(FALSE, FALSE, sizeof(Dimension));
    g_array_set_clear_func(builder.dimensions, clear_dimension);
    measure_extents(&builder);
    if (figure->plan->n_dimensions > 0) {
        add_given(&builder);
        return builder.dimensions;
    }
    add_slanted(&builder);
    add_courts(&builder);
    add_balconies(&builder);
    add_direction(&builder, SIDE_BOTTOM);
    add_direction(&builder, SIDE_LEFT);
    return builder.dimensions;
}

/* Balconies round a corner take each other's way: then the last one chooses first. */
GArray *dimensions_create(TextEngine *engine, const Figure *figure, double mm_per_m)
{
    GArray *dimensions = arrange(engine, figure, mm_per_m, FALSE);
    if (figure->plan->n_dimensions > 0 || figure->plan->n_balconies < 2 ||
        dimensions_are_legible(dimensions, figure, mm_per_m))
        return dimensions;
    g_array_unref(dimensions);
    return arrange(engine, figure, mm_per_m, TRUE);
}
