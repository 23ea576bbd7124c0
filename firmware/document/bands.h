/* The pages as bands of dots for a printer: the same drawing as the PDF's and the preview's. */
#pragma once
#include "firmware/base/raster.h"
#include "firmware/document/document.h"

/* Takes down every page once, with its symbol, booklet serial, offsets and scale correction as they
 * stand now, to be drawn in bands by any thread: the source needs neither `pages` nor its document
 * any more. `dpi` 36 to 1200. The caller destroys it. NULL and KIOSK_ERROR_INVALID, _UNAVAILABLE.
 */
RasterSource *bands_create(Pages *pages, RasterFormat format, int dpi, GError **error);

/* The same for any drawing on `count` leaves of the given size: `draw` is called here, once a page,
 * on a `cr` whose unit is 1 mm. */
typedef void (*BandsDraw)(gpointer context, int page, cairo_t *cr);
RasterSource *bands_record(BandsDraw draw, gpointer context, int count, int width_px, int height_px,
                           RasterFormat format, int dpi, GError **error);
