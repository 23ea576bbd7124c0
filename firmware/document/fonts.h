/* The kiosk's own fonts for pages and screens: families "Noto Serif CJK SC" (Regular, Bold; Medium
 * for GB 2312) and "Noto Sans CJK SC" (Regular, Bold). System fonts are never seen: a page looks
 * alike on every machine, and a start does not scan folders. */
#pragma once
#include <glib.h>

/* Points fontconfig at `<assets_dir>/fonts` for the whole process. To be called before the first
 * text is measured; calling again with the same folder does nothing, with another one is an error.
 * FALSE and KIOSK_ERROR_CONFIG (folder missing, no usable font). Any thread. */
gboolean fonts_use_private(const char *assets_dir, GError **error);
