#include "firmware/document/stencil.h"

#define EDGE_PX 2       /* how far an edge may be soft */
#define TONES_MOST 0.02 /* share of half-clear dots off any edge that counts for none */

/* Whether ink and clear paper are both near a pixel; beyond the picture there is paper. */
static gboolean is_on_edge(const guint8 *dots, gsize stride, int width, int height, int x, int y)
{
    gboolean near_ink = FALSE, near_paper = x < EDGE_PX || y < EDGE_PX || x >= width - EDGE_PX ||
                                            y >= height - EDGE_PX;
    int bottom = MIN(y + EDGE_PX, height - 1);
    for (int j = MAX(y - EDGE_PX, 0); j <= bottom && !(near_ink && near_paper); j++)
        for (int i = MAX(x - EDGE_PX, 0); i <= MIN(x + EDGE_PX, width - 1); i++) {
            guint8 alpha = dots[(gsize)j * stride + (gsize)i];
            near_ink |= alpha == 0xFF;
            near_paper |= alpha == 0;
        }
    return near_ink && near_paper;
}

gboolean stencil_has_tones(cairo_surface_t *stencil)
{
    const guint8 *dots = cairo_image_surface_get_data(stencil);
    gsize stride = (gsize)cairo_image_surface_get_stride(stencil);
    int width = cairo_image_surface_get_width(stencil);
    int height = cairo_image_surface_get_height(stencil), half_clear = 0, tones = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            guint8 alpha = dots[(gsize)y * stride + (gsize)x];
            if (alpha == 0 || alpha == 0xFF)
                continue;
            half_clear++;
            if (tones > TONES_MOST * width * height)
                return TRUE; /* more than any edge has */
            tones += !is_on_edge(dots, stride, width, height, x, y);
        }
    return tones > TONES_MOST * half_clear;
}

/* Where the middle of dot `dot` of `fine` lies among `coarse` ones, in 1/256 from half a dot before
 * the one in front of the first. */
static int find_place(int dot, int fine, int coarse)
{
    return (int)((2 * dot + 1) * (gint64)coarse * 128 / fine) + 128;
}

void stencil_harden(cairo_surface_t *stencil, cairo_surface_t *ret)
{
    const guint8 *dots = cairo_image_surface_get_data(stencil);
    guint8 *fine = cairo_image_surface_get_data(ret);
    gsize stride = (gsize)cairo_image_surface_get_stride(stencil);
    gsize fine_stride = (gsize)cairo_image_surface_get_stride(ret);
    int columns = cairo_image_surface_get_width(stencil);
    int rows = cairo_image_surface_get_height(stencil);
    int width = cairo_image_surface_get_width(ret), height = cairo_image_surface_get_height(ret);
    g_autofree int *places = g_new(int, width);
    g_autofree int *firsts = g_new(int, columns + 2); /* dot between a column and the one before */
    g_autofree guint8 *paper = g_new0(guint8, columns);
    g_autofree guint16 *mixed = g_new0(guint16, columns + 2); /* of two rows */
    for (int x = 0; x < width; x++)
        places[x] = find_place(x, width, columns);
    for (int column = 0, x = 0; column < columns + 2; column++) {
        while (x < width && places[x] >> 8 < column)
            x++;
        firsts[column] = x;
    }
    for (int y = 0; y < height; y++) {
        int place = find_place(y, height, rows), row = place >> 8;
        const guint8 *above = row > 0 ? dots + (gsize)(row - 1) * stride : paper;
        const guint8 *below = row < rows ? dots + (gsize)row * stride : paper;
        int share = place & 0xFF;
        for (int x = 0; x < columns; x++)
            mixed[x + 1] = (guint16)(above[x] * (256 - share) + below[x] * share);
        guint8 *line = fine + (gsize)y * fine_stride;
        for (int column = 0; column <= columns; column++) {
            int left = mixed[column], right = mixed[column + 1];
            if ((left | right) == 0)
                continue; /* as most of a seal: paper */
            for (int x = firsts[column]; x < firsts[column + 1]; x++) {
                int part = places[x] & 0xFF;
                line[x] = left * (256 - part) + right * part >= 0x80 << 16 ? 0xFF : 0;
            }
        }
    }
    cairo_surface_mark_dirty(ret);
}
