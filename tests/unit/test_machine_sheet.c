/* Sheets about the machine: what calibration finds, where the lines really stand, what a report
 * says. */
#include "firmware/document/fonts.h"
#include "firmware/document/machine_sheet.h"
#include "firmware/maintenance/report.h"
#include "tests/testing.h"
#include <math.h>
#include <string.h>

#define DPI 300
#define NOW_MS 1782786240000

/* A printer that makes m = e0 + e1 * P(p) of a place p. */
static int printed_um(int place_um, int offset_um, int scale_ppm, double e0, double e1)
{
    return (int)lround(e0 + e1 * (offset_um + (1 + scale_ppm / 1e6) * place_um));
}

START_TEST(calibration_undoes_what_the_printer_does)
{
    static const Placement starts[] = {{0, 0, 0, 0}, {900, -400, 1500, -2500}};
    const double e0[] = {-1200, 700}, e1[] = {0.9962, 1.0031};
    for (gsize s = 0; s < G_N_ELEMENTS(starts); s++) {
        const Placement *was = &starts[s];
        Placement found;
        int measured_um[CALIBRATION_LINES];
        for (int i = 0; i < CALIBRATION_LINES; i++)
            measured_um[i] =
                printed_um(calibration_line_um(i), i < 2 ? was->offset_x_um : was->offset_y_um,
                           i < 2 ? was->scale_x_ppm : was->scale_y_ppm, e0[i / 2], e1[i / 2]);
        ck_assert(calibration_solve(was, measured_um, &found));
        for (int i = 0; i < CALIBRATION_LINES; i++) {
            int now_um =
                printed_um(calibration_line_um(i), i < 2 ? found.offset_x_um : found.offset_y_um,
                           i < 2 ? found.scale_x_ppm : found.scale_y_ppm, e0[i / 2], e1[i / 2]);
            ck_assert_msg(abs(now_um - calibration_line_um(i)) <= 2, "line %d: %d um", i, now_um);
        }
    }
}
END_TEST

START_TEST(a_measure_that_no_printer_can_make_is_refused)
{
    const Placement was = {0};
    Placement found = {.offset_x_um = 7};
    const int swapped[CALIBRATION_LINES] = {147000, 20000, 20000, 220000};
    const int far[CALIBRATION_LINES] = {20000, 147000, 26000, 226000};
    const int stretched[CALIBRATION_LINES] = {20000, 149000, 20000, 220000};
    ck_assert(!calibration_solve(&was, swapped, &found));
    ck_assert(!calibration_solve(&was, far, &found));
    ck_assert(!calibration_solve(&was, stretched, &found));
    ck_assert_int_eq(found.offset_x_um, 7);
}
END_TEST

static Document *make_document(const Placement *placement)
{
    g_autoptr(GError) error = NULL;
    Document *document = document_create(ASSETS_DIR, STOCK_PLAIN, placement, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
    return document;
}

/* Whether a line stands within a dot of `at_mm`: dark there over nearly the whole leaf. */
static gboolean is_line(const guint8 *dots, const RasterSource *source, gboolean upright,
                        double at_mm)
{
    int at = (int)lround(at_mm / 25.4 * DPI), length = upright ? source->height_px : source->width_px;
    int best = 0;
    for (int near = at - 1; near <= at + 1; near++) {
        int dark = 0;
        for (int i = 0; i < length; i++) {
            int x = upright ? near : i, y = upright ? i : near;
            dark += dots[(gsize)y * raster_stride(source) + (gsize)x] < 200;
        }
        best = MAX(best, dark);
    }
    return best > length * 8 / 10;
}

START_TEST(the_lines_stand_where_the_placement_puts_them)
{
    static const Placement placements[] = {{0, 0, 0, 0}, {1200, -800, 4000, -3000}};
    for (gsize p = 0; p < G_N_ELEMENTS(placements); p++) {
        const Placement *is = &placements[p];
        g_autoptr(GError) error = NULL;
        g_autoptr(Document) document = make_document(is);
        g_autoptr(MachineSheets) sheets =
            machine_sheets_create(document, SHEET_CALIBRATION, "校准页\nA\t20.0", &error);
        ck_assert_ptr_nonnull(sheets);
        g_autoptr(RasterSource) source =
            machine_sheets_to_bands(sheets, RASTER_GRAY8, DPI, &error);
        ck_assert_ptr_nonnull(source);
        g_autofree guint8 *dots =
            g_malloc((gsize)source->height_px * raster_stride(source));
        ck_assert(source->fill(source, 0, 0, source->height_px, dots));
        for (int i = 0; i < CALIBRATION_LINES; i++) {
            double scale = 1 + (i < 2 ? is->scale_x_ppm : is->scale_y_ppm) / 1e6;
            double at_mm = ((i < 2 ? is->offset_x_um : is->offset_y_um) +
                            scale * calibration_line_um(i)) / 1000;
            ck_assert_msg(is_line(dots, source, i < 2, at_mm), "no line %d at %.2f mm", i, at_mm);
            ck_assert(!is_line(dots, source, i < 2, at_mm + 0.6));
        }
    }
}
END_TEST

/* Drawn again by the same document: what the technician sees after he typed in what he measured. */
START_TEST(a_new_placement_counts_for_the_next_sheet)
{
    g_autoptr(Document) document = make_document(NULL);
    g_autofree char *before = g_strdup(document_template_id(document));
    const Placement found = {.offset_x_um = 1200};
    for (int moved = 0; moved < 2; moved++) {
        g_autoptr(GError) error = NULL;
        if (moved)
            document_set_placement(document, &found);
        g_autoptr(MachineSheets) sheets =
            machine_sheets_create(document, SHEET_CALIBRATION, "校准页", &error);
        g_autoptr(RasterSource) source = machine_sheets_to_bands(sheets, RASTER_GRAY8, DPI, &error);
        ck_assert_ptr_nonnull(source);
        g_autofree guint8 *dots = g_malloc((gsize)source->height_px * raster_stride(source));
        ck_assert(source->fill(source, 0, 0, source->height_px, dots));
        ck_assert_int_eq(is_line(dots, source, TRUE, 20.0), !moved);
        ck_assert_int_eq(is_line(dots, source, TRUE, 21.2), moved);
    }
    ck_assert_str_ne(document_template_id(document), before);
    document_set_placement(document, &(Placement){0});
    ck_assert_str_eq(document_template_id(document), before);
}
END_TEST

START_TEST(a_long_text_goes_on_and_a_strange_one_does_no_harm)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) document = make_document(NULL);
    g_autoptr(GString) text = g_string_new("标题");
    for (int i = 0; i < 90; i++)
        g_string_append_printf(text, "\nname %d\tvalue \xee\x80\x80 \x01 of %d", i, i);
    g_autoptr(MachineSheets) many = machine_sheets_create(document, SHEET_TEXT, text->str, &error);
    ck_assert_ptr_nonnull(many);
    ck_assert_int_ge(machine_sheets_count(many), 2);
    g_autoptr(GBytes) pdf = machine_sheets_to_pdf(many, FALSE, NOW_MS, &error);
    ck_assert_ptr_nonnull(pdf);
    ck_assert(!memcmp(g_bytes_get_data(pdf, NULL), "%PDF-", 5));
    g_autoptr(MachineSheets) test = machine_sheets_create(document, SHEET_TEST, text->str, &error);
    ck_assert_ptr_null(test);
    g_clear_error(&error);
    g_autofree char *huge = g_strnfill(SHEET_TEXT_MAX + 1, 'a');
    ck_assert_ptr_null(machine_sheets_create(document, SHEET_TEXT, huge, &error));
    ck_assert_str_eq(error->message, "sheet: 20001 bytes, at most 20000 of UTF-8");
}
END_TEST

START_TEST(the_report_names_checks_stock_and_tests_in_both_languages)
{
    g_autoptr(Config) config = config_defaults();
    Stock *stock = stock_create();
    Checks checks;
    const PrinterStatus printer = {.state = PRINTER_STATE_IDLE, .impressions = 4711};
    const ReaderDescription reader = {.module = "05.01-20240101-0001234567-0007654321",
                                      .device = "0400:c35a",
                                      .version = "2.10",
                                      .counts = {0, 41, 2, 1}};
    const ReadinessInput nothing = {.stock_reason = "stock-empty"};
    readiness_check(&nothing, &checks);
    MenuFacts *facts = g_new0(MenuFacts, 1);
    *facts = (MenuFacts){.wall_ms = NOW_MS,
                         .config = config,
                         .checks = &checks,
                         .printer = &printer,
                         .reader = &reader,
                         .stock = stock,
                         .n_tests = 1,
                         .tests = {{.part = "reader", .ok = TRUE, .at_ms = NOW_MS}}};
    g_autofree char *zh = report_write(facts, LANGUAGE_ZH), *en = report_write(facts, LANGUAGE_EN);
    ck_assert(g_str_has_prefix(zh, "状态报告 A012\n"));
    ck_assert(g_str_has_prefix(en, "Readiness report A012\n"));
    for (gsize i = 0; i < checks.count; i++) {
        ck_assert(strstr(zh, checks.items[i].id) && strstr(en, checks.items[i].id));
    }
    ck_assert(strstr(en, "\nNext booklet\tstock-empty"));
    ck_assert(strstr(en, "\nPage counter\t4711"));
    ck_assert(strstr(en, "\nReader\t05.01-20240101-0001234567-0007654321 0400:c35a 2.10; read 41, "
                         "failed 2, silent 1, garbled 0,"));
    ck_assert(strstr(en, "\nTest of reader\t2026-06-30 10:24 passed"));
    g_free(facts);
    stock_destroy(stock);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("machine_sheet");
    tcase_add_test(tests, calibration_undoes_what_the_printer_does);
    tcase_add_test(tests, a_measure_that_no_printer_can_make_is_refused);
    tcase_add_test(tests, the_lines_stand_where_the_placement_puts_them);
    tcase_add_test(tests, a_new_placement_counts_for_the_next_sheet);
    tcase_add_test(tests, a_long_text_goes_on_and_a_strange_one_does_no_harm);
    tcase_add_test(tests, the_report_names_checks_stock_and_tests_in_both_languages);
    return testing_run(tests);
}
