/* A hash-chained, append-only table: number, time, key, word, body, and the hash over all of it and
 * the entry before. The journal's steps are one, the audit events another. */
#include "firmware/base/error.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

int chain_prepare(sqlite3 *db, Chain *chain)
{
    char sql[80];
    g_snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?1,?2,?3,?4,?5,?6,?7)", chain->table);
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &chain->insert, NULL);
}

/* SHA-256 over the previous hash and the entry's members, each ended by a line feed. */
static void hash_entry(const guint8 previous[HASH_BYTES], gint64 seq, gint64 at_ms, const char *key,
                       const char *word, const char *body, guint8 ret[HASH_BYTES])
{
    char numbers[64];
    g_snprintf(numbers, sizeof numbers, "%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT, seq, at_ms);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, previous, HASH_BYTES);
    const char *const parts[] = {numbers, key, word, body};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]));
        g_checksum_update(sum, (const guchar *)"\n", 1);
    }
    gsize length = HASH_BYTES;
    g_checksum_get_digest(sum, ret, &length);
    g_checksum_free(sum);
}

int chain_insert(const Chain *chain, const char *key, const char *word, const char *body,
                 gint64 at_ms, gint64 *seq, guint8 hash[HASH_BYTES])
{
    guint8 previous[HASH_BYTES];
    memcpy(previous, hash, HASH_BYTES);
    hash_entry(previous, ++*seq, at_ms, key, word, body, hash);
    sqlite3_stmt *s = chain->insert;
    const char *const texts[] = {key, word, body};
    int code = sqlite3_bind_int64(s, 1, *seq);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(s, 2, at_ms);
    for (int i = 0; code == SQLITE_OK && i < 3; i++)
        code = sqlite3_bind_text(s, 3 + i, texts[i], -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(s, 6, previous, HASH_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(s, 7, hash, HASH_BYTES, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Row `s` as an entry that fits behind `hash`, which becomes its own. */
static gboolean read_entry(const Journal *journal, const Chain *chain, sqlite3_stmt *s, gint64 seq,
                           guint8 hash[HASH_BYTES], ChainEntry *ret, GError **error)
{
    if (sqlite3_column_int64(s, 0) != seq)
        return journal_break_chain(journal, chain, seq, "missing", error);
    *ret = (ChainEntry){.seq = seq,
                        .at_ms = sqlite3_column_int64(s, 1),
                        .key = (const char *)sqlite3_column_text(s, 2),
                        .word = (const char *)sqlite3_column_text(s, 3),
                        .body = (const char *)sqlite3_column_text(s, 4)};
    if (!ret->key || !ret->word || !ret->body || sqlite3_column_bytes(s, 5) != HASH_BYTES ||
        sqlite3_column_bytes(s, 6) != HASH_BYTES ||
        strlen(ret->body) != (gsize)sqlite3_column_bytes(s, 4))
        return journal_break_chain(journal, chain, seq, "malformed", error);
    memcpy(ret->previous, sqlite3_column_blob(s, 5), HASH_BYTES);
    memcpy(ret->hash, sqlite3_column_blob(s, 6), HASH_BYTES);
    guint8 wanted[HASH_BYTES];
    hash_entry(hash, seq, ret->at_ms, ret->key, ret->word, ret->body, wanted);
    if (memcmp(ret->previous, hash, HASH_BYTES) || memcmp(ret->hash, wanted, HASH_BYTES))
        return journal_break_chain(journal, chain, seq, "broken chain", error);
    memcpy(hash, wanted, HASH_BYTES);
    return TRUE;
}

static gboolean walk(Journal *journal, Chain *chain, sqlite3_stmt *s, ChainVisit visit,
                     gpointer context, GError **error)
{
    guint8 hash[HASH_BYTES] = {0};
    gint64 seq = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        ChainEntry entry;
        if (!read_entry(journal, chain, s, ++seq, hash, &entry, error))
            return FALSE;
        if (visit && !visit(context, &entry, error))
            return FALSE;
    }
    if (code != SQLITE_DONE)
        return journal_fail(journal, code, error);
    if (journal->mode != JOURNAL_WRITE || chain->head == 0) {
        chain->head = seq;
        memcpy(chain->hash, hash, HASH_BYTES);
    }
    if (seq != chain->head || memcmp(hash, chain->hash, HASH_BYTES))
        return journal_break_chain(journal, chain, seq, "the end differs from what was written",
                                   error);
    return TRUE;
}

gboolean chain_walk(Journal *journal, Chain *chain, ChainVisit visit, gpointer context,
                    GError **error)
{
    char sql[64];
    sqlite3_stmt *s = NULL;
    g_snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY seq", chain->table);
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &s, NULL);
    if (code != SQLITE_OK)
        return journal_fail(journal, code, error);
    gboolean ok = walk(journal, chain, s, visit, context, error);
    sqlite3_finalize(s);
    return ok;
}
