#include "central/store_private.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include <string.h>

/* Another content of a certificate that is issued, or being issued, would contradict its paper. */
static gboolean check_replaceable(Store *store, const char *id, const char *digest, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT state FROM issuance WHERE record = ?1 AND digest <> ?2",
                    "ss", id, digest);
    int row = query ? 1 : -1;
    while (query && (row = store_query_next(store, query, error)) == 1) {
        if (!register_row(register_state_from_name(store_text(query, 0)))->locks)
            continue;
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                    "record %s: is issued or being issued with other content", id);
        return FALSE;
    }
    return row == 0;
}

static gboolean put_collectors(Store *store, const Record *record, GError **error)
{
    if (!store_execute(store, error, "DELETE FROM collector WHERE record = ?1", "s", record->id))
        return FALSE;
    for (gsize i = 0; i < record->n_collectors; i++)
        if (!store_execute(store, error, "INSERT OR IGNORE INTO collector VALUES (?1, ?2)", "ss",
                           personal_reveal(record->collectors[i].id_number), record->id))
            return FALSE;
    return TRUE;
}

static gboolean put_record(Store *store, const Import *import, const char *digest, gint64 now_ms,
                           GError **error)
{
    const Record *record = import->record;
    g_autoptr(GBytes) jws = g_bytes_new(import->jws, strlen(import->jws));
    return store_execute(store, error, "INSERT OR IGNORE INTO payload VALUES (?1, ?2, ?3)", "sbb",
                         digest, import->payload, jws) &&
           store_execute(store, error,
                         "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON "
                         "CONFLICT (id) DO UPDATE SET digest = ?2, number = ?3, issuer = ?4, "
                         "location = ?5, reason = ?6, phone = ?7, registered_on = ?8, "
                         "imported_ms = ?9",
                         "sssssssii", record->id, digest, record->number, record->issuer_code,
                         personal_reveal(record->location), import->reason, import->phone,
                         (gint64)record->registered_on, now_ms);
}

gboolean store_import(Store *store, const Import *import, gint64 now_ms, GError **error)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_text(import->record->digest, digest);
    if (!store_begin(store, error))
        return FALSE;
    gboolean done = check_replaceable(store, import->record->id, digest, error) &&
                    put_record(store, import, digest, now_ms, error) &&
                    put_collectors(store, import->record, error) && store_commit(store, error);
    store_rollback(store);
    return done;
}

static void read_listed(StoreQuery *query, SecretArena *arena, GArray *list)
{
    RegisterState state = register_state_from_name(store_text(query, 5));
    gboolean locked = state != REGISTER_STATE_UNKNOWN;
    Listed listed = {.number = g_strdup(store_text(query, 1)),
                     .location = secret_arena_text(arena, store_text(query, 2), -1),
                     .reason =
                         g_strdup(locked ? register_row(state)->reason : store_text(query, 3)),
                     .phone = g_strdup(store_text(query, 4))};
    g_strlcpy(listed.id, store_text(query, 0), sizeof listed.id);
    listed.printed_ms = sqlite3_column_int64(query, 6);
    g_strlcpy(listed.kiosk, store_text(query, 7), sizeof listed.kiosk);
    g_array_append_val(list, listed);
}

static void clear_listed(gpointer data)
{
    Listed *listed = data;
    g_free(listed->number);
    g_free(listed->reason);
    secret_wipe(listed->phone, strlen(listed->phone));
    g_free(listed->phone);
}

GArray *store_list_certificates(Store *store, const char *id_number, SecretArena *arena,
                                GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT r.id, r.number, r.location, r.reason, r.phone, i.state, s.at_ms, i.kiosk"
        " FROM collector c JOIN record r ON r.id = c.record"
        " LEFT JOIN issuance i ON i.id = (SELECT l.id FROM issuance l WHERE l.record = r.id"
        " AND l.state NOT IN ('released', 'spoiled', 'void', 'retold'))"
        " LEFT JOIN step s ON s.issuance = i.id AND s.to_state = 'printed'"
        " WHERE c.id_number = ?1"
        " ORDER BY r.registered_on DESC, r.id LIMIT ?2",
        "si", id_number, (gint64)LIMIT_VISIT_CERTIFICATES);
    if (!query)
        return NULL;
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(Listed));
    g_array_set_clear_func(list, clear_listed);
    int row;
    while ((row = store_query_next(store, query, error)) == 1)
        read_listed(query, arena, list);
    return row == 0 ? g_steal_pointer(&list) : NULL;
}

static GBytes *get_bytes(Store *store, const char *sql, const char *name, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(store, error, sql, "s", name);
    return query && store_query_next(store, query, error) == 1 ? store_blob(query, 0) : NULL;
}

GBytes *store_get_jws(Store *store, const char *record, GError **error)
{
    return get_bytes(store,
                     "SELECT p.jws FROM record r JOIN payload p ON p.digest = r.digest WHERE "
                     "r.id = ?1",
                     record, error);
}

GBytes *store_get_payload(Store *store, const char *digest, GError **error)
{
    return get_bytes(store, "SELECT bytes FROM payload WHERE digest = ?1", digest, error);
}
