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
    {"x-vendor-flux-error", "x-vendor-flux-error", PRINTER_SEVERITY_ERROR, FALSE},
    {"x-vendor-flux-report", "x-vendor-flux-report", PRINTER_SEVERITY_REPORT, FALSE},
    {"other-error", "other-error", PRINTER_SEVERITY_ERROR, FALSE},
    {"spooler-down", "spooler-down", PRINTER_SEVERITY_ERROR, TRUE},
    {"spooler-no-queue", "spooler-no-queue", PRINTER_SEVERITY_ERROR, TRUE},
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

static const char *const floods[] = {"x-hello-report", "x-hello-error", "toner-low-warning"};

START_TEST(a_flood_of_what_does_not_block_does_not_hide_an_error)
{
    PrinterStatus status = {0};
    PrinterReason flood, empty;
    reason_parse(floods[_i], &flood);
    reason_parse("media-empty-error", &empty);
    for (int i = 0; i < 100; i++)
        reason_add(&status, &flood);
    reason_add(&status, &empty);
    for (int i = 0; i < 100; i++)
        reason_add(&status, &flood);
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
        ck_assert(g_str_has_suffix(row->en, ".") && g_str_has_suffix(row->zh, "。"));
    }
    ck_assert_ptr_null(printer_reason_row("media-empty-error"));
    ck_assert_ptr_null(printer_reason_row("other")); /* says nothing */
    ck_assert_ptr_null(printer_reason_row(""));
}
END_TEST

/* Right after a job of which every side was counted: what may stand without doubt on its paper. */
static const struct {
    const char *reasons; /* separated by blanks */
    PrinterState state;
    gboolean clean, can_print;
} ends[] = {
    {"", PRINTER_STATE_IDLE, TRUE, TRUE},
    {"media-empty-error", PRINTER_STATE_STOPPED, TRUE, FALSE},
    {"media-empty-error media-needed-error", PRINTER_STATE_STOPPED, TRUE, FALSE},
    {"input-tray-missing-error", PRINTER_STATE_STOPPED, TRUE, FALSE},
    {"media-low-warning toner-low-report", PRINTER_STATE_IDLE, TRUE, TRUE},
    {"paused", PRINTER_STATE_STOPPED, TRUE, FALSE},
    {"media-jam-error", PRINTER_STATE_STOPPED, FALSE, FALSE},
    {"media-empty-error media-jam-error", PRINTER_STATE_STOPPED, FALSE, FALSE},
    {"door-open-report", PRINTER_STATE_IDLE, FALSE, FALSE},
    {"toner-empty-warning", PRINTER_STATE_IDLE, FALSE, FALSE},
    {"stapler-jam-error", PRINTER_STATE_STOPPED, FALSE, FALSE},
    {"x-vendor-flux-error", PRINTER_STATE_STOPPED, FALSE, FALSE},
    {"x-vendor-flux-error", PRINTER_STATE_IDLE, TRUE, TRUE},
    {"x-vendor-flux-warning", PRINTER_STATE_IDLE, TRUE, TRUE},
    {"", PRINTER_STATE_STOPPED, TRUE, FALSE},
    {"", PRINTER_STATE_UNKNOWN, FALSE, FALSE},
};

START_TEST(an_empty_tray_after_the_last_side_does_not_doubt_the_job_but_a_jam_does)
{
    PrinterStatus status = {.state = ends[_i].state};
    g_auto(GStrv) words = g_strsplit(ends[_i].reasons, " ", -1);
    for (char **word = words; *word && **word; word++) {
        PrinterReason reason;
        ck_assert(reason_parse(*word, &reason));
        reason_add(&status, &reason);
    }
    ck_assert_msg(printer_is_clean(&status) == ends[_i].clean, "%s", ends[_i].reasons);
    ck_assert_msg(printer_can_print(&status) == ends[_i].can_print, "%s", ends[_i].reasons);
}
END_TEST

/* Registered for printer-state-reasons (RFC 8011, PWG 5100.9, 5100.13, 5100.15, 5100.21), without those
 * of parts that follow below; `none`, `other` and `unknown` say nothing. */
static const char registered[] =
    "alert-removal-of-binary-change-entry cleaner-life-almost-over cleaner-life-over "
    "configuration-change connecting-to-device cover-open deactivated developer-empty "
    "developer-low door-open fuser-over-temp fuser-under-temp hold-new-jobs "
    "identify-printer-requested input-cannot-feed-size-selected input-manual-input-request "
    "input-media-color-change input-media-form-parts-change input-media-size-change "
    "input-media-type-change input-media-weight-change input-tray-elevation-failure "
    "input-media-tray-failure input-media-tray-feed-error input-media-tray-jam "
    "input-pick-roller-failure input-pick-roller-life-over input-pick-roller-life-warn "
    "input-pick-roller-missing "
    "input-tray-missing input-tray-position-failure interlock-closed interlock-open "
    "interpreter-cartridge-added interpreter-cartridge-deleted "
    "interpreter-complex-page-encountered interpreter-memory-decrease "
    "interpreter-memory-increase interpreter-resource-added interpreter-resource-deleted "
    "interpreter-resource-unavailable marker-adjusting-print-quality "
    "marker-developer-almost-empty marker-developer-empty marker-fuser-thermistor-failure "
    "marker-fuser-timing-failure marker-ink-almost-empty marker-ink-empty "
    "marker-print-ribbon-almost-empty marker-print-ribbon-empty marker-supply-empty "
    "marker-cleaner-missing marker-developer-missing marker-fuser-missing marker-ink-missing "
    "marker-opc-missing marker-print-ribbon-missing marker-supply-almost-empty "
    "marker-supply-missing marker-toner-missing marker-waste-ink-receptacle-missing "
    "marker-waste-missing marker-waste-toner-receptacle-missing "
    "marker-supply-low marker-toner-cartridge-missing marker-waste-almost-full "
    "marker-waste-full marker-waste-ink-receptacle-almost-full marker-waste-ink-receptacle-full "
    "marker-waste-toner-receptacle-almost-full marker-waste-toner-receptacle-full media-empty "
    "media-jam media-low media-needed media-path-cannot-duplex-media-selected "
    "media-path-failure media-path-input-empty media-path-input-feed-error media-path-input-jam "
    "media-path-input-request media-path-jam media-path-output-feed-error media-path-output-full "
    "media-path-output-jam media-path-pick-roller-failure media-path-pick-roller-life-over "
    "media-path-pick-roller-life-warn media-path-pick-roller-missing media-drying "
    "media-path-media-tray-almost-full media-path-media-tray-full media-path-media-tray-missing "
    "moving-to-paused opc-life-over opc-near-eol output-area-almost-full output-area-full "
    "output-media-tray-failure output-media-tray-feed-error output-media-tray-jam "
    "output-mailbox-select-failure output-tray-missing paused power-down power-up "
    "printer-manual-reset printer-nms-reset printer-ready-to-print resuming shutdown "
    "spool-area-full stopped-partly stopping subunit-missing testing timed-out toner-empty "
    "toner-low "
    "camera-failure chamber-cooling chamber-failure chamber-heating chamber-temperature-high "
    "chamber-temperature-low extruder-cooling extruder-failure extruder-heating extruder-jam "
    "extruder-temperature-high extruder-temperature-low fan-failure fax-modem-life-almost-over "
    "fax-modem-life-over fax-modem-missing fax-modem-turned-off fax-modem-turned-on lamp-at-eol "
    "lamp-failure lamp-near-eol laser-at-eol laser-failure laser-near-eol material-empty "
    "material-low material-needed motor-failure platform-cooling platform-failure "
    "platform-heating platform-temperature-high platform-temperature-low subunit-cooling-down";

static const char finisher_conditions[] =
    "added almost-empty almost-full at-limit closed configuration-change cover-closed cover-open "
    "empty full interlock-closed interlock-open jam life-almost-over life-over memory-exhausted "
    "missing motor-failure near-limit offline opened over-temperature power-saver "
    "recoverable-failure recoverable-storage-error removed resource-added "
    "resource-removed thermistor-failure timing-failure turned-off turned-on under-temperature "
    "unrecoverable-failure unrecoverable-storage-error warming-up";

static const char finishers[] =
    "bander binder die-cutter folder imprinter inserter make-envelope perforater puncher "
    "separation-cutter sheet-rotator slitter stacker stapler stitcher subunit trimmer wrapper";

static void expect_row(const char *keyword)
{
    static const char *const severities[] = {"", "-report", "-warning", "-error"};
    const PrinterReasonRow *row = printer_reason_row(keyword);
    ck_assert_msg(row && *row->check && *row->citizen && g_str_has_suffix(row->en, ".") &&
                      g_str_has_suffix(row->zh, "。"), "%s", keyword);
    for (gsize i = 0; i < G_N_ELEMENTS(severities); i++) {
        PrinterReason reason;
        g_autofree char *text = g_strconcat(keyword, severities[i], NULL);
        ck_assert_msg(reason_parse(text, &reason), "%s", text);
        ck_assert_msg(!strcmp(reason.keyword, keyword), "%s is read as %s", text, reason.keyword);
    }
}

START_TEST(every_registered_reason_has_a_row_and_keeps_its_keyword)
{
    g_auto(GStrv) words = g_strsplit(registered, " ", -1);
    g_auto(GStrv) parts = g_strsplit(finishers, " ", -1);
    g_auto(GStrv) conditions = g_strsplit(finisher_conditions, " ", -1);
    for (char **word = words; *word; word++)
        expect_row(*word);
    for (char **part = parts; *part; part++)
        for (char **condition = conditions; *condition; condition++) {
            g_autofree char *keyword = g_strdup_printf("%s-%s", *part, *condition);
            expect_row(keyword);
        }
    ck_assert_ptr_nonnull(printer_reason_row("bander-recoverable-storage")); /* registered so, too */
    ck_assert_ptr_null(printer_reason_row("stapler-"));
    ck_assert_ptr_null(printer_reason_row("stapler"));
    ck_assert_ptr_null(printer_reason_row("staplers-jam"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("printer reasons");
    tcase_add_loop_test(tests, reasons_are_split_and_weighed_by_the_table, 0,
                        (int)G_N_ELEMENTS(reason_cases));
    tcase_add_test(tests, none_and_what_is_no_keyword_is_not_a_reason);
    tcase_add_test(tests, a_keyword_that_is_too_long_is_cut_and_unknown);
    tcase_add_loop_test(tests, a_flood_of_what_does_not_block_does_not_hide_an_error, 0,
                        (int)G_N_ELEMENTS(floods));
    tcase_add_test(tests, every_row_names_a_check_and_a_step_for_the_technician);
    tcase_add_loop_test(tests,
                        an_empty_tray_after_the_last_side_does_not_doubt_the_job_but_a_jam_does, 0,
                        (int)G_N_ELEMENTS(ends));
    tcase_add_test(tests, every_registered_reason_has_a_row_and_keeps_its_keyword);
    return testing_run(tests);
}
