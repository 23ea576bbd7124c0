/* The maintenance menu: who gets in, what needs two people, what is never kept. */
#include "firmware/maintenance/menu.h"
#include "tests/testing.h"
#include <string.h>

static Config *config;
static Checks checks;
static PrinterStatus printer;
static ReaderDescription reader;
static Stock *stock;
static MenuFacts facts;
static Menu menu;
static MenuEffect effect;
static gint64 now_ms;

static void add_staff(const char *id, gboolean supervisor)
{
    FactsStaff *one = &facts.staff[facts.n_staff++];
    *one = (FactsStaff){.supervisor = supervisor};
    g_strlcpy(one->id, id, sizeof one->id);
}

static void setup(void)
{
    config = config_defaults();
    stock = stock_create();
    checks.count = 0;
    reader = (ReaderDescription){0};
    facts = (MenuFacts){.config = config,
                        .checks = &checks,
                        .printer = &printer,
                        .reader = &reader,
                        .stock = stock};
    add_staff("sam", TRUE);
    add_staff("tina", FALSE);
    menu_init(&menu);
    now_ms = 1000;
}

static void teardown(void)
{
    stock_destroy(stock);
    config_free(config);
}

static void step(const MenuEvent *event)
{
    menu_step(&menu, event, &facts, ++now_ms, &effect);
}

static void touch(ActionId id, int index)
{
    step(&(MenuEvent){.type = MENU_EVENT_ACTION + (int)id, .number = index});
}

static void type(const char *text)
{
    step(&(MenuEvent){.type = MENU_EVENT_TEXT, .text = text});
}

/* As the loop answers a right PIN. */
static void accept_pin(const char *who, gboolean supervisor)
{
    type("135790");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(effect.type, MENU_EFFECT_CHECK_PIN);
    ck_assert_str_eq(effect.who, who);
    step(&(MenuEvent){.type = MENU_EVENT_ACCEPTED, .who = who, .supervisor = supervisor});
}

static void sign_in(int row, const char *who, gboolean supervisor)
{
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    touch(ACTION_ROW, row);
    accept_pin(who, supervisor);
    ck_assert_int_eq(menu.state, MENU_OPEN);
}

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

START_TEST(a_setting_has_a_page_that_everybody_opens_and_a_supervisor_changes)
{
    static MenuView shown;
    for (int supervisor = 0; supervisor <= 1; supervisor++) {
        View view = {.screen = SCREEN_MAINTENANCE};
        sign_in(!supervisor, supervisor ? "sam" : "tina", supervisor);
        menu.page = MENU_PAGE_SECTION;
        g_strlcpy(menu.subject, "reader", sizeof menu.subject);
        touch(ACTION_ROW, 1);
        ck_assert_int_eq(menu.page, MENU_PAGE_SETTING);
        menu_show(&menu, &facts, now_ms, &shown, &view);
        ck_assert_str_eq(shown.heading.value, "devices");
        ck_assert_str_eq(shown.rows[0].text.value,
                         config_string(facts.config, "reader", "devices"));
        ck_assert_str_eq(shown.rows[1].text.value, config_option("reader", "devices")->fallback);
        ck_assert_int_eq(view_offers(&view, (Action){ACTION_TASK, TASK_SET}), supervisor);
        touch(ACTION_TASK, TASK_SET);
        ck_assert_int_eq(menu.state, supervisor ? MENU_FIELD : MENU_OPEN);
        if (supervisor)
            touch(ACTION_BACK, -1);
        touch(ACTION_BACK, -1);
        ck_assert_int_eq(menu.page, MENU_PAGE_SECTION);
        ck_assert_str_eq(menu.subject, "reader");
        touch(ACTION_FINISH, -1);
    }
}
END_TEST

/* Whatever kiosk.conf may hold, the page of the setting has all of it. */
START_TEST(no_setting_is_cut_on_its_way_to_the_screen)
{
    gsize count;
    const Option *options = config_options(&count);
    for (gsize i = 0; i < count; i++) {
        ck_assert_uint_lt(strlen(options[i].fallback), sizeof((MenuText *)0)->more);
        if (options[i].type == OPTION_STRING || options[i].type == OPTION_PATH)
            ck_assert_int_lt(options[i].max, (int)sizeof((MenuText *)0)->value);
    }
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

START_TEST(what_is_final_names_its_booklet)
{
    MenuView shown;
    View view = {0};
    facts.n_cases = 1;
    facts.cases[0] = (FactsCase){.key = "k-1", .serial = "D33000000001", .word = "unsure"};
    sign_in(1, "tina", FALSE);
    menu.page = MENU_PAGE_CASE;
    menu.state = MENU_CONFIRM;
    menu.task = TASK_SETTLE_VOID;
    g_strlcpy(menu.subject, "k-1", sizeof menu.subject);
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert_str_eq(shown.lead.key, "menu.confirm.settle-void.lead");
    ck_assert_str_eq(shown.lead.value, "D33000000001");
}
END_TEST

START_TEST(every_page_lies_under_one_of_the_bar)
{
    for (int page = MENU_PAGE_OVERVIEW; page <= MENU_BAR_PAGES; page++)
        ck_assert_int_eq(menu_page_bar((MenuPage)page), page);
    for (int page = MENU_BAR_PAGES + 1; page < MENU_PAGE_COUNT; page++)
        ck_assert_msg(menu_page_bar((MenuPage)page) != MENU_PAGE_UNKNOWN, "page %s lies nowhere",
                      menu_page_word((MenuPage)page));
    ck_assert_int_eq(menu_page_bar(MENU_PAGE_CASE), MENU_PAGE_BOOKLETS);
    ck_assert_int_eq(menu_page_bar(MENU_PAGE_UNKNOWN), MENU_PAGE_UNKNOWN);
}
END_TEST

START_TEST(every_page_says_what_it_is)
{
    static MenuView shown;
    facts.n_cases = 1;
    sign_in(0, "sam", TRUE);
    for (int page = MENU_PAGE_OVERVIEW; page < MENU_PAGE_COUNT; page++) {
        View view = {.screen = SCREEN_MAINTENANCE};
        menu.page = (MenuPage)page;
        menu_show(&menu, &facts, now_ms, &shown, &view);
        ck_assert_msg(*shown.heading.key || page == MENU_PAGE_BATCH || page == MENU_PAGE_SETTING,
                      "page %s says nothing", menu_page_word((MenuPage)page));
    }
}
END_TEST

static const MenuRow *find_row(const MenuView *view, const char *name)
{
    for (gsize i = 0; i < view->n_rows; i++)
        if (!strcmp(view->rows[i].name.key, name))
            return &view->rows[i];
    ck_abort_msg("no row %s", name);
    return NULL;
}

START_TEST(the_reader_s_page_tells_which_one_it_is_and_how_it_went)
{
    MenuView shown;
    View view = {0};
    reader = (ReaderDescription){.module = "05.01-20240101-0001234567-0007654321",
                                 .transport = "B",
                                 .device = "0400:c35a",
                                 .version = "2.10"};
    reader.counts[READER_COUNTER_READ] = 41;
    reader.counts[READER_COUNTER_FAILED] = 2;
    reader.counts[READER_COUNTER_GARBLED] = 3;
    sign_in(1, "tina", FALSE);
    menu.page = MENU_PAGE_READER;
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert_str_eq(find_row(&shown, "menu.reader.module")->text.value, reader.module);
    ck_assert_str_eq(find_row(&shown, "menu.reader.transport")->text.key,
                     "menu.reader.transport.B");
    ck_assert_str_eq(find_row(&shown, "menu.reader.device")->text.value, "0400:c35a");
    ck_assert_str_eq(find_row(&shown, "menu.reader.device")->text.more, "2.10");
    ck_assert_str_eq(find_row(&shown, "menu.reader.cards")->text.value, "41");
    ck_assert_str_eq(find_row(&shown, "menu.reader.cards")->text.more, "2");
    ck_assert_str_eq(find_row(&shown, "menu.reader.replies")->text.more, "3");
    ck_assert_int_eq(find_row(&shown, "menu.reader.replies")->state, MENU_STATE_WARN);
    ck_assert_int_eq(find_row(&shown, "menu.reader.cable")->state, MENU_STATE_OK);
    ck_assert_str_eq(find_row(&shown, "menu.reader.recovered")->text.value, "0");
}
END_TEST

START_TEST(a_reader_s_trouble_is_worth_a_look_only_where_it_comes_again_and_again)
{
    static const struct {
        guint cards, late;
        MenuRowState state;
    } cases[] = {{0, 1, MENU_STATE_OK},    {40, 2, MENU_STATE_OK},    {40, 3, MENU_STATE_WARN},
                 {1000, 3, MENU_STATE_OK}, {1000, 20, MENU_STATE_OK}, {1000, 21, MENU_STATE_WARN}};
    static MenuView shown;
    sign_in(1, "tina", FALSE);
    menu.page = MENU_PAGE_READER;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        View view = {0};
        reader.counts[READER_COUNTER_READ] = cases[i].cards;
        reader.counts[READER_COUNTER_SILENT] = cases[i].late;
        menu_show(&menu, &facts, now_ms, &shown, &view);
        ck_assert_int_eq(find_row(&shown, "menu.reader.replies")->state, cases[i].state);
    }
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

static void begin_panel_test(void)
{
    sign_in(1, "tina", FALSE);
    touch(ACTION_MENU, MENU_PAGE_TESTS);
    touch(ACTION_ROW, 4);
    ck_assert_int_eq(menu.state, MENU_CONFIRM);
    touch(ACTION_CONFIRM, -1);
    ck_assert_int_eq(menu.state, MENU_CELLS);
}

START_TEST(the_panel_test_ends_well_when_every_cell_answered_and_every_colour_was_seen)
{
    begin_panel_test();
    for (int cell = 0; cell < PANEL_CELLS; cell++) {
        ck_assert_int_eq(menu.state, MENU_CELLS);
        touch(ACTION_CELL, cell);
    }
    for (int colour = PANEL_COLOUR_BLACK; colour < PANEL_COLOUR_COUNT; colour++) {
        static MenuView shown;
        View view = {.screen = SCREEN_MAINTENANCE};
        menu_show(&menu, &facts, now_ms, &shown, &view);
        ck_assert_int_eq(shown.colour, colour);
        ck_assert_int_eq(effect.type, MENU_EFFECT_UNKNOWN);
        touch(ACTION_NEXT, -1);
    }
    ck_assert_int_eq(effect.task, TASK_TEST_PANEL);
    ck_assert_str_eq(effect.fields[0], "cells 60/60 colours 5/5");
    ck_assert_str_eq(effect.fields[1], "");
}
END_TEST

START_TEST(cells_that_never_answer_are_named_after_a_while_without_touches)
{
    static MenuView shown;
    View view = {.screen = SCREEN_MAINTENANCE};
    begin_panel_test();
    for (int cell = 0; cell < PANEL_CELLS - 1; cell++)
        if (cell != 6)
            touch(ACTION_CELL, cell);
    touch(ACTION_CELL, PANEL_CELLS);
    touch(ACTION_CELL, -1);
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert_int_eq(view.n_actions, 2);
    ck_assert(view_offers(&view, (Action){ACTION_CELL, 6}));
    ck_assert_int_le(menu_deadline(&menu), now_ms + 10000);
    step(&(MenuEvent){.type = MENU_EVENT_TIMEOUT});
    ck_assert_int_eq(menu.state, MENU_COLOURS);
    step(&(MenuEvent){.type = MENU_EVENT_TIMEOUT}); /* and nobody looks at the colours */
    ck_assert_int_eq(effect.task, TASK_TEST_PANEL);
    ck_assert_str_eq(effect.fields[0], "cells 58/60 colours 0/5");
    ck_assert_str_eq(effect.fields[1], "7, 60");
    ck_assert_str_eq(effect.fields[3], "");
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
    tcase_add_test(tests, a_setting_has_a_page_that_everybody_opens_and_a_supervisor_changes);
    tcase_add_test(tests, no_setting_is_cut_on_its_way_to_the_screen);
    tcase_add_test(tests, five_minutes_of_silence_and_an_hour_in_any_case_end_the_session);
    tcase_add_test(tests, pins_are_wiped_and_never_shown);
    tcase_add_test(tests, a_row_s_task_is_about_that_row);
    tcase_add_test(tests, a_case_is_settled_only_as_its_state_allows);
    tcase_add_test(tests, what_is_final_names_its_booklet);
    tcase_add_test(tests, every_page_lies_under_one_of_the_bar);
    tcase_add_test(tests, every_page_says_what_it_is);
    tcase_add_test(tests, the_reader_s_page_tells_which_one_it_is_and_how_it_went);
    tcase_add_test(tests, a_reader_s_trouble_is_worth_a_look_only_where_it_comes_again_and_again);
    tcase_add_test(tests, every_waiting_state_ends_by_itself);
    tcase_add_test(tests, a_card_leads_to_its_member_s_pin_and_no_further);
    tcase_add_test(tests,
                   the_panel_test_ends_well_when_every_cell_answered_and_every_colour_was_seen);
    tcase_add_test(tests, cells_that_never_answer_are_named_after_a_while_without_touches);
    return testing_run(tests);
}
