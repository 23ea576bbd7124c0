/* What the pages of the maintenance menu show, and what is behind them. */
#include "tests/unit/menu_fixture.h"

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
        ck_assert_str_eq(shown.heading.key, "name.reader.devices");
        ck_assert_str_eq(shown.side.value, "reader.devices");
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

static void load_three(void)
{
    JournalEntry load = {.step = JOURNAL_LOAD,
                         .key = "",
                         .body = "{\"first\":\"D33000000001\",\"last\":\"D33000000003\"}"};
    ck_assert(stock_apply(stock, &load, NULL));
}

START_TEST(the_account_of_the_booklets_adds_up_to_what_was_loaded)
{
    static MenuView shown;
    View view = {0};
    int sum = 0;
    load_three();
    ck_assert(stock_move(stock, "D33000000001", BOOKLET_RESERVED, NULL));
    ck_assert(stock_move(stock, "D33000000002", BOOKLET_LOST, NULL));
    sign_in(1, "tina", FALSE);
    menu.page = MENU_PAGE_BOOKLETS;
    menu_show(&menu, &facts, now_ms, &shown, &view);
    for (gsize i = 0; i < shown.account.n_parts; i++)
        sum += shown.account.parts[i].value;
    ck_assert_int_eq(sum, 3);
    ck_assert_int_eq(shown.account.sum, 3);
    ck_assert_str_eq(shown.heading.value, "1");
    ck_assert_int_eq(shown.account.parts[0].value, 1);
}
END_TEST

START_TEST(a_booklet_leads_to_its_case_else_to_its_load)
{
    load_three();
    facts.n_booklets = 2;
    facts.booklets[0] = (FactsBooklet){.serial = "D33000000002", .state = BOOKLET_UNSURE};
    facts.booklets[1] = (FactsBooklet){.serial = "D33000000001", .state = BOOKLET_ISSUED};
    facts.n_cases = 1;
    facts.cases[0] = (FactsCase){.key = "k-2", .serial = "D33000000002"};
    sign_in(1, "tina", FALSE);
    touch(ACTION_MENU, MENU_PAGE_BOOKLETS);
    touch(ACTION_ROW, 0);
    ck_assert_int_eq(menu.page, MENU_PAGE_CASE);
    ck_assert_str_eq(menu.subject, "k-2");
    touch(ACTION_MENU, MENU_PAGE_BOOKLETS);
    touch(ACTION_ROW, 1);
    ck_assert_int_eq(menu.page, MENU_PAGE_BATCH);
    ck_assert_str_eq(menu.subject, "D33000000001");
}
END_TEST

START_TEST(the_booklets_primary_settles_what_is_unsure)
{
    static MenuView shown;
    View view = {0};
    load_three();
    facts.n_cases = 1;
    sign_in(1, "tina", FALSE);
    touch(ACTION_MENU, MENU_PAGE_CASES); /* not from everywhere */
    ck_assert_int_eq(menu.page, MENU_PAGE_OVERVIEW);
    touch(ACTION_MENU, MENU_PAGE_BOOKLETS);
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert_int_eq(shown.choices[0].action.id, ACTION_MENU);
    touch(ACTION_MENU, shown.choices[0].action.index);
    ck_assert_int_eq(menu.page, MENU_PAGE_CASES);
}
END_TEST

START_TEST(a_load_that_was_taken_back_is_neither_counted_nor_spoiled)
{
    static MenuView shown;
    View view = {0};
    sign_in(1, "tina", FALSE);
    menu.page = MENU_PAGE_BATCH;
    g_strlcpy(menu.subject, "D33000000001", sizeof menu.subject);
    menu_show(&menu, &facts, now_ms, &shown, &view);
    ck_assert_str_eq(shown.heading.key, "menu.batch.gone");
    ck_assert_uint_eq(shown.n_choices, 0);
}
END_TEST

START_TEST(the_seconds_left_come_from_the_pace_and_never_grow)
{
    static const struct {
        int percent, elapsed_ms, left_s;
    } news[] = {{0, 300, -1}, {5, 600, -1}, {10, 2000, 18}, {12, 4000, 18},
                {50, 5000, 5}, {60, 9000, 5}, {99, 12000, 1}, {100, 12100, 0}};
    int left_s = -1;
    for (gsize i = 0; i < G_N_ELEMENTS(news); i++) {
        left_s = menu_left_s(news[i].percent, news[i].elapsed_ms, left_s);
        ck_assert_int_eq(left_s, news[i].left_s);
    }
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
    TCase *tests = tcase_create("menu_pages");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_setting_has_a_page_that_everybody_opens_and_a_supervisor_changes);
    tcase_add_test(tests, no_setting_is_cut_on_its_way_to_the_screen);
    tcase_add_test(tests, what_is_final_names_its_booklet);
    tcase_add_test(tests, every_page_lies_under_one_of_the_bar);
    tcase_add_test(tests, every_page_says_what_it_is);
    tcase_add_test(tests, the_reader_s_page_tells_which_one_it_is_and_how_it_went);
    tcase_add_test(tests,
                   a_reader_s_trouble_is_worth_a_look_only_where_it_comes_again_and_again);
    tcase_add_test(tests,
                   the_panel_test_ends_well_when_every_cell_answered_and_every_colour_was_seen);
    tcase_add_test(tests, cells_that_never_answer_are_named_after_a_while_without_touches);
    tcase_add_test(tests, the_account_of_the_booklets_adds_up_to_what_was_loaded);
    tcase_add_test(tests, a_booklet_leads_to_its_case_else_to_its_load);
    tcase_add_test(tests, the_booklets_primary_settles_what_is_unsure);
    tcase_add_test(tests, a_load_that_was_taken_back_is_neither_counted_nor_spoiled);
    tcase_add_test(tests, the_seconds_left_come_from_the_pace_and_never_grow);
    return testing_run(tests);
}
