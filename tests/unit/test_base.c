#include "firmware/base/clock.h"
#include "firmware/base/config.h"
#include "firmware/base/log.h"
#include "firmware/base/error.h"
#include "firmware/base/module.h"
#include "firmware/base/queue.h"
#include "firmware/base/secret.h"
#include "tests/testing.h"
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>

static char *write_config(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("kiosk-XXXXXX.conf", &path, NULL);
    ck_assert_int_ge(fd, 0);
    g_close(fd, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static const struct {
    const char *text, *message; /* NULL: accepted */
} config_cases[] = {
    {"[printer]\npoll_ms = 50\n", NULL},
    {"[kiosk]\nopen_until = 24:00\n", ":2: [kiosk] open_until: '24:00' is no time of day"},
    {"[kiosk]\nopen_until = 17.30\n", ":2: [kiosk] open_until: '17.30' is no time of day"},
    {"[kiosk]\nopen_until = 7:30\n", ":2: [kiosk] open_until: '7:30' is no time of day"},
    {"[kiosk]\nopen_until = 12:60\n", ":2: [kiosk] open_until: '12:60' is no time of day"},
    {"[printer]\n\npoll_ms = 5\n", ":3: [printer] poll_ms: 5 is out of range, allowed are 20"},
    {"[printer]\npoll_ms = fast\n", ":2: [printer] poll_ms: 'fast' is not a whole number"},
    {"[printer]\nspeed = 5\n", ":2: [printer] speed: no such key"},
    {"[coffee]\ncups = 5\n", ":2: [coffee] cups: no such key"},
    {"[log]\nlevel = loud\n", ":2: [log] level: 'loud' is none of: error warn info debug"},
    {"[identifier]\ntype = SHORT\n", ":2: [identifier] type: 5 bytes, allowed are 21 to 21"},
    {"no section\n", "not"},
};

START_TEST(config_names_line_key_and_range)
{
    g_autofree char *path = write_config(config_cases[_i].text);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);
    g_unlink(path);
    if (!config_cases[_i].message) {
        ck_assert_ptr_nonnull(config);
        ck_assert_int_eq(config_int(config, "printer", "poll_ms"), 50);
        return;
    }
    ck_assert_ptr_null(config);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    ck_assert_msg(strstr(error->message, config_cases[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST(config_document_is_a_valid_config)
{
    g_autofree char *text = config_document();
    g_autofree char *path = write_config(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(path, &error);
    g_unlink(path);
    ck_assert_msg(config != NULL, "%s", error ? error->message : "");
}
END_TEST

START_TEST(kiosk_conf_of_the_release_is_the_table)
{
    g_autofree char *wanted = config_document();
    g_autofree char *file = NULL;
    ck_assert(g_file_get_contents(SAMPLES_DIR "/../../kiosk.conf", &file, NULL, NULL));
    ck_assert_msg(!strcmp(file, wanted), "build/kiosk config > kiosk.conf");
}
END_TEST

START_TEST(relative_paths_count_from_the_folder_of_the_file)
{
    g_autofree char *path = write_config("[service]\nca_file = k/ca.pem\n");
    g_autoptr(Config) config = config_load(path, NULL);
    g_unlink(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *wanted = g_build_filename(folder, "k/ca.pem", NULL);
    g_autofree char *got = config_path(config, "service", "ca_file");
    ck_assert_str_eq(got, wanted);
}
END_TEST

START_TEST(personal_data_is_masked)
{
    g_autoptr(SecretArena) arena = secret_arena_create();
    g_autofree char *name = personal_mask_name(secret_arena_text(arena, "测试一", -1));
    g_autofree char *number =
        personal_mask_number(secret_arena_text(arena, "330106189001010019", -1));
    g_autofree char *absent = personal_mask_number((Personal){NULL});
    ck_assert_str_eq(name, "测**");
    ck_assert_str_eq(number, "330106********0019");
    ck_assert_str_eq(absent, "****");
}
END_TEST

START_TEST(arena_gives_zeroed_memory_beyond_one_block)
{
    g_autoptr(SecretArena) arena = secret_arena_create();
    for (int i = 0; i < 100; i++) {
        char *memory = secret_arena_alloc(arena, 5000);
        ck_assert_int_eq(memory[0], 0);
        ck_assert_int_eq(memory[4999], 0);
        memset(memory, 'x', 5000);
    }
}
END_TEST

START_TEST(shanghai_day_turns_at_16_utc)
{
    gint64 june_30 = 1782777600000; /* 2026-06-30T00:00:00Z */
    ck_assert_int_eq(clock_shanghai_day(june_30), 20260630);
    ck_assert_int_eq(clock_shanghai_day(june_30 + 16 * 3600000 - 1), 20260630);
    ck_assert_int_eq(clock_shanghai_day(june_30 + 16 * 3600000), 20260701);
    ck_assert(!clock_is_day(2026, 2, 29));
    ck_assert(clock_is_day(2028, 2, 29));
}
END_TEST

START_TEST(queue_keeps_order_and_wakes_poll)
{
    Queue *queue = queue_create();
    struct pollfd fd = {queue_fd(queue), POLLIN, 0};
    ck_assert_int_eq(poll(&fd, 1, 0), 0);
    queue_push(queue, 1, g_strdup("one"), g_free);
    queue_push(queue, 2, NULL, NULL);
    ck_assert_int_eq(poll(&fd, 1, 0), 1);
    Message message;
    ck_assert(queue_pop(queue, &message));
    ck_assert_str_eq(message.payload, "one");
    message_clear(&message);
    ck_assert_int_eq(poll(&fd, 1, 0), 1);
    ck_assert(queue_pop(queue, &message));
    ck_assert_int_eq(message.type, 2);
    ck_assert_int_eq(poll(&fd, 1, 0), 0);
    ck_assert(!queue_pop_wait(queue, 10, &message));
    queue_destroy(queue);
}
END_TEST

static void answer(gpointer context, Message *request)
{
    queue_push(context, request->type * 10, NULL, NULL);
}

START_TEST(worker_answers_into_the_queue)
{
    static const WorkerRole role = {.handle = answer};
    Queue *queue = queue_create();
    Worker *worker = worker_start("test", &role, queue);
    worker_request(worker, 7, NULL, NULL);
    Message message;
    ck_assert(queue_pop_wait(queue, 1000, &message));
    ck_assert_int_eq(message.type, 70);
    worker_stop(worker);
    queue_destroy(queue);
}
END_TEST

static int push_and_rest(gpointer context)
{
    queue_push(context, 1, NULL, NULL);
    return 5;
}

START_TEST(worker_does_something_of_its_own_while_no_request_waits)
{
    static const WorkerRole role = {.handle = answer, .rest = push_and_rest};
    Queue *queue = queue_create();
    Worker *worker = worker_start("test", &role, queue);
    Message message;
    for (int i = 0; i < 3; i++) {
        ck_assert(queue_pop_wait(queue, 1000, &message));
        ck_assert_int_eq(message.type, 1);
    }
    worker_request(worker, 7, NULL, NULL);
    do
        ck_assert(queue_pop_wait(queue, 1000, &message));
    while (message.type == 1);
    ck_assert_int_eq(message.type, 70);
    worker_stop(worker);
    queue_destroy(queue);
}
END_TEST

static void check_missing(const char *module, const char *symbol, const char *named)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(module_find(module, symbol, &error));
    ck_assert(g_error_matches(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE));
    ck_assert_msg(strstr(error->message, named) != NULL, "%s", error->message);
}

START_TEST(a_module_gives_what_it_has_and_names_what_it_has_not)
{
    g_autoptr(GError) error = NULL;
    Dl_info library; /* any shared object whose whole path is known */
    ck_assert_int_ne(dladdr((void *)(gsize)g_ascii_toupper, &library), 0);
    char (*upper)(char) = module_find(library.dli_fname, "g_ascii_toupper", &error);
    ck_assert_msg(upper && upper('k') == 'K', "%s", error ? error->message : "no letter");
    check_missing("kiosk-nothing.so", "loop_run", "tests/unit/kiosk-nothing.so");
    check_missing(library.dli_fname, "loop_run", "loop_run");
}
END_TEST

/* What log_warn writes to a standard error that JOURNAL_STREAM names, or names not. */
static char *log_into_file(gboolean is_journal)
{
    struct stat info;
    char text[256] = "";
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &info), 0);
    g_autofree char *stream = g_strdup_printf("%ju:%ju", (uintmax_t)info.st_dev,
                                              (uintmax_t)info.st_ino + !is_journal);
    g_setenv("JOURNAL_STREAM", stream, TRUE);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    log_warn("printer", "no paper\nno ink");
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    gsize length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return g_strndup(text, length);
}

START_TEST(the_log_s_levels_are_numbers_for_the_journal_and_words_for_people)
{
    g_autofree char *line = log_into_file(_i);
    ck_assert_str_eq(line, _i ? "<4>printer: no paper no ink\n"
                              : "warning: printer: no paper no ink\n");
}
END_TEST

START_TEST(errors_of_several_faults_stand_a_line_each)
{
    g_autoptr(GError) all = NULL;
    for (int i = 0; i < 3; i++)
        kiosk_error_add(&all, g_error_new(KIOSK_ERROR, KIOSK_ERROR_CONFIG, "fault %d", i));
    ck_assert_str_eq(all->message, "fault 0\nfault 1\nfault 2");
    kiosk_error_add(NULL, g_error_new(KIOSK_ERROR, KIOSK_ERROR_CONFIG, "nobody asks"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("base");
    tcase_add_loop_test(tests, the_log_s_levels_are_numbers_for_the_journal_and_words_for_people, 0,
                        2);
    tcase_add_test(tests, errors_of_several_faults_stand_a_line_each);
    tcase_add_loop_test(tests, config_names_line_key_and_range, 0, G_N_ELEMENTS(config_cases));
    tcase_add_test(tests, config_document_is_a_valid_config);
    tcase_add_test(tests, kiosk_conf_of_the_release_is_the_table);
    tcase_add_test(tests, relative_paths_count_from_the_folder_of_the_file);
    tcase_add_test(tests, personal_data_is_masked);
    tcase_add_test(tests, arena_gives_zeroed_memory_beyond_one_block);
    tcase_add_test(tests, shanghai_day_turns_at_16_utc);
    tcase_add_test(tests, queue_keeps_order_and_wakes_poll);
    tcase_add_test(tests, worker_answers_into_the_queue);
    tcase_add_test(tests, worker_does_something_of_its_own_while_no_request_waits);
    tcase_add_test(tests, a_module_gives_what_it_has_and_names_what_it_has_not);
    return testing_run(tests);
}
