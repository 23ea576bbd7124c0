/* What mends what a check says: the steps that are shown, and the tasks that are offered beside
 * them. One table, so that no step names a button that is not there. */
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* A row a sentence (readiness_table.c) whose way out differs from that of its check. */
static const struct {
    const char *word;
    TaskId tasks[3];
} mends[] = {
    {"reader.several", {TASK_TEST_READER}},
    {"reader.unusable", {TASK_TEST_READER}},
    {"printer.stopped", {TASK_RESUME_PRINTER}},
    {"printer.refusing", {TASK_RESUME_PRINTER}},
    {"stock.empty", {TASK_LOAD}},
    {"stock.position", {TASK_NEXT_SERIAL}},
    {"stock.count", {TASK_COUNT_STOCK}},
    {"stock.mismatch", {TASK_COUNT_STOCK, TASK_LOSE, TASK_SPOIL}},
    {"stock.scanner", {TASK_SPOIL, TASK_LOSE}},
    {"stock.scanner-blind", {TASK_SPOIL, TASK_LOSE}},
    {"stock.reserved", {TASK_UNKNOWN}},
    {"audit.cut", {TASK_ACKNOWLEDGE}},
    {"issuance.retained", {TASK_UNKNOWN}},
    {"service.restoring", {TASK_UNKNOWN}},
    {"machine.out", {TASK_PUT_BACK}},
};

static gsize find(const Check *check)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(mends) && strcmp(mends[i].word, check->word))
        i++;
    return i;
}

/* The check that the open page is about; NULL: none, or all is well with it. */
static const Check *subject_of(const Menu *menu, const MenuFacts *facts)
{
    const char *id = menu->page == MENU_PAGE_BOOKLETS  ? "stock.next"
                     : menu->page == MENU_PAGE_PRINTER ? "printer.stopped"
                     : menu->page == MENU_PAGE_PART    ? menu->subject
                                                       : "";
    const Check *check = menu_find_check(facts, id);
    return check && check->state != CHECK_OK ? check : NULL;
}

TaskId menu_mend_task(const Menu *menu, const MenuFacts *facts, guint index)
{
    const Check *check = subject_of(menu, facts);
    gsize i = check ? find(check) : G_N_ELEMENTS(mends);
    return i < G_N_ELEMENTS(mends) && index < G_N_ELEMENTS(mends[i].tasks) ? mends[i].tasks[index]
                                                               : TASK_UNKNOWN;
}

void menu_mend_fill(const Menu *menu, const MenuFacts *facts, MenuView *view)
{
    const Check *check = subject_of(menu, facts);
    gboolean own = check && find(check) < G_N_ELEMENTS(mends);
    for (gsize i = 0; check && i < G_N_ELEMENTS(view->steps); i++) {
        char key[56];
        g_snprintf(key, sizeof key, "steps.%s.%u", own ? check->word : check->id, (guint)i + 1);
        menu_text_set(&view->steps[i], key, NULL, NULL);
    }
    view->n_steps = G_N_ELEMENTS(view->steps); /* the screen leaves out what has no sentence */
    g_strlcpy(view->picture, menu->subject, sizeof view->picture);
}

/* The batch that people must count next. */
static void find_batch(const MenuFacts *facts, char *ret, gsize bytes)
{
    for (gsize i = 0; i < stock_batches(facts->stock); i++) {
        StockBatch batch;
        stock_batch(facts->stock, i, &batch);
        if (!batch.must_count && (batch.counted < 0 || batch.counted == batch.expected))
            continue;
        g_strlcpy(ret, batch.first, bytes);
        return;
    }
}

void menu_mend_aim(Menu *menu, const MenuFacts *facts, TaskId task)
{
    if (task == TASK_SET)
        g_strlcpy(menu->option, menu->subject, sizeof menu->option);
    else if (task == TASK_COUNT_STOCK && menu->page != MENU_PAGE_BATCH)
        find_batch(facts, menu->option, sizeof menu->option);
}
