/* A service that was restored, a journal that was lost, settlements made elsewhere. */
#include "tests/unit/issuance_world.h"
#include "tests/testing.h"

#define OTHER_KEY "00000000-0000-4000-8000-000000000001"

static World w;

static void set_up(void)
{
    world_init(&w, script_default());
}

static void tear_down(void)
{
    world_clear(&w);
}

static ServiceKiosk make_info(guint32 epoch, guint32 next)
{
    return (ServiceKiosk){.number = "K001", .epoch = epoch, .next_sequence = next};
}

static void hold_open(ServiceKiosk *info, const char *key, const char *serial, const char *state)
{
    OpenIssuance *open = &info->open[info->n_open++];
    g_strlcpy(open->key, key, sizeof open->key);
    g_strlcpy(open->record, "rec-1", sizeof open->record);
    g_strlcpy(open->identifier, "11100000MB03271699001.11330106MA00000A9H.K001202600000009.001.X",
              sizeof open->identifier);
    g_strlcpy(open->booklet, serial, sizeof open->booklet);
    g_strlcpy(open->state, state, sizeof open->state);
}

static LedgerReconciled reconcile(const ServiceKiosk *info)
{
    g_autoptr(GError) error = NULL;
    LedgerReconciled done;
    gboolean good = ledger_reconcile(w.ledger, info, WORLD_WALL_MS, &done, &error);
    ck_assert_msg(good, "%s", error ? error->message : "");
    return done;
}

static void reopen(void)
{
    ledger_close(g_steal_pointer(&w.ledger));
    world_open(&w);
}

/* States that the outbox holds, in order, with a plus behind those with two people. */
static void expect_outbox(const char *wanted)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Outbox *outbox = ledger_outbox(w.ledger);
    const OutboxEntry *entry;
    while ((entry = outbox_next(outbox, G_MAXINT64 / 2))) {
        JournalDraft draft;
        g_autofree char *key = g_strdup(entry->key);
        g_string_append_printf(text, "%s%s ", issuance_word(entry->state),
                               *entry->settled_by[0] ? "+" : "");
        ck_assert_int_eq(outbox_answer(outbox, key, TRUE, PROBLEM_ACTION_UNKNOWN, 0, 0, &draft),
                         OUTBOX_DONE);
        ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    }
    ck_assert_str_eq(text->str, wanted);
}

static void settle(const char *key, IssuanceWord word)
{
    JournalDraft draft;
    const char *const by[2] = {"tina", "sam"};
    ck_assert(ledger_draft_settled(w.ledger, key, word, "counted", by, &draft));
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
}

START_TEST(an_unchanged_service_is_told_nothing_again)
{
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    info.next_sequence = 2;
    ck_assert_int_eq(reconcile(&info).retold, 0);
    expect_outbox("");
    char hash[65];
    gint64 head = journal_head(ledger_journal(w.ledger), hash);
    reconcile(&info);
    ck_assert_int_eq(journal_head(ledger_journal(w.ledger), hash), head);
}
END_TEST

START_TEST(a_restored_service_hears_the_whole_story_in_order)
{
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    ck_assert_ptr_null(ledger_case(w.ledger, w.plan.key));
    reopen(); /* the epoch is in the journal: it does not matter when the restoring happened */
    info.epoch = 8;
    ck_assert_int_eq(reconcile(&info).retold, 1);
    const IssuanceCase *again = ledger_case(w.ledger, w.plan.key);
    ck_assert_ptr_nonnull(again);
    ck_assert_str_eq(again->kid, "TEST");
    ck_assert_int_eq(again->signature[0], 0xa5);
    ck_assert_str_eq(again->plan.serial, w.plan.serial);
    ck_assert_ptr_null(ledger_to_recover(w.ledger));
    reopen();
    expect_outbox("printed delivered ");
    ck_assert_ptr_null(ledger_case(w.ledger, w.plan.key));
    ck_assert_int_eq(world_booklet(&w), BOOKLET_ISSUED);
    ck_assert_int_eq(reconcile(&info).retold, 0);
}
END_TEST

START_TEST(a_kiosk_has_told_all_when_nothing_waits_and_nothing_runs)
{
    ServiceKiosk info = make_info(7, 1);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 0); /* it knows no epoch */
    reconcile(&info);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 7);
    world_issue(&w);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 0); /* its reports wait */
    world_report(&w);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 7);
    info.epoch = 8;
    reconcile(&info);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 0);
    reopen();
    expect_outbox("printed delivered ");
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 8);
}
END_TEST

START_TEST(a_kiosk_has_not_told_all_while_it_prints)
{
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    w.script.stop_at = 4;
    world_issue(&w);
    ck_assert(ledger_needs_step(w.ledger, w.plan.key));
    info.epoch = 8;
    reconcile(&info);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 0);
}
END_TEST

START_TEST(a_journal_without_what_the_backup_had_seen_cannot_tell_all)
{
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    g_snprintf(info.journal_head, sizeof info.journal_head, "%d:%064d", 900, 0);
    info.epoch = 8;
    reconcile(&info);
    info.journal_head[0] = '\0'; /* meanwhile it has reported its own head */
    reconcile(&info);
    reopen();
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 0);
    info.epoch = 9; /* a later backup, in which that is known */
    reconcile(&info);
    ck_assert_uint_eq(ledger_told_epoch(w.ledger), 9);
}
END_TEST

/* Told whole, the first report would lock a certificate that may be another's since. */
START_TEST(an_issuance_that_freed_its_certificate_is_told_by_its_end_alone)
{
    static const struct {
        Script script;
        IssuanceWord settled;
        const char *told;
    } courses[] = {
        {SCRIPT(.prints = 2, .job_end = JOB_STATE_ABORTED), ISSUANCE_UNKNOWN, "spoiled "},
        {SCRIPT(.forgets_job = TRUE, .no_counter = TRUE), ISSUANCE_SPOILED, "spoiled+ "},
        {SCRIPT(.forgets_job = TRUE, .no_counter = TRUE), ISSUANCE_PRINTED, "unsure printed+ "},
        {SCRIPT(.citizen = CITIZEN_LEAVES), ISSUANCE_VOID, "void+ "}};
    w.script = courses[_i].script;
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    if (courses[_i].settled)
        settle(w.plan.key, courses[_i].settled);
    info.epoch = 8;
    ck_assert_int_eq(reconcile(&info).retold, 1);
    ck_assert(outbox_first(ledger_outbox(w.ledger), w.plan.key)->first);
    reopen();
    ck_assert(outbox_first(ledger_outbox(w.ledger), w.plan.key)->first);
    expect_outbox(courses[_i].told);
}
END_TEST

/* The one that printed during the restore was told before the kiosk saw the new epoch. */
START_TEST(what_raised_the_sequence_since_hides_nothing)
{
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    info = make_info(8, 2);
    info.retell_from = 1;
    ck_assert_int_eq(reconcile(&info).retold, 1);
    expect_outbox("printed delivered ");
}
END_TEST

START_TEST(a_service_that_still_calls_it_reserved_is_told_again)
{
    static const struct {
        Script script;
        const char *told;
    } courses[] = {{SCRIPT(.citizen = CITIZEN_TAKES), "printed delivered "},
                   {SCRIPT(.prints = 2, .job_end = JOB_STATE_ABORTED), "spoiled "},
                   {SCRIPT(.prints = 0, .job_end = JOB_STATE_ABORTED), "released "},
                   {SCRIPT(.citizen = CITIZEN_LEAVES), "printed retracted "},
                   {SCRIPT(.forgets_job = TRUE, .no_counter = TRUE), "unsure "}};
    w.script = courses[_i].script;
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    BookletState before = world_booklet(&w);
    info.next_sequence = 2;
    hold_open(&info, w.plan.key, w.plan.serial, "reserved");
    ck_assert_int_eq(reconcile(&info).retold, 1);
    reopen();
    expect_outbox(courses[_i].told);
    ck_assert_int_eq(world_booklet(&w), before);
}
END_TEST

START_TEST(what_waits_in_the_outbox_is_not_told_twice)
{
    ServiceKiosk info = make_info(7, 1);
    world_issue(&w);
    hold_open(&info, w.plan.key, w.plan.serial, "reserved");
    ck_assert_int_eq(reconcile(&info).retold, 0);
    expect_outbox("printed delivered ");
}
END_TEST

START_TEST(a_settlement_is_told_again_with_its_two_people)
{
    w.script.forgets_job = w.script.no_counter = TRUE;
    ServiceKiosk info = make_info(7, 1);
    reconcile(&info);
    world_issue(&w);
    world_report(&w);
    settle(w.plan.key, ISSUANCE_VOID);
    ck_assert_ptr_null(ledger_case(w.ledger, w.plan.key));
    ck_assert_int_eq(world_booklet(&w), BOOKLET_VOID);
    info.epoch = 8;
    ck_assert_int_eq(reconcile(&info).retold, 1);
    expect_outbox("void+ ");
    ck_assert_int_eq(world_booklet(&w), BOOKLET_VOID);
}
END_TEST

START_TEST(a_later_report_that_the_service_cannot_take_tells_the_story_once)
{
    world_issue(&w);
    Outbox *outbox = ledger_outbox(w.ledger);
    JournalDraft draft;
    ck_assert_int_eq(outbox_answer(outbox, w.plan.key, TRUE, 0, 0, 0, &draft), OUTBOX_DONE);
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    static const ProblemAction actions[] = {PROBLEM_ACTION_BUG, PROBLEM_ACTION_RECONCILE};
    ck_assert_int_eq(outbox_answer(outbox, w.plan.key, FALSE, actions[_i], 0, 0, &draft),
                     OUTBOX_RETELL);
    ck_assert(ledger_retell(w.ledger, w.plan.key, WORLD_WALL_MS, NULL));
    const OutboxEntry *first = outbox_next(outbox, 0);
    ck_assert_int_eq(first->state, ISSUANCE_PRINTED);
    ck_assert_int_eq(outbox_answer(outbox, w.plan.key, TRUE, 0, 0, 0, &draft), OUTBOX_DONE);
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    ck_assert_int_eq(outbox_answer(outbox, w.plan.key, FALSE, actions[_i], 0, 0, &draft),
                     OUTBOX_CLOSE);
}
END_TEST

START_TEST(an_issuance_that_the_journal_lost_becomes_unsure_here_and_there)
{
    ServiceKiosk info = make_info(7, 10);
    hold_open(&info, OTHER_KEY, WORLD_FIRST, "reserved");
    hold_open(&info, "00000000-0000-4000-8000-000000000002", "D00000009999", "retracted");
    ck_assert_int_eq(reconcile(&info).adopted, 2);
    ck_assert_int_eq(ledger_case(w.ledger, OTHER_KEY)->word, ISSUANCE_UNSURE);
    ck_assert_int_eq(stock_state(ledger_stock(w.ledger), WORLD_FIRST), BOOKLET_UNSURE);
    ck_assert_int_eq(stock_state(ledger_stock(w.ledger), "D00000009999"), BOOKLET_RETRACTED);
    ck_assert_int_eq(reconcile(&info).adopted, 0);
    reopen();
    expect_outbox("unsure ");
    ck_assert_int_eq(ledger_next_sequence(w.ledger, info.next_sequence), 10);
    settle(OTHER_KEY, ISSUANCE_SPOILED);
    ck_assert_ptr_null(ledger_case(w.ledger, OTHER_KEY));
    ck_assert_int_eq(stock_state(ledger_stock(w.ledger), WORLD_FIRST), BOOKLET_SPOILED);
}
END_TEST

START_TEST(a_cut_journal_makes_people_count)
{
    ServiceKiosk info = make_info(7, 1);
    char serial[SERIAL_LENGTH + 1], hash[65];
    const char *why = "";
    JournalDraft draft;
    gint64 head = journal_head(ledger_journal(w.ledger), hash);
    g_snprintf(info.journal_head, sizeof info.journal_head, "%d:%s", (int)head, hash);
    ck_assert(!reconcile(&info).cut);
    g_snprintf(info.journal_head, sizeof info.journal_head, "%d:%064d", 900, 0);
    ck_assert(reconcile(&info).cut);
    ck_assert(!reconcile(&info).cut);
    reopen();
    ck_assert(!reconcile(&info).cut);
    Stock *stock = ledger_stock(w.ledger);
    ck_assert(!stock_next(stock, serial, &why));
    ck_assert_str_eq(why, "stock-count");
    ck_assert(stock_draft_count(stock, WORLD_FIRST, 4, "tina,sam", &draft, NULL));
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    ck_assert(!stock_next(stock, serial, &why));
    ck_assert_str_eq(why, "stock-mismatch");
    ck_assert(stock_draft_lose(stock, WORLD_FIRST, "tina,sam", &draft, NULL));
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    ck_assert(stock_draft_count(stock, WORLD_FIRST, 4, "tina,sam", &draft, NULL));
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    ck_assert(!stock_next(stock, serial, &why));
    ck_assert_str_eq(why, "stock-position");
    ck_assert(stock_draft_next(stock, "D00000000102", "tina,sam", &draft, NULL));
    ck_assert(ledger_append(w.ledger, &draft, 1, WORLD_WALL_MS, NULL));
    ck_assert(stock_next(stock, serial, &why));
    ck_assert_str_eq(serial, "D00000000102");
}
END_TEST

/* An old disk came back: the service's last look at the head was before the visit that is missing. */
START_TEST(a_number_that_only_the_service_knows_makes_people_count)
{
    char serial[SERIAL_LENGTH + 1];
    const char *why = "";
    ServiceKiosk info = make_info(7, 1);
    ck_assert(!reconcile(&info).cut);
    info.next_sequence = 3;
    ck_assert(reconcile(&info).cut);
    ck_assert(!reconcile(&info).cut);
    reopen();
    ck_assert(!reconcile(&info).cut);
    ck_assert(!stock_next(ledger_stock(w.ledger), serial, &why));
    ck_assert_str_eq(why, "stock-count");
    ck_assert_uint_eq(ledger_next_sequence(w.ledger, 1), 3);
}
END_TEST

START_TEST(a_settlement_elsewhere_moves_ledger_and_stock)
{
    static const struct {
        Script script;
        IssuanceWord from, to;
        BookletState booklet;
    } cases[] = {
        {SCRIPT(.forgets_job = TRUE, .no_counter = TRUE), ISSUANCE_UNSURE, ISSUANCE_PRINTED,
         BOOKLET_ISSUED},
        {SCRIPT(.forgets_job = TRUE, .no_counter = TRUE), ISSUANCE_UNSURE, ISSUANCE_SPOILED,
         BOOKLET_SPOILED},
        {SCRIPT(.citizen = CITIZEN_LEAVES), ISSUANCE_RETRACTED, ISSUANCE_DELIVERED, BOOKLET_ISSUED},
        {SCRIPT(.citizen = CITIZEN_LEAVES), ISSUANCE_RETRACTED, ISSUANCE_VOID, BOOKLET_VOID},
        {SCRIPT(.prints = 0, .job_end = JOB_STATE_ABORTED), ISSUANCE_RELEASED, ISSUANCE_VOID,
         BOOKLET_VOID},
        {SCRIPT(.citizen = CITIZEN_TAKES), ISSUANCE_DELIVERED, ISSUANCE_VOID, BOOKLET_VOID},
        {SCRIPT(.prints = 2, .job_end = JOB_STATE_ABORTED), ISSUANCE_SPOILED, ISSUANCE_PRINTED,
         BOOKLET_ISSUED},
    };
    w.script = cases[_i].script;
    world_issue(&w);
    ck_assert_int_eq(ledger_case(w.ledger, w.plan.key)->word, cases[_i].from);
    settle(w.plan.key, cases[_i].to);
    ck_assert_int_eq(world_booklet(&w), cases[_i].booklet);
    JournalDraft draft;
    ck_assert(!ledger_draft_settled(w.ledger, w.plan.key, cases[_i].to, "", NULL, &draft));
    reopen();
    ck_assert_int_eq(world_booklet(&w), cases[_i].booklet);
    ck_assert_ptr_null(ledger_to_recover(w.ledger));
}
END_TEST

/* The lease ran out, and people settled it before the kiosk's only report came through. The answer
 * ends the issuance; the settlement behind it met none (a crash, and a journal that no start read). */
START_TEST(a_report_that_people_had_settled_otherwise_takes_their_word_before_its_end)
{
    w.script.prints = 2;
    w.script.job_end = JOB_STATE_ABORTED;
    world_issue(&w);
    JournalDraft drafts[2], wrong[2];
    ck_assert(ledger_draft_settled(w.ledger, w.plan.key, ISSUANCE_VOID, "already-settled", NULL,
                                   &drafts[0]));
    ck_assert_int_eq(outbox_answer(ledger_outbox(w.ledger), w.plan.key, FALSE,
                                   PROBLEM_ACTION_TAKE_OVER, 0, 1, &drafts[1]),
                     OUTBOX_DONE);
    wrong[0] = drafts[1];
    wrong[1] = drafts[0];
    ck_assert(!ledger_append(w.ledger, wrong, 2, WORLD_WALL_MS, NULL));
    ck_assert(ledger_append(w.ledger, drafts, 2, WORLD_WALL_MS, NULL));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(world_booklet(&w), BOOKLET_VOID);
        ck_assert_ptr_null(ledger_case(w.ledger, w.plan.key));
        reopen();
    }
}
END_TEST

START_TEST(no_settlement_while_the_machine_is_at_it)
{
    JournalDraft draft;
    w.script.stop_at = 4;
    world_issue(&w);
    ck_assert(ledger_needs_step(w.ledger, w.plan.key));
    ck_assert(!ledger_draft_settled(w.ledger, w.plan.key, ISSUANCE_VOID, "", NULL, &draft));
    ck_assert(!ledger_draft_settled(w.ledger, OTHER_KEY, ISSUANCE_VOID, "", NULL, &draft));
}
END_TEST

START_TEST(words_that_settle_nothing_are_refused)
{
    static const IssuanceWord words[] = {ISSUANCE_UNKNOWN, ISSUANCE_PLANNED, ISSUANCE_RELEASED,
                                         ISSUANCE_RETRACTED, ISSUANCE_UNSURE};
    JournalDraft draft;
    w.script.forgets_job = w.script.no_counter = TRUE;
    world_issue(&w);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        ck_assert(!ledger_draft_settled(w.ledger, w.plan.key, words[i], "", NULL, &draft));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reconcile");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_unchanged_service_is_told_nothing_again);
    tcase_add_test(tests, a_restored_service_hears_the_whole_story_in_order);
    tcase_add_test(tests, what_raised_the_sequence_since_hides_nothing);
    tcase_add_test(tests, a_kiosk_has_told_all_when_nothing_waits_and_nothing_runs);
    tcase_add_test(tests, a_kiosk_has_not_told_all_while_it_prints);
    tcase_add_test(tests, a_journal_without_what_the_backup_had_seen_cannot_tell_all);
    tcase_add_loop_test(tests, an_issuance_that_freed_its_certificate_is_told_by_its_end_alone, 0,
                        4);
    tcase_add_loop_test(tests, a_service_that_still_calls_it_reserved_is_told_again, 0, 5);
    tcase_add_test(tests, what_waits_in_the_outbox_is_not_told_twice);
    tcase_add_test(tests, a_settlement_is_told_again_with_its_two_people);
    tcase_add_loop_test(tests, a_later_report_that_the_service_cannot_take_tells_the_story_once, 0,
                        2);
    tcase_add_test(tests, an_issuance_that_the_journal_lost_becomes_unsure_here_and_there);
    tcase_add_test(tests, a_cut_journal_makes_people_count);
    tcase_add_test(tests, a_number_that_only_the_service_knows_makes_people_count);
    tcase_add_loop_test(tests, a_settlement_elsewhere_moves_ledger_and_stock, 0, 7);
    tcase_add_test(tests,
                   a_report_that_people_had_settled_otherwise_takes_their_word_before_its_end);
    tcase_add_test(tests, no_settlement_while_the_machine_is_at_it);
    tcase_add_test(tests, words_that_settle_nothing_are_refused);
    return testing_run(tests);
}
