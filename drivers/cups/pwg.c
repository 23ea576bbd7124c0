#include "drivers/cups/pwg.h"
#include "drivers/cups/part_pipe.h"
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

/* What the two threads of a file have in common. */
typedef struct {
    RasterSource *pages;
    cups_page_header2_t header; /* in the file's order */
    PartPipe *pipe;             /* from the thread that draws ahead to the one that sends; closed
                                   when either gave up */
} File;

/* The rows of one page; a row that repeats is written once, with its count. */
typedef struct {
    File *file;
    PwgSink sink;
    gpointer context;
    gsize width;
    guint8 *out; /* PART_BYTES and one row */
    gsize filled;
    guint8 *band;      /* RASTER_BAND_ROWS rows, and behind them the row that waits */
    const guint8 *row; /* that waits for one that differs; NULL none */
    int repeats;       /* of it, from 1 */
    gboolean failed;   /* a band could not be drawn */
} Encoder;

static gsize out_size(const Encoder *encoder)
{
    return PART_BYTES + 1 + pwg_row_max(encoder->width);
}

static gsize band_size(const Encoder *encoder)
{
    return (RASTER_BAND_ROWS + 1) * raster_stride(encoder->file->pages);
}

static void begin_encoder(Encoder *encoder, File *file, PwgSink sink, gpointer context)
{
    *encoder = (Encoder){
        .file = file, .sink = sink, .context = context, .width = (gsize)file->pages->width_px};
    encoder->out = g_malloc(out_size(encoder));
    encoder->band = g_malloc(band_size(encoder));
}

static void end_encoder(Encoder *encoder)
{
    secret_wipe(encoder->out, out_size(encoder));
    secret_wipe(encoder->band, band_size(encoder));
    g_free(encoder->out);
    g_free(encoder->band);
}

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

static gboolean add_page(Encoder *encoder, int page)
{
    RasterSource *pages = encoder->file->pages;
    gsize stride = raster_stride(pages);
    for (int y = 0; y < pages->height_px; y += RASTER_BAND_ROWS) {
        int rows = MIN(RASTER_BAND_ROWS, pages->height_px - y);
        if (part_pipe_is_closed(encoder->file->pipe))
            return FALSE;
        encoder->failed = !pages->fill(pages, page, y, rows, encoder->band);
        if (encoder->failed)
            return FALSE;
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

static void put_bytes(Encoder *encoder, gconstpointer bytes, gsize size)
{
    memcpy(encoder->out + encoder->filled, bytes, size);
    encoder->filled += size;
}

/* The header leaves before anything is drawn. */
static gboolean write_page(Encoder *encoder, int page)
{
    put_bytes(encoder, &encoder->file->header, sizeof encoder->file->header);
    return flush(encoder) && add_page(encoder, page) && flush(encoder);
}

static gboolean put_part(gpointer pipe, gconstpointer bytes, gsize size)
{
    return part_pipe_put(pipe, bytes, size);
}

/* The thread that draws ahead: every second page, an empty part behind each. */
static gpointer write_ahead(gpointer data)
{
    Encoder *encoder = data;
    PartPipe *pipe = encoder->file->pipe;
    gboolean done = TRUE;
    for (int page = 1; done && page < encoder->file->pages->pages; page += 2)
        done = write_page(encoder, page) && part_pipe_put(pipe, "", 0);
    if (!done)
        part_pipe_close(pipe);
    return NULL;
}

/* A page that the other thread draws. */
static gboolean pass_page(const Encoder *encoder)
{
    for (;;) {
        g_autoptr(GBytes) part = part_pipe_take(encoder->file->pipe);
        gsize size = 0;
        const void *bytes = part ? g_bytes_get_data(part, &size) : NULL;
        if (size == 0)
            return part != NULL;
        if (!encoder->sink(encoder->context, bytes, size))
            return FALSE;
    }
}

static gboolean write_pages(Encoder *encoder)
{
    gboolean done = TRUE;
    put_bytes(encoder, "RaS2", 4);
    for (int page = 0; done && page < encoder->file->pages->pages; page++)
        done = page % 2 == 0 ? write_page(encoder, page) : pass_page(encoder);
    return done;
}

static gboolean start_ahead(Encoder *ahead, GThread **ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (ahead->file->pages->pages > 1)
        *ret = g_thread_try_new("printer-ahead", write_ahead, ahead, &why);
    if (why)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "raster: %s", why->message);
    return why == NULL;
}

/* Both threads have ended when it returns, however it ends. */
static gboolean write_file(File *file, PwgSink sink, gpointer context, GError **error)
{
    Encoder own, ahead;
    GThread *thread = NULL;
    begin_encoder(&own, file, sink, context);
    begin_encoder(&ahead, file, put_part, file->pipe);
    gboolean done = start_ahead(&ahead, &thread, error) && write_pages(&own);
    part_pipe_close(file->pipe);
    if (thread)
        g_thread_join(thread);
    if (own.failed || ahead.failed)
        done = refuse(error, "a band cannot be drawn");
    end_encoder(&own);
    end_encoder(&ahead);
    return done;
}

gboolean pwg_write(RasterSource *pages, const PwgTicket *ticket, PwgSink sink, gpointer context,
                   GError **error)
{
    File file = {.pages = pages};
    if (!make_header(pages, ticket, &file.header, error))
        return FALSE;
    to_file_order(&file.header);
    file.pipe = part_pipe_create();
    gboolean done = write_file(&file, sink, context, error);
    part_pipe_destroy(file.pipe);
    return done;
}
