#include "firmware/document/plan_drawing.h"
#include "firmware/document/plan_dimensions.h"
#include "firmware/document/plan_figure.h"
#include "firmware/document/plan_furniture.h"
#include "firmware/document/plan_labels.h"
#include "firmware/document/plan_openings.h"
#include "firmware/document/plan_walls.h"
#include <math.h>

#define SCALE_USUAL 200
#define SCALE_STEP 100
#define SCALE_MAX 5000
#define CORNERS_MAX 1000     /* of an outline */
#define EDGES_MAX 400        /* that are dimensioned */
#define SMALL_PART (1.0 / 3) /* of the zone: below it a larger scale is tried */

#define DIMENSION_LINE_MM 0.10
#define TICK_LINE_MM 0.25
#define EXTENSION_FROM_MM 2.6
#define EXTENSION_TO_MM 1.0

/* A plan at one scale, before it has a place. */
typedef struct {
    int scale;
    double k; /* mm per metre */
    GArray *dimensions;
    GArray *boxes; /* Rect: what the north arrow must not be reached by */
    Rect box;      /* of everything */
} Attempt;

struct PlanDrawing {
    const Document *document;
    Figure *figure;
    Rect extent_m; /* without dimensions */
    Attempt attempt;
    Vec origin; /* of the drawing on the leaf, in mm */
    GArray *openings;
    LabelSet *labels;
    GArray *lines; /* of the furniture */
};

static void add_box(Attempt *attempt, Rect box)
{
    g_array_append_val(attempt->boxes, box);
    rect_add_rect(&attempt->box, box);
}

static void add_shape_box(Attempt *attempt, const Shape *shape)
{
    Rect box = rect_empty();
    for (guint i = 0; i < shape->outer.count; i++)
        rect_add_point(&box, vec_scale(shape->outer.points[i], attempt->k));
    add_box(attempt, box);
}

static void attempt_clear(Attempt *attempt)
{
    g_clear_pointer(&attempt->dimensions, g_array_unref);
    g_clear_pointer(&attempt->boxes, g_array_unref);
}

static Attempt attempt_scale(const Document *document, const Figure *figure, int scale)
{
    Attempt attempt = {.scale = scale, .k = 1000.0 / scale, .box = rect_empty()};
    attempt.boxes = g_array_new(FALSE, FALSE, sizeof(Rect));
    attempt.dimensions = dimensions_create(document->engine, figure, attempt.k);
    add_shape_box(&attempt, &figure->unit);
    for (gsize i = 0; i < figure->plan->n_balconies; i++)
        add_shape_box(&attempt, &figure->balconies[i]);
    for (gsize i = 0; i < figure->plan->n_commons; i++)
        add_shape_box(&attempt, &figure->commons[i]);
    for (guint i = 0; i < attempt.dimensions->len; i++)
        add_box(&attempt, dimension_box(&g_array_index(attempt.dimensions, Dimension, i)));
    return attempt;
}

/* How far the boxes that share the other axis with the arrow's box reach into it. */
static double reach_left(const Attempt *attempt, Vec origin, Rect arrow)
{
    double reach = 0;
    for (guint i = 0; i < attempt->boxes->len; i++) {
        Rect box = rect_move(g_array_index(attempt->boxes, Rect, i), origin);
        if (rects_overlap(box, arrow))
            reach = MAX(reach, box.x1 - arrow.x0);
    }
    return reach;
}

static double reach_up(const Attempt *attempt, Vec origin, Rect arrow)
{
    double reach = 0;
    for (guint i = 0; i < attempt->boxes->len; i++) {
        Rect box = rect_move(g_array_index(attempt->boxes, Rect, i), origin);
        if (rects_overlap(box, arrow))
            reach = MAX(reach, arrow.y1 - box.y0);
    }
    return reach;
}

/* Centres the drawing in the zone and keeps it off the north arrow: left, then down. */
static gboolean find_origin(const Attempt *attempt, Rect zone, Rect arrow, Vec *ret_origin)
{
    double width = attempt->box.x1 - attempt->box.x0, height = attempt->box.y1 - attempt->box.y0;
    double spare_x = zone.x1 - zone.x0 - width, spare_y = zone.y1 - zone.y0 - height;
    if (spare_x < 0 || spare_y < 0)
        return FALSE;
    Vec origin = {zone.x0 + spare_x / 2 - attempt->box.x0, zone.y0 + spare_y / 2 - attempt->box.y0};
    double left = reach_left(attempt, origin, arrow);
    if (left > spare_x / 2) {
        Vec lowered = {origin.x, origin.y + reach_up(attempt, origin, arrow)};
        if (lowered.y - origin.y <= spare_y / 2) {
            *ret_origin = lowered;
            return TRUE;
        }
        return FALSE;
    }
    origin.x -= left;
    *ret_origin = origin;
    return reach_left(attempt, origin, arrow) == 0;
}

static gboolean is_too_large(const PlanDrawing *drawing, int scale, Rect zone)
{
    double k = 1000.0 / scale;
    return (drawing->extent_m.x1 - drawing->extent_m.x0) * k > zone.x1 - zone.x0 ||
           (drawing->extent_m.y1 - drawing->extent_m.y0) * k > zone.y1 - zone.y0;
}

/* Whether the drawing at `scale` has a place; then it is the drawing's. */
static gboolean try_scale(PlanDrawing *drawing, int scale, Rect zone)
{
    if (is_too_large(drawing, scale, zone))
        return FALSE;
    Attempt attempt = attempt_scale(drawing->document, drawing->figure, scale);
    Vec origin;
    if (!find_origin(&attempt, zone, furniture_arrow_box(drawing->document), &origin)) {
        attempt_clear(&attempt);
        return FALSE;
    }
    attempt_clear(&drawing->attempt);
    drawing->attempt = attempt;
    drawing->origin = origin;
    return TRUE;
}

static gboolean is_small(const PlanDrawing *drawing, Rect zone)
{
    Rect box = drawing->attempt.box;
    return (box.x1 - box.x0) * (box.y1 - box.y0) <
           SMALL_PART * (zone.x1 - zone.x0) * (zone.y1 - zone.y0);
}

static gboolean choose_scale(PlanDrawing *drawing, Rect zone)
{
    if (try_scale(drawing, SCALE_USUAL, zone)) {
        if (is_small(drawing, zone) && !try_scale(drawing, 50, zone))
            try_scale(drawing, 100, zone);
        return TRUE;
    }
    for (int scale = SCALE_USUAL + SCALE_STEP; scale <= SCALE_MAX; scale += SCALE_STEP)
        if (try_scale(drawing, scale, zone))
            return TRUE;
    return FALSE;
}

/* Dimensions that the plan brings itself stand where it says. */
static gboolean numbers_collide(const PlanDrawing *drawing)
{
    return drawing->figure->plan->n_dimensions == 0 &&
           !dimensions_are_legible(drawing->attempt.dimensions, drawing->figure,
                                   drawing->attempt.k);
}

/* Scale, place and names. Names that stand as numbers need lines of their own above the scale bar,
 * which takes room from the zone: then everything once more. */
static gboolean lay_out(PlanDrawing *drawing, const char *member, GArray **ret_numbered,
                        GError **error)
{
    const Document *document = drawing->document;
    Rect zone = furniture_zone(document);
    double reserved = 0;
    for (int round = 0;; round++) {
        const char *failed = NULL;
        g_clear_pointer(ret_numbered, g_array_unref);
        g_clear_pointer(&drawing->openings, g_array_unref);
        g_clear_pointer(&drawing->labels, labels_destroy);
        zone.y1 = furniture_zone(document).y1 - reserved;
        if (!choose_scale(drawing, zone))
            return pages_refuse(error, member, "the drawing fits at no scale");
        if (numbers_collide(drawing))
            return pages_refuse(error, member,
                                "the lengths do not stand apart at 1:%d: give dimension features",
                                drawing->attempt.scale);
        drawing->openings = openings_create(drawing->figure, drawing->attempt.k);
        drawing->labels = labels_create(document->engine, drawing->figure, drawing->attempt.k,
                                        drawing->attempt.dimensions, drawing->openings, &failed);
        if (failed)
            return pages_refuse(error, member, "no room for the name %s in its area", failed);
        double needed =
            furniture_wrap_numbered(document, drawing->labels->numbered->str, ret_numbered);
        if (needed <= reserved)
            return TRUE;
        if (round == 2)
            return pages_refuse(error, member, "too many names that do not fit their areas");
        reserved = needed;
    }
}

static void measure_extent(PlanDrawing *drawing)
{
    const Figure *figure = drawing->figure;
    drawing->extent_m = rect_empty();
    rect_add_ring(&drawing->extent_m, &figure->unit.outer);
    for (gsize i = 0; i < figure->plan->n_balconies; i++)
        rect_add_ring(&drawing->extent_m, &figure->balconies[i].outer);
    for (gsize i = 0; i < figure->plan->n_commons; i++)
        rect_add_ring(&drawing->extent_m, &figure->commons[i].outer);
}

/* What is drawn on a sheet of this size can be read; what is more is no household's plan. */
static gboolean check_size(const Figure *figure, const char *member, GError **error)
{
    guint corners = figure->unit_edges.count, edges = 0;
    for (guint i = 0; i < corners; i++)
        edges += figure->unit_edges.edges[i].length_m >= DIMENSION_SHORTEST_M;
    if (corners > CORNERS_MAX)
        return pages_refuse(error, member, "the outline has %u corners, at most %d can be drawn",
                            corners, CORNERS_MAX);
    if (edges + figure->plan->n_dimensions > EDGES_MAX)
        return pages_refuse(error, member, "%zu lengths, at most %d can be drawn",
                            edges + figure->plan->n_dimensions, EDGES_MAX);
    return TRUE;
}

PlanDrawing *plan_drawing_create(const Document *document, const Plan *plan, const char *member,
                                 GError **error)
{
    g_autoptr(PlanDrawing) drawing = g_new0(PlanDrawing, 1);
    drawing->document = document;
    drawing->figure = figure_create(plan);
    measure_extent(drawing);
    GArray *numbered = NULL;
    if (check_size(drawing->figure, member, error) && lay_out(drawing, member, &numbered, error))
        drawing->lines =
            furniture_lines_create(document, &plan->sheet, drawing->attempt.scale, numbered,
                                   drawing->labels->numbered->str, member, error);
    g_clear_pointer(&numbered, g_array_unref);
    return drawing->lines ? g_steal_pointer(&drawing) : NULL;
}

void plan_drawing_destroy(PlanDrawing *drawing)
{
    if (!drawing)
        return;
    attempt_clear(&drawing->attempt);
    g_clear_pointer(&drawing->openings, g_array_unref);
    g_clear_pointer(&drawing->lines, g_array_unref);
    labels_destroy(drawing->labels);
    figure_destroy(drawing->figure);
    g_free(drawing);
}

static void add_line(cairo_t *cr, Vec a, Vec b)
{
    cairo_move_to(cr, a.x, a.y);
    cairo_line_to(cr, b.x, b.y);
}

static gboolean has_extensions(const Dimension *dimension)
{
    return dimension->out.x != 0 || dimension->out.y != 0;
}

static void add_thin_lines(const Dimension *dimension, cairo_t *cr)
{
    Vec along = vec_unit(vec_sub(dimension->b, dimension->a));
    Vec ends[] = {dimension->a, dimension->b};
    add_line(cr, vec_along(dimension->a, along, -dimension->before),
             vec_along(dimension->b, along, dimension->after));
    for (guint i = 0; i < G_N_ELEMENTS(ends) && has_extensions(dimension); i++)
        add_line(cr, vec_along(ends[i], dimension->out, -EXTENSION_FROM_MM),
                 vec_along(ends[i], dimension->out, EXTENSION_TO_MM));
    if (dimension->has_leader)
        add_line(cr, dimension->leader[0], dimension->leader[1]);
}

static void add_ticks(const Dimension *dimension, cairo_t *cr)
{
    for (int end = 0; end < 2; end++) {
        Vec tick[2];
        dimension_tick(dimension, end, tick);
        add_line(cr, tick[0], tick[1]);
    }
}

static void draw_dimensions(const PlanDrawing *drawing, cairo_t *cr)
{
    const GArray *dimensions = drawing->attempt.dimensions;
    cairo_new_path(cr);
    for (guint i = 0; i < dimensions->len; i++)
        add_thin_lines(&g_array_index(dimensions, Dimension, i), cr);
    ink_stroke(cr, DIMENSION_LINE_MM);
    for (guint i = 0; i < dimensions->len; i++)
        add_ticks(&g_array_index(dimensions, Dimension, i), cr);
    ink_stroke(cr, TICK_LINE_MM);
    for (guint i = 0; i < dimensions->len; i++) {
        const Dimension *dimension = &g_array_index(dimensions, Dimension, i);
        text_line_draw(dimension->line, cr, dimension->text_at.x, dimension->text_at.y,
                       dimension->text_angle);
    }
}

static void draw_labels(const PlanDrawing *drawing, cairo_t *cr)
{
    for (guint i = 0; i < drawing->labels->labels->len; i++) {
        const Label *label = &g_array_index(drawing->labels->labels, Label, i);
        if (label->has_patch) {
            cairo_save(cr);
            ink_set_paper(cr);
            cairo_rectangle(cr, label->box.x0, label->box.y0, label->box.x1 - label->box.x0,
                            label->box.y1 - label->box.y0);
            cairo_fill(cr);
            cairo_restore(cr);
            ink_set_black(cr);
        }
        for (int line = 0; line < label->n_lines; line++)
            text_line_draw(label->lines[line], cr, label->at[line].x, label->at[line].y, 0);
    }
}

void plan_drawing_draw(const PlanDrawing *plan, const Drawing *drawing)
{
    cairo_t *cr = drawing->cr;
    double k = plan->attempt.k;
    cairo_save(cr);
    cairo_translate(cr, plan->origin.x, plan->origin.y);
    ink_set_black(cr);
    commons_draw(plan->figure, k, cr);
    walls_draw(plan->figure, k, cr);
    openings_draw(plan->openings, cr);
    balconies_draw(plan->figure, k, cr);
    outline_draw(plan->figure, k, cr);
    draw_dimensions(plan, cr);
    draw_labels(plan, cr);
    cairo_restore(cr);
    furniture_draw(plan->document, plan->attempt.scale, -plan->figure->turn, cr);
    lines_draw(plan->lines, drawing);
}

int plan_drawing_scale(const PlanDrawing *drawing)
{
    return drawing->attempt.scale;
}

double plan_drawing_turn(const PlanDrawing *drawing)
{
    return drawing->figure->turn;
}

void plan_drawing_locate(const PlanDrawing *drawing, PlanPoint point, double *ret_x_mm,
                         double *ret_y_mm)
{
    Vec place =
        vec_along(drawing->origin, figure_turn_point(drawing->figure, point), drawing->attempt.k);
    *ret_x_mm = place.x;
    *ret_y_mm = place.y;
}

static void give_box(const PlanDrawing *drawing, Rect box, double ret_box_mm[4])
{
    Rect moved = rect_move(box, drawing->origin);
    ret_box_mm[0] = moved.x0;
    ret_box_mm[1] = moved.y0;
    ret_box_mm[2] = moved.x1;
    ret_box_mm[3] = moved.y1;
}

gboolean plan_drawing_dimension(const PlanDrawing *drawing, guint i, const char **ret_text,
                                double ret_box_mm[4])
{
    if (i >= drawing->attempt.dimensions->len)
        return FALSE;
    const Dimension *dimension = &g_array_index(drawing->attempt.dimensions, Dimension, i);
    *ret_text = dimension->text;
    give_box(drawing, dimension->text_box, ret_box_mm);
    return TRUE;
}

gboolean plan_drawing_label(const PlanDrawing *drawing, guint i, double *ret_size_mm,
                            double ret_box_mm[4])
{
    if (i >= drawing->labels->labels->len)
        return FALSE;
    const Label *label = &g_array_index(drawing->labels->labels, Label, i);
    *ret_size_mm = label->size_mm;
    give_box(drawing, label->box, ret_box_mm);
    return TRUE;
}
