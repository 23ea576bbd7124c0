/* Writes PWG raster (PWG 5102.4) in 8 bit gray while the pages are being drawn. */
#pragma once
#include "drivers/printer.h"

typedef struct {
    int width_um, height_um; /* media */
    const char *sides;       /* sides keyword (RFC 8011 5.2.8) */
    int quality;             /* print-quality, 3 to 5; 0 the printer's default */
} PwgTicket;

/* Takes a part of the file. FALSE: no more is written. */
typedef gboolean (*PwgSink)(gpointer context, gconstpointer bytes, gsize size);

/* Draws every band of `pages` (gray) and writes the file to `sink`, which is called by this thread
 * only: it draws the first, third, ... page, another thread that ends with the call draws those
 * between, at most PART_PIPE_BYTES_MAX ahead. FALSE with `error` when the pages cannot be drawn or
 * have no such size, or there is no second thread; FALSE without when the sink takes no more. */
gboolean pwg_write(RasterSource *pages, const PwgTicket *ticket, PwgSink sink, gpointer context,
                   GError **error);

/* One row of gray as PackBits (PWG 5102.4 4.4.1), without its repeat count. `ret` has room for
 * pwg_row_max(width) bytes; gives those that were written. */
gsize pwg_encode_row(const guint8 *row, gsize width, guint8 *ret);
gsize pwg_row_max(gsize width);
