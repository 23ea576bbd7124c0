#include "tests/harness/golden.h"
#include <stdlib.h>

#define LONG 238 /* half a pixel a millimetre */
#define SHORT 134
#define ACROSS 8 /* upright ones, all in the first row */
#define ALONG 4  /* lying ones, in two rows below */

static void place(int look, int *ret_x, int *ret_y)
{
    int lying = look - ACROSS;
    *ret_x = lying < 0 ? look * SHORT : lying % ALONG * LONG;
    *ret_y = lying < 0 ? 0 : LONG + lying / ALONG * SHORT;
}

cairo_surface_t *golden_draw(Gallery *gallery, gsize i)
{
    cairo_surface_t *sheet =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, ACROSS * SHORT, LONG + 2 * SHORT);
    for (int look = 0; look < GALLERY_LOOKS; look++) {
        int x, y, w = look < ACROSS ? SHORT : LONG, h = look < ACROSS ? LONG : SHORT;
        place(look, &x, &y);
        cairo_surface_t *cell = cairo_surface_create_for_rectangle(sheet, x, y, w, h);
        cairo_t *cr = cairo_create(cell);
        gallery_draw(gallery, i, look, cr, w, h);
        cairo_destroy(cr);
        cairo_surface_destroy(cell);
    }
    cairo_surface_flush(sheet);
    return sheet;
}

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

int golden_look_at(int x, int y)
{
    for (int look = 0; look < GALLERY_LOOKS; look++) {
        int left, top;
        place(look, &left, &top);
        int w = look < ACROSS ? SHORT : LONG, h = look < ACROSS ? LONG : SHORT;
        if (x >= left && x < left + w && y >= top && y < top + h)
            return look;
    }
    return -1;
}
