#include "firmware/base/error.h"
#include "firmware/issuance/ledger.h"
#include "tests/testing.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder, *path;

static void set_up(void)
{
    folder = g_dir_make_tmp("kiosk-journal-XXXXXX", NULL);
    path = g_build_filename(folder, "journal.db", NULL);
}

static void tear_down(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(folder, name, NULL);
        g_unlink(file);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
}

static JournalDraft draft(JournalStep step, const char *body)
{
    JournalDraft made = {.step = step};
    g_strlcpy(made.body, body, sizeof made.body);
    return made;
}

static void fill(int n)
{
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    ck_assert_ptr_nonnull(journal);
    for (int i = 0; i < n; i++) {
        JournalDraft next = draft(JOURNAL_NEXT, "{\"serial\":\"D00000000001\"}");
        ck_assert(journal_append(journal, &next, 1, 1000 + i, NULL));
    }
}

static void expect_refusal(JournalMode mode, KioskError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Journal) journal = journal_open(path, mode, NULL, &error);
    ck_assert_ptr_null(journal);
    ck_assert(kiosk_error_is(error, code));
    ck_assert(code != KIOSK_ERROR_DAMAGED || strstr(error->message, "kiosk journal set-aside"));
    ck_assert_msg(strstr(error->message, message) != NULL, "%s", error->message);
}

static void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    ck_assert_msg(code == SQLITE_OK, "%s", message ? message : "");
    sqlite3_close(db);
}

static gboolean count_entry(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)error;
    int *n = context;
    ck_assert_int_eq(entry->seq, *n + 1);
    ck_assert_int_eq(entry->step, JOURNAL_NEXT);
    (*n)++;
    return TRUE;
}

START_TEST(entries_survive_and_are_chained)
{
    fill(3);
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    int n = 0;
    ck_assert(journal_for_each(journal, 0, count_entry, &n, NULL));
    ck_assert_int_eq(n, 3);
    char hash[65];
    ck_assert_int_eq(journal_head(journal, hash), 3);
    ck_assert_int_eq(strlen(hash), 64);
    ck_assert_int_eq(journal_opens(journal), 2);
    n = 2;
    ck_assert(journal_for_each(journal, 2, count_entry, &n, NULL));
    ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(steps_of_one_append_come_together)
{
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    JournalDraft drafts[2] = {draft(JOURNAL_NEXT, "{}"), draft(JOURNAL_NEXT, "{}")};
    ck_assert(journal_append(journal, drafts, 2, 5, NULL));
    char hash[65];
    ck_assert_int_eq(journal_head(journal, hash), 2);
    ck_assert(journal_verify(journal, NULL));
}
END_TEST

START_TEST(second_process_is_refused)
{
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    ck_assert_ptr_nonnull(journal);
    expect_refusal(JOURNAL_WRITE, KIOSK_ERROR_BUSY, "in use by another process");
}
END_TEST

START_TEST(reader_sees_a_running_machines_entries_and_writes_nothing)
{
    g_autoptr(Journal) writer = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    JournalDraft next = draft(JOURNAL_NEXT, "{}");
    ck_assert(journal_append(writer, &next, 1, 5, NULL));
    {
        g_autoptr(Journal) reader = journal_open(path, JOURNAL_READ, NULL, NULL);
        ck_assert_ptr_nonnull(reader);
        int n = 0;
        ck_assert(journal_for_each(reader, 0, count_entry, &n, NULL));
        ck_assert_int_eq(n, 1);
        g_autoptr(GError) error = NULL;
        ck_assert(!journal_append(reader, &next, 1, 5, &error));
        ck_assert(kiosk_error_is(error, KIOSK_ERROR_STORAGE));
    }
    ck_assert(journal_append(writer, &next, 1, 6, NULL));
    ck_assert(journal_rest(writer, NULL));
    ck_assert(journal_verify(writer, NULL));
}
END_TEST

START_TEST(reading_where_nothing_was_begun_says_so)
{
    expect_refusal(JOURNAL_READ, KIOSK_ERROR_STORAGE, "no journal yet");
}
END_TEST

START_TEST(named_vfs_locks_by_itself)
{
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, "unix", NULL);
    ck_assert_ptr_nonnull(journal);
    JournalDraft next = draft(JOURNAL_NEXT, "{}");
    ck_assert(journal_append(journal, &next, 1, 5, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(journal_open(path, JOURNAL_WRITE, "unix", &error));
    ck_assert_ptr_nonnull(strstr(error->message, "in use by another process"));
    journal_close(g_steal_pointer(&journal));
    journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    char hash[65];
    ck_assert_int_eq(journal_head(journal, hash), 1);
}
END_TEST

/* Each row breaks a journal of three entries in one way. */
static const struct {
    const char *sql, *message;
} breaks[] = {
    {"DROP TRIGGER no_update; UPDATE entries SET body='{\"x\":1}' WHERE seq=2",
     "entry 2: broken chain"},
    {"DROP TRIGGER no_update; UPDATE entries SET at_ms=7 WHERE seq=1", "entry 1: broken chain"},
    {"DROP TRIGGER no_update; UPDATE entries SET step='taken' WHERE seq=3",
     "entry 3: broken chain"},
    {"DROP TRIGGER no_update; UPDATE entries SET key='k' WHERE seq=3", "entry 3: broken chain"},
    {"DROP TRIGGER no_update; UPDATE entries SET hash=x'00' WHERE seq=3", "entry 3: malformed"},
    {"DROP TRIGGER no_update; UPDATE entries SET prev=zeroblob(32) WHERE seq=2",
     "entry 2: broken chain"},
    {"DROP TRIGGER no_delete; DELETE FROM entries WHERE seq=2", "entry 2: missing"},
    {"DROP TRIGGER no_delete; DELETE FROM entries WHERE seq=1", "entry 1: missing"},
    {"PRAGMA user_version=9", "schema 9 is newer"},
    {"PRAGMA application_id=1", "not a journal"},
};

START_TEST(broken_journal_is_refused_with_the_place)
{
    fill(3);
    tamper(breaks[_i].sql);
    expect_refusal(JOURNAL_WRITE, KIOSK_ERROR_DAMAGED, breaks[_i].message);
    expect_refusal(JOURNAL_CHECK, KIOSK_ERROR_DAMAGED, breaks[_i].message);
}
END_TEST

START_TEST(cut_tail_shows_against_the_head_that_was_known)
{
    fill(3);
    char before[65], after[65];
    {
        g_autoptr(Journal) journal = journal_open(path, JOURNAL_READ, NULL, NULL);
        ck_assert(journal_verify(journal, NULL));
        ck_assert_int_eq(journal_head(journal, before), 3);
    }
    tamper("DROP TRIGGER no_delete; DELETE FROM entries WHERE seq=3");
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    ck_assert_int_eq(journal_head(journal, after), 2);
    ck_assert_str_ne(before, after);
}
END_TEST

START_TEST(entries_cannot_be_changed_by_sql)
{
    fill(1);
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    ck_assert_int_ne(sqlite3_exec(db, "UPDATE entries SET at_ms=1", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_ne(sqlite3_exec(db, "DELETE FROM entries", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}
END_TEST

/* journal-1.sql is what a machine of the first schema left after a delivered and a retracted
 * booklet, as sqlite3 dumps it. */
START_TEST(a_journal_of_schema_1_is_migrated_and_goes_on)
{
    g_autofree char *dump = NULL;
    sqlite3 *db = NULL;
    ck_assert(g_file_get_contents(OLD_DIR "/journal-1.sql", &dump, NULL, NULL));
    sqlite3_open(path, &db);
    ck_assert_int_eq(sqlite3_exec(db, dump, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    expect_refusal(JOURNAL_READ, KIOSK_ERROR_STORAGE, "start the machine once");
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        char hash[65], next[SERIAL_LENGTH + 1] = "";
        g_autoptr(Ledger) ledger = ledger_open(path, JOURNAL_WRITE, NULL, &error);
        ck_assert_msg(ledger != NULL, "%s", error ? error->message : "");
        Journal *journal = ledger_journal(ledger);
        ck_assert(journal_verify(journal, NULL));
        ck_assert_int_eq(journal_head(journal, hash), 23);
        ck_assert_int_eq(journal_audit_head(journal, hash), 0);
        ck_assert_uint_eq(ledger_count(ledger, ISSUANCE_RETRACTED), 1);
        ck_assert(stock_next(ledger_stock(ledger), next, NULL));
        ck_assert_str_eq(next, "D33000000003");
        ck_assert_uint_eq(ledger_next_sequence(ledger, 1), 3);
    }
}
END_TEST

START_TEST(garbage_is_not_a_journal)
{
    char noise[8192];
    memset(noise, 'x', sizeof noise);
    ck_assert(g_file_set_contents(path, noise, sizeof noise, NULL));
    expect_refusal(JOURNAL_WRITE, KIOSK_ERROR_DAMAGED, "not a journal");
    expect_refusal(JOURNAL_CHECK, KIOSK_ERROR_DAMAGED, "not a journal");
}
END_TEST

START_TEST(torn_database_page_is_found)
{
    fill(200);
    int fd = open(path, O_WRONLY);
    char noise[3000];
    memset(noise, 0xee, sizeof noise);
    ck_assert_int_eq(pwrite(fd, noise, sizeof noise, 4096 * 9 + 20), (ssize_t)sizeof noise);
    close(fd);
    g_autoptr(GError) error = NULL;
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, &error);
    ck_assert_ptr_null(journal);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_DAMAGED));
    ck_assert_ptr_nonnull(strstr(error->message, "kiosk journal set-aside"));
}
END_TEST

/* A start that is refused leaves the file as it found it: it may be tried again and again. */
START_TEST(broken_journal_is_not_written_to)
{
    fill(3);
    tamper(breaks[0].sql);
    g_autofree char *before = NULL, *after = NULL;
    gsize n_before = 0, n_after = 0;
    ck_assert(g_file_get_contents(path, &before, &n_before, NULL));
    expect_refusal(JOURNAL_WRITE, KIOSK_ERROR_DAMAGED, breaks[0].message);
    ck_assert(g_file_get_contents(path, &after, &n_after, NULL));
    ck_assert(n_before == n_after && !memcmp(before, after, n_before));
}
END_TEST

START_TEST(folder_that_cannot_be_made_is_named)
{
    g_autofree char *file = g_build_filename(folder, "file", NULL);
    ck_assert(g_file_set_contents(file, "", 0, NULL));
    g_autofree char *below = g_build_filename(file, "journal.db", NULL);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(journal_open(below, JOURNAL_WRITE, NULL, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_STORAGE));
    ck_assert_ptr_nonnull(strstr(error->message, below));
}
END_TEST

/* A file size limit stands for a full disk: the write fails while the program runs. */
START_TEST(full_disk_fails_the_append_and_all_after_it)
{
    signal(SIGXFSZ, SIG_IGN);
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    JournalDraft next = draft(JOURNAL_NEXT, "{}");
    ck_assert(journal_append(journal, &next, 1, 1, NULL));
    struct rlimit limit, none;
    getrlimit(RLIMIT_FSIZE, &none);
    limit = (struct rlimit){.rlim_cur = 8192, .rlim_max = none.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    g_autoptr(GError) error = NULL;
    gboolean ok = TRUE;
    int written = 1;
    for (; ok && written < 1000; written++)
        ok = journal_append(journal, &next, 1, 2, &error);
    written--;
    ck_assert(!ok);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_STORAGE));
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert(!journal_append(journal, &next, 1, 3, NULL));
    ck_assert(!journal_is_ready(journal, NULL));
    journal_close(g_steal_pointer(&journal));
    journal = journal_open(path, JOURNAL_WRITE, NULL, &error);
    ck_assert_ptr_nonnull(journal);
    char hash[65];
    ck_assert_int_eq(journal_head(journal, hash), written);
    ck_assert(journal_is_ready(journal, NULL));
}
END_TEST

/* kill -9 at any moment: what append returned TRUE for is there. */
START_TEST(killed_writer_leaves_all_that_was_acknowledged)
{
    for (int round = 0; round < 8; round++) {
        int pipes[2];
        ck_assert_int_eq(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
            JournalDraft next = draft(JOURNAL_NEXT, "{}");
            while (journal && journal_append(journal, &next, 1, 1, NULL))
                (void)!write(pipes[1], "x", 1);
            _exit(1);
        }
        close(pipes[1]);
        char byte;
        int acknowledged = 0;
        while (acknowledged < 5 + 3 * round && read(pipes[0], &byte, 1) == 1)
            acknowledged++;
        kill(child, SIGKILL);
        while (read(pipes[0], &byte, 1) == 1)
            acknowledged++;
        close(pipes[0]);
        waitpid(child, NULL, 0);
        g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
        ck_assert_ptr_nonnull(journal);
        char hash[65];
        static gint64 before;
        gint64 head = journal_head(journal, hash);
        ck_assert_int_ge(head - before, acknowledged);
        ck_assert_int_le(head - before, acknowledged + 1);
        before = head;
    }
}
END_TEST

START_TEST(step_words_go_both_ways)
{
    for (int i = 1; i < JOURNAL_STEP_COUNT; i++)
        ck_assert_int_eq(journal_step_from_word(journal_step_word((JournalStep)i)), i);
    ck_assert_int_eq(journal_step_from_word("reprint"), JOURNAL_UNKNOWN);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("journal");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, entries_survive_and_are_chained);
    tcase_add_test(tests, steps_of_one_append_come_together);
    tcase_add_test(tests, second_process_is_refused);
    tcase_add_test(tests, reader_sees_a_running_machines_entries_and_writes_nothing);
    tcase_add_test(tests, reading_where_nothing_was_begun_says_so);
    tcase_add_test(tests, named_vfs_locks_by_itself);
    tcase_add_loop_test(tests, broken_journal_is_refused_with_the_place, 0, G_N_ELEMENTS(breaks));
    tcase_add_test(tests, cut_tail_shows_against_the_head_that_was_known);
    tcase_add_test(tests, entries_cannot_be_changed_by_sql);
    tcase_add_test(tests, a_journal_of_schema_1_is_migrated_and_goes_on);
    tcase_add_test(tests, garbage_is_not_a_journal);
    tcase_add_test(tests, broken_journal_is_not_written_to);
    tcase_add_test(tests, torn_database_page_is_found);
    tcase_add_test(tests, folder_that_cannot_be_made_is_named);
    tcase_add_test(tests, full_disk_fails_the_append_and_all_after_it);
    tcase_add_test(tests, killed_writer_leaves_all_that_was_acknowledged);
    tcase_add_test(tests, step_words_go_both_ways);
    return testing_run(tests);
}
