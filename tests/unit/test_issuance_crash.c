/* Stop at every journal boundary, start again, and look at what is left. */
#include "tests/unit/issuance_world_check.h"
#include "tests/testing.h"

typedef enum { AFTER_APPEND, BEFORE_APPEND, APPEND_FAILS, WAYS } Way;

#define APPENDS_MAX 9

/* What the printer did, in the courses that differ most. */
static const struct {
    const char *name;
    Script script;
} courses[] = {
    {"prints", SCRIPT(.citizen = CITIZEN_TAKES)},
    {"aborts before page 1", SCRIPT(.prints = 0, .job_end = JOB_STATE_ABORTED)},
    {"jams after page 2", SCRIPT(.prints = 2, .job_end = JOB_STATE_ABORTED)},
    {"forgets the job", SCRIPT(.forgets_job = TRUE)},
    {"counter lags", SCRIPT(.lag_readings = 4)},
    {"loses its memory", SCRIPT(.restarts_after_print = TRUE, .forgets_job = TRUE)},
    {"is deaf for long", SCRIPT(.deaf_from_ms = 1000060, .deaf_to_ms = 1400000)},
    {"booklet is not taken", SCRIPT(.citizen = CITIZEN_LEAVES)},
    {"answer to the job is lost", SCRIPT(.submit = SUBMIT_UNKNOWN)},
    {"answer of the service is lost", SCRIPT(.reserve_failures = 999, .service_has_it = TRUE)},
    {"refused", SCRIPT(.refusal = PROBLEM_ACTION_RELEASE)},
};

START_TEST(a_stop_at_any_journal_boundary_is_settled_at_the_next_start)
{
    for (int way = 0; way < WAYS; way++) {
        for (int n = 1; n <= APPENDS_MAX; n++) {
            World w;
            Script script = courses[_i].script;
            script.stop_at = n;
            script.stop_before = way == BEFORE_APPEND;
            script.append_fails = way == APPEND_FAILS;
            world_init(&w, script);
            world_issue(&w);
            gboolean taken = w.finished == ISSUANCE_DELIVERED;
            world_restart(&w);
            world_check(&w);
            if (!taken && w.released == 0)
                ck_assert_int_ne(world_booklet(&w), BOOKLET_ISSUED); /* S10 */
            world_clear(&w);
        }
    }
}
END_TEST

/* Paper may have come out behind a counter that sticks, and the printer's memory is gone. */
START_TEST(a_job_that_was_seen_before_a_stop_and_is_denied_behind_it_is_unsure)
{
    World w;
    Script script = SCRIPT(.stuck_counter = TRUE, .forgets_job = TRUE);
    script.stop_at = 5; /* plan bind render submit seen */
    world_init(&w, script);
    world_issue(&w);
    w.looks = 100; /* it has ended by the time the program is back */
    world_restart(&w);
    ck_assert_str_eq(issuance_word(w.finished), "unsure");
    ck_assert_str_eq(booklet_state_word(world_booklet(&w)), "unsure");
    world_check(&w);
    world_clear(&w);
}
END_TEST

START_TEST(a_job_that_was_never_seen_nor_counted_is_released_behind_a_stop)
{
    World w;
    Script script = SCRIPT(.submit_creates = FALSE, .prints = 0);
    script.stop_at = 4; /* behind submit, before the job */
    world_init(&w, script);
    world_issue(&w);
    world_restart(&w);
    ck_assert_str_eq(issuance_word(w.finished), "released");
    world_check(&w);
    world_clear(&w);
}
END_TEST

START_TEST(a_second_stop_during_recovery_is_settled_too)
{
    for (int n = 1; n <= 6; n++) {
        for (int m = 1; m <= 2; m++) {
            World w;
            Script script = courses[_i].script;
            script.stop_at = n;
            world_init(&w, script);
            world_issue(&w);
            ledger_close(w.ledger);
            world_open(&w);
            w.stopped = FALSE;
            w.script.stop_at = w.appends + m;
            IssuanceConfig config;
            issuance_config_default(&config);
            const IssuanceCase *found = ledger_to_recover(w.ledger);
            if (found) {
                issuance_restore(&w.machine, &config, found);
                world_step(&w, &(IssuanceEvent){.id = ISSUANCE_EVENT_RECOVER});
                world_run(&w);
            }
            world_restart(&w);
            world_check(&w);
            world_clear(&w);
        }
    }
}
END_TEST

START_TEST(after_a_storage_failure_the_citizen_is_never_told_printed)
{
    for (int n = 1; n <= 6; n++) {
        World w;
        Script script = script_default();
        script.stop_at = n;
        script.append_fails = TRUE;
        world_init(&w, script);
        world_issue(&w);
        ck_assert_msg(w.outcomes == 1, "append %d: %d outcomes, phase %s", n, w.outcomes,
                      issuance_phase_word(w.machine.phase));
        ck_assert_int_eq(w.finishes, 1);
        ck_assert_str_eq(w.reason, "storage");
        ck_assert_int_eq(w.outcome, n <= 4 ? ISSUANCE_RELEASED : ISSUANCE_UNSURE);
        ck_assert_int_eq(w.jobs_sent, n <= 4 ? 0 : 1);
        world_clear(&w);
    }
}
END_TEST

START_TEST(a_recovered_print_is_retracted_and_never_released)
{
    World w;
    Script script = script_default();
    script.stop_at = 4; /* SUBMIT is on the disk, then the power fails with the job sent */
    script.stop_before = FALSE;
    world_init(&w, script);
    world_issue(&w);
    world_submit(&w, &(IssuanceEvent){0});
    world_restart(&w);
    world_check(&w);
    ck_assert_int_eq(world_booklet(&w), BOOKLET_RETRACTED);
    ck_assert_int_eq(w.retracted, 1);
    ck_assert_int_eq(w.released, 0);
    ck_assert_int_eq(w.told, ISSUANCE_RETRACTED);
    world_clear(&w);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("issuance_crash");
    tcase_add_loop_test(tests, a_stop_at_any_journal_boundary_is_settled_at_the_next_start, 0,
                        G_N_ELEMENTS(courses));
    tcase_add_test(tests, a_job_that_was_seen_before_a_stop_and_is_denied_behind_it_is_unsure);
    tcase_add_test(tests, a_job_that_was_never_seen_nor_counted_is_released_behind_a_stop);
    tcase_add_loop_test(tests, a_second_stop_during_recovery_is_settled_too, 0,
                        G_N_ELEMENTS(courses));
    tcase_add_test(tests, after_a_storage_failure_the_citizen_is_never_told_printed);
    tcase_add_test(tests, a_recovered_print_is_retracted_and_never_released);
    return testing_run(tests);
}
