/* Rows of tests and staff, and what rows of several pages share. */
#include "firmware/base/clock.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

MenuRow *menu_add_row(MenuView *view)
{
    if (view->n_rows >= MENU_ROWS_MAX)
        return NULL;
    MenuRow *row = &view->rows[view->n_rows++];
    *row = (MenuRow){0};
    return row;
}

void menu_text_age(MenuText *text, gint64 wall_ms, gint64 at_ms)
{
    gint64 seconds = MAX(wall_ms - at_ms, 0) / 1000;
    if (at_ms <= 0)
        menu_text_set(text, "menu.age.never", NULL, NULL);
    else if (seconds < 60)
        menu_text_set_int(text, "menu.age.seconds", seconds);
    else if (seconds < 3600)
        menu_text_set_int(text, "menu.age.minutes", seconds / 60);
    else if (seconds < 48 * 3600)
        menu_text_set_int(text, "menu.age.hours", seconds / 3600);
    else
        menu_text_set_int(text, "menu.age.days", seconds / 86400);
}

MenuRowState menu_check_state(const Check *check)
{
    if (!check)
        return MENU_STATE_UNKNOWN;
    static const MenuRowState states[] = {[CHECK_UNKNOWN] = MENU_STATE_UNKNOWN,
                                          [CHECK_OK] = MENU_STATE_OK,
                                          [CHECK_WARN] = MENU_STATE_WARN,
                                          [CHECK_BAD] = MENU_STATE_BAD};
    return (unsigned)check->state < G_N_ELEMENTS(states) ? states[check->state]
                                                         : MENU_STATE_UNKNOWN;
}

const FactsTest *menu_last_test(const MenuFacts *facts, const char *part)
{
    for (gsize i = 0; i < facts->n_tests; i++)
        if (!strcmp(facts->tests[i].part, part))
            return &facts->tests[i];
    return NULL;
}

void menu_set_name(MenuRow *row, const char *icon, const char *family, const char *word)
{
    char key[56];
    g_strlcpy(row->icon, icon, sizeof row->icon);
    g_snprintf(key, sizeof key, "menu.%s.%s", family, word);
    menu_text_set(&row->name, key, NULL, NULL);
}

/* IPP's word for how a printer or a job is, in the words of the page; FALSE: it is none. */
static gboolean set_word(MenuText *text, const char *word)
{
    static const char *const printers[] = {"idle", "processing", "stopped"};
    static const char *const jobs[] = {"pending", "canceled", "aborted"};
    char key[56];
    for (gsize i = 0; i < G_N_ELEMENTS(printers) + G_N_ELEMENTS(jobs); i++) {
        gboolean printer = i < G_N_ELEMENTS(printers);
        const char *known = printer ? printers[i] : jobs[i - G_N_ELEMENTS(printers)];
        if (strcmp(known, word) != 0)
            continue;
        g_snprintf(key, sizeof key, printer ? "menu.printer.%s" : "menu.job.%s", word);
        menu_text_set(text, key, NULL, NULL);
        return TRUE;
    }
    return FALSE;
}

void menu_set_test(MenuRow *row, const MenuFacts *facts, const char *part)
{
    const FactsTest *test = menu_last_test(facts, part);
    if (!test) {
        menu_text_set(&row->text, "menu.test.never", NULL, NULL);
        menu_text_set(&row->detail, "menu.age.never", NULL, NULL);
        return;
    }
    const char *key = test->ok ? "menu.test.ok" : "menu.test.failed";
    gboolean measured = test->ok && *test->result;
    if (!set_word(&row->text, test->result))
        menu_text_set(&row->text, measured ? "menu.test.ok.of" : key, test->result, NULL);
    menu_text_age(&row->detail, facts->wall_ms, test->at_ms);
}

void menu_set_title(MenuText *text, const char *check_id)
{
    char key[56];
    g_snprintf(key, sizeof key, "check.%s", check_id);
    menu_text_set(text, key, NULL, NULL);
}

void menu_set_heading(MenuText *text, const Check *check)
{
    char key[56];
    g_snprintf(key, sizeof key, "state.%s", check->word);
    menu_text_set(text, key, NULL, NULL);
}

void menu_set_sentence(const MenuView *view, MenuText *text, const Check *check)
{
    char sentence[CHECK_SENTENCE_BYTES] = "";
    if (check)
        check_say_whole(check, view->language, sentence, sizeof sentence);
    menu_text_set(text, "", sentence, NULL);
}

void menu_set_columns(MenuView *view, const char *a, const char *b, const char *c, const char *d)
{
    const char *const keys[] = {a, b, c, d};
    for (gsize i = 0; i < 4; i++)
        menu_text_set(&view->columns[i], keys[i], NULL, NULL);
}

static const struct {
    const char *word, *icon, *part;
    MenuPage page;
    TaskId task; /* where there is no page */
} tests[] = {
    {"reader", "card", "reader", MENU_PAGE_READER, TASK_UNKNOWN},
    {"printer", "printer", "printer", MENU_PAGE_PRINTER, TASK_UNKNOWN},
    {"service", "net", "service", MENU_PAGE_SERVICE, TASK_UNKNOWN},
    {"storage", "disk", "storage", MENU_PAGE_STORAGE, TASK_UNKNOWN},
    {"panel", "hand", "panel", MENU_PAGE_UNKNOWN, TASK_TEST_PANEL},
};

guint menu_fill_tests(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    menu_text_set(&view->heading, "menu.tests.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.tests.lead", NULL, NULL);
    menu_set_columns(view, "menu.column.part", "menu.column.state", "menu.column.test",
                "menu.column.age");
    for (guint i = first; i < G_N_ELEMENTS(tests); i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        menu_set_name(row, tests[i].icon, "test", tests[i].word);
        const FactsTest *test = menu_last_test(facts, tests[i].part);
        row->state = !test ? MENU_STATE_UNKNOWN : test->ok ? MENU_STATE_OK : MENU_STATE_BAD;
        menu_set_test(row, facts, tests[i].part);
        row->opens = TRUE;
    }
    return G_N_ELEMENTS(tests);
}

guint menu_fill_staff(const MenuFacts *facts, int supervisors, guint first, MenuView *view)
{
    guint count = 0;
    for (gsize i = 0; i < facts->n_staff; i++) {
        const FactsStaff *one = &facts->staff[i];
        if (supervisors >= 0 && one->supervisor != supervisors)
            continue;
        if (count++ < first)
            continue;
        MenuRow *row = menu_add_row(view);
        if (!row)
            continue;
        g_strlcpy(row->icon, one->supervisor ? "users" : "user", sizeof row->icon);
        menu_text_set(&row->name, "", one->id, NULL);
        menu_text_set(&row->text, one->supervisor ? "menu.role.supervisor" : "menu.role.technician",
                      NULL, NULL);
        row->state = one->locked ? MENU_STATE_BAD : MENU_STATE_NONE;
        if (one->locked)
            menu_text_set(&row->chip, "menu.staff.locked", NULL, NULL);
        row->opens = TRUE;
    }
    return count;
}

guint menu_fill_members(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    menu_text_set(&view->heading, "menu.staff.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.staff.lead", NULL, NULL);
    guint count = menu_fill_staff(facts, -1, first, view);
    for (gsize i = 0; i < view->n_rows; i++) {
        const FactsStaff *one = &facts->staff[first + i];
        menu_text_age(&view->rows[i].detail, facts->wall_ms, one->last_login_ms);
        view->rows[i].opens = menu->supervisor && one->locked;
    }
    return count;
}

static gboolean member_target(const Menu *menu, const MenuFacts *facts, guint index,
                              MenuTarget *ret)
{
    if (!menu->supervisor || index >= facts->n_staff || !facts->staff[index].locked)
        return FALSE;
    ret->task = TASK_UNLOCK;
    g_strlcpy(ret->subject, facts->staff[index].id, sizeof ret->subject);
    return TRUE;
}

static gboolean case_target(const MenuFacts *facts, guint index, MenuTarget *ret)
{
    if (index >= facts->n_cases)
        return FALSE;
    ret->page = MENU_PAGE_CASE;
    g_strlcpy(ret->subject, facts->cases[index].key, sizeof ret->subject);
    return TRUE;
}

gboolean menu_row_target(const Menu *menu, const MenuFacts *facts, guint index, MenuTarget *ret)
{
    if (menu->page == MENU_PAGE_OVERVIEW)
        return menu_overview_target(facts, index, ret);
    if (menu->page == MENU_PAGE_BOOKLETS || menu->page == MENU_PAGE_BATCHES ||
        menu->page == MENU_PAGE_BATCH)
        return menu_stock_target(menu, facts, index, ret);
    if (menu->page == MENU_PAGE_PRINTER)
        return menu_printer_target(facts, index, ret);
    if (menu->page == MENU_PAGE_LOG)
        return menu_log_target(index, ret);
    if (menu->page == MENU_PAGE_CASES)
        return case_target(facts, index, ret);
    if (menu->page == MENU_PAGE_TESTS && index < G_N_ELEMENTS(tests)) {
        ret->page = tests[index].page;
        ret->task = tests[index].task;
        return TRUE;
    }
    if (menu->page == MENU_PAGE_STAFF)
        return member_target(menu, facts, index, ret);
    return menu_settings_target(menu, index, ret);
}
