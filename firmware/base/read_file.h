/* Files of which nobody knows how long they are. */
#pragma once
#include <glib.h>

/* The whole file with a NUL behind it, if it has at most `most` bytes; a device or pipe without an
 * end is given up there. The caller frees (and wipes). NULL and KIOSK_ERROR_INVALID: what is wrong,
 * without the path. */
char *read_file(const char *path, gsize most, gsize *ret_length, GError **error);
