#include "firmware/document/plan_openings.h"
#include "firmware/document/ink.h"
#include <math.h>

#define NO_WALL_M 0.20 /* depth of a gap where no wall polygon lies */
#define DEEPEST_M 1.0  /* a ray that runs along another wall does not measure this one */
#define REACH_M 0.02   /* an opening may lie on the wall's face */
#define CUT_MM 0.23    /* the gap goes this far beyond both faces */
#define JAMB_MM 0.13
#define PANE_MM 0.10
#define LEAF_MM 0.18
#define ARC_MM 0.10
#define SLIDING_OFF_MM 0.22
#define SLIDING_PART 0.55 /* of the width, each leaf */
#define THIN_WALL_MM 1.0  /* one pane line instead of two */

typedef struct {
    double near, far;
} Interval;

static int compare_numbers(gconstpointer a, gconstpointer b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

static void intersect_ring(const Ring *ring, Vec origin, Vec direction, GArray *hits)
{
    for (guint i = 0; i < ring->count; i++) {
        Vec a = vec_sub(ring->points[i], origin);
        Vec b = vec_sub(ring->points[(i + 1) % ring->count], origin);
        double da = vec_dot(a, vec_left(direction)), db = vec_dot(b, vec_left(direction));
        if ((da > 0) == (db > 0))
            continue;
        double t = da / (da - db);
        double distance = vec_dot(vec_along(a, vec_sub(b, a), t), direction);
        g_array_append_val(hits, distance);
    }
}

/* The stretch of `shape` along a line through `origin` that holds the origin. */
static gboolean find_interval(const Shape *shape, Vec origin, Vec direction, Interval *ret)
{
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(double));
    intersect_ring(&shape->outer, origin, direction, hits);
    for (guint i = 0; i < shape->n_holes; i++)
        intersect_ring(&shape->holes[i], origin, direction, hits);
    g_array_sort(hits, compare_numbers);
    for (guint i = 0; i + 1 < hits->len; i += 2) {
        Interval interval = {g_array_index(hits, double, i), g_array_index(hits, double, i + 1)};
        if (interval.near <= REACH_M && interval.far >= -REACH_M) {
            *ret = interval;
            return TRUE;
        }
    }
    return FALSE;
}

/* The deepest wall under the line's middle. */
static Interval find_wall(const Figure *figure, Vec middle, Vec direction)
{
    Interval best = {-NO_WALL_M / 2, NO_WALL_M / 2};
    double depth = 0;
    for (gsize i = 0; i < figure->plan->n_walls; i++) {
        Interval found;
        if (!find_interval(&figure->walls[i], middle, direction, &found))
            continue;
        if (found.far - found.near > depth && found.far - found.near <= DEEPEST_M) {
            depth = found.far - found.near;
            best = found;
        }
    }
    return best;
}

GArray *openings_create(const Figure *figure, double mm_per_m)
{
    GArray *openings = g_array_new(FALSE, FALSE, sizeof(Opening));
    for (gsize i = 0; i < figure->plan->n_openings; i++) {
        Vec from = figure->openings[i][0], to = figure->openings[i][1];
        Opening opening = {.kind = figure->plan->openings[i].kind};
        opening.along = vec_unit(vec_sub(to, from));
        opening.left = vec_left(opening.along);
        opening.width = vec_length(vec_sub(to, from)) * mm_per_m;
        opening.from = vec_scale(from, mm_per_m);
        opening.to = vec_scale(to, mm_per_m);
        Interval wall = find_wall(figure, vec_scale(vec_add(from, to), 0.5), opening.left);
        opening.near = wall.near * mm_per_m;
        opening.far = wall.far * mm_per_m;
        g_array_append_val(openings, opening);
    }
    return openings;
}

/* `u` along the line from the hinge, `v` to its left. */
static Vec point_of(const Opening *opening, double u, double v)
{
    return vec_along(vec_along(opening->from, opening->along, u), opening->left, v);
}

static void add_line(cairo_t *cr, Vec a, Vec b)
{
    cairo_move_to(cr, a.x, a.y);
    cairo_line_to(cr, b.x, b.y);
}

static void add_lengthwise(const Opening *opening, cairo_t *cr, double v)
{
    add_line(cr, point_of(opening, 0, v), point_of(opening, opening->width, v));
}

static void add_gap(const Opening *opening, cairo_t *cr)
{
    Vec corners[] = {point_of(opening, 0, opening->near - CUT_MM),
                     point_of(opening, opening->width, opening->near - CUT_MM),
                     point_of(opening, opening->width, opening->far + CUT_MM),
                     point_of(opening, 0, opening->far + CUT_MM)};
    cairo_new_sub_path(cr);
    for (guint i = 0; i < G_N_ELEMENTS(corners); i++)
        cairo_line_to(cr, corners[i].x, corners[i].y);
    cairo_close_path(cr);
}

static void add_jambs(const Opening *opening, cairo_t *cr)
{
    for (int end = 0; end < 2; end++) {
        double u = end * opening->width;
        add_line(cr, point_of(opening, u, opening->near - JAMB_MM),
                 point_of(opening, u, opening->far + JAMB_MM));
    }
}

static void add_panes(const Opening *opening, cairo_t *cr)
{
    double depth = opening->far - opening->near, middle = (opening->near + opening->far) / 2;
    if (opening->kind != OPENING_WINDOW)
        return;
    add_lengthwise(opening, cr, opening->near);
    add_lengthwise(opening, cr, opening->far);
    if (depth < THIN_WALL_MM) {
        add_lengthwise(opening, cr, middle);
        return;
    }
    add_lengthwise(opening, cr, middle - depth / 6);
    add_lengthwise(opening, cr, middle + depth / 6);
}

static gboolean is_swinging(const Opening *opening)
{
    return opening->kind == OPENING_DOOR_LEFT || opening->kind == OPENING_DOOR_RIGHT;
}

static Vec leaf_direction(const Opening *opening)
{
    return opening->kind == OPENING_DOOR_LEFT ? opening->left : vec_scale(opening->left, -1);
}

static void add_leaves(const Opening *opening, cairo_t *cr)
{
    double middle = (opening->near + opening->far) / 2, part = SLIDING_PART * opening->width;
    if (is_swinging(opening))
        add_line(cr, opening->from,
                 vec_along(opening->from, leaf_direction(opening), opening->width));
    if (opening->kind != OPENING_DOOR_SLIDING)
        return;
    add_line(cr, point_of(opening, 0, middle + SLIDING_OFF_MM),
             point_of(opening, part, middle + SLIDING_OFF_MM));
    add_line(cr, point_of(opening, opening->width - part, middle - SLIDING_OFF_MM),
             point_of(opening, opening->width, middle - SLIDING_OFF_MM));
}

static void add_arc(const Opening *opening, cairo_t *cr)
{
    if (!is_swinging(opening))
        return;
    Vec leaf = leaf_direction(opening);
    double from = atan2(leaf.y, leaf.x), to = atan2(opening->along.y, opening->along.x);
    cairo_new_sub_path(cr);
    if (opening->kind == OPENING_DOOR_LEFT)
        cairo_arc(cr, opening->from.x, opening->from.y, opening->width, from, to);
    else
        cairo_arc_negative(cr, opening->from.x, opening->from.y, opening->width, from, to);
}

Rect opening_swing_box(const Opening *opening)
{
    Rect box = rect_empty();
    if (!is_swinging(opening))
        return box;
    Vec leaf = leaf_direction(opening);
    rect_add_point(&box, opening->from);
    rect_add_point(&box, opening->to);
    rect_add_point(&box, vec_along(opening->from, leaf, opening->width));
    rect_add_point(&box, vec_along(opening->to, leaf, opening->width));
    return box;
}

/* All of one kind of line as one path. */
static void add_all(const GArray *openings, void (*add)(const Opening *opening, cairo_t *cr),
                    cairo_t *cr)
{
    cairo_new_path(cr);
    for (guint i = 0; i < openings->len; i++)
        add(&g_array_index(openings, Opening, i), cr);
}

void openings_draw(const GArray *openings, cairo_t *cr)
{
    static const struct {
        void (*add)(const Opening *opening, cairo_t *cr);
        double line_mm;
    } lines[] = {
        {add_jambs, JAMB_MM}, {add_panes, PANE_MM}, {add_leaves, LEAF_MM}, {add_arc, ARC_MM}};
    cairo_save(cr);
    add_all(openings, add_gap, cr);
    ink_set_paper(cr);
    cairo_fill(cr);
    cairo_restore(cr);
    ink_set_black(cr);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        add_all(openings, lines[i].add, cr);
        ink_stroke(cr, lines[i].line_mm);
    }
}
