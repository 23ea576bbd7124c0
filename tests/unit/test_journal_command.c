/* `kiosk journal`, `stock`, `staff` and `audit` as people at a console type them. */
#include "firmware/staff/journal_command.h"
#include "firmware/staff/settle_command.h"
#include "firmware/staff/staff.h"
#include "firmware/staff/stock_command.h"
#include "tests/unit/issuance_world.h"
#include "tests/testing.h"
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>

static World world;
static char *config;

#define TECHNICIAN "tina 193746"
#define SUPERVISOR "sam 827364"
#define BOTH TECHNICIAN "\n" SUPERVISOR "\n"

/* The members, as if the one-time code had let somebody in. */
static void hire(void)
{
    StaffClock now;
    staff_clock(&now);
    StaffSession by = {
        .role = STAFF_ROLE_SUPERVISOR, .opened_ms = now.boot_ms, .touched_ms = now.boot_ms};
    g_autoptr(Staff) staff = staff_open(ledger_journal(world.ledger), NULL);
    ck_assert(staff_add(staff, &by, "tina", STAFF_ROLE_TECHNICIAN, "193746", &now, NULL));
    ck_assert(staff_add(staff, &by, "sam", STAFF_ROLE_SUPERVISOR, "827364", &now, NULL));
}

static void set_up(void)
{
    world_init(&world, script_default());
    config = g_build_filename(world.folder, "kiosk.conf", NULL);
    g_autofree char *text = g_strdup_printf("[kiosk]\nstate_dir = %s\n", world.folder);
    ck_assert(g_file_set_contents(config, text, -1, NULL));
    hire();
}

static void tear_down(void)
{
    g_unlink(config);
    g_free(config);
    world_clear(&world);
}

static int run_words(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"journal", journal_command},
                    {"stock", stock_command},
                    {"settle", settle_command},
                    {"staff", staff_command},
                    {"audit", audit_command}};
    gsize i = 0;
    while (strcmp(argv[0], commands[i].name))
        i++;
    return commands[i].run(argc, argv);
}

/* Runs a command line with --config behind it and `input` before it; what it wrote goes to
 * `ret_text` (the caller frees). */
static int run(const char *line, const char *input, char **ret_text)
{
    g_autofree char *full = g_strdup_printf("%s --config %s", line, config);
    g_auto(GStrv) argv = g_strsplit(full, " ", -1);
    g_autofree char *file = g_build_filename(world.folder, "out", NULL);
    g_autofree char *typed = g_build_filename(world.folder, "in", NULL);
    ck_assert(g_file_set_contents(typed, input, -1, NULL));
    fflush(stdout);
    int saved[3];
    for (int i = 0; i < 3; i++)
        saved[i] = dup(i);
    int out = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600), in = open(typed, O_RDONLY);
    ck_assert(dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
              dup2(out, STDERR_FILENO) >= 0);
    close(in);
    close(out);
    int code = run_words((int)g_strv_length(argv), argv);
    fflush(stdout);
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    ck_assert(g_file_get_contents(file, ret_text, NULL, NULL));
    g_unlink(file);
    g_unlink(typed);
    return code;
}

static void expect_typed(const char *line, const char *input, int code, const char *part)
{
    g_autofree char *text = NULL;
    int got = run(line, input, &text);
    ck_assert_msg(got == code && strstr(text, part), "%s: %d: %s", line, got, text);
}

static void expect(const char *line, int code, const char *part)
{
    expect_typed(line, "", code, part);
}

START_TEST(the_one_time_code_is_not_spent_on_an_id_or_a_pin_that_is_refused)
{
    g_autofree char *told = NULL;
    ledger_close(g_steal_pointer(&world.ledger));
    ck_assert_int_eq(g_unlink(world.path), 0); /* a machine that nobody looks after yet */
    ck_assert_int_eq(run("staff code", "", &told), 0);
    const char *code = strstr(told, "one-time code ");
    ck_assert_ptr_nonnull(code);
    g_autofree char *weak = g_strdup_printf("%.8s\n111111\n", code + strlen("one-time code "));
    g_autofree char *good = g_strdup_printf("%.8s\n827364\n", code + strlen("one-time code "));
    expect_typed("staff add Ann supervisor", good, 1, "an id is");
    expect_typed("staff add ann supervisor", weak, 1, "the new PIN: ");
    expect_typed("staff add ann supervisor", good, 0, "");
    expect_typed("staff add bob supervisor", good, 1, "wrong PIN");
}
END_TEST

START_TEST(wrong_usage_is_2)
{
    static const char *const lines[] = {"journal",
                                        "journal sing",
                                        "journal list twice",
                                        "journal set-aside one two",
                                        "journal export",
                                        "journal --loud",
                                        "stock",
                                        "stock load",
                                        "stock next",
                                        "stock eat D00000000101",
                                        "stock list --csv",
                                        "journal export --csv --json",
                                        "stock load bogus 1",
                                        "stock load D00000000201 1",
                                        "stock load D00000000201-D00000000210-D00000000211 1",
                                        "stock load D00000000201-D00000000210",
                                        "stock unload D00000000201",
                                        "stock spoil 7",
                                        "stock count D00000000101",
                                        "stock count D00000000101 many",
                                        "stock count D00000000101 -1",
                                        "stock next D0000000010X",
                                        "settle",
                                        "settle 00000000-0000-4000-8000-000000000001 void",
                                        "settle 1 void --reason lost",
                                        "settle 00000000-0000-4000-8000-000000000001 unsure "
                                        "--reason lost",
                                        "staff",
                                        "staff add tom",
                                        "staff add tom boss",
                                        "staff list --csv",
                                        "audit",
                                        "audit export",
                                        "audit list --head 1:00",
                                        "audit verify --head 8:xx",
                                        "audit verify --head 1:00",
                                        "audit acknowledge"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        expect(lines[i], 2, "kiosk: usage: kiosk ");
}
END_TEST

START_TEST(listings_work_while_the_machine_runs_and_changes_do_not)
{
    world_issue(&world);
    expect("journal list", 0, "D00000000101  delivered");
    expect("journal verify", 0, "chain intact, head ");
    expect("stock list", 0, "next: D00000000102");
    expect("stock spoil D00000000102", 1, "in use by another process");
}
END_TEST

START_TEST(stock_is_changed_by_two_people_and_listed)
{
    ledger_close(g_steal_pointer(&world.ledger));
    expect_typed("stock load D00000000201-D00000000210 10", BOTH, 0,
                 "D00000000201 to D00000000210: 10 loaded");
    expect_typed("stock load D00000000201-D00000000210 10", BOTH, 1, "loaded before");
    expect_typed("stock spoil D00000000101", BOTH, 0, "next: D00000000102");
    expect_typed("stock next D00000000103", BOTH, 1, "should lie above it");
    expect_typed("stock next D00000000102", "193746\n827364\n", 0, "next: D00000000102");
    expect("stock list", 0, "5 loaded, 4 in stock, 1 spoiled");
    expect("audit list", 0, "tina,sam              stock-spoil       ok");
    expect("audit list", 0, "tina,sam              stock-next        refused");
    expect("audit verify", 0, "chain intact, head ");
    g_autofree char *text = NULL;
    ck_assert_int_eq(run("journal export --csv", "", &text), 0);
    ck_assert_ptr_nonnull(strstr(text, "\"\"who\"\":\"\"tina,sam\"\""));
}
END_TEST

START_TEST(a_wrong_load_is_seen_by_its_number_and_taken_back_while_unused)
{
    ledger_close(g_steal_pointer(&world.ledger));
    expect_typed("stock load D00000000201-D00000001000 10", BOTH, 1, "are 800 booklets, not 10");
    expect_typed("stock load D00000000201-D00000000300 100", BOTH, 0, "100 loaded");
    expect_typed("stock unload D00000000201-D00000000210", BOTH, 1, "not loaded as one");
    expect_typed("stock unload D00000000201-D00000000300", TECHNICIAN "\n", 1, "a line is missing");
    expect_typed("stock unload D00000000201-D00000000300", BOTH, 0, "next: D00000000101");
    expect_typed("stock load D00000000201-D00000000210 10", BOTH, 0, "10 loaded");
    expect_typed("stock spoil D00000000101", BOTH, 0, "1 spoiled");
    expect_typed("stock unload D00000000101-D00000000105", BOTH, 1, "was used");
    expect("stock list", 0, "D00000000201 to D00000000210: 10 loaded, 10 in stock");
    expect("audit list", 0, "Withdrawal of loaded booklets");
}
END_TEST

START_TEST(an_account_that_does_not_agree_closes_the_stock)
{
    ledger_close(g_steal_pointer(&world.ledger));
    expect_typed("stock count D00000000101 3", BOTH, 0, "none (stock-mismatch)");
    expect("stock list", 0, "counted 3 of 5 at ");
    expect_typed("stock lose D00000000101", BOTH, 0, "1 lost");
    expect_typed("stock spoil D00000000102", BOTH, 0, "1 spoiled");
    expect_typed("stock destroy D00000000103", BOTH, 1, "only a spoiled or void booklet");
    expect_typed("stock destroy D00000000102", BOTH, 0, "1 destroyed");
    expect_typed("stock count D00000000101 3", BOTH, 0, "next: D00000000103");
    expect_typed("stock count D00000000102 3", BOTH, 1, "no batch begins with it");
    expect("stock list --json", 0, "\"counted\": 3");
}
END_TEST

START_TEST(stock_is_not_changed_by_one_person_or_a_wrong_pin)
{
    static const struct {
        const char *input, *part;
    } cases[] = {
        {"", "a line is missing"},
        {TECHNICIAN "\n", "a line is missing"},
        {TECHNICIAN "\n" TECHNICIAN "\n", "another role"},
        {SUPERVISOR "\n" SUPERVISOR "\n", "another role"},
        {TECHNICIAN "\nsam 111112\n", "wrong PIN, or no such member"},
        {"nobody 193746\n" SUPERVISOR "\n", "wrong PIN, or no such member"},
        {"193746\n193746\n", "wrong PIN, or no such member"},
    };
    ledger_close(g_steal_pointer(&world.ledger));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_typed("stock spoil D00000000101", cases[i].input, 1, cases[i].part);
    expect("stock list", 0, "5 loaded, 5 in stock");
    expect("audit list", 0, "wrong-pin");
}
END_TEST

/* Eight digits behind "one-time code ". */
static char *read_code(const char *text)
{
    const char *found = strstr(text, "one-time code ");
    ck_assert_msg(found != NULL, "%s", text);
    return g_strndup(found + strlen("one-time code "), STAFF_CODE_DIGITS);
}

START_TEST(the_first_supervisor_comes_by_the_one_time_code)
{
    g_autofree char *text = NULL;
    ledger_close(g_steal_pointer(&world.ledger));
    expect("staff code", 1, "only without a supervisor");
    g_unlink(world.path);
    world_open(&world);
    ledger_close(g_steal_pointer(&world.ledger));
    expect_typed("staff add ann supervisor", "12345678\n827364\n", 1, "none was made");
    ck_assert_int_eq(run("staff code", "", &text), 0);
    g_autofree char *code = read_code(text);
    g_autofree char *typed = g_strdup_printf("%s\n827364\n", code);
    expect_typed("staff add ann supervisor", "00000000\n827364\n", 1, "wrong");
    expect_typed("staff add ann supervisor", typed, 0, "");
    expect_typed("staff add bob technician", typed, 1, "wrong PIN, or no such member");
    expect_typed("staff add bob technician", "827364\n654321\n", 1, "too simple");
    expect_typed("staff add bob technician", "827364\n246813\n", 0, "");
    expect_typed("staff pin bob", "bob 246813\n975310\n", 0, "");
    expect_typed("staff pin ann", "bob 975310\n975311\n", 1, "only a supervisor");
    expect_typed("staff remove ann", "827364\n", 1, "last supervisor");
    expect_typed("staff remove bob", "827364\n", 0, "");
    expect("staff list", 0, "ann                   supervisor  no");
    expect("audit list", 0, "Use of the one-time code");
}
END_TEST

START_TEST(a_changed_or_cut_audit_chain_is_found)
{
    static const char *const changes[] = {
        "DROP TRIGGER no_audit_update; UPDATE audit SET key='eve' WHERE seq=1",
        "DROP TRIGGER no_audit_delete; DELETE FROM audit WHERE seq=1",
        "DROP TRIGGER no_audit_update; UPDATE audit SET seq=-seq;"
        "UPDATE audit SET seq=3+seq"};
    char hash[65];
    gint64 n = journal_audit_head(ledger_journal(world.ledger), hash);
    g_autofree char *head = g_strdup_printf("audit verify --head %d:%s", (int)n, hash);
    ledger_close(g_steal_pointer(&world.ledger));
    expect(head, 0, "chain intact");
    g_autofree char *whole = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(world.path, &whole, &length, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        sqlite3 *db = NULL;
        ck_assert_int_eq(sqlite3_open(world.path, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        expect("audit verify", 1, "audit event 1");
        expect("stock load D00000000201-D00000000210 10", 1, "kiosk journal set-aside");
        ck_assert(g_file_set_contents(world.path, whole, (gssize)length, NULL));
    }
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(world.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "DROP TRIGGER no_audit_delete; DELETE FROM audit WHERE seq=2",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    expect("audit verify", 0, "chain intact");
    expect(head, 1, "the tail was cut");
}
END_TEST

START_TEST(a_cut_audit_is_acknowledged_by_a_supervisor)
{
    const JournalNote note = {AUDIT_NOTE_CUT, "9:00"};
    const JournalBatch batch = {.notes = &note, .n_notes = 1};
    const char *line = "audit acknowledge --reason found-out";
    ck_assert(journal_write(ledger_journal(world.ledger), &batch, 5, NULL));
    expect_typed(line, "827364\n", 1, "in use by another process");
    ledger_close(g_steal_pointer(&world.ledger));
    expect_typed(line, TECHNICIAN "\n", 1, "another role");
    expect_typed(line, "827364\n", 0, "9:00 is not here");
    expect("audit list", 0, "cut-seen          ok            A cut of the audit acknowledged: 9:00");
    expect_typed(line, "827364\n", 1, "nothing waits");
    world_open(&world);
    g_autofree char *seen =
        journal_get_note(ledger_journal(world.ledger), AUDIT_NOTE_CUT_SEEN, NULL);
    ck_assert_str_eq(seen, "9:00");
}
END_TEST

START_TEST(a_whole_journal_is_never_set_aside)
{
    g_autofree char *line = g_strdup_printf("journal set-aside %s", world.path);
    for (int i = 0; i < 2; i++) {
        expect("journal set-aside", 1, "is whole and stays");
        expect(line, 1, "kiosk stock count");
        ledger_close(g_steal_pointer(&world.ledger));
    }
    expect("journal list", 0, "LAST STEP");
    g_unlink(world.path);
    expect(line, 1, "no journal yet");
}
END_TEST

static void overwrite(const char *path, gsize at, const char *bytes, gsize n)
{
    int fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, bytes, n, (off_t)at), (gssize)n);
    close(fd);
}

static void change_an_entry(const char *path)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "DROP TRIGGER no_audit_update;"
                                  "UPDATE audit SET key='eve' WHERE seq=1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
}

static void change_a_member(const char *path)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "UPDATE notes SET value='{'", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void change_the_header(const char *path)
{
    overwrite(path, 3, "x", 1);
}

static void cut_in_half(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert_int_eq(truncate(path, (off_t)length / 2), 0);
}

static const struct {
    void (*damage)(const char *path);
    const char *part;
} damages[] = {{change_an_entry, "audit event 1: broken chain"},
               {change_a_member, "entry is damaged"},
               {change_the_header, "not a journal"},
               {cut_in_half, "damaged"}};

/* PINs lie in what is broken: it is root's, who names the file. */
START_TEST(a_broken_journal_is_set_aside_by_root_who_names_it)
{
    g_autofree char *line = g_strdup_printf("journal set-aside %s", world.path);
    gboolean root = geteuid() == 0;
    ck_assert(journal_rest(ledger_journal(world.ledger), NULL));
    ledger_close(g_steal_pointer(&world.ledger));
    damages[_i].damage(world.path);
    expect("journal set-aside", 1, damages[_i].part);
    expect("journal set-aside", 1, "members, PINs");
    expect("journal set-aside", 1, line);
    expect("journal set-aside other.db", 1, "not other.db");
    ck_assert(g_file_test(world.path, G_FILE_TEST_EXISTS));
    expect(line, root ? 0 : 1, root ? "journal.db.aside-" : "root's");
    if (!root)
        return;
    expect("journal list", 1, "no journal yet");
    expect(line, 1, "no journal yet");
    world_open(&world);
    ck_assert(!stock_next(ledger_stock(world.ledger), world.plan.serial, NULL));
}
END_TEST

START_TEST(json_listings_parse)
{
    world_issue(&world);
    static const char *const lines[] = {"journal list --json", "journal export --json",
                                        "stock list --json", "staff list --json",
                                        "audit export --json"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = NULL;
        ck_assert_int_eq(run(lines[i], "", &text), 0);
        json_t *json = json_loads(text, 0, NULL);
        ck_assert_msg(json != NULL, "%s: %s", lines[i], text);
        if (i == 0) {
            json_t *line = json_array_get(json, 0);
            ck_assert_str_eq(json_string_value(json_object_get(line, "state")), "delivered");
            ck_assert_str_eq(json_string_value(json_object_get(line, "key")), world.plan.key);
        }
        json_decref(json);
    }
}
END_TEST

START_TEST(csv_export_has_one_line_an_entry)
{
    world_issue(&world);
    g_autofree char *text = NULL;
    ck_assert_int_eq(run("journal export --csv", "", &text), 0);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    char hash[65];
    ck_assert_int_eq(g_strv_length(lines) - 2, journal_head(ledger_journal(world.ledger), hash));
    ck_assert_ptr_nonnull(strstr(text, "\"{\"\"record\"\":\"\"rec-1\"\""));
    ck_assert_ptr_nonnull(strstr(text, hash));
}
END_TEST

START_TEST(missing_journal_and_config_are_1)
{
    ledger_close(g_steal_pointer(&world.ledger));
    g_unlink(world.path);
    expect("journal list", 1, "no journal yet");
    expect("stock list", 1, "no journal yet");
    g_unlink(config);
    expect("journal verify", 1, "kiosk.conf");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("journal_command");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_one_time_code_is_not_spent_on_an_id_or_a_pin_that_is_refused);
    tcase_add_test(tests, wrong_usage_is_2);
    tcase_add_test(tests, listings_work_while_the_machine_runs_and_changes_do_not);
    tcase_add_test(tests, stock_is_changed_by_two_people_and_listed);
    tcase_add_test(tests, a_wrong_load_is_seen_by_its_number_and_taken_back_while_unused);
    tcase_add_test(tests, an_account_that_does_not_agree_closes_the_stock);
    tcase_add_test(tests, stock_is_not_changed_by_one_person_or_a_wrong_pin);
    tcase_add_test(tests, the_first_supervisor_comes_by_the_one_time_code);
    tcase_add_test(tests, a_changed_or_cut_audit_chain_is_found);
    tcase_add_test(tests, a_cut_audit_is_acknowledged_by_a_supervisor);
    tcase_add_test(tests, a_whole_journal_is_never_set_aside);
    tcase_add_loop_test(tests, a_broken_journal_is_set_aside_by_root_who_names_it, 0,
                        G_N_ELEMENTS(damages));
    tcase_add_test(tests, json_listings_parse);
    tcase_add_test(tests, csv_export_has_one_line_an_entry);
    tcase_add_test(tests, missing_journal_and_config_are_1);
    return testing_run(tests);
}
