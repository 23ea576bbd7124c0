#include "tests/unit/issuance_world.h"
#include "firmware/base/error.h"
#include "tests/testing.h"

static World world;

static void set_up(void)
{
    world_init(&world, script_default());
}

static void tear_down(void)
{
    world_clear(&world);
}

static void check_next(const char *serial, const char *why)
{
    char next[SERIAL_LENGTH + 1] = "";
    const char *got = "";
    gboolean ok = stock_next(ledger_stock(world.ledger), next, &got);
    ck_assert_str_eq(next, serial);
    ck_assert_int_eq(ok, *serial != '\0');
    ck_assert_str_eq(got, why);
}

static gboolean append(const JournalDraft *draft)
{
    return ledger_append(world.ledger, draft, 1, WORLD_WALL_MS, NULL);
}

static void reopen(void)
{
    ledger_close(world.ledger);
    world_open(&world);
}

static const struct {
    const char *first, *last, *message;
} loads[] = {
    {"D00000000201", "D00000000300", NULL},
    {"J00000000101", "J00000000105", NULL},
    {"D00000000090", "D00000000100", NULL},
    {"D00000000105", "D00000000110", "some of the range was loaded before"},
    {"D00000000001", "D00000000900", "some of the range was loaded before"},
    {"D00000000301", "D00000000300", "the range ends before it begins"},
    {"D00000000301", "J00000000400", "the range ends before it begins"},
    {"D00000010001", "D00000020001", "more than 10000 booklets"},
    {"D0000000301", "D00000000400", "not a booklet serial"},
    {"D00000000301", "", "not a booklet serial"},
    {"X00000000301", "X00000000302", "not a booklet serial"},
};

START_TEST(ranges_are_checked_before_they_are_loaded)
{
    JournalDraft draft;
    g_autoptr(GError) error = NULL;
    gboolean ok = stock_draft_load(ledger_stock(world.ledger), loads[_i].first, loads[_i].last,
                                   "test", &draft, &error);
    ck_assert_int_eq(ok, loads[_i].message == NULL);
    if (!ok) {
        ck_assert_msg(strstr(error->message, loads[_i].message) != NULL, "%s", error->message);
        return;
    }
    ck_assert(append(&draft));
    ck_assert(!append(&draft)); /* and never twice */
    reopen();
    ck_assert_int_eq(stock_state(ledger_stock(world.ledger), loads[_i].last), BOOKLET_IN_STOCK);
}
END_TEST

START_TEST(what_left_the_stack_is_listed_from_the_latest_load_and_the_highest_serial)
{
    static const char *const expected[] = {"D00000000203", "D00000000103", "D00000000101"};
    char serials[2][SERIAL_LENGTH + 1];
    Stock *stock = stock_create();
    for (int load = 1; load <= 2; load++) {
        char body[96];
        g_snprintf(body, sizeof body, "{\"first\":\"D00000000%d01\",\"last\":\"D00000000%d09\"}",
                   load, load);
        JournalEntry entry = {.step = JOURNAL_LOAD, .key = "", .body = body};
        ck_assert(stock_apply(stock, &entry, NULL));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        ck_assert(stock_move(stock, expected[i], BOOKLET_SPOILED, NULL));
    ck_assert_uint_eq(stock_list_gone(stock, 0, 2, serials), 2);
    ck_assert_str_eq(serials[0], expected[0]);
    ck_assert_str_eq(serials[1], expected[1]);
    ck_assert_uint_eq(stock_list_gone(stock, 2, 2, serials), 1);
    ck_assert_str_eq(serials[0], expected[2]);
    ck_assert_uint_eq(stock_list_gone(stock, 3, 2, serials), 0);
    stock_destroy(stock);
}
END_TEST

START_TEST(lowest_serial_lies_on_top)
{
    JournalDraft draft;
    check_next(WORLD_FIRST, "");
    ck_assert(stock_draft_load(ledger_stock(world.ledger), "D00000000090", "D00000000091", "test",
                               &draft, NULL));
    ck_assert(append(&draft));
    check_next("D00000000090", "");
}
END_TEST

START_TEST(spoiled_outcome_closes_until_the_next_serial_is_read)
{
    world.script.prints = 2;
    world.script.job_end = JOB_STATE_ABORTED;
    world_issue(&world);
    world_report(&world);
    check_next("", "stock-position");
    reopen();
    check_next("", "stock-position");
    Stock *stock = ledger_stock(world.ledger);
    JournalDraft draft;
    g_autoptr(GError) error = NULL;
    ck_assert(!stock_draft_next(stock, WORLD_FIRST, "test", &draft, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "take it out of the stack"));
    ck_assert(!stock_draft_next(stock, "D00000000103", "test", &draft, NULL));
    ck_assert(!stock_draft_next(stock, "D00000000999", "test", &draft, NULL));
    ck_assert(stock_draft_spoil(stock, "D00000000102", "test", &draft, NULL));
    ck_assert(append(&draft));
    check_next("", "stock-position");
    ck_assert(stock_draft_next(stock, "D00000000103", "test", &draft, NULL));
    ck_assert(append(&draft));
    check_next("D00000000103", "");
    reopen();
    check_next("D00000000103", "");
}
END_TEST

START_TEST(empty_stock_says_so)
{
    for (int i = 0; i < 5; i++)
        world_issue(&world);
    check_next("", "stock-empty");
    StockBatch batch;
    stock_batch(ledger_stock(world.ledger), 0, &batch);
    ck_assert_uint_eq(batch.counts[BOOKLET_ISSUED], 5);
    ck_assert_uint_eq(batch.loaded, 5);
    ck_assert_int_eq(ledger_next_sequence(world.ledger, 1), 6);
    ck_assert_int_eq(ledger_next_sequence(world.ledger, 9), 9);
}
END_TEST

START_TEST(issued_booklet_cannot_be_spoiled_by_hand)
{
    world_issue(&world);
    JournalDraft draft;
    ck_assert(!stock_draft_spoil(ledger_stock(world.ledger), WORLD_FIRST, "test", &draft, NULL));
}
END_TEST

/* The ledger is the second line behind the machine: what the protocol forbids is not written. */
START_TEST(ledger_refuses_what_the_protocol_forbids)
{
    world.script.stop_at = 4; /* up to SUBMIT */
    world_issue(&world);
    static const JournalStep forbidden[] = {
        JOURNAL_PLAN,      JOURNAL_BIND,    JOURNAL_RENDER,       JOURNAL_SUBMIT, JOURNAL_TAKEN,
        JOURNAL_PRESENTED, JOURNAL_CONFIRM, JOURNAL_ACKNOWLEDGED, JOURNAL_LOAD};
    char before[65], after[65];
    journal_head(ledger_journal(world.ledger), before);
    for (gsize i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        JournalDraft draft = {.step = forbidden[i], .body = "{}"};
        g_strlcpy(draft.key, world.plan.key, sizeof draft.key);
        ck_assert_msg(!append(&draft), "%s", journal_step_word(forbidden[i]));
    }
    JournalDraft stranger = {.step = JOURNAL_PRINTED, .body = "{}", .key = "nobody"};
    ck_assert(!append(&stranger));
    journal_head(ledger_journal(world.ledger), after);
    ck_assert_str_eq(before, after);
    ck_assert(journal_is_ready(ledger_journal(world.ledger), NULL));
}
END_TEST

START_TEST(settlement_moves_the_booklet_and_only_once)
{
    world.script.no_counter = TRUE;
    world_issue(&world);
    world_report(&world);
    ck_assert_int_eq(world_booklet(&world), BOOKLET_UNSURE);
    ck_assert_uint_eq(ledger_count(world.ledger, ISSUANCE_UNSURE), 1);
    JournalDraft draft = {.step = JOURNAL_SETTLED, .body = "{\"word\":\"released\"}"};
    g_strlcpy(draft.key, world.plan.key, sizeof draft.key);
    ck_assert(!append(&draft));
    g_strlcpy(draft.body, "{\"word\":\"void\",\"reason\":\"blank found\"}", sizeof draft.body);
    ck_assert(append(&draft));
    ck_assert_int_eq(world_booklet(&world), BOOKLET_VOID);
    ck_assert(!append(&draft));
    check_next("", "stock-position");
    reopen();
    ck_assert_int_eq(world_booklet(&world), BOOKLET_VOID);
}
END_TEST

static OutboxVerdict answer(gboolean ok, ProblemAction action, int retry_after_s, gint64 now_ms)
{
    JournalDraft draft;
    return outbox_answer(ledger_outbox(world.ledger), world.plan.key, ok, action, retry_after_s,
                         now_ms, &draft);
}

START_TEST(outbox_backs_off_and_forgets_pauses_at_a_restart)
{
    world.script.citizen = CITIZEN_LEAVES;
    world_issue(&world);
    gint64 now_ms = 1;
    int waits[8];
    for (int i = 0; i < 8; i++) {
        ck_assert_ptr_nonnull(outbox_next(ledger_outbox(world.ledger), now_ms));
        ck_assert_int_eq(answer(FALSE, PROBLEM_ACTION_UNKNOWN, 0, now_ms), OUTBOX_LATER);
        gint64 due_ms = outbox_due_ms(ledger_outbox(world.ledger));
        waits[i] = (int)(due_ms - now_ms);
        ck_assert_ptr_null(outbox_next(ledger_outbox(world.ledger), due_ms - 1));
        now_ms = due_ms;
    }
    static const int wanted[8] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    ck_assert_mem_eq(waits, wanted, sizeof wanted);
    ck_assert_int_eq(answer(FALSE, PROBLEM_ACTION_WAIT, 90, now_ms), OUTBOX_LATER);
    ck_assert_int_eq(outbox_due_ms(ledger_outbox(world.ledger)) - now_ms, 90000);
    reopen();
    ck_assert_int_eq(outbox_due_ms(ledger_outbox(world.ledger)), 0);
    ck_assert_uint_eq(outbox_length(ledger_outbox(world.ledger)), 2);
}
END_TEST

START_TEST(reports_of_one_issuance_keep_their_order)
{
    world_issue(&world);
    const OutboxEntry *first = outbox_next(ledger_outbox(world.ledger), 1);
    ck_assert_int_eq(first->state, ISSUANCE_PRINTED);
    ck_assert_ptr_nonnull(strstr(first->evidence, "counted-all"));
    ck_assert_int_eq(answer(FALSE, PROBLEM_ACTION_REPEAT, 0, 1), OUTBOX_LATER);
    ck_assert_ptr_null(outbox_next(ledger_outbox(world.ledger), 2)); /* delivered waits behind */
    JournalDraft wrong = {.step = JOURNAL_ACKNOWLEDGED, .body = "{\"state\":\"delivered\"}"};
    g_strlcpy(wrong.key, world.plan.key, sizeof wrong.key);
    ck_assert(!append(&wrong));
}
END_TEST

static const struct {
    ProblemAction action;
    OutboxVerdict printed, released;
} rows[] = {
    {PROBLEM_ACTION_UNKNOWN, OUTBOX_LATER, OUTBOX_LATER},
    {PROBLEM_ACTION_REPEAT, OUTBOX_LATER, OUTBOX_LATER},
    {PROBLEM_ACTION_RELEASE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_CLOSE_STOCK, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_TAKE_OVER, OUTBOX_DONE, OUTBOX_DONE},
    {PROBLEM_ACTION_REFETCH, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_BUG, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_END_VISIT, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_RECONCILE, OUTBOX_RECONCILE, OUTBOX_DONE},
    {PROBLEM_ACTION_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    {PROBLEM_ACTION_WAIT, OUTBOX_LATER, OUTBOX_LATER},
    {PROBLEM_ACTION_REFUSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
};

START_TEST(each_problem_has_its_end_in_the_outbox)
{
    world.script.render_fails = _i % 2;
    world_issue(&world);
    gboolean released = world.outcome == ISSUANCE_RELEASED;
    ck_assert_int_eq(answer(FALSE, rows[_i / 2].action, 0, 1),
                     released ? rows[_i / 2].released : rows[_i / 2].printed);
    ck_assert(outbox_has(ledger_outbox(world.ledger), world.plan.key)); /* until it is journalled */
    ck_assert_int_eq(answer(TRUE, PROBLEM_ACTION_UNKNOWN, 0, 1), OUTBOX_DONE);
}
END_TEST

/* The lease ran out and people settled it at the service before the kiosk could say "released". */
START_TEST(release_that_the_service_settled_otherwise_keeps_the_booklet_out_of_stock)
{
    world.script.render_fails = TRUE;
    world_issue(&world);
    JournalDraft draft;
    ck_assert_int_eq(outbox_answer(ledger_outbox(world.ledger), world.plan.key, FALSE,
                                   PROBLEM_ACTION_TAKE_OVER, 0, 1, &draft),
                     OUTBOX_DONE);
    ck_assert(append(&draft));
    check_next("", "stock-reserved");
    JournalDraft settled = {.step = JOURNAL_SETTLED, .body = "{\"word\":\"void\"}"};
    g_strlcpy(settled.key, world.plan.key, sizeof settled.key);
    ck_assert(append(&settled));
    ck_assert_int_eq(world_booklet(&world), BOOKLET_VOID);
    check_next("", "stock-position");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("stock");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, ranges_are_checked_before_they_are_loaded, 0, G_N_ELEMENTS(loads));
    tcase_add_test(tests, what_left_the_stack_is_listed_from_the_latest_load_and_the_highest_serial);
    tcase_add_test(tests, lowest_serial_lies_on_top);
    tcase_add_test(tests, spoiled_outcome_closes_until_the_next_serial_is_read);
    tcase_add_test(tests, empty_stock_says_so);
    tcase_add_test(tests, issued_booklet_cannot_be_spoiled_by_hand);
    tcase_add_test(tests, ledger_refuses_what_the_protocol_forbids);
    tcase_add_test(tests, settlement_moves_the_booklet_and_only_once);
    tcase_add_test(tests, outbox_backs_off_and_forgets_pauses_at_a_restart);
    tcase_add_test(tests, reports_of_one_issuance_keep_their_order);
    tcase_add_loop_test(tests, each_problem_has_its_end_in_the_outbox, 0, 2 * G_N_ELEMENTS(rows));
    tcase_add_test(tests,
                   release_that_the_service_settled_otherwise_keeps_the_booklet_out_of_stock);
    return testing_run(tests);
}
