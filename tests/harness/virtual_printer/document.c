#include "machine.h"
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICTURE_DPI "300"
#define RASTER_DOTS_MAX 40000 /* 200 x 200 mm at 1200 dpi is 9449 */

/* /Count of the page tree's root: the greatest of all in plain sight. */
static int scan_pdf(const char *bytes, gsize size)
{
    int most = -1;
    const char *end = bytes + size;
    for (const char *at = bytes; (at = memmem(at, (gsize)(end - at), "/Type /Pages", 12)); at++) {
        const char *stop = MIN(end, at + 4096);
        const char *close = memmem(at, (gsize)(stop - at), "endobj", 6);
        const char *count = memmem(at, (gsize)((close ? close : stop) - at), "/Count ", 7);
        if (count)
            most = MAX(most, (int)strtol(count + 7, NULL, 10));
    }
    return most;
}

static int ask_pdfinfo(const char *file)
{
    const char *const argv[] = {"pdfinfo", file, NULL};
    g_autofree char *text = NULL;
    int status = 1;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &text, NULL, &status, NULL) ||
        status)
        return -1;
    const char *line = strstr(text, "Pages:");
    return line ? (int)strtol(line + 6, NULL, 10) : -1;
}

int document_count_pdf(const char *file)
{
    g_autofree char *bytes = NULL;
    gsize size;
    if (!g_file_get_contents(file, &bytes, &size, NULL) || size < 8 || memcmp(bytes, "%PDF-", 5) ||
        !memmem(bytes + (size > 1024 ? size - 1024 : 0), MIN(size, 1024), "%%EOF", 5))
        return -1;
    int pages = scan_pdf(bytes, size);
    return pages > 0 ? pages : ask_pdfinfo(file);
}

static unsigned char grey_of(const cups_page_header2_t *header, const unsigned char *line,
                             unsigned x)
{
    gboolean ink = header->cupsColorSpace == CUPS_CSPACE_K;
    switch (header->cupsBitsPerPixel) {
    case 1:
        return ((line[x / 8] >> (7 - x % 8)) & 1) == ink ? 0 : 255;
    case 24:
        return (unsigned char)((line[3 * x] * 77 + line[3 * x + 1] * 150 + line[3 * x + 2] * 29) /
                               256);
    }
    return ink ? (unsigned char)(255 - line[x]) : line[x];
}

/* One page of a PWG raster; `file` NULL: only checks that every row is there. */
static gboolean read_page(cups_raster_t *raster, const cups_page_header2_t *header,
                          const char *file)
{
    g_autofree unsigned char *line = g_malloc0(header->cupsBytesPerLine + 1);
    int width = (int)header->cupsWidth, height = (int)header->cupsHeight;
    cairo_surface_t *picture =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, file ? width : 1, file ? height : 1);
    gboolean fine = cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS;
    for (int y = 0; y < height && fine; y++) {
        fine = cupsRasterReadPixels(raster, line, header->cupsBytesPerLine) ==
               header->cupsBytesPerLine;
        guint32 *row = (guint32 *)(void *)(cairo_image_surface_get_data(picture) +
                                           (gsize)(file ? y : 0) *
                                               (gsize)cairo_image_surface_get_stride(picture));
        for (unsigned x = 0; file && fine && x < header->cupsWidth; x++)
            row[x] = grey_of(header, line, x) * 0x010101u;
    }
    cairo_surface_mark_dirty(picture);
    fine = fine && (!file || cairo_surface_write_to_png(picture, file) == CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(picture);
    return fine;
}

static char *picture_name(const char *spool, int job_id, int page)
{
    return g_strdup_printf("%s/job-%d-page-%d.png", spool, job_id, page);
}

int document_walk_raster(cups_raster_iocb_t read, gpointer source, const char *spool, int job_id,
                         int pictures, DocumentPage next, gpointer context)
{
    int pages = 0;
    cups_page_header2_t header;
    cups_raster_t *raster = cupsRasterOpenIO(read, source, CUPS_RASTER_READ);
    while (raster && pages >= 0 && cupsRasterReadHeader2(raster, &header)) {
        g_autofree char *name = pages < pictures ? picture_name(spool, job_id, pages + 1) : NULL;
        gboolean fits = header.cupsWidth <= RASTER_DOTS_MAX && header.cupsHeight <= RASTER_DOTS_MAX;
        pages = fits && read_page(raster, &header, name) ? pages + 1 : -1;
        if (pages > 0 && next && !next(context, pages))
            break;
    }
    cupsRasterClose(raster);
    return pages ? pages : -1;
}

gboolean document_is_raster(const char *format)
{
    return !strcmp(format, "image/pwg-raster");
}

static gboolean picture_pdf_page(const char *spool, int job_id, const char *file, int page)
{
    g_autofree char *name = picture_name(spool, job_id, page);
    g_autofree char *number = g_strdup_printf("%d", page);
    name[strlen(name) - strlen(".png")] = '\0'; /* pdftoppm adds it */
    const char *const argv[] = {"pdftoppm", "-q",          "-r", PICTURE_DPI, "-png", "-f",
                                number,     "-singlefile", file, name,        NULL};
    int status = 1;
    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                        &status, NULL) &&
           !status;
}

static ssize_t read_file(void *context, unsigned char *buffer, size_t size)
{
    return (ssize_t)fread(buffer, 1, size, context);
}

static gboolean picture_raster(const char *spool, int job_id, const char *file, int pages)
{
    FILE *in = fopen(file, "re");
    if (!in)
        return FALSE;
    int whole = document_walk_raster(read_file, in, spool, job_id, pages, NULL, NULL);
    fclose(in);
    return pages == 0 || whole >= pages;
}

gboolean document_picture(const char *spool, int job_id, const char *file, const char *format,
                          int pages)
{
    gboolean fine = TRUE;
    if (document_is_raster(format))
        return picture_raster(spool, job_id, file, pages);
    for (int page = 1; page <= pages; page++)
        fine = picture_pdf_page(spool, job_id, file, page) && fine;
    return fine;
}
