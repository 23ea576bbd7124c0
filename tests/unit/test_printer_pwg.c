/* What the PWG raster writer writes, read back by libcups. */
#include "drivers/cups/pwg.h"
#include "tests/testing.h"
#include <cups/raster.h>
#include <string.h>

#define WIDTH 517 /* no multiple of anything */
#define HEIGHT 301
#define PAGES 3

static const PwgTicket ticket = {
    .width_um = 167000, .height_um = 240000, .sides = "two-sided-long-edge", .quality = 4};

/* A source of rows by a rule. */
typedef struct {
    RasterSource source;
    guint8 (*dot)(int page, int y, int x);
    int fails_at; /* page that cannot be drawn, -1 none */
    int filled;   /* rows drawn */
} Pattern;

static gboolean fill(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    Pattern *pattern = (Pattern *)source;
    gsize stride = raster_stride(source);
    ck_assert_int_le(y + rows, source->height_px);
    if (page == pattern->fails_at)
        return FALSE;
    memset(ret, 0xa5, (gsize)rows * stride);
    for (int i = 0; i < rows; i++)
        for (int x = 0; x < source->width_px; x++)
            ret[(gsize)i * stride + (gsize)x] = pattern->dot(page, y + i, x);
    pattern->filled += rows;
    return TRUE;
}

static Pattern make_pattern(guint8 (*dot)(int page, int y, int x))
{
    return (Pattern){.source = {.format = RASTER_GRAY8,
                                .pages = PAGES,
                                .dpi = 600,
                                .width_px = WIDTH,
                                .height_px = HEIGHT,
                                .fill = fill},
                     .dot = dot,
                     .fails_at = -1};
}

static guint8 white(int page, int y, int x)
{
    (void)page, (void)y, (void)x;
    return 255;
}

static guint8 noise(int page, int y, int x)
{
    guint32 n = (guint32)(page * 7919 + y * 104729 + x) * 2654435761u;
    return (guint8)(n >> 24);
}

/* Runs and literals of every length around the limits of 1, 2, 128 and 129. */
static guint8 runs(int page, int y, int x)
{
    int length = y % 140 + 1;
    return (guint8)(page + (x / length % 2 ? x / length : x * 3));
}

static guint8 pairs(int page, int y, int x)
{
    (void)page, (void)y;
    return (guint8)(x / 2);
}

static guint8 text(int page, int y, int x)
{
    int glyph = (x * 37 + y / 24 * 11 + page) % 19;
    return y % 24 < 16 && x % 24 < 18 && glyph < 6 ? (guint8)(glyph * 50) : 255;
}

/* Rows that repeat across bands and more often than one count can tell. */
static guint8 stripes(int page, int y, int x)
{
    (void)x;
    return y < 290 ? (guint8)page : (guint8)y;
}

static guint8 (*const dots[])(int, int, int) = {white, noise, runs, pairs, text, stripes};

static gboolean append(gpointer context, gconstpointer bytes, gsize size)
{
    g_byte_array_append(context, bytes, (guint)size);
    return TRUE;
}

typedef struct {
    const GByteArray *file;
    gsize at;
} Reading;

static ssize_t read_part(void *context, unsigned char *buffer, size_t size)
{
    Reading *reading = context;
    size = MIN(size, reading->file->len - reading->at);
    memcpy(buffer, reading->file->data + reading->at, size);
    reading->at += size;
    return (ssize_t)size;
}

static void expect_page(cups_raster_t *raster, const Pattern *pattern, int page)
{
    cups_page_header2_t header;
    guint8 row[WIDTH];
    ck_assert(cupsRasterReadHeader2(raster, &header));
    ck_assert_str_eq(header.MediaClass, "PwgRaster");
    ck_assert_uint_eq(header.cupsWidth, WIDTH);
    ck_assert_uint_eq(header.cupsHeight, HEIGHT);
    ck_assert_uint_eq(header.HWResolution[0], 600);
    ck_assert_uint_eq(header.HWResolution[1], 600);
    ck_assert_uint_eq(header.cupsBitsPerPixel, 8);
    ck_assert_uint_eq(header.cupsColorSpace, CUPS_CSPACE_SW);
    ck_assert_uint_eq(header.cupsInteger[CUPS_RASTER_PWG_TotalPageCount], PAGES);
    ck_assert_uint_eq(header.cupsInteger[CUPS_RASTER_PWG_PrintQuality], 4);
    ck_assert_uint_eq(header.Duplex, 1);
    ck_assert_uint_eq(header.Tumble, 0);
    ck_assert_uint_eq(header.PageSize[0], 473);
    ck_assert_uint_eq(header.PageSize[1], 680);
    for (int y = 0; y < HEIGHT; y++) {
        ck_assert_uint_eq(cupsRasterReadPixels(raster, row, WIDTH), WIDTH);
        for (int x = 0; x < WIDTH; x++)
            if (row[x] != pattern->dot(page, y, x))
                ck_abort_msg("page %d row %d dot %d: %d", page, y, x, row[x]);
    }
}

START_TEST(every_dot_is_read_back)
{
    Pattern pattern = make_pattern(dots[_i]);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    ck_assert(pwg_write(&pattern.source, &ticket, append, file, &error));
    ck_assert_int_eq(pattern.filled, PAGES * HEIGHT);
    ck_assert_mem_eq(file->data, "RaS2PwgRaster", 13);
    Reading reading = {.file = file};
    cups_raster_t *raster = cupsRasterOpenIO(read_part, &reading, CUPS_RASTER_READ);
    for (int page = 0; page < PAGES; page++)
        expect_page(raster, &pattern, page);
    cups_page_header2_t header;
    ck_assert(!cupsRasterReadHeader2(raster, &header));
    ck_assert_uint_eq(reading.at, file->len);
    cupsRasterClose(raster);
}
END_TEST

static ssize_t write_part(void *context, unsigned char *buffer, size_t size)
{
    g_byte_array_append(context, buffer, (guint)size);
    return (ssize_t)size;
}

/* libcups' own writer, with the same header. */
static void write_with_libcups(Pattern *pattern, GByteArray *file)
{
    cups_page_header2_t header;
    guint8 row[WIDTH];
    cupsRasterInitPWGHeader(&header, pwgMediaForSize(16700, 24000), "sgray_8", 600, 600,
                            ticket.sides, "normal");
    header.cupsWidth = header.cupsBytesPerLine = WIDTH;
    header.cupsHeight = HEIGHT;
    header.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = PAGES;
    cups_raster_t *raster = cupsRasterOpenIO(write_part, file, CUPS_RASTER_WRITE_PWG);
    for (int page = 0; page < PAGES; page++) {
        ck_assert(cupsRasterWriteHeader2(raster, &header));
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++)
                row[x] = pattern->dot(page, y, x);
            ck_assert_uint_eq(cupsRasterWritePixels(raster, row, WIDTH), WIDTH);
        }
    }
    cupsRasterClose(raster);
}

START_TEST(the_header_is_libcups_own_and_the_file_is_no_longer)
{
    Pattern pattern = make_pattern(dots[_i]);
    g_autoptr(GByteArray) mine = g_byte_array_new(), theirs = g_byte_array_new();
    PwgTicket plain = ticket;
    plain.quality = 0; /* libcups drops it */
    ck_assert(pwg_write(&pattern.source, &plain, append, mine, NULL));
    write_with_libcups(&pattern, theirs);
    for (gsize at = 0; at < 4 + sizeof(cups_page_header2_t); at++)
        ck_assert_msg(mine->data[at] == theirs->data[at], "byte %zu: %02x, not %02x", at,
                      mine->data[at], theirs->data[at]);
    ck_assert_msg(mine->len <= theirs->len, "%u bytes, libcups needs %u", mine->len, theirs->len);
}
END_TEST

static gboolean refuse(gpointer context, gconstpointer bytes, gsize size)
{
    (void)bytes;
    int *left = context;
    *left -= (int)size;
    return *left > 0;
}

START_TEST(a_wire_that_breaks_ends_the_drawing)
{
    int left = 5000;
    g_autoptr(GError) error = NULL;
    Pattern pattern = make_pattern(noise);
    ck_assert(!pwg_write(&pattern.source, &ticket, refuse, &left, &error));
    ck_assert_ptr_null(error);
    ck_assert_int_lt(pattern.filled, HEIGHT);
}
END_TEST

START_TEST(a_page_that_cannot_be_drawn_is_an_error)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    Pattern pattern = make_pattern(text);
    pattern.fails_at = 1;
    ck_assert(!pwg_write(&pattern.source, &ticket, append, file, &error));
    ck_assert(error != NULL);
}
END_TEST

START_TEST(colour_and_no_pages_are_refused)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    Pattern pattern = make_pattern(text);
    pattern.source.format = RASTER_RGB24;
    ck_assert(!pwg_write(&pattern.source, &ticket, append, file, NULL));
    pattern = make_pattern(text);
    pattern.source.pages = 0;
    ck_assert(!pwg_write(&pattern.source, &ticket, append, file, NULL));
    pattern = make_pattern(text);
    pattern.source.width_px = 1000000;
    ck_assert(!pwg_write(&pattern.source, &ticket, append, file, NULL));
    ck_assert_uint_eq(file->len, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("PWG raster");
    tcase_add_loop_test(tests, every_dot_is_read_back, 0, (int)G_N_ELEMENTS(dots));
    tcase_add_loop_test(tests, the_header_is_libcups_own_and_the_file_is_no_longer, 0,
                        (int)G_N_ELEMENTS(dots));
    tcase_add_test(tests, a_wire_that_breaks_ends_the_drawing);
    tcase_add_test(tests, a_page_that_cannot_be_drawn_is_an_error);
    tcase_add_test(tests, colour_and_no_pages_are_refused);
    return testing_run(tests);
}
