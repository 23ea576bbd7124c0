#include "drivers/cups/reasons.h"
#include "firmware/maintenance/readiness_table.h"
#include "tests/testing.h"
#include <string.h>

static ReadinessInput good(void)
{
    ReadinessInput input = {.reader = TRI_YES,
                            .free_bytes = G_MAXINT64,
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
    g_strlcpy(input->printer.reasons[0].keyword, keyword, sizeof input->printer.reasons[0].keyword);
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
        ck_assert_msg(bad == NULL, "%s: %s", row->name, bad ? bad->word : "");
        return;
    }
    ck_assert_msg(bad != NULL, "%s is ready", row->name);
    ck_assert_str_eq(bad->id, row->id);
    ck_assert_str_eq(bad->reason, row->reason);
    char en[CHECK_SENTENCE_BYTES], zh[CHECK_SENTENCE_BYTES];
    check_say(bad, LANGUAGE_EN, en, sizeof en);
    check_say(bad, LANGUAGE_ZH, zh, sizeof zh);
    ck_assert_int_gt(strlen(en), 8);
    ck_assert_int_gt(strlen(zh), 8);
    ck_assert_str_ne(en, zh);
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

START_TEST(every_sentence_stands_in_both_languages_with_the_same_places)
{
    gsize count;
    const CheckRow *rows = check_rows(&count);
    for (gsize i = 0; i < count; i++) {
        ck_assert_msg(*rows[i].zh && *rows[i].en, "%s", rows[i].word);
        ck_assert_ptr_eq(check_row(rows[i].word), &rows[i]); /* no word twice */
        ck_assert_msg(!strstr(rows[i].zh, "{value}") == !strstr(rows[i].en, "{value}"), "%s",
                      rows[i].word);
        gboolean latin = TRUE;
        for (const char *c = rows[i].en; *c; c++)
            latin = latin && (guchar)*c < 0x80;
        ck_assert_msg(latin, "%s", rows[i].word);
    }
}
END_TEST

START_TEST(what_a_part_says_never_takes_the_place_of_another_words)
{
    Checks checks;
    char said[CHECK_SENTENCE_BYTES];
    ReadinessInput input = good();
    input.service = TRI_NO;
    g_strlcpy(input.service_error, "{more} {value} %s %n", sizeof input.service_error);
    readiness_check(&input, &checks);
    check_say(readiness_first_bad(&checks), LANGUAGE_EN, said, sizeof said);
    ck_assert_str_eq(said, "{more} {value} %s %n");
    check_say(readiness_first_bad(&checks), LANGUAGE_ZH, said, 40);
    ck_assert(g_utf8_validate(said, -1, NULL));
}
END_TEST

START_TEST(who_does_not_answer_in_time_is_said_to_be_late_and_is_not_ready)
{
    Checks checks;
    char said[CHECK_SENTENCE_BYTES];
    ReadinessInput input = good();
    input.service = TRI_UNKNOWN;
    readiness_check(&input, &checks);
    readiness_end_waiting(&checks, 12000);
    const Check *bad = readiness_first_bad(&checks);
    ck_assert_str_eq(bad->id, "service.reachable");
    check_say(bad, LANGUAGE_EN, said, sizeof said);
    ck_assert_str_eq(said, "no answer within 12 s");
}
END_TEST

START_TEST(who_was_never_waited_for_is_not_said_to_be_late)
{
    Checks checks;
    char said[CHECK_SENTENCE_BYTES];
    ReadinessInput input = good();
    input.service = TRI_NO;
    input.clock = TRI_UNKNOWN; /* it is compared with the service's */
    readiness_check(&input, &checks);
    readiness_end_waiting(&checks, 300);
    const Check *clock = &checks.items[checks.count - 1];
    ck_assert_str_eq(clock->id, "clock.trusted");
    ck_assert_int_eq(clock->state, CHECK_UNKNOWN);
    check_say(clock, LANGUAGE_EN, said, sizeof said);
    ck_assert_str_eq(said, "not compared with the service's time yet");
}
END_TEST

START_TEST(a_page_shows_whole_sentences)
{
    const Check check = {.word = "clock.unasked"};
    char said[CHECK_SENTENCE_BYTES];
    check_say_whole(&check, LANGUAGE_EN, said, sizeof said);
    ck_assert_str_eq(said, "Not compared with the service's time yet.");
    check_say_whole(&check, LANGUAGE_ZH, said, sizeof said);
    ck_assert_str_eq(said, "还没有与登记系统对时。");
}
END_TEST

/* A row each: what the printer says, what the technician reads, what becomes of the machine. */
static const struct {
    const char *reason, *id, *en, *zh;
    CheckState state;
} reasons[] = {
    {"media-empty-error", "printer.media",
     "Load the next booklets into the tray and tell the stock. (media-empty)",
     "把接下来的红本放进纸盒，并登记库存。（media-empty）", CHECK_BAD},
    {"marker-opc-missing-error", "printer.supply", "Put the drum back. (marker-opc-missing)",
     "把硒鼓装回去。（marker-opc-missing）", CHECK_BAD},
    {"laser-near-eol-warning", "printer.finisher", "It wears out soon. (laser-near-eol)",
     "它快到寿命了。（laser-near-eol）", CHECK_WARN},
    {"x-vendor-flux-low", "printer.other",
     "reports x-vendor-flux-low, which is not in our table: look at its own panel",
     "打印机报告 x-vendor-flux-low，本机不认识：看它自己的面板", CHECK_WARN},
    {"x-vendor-flux-error", "printer.other",
     "reports x-vendor-flux-error, which is not in our table: look at its own panel",
     "打印机报告 x-vendor-flux-error，本机不认识：看它自己的面板", CHECK_WARN},
};

static const Check *find_check(const Checks *checks, const char *id, CheckState state)
{
    for (gsize i = 0; i < checks->count; i++)
        if (!strcmp(checks->items[i].id, id) && checks->items[i].state == state)
            return &checks->items[i];
    ck_abort_msg("no %s that is %s", id, check_state_word(state));
    return NULL;
}

START_TEST(what_is_unsure_and_what_was_not_taken_are_told_apart)
{
    ReadinessInput input = good();
    Checks checks;
    input.unsure = 3;
    input.retained = 1;
    readiness_check(&input, &checks);
    guint told = 0;
    for (gsize i = 0; i < checks.count; i++) {
        const Check *check = &checks.items[i];
        gboolean retained = !strcmp(check->word, "issuance.retained");
        if (strcmp(check->id, "issuance.unsure") != 0)
            continue;
        told++;
        ck_assert_str_eq(check->value, retained ? "1" : "2");
    }
    ck_assert_uint_eq(told, 2);
}
END_TEST

START_TEST(a_printers_reason_is_said_with_its_steps_and_an_unknown_one_as_it_is)
{
    Checks checks;
    char said[CHECK_SENTENCE_BYTES];
    ReadinessInput input = good();
    PrinterStatus *printer = &input.printer;
    ck_assert(reason_parse(reasons[_i].reason, &printer->reasons[printer->n_reasons++]));
    readiness_check(&input, &checks);
    const Check *check = find_check(&checks, reasons[_i].id, reasons[_i].state);
    check_say(check, LANGUAGE_EN, said, sizeof said);
    ck_assert_str_eq(said, reasons[_i].en);
    check_say(check, LANGUAGE_ZH, said, sizeof said);
    ck_assert_str_eq(said, reasons[_i].zh);
}
END_TEST

/* A word of every kind of row, and some without one. */
static const char *const keywords[] = {
    "media-empty",  "media-low",    "media-jam",        "door-open",       "toner-empty",
    "toner-low",    "paused",       "output-area-full", "fuser-over-temp", "spool-area-full",
    "spooler-down", "spooler-busy", "stapler-jam",      "laser-near-eol",  "x-vendor-flux",
    "other",        "unknown"};

START_TEST(gate_driver_and_menu_agree_on_what_keeps_the_printer_from_printing)
{
    static const char *const suffixes[] = {"", "-report", "-warning", "-error"};
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        Checks checks;
        ReadinessInput input = good();
        PrinterReason *reason = &input.printer.reasons[input.printer.n_reasons++];
        g_autofree char *text = g_strconcat(keywords[_i], suffixes[i], NULL);
        ck_assert(reason_parse(text, reason));
        readiness_check(&input, &checks);
        gboolean shut = readiness_first_bad(&checks) != NULL;
        ck_assert_msg(shut == !printer_can_print(&input.printer), "%s", text);
        ck_assert_msg(shut == printer_reason_blocks(reason), "%s", text); /* the menu's colour */
        ck_assert_msg(!shut || printer_reason_row(reason->keyword), "%s", text);
    }
}
END_TEST

static const Check *find(const Checks *checks, const char *id)
{
    for (gsize i = 0; i < checks->count; i++)
        if (!strcmp(checks->items[i].id, id))
            return &checks->items[i];
    return NULL;
}

/* One word a language: nothing that the code put together beforehand. */
START_TEST(the_printer_s_own_line_has_no_word_of_the_other_language)
{
    static const struct {
        const char *model;
        int impressions;
        const char *zh, *en;
    } printers[] = {
        {"Example 2000", 1234, "Example 2000，计数器 1234 (IPP)", "Example 2000, counter 1234 (IPP)"},
        {"Example 2000", -1, "Example 2000，没有计数器", "Example 2000, no counter"},
        {"", 1234, "没有报型号，计数器 1234 (IPP)", "tells no model, counter 1234 (IPP)"},
        {"", -1, "没有报型号，没有计数器", "tells no model, no counter"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(printers); i++) {
        ReadinessInput input = good();
        Checks checks;
        char zh[CHECK_SENTENCE_BYTES], en[CHECK_SENTENCE_BYTES];
        g_strlcpy(input.printer.model, printers[i].model, sizeof input.printer.model);
        input.printer.impressions = printers[i].impressions;
        readiness_check(&input, &checks);
        const Check *check = find(&checks, "printer.reachable");
        check_say(check, LANGUAGE_ZH, zh, sizeof zh);
        check_say(check, LANGUAGE_EN, en, sizeof en);
        ck_assert_str_eq(zh, printers[i].zh);
        ck_assert_str_eq(en, printers[i].en);
    }
}
END_TEST

START_TEST(a_shut_door_is_well_and_a_cabinet_without_sensor_says_nothing_of_it)
{
    ReadinessInput input = good();
    Checks checks;
    readiness_check(&input, &checks);
    ck_assert(find(&checks, "cabinet.door") == NULL);
    input.cabinet.door_shut = TRI_YES;
    readiness_check(&input, &checks);
    ck_assert_int_eq(find(&checks, "cabinet.door")->state, CHECK_OK);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("readiness");
    tcase_add_loop_test(tests, one_bad_part_keeps_the_machine_shut_and_says_why, 0,
                        G_N_ELEMENTS(cases));
    tcase_add_test(tests, nothing_known_is_not_ready);
    tcase_add_test(tests, every_sentence_stands_in_both_languages_with_the_same_places);
    tcase_add_test(tests, a_page_shows_whole_sentences);
    tcase_add_test(tests, what_a_part_says_never_takes_the_place_of_another_words);
    tcase_add_test(tests, who_was_never_waited_for_is_not_said_to_be_late);
    tcase_add_test(tests, who_does_not_answer_in_time_is_said_to_be_late_and_is_not_ready);
    tcase_add_test(tests, the_printer_s_own_line_has_no_word_of_the_other_language);
    tcase_add_test(tests, a_shut_door_is_well_and_a_cabinet_without_sensor_says_nothing_of_it);
    tcase_add_test(tests, what_is_unsure_and_what_was_not_taken_are_told_apart);
    tcase_add_loop_test(tests, a_printers_reason_is_said_with_its_steps_and_an_unknown_one_as_it_is,
                        0, (int)G_N_ELEMENTS(reasons));
    tcase_add_loop_test(tests, gate_driver_and_menu_agree_on_what_keeps_the_printer_from_printing,
                        0, (int)G_N_ELEMENTS(keywords));
    return testing_run(tests);
}
