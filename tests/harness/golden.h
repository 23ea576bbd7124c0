/* Golden images: how each screen looked when a person last judged it. One picture a screen with its
 * sixteen looks at half a pixel a millimetre; the exact millimetres are measured from the drawing
 * itself (screen_check.h), so this one only has to see what a person would see. */
#pragma once
#include "tests/harness/gallery.h"
#include "tests/harness/golden_compare.h"

/* The sheet of sample `i`. The caller destroys. */
cairo_surface_t *golden_draw(Gallery *gallery, gsize i);

/* The look whose picture lies at a place of the sheet, -1: none. */
int golden_look_at(int x, int y);

/* Compares sample `i` with its golden image in `folder`; FALSE after a line to standard error that
 * names the look. */
gboolean golden_holds(Gallery *gallery, gsize i, const char *folder);
