/* Golden images: how each screen looked when a person last judged it. One picture a screen with its
 * sixteen looks at half a pixel a millimetre; the exact millimetres are measured from the drawing
 * itself (screen_check.h), so this one only has to see what a person would see. */
#pragma once
#include "tests/harness/gallery.h"

/* The tolerance: no block of 8 x 8 mm may differ by more than this on average, in any channel (0
 * to 255). Another version of the rasterizer moves edges by a few; a missing word, another colour
 * or a box a millimetre further moves a block by 20 and more. */
#define GOLDEN_BLOCK 4 /* pixels */
#define GOLDEN_TOLERANCE 10.0

/* The sheet of sample `i`. The caller destroys. */
cairo_surface_t *golden_draw(Gallery *gallery, gsize i);

/* The largest difference of a block; its place in pixels in `ret_x`, `ret_y`. 256 when the sizes
 * differ. */
double golden_compare(cairo_surface_t *one, cairo_surface_t *other, int *ret_x, int *ret_y);

/* The look whose picture lies at a place of the sheet, -1: none. */
int golden_look_at(int x, int y);
