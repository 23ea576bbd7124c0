#include "firmware/document/bands.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include "firmware/document/fonts.h"
#include "firmware/document/page.h"
#include <cairo.h>
#include <string.h>

/* One page as cairo's list of drawing operations in dots: fonts, positions and pictures are its
 * own. Cairo orders the list when it is first drawn, so a page belongs to one thread at a time. */
typedef struct {
    cairo_surface_t *recording;
    guint32 *scratch; /* a band of RGB24 before it is packed, or NULL */
    gsize scratch_rows;
} BandPage;

typedef struct {
    RasterSource source;
    BandPage *pages;
} Bands;

/* Plain arithmetic that the compiler turns into vector instructions. */
static void invert(guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8)~bytes[i];
}

static void pack(const guint32 *pixels, int width, guint8 *ret)
{
    for (int x = 0; x < width; x++) {
        ret[3 * x] = (guint8)(pixels[x] >> 16);
        ret[3 * x + 1] = (guint8)(pixels[x] >> 8);
        ret[3 * x + 2] = (guint8)pixels[x];
    }
}

/* Draws one band. A recording that is painted as it is, replacing what was there, is replayed
 * straight into the band; what lies outside of it is skipped. */
static gboolean replay(cairo_surface_t *recording, cairo_format_t format, int width, int y,
                       int rows, guint8 *ret, int stride)
{
    cairo_surface_t *band = cairo_image_surface_create_for_data(ret, format, width, rows, stride);
    cairo_t *cr = cairo_create(band);
    cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR); /* here, so that it is not done in the turn */
    cairo_paint(cr);
    cairo_set_source_surface(cr, recording, 0, -y);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    fonts_take_turn();
    cairo_paint(cr);
    fonts_end_turn();
    gboolean done = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cr);
    cairo_surface_flush(band);
    cairo_surface_destroy(band);
    return done;
}

static gboolean fill_gray(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    const Bands *bands = (const Bands *)source;
    gsize stride = raster_stride(source);
    if (!replay(bands->pages[page].recording, CAIRO_FORMAT_A8, source->width_px, y, rows, ret,
                (int)stride))
        return FALSE;
    invert(ret, (gsize)rows * stride);
    return TRUE;
}

static gboolean fill_colour(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    BandPage *own = &((const Bands *)source)->pages[page];
    gsize width = (gsize)source->width_px, stride = raster_stride(source);
    if (own->scratch_rows < (gsize)rows) {
        g_free(own->scratch);
        own->scratch = g_new(guint32, (gsize)rows * width);
        own->scratch_rows = (gsize)rows;
    }
    if (!replay(own->recording, CAIRO_FORMAT_RGB24, source->width_px, y, rows,
                (guint8 *)own->scratch, (int)(width * sizeof *own->scratch)))
        return FALSE;
    for (int row = 0; row < rows; row++)
        pack(own->scratch + (gsize)row * width, source->width_px, ret + (gsize)row * stride);
    return TRUE;
}

static void destroy(RasterSource *source)
{
    Bands *bands = (Bands *)source;
    for (int page = 0; page < source->pages; page++) {
        BandPage *own = &bands->pages[page];
        fonts_take_turn();
        cairo_surface_destroy(own->recording); /* lets go of the fonts */
        fonts_end_turn();
        if (own->scratch)
            secret_wipe(own->scratch,
                        own->scratch_rows * (gsize)source->width_px * sizeof *own->scratch);
        g_free(own->scratch);
    }
    g_free(bands->pages);
    g_free(bands);
}

static cairo_status_t record(BandsDraw draw, gpointer context, int page, const RasterSource *source,
                             cairo_surface_t **ret)
{
    cairo_rectangle_t extents = {0, 0, source->width_px, source->height_px};
    gboolean is_colour = source->format == RASTER_RGB24;
    *ret = cairo_recording_surface_create(is_colour ? CAIRO_CONTENT_COLOR : CAIRO_CONTENT_ALPHA,
                                          &extents);
    cairo_t *cr = cairo_create(*ret);
    if (is_colour) {
        cairo_set_source_rgb(cr, 1, 1, 1);
        cairo_paint(cr);
    }
    cairo_scale(cr, source->dpi / MM_PER_INCH, source->dpi / MM_PER_INCH);
    draw(context, page, cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    return status;
}

RasterSource *bands_record(BandsDraw draw, gpointer context, int count, int width_px, int height_px,
                           RasterFormat format, int dpi, GError **error)
{
    if (format == RASTER_UNKNOWN || !dpi_is_allowed(dpi)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "bands: %d dots an inch, allowed are %d to %d", dpi, DPI_MIN, DPI_MAX);
        return NULL;
    }
    Bands *bands = g_new0(Bands, 1);
    g_autoptr(RasterSource) source = &bands->source;
    *source = (RasterSource){
        .format = format,
        .pages = count,
        .dpi = dpi,
        .width_px = width_px,
        .height_px = height_px,
        .fill = format == RASTER_RGB24 ? fill_colour : fill_gray,
        .destroy = destroy,
    };
    bands->pages = g_new0(BandPage, (gsize)source->pages);
    for (int page = 0; page < source->pages; page++) {
        cairo_status_t status = record(draw, context, page, source, &bands->pages[page].recording);
        if (status != CAIRO_STATUS_SUCCESS) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "bands: %s",
                        cairo_status_to_string(status));
            return NULL;
        }
    }
    return g_steal_pointer(&source);
}

static void draw_page(gpointer context, int page, cairo_t *cr)
{
    pages_draw(context, page, LOOK_PRINTED, cr);
}

RasterSource *bands_create(Pages *pages, RasterFormat format, int dpi, GError **error)
{
    int width_px, height_px;
    pages_leaf_px(pages, dpi, &width_px, &height_px);
    return bands_record(draw_page, pages, pages_count(pages), width_px, height_px, format, dpi,
                        error);
}
