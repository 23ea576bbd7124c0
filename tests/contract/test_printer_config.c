/* What holds for printer drivers without any printer. */
#include "drivers/printer.h"
#include "tests/testing.h"
#include <string.h>

/* kiosk.conf is checked before anything is connected. */
static const struct {
    const char *key, *text;
} wrong_config[] = {
    {"uri", "http://localhost/"}, {"uri", "ipp:"},      {"cups_server", "relative/cups.sock"},
    {"queue", "../admin"},        {"media", "booklet"},
};

START_TEST(a_wrong_configuration_is_refused_with_its_key)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    ck_assert(config_set(config, "printer", "cups_server", "/run/cups.sock", NULL));
    ck_assert(config_set(config, "printer", wrong_config[_i].key, wrong_config[_i].text, NULL));
    ck_assert_ptr_null(printer_driver_find("cups")->open(config, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
}
END_TEST

/* libcups makes no connection within 100 ms, and a spooler gets half of the time. */
START_TEST(a_wait_too_short_for_any_connection_is_refused_with_what_is_allowed)
{
    static const char *const keys[] = {"timeout_ms", "stall_ms"};
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    ck_assert(!config_set(config, "printer", keys[_i], "199", &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    g_autofree char *says =
        g_strdup_printf("[printer] %s: 199 is out of range, allowed are 200 to ", keys[_i]);
    ck_assert_msg(strstr(error->message, says) != NULL, "%s", error->message);
    ck_assert(config_set(config, "printer", keys[_i], "200", NULL));
}
END_TEST

START_TEST(no_printer_is_always_unknown)
{
    g_autoptr(Config) config = config_defaults();
    const PrinterDriver *none = printer_driver_find("none");
    PrinterStatus status;
    PrinterJobStatus job;
    const PrinterJob sent = {.name = "key"};
    Printer *nothing = none->open(config, NULL);
    ck_assert(!none->get_status(nothing, &status, NULL));
    ck_assert_int_eq(status.state, PRINTER_STATE_UNKNOWN);
    ck_assert_int_eq(status.impressions, -1);
    ck_assert(!none->get_job(nothing, "key", &job, NULL));
    ck_assert_int_eq(job.state, JOB_STATE_UNKNOWN);
    ck_assert_int_eq(none->submit(nothing, &sent, NULL, NULL), SUBMIT_REFUSED);
    ck_assert(!none->cancel_job(nothing, "key", NULL));
    none->close(nothing);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("printer config");
    tcase_add_loop_test(tests, a_wrong_configuration_is_refused_with_its_key, 0,
                        (int)G_N_ELEMENTS(wrong_config));
    tcase_add_loop_test(tests, a_wait_too_short_for_any_connection_is_refused_with_what_is_allowed,
                        0, 2);
    tcase_add_test(tests, no_printer_is_always_unknown);
    return testing_run(tests);
}
