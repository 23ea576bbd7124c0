/* Whether a picture still looks like the one that a person judged. */
#pragma once
#include <cairo.h>

/* The tolerance: no block of that many pixels square may differ by more than this on average, in any
 * channel (0 to 255). Another version of the rasterizer moves edges by a few; a missing word,
 * another colour or a box that stands elsewhere moves a block by 20 and more. */
#define GOLDEN_BLOCK 4 /* pixels */
#define GOLDEN_TOLERANCE 10.0

/* The largest difference of a block; its place in pixels in `ret_x`, `ret_y`. 256 when the sizes
 * differ. */
double golden_compare(cairo_surface_t *one, cairo_surface_t *other, int *ret_x, int *ret_y);
