/* The card at the visit: one that fails, one that is refused, a reader that goes away. */
#include "firmware/visit/visit.h"
#include "tests/testing.h"
#include <string.h>

#define CARD_MS 60000
#define FAILED(what)                                                                               \
    (VisitEvent)                                                                                   \
    {                                                                                              \
        .type = VISIT_EVENT_CARD_FAILED, .failure = READER_FAILURE_##what                          \
    }
#define EVENT(what)                                                                                \
    (VisitEvent)                                                                                   \
    {                                                                                              \
        .type = VISIT_EVENT_##what                                                                 \
    }

static const VisitSettings settings = {.card_ms = CARD_MS, .idle_data_ms = 60000};
static Visit visit;
static VisitEffects effects;
static gint64 now;

static void send(VisitEvent event)
{
    now += 10;
    visit_step(&visit, &event, now, 1782777600000, &effects);
}

static void open_machine(void)
{
    now = 1000;
    visit_init(&visit, &settings);
    send(EVENT(READY));
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_BEGIN});
}

/* What the reader was told last in this step; UNKNOWN: nothing. */
static ReaderMode last_mode(void)
{
    ReaderMode mode = READER_MODE_UNKNOWN;
    for (gsize i = 0; i < effects.count; i++)
        if (effects.items[i].type == VISIT_EFFECT_READER_MODE)
            mode = (ReaderMode)effects.items[i].number;
    return mode;
}

#define ck_assert_state(wanted)                                                                    \
    ck_assert_str_eq(visit_state_word(visit.state), visit_state_word(wanted))

static void refuse_card(void)
{
    open_machine();
    send(EVENT(CARD_FOUND));
    send(FAILED(EXPIRED));
    ck_assert_state(VISIT_REFUSED);
}

START_TEST(refused_card_is_watched_and_the_next_one_begins_a_visit)
{
    refuse_card();
    ck_assert_int_eq(last_mode(), READER_MODE_PRESENT);
    send(EVENT(CARD_FOUND)); /* the same one */
    ck_assert_state(VISIT_REFUSED);
    send(EVENT(CARD_LEFT));
    ck_assert_state(VISIT_REFUSED);
    ck_assert_int_eq(last_mode(), READER_MODE_IDLE);
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_LANGUAGE});
    send(EVENT(CARD_FOUND));
    ck_assert_state(VISIT_READING);
    ck_assert_int_eq(last_mode(), READER_MODE_SEARCH);
    ck_assert_int_eq(effects.items[0].type, VISIT_EFFECT_WIPE);
    ck_assert_int_eq(visit.language, LANGUAGE_EN);
    ck_assert_str_eq(visit.reason, "");
}
END_TEST

START_TEST(refused_card_that_stays_must_go_before_the_next_visit)
{
    refuse_card();
    send(EVENT(TIMEOUT));
    ck_assert_state(VISIT_ATTRACT);
    ck_assert_int_eq(last_mode(), READER_MODE_PRESENT);
    send(EVENT(CARD_LEFT));
    ck_assert_int_eq(last_mode(), READER_MODE_IDLE);
}
END_TEST

START_TEST(closed_machine_begins_no_visit_after_a_refusal)
{
    refuse_card();
    send((VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "printer-door"});
    send(EVENT(CARD_LEFT));
    ck_assert_int_eq(last_mode(), READER_MODE_PRESENT);
    send(EVENT(CARD_FOUND));
    ck_assert_state(VISIT_REFUSED);
}
END_TEST

static const struct {
    ReaderFailure failure;
    int reads;
    gboolean stays;
} lasting[] = {
    {READER_FAILURE_UNREADABLE, 3, TRUE},
    {READER_FAILURE_LINK, 3, TRUE},
    {READER_FAILURE_MOVED, 6, FALSE},
};

START_TEST(card_that_cannot_be_read_is_refused_after_some_reads)
{
    open_machine();
    for (int i = 1; i <= lasting[_i].reads; i++) {
        ck_assert_state(VISIT_CARD);
        send(EVENT(CARD_FOUND));
        send((VisitEvent){.type = VISIT_EVENT_CARD_FAILED, .failure = lasting[_i].failure});
    }
    ck_assert_state(VISIT_REFUSED);
    ck_assert_str_eq(visit.reason, "card-unreadable");
    ck_assert_int_eq(last_mode(), lasting[_i].stays ? READER_MODE_PRESENT : READER_MODE_IDLE);
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_BACK}); /* counted anew */
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_BEGIN});
    send(EVENT(CARD_LEFT));
    send(EVENT(CARD_FOUND));
    send((VisitEvent){.type = VISIT_EVENT_CARD_FAILED, .failure = lasting[_i].failure});
    ck_assert_state(VISIT_CARD);
}
END_TEST

START_TEST(failed_reads_do_not_lengthen_the_wait_for_a_card)
{
    open_machine();
    int event;
    gint64 end_ms = visit_deadline(&visit, &event);
    ck_assert_int_eq(end_ms, now + CARD_MS);
    now += 20000;
    send(EVENT(CARD_FOUND));
    send(FAILED(UNREADABLE));
    ck_assert_state(VISIT_CARD);
    ck_assert_int_eq(visit_deadline(&visit, &event), end_ms);
    send(EVENT(TIMEOUT));
    send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_BEGIN});
    ck_assert_int_eq(visit_deadline(&visit, &event), now + CARD_MS);
}
END_TEST

START_TEST(only_a_lifted_card_is_said_to_be_lifted)
{
    open_machine();
    send(EVENT(CARD_FOUND));
    send(FAILED(UNREADABLE));
    ck_assert_str_eq(visit.hint, "link");
    send(EVENT(CARD_LEFT)); /* as it was told */
    ck_assert_str_eq(visit.hint, "link");
    send(EVENT(CARD_FOUND));
    send(FAILED(MOVED));
    ck_assert_str_eq(visit.hint, "moved");
}
END_TEST

START_TEST(holder_is_wanted_only_where_a_card_is_read)
{
    const VisitState wanting[] = {VISIT_ATTRACT, VISIT_CARD, VISIT_READING, VISIT_CARD_AWAY};
    for (int state = VISIT_CLOSED; state < VISIT_STATE_COUNT; state++) {
        gboolean wants = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(wanting); i++)
            wants = wants || wanting[i] == (VisitState)state;
        visit.state = (VisitState)state;
        ck_assert_msg(visit_hears(&visit, VISIT_EVENT_CARD_READ) == wants, "%s",
                      visit_state_word((VisitState)state));
    }
}
END_TEST

START_TEST(a_card_of_the_staff_opens_the_menu_and_no_visit)
{
    for (int closed = 0; closed <= 1; closed++) {
        open_machine();
        visit.settings.staff_cards = TRUE;
        if (closed)
            send((VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "stock-empty"});
        else
            send((VisitEvent){.type = VISIT_EVENT_ACTION + ACTION_CANCEL});
        ck_assert_state(closed ? VISIT_CLOSED : VISIT_ATTRACT);
        ck_assert_int_eq(last_mode(), READER_MODE_IDLE);
        send(EVENT(CARD_FOUND));
        ck_assert_state(closed ? VISIT_CLOSED : VISIT_READING);
        send(EVENT(STAFF_CARD));
        ck_assert_state(VISIT_MAINTENANCE);
        ck_assert_int_eq(effects.items[effects.count - 1].type, VISIT_EFFECT_MENU);
        ck_assert_int_eq(last_mode(), READER_MODE_PRESENT);
        send(EVENT(MENU_LEFT));
        ck_assert_state(closed ? VISIT_CLOSED : VISIT_ATTRACT);
        ck_assert_int_eq(last_mode(), READER_MODE_PRESENT); /* it still lies there */
        send(EVENT(CARD_LEFT));
        ck_assert_int_eq(last_mode(), READER_MODE_IDLE);
    }
}
END_TEST

START_TEST(a_closed_machine_that_knows_no_card_of_the_staff_reads_nobody_s)
{
    open_machine();
    send((VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "stock-empty"});
    ck_assert_int_eq(last_mode(), READER_MODE_PRESENT);
}
END_TEST

START_TEST(a_card_of_the_staff_opens_nothing_in_the_middle_of_a_visit)
{
    static const VisitState before[] = {VISIT_CLOSED, VISIT_ATTRACT, VISIT_CARD, VISIT_READING};
    open_machine();
    for (int state = VISIT_CLOSED; state < VISIT_STATE_COUNT; state++) {
        gboolean hears = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
            hears = hears || before[i] == (VisitState)state;
        visit.state = (VisitState)state;
        ck_assert_msg(visit_hears(&visit, VISIT_EVENT_STAFF_CARD) == hears, "%s",
                      visit_state_word((VisitState)state));
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("card");
    tcase_add_test(tests, refused_card_is_watched_and_the_next_one_begins_a_visit);
    tcase_add_test(tests, refused_card_that_stays_must_go_before_the_next_visit);
    tcase_add_test(tests, closed_machine_begins_no_visit_after_a_refusal);
    tcase_add_loop_test(tests, card_that_cannot_be_read_is_refused_after_some_reads, 0,
                        G_N_ELEMENTS(lasting));
    tcase_add_test(tests, failed_reads_do_not_lengthen_the_wait_for_a_card);
    tcase_add_test(tests, only_a_lifted_card_is_said_to_be_lifted);
    tcase_add_test(tests, holder_is_wanted_only_where_a_card_is_read);
    tcase_add_test(tests, a_card_of_the_staff_opens_the_menu_and_no_visit);
    tcase_add_test(tests, a_closed_machine_that_knows_no_card_of_the_staff_reads_nobody_s);
    tcase_add_test(tests, a_card_of_the_staff_opens_nothing_in_the_middle_of_a_visit);
    return testing_run(tests);
}
