/* Shared by the journal's own files. */
#pragma once
#include "firmware/issuance/journal.h"
#include <jansson.h>
#include <sqlite3.h>

#define HASH_BYTES 32

/* A hash-chained table; its last entry as this program knows it. */
typedef struct {
    const char *table; /* also the word in messages */
    sqlite3_stmt *insert;
    gint64 head;
    guint8 hash[HASH_BYTES];
} Chain;

struct Journal {
    char *path, *vfs;
    JournalMode mode;
    int lock; /* descriptor, or -1 */
    sqlite3 *db;
    Chain steps, audit;
    gint64 opens;
    int wal_pages;
    gboolean failed;
};

/* Sets KIOSK_ERROR_DAMAGED: where, what, and the way out. FALSE. */
gboolean journal_damaged(const char *place, const char *why, GError **error);

/* Sets KIOSK_ERROR_STORAGE (or DAMAGED) with the sentence for an SQLite result. FALSE. */
gboolean journal_fail(const Journal *journal, int code, GError **error);

/* Sets KIOSK_ERROR_DAMAGED naming the entry of `chain`. FALSE. */
gboolean journal_break_chain(const Journal *journal, const Chain *chain, gint64 seq,
                             const char *why, GError **error);

/* chain.c: `key` and `word` are the third and fourth column. */
int chain_prepare(sqlite3 *db, Chain *chain);

/* Inserts one entry behind `seq` and `hash`, which become its own. An SQLite code. */
int chain_insert(const Chain *chain, const char *key, const char *word, const char *body,
                 gint64 at_ms, gint64 *seq, guint8 hash[HASH_BYTES]);

typedef struct {
    gint64 seq, at_ms;
    const char *key, *word, *body;
    guint8 previous[HASH_BYTES], hash[HASH_BYTES];
} ChainEntry;

/* Walks from the start and proves every link; `visit` (may be NULL) sees each entry. */
typedef gboolean (*ChainVisit)(gpointer context, const ChainEntry *entry, GError **error);
gboolean chain_walk(Journal *journal, Chain *chain, ChainVisit visit, gpointer context,
                    GError **error);

/* Fills a draft; takes `body` (NULL: an empty object). */
void journal_draft(JournalDraft *ret, JournalStep step, const char *key, json_t *body);

/* The body of an entry as an object, never NULL; the caller decrefs. */
json_t *journal_body(const JournalEntry *entry);
