/* Booklets as the sample menus show them. */
#pragma once
#include "firmware/issuance/stock.h"

typedef enum {
    STOCK_KNOWN = 0,
    STOCK_LOST,
    STOCK_EMPTY,
    STOCK_RESERVED,
    STOCK_COUNT,
    STOCK_MISMATCH,
    STOCK_FRESH, /* nothing of the load was used */
    STOCK_KINDS
} StockKind;

const char *sample_stock_word(StockKind kind); /* of its finding: "stock.empty" */
const Stock *sample_stock(StockKind kind);     /* made once, never freed */
