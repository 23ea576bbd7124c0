#include "firmware/document/stencil.h"
#include <string.h>

#define EDGE_PX 2        /* how far an edge may be soft */
#define INK (0xFF * 256) /* two rows of ink, mixed */
#define TONES_MOST 0.02  /* share of half-clear dots off any edge that counts for none */

typedef struct {
    int columns; /* of the stencil */
    int *places; /* of each finer column: find_place */
    int *firsts; /* finer column between a column and the one before; columns + 2 of them */
} Grid;

/* Whether ink and clear paper are both near a pixel; beyond the picture there is paper. */
static gboolean is_on_edge(const guint8 *dots, gsize stride, int width, int height, int x, int y)
{
    gboolean near_ink = FALSE, near_paper = x < EDGE_PX || y < EDGE_PX || x >= width - EDGE_PX ||
                                            y >= height - EDGE_PX;
    int bottom = MIN(y + EDGE_PX, height - 1), right = MIN(x + EDGE_PX, width - 1);
    for (int j = MAX(y - EDGE_PX, 0); j <= bottom; j++)
        for (int i = MAX(x - EDGE_PX, 0); i <= right; i++) {
            guint8 alpha = dots[(gsize)j * stride + (gsize)i];
            near_ink |= alpha == 0xFF;
            near_paper |= alpha == 0;
            if (near_ink && near_paper)
                return TRUE;
        }
    return FALSE;
}

/* Eight dots side by side, to see at once whether all are clear or all are ink. */
static inline guint64 look_at_eight(const guint8 *dots)
{
    guint64 eight;
    memcpy(&eight, dots, sizeof eight);
    return eight;
}

gboolean stencil_has_tones(cairo_surface_t *stencil)
{
    const guint8 *dots = cairo_image_surface_get_data(stencil);
    gsize stride = (gsize)cairo_image_surface_get_stride(stencil);
    int width = cairo_image_surface_get_width(stencil);
    int height = cairo_image_surface_get_height(stencil), half_clear = 0, tones = 0;
    for (int y = 0; y < height; y++) {
        const guint8 *row = dots + (gsize)y * stride;
        for (int x = 0; x < width; x++) {
            while (x + 8 < width && look_at_eight(row + x) + 1 < 2)
                x += 8; /* all clear, or all ink */
            if (row[x] == 0 || row[x] == 0xFF)
                continue;
            half_clear++;
            if (tones > TONES_MOST * width * height)
                return TRUE; /* more than any edge has */
            tones += !is_on_edge(dots, stride, width, height, x, y);
        }
    }
    return tones > TONES_MOST * half_clear;
}

/* Where the middle of dot `dot` of `fine` lies among `coarse` ones, in 1/256 from half a dot before
 * the one in front of the first. */
static int find_place(int dot, int fine, int coarse)
{
    return (int)((2 * dot + 1) * (gint64)coarse * 128 / fine) + 128;
}

/* A line of the finer picture, of the rows above and below it. */
static void harden_line(const Grid *grid, const guint8 *above, const guint8 *below, int share,
                        guint8 *line)
{
    int left = 0; /* the two rows' mixture before a column, then behind it */
    for (int column = 0; column <= grid->columns; column++) {
        while (left == 0 && column + 8 <= grid->columns &&
               (look_at_eight(above + column) | look_at_eight(below + column)) == 0)
            column += 8; /* as most of a seal: paper */
        int right =
            column < grid->columns ? above[column] * (256 - share) + below[column] * share : 0;
        int first = grid->firsts[column], end = grid->firsts[column + 1];
        if (left == INK && right == INK)
            memset(line + first, 0xFF, (gsize)(end - first));
        else if ((left | right) != 0)
            for (int x = first; x < end; x++) {
                int part = grid->places[x] & 0xFF;
                line[x] = left * (256 - part) + right * part >= 0x80 << 16 ? 0xFF : 0;
            }
        left = right;
    }
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
    g_autofree int *firsts = g_new(int, columns + 2);
    g_autofree guint8 *paper = g_new0(guint8, columns);
    for (int x = 0; x < width; x++)
        places[x] = find_place(x, width, columns);
    for (int column = 0, x = 0; column < columns + 2; column++) {
        while (x < width && places[x] >> 8 < column)
            x++;
        firsts[column] = x;
    }
    const Grid grid = {columns, places, firsts};
    for (int y = 0; y < height; y++) {
        int place = find_place(y, height, rows), row = place >> 8;
        const guint8 *above = row > 0 ? dots + (gsize)(row - 1) * stride : paper;
        const guint8 *below = row < rows ? dots + (gsize)row * stride : paper;
        harden_line(&grid, above, below, place & 0xFF, fine + (gsize)y * fine_stride);
    }
    cairo_surface_mark_dirty(ret);
}
