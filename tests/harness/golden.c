#include "tests/harness/golden.h"
#include <stdio.h>

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

gboolean golden_holds(Gallery *gallery, gsize i, const char *folder)
{
    int x, y;
    g_autofree char *path = g_strdup_printf("%s/%s.png", folder, sample_views_name(i));
    cairo_surface_t *golden = cairo_image_surface_create_from_png(path);
    cairo_surface_t *now = golden_draw(gallery, i);
    double worst = golden_compare(golden, now, &x, &y);
    cairo_surface_destroy(golden);
    cairo_surface_destroy(now);
    g_autofree char *look = look_name(MAX(golden_look_at(x, y), 0));
    if (worst > GOLDEN_TOLERANCE)
        fprintf(stderr, "%s %s: differs by %.1f near %d, %d of the sheet\n", sample_views_name(i),
                look, worst, x, y);
    return worst <= GOLDEN_TOLERANCE;
}
