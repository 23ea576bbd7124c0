/* raster_times RECORD.json ROUNDS   how long the way from a record to the printer's raster takes
 *
 * One JSON object a round on standard output, wall clock in ms: `first` from the record's text to
 * the first byte of raster, `whole` to the last one; `encode` and `libcups` the same drawn pages
 * packed by the driver and by libcups, alternately, with the bytes of each. Round 0 is cold. With
 * 0 rounds: one document, and at its end the most memory that the process had. */
#include "drivers/cups/pwg.h"
#include "firmware/certificate/identifier.h"
#include "firmware/document/bands.h"
#include <cups/raster.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DPI 600
#define QR_TEXT                                                                                    \
    "HTTPS://V.EXAMPLE/V/330106000000000000000000000000000000000000000000000000/D00000000101/"     \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

typedef struct {
    gint64 first_us, bytes;
} Sink;

static gboolean take(gpointer context, gconstpointer bytes, gsize size)
{
    Sink *sink = context;
    (void)bytes;
    if (!sink->first_us)
        sink->first_us = g_get_monotonic_time();
    sink->bytes += (gint64)size;
    return TRUE;
}

static const PwgTicket ticket = {
    .width_um = 167000, .height_um = 240000, .sides = "one-sided", .quality = 4};

static G_NORETURN void fail(const GError *error)
{
    fprintf(stderr, "raster_times: %s\n", error->message);
    exit(1);
}

static RasterSource *draw(Document *document, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    Record *record = record_parse(text, length, &error);
    Pages *pages = record ? pages_create(document, record, &error) : NULL;
    if (!pages || !pages_set_issue(pages, QR_TEXT, "D00000000101", &error))
        fail(error);
    RasterSource *source = bands_create(pages, RASTER_GRAY8, DPI, &error);
    if (!source)
        fail(error);
    pages_destroy(pages);
    record_unref(record);
    return source;
}

static double since_ms(gint64 start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / 1000;
}

/* Pages that were drawn before, so that only packing is measured. */
typedef struct {
    RasterSource source;
    guint8 **rows; /* of each page */
} Drawn;

static gboolean copy_band(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    gsize stride = raster_stride(source);
    memcpy(ret, ((Drawn *)source)->rows[page] + (gsize)y * stride, (gsize)rows * stride);
    return TRUE;
}

static Drawn keep(RasterSource *source)
{
    Drawn drawn = {.source = *source, .rows = g_new0(guint8 *, source->pages)};
    drawn.source.fill = copy_band;
    for (int page = 0; page < source->pages; page++) {
        gsize stride = raster_stride(source);
        drawn.rows[page] = g_malloc((gsize)source->height_px * stride);
        for (int y = 0; y < source->height_px; y += RASTER_BAND_ROWS)
            source->fill(source, page, y, MIN(RASTER_BAND_ROWS, source->height_px - y),
                         drawn.rows[page] + (gsize)y * stride);
    }
    return drawn;
}

static ssize_t count_bytes(void *context, unsigned char *buffer, size_t size)
{
    (void)buffer;
    *(gint64 *)context += (gint64)size;
    return (ssize_t)size;
}

static gint64 pack_with_libcups(Drawn *drawn)
{
    gint64 bytes = 0;
    cups_page_header2_t header;
    RasterSource *source = &drawn->source;
    cupsRasterInitPWGHeader(&header, pwgMediaForSize(16700, 24000), "sgray_8", DPI, DPI,
                            ticket.sides, "normal");
    header.cupsWidth = header.cupsBytesPerLine = (unsigned)source->width_px;
    header.cupsHeight = (unsigned)source->height_px;
    cups_raster_t *raster = cupsRasterOpenIO(count_bytes, &bytes, CUPS_RASTER_WRITE_PWG);
    for (int page = 0; page < source->pages; page++) {
        cupsRasterWriteHeader2(raster, &header);
        for (int y = 0; y < source->height_px; y++)
            cupsRasterWritePixels(raster, drawn->rows[page] + (gsize)y * raster_stride(source),
                                  header.cupsWidth);
    }
    cupsRasterClose(raster);
    return bytes;
}

static void measure(Document *document, const char *text, gsize length, Drawn *drawn)
{
    Sink sink = {0}, packed = {0};
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(RasterSource) source = draw(document, text, length);
    pwg_write(source, &ticket, take, &sink, NULL);
    double whole = since_ms(start_us), first = (double)(sink.first_us - start_us) / 1000;
    start_us = g_get_monotonic_time();
    pwg_write(&drawn->source, &ticket, take, &packed, NULL);
    double encode = since_ms(start_us);
    start_us = g_get_monotonic_time();
    gint64 theirs = pack_with_libcups(drawn);
    printf("{\"first\": %.3f, \"whole\": %.3f, \"bytes\": %" G_GINT64_FORMAT
           ", \"encode\": %.3f, \"libcups\": %.3f, \"libcups_bytes\": %" G_GINT64_FORMAT "}\n",
           first, whole, sink.bytes, encode, since_ms(start_us), theirs);
}

static void tell_memory(void)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *peak = strstr(status, "VmHWM:"), *file = strstr(status, "RssFile:");
    printf("{\"peak_kib\": %ld, \"file_kib\": %ld}\n", peak ? strtol(peak + 6, NULL, 10) : -1,
           file ? strtol(file + 8, NULL, 10) : -1);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (argc != 3) {
        fprintf(stderr, "usage: raster_times RECORD.json ROUNDS\n");
        return 2;
    }
    if (!g_file_get_contents(argv[1], &text, &length, &error))
        fail(error);
    g_autoptr(Document) document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    if (!document)
        fail(error);
    int rounds = (int)strtol(argv[2], NULL, 10);
    g_autoptr(RasterSource) source = draw(document, text, length);
    if (rounds == 0) {
        Sink sink = {0};
        pwg_write(source, &ticket, take, &sink, NULL);
        tell_memory();
        return 0;
    }
    Drawn drawn = keep(source);
    for (int round = 0; round < rounds; round++)
        measure(document, text, length, &drawn);
    return 0;
}
