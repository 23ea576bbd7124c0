/* Rows of the log: what to look at, then the lines. */
#include "firmware/base/clock.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* Each row a filter; the loop knows what its word picks (loop_lines.c). */
static const struct {
    const char *word, *icon;
} filters[] = {
    {"journal-bad", "warn"},   {"journal-all", "list"}, {"log-warn", "warn"},
    {"log-all", "list"},       {"audit-all", "shield"}, {"audit-people", "users"},
    {"audit-stock", "book"},   {"audit-machine", "gear"},
};

guint menu_fill_log(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)facts;
    menu_text_set(&view->heading, "menu.log.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.log.lead", NULL, NULL);
    for (gsize i = first; i < G_N_ELEMENTS(filters); i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        char key[56];
        g_strlcpy(row->icon, filters[i].icon, sizeof row->icon);
        g_snprintf(key, sizeof key, "menu.lines.%s", filters[i].word);
        menu_text_set(&row->name, key, NULL, NULL);
        row->opens = TRUE;
    }
    return G_N_ELEMENTS(filters);
}

guint menu_fill_lines(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)first; /* the loop reads only the screenful that is open */
    char key[56], at[32];
    g_snprintf(key, sizeof key, "menu.lines.%s", menu->subject);
    menu_text_set(&view->heading, key, NULL, NULL);
    menu_text_set_int(&view->lead, facts->lines_total ? "menu.lines.lead" : "menu.lines.none",
                      facts->lines_total);
    for (gsize i = 0; i < facts->n_lines; i++) {
        const FactsLine *line = &facts->lines[i];
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        g_strlcpy(row->icon, line->bad ? "warn" : "list", sizeof row->icon);
        menu_text_set(&row->name, "", line->what, NULL);
        menu_text_set(&row->text, "", line->text, NULL);
        clock_format_shanghai(line->at_ms, at);
        menu_text_set(&row->detail, "", at + strlen("2026-"), NULL);
    }
    return facts->lines_total;
}

gboolean menu_log_target(guint index, MenuTarget *ret)
{
    if (index >= G_N_ELEMENTS(filters))
        return FALSE;
    ret->page = MENU_PAGE_LINES;
    g_strlcpy(ret->subject, filters[index].word, sizeof ret->subject);
    return TRUE;
}
