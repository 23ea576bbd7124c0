#include "firmware/document/plan_walls.h"
#include "firmware/document/ink.h"
#include <math.h>

#define ON_OUTLINE_M 0.02
#define BALCONY_MM 0.20
#define DASH_ON_MM 1.4
#define DASH_OFF_MM 0.7
#define DASH_OFF_LEAST_MM 0.3
#define SAMPLE_WALL_HEIGHT_MM 1.2
#define SAMPLE_COMMON_HEIGHT_MM 2.6

typedef struct {
    double line_mm, pitch_mm;
    gboolean rises; /* to the right */
} Hatch;

static const Hatch own_hatch = {0.09, 0.5, TRUE};
static const Hatch common_hatch = {0.07, 1.6, FALSE};

static void add_ring(const Ring *ring, double k, cairo_t *cr)
{
    cairo_new_sub_path(cr);
    for (guint i = 0; i < ring->count; i++)
        cairo_line_to(cr, ring->points[i].x * k, ring->points[i].y * k);
    cairo_close_path(cr);
}

static void add_shape(const Shape *shape, double k, cairo_t *cr)
{
    add_ring(&shape->outer, k, cr);
    for (guint i = 0; i < shape->n_holes; i++)
        add_ring(&shape->holes[i], k, cr);
}

/* Fills the current path with 45 degree lines; one grid for the whole drawing, so that the hatch
 * runs on from wall to wall. All lines together are one broad line across them, whose dashes are as
 * long as a line is thick. `on_paper`: what was there before is covered. */
static void hatch_path(cairo_t *cr, const Hatch *hatch, gboolean on_paper)
{
    double x0, y0, x1, y1;
    cairo_path_extents(cr, &x0, &y0, &x1, &y1);
    cairo_save(cr);
    cairo_clip(cr);
    if (on_paper) {
        ink_set_paper(cr);
        cairo_paint(cr);
        ink_set_black(cr);
    }
    if (!hatch->rises) { /* mirrored it rises */
        cairo_scale(cr, 1, -1);
        double top = y0;
        y0 = -y1;
        y1 = -top;
    }
    /* turned by 45 degrees, x runs across the lines */
    cairo_rotate(cr, G_PI / 4);
    double first = floor((x0 + y0) / G_SQRT2 / hatch->pitch_mm) * hatch->pitch_mm;
    double last = (x1 + y1) / G_SQRT2 + hatch->pitch_mm;
    double low = (y0 - x1) / G_SQRT2, high = (y1 - x0) / G_SQRT2;
    cairo_move_to(cr, first - hatch->line_mm / 2, (low + high) / 2);
    cairo_line_to(cr, last, (low + high) / 2);
    ink_stroke_dashed(cr, high - low, hatch->line_mm, hatch->pitch_mm - hatch->line_mm);
    cairo_restore(cr);
}

static void fill_with_paper(cairo_t *cr)
{
    cairo_save(cr);
    ink_set_paper(cr);
    cairo_fill(cr);
    cairo_restore(cr);
    ink_set_black(cr);
}

/* Walls of one ownership as one path; FALSE when there is none. */
static gboolean add_walls(const Figure *figure, double k, WallOwnership ownership, cairo_t *cr)
{
    gboolean any = FALSE;
    for (gsize i = 0; i < figure->plan->n_walls; i++) {
        if (figure->plan->walls[i].ownership != ownership)
            continue;
        add_shape(&figure->walls[i], k, cr);
        any = TRUE;
    }
    return any;
}

/* The union of all walls without a geometry library: stroke all, then cover their insides, which
 * are hatched at once; those that are not the owner's own alone are covered once more. */
void walls_draw(const Figure *figure, double k, cairo_t *cr)
{
    gboolean own = add_walls(figure, k, WALL_OWN, cr);
    add_walls(figure, k, WALL_SHARED, cr);
    add_walls(figure, k, WALL_BORROWED, cr);
    ink_stroke_preserve(cr, 2 * WALL_FACE_MM);
    if (own)
        hatch_path(cr, &own_hatch, TRUE);
    else
        fill_with_paper(cr);
    gboolean shared = add_walls(figure, k, WALL_SHARED, cr);
    if (add_walls(figure, k, WALL_BORROWED, cr) || shared)
        fill_with_paper(cr);
    cairo_new_path(cr);
}

void commons_draw(const Figure *figure, double k, cairo_t *cr)
{
    for (gsize i = 0; i < figure->plan->n_commons; i++) {
        add_shape(&figure->commons[i], k, cr);
        ink_stroke_preserve(cr, WALL_FACE_MM);
        hatch_path(cr, &common_hatch, FALSE);
        cairo_new_path(cr);
    }
}

/* One dashed line, its gaps a little wider or narrower than DASH_OFF_MM: it begins and ends with a
 * dash, so that corners are closed (ISO 128-2). */
static void draw_dashed(cairo_t *cr, Vec a, Vec b)
{
    double length = vec_length(vec_sub(b, a));
    double count = MAX(1, round((length + DASH_OFF_MM) / (DASH_ON_MM + DASH_OFF_MM)));
    double off = count > 1 ? (length - count * DASH_ON_MM) / (count - 1) : 0;
    cairo_move_to(cr, a.x, a.y);
    cairo_line_to(cr, b.x, b.y);
    ink_stroke_dashed(cr, BALCONY_MM, DASH_ON_MM, count > 1 ? MAX(off, DASH_OFF_LEAST_MM) : 0);
}

void balconies_draw(const Figure *figure, double k, cairo_t *cr)
{
    for (gsize i = 0; i < figure->plan->n_balconies; i++) {
        const Ring *ring = &figure->balconies[i].outer;
        for (guint n = 0; n < ring->count && !figure->plan->balconies[i].enclosed; n++) {
            Vec a = ring->points[n], b = ring->points[(n + 1) % ring->count];
            Vec half = vec_scale(vec_unit(vec_sub(b, a)), BALCONY_MM / 2); /* closes the corner */
            if (!ring_carries(&figure->unit.outer, a, b, ON_OUTLINE_M))
                draw_dashed(cr, vec_sub(vec_scale(a, k), half), vec_add(vec_scale(b, k), half));
        }
    }
}

void outline_draw(const Figure *figure, double k, cairo_t *cr)
{
    add_shape(&figure->unit, k, cr);
    ink_stroke(cr, OUTLINE_MM);
}

static void draw_hatched_box(cairo_t *cr, double x, double y, double height, const Hatch *hatch,
                             double line_mm)
{
    cairo_rectangle(cr, x, y - height / 2, SAMPLE_MM, height);
    if (line_mm > 0)
        ink_stroke_preserve(cr, line_mm);
    hatch_path(cr, hatch, FALSE);
    cairo_new_path(cr);
}

/* The rules of the samples, by their place below the sample's middle; equally broad ones together.
 */
static const struct {
    Sample sample;
    double below_mm, line_mm;
} rules[] = {
    {SAMPLE_WALL_OWN, -SAMPLE_WALL_HEIGHT_MM / 2, OUTLINE_MM},
    {SAMPLE_WALL_SHARED, 0, OUTLINE_MM},
    {SAMPLE_WALL_BORROWED, SAMPLE_WALL_HEIGHT_MM / 2, OUTLINE_MM},
    {SAMPLE_OUTLINE, 0, OUTLINE_MM},
    {SAMPLE_WALL_OWN, SAMPLE_WALL_HEIGHT_MM / 2, WALL_FACE_MM},
    {SAMPLE_WALL_SHARED, -SAMPLE_WALL_HEIGHT_MM / 2, WALL_FACE_MM},
    {SAMPLE_WALL_SHARED, SAMPLE_WALL_HEIGHT_MM / 2, WALL_FACE_MM},
    {SAMPLE_WALL_BORROWED, -SAMPLE_WALL_HEIGHT_MM / 2, WALL_FACE_MM},
};

void samples_draw(const double x_mm[SAMPLE_COUNT], double y_mm, cairo_t *cr)
{
    double balcony = x_mm[SAMPLE_BALCONY];
    draw_hatched_box(cr, x_mm[SAMPLE_WALL_OWN], y_mm, SAMPLE_WALL_HEIGHT_MM, &own_hatch, 0);
    draw_hatched_box(cr, x_mm[SAMPLE_COMMON], y_mm, SAMPLE_COMMON_HEIGHT_MM, &common_hatch,
                     WALL_FACE_MM);
    draw_dashed(cr, (Vec){balcony, y_mm}, (Vec){balcony + SAMPLE_MM, y_mm});
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        double x = x_mm[rules[i].sample], y = y_mm + rules[i].below_mm;
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x + SAMPLE_MM, y);
        if (i + 1 < G_N_ELEMENTS(rules) && rules[i + 1].line_mm == rules[i].line_mm)
            continue;
        ink_stroke(cr, rules[i].line_mm);
    }
}
