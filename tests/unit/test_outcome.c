#include "firmware/issuance/issuance.h"
#include "tests/testing.h"
#include <string.h>

#define N 4
#define IDLE PRINTER_STATE_IDLE
#define BUSY PRINTER_STATE_PROCESSING

/* A minute passes between the readings: {uuid, up_time_s, impressions, state, at_ms}. */
#define BEFORE                                                                                     \
    {                                                                                              \
        "u", 100, 50, IDLE, 1000000                                                                \
    }
#define NO_COUNTER                                                                                 \
    {                                                                                              \
        "u", 100, -1, IDLE, 1000000                                                                \
    }
#define AFTER(count, state)                                                                        \
    {                                                                                              \
        "u", 160, 50 + (count), state, 1060000                                                     \
    }

static const struct {
    const char *name;
    Evidence evidence; /* job, submitted, sides, before, after, clean, sensor,
                          from_spooler, told_sides, seen */
    IssuanceWord outcome;
    const char *row;
} cases[] = {
    /* the rows */
    {"the counter is stuck, the job says all",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(2, IDLE), TRUE, 0, 0, N, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"the counter is stuck, the cancelled job says some",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 2, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"the counter saw one booklet, the job says two (simulator, seed 1860)",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 2 * N, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"terminal, all, clean",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_PRINTED,
     "counted-all"},
    {"absent, all, clean",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_PRINTED,
     "counted-all"},
    {"cancelled too late",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_PRINTED,
     "counted-all"},
    {"cancelled, none",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(0, IDLE), FALSE, 0, 0, 0, 0},
     ISSUANCE_RELEASED,
     "counted-nothing"},
    {"aborted, none",
     {JOB_STATE_ABORTED, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_RELEASED,
     "counted-nothing"},
    {"never created, none",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_RELEASED,
     "counted-nothing"},
    {"the printer had it and denies it, none counted (simulator, seed 1213)",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, TRUE},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"the printer had it and denies it, all counted",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 0, TRUE},
     ISSUANCE_PRINTED,
     "counted-all"},
    {"the printer had it and cancelled it, none counted",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, TRUE},
     ISSUANCE_RELEASED,
     "counted-nothing"},
    {"not submitted at all",
     {JOB_STATE_UNKNOWN, FALSE, N, BEFORE, AFTER(2, BUSY), FALSE, 0, 0, 0, 0},
     ISSUANCE_RELEASED,
     "never-submitted"},
    {"cancelled, some",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(1, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_SPOILED,
     "counted-some"},
    {"aborted, all but one",
     {JOB_STATE_ABORTED, TRUE, N, BEFORE, AFTER(3, IDLE), FALSE, 0, 0, 0, 0},
     ISSUANCE_SPOILED,
     "counted-some"},
    {"completed, no counter, sensor",
     {JOB_STATE_COMPLETED, TRUE, N, NO_COUNTER, {"u", 160, -1, IDLE, 1060000},
      TRUE, TRI_YES, 0, 0, 0},
     ISSUANCE_PRINTED,
     "sensor-saw-all"},
    /* near misses */
    {"all, but not clean",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(N, IDLE), FALSE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"all, but job still there",
     {JOB_STATE_PROCESSING, TRUE, N, BEFORE, AFTER(N, BUSY), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"all, but job unknown",
     {JOB_STATE_UNKNOWN, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"one too many",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(N + 1, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"none, but completed",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"none, but printer busy",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(0, BUSY), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"none, but job pending",
     {JOB_STATE_PENDING, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"some, but job missing",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, AFTER(2, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"counter runs back",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(-1, IDLE), TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"readings disagree",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, {"u", 160, -1, IDLE, 1060000}, TRUE, TRI_YES, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"other printer",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, {"v", 160, 54, IDLE, 1060000}, TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"printer without identity",
     {JOB_STATE_COMPLETED, TRUE, N, {"", 100, 50, IDLE, 0},
      {"", 160, 54, IDLE, 0}, TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"restarted, smaller up-time",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, {"u", 5, 50, IDLE, 1060000}, TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"restarted, up-time has grown past the old one",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, {"u", 110, 50, IDLE, 1060000}, TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"up-time not told any more",
     {JOB_STATE_ABSENT, TRUE, N, BEFORE, {"u", -1, 50, IDLE, 1060000}, TRUE, 0, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"no counter, no sensor",
     {JOB_STATE_COMPLETED,
      TRUE,
      N,
      NO_COUNTER,
      {"u", 160, -1, IDLE, 1060000},
      TRUE,
      TRI_UNKNOWN,
      0,
      0,
      0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"no counter, sensor, aborted",
     {JOB_STATE_ABORTED, TRUE, N, NO_COUNTER, {"u", 160, -1, IDLE, 1060000},
      TRUE, TRI_YES, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"no counter, sensor, not clean",
     {JOB_STATE_COMPLETED, TRUE, N, NO_COUNTER, {"u", 160, -1, IDLE, 1060000},
      FALSE, TRI_YES, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    /* a printer that speaks no IPP: the spooler's word frees and spoils nothing */
    {"sent, all counted by SNMP",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(N, IDLE), TRUE, 0, TRUE, 0, 0},
     ISSUANCE_PRINTED,
     "counted-all"},
    {"cancelled in the queue, nothing counted yet",
     {JOB_STATE_CANCELED, TRUE, N, BEFORE, AFTER(0, IDLE), TRUE, 0, TRUE, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"sent, some counted",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, AFTER(2, IDLE), TRUE, 0, TRUE, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"sent, no counter, sensor",
     {JOB_STATE_COMPLETED, TRUE, N, NO_COUNTER, {"u", 160, -1, IDLE, 1060000},
      TRUE, TRI_YES, TRUE, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"counter appears",
     {JOB_STATE_COMPLETED, TRUE, N, NO_COUNTER, AFTER(4, IDLE), TRUE, TRI_YES, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
    {"counter vanishes, sensor",
     {JOB_STATE_COMPLETED, TRUE, N, BEFORE, {"u", 160, -1, IDLE, 1060000}, TRUE, TRI_YES, 0, 0, 0},
     ISSUANCE_UNSURE,
     "no-evidence"},
};

START_TEST(evidence_leads_to_one_outcome)
{
    const char *row = "";
    IssuanceWord outcome = outcome_decide(&cases[_i].evidence, &row);
    ck_assert_msg(outcome == cases[_i].outcome && !strcmp(row, cases[_i].row),
                  "%s: %s by row %s, wanted %s", cases[_i].name, issuance_word(outcome), row,
                  issuance_word(cases[_i].outcome));
}
END_TEST

/* Whatever the printer says: free is only what surely is not on paper, printed only what surely is.
 */
START_TEST(no_combination_frees_a_printed_certificate)
{
    for (int job = 0; job <= JOB_STATE_COMPLETED; job++)
        for (int count = -2; count <= N + 1; count++)
            for (int bits = 0; bits < 8; bits++) {
                Evidence e = {(JobState)job,
                              TRUE,
                              N,
                              BEFORE,
                              AFTER(count, bits & 1 ? IDLE : BUSY),
                              bits & 2,
                              bits & 4 ? TRI_YES : TRI_NO,
                              FALSE,
                              -1,
                              FALSE};
                IssuanceWord outcome = outcome_decide(&e, NULL);
                if (outcome == ISSUANCE_PRINTED)
                    ck_assert_int_eq(count, N);
                if (outcome == ISSUANCE_RELEASED)
                    ck_assert_int_eq(count, 0);
                if (outcome == ISSUANCE_SPOILED)
                    ck_assert(count > 0 && count < N);
                if (job == JOB_STATE_UNKNOWN || job == JOB_STATE_PENDING ||
                    job == JOB_STATE_PROCESSING)
                    ck_assert_int_eq(outcome, ISSUANCE_UNSURE);
            }
}
END_TEST

/* As FORMATS, the states of an issuance at the service, has them: two people. */
START_TEST(people_settle_what_waits_for_them_and_nothing_else)
{
    static const struct {
        const char *from, *to;
    } allowed[] = {{"unsure", "printed"}, {"unsure", "spoiled"}, {"unsure", "void"},
                   {"retracted", "delivered"}, {"retracted", "void"}};
    gsize n = 0;
    for (int from = 0; from < ISSUANCE_WORD_COUNT; from++)
        for (int to = 0; to < ISSUANCE_WORD_COUNT; to++)
            n += issuance_may_settle((IssuanceWord)from, (IssuanceWord)to);
    ck_assert_uint_eq(n, G_N_ELEMENTS(allowed));
    for (gsize i = 0; i < n; i++)
        ck_assert(issuance_may_settle(issuance_from_word(allowed[i].from),
                                      issuance_from_word(allowed[i].to)));
}
END_TEST

START_TEST(words_go_both_ways)
{
    for (int i = 1; i < ISSUANCE_WORD_COUNT; i++)
        ck_assert_int_eq(issuance_from_word(issuance_word((IssuanceWord)i)), i);
    ck_assert_int_eq(issuance_from_word("finished"), ISSUANCE_UNKNOWN);
    ck_assert_int_eq(issuance_from_word(NULL), ISSUANCE_UNKNOWN);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("outcome");
    tcase_add_loop_test(tests, evidence_leads_to_one_outcome, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tests, no_combination_frees_a_printed_certificate);
    tcase_add_test(tests, people_settle_what_waits_for_them_and_nothing_else);
    tcase_add_test(tests, words_go_both_ways);
    return testing_run(tests);
}
