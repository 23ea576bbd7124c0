#include "tests/harness/leaves.h"
#include <string.h>

#define PDF_BYTES 80000
#define NOISE_EVERY_ROWS 20

GBytes *leaves_pdf(int sides)
{
    GString *pdf = g_string_new("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
                                "2 0 obj\n<< /Type /Pages /Kids [");
    for (int i = 0; i < sides; i++)
        g_string_append(pdf, "3 0 R ");
    g_string_append_printf(pdf,
                           "] /Count %d >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R"
                           " /MediaBox [0 0 473 680] >>\nendobj\n",
                           sides);
    for (int i = 0; pdf->len < PDF_BYTES; i++)
        g_string_append_printf(pdf, "%% %d %08x\n", i, g_direct_hash(GINT_TO_POINTER(i * 7919)));
    g_string_append(pdf, "trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    return g_string_free_to_bytes(pdf);
}

static gboolean fill(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    for (int row = y; row < y + rows; row++, ret += raster_stride(source)) {
        memset(ret, 0xff, raster_row_bytes(source));
        for (int x = 0; row % NOISE_EVERY_ROWS == 0 && x < source->width_px; x++)
            ret[x] = (guint8)((x * 7919 + row * 31 + page) >> 3);
    }
    return TRUE;
}

static void keep(RasterSource *source)
{
    (void)source;
}

RasterSource leaves_raster(int sides, int dpi)
{
    return (RasterSource){.format = RASTER_GRAY8,
                          .pages = sides,
                          .dpi = dpi,
                          .width_px = LEAF_WIDTH_UM * dpi / 25400,
                          .height_px = LEAF_HEIGHT_UM * dpi / 25400,
                          .fill = fill,
                          .destroy = keep};
}
