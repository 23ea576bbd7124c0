/* Entries: appending and walking. */
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

void journal_draft(JournalDraft *ret, JournalStep step, const char *key, json_t *body)
{
    ret->step = step;
    g_strlcpy(ret->key, key, sizeof ret->key);
    g_strlcpy(ret->body, "{}", sizeof ret->body);
    size_t length = body ? json_dumpb(body, ret->body, sizeof ret->body, JSON_COMPACT) : 2;
    if (length == 0 || length >= sizeof ret->body) {
        /* Not written at all rather than without its evidence: the ledger refuses it. */
        log_error("journal", "bug: body of step %s has %zu bytes", journal_step_word(step), length);
        ret->step = JOURNAL_UNKNOWN;
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

static int put_note(sqlite3 *db, const JournalNote *note)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db,
                                  note->value ? "INSERT OR REPLACE INTO notes VALUES(?1,?2)"
                                              : "DELETE FROM notes WHERE name=?1",
                                  -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, note->name, -1, SQLITE_STATIC);
    if (code == SQLITE_OK && note->value)
        code = sqlite3_bind_text(s, 2, note->value, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int insert_all(Journal *journal, const JournalBatch *batch, gint64 at_ms, Chain *steps,
                      Chain *audit)
{
    int code = sqlite3_exec(journal->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (gsize i = 0; code == SQLITE_OK && i < batch->n_steps; i++) {
        const JournalDraft *draft = &batch->steps[i];
        code = chain_insert(steps, draft->key, journal_step_word(draft->step), draft->body, at_ms,
                            &steps->head, steps->hash);
    }
    for (gsize i = 0; code == SQLITE_OK && i < batch->n_events; i++) {
        const AuditDraft *event = &batch->events[i];
        code = chain_insert(audit, event->who, event->type, event->body, at_ms, &audit->head,
                            audit->hash);
    }
    for (gsize i = 0; code == SQLITE_OK && i < batch->n_notes; i++)
        code = put_note(journal->db, &batch->notes[i]);
    if (code == SQLITE_OK)
        code = sqlite3_exec(journal->db, "COMMIT", NULL, NULL, NULL);
    return code;
}

gboolean journal_write(Journal *journal, const JournalBatch *batch, gint64 at_ms, GError **error)
{
    if (journal->mode != JOURNAL_WRITE || journal->failed) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "journal: %s: %s", journal->path,
                    journal->failed ? "an earlier entry could not be written; start again"
                                    : "opened for reading");
        return FALSE;
    }
    Chain steps = journal->steps, audit = journal->audit;
    int code = insert_all(journal, batch, at_ms, &steps, &audit);
    if (code != SQLITE_OK) {
        /* After a failed flush nobody knows what the disk holds: only a new start reads it. */
        journal->failed = TRUE;
        journal_fail(journal, code, error);
        sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
    }
    journal->steps = steps;
    journal->audit = audit;
    if (journal->wal_pages > JOURNAL_WAL_PAGES_MAX && !journal_rest(journal, NULL))
        log_warn("journal", "the write-ahead log has %d pages", journal->wal_pages);
    return TRUE;
}

gboolean journal_append(Journal *journal, const JournalDraft *drafts, gsize n, gint64 at_ms,
                        GError **error)
{
    return journal_write(journal, &(JournalBatch){.steps = drafts, .n_steps = n}, at_ms, error);
}

gboolean journal_break_chain(const Journal *journal, const Chain *chain, gint64 seq,
                             const char *why, GError **error)
{
    g_autofree char *place =
        g_strdup_printf("%s: %s %" G_GINT64_FORMAT, journal->path,
                        chain == &journal->audit ? "audit event" : "entry", seq);
    return journal_damaged(place, why, error);
}

typedef struct {
    Journal *journal;
    gint64 after_seq;
    JournalVisit visit;
    AuditVisit audit_visit;
    gpointer context;
} Walk;

static gboolean visit_step(gpointer context, const ChainEntry *entry, GError **error)
{
    Walk *walk = context;
    JournalEntry step = {.seq = entry->seq,
                         .at_ms = entry->at_ms,
                         .step = journal_step_from_word(entry->word),
                         .key = entry->key,
                         .body = entry->body};
    memcpy(step.previous, entry->previous, HASH_BYTES);
    memcpy(step.hash, entry->hash, HASH_BYTES);
    const char *why = NULL;
    if (strlen(step.key) > ISSUANCE_KEY_LENGTH)
        why = "malformed";
    else if (step.step == JOURNAL_UNKNOWN)
        why = "a step that this program does not know";
    if (why)
        return journal_break_chain(walk->journal, &walk->journal->steps, step.seq, why, error);
    return !walk->visit || step.seq <= walk->after_seq || walk->visit(walk->context, &step, error);
}

gboolean journal_for_each(Journal *journal, gint64 after_seq, JournalVisit visit, gpointer context,
                          GError **error)
{
    Walk walk = {journal, after_seq, visit, NULL, context};
    return chain_walk(journal, &journal->steps, visit_step, &walk, error);
}

static gboolean visit_audit(gpointer context, const ChainEntry *entry, GError **error)
{
    Walk *walk = context;
    AuditEntry event = {.seq = entry->seq,
                        .at_ms = entry->at_ms,
                        .who = entry->key,
                        .type = entry->word,
                        .body = entry->body};
    memcpy(event.hash, entry->hash, HASH_BYTES);
    return !walk->audit_visit || walk->audit_visit(walk->context, &event, error);
}

gboolean journal_for_each_audit(Journal *journal, AuditVisit visit, gpointer context,
                                GError **error)
{
    Walk walk = {journal, 0, NULL, visit, context};
    return chain_walk(journal, &journal->audit, visit_audit, &walk, error);
}

gboolean journal_verify(Journal *journal, GError **error)
{
    return journal_for_each(journal, 0, NULL, NULL, error) &&
           journal_for_each_audit(journal, NULL, NULL, error);
}

static gint64 give_head(const Chain *chain, char ret_hash[65])
{
    for (int i = 0; i < HASH_BYTES; i++)
        g_snprintf(ret_hash + 2 * i, 3, "%02x", chain->hash[i]);
    return chain->head;
}

gint64 journal_head(const Journal *journal, char ret_hash[65])
{
    return give_head(&journal->steps, ret_hash);
}

gint64 journal_audit_head(const Journal *journal, char ret_hash[65])
{
    return give_head(&journal->audit, ret_hash);
}

gboolean journal_head_is_valid(const char *head)
{
    gsize digits = strspn(head, "0123456789");
    return digits > 0 && digits < 19 && head[digits] == ':' &&
           strlen(head + digits) == 1 + 2 * HASH_BYTES &&
           strspn(head + digits + 1, "0123456789abcdefABCDEF") == 2 * HASH_BYTES;
}

static gboolean holds(Journal *journal, const char *sql, const char *head)
{
    char *end = NULL;
    gint64 seq = g_ascii_strtoll(head, &end, 10);
    if (!journal_head_is_valid(head))
        return FALSE;
    if (seq == 0)
        return TRUE;
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &s, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, seq);
        sqlite3_bind_text(s, 2, end + 1, -1, SQLITE_STATIC);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_ROW;
}

gboolean journal_holds(Journal *journal, const char *head)
{
    return holds(journal, "SELECT 1 FROM entries WHERE seq=?1 AND lower(hex(hash))=?2", head);
}

gboolean journal_audit_holds(Journal *journal, const char *head)
{
    return holds(journal, "SELECT 1 FROM audit WHERE seq=?1 AND lower(hex(hash))=?2", head);
}

static sqlite3_stmt *select_notes(Journal *journal, const char *sql, const char *text,
                                  GError **error)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, text, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        return s;
    journal_fail(journal, code, error);
    sqlite3_finalize(s);
    return NULL;
}

char *journal_get_note(Journal *journal, const char *name, GError **error)
{
    char *value = NULL;
    sqlite3_stmt *s = select_notes(journal, "SELECT value FROM notes WHERE name=?1", name, error);
    int code = s ? sqlite3_step(s) : SQLITE_DONE;
    if (code == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(s, 0));
    else if (code != SQLITE_DONE)
        journal_fail(journal, code, error);
    sqlite3_finalize(s);
    return value;
}

char **journal_list_notes(Journal *journal, const char *prefix, GError **error)
{
    sqlite3_stmt *s = select_notes(
        journal, "SELECT name FROM notes WHERE substr(name,1,length(?1))=?1 ORDER BY name", prefix,
        error);
    if (!s)
        return NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        g_ptr_array_add(names, g_strdup((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    if (code != SQLITE_DONE) {
        journal_fail(journal, code, error);
        return NULL;
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
