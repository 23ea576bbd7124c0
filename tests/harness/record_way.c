#include "tests/harness/record_way.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOKLET "D00000000101"
#define QR_TEXT                                                                                    \
    "HTTPS://V.EXAMPLE/V/330106000000000000000000000000000000000000000000000000/" BOOKLET          \
    "/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

void record_way_fail(const GError *error)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name,
            error ? error->message : "it failed");
    exit(1);
}

void record_way_open(RecordWay *ret, const char *record_file)
{
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(record_file, &ret->text, &ret->length, &error))
        record_way_fail(error);
    ret->document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    if (!ret->document)
        record_way_fail(error);
}

void record_way_close(RecordWay *way)
{
    document_destroy(way->document);
    g_free(way->text);
}

Pages *record_way_lay_out(const RecordWay *way)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_parse(way->text, way->length, &error);
    Pages *pages = record ? pages_create(way->document, record, &error) : NULL;
    if (!pages || !pages_set_issue(pages, QR_TEXT, BOOKLET, &error))
        record_way_fail(error);
    return pages;
}

RasterSource *record_way_raster(Pages *pages, int dpi)
{
    g_autoptr(GError) error = NULL;
    RasterSource *source = bands_create(pages, RASTER_GRAY8, dpi, &error);
    if (!source)
        record_way_fail(error);
    return source;
}

void record_way_tell_memory(void)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *peak = strstr(status, "VmHWM:"), *file = strstr(status, "RssFile:");
    printf("{\"peak_kib\": %ld, \"file_kib\": %ld}\n", peak ? strtol(peak + 6, NULL, 10) : -1,
           file ? strtol(file + 8, NULL, 10) : -1);
}
