#include "firmware/document/plan_labels.h"
#include <math.h>
#include <string.h>

#define GRID 61 /* places tried along a side */
#define GRID_LEAST 9
#define EFFORT 3e6 /* places times corners: beyond it the grid gets coarser */
#define LEAST_MM 1.6
#define TWO_LINES_MM 2.0 /* greatest size of a name in two lines */
#define LINE_PITCH 1.2   /* of the size */
#define NUMBER_MM 1.8
#define NUMBERS_MAX 50

static const Vec usual_margin = {0.5, 0.35};
static const double sizes[] = {2.7, 2.4, 2.2, 2.0, 1.8, 1.6};

typedef struct {
    TextEngine *engine;
    double k; /* mm per metre */
    int grid;
    GArray *obstacles; /* Rect */
    LabelSet *set;
    int numbers; /* given so far */
    const char *failed;
} Placer;

static void clear_label(gpointer data)
{
    Label *label = data;
    for (int i = 0; i < label->n_lines; i++)
        text_line_destroy(label->lines[i]);
}

/* The shape in millimetres; the points are the caller's to free. */
static Shape scale_shape(const Shape *shape, double k, GArray *points)
{
    Shape scaled = *shape;
    g_array_set_size(points, 0);
    for (guint i = 0; i < shape->outer.count; i++) {
        Vec point = vec_scale(shape->outer.points[i], k);
        g_array_append_val(points, point);
    }
    scaled.outer.points = (Vec *)(void *)points->data;
    scaled.n_holes = 0; /* a hole in a room is an obstacle */
    return scaled;
}

static gboolean is_free(const GArray *obstacles, const Shape *shape, Rect box)
{
    for (guint i = 0; i < obstacles->len; i++)
        if (rects_overlap(box, g_array_index(obstacles, Rect, i)))
            return FALSE;
    return shape_contains_rect(shape, box);
}

static Rect box_around(Vec middle, double width, double height)
{
    return (Rect){middle.x - width / 2, middle.y - height / 2, middle.x + width / 2,
                  middle.y + height / 2};
}

/* Those that a label in `extent` can meet at all. */
static GArray *near_obstacles(const Placer *placer, Rect extent)
{
    GArray *near = g_array_new(FALSE, FALSE, sizeof(Rect));
    for (guint i = 0; i < placer->obstacles->len; i++) {
        Rect obstacle = g_array_index(placer->obstacles, Rect, i);
        if (rects_overlap(obstacle, extent))
            g_array_append_val(near, obstacle);
    }
    return near;
}

/* The free place nearest to the centroid. */
static gboolean find_place(const Placer *placer, const Shape *shape, double width, double height,
                           Vec *ret_middle)
{
    Vec centroid = ring_centroid(&shape->outer);
    Rect extent = rect_empty();
    rect_add_ring(&extent, &shape->outer);
    if (width > extent.x1 - extent.x0 || height > extent.y1 - extent.y0)
        return FALSE;
    g_autoptr(GArray) obstacles = near_obstacles(placer, extent);
    *ret_middle = centroid;
    if (is_free(obstacles, shape, box_around(centroid, width, height)))
        return TRUE;
    double best = INFINITY; /* square of the distance */
    int last = placer->grid - 1;
    for (int row = 0; row <= last; row++)
        for (int column = 0; column <= last; column++) {
            Vec middle = {extent.x0 + (extent.x1 - extent.x0) * column / last,
                          extent.y0 + (extent.y1 - extent.y0) * row / last};
            Vec offset = vec_sub(middle, centroid);
            double square = vec_dot(offset, offset);
            if (square < best && is_free(obstacles, shape, box_around(middle, width, height))) {
                best = square;
                *ret_middle = middle;
            }
        }
    return best < INFINITY;
}

/* Shapes `text` into `n_lines` lines of about the same number of characters. */
static void shape_label(Label *label, TextEngine *engine, const char *text, int n_lines)
{
    glong count = g_utf8_strlen(text, -1);
    label->n_lines = n_lines;
    for (int i = 0; i < n_lines; i++) {
        const char *start = g_utf8_offset_to_pointer(text, count * i / n_lines);
        const char *end = g_utf8_offset_to_pointer(text, count * (i + 1) / n_lines);
        label->lines[i] =
            text_line_create(engine, FACE_SANS_REGULAR, sizes[0], 0, start, end - start);
    }
}

/* Tries the label in `shape` at one size; places it when there is room. */
static gboolean try_size(const Placer *placer, const Shape *shape, Label *label, double size_mm,
                         Vec margin)
{
    double width = 0;
    for (int i = 0; i < label->n_lines; i++) {
        text_line_set_size(label->lines[i], size_mm);
        width = MAX(width, text_line_width_mm(label->lines[i]));
    }
    double pitch = LINE_PITCH * size_mm, height = size_mm + (label->n_lines - 1) * pitch;
    Vec middle;
    if (!find_place(placer, shape, width + 2 * margin.x, height + 2 * margin.y, &middle))
        return FALSE;
    label->size_mm = size_mm;
    label->box = box_around(middle, width + 2 * margin.x, height + 2 * margin.y);
    for (int i = 0; i < label->n_lines; i++) {
        double offset = (i - (label->n_lines - 1) / 2.0) * pitch;
        label->at[i] = (Vec){middle.x - text_line_width_mm(label->lines[i]) / 2,
                             middle.y + offset + text_baseline_drop(size_mm)};
    }
    return TRUE;
}

typedef struct {
    int n_lines;
    double greatest_mm, least_mm;
    Vec margin; /* kept free left and right, above and below */
    gboolean has_patch;
} Style;

static gboolean try_text(Placer *placer, const Shape *shape, const char *text, const Style *style)
{
    Label label = {.has_patch = style->has_patch};
    shape_label(&label, placer->engine, text, style->n_lines);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        if (sizes[i] > style->greatest_mm || sizes[i] < style->least_mm ||
            !try_size(placer, shape, &label, sizes[i], style->margin))
            continue;
        g_array_append_val(placer->set->labels, label);
        g_array_append_val(placer->obstacles, label.box);
        return TRUE;
    }
    clear_label(&label);
    return FALSE;
}

/* ① to ㊿. */
static gunichar circled_number(int number)
{
    if (number <= 20)
        return (gunichar)(0x2460 + number - 1);
    return (gunichar)(number <= 35 ? 0x3251 + number - 21 : 0x32B1 + number - 36);
}

static gboolean try_number(Placer *placer, const Shape *shape, const char *name, gboolean has_patch)
{
    if (placer->numbers >= NUMBERS_MAX)
        return FALSE;
    char number[7] = "";
    number[g_unichar_to_utf8(circled_number(placer->numbers + 1), number)] = '\0';
    Style style = {1, NUMBER_MM, NUMBER_MM, usual_margin, has_patch};
    Style tight = {1, NUMBER_MM, NUMBER_MM, {0, 0}, has_patch}; /* a shaft is not much larger */
    if (!try_text(placer, shape, number, &style) && !try_text(placer, shape, number, &tight))
        return FALSE;
    placer->numbers++;
    g_string_append_printf(placer->set->numbered, "%s%s%s",
                           placer->set->numbered->len > 0 ? "\n" : "", number, name);
    return TRUE;
}

static void place_name(Placer *placer, const Shape *area, const char *name, double greatest_mm,
                       gboolean has_patch)
{
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(Vec));
    Shape shape = scale_shape(area, placer->k, points);
    guint obstacles = placer->obstacles->len;
    for (guint i = 0; i < area->n_holes; i++) {
        Rect hole = rect_empty();
        for (guint p = 0; p < area->holes[i].count; p++)
            rect_add_point(&hole, vec_scale(area->holes[i].points[p], placer->k));
        g_array_append_val(placer->obstacles, hole);
    }
    Style style = {1, greatest_mm, LEAST_MM, usual_margin, has_patch};
    Style two_lines = {2, TWO_LINES_MM, LEAST_MM, usual_margin, has_patch};
    gboolean done = *name == '\0' || try_text(placer, &shape, name, &style) ||
                    (g_utf8_strlen(name, -1) > 1 && try_text(placer, &shape, name, &two_lines)) ||
                    try_number(placer, &shape, name, has_patch);
    if (!done && !placer->failed)
        placer->failed = name;
    if (area->n_holes > 0) /* keep the label, which came last, and drop the holes */
        g_array_remove_range(placer->obstacles, obstacles, area->n_holes);
}

static void add_obstacles(Placer *placer, const GArray *dimensions, const GArray *openings)
{
    for (guint i = 0; i < dimensions->len; i++)
        g_array_append_val(placer->obstacles, g_array_index(dimensions, Dimension, i).text_box);
    for (guint i = 0; i < openings->len; i++) {
        Rect box = opening_swing_box(&g_array_index(openings, Opening, i));
        if (box.x0 < box.x1)
            g_array_append_val(placer->obstacles, box);
    }
}

/* The grid of a plan with so many corners that a fine one would take too long. */
static int choose_grid(const Figure *figure)
{
    const Plan *plan = figure->plan;
    guint corners = 1;
    for (gsize i = 0; i < plan->n_rooms; i++)
        corners += figure->rooms[i].outer.count;
    for (gsize i = 0; i < plan->n_balconies; i++)
        corners += figure->balconies[i].outer.count;
    for (gsize i = 0; i < plan->n_commons; i++)
        corners += figure->commons[i].outer.count;
    return (int)CLAMP(sqrt(EFFORT / corners), GRID_LEAST, GRID);
}

LabelSet *labels_create(TextEngine *engine, const Figure *figure, double mm_per_m,
                        const GArray *dimensions, const GArray *openings, const char **ret_failed)
{
    LabelSet *set = g_new0(LabelSet, 1);
    set->labels = g_array_new(FALSE, FALSE, sizeof(Label));
    g_array_set_clear_func(set->labels, clear_label);
    set->numbered = g_string_new("");
    Placer placer = {.engine = engine,
                     .k = mm_per_m,
                     .grid = choose_grid(figure),
                     .obstacles = g_array_new(FALSE, FALSE, sizeof(Rect)),
                     .set = set};
    add_obstacles(&placer, dimensions, openings);
    const Plan *plan = figure->plan;
    for (gsize i = 0; i < plan->n_rooms; i++)
        place_name(&placer, &figure->rooms[i], plan->rooms[i].name, sizes[0], FALSE);
    for (gsize i = 0; i < plan->n_balconies; i++)
        place_name(&placer, &figure->balconies[i], plan->balconies[i].name, sizes[1], FALSE);
    for (gsize i = 0; i < plan->n_commons; i++)
        place_name(&placer, &figure->commons[i], plan->commons[i].name, sizes[1], TRUE);
    g_array_unref(placer.obstacles);
    *ret_failed = placer.failed;
    return set;
}

void labels_destroy(LabelSet *set)
{
    if (!set)
        return;
    g_array_unref(set->labels);
    g_string_free(set->numbered, TRUE);
    g_free(set);
}
