#include "tests/harness/sample_stock.h"
#include <string.h>

#define LOADED_MS 1782782640000

static void take(Stock *stock, gboolean drafted, const JournalDraft *draft, GError *error)
{
    const JournalEntry entry = {
        .step = draft->step, .key = "", .body = draft->body, .at_ms = LOADED_MS};
    if (!drafted || !stock_apply(stock, &entry, &error))
        g_error("%s", error->message);
}

#define USED 63 /* of the usual stock */

/* Of the last of them, the latest first; the others were issued. */
static const BookletState gone[] = {BOOKLET_ISSUED, BOOKLET_UNSURE,    BOOKLET_ISSUED,
                                    BOOKLET_SPOILED, BOOKLET_ISSUED,   BOOKLET_RETRACTED,
                                    BOOKLET_VOID,   BOOKLET_ISSUED};

/* As if it had been used for some days. */
static void use(Stock *stock)
{
    char serial[16];
    for (gsize i = 1; i <= USED; i++) {
        g_snprintf(serial, sizeof serial, "D330000120%02zu", i);
        BookletState state = USED - i < G_N_ELEMENTS(gone) ? gone[USED - i] : BOOKLET_ISSUED;
        gboolean printed = state == BOOKLET_ISSUED || state == BOOKLET_RETRACTED;
        if (!stock_move(stock, serial, BOOKLET_RESERVED, NULL) ||
            !stock_move(stock, serial, printed ? BOOKLET_ISSUED : state, NULL) ||
            (state == BOOKLET_RETRACTED && !stock_move(stock, serial, state, NULL)))
            g_error("sample booklet %s", serial);
    }
}

const Stock *sample_stock(StockKind kind)
{
    static Stock *stocks[STOCK_KINDS];
    GError *error = NULL;
    JournalDraft draft;
    if (stocks[kind])
        return stocks[kind];
    Stock *stock = stocks[kind] = stock_create();
    if (kind == STOCK_EMPTY)
        return stock;
    take(stock, stock_draft_load(stock, "D33000012001", "D33000012200", "tina sam", &draft, &error),
         &draft, error);
    if (kind == STOCK_KNOWN || kind == STOCK_LOST)
        use(stock);
    if (kind == STOCK_LOST)
        stock_lose_position(stock);
    if (kind == STOCK_RESERVED)
        (void)stock_move(stock, "D33000012001", BOOKLET_RESERVED, NULL);
    if (kind == STOCK_COUNT) {
        draft = (JournalDraft){.step = JOURNAL_CUT, .body = "{}"};
        take(stock, TRUE, &draft, NULL);
    }
    if (kind == STOCK_MISMATCH) {
        take(stock, stock_draft_spoil(stock, "D33000012007", "tina sam", &draft, &error), &draft,
             error);
        take(stock, stock_draft_count(stock, "D33000012001", 198, "tina sam", &draft, &error),
             &draft, error);
    }
    return stock;
}

const char *sample_stock_word(StockKind kind)
{
    static const char *const words[STOCK_KINDS] = {"stock.next",  "stock.position",
                                                   "stock.empty", "stock.reserved",
                                                   "stock.count", "stock.mismatch",
                                                   "stock.next"};
    return words[kind];
}
