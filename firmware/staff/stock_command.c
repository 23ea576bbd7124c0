/* `kiosk stock`: booklets from a console. Every change takes a technician and a supervisor. */
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/issuance/arguments.h"
#include "firmware/issuance/ledger.h"
#include "firmware/staff/console.h"
#include "firmware/staff/stock_command.h"
#include <stdio.h>
#include <string.h>

static json_t *batch_as_json(const StockBatch *batch)
{
    json_t *json = json_pack("{s:s, s:s, s:i}", "first", batch->first, "last", batch->last,
                             "loaded", (int)batch->loaded);
    for (int state = 1; state < BOOKLET_STATE_COUNT; state++)
        json_object_set_new(json, booklet_state_word((BookletState)state),
                            json_integer(batch->counts[state]));
    return json;
}

static void print_batch(const StockBatch *batch)
{
    printf("%s to %s: %u loaded", batch->first, batch->last, batch->loaded);
    for (int state = 1; state < BOOKLET_STATE_COUNT; state++)
        if (batch->counts[state])
            printf(", %u %s", batch->counts[state], booklet_state_word((BookletState)state));
    putchar('\n');
}

static int list_stock(const Stock *stock, gboolean as_json)
{
    char next[SERIAL_LENGTH + 1] = "";
    const char *why = "";
    gboolean known = stock_next(stock, next, &why);
    json_t *array = json_array();
    for (gsize i = 0; i < stock_batches(stock); i++) {
        StockBatch batch;
        stock_batch(stock, i, &batch);
        if (as_json)
            json_array_append_new(array, batch_as_json(&batch));
        else
            print_batch(&batch);
    }
    if (as_json)
        arguments_print_json(json_pack("{s:s, s:s, s:O}", "next", next, "reason", known ? "" : why, "batches",
                             array));
    else
        printf("next: %s%s%s\n", known ? next : "none (", known ? "" : why, known ? "" : ")");
    json_decref(array);
    return EXIT_SUCCESS;
}

/* One row a change: its word, what its argument is, and how it is drafted. */
typedef gboolean (*Draft)(const Stock *stock, const char *argument, const char *who,
                          JournalDraft *ret, GError **error);

static gboolean draft_load(const Stock *stock, const char *argument, const char *who,
                           JournalDraft *ret, GError **error)
{
    g_auto(GStrv) range = g_strsplit(argument, "-", 2);
    return stock_draft_load(stock, range[0], range[1], who, ret, error);
}

static const struct {
    const char *word;
    AuditType type;
    gboolean range;
    Draft draft;
} changes[] = {
    {"load", AUDIT_STOCK_LOAD, TRUE, draft_load},
    {"next", AUDIT_STOCK_NEXT, FALSE, stock_draft_next},
    {"spoil", AUDIT_STOCK_SPOIL, FALSE, stock_draft_spoil},
};

static gboolean change_stock(Ledger *ledger, gsize row, const char *argument, GError **error)
{
    StaffClock now;
    StaffSession technician, supervisor;
    JournalDraft step;
    AuditDraft event;
    staff_clock(&now);
    g_autoptr(Staff) staff = staff_open(ledger_journal(ledger), error);
    if (!staff || !console_login_two(staff, &now, &technician, &supervisor, error) ||
        !staff_may(changes[row].type, &technician, &supervisor, now.boot_ms, error))
        return FALSE;
    staff_event(changes[row].type, &technician, &supervisor, "ok", argument, &event);
    if (changes[row].draft(ledger_stock(ledger), argument, event.who, &step, error))
        return ledger_append_audited(ledger, &step, 1, &event, now.wall_ms, error);
    staff_event(changes[row].type, &technician, &supervisor, "refused", argument, &event);
    (void)staff_note(staff, &event, &now, NULL); /* the refusal itself is what matters */
    return FALSE;
}

static gboolean is_argument(const char *text, gboolean range)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);
    guint n = g_strv_length(parts);
    if (n != (range ? 2u : 1u))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!booklet_serial_is_valid(parts[i]))
            return FALSE;
    return TRUE;
}

/* Row of the change that the words mean; -1: none. */
static int find_change(const Arguments *a)
{
    for (gsize i = 0; a->n_words == 2 && i < G_N_ELEMENTS(changes); i++)
        if (!strcmp(a->words[0], changes[i].word))
            return is_argument(a->words[1], changes[i].range) ? (int)i : -1;
    return -1;
}

int stock_command(int argc, char **argv)
{
    static const char text[] = "stock load FIRST-LAST | list | next SERIAL | spoil SERIAL [--json] "
                               "[--config FILE]; a serial is D or J and 11 digits";
    Arguments a;
    if (arguments_help(argc, argv, text))
        return 0;
    if (!arguments_take(argc, argv, &a) || a.csv || a.reason || a.head)
        return arguments_usage(text);
    gboolean list = a.n_words == 1 && !strcmp(a.words[0], "list");
    int row = find_change(&a);
    if (!list && row < 0)
        return arguments_usage(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = arguments_journal(&a, &error);
    g_autoptr(Ledger) ledger =
        path ? ledger_open(path, list ? JOURNAL_READ : JOURNAL_WRITE, NULL, &error) : NULL;
    if (!ledger || (!list && !change_stock(ledger, (gsize)row, a.words[1], &error)))
        return arguments_fail(error);
    return list_stock(ledger_stock(ledger), a.json);
}
