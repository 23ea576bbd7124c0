#include "firmware/maintenance/readiness.h"
#include "tests/testing.h"
#include <string.h>

static ReadinessInput good(void)
{
    ReadinessInput input = {.reader = TRI_YES,
                            .printer_asked = TRUE,
                            .printer_answered = TRUE,
                            .document = TRI_YES,
                            .service = TRI_YES,
                            .service_wants_open = TRI_YES,
                            .clock = TRI_YES};
    input.printer.state = PRINTER_STATE_IDLE;
    input.printer.accepting = TRI_YES;
    input.printer.media_ready = TRI_YES;
    input.printer.impressions = 100;
    input.printer.format = PRINTER_FORMAT_PDF;
    g_strlcpy(input.next_serial, "D33000000001", sizeof input.next_serial);
    return input;
}

static void report(ReadinessInput *input, const char *keyword, PrinterSeverity severity)
{
    input->printer.n_reasons = 1;
    input->printer.reasons[0].severity = severity;
    g_strlcpy(input->printer.reasons[0].keyword, keyword,
              sizeof input->printer.reasons[0].keyword);
}

/* One change each: what keeps the machine shut, and the word that the closed screen gets. */
typedef struct {
    const char *name, *id, *reason; /* id NULL: still ready */
    void (*change)(ReadinessInput *input);
} Case;

#define CASE(name, id, reason, statement)                                                          \
    static void change_##name(ReadinessInput *input)                                               \
    {                                                                                              \
        statement;                                                                                 \
    }
#include "tests/unit/readiness_cases.h"
#undef CASE
#define CASE(name, id, reason, statement) {#name, id, reason, change_##name},
static const Case cases[] = {
#include "tests/unit/readiness_cases.h"
};

START_TEST(one_bad_part_keeps_the_machine_shut_and_says_why)
{
    const Case *row = &cases[_i];
    ReadinessInput input = good();
    Checks checks;
    row->change(&input);
    readiness_check(&input, &checks);
    const Check *bad = readiness_first_bad(&checks);
    if (!row->id) {
        ck_assert_msg(bad == NULL, "%s: %s", row->name, bad ? bad->sentence : "");
        return;
    }
    ck_assert_msg(bad != NULL, "%s is ready", row->name);
    ck_assert_str_eq(bad->id, row->id);
    ck_assert_str_eq(bad->reason, row->reason);
    ck_assert_int_gt(strlen(bad->sentence), 8);
}
END_TEST

START_TEST(nothing_known_is_not_ready)
{
    ReadinessInput input = {0};
    Checks checks;
    readiness_check(&input, &checks);
    ck_assert_ptr_nonnull(readiness_first_bad(&checks));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("readiness");
    tcase_add_loop_test(tests, one_bad_part_keeps_the_machine_shut_and_says_why, 0,
                        G_N_ELEMENTS(cases));
    tcase_add_test(tests, nothing_known_is_not_ready);
    return testing_run(tests);
}
