/* Pages as rows of dots, pulled band by band: how a printer driver gets them without knowing what a
 * document is, and a document gives them without knowing what a printer is. */
#pragma once
#include <glib.h>

typedef enum {
    RASTER_UNKNOWN = 0,
    RASTER_GRAY8, /* PWG 5102.4 sgray_8: one byte a dot, 0 black, 255 white */
    RASTER_RGB24, /* PWG 5102.4 srgb_8: three bytes a dot, red first */
} RasterFormat;

#define RASTER_BAND_ROWS 64 /* drawing is fastest in bands of 64 to 128 rows: they fit the cache   \
                             */

typedef struct RasterSource RasterSource;

struct RasterSource {
    RasterFormat format;
    int pages, dpi; /* the same along both axes */
    int width_px, height_px;

    /* Writes rows `y` to `y + rows - 1` of page `page` (both from 0) to `ret`, rows
     * `raster_stride` bytes apart; the memory is the caller's and may be used again for every
     * band. Rows behind the last one are not asked for. Any thread; several threads may draw at
     * once as long as each draws another page. FALSE: out of memory, the rows are unusable. */
    gboolean (*fill)(RasterSource *source, int page, int y, int rows, guint8 *ret);

    void (*destroy)(RasterSource *source); /* wipes; when no thread draws any more */
};

/* Bytes of a row that belong to the page. */
static inline gsize raster_row_bytes(const RasterSource *source)
{
    return (gsize)source->width_px * (source->format == RASTER_RGB24 ? 3 : 1);
}

/* Bytes from row to row of a band: the next multiple of 16. */
static inline gsize raster_stride(const RasterSource *source)
{
    return (raster_row_bytes(source) + 15) / 16 * 16;
}

static inline void raster_source_destroy(RasterSource *source)
{
    if (source)
        source->destroy(source);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RasterSource, raster_source_destroy)
