/* Booklets: the account of all loads, those that left the stack, the loads, and one of them. */
#include "firmware/base/clock.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* Lead and chip tell of the same: first what keeps the machine shut, then what is to be settled. */
static void show_state(const MenuFacts *facts, MenuView *view)
{
    const Check *check = menu_find_check(facts, "stock.next");
    gboolean well = check && check->state == CHECK_OK;
    if (well)
        menu_text_set(&view->lead, "menu.booklets.next", check->value, NULL);
    else
        menu_set_sentence(view, &view->lead, check);
    view->chip_state = !well            ? menu_check_state(check)
                       : facts->n_cases ? MENU_STATE_WARN
                                        : MENU_STATE_OK;
    menu_text_set_int(&view->chip,
                      !well            ? "menu.part.broken"
                      : facts->n_cases ? "menu.booklets.unsettled"
                                       : "menu.booklets.agrees",
                      (gint64)facts->n_cases);
}

/* The columns of the account; together they are what was loaded. */
static const struct {
    const char *title;
    BookletState states[2];
    gboolean rare; /* shown only where there are some */
} columns[MENU_ACCOUNT_MAX] = {
    {"menu.booklet.in-stock", {BOOKLET_IN_STOCK}, FALSE},
    {"menu.booklet.reserved", {BOOKLET_RESERVED}, FALSE},
    {"menu.booklet.issued", {BOOKLET_ISSUED}, FALSE},
    {"menu.booklet.spoiled", {BOOKLET_SPOILED, BOOKLET_DESTROYED}, FALSE},
    {"menu.booklet.void", {BOOKLET_VOID}, FALSE},
    {"menu.booklet.unsure", {BOOKLET_UNSURE, BOOKLET_RETRACTED}, FALSE},
    {"menu.booklet.lost", {BOOKLET_LOST}, TRUE},
};

/* Loads as one: from the first serial to the last where there is one only. */
static void show_account(const MenuFacts *facts, MenuView *view)
{
    gsize loads = stock_batches(facts->stock);
    guint loaded = 0;
    gint64 counted_ms = 0;
    StockBatch batch;
    for (gsize i = 0; i < loads; i++) {
        stock_batch(facts->stock, i, &batch);
        loaded += batch.loaded;
        counted_ms = MAX(counted_ms, batch.counted >= 0 ? batch.counted_ms : 0);
    }
    if (loads == 1)
        menu_text_set(&view->account.title, "menu.booklets.range", batch.first, batch.last);
    else
        menu_text_set_int(&view->account.title, "menu.booklets.loads", (gint64)loads);
    menu_text_set_int(&view->account.loaded, "menu.booklets.loaded", loaded);
    view->account.sum = (int)loaded;
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        MenuFigure *part = &view->account.parts[i];
        part->value = (int)stock_count(facts->stock, columns[i].states[0]);
        if (columns[i].states[1] != BOOKLET_UNKNOWN)
            part->value += (int)stock_count(facts->stock, columns[i].states[1]);
        if (columns[i].rare && part->value == 0)
            continue;
        menu_text_set(&part->title, columns[i].title, NULL, NULL);
        view->account.n_parts = i + 1;
    }
    char at[32];
    clock_format_shanghai(counted_ms, at);
    at[strlen("2026-06-30T10:12")] = '\0';
    at[strlen("2026-06-30")] = ' ';
    if (counted_ms > 0)
        menu_text_set(&view->side, "menu.booklets.counted", at + strlen("2026-"), NULL);
}

/* How a booklet that left the stack is told: chip, and its word. */
static const struct {
    const char *word;
    MenuRowState state;
} gone[BOOKLET_STATE_COUNT] = {
    [BOOKLET_UNKNOWN] = {"menu.unknown", MENU_STATE_UNKNOWN},
    [BOOKLET_IN_STOCK] = {"menu.booklet.in-stock", MENU_STATE_NEUTRAL},
    [BOOKLET_RESERVED] = {"menu.booklet.reserved", MENU_STATE_NEUTRAL},
    [BOOKLET_ISSUED] = {"menu.booklet.issued", MENU_STATE_OK},
    [BOOKLET_RETRACTED] = {"menu.word.retracted", MENU_STATE_WARN},
    [BOOKLET_SPOILED] = {"menu.booklet.spoiled", MENU_STATE_BAD},
    [BOOKLET_UNSURE] = {"menu.booklet.unsure", MENU_STATE_UNKNOWN},
    [BOOKLET_VOID] = {"menu.booklet.void", MENU_STATE_NEUTRAL},
    [BOOKLET_LOST] = {"menu.booklet.lost", MENU_STATE_BAD},
    [BOOKLET_DESTROYED] = {"menu.booklet.destroyed", MENU_STATE_NEUTRAL},
};

/* Who has seen to it: the service, two people, or nobody yet. */
static const char *checked(const FactsBooklet *one)
{
    if (one->state == BOOKLET_UNSURE || one->state == BOOKLET_RETRACTED)
        return "menu.booklet.two";
    if (one->state == BOOKLET_RESERVED)
        return "menu.booklet.running";
    if (!one->issuing)
        return "menu.booklet.people";
    return one->waits ? "menu.booklet.unreported" : "menu.booklet.reported";
}

static void fill_booklet(const FactsBooklet *one, MenuRow *row)
{
    char at[32];
    gsize state = (guint)one->state < BOOKLET_STATE_COUNT ? one->state : BOOKLET_UNKNOWN;
    menu_text_set(&row->name, "", one->serial, NULL);
    row->state = gone[state].state;
    menu_text_set(&row->chip, gone[state].word, NULL, NULL);
    row->needs = one->state == BOOKLET_UNSURE || one->state == BOOKLET_RETRACTED;
    clock_format_shanghai(one->at_ms, at);
    at[strlen("2026-06-30T10:12")] = '\0';
    at[strlen("2026-06-30")] = ' ';
    menu_text_set(&row->text, one->at_ms > 0 ? "" : "menu.unknown", at + strlen("2026-"), NULL);
    menu_text_set(&row->detail, checked(one), NULL, NULL);
    row->opens = TRUE;
}

guint menu_fill_booklets(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)first; /* the loop reads only the screenful that is open */
    guint all = 0;
    menu_text_set_int(&view->heading, "menu.booklets.heading",
                      stock_count(facts->stock, BOOKLET_IN_STOCK));
    show_state(facts, view);
    show_account(facts, view);
    if (facts->n_booklets > 0)
        menu_set_columns(view, "menu.column.serial", "menu.column.where", "menu.column.time",
                         "menu.column.checked");
    for (gsize i = 0; i < facts->n_booklets; i++) {
        MenuRow *row = menu_add_row(view);
        if (row)
            fill_booklet(&facts->booklets[i], row);
    }
    for (BookletState state = BOOKLET_IN_STOCK + 1; state < BOOKLET_STATE_COUNT; state++)
        all += stock_count(facts->stock, state);
    return all;
}

/* A load a row, the newest first: range, how many are left of how many. */
guint menu_fill_batches(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    gsize count = stock_batches(facts->stock);
    menu_text_set_int(&view->heading, "menu.booklets.loads", (gint64)count);
    menu_text_set(&view->lead, "menu.batches.lead", NULL, NULL);
    for (gsize i = first; i < count; i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        StockBatch batch;
        char left[24], loaded[24];
        stock_batch(facts->stock, count - 1 - i, &batch);
        g_strlcpy(row->icon, "book", sizeof row->icon);
        menu_text_set(&row->name, "menu.booklets.range", batch.first, batch.last);
        g_snprintf(left, sizeof left, "%u", batch.counts[BOOKLET_IN_STOCK]);
        g_snprintf(loaded, sizeof loaded, "%u", batch.loaded);
        menu_text_set(&row->text, "menu.booklets.left", left, loaded);
        row->opens = TRUE;
        if (!batch.must_count && (batch.counted < 0 || batch.counted == batch.expected))
            continue;
        row->state = MENU_STATE_WARN;
        menu_text_set(&row->chip, "menu.batch.count-it", NULL, NULL);
    }
    return (guint)count;
}

static gboolean find_batch(const MenuFacts *facts, const char *first, StockBatch *ret)
{
    for (gsize i = 0; i < stock_batches(facts->stock); i++) {
        stock_batch(facts->stock, i, ret);
        if (!strcmp(ret->first, first))
            return TRUE;
    }
    return FALSE;
}

/* The lines of a batch's account; together they are what was loaded. */
static const struct {
    const char *icon, *key;
    BookletState states[2];
} lines[] = {
    {"book", "menu.booklet.in-stock", {BOOKLET_IN_STOCK}},
    {"wait", "menu.booklet.reserved", {BOOKLET_RESERVED}},
    {"check", "menu.booklet.issued", {BOOKLET_ISSUED}},
    {"help", "menu.booklet.unsure", {BOOKLET_UNSURE, BOOKLET_RETRACTED}},
    {"cross", "menu.booklet.gone", {BOOKLET_SPOILED, BOOKLET_VOID}},
    {"none", "menu.booklet.destroyed", {BOOKLET_DESTROYED}},
    {"warn", "menu.booklet.lost", {BOOKLET_LOST}},
};

#define ACCOUNT_STOCK 0
#define ACCOUNT_GONE 4 /* row of those that can be destroyed */

static guint sum(const StockBatch *batch, gsize line)
{
    const BookletState *states = lines[line].states;
    return batch->counts[states[0]] + (states[1] != BOOKLET_UNKNOWN ? batch->counts[states[1]] : 0);
}

/* What a touch on a line of the account begins: the load is taken back as long as nothing of it was
 * used, what is spoiled or void is destroyed. */
static TaskId row_task(const StockBatch *batch, gsize line)
{
    if (line == ACCOUNT_STOCK && !batch->used)
        return TASK_UNLOAD;
    return line == ACCOUNT_GONE && sum(batch, line) > 0 ? TASK_DESTROY : TASK_UNKNOWN;
}

/* The account of one load, and when people last counted it. */
guint menu_fill_batch(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    StockBatch batch = {0};
    char counted[16], expected[16];
    (void)first;
    if (!find_batch(facts, menu->subject, &batch)) {
        menu_text_set(&view->heading, "menu.batch.gone", NULL, NULL);
        return 0;
    }
    gboolean agrees = !batch.must_count && batch.counted == batch.expected;
    gboolean open = batch.must_count || batch.counted < 0;
    view->chip_state = open ? MENU_STATE_UNKNOWN : agrees ? MENU_STATE_OK : MENU_STATE_BAD;
    menu_text_set(&view->chip,
                  open     ? "menu.batch.count-it"
                  : agrees ? "menu.booklets.agrees"
                           : "menu.batch.differs",
                  NULL, NULL);
    menu_text_set(&view->heading, "menu.batch.heading", batch.first, NULL);
    g_snprintf(counted, sizeof counted, "%u", batch.loaded);
    menu_text_set(&view->lead, "menu.batch.lead", batch.last, counted);
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        MenuRow *row = menu_add_row(view);
        g_strlcpy(row->icon, lines[i].icon, sizeof row->icon);
        menu_text_set(&row->name, lines[i].key, NULL, NULL);
        menu_text_set_int(&row->text, "menu.count", sum(&batch, i));
        TaskId task = row_task(&batch, i);
        if (task == TASK_UNKNOWN)
            continue;
        menu_text_set(&row->detail, task == TASK_UNLOAD ? "menu.task.unload" : "menu.task.destroy",
                      NULL, NULL);
        row->two_people = menu_task_needs_two(task);
        row->opens = TRUE;
    }
    MenuRow *row = menu_add_row(view);
    g_strlcpy(row->icon, "clock", sizeof row->icon);
    menu_text_set(&row->name, "menu.batch.counted", NULL, NULL);
    g_snprintf(counted, sizeof counted, "%d", batch.counted);
    g_snprintf(expected, sizeof expected, "%d", batch.expected);
    menu_text_set(&row->text, batch.counted < 0 ? "menu.age.never" : "menu.batch.counted.of",
                  counted, expected);
    if (batch.counted >= 0)
        menu_text_age(&row->detail, facts->wall_ms, batch.counted_ms);
    return (guint)view->n_rows;
}

gboolean menu_has_batch(const Menu *menu, const MenuFacts *facts)
{
    StockBatch batch;
    return find_batch(facts, menu->subject, &batch);
}

static gboolean open_batch(const StockBatch *batch, MenuTarget *ret)
{
    ret->page = MENU_PAGE_BATCH;
    g_strlcpy(ret->subject, batch->first, sizeof ret->subject);
    return TRUE;
}

/* To the case that waits about it, else to its load. */
static gboolean open_booklet(const MenuFacts *facts, const char *serial, MenuTarget *ret)
{
    StockBatch batch;
    for (gsize i = 0; i < facts->n_cases; i++)
        if (!strcmp(facts->cases[i].serial, serial)) {
            ret->page = MENU_PAGE_CASE;
            g_strlcpy(ret->subject, facts->cases[i].key, sizeof ret->subject);
            return TRUE;
        }
    for (gsize i = 0; i < stock_batches(facts->stock); i++) {
        stock_batch(facts->stock, i, &batch); /* of one series, serials are as long as each other */
        if (strcmp(serial, batch.first) >= 0 && strcmp(serial, batch.last) <= 0)
            return open_batch(&batch, ret);
    }
    return FALSE;
}

gboolean menu_stock_target(const Menu *menu, const MenuFacts *facts, guint index, MenuTarget *ret)
{
    gsize count = stock_batches(facts->stock);
    StockBatch batch;
    if (menu->page == MENU_PAGE_BOOKLETS) {
        guint place = index % FACTS_BOOKLETS_MAX; /* of the screenful that was read */
        return place < facts->n_booklets && open_booklet(facts, facts->booklets[place].serial, ret);
    }
    if (menu->page == MENU_PAGE_BATCHES) {
        if (index >= count)
            return FALSE;
        stock_batch(facts->stock, count - 1 - index, &batch);
        return open_batch(&batch, ret);
    }
    ret->task = find_batch(facts, menu->subject, &batch) ? row_task(&batch, index) : TASK_UNKNOWN;
    if (ret->task == TASK_UNLOAD)
        g_strlcpy(ret->subject, batch.first, sizeof ret->subject);
    return ret->task != TASK_UNKNOWN;
}
