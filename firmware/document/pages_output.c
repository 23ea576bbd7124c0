/* The same pages as a PDF and as pictures. */
#include "firmware/base/error.h"
#include "firmware/document/fonts.h"
#include "firmware/document/page.h"
#include <cairo-pdf.h>

#define PT_PER_MM (72.0 / 25.4)
#define MIDNIGHT "T00:00:00+08:00"

static cairo_status_t append(void *closure, const unsigned char *data, unsigned length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

GBytes *pdf_write(PdfDraw draw, gpointer context, int count, int width_um, int height_um,
                  const char *title, const char *date, GError **error)
{
    GByteArray *bytes = g_byte_array_sized_new(256 * 1024);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        append, bytes, width_um / 1000.0 * PT_PER_MM, height_um / 1000.0 * PT_PER_MM);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "kiosk");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, PT_PER_MM, PT_PER_MM);
    for (int page = 0; page < count; page++) {
        draw(context, page, cr);
        fonts_take_turn();
        cairo_show_page(cr);
        fonts_end_turn();
    }
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    fonts_take_turn();
    cairo_surface_finish(surface); /* picks each font's characters; lets go of the fonts */
    fonts_end_turn();
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        secret_wipe(bytes->data, bytes->len);
        g_byte_array_unref(bytes);
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "pdf: %s", cairo_status_to_string(status));
        return NULL;
    }
    return g_byte_array_free_to_bytes(bytes);
}

static void draw_page(gpointer context, int page, cairo_t *cr)
{
    pages_draw(context, page, LOOK_PRINTED, cr);
}

/* No person, no address, and the day of registration for a date: the same record gives the same
 * bytes, and the information tells nothing that a cover does not. */
GBytes *pages_to_pdf(Pages *pages, GError **error)
{
    int width_um, height_um, day = pages->record->registered_on;
    g_autofree char *date =
        g_strdup_printf("%04d-%02d-%02d" MIDNIGHT, day / 10000, day / 100 % 100, day % 100);
    pages_leaf_um(pages, &width_um, &height_um);
    return pdf_write(draw_page, pages, pages_count(pages), width_um, height_um,
                     pages->document->template->items[ITEM_TITLE_HEADING].text, date, error);
}

cairo_surface_t *pages_to_image(Pages *pages, int page, Look look, double dpi, GError **error)
{
    if (page < 0 || page >= pages_count(pages)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "picture: no page %d, there are %d",
                    page + 1, pages_count(pages));
        return NULL;
    }
    if (!dpi_is_allowed(dpi)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "picture: %g dots an inch, allowed are %d to %d", dpi, DPI_MIN, DPI_MAX);
        return NULL;
    }
    int width_px, height_px;
    pages_leaf_px(pages, dpi, &width_px, &height_px);
    double dots_per_mm = dpi / MM_PER_INCH;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, dots_per_mm, dots_per_mm);
    pages_draw(pages, page, look, cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (status != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "picture: %s",
                    cairo_status_to_string(status));
        return NULL;
    }
    return surface;
}
