/* The lines of a log page: journal, audit chain or the program's last messages, filtered, newest
 * first; and who changed which setting, from the audit chain. Read anew only when there is more to
 * read or another page is open. */
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
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

/* What a step is called; by step, Chinese and English. */
static const char *const steps[JOURNAL_STEP_COUNT][2] = {
    [JOURNAL_UNKNOWN] = {"未知", "Unknown"},
    [JOURNAL_PLAN] = {"准备发证", "Planned"},
    [JOURNAL_BIND] = {"登记红本", "Booklet bound"},
    [JOURNAL_RENDER] = {"绘制页面", "Pages drawn"},
    [JOURNAL_SUBMIT] = {"送去打印", "Sent to print"},
    [JOURNAL_SEEN] = {"打印机已接收", "At the printer"},
    [JOURNAL_RELEASED] = {"没有打印", "Not printed"},
    [JOURNAL_PRINTED] = {"打好", "Printed"},
    [JOURNAL_SPOILED] = {"打坏", "Spoiled"},
    [JOURNAL_UNSURE] = {"未定", "Unsure"},
    [JOURNAL_CONFIRM] = {"待上报", "To be reported"},
    [JOURNAL_ACKNOWLEDGED] = {"已上报", "Reported"},
    [JOURNAL_PRESENTED] = {"送出红本", "Presented"},
    [JOURNAL_TAKEN] = {"已取走", "Taken"},
    [JOURNAL_RETRACTED] = {"已收回", "Kept"},
    [JOURNAL_CLEARED] = {"任务已清除", "Job cleared"},
    [JOURNAL_SETTLED] = {"已核对", "Settled"},
    [JOURNAL_LOAD] = {"装入红本", "Loaded"},
    [JOURNAL_NEXT] = {"确认下一本", "Next confirmed"},
    [JOURNAL_SPOIL] = {"空白本作废", "Blank spoiled"},
    [JOURNAL_COUNT] = {"清点", "Counted"},
    [JOURNAL_LOSE] = {"登记遗失", "Declared lost"},
    [JOURNAL_UNLOAD] = {"撤回装入", "Load withdrawn"},
    [JOURNAL_DESTROY] = {"登记销毁", "Destroyed"},
    [JOURNAL_RETELL] = {"重新上报", "Told again"},
    [JOURNAL_ADOPT] = {"补记", "Adopted"},
    [JOURNAL_EPOCH] = {"登记系统换代", "Service's epoch"},
    [JOURNAL_CUT] = {"日志缺失", "Journal cut"},
};

typedef struct {
    Loop *loop;
    gsize filter;
    gint64 skip; /* matching entries that are older than the screenful */
    gint64 matched;
} Reading;

static const char *in(const Loop *loop, const char *zh, const char *en)
{
    return loop->visit.language == LANGUAGE_EN ? en : zh;
}

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
    unsigned step = (unsigned)entry->step < JOURNAL_STEP_COUNT ? entry->step : 0;
    line->at_ms = entry->at_ms;
    line->bad = is_bad(entry->step);
    g_strlcpy(line->what, in(reading->loop, steps[step][0], steps[step][1]), sizeof line->what);
    g_strlcpy(line->text, *entry->key ? entry->key : entry->body, sizeof line->text);
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
    g_strlcpy(line->what, in(reading->loop, row->sentence_zh, row->sentence), sizeof line->what);
    gboolean details = detail && *detail;
    g_snprintf(line->text, sizeof line->text, "%s%s%s%s%s", entry->who, well || !result ? "" : ", ",
               well || !result ? "" : result,
               !details ? "" : well ? " " : ": ", details ? detail : "");
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
