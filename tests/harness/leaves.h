/* Booklets with nothing on them, for tests of the printer's way. */
#pragma once
#include "firmware/base/raster.h"

#define LEAF_WIDTH_UM 167000
#define LEAF_HEIGHT_UM 240000

/* A PDF of so many leaves, about 80 kB, so that it is not sent in one piece. The caller unrefs. */
GBytes *leaves_pdf(int sides);

/* The same as gray raster, with strips of noise that make it some hundred kilobytes a leaf. It owns
 * nothing. */
RasterSource leaves_raster(int sides, int dpi);
