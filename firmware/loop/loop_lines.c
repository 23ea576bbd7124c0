/* The lines of a log page: journal, audit chain or the program's last messages, filtered, newest
 * first; and who changed which setting, from the audit chain. Read anew only when there is more to
 * read or another page is open. */
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include "firmware/maintenance/journal_words.h"
#include <jansson.h>
#include <string.h>

typedef enum { SOURCE_JOURNAL, SOURCE_LOG, SOURCE_AUDIT } Source;

static const struct {
    const char *word;
    Source source;
    LogLevel level;      /* of the log */
    int first_id, last_id; /* of audit rows */
    gboolean bad;        /* of the journal: only what somebody should look at */
} filters[] = {
    {"journal-bad", SOURCE_JOURNAL, 0, 0, 0, TRUE},
    {"journal-all", SOURCE_JOURNAL, 0, 0, 0, FALSE},
    {"log-warn", SOURCE_LOG, LOG_LEVEL_WARN, 0, 0, FALSE},
    {"log-all", SOURCE_LOG, LOG_LEVEL_DEBUG, 0, 0, FALSE},
    {"audit-all", SOURCE_AUDIT, 0, 0, G_MAXINT, FALSE},
    {"audit-people", SOURCE_AUDIT, 0, 100, 199, FALSE},
    {"audit-stock", SOURCE_AUDIT, 0, 200, 399, FALSE},
    {"audit-machine", SOURCE_AUDIT, 0, 400, G_MAXINT, FALSE},
};

typedef struct {
    Loop *loop;
    gsize filter;
    gint64 skip; /* matching entries that are older than the screenful */
    gint64 matched;
} Reading;

/* Newest on top. */
static FactsLine *push_line(MenuFacts *facts)
{
    gsize n = MIN(facts->n_lines, FACTS_LINES_MAX - 1);
    memmove(facts->lines + 1, facts->lines, n * sizeof facts->lines[0]);
    facts->n_lines = n + 1;
    facts->lines[0] = (FactsLine){0};
    return &facts->lines[0];
}

static gboolean is_bad(JournalStep step)
{
    return step == JOURNAL_UNSURE || step == JOURNAL_SPOILED || step == JOURNAL_RETRACTED ||
           step == JOURNAL_CUT || step == JOURNAL_ADOPT || step == JOURNAL_LOSE;
}

/* TRUE: the next matching entry is one of the screenful. */
static gboolean take(Reading *reading)
{
    gint64 number = reading->matched++;
    return number >= reading->skip && number < reading->skip + FACTS_LINES_MAX;
}

static gboolean collect_entry(gpointer context, const JournalEntry *entry, GError **error)
{
    Reading *reading = context;
    (void)error;
    if ((filters[reading->filter].bad && !is_bad(entry->step)) || !take(reading))
        return TRUE;
    FactsLine *line = push_line(&reading->loop->menu.facts);
    Language language = reading->loop->visit.language;
    line->at_ms = entry->at_ms;
    line->bad = is_bad(entry->step);
    g_strlcpy(line->key, entry->key, sizeof line->key);
    g_strlcpy(line->what, journal_step_name(entry->step, language), sizeof line->what);
    journal_say(entry, language, line->text);
    return TRUE;
}

/* The booklet's number, which only an issuance's first entry tells, before what is said of it. */
static gboolean name_booklet(gpointer context, const JournalEntry *entry, GError **error)
{
    Loop *loop = context;
    char serial[SERIAL_LENGTH + 1];
    (void)error;
    for (gsize i = 0; i < loop->menu.facts.n_lines; i++) {
        FactsLine *line = &loop->menu.facts.lines[i];
        if (!*line->key || strcmp(line->key, entry->key) ||
            !journal_find_serial(entry, serial, sizeof serial))
            continue;
        const char *comma = loop->visit.language == LANGUAGE_EN ? ", " : "，";
        g_autofree char *said = g_strdup(line->text);
        g_snprintf(line->text, sizeof line->text, "%s%s%s", serial, *said ? comma : "", said);
        line->key[0] = '\0';
    }
    return TRUE;
}

static gboolean collect_event(gpointer context, const AuditEntry *entry, GError **error)
{
    Reading *reading = context;
    (void)error;
    const AuditRow *row = audit_row(audit_from_word(entry->type));
    if (row->id < filters[reading->filter].first_id || row->id > filters[reading->filter].last_id ||
        !take(reading))
        return TRUE;
    FactsLine *line = push_line(&reading->loop->menu.facts);
    json_t *body = json_loads(entry->body, 0, NULL);
    const char *result = json_string_value(json_object_get(body, "result"));
    const char *detail = json_string_value(json_object_get(body, "detail"));
    gboolean well = !g_strcmp0(result, "ok") || !g_strcmp0(result, "admitted");
    line->at_ms = entry->at_ms;
    line->bad = !well;
    Language language = reading->loop->visit.language;
    gboolean english = language == LANGUAGE_EN, details = detail && *detail;
    const char *comma = english ? ", " : "，";
    g_strlcpy(line->what, english ? row->sentence : row->sentence_zh, sizeof line->what);
    g_snprintf(line->text, sizeof line->text, "%s%s%s%s%s", entry->who,
               well || !result ? "" : comma, well || !result ? "" : journal_word(result, language),
               details ? comma : "", details ? detail : "");
    json_decref(body);
    return TRUE;
}

/* Counts first, for the newest come first and the chain is read from its start. */
static void read_chain(Loop *loop, gsize filter, guint skip_newest)
{
    MenuFacts *facts = &loop->menu.facts;
    Journal *journal = ledger_journal(loop->ledger);
    Reading reading = {.loop = loop, .filter = filter, .skip = G_MAXINT64 - FACTS_LINES_MAX};
    for (int pass = 0; pass < 2; pass++) {
        if (filters[filter].source == SOURCE_JOURNAL)
            (void)journal_for_each(journal, 0, collect_entry, &reading, NULL);
        else
            (void)journal_for_each_audit(journal, collect_event, &reading, NULL);
        facts->lines_total = (guint)reading.matched;
        reading.skip = reading.matched - skip_newest - FACTS_LINES_MAX;
        reading.matched = 0;
    }
    if (filters[filter].source == SOURCE_JOURNAL)
        (void)journal_for_each(journal, 0, name_booklet, loop, NULL);
}

static void read_log(Loop *loop, LogLevel level, guint skip_newest)
{
    MenuFacts *facts = &loop->menu.facts;
    LogMemory lines[FACTS_LINES_MAX];
    facts->lines_total = log_recent(level, skip_newest, FACTS_LINES_MAX, lines);
    guint left = facts->lines_total > skip_newest ? facts->lines_total - skip_newest : 0;
    facts->n_lines = MIN(left, FACTS_LINES_MAX);
    for (gsize i = 0; i < facts->n_lines; i++) {
        FactsLine *line = &facts->lines[i];
        char *colon = strstr(lines[i].text, ": ");
        *line = (FactsLine){.at_ms = lines[i].at_ms, .bad = lines[i].level <= LOG_LEVEL_WARN};
        g_strlcpy(line->text, colon ? colon + 2 : lines[i].text, sizeof line->text);
        if (colon)
            *colon = '\0';
        g_strlcpy(line->what, colon ? lines[i].text : "", sizeof line->what);
    }
}

static void read_lines(Loop *loop)
{
    const Menu *menu = &loop->menu.menu;
    guint skip_newest = (guint)menu->row_page * FACTS_LINES_MAX;
    loop->menu.facts.n_lines = loop->menu.facts.lines_total = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        if (strcmp(filters[i].word, menu->subject))
            continue;
        if (filters[i].source == SOURCE_LOG)
            read_log(loop, filters[i].level, skip_newest);
        else
            read_chain(loop, i, skip_newest);
    }
}

/* ---- Who changed which setting. */

static void note_change(MenuFacts *facts, const char *option, const AuditEntry *entry)
{
    FactsChange *change = NULL;
    for (gsize i = 0; i < facts->n_changes; i++)
        if (!strcmp(facts->changes[i].option, option))
            change = &facts->changes[i];
    if (!change && facts->n_changes < FACTS_CHANGES_MAX)
        change = &facts->changes[facts->n_changes++];
    if (!change)
        return;
    change->at_ms = entry->at_ms;
    g_strlcpy(change->option, option, sizeof change->option);
    g_strlcpy(change->who, entry->who, sizeof change->who);
}

static gboolean collect_change(gpointer context, const AuditEntry *entry, GError **error)
{
    AuditType type = audit_from_word(entry->type);
    (void)error;
    if (type != AUDIT_SETTING && type != AUDIT_CALIBRATION)
        return TRUE;
    json_t *body = json_loads(entry->body, 0, NULL);
    const char *detail = json_string_value(json_object_get(body, "detail"));
    if (!g_strcmp0(json_string_value(json_object_get(body, "result")), "ok") && detail) {
        g_auto(GStrv) parts = g_strsplit(detail, "=", 2);
        if (type == AUDIT_SETTING)
            note_change(context, parts[0] ? parts[0] : "", entry);
        for (gsize i = 0; type == AUDIT_CALIBRATION && *detail && i < PLACEMENT_KEYS; i++) {
            g_autofree char *option = g_strconcat("printer.", placement_keys[i], NULL);
            note_change(context, option, entry);
        }
    }
    json_decref(body);
    return TRUE;
}

void loop_lines_collect(Loop *loop)
{
    char hash[65], now[160];
    const Menu *menu = &loop->menu.menu;
    Journal *journal = ledger_journal(loop->ledger);
    if (menu->state != MENU_OPEN ||
        (menu->page != MENU_PAGE_LINES && menu->page != MENU_PAGE_SECTION &&
         menu->page != MENU_PAGE_SETTING))
        return;
    g_snprintf(now, sizeof now, "%d %s %d %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u",
               menu->page, menu->subject, menu->row_page, loop->visit.language,
               journal_head(journal, hash), journal_audit_head(journal, hash),
               log_recent(LOG_LEVEL_DEBUG, 0, 0, NULL));
    if (!strcmp(now, loop->menu.lines_read))
        return;
    g_strlcpy(loop->menu.lines_read, now, sizeof loop->menu.lines_read);
    if (menu->page == MENU_PAGE_LINES)
        read_lines(loop);
    else
        (void)journal_for_each_audit(journal, collect_change, &loop->menu.facts, NULL);
}
