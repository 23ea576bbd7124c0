#include "tests/harness/golden_compare.h"
#include <glib.h>
#include <stdlib.h>

static double compare_block(cairo_surface_t *one, cairo_surface_t *other, int x, int y)
{
    int w = MIN(GOLDEN_BLOCK, cairo_image_surface_get_width(one) - x);
    int h = MIN(GOLDEN_BLOCK, cairo_image_surface_get_height(one) - y);
    int sums[3] = {0, 0, 0};
    for (int row = y; row < y + h; row++) {
        const guint8 *a = cairo_image_surface_get_data(one) +
                          (gsize)row * cairo_image_surface_get_stride(one) + 4 * x;
        const guint8 *b = cairo_image_surface_get_data(other) +
                          (gsize)row * cairo_image_surface_get_stride(other) + 4 * x;
        for (int i = 0; i < 4 * w; i++)
            if (i % 4 < 3)
                sums[i % 4] += abs(a[i] - b[i]);
    }
    return (double)MAX(sums[0], MAX(sums[1], sums[2])) / (w * h);
}

double golden_compare(cairo_surface_t *one, cairo_surface_t *other, int *ret_x, int *ret_y)
{
    int w = cairo_image_surface_get_width(one), h = cairo_image_surface_get_height(one);
    double worst = 0;
    *ret_x = *ret_y = 0;
    if (w != cairo_image_surface_get_width(other) || h != cairo_image_surface_get_height(other))
        return 256;
    for (int y = 0; y < h; y += GOLDEN_BLOCK)
        for (int x = 0; x < w; x += GOLDEN_BLOCK) {
            double difference = compare_block(one, other, x, y);
            if (difference <= worst)
                continue;
            worst = difference;
            *ret_x = x;
            *ret_y = y;
        }
    return worst;
}
