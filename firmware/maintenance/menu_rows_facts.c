/* Rows of the pages that tell facts of one part: reader, service, storage, the machine itself. */
#include "firmware/base/clock.h"
#include "firmware/maintenance/menu_table.h"

/* A row of name and value. */
static void add_fact(MenuView *view, const char *icon, const char *key, MenuRowState state,
                     const char *text_key, const char *value)
{
    MenuRow *row = menu_add_row(view);
    if (!row)
        return;
    g_strlcpy(row->icon, icon, sizeof row->icon);
    menu_text_set(&row->name, key, NULL, NULL);
    row->state = state;
    menu_text_set(&row->text, text_key, value, NULL);
}

/* A row of a check: what it is called, how it is, what it says. */
static void add_check(MenuView *view, const char *icon, const char *key, const Check *check)
{
    add_fact(view, icon, key, menu_check_state(check), "", NULL);
    menu_set_sentence(view, &view->rows[view->n_rows - 1].text, check);
}

static void add_number(MenuView *view, const char *icon, const char *key, MenuRowState state,
                       const char *text_key, gint64 value)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
    add_fact(view, icon, key, state, text_key, text);
}

/* A row of two counts. */
static void add_counts(MenuView *view, const char *icon, const char *key, MenuRowState state,
                       const char *text_key, guint value, guint more)
{
    char values[2][16];
    g_snprintf(values[0], sizeof values[0], "%u", value);
    g_snprintf(values[1], sizeof values[1], "%u", more);
    add_fact(view, icon, key, state, "", NULL);
    menu_text_set(&view->rows[view->n_rows - 1].text, text_key, values[0], values[1]);
}

#define TROUBLE_LEAST 3   /* once or twice is an accident */
#define TROUBLE_ONE_IN 50 /* cards */

/* So often that somebody should look after it. */
static MenuRowState trouble_state(guint count, guint cards)
{
    gboolean often = count >= TROUBLE_LEAST && (guint64)count * TROUBLE_ONE_IN > cards;
    return often ? MENU_STATE_WARN : MENU_STATE_OK;
}

static void add_reader_counts(MenuView *view, const guint *counts)
{
    guint silent = counts[READER_COUNTER_SILENT], garbled = counts[READER_COUNTER_GARBLED];
    guint cable = counts[READER_COUNTER_CABLE], reset = counts[READER_COUNTER_RESET];
    guint reconnected = counts[READER_COUNTER_RECONNECTED];
    guint cards = counts[READER_COUNTER_READ] + counts[READER_COUNTER_FAILED];
    add_counts(view, "user", "menu.reader.cards", MENU_STATE_NONE, "menu.reader.cards.counts",
               counts[READER_COUNTER_READ], counts[READER_COUNTER_FAILED]);
    add_counts(view, "list", "menu.reader.replies", trouble_state(silent + garbled, cards),
               "menu.reader.replies.counts", silent, garbled);
    add_counts(view, "warn", "menu.reader.cable", trouble_state(cable, cards),
               "menu.reader.cable.counts", cable, 0);
    add_counts(view, "test", "menu.reader.recovered", trouble_state(reset + reconnected, cards),
               "menu.reader.recovered.counts", reset, reconnected);
}

guint menu_fill_reader(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first;
    const ReaderDescription *reader = facts->reader;
    const Check *check = menu_find_check(facts, "reader.attached");
    char transport[56];
    g_snprintf(transport, sizeof transport, "menu.reader.transport.%s", reader->transport);
    view->chip_state = menu_check_state(check);
    menu_text_set(&view->heading, "menu.reader.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.reader.lead", NULL, NULL);
    add_check(view, "card", "menu.reader.state", check);
    add_fact(view, "shield", "menu.reader.module", MENU_STATE_NONE,
             *reader->module ? "" : "menu.unknown", reader->module);
    add_fact(view, "net", "menu.reader.transport", MENU_STATE_NONE,
             *reader->transport ? transport : "menu.unknown", NULL);
    add_fact(view, "gear", "menu.reader.device", MENU_STATE_NONE, "menu.unknown", NULL);
    if (*reader->device)
        menu_text_set(&view->rows[view->n_rows - 1].text, "menu.reader.device.ids", reader->device,
                      reader->version);
    add_reader_counts(view, reader->counts);
    return (guint)view->n_rows;
}

static void format_day(gint64 at_ms, char ret[16])
{
    int day = clock_shanghai_day(at_ms);
    g_snprintf(ret, 16, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

guint menu_fill_service(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first;
    const Check *reach = menu_find_check(facts, "service.reachable");
    const Check *clock = menu_find_check(facts, "clock.trusted");
    char day[16] = "";
    view->chip_state = menu_check_state(reach);
    menu_text_set(&view->heading, "menu.service.heading", NULL, NULL);
    menu_text_set(&view->lead, "", config_string(facts->config, "service", "url"), NULL);
    add_check(view, "net", "menu.service.reach", reach);
    if (facts->certificate_until_ms > 0)
        format_day(facts->certificate_until_ms, day);
    gint64 days = (facts->certificate_until_ms - facts->wall_ms) / 86400000;
    add_fact(view, "shield", "menu.service.certificate",
             !*day       ? MENU_STATE_UNKNOWN
             : days < 0  ? MENU_STATE_BAD
             : days < 30 ? MENU_STATE_WARN
                         : MENU_STATE_OK,
             *day ? "menu.until" : "menu.unknown", day);
    add_number(view, "clock", "menu.service.clock", menu_check_state(clock), "menu.milliseconds",
               facts->clock_off_ms);
    add_number(view, "list", "menu.service.outbox",
               facts->unreported ? MENU_STATE_WARN : MENU_STATE_OK, "menu.count",
               facts->unreported);
    return (guint)view->n_rows;
}

guint menu_fill_storage(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first;
    const Check *journal = menu_find_check(facts, "journal.writable");
    view->chip_state = menu_check_state(journal);
    menu_text_set(&view->heading, "menu.storage.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.storage.lead", NULL, NULL);
    add_check(view, "disk", "menu.storage.journal", journal);
    add_number(view, "list", "menu.storage.entries", MENU_STATE_NONE, "menu.count",
               facts->journal_entries);
    add_number(view, "list", "menu.storage.size", MENU_STATE_NONE, "menu.megabytes",
               facts->journal_bytes / 1000000);
    add_number(view, "disk", "menu.storage.free",
               facts->free_bytes < 200000000 ? MENU_STATE_WARN : MENU_STATE_OK, "menu.megabytes",
               facts->free_bytes / 1000000);
    add_fact(view, "disk", "menu.storage.stick", facts->stick ? MENU_STATE_OK : MENU_STATE_NEUTRAL,
             facts->stick ? "menu.stick.there" : "menu.stick.none", NULL);
    return (guint)view->n_rows;
}

guint menu_fill_machine(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first;
    menu_text_set(&view->heading, "menu.machine.heading",
                  config_string(facts->config, "kiosk", "machine"), NULL);
    menu_text_set(&view->lead, "menu.machine.lead", NULL, NULL);
    char day[16] = "";
    if (facts->built_ms > 0)
        format_day(facts->built_ms, day);
    gboolean known = facts->commit && *facts->commit;
    add_fact(view, "gear", "menu.machine.version", MENU_STATE_NONE, "", facts->version);
    if (known)
        menu_text_set(&view->rows[view->n_rows - 1].text, "menu.machine.commit", facts->version,
                      facts->commit);
    add_fact(view, "clock", "menu.machine.built", MENU_STATE_NONE, *day ? "" : "menu.unknown", day);
    add_fact(view, "book", "menu.machine.template", MENU_STATE_NONE,
             *facts->template_id ? "" : "menu.unknown", facts->template_id);
    add_fact(view, "net", "menu.machine.update",
             facts->replaced ? MENU_STATE_WARN : MENU_STATE_NONE,
             facts->replaced ? "menu.machine.update.restart" : "menu.machine.update.none", NULL);
    MenuRow *row = menu_add_row(view);
    g_strlcpy(row->icon, "clock", sizeof row->icon);
    menu_text_set(&row->name, "menu.machine.started", NULL, NULL);
    menu_text_age(&row->text, facts->wall_ms, facts->started_ms);
    return (guint)view->n_rows;
}
