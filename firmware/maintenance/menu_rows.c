/* Rows of overview, parts, tests and staff. */
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

/* The parts of the machine as the overview shows them. A check belongs to the part whose prefix fits
 * its id longest. */
static const struct {
    const char *part, *icon;
    const char *prefixes[3];
    MenuPage page; /* where its details are, when nothing is wrong; UNKNOWN: nowhere */
} parts[] = {
    {"printer", "printer", {"printer."}, MENU_PAGE_PRINTER},
    {"supplies", "drop", {"printer.supply", "printer.other"}, MENU_PAGE_PRINTER},
    {"booklets", "book", {"stock.", "issuance."}, MENU_PAGE_BOOKLETS},
    {"reader", "card", {"reader."}, MENU_PAGE_READER},
    {"service", "net", {"service.", "outbox."}, MENU_PAGE_SERVICE},
    {"storage", "disk", {"journal.", "storage.", "document."}, MENU_PAGE_STORAGE},
    {"clock", "clock", {"clock."}, MENU_PAGE_SERVICE},
    {"cabinet", "door", {"cabinet.", "machine."}, MENU_PAGE_UNKNOWN},
};

static gsize part_of(const Check *check)
{
    gsize best = G_N_ELEMENTS(parts), length = 0;
    for (gsize part = 0; part < G_N_ELEMENTS(parts); part++)
        for (gsize i = 0; i < G_N_ELEMENTS(parts[0].prefixes) && parts[part].prefixes[i]; i++) {
            const char *prefix = parts[part].prefixes[i];
            if (strlen(prefix) <= length || !g_str_has_prefix(check->id, prefix))
                continue;
            best = part;
            length = strlen(prefix);
        }
    return best;
}

/* Worst first: bad, unknown, warn, ok. */
static int badness(CheckState state)
{
    static const int weights[] = {
        [CHECK_UNKNOWN] = 2, [CHECK_OK] = 0, [CHECK_WARN] = 1, [CHECK_BAD] = 3};
    return (unsigned)state < G_N_ELEMENTS(weights) ? weights[state] : 2;
}

static const Check *worst_of(const MenuFacts *facts, gsize part)
{
    const Check *worst = NULL;
    for (gsize i = 0; i < facts->checks->count; i++) {
        const Check *check = &facts->checks->items[i];
        if (part_of(check) == part && (!worst || badness(check->state) > badness(worst->state)))
            worst = check;
    }
    return worst;
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

static const FactsTest *last_test(const MenuFacts *facts, const char *part)
{
    for (gsize i = 0; i < facts->n_tests; i++)
        if (!strcmp(facts->tests[i].part, part))
            return &facts->tests[i];
    return NULL;
}

static void set_name(MenuRow *row, const char *icon, const char *family, const char *word)
{
    char key[56];
    g_strlcpy(row->icon, icon, sizeof row->icon);
    g_snprintf(key, sizeof key, "menu.%s.%s", family, word);
    menu_text_set(&row->name, key, NULL, NULL);
}

static void set_test(MenuRow *row, const MenuFacts *facts, const char *part)
{
    const FactsTest *test = last_test(facts, part);
    if (!test) {
        menu_text_set(&row->text, "menu.test.never", NULL, NULL);
        menu_text_set(&row->detail, "menu.age.never", NULL, NULL);
        return;
    }
    const char *key = test->ok ? "menu.test.ok" : "menu.test.failed";
    const char *with = test->ok ? "menu.test.ok.of" : "menu.test.failed.of";
    menu_text_set(&row->text, *test->result ? with : key, test->result, NULL);
    menu_text_age(&row->detail, facts->wall_ms, test->at_ms);
}

/* The check to mend first; NULL when all is well. */
static const Check *first_trouble(const MenuFacts *facts, gsize *ret_count)
{
    const Check *worst = NULL;
    *ret_count = 0;
    for (gsize i = 0; i < facts->checks->count; i++) {
        const Check *check = &facts->checks->items[i];
        if (check->state == CHECK_OK)
            continue;
        (*ret_count)++;
        if (!worst || badness(check->state) > badness(worst->state))
            worst = check;
    }
    return worst;
}

void menu_set_title(MenuText *text, const char *check_id)
{
    char key[56];
    g_snprintf(key, sizeof key, "check.%s", check_id);
    menu_text_set(text, key, NULL, NULL);
}

void menu_set_sentence(const MenuView *view, MenuText *text, const Check *check)
{
    char sentence[CHECK_SENTENCE_BYTES] = "";
    if (check)
        check_say_whole(check, view->language, sentence, sizeof sentence);
    menu_text_set(text, "", sentence, NULL);
}

static void show_figures(const MenuFacts *facts, MenuView *view)
{
    const struct {
        const char *title, *unit;
        guint value;
    } figures[] = {
        {"menu.figure.stock", "menu.unit.booklets", stock_count(facts->stock, BOOKLET_IN_STOCK)},
        {"menu.figure.today", "menu.unit.booklets", facts->issued_today},
        {"menu.figure.unreported", "menu.unit.reports", facts->unreported},
        {"menu.figure.unsure", "menu.unit.booklets", (guint)facts->n_cases},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        menu_text_set(&view->figures[i].title, figures[i].title, NULL, NULL);
        menu_text_set(&view->figures[i].unit, figures[i].unit, NULL, NULL);
        view->figures[i].value = (int)figures[i].value;
    }
    view->n_figures = G_N_ELEMENTS(figures);
}

static void set_columns(MenuView *view, const char *a, const char *b, const char *c, const char *d)
{
    const char *const keys[] = {a, b, c, d};
    for (gsize i = 0; i < 4; i++)
        menu_text_set(&view->columns[i], keys[i], NULL, NULL);
}

/* What a touch on a part's row opens: what is wrong, else where its details are. */
static MenuPage part_page(const MenuFacts *facts, gsize part)
{
    const Check *check = worst_of(facts, part);
    return check && check->state != CHECK_OK ? MENU_PAGE_PART : parts[part].page;
}

/* A part that no check tells of has nothing that could: a cabinet without sensors. */
static void set_part_state(MenuRow *row, const MenuFacts *facts, gsize part)
{
    const Check *check = worst_of(facts, part);
    row->state = check ? menu_check_state(check) : MENU_STATE_NEUTRAL;
    if (!check)
        menu_text_set(&row->chip, "menu.part.no-sensor", NULL, NULL);
    row->opens = part_page(facts, part) != MENU_PAGE_UNKNOWN;
}

guint menu_fill_overview(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    gsize troubles;
    const Check *worst = first_trouble(facts, &troubles);
    gboolean open = !readiness_first_bad(facts->checks) && !facts->out_of_service;
    view->chip_state = !open ? MENU_STATE_BAD : troubles ? MENU_STATE_WARN : MENU_STATE_OK;
    menu_text_set_int(&view->chip,
                      facts->out_of_service ? "menu.chip.out"
                      : !open               ? "menu.chip.closed"
                      : troubles            ? "menu.chip.open-but"
                                            : "menu.chip.open",
                      (gint64)troubles);
    if (worst) {
        menu_set_title(&view->heading, worst->id);
        menu_set_sentence(view, &view->lead, worst);
    } else {
        menu_text_set(&view->heading, "menu.overview.heading", NULL, NULL);
        menu_text_set(&view->lead, "menu.overview.lead", NULL, NULL);
    }
    show_figures(facts, view);
    set_columns(view, "menu.column.part", "menu.column.state", "menu.column.test",
                "menu.column.age");
    for (guint i = first; i < G_N_ELEMENTS(parts); i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        set_name(row, parts[i].icon, "part", parts[i].part);
        set_part_state(row, facts, i);
        if (worst_of(facts, i))
            set_test(row, facts, parts[i].part);
    }
    return G_N_ELEMENTS(parts);
}

const Check *menu_find_check(const MenuFacts *facts, const char *id)
{
    const Check *worst = NULL;
    for (gsize i = 0; i < facts->checks->count; i++) {
        const Check *check = &facts->checks->items[i];
        if (!strcmp(check->id, id) && (!worst || badness(check->state) > badness(worst->state)))
            worst = check;
    }
    return worst;
}

/* What one check says, and the way to mend it. */
guint menu_fill_part(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)first;
    const Check *check = menu_find_check(facts, menu->subject);
    view->chip_state = check ? menu_check_state(check) : MENU_STATE_OK;
    gboolean mended = view->chip_state == MENU_STATE_OK;
    menu_text_set(&view->chip, mended ? "menu.state.ok" : "menu.part.broken", NULL, NULL);
    menu_set_title(&view->heading, menu->subject);
    if (mended)
        menu_text_set(&view->lead, "menu.part.mended", NULL, NULL);
    else
        menu_set_sentence(view, &view->lead, check);
    menu_mend_fill(menu, facts, view);
    return 0;
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
    set_columns(view, "menu.column.part", "menu.column.state", "menu.column.test",
                "menu.column.age");
    for (guint i = first; i < G_N_ELEMENTS(tests); i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        set_name(row, tests[i].icon, "test", tests[i].word);
        const FactsTest *test = last_test(facts, tests[i].part);
        row->state = !test ? MENU_STATE_UNKNOWN : test->ok ? MENU_STATE_OK : MENU_STATE_BAD;
        set_test(row, facts, tests[i].part);
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

static gboolean part_target(const MenuFacts *facts, guint index, MenuTarget *ret)
{
    if (index >= G_N_ELEMENTS(parts))
        return FALSE;
    const Check *check = worst_of(facts, index);
    ret->page = part_page(facts, index);
    g_strlcpy(ret->subject, ret->page == MENU_PAGE_PART ? check->id : "", sizeof ret->subject);
    return ret->page != MENU_PAGE_UNKNOWN;
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
        return part_target(facts, index, ret);
    if (menu->page == MENU_PAGE_BOOKLETS || menu->page == MENU_PAGE_BATCH)
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
