/* What a page says to do can be done there: each step's buttons, and one story on each page. */
#include "firmware/base/error.h"
#include "firmware/maintenance/menu.h"
#include "firmware/maintenance/readiness_table.h"
#include "tests/testing.h"
#include "ui/text.h"
#include <string.h>

static Config *config;
static Texts *texts;
static Checks checks;
static PrinterStatus printer;
static ReaderDescription reader;
static Stock *stock;
static MenuFacts facts;
static Menu menu;
static MenuView shown;
static View view;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    config = config_defaults();
    texts = texts_create(config, ASSETS_DIR, &error);
    ck_assert_msg(texts != NULL, "%s", error ? error->message : "");
    stock = stock_create();
    facts = (MenuFacts){.config = config,
                        .checks = &checks,
                        .printer = &printer,
                        .reader = &reader,
                        .stock = stock,
                        .n_staff = 2};
    facts.staff[0] = (FactsStaff){.id = "sam", .supervisor = TRUE};
    facts.staff[1] = (FactsStaff){.id = "tina"};
    menu_init(&menu);
    menu.state = MENU_OPEN;
    menu.session_end_ms = 1000000;
}

static void teardown(void)
{
    stock_destroy(stock);
    texts_destroy(texts);
    config_free(config);
}

static void set_check(const CheckRow *row, CheckState state)
{
    checks.count = 1;
    checks.items[0] = (Check){.state = state};
    g_strlcpy(checks.items[0].id, row->id, sizeof checks.items[0].id);
    g_strlcpy(checks.items[0].word, row->word, sizeof checks.items[0].word);
    g_strlcpy(checks.items[0].value, "D33000000002", sizeof checks.items[0].value);
}

static void open_page(MenuPage page, const char *subject, Language language)
{
    menu.page = page;
    g_strlcpy(menu.subject, subject, sizeof menu.subject);
    view = (View){.screen = SCREEN_MAINTENANCE, .language = language};
    menu_show(&menu, &facts, 1000, &shown, &view);
}

static gboolean is_text(const char *name, const char *key)
{
    g_autofree char *text = texts_format(texts, view.language, key, NULL);
    return strstr(text, name) != NULL && (strlen(text) == strlen(name) || strstr(text, "{value}"));
}

/* A button of the page that is shown, a page of the bar, or the button on the booklets' page. */
static gboolean can_be_touched(const char *name)
{
    for (gsize i = 0; i < shown.n_choices; i++)
        if (is_text(name, shown.choices[i].text.key))
            return TRUE;
    for (int page = 1; page <= MENU_BAR_PAGES; page++) {
        g_autofree char *key = g_strconcat("menu.bar.", menu_page_word((MenuPage)page), NULL);
        if (is_text(name, key))
            return TRUE;
    }
    return is_text(name, "menu.booklets.settle");
}

/* The steps' and the sentence's names in quotation marks. */
static void check_names(const char *where, const char *text)
{
    const char *open = view.language == LANGUAGE_ZH ? "“" : "\"";
    const char *close = view.language == LANGUAGE_ZH ? "”" : "\"";
    for (const char *at = strstr(text, open); at; at = strstr(at, open)) {
        at += strlen(open);
        const char *end = strstr(at, close);
        ck_assert_msg(end != NULL, "%s: %s", where, text);
        g_autofree char *name = g_strndup(at, (gsize)(end - at));
        ck_assert_msg(can_be_touched(name), "%s names \"%s\", which is not there: %s", where, name,
                      text);
        at = end + strlen(close);
    }
    for (const char *at = strstr(text, "ress "); at; at = strstr(at + 1, "ress "))
        ck_assert_msg(at[5] == '"', "%s presses what is not named: %s", where, text);
}

static guint check_steps(const CheckRow *row)
{
    guint steps = 0;
    check_names(row->word, shown.lead.value);
    for (gsize i = 0; i < shown.n_steps; i++) {
        if (!texts_has(texts, view.language, shown.steps[i].key))
            continue;
        g_autofree char *step = texts_format(texts, view.language, shown.steps[i].key, NULL);
        check_names(row->word, step);
        steps++;
    }
    return steps;
}

/* Whatever keeps the machine shut or needs somebody, in both languages. */
START_TEST(each_reason_has_steps_and_their_buttons_are_on_its_page)
{
    gsize count;
    const CheckRow *rows = check_rows(&count);
    for (gsize i = 0; i < count; i++) {
        gboolean well = !strcmp(rows[i].word, "stock.next"); /* never bad */
        if (well || !strchr(rows[i].id, '.') || g_str_has_suffix(rows[i].word, ".unasked"))
            continue;
        for (Language language = LANGUAGE_ZH; language <= LANGUAGE_EN; language++) {
            set_check(&rows[i], CHECK_BAD);
            menu.supervisor = !strcmp(rows[i].word, "audit.cut"); /* its step says who */
            facts.out_of_service = !strcmp(rows[i].word, "machine.out");
            open_page(MENU_PAGE_PART, rows[i].id, language);
            ck_assert_msg(check_steps(&rows[i]) > 0, "%s: no step", rows[i].word);
        }
    }
}
END_TEST

static gboolean offers(TaskId task)
{
    return view_offers(&view, (Action){ACTION_TASK, (int)task});
}

START_TEST(a_count_that_does_not_agree_is_counted_again_or_the_booklet_is_declared)
{
    static const MenuPage pages[] = {MENU_PAGE_PART, MENU_PAGE_BOOKLETS};
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        set_check(check_row("stock.mismatch"), CHECK_BAD);
        open_page(pages[i], "stock.next", LANGUAGE_EN);
        ck_assert(offers(TASK_COUNT_STOCK));
        ck_assert(offers(TASK_LOSE));
        ck_assert(offers(TASK_SPOIL));
        ck_assert(!offers(TASK_NEXT_SERIAL));
    }
}
END_TEST

static void load(const char *first, const char *last)
{
    JournalDraft draft;
    ck_assert(stock_draft_load(stock, first, last, "tina sam", &draft, NULL));
    const JournalEntry entry = {.step = draft.step, .key = "", .body = draft.body, .at_ms = 1};
    ck_assert(stock_apply(stock, &entry, NULL));
}

START_TEST(the_batch_that_does_not_agree_is_the_one_that_is_counted)
{
    MenuEffect effect;
    JournalDraft draft;
    load("D33000000001", "D33000000050");
    load("D33000000101", "D33000000150");
    ck_assert(stock_draft_count(stock, "D33000000101", 49, "tina sam", &draft, NULL));
    const JournalEntry entry = {.step = draft.step, .key = "", .body = draft.body, .at_ms = 2};
    ck_assert(stock_apply(stock, &entry, NULL));
    set_check(check_row("stock.mismatch"), CHECK_BAD);
    open_page(MENU_PAGE_PART, "stock.next", LANGUAGE_EN);
    const MenuEvent event = {.type = MENU_EVENT_ACTION + ACTION_TASK, .number = TASK_COUNT_STOCK};
    menu_step(&menu, &event, &facts, 1000, &effect);
    ck_assert_int_eq(menu.state, MENU_FIELD);
    ck_assert_str_eq(menu.option, "D33000000101");
    menu_show(&menu, &facts, 1000, &shown, &view);
    ck_assert_str_eq(shown.lead.value, "D33000000101");
}
END_TEST

START_TEST(the_booklets_page_tells_one_story)
{
    gsize count;
    const CheckRow *rows = check_rows(&count);
    for (gsize i = 0; i < count; i++) {
        if (strcmp(rows[i].id, "stock.next") != 0)
            continue;
        gboolean well = !strcmp(rows[i].word, "stock.next");
        char sentence[CHECK_SENTENCE_BYTES];
        set_check(&rows[i], well ? CHECK_OK : CHECK_BAD);
        open_page(MENU_PAGE_BOOKLETS, "", LANGUAGE_EN);
        ck_assert_int_eq(shown.chip_state, well ? MENU_STATE_OK : MENU_STATE_BAD);
        ck_assert_str_eq(shown.chip.key, well ? "menu.booklets.agrees" : "menu.part.broken");
        check_say_whole(&checks.items[0], LANGUAGE_EN, sentence, sizeof sentence);
        ck_assert_str_eq(shown.lead.value, well ? checks.items[0].value : sentence);
    }
}
END_TEST

START_TEST(the_worst_of_several_findings_about_a_part_is_told)
{
    set_check(check_row("printer.level"), CHECK_OK);
    checks.items[checks.count] = checks.items[0];
    checks.items[checks.count++].state = CHECK_WARN;
    open_page(MENU_PAGE_PART, "printer.supply", LANGUAGE_EN);
    ck_assert_int_eq(shown.chip_state, MENU_STATE_WARN);
}
END_TEST

static MenuEffectType touch(ActionId id, int number)
{
    MenuEffect effect;
    const MenuEvent event = {.type = MENU_EVENT_ACTION + (int)id, .number = number};
    menu_step(&menu, &event, &facts, 1000, &effect);
    return effect.type;
}

/* A booklet in the tray would become a report that the journal does not know of. */
START_TEST(whatever_prints_asks_for_plain_paper_first)
{
    static const TaskId printing[] = {TASK_TEST_PRINT, TASK_CALIBRATION_PRINT, TASK_REPORT};
    for (gsize i = 0; i < G_N_ELEMENTS(printing); i++) {
        menu.state = MENU_OPEN;
        (void)touch(ACTION_TASK, (int)printing[i]);
        if (printing[i] == TASK_REPORT)
            ck_assert_int_eq(touch(ACTION_ROW, 0), MENU_EFFECT_UNKNOWN); /* onto paper */
        ck_assert_int_eq(menu.state, MENU_CONFIRM);
        ck_assert_int_eq(touch(ACTION_CONFIRM, -1), MENU_EFFECT_RUN);
    }
    menu.state = MENU_OPEN;
    (void)touch(ACTION_TASK, TASK_REPORT);
    ck_assert_int_eq(touch(ACTION_ROW, 1), MENU_EFFECT_RUN); /* onto the stick: no paper */
}
END_TEST

/* The arrow of a row and the way behind it are one: no row opens nothing, none hides a way. */
START_TEST(a_row_opens_exactly_where_something_is_behind_it)
{
    printer = (PrinterStatus){.state = PRINTER_STATE_IDLE,
                              .n_reasons = 3,
                              .reasons = {{"none", PRINTER_SEVERITY_REPORT},
                                          {"marker-supply-low", PRINTER_SEVERITY_WARNING},
                                          {"com.example-odd", PRINTER_SEVERITY_WARNING}}};
    facts.n_lines = facts.lines_total = 2;
    set_check(check_row("printer.supply"), CHECK_WARN);
    for (int page = MENU_PAGE_OVERVIEW; page < MENU_PAGE_COUNT; page++) {
        open_page((MenuPage)page, "", LANGUAGE_EN);
        for (int i = 0; i < (int)shown.n_rows; i++) {
            Menu before = menu;
            MenuEffect effect;
            menu_step(&menu, &(MenuEvent){.type = MENU_EVENT_ACTION + ACTION_ROW, .number = i},
                      &facts, 1000, &effect);
            gboolean moved = menu.page != before.page || menu.state != before.state;
            ck_assert_msg(moved == shown.rows[i].opens, "%s, row %d", menu_page_word(before.page),
                          i + 1);
            menu = before;
        }
    }
}
END_TEST

START_TEST(a_printer_s_reason_opens_its_steps_and_leads_back_to_the_printer)
{
    MenuEffect effect;
    printer = (PrinterStatus){.state = PRINTER_STATE_IDLE,
                              .n_reasons = 2,
                              .reasons = {{"none", PRINTER_SEVERITY_REPORT},
                                          {"marker-supply-low", PRINTER_SEVERITY_WARNING}}};
    set_check(check_row("printer.supply"), CHECK_WARN);
    open_page(MENU_PAGE_PRINTER, "", LANGUAGE_EN);
    ck_assert_uint_eq(shown.n_rows, 4);
    menu_step(&menu, &(MenuEvent){.type = MENU_EVENT_ACTION + ACTION_ROW, .number = 3}, &facts,
              1000, &effect);
    ck_assert_int_eq(menu.page, MENU_PAGE_PART);
    ck_assert_str_eq(menu.subject, "printer.supply");
    menu_step(&menu, &(MenuEvent){.type = MENU_EVENT_ACTION + ACTION_BACK}, &facts, 1000, &effect);
    ck_assert_int_eq(menu.page, MENU_PAGE_PRINTER);
}
END_TEST

/* The configuration's own help is the English sentence, and says all by itself. */
START_TEST(each_setting_says_what_it_does_when_it_counts_and_in_which_unit)
{
    gsize count;
    const Option *options = config_options(&count);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("%s.%s", options[i].section, options[i].key);
        open_page(MENU_PAGE_SETTING, name, LANGUAGE_EN);
        g_autofree char *said = texts_format(texts, LANGUAGE_EN, shown.lead.key, NULL);
        g_autofree char *chinese = texts_format(texts, LANGUAGE_ZH, shown.lead.key, NULL);
        ck_assert_str_eq(said, options[i].comment);
        ck_assert_msg(!g_str_has_prefix(said, "The same") && !g_str_is_ascii(chinese), "%s", name);
        ck_assert_uint_eq(shown.n_rows, 5);
        if (options[i].type != OPTION_INT)
            continue;
        g_autofree char *range = texts_format(texts, LANGUAGE_EN, shown.rows[2].text.key, "value",
                                              shown.rows[2].text.value, NULL);
        ck_assert_msg(!g_ascii_isdigit(range[strlen(range) - 1]), "%s: %s", name, range);
    }
    open_page(MENU_PAGE_SETTING, "printer.offset_x_um", LANGUAGE_EN);
    ck_assert_str_eq(shown.rows[3].text.key, "menu.setting.at-once");
    open_page(MENU_PAGE_SETTING, "printer.uri", LANGUAGE_EN);
    ck_assert_str_eq(shown.rows[3].text.key, "menu.setting.restart");
}
END_TEST

/* With one check wrong, and none. */
START_TEST(the_overview_s_primary_leads_to_what_mends_the_first_thing_wrong)
{
    gsize count;
    const CheckRow *rows = check_rows(&count);
    for (gsize i = 0; i < count; i++) {
        set_check(&rows[i], CHECK_BAD);
        facts.out_of_service = !strcmp(rows[i].word, "machine.out");
        open_page(MENU_PAGE_OVERVIEW, "", LANGUAGE_EN);
        ck_assert_int_eq(shown.chip_state, MENU_STATE_BAD);
        ck_assert(offers(TASK_TEST_ALL));
        if (facts.out_of_service) {
            ck_assert_int_eq(shown.choices[0].action.index, TASK_PUT_BACK);
            continue;
        }
        ck_assert_int_eq(shown.choices[0].action.id, ACTION_MEND);
        (void)touch(ACTION_MEND, -1);
        ck_assert_int_eq(menu.page, MENU_PAGE_PART);
        ck_assert_str_eq(menu.subject, rows[i].id);
        (void)touch(ACTION_BACK, -1);
        ck_assert_int_eq(menu.page, MENU_PAGE_OVERVIEW);
    }
    checks.count = 0;
    open_page(MENU_PAGE_OVERVIEW, "", LANGUAGE_EN);
    ck_assert_int_eq(shown.choices[0].action.index, TASK_TEST_ALL);
    (void)touch(ACTION_MEND, -1);
    ck_assert_int_eq(menu.page, MENU_PAGE_OVERVIEW);
}
END_TEST

START_TEST(all_is_well_is_said_only_when_it_is)
{
    set_check(check_row("printer.found"), CHECK_OK);
    facts.n_tests = 1;
    facts.tests[0] = (FactsTest){.part = "printer", .result = "stopped", .at_ms = 1};
    open_page(MENU_PAGE_OVERVIEW, "", LANGUAGE_EN);
    ck_assert_str_eq(shown.heading.key, "menu.overview.test");
    ck_assert_int_eq(shown.chip_state, MENU_STATE_WARN);
    ck_assert_int_eq(shown.rows[0].state, MENU_STATE_WARN);
    ck_assert_str_eq(shown.rows[0].text.key, "menu.printer.stopped"); /* no keyword */
    (void)touch(ACTION_MEND, -1);
    ck_assert_int_eq(menu.page, MENU_PAGE_TESTS);
    facts.tests[0].ok = TRUE;
    open_page(MENU_PAGE_OVERVIEW, "", LANGUAGE_EN);
    ck_assert_str_eq(shown.heading.key, "menu.overview.heading");
    menu.notice_state = MENU_STATE_BAD;
    open_page(MENU_PAGE_OVERVIEW, "", LANGUAGE_EN);
    ck_assert_str_eq(shown.heading.key, "menu.overview.undone");
}
END_TEST

static void touch_row(int row)
{
    MenuEffect effect;
    menu_step(&menu, &(MenuEvent){.type = MENU_EVENT_ACTION + ACTION_ROW, .number = row}, &facts,
              1000, &effect);
}

START_TEST(a_load_is_taken_back_only_while_nothing_of_it_was_used)
{
    stock_destroy(stock);
    stock = stock_create();
    JournalEntry load = {.step = JOURNAL_LOAD,
                         .key = "",
                         .body = "{\"first\":\"D33000000001\",\"last\":\"D33000000003\"}"};
    JournalEntry spoil = {
        .step = JOURNAL_SPOIL, .key = "", .body = "{\"serial\":\"D33000000002\"}"};
    ck_assert(stock_apply(stock, &load, NULL));
    facts.stock = stock;
    open_page(MENU_PAGE_BATCH, "D33000000001", LANGUAGE_EN);
    touch_row(0);
    ck_assert_int_eq(menu.state, MENU_CONFIRM);
    ck_assert_int_eq(menu.task, TASK_UNLOAD);
    ck_assert_str_eq(menu.option, "D33000000001");
    menu.state = MENU_OPEN;
    ck_assert(stock_apply(stock, &spoil, NULL));
    open_page(MENU_PAGE_BATCH, "D33000000001", LANGUAGE_EN);
    ck_assert(!shown.rows[0].opens);
    touch_row(0);
    ck_assert_int_eq(menu.state, MENU_OPEN);
}
END_TEST

START_TEST(only_a_supervisor_acknowledges_a_cut_audit_and_only_while_there_is_one)
{
    set_check(check_row("audit.cut"), CHECK_WARN);
    open_page(MENU_PAGE_PART, "journal.audit", LANGUAGE_EN);
    ck_assert(!offers(TASK_ACKNOWLEDGE));
    menu.supervisor = TRUE;
    open_page(MENU_PAGE_PART, "journal.audit", LANGUAGE_EN);
    ck_assert(offers(TASK_ACKNOWLEDGE));
    checks.count = 0;
    open_page(MENU_PAGE_PART, "journal.audit", LANGUAGE_EN);
    ck_assert(!offers(TASK_ACKNOWLEDGE));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("menu_mend");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_reason_has_steps_and_their_buttons_are_on_its_page);
    tcase_add_test(tests, a_count_that_does_not_agree_is_counted_again_or_the_booklet_is_declared);
    tcase_add_test(tests, the_batch_that_does_not_agree_is_the_one_that_is_counted);
    tcase_add_test(tests, the_booklets_page_tells_one_story);
    tcase_add_test(tests, whatever_prints_asks_for_plain_paper_first);
    tcase_add_test(tests, the_worst_of_several_findings_about_a_part_is_told);
    tcase_add_test(tests, a_row_opens_exactly_where_something_is_behind_it);
    tcase_add_test(tests, a_printer_s_reason_opens_its_steps_and_leads_back_to_the_printer);
    tcase_add_test(tests, each_setting_says_what_it_does_when_it_counts_and_in_which_unit);
    tcase_add_test(tests, a_load_is_taken_back_only_while_nothing_of_it_was_used);
    tcase_add_test(tests, only_a_supervisor_acknowledges_a_cut_audit_and_only_while_there_is_one);
    tcase_add_test(tests, the_overview_s_primary_leads_to_what_mends_the_first_thing_wrong);
    tcase_add_test(tests, all_is_well_is_said_only_when_it_is);
    return testing_run(tests);
}
