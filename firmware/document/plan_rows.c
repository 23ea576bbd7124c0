/* Stretches into rows, and texts onto their lines. */
#include "firmware/document/plan_dimensions.h"
#include <math.h>

#define ROWS_MAX 3
#define OVERLAP_MM 0.1
#define TEXT_OFF_MM 0.75  /* from the line to the text */
#define TEXT_SPARE_MM 1.0 /* a text wider than its stretch less this goes elsewhere */
#define PROLONG_MM 1.8    /* a line that carries a text is longer than it by this */
#define ACROSS_SPARE_MM 0.8
#define SECOND_MM 2.8     /* farther off when something is in the way */
#define TICK_MM 1.5
#define TICK_REACH_MM 0.5 /* of a tick, across its line */
#define CAP_HEIGHT 0.73   /* of the em */

double side_u(Side side, Vec point)
{
    return vec_dot(point, side_along(side));
}

double side_v(Side side, Vec point)
{
    return vec_dot(point, side_normal(side));
}

static int compare_outermost(gconstpointer a, gconstpointer b)
{
    const Stretch *first = a, *second = b;
    if (first->v != second->v)
        return first->v > second->v ? -1 : 1;
    return first->u0 < second->u0 ? -1 : first->u0 > second->u0;
}

static gboolean row_is_free(const Stretch *stretches, guint count, int row, const Stretch *wanted)
{
    for (guint i = 0; i < count; i++)
        if (!stretches[i].is_recessed && stretches[i].row == row &&
            stretches[i].u0 < wanted->u1 - OVERLAP_MM && wanted->u0 < stretches[i].u1 - OVERLAP_MM)
            return FALSE;
    return TRUE;
}

int stretches_assign_rows(Stretch *stretches, guint count)
{
    int rows = 0;
    if (count > 0)
        qsort(stretches, count, sizeof *stretches, compare_outermost);
    for (guint i = 0; i < count; i++) {
        Stretch *stretch = &stretches[i];
        stretch->row = 0;
        while (stretch->row < ROWS_MAX && !row_is_free(stretches, i, stretch->row, stretch))
            stretch->row++;
        stretch->is_recessed = stretch->row >= ROWS_MAX;
        if (!stretch->is_recessed)
            rows = MAX(rows, stretch->row + 1);
    }
    return rows;
}

/* Reading direction along a line: never upside down, vertical ones read from the right. */
static Vec reading_direction(Vec a, Vec b)
{
    Vec along = vec_unit(vec_sub(b, a));
    if (along.x < -1e-6 || (fabs(along.x) <= 1e-6 && along.y > 0))
        return vec_scale(along, -1);
    return along;
}

/* Puts the text's middle at `middle` of the line, its baseline `off` above it in reading
 * direction. */
static void place_text(Dimension *dimension, Vec middle, double off)
{
    Vec along = reading_direction(dimension->a, dimension->b), up = vec_left(along);
    double width = text_line_width_mm(dimension->line);
    dimension->text_at = vec_along(vec_along(middle, up, off), along, -width / 2);
    dimension->text_angle = atan2(along.y, along.x);
    Vec end = vec_along(dimension->text_at, along, width);
    double height = CAP_HEIGHT * DIMENSION_TEXT_MM;
    dimension->text_box = rect_empty();
    rect_add_point(&dimension->text_box, dimension->text_at);
    rect_add_point(&dimension->text_box, end);
    rect_add_point(&dimension->text_box, vec_along(dimension->text_at, up, height));
    rect_add_point(&dimension->text_box, vec_along(end, up, height));
}

Dimension *dimensions_add(GArray *dimensions, TextEngine *engine, Vec a, Vec b, Vec out,
                          double length_m, const char *text)
{
    Dimension dimension = {.a = a, .b = b, .out = out};
    dimension.text = text ? g_strdup(text) : g_strdup_printf("%.2f", length_m);
    dimension.line =
        text_line_create(engine, FACE_SANS_REGULAR, DIMENSION_TEXT_MM, 0, dimension.text, -1);
    place_text(&dimension, vec_scale(vec_add(a, b), 0.5), TEXT_OFF_MM);
    g_array_append_val(dimensions, dimension);
    return &g_array_index(dimensions, Dimension, dimensions->len - 1);
}

void dimensions_add_stretch(GArray *dimensions, TextEngine *engine, const Stretch *stretch,
                            double v)
{
    Vec along = side_along(stretch->side), normal = side_normal(stretch->side);
    Vec a = vec_along(vec_scale(normal, v), along, stretch->u0);
    Vec b = vec_along(vec_scale(normal, v), along, stretch->u1);
    dimensions_add(dimensions, engine, a, b, normal, stretch->length_m, stretch->text);
}

static gboolean text_is_too_wide(const Dimension *dimension)
{
    return text_line_width_mm(dimension->line) >
           vec_length(vec_sub(dimension->b, dimension->a)) - TEXT_SPARE_MM;
}

static gboolean meets_text(const GArray *dimensions, guint index)
{
    Rect box = rect_grow(g_array_index(dimensions, Dimension, index).text_box, 0.3, 0.3);
    for (guint i = 0; i < dimensions->len; i++)
        if (i != index && rects_overlap(box, g_array_index(dimensions, Dimension, i).text_box))
            return TRUE;
    return FALSE;
}

/* Beyond b (or a), in line with the row, on a line made longer for it. FALSE: a number stands there
 * already, as where the chains of two sides meet. */
static gboolean move_beyond(GArray *dimensions, guint index, gboolean behind)
{
    Dimension *dimension = &g_array_index(dimensions, Dimension, index);
    Vec along = vec_unit(vec_sub(dimension->b, dimension->a));
    double length = text_line_width_mm(dimension->line) + PROLONG_MM;
    Vec middle = behind ? vec_along(dimension->b, along, length / 2)
                        : vec_along(dimension->a, along, -length / 2);
    place_text(dimension, middle, TEXT_OFF_MM);
    if (meets_text(dimensions, index))
        return FALSE;
    dimension->after = behind ? length : 0;
    dimension->before = behind ? 0 : length;
    return TRUE;
}

/* In mid-chain a text stands on the other side of the line. Where the ends of the stretch are too
 * near for that, or another text is in the way, it goes farther off, with a leader. */
static void move_across(GArray *dimensions, guint index)
{
    Dimension *dimension = &g_array_index(dimensions, Dimension, index);
    Vec middle = vec_scale(vec_add(dimension->a, dimension->b), 0.5);
    Vec up = vec_left(reading_direction(dimension->a, dimension->b));
    double room = vec_length(vec_sub(dimension->b, dimension->a)) - ACROSS_SPARE_MM;
    double across = -TEXT_OFF_MM - CAP_HEIGHT * DIMENSION_TEXT_MM;
    place_text(dimension, middle, across);
    if (text_line_width_mm(dimension->line) <= room && !meets_text(dimensions, index))
        return;
    static const double farther[] = {-1, 1, -2, 2}; /* below the line, above it, and once more */
    for (guint i = 0; i < G_N_ELEMENTS(farther); i++) {
        double off =
            farther[i] < 0 ? across + farther[i] * SECOND_MM : TEXT_OFF_MM + farther[i] * SECOND_MM;
        place_text(dimension, middle, off);
        dimension->leader[0] = middle;
        dimension->leader[1] =
            vec_along(middle, up, farther[i] * SECOND_MM + copysign(0.3, farther[i]));
        dimension->has_leader = TRUE;
        if (!meets_text(dimensions, index))
            return;
    }
}

/* Free length of the row before and behind a stretch; stretches come sorted along the row. */
static double free_before(const GArray *dimensions, guint first, guint i)
{
    if (i == first)
        return INFINITY;
    const Dimension *here = &g_array_index(dimensions, Dimension, i), *before = here - 1;
    return vec_length(vec_sub(here->a, before->b)) - before->after;
}

static double free_behind(const GArray *dimensions, guint i)
{
    if (i + 1 == dimensions->len)
        return INFINITY;
    const Dimension *here = &g_array_index(dimensions, Dimension, i), *behind = here + 1;
    return vec_length(vec_sub(behind->a, here->b)) - behind->before;
}

static int compare_along(gconstpointer a, gconstpointer b)
{
    const Dimension *first = a, *second = b;
    double u = first->a.x + first->a.y, other = second->a.x + second->a.y;
    return u < other ? -1 : u > other;
}

static void settle(GArray *dimensions, guint first, guint i)
{
    if (!text_is_too_wide(&g_array_index(dimensions, Dimension, i)))
        return;
    double needed = text_line_width_mm(g_array_index(dimensions, Dimension, i).line) + PROLONG_MM;
    if (!(free_behind(dimensions, i) > needed && move_beyond(dimensions, i, TRUE)) &&
        !(free_before(dimensions, first, i) > needed && move_beyond(dimensions, i, FALSE)))
        move_across(dimensions, i);
}

void dimensions_settle_row(GArray *dimensions, guint first)
{
    if (dimensions->len > first)
        qsort(&g_array_index(dimensions, Dimension, first), dimensions->len - first,
              sizeof(Dimension), compare_along);
    for (guint i = first; i < dimensions->len; i++)
        settle(dimensions, first, i);
}

void dimensions_settle_outwards(GArray *dimensions, guint index, Side facing)
{
    gboolean behind = facing == SIDE_BOTTOM || facing == SIDE_RIGHT;
    if (text_is_too_wide(&g_array_index(dimensions, Dimension, index)) &&
        !move_beyond(dimensions, index, behind))
        move_across(dimensions, index);
}

/* Rising to the right for somebody who reads the number. */
void dimension_tick(const Dimension *dimension, int end, Vec ret[2])
{
    Vec along = {cos(dimension->text_angle), sin(dimension->text_angle)};
    Vec slash = vec_scale(vec_add(along, vec_left(along)), TICK_MM / 2);
    Vec here = end == 0 ? dimension->a : dimension->b;
    Vec other = end == 0 ? dimension->b : dimension->a;
    gboolean is_half = dimension->half_tick[end];
    gboolean forward = vec_dot(slash, vec_sub(other, here)) > 0;
    ret[0] = is_half && forward ? here : vec_sub(here, slash);
    ret[1] = is_half && !forward ? here : vec_add(here, slash);
}

/* The four corners of a number. */
static Ring number_ring(const Dimension *dimension, Vec ret_points[4])
{
    Vec along = {cos(dimension->text_angle), sin(dimension->text_angle)}, up = vec_left(along);
    Vec end = vec_along(dimension->text_at, along, text_line_width_mm(dimension->line));
    ret_points[0] = dimension->text_at;
    ret_points[1] = end;
    ret_points[2] = vec_along(end, up, CAP_HEIGHT * DIMENSION_TEXT_MM);
    ret_points[3] = vec_along(dimension->text_at, up, CAP_HEIGHT * DIMENSION_TEXT_MM);
    return (Ring){ret_points, 4};
}

/* Whether a ring's line enters the number, in the number's own directions. */
static gboolean ring_crosses_number(const Ring *ring, double k, const Dimension *dimension)
{
    Vec along = {cos(dimension->text_angle), sin(dimension->text_angle)};
    Rect box = {0, -CAP_HEIGHT * DIMENSION_TEXT_MM, text_line_width_mm(dimension->line), 0};
    for (guint i = 0; i < ring->count; i++) {
        Vec ends[2];
        for (guint e = 0; e < 2; e++) {
            Vec offset =
                vec_sub(vec_scale(ring->points[(i + e) % ring->count], k), dimension->text_at);
            ends[e] = (Vec){vec_dot(offset, along), -vec_dot(offset, vec_left(along))};
        }
        Ring segment = {ends, 2};
        if (ring_crosses_rect(&segment, box))
            return TRUE;
    }
    return FALSE;
}

gboolean dimensions_are_legible(const GArray *dimensions, const Figure *figure, double mm_per_m)
{
    for (guint i = 0; i < dimensions->len; i++) {
        const Dimension *dimension = &g_array_index(dimensions, Dimension, i);
        if (ring_crosses_number(&figure->unit.outer, mm_per_m, dimension))
            return FALSE;
        for (guint h = 0; h < figure->unit.n_holes; h++)
            if (ring_crosses_number(&figure->unit.holes[h], mm_per_m, dimension))
                return FALSE;
        for (guint j = 0; j < i; j++) {
            const Dimension *other = &g_array_index(dimensions, Dimension, j);
            Vec points[4];
            Ring ring = number_ring(other, points);
            if (rects_overlap(dimension->text_box, other->text_box) &&
                ring_crosses_number(&ring, 1, dimension))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean box_meets_figure(const Figure *figure, Rect box_m)
{
    gboolean meets = shape_meets_rect(&figure->unit, box_m);
    for (gsize i = 0; i < figure->plan->n_balconies && !meets; i++)
        meets = shape_meets_rect(&figure->balconies[i], box_m);
    for (gsize i = 0; i < figure->plan->n_commons && !meets; i++)
        meets = shape_meets_rect(&figure->commons[i], box_m);
    return meets;
}

/* The line with its ticks; empty when it is slanted. */
static Rect line_box(const Dimension *dimension)
{
    Vec along = vec_unit(vec_sub(dimension->b, dimension->a));
    Rect box = rect_empty();
    if (fabs(along.x) > 1e-6 && fabs(along.y) > 1e-6)
        return box;
    rect_add_point(&box, vec_along(dimension->a, along, -dimension->before));
    rect_add_point(&box, vec_along(dimension->b, along, dimension->after));
    return rect_grow(box, TICK_REACH_MM, TICK_REACH_MM);
}

gboolean dimension_stands_clear(const GArray *dimensions, guint index, const Figure *figure,
                                double mm_per_m)
{
    const Dimension *dimension = &g_array_index(dimensions, Dimension, index);
    Rect text = dimension->text_box, line = line_box(dimension);
    Rect text_m = {text.x0 / mm_per_m, text.y0 / mm_per_m, text.x1 / mm_per_m, text.y1 / mm_per_m};
    if (box_meets_figure(figure, text_m))
        return FALSE;
    for (guint i = 0; i < index; i++) {
        const Dimension *other = &g_array_index(dimensions, Dimension, i);
        if (rects_overlap(text, other->text_box) || rects_overlap(text, line_box(other)) ||
            rects_overlap(line, other->text_box))
            return FALSE;
    }
    return TRUE;
}

Rect dimension_box(const Dimension *dimension)
{
    Vec along = vec_unit(vec_sub(dimension->b, dimension->a));
    Rect box = dimension->text_box;
    rect_add_point(&box, vec_along(dimension->a, along, -dimension->before - 0.75));
    rect_add_point(&box, vec_along(dimension->b, along, dimension->after + 0.75));
    rect_add_point(&box, vec_along(dimension->a, dimension->out, 1.0));
    rect_add_point(&box, vec_along(dimension->a, dimension->out, -2.6));
    return box;
}
