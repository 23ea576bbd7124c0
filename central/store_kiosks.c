#include "central/store_private.h"
#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include <string.h>

#define BATCHES_MAX 32
#define BATCH_BOOKLETS_MAX 100000

gboolean kiosk_number_is_valid(const char *number)
{
    return strlen(number) == 4 && strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 4;
}

static gboolean refuse(GError **error, const char *kiosk, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "kiosk %s: %s", kiosk, why);
    return FALSE;
}

static gboolean changed_one(Store *store, const char *kiosk, GError **error)
{
    return sqlite3_changes(store->db) == 1 || refuse(error, kiosk, "is not enrolled");
}

gboolean store_enroll_kiosk(Store *store, const char *kiosk, const guint8 fingerprint[32],
                            GError **error)
{
    return store_execute(store, error,
                         "INSERT INTO kiosk (number, fingerprint, awaited) SELECT ?1, ?2, "
                         "coalesce(max(awaited), 0) FROM kiosk WHERE TRUE ON CONFLICT (number) DO "
                         "UPDATE SET fingerprint = ?2, revoked = 0",
                         "sf", kiosk, fingerprint);
}

gboolean store_revoke_kiosk(Store *store, const char *kiosk, GError **error)
{
    return store_execute(store, error, "UPDATE kiosk SET revoked = 1 WHERE number = ?1", "s",
                         kiosk) &&
           changed_one(store, kiosk, error);
}

gboolean store_check_kiosk(Store *store, const char *kiosk, const guint8 fingerprint[32],
                           KioskStanding *ret, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT revoked OR fingerprint <> ?2 FROM kiosk WHERE number = ?1", "sf",
        kiosk, fingerprint);
    int row = query ? store_query_next(store, query, error) : -1;
    if (row < 0)
        return FALSE;
    if (row == 0)
        *ret = KIOSK_STANDING_UNKNOWN;
    else
        *ret = sqlite3_column_int(query, 0) ? KIOSK_STANDING_REVOKED : KIOSK_STANDING_ENROLLED;
    return TRUE;
}

gboolean store_set_desire(Store *store, const char *kiosk, const char *closed_reason,
                          GError **error)
{
    return store_execute(store, error, "UPDATE kiosk SET closed_reason = ?2 WHERE number = ?1",
                         "ss", kiosk, closed_reason ? closed_reason : "") &&
           changed_one(store, kiosk, error);
}

gboolean store_get_desire(Store *store, const char *kiosk, char **ret_closed_reason, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT closed_reason FROM kiosk WHERE number = ?1", "s", kiosk);
    int row = query ? store_query_next(store, query, error) : -1;
    if (row < 0)
        return FALSE;
    *ret_closed_reason = g_strdup(row ? store_text(query, 0) : "");
    return TRUE;
}

gboolean store_keep_status(Store *store, const char *kiosk, const char *json, gint64 now_ms,
                           GError **error)
{
    return store_execute(store, error,
                         "UPDATE kiosk SET status = ?2, status_ms = ?3 WHERE number = ?1", "ssi",
                         kiosk, json, now_ms);
}

gboolean store_get_status(Store *store, const char *kiosk, char **ret_json, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT status FROM kiosk WHERE number = ?1", "s", kiosk);
    int row = query ? store_query_next(store, query, error) : -1;
    if (row < 0)
        return FALSE;
    *ret_json = g_strdup(row ? store_text(query, 0) : "");
    return TRUE;
}

static gboolean check_range(const char *first, const char *last, GError **error)
{
    const char *wrong = NULL;
    if (!booklet_serial_is_valid(first) || !booklet_serial_is_valid(last))
        wrong = "a serial is D or J and 11 digits";
    else if (first[0] != last[0])
        wrong = "first and last are of different kinds";
    else if (strcmp(first, last) > 0)
        wrong = "last comes before first";
    else if (g_ascii_strtoll(last + 1, NULL, 10) - g_ascii_strtoll(first + 1, NULL, 10) >=
             BATCH_BOOKLETS_MAX)
        wrong = "more than 100000 booklets";
    if (wrong)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "batch: %s", wrong);
    return wrong == NULL;
}

/* Serials have one length, so text order is number order. */
static gboolean check_batches(Store *store, const char *kiosk, const char *first, const char *last,
                              GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error,
                    "SELECT (SELECT count(*) FROM batch WHERE first <= ?3 AND last >= ?2),"
                    " (SELECT count(*) FROM batch WHERE kiosk = ?1),"
                    " (SELECT count(*) FROM kiosk WHERE number = ?1)",
                    "sss", kiosk, first, last);
    if (!query || store_query_next(store, query, error) != 1)
        return FALSE;
    if (sqlite3_column_int(query, 2) == 0)
        return refuse(error, kiosk, "is not enrolled");
    if (sqlite3_column_int(query, 1) >= BATCHES_MAX)
        return refuse(error, kiosk, "has 32 batches");
    return sqlite3_column_int(query, 0) == 0 || refuse(error, kiosk, "booklets are assigned");
}

gboolean store_assign(Store *store, const char *kiosk, const char *first, const char *last,
                      GError **error)
{
    if (!check_range(first, last, error) || !store_begin(store, error))
        return FALSE;
    gboolean done =
        check_batches(store, kiosk, first, last, error) &&
        store_execute(store, error, "INSERT INTO batch (kiosk, first, last) VALUES (?1, ?2, ?3)",
                      "sss", kiosk, first, last) &&
        store_commit(store, error);
    store_rollback(store);
    return done;
}

json_t *store_list_batches(Store *store, const char *kiosk, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT first, last FROM batch WHERE kiosk = ?1 ORDER BY id", "s", kiosk);
    if (!query)
        return NULL;
    json_t *list = json_array();
    int row;
    while ((row = store_query_next(store, query, error)) == 1)
        json_array_append_new(list, json_pack("{s:s, s:s}", "first", store_text(query, 0), "last",
                                              store_text(query, 1)));
    if (row == 0)
        return list;
    json_decref(list);
    return NULL;
}

gboolean store_is_assigned(Store *store, const char *kiosk, const char *booklet, gboolean *ret,
                           GError **error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, error, "SELECT count(*) FROM batch WHERE kiosk = ?1 AND first <= ?2 AND last >= ?2",
        "ss", kiosk, booklet);
    if (!query || store_query_next(store, query, error) != 1)
        return FALSE;
    *ret = sqlite3_column_int(query, 0) > 0;
    return TRUE;
}
