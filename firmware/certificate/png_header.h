/* A PNG's size before anything is decoded. Private to this room. */
#pragma once
#include <glib.h>

/* Reads the header with libpng. FALSE and `error` KIOSK_ERROR_INVALID "<prefix><member>: ..." if it
 * is no PNG, over LIMIT_PNG_BYTES or over LIMIT_PNG_PIXELS. */
gboolean png_header_check(GBytes *bytes, const char *prefix, const char *member, int *ret_width_px,
                          int *ret_height_px, GError **error);
