#include "central/store_private.h"
#include "firmware/base/error.h"
#include <string.h>

#define ISSUANCE_COLUMNS "id, state, record, digest, identifier, booklet, kiosk, key"
#define OPEN_MAX 64
#define SETTLEMENTS_MAX 16

gboolean store_lapse(Store *store, gint64 now_ms, GError **error)
{
    return store_execute(store, error,
                         "INSERT INTO step SELECT id, state, 'lapsed', 'clock', ?1, NULL, NULL, "
                         "NULL, NULL, 0, NULL FROM issuance WHERE state = 'reserved' AND "
                         "lease_until_ms <= ?1",
                         "i", now_ms) &&
           store_execute(store, error,
                         "UPDATE issuance SET state = 'lapsed', changed_ms = ?1 WHERE state = "
                         "'reserved' AND lease_until_ms <= ?1",
                         "i", now_ms);
}

gboolean store_lapse_due(Store *store, gint64 now_ms, GError **error)
{
    int row = -1;
    {
        g_autoptr(StoreQuery) query =
            store_query(store, error,
                        "SELECT 1 FROM issuance WHERE state = 'reserved' AND lease_until_ms <= ?1",
                        "i", now_ms);
        row = query ? store_query_next(store, query, error) : -1;
    }
    if (row <= 0)
        return row == 0;
    gboolean done = store_begin(store, error) && store_lapse(store, now_ms, error) &&
                    store_commit(store, error);
    store_rollback(store);
    return done;
}

gboolean store_get_answer(Store *store, const char *kiosk, const char *key, StoredAnswer *ret,
                          GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT status, request, body FROM answer WHERE kiosk = ?1 AND key = ?2",
        "ss", kiosk, key);
    int row = query ? store_query_next(store, query, error) : -1;
    *ret = (StoredAnswer){0};
    if (row != 1)
        return row == 0;
    ret->status = sqlite3_column_int(query, 0);
    if (sqlite3_column_bytes(query, 1) == 32)
        memcpy(ret->request, sqlite3_column_blob(query, 1), 32);
    ret->body = store_blob(query, 2);
    return TRUE;
}

gboolean store_put_answer(Store *store, const char *kiosk, const char *key,
                          const StoredAnswer *answer, GError **error)
{
    return store_execute(store, error, "INSERT INTO answer VALUES (?1, ?2, ?3, ?4, ?5)", "ssfib",
                         kiosk, key, answer->request, (gint64)answer->status, answer->body);
}

static gboolean read_issuance(Store *store, StoreQuery *query, Issuance *ret, GError **error)
{
    int row = query ? store_query_next(store, query, error) : -1;
    *ret = (Issuance){0};
    if (row != 1)
        return row == 0;
    ret->id = sqlite3_column_int64(query, 0);
    ret->state = register_state_from_name(store_text(query, 1));
    g_strlcpy(ret->record, store_text(query, 2), sizeof ret->record);
    g_strlcpy(ret->digest, store_text(query, 3), sizeof ret->digest);
    g_strlcpy(ret->identifier, store_text(query, 4), sizeof ret->identifier);
    g_strlcpy(ret->booklet, store_text(query, 5), sizeof ret->booklet);
    g_strlcpy(ret->kiosk, store_text(query, 6), sizeof ret->kiosk);
    g_strlcpy(ret->key, store_text(query, 7), sizeof ret->key);
    return TRUE;
}

gboolean store_find_issuance(Store *store, const char *kiosk, const char *key, Issuance *ret,
                             GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT " ISSUANCE_COLUMNS " FROM issuance WHERE kiosk = ?1 AND key = ?2",
        "ss", kiosk, key);
    return read_issuance(store, query, ret, error);
}

gboolean store_find_identifier(Store *store, const char *identifier, Issuance *ret, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT " ISSUANCE_COLUMNS " FROM issuance WHERE identifier = ?1",
                    "s", identifier);
    return read_issuance(store, query, ret, error);
}

static gboolean find_record(Store *store, const char *record, Obstacles *ret, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT digest, issuer, reason <> '' FROM record WHERE id = ?1", "s", record);
    int row = query ? store_query_next(store, query, error) : -1;
    if (row != 1)
        return row == 0;
    ret->record_known = TRUE;
    g_strlcpy(ret->digest, store_text(query, 0), sizeof ret->digest);
    g_strlcpy(ret->issuer, store_text(query, 1), sizeof ret->issuer);
    ret->record_barred = sqlite3_column_int(query, 2);
    return TRUE;
}

/* Reads all issuances that touch the same record, booklet or number: a handful. */
static gboolean find_rivals(Store *store, const Issuance *wanted, guint32 sequence, Obstacles *ret,
                            GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT state, record = ?1, booklet = ?2, identifier = ?3 OR (kiosk = ?4 AND sequence = "
        "?5) FROM issuance WHERE record = ?1 OR booklet = ?2 OR identifier = ?3 OR (kiosk = ?4 "
        "AND sequence = ?5)",
        "ssssi", wanted->record, wanted->booklet, wanted->identifier, wanted->kiosk,
        (gint64)sequence);
    int row = -1;
    while (query && (row = store_query_next(store, query, error)) == 1) {
        const RegisterRow *rival = register_row(register_state_from_name(store_text(query, 0)));
        ret->record_live |= sqlite3_column_int(query, 1) && rival->locks;
        ret->booklet_used |= sqlite3_column_int(query, 2) && !rival->frees_serial;
        ret->identifier_used |= sqlite3_column_int(query, 3);
    }
    return row == 0;
}

gboolean store_find_obstacles(Store *store, const Issuance *wanted, guint32 sequence,
                              Obstacles *ret, GError **error)
{
    *ret = (Obstacles){0};
    return find_record(store, wanted->record, ret, error) &&
           find_rivals(store, wanted, sequence, ret, error) &&
           store_is_restoring(store, &ret->restoring, error) &&
           store_is_assigned(store, wanted->kiosk, wanted->booklet, &ret->assigned, error);
}

gboolean store_insert_issuance(Store *store, const Issuance *issuance, guint32 sequence,
                               gint64 lease_until_ms, gint64 now_ms, GError **error)
{
    return store_execute(store, error,
                         "INSERT INTO issuance (kiosk, key, record, digest, identifier, sequence, "
                         "booklet, state, lease_until_ms, created_ms, changed_ms) VALUES (?1, ?2, "
                         "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
                         "sssssissii", issuance->kiosk, issuance->key, issuance->record,
                         issuance->digest, issuance->identifier, (gint64)sequence,
                         issuance->booklet, register_row(issuance->state)->name, lease_until_ms,
                         now_ms);
}

gboolean store_take_step(Store *store, gint64 issuance, const Step *step, gint64 now_ms,
                         GError **error)
{
    return store_execute(store, error,
                         "INSERT INTO step VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                         "isssissssib", issuance, register_row(step->from)->name,
                         register_row(step->to)->name, register_actor_word(step->actor), now_ms,
                         step->reason, step->evidence, step->settled_by[0], step->settled_by[1],
                         (gint64)step->elsewhere, step->answer) &&
           store_execute(store, error,
                         "UPDATE issuance SET state = ?2, changed_ms = ?3 WHERE id = ?1 AND state "
                         "= ?4",
                         "isis", issuance, register_row(step->to)->name, now_ms,
                         register_row(step->from)->name);
}

GBytes *store_get_step_answer(Store *store, gint64 issuance, RegisterState to,
                              const char *const by[2], GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT answer FROM step WHERE issuance = ?1 AND to_state = ?2 AND answer IS NOT NULL "
        "AND settled_by_1 IS ?3 AND settled_by_2 IS ?4",
        "isss", issuance, register_row(to)->name, by[0], by[1]);
    return query && store_query_next(store, query, error) == 1 ? store_blob(query, 0) : NULL;
}

gboolean store_get_next_sequence(Store *store, const char *kiosk, guint32 *ret, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT coalesce(max(sequence), 0) + 1 FROM issuance WHERE kiosk = ?1", "s",
        kiosk);
    if (!query || store_query_next(store, query, error) != 1)
        return FALSE;
    *ret = (guint32)sqlite3_column_int64(query, 0);
    return TRUE;
}

gboolean store_is_replaced(Store *store, const Issuance *issuance, gboolean *ret, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT count(*) FROM issuance WHERE record = ?1 AND id > ?2 AND state IN ('printed', "
        "'delivered')",
        "si", issuance->record, issuance->id);
    if (!query || store_query_next(store, query, error) != 1)
        return FALSE;
    *ret = sqlite3_column_int(query, 0) > 0;
    return TRUE;
}

gboolean store_acknowledge(Store *store, const char *kiosk, const char *key, GError **error)
{
    return store_execute(store, error,
                         "UPDATE step SET untold = 0 WHERE untold = 1 AND issuance IN (SELECT id "
                         "FROM issuance WHERE kiosk = ?1 AND key = ?2)",
                         "ss", kiosk, key);
}

/* ---- lists */

typedef json_t *(*RowToJson)(StoreQuery *query);

static json_t *list_rows(Store *store, StoreQuery *query, RowToJson convert, gsize max,
                         GError **error)
{
    if (!query)
        return NULL;
    json_t *list = json_array();
    int row = 0;
    while (json_array_size(list) < max && (row = store_query_next(store, query, error)) == 1) {
        json_t *item = convert(query);
        if (item)
            json_array_append_new(list, item);
    }
    if (row >= 0)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *open_to_json(StoreQuery *query)
{
    const RegisterRow *row = register_row(register_state_from_name(store_text(query, 4)));
    if (!row->open)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "key", store_text(query, 0), "record",
                     store_text(query, 1), "identifier", store_text(query, 2), "booklet",
                     store_text(query, 3), "state", row->word);
}

json_t *store_list_open(Store *store, const char *kiosk, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT key, record, identifier, booklet, state FROM issuance i WHERE kiosk = ?1 AND state "
        "NOT IN ('released', 'delivered', 'spoiled', 'void') AND NOT (state = 'printed' AND EXISTS "
        "(SELECT 1 FROM step WHERE issuance = i.id AND to_state = 'printed' AND settled_by_1 IS "
        "NOT NULL)) ORDER BY id",
        "s", kiosk);
    return list_rows(store, query, open_to_json, OPEN_MAX, error);
}

static json_t *settlement_to_json(StoreQuery *query)
{
    const RegisterRow *row = register_row(register_state_from_name(store_text(query, 1)));
    return json_pack("{s:s, s:s, s:s, s:[s, s], s:I}", "key", store_text(query, 0), "state",
                     row->word, "reason", store_text(query, 2), "settled_by", store_text(query, 3),
                     store_text(query, 4), "at_ms", (json_int_t)sqlite3_column_int64(query, 5));
}

json_t *store_list_settlements(Store *store, const char *kiosk, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT i.key, s.to_state, s.reason, s.settled_by_1, s.settled_by_2, s.at_ms FROM step s "
        "JOIN issuance i ON i.id = s.issuance WHERE s.untold = 1 AND i.kiosk = ?1 ORDER BY "
        "s.at_ms, i.id",
        "s", kiosk);
    return list_rows(store, query, settlement_to_json, SETTLEMENTS_MAX, error);
}

static json_t *issuance_to_json(StoreQuery *query)
{
    const RegisterRow *row = register_row(register_state_from_name(store_text(query, 6)));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "kiosk", store_text(query, 0), "key",
        store_text(query, 1), "record", store_text(query, 2), "identifier", store_text(query, 3),
        "booklet", store_text(query, 4), "digest", store_text(query, 5), "state", row->word,
        "booklet_state", row->booklet, "created_ms", (json_int_t)sqlite3_column_int64(query, 7),
        "changed_ms", (json_int_t)sqlite3_column_int64(query, 8));
}

json_t *store_list_issuances(Store *store, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error,
        "SELECT kiosk, key, record, identifier, booklet, digest, state, created_ms, changed_ms "
        "FROM issuance ORDER BY id",
        "");
    return list_rows(store, query, issuance_to_json, G_MAXSIZE, error);
}
