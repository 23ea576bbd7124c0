/* The kiosk's own fonts for pages and screens: families "Noto Serif CJK SC" (Regular, Bold; Medium
 * for GB 2312) and "Noto Sans CJK SC" (Regular, Bold). System fonts are never seen: a page looks
 * alike on every machine, and a start does not scan folders. */
#pragma once
#include <glib.h>

/* Points fontconfig at `<assets_dir>/fonts` for the whole process. To be called before the first
 * text is measured; calling again with the same folder does nothing, with another one is an error.
 * FALSE and KIOSK_ERROR_CONFIG (folder missing, no usable font). Any thread. */
gboolean fonts_use_private(const char *assets_dir, GError **error);

/* The turn with cairo's fonts, one for the whole process. Cairo 1.16 is not safe when two threads
 * draw text: a thread that drops glyphs from the common cache waits for another font's mutex with
 * the cache's mutex in hand, while that font's thread waits for the cache; and faces are opened and
 * closed on one FT_Library without a lock. So whoever shapes, draws or measures text, replays what
 * holds text or lets go of it, does so in a turn, and a turn is short: a line of text, a band of
 * raster, a page of PDF. Turns are given in the order of asking, so nobody waits for more than one
 * of each other thread. Any thread; taking a turn within a turn ends the program. */
void fonts_take_turn(void);
void fonts_end_turn(void);
