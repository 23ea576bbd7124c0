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

#define LINE_PIECE_MM 2.0 /* of a slanted line, one obstacle each */
#define LINE_OFF_MM 0.3
#define TICK_OFF_MM 0.75

/* A wall in millimetres. */
typedef struct {
    Shape shape;
    Rect extent;
} Wall;

typedef struct {
    TextEngine *engine;
    double k; /* mm per metre */
    int grid;
    GArray *obstacles; /* Rect */
    GArray *walls;     /* Wall */
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

static Ring scale_ring(const Ring *ring, double k)
{
    Ring scaled = {g_new(Vec, ring->count), ring->count};
    for (guint i = 0; i < ring->count; i++)
        scaled.points[i] = vec_scale(ring->points[i], k);
    return scaled;
}

/* The shape in millimetres; the caller clears it. */
static Shape scale_shape(const Shape *shape, double k)
{
    Shape scaled = {scale_ring(&shape->outer, k), g_new(Ring, shape->n_holes), shape->n_holes};
    for (guint i = 0; i < shape->n_holes; i++)
        scaled.holes[i] = scale_ring(&shape->holes[i], k);
    return scaled;
}

static void clear_shape(const Shape *shape)
{
    g_free(shape->outer.points);
    for (guint i = 0; i < shape->n_holes; i++)
        g_free(shape->holes[i].points);
    g_free(shape->holes);
}

static void clear_wall(gpointer wall)
{
    clear_shape(&((Wall *)wall)->shape);
}

/* What a label in `extent` can meet at all. */
typedef struct {
    GArray *rects; /* Rect */
    GArray *walls; /* Wall, borrowed */
} Near;

static Near find_near(const Placer *placer, Rect extent)
{
    Near near = {g_array_new(FALSE, FALSE, sizeof(Rect)), g_array_new(FALSE, FALSE, sizeof(Wall))};
    for (guint i = 0; i < placer->obstacles->len; i++) {
        Rect obstacle = g_array_index(placer->obstacles, Rect, i);
        if (rects_overlap(obstacle, extent))
            g_array_append_val(near.rects, obstacle);
    }
    for (guint i = 0; i < placer->walls->len; i++) {
        Wall wall = g_array_index(placer->walls, Wall, i);
        if (rects_overlap(wall.extent, extent))
            g_array_append_val(near.walls, wall);
    }
    return near;
}

static gboolean is_free(const Near *near, const Shape *shape, Rect box)
{
    for (guint i = 0; i < near->rects->len; i++)
        if (rects_overlap(box, g_array_index(near->rects, Rect, i)))
            return FALSE;
    if (!shape_contains_rect(shape, box))
        return FALSE;
    for (guint i = 0; i < near->walls->len; i++) {
        const Wall *wall = &g_array_index(near->walls, Wall, i);
        if (rects_overlap(box, wall->extent) && shape_meets_rect(&wall->shape, box))
            return FALSE;
    }
    return TRUE;
}

static Rect box_around(Vec middle, double width, double height)
{
    return (Rect){middle.x - width / 2, middle.y - height / 2, middle.x + width / 2,
                  middle.y + height / 2};
}

static gboolean lies_in(Rect extent, Rect box)
{
    return box.x0 >= extent.x0 && box.y0 >= extent.y0 && box.x1 <= extent.x1 && box.y1 <= extent.y1;
}

static double grid_line(double from, double to, int last, int i)
{
    return from + (to - from) * i / last;
}

/* The numbers of a grid's lines from `from` to `to`, 0 to `last`, the nearest to `centre` first. */
static void order_lines(double from, double to, int last, double centre, int ret[GRID])
{
    int above = 0;
    while (above <= last && grid_line(from, to, last, above) < centre)
        above++;
    int below = above - 1;
    for (int i = 0; i <= last; i++) {
        gboolean takes_above =
            below < 0 || (above <= last && grid_line(from, to, last, above) - centre <
                                               centre - grid_line(from, to, last, below));
        ret[i] = takes_above ? above++ : below--;
    }
}

/* The free place in `extent` nearest to the shape's centroid, of equally near ones the topmost and
 * leftmost. Near places come first, so that few of the far ones need a look. */
static gboolean search_place(const Placer *placer, const Near *near, const Shape *shape,
                             Rect extent, double width, double height, Vec *ret_middle)
{
    Vec centroid = ring_centroid(&shape->outer);
    *ret_middle = centroid;
    if (is_free(near, shape, box_around(centroid, width, height)))
        return TRUE;
    double best = INFINITY; /* square of the distance */
    int last = placer->grid - 1, best_place = 0, rows[GRID], columns[GRID];
    order_lines(extent.y0, extent.y1, last, centroid.y, rows);
    order_lines(extent.x0, extent.x1, last, centroid.x, columns);
    for (int row = 0; row <= last; row++)
        for (int column = 0; column <= last; column++) {
            Vec middle = {grid_line(extent.x0, extent.x1, last, columns[column]),
                          grid_line(extent.y0, extent.y1, last, rows[row])};
            Vec offset = vec_sub(middle, centroid);
            double square = vec_dot(offset, offset);
            int place = rows[row] * placer->grid + columns[column];
            if (square > best)
                break; /* so are the others of this row */
            Rect box = box_around(middle, width, height);
            if ((square < best || place < best_place) && lies_in(extent, box) &&
                is_free(near, shape, box)) {
                best = square;
                best_place = place;
                *ret_middle = middle;
            }
        }
    return best < INFINITY;
}

static gboolean find_place(const Placer *placer, const Shape *shape, double width, double height,
                           Vec *ret_middle)
{
    Rect extent = rect_empty();
    rect_add_ring(&extent, &shape->outer);
    if (width > extent.x1 - extent.x0 || height > extent.y1 - extent.y0)
        return FALSE;
    Near near = find_near(placer, extent);
    gboolean found = search_place(placer, &near, shape, extent, width, height, ret_middle);
    g_array_unref(near.rects);
    g_array_unref(near.walls);
    return found;
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
    g_string_append_printf(placer->set->numbered, "%s%s %s",
                           placer->set->numbered->len > 0 ? "\n" : "", number, name);
    return TRUE;
}

static void place_name(Placer *placer, const Shape *area, const char *name, double greatest_mm,
                       gboolean has_patch)
{
    Shape shape = scale_shape(area, placer->k);
    Style style = {1, greatest_mm, LEAST_MM, usual_margin, has_patch};
    Style two_lines = {2, TWO_LINES_MM, LEAST_MM, usual_margin, has_patch};
    glong count = g_utf8_strlen(name, -1);
    gboolean may_split = count > 1 && count != 3; /* no line of one hanzi beside one of two */
    gboolean done = *name == '\0' || try_text(placer, &shape, name, &style) ||
                    (may_split && try_text(placer, &shape, name, &two_lines)) ||
                    try_number(placer, &shape, name, has_patch);
    if (!done && !placer->failed)
        placer->failed = name;
    clear_shape(&shape);
}

/* A dimension's line with its ticks: one box where it is parallel to the frame, else many. */
static void add_line_obstacles(Placer *placer, const Dimension *dimension)
{
    Vec step = vec_sub(dimension->b, dimension->a);
    gboolean is_slanted = fabs(step.x) > LINE_OFF_MM && fabs(step.y) > LINE_OFF_MM;
    int pieces = is_slanted ? (int)(vec_length(step) / LINE_PIECE_MM) + 1 : 1;
    for (int i = 0; i < pieces; i++) {
        Rect box = rect_empty();
        rect_add_point(&box, vec_along(dimension->a, step, (double)i / pieces));
        rect_add_point(&box, vec_along(dimension->a, step, (i + 1.0) / pieces));
        box = rect_grow(box, LINE_OFF_MM, LINE_OFF_MM);
        g_array_append_val(placer->obstacles, box);
    }
    Vec ends[] = {dimension->a, dimension->b};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        Rect tick =
            rect_grow((Rect){ends[i].x, ends[i].y, ends[i].x, ends[i].y}, TICK_OFF_MM, TICK_OFF_MM);
        g_array_append_val(placer->obstacles, tick);
    }
}

static void add_walls(Placer *placer, const Figure *figure)
{
    for (gsize i = 0; i < figure->plan->n_walls; i++) {
        Wall wall = {scale_shape(&figure->walls[i], placer->k), rect_empty()};
        rect_add_ring(&wall.extent, &wall.shape.outer);
        g_array_append_val(placer->walls, wall);
    }
}

static void add_obstacles(Placer *placer, const GArray *dimensions, const GArray *openings)
{
    for (guint i = 0; i < dimensions->len; i++) {
        const Dimension *dimension = &g_array_index(dimensions, Dimension, i);
        g_array_append_val(placer->obstacles, dimension->text_box);
        add_line_obstacles(placer, dimension);
    }
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
    for (gsize i = 0; i < plan->n_walls; i++)
        corners += figure->walls[i].outer.count;
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
                     .walls = g_array_new(FALSE, FALSE, sizeof(Wall)),
                     .set = set};
    g_array_set_clear_func(placer.walls, clear_wall);
    add_obstacles(&placer, dimensions, openings);
    add_walls(&placer, figure);
    const Plan *plan = figure->plan;
    for (gsize i = 0; i < plan->n_rooms; i++)
        place_name(&placer, &figure->rooms[i], plan->rooms[i].name, sizes[0], FALSE);
    for (gsize i = 0; i < plan->n_balconies; i++)
        place_name(&placer, &figure->balconies[i], plan->balconies[i].name, sizes[1], FALSE);
    for (gsize i = 0; i < plan->n_commons; i++)
        place_name(&placer, &figure->commons[i], plan->commons[i].name, sizes[1], TRUE);
    g_array_unref(placer.obstacles);
    g_array_unref(placer.walls);
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
