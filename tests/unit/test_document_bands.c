/* Bands for the printer: the same dots whatever their height and whoever draws them. */
#include "firmware/document/bands.h"
#include "tests/unit/document_fixture.h"
#include <glib/gstdio.h>
#include <unistd.h>

#define QR_TEXT "HTTPS://A/V/B"

static Document *create_placed(StockKind stock, const Placement *placement)
{
    g_autoptr(GError) error = NULL;
    Document *document = document_create(ASSETS_DIR, stock, placement, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
    return document;
}

static Document *create_document(StockKind stock)
{
    return create_placed(stock, NULL);
}

static Pages *create_pages(Document *document)
{
    g_autoptr(Record) record = fixture_record(NULL, NULL, 0);
    g_autoptr(GError) error = NULL;
    Pages *pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s", error ? error->message : "");
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", &error));
    return pages;
}

static RasterSource *create_source(Pages *pages, RasterFormat format, int dpi)
{
    g_autoptr(GError) error = NULL;
    RasterSource *source = bands_create(pages, format, dpi, &error);
    ck_assert_msg(source != NULL, "%s", error ? error->message : "");
    return source;
}

/* A whole page, pulled in bands of `rows`. */
static guint8 *pull(RasterSource *source, int page, int rows)
{
    gsize stride = raster_stride(source);
    guint8 *all = g_malloc0((gsize)source->height_px * stride);
    g_autofree guint8 *band = g_malloc((gsize)rows * stride);
    for (int y = 0; y < source->height_px; y += rows) {
        int count = MIN(rows, source->height_px - y);
        memset(band, 0x55, (gsize)rows * stride); /* what the last job left there */
        ck_assert(source->fill(source, page, y, count, band));
        memcpy(all + (gsize)y * stride, band, (gsize)count * stride);
    }
    return all;
}

/* Cairo cuts what crosses a band's edge: a few dots at edges of slanted shapes come out lighter or
 * darker by a shade, none changes from ink to paper. */
static void assert_same_page(const RasterSource *source, const guint8 *one, const guint8 *other)
{
    int shades = 0, worst = 0;
    for (int y = 0; y < source->height_px; y++)
        for (gsize x = 0; x < raster_row_bytes(source); x++) {
            gsize at = (gsize)y * raster_stride(source) + x;
            int difference = ABS(one[at] - other[at]);
            shades += difference > 16;
            worst = MAX(worst, difference);
        }
    ck_assert_msg(shades <= 600 && worst < 128, "%d dots differ, by at most %d", shades, worst);
}

START_TEST(a_band_s_height_changes_no_picture)
{
    static const RasterFormat formats[] = {RASTER_GRAY8, RASTER_RGB24};
    g_autoptr(Document) document = create_document(STOCK_PLAIN);
    g_autoptr(Pages) pages = create_pages(document);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(RasterSource) source = create_source(pages, formats[i], 150);
        ck_assert_int_eq(source->width_px, 986);
        ck_assert_int_eq(source->height_px, 1417);
        ck_assert_int_eq(source->pages, 4);
        for (int page = 0; page < source->pages; page++) {
            g_autofree guint8 *whole = pull(source, page, source->height_px);
            g_autofree guint8 *usual = pull(source, page, RASTER_BAND_ROWS);
            g_autofree guint8 *odd = pull(source, page, 7);
            assert_same_page(source, whole, usual);
            assert_same_page(source, whole, odd);
        }
    }
}
END_TEST

START_TEST(a_band_ends_where_it_must)
{
    enum { GUARD = 64 };
    g_autoptr(Document) document = create_document(STOCK_PLAIN);
    g_autoptr(Pages) pages = create_pages(document);
    g_autoptr(RasterSource) source = create_source(pages, RASTER_GRAY8, 100);
    gsize size = 3 * raster_stride(source);
    g_autofree guint8 *memory = g_malloc(size + GUARD);
    memset(memory, 0x55, size + GUARD);
    ck_assert(source->fill(source, 1, source->height_px - 3, 3, memory));
    for (int i = 0; i < GUARD; i++)
        ck_assert_uint_eq(memory[size + (gsize)i], 0x55);
    ck_assert_uint_eq(memory[0], 255); /* the leaf's foot is paper */
}
END_TEST

typedef struct {
    RasterSource *source;
    int page;
} Task;

static gpointer pull_page(gpointer task)
{
    return pull(((Task *)task)->source, ((Task *)task)->page, RASTER_BAND_ROWS);
}

START_TEST(threads_draw_a_page_each_and_the_same_dots)
{
    enum { PAGES = 4 };
    g_autoptr(Document) document = create_document(STOCK_PLAIN);
    g_autoptr(Pages) pages = create_pages(document);
    g_autoptr(RasterSource) alone = create_source(pages, RASTER_GRAY8, 200);
    g_autoptr(RasterSource) together = create_source(pages, RASTER_GRAY8, 200);
    g_clear_pointer(&pages, pages_destroy); /* a source stands alone */
    Task tasks[PAGES];
    GThread *threads[PAGES];
    for (int page = 0; page < PAGES; page++) {
        tasks[page] = (Task){together, page};
        threads[page] = g_thread_new("band", pull_page, &tasks[page]);
    }
    for (int page = 0; page < PAGES; page++) {
        g_autofree guint8 *theirs = g_thread_join(threads[page]);
        g_autofree guint8 *ours = pull(alone, page, RASTER_BAND_ROWS);
        ck_assert(!memcmp(ours, theirs, (gsize)alone->height_px * raster_stride(alone)));
    }
}
END_TEST

static int lightness(const guint8 *pixel)
{
    return (pixel[2] * 299 + pixel[1] * 587 + pixel[0] * 114 + 500) / 1000;
}

/* Gray bands know how much ink there is, pictures which one: nothing else may tell them apart. */
START_TEST(gray_bands_show_what_the_preview_shows)
{
    static const StockKind stocks[] = {STOCK_PLAIN, STOCK_PREPRINTED};
    for (guint i = 0; i < G_N_ELEMENTS(stocks); i++) {
        g_autoptr(Document) document = create_document(stocks[i]);
        g_autoptr(Pages) pages = create_pages(document);
        g_autoptr(RasterSource) source = create_source(pages, RASTER_GRAY8, 150);
        for (int page = 0; page < source->pages; page++) {
            g_autofree guint8 *gray = pull(source, page, RASTER_BAND_ROWS);
            cairo_surface_t *picture = pages_to_image(pages, page, LOOK_PRINTED, 150, NULL);
            const guint8 *data = cairo_image_surface_get_data(picture);
            int wrong = 0, dark = 0;
            for (int y = 0; y < source->height_px; y++)
                for (int x = 0; x < source->width_px; x++) {
                    int ours = gray[(gsize)y * raster_stride(source) + (gsize)x];
                    const guint8 *pixel =
                        data + y * cairo_image_surface_get_stride(picture) + 4 * x;
                    wrong += ABS(ours - lightness(pixel)) > 80; /* where the seal crosses text */
                    dark += ours < 128;
                }
            cairo_surface_destroy(picture);
            ck_assert_msg(wrong <= 100, "page %d: %d dots differ", page + 1, wrong);
            ck_assert_int_gt(dark, 500);
        }
    }
}
END_TEST

START_TEST(colour_bands_are_the_preview)
{
    g_autoptr(Document) document = create_document(STOCK_PLAIN);
    g_autoptr(Pages) pages = create_pages(document);
    g_autoptr(RasterSource) source = create_source(pages, RASTER_RGB24, 150);
    g_autofree guint8 *colour = pull(source, 0, RASTER_BAND_ROWS);
    cairo_surface_t *picture = pages_to_image(pages, 0, LOOK_PRINTED, 150, NULL);
    const guint8 *data = cairo_image_surface_get_data(picture);
    int red = 0;
    for (int y = 0; y < source->height_px; y++)
        for (int x = 0; x < source->width_px; x++) {
            const guint8 *ours = colour + (gsize)y * raster_stride(source) + 3 * x;
            const guint8 *pixel = data + y * cairo_image_surface_get_stride(picture) + 4 * x;
            for (int i = 0; i < 3; i++)
                ck_assert_int_le(ABS(ours[i] - pixel[2 - i]), 3);
            red += ours[0] > ours[1] + 100;
        }
    cairo_surface_destroy(picture);
    ck_assert_int_gt(red, 1000); /* the seal */
}
END_TEST

/* A scan of white paper is paper, not a black box. */
START_TEST(a_scan_in_colours_becomes_gray_bands)
{
    static const guint32 colours[] = {0xFFFFFF, 0x000000, 0xC71217, 0x808080};
    static const int expected[] = {255, 0, 73, 128};
    cairo_surface_t *scan = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 400, 100);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 400; x++)
            *(guint32 *)(void *)(cairo_image_surface_get_data(scan) +
                                 y * cairo_image_surface_get_stride(scan) + 4 * x) =
                colours[x / 100];
    g_autofree char *file = g_build_filename(g_get_tmp_dir(), "kiosk-bands-XXXXXX", NULL);
    close(g_mkstemp(file));
    cairo_surface_mark_dirty(scan);
    ck_assert_int_eq(cairo_surface_write_to_png(scan, file), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(scan);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(file, &bytes, &length, NULL));
    g_unlink(file);
    g_autofree char *base64 = g_base64_encode((const guchar *)bytes, length);
    g_autofree char *plan = g_strdup_printf(
        "{\"kind\": \"parcel\", \"media\": \"image/png\", \"data\": \"%s\"}", base64);
    RecordMutation mutation = {"plans.0", plan, 0, NULL};
    g_autoptr(Record) record = fixture_record(NULL, &mutation, 1);
    g_autoptr(Document) document = create_document(STOCK_PREPRINTED);
    g_autoptr(Pages) pages = pages_create(document, record, NULL);
    ck_assert_ptr_nonnull(pages);
    g_autoptr(RasterSource) source = create_source(pages, RASTER_GRAY8, 150); /* a dot a pixel */
    g_autofree guint8 *gray = pull(source, 3, RASTER_BAND_ROWS);
    int y = (int)(124.0 / 25.4 * 150), x0 = (int)(84.0 / 25.4 * 150) - 200; /* the area's middle */
    for (guint i = 0; i < G_N_ELEMENTS(colours); i++)
        ck_assert_int_le(
            ABS(gray[(gsize)y * raster_stride(source) + (gsize)x0 + 100 * i + 50] - expected[i]),
            2);
}
END_TEST

static const struct {
    Placement placement;
    int dpi;
} placed[] = {
    {{0, 0, 0, 0}, 600},
    {{130, -70, 0, 0}, 600},
    {{130, -70, 2500, -1500}, 600},
    {{-4990, 4990, 10000, 0}, 600},
    {{130, -70, 2500, -1500}, 300},
    {{0, 0, 0, 0}, 1200},
};

/* Along the finder pattern's first row: 7 dark modules, 1 light one, wherever calibration puts it.
 */
START_TEST(a_module_is_whole_dots_under_every_placement)
{
    int dots = 14 * placed[_i].dpi / 600;
    g_autoptr(Document) document = create_placed(STOCK_PREPRINTED, &placed[_i].placement);
    g_autoptr(Pages) pages = create_pages(document);
    g_autoptr(RasterSource) source = create_source(pages, RASTER_GRAY8, placed[_i].dpi);
    g_autofree guint8 *band = g_malloc(raster_stride(source));
    double y_mm = 155.3 * (1 + placed[_i].placement.scale_y_ppm / 1e6) +
                  placed[_i].placement.offset_y_um / 1e3;
    ck_assert(source->fill(source, 0, (int)(y_mm / 25.4 * placed[_i].dpi), 1, band));
    int x = (int)(15 / 25.4 * placed[_i].dpi), light = 0;
    while (band[x] > 0)
        light += band[x++] == 255;
    ck_assert_int_ge(light, 4 * dots);
    ck_assert_uint_eq(band[x - 1], 255);
    for (int i = 0; i < 7 * dots; i++)
        ck_assert_uint_eq(band[x + i], 0);
    for (int i = 7 * dots; i < 8 * dots; i++)
        ck_assert_uint_eq(band[x + i], 255);
}
END_TEST

START_TEST(bands_have_limits)
{
    g_autoptr(Document) document = create_document(STOCK_PLAIN);
    g_autoptr(Pages) pages = create_pages(document);
    static const int wrong[] = {0, 35, 1201, -600};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(bands_create(pages, RASTER_GRAY8, wrong[i], &error));
        ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    }
    ck_assert_ptr_null(bands_create(pages, RASTER_UNKNOWN, 600, NULL));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bands");
    tcase_add_test(tests, a_band_s_height_changes_no_picture);
    tcase_add_test(tests, a_band_ends_where_it_must);
    tcase_add_test(tests, threads_draw_a_page_each_and_the_same_dots);
    tcase_add_test(tests, gray_bands_show_what_the_preview_shows);
    tcase_add_test(tests, colour_bands_are_the_preview);
    tcase_add_test(tests, a_scan_in_colours_becomes_gray_bands);
    tcase_add_loop_test(tests, a_module_is_whole_dots_under_every_placement, 0,
                        G_N_ELEMENTS(placed));
    tcase_add_test(tests, bands_have_limits);
    return testing_run(tests);
}
