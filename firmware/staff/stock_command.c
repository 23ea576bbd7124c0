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
    if (batch->counted >= 0) {
        char at[32];
        clock_format_utc(batch->counted_ms, at);
        json_object_set_new(json, "account",
                            json_pack("{s:i, s:i, s:s}", "counted", batch->counted, "expected",
                                      batch->expected, "at", at));
    }
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
    if (batch->counted >= 0) {
        char at[32];
        clock_format_utc(batch->counted_ms, at);
        printf("; counted %d of %d at %.16sZ", batch->counted, batch->expected, at);
    }
    printf("%s\n", batch->must_count ? "; must be counted" : "");
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
        arguments_print_json(json_pack("{s:s, s:s, s:O}", "next", next, "reason", known ? "" : why,
                                       "batches", array));
    else
        printf("next: %s%s%s\n", known ? next : "none (", known ? "" : why, known ? "" : ")");
    json_decref(array);
    return EXIT_SUCCESS;
}

/* One row a change: its words, and how it is drafted from the arguments behind the first. */
typedef gboolean (*Draft)(const Stock *stock, const char *const *arguments, const char *who,
                          JournalDraft *ret, GError **error);

static gboolean draft_unload(const Stock *stock, const char *const *arguments, const char *who,
                             JournalDraft *ret, GError **error)
{
    g_auto(GStrv) range = g_strsplit(arguments[0], "-", 2);
    return stock_draft_unload(stock, range[0], range[1], who, ret, error);
}

static gboolean draft_load(const Stock *stock, const char *const *arguments, const char *who,
                           JournalDraft *ret, GError **error)
{
    g_auto(GStrv) range = g_strsplit(arguments[0], "-", 2);
    guint told = (guint)g_ascii_strtoull(arguments[1], NULL, 10);
    return stock_check_number(range[0], range[1], told, error) &&
           stock_draft_load(stock, range[0], range[1], who, ret, error);
}

static gboolean draft_count(const Stock *stock, const char *const *arguments, const char *who,
                            JournalDraft *ret, GError **error)
{
    return stock_draft_count(stock, arguments[0], (guint)g_ascii_strtoull(arguments[1], NULL, 10),
                             who, ret, error);
}

#define DRAFT_SERIAL(verb)                                                                         \
    static gboolean draft_##verb(const Stock *stock, const char *const *arguments,                 \
                                 const char *who, JournalDraft *ret, GError **error)               \
    {                                                                                              \
        return stock_draft_##verb(stock, arguments[0], who, ret, error);                           \
    }
DRAFT_SERIAL(next)
DRAFT_SERIAL(spoil)
DRAFT_SERIAL(lose)
DRAFT_SERIAL(destroy)

typedef enum { TAKES_SERIAL, TAKES_RANGE, TAKES_RANGE_COUNT, TAKES_COUNT } Takes;

static const struct {
    const char *word;
    AuditType type;
    Takes takes;
    Draft draft;
} changes[] = {
    {"load", AUDIT_STOCK_LOAD, TAKES_RANGE_COUNT, draft_load},
    {"unload", AUDIT_STOCK_UNLOAD, TAKES_RANGE, draft_unload},
    {"next", AUDIT_STOCK_NEXT, TAKES_SERIAL, draft_next},
    {"spoil", AUDIT_STOCK_SPOIL, TAKES_SERIAL, draft_spoil},
    {"count", AUDIT_STOCK_COUNT, TAKES_COUNT, draft_count},
    {"lose", AUDIT_STOCK_LOSE, TAKES_SERIAL, draft_lose},
    {"destroy", AUDIT_STOCK_DESTROY, TAKES_SERIAL, draft_destroy},
};

static gboolean change_stock(Ledger *ledger, gsize row, const char *const *arguments,
                             GError **error)
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
    g_autofree char *detail = g_strjoin(" ", arguments[0], arguments[1], NULL);
    staff_event(changes[row].type, &technician, &supervisor, "ok", detail, &event);
    if (changes[row].draft(ledger_stock(ledger), arguments, event.who, &step, error))
        return ledger_append_audited(ledger, &step, 1, &event, now.wall_ms, error);
    staff_event(changes[row].type, &technician, &supervisor, "refused", detail, &event);
    (void)staff_note(staff, &event, &now, NULL); /* the refusal itself is what matters */
    return FALSE;
}

static gboolean is_serial_or_range(const char *text, gboolean range)
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

static gboolean is_number(const char *text)
{
    gsize length = strspn(text, "0123456789");
    return length > 0 && length <= 5 && !text[length];
}

/* Row of the change that the words mean; -1: none. */
static int find_change(const Arguments *a)
{
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        if (strcmp(a->words[0], changes[i].word))
            continue;
        Takes takes = changes[i].takes;
        gboolean counts = takes == TAKES_COUNT || takes == TAKES_RANGE_COUNT;
        gboolean range = takes == TAKES_RANGE || takes == TAKES_RANGE_COUNT;
        gboolean good = a->n_words == (counts ? 3 : 2) && is_serial_or_range(a->words[1], range) &&
                        (!counts || is_number(a->words[2]));
        return good ? (int)i : -1;
    }
    return -1;
}

int stock_command(int argc, char **argv)
{
    static const char text[] =
        "stock VERB [--config FILE]\n\n"
        "  list [--json]           booklets by batch and state, and the one that is next\n"
        "  load FIRST-LAST NUMBER  booklets were put into the machine, NUMBER of them\n"
        "  unload FIRST-LAST       that load was wrong, and none of it was used\n"
        "  next SERIAL             this one lies on top of the stack\n"
        "  spoil SERIAL            it is damaged and must not be used\n"
        "  lose SERIAL             it cannot be found\n"
        "  destroy SERIAL          a spoiled one was destroyed\n"
        "  count FIRST NUMBER      so many of the batch that begins with FIRST are there\n\n"
        "A serial is D or J and 11 digits: D33000000001. All but list ask for a technician and,\n"
        "where the stock changes, a supervisor, with their PINs (kiosk staff).";
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
    if (!ledger || (!list && !change_stock(ledger, (gsize)row, a.words + 1, &error)))
        return arguments_fail(error);
    return list_stock(ledger_stock(ledger), a.json);
}
