/* Shared by the store's files only. */
#pragma once
#include "central/store.h"
#include <sqlite3.h>

struct Store {
    sqlite3 *db;
    GHashTable *statements; /* SQL (static) -> sqlite3_stmt */
    gboolean in_transaction;
};

/* A statement in use; the cleanup resets it, which also ends its read. */
typedef sqlite3_stmt StoreQuery;
void store_query_reset(StoreQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQuery, store_query_reset)

/* Prepares (once per connection) `sql`, a literal, and binds: 's' text or NULL, 'i' gint64 (the
 * argument must be one), 'b' GBytes or NULL, 'f' 32 bytes. NULL and `error`. */
StoreQuery *store_query(Store *store, GError **error, const char *sql, const char *types, ...);

/* 1: a row; 0: the end; -1: `error`. */
int store_query_next(Store *store, StoreQuery *query, GError **error);

/* Runs a statement that gives no rows. */
gboolean store_execute(Store *store, GError **error, const char *sql, const char *types, ...);

/* Column as text, "" for NULL; valid until the next row. */
const char *store_text(StoreQuery *query, int column);
GBytes *store_blob(StoreQuery *query, int column);

gboolean store_fail(Store *store, GError **error, const char *what);
