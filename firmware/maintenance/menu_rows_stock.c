/* Rows of booklets, unsettled cases and the printer. */
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

static void show_counts(const MenuFacts *facts, MenuView *view)
{
    static const struct {
        const char *title;
        BookletState states[3];
    } figures[] = {
        {"menu.booklet.in-stock", {BOOKLET_IN_STOCK, BOOKLET_RESERVED}},
        {"menu.booklet.issued", {BOOKLET_ISSUED}},
        {"menu.booklet.gone", {BOOKLET_SPOILED, BOOKLET_VOID, BOOKLET_DESTROYED}},
        {"menu.booklet.unsure", {BOOKLET_UNSURE, BOOKLET_RETRACTED, BOOKLET_LOST}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        guint sum = 0;
        for (gsize s = 0; s < 3 && figures[i].states[s] != BOOKLET_UNKNOWN; s++)
            sum += stock_count(facts->stock, figures[i].states[s]);
        menu_text_set(&view->figures[i].title, figures[i].title, NULL, NULL);
        menu_text_set(&view->figures[i].unit, "menu.unit.booklets", NULL, NULL);
        view->figures[i].value = (int)sum;
    }
    view->n_figures = G_N_ELEMENTS(figures);
}

/* A batch a row: range, how many are left of how many. */
guint menu_fill_booklets(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    gsize count = stock_batches(facts->stock);
    menu_text_set_int(&view->heading, "menu.booklets.heading",
                      stock_count(facts->stock, BOOKLET_IN_STOCK));
    show_state(facts, view);
    show_counts(facts, view);
    gsize above = facts->n_cases > 0; /* the way to what people must settle */
    if (above && first == 0) {
        MenuRow *row = menu_add_row(view);
        g_strlcpy(row->icon, "users", sizeof row->icon);
        menu_text_set_int(&row->name, "menu.cases.heading", (gint64)facts->n_cases);
        row->state = MENU_STATE_WARN;
        row->opens = TRUE;
    }
    for (gsize i = MAX(first, above); i < count + above; i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        StockBatch batch;
        char left[24], loaded[24];
        stock_batch(facts->stock, count - 1 - (i - above), &batch); /* the newest first */
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
    return (guint)(count + above);
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
} account[] = {
    {"book", "menu.booklet.in-stock", {BOOKLET_IN_STOCK, BOOKLET_RESERVED}},
    {"check", "menu.booklet.issued", {BOOKLET_ISSUED}},
    {"help", "menu.booklet.unsure", {BOOKLET_UNSURE, BOOKLET_RETRACTED}},
    {"cross", "menu.booklet.gone", {BOOKLET_SPOILED, BOOKLET_VOID}},
    {"none", "menu.booklet.destroyed", {BOOKLET_DESTROYED}},
    {"warn", "menu.booklet.lost", {BOOKLET_LOST}},
};

#define ACCOUNT_STOCK 0
#define ACCOUNT_GONE 3 /* row of those that can be destroyed */

static guint sum(const StockBatch *batch, gsize line)
{
    const BookletState *states = account[line].states;
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

/* The account of one batch, and when people last counted it. */
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
    for (gsize i = 0; i < G_N_ELEMENTS(account); i++) {
        MenuRow *row = menu_add_row(view);
        g_strlcpy(row->icon, account[i].icon, sizeof row->icon);
        menu_text_set(&row->name, account[i].key, NULL, NULL);
        menu_text_set_int(&row->text, "menu.count", sum(&batch, i));
        TaskId task = row_task(&batch, i);
        if (task == TASK_UNKNOWN)
            continue;
        menu_text_set(&row->detail,
                      task == TASK_UNLOAD ? "menu.task.unload" : "menu.task.destroy", NULL, NULL);
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

gboolean menu_stock_target(const Menu *menu, const MenuFacts *facts, guint index, MenuTarget *ret)
{
    gsize above = facts->n_cases > 0, count = stock_batches(facts->stock);
    StockBatch batch;
    if (menu->page == MENU_PAGE_BATCH) {
        ret->task = find_batch(facts, menu->subject, &batch) ? row_task(&batch, index) : TASK_UNKNOWN;
        if (ret->task == TASK_UNLOAD)
            g_strlcpy(ret->subject, batch.first, sizeof ret->subject);
        return ret->task != TASK_UNKNOWN;
    }
    if (index < above) {
        ret->page = MENU_PAGE_CASES;
        return TRUE;
    }
    if (index - above >= count)
        return FALSE;
    stock_batch(facts->stock, count - 1 - (index - above), &batch);
    ret->page = MENU_PAGE_BATCH;
    g_strlcpy(ret->subject, batch.first, sizeof ret->subject);
    return TRUE;
}

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
