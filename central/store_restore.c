/* After a backup was put back: the register waits until every kiosk has told it again what the
 * lost hours had seen. */
#include "central/store_private.h"
#include "firmware/base/error.h"

gboolean store_get_epoch(Store *store, gint64 *ret, GError **error)
{
    g_autofree char *text = NULL;
    if (!store_get_setting(store, "epoch", &text, error))
        return FALSE;
    *ret = text ? g_ascii_strtoll(text, NULL, 10) : 1;
    return TRUE;
}

gboolean store_renew_epoch(Store *store, gint64 now_ms, GError **error)
{
    g_autofree char *old = NULL;
    if (!store_get_setting(store, "epoch", &old, error))
        return FALSE;
    gint64 next = old ? g_ascii_strtoll(old, NULL, 10) + 1 : 1;
    g_autofree char *epoch =
        g_strdup_printf("%" G_GINT64_FORMAT, MAX(now_ms / 1000, next) % G_MAXUINT32);
    return store_set_setting(store, "epoch", epoch, error);
}

gboolean store_restore(Store *store, gint64 now_ms, GError **error)
{
    gboolean done =
        store_begin(store, error) && store_renew_epoch(store, now_ms, error) &&
        store_execute(store, error,
                      "UPDATE kiosk SET awaited = (revoked = 0), retell_from = (SELECT "
                      "coalesce(max(sequence), 0) + 1 FROM issuance WHERE kiosk = number)",
                      "") &&
        store_commit(store, error);
    store_rollback(store);
    return done;
}

gboolean store_is_restoring(Store *store, gboolean *ret, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT 1 FROM kiosk WHERE awaited = 1", "");
    int row = query ? store_query_next(store, query, error) : -1;
    *ret = row == 1;
    return row >= 0;
}

gboolean store_get_retell_from(Store *store, const char *kiosk, guint32 *ret, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT retell_from FROM kiosk WHERE number = ?1", "s", kiosk);
    int row = query ? store_query_next(store, query, error) : -1;
    *ret = row == 1 ? (guint32)sqlite3_column_int64(query, 0) : 1;
    return row >= 0;
}

gboolean store_hear(Store *store, const char *kiosk, gint64 epoch, GError **error)
{
    gint64 present = 0;
    if (!store_get_epoch(store, &present, error))
        return FALSE;
    return epoch != present ||
           store_execute(store, error,
                         "UPDATE kiosk SET awaited = 0 WHERE number = ?1 AND awaited = 1", "s",
                         kiosk);
}

gboolean store_forgo(Store *store, const char *kiosk, const char *word, GError **error)
{
    if (!store_execute(
            store, error,
            "UPDATE kiosk SET awaited = 0, forgone = ?2 WHERE number = ?1 AND awaited = 1", "ss",
            kiosk, word))
        return FALSE;
    if (sqlite3_changes(store->db) == 1)
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "kiosk %s: is not waited for", kiosk);
    return FALSE;
}

/* With what its chains must still hold, and what it found missing itself. */
static json_t *kiosk_to_json(StoreQuery *query)
{
    static const char *const members[] = {"journal_head", "audit_head", "audit_cut"};
    json_t *kiosk =
        json_pack("{s:s, s:b, s:b, s:s, s:I, s:s}", "kiosk", store_text(query, 0), "revoked",
                  sqlite3_column_int(query, 1), "awaited", sqlite3_column_int(query, 2),
                  "closed_reason", store_text(query, 3), "status_ms",
                  (json_int_t)sqlite3_column_int64(query, 4), "forgone", store_text(query, 5));
    json_t *told = json_loads(store_text(query, 6), 0, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        const char *text = json_string_value(json_object_get(told, members[i]));
        json_object_set_new(kiosk, members[i], json_string(text ? text : ""));
    }
    json_decref(told);
    return kiosk;
}

json_t *store_list_kiosks(Store *store, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error,
                    "SELECT number, revoked, awaited, closed_reason, coalesce(status_ms, 0), "
                    "coalesce(forgone, ''), coalesce(status, '') FROM kiosk ORDER BY number",
                    "");
    if (!query)
        return NULL;
    json_t *list = json_array();
    int row;
    while ((row = store_query_next(store, query, error)) == 1)
        json_array_append_new(list, kiosk_to_json(query));
    if (row == 0)
        return list;
    json_decref(list);
    return NULL;
}
