/* The maintenance menu: who gets in, what needs two people, what is never kept. */
#include "tests/unit/menu_fixture.h"

START_TEST(nothing_opens_before_a_pin_was_accepted)
{
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    for (int state = MENU_WHO; state <= MENU_CHECKING; state++)
        for (int id = 0; id < ACTION_COUNT; id++)
            for (int index = -1; index < 30; index++) {
                menu.state = (MenuState)state;
                menu.session_end_ms = 0;
                touch((ActionId)id, index);
                ck_assert_msg(menu.state != MENU_OPEN && effect.type != MENU_EFFECT_RUN,
                              "%s let somebody in", menu_state_word((MenuState)state));
            }
}
END_TEST

START_TEST(a_short_pin_is_not_even_compared)
{
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    touch(ACTION_ROW, 1);
    type("12345");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(effect.type, MENU_EFFECT_UNKNOWN);
    ck_assert_int_eq(menu.state, MENU_PIN);
}
END_TEST

START_TEST(loading_booklets_waits_for_a_second_person_of_the_other_role)
{
    sign_in(1, "tina", FALSE);
    static const char *const fields[] = {"D33000000001", "D33000000050", "51"};
    touch(ACTION_TASK, TASK_LOAD);
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        type(fields[i]); /* a wrong digit in one of the three */
        touch(ACTION_SUBMIT, -1);
    }
    ck_assert_str_eq(menu.notice.key, "menu.field.number");
    type("50");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(menu.state, MENU_SECOND_WHO);
    ck_assert_int_eq(effect.type, MENU_EFFECT_UNKNOWN);
    touch(ACTION_ROW, 0); /* the only supervisor */
    ck_assert_str_eq(menu.second, "sam");
    type("135790");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(effect.type, MENU_EFFECT_CHECK_PIN);
    step(&(MenuEvent){.type = MENU_EVENT_ACCEPTED, .who = "sam", .supervisor = TRUE});
    ck_assert_int_eq(effect.type, MENU_EFFECT_RUN);
    ck_assert_int_eq(effect.task, TASK_LOAD);
    ck_assert_str_eq(effect.fields[1], "D33000000050");
    ck_assert_str_eq(effect.second, "sam");
}
END_TEST

START_TEST(without_a_second_person_stock_is_not_touched)
{
    facts.n_staff = 0;
    add_staff("tina", FALSE);
    sign_in(0, "tina", FALSE);
    touch(ACTION_TASK, TASK_LOAD);
    ck_assert_int_eq(menu.state, MENU_OPEN);
    ck_assert_str_eq(menu.notice.key, "menu.not-now");
}
END_TEST

START_TEST(what_uses_the_printer_waits_for_a_running_issuance)
{
    sign_in(1, "tina", FALSE);
    facts.busy = TRUE;
    touch(ACTION_TASK, TASK_OFFSET);
    ck_assert_int_eq(menu.state, MENU_OPEN);
    facts.busy = FALSE;
    touch(ACTION_TASK, TASK_OFFSET);
    ck_assert_int_eq(menu.state, MENU_FIELD);
}
END_TEST

START_TEST(a_value_out_of_range_cannot_be_kept)
{
    sign_in(0, "sam", TRUE);
    touch(ACTION_MENU, MENU_PAGE_SETTINGS);
    menu.page = MENU_PAGE_SECTION;
    g_strlcpy(menu.subject, "reader", sizeof menu.subject);
    g_strlcpy(menu.option, "reader.poll_ms", sizeof menu.option);
    menu.task = TASK_SET;
    menu.state = MENU_FIELD;
    type("1");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(menu.state, MENU_FIELD);
    ck_assert_str_eq(menu.notice.key, "menu.field.range");
    type("200");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(effect.type, MENU_EFFECT_RUN);
    ck_assert_str_eq(effect.subject, "reader.poll_ms");
}
END_TEST

START_TEST(five_minutes_of_silence_and_an_hour_in_any_case_end_the_session)
{
    sign_in(1, "tina", FALSE);
    gint64 began_ms = now_ms;
    ck_assert_int_eq(menu_deadline(&menu), now_ms + MENU_IDLE_MS);
    for (int i = 0; i < 20; i++) {
        now_ms += MENU_IDLE_MS - 1000;
        if (now_ms < began_ms + MENU_SESSION_MS)
            touch(ACTION_MENU, MENU_PAGE_TESTS);
    }
    ck_assert_int_le(menu_deadline(&menu), began_ms + MENU_SESSION_MS);
    step(&(MenuEvent){.type = MENU_EVENT_TIMEOUT});
    ck_assert_int_eq(effect.type, MENU_EFFECT_LEAVE);
    ck_assert_int_eq(menu.state, MENU_CLOSED);
}
END_TEST

START_TEST(pins_are_wiped_and_never_shown)
{
    static MenuView shown;
    View view = {.screen = SCREEN_MAINTENANCE};
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    touch(ACTION_ROW, 1);
    type("135790");
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert(!memmem(&shown, sizeof shown, "135790", 6));
    ck_assert_int_eq(shown.entered, 6);
    touch(ACTION_BACK, -1);
    ck_assert(!memmem(&menu, sizeof menu, "135790", 6));
}
END_TEST

START_TEST(a_row_s_task_is_about_that_row)
{
    facts.staff[1].locked = TRUE;
    sign_in(0, "sam", TRUE);
    menu.page = MENU_PAGE_STAFF;
    touch(ACTION_ROW, 1);
    ck_assert_int_eq(menu.state, MENU_CONFIRM);
    touch(ACTION_CONFIRM, -1);
    ck_assert_int_eq(effect.task, TASK_UNLOCK);
    ck_assert_str_eq(effect.subject, "tina");
}
END_TEST

START_TEST(a_case_is_settled_only_as_its_state_allows)
{
    static const struct {
        TaskId task;
        gboolean unsure, retracted;
    } ways[] = {{TASK_SETTLE_PRINTED, TRUE, FALSE},
                {TASK_SETTLE_SPOILED, TRUE, FALSE},
                {TASK_SETTLE_VOID, TRUE, TRUE},
                {TASK_SETTLE_DELIVERED, FALSE, TRUE}};
    facts.n_cases = 1;
    facts.cases[0] = (FactsCase){.key = "k-1", .serial = "D33000000001"};
    sign_in(1, "tina", FALSE);
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(ways); i++) {
        gboolean retracted = i % 2;
        g_strlcpy(facts.cases[0].word, retracted ? "retracted" : "unsure",
                  sizeof facts.cases[0].word);
        menu.page = MENU_PAGE_CASE;
        g_strlcpy(menu.subject, "k-1", sizeof menu.subject);
        touch(ACTION_TASK, (int)ways[i / 2].task);
        gboolean asked = menu.state == MENU_FIELD;
        ck_assert_int_eq(asked, retracted ? ways[i / 2].retracted : ways[i / 2].unsure);
        if (asked)
            touch(ACTION_BACK, -1);
        menu.page = MENU_PAGE_BOOKLETS; /* and nowhere else */
        touch(ACTION_TASK, (int)ways[i / 2].task);
        ck_assert_int_eq(menu.state, MENU_OPEN);
    }
}
END_TEST

START_TEST(everybody_of_a_large_staff_can_be_picked)
{
    char id[24];
    for (int i = 3; i <= 12; i++) {
        g_snprintf(id, sizeof id, "t-%d", i);
        add_staff(id, FALSE);
    }
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    touch(ACTION_NEXT_PAGE, -1);
    touch(ACTION_ROW, 1); /* the tenth */
    ck_assert_str_eq(menu.who, "t-10");
    menu_init(&menu);
    sign_in(0, "sam", TRUE);
    menu.task = TASK_LOAD;
    menu.state = MENU_SECOND_WHO;
    touch(ACTION_NEXT_PAGE, -1);
    touch(ACTION_ROW, 0); /* the ninth of the technicians */
    ck_assert_str_eq(menu.second, "t-10");
}
END_TEST

START_TEST(every_waiting_state_ends_by_itself)
{
    sign_in(1, "tina", FALSE);
    for (int state = MENU_WHO; state < MENU_STATE_COUNT; state++) {
        menu.state = (MenuState)state;
        menu.task = TASK_LOAD;
        step(&(MenuEvent){.type = MENU_EVENT_TIMEOUT});
        ck_assert_msg(menu.state != (MenuState)state, "%s waits for ever",
                      menu_state_word((MenuState)state));
    }
}
END_TEST

START_TEST(a_card_leads_to_its_member_s_pin_and_no_further)
{
    step(&(MenuEvent){.type = MENU_EVENT_ENTER, .who = "tina"});
    ck_assert_int_eq(menu.state, MENU_PIN);
    ck_assert_int_eq(menu.session_end_ms, 0);
    accept_pin("tina", FALSE);
    ck_assert_int_eq(menu.state, MENU_OPEN);
    menu_init(&menu);
    step(&(MenuEvent){.type = MENU_EVENT_ENTER, .who = "gone"});
    ck_assert_int_eq(menu.state, MENU_WHO);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("menu");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_opens_before_a_pin_was_accepted);
    tcase_add_test(tests, a_short_pin_is_not_even_compared);
    tcase_add_test(tests, loading_booklets_waits_for_a_second_person_of_the_other_role);
    tcase_add_test(tests, without_a_second_person_stock_is_not_touched);
    tcase_add_test(tests, what_uses_the_printer_waits_for_a_running_issuance);
    tcase_add_test(tests, a_value_out_of_range_cannot_be_kept);
    tcase_add_test(tests, five_minutes_of_silence_and_an_hour_in_any_case_end_the_session);
    tcase_add_test(tests, pins_are_wiped_and_never_shown);
    tcase_add_test(tests, a_row_s_task_is_about_that_row);
    tcase_add_test(tests, a_case_is_settled_only_as_its_state_allows);
    tcase_add_test(tests, everybody_of_a_large_staff_can_be_picked);
    tcase_add_test(tests, every_waiting_state_ends_by_itself);
    tcase_add_test(tests, a_card_leads_to_its_member_s_pin_and_no_further);
    return testing_run(tests);
}
