#include "firmware/issuance/issuance.h"
#include "tests/testing.h"
#include <string.h>

static gboolean has_row(IssuancePhase phase, IssuanceEventId event)
{
    for (gsize i = 0; i < issuance_rows(); i++) {
        IssuanceRow row = issuance_row(i);
        if (row.event == event && (row.phase == phase || row.phase == PHASE_UNKNOWN))
            return TRUE;
    }
    return FALSE;
}

START_TEST(every_phase_is_reachable_and_leads_to_the_end)
{
    gboolean reached[PHASE_COUNT] = {[PHASE_IDLE] = TRUE}, ends[PHASE_COUNT] = {0};
    ends[PHASE_ENDED] = TRUE;
    for (int round = 0; round < PHASE_COUNT; round++)
        for (gsize i = 0; i < issuance_rows(); i++) {
            IssuanceRow row = issuance_row(i);
            if (row.phase == PHASE_UNKNOWN || row.next == PHASE_UNKNOWN)
                continue;
            reached[row.next] |= reached[row.phase];
            ends[row.phase] |= ends[row.next];
        }
    for (int phase = PHASE_IDLE; phase < PHASE_COUNT; phase++) {
        ck_assert_msg(reached[phase], "%s", issuance_phase_word((IssuancePhase)phase));
        ck_assert_msg(ends[phase], "%s", issuance_phase_word((IssuancePhase)phase));
    }
}
END_TEST

START_TEST(every_waiting_phase_has_a_deadline_that_leads_on)
{
    IssuanceConfig config;
    issuance_config_default(&config);
    for (int phase = PHASE_RESERVING; phase < PHASE_ENDED; phase++)
        ck_assert_msg(has_row((IssuancePhase)phase, ISSUANCE_EVENT_TIMER), "%s",
                      issuance_phase_word((IssuancePhase)phase));
}
END_TEST

START_TEST(the_last_row_of_a_pair_is_unconditional_and_only_the_last)
{
    for (gsize i = 0; i < issuance_rows(); i++) {
        IssuanceRow row = issuance_row(i);
        gboolean last = TRUE;
        for (gsize j = i + 1; j < issuance_rows(); j++) {
            IssuanceRow other = issuance_row(j);
            last &= other.phase != row.phase || other.event != row.event;
        }
        ck_assert_msg(last == (*row.guard == '\0'), "row %zu: %s on %s", i,
                      issuance_phase_word(row.phase), issuance_event_word(row.event));
    }
}
END_TEST

START_TEST(every_pair_is_named_and_unknown_ones_change_nothing)
{
    IssuanceConfig config;
    issuance_config_default(&config);
    for (int phase = PHASE_IDLE; phase < PHASE_COUNT; phase++)
        for (int event = 1; event < ISSUANCE_EVENT_COUNT; event++) {
            ck_assert_str_ne(issuance_phase_word((IssuancePhase)phase), "unknown");
            ck_assert_str_ne(issuance_event_word((IssuanceEventId)event), "unknown");
            if (has_row((IssuancePhase)phase, (IssuanceEventId)event))
                continue;
            Issuance machine, before;
            issuance_init(&machine, &config);
            machine.phase = (IssuancePhase)phase;
            machine.awaited = machine.request = 5;
            machine.deadline_ms = 10;
            before = machine;
            IssuanceEffects effects;
            IssuanceEvent sent = {.id = (IssuanceEventId)event, .request = 5};
            issuance_step(&machine, &sent, 20, &effects);
            ck_assert_int_eq(effects.n, 0);
            ck_assert_mem_eq(&machine, &before, sizeof machine);
        }
}
END_TEST

START_TEST(only_one_row_submits_and_it_journals_first)
{
    int rows = 0;
    for (gsize i = 0; i < issuance_rows(); i++) {
        IssuanceRow row = issuance_row(i);
        if (strcmp(row.action, "submit"))
            continue;
        rows++;
        ck_assert_int_eq(row.phase, PHASE_RECHECK);
    }
    ck_assert_int_eq(rows, 1);
}
END_TEST

START_TEST(deadlines_before_the_job_leave_time_to_print_and_settle)
{
    IssuanceConfig c;
    issuance_config_default(&c);
    ck_assert_int_eq(c.budget_ms, BUDGET_MS);
    ck_assert_int_ge(c.budget_ms - c.settle_ms - c.reserve_ms - 2 * c.printer_ms - c.render_ms,
                     45000);
    ck_assert_int_ge(c.settle_ms, c.printer_ms + 2 * c.evidence_gap_ms);
    ck_assert_int_ge(c.evidence_gap_ms, 1000);
}
END_TEST

START_TEST(documentation_holds_the_table_as_it_is)
{
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    g_autofree char *path = g_build_filename(folder, "../../docs/RELIABILITY.md", NULL);
    g_autofree char *text = NULL, *table = issuance_document();
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s cannot be read", path);
    ck_assert_msg(strstr(text, table) != NULL, "put this into docs/RELIABILITY.md:\n%s", table);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "--document")) {
        g_autofree char *table = issuance_document();
        return fputs(table, stdout) < 0;
    }
    TCase *tests = tcase_create("issuance_table");
    tcase_add_test(tests, every_phase_is_reachable_and_leads_to_the_end);
    tcase_add_test(tests, every_waiting_phase_has_a_deadline_that_leads_on);
    tcase_add_test(tests, the_last_row_of_a_pair_is_unconditional_and_only_the_last);
    tcase_add_test(tests, every_pair_is_named_and_unknown_ones_change_nothing);
    tcase_add_test(tests, only_one_row_submits_and_it_journals_first);
    tcase_add_test(tests, deadlines_before_the_job_leave_time_to_print_and_settle);
    tcase_add_test(tests, documentation_holds_the_table_as_it_is);
    return testing_run(tests);
}
