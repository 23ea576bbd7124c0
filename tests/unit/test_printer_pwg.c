/* What the PWG raster writer writes, read back by libcups; and how its two threads end. */
#include "drivers/cups/part_pipe.h"
#include "drivers/cups/pwg.h"
#include "firmware/base/error.h"
#include "tests/testing.h"
#include <cups/raster.h>
#include <string.h>

#define WIDTH 517 /* no multiple of anything */
#define HEIGHT 301
#define PAGES 5

static const PwgTicket ticket = {
    .width_um = 167000, .height_um = 240000, .sides = "two-sided-long-edge", .quality = 4};

/* A source of rows by a rule. */
typedef struct {
    RasterSource source;
    guint8 (*dot)(int page, int y, int x);
    int fails_at;       /* page that cannot be drawn, -1 none */
    int slow;           /* 0 or 1: the thread that is held up, -1 neither */
    int slow_us;        /* before each of its bands */
    gint filled[PAGES]; /* rows drawn */
    GThread *maker;
    gint by_others; /* rows that another thread drew */
} Pattern;

static gboolean fill(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    Pattern *pattern = (Pattern *)source;
    gsize stride = raster_stride(source);
    ck_assert_int_le(y + rows, source->height_px);
    if (page == pattern->fails_at)
        return FALSE;
    if (page % 2 == pattern->slow)
        g_usleep((gulong)pattern->slow_us);
    memset(ret, 0xa5, (gsize)rows * stride);
    for (int i = 0; i < rows; i++)
        for (int x = 0; x < source->width_px; x++)
            ret[(gsize)i * stride + (gsize)x] = pattern->dot(page, y + i, x);
    g_atomic_int_add(&pattern->filled[page], rows);
    if (g_thread_self() != pattern->maker)
        g_atomic_int_add(&pattern->by_others, rows);
    return TRUE;
}

static int count_rows(Pattern *pattern)
{
    int rows = 0;
    for (int page = 0; page < PAGES; page++)
        rows += g_atomic_int_get(&pattern->filled[page]);
    return rows;
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
                     .fails_at = -1,
                     .slow = -1,
                     .slow_us = 500,
                     .maker = g_thread_self()};
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
    ck_assert_int_eq(count_rows(&pattern), PAGES * HEIGHT);
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

static int count_threads(void)
{
    int threads = 0;
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    while (g_dir_read_name(tasks))
        threads++;
    return threads;
}

/* The kernel may list a thread for a moment after it was joined. */
static void expect_threads(int expected)
{
    for (int i = 0; i < 1000 && count_threads() != expected; i++)
        g_usleep(1000);
    ck_assert_int_eq(count_threads(), expected);
}

START_TEST(pages_keep_their_order_whichever_thread_is_slow)
{
    g_autoptr(GByteArray) usual = g_byte_array_new(), slow = g_byte_array_new();
    Pattern pattern = make_pattern(text);
    ck_assert(pwg_write(&pattern.source, &ticket, append, usual, NULL));
    pattern.slow = _i;
    ck_assert(pwg_write(&pattern.source, &ticket, append, slow, NULL));
    ck_assert_uint_eq(slow->len, usual->len);
    ck_assert_mem_eq(slow->data, usual->data, usual->len);
}
END_TEST

static gboolean take_some(gpointer context, gconstpointer bytes, gsize size)
{
    (void)bytes;
    gsize *left = context;
    *left -= MIN(size, *left);
    return *left > 0;
}

/* At the first byte, in a page of either thread, at the last one. */
START_TEST(a_wire_that_breaks_ends_both_threads)
{
    static const gsize breaks[] = {1, 5000, 100000, 200000, 400000, 700000};
    int threads = count_threads();
    gsize left = breaks[_i % (int)G_N_ELEMENTS(breaks)];
    g_autoptr(GError) error = NULL;
    Pattern pattern = make_pattern(noise);
    pattern.slow = _i / (int)G_N_ELEMENTS(breaks);
    ck_assert(!pwg_write(&pattern.source, &ticket, take_some, &left, &error));
    ck_assert_ptr_null(error);
    expect_threads(threads);
    ck_assert_int_lt(count_rows(&pattern), PAGES * HEIGHT);
}
END_TEST

static gboolean break_once_drawn_ahead(gpointer context, gconstpointer bytes, gsize size)
{
    (void)bytes, (void)size;
    Pattern *pattern = context;
    while (g_atomic_int_get(&pattern->by_others) == 0)
        g_usleep(100);
    return FALSE;
}

/* White pages never fill a part, so nothing but a look at the pipe tells the second thread. */
START_TEST(a_thread_that_draws_ahead_ends_within_a_band_of_the_break)
{
    Pattern pattern = make_pattern(white);
    pattern.slow = 1;
    pattern.slow_us = 30000;
    ck_assert(!pwg_write(&pattern.source, &ticket, break_once_drawn_ahead, &pattern, NULL));
    ck_assert_int_le(pattern.by_others, 2 * RASTER_BAND_ROWS);
}
END_TEST

START_TEST(a_closed_pipe_takes_nothing_and_hands_nothing_out)
{
    PartPipe *pipe = part_pipe_create();
    ck_assert(part_pipe_put(pipe, "page", 4));
    g_autoptr(GBytes) part = part_pipe_take(pipe);
    ck_assert_mem_eq(g_bytes_get_data(part, NULL), "page", 4);
    ck_assert(part_pipe_put(pipe, "page", 4));
    part_pipe_close(pipe);
    ck_assert_ptr_null(part_pipe_take(pipe));
    ck_assert(!part_pipe_put(pipe, "page", 4));
    part_pipe_destroy(pipe);
}
END_TEST

START_TEST(a_page_that_cannot_be_drawn_is_an_error_and_nothing_behind_it_is_written)
{
    int threads = count_threads();
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    Pattern pattern = make_pattern(noise);
    pattern.fails_at = _i / 2;
    pattern.slow = _i % 2;
    ck_assert(!pwg_write(&pattern.source, &ticket, append, file, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_BUG));
    expect_threads(threads);
    gsize before =
        (gsize)(_i / 2) * (sizeof(cups_page_header2_t) + HEIGHT * (pwg_row_max(WIDTH) + 1));
    ck_assert_uint_le(file->len, 4 + before + sizeof(cups_page_header2_t));
}
END_TEST

START_TEST(a_single_page_needs_no_second_thread)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    Pattern pattern = make_pattern(text);
    pattern.source.pages = 1;
    ck_assert(pwg_write(&pattern.source, &ticket, append, file, NULL));
    ck_assert_int_eq(pattern.by_others, 0);
    pattern.source.pages = 2;
    ck_assert(pwg_write(&pattern.source, &ticket, append, file, NULL));
    ck_assert_int_eq(pattern.by_others, HEIGHT);
}
END_TEST

typedef struct {
    Pattern *pattern;
    int rows; /* of the second page, drawn before anything of the first was taken */
} SlowWire;

static gboolean take_when_all_stands(gpointer context, gconstpointer bytes, gsize size)
{
    (void)bytes;
    SlowWire *wire = context;
    gint *filled = &wire->pattern->filled[1];
    while (size == sizeof(cups_page_header2_t) && wire->rows != g_atomic_int_get(filled)) {
        wire->rows = g_atomic_int_get(filled);
        g_usleep(100000);
    }
    return TRUE;
}

START_TEST(no_more_than_the_limit_is_drawn_ahead_of_a_slow_wire)
{
    const gsize width = 4000, height = 2000;
    Pattern pattern = make_pattern(noise);
    pattern.source.pages = 2;
    pattern.source.width_px = (int)width;
    pattern.source.height_px = (int)height;
    SlowWire wire = {&pattern, -1};
    ck_assert(pwg_write(&pattern.source, &ticket, take_when_all_stands, &wire, NULL));
    ck_assert_int_eq(count_rows(&pattern), 2 * (int)height);
    gsize under_way = RASTER_BAND_ROWS * width + 128 * 1024; /* a band and a part */
    ck_assert_uint_le((gsize)wire.rows * width, PART_PIPE_BYTES_MAX + under_way);
    ck_assert_uint_ge((gsize)wire.rows * width, PART_PIPE_BYTES_MAX / 2);
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
    tcase_add_loop_test(tests, pages_keep_their_order_whichever_thread_is_slow, 0, 2);
    tcase_add_loop_test(tests, a_wire_that_breaks_ends_both_threads, 0, 12);
    tcase_add_loop_test(tests,
                        a_page_that_cannot_be_drawn_is_an_error_and_nothing_behind_it_is_written, 0,
                        2 * PAGES);
    tcase_add_test(tests, a_thread_that_draws_ahead_ends_within_a_band_of_the_break);
    tcase_add_test(tests, a_closed_pipe_takes_nothing_and_hands_nothing_out);
    tcase_add_test(tests, a_single_page_needs_no_second_thread);
    tcase_add_test(tests, no_more_than_the_limit_is_drawn_ahead_of_a_slow_wire);
    tcase_add_test(tests, colour_and_no_pages_are_refused);
    return testing_run(tests);
}
