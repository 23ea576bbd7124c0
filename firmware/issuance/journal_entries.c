/* Entries: appending, walking, hashing. */
#include "firmware/issuance/journal_internal.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include <string.h>

void journal_draft(JournalDraft *ret, JournalStep step, const char *key, json_t *body)
{
    ret->step = step;
    g_strlcpy(ret->key, key, sizeof ret->key);
    g_strlcpy(ret->body, "{}", sizeof ret->body);
    size_t length = body ? json_dumpb(body, ret->body, sizeof ret->body, JSON_COMPACT) : 2;
    if (length == 0 || length >= sizeof ret->body) {
        log_error("journal", "bug: body of step %s has %zu bytes", journal_step_word(step), length);
        g_strlcpy(ret->body, "{}", sizeof ret->body);
    } else {
        ret->body[length] = '\0';
    }
    json_decref(body);
}

json_t *journal_body(const JournalEntry *entry)
{
    json_t *body = json_loads(entry->body, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(body))
        return body;
    json_decref(body);
    return json_object();
}

/* SHA-256 over the previous hash and the entry's members, each ended by a line feed. */
static void hash_entry(const guint8 previous[HASH_BYTES], gint64 seq, gint64 at_ms, const char *key,
                       const char *step, const char *body, guint8 ret[HASH_BYTES])
{
    char numbers[64];
    g_snprintf(numbers, sizeof numbers, "%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT, seq, at_ms);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, previous, HASH_BYTES);
    const char *const parts[] = {numbers, key, step, body};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]));
        g_checksum_update(sum, (const guchar *)"\n", 1);
    }
    gsize length = HASH_BYTES;
    g_checksum_get_digest(sum, ret, &length);
    g_checksum_free(sum);
}

static int insert(Journal *journal, const JournalDraft *draft, gint64 seq, gint64 at_ms,
                  guint8 hash[HASH_BYTES])
{
    const char *step = journal_step_word(draft->step);
    guint8 previous[HASH_BYTES];
    memcpy(previous, hash, HASH_BYTES);
    hash_entry(previous, seq, at_ms, draft->key, step, draft->body, hash);
    sqlite3_stmt *s = journal->insert;
    sqlite3_bind_int64(s, 1, seq);
    sqlite3_bind_int64(s, 2, at_ms);
    sqlite3_bind_text(s, 3, draft->key, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, step, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, draft->body, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, previous, HASH_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_blob(s, 7, hash, HASH_BYTES, SQLITE_TRANSIENT);
    int code = sqlite3_step(s);
    sqlite3_reset(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int insert_all(Journal *journal, const JournalDraft *drafts, gsize n, gint64 at_ms,
                      guint8 hash[HASH_BYTES])
{
    int code = sqlite3_exec(journal->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (gsize i = 0; code == SQLITE_OK && i < n; i++)
        code = insert(journal, &drafts[i], journal->head + 1 + (gint64)i, at_ms, hash);
    if (code == SQLITE_OK)
        code = sqlite3_exec(journal->db, "COMMIT", NULL, NULL, NULL);
    return code;
}

gboolean journal_append(Journal *journal, const JournalDraft *drafts, gsize n, gint64 at_ms,
                        GError **error)
{
    if (journal->mode == JOURNAL_READ || journal->failed) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "journal: %s: %s", journal->path,
                    journal->failed ? "an earlier entry could not be written; start again"
                                    : "opened for reading");
        return FALSE;
    }
    guint8 hash[HASH_BYTES];
    memcpy(hash, journal->head_hash, HASH_BYTES);
    int code = insert_all(journal, drafts, n, at_ms, hash);
    if (code != SQLITE_OK) {
        /* After a failed flush nobody knows what the disk holds: only a new start reads it. */
        journal->failed = TRUE;
        journal_fail(journal, code, error);
        sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
    }
    journal->head += (gint64)n;
    memcpy(journal->head_hash, hash, HASH_BYTES);
    if (journal->wal_pages > JOURNAL_WAL_PAGES_MAX && !journal_rest(journal, NULL))
        log_warn("journal", "the write-ahead log has %d pages", journal->wal_pages);
    return TRUE;
}

static gboolean break_chain(const Journal *journal, gint64 seq, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE,
                "journal: %s: entry %" G_GINT64_FORMAT
                ": %s; move the file aside and call a supervisor: a stock count by two people "
                "opens the machine again",
                journal->path, seq, why);
    return FALSE;
}

/* Row `s` as an entry that fits behind `hash`, which becomes its own. */
static gboolean read_entry(Journal *journal, sqlite3_stmt *s, gint64 seq, guint8 hash[HASH_BYTES],
                           JournalEntry *ret, GError **error)
{
    if (sqlite3_column_int64(s, 0) != seq)
        return break_chain(journal, seq, "missing", error);
    const char *step = (const char *)sqlite3_column_text(s, 3);
    *ret = (JournalEntry){.seq = seq,
                          .at_ms = sqlite3_column_int64(s, 1),
                          .key = (const char *)sqlite3_column_text(s, 2),
                          .body = (const char *)sqlite3_column_text(s, 4)};
    if (!ret->key || !step || !ret->body || sqlite3_column_bytes(s, 5) != HASH_BYTES ||
        sqlite3_column_bytes(s, 6) != HASH_BYTES || strlen(ret->key) > ISSUANCE_KEY_LENGTH ||
        strlen(ret->body) != (gsize)sqlite3_column_bytes(s, 4))
        return break_chain(journal, seq, "malformed", error);
    memcpy(ret->previous, sqlite3_column_blob(s, 5), HASH_BYTES);
    memcpy(ret->hash, sqlite3_column_blob(s, 6), HASH_BYTES);
    guint8 wanted[HASH_BYTES];
    hash_entry(hash, seq, ret->at_ms, ret->key, step, ret->body, wanted);
    if (memcmp(ret->previous, hash, HASH_BYTES) || memcmp(ret->hash, wanted, HASH_BYTES))
        return break_chain(journal, seq, "broken chain", error);
    memcpy(hash, wanted, HASH_BYTES);
    ret->step = journal_step_from_word(step);
    return ret->step != JOURNAL_UNKNOWN ||
           break_chain(journal, seq, "a step that this program does not know", error);
}

static gboolean walk(Journal *journal, sqlite3_stmt *s, gint64 after_seq, JournalVisit visit,
                     gpointer context, GError **error)
{
    guint8 hash[HASH_BYTES] = {0};
    gint64 seq = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        JournalEntry entry;
        if (!read_entry(journal, s, ++seq, hash, &entry, error))
            return FALSE;
        if (visit && seq > after_seq && !visit(context, &entry, error))
            return FALSE;
    }
    if (code != SQLITE_DONE)
        return journal_fail(journal, code, error);
    if (journal->mode == JOURNAL_READ || journal->head == 0) {
        journal->head = seq;
        memcpy(journal->head_hash, hash, HASH_BYTES);
    }
    if (seq != journal->head || memcmp(hash, journal->head_hash, HASH_BYTES))
        return break_chain(journal, seq, "the end differs from what was written", error);
    return TRUE;
}

gboolean journal_for_each(Journal *journal, gint64 after_seq, JournalVisit visit, gpointer context,
                          GError **error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(journal->db, "SELECT * FROM entries ORDER BY seq", -1, &s, NULL);
    if (code != SQLITE_OK)
        return journal_fail(journal, code, error);
    gboolean ok = walk(journal, s, after_seq, visit, context, error);
    sqlite3_finalize(s);
    return ok;
}

gboolean journal_verify(Journal *journal, GError **error)
{
    return journal_for_each(journal, 0, NULL, NULL, error);
}

gint64 journal_head(const Journal *journal, char ret_hash[65])
{
    for (int i = 0; i < HASH_BYTES; i++)
        g_snprintf(ret_hash + 2 * i, 3, "%02x", journal->head_hash[i]);
    return journal->head;
}
