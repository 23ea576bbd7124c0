#include "firmware/document/ink.h"
#include <math.h>

gboolean ink_is_alpha_only(cairo_t *cr)
{
    return cairo_surface_get_content(cairo_get_group_target(cr)) == CAIRO_CONTENT_ALPHA;
}

gboolean ink_is_for_pdf(cairo_t *cr)
{
    return cairo_surface_get_type(cairo_get_target(cr)) == CAIRO_SURFACE_TYPE_PDF;
}

void ink_set_black(cairo_t *cr)
{
    /* Where there is only ink, more of it adds up: the same picture but for edges on edges, and
     * the one operator that pixman does quickly on A8. */
    cairo_set_operator(cr, ink_is_alpha_only(cr) ? CAIRO_OPERATOR_ADD : CAIRO_OPERATOR_OVER);
    cairo_set_source_rgb(cr, 0, 0, 0);
}

void ink_set_paper(cairo_t *cr)
{
    if (ink_is_alpha_only(cr))
        cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
    cairo_set_source_rgb(cr, 1, 1, 1);
}

void ink_set_tint(cairo_t *cr, double lightness)
{
    if (ink_is_alpha_only(cr)) {
        cairo_set_source_rgba(cr, 0, 0, 0, 1 - lightness);
        return;
    }
    cairo_set_operator(cr, CAIRO_OPERATOR_MULTIPLY);
    cairo_set_source_rgb(cr, lightness, lightness, lightness);
}

static void stroke(cairo_t *cr, double width, double on, double off)
{
    cairo_matrix_t matrix;
    cairo_get_matrix(cr, &matrix);
    double scale = sqrt(fabs(matrix.xx * matrix.yy - matrix.xy * matrix.yx));
    double dashes[] = {on * scale, off * scale};
    cairo_identity_matrix(cr);
    cairo_set_line_width(cr, width * scale);
    cairo_set_dash(cr, dashes, off > 0 ? 2 : 0, 0);
    cairo_stroke_preserve(cr);
    cairo_set_matrix(cr, &matrix);
}

void ink_stroke(cairo_t *cr, double width)
{
    ink_stroke_dashed(cr, width, 0, 0);
}

void ink_stroke_preserve(cairo_t *cr, double width)
{
    stroke(cr, width, 0, 0);
}

void ink_stroke_dashed(cairo_t *cr, double width, double on, double off)
{
    stroke(cr, width, on, off);
    cairo_new_path(cr);
}
