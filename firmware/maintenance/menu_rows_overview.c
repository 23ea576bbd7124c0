/* The overview: the parts of the machine, what is wrong, and the way to what mends it; the page of
 * what one check says. */
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* The parts of the machine as the overview shows them. A check belongs to the part whose prefix
 * fits its id longest. */
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

/* A test that did not pass, of a part that no check finds fault with. Without sound a machine
 * serves as well. */
static gboolean is_failed_test(const MenuFacts *facts, const FactsTest *test)
{
    if (test->ok || !strcmp(test->part, "sound"))
        return FALSE;
    for (gsize part = 0; part < G_N_ELEMENTS(parts); part++) {
        const Check *worst = strcmp(parts[part].part, test->part) ? NULL : worst_of(facts, part);
        if (worst && worst->state != CHECK_OK)
            return FALSE;
    }
    return TRUE;
}

MenuTrouble menu_find_trouble(const MenuFacts *facts)
{
    MenuTrouble ret = {0};
    for (gsize i = 0; i < facts->checks->count; i++) {
        const Check *check = &facts->checks->items[i];
        if (check->state == CHECK_OK)
            continue;
        ret.count++;
        if (!ret.check || badness(check->state) > badness(ret.check->state))
            ret.check = check;
    }
    for (gsize i = 0; i < facts->n_tests; i++)
        ret.count += is_failed_test(facts, &facts->tests[i]);
    return ret;
}

void menu_set_mend(const MenuTrouble *trouble, MenuChoice *ret)
{
    gsize part = trouble->check ? part_of(trouble->check) : G_N_ELEMENTS(parts);
    gboolean known = part < G_N_ELEMENTS(parts);
    char key[56];
    g_snprintf(key, sizeof key, "menu.mend.%s",
               !trouble->check ? "test"
               : known         ? parts[part].part
                               : "other");
    menu_text_set(&ret->text, key, NULL, NULL);
    g_strlcpy(ret->icon, known ? parts[part].icon : "test", sizeof ret->icon);
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

/* What a touch on a part's row opens: what is wrong, else where its details are. */
static MenuPage part_page(const MenuFacts *facts, gsize part)
{
    const Check *check = worst_of(facts, part);
    return check && check->state != CHECK_OK ? MENU_PAGE_PART : parts[part].page;
}

/* A part that no check tells of has nothing that could: a cabinet without sensors. */
static void fill_part(const MenuFacts *facts, gsize part, MenuRow *row)
{
    const Check *check = worst_of(facts, part);
    const FactsTest *test = menu_last_test(facts, parts[part].part);
    menu_set_name(row, parts[part].icon, "part", parts[part].part);
    row->state = !check                                          ? MENU_STATE_NEUTRAL
                 : check->state == CHECK_OK && test && !test->ok ? MENU_STATE_WARN
                                                                 : menu_check_state(check);
    row->opens = part_page(facts, part) != MENU_PAGE_UNKNOWN;
    if (check)
        menu_set_test(row, facts, parts[part].part);
    else
        menu_text_set(&row->chip, "menu.part.no-sensor", NULL, NULL);
}

/* What is wrong first, else that nothing is - unless the last thing that was done did not work. */
static void show_state(const Menu *menu, const MenuFacts *facts, MenuView *view)
{
    MenuTrouble trouble = menu_find_trouble(facts);
    gboolean open = !readiness_first_bad(facts->checks) && !facts->out_of_service;
    gboolean told = menu->notice_state == MENU_STATE_BAD || menu->notice_state == MENU_STATE_WARN;
    view->chip_state = !open ? MENU_STATE_BAD : trouble.count ? MENU_STATE_WARN : MENU_STATE_OK;
    menu_text_set_int(&view->chip,
                      facts->out_of_service ? "menu.chip.out"
                      : !open               ? "menu.chip.closed"
                      : trouble.count       ? "menu.chip.open-but"
                                            : "menu.chip.open",
                      (gint64)trouble.count);
    if (trouble.check) {
        menu_set_heading(&view->heading, trouble.check);
        menu_set_sentence(view, &view->lead, trouble.check);
        return;
    }
    const char *heading = trouble.count ? "menu.overview.test"
                          : told        ? "menu.overview.undone"
                                        : "menu.overview.heading";
    menu_text_set(&view->heading, heading, NULL, NULL);
    menu_text_set(&view->lead, trouble.count ? "menu.overview.test.lead" : "menu.overview.lead",
                  NULL, NULL);
}

guint menu_fill_overview(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    show_state(menu, facts, view);
    show_figures(facts, view);
    menu_set_columns(view, "menu.column.part", "menu.column.state", "menu.column.test",
                     "menu.column.age");
    for (guint i = first; i < G_N_ELEMENTS(parts); i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        fill_part(facts, i, row);
    }
    return G_N_ELEMENTS(parts);
}

gboolean menu_overview_target(const MenuFacts *facts, guint index, MenuTarget *ret)
{
    if (index >= G_N_ELEMENTS(parts))
        return FALSE;
    const Check *check = worst_of(facts, index);
    ret->page = part_page(facts, index);
    g_strlcpy(ret->subject, ret->page == MENU_PAGE_PART ? check->id : "", sizeof ret->subject);
    return ret->page != MENU_PAGE_UNKNOWN;
}

/* What one check says, and the way to mend it. */
guint menu_fill_part(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)first;
    const Check *check = menu_find_check(facts, menu->subject);
    view->chip_state = check ? menu_check_state(check) : MENU_STATE_OK;
    menu_set_title(&view->chip, menu->subject);
    if (view->chip_state == MENU_STATE_OK) {
        menu_text_set(&view->heading, "menu.part.mended", NULL, NULL);
        menu_text_set(&view->lead, "menu.part.mended.lead", NULL, NULL);
    } else {
        menu_set_heading(&view->heading, check);
        menu_set_sentence(view, &view->lead, check);
    }
    menu_mend_fill(menu, facts, view);
    return 0;
}
