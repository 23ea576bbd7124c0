/* What two people do to the stock: journal step and audit event in one transaction. */
#include "firmware/base/clock.h"
#include "firmware/loop/loop_task.h"
#include <string.h>

static guint number(const char *text)
{
    return (guint)g_ascii_strtoull(text, NULL, 10);
}

static gboolean find_batch(const Stock *stock, const char *first, StockBatch *ret)
{
    for (gsize i = 0; i < stock_batches(stock); i++) {
        stock_batch(stock, i, ret);
        if (!strcmp(ret->first, first))
            return TRUE;
    }
    return FALSE;
}

static gboolean draft(const Stock *stock, const MenuEffect *effect, const char *who,
                      JournalDraft *ret, GError **error)
{
    const char *first = effect->fields[0];
    StockBatch batch;
    if (effect->task == TASK_LOAD)
        return stock_check_number(first, effect->fields[1], number(effect->fields[2]), error) &&
               stock_draft_load(stock, first, effect->fields[1], who, ret, error);
    if (effect->task == TASK_UNLOAD)
        return stock_draft_unload(stock, effect->subject,
                                  find_batch(stock, effect->subject, &batch) ? batch.last : "",
                                  who, ret, error);
    if (effect->task == TASK_NEXT_SERIAL)
        return stock_draft_next(stock, first, who, ret, error);
    if (effect->task == TASK_SPOIL)
        return stock_draft_spoil(stock, first, who, ret, error);
    if (effect->task == TASK_LOSE)
        return stock_draft_lose(stock, first, who, ret, error);
    if (effect->task == TASK_DESTROY)
        return stock_draft_destroy(stock, first, who, ret, error);
    return stock_draft_count(stock, effect->subject, number(first), who, ret, error);
}

/* What the audit says it was about. */
static void describe_subject(const Stock *stock, const MenuEffect *effect, char *ret, gsize bytes)
{
    StockBatch batch;
    if (effect->task == TASK_LOAD)
        g_snprintf(ret, bytes, "%s-%s", effect->fields[0], effect->fields[1]);
    else if (effect->task == TASK_UNLOAD)
        g_snprintf(ret, bytes, "%s-%s", effect->subject,
                   find_batch(stock, effect->subject, &batch) ? batch.last : "");
    else if (effect->task == TASK_COUNT_STOCK)
        g_snprintf(ret, bytes, "%s %u", effect->subject, number(effect->fields[0]));
    else
        g_strlcpy(ret, effect->fields[0], bytes);
}

/* The account's end: what was counted beside what should lie there. */
static void end_count(Loop *loop, const char *first)
{
    StockBatch batch = {0};
    char counted[16], expected[16];
    gboolean agrees = find_batch(ledger_stock(loop->ledger), first, &batch) &&
                      batch.counted == batch.expected;
    g_snprintf(counted, sizeof counted, "%d", batch.counted);
    g_snprintf(expected, sizeof expected, "%d", batch.expected);
    task_end_quietly(loop, agrees, agrees ? "menu.counted" : "menu.counted.differs", counted,
                     expected);
}

void task_run_stock(Loop *loop, const MenuEffect *effect)
{
    static const char *const notices[TASK_ID_COUNT] = {
        [TASK_LOAD] = "menu.loaded",     [TASK_UNLOAD] = "menu.unloaded",
        [TASK_NEXT_SERIAL] = "menu.next.taken",
        [TASK_SPOIL] = "menu.spoiled", [TASK_LOSE] = "menu.lost",
        [TASK_DESTROY] = "menu.destroyed",
    };
    g_autoptr(GError) error = NULL;
    JournalDraft step;
    AuditDraft event;
    char about[sizeof loop->menu.work.about], first[SERIAL_LENGTH + 1];
    TaskId task = effect->task;
    describe_subject(ledger_stock(loop->ledger), effect, about, sizeof about);
    g_strlcpy(loop->menu.work.about, about, sizeof loop->menu.work.about);
    g_strlcpy(first, effect->subject, sizeof first);
    task_describe(loop, "ok", &event);
    if (!draft(ledger_stock(loop->ledger), effect, event.who, &step, &error) ||
        !ledger_append_audited(loop->ledger, &step, 1, &event, clock_wall_ms(), &error))
        task_fail(loop, error);
    else if (task == TASK_COUNT_STOCK)
        end_count(loop, first);
    else
        task_end_quietly(loop, TRUE, notices[task], about, NULL);
}
