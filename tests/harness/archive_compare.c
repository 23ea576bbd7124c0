/* archive_compare RECORD.json FOLDER COMMAND...   is the printed raster what the PDF shows?
 *
 * Draws the pages at 600 dpi for the printer, writes the same pages as FOLDER/archive.pdf, and runs
 * COMMAND, in which %d stands for the page, to make FOLDER/page.pgm (binary, 8 bit) of it at 600
 * dpi. Prints one JSON object a page: dots, and dots with ink on one side for which there is none
 * within one dot on the other. */
#include "firmware/certificate/record.h"
#include "firmware/document/bands.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DPI 600
#define HALF 128
#define QR_TEXT                                                                                    \
    "HTTPS://V.EXAMPLE/V/330106000000000000000000000000000000000000000000000000/D00000000101"

typedef struct {
    int width, height;
    gsize stride;
    guint8 *dots;
} Gray;

static G_NORETURN void fail(const char *what, const char *why)
{
    fprintf(stderr, "archive_compare: %s: %s\n", what, why);
    exit(1);
}

static Gray read_pgm(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize size;
    int width, height, most, head = 0, comment = 0;
    if (!g_file_get_contents(path, &bytes, &size, NULL))
        fail(path, "was not made");
    sscanf(bytes, "P5 #%*[^\n]%n", &comment);
    memmove(bytes + 2, bytes + MAX(comment, 2), size - (gsize)MAX(comment, 2));
    size -= (gsize)MAX(comment, 2) - 2;
    if (sscanf(bytes, "P5 %d %d %d%n", &width, &height, &most, &head) != 3 || most != 255 ||
        size < (gsize)head + 1 + (gsize)width * (gsize)height)
        fail(path, "is no binary PGM");
    Gray gray = {width, height, (gsize)width, g_malloc((gsize)width * (gsize)height)};
    memcpy(gray.dots, bytes + head + 1, (gsize)width * (gsize)height);
    return gray;
}

static Gray draw(RasterSource *source, int page)
{
    gsize stride = raster_stride(source);
    Gray gray = {source->width_px, source->height_px, stride,
                 g_malloc(stride * (gsize)source->height_px)};
    for (int y = 0; y < source->height_px; y += RASTER_BAND_ROWS)
        if (!source->fill(source, page, y, MIN(RASTER_BAND_ROWS, source->height_px - y),
                          gray.dots + (gsize)y * stride))
            fail("raster", "cannot be drawn");
    return gray;
}

/* TRUE if no dot of `other` within one dot is as dark or light, give or take half of the range. */
static gboolean is_off(guint8 dot, const Gray *other, int x, int y)
{
    int darkest = 255, lightest = 0;
    for (int ny = MAX(y - 1, 0); ny <= MIN(y + 1, other->height - 1); ny++)
        for (int nx = MAX(x - 1, 0); nx <= MIN(x + 1, other->width - 1); nx++) {
            int near = other->dots[(gsize)ny * other->stride + (gsize)nx];
            darkest = MIN(darkest, near);
            lightest = MAX(lightest, near);
        }
    return dot < darkest - HALF || dot > lightest + HALF;
}

/* Dots of `a` that are off in `b`; what one of them has more at its edge must be white. */
static int count_off(const Gray *a, const Gray *b, int *ret_ink)
{
    int off = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            guint8 dot = a->dots[(gsize)y * a->stride + (gsize)x];
            gboolean inside = x < b->width && y < b->height;
            *ret_ink += dot < HALF;
            off += inside ? is_off(dot, b, x, y) : dot < HALF;
        }
    return off;
}

static void compare(RasterSource *source, int page, const char *command, const char *folder)
{
    int status = 1, ink = 0, archived = 0;
    g_autofree char *number = g_strdup_printf("%d", page + 1);
    g_auto(GStrv) parts = g_strsplit(command, "%d", -1);
    g_autofree char *line = g_strjoinv(number, parts);
    if (!g_spawn_command_line_sync(line, NULL, NULL, &status, NULL) || status)
        fail(line, "failed");
    g_autofree char *path = g_build_filename(folder, "page.pgm", NULL);
    Gray print = draw(source, page), archive = read_pgm(path);
    int off = count_off(&print, &archive, &ink);
    off = MAX(off, count_off(&archive, &print, &archived));
    printf("{\"page\": %d, \"ink\": %d, \"archived\": %d, \"off\": %d, \"width\": [%d, %d], "
           "\"height\": [%d, %d]}\n",
           page + 1, ink, archived, off, print.width, archive.width, print.height, archive.height);
    g_free(print.dots);
    g_free(archive.dots);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (argc != 4)
        fail("usage", "RECORD.json FOLDER COMMAND");
    if (!g_file_get_contents(argv[1], &text, &length, &error))
        fail(argv[1], error->message);
    g_autoptr(Document) document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    Record *record = document ? record_parse(text, length, &error) : NULL;
    g_autoptr(Pages) pages = record ? pages_create(document, record, &error) : NULL;
    if (!pages || !pages_set_issue(pages, QR_TEXT, "D00000000101", &error))
        fail(argv[1], error->message);
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    g_autofree char *path = g_build_filename(argv[2], "archive.pdf", NULL);
    if (!pdf || !g_file_set_contents(path, g_bytes_get_data(pdf, NULL),
                                     (gssize)g_bytes_get_size(pdf), &error))
        fail(path, error->message);
    g_autoptr(RasterSource) source = bands_create(pages, RASTER_GRAY8, DPI, &error);
    if (!source)
        fail("raster", error->message);
    for (int page = 0; page < source->pages; page++)
        compare(source, page, argv[3], argv[2]);
    record_unref(record);
    return 0;
}
