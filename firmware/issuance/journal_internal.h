/* Shared by the journal's own files. */
#pragma once
#include "firmware/issuance/journal.h"
#include <jansson.h>
#include <sqlite3.h>

#define HASH_BYTES 32

struct Journal {
    char *path, *vfs;
    JournalMode mode;
    int lock; /* descriptor, or -1 */
    sqlite3 *db;
    sqlite3_stmt *insert;
    gint64 head, opens;
    guint8 head_hash[HASH_BYTES];
    int wal_pages;
    gboolean failed;
};

/* Sets KIOSK_ERROR_STORAGE with the sentence for an SQLite result. FALSE. */
gboolean journal_fail(const Journal *journal, int code, GError **error);

/* Fills a draft; takes `body` (NULL: an empty object). */
void journal_draft(JournalDraft *ret, JournalStep step, const char *key, json_t *body);

/* The body of an entry as an object, never NULL; the caller decrefs. */
json_t *journal_body(const JournalEntry *entry);
