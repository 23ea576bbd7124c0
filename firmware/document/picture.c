#include "firmware/document/picture.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/document/ink.h"
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

/* Whether a premultiplied pixel is `ink` at its own alpha, give or take rounding. */
static gboolean is_ink_of(guint32 pixel, const int ink[3])
{
    int alpha = (int)(pixel >> 24);
    for (int i = 0; i < 3; i++) {
        int wanted = (ink[i] * alpha + 127) / 255;
        if (ABS((int)(pixel >> (16 - 8 * i) & 0xFF) - wanted) > 1)
            return FALSE;
    }
    return TRUE;
}

/* A seal is a stencil: one ink whose alpha is its picture. As such it takes a quarter of the room
 * and of the time in a PDF. */
static gboolean find_ink(const guint32 *pixels, gsize stride, int width, int height, int ret_ink[3])
{
    guint32 solid = 0, known = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            solid = MAX(solid, pixels[(gsize)y * stride + (gsize)x]); /* alpha counts most */
    if (solid >> 24 < 0xFF)
        return FALSE;
    for (int i = 0; i < 3; i++)
        ret_ink[i] = (int)(solid >> (16 - 8 * i) & 0xFF);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            guint32 pixel = pixels[(gsize)y * stride + (gsize)x];
            if (pixel != known && pixel != solid && !is_ink_of(pixel, ret_ink))
                return FALSE;
            known = pixel;
        }
    return TRUE;
}

static void reduce_to_stencil(Picture *picture)
{
    cairo_surface_t *full = picture->surface;
    int ink[3], width = picture->width_px, height = picture->height_px;
    if (cairo_image_surface_get_format(full) != CAIRO_FORMAT_ARGB32 ||
        !find_ink((const guint32 *)(const void *)cairo_image_surface_get_data(full),
                  (gsize)cairo_image_surface_get_stride(full) / sizeof(guint32), width, height,
                  ink))
        return;
    cairo_surface_t *alpha = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cr = cairo_create(alpha);
    cairo_set_source_surface(cr, full, 0, 0);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(full);
    picture->surface = alpha;
    picture->is_one_ink = TRUE;
    picture->red = ink[0] / 255.0;
    picture->green = ink[1] / 255.0;
    picture->blue = ink[2] / 255.0;
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
    picture->references = 1;
    picture->surface = surface;
    picture->width_px = cairo_image_surface_get_width(surface);
    picture->height_px = cairo_image_surface_get_height(surface);
    reduce_to_stencil(picture);
    return picture;
}

Picture *picture_ref(Picture *picture)
{
    picture->references++;
    return picture;
}

void picture_unref(Picture *picture)
{
    if (!picture || --picture->references > 0)
        return;
    cairo_surface_destroy(picture->surface);
    if (picture->darkness)
        cairo_surface_destroy(picture->darkness);
    g_free(picture);
}

/* 1 - lightness (ITU-R BT.601, as renderers of PDF reckon) of a premultiplied colour. */
static double darkness(double alpha, double red, double green, double blue)
{
    return alpha - (0.299 * red + 0.587 * green + 0.114 * blue);
}

static cairo_surface_t *make_darkness(const Picture *picture)
{
    cairo_surface_t *full = picture->surface;
    cairo_format_t format = cairo_image_surface_get_format(full);
    gboolean has_alpha = format == CAIRO_FORMAT_ARGB32;
    if (!has_alpha && format != CAIRO_FORMAT_RGB24)
        return cairo_surface_reference(full); /* alpha alone */
    cairo_surface_t *mask =
        cairo_image_surface_create(CAIRO_FORMAT_A8, picture->width_px, picture->height_px);
    for (int y = 0; y < picture->height_px; y++) {
        const guint32 *from =
            (const guint32 *)(const void *)(cairo_image_surface_get_data(full) +
                                            (gsize)y * (gsize)cairo_image_surface_get_stride(full));
        guint8 *to = cairo_image_surface_get_data(mask) +
                     (gsize)y * (gsize)cairo_image_surface_get_stride(mask);
        for (int x = 0; x < picture->width_px; x++)
            to[x] = (guint8)(darkness(has_alpha ? from[x] >> 24 : 0xFF, from[x] >> 16 & 0xFF,
                                      from[x] >> 8 & 0xFF, from[x] & 0xFF) +
                             0.5);
    }
    cairo_surface_mark_dirty(mask);
    return mask;
}

static void paint(Picture *picture, cairo_t *cr)
{
    if (picture->is_one_ink) {
        if (ink_is_alpha_only(cr))
            cairo_set_source_rgba(cr, 0, 0, 0,
                                  darkness(1, picture->red, picture->green, picture->blue));
        else
            cairo_set_source_rgb(cr, picture->red, picture->green, picture->blue);
        cairo_mask_surface(cr, picture->surface, 0, 0);
    } else if (ink_is_alpha_only(cr)) {
        if (!picture->darkness)
            picture->darkness = make_darkness(picture);
        ink_set(cr, INK_BLACK);
        cairo_mask_surface(cr, picture->darkness, 0, 0);
    } else {
        cairo_set_source_surface(cr, picture->surface, 0, 0);
        cairo_paint(cr);
    }
}

void picture_draw(Picture *picture, cairo_t *cr, double x_mm, double y_mm, double width_mm,
                  double height_mm)
{
    cairo_save(cr);
    cairo_rectangle(cr, x_mm, y_mm, width_mm, height_mm);
    cairo_clip(cr);
    cairo_translate(cr, x_mm, y_mm);
    cairo_scale(cr, width_mm / picture->width_px, height_mm / picture->height_px);
    paint(picture, cr);
    cairo_restore(cr);
}

void picture_draw_fitted(Picture *picture, cairo_t *cr, double x_mm, double y_mm, double width_mm,
                         double height_mm, double dpi_min)
{
    double scale = MIN(width_mm / picture->width_px, height_mm / picture->height_px);
    scale = MIN(scale, MM_PER_INCH / dpi_min);
    double width = picture->width_px * scale, height = picture->height_px * scale;
    picture_draw(picture, cr, x_mm + (width_mm - width) / 2, y_mm + (height_mm - height) / 2, width,
                 height);
}
