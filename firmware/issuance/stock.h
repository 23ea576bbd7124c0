/* Booklets by serial: a projection of the journal. Ranges are loaded, the lowest serial lies on top.
 * After any outcome but PRINTED and RELEASED nobody knows which blank is on top: the position is
 * unknown until somebody who reads the next blank says so. */
#pragma once
#include "firmware/issuance/issuance.h"

#define STOCK_RANGE_MAX 10000 /* booklets in one load */
#define STOCK_BATCHES_MAX 4096

typedef enum {
    BOOKLET_UNKNOWN = 0, /* never loaded here */
    BOOKLET_IN_STOCK,
    BOOKLET_RESERVED,
    BOOKLET_ISSUED,
    BOOKLET_RETRACTED,
    BOOKLET_SPOILED,
    BOOKLET_UNSURE,
    BOOKLET_VOID,
    BOOKLET_LOST,
    BOOKLET_DESTROYED,
    BOOKLET_STATE_COUNT
} BookletState;

const char *booklet_state_word(BookletState state);

typedef struct Stock Stock;

Stock *stock_create(void);
void stock_destroy(Stock *stock); /* NULL is fine */

/* The serial on top, if a visit may have it. FALSE: `ret_why` says why, a static word:
 * "stock-empty", "stock-position" (unknown), "stock-mismatch" (a count did not agree), "stock-count"
 * (the journal lost entries: count first), "stock-reserved" (the top one waits for the service's
 * answer to its release). */
gboolean stock_next(const Stock *stock, char ret_serial[SERIAL_LENGTH + 1], const char **ret_why);

BookletState stock_state(const Stock *stock, const char *serial);

/* Booklets in `state`, in all batches. */
guint stock_count(const Stock *stock, BookletState state);

typedef struct {
    char first[SERIAL_LENGTH + 1], last[SERIAL_LENGTH + 1];
    guint loaded;
    guint counts[BOOKLET_STATE_COUNT]; /* their sum is `loaded`, always */
    int counted;         /* by people, at counted_ms; -1: never */
    int expected;        /* then */
    gint64 counted_ms;   /* since 1970 */
    gboolean must_count; /* before the next visit */
    gboolean used;       /* one of them has been anything but in stock: it cannot be unloaded */
} StockBatch;

gsize stock_batches(const Stock *stock);
void stock_batch(const Stock *stock, gsize i, StockBatch *ret);

/* Booklets that do not lie in the stack any more, those of the latest load and with the highest
 * serials first: up to `most` of them behind the first `skip`, into `ret`; gives how many. */
guint stock_list_gone(const Stock *stock, guint skip, guint most,
                      char (*ret)[SERIAL_LENGTH + 1]);

/* Whoever loads FIRST to LAST says also how many they are: a wrong digit in a serial would load
 * booklets that nobody has. FALSE and KIOSK_ERROR_REFUSED: they are not `told`. */
gboolean stock_check_number(const char *first, const char *last, guint told, GError **error);

/* Steps of people at the stock; `who` is journalled. FALSE and KIOSK_ERROR_REFUSED or _INVALID with
 * the reason; TRUE: append `ret`. */
gboolean stock_draft_load(const Stock *stock, const char *first, const char *last, const char *who,
                          JournalDraft *ret, GError **error);
/* `serial` was read from the next blank. */
gboolean stock_draft_next(const Stock *stock, const char *serial, const char *who,
                          JournalDraft *ret, GError **error);
gboolean stock_draft_spoil(const Stock *stock, const char *serial, const char *who,
                           JournalDraft *ret, GError **error);
/* Takes back the load FIRST-LAST, of which nothing was used. */
gboolean stock_draft_unload(const Stock *stock, const char *first, const char *last,
                            const char *who, JournalDraft *ret, GError **error);
/* The account of a batch, whose first serial is `first`: so many of its booklets lie in the machine,
 * printed ones and destroyed ones not counted. */
gboolean stock_draft_count(const Stock *stock, const char *first, guint counted, const char *who,
                           JournalDraft *ret, GError **error);
gboolean stock_draft_lose(const Stock *stock, const char *serial, const char *who,
                          JournalDraft *ret, GError **error);
gboolean stock_draft_destroy(const Stock *stock, const char *serial, const char *who,
                             JournalDraft *ret, GError **error);

/* The lowest serial that still lies in the stack, whatever is known of its place; FALSE: none. It is
 * what a scanner or a technician should read there. */
gboolean stock_expected(const Stock *stock, char ret_serial[SERIAL_LENGTH + 1]);

/* For the ledger: whether one entry without a key is allowed now; KIOSK_ERROR_REFUSED. */
gboolean stock_check(const Stock *stock, const JournalEntry *entry, GError **error);
/* For the ledger: checks it and takes it in. */
gboolean stock_apply(Stock *stock, const JournalEntry *entry, GError **error);
/* For the ledger: the booklet's new state; KIOSK_ERROR_REFUSED when the old one forbids it. */
gboolean stock_may_move(const Stock *stock, const char *serial, BookletState state, GError **error);
gboolean stock_move(Stock *stock, const char *serial, BookletState state, GError **error);
/* For the ledger: the booklet of a settled issuance: whatever it was before, people know better. A
 * destroyed or lost one stays so. */
gboolean stock_may_settle(const Stock *stock, const char *serial, BookletState state,
                          GError **error);
gboolean stock_settle(Stock *stock, const char *serial, BookletState state, GError **error);
/* For the ledger: a booklet of an issuance that this journal never knew, loaded or not. */
void stock_adopt(Stock *stock, const char *serial, BookletState state);
/* For the ledger: nobody knows which blank is on top. */
void stock_lose_position(Stock *stock);
