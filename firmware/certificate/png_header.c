#include "firmware/certificate/png_header.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/json_input.h"
#include <png.h>

gboolean png_header_check(GBytes *bytes, const char *prefix, const char *member, int *ret_width_px,
                          int *ret_height_px, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    if (size > LIMIT_PNG_BYTES)
        return json_input_refuse(error, prefix, member, "%zu bytes, at most %d", size,
                                 LIMIT_PNG_BYTES);
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, data, size))
        return json_input_refuse(error, prefix, member, "not a PNG (%s)", image.message);
    guint64 pixels = (guint64)image.width * image.height;
    int width = (int)image.width, height = (int)image.height;
    png_image_free(&image);
    if (pixels > LIMIT_PNG_PIXELS)
        return json_input_refuse(error, prefix, member, "%d x %d pixels, at most %d", width, height,
                                 LIMIT_PNG_PIXELS);
    *ret_width_px = width;
    *ret_height_px = height;
    return TRUE;
}
