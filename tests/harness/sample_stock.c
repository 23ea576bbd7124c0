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
                                                   "stock.count", "stock.mismatch"};
    return words[kind];
}
