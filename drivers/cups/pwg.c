#include "drivers/cups/pwg.h"
#include "firmware/base/secret.h"
#include <cups/raster.h>
#include <stddef.h>
#include <string.h>

#define RUN_MAX 128    /* pixels of one PackBits group */
#define REPEAT_MAX 256 /* rows told by one repeat count */
#define PART_BYTES (64 * 1024)
#define SIDE_MAX_PX 32768
#define WORDS_BEGIN offsetof(cups_page_header2_t, AdvanceDistance)
#define WORDS_END offsetof(cups_page_header2_t, cupsString)

_Static_assert(sizeof(cups_page_header2_t) == 1796, "the header as it stands in the file");

gsize pwg_row_max(gsize width)
{
    return width + width / RUN_MAX + 2;
}

/* Bytes from `at` on that equal `value`, eight at a time. */
static gsize count_equal(const guint8 *at, const guint8 *end, guint8 value)
{
    const guint8 *start = at;
    const guint64 pattern = value * G_GUINT64_CONSTANT(0x0101010101010101);
    for (; end - at >= 8; at += 8) {
        guint64 word;
        memcpy(&word, at, sizeof word);
        if (word != pattern)
            break;
    }
    while (at < end && *at == value)
        at++;
    return (gsize)(at - start);
}

static guint8 *put_run(guint8 *out, gsize length, guint8 gray)
{
    while (length > 0) {
        gsize part = MIN(length, RUN_MAX);
        *out++ = (guint8)(part - 1);
        *out++ = gray;
        length -= part;
    }
    return out;
}

/* Pixels until three in a row are equal: to end for a pair would cost more than it saves. */
static gsize count_literals(const guint8 *at, const guint8 *end)
{
    const guint8 *start = at;
    const guint8 *stop = at + MIN(end - at, RUN_MAX), *last = MIN(stop, end - 2);
    while (at < last && (at[0] != at[1] || at[1] != at[2]))
        at++;
    if (at >= end - 2)
        at = stop; /* too short for three */
    return (gsize)(at - start);
}

static guint8 *put_literals(guint8 *out, const guint8 *row, gsize length)
{
    if (length == 1)
        return put_run(out, 1, *row);
    *out++ = (guint8)(257 - length);
    memcpy(out, row, length);
    return out + length;
}

gsize pwg_encode_row(const guint8 *row, gsize width, guint8 *ret)
{
    const guint8 *at = row, *end = row + width;
    guint8 *out = ret;
    while (at < end) {
        gsize length = count_equal(at, end, *at);
        if (length > 1) {
            length -= length % RUN_MAX == 1; /* one more pixel goes with those that follow */
            out = put_run(out, length, *at);
        } else {
            length = count_literals(at, end);
            out = put_literals(out, at, length);
        }
        at += length;
    }
    return (gsize)(out - ret);
}

/* The rows of one page; a row that repeats is written once, with its count. */
typedef struct {
    PwgSink sink;
    gpointer context;
    gsize width;
    guint8 *out; /* PART_BYTES and one row */
    gsize filled;
    guint8 *band;      /* RASTER_BAND_ROWS rows, and behind them the row that waits */
    const guint8 *row; /* that waits for one that differs; NULL none */
    int repeats;       /* of it, from 1 */
} Encoder;

static gboolean flush(Encoder *encoder)
{
    gsize size = encoder->filled;
    encoder->filled = 0;
    return size == 0 || encoder->sink(encoder->context, encoder->out, size);
}

static gboolean put_pending(Encoder *encoder)
{
    if (!encoder->row)
        return TRUE;
    guint8 *out = encoder->out + encoder->filled;
    *out++ = (guint8)(encoder->repeats - 1);
    encoder->filled += 1 + pwg_encode_row(encoder->row, encoder->width, out);
    encoder->row = NULL;
    return encoder->filled < PART_BYTES || flush(encoder);
}

static gboolean add_row(Encoder *encoder, const guint8 *row)
{
    if (encoder->row && encoder->repeats < REPEAT_MAX &&
        !memcmp(encoder->row, row, encoder->width)) {
        encoder->repeats++;
        return TRUE;
    }
    if (!put_pending(encoder))
        return FALSE;
    encoder->row = row;
    encoder->repeats = 1;
    return TRUE;
}

static gboolean refuse(GError **error, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "raster: %s", why);
    return FALSE;
}

/* The row that waits would be overwritten by the next band. */
static void keep_row(Encoder *encoder, gsize stride)
{
    guint8 *kept = encoder->band + RASTER_BAND_ROWS * stride;
    if (encoder->row != kept)
        memcpy(kept, encoder->row, encoder->width);
    encoder->row = kept;
}

static gboolean add_page(Encoder *encoder, RasterSource *pages, int page, GError **error)
{
    gsize stride = raster_stride(pages);
    for (int y = 0; y < pages->height_px; y += RASTER_BAND_ROWS) {
        int rows = MIN(RASTER_BAND_ROWS, pages->height_px - y);
        if (!pages->fill(pages, page, y, rows, encoder->band))
            return refuse(error, "a band cannot be drawn");
        for (int i = 0; i < rows; i++)
            if (!add_row(encoder, encoder->band + (gsize)i * stride))
                return FALSE;
        keep_row(encoder, stride);
    }
    return put_pending(encoder);
}

static gboolean make_header(RasterSource *pages, const PwgTicket *ticket, cups_page_header2_t *ret,
                            GError **error)
{
    pwg_media_t *media = pwgMediaForSize(ticket->width_um / 10, ticket->height_um / 10);
    if (!media || !cupsRasterInitPWGHeader(ret, media, "sgray_8", pages->dpi, pages->dpi,
                                           ticket->sides, "normal"))
        return refuse(error, "no such media");
    if (pages->format != RASTER_GRAY8 || pages->width_px < 1 || pages->width_px > SIDE_MAX_PX ||
        pages->height_px < 1 || pages->height_px > SIDE_MAX_PX || pages->pages < 1)
        return refuse(error, "no such page");
    g_strlcpy(ret->MediaClass, "PwgRaster", sizeof ret->MediaClass);
    ret->cupsWidth = ret->cupsBytesPerLine = (unsigned)pages->width_px;
    ret->cupsHeight = (unsigned)pages->height_px;
    for (int side = CUPS_RASTER_PWG_ImageBoxLeft; side <= CUPS_RASTER_PWG_ImageBoxBottom; side++)
        ret->cupsInteger[side] = 0;                                /* the whole page */
    ret->cupsInteger[CUPS_RASTER_PWG_AlternatePrimary] = 0xffffff; /* white, as libcups does */
    ret->cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = (unsigned)pages->pages;
    ret->cupsInteger[CUPS_RASTER_PWG_PrintQuality] = (unsigned)ticket->quality;
    ret->cupsBorderlessScalingFactor = 0; /* reserved in PWG raster, as all real numbers */
    memset(ret->cupsPageSize, 0, sizeof ret->cupsPageSize);
    memset(ret->cupsImagingBBox, 0, sizeof ret->cupsImagingBBox);
    return TRUE;
}

/* Everything between the texts is words of 32 bits, the most significant byte first. */
static void to_file_order(cups_page_header2_t *header)
{
    char *bytes = (char *)header;
    for (gsize at = WORDS_BEGIN; at < WORDS_END; at += sizeof(guint32)) {
        guint32 word;
        memcpy(&word, bytes + at, sizeof word);
        word = GUINT32_TO_BE(word);
        memcpy(bytes + at, &word, sizeof word);
    }
}

static gboolean write_pages(Encoder *encoder, RasterSource *pages, cups_page_header2_t *header,
                            GError **error)
{
    to_file_order(header);
    if (!encoder->sink(encoder->context, "RaS2", 4))
        return FALSE;
    for (int page = 0; page < pages->pages; page++)
        if (!encoder->sink(encoder->context, header, sizeof *header) ||
            !add_page(encoder, pages, page, error) || !flush(encoder))
            return FALSE;
    return TRUE;
}

gboolean pwg_write(RasterSource *pages, const PwgTicket *ticket, PwgSink sink, gpointer context,
                   GError **error)
{
    cups_page_header2_t header;
    if (!make_header(pages, ticket, &header, error))
        return FALSE;
    Encoder encoder = {.sink = sink, .context = context, .width = (gsize)pages->width_px};
    gsize out_size = PART_BYTES + 1 + pwg_row_max(encoder.width);
    gsize band_size = (RASTER_BAND_ROWS + 1) * raster_stride(pages);
    encoder.out = g_malloc(out_size);
    encoder.band = g_malloc(band_size);
    gboolean done = write_pages(&encoder, pages, &header, error);
    secret_wipe(encoder.out, out_size);
    secret_wipe(encoder.band, band_size);
    g_free(encoder.out);
    g_free(encoder.band);
    return done;
}
