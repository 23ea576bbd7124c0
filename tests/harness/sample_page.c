#include "tests/harness/sample_views.h"
#include <cairo.h>

const PageImage *sample_page_image(void)
{
    static cairo_surface_t *surface;
    static PageImage image;
    if (surface)
        return &image;
    int h = SAMPLE_PAGE_H, w = h * 167 / 240;
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_rectangle(cr, w * 0.1, h * 0.11, w * 0.8, h * 0.8);
    for (int row = 1; row < 10; row++) {
        cairo_move_to(cr, w * 0.1, h * (0.11 + 0.055 * row));
        cairo_rel_line_to(cr, w * 0.8, 0);
    }
    cairo_set_line_width(cr, 2);
    cairo_stroke(cr);
    cairo_set_source_rgb(cr, 0.55, 0.55, 0.55);
    for (int row = 0; row < 9; row++)
        cairo_rectangle(cr, w * 0.28, h * (0.13 + 0.055 * row), w * (0.2 + 0.04 * (row * 5 % 7)),
                        h * 0.014);
    cairo_fill(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    image = (PageImage){w, h, cairo_image_surface_get_stride(surface),
                        cairo_image_surface_get_data(surface), 1};
    return &image;
}
