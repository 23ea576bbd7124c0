/* SVG path data, as far as the drawings use it: M L H V C S A Z, absolute and relative. */
#pragma once
#include <cairo.h>
#include <glib.h>

/* Appends `data` to the current path of `cr`. FALSE and KIOSK_ERROR_INVALID. */
gboolean path_trace(cairo_t *cr, const char *data, GError **error);
