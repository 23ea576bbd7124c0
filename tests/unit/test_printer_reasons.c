#include "drivers/cups/reasons.h"
#include "tests/testing.h"
#include <string.h>

static const struct {
    const char *text, *keyword;
    PrinterSeverity severity;
    gboolean blocks;
} reason_cases[] = {
    {"media-empty-error", "media-empty", PRINTER_SEVERITY_ERROR, TRUE},
    {"media-empty-warning", "media-empty", PRINTER_SEVERITY_WARNING, TRUE},
    {"media-empty", "media-empty", PRINTER_SEVERITY_ERROR, TRUE},
    {"media-low-warning", "media-low", PRINTER_SEVERITY_WARNING, FALSE},
    {"media-low", "media-low", PRINTER_SEVERITY_WARNING, FALSE},
    {"toner-low-report", "toner-low", PRINTER_SEVERITY_REPORT, FALSE},
    {"toner-low-error", "toner-low", PRINTER_SEVERITY_ERROR, TRUE},
    {"cover-open-report", "cover-open", PRINTER_SEVERITY_REPORT, TRUE},
    {"paused", "paused", PRINTER_SEVERITY_ERROR, TRUE},
    {"x-vendor-flux-low", "x-vendor-flux-low", PRINTER_SEVERITY_UNKNOWN, FALSE},
    {"x-vendor-flux-error", "x-vendor-flux", PRINTER_SEVERITY_ERROR, TRUE},
    {"spooler-down", "spooler-down", PRINTER_SEVERITY_ERROR, TRUE},
};

START_TEST(reasons_are_split_and_weighed_by_the_table)
{
    PrinterReason reason;
    ck_assert_msg(reason_parse(reason_cases[_i].text, &reason), "%s", reason_cases[_i].text);
    ck_assert_str_eq(reason.keyword, reason_cases[_i].keyword);
    ck_assert_int_eq(reason.severity, reason_cases[_i].severity);
    ck_assert_int_eq(printer_reason_blocks(&reason), reason_cases[_i].blocks);
}
END_TEST

START_TEST(none_and_what_is_no_keyword_is_not_a_reason)
{
    static const char *const texts[] = {"none", "", "media empty", "a\nb", "\x1b[2J", "纸"};
    PrinterReason reason;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        ck_assert_msg(!reason_parse(texts[i], &reason), "'%s'", texts[i]);
}
END_TEST

START_TEST(a_keyword_that_is_too_long_is_cut_and_unknown)
{
    char text[1024];
    PrinterReason reason;
    memset(text, 'a', sizeof text);
    g_strlcpy(text + 1000, "-report", 24);
    ck_assert(reason_parse(text, &reason));
    ck_assert_uint_eq(strlen(reason.keyword), sizeof reason.keyword - 1);
    ck_assert_int_eq(reason.severity, PRINTER_SEVERITY_UNKNOWN);
}
END_TEST

START_TEST(a_flood_of_reports_does_not_hide_an_error)
{
    PrinterStatus status = {0};
    PrinterReason report, empty;
    reason_parse("x-hello-report", &report);
    reason_parse("media-empty-error", &empty);
    for (int i = 0; i < 100; i++)
        reason_add(&status, &report);
    reason_add(&status, &empty);
    for (int i = 0; i < 100; i++)
        reason_add(&status, &report);
    ck_assert_uint_eq(status.n_reasons, G_N_ELEMENTS(status.reasons));
    gboolean blocks = FALSE;
    for (gsize i = 0; i < status.n_reasons; i++)
        blocks |= printer_reason_blocks(&status.reasons[i]);
    ck_assert(blocks);
}
END_TEST

START_TEST(every_row_names_a_check_and_a_step_for_the_technician)
{
    static const char *const words[] = {
        "media-empty",
        "media-jam",
        "door-open",
        "cover-open",
        "interlock-open",
        "media-needed",
        "toner-empty",
        "toner-low",
        "marker-supply-empty",
        "marker-supply-low",
        "marker-waste-full",
        "output-area-full",
        "input-tray-missing",
        "paused",
        "moving-to-paused",
        "stopped-partly",
        "shutdown",
        "spool-area-full",
        "fuser-over-temp",
        "opc-life-over",
        "connecting-to-device",
        "timed-out",
        "offline",
        "spooler-down",
        "spooler-stopped",
        "spooler-busy",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const PrinterReasonRow *row = printer_reason_row(words[i]);
        ck_assert_msg(row != NULL, "%s", words[i]);
        ck_assert(g_str_has_prefix(row->check, "printer."));
        ck_assert(g_str_has_suffix(row->technician, "."));
    }
    ck_assert_ptr_null(printer_reason_row("media-empty-error"));
    ck_assert_ptr_null(printer_reason_row("other")); /* says nothing: its severity counts */
    ck_assert_ptr_null(printer_reason_row(""));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("printer reasons");
    tcase_add_loop_test(tests, reasons_are_split_and_weighed_by_the_table, 0,
                        (int)G_N_ELEMENTS(reason_cases));
    tcase_add_test(tests, none_and_what_is_no_keyword_is_not_a_reason);
    tcase_add_test(tests, a_keyword_that_is_too_long_is_cut_and_unknown);
    tcase_add_test(tests, a_flood_of_reports_does_not_hide_an_error);
    tcase_add_test(tests, every_row_names_a_check_and_a_step_for_the_technician);
    return testing_run(tests);
}
