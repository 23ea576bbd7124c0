/* Shared by the stock's files. */
#pragma once
#include "firmware/issuance/journal_internal.h"
#include "firmware/issuance/stock.h"

typedef struct {
    char letter;
    guint64 first; /* the 11 digits */
    guint n;
    guint8 *states; /* BookletState of each */
    guint counts[BOOKLET_STATE_COUNT];
    int counted, expected; /* -1: never */
    gint64 counted_ms;
    gboolean must_count;
    gboolean used; /* one of them has been anything but in stock */
} Batch;

struct Stock {
    GArray *batches; /* of Batch, in order of loading */
    gboolean position_lost;
};

Batch *stock_batch_at(const Stock *stock, gsize i);

/* The 11 digits. */
guint64 stock_number_of(const char *serial);

/* All in stock. */
void stock_add_batch(Stock *stock, const char *first, const char *last);
