#include "firmware/issuance/stock.h"
#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

typedef struct {
    char letter;
    guint64 first; /* the 11 digits */
    guint n;
    guint8 *states; /* BookletState of each */
    guint counts[BOOKLET_STATE_COUNT];
} Batch;

struct Stock {
    GArray *batches; /* of Batch, in order of loading */
    gboolean position_lost;
};

#define STATE(name) (1u << BOOKLET_##name)

/* What a state may become. Back to stock leads only one way: RESERVED, by a release. */
static const struct {
    const char *word;
    unsigned next;
} states[BOOKLET_STATE_COUNT] = {
    [BOOKLET_UNKNOWN] = {"unknown", 0},
    [BOOKLET_IN_STOCK] = {"in stock",
                          STATE(RESERVED) | STATE(SPOILED) | STATE(LOST) | STATE(DESTROYED)},
    [BOOKLET_RESERVED] = {"reserved", STATE(IN_STOCK) | STATE(ISSUED) | STATE(SPOILED) |
                                          STATE(UNSURE) | STATE(VOID)},
    [BOOKLET_ISSUED] = {"issued", STATE(ISSUED) | STATE(RETRACTED)},
    [BOOKLET_RETRACTED] = {"retracted", STATE(ISSUED) | STATE(VOID)},
    [BOOKLET_SPOILED] = {"spoiled", STATE(DESTROYED)},
    [BOOKLET_UNSURE] = {"unsure", STATE(ISSUED) | STATE(SPOILED) | STATE(VOID)},
    [BOOKLET_VOID] = {"void", STATE(DESTROYED)},
    [BOOKLET_LOST] = {"lost", 0},
    [BOOKLET_DESTROYED] = {"destroyed", 0},
};

const char *booklet_state_word(BookletState state)
{
    return (unsigned)state < BOOKLET_STATE_COUNT ? states[state].word : states[0].word;
}

static void clear_batch(gpointer batch)
{
    g_free(((Batch *)batch)->states);
}

Stock *stock_create(void)
{
    Stock *stock = g_new0(Stock, 1);
    stock->batches = g_array_new(FALSE, FALSE, sizeof(Batch));
    g_array_set_clear_func(stock->batches, clear_batch);
    return stock;
}

void stock_destroy(Stock *stock)
{
    if (!stock)
        return;
    g_array_unref(stock->batches);
    g_free(stock);
}

static Batch *batch_at(const Stock *stock, gsize i)
{
    return &g_array_index(stock->batches, Batch, i);
}

static guint64 number_of(const char *serial)
{
    return g_ascii_strtoull(serial + 1, NULL, 10);
}

static void format_serial(const Batch *batch, guint i, char ret[SERIAL_LENGTH + 1])
{
    g_snprintf(ret, SERIAL_LENGTH + 1, "%c%011" G_GUINT64_FORMAT, batch->letter, batch->first + i);
}

/* Where the serial lies; NULL: never loaded. */
static Batch *find(const Stock *stock, const char *serial, guint *ret_i)
{
    if (!booklet_serial_is_valid(serial))
        return NULL;
    guint64 number = number_of(serial);
    for (gsize b = 0; b < stock->batches->len; b++) {
        Batch *batch = batch_at(stock, b);
        if (batch->letter == serial[0] && number >= batch->first &&
            number < batch->first + batch->n) {
            *ret_i = (guint)(number - batch->first);
            return batch;
        }
    }
    return NULL;
}

BookletState stock_state(const Stock *stock, const char *serial)
{
    guint i = 0;
    const Batch *batch = find(stock, serial, &i);
    return batch ? (BookletState)batch->states[i] : BOOKLET_UNKNOWN;
}

gboolean stock_may_move(const Stock *stock, const char *serial, BookletState state, GError **error)
{
    BookletState from = stock_state(stock, serial);
    if ((unsigned)state < BOOKLET_STATE_COUNT && (states[from].next & (1u << state)))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "stock: %s: %s cannot become %s", serial,
                booklet_state_word(from), booklet_state_word(state));
    return FALSE;
}

gboolean stock_move(Stock *stock, const char *serial, BookletState state, GError **error)
{
    guint i = 0;
    Batch *batch = find(stock, serial, &i);
    if (!stock_may_move(stock, serial, state, error))
        return FALSE;
    batch->counts[batch->states[i]]--;
    batch->counts[state]++;
    batch->states[i] = (guint8)state;
    return TRUE;
}

void stock_lose_position(Stock *stock)
{
    stock->position_lost = TRUE;
}

/* The lowest serial that still lies in the stack: in stock, or reserved and perhaps coming back. */
static const Batch *find_top(const Stock *stock, guint *ret_i)
{
    const Batch *top = NULL;
    for (gsize b = 0; b < stock->batches->len; b++) {
        const Batch *batch = batch_at(stock, b);
        if (!batch->counts[BOOKLET_IN_STOCK] && !batch->counts[BOOKLET_RESERVED])
            continue;
        guint i = 0;
        while (batch->states[i] != BOOKLET_IN_STOCK && batch->states[i] != BOOKLET_RESERVED)
            i++;
        if (!top || batch->letter < top->letter ||
            (batch->letter == top->letter && batch->first < top->first)) {
            top = batch;
            *ret_i = i;
        }
    }
    return top;
}

gboolean stock_next(const Stock *stock, char ret_serial[SERIAL_LENGTH + 1], const char **ret_why)
{
    guint i = 0;
    const Batch *top = find_top(stock, &i);
    const char *why = NULL;
    if (!top)
        why = "stock-empty";
    else if (stock->position_lost)
        why = "stock-position";
    else if (top->states[i] != BOOKLET_IN_STOCK)
        why = "stock-reserved";
    if (why) {
        if (ret_why)
            *ret_why = why;
        return FALSE;
    }
    format_serial(top, i, ret_serial);
    return TRUE;
}

guint stock_count(const Stock *stock, BookletState state)
{
    guint n = 0;
    for (gsize b = 0; (unsigned)state < BOOKLET_STATE_COUNT && b < stock->batches->len; b++)
        n += batch_at(stock, b)->counts[state];
    return n;
}

gsize stock_batches(const Stock *stock)
{
    return stock->batches->len;
}

void stock_batch(const Stock *stock, gsize i, StockBatch *ret)
{
    const Batch *batch = batch_at(stock, i);
    format_serial(batch, 0, ret->first);
    format_serial(batch, batch->n - 1, ret->last);
    ret->loaded = batch->n;
    memcpy(ret->counts, batch->counts, sizeof ret->counts);
}

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
    if (first[0] != last[0] || number_of(last) < number_of(first))
        return refuse(error, last, "the range ends before it begins");
    if (number_of(last) - number_of(first) >= STOCK_RANGE_MAX)
        return refuse(error, last, "more than 10000 booklets in one range");
    if (stock->batches->len >= STOCK_BATCHES_MAX)
        return refuse(error, first, "too many ranges");
    for (gsize b = 0; b < stock->batches->len; b++) {
        const Batch *batch = batch_at(stock, b);
        if (batch->letter == first[0] && number_of(first) < batch->first + batch->n &&
            number_of(last) >= batch->first)
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
    guint i = 0;
    char top[SERIAL_LENGTH + 1] = "";
    const Batch *batch = find_top(stock, &i);
    format_serial(batch, i, top);
    if (strcmp(top, serial)) {
        g_autofree char *why =
            g_strdup_printf("%s should lie above it: find it, or spoil it first", top);
        return refuse(error, serial, why);
    }
    return TRUE;
}

static gboolean check_spoil(const Stock *stock, const char *serial, GError **error)
{
    return stock_state(stock, serial) == BOOKLET_IN_STOCK ||
           refuse(error, serial, "only a booklet in stock can be spoiled by hand");
}

static void apply_load(Stock *stock, const char *first, const char *last)
{
    Batch batch = {.letter = first[0], .first = number_of(first)};
    batch.n = (guint)(number_of(last) - batch.first + 1);
    batch.states = g_malloc(batch.n);
    memset(batch.states, BOOKLET_IN_STOCK, batch.n);
    batch.counts[BOOKLET_IN_STOCK] = batch.n;
    g_array_append_val(stock->batches, batch);
}

static const char *member(json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

static gboolean check_body(const Stock *stock, JournalStep step, json_t *body, GError **error)
{
    if (step == JOURNAL_LOAD)
        return check_load(stock, member(body, "first"), member(body, "last"), error);
    if (step == JOURNAL_NEXT)
        return check_next(stock, member(body, "serial"), error);
    if (step == JOURNAL_SPOIL)
        return check_spoil(stock, member(body, "serial"), error);
    return refuse(error, journal_step_word(step), "not a step of the stock");
}

gboolean stock_check(const Stock *stock, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check_body(stock, entry->step, body, error);
    json_decref(body);
    return ok;
}

gboolean stock_apply(Stock *stock, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check_body(stock, entry->step, body, error);
    if (ok && entry->step == JOURNAL_LOAD)
        apply_load(stock, member(body, "first"), member(body, "last"));
    if (ok && entry->step == JOURNAL_NEXT)
        stock->position_lost = FALSE;
    if (ok && entry->step == JOURNAL_SPOIL)
        ok = stock_move(stock, member(body, "serial"), BOOKLET_SPOILED, error);
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

gboolean stock_draft_load(const Stock *stock, const char *first, const char *last, const char *who,
                          JournalDraft *ret, GError **error)
{
    return draft(stock, JOURNAL_LOAD,
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
