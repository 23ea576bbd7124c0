/* Rows of unsettled cases and of the printer. */
#include "firmware/maintenance/menu_table.h"
#include <string.h>

guint menu_fill_cases(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    menu_text_set_int(&view->heading, "menu.cases.heading", (gint64)facts->n_cases);
    menu_text_set(&view->lead, "menu.cases.lead", NULL, NULL);
    for (gsize i = first; i < facts->n_cases; i++) {
        const FactsCase *one = &facts->cases[i];
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        char key[56];
        g_strlcpy(row->icon, "book", sizeof row->icon);
        menu_text_set(&row->name, "", one->serial, NULL);
        row->state = MENU_STATE_WARN;
        g_snprintf(key, sizeof key, "menu.word.%s", one->word);
        menu_text_set(&row->chip, key, NULL, NULL);
        menu_text_age(&row->detail, facts->wall_ms, one->at_ms);
        row->opens = TRUE;
    }
    return (guint)facts->n_cases;
}

const FactsCase *menu_find_case(const Menu *menu, const MenuFacts *facts)
{
    for (gsize i = 0; i < facts->n_cases; i++)
        if (!strcmp(facts->cases[i].key, menu->subject))
            return &facts->cases[i];
    return NULL;
}

static void add_line(MenuView *view, const char *icon, const char *name, const char *key,
                     const char *value, const char *more)
{
    MenuRow *row = menu_add_row(view);
    if (!row)
        return;
    g_strlcpy(row->icon, icon, sizeof row->icon);
    menu_text_set(&row->name, name, NULL, NULL);
    menu_text_set(&row->text, key, value, more);
}

static void add_counter(MenuView *view, const FactsCase *one)
{
    char moved[24], sides[24];
    if (one->before < 0 || one->after < 0) {
        add_line(view, "test", "menu.case.counter", "menu.unknown", NULL, NULL);
        return;
    }
    g_snprintf(moved, sizeof moved, "%" G_GINT64_FORMAT, one->after - one->before);
    g_snprintf(sides, sizeof sides, "%d", one->sides);
    add_line(view, "test", "menu.case.counter", "menu.case.moved", moved, sides);
}

/* Reasons and states of a job that have a sentence. */
static const char *const reasons[] = {"no-evidence", "printer-lost", "restart",
                                      "not-taken",   "wrong",        "journal-lost"};
static const char *const jobs[] = {"absent",   "pending", "processing",
                                   "canceled", "aborted", "completed"};

static gboolean find_word(const char *const *words, gsize n, const char *word)
{
    for (gsize i = 0; i < n; i++)
        if (!strcmp(words[i], word))
            return TRUE;
    return FALSE;
}

gboolean menu_case_takes(const Menu *menu, const MenuFacts *facts, TaskId task)
{
    const FactsCase *one = menu->page == MENU_PAGE_CASE ? menu_find_case(menu, facts) : NULL;
    return one && issuance_may_settle(issuance_from_word(one->word), menu_settled_word(task));
}

/* What is known of one case. Settling it is for two people; the service decides. */
guint menu_fill_case(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)first;
    const FactsCase *one = menu_find_case(menu, facts);
    char key[56];
    menu_text_set(&view->heading, "menu.case.heading", one ? one->serial : "", NULL);
    menu_text_set(&view->lead, one ? "menu.case.lead" : "menu.case.settled", NULL, NULL);
    if (!one)
        return 0;
    view->chip_state = MENU_STATE_WARN;
    g_snprintf(key, sizeof key, "menu.word.%s", one->word);
    menu_text_set(&view->chip, key, NULL, NULL);
    gboolean worded = find_word(reasons, G_N_ELEMENTS(reasons), one->reason);
    g_snprintf(key, sizeof key, "menu.reason.%s", one->reason);
    add_line(view, "warn", "menu.case.reason", worded ? key : "", one->reason, NULL);
    gboolean job_worded = find_word(jobs, G_N_ELEMENTS(jobs), one->job);
    g_snprintf(key, sizeof key, "menu.job.%s", one->job);
    add_line(view, "printer", "menu.case.job", job_worded ? key : "menu.unknown", NULL, NULL);
    add_counter(view, one);
    MenuRow *row = menu_add_row(view);
    g_strlcpy(row->icon, "clock", sizeof row->icon);
    menu_text_set(&row->name, "menu.case.age", NULL, NULL);
    menu_text_age(&row->text, facts->wall_ms, one->at_ms);
    add_line(view, "list", "menu.case.key", "", one->key, NULL);
    return (guint)view->n_rows;
}

static void add_reason(const PrinterReason *reason, MenuView *view)
{
    char sentence[CHECK_SENTENCE_BYTES];
    MenuRow *row = menu_add_row(view);
    if (!row)
        return;
    readiness_say_reason(reason, view->language, sentence, sizeof sentence);
    g_strlcpy(row->icon, "warn", sizeof row->icon);
    menu_set_title(&row->name, readiness_reason_id(reason));
    row->state = printer_reason_blocks(reason) ? MENU_STATE_BAD : MENU_STATE_WARN;
    menu_text_set(&row->text, "", sentence, NULL);
    row->opens = TRUE;
}

#define PRINTER_FACTS 3 /* rows above the printer's reasons */

/* The reason of row `index`; NULL: that row is none. */
static const PrinterReason *reason_at(const PrinterStatus *printer, guint index)
{
    for (gsize i = 0; i < printer->n_reasons; i++)
        if (strcmp(printer->reasons[i].keyword, "none") && index-- == PRINTER_FACTS)
            return &printer->reasons[i];
    return NULL;
}

gboolean menu_printer_target(const MenuFacts *facts, guint index, MenuTarget *ret)
{
    const PrinterReason *reason = reason_at(facts->printer, index);
    if (!reason)
        return FALSE;
    ret->page = MENU_PAGE_PART;
    g_strlcpy(ret->subject, readiness_reason_id(reason), sizeof ret->subject);
    return TRUE;
}

guint menu_fill_printer(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first;
    const PrinterStatus *printer = facts->printer;
    char number[24], more[24];
    gboolean works =
        printer->state == PRINTER_STATE_IDLE || printer->state == PRINTER_STATE_PROCESSING;
    view->chip_state = printer->state == PRINTER_STATE_UNKNOWN ? MENU_STATE_UNKNOWN
                       : works                                 ? MENU_STATE_OK
                                                               : MENU_STATE_BAD;
    char key[56];
    g_snprintf(key, sizeof key, "menu.printer.%s", printer_state_word(printer->state));
    menu_text_set(&view->chip, key, NULL, NULL);
    menu_text_set(&view->heading, "menu.printer.heading", NULL, NULL);
    menu_text_set(&view->lead, "", config_string(facts->config, "printer", "uri"), NULL);
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, printer->impressions);
    add_line(view, "test", "menu.printer.counter",
             printer->impressions < 0 ? "menu.unknown" : "menu.count", number, NULL);
    g_snprintf(number, sizeof number, "%d", printer->jobs);
    add_line(view, "list", "menu.printer.jobs", printer->jobs < 0 ? "menu.unknown" : "menu.count",
             number, NULL);
    g_snprintf(number, sizeof number, "%.1f",
               config_int(facts->config, "printer", "offset_x_um") / 1000.0);
    g_snprintf(more, sizeof more, "%.1f",
               config_int(facts->config, "printer", "offset_y_um") / 1000.0);
    add_line(view, "ruler", "menu.printer.offset", "menu.printer.offset.mm", number, more);
    for (gsize i = 0; i < printer->n_reasons; i++)
        if (strcmp(printer->reasons[i].keyword, "none"))
            add_reason(&printer->reasons[i], view);
    return (guint)view->n_rows;
}
