#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "firmware/issuance/stock_internal.h"
#include <string.h>

#define STATE(name) (1u << BOOKLET_##name)

/* What a state may become, and whether the settlement of its issuance may say so. Back to stock
 * leads only one way: RESERVED, by a release. */
static const struct {
    const char *word;
    unsigned next;
    gboolean settles;
} states[BOOKLET_STATE_COUNT] = {
    [BOOKLET_UNKNOWN] = {"unknown", 0, FALSE},
    [BOOKLET_IN_STOCK] = {"in stock",
                          STATE(RESERVED) | STATE(SPOILED) | STATE(LOST) | STATE(DESTROYED), FALSE},
    [BOOKLET_RESERVED] = {"reserved",
                          STATE(IN_STOCK) | STATE(ISSUED) | STATE(SPOILED) | STATE(UNSURE) |
                              STATE(VOID),
                          TRUE},
    [BOOKLET_ISSUED] = {"issued", STATE(ISSUED) | STATE(RETRACTED), TRUE},
    [BOOKLET_RETRACTED] = {"retracted", STATE(ISSUED) | STATE(VOID), TRUE},
    [BOOKLET_SPOILED] = {"spoiled", STATE(DESTROYED), TRUE},
    [BOOKLET_UNSURE] = {"unsure", STATE(ISSUED) | STATE(SPOILED) | STATE(VOID), TRUE},
    [BOOKLET_VOID] = {"void", STATE(DESTROYED), TRUE},
    [BOOKLET_LOST] = {"lost", 0, TRUE},
    [BOOKLET_DESTROYED] = {"destroyed", 0, TRUE},
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

Batch *stock_batch_at(const Stock *stock, gsize i)
{
    return &g_array_index(stock->batches, Batch, i);
}

guint64 stock_number_of(const char *serial)
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
    guint64 number = stock_number_of(serial);
    for (gsize b = 0; b < stock->batches->len; b++) {
        Batch *batch = stock_batch_at(stock, b);
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

static void put(Batch *batch, guint i, BookletState state)
{
    batch->counts[batch->states[i]]--;
    batch->counts[state]++;
    batch->states[i] = (guint8)state;
    batch->used = TRUE;
}

gboolean stock_move(Stock *stock, const char *serial, BookletState state, GError **error)
{
    guint i = 0;
    Batch *batch = find(stock, serial, &i);
    if (!stock_may_move(stock, serial, state, error))
        return FALSE;
    put(batch, i, state);
    return TRUE;
}

gboolean stock_may_settle(const Stock *stock, const char *serial, BookletState state,
                          GError **error)
{
    BookletState from = stock_state(stock, serial);
    if (states[from].settles &&
        (state == BOOKLET_ISSUED || state == BOOKLET_SPOILED || state == BOOKLET_VOID))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "stock: %s: %s cannot be settled as %s",
                serial, booklet_state_word(from), booklet_state_word(state));
    return FALSE;
}

gboolean stock_settle(Stock *stock, const char *serial, BookletState state, GError **error)
{
    guint i = 0;
    Batch *batch = find(stock, serial, &i);
    if (!stock_may_settle(stock, serial, state, error))
        return FALSE;
    if (batch->states[i] != BOOKLET_LOST && batch->states[i] != BOOKLET_DESTROYED)
        put(batch, i, state);
    return TRUE;
}

void stock_adopt(Stock *stock, const char *serial, BookletState state)
{
    guint i = 0;
    Batch *batch = find(stock, serial, &i);
    if (!batch) {
        stock_add_batch(stock, serial, serial);
        batch = find(stock, serial, &i);
    }
    put(batch, i, state);
}

void stock_add_batch(Stock *stock, const char *first, const char *last)
{
    Batch batch = {
        .letter = first[0], .first = stock_number_of(first), .counted = -1, .expected = -1};
    batch.n = (guint)(stock_number_of(last) - batch.first + 1);
    batch.states = g_malloc(batch.n);
    memset(batch.states, BOOKLET_IN_STOCK, batch.n);
    batch.counts[BOOKLET_IN_STOCK] = batch.n;
    g_array_append_val(stock->batches, batch);
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
        const Batch *batch = stock_batch_at(stock, b);
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

static gboolean must_count(const Stock *stock)
{
    for (gsize b = 0; b < stock->batches->len; b++)
        if (stock_batch_at(stock, b)->must_count)
            return TRUE;
    return FALSE;
}

static gboolean has_mismatch(const Stock *stock)
{
    for (gsize b = 0; b < stock->batches->len; b++)
        if (stock_batch_at(stock, b)->counted != stock_batch_at(stock, b)->expected)
            return TRUE;
    return FALSE;
}

gboolean stock_expected(const Stock *stock, char ret_serial[SERIAL_LENGTH + 1])
{
    guint i = 0;
    const Batch *top = find_top(stock, &i);
    if (top)
        format_serial(top, i, ret_serial);
    return top != NULL;
}

gboolean stock_next(const Stock *stock, char ret_serial[SERIAL_LENGTH + 1], const char **ret_why)
{
    guint i = 0;
    const Batch *top = find_top(stock, &i);
    const char *why = NULL;
    if (!top)
        why = "stock-empty";
    else if (must_count(stock))
        why = "stock-count";
    else if (has_mismatch(stock))
        why = "stock-mismatch";
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
        n += stock_batch_at(stock, b)->counts[state];
    return n;
}

guint stock_list_gone(const Stock *stock, guint skip, guint most,
                      char (*ret)[SERIAL_LENGTH + 1])
{
    guint n = 0;
    for (gsize b = stock->batches->len; b-- > 0 && n < most;) {
        const Batch *batch = stock_batch_at(stock, b);
        for (guint i = batch->n; i-- > 0 && n < most;) {
            if (batch->states[i] == BOOKLET_IN_STOCK)
                continue;
            if (skip > 0)
                skip--;
            else
                format_serial(batch, i, ret[n++]);
        }
    }
    return n;
}

gsize stock_batches(const Stock *stock)
{
    return stock->batches->len;
}

void stock_batch(const Stock *stock, gsize i, StockBatch *ret)
{
    const Batch *batch = stock_batch_at(stock, i);
    format_serial(batch, 0, ret->first);
    format_serial(batch, batch->n - 1, ret->last);
    ret->loaded = batch->n;
    memcpy(ret->counts, batch->counts, sizeof ret->counts);
    ret->counted = batch->counted;
    ret->expected = batch->expected;
    ret->counted_ms = batch->counted_ms;
    ret->must_count = batch->must_count;
    ret->used = batch->used;
}
