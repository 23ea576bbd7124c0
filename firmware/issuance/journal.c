#include "firmware/issuance/journal_internal.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BUSY_MS 1000 /* a listing and the machine's start may meet */
#define APPLICATION_ID 0x4b494f53
#define SCHEMA_VERSION G_N_ELEMENTS(migrations)
#define NONE_BEGUN "no journal yet; it begins with `kiosk staff code`, for the first supervisor"

/* One row a schema version: from row number to row number + 1. Never changed, only added to. */
static const char *const migrations[] = {
    "CREATE TABLE entries(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, key TEXT NOT NULL,"
    " step TEXT NOT NULL, body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES('opens', 0);"
    "CREATE TRIGGER no_update BEFORE UPDATE ON entries BEGIN"
    " SELECT RAISE(ABORT, 'append only'); END;"
    "CREATE TRIGGER no_delete BEFORE DELETE ON entries BEGIN"
    " SELECT RAISE(ABORT, 'append only'); END;",
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, key TEXT NOT NULL,"
    " step TEXT NOT NULL, body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER no_audit_update BEFORE UPDATE ON audit BEGIN"
    " SELECT RAISE(ABORT, 'append only'); END;"
    "CREATE TRIGGER no_audit_delete BEFORE DELETE ON audit BEGIN"
    " SELECT RAISE(ABORT, 'append only'); END;"
    "CREATE TABLE notes(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;",
};

static const char *const step_words[JOURNAL_STEP_COUNT] = {
    [JOURNAL_UNKNOWN] = "unknown",
    [JOURNAL_PLAN] = "plan",
    [JOURNAL_BIND] = "bind",
    [JOURNAL_RENDER] = "render",
    [JOURNAL_SUBMIT] = "submit",
    [JOURNAL_SEEN] = "seen",
    [JOURNAL_RELEASED] = "released",
    [JOURNAL_PRINTED] = "printed",
    [JOURNAL_SPOILED] = "spoiled",
    [JOURNAL_UNSURE] = "unsure",
    [JOURNAL_CONFIRM] = "confirm",
    [JOURNAL_ACKNOWLEDGED] = "acknowledged",
    [JOURNAL_PRESENTED] = "presented",
    [JOURNAL_TAKEN] = "taken",
    [JOURNAL_RETRACTED] = "retracted",
    [JOURNAL_CLEARED] = "cleared",
    [JOURNAL_SETTLED] = "settled",
    [JOURNAL_LOAD] = "load",
    [JOURNAL_NEXT] = "next",
    [JOURNAL_SPOIL] = "spoil",
    [JOURNAL_COUNT] = "count",
    [JOURNAL_LOSE] = "lose",
    [JOURNAL_DESTROY] = "destroy",
    [JOURNAL_RETELL] = "retell",
    [JOURNAL_ADOPT] = "adopt",
    [JOURNAL_EPOCH] = "epoch",
    [JOURNAL_UNLOAD] = "unload",
    [JOURNAL_CUT] = "cut",
};

const char *journal_step_word(JournalStep step)
{
    return (unsigned)step < JOURNAL_STEP_COUNT ? step_words[step] : step_words[0];
}

JournalStep journal_step_from_word(const char *word)
{
    for (int i = 1; word && i < JOURNAL_STEP_COUNT; i++)
        if (!strcmp(step_words[i], word))
            return (JournalStep)i;
    return JOURNAL_UNKNOWN;
}

static const char *explain(sqlite3 *db, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "disk full";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "read-only";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "in use by another process";
    case SQLITE_CORRUPT:
        return "damaged";
    case SQLITE_NOTADB:
        return "not a journal";
    case SQLITE_IOERR:
        return "the disk failed (I/O error)";
    case SQLITE_CANTOPEN:
        return "cannot be opened";
    default:
        return db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    }
}

gboolean journal_damaged(const char *place, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_DAMAGED,
                "journal: %s: %s; a supervisor's matter: kiosk journal set-aside", place, why);
    return FALSE;
}

gboolean journal_fail(const Journal *journal, int code, GError **error)
{
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
        return journal_damaged(journal->path, explain(journal->db, code), error);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "journal: %s: %s", journal->path,
                explain(journal->db, code));
    return FALSE;
}

static gboolean fail_with(const Journal *journal, GError **error, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "journal: %s: %s", journal->path, why);
    return FALSE;
}

static gboolean execute(Journal *journal, const char *sql, GError **error)
{
    int code = sqlite3_exec(journal->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || journal_fail(journal, code, error);
}

/* The single value of a query; FALSE also when there is no row. */
static gboolean query(Journal *journal, const char *sql, gint64 *ret_number, char ret_text[64],
                      GError **error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW && ret_number)
        *ret_number = sqlite3_column_int64(statement, 0);
    if (code == SQLITE_ROW && ret_text)
        g_strlcpy(ret_text, (const char *)sqlite3_column_text(statement, 0) ?: "", 64);
    if (code != SQLITE_ROW)
        journal_fail(journal, code == SQLITE_DONE ? SQLITE_CORRUPT : code, error);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW;
}

static gboolean take_lock(Journal *journal, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(journal->path);
    g_autofree char *path = g_strconcat(journal->path, ".lock", NULL);
    if (g_mkdir_with_parents(folder, 0700) == 0)
        journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->lock < 0)
        return fail_with(journal, error, g_strerror(errno));
    if (!flock(journal->lock, LOCK_EX | LOCK_NB))
        return TRUE;
    if (errno != EWOULDBLOCK)
        return fail_with(journal, error, g_strerror(errno));
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUSY, "journal: %s: in use by another process",
                journal->path);
    return FALSE;
}

static gboolean has_space(const Journal *journal, GError **error)
{
    if (journal->vfs)
        return TRUE;
    g_autofree char *folder = g_path_get_dirname(journal->path);
    struct statvfs disk;
    if (statvfs(folder, &disk))
        return fail_with(journal, error, g_strerror(errno));
    if (disk.f_flag & ST_RDONLY)
        return journal_fail(journal, SQLITE_READONLY, error);
    if ((guint64)disk.f_bavail * disk.f_frsize < JOURNAL_FREE_BYTES)
        return journal_fail(journal, SQLITE_FULL, error);
    return TRUE;
}

static gboolean connect(Journal *journal, GError **error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (journal->mode == JOURNAL_WRITE)
        flags |= SQLITE_OPEN_CREATE;
    if (journal->mode != JOURNAL_WRITE && !journal->vfs && access(journal->path, F_OK))
        return fail_with(journal, error, NONE_BEGUN);
    int code = sqlite3_open_v2(journal->path, &journal->db, flags, journal->vfs);
    if (code != SQLITE_OK)
        return journal_fail(journal, code, error);
    sqlite3_extended_result_codes(journal->db, 1);
    sqlite3_busy_timeout(journal->db, BUSY_MS);
    sqlite3_db_config(journal->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(journal->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (journal->mode != JOURNAL_WRITE) {
        sqlite3_db_config(journal->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return execute(journal, "PRAGMA query_only=ON", error);
    }
    char mode[64] = "";
    if (journal->vfs && !execute(journal, "PRAGMA locking_mode=EXCLUSIVE", error))
        return FALSE;
    return execute(journal, "PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON", error) &&
           query(journal, "PRAGMA journal_mode=WAL", NULL, mode, error) &&
           (!strcmp(mode, "wal") || fail_with(journal, error, "the disk cannot hold a WAL")) &&
           execute(journal, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", error);
}

static gboolean migrate_from(Journal *journal, gint64 version, GError **error)
{
    for (gsize i = (gsize)version; i < SCHEMA_VERSION; i++)
        if (!execute(journal, migrations[i], error))
            return FALSE;
    if (version == (gint64)SCHEMA_VERSION)
        return TRUE;
    g_autofree char *sql = g_strdup_printf("PRAGMA application_id=%d; PRAGMA user_version=%d",
                                           APPLICATION_ID, (int)SCHEMA_VERSION);
    return execute(journal, sql, error);
}

static gboolean check_schema(Journal *journal, gint64 *ret_version, GError **error)
{
    gint64 id = 0, version = 0;
    if (!query(journal, "PRAGMA application_id", &id, NULL, error) ||
        !query(journal, "PRAGMA user_version", &version, NULL, error))
        return FALSE;
    if (version < 0 || (version > 0 && id != APPLICATION_ID))
        return journal_fail(journal, SQLITE_NOTADB, error);
    if (version > (gint64)SCHEMA_VERSION) {
        char why[64];
        g_snprintf(why, sizeof why, "schema %d is newer than this program", (int)version);
        return journal_damaged(journal->path, why, error);
    }
    *ret_version = version;
    return TRUE;
}

static gboolean check_pages(Journal *journal, GError **error)
{
    char health[64] = "";
    return query(journal, "PRAGMA quick_check(1)", NULL, health, error) &&
           (!strcmp(health, "ok") || journal_fail(journal, SQLITE_CORRUPT, error));
}

/* Migrates and counts this start: the write that proves the disk before any visit. */
static gboolean prepare_writing(Journal *journal, gint64 version, GError **error)
{
    if (!execute(journal, "BEGIN IMMEDIATE", error) || !migrate_from(journal, version, error) ||
        !execute(journal, "UPDATE meta SET value = value + 1 WHERE name = 'opens'; COMMIT", error))
        return FALSE;
    return journal_rest(journal, error);
}

static gboolean prepare_reading(Journal *journal, gint64 version, GError **error)
{
    if (version == 0)
        return fail_with(journal, error, NONE_BEGUN);
    return version == (gint64)SCHEMA_VERSION ||
           fail_with(journal, error, "of an older program: start the machine once");
}

/* What a listing leaves out; a journal of an older program is proved when it has been migrated. */
static gboolean prove(Journal *journal, gint64 version, GError **error)
{
    if (journal->mode == JOURNAL_READ)
        return TRUE;
    return check_pages(journal, error) &&
           (version < (gint64)SCHEMA_VERSION || journal_verify(journal, error));
}

static int count_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((Journal *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static gboolean start(Journal *journal, GError **error)
{
    gboolean writes = journal->mode == JOURNAL_WRITE;
    if (writes && !journal->vfs && !(take_lock(journal, error) && has_space(journal, error)))
        return FALSE;
    gint64 version = 0;
    if (!connect(journal, error) || !check_schema(journal, &version, error) ||
        !prove(journal, version, error) ||
        !(writes ? prepare_writing : prepare_reading)(journal, version, error) ||
        !query(journal, "SELECT value FROM meta WHERE name='opens'", &journal->opens, NULL, error))
        return FALSE;
    sqlite3_wal_hook(journal->db, count_wal, journal);
    int code = chain_prepare(journal->db, &journal->steps);
    if (code == SQLITE_OK)
        code = chain_prepare(journal->db, &journal->audit);
    if (code != SQLITE_OK)
        return journal_fail(journal, code, error);
    return version == (gint64)SCHEMA_VERSION || journal_verify(journal, error);
}

Journal *journal_open(const char *path, JournalMode mode, const char *vfs, GError **error)
{
    g_autoptr(Journal) journal = g_new0(Journal, 1);
    journal->path = g_strdup(path);
    journal->vfs = g_strdup(vfs);
    journal->mode = mode;
    journal->lock = -1;
    journal->steps.table = "entries";
    journal->audit.table = "audit";
    return start(journal, error) ? g_steal_pointer(&journal) : NULL;
}

void journal_close(Journal *journal)
{
    if (!journal)
        return;
    sqlite3_finalize(journal->steps.insert);
    sqlite3_finalize(journal->audit.insert);
    sqlite3_close(journal->db);
    if (journal->lock >= 0)
        close(journal->lock);
    g_free(journal->path);
    g_free(journal->vfs);
    g_free(journal);
}

gint64 journal_opens(const Journal *journal)
{
    return journal->opens;
}

gboolean journal_is_ready(Journal *journal, GError **error)
{
    if (journal->failed)
        return fail_with(journal, error, "an entry could not be written; start again");
    return has_space(journal, error);
}

gboolean journal_rest(Journal *journal, GError **error)
{
    /* PASSIVE never waits for a listing that reads: the next quiet moment will do. */
    int code = sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((code & 0xff) == SQLITE_BUSY)
        return TRUE;
    if (code != SQLITE_OK)
        return journal_fail(journal, code, error);
    journal->wal_pages = 0;
    /* The first write behind a checkpoint flushes the log's header as well: not in front of a
     * citizen, but now. */
    code = sqlite3_exec(journal->db,
                        "INSERT INTO meta VALUES('rests',1) ON CONFLICT(name) DO UPDATE SET "
                        "value=value+1",
                        NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return TRUE;
    journal->failed = TRUE;
    return journal_fail(journal, code, error);
}

char *journal_set_aside(const char *path, gint64 wall_ms, GError **error)
{
    g_autoptr(Journal) journal = g_new0(Journal, 1);
    journal->path = g_strdup(path);
    journal->lock = -1;
    if (!take_lock(journal, error))
        return NULL;
    g_autofree char *aside = g_strdup_printf("%s.aside-%" G_GINT64_FORMAT, path, wall_ms / 1000);
    /* The write-ahead log goes first: without it the file alone is an older, whole journal. */
    static const char *const parts[] = {"-wal", "-shm", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *from = g_strconcat(path, parts[i], NULL);
        g_autofree char *to = g_strconcat(aside, parts[i], NULL);
        if (rename(from, to) && (errno != ENOENT || !*parts[i])) {
            fail_with(journal, error,
                      errno == ENOENT ? NONE_BEGUN : g_strerror(errno));
            return NULL;
        }
    }
    return g_steal_pointer(&aside);
}

void issuance_key_make(char ret[ISSUANCE_KEY_LENGTH + 1])
{
    guint8 b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        g_error("journal: no random numbers");
    b[6] = (guint8)((b[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
    b[8] = (guint8)((b[8] & 0x3f) | 0x80);
    g_snprintf(ret, ISSUANCE_KEY_LENGTH + 1,
               "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
               b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
               b[15]);
}
