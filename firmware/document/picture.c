#include "firmware/document/picture.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/document/fax.h"
#include "firmware/document/ink.h"
#include "firmware/document/stencil.h"
#include <math.h>
#include <png.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define GRAY_DPI 600.0   /* what a printer can show of a picture in its box */
#define COLOUR_DPI 300.0 /* the same in colours, which no printer sets as fine */
#define SAME_CHANNEL 3   /* colours nearer to gray than this are gray */
#define SAME_SIZE 0.01   /* what a scale may be off that calibration or rounding has made */

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

/* The first pixel without transparency; 0 when there is none. */
static guint32 find_solid(const guint32 *pixels, gsize stride, int width, int height)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (pixels[(gsize)y * stride + (gsize)x] >> 24 == 0xFF)
                return pixels[(gsize)y * stride + (gsize)x];
    return 0;
}

/* A seal is a stencil: one ink whose alpha is its picture. As such it takes a quarter of the room
 * and of the time in a PDF. */
static gboolean find_ink(const guint32 *pixels, gsize stride, int width, int height, int ret_ink[3])
{
    guint32 solid = find_solid(pixels, stride, width, height), known = 0;
    if (solid == 0)
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

/* Pixels of a PNG: gray, or blue, green, red and alpha. */
typedef struct {
    guint8 *bytes;
    int width, height, channels;
} Pixels;

static gboolean refuse(png_image *image, const char *member, const char *reason, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "%s: %s", member, reason);
    png_image_free(image);
    return FALSE;
}

/* Reads the whole PNG; on white if it is to be `opaque`. libpng has limits of its own for chunks,
 * the record's parser has looked at the size already; a decoder still never trusts its caller. */
static gboolean decode(GBytes *png, const char *member, gboolean opaque, Pixels *ret,
                       GError **error)
{
    static const png_color white = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    gsize size;
    const void *data = g_bytes_get_data(png, &size);
    if (size > LIMIT_PNG_BYTES || !png_image_begin_read_from_memory(&image, data, size))
        return refuse(&image, member, "not a PNG that can be printed, or too large", error);
    gboolean is_colour = (image.format & PNG_FORMAT_FLAG_COLOR) || !opaque;
    guint64 pixels = (guint64)image.width * image.height;
    guint64 file_bytes = pixels * PNG_IMAGE_SAMPLE_CHANNELS(image.format) *
                         (image.format & PNG_FORMAT_FLAG_LINEAR ? 2 : 1);
    if (pixels > LIMIT_PNG_PIXELS || file_bytes > LIMIT_PNG_RAW_BYTES)
        return refuse(&image, member, "too many pixels, or too many bits in them", error);
    image.format = !is_colour ? PNG_FORMAT_GRAY : opaque ? PNG_FORMAT_BGR : PNG_FORMAT_BGRA;
    *ret = (Pixels){NULL, (int)image.width, (int)image.height,
                    (int)PNG_IMAGE_SAMPLE_CHANNELS(image.format)};
    ret->bytes = g_try_malloc(PNG_IMAGE_SIZE(image));
    if (!ret->bytes)
        return refuse(&image, member, "no memory for its pixels", error);
    if (!png_image_finish_read(&image, opaque ? &white : NULL, ret->bytes, 0, NULL)) {
        g_autofree char *reason = g_strdup_printf("broken PNG: %s", image.message);
        g_clear_pointer(&ret->bytes, g_free);
        return refuse(&image, member, reason, error);
    }
    return TRUE;
}

/* One channel of a pixel, weighted by alpha where there is one. */
static inline guint32 weigh(const guint8 *pixel, int channels, int channel)
{
    return channels == 4 && channel < 3 ? (pixel[channel] * pixel[3] + 127u) / 255u
                                        : pixel[channel];
}

static guint32 sum_square(const Pixels *pixels, int x0, int y0, int step, int channel)
{
    guint32 sum = 0;
    for (int y = y0; y < y0 + step; y++) {
        const guint8 *p =
            pixels->bytes + ((gsize)y * (gsize)pixels->width + (gsize)x0) * (gsize)pixels->channels;
        for (int x = 0; x < step; x++, p += pixels->channels)
            sum += weigh(p, pixels->channels, channel);
    }
    return sum;
}

/* Means of the square's channels. Most scans need no reducing: a pixel is its own mean. */
static inline void average(const Pixels *pixels, int x, int y, int step, guint32 mean[4])
{
    if (step == 1) {
        const guint8 *p =
            pixels->bytes + ((gsize)y * (gsize)pixels->width + (gsize)x) * (gsize)pixels->channels;
        for (int i = 0; i < pixels->channels; i++)
            mean[i] = weigh(p, pixels->channels, i);
        return;
    }
    guint32 count = (guint32)(step * step);
    for (int i = 0; i < pixels->channels; i++)
        mean[i] = (sum_square(pixels, x * step, y * step, step, i) + count / 2) / count;
}

/* A row of a seal that needs no reducing: most of its pixels are clear, most others solid. */
static void premultiply(const guint8 *p, int width, guint32 *ret)
{
    for (int x = 0; x < width; x++, p += 4) {
        if (p[3] == 0)
            ret[x] = 0;
        else if (p[3] == 0xFF)
            ret[x] = 0xFF000000 | (guint32)p[2] << 16 | (guint32)p[1] << 8 | p[0];
        else
            ret[x] =
                (guint32)p[3] << 24 | weigh(p, 4, 2) << 16 | weigh(p, 4, 1) << 8 | weigh(p, 4, 0);
    }
}

/* The mean of `step` by `step` pixels becomes one: premultiplied ARGB, or darkness of gray. */
static void reduce(const Pixels *pixels, int step, Picture *picture)
{
    guint8 *base = cairo_image_surface_get_data(picture->surface);
    gsize stride = (gsize)cairo_image_surface_get_stride(picture->surface);
    for (int y = 0; y < picture->height_px; y++) {
        guint8 *row = base + (gsize)y * stride;
        if (step == 1 && pixels->channels == 4) {
            premultiply(pixels->bytes + (gsize)y * (gsize)pixels->width * 4, picture->width_px,
                        (guint32 *)(void *)row);
            continue;
        }
        for (int x = 0; x < picture->width_px; x++) {
            guint32 mean[4] = {0, 0, 0, 0xFF};
            average(pixels, x, y, step, mean);
            if (pixels->channels == 1)
                row[x] = (guint8)(0xFF - mean[0]);
            else
                ((guint32 *)(void *)row)[x] =
                    mean[3] << 24 | mean[2] << 16 | mean[1] << 8 | mean[0];
        }
    }
    cairo_surface_mark_dirty(picture->surface);
}

static const guint32 *row_of(const Picture *picture, int y)
{
    return (const guint32 *)(const void *)(cairo_image_surface_get_data(picture->surface) +
                                           (gsize)y * (gsize)cairo_image_surface_get_stride(
                                                          picture->surface));
}

/* 1 - lightness (ITU-R BT.601, as renderers of PDF reckon) of a premultiplied colour. */
static double darkness(double alpha, double red, double green, double blue)
{
    return alpha - (0.299 * red + 0.587 * green + 0.114 * blue);
}

static cairo_surface_t *make_darkness(const Picture *picture)
{
    cairo_surface_t *mask =
        cairo_image_surface_create(CAIRO_FORMAT_A8, picture->width_px, picture->height_px);
    for (int y = 0; y < picture->height_px; y++) {
        const guint32 *from = row_of(picture, y);
        guint8 *to = cairo_image_surface_get_data(mask) +
                     (gsize)y * (gsize)cairo_image_surface_get_stride(mask);
        for (int x = 0; x < picture->width_px; x++)
            to[x] = (guint8)(darkness(from[x] >> 24, from[x] >> 16 & 0xFF, from[x] >> 8 & 0xFF,
                                      from[x] & 0xFF) +
                             0.5);
    }
    cairo_surface_mark_dirty(mask);
    return mask;
}

/* One ink whose alpha is the picture. */
static void become_stencil(Picture *picture, cairo_surface_t *alpha, const int ink[3])
{
    if (alpha != picture->surface)
        cairo_surface_destroy(picture->surface);
    picture->surface = alpha;
    picture->is_one_ink = TRUE;
    picture->red = ink[0] / 255.0;
    picture->green = ink[1] / 255.0;
    picture->blue = ink[2] / 255.0;
}

static gboolean is_gray(const Picture *picture)
{
    for (int y = 0; y < picture->height_px; y++) {
        const guint32 *row = row_of(picture, y);
        for (int x = 0; x < picture->width_px; x++) {
            int red = row[x] >> 16 & 0xFF, green = row[x] >> 8 & 0xFF, blue = row[x] & 0xFF;
            if (row[x] >> 24 != 0xFF || ABS(red - green) > SAME_CHANNEL ||
                ABS(blue - green) > SAME_CHANNEL)
                return FALSE;
        }
    }
    return TRUE;
}

/* As a stencil a picture takes a quarter of the room and of the time in a PDF. */
static void find_stencil(Picture *picture)
{
    int ink[3];
    if (!find_ink(row_of(picture, 0),
                  (gsize)cairo_image_surface_get_stride(picture->surface) / sizeof(guint32),
                  picture->width_px, picture->height_px, ink))
        return;
    cairo_surface_t *alpha =
        cairo_image_surface_create(CAIRO_FORMAT_A8, picture->width_px, picture->height_px);
    cairo_t *cr = cairo_create(alpha);
    cairo_set_source_surface(cr, picture->surface, 0, 0);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_paint(cr);
    cairo_destroy(cr);
    become_stencil(picture, alpha, ink);
}

static void free_bytes(gpointer bytes)
{
    g_byte_array_unref(bytes);
}

/* Its dots as a PDF keeps them: of the surface itself a PDF takes nothing but the size. */
static cairo_surface_t *make_fax(cairo_surface_t *dots, int width, int height)
{
    cairo_surface_t *fax = cairo_image_surface_create(CAIRO_FORMAT_A1, width, height);
    GByteArray *packed = fax_pack(cairo_image_surface_get_data(dots),
                                  (gsize)cairo_image_surface_get_stride(dots), width, height);
    char *how = g_strdup_printf("Columns=%d Rows=%d K=-1 BlackIs1=true", width, height);
    cairo_surface_set_mime_data(fax, CAIRO_MIME_TYPE_CCITT_FAX, packed->data, packed->len,
                                free_bytes, packed);
    cairo_surface_set_mime_data(fax, CAIRO_MIME_TYPE_CCITT_FAX_PARAMS, (guint8 *)how, strlen(how),
                                g_free, how);
    return fax;
}

/* A stencil with soft edges is drawn as finely as a printer can, then each dot is ink or none: on
 * paper such a seal is as sharp as the text, where gray edges would be screened. */
static void sharpen(Picture *picture, double width_mm, double height_mm)
{
    int width = (int)lround(width_mm / MM_PER_INCH * GRAY_DPI);
    int height = (int)lround(height_mm / MM_PER_INCH * GRAY_DPI);
    if (width < 1 || width > FAX_WIDTH_MAX || height < 1)
        return;
    cairo_surface_t *fine = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    stencil_harden(picture->surface, fine);
    cairo_surface_destroy(picture->surface);
    picture->surface = fine;
    picture->width_px = width;
    picture->height_px = height;
    picture->fax = make_fax(fine, width, height);
}

/* How many pixels become one: a box of this size shows no more of them. */
static int choose_step(const Pixels *pixels, double width_mm, double height_mm)
{
    double dpi = pixels->channels == 3 ? COLOUR_DPI : GRAY_DPI;
    double most_x = width_mm / MM_PER_INCH * dpi, most_y = height_mm / MM_PER_INCH * dpi;
    double step = MAX(pixels->width / most_x, pixels->height / most_y);
    return (int)CLAMP(floor(step), 1, MIN(pixels->width, pixels->height));
}

Picture *picture_create(GBytes *png, const char *member, PictureUse use, double width_mm,
                        double height_mm, GError **error)
{
    static const int black[3] = {0, 0, 0};
    Pixels pixels;
    if (!decode(png, member, use == PICTURE_SCAN, &pixels, error))
        return NULL;
    int step = choose_step(&pixels, width_mm, height_mm);
    Picture *picture = g_new0(Picture, 1);
    picture->references = 1;
    picture->width_px = pixels.width / step;
    picture->height_px = pixels.height / step;
    picture->surface =
        cairo_image_surface_create(pixels.channels == 1 ? CAIRO_FORMAT_A8 : CAIRO_FORMAT_ARGB32,
                                   picture->width_px, picture->height_px);
    if (cairo_surface_status(picture->surface) != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                    "%s: %d x %d pixels, too long for its page", member, pixels.width,
                    pixels.height);
        g_free(pixels.bytes);
        picture_unref(picture);
        return NULL;
    }
    reduce(&pixels, step, picture);
    g_free(pixels.bytes);
    if (pixels.channels == 1)
        become_stencil(picture, picture->surface, black);
    else if (use == PICTURE_SCAN && is_gray(picture))
        become_stencil(picture, make_darkness(picture), black);
    else
        find_stencil(picture);
    if (use == PICTURE_SEAL && picture->is_one_ink && !stencil_has_tones(picture->surface))
        sharpen(picture, width_mm, height_mm);
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
    cairo_surface_destroy(picture->fax);
    cairo_surface_destroy(picture->darkness);
    g_free(picture);
}

/* Of a graded stencil, for a PDF, as a picture of one dot that is as large: cairo writes the two as
 * one picture and its mask, where a plain colour makes it write a second picture and two groups. */
static void set_ink(const Picture *picture, cairo_t *cr)
{
    if (!ink_is_for_pdf(cr) || picture->fax) {
        cairo_set_source_rgb(cr, picture->red, picture->green, picture->blue);
        return;
    }
    cairo_surface_t *dot = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *ink = cairo_create(dot);
    cairo_set_source_rgb(ink, picture->red, picture->green, picture->blue);
    cairo_paint(ink);
    cairo_destroy(ink);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(dot);
    cairo_surface_destroy(dot);
    cairo_matrix_t to_dot;
    cairo_matrix_init_scale(&to_dot, 1.0 / picture->width_px, 1.0 / picture->height_px);
    cairo_pattern_set_matrix(pattern, &to_dot);
    cairo_set_source(cr, pattern);
    cairo_pattern_destroy(pattern);
}

/* A stencil with hard edges keeps them on a surface whose dots are about as fine as its own. */
static void mask(const Picture *picture, cairo_t *cr)
{
    double dots = 1, none = 0;
    cairo_user_to_device_distance(cr, &dots, &none);
    gboolean is_pdf = ink_is_for_pdf(cr);
    cairo_pattern_t *stencil =
        cairo_pattern_create_for_surface(picture->fax && is_pdf ? picture->fax : picture->surface);
    if (picture->fax && !is_pdf && hypot(dots, none) > 1 - SAME_SIZE)
        cairo_pattern_set_filter(stencil, CAIRO_FILTER_NEAREST);
    cairo_mask(cr, stencil);
    cairo_pattern_destroy(stencil);
}

static void paint(Picture *picture, cairo_t *cr)
{
    if (picture->is_one_ink) {
        if (ink_is_alpha_only(cr))
            cairo_set_source_rgba(cr, 0, 0, 0,
                                  darkness(1, picture->red, picture->green, picture->blue));
        else
            set_ink(picture, cr);
        mask(picture, cr);
    } else if (ink_is_alpha_only(cr)) {
        if (!picture->darkness)
            picture->darkness = make_darkness(picture);
        ink_set_black(cr);
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
