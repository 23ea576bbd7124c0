#include "firmware/visit/visit.h"
#include "tests/testing.h"
#include <string.h>

static const VisitSettings settings = {.card_ms = 60000,
                                       .still_there_ms = 30000,
                                       .idle_data_ms = 60000,
                                       .idle_read_ms = 120000,
                                       .take_card_ms = 60000,
                                       .collect_ms = 60000};

static Visit visit;
static VisitEffects effects;
static gint64 now;
static Holder holder;
static ServiceVisit list;

static void reset(void)
{
    now = 1000;
    visit_init(&visit, &settings);
    holder = (Holder){.name = {"测试一"}, .id_number = {"330106189001010019"}};
    list = (ServiceVisit){.n_certificates = 2};
    list.certificates[0] = (VisitCertificate){.record = "rec-1", .printable = TRUE};
    list.certificates[1] = (VisitCertificate){.record = "rec-2", .reason = "tax-due"};
}

static void send(VisitEvent event)
{
    now += 10;
    visit_step(&visit, &event, now, 1782777600000, &effects);
}

static void touch(ActionId id, int index)
{
    View view;
    visit_view(&visit, now, &view);
    ck_assert_msg(view_offers(&view, (Action){id, index}), "%s does not offer action %d",
                  visit_state_word(visit.state), id);
    send((VisitEvent){.type = VISIT_EVENT_ACTION + (int)id, .number = index});
}

static void fire_deadline(void)
{
    int type;
    gint64 at = visit_deadline(&visit, &type);
    ck_assert_msg(at > 0, "%s has no deadline", visit_state_word(visit.state));
    now = at;
    send((VisitEvent){.type = type});
}

static gboolean has_effect(VisitEffectType type)
{
    for (gsize i = 0; i < effects.count; i++)
        if (effects.items[i].type == type)
            return TRUE;
    return FALSE;
}

#define ck_assert_state(wanted)                                                                    \
    ck_assert_str_eq(visit_state_word(visit.state), visit_state_word(wanted))

static void go_to_choose(void)
{
    reset();
    send((VisitEvent){.type = VISIT_EVENT_READY});
    touch(ACTION_BEGIN, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_FOUND});
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder});
    send((VisitEvent){.type = VISIT_EVENT_OPENED, .list = &list});
    ck_assert_state(VISIT_CHOOSE);
}

static void draw(void)
{
    static const PageImage image = {.width_px = 1};
    send((VisitEvent){.type = VISIT_EVENT_PAGE_DRAWN, .image = &image});
}

static void go_to_preview(void)
{
    go_to_choose();
    touch(ACTION_CHOOSE, 0);
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .number = 0, .pages = 4});
    draw();
    ck_assert_state(VISIT_PREVIEW);
}

static void go_to_collect(void)
{
    go_to_preview();
    touch(ACTION_CONFIRM, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    send((VisitEvent){.type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "X"});
    ck_assert_state(VISIT_COLLECT);
}

START_TEST(every_state_is_reachable_and_leads_back_to_attract)
{
    gboolean reached[VISIT_STATE_COUNT] = {[VISIT_CLOSED] = TRUE};
    gboolean home[VISIT_STATE_COUNT] = {[VISIT_ATTRACT] = TRUE};
    for (int pass = 0; pass < VISIT_STATE_COUNT; pass++) {
        for (gsize i = 0; i < visit_row_count(); i++) {
            VisitRow row = visit_row(i);
            const VisitState one[] = {row.next, VISIT_UNKNOWN};
            for (const VisitState *to = row.may_go ? row.may_go : one; *to; to++) {
                reached[*to] = reached[*to] || reached[row.state];
                home[row.state] = home[row.state] || home[*to];
            }
        }
    }
    for (int state = 1; state < VISIT_STATE_COUNT; state++) {
        ck_assert_msg(reached[state], "%s cannot be reached", visit_state_word(state));
        ck_assert_msg(home[state], "%s leads nowhere", visit_state_word(state));
    }
}
END_TEST

START_TEST(table_has_no_pair_twice_and_every_waiting_state_a_way_out_in_time)
{
    for (gsize i = 0; i < visit_row_count(); i++)
        for (gsize k = i + 1; k < visit_row_count(); k++)
            ck_assert_msg(visit_row(i).state != visit_row(k).state ||
                              visit_row(i).event != visit_row(k).event,
                          "%s, %s stands twice", visit_state_word(visit_row(i).state),
                          visit_event_word(visit_row(i).event));
    for (int state = VISIT_CARD; state < VISIT_STATE_COUNT; state++) {
        gboolean found = FALSE;
        for (gsize i = 0; i < visit_row_count(); i++)
            found = found || (visit_row(i).state == (VisitState)state &&
                              visit_row(i).event == VISIT_EVENT_TIMEOUT);
        ck_assert_msg(found, "%s waits for ever", visit_state_word(state));
    }
}
END_TEST

START_TEST(whole_visit_ends_with_the_booklet)
{
    go_to_preview();
    touch(ACTION_CONFIRM, -1);
    ck_assert_state(VISIT_PRINTING);
    ck_assert(has_effect(VISIT_EFFECT_ISSUE));
    send((VisitEvent){.type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "X"});
    ck_assert_state(VISIT_TAKE_CARD);
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    ck_assert_state(VISIT_COLLECT);
    ck_assert(has_effect(VISIT_EFFECT_PRESENT));
    touch(ACTION_TAKEN, -1);
    ck_assert_state(VISIT_DONE);
    ck_assert(has_effect(VISIT_EFFECT_TAKEN));
    touch(ACTION_FINISH, -1);
    ck_assert_state(VISIT_ATTRACT);
    ck_assert(has_effect(VISIT_EFFECT_WIPE));
}
END_TEST

START_TEST(only_printable_certificate_is_fetched_while_the_list_is_read)
{
    go_to_choose();
    ck_assert_int_eq(visit.selected, 0);
    ck_assert(has_effect(VISIT_EFFECT_LOAD));
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .number = 0, .pages = 4});
    touch(ACTION_CHOOSE, 0);
    ck_assert(!has_effect(VISIT_EFFECT_LOAD));
    ck_assert(has_effect(VISIT_EFFECT_DRAW));
    draw();
    ck_assert_state(VISIT_PREVIEW);
}
END_TEST

START_TEST(preview_opens_covered_on_the_rights_page_and_covers_itself_again)
{
    go_to_preview();
    ck_assert_int_eq(visit.page, 1);
    ck_assert(visit.covered);
    touch(ACTION_REVEAL, -1);
    ck_assert(!visit.covered);
    fire_deadline();
    ck_assert(visit.covered);
    ck_assert_state(VISIT_PREVIEW);
    touch(ACTION_REVEAL, -1);
    touch(ACTION_NEXT_PAGE, -1);
    ck_assert(visit.covered);
}
END_TEST

START_TEST(nobody_answering_ends_the_visit_and_forgets_the_person)
{
    go_to_preview();
    fire_deadline();
    ck_assert_state(VISIT_STILL_THERE);
    touch(ACTION_MORE_TIME, -1);
    ck_assert_state(VISIT_PREVIEW);
    fire_deadline();
    fire_deadline();
    ck_assert_state(VISIT_ATTRACT);
    ck_assert(has_effect(VISIT_EFFECT_WIPE));
    ck_assert_int_eq(visit.masked_name[0], 0);
    ck_assert_ptr_null(visit.list);
}
END_TEST

START_TEST(card_lifted_before_confirm_has_ten_seconds_to_come_back)
{
    go_to_preview();
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    ck_assert_state(VISIT_CARD_AWAY);
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder, .same_card = TRUE});
    ck_assert_state(VISIT_PREVIEW);
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    fire_deadline();
    ck_assert_state(VISIT_ATTRACT);
}
END_TEST

START_TEST(another_card_never_joins_a_visit)
{
    go_to_preview();
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder, .same_card = FALSE});
    ck_assert_state(VISIT_REFUSED);
    ck_assert(has_effect(VISIT_EFFECT_WIPE));
    ck_assert_str_eq(visit.reason, "card-other");
    ck_assert_int_eq(visit.masked_name[0], 0);
    touch(ACTION_BACK, -1);
    ck_assert(visit.state == VISIT_ATTRACT && visit.card_present); /* it must go first */
}
END_TEST

START_TEST(card_lifted_after_confirm_does_not_stop_printing_and_skips_take_card)
{
    go_to_preview();
    touch(ACTION_CONFIRM, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    ck_assert_state(VISIT_PRINTING);
    send((VisitEvent){.type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "X"});
    ck_assert_state(VISIT_COLLECT);
}
END_TEST

START_TEST(nobody_can_leave_printing_and_no_idle_question_interrupts_it)
{
    go_to_preview();
    touch(ACTION_CONFIRM, -1);
    View view;
    visit_view(&visit, now, &view);
    for (gsize i = 0; i < view.n_actions; i++)
        ck_assert(view.actions[i].id == ACTION_HELP || view.actions[i].id >= ACTION_LANGUAGE);
    touch(ACTION_HELP, -1);
    send((VisitEvent){.type = VISIT_EVENT_UNSURE, .ticket = "000001"});
    ck_assert_state(VISIT_FAULT);
    visit_view(&visit, now, &view);
    ck_assert_int_eq(view.screen, SCREEN_FAULT);
    ck_assert_str_eq(view.ticket, "000001");
    ck_assert_str_eq(view.reason, "unsure");
}
END_TEST

START_TEST(record_changed_at_the_service_is_fetched_once_more_and_then_refused)
{
    go_to_preview();
    for (int round = 0; round < 2; round++) {
        touch(ACTION_CONFIRM, -1);
        send((VisitEvent){.type = VISIT_EVENT_RELEASED, .reason = "digest-mismatch"});
        if (round == 0) {
            ck_assert_state(VISIT_LOADING);
            ck_assert(has_effect(VISIT_EFFECT_LOAD));
            send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .number = 0, .pages = 4});
            draw();
            ck_assert_state(VISIT_PREVIEW);
        }
    }
    ck_assert_state(VISIT_REFUSED);
}
END_TEST

START_TEST(certificate_that_failed_leaves_none_prepared)
{
    go_to_preview();
    list.certificates[1] = (VisitCertificate){.record = "rec-2", .printable = TRUE};
    touch(ACTION_BACK, -1);
    touch(ACTION_CHOOSE, 1);
    send((VisitEvent){.type = VISIT_EVENT_PAGES_FAILED, .number = 1, .reason = "cannot-print"});
    ck_assert_state(VISIT_REFUSED);
    touch(ACTION_BACK, -1);
    ck_assert_state(VISIT_CHOOSE);
    touch(ACTION_CHOOSE, 0);
    ck_assert(has_effect(VISIT_EFFECT_LOAD));
}
END_TEST

START_TEST(journal_that_fails_at_the_hand_over_is_said)
{
    go_to_collect();
    send((VisitEvent){.type = VISIT_EVENT_UNSURE});
    ck_assert_state(VISIT_FAULT);
}
END_TEST

START_TEST(booklet_not_taken_or_not_released_is_retained)
{
    go_to_collect();
    send((VisitEvent){.type = _i ? VISIT_EVENT_NOT_RELEASED : VISIT_EVENT_TIMEOUT});
    ck_assert_state(VISIT_FAULT);
    ck_assert(has_effect(VISIT_EFFECT_NOT_TAKEN) && !strcmp(visit.reason, "not-taken"));
}
END_TEST

START_TEST(machine_that_stops_being_ready_refuses_the_confirm)
{
    go_to_preview();
    send((VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "stock-empty"});
    ck_assert_state(VISIT_PREVIEW);
    touch(ACTION_CONFIRM, -1);
    ck_assert_state(VISIT_REFUSED);
    ck_assert_str_eq(visit.detail, "stock-empty");
    ck_assert(!has_effect(VISIT_EFFECT_ISSUE));
    touch(ACTION_BACK, -1);
    ck_assert_state(VISIT_CLOSED);
}
END_TEST

START_TEST(no_visit_begins_while_closed)
{
    reset();
    send((VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "stock-empty"});
    send((VisitEvent){.type = VISIT_EVENT_CARD_FOUND});
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder});
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_BEGIN});
    ck_assert_state(VISIT_CLOSED);
    View view;
    visit_view(&visit, now, &view);
    ck_assert_str_eq(view.reason, "stock-empty");
    ck_assert(!view_offers(&view, (Action){ACTION_BEGIN, -1}));
}
END_TEST

START_TEST(card_left_behind_must_go_before_the_next_visit)
{
    go_to_preview();
    touch(ACTION_BACK, -1);
    touch(ACTION_CANCEL, -1);
    ck_assert_state(VISIT_ATTRACT);
    ck_assert_int_eq(effects.items[effects.count - 1].number, READER_MODE_PRESENT);
    touch(ACTION_BEGIN, -1);
    ck_assert_str_eq(visit.hint, "lift");
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    ck_assert_int_eq(effects.items[effects.count - 1].number, READER_MODE_SEARCH);
}
END_TEST

static const struct {
    ReaderFailure failure;
    VisitState state;
    const char *word;
} failures[] = {
    {READER_FAILURE_MOVED, VISIT_CARD, "moved"},
    {READER_FAILURE_LINK, VISIT_CARD, "link"},
    {READER_FAILURE_EXPIRED, VISIT_REFUSED, "card-expired"},
    {READER_FAILURE_FUTURE, VISIT_REFUSED, "card-future"},
    {READER_FAILURE_WRONG_TYPE, VISIT_REFUSED, "card-type"},
    {READER_FAILURE_NOT_GENUINE, VISIT_REFUSED, "card-not-genuine"},
};

START_TEST(failed_card_gets_its_own_answer)
{
    reset();
    send((VisitEvent){.type = VISIT_EVENT_READY});
    touch(ACTION_BEGIN, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_FOUND});
    send((VisitEvent){.type = VISIT_EVENT_CARD_FAILED, .failure = failures[_i].failure});
    ck_assert_state(failures[_i].state);
    ck_assert_str_eq(visit.state == VISIT_CARD ? visit.hint : visit.reason, failures[_i].word);
}
END_TEST

START_TEST(code_from_the_phone_is_six_digits_and_wiped_when_wrong)
{
    reset();
    list.factor_sms = TRUE;
    send((VisitEvent){.type = VISIT_EVENT_READY});
    send((VisitEvent){.type = VISIT_EVENT_CARD_FOUND});
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder});
    send((VisitEvent){.type = VISIT_EVENT_OPENED, .list = &list});
    ck_assert_state(VISIT_FACTOR);
    send((VisitEvent){.type = VISIT_EVENT_TEXT, .text = "12-34x5678"});
    ck_assert_str_eq(visit.code, "123456");
    touch(ACTION_SUBMIT, -1);
    send((VisitEvent){.type = VISIT_EVENT_FACTOR_WRONG, .number = 4});
    ck_assert_state(VISIT_FACTOR);
    ck_assert_str_eq(visit.code, "");
    send((VisitEvent){.type = VISIT_EVENT_TEXT, .text = "123"});
    touch(ACTION_CLEAR, -1); /* else what follows would begin with 123, and no code be "654321" */
    send((VisitEvent){.type = VISIT_EVENT_TEXT, .text = "654321"});
    ck_assert_str_eq(visit.code, "654321");
    touch(ACTION_SUBMIT, -1);
    send((VisitEvent){.type = VISIT_EVENT_FACTOR_WRONG, .number = 0});
    ck_assert_state(VISIT_REFUSED);
    ck_assert_str_eq(visit.reason, "factor-failed");
}
END_TEST

START_TEST(next_certificate_has_a_budget_of_its_own)
{
    list.certificates[1] = (VisitCertificate){.record = "rec-2", .printable = TRUE};
    go_to_choose();
    list.certificates[1] = (VisitCertificate){.record = "rec-2", .printable = TRUE};
    touch(ACTION_CHOOSE, 0);
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .number = 0, .pages = 4});
    draw();
    touch(ACTION_CONFIRM, -1);
    now += 50000;
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    send((VisitEvent){.type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "X"});
    ck_assert_int_ge(budget_used_ms(&visit.budget, now), 50000);
    touch(ACTION_TAKEN, -1);
    touch(ACTION_NEXT, -1);
    ck_assert_state(VISIT_CHOOSE);
    ck_assert_int_eq(budget_used_ms(&visit.budget, now), 0);
    View view;
    visit_view(&visit, now, &view);
    ck_assert(!view_offers(&view, (Action){ACTION_CHOOSE, 0}));
    ck_assert(view_offers(&view, (Action){ACTION_CHOOSE, 1}));
    ck_assert_str_eq(view.certificates[0].reason, "printed");
}
END_TEST

START_TEST(percent_and_stage_never_go_back)
{
    go_to_preview();
    touch(ACTION_CONFIRM, -1);
    send((VisitEvent){.type = VISIT_EVENT_STAGE, .stage = STAGE_PRINT, .percent = 60});
    send((VisitEvent){.type = VISIT_EVENT_STAGE, .stage = STAGE_PREPARE, .percent = 30});
    ck_assert_int_eq(visit.stage, STAGE_PRINT);
    ck_assert_int_eq(visit.percent, 60);
}
END_TEST

START_TEST(words_of_actions_go_both_ways)
{
    for (int id = 1; id < ACTION_COUNT; id++) {
        char word[ACTION_WORD_BYTES];
        action_format((Action){(ActionId)id, 3}, word);
        ck_assert_int_eq(action_parse(word).id, id);
    }
    static const char *const wrong[] = {
        "",           "choose",    "choose:", "choose:-1", "choose:01",
        "choose:100", "confirm:1", "Confirm", "unknown"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_int_eq(action_parse(wrong[i]).id, ACTION_UNKNOWN);
}
END_TEST

START_TEST(page_of_the_documentation_is_the_table)
{
    g_autofree char *wanted = visit_document();
    g_autofree char *page = NULL;
    ck_assert(g_file_get_contents(SAMPLES_DIR "/../../docs/VISIT.md", &page, NULL, NULL));
    ck_assert_msg(!strcmp(page, wanted), "build/kiosk visit-table > docs/VISIT.md");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("visit");
    tcase_add_test(tests, every_state_is_reachable_and_leads_back_to_attract);
    tcase_add_test(tests, table_has_no_pair_twice_and_every_waiting_state_a_way_out_in_time);
    tcase_add_test(tests, whole_visit_ends_with_the_booklet);
    tcase_add_test(tests, only_printable_certificate_is_fetched_while_the_list_is_read);
    tcase_add_test(tests, preview_opens_covered_on_the_rights_page_and_covers_itself_again);
    tcase_add_test(tests, nobody_answering_ends_the_visit_and_forgets_the_person);
    tcase_add_test(tests, card_lifted_before_confirm_has_ten_seconds_to_come_back);
    tcase_add_test(tests, another_card_never_joins_a_visit);
    tcase_add_test(tests, card_lifted_after_confirm_does_not_stop_printing_and_skips_take_card);
    tcase_add_test(tests, nobody_can_leave_printing_and_no_idle_question_interrupts_it);
    tcase_add_test(tests, record_changed_at_the_service_is_fetched_once_more_and_then_refused);
    tcase_add_test(tests, certificate_that_failed_leaves_none_prepared);
    tcase_add_test(tests, journal_that_fails_at_the_hand_over_is_said);
    tcase_add_loop_test(tests, booklet_not_taken_or_not_released_is_retained, 0, 2);
    tcase_add_test(tests, machine_that_stops_being_ready_refuses_the_confirm);
    tcase_add_test(tests, no_visit_begins_while_closed);
    tcase_add_test(tests, card_left_behind_must_go_before_the_next_visit);
    tcase_add_loop_test(tests, failed_card_gets_its_own_answer, 0, G_N_ELEMENTS(failures));
    tcase_add_test(tests, code_from_the_phone_is_six_digits_and_wiped_when_wrong);
    tcase_add_test(tests, next_certificate_has_a_budget_of_its_own);
    tcase_add_test(tests, percent_and_stage_never_go_back);
    tcase_add_test(tests, page_of_the_documentation_is_the_table);
    tcase_add_test(tests, words_of_actions_go_both_ways);
    return testing_run(tests);
}
