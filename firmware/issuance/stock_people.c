/* What people do to the stock: loading, counting, taking out. */
#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "firmware/issuance/stock_internal.h"
#include <string.h>

static gboolean refuse(GError **error, const char *serial, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "stock: %.20s: %s", serial, why);
    return FALSE;
}

static gboolean check_load(const Stock *stock, const char *first, const char *last, GError **error)
{
    if (!booklet_serial_is_valid(first))
        return refuse(error, first, "not a booklet serial (D or J and 11 digits)");
    if (!booklet_serial_is_valid(last))
        return refuse(error, last, "not a booklet serial (D or J and 11 digits)");
    if (first[0] != last[0] || stock_number_of(last) < stock_number_of(first))
        return refuse(error, last, "the range ends before it begins");
    if (stock_number_of(last) - stock_number_of(first) >= STOCK_RANGE_MAX)
        return refuse(error, last, "more than 10000 booklets in one range");
    if (stock->batches->len >= STOCK_BATCHES_MAX)
        return refuse(error, first, "too many ranges");
    for (gsize b = 0; b < stock->batches->len; b++) {
        const Batch *batch = stock_batch_at(stock, b);
        if (batch->letter == first[0] && stock_number_of(first) < batch->first + batch->n &&
            stock_number_of(last) >= batch->first)
            return refuse(error, first, "some of the range was loaded before");
    }
    return TRUE;
}

/* A blank that lies on top while lower ones should be in stock means that those are missing. */
static gboolean check_next(const Stock *stock, const char *serial, GError **error)
{
    if (stock_state(stock, serial) != BOOKLET_IN_STOCK)
        return refuse(error, serial,
                      stock_state(stock, serial) == BOOKLET_UNKNOWN
                          ? "was never loaded"
                          : "is not in stock: take it out of the stack");
    char top[SERIAL_LENGTH + 1] = "";
    if (stock_expected(stock, top) && strcmp(top, serial)) {
        g_autofree char *why = g_strdup_printf(
            "%s should lie above it: find it, or declare it spoiled or lost first", top);
        return refuse(error, serial, why);
    }
    return TRUE;
}

static gboolean check_spoil(const Stock *stock, const char *serial, GError **error)
{
    return stock_state(stock, serial) == BOOKLET_IN_STOCK ||
           refuse(error, serial, "only a booklet in stock can be spoiled by hand");
}

static gboolean check_lose(const Stock *stock, const char *serial, GError **error)
{
    return stock_state(stock, serial) == BOOKLET_IN_STOCK ||
           refuse(error, serial, "only a booklet in stock can be lost");
}

static gboolean check_destroy(const Stock *stock, const char *serial, GError **error)
{
    BookletState state = stock_state(stock, serial);
    return state == BOOKLET_SPOILED || state == BOOKLET_VOID ||
           refuse(error, serial, "only a spoiled or void booklet is destroyed");
}

static Batch *find_batch(const Stock *stock, const char *first)
{
    for (gsize b = 0; b < stock->batches->len; b++) {
        Batch *batch = stock_batch_at(stock, b);
        if (batch->letter == first[0] && batch->first == stock_number_of(first))
            return batch;
    }
    return NULL;
}

static gboolean check_unload(const Stock *stock, const char *first, const char *last,
                             GError **error)
{
    const Batch *batch = booklet_serial_is_valid(first) ? find_batch(stock, first) : NULL;
    if (!batch || !booklet_serial_is_valid(last) || last[0] != first[0] ||
        stock_number_of(last) - batch->first + 1 != batch->n)
        return refuse(error, first, "that range was not loaded as one: kiosk stock list");
    return !batch->used || refuse(error, first, "one of the range was used: spoil or lose the rest");
}

static void apply_unload(Stock *stock, const char *first)
{
    gsize b = 0;
    while (stock_batch_at(stock, b) != find_batch(stock, first))
        b++;
    g_array_remove_index(stock->batches, (guint)b);
}

static gboolean check_count(const Stock *stock, const char *first, json_int_t counted,
                            GError **error)
{
    if (!booklet_serial_is_valid(first) || !find_batch(stock, first))
        return refuse(error, first, "no batch begins with it");
    return (counted >= 0 && counted <= STOCK_RANGE_MAX) ||
           refuse(error, first, "0 to 10000 can be counted");
}

static const char *member(json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

static json_int_t number(json_t *body, const char *name)
{
    return json_integer_value(json_object_get(body, name));
}

static gboolean check_body(const Stock *stock, JournalStep step, json_t *body, GError **error)
{
    if (step == JOURNAL_LOAD)
        return check_load(stock, member(body, "first"), member(body, "last"), error);
    if (step == JOURNAL_UNLOAD)
        return check_unload(stock, member(body, "first"), member(body, "last"), error);
    if (step == JOURNAL_NEXT)
        return check_next(stock, member(body, "serial"), error);
    if (step == JOURNAL_SPOIL)
        return check_spoil(stock, member(body, "serial"), error);
    if (step == JOURNAL_LOSE)
        return check_lose(stock, member(body, "serial"), error);
    if (step == JOURNAL_DESTROY)
        return check_destroy(stock, member(body, "serial"), error);
    if (step == JOURNAL_COUNT)
        return check_count(stock, member(body, "first"), number(body, "counted"), error);
    return step == JOURNAL_CUT || refuse(error, journal_step_word(step), "not a step of the stock");
}

gboolean stock_check(const Stock *stock, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check_body(stock, entry->step, body, error);
    json_decref(body);
    return ok;
}

/* What the journal lost may have moved booklets: each batch is counted before the next visit. */
static void apply_cut(Stock *stock)
{
    for (gsize b = 0; b < stock->batches->len; b++)
        stock_batch_at(stock, b)->must_count = TRUE;
    stock->position_lost = stock->batches->len > 0;
}

static void apply_count(Batch *batch, json_t *body, gint64 at_ms)
{
    batch->counted = (int)number(body, "counted");
    batch->expected = (int)number(body, "expected");
    batch->counted_ms = at_ms;
    batch->must_count = FALSE;
}

gboolean stock_apply(Stock *stock, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check_body(stock, entry->step, body, error);
    if (ok && entry->step == JOURNAL_LOAD)
        stock_add_batch(stock, member(body, "first"), member(body, "last"));
    if (ok && entry->step == JOURNAL_UNLOAD)
        apply_unload(stock, member(body, "first"));
    if (ok && entry->step == JOURNAL_NEXT)
        stock->position_lost = FALSE;
    if (ok && entry->step == JOURNAL_SPOIL)
        ok = stock_move(stock, member(body, "serial"), BOOKLET_SPOILED, error);
    if (ok && entry->step == JOURNAL_LOSE)
        ok = stock_move(stock, member(body, "serial"), BOOKLET_LOST, error);
    if (ok && entry->step == JOURNAL_DESTROY)
        ok = stock_move(stock, member(body, "serial"), BOOKLET_DESTROYED, error);
    if (ok && entry->step == JOURNAL_COUNT)
        apply_count(find_batch(stock, member(body, "first")), body, entry->at_ms);
    if (ok && entry->step == JOURNAL_CUT)
        apply_cut(stock);
    json_decref(body);
    return ok;
}

static gboolean draft(const Stock *stock, JournalStep step, json_t *body, JournalDraft *ret,
                      GError **error)
{
    gboolean ok = check_body(stock, step, body, error);
    if (ok)
        journal_draft(ret, step, "", json_incref(body));
    json_decref(body);
    return ok;
}

gboolean stock_check_number(const char *first, const char *last, guint told, GError **error)
{
    guint64 are = stock_number_of(last) - stock_number_of(first) + 1;
    if (are == told)
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                "stock: %.20s to %.20s are %" G_GINT64_FORMAT
                " booklets, not %u: compare the numbers with the paper",
                first, last, (gint64)are, told);
    return FALSE;
}

gboolean stock_draft_load(const Stock *stock, const char *first, const char *last, const char *who,
                          JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_LOAD,
                 json_pack("{s:s, s:s, s:s}", "first", first, "last", last, "who", who), ret,
                 error);
}

gboolean stock_draft_unload(const Stock *stock, const char *first, const char *last,
                            const char *who, JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_UNLOAD,
                 json_pack("{s:s, s:s, s:s}", "first", first, "last", last, "who", who), ret,
                 error);
}

gboolean stock_draft_next(const Stock *stock, const char *serial, const char *who,
                          JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_NEXT, json_pack("{s:s, s:s}", "serial", serial, "who", who), ret,
                 error);
}

gboolean stock_draft_spoil(const Stock *stock, const char *serial, const char *who,
                           JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_SPOIL, json_pack("{s:s, s:s}", "serial", serial, "who", who), ret,
                 error);
}

gboolean stock_draft_count(const Stock *stock, const char *first, guint counted, const char *who,
                           JournalDraft *ret, GError **error)
{
    const Batch *batch = booklet_serial_is_valid(first) ? find_batch(stock, first) : NULL;
    guint expected = batch ? batch->counts[BOOKLET_IN_STOCK] + batch->counts[BOOKLET_RESERVED] : 0;
    return draft(stock, JOURNAL_COUNT,
                 json_pack("{s:s, s:i, s:i, s:s}", "first", first, "counted", (int)counted,
                           "expected", (int)expected, "who", who),
                 ret, error);
}

gboolean stock_draft_lose(const Stock *stock, const char *serial, const char *who,
                          JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_LOSE, json_pack("{s:s, s:s}", "serial", serial, "who", who), ret,
                 error);
}

gboolean stock_draft_destroy(const Stock *stock, const char *serial, const char *who,
                             JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_DESTROY, json_pack("{s:s, s:s}", "serial", serial, "who", who), ret,
                 error);
}
