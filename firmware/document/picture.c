#include "firmware/document/picture.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include <string.h>

#define IHDR_END 24 /* signature, chunk head, width, height */
#define MM_PER_INCH 25.4

typedef struct {
    const guchar *data;
    gsize size, used;
} Source;

static cairo_status_t read_source(void *closure, unsigned char *target, unsigned length)
{
    Source *source = closure;
    if (source->size - source->used < length)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(target, source->data + source->used, length);
    source->used += length;
    return CAIRO_STATUS_SUCCESS;
}

static guint32 read_big_endian(const guchar *p)
{
    return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

/* The record's parser has looked already; a decoder still never trusts its caller. */
static gboolean header_is_fine(const Source *source)
{
    static const guchar start[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n',
                                   0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    if (source->size < IHDR_END || source->size > LIMIT_PNG_BYTES ||
        memcmp(source->data, start, sizeof start))
        return FALSE;
    guint64 width = read_big_endian(source->data + 16), height = read_big_endian(source->data + 20);
    return width > 0 && height > 0 && width * height <= LIMIT_PNG_PIXELS;
}

Picture *picture_create(GBytes *png, const char *member, GError **error)
{
    Source source = {0};
    source.data = g_bytes_get_data(png, &source.size);
    if (!header_is_fine(&source)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                    "%s: not a PNG that can be printed, or too large", member);
        return NULL;
    }
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_source, &source);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "%s: broken PNG: %s", member,
                    cairo_status_to_string(cairo_surface_status(surface)));
        cairo_surface_destroy(surface);
        return NULL;
    }
    Picture *picture = g_new0(Picture, 1);
    picture->surface = surface;
    picture->width_px = cairo_image_surface_get_width(surface);
    picture->height_px = cairo_image_surface_get_height(surface);
    return picture;
}

void picture_destroy(Picture *picture)
{
    if (!picture)
        return;
    cairo_surface_destroy(picture->surface);
    g_free(picture);
}

void picture_draw(const Picture *picture, cairo_t *cr, double x_mm, double y_mm, double width_mm,
                  double height_mm)
{
    cairo_save(cr);
    cairo_rectangle(cr, x_mm, y_mm, width_mm, height_mm);
    cairo_clip(cr);
    cairo_translate(cr, x_mm, y_mm);
    cairo_scale(cr, width_mm / picture->width_px, height_mm / picture->height_px);
    cairo_set_source_surface(cr, picture->surface, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
}

void picture_draw_fitted(const Picture *picture, cairo_t *cr, double x_mm, double y_mm,
                         double width_mm, double height_mm, double dpi_min)
{
    double scale = MIN(width_mm / picture->width_px, height_mm / picture->height_px);
    scale = MIN(scale, MM_PER_INCH / dpi_min);
    double width = picture->width_px * scale, height = picture->height_px * scale;
    picture_draw(picture, cr, x_mm + (width_mm - width) / 2, y_mm + (height_mm - height) / 2, width,
                 height);
}
