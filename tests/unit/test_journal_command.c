/* `kiosk journal` and `kiosk stock` as a technician types them. */
#include "tests/unit/issuance_world.h"
#include "tests/testing.h"
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>

static World world;
static char *config;

static void set_up(void)
{
    world_init(&world, script_default());
    config = g_build_filename(world.folder, "kiosk.conf", NULL);
    g_autofree char *text = g_strdup_printf("[kiosk]\nstate_dir = %s\n", world.folder);
    ck_assert(g_file_set_contents(config, text, -1, NULL));
}

static void tear_down(void)
{
    g_unlink(config);
    g_free(config);
    world_clear(&world);
}

/* Runs a command line with --config behind it; what it wrote goes to `ret_text` (the caller frees).
 */
static int run(const char *line, char **ret_text)
{
    g_autofree char *full = g_strdup_printf("%s --config %s", line, config);
    g_auto(GStrv) argv = g_strsplit(full, " ", -1);
    g_autofree char *file = g_build_filename(world.folder, "out", NULL);
    fflush(stdout);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    ck_assert(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    int argc = (int)g_strv_length(argv);
    int code = !strcmp(argv[0], "stock") ? stock_command(argc, argv) : journal_command(argc, argv);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    close(fd);
    ck_assert(g_file_get_contents(file, ret_text, NULL, NULL));
    g_unlink(file);
    return code;
}

static void expect(const char *line, int code, const char *part)
{
    g_autofree char *text = NULL;
    int got = run(line, &text);
    ck_assert_msg(got == code && strstr(text, part), "%s: %d: %s", line, got, text);
}

START_TEST(wrong_usage_is_2)
{
    static const char *const lines[] = {"journal",
                                        "journal sing",
                                        "journal list twice",
                                        "journal export",
                                        "journal --loud",
                                        "stock",
                                        "stock load",
                                        "stock next",
                                        "stock eat D00000000101",
                                        "stock list --csv",
                                        "journal export --csv --json"};
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

START_TEST(stock_is_changed_and_listed)
{
    ledger_close(g_steal_pointer(&world.ledger));
    expect("stock load D00000000201-D00000000210", 0, "D00000000201 to D00000000210: 10 loaded");
    expect("stock load D00000000201-D00000000210", 1, "loaded before");
    expect("stock load D00000000301", 1, "not a booklet serial");
    expect("stock spoil D00000000101", 0, "next: D00000000102");
    expect("stock next D00000000103", 1, "should lie above it");
    expect("stock next D00000000102", 0, "next: D00000000102");
    expect("stock list", 0, "5 loaded, 4 in stock, 1 spoiled");
}
END_TEST

START_TEST(json_listings_parse)
{
    world_issue(&world);
    static const char *const lines[] = {"journal list --json", "journal export --json",
                                        "stock list --json"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = NULL;
        ck_assert_int_eq(run(lines[i], &text), 0);
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
    ck_assert_int_eq(run("journal export --csv", &text), 0);
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
    expect("journal list", 1, "no journal has been begun");
    expect("stock list", 1, "no journal has been begun");
    g_unlink(config);
    expect("journal verify", 1, "kiosk: journal: ");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("journal_command");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, wrong_usage_is_2);
    tcase_add_test(tests, listings_work_while_the_machine_runs_and_changes_do_not);
    tcase_add_test(tests, stock_is_changed_and_listed);
    tcase_add_test(tests, json_listings_parse);
    tcase_add_test(tests, csv_export_has_one_line_an_entry);
    tcase_add_test(tests, missing_journal_and_config_are_1);
    return testing_run(tests);
}
