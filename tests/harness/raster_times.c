/* raster_times RECORD.json ROUNDS   how long the way from a record to the printer's raster takes
 *
 * One JSON object a round on standard output. Wall clock in ms: `first` from the record's text to
 * the first byte of raster, `whole` to the last one. Processor time in ms, as the driver has two
 * threads: `encode` and `libcups`, the same drawn pages packed by the driver and by libcups,
 * alternately, with the bytes of each. Round 0 is cold. With 0 rounds: one document, and at its end
 * the most memory that the process had. */
#include "drivers/cups/pwg.h"
#include "tests/harness/record_way.h"
#include <cups/raster.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DPI 600

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

static RasterSource *draw(const RecordWay *way)
{
    g_autoptr(Pages) pages = record_way_lay_out(way);
    return record_way_raster(pages, DPI);
}

static double since_ms(gint64 start_us)
{
    return (double)(g_get_monotonic_time() - start_us) / 1000;
}

static double processor_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
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

static void measure(const RecordWay *way, Drawn *drawn)
{
    Sink sink = {0}, packed = {0};
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(RasterSource) source = draw(way);
    pwg_write(source, &ticket, take, &sink, NULL);
    double whole = since_ms(start_us), first = (double)(sink.first_us - start_us) / 1000;
    double start_ms = processor_ms();
    pwg_write(&drawn->source, &ticket, take, &packed, NULL);
    double packed_ms = processor_ms();
    gint64 theirs = pack_with_libcups(drawn);
    printf("{\"first\": %.3f, \"whole\": %.3f, \"bytes\": %" G_GINT64_FORMAT
           ", \"encode\": %.3f, \"libcups\": %.3f, \"libcups_bytes\": %" G_GINT64_FORMAT "}\n",
           first, whole, sink.bytes, packed_ms - start_ms, processor_ms() - packed_ms, theirs);
}

int main(int argc, char **argv)
{
    RecordWay way;
    if (argc != 3) {
        fprintf(stderr, "usage: raster_times RECORD.json ROUNDS\n");
        return 2;
    }
    record_way_open(&way, argv[1]);
    int rounds = (int)strtol(argv[2], NULL, 10);
    g_autoptr(RasterSource) source = draw(&way);
    if (rounds == 0) {
        Sink sink = {0};
        pwg_write(source, &ticket, take, &sink, NULL);
        record_way_tell_memory();
    } else {
        Drawn drawn = keep(source);
        for (int round = 0; round < rounds; round++)
            measure(&way, &drawn);
    }
    record_way_close(&way);
    return 0;
}
