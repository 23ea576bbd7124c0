#include "central/store_private.h"
#include "firmware/base/error.h"
#include <stdarg.h>
#include <string.h>

#define SCHEMA_VERSION 2
#define BUSY_TIMEOUT_MS 2000

static const char schema[] =
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE kiosk (number TEXT PRIMARY KEY, fingerprint BLOB NOT NULL,"
    " revoked INTEGER NOT NULL DEFAULT 0, closed_reason TEXT NOT NULL DEFAULT '',"
    " status TEXT, status_ms INTEGER, awaited INTEGER NOT NULL DEFAULT 0,"
    " forgone TEXT, retell_from INTEGER NOT NULL DEFAULT 1) STRICT;"
    "CREATE TABLE batch (id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL REFERENCES kiosk(number),"
    " first TEXT NOT NULL, last TEXT NOT NULL) STRICT;"
    "CREATE TABLE payload (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL, jws BLOB NOT NULL) STRICT;"
    "CREATE TABLE record (id TEXT PRIMARY KEY, digest TEXT NOT NULL REFERENCES payload(digest),"
    " number TEXT NOT NULL, issuer TEXT NOT NULL, location TEXT NOT NULL, reason TEXT NOT NULL,"
    " phone TEXT NOT NULL, registered_on INTEGER NOT NULL, imported_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE collector (id_number TEXT NOT NULL, record TEXT NOT NULL REFERENCES record(id),"
    " PRIMARY KEY (id_number, record)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE issuance (id INTEGER PRIMARY KEY, kiosk TEXT NOT NULL REFERENCES kiosk(number),"
    " key TEXT NOT NULL, record TEXT NOT NULL REFERENCES record(id), digest TEXT NOT NULL,"
    " identifier TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL, booklet TEXT NOT NULL,"
    " state TEXT NOT NULL, lease_until_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " changed_ms INTEGER NOT NULL, UNIQUE (kiosk, key), UNIQUE (kiosk, sequence)) STRICT;"
    "CREATE INDEX issuance_by_record ON issuance (record);"
    "CREATE INDEX issuance_with_lease ON issuance (lease_until_ms) WHERE state = 'reserved';"
    "CREATE TABLE answer (kiosk TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL,"
    " status INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kiosk, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE step (issuance INTEGER NOT NULL REFERENCES issuance(id), from_state TEXT NOT "
    "NULL,"
    " to_state TEXT NOT NULL, actor TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT,"
    " evidence TEXT, settled_by_1 TEXT, settled_by_2 TEXT, untold INTEGER NOT NULL, answer BLOB,"
    " PRIMARY KEY (issuance, to_state)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX step_untold ON step (issuance) WHERE untold = 1;";

gboolean store_fail(Store *store, GError **error, const char *what)
{
    int code = sqlite3_extended_errcode(store->db) & 0xff;
    KioskError kind = code == SQLITE_BUSY         ? KIOSK_ERROR_BUSY
                      : code == SQLITE_CONSTRAINT ? KIOSK_ERROR_BUG
                                                  : KIOSK_ERROR_STORAGE;
    g_set_error(error, KIOSK_ERROR, (int)kind, "register: %s: %s", what, sqlite3_errmsg(store->db));
    return FALSE;
}

void store_query_reset(StoreQuery *query)
{
    if (!query)
        return;
    sqlite3_reset(query);
    sqlite3_clear_bindings(query);
}

static StoreQuery *prepare(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);
    if (statement)
        return statement;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        store_fail(store, error, "cannot prepare");
        return NULL;
    }
    g_hash_table_insert(store->statements, (gpointer)sql, statement);
    return statement;
}

static int bind_bytes(sqlite3_stmt *statement, int i, GBytes *bytes)
{
    gsize length = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return bytes ? sqlite3_bind_blob64(statement, i, data ? data : "", length, SQLITE_TRANSIENT)
                 : sqlite3_bind_null(statement, i);
}

static StoreQuery *query_list(Store *store, GError **error, const char *sql, const char *types,
                              va_list args)
{
    sqlite3_stmt *statement = prepare(store, sql, error);
    int bound = SQLITE_OK;
    for (int i = 1; statement && types[i - 1] && bound == SQLITE_OK; i++) {
        if (types[i - 1] == 's')
            bound =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else if (types[i - 1] == 'i')
            bound = sqlite3_bind_int64(statement, i, va_arg(args, gint64));
        else if (types[i - 1] == 'b')
            bound = bind_bytes(statement, i, va_arg(args, GBytes *));
        else
            bound =
                sqlite3_bind_blob(statement, i, va_arg(args, const guint8 *), 32, SQLITE_TRANSIENT);
    }
    if (statement && bound != SQLITE_OK) {
        store_fail(store, error, "cannot bind");
        store_query_reset(statement);
        return NULL;
    }
    return statement;
}

StoreQuery *store_query(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    StoreQuery *query = query_list(store, error, sql, types, args);
    va_end(args);
    return query;
}

int store_query_next(Store *store, StoreQuery *query, GError **error)
{
    int code = sqlite3_step(query);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    store_fail(store, error, "cannot run");
    return -1;
}

gboolean store_execute(Store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    g_autoptr(StoreQuery) query = query_list(store, error, sql, types, args);
    va_end(args);
    return query && store_query_next(store, query, error) == 0;
}

const char *store_text(StoreQuery *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query, column);
    return text ? text : "";
}

GBytes *store_blob(StoreQuery *query, int column)
{
    const void *data = sqlite3_column_blob(query, column);
    return g_bytes_new(data, (gsize)sqlite3_column_bytes(query, column));
}

gboolean store_begin(Store *store, GError **error)
{
    store->in_transaction = store_execute(store, error, "BEGIN IMMEDIATE", "");
    return store->in_transaction;
}

gboolean store_commit(Store *store, GError **error)
{
    if (!store_execute(store, error, "COMMIT", ""))
        return FALSE;
    store->in_transaction = FALSE;
    return TRUE;
}

void store_rollback(Store *store)
{
    if (store->in_transaction && !sqlite3_get_autocommit(store->db))
        store_execute(store, NULL, "ROLLBACK", "");
    store->in_transaction = FALSE;
}

/* From version 1. */
static const char since_1[] =
    "ALTER TABLE kiosk ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE kiosk ADD COLUMN forgone TEXT;"
    "ALTER TABLE kiosk ADD COLUMN retell_from INTEGER NOT NULL DEFAULT 1;";

/* The tables by `tables`, and the indexes as the rules now want them. */
static gboolean build_schema(Store *store, const char *tables, GError **error)
{
    g_autofree char *locking = register_sql_locking();
    g_autofree char *serial = register_sql_serial();
    g_autofree char *sql = g_strdup_printf(
        "%s DROP INDEX IF EXISTS one_live_per_record; DROP INDEX IF EXISTS one_fate_per_booklet;"
        "CREATE UNIQUE INDEX one_live_per_record ON issuance (record) WHERE state IN (%s);"
        "CREATE UNIQUE INDEX one_fate_per_booklet ON issuance (booklet) WHERE state IN (%s);"
        "PRAGMA user_version = %d;",
        tables, locking, serial, SCHEMA_VERSION);
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(store, error, "cannot create the tables");
    return TRUE;
}

static gboolean read_version(Store *store, gint64 *ret, GError **error)
{
    g_autoptr(StoreQuery) query = store_query(store, error, "PRAGMA user_version", "");
    if (!query || store_query_next(store, query, error) != 1)
        return FALSE;
    *ret = sqlite3_column_int64(query, 0);
    return TRUE;
}

static gboolean migrate(Store *store, gboolean create, GError **error)
{
    gint64 version = 0;
    if (!read_version(store, &version, error))
        return FALSE;
    if (version == SCHEMA_VERSION)
        return TRUE;
    if (version != 1 && (version != 0 || !create)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE,
                    "register: the database has version %d, this program knows %d", (int)version,
                    SCHEMA_VERSION);
        return FALSE;
    }
    gboolean done =
        store_begin(store, error) && build_schema(store, version ? since_1 : schema, error) &&
        store_commit(store, error);
    store_rollback(store);
    return done;
}

Store *store_open(const char *path, gboolean create, GError **error)
{
    g_autoptr(Store) store = g_new0(Store, 1);
    store->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                              (GDestroyNotify)(void (*)(void))sqlite3_finalize);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
        store_fail(store, error, "cannot open the database; was `init` run?");
        return NULL;
    }
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    if (sqlite3_exec(store->db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                     "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 268435456;",
                     NULL, NULL, NULL) != SQLITE_OK) {
        store_fail(store, error, "cannot set up the database");
        return NULL;
    }
    return migrate(store, create, error) ? g_steal_pointer(&store) : NULL;
}

void store_close(Store *store)
{
    if (!store)
        return;
    g_clear_pointer(&store->statements, g_hash_table_destroy);
    sqlite3_close(store->db);
    g_free(store);
}

gboolean store_get_setting(Store *store, const char *name, char **ret, GError **error)
{
    g_autoptr(StoreQuery) query =
        store_query(store, error, "SELECT value FROM setting WHERE name = ?1", "s", name);
    int row = query ? store_query_next(store, query, error) : -1;
    if (row < 0)
        return FALSE;
    *ret = row ? g_strdup(store_text(query, 0)) : NULL;
    return TRUE;
}

gboolean store_set_setting(Store *store, const char *name, const char *value, GError **error)
{
    return store_execute(store, error, "INSERT OR REPLACE INTO setting VALUES (?1, ?2)", "ss", name,
                         value);
}
