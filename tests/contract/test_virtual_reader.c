/* The harness program itself: what system tests rely on. It runs this program again as its client,
 * which opens the samv driver and says what it sees, one event a line. */
#include "tests/harness/virtual_reader/reader_rig.h"
#include "firmware/base/clock.h"
#include "tests/testing.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MS 20000

static char *self; /* path of this program */

typedef struct {
    GPid pid;
    int in, out; /* its standard input and output */
} Program;

static int client(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_defaults();
    const ReaderDriver *driver = reader_driver_find("samv");
    Reader *reader = driver->open(config, &error);
    ReaderMode mode = READER_MODE_SEARCH;
    while (reader && getppid() > 1) {
        ReaderEvent event;
        driver->poll(reader, mode, RIG_TODAY, 10000, &event);
        g_autofree char *who = event.holder ? personal_mask_name(event.holder->name) : g_strdup("");
        printf("%s %s\n", reader_event_word(event.type), who);
        fflush(stdout);
        mode = event.type == READER_EVENT_CARD_READ ? READER_MODE_PRESENT : READER_MODE_SEARCH;
        holder_destroy(event.holder);
    }
    driver->close(reader);
    return EXIT_FAILURE;
}

static Program start(const char *const *arguments)
{
    Program program = {0};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(g_spawn_async_with_pipes(NULL, (char **)arguments, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &program.pid,
                                           &program.in, &program.out, NULL, &error),
                  "%s", error ? error->message : "");
    return program;
}

/* As a shell says it. */
static int finish(Program *program)
{
    int status;
    ck_assert_int_eq(waitpid(program->pid, &status, 0), program->pid);
    close(program->in);
    close(program->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_line(int fd, char *ret, gsize size)
{
    gsize used = 0;
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    while (used + 1 < size && poll(&readable, 1, LINE_MS) > 0 && read(fd, ret + used, 1) == 1)
        if (ret[used++] == '\n')
            break;
    ret[used] = '\0';
}

static void expect_lines(int fd, const char *lines)
{
    g_auto(GStrv) list = g_strsplit(lines, ";", -1);
    for (char **wanted = list; *wanted; wanted++) {
        char line[200];
        read_line(fd, line, sizeof line);
        ck_assert_msg(!strcmp(g_strchomp(line), *wanted), "'%s' came, '%s' was expected", line,
                      *wanted);
    }
}

static void wait_for_file(const char *path)
{
    gint64 until_ms = clock_monotonic_ms() + LINE_MS;
    while (!g_file_test(path, G_FILE_TEST_EXISTS) && clock_monotonic_ms() < until_ms)
        g_usleep(5 * 1000);
    ck_assert_msg(g_file_test(path, G_FILE_TEST_EXISTS), "%s did not come", path);
}

/* The answer to a control line. */
static void control(const char *path, const char *line, char *ret, gsize size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    ck_assert_int_eq(write(fd, text, strlen(text)), (gssize)strlen(text));
    read_line(fd, ret, size);
    g_strchomp(ret);
    close(fd);
}

static void order(const char *path, const char *line)
{
    char answer[400];
    control(path, line, answer, sizeof answer);
    ck_assert_msg(!strcmp(answer, "ok"), "%s: %s", line, answer);
}

typedef struct {
    char *folder, *control, *env;
    Program host;
} Apart;

/* The reader alone; its clients are started by start_client. */
static void start_apart(Apart *apart, const char *first, const char *second)
{
    apart->folder = g_dir_make_tmp("reader-XXXXXX", NULL);
    apart->control = g_build_filename(apart->folder, "control", NULL);
    apart->env = g_build_filename(apart->folder, "env", NULL);
    const char *arguments[] = {g_getenv("VIRTUAL_READER"),
                               "--control",
                               apart->control,
                               "--env-file",
                               apart->env,
                               first,
                               second,
                               NULL};
    apart->host = start(arguments);
    wait_for_file(apart->env);
}

static Program start_client(const Apart *apart)
{
    g_autofree char *script = g_strdup_printf(". '%s'; exec '%s' client", apart->env, self);
    const char *arguments[] = {"/bin/sh", "-c", script, NULL};
    return start(arguments);
}

static void end_apart(Apart *apart)
{
    order(apart->control, "quit");
    ck_assert_int_eq(finish(&apart->host), 0);
    ck_assert(!g_file_test(apart->env, G_FILE_TEST_EXISTS));
    ck_assert(!g_file_test(apart->control, G_FILE_TEST_EXISTS));
    rmdir(apart->folder);
    g_free(apart->folder);
    g_free(apart->control);
    g_free(apart->env);
}

#define COLLECTOR_CARD CARDS_DIR "/collector.txt"

static const struct {
    const char *script;
    int status;
} endings[] = {
    {"exit 0", 0},
    {"exit 7", 7},
    {"kill -KILL $$", 137},
    {"test -n \"$UMOCKDEV_DIR\" && ls /sys/devices/1-1/descriptors >/dev/null", 0},
};

START_TEST(ends_as_its_program_ends)
{
    const char *arguments[] = {g_getenv("VIRTUAL_READER"), "--", "/bin/sh", "-c",
                               endings[_i].script,         NULL};
    Program host = start(arguments);
    ck_assert_int_eq(finish(&host), endings[_i].status);
}
END_TEST

START_TEST(input_output_and_signals_pass_through)
{
    const char *arguments[] = {g_getenv("VIRTUAL_READER"), "--", "/bin/cat", NULL};
    Program host = start(arguments);
    ck_assert_int_eq(write(host.in, "hello\n", 6), 6);
    expect_lines(host.out, "hello");
    kill(host.pid, SIGTERM);
    ck_assert_int_eq(finish(&host), 128 + SIGTERM);
}
END_TEST

static const char *const wrong_usage[] = {"--transport", "--coffee", "--card"};

START_TEST(wrong_usage_is_refused)
{
    const char *arguments[] = {g_getenv("VIRTUAL_READER"), wrong_usage[_i], NULL};
    Program host = start(arguments);
    ck_assert_int_eq(finish(&host), 2);
}
END_TEST

static const char *const hosts[] = {"VIRTUAL_READER", "VIRTUAL_PRINTER"};

START_TEST(what_lies_at_the_path_of_the_controls_and_is_no_socket_stays)
{
    g_autofree char *folder = g_dir_make_tmp("reader-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "diary.txt", NULL);
    g_autofree char *kept = NULL;
    ck_assert(g_file_set_contents(path, "mine", -1, NULL));
    const char *arguments[] = {g_getenv(hosts[_i]), "--control", path,
                               _i ? NULL : "--",    "/bin/true", NULL};
    Program program = start(arguments);
    ck_assert_int_ne(finish(&program), 0);
    ck_assert(g_file_get_contents(path, &kept, NULL, NULL));
    ck_assert_str_eq(kept, "mine");
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(simulated_delays_of_a_visit_are_counted)
{
    Apart apart;
    char status[600];
    start_apart(&apart, "--transport", "A");
    Program program = start_client(&apart);
    expect_lines(program.out, "attached");
    order(apart.control, "card " COLLECTOR_CARD);
    expect_lines(program.out, "card-found;card-read 测**");
    control(apart.control, "status", status, sizeof status);
    ck_assert_ptr_nonnull(strstr(status, "\"waited_ms\":680")); /* find 40, select 40, read 600 */
    ck_assert_ptr_nonnull(strstr(status, "\"transport\":\"A\""));
    order(apart.control, "lift");
    expect_lines(program.out, "card-left");
    kill(program.pid, SIGTERM);
    finish(&program);
    end_apart(&apart);
}
END_TEST

START_TEST(killed_client_starts_again_under_the_same_reader)
{
    Apart apart;
    start_apart(&apart, "--do", "delay read 300");
    for (int i = 0; i < 4; i++) {
        Program program = start_client(&apart);
        expect_lines(program.out, "attached");
        order(apart.control, "card " COLLECTOR_CARD);
        expect_lines(program.out, i % 2 ? "card-found" : "card-found;card-read 测**");
        kill(program.pid, SIGKILL); /* every other time with the card being read */
        ck_assert_int_eq(finish(&program), 128 + SIGKILL);
        order(apart.control, "lift");
    }
    end_apart(&apart);
}
END_TEST

static const struct {
    const char *line, *answer;
} refusals[] = {
    {"", "error an empty line"},
    {"sing", "error not understood: sing"},
    {"card", "error not understood: card"},
    {"fault nonsense", "error fault: no fault 'nonsense'"},
    {"fault stall twice", "error fault: use fault NAME [once] [at STEP]"},
    {"delay read soon", "error delay: 'soon' is not 0 to 60000 milliseconds"},
    {"delay lunch 5", "error delay: no step 'lunch'"},
    {"mode sideways", "error mode: 'sideways' is neither must-lift nor continual"},
    {"transport D", "error transport: 'D' is none of A, B, C"},
    {"plug", "error plug: it is plugged in"},
    {"delay read ", "error not understood: delay read"},
    {"status now", "error not understood: status now"},
    {"fault text-empty at find", "error fault: text-empty has no effect but at read"},
    {" lift  ", "ok"},
    {"help", "card FILE, lift, unplug, plug, plug-twin, unplug-twin, transport A|B|C, mode "
             "must-lift|continual, delay STEP|late|boot MS, fault NAME [once] [at STEP], status, "
             "help, quit"},
};

START_TEST(standard_input_takes_control_lines)
{
    g_autofree char *folder = g_dir_make_tmp("reader-XXXXXX", NULL);
    g_autofree char *env = g_build_filename(folder, "env", NULL);
    g_autofree char *card = g_build_filename(folder, "a card.txt", NULL);
    ck_assert(g_file_set_contents(card, "name=测试一\n", -1, NULL));
    const char *arguments[] = {
        g_getenv("VIRTUAL_READER"), "--control", "-", "--env-file", env, NULL};
    Program program = start(arguments);
    g_autofree char *lines = g_strdup_printf("lift\ncard %s\nsing\nquit\n", card);
    ck_assert_int_eq(write(program.in, lines, strlen(lines)), (gssize)strlen(lines));
    expect_lines(program.out, "ok;ok;error not understood: sing;ok");
    ck_assert_int_eq(finish(&program), 0);
    unlink(card);
    rmdir(folder);
}
END_TEST

START_TEST(wrong_control_lines_are_answered)
{
    Apart apart;
    char answer[400];
    start_apart(&apart, NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        control(apart.control, refusals[i].line, answer, sizeof answer);
        ck_assert_str_eq(answer, refusals[i].answer);
    }
    end_apart(&apart);
}
END_TEST

static const struct {
    const char *text, *message; /* NULL: accepted */
} card_cases[] = {
    {"# empty\n\nname=测试一\n", NULL},
    {"name=一二三四五六七八九十一二三四五六\n", "a.txt:1: too long, or not on this type of card"},
    {"mark=Q\npadding=nul\nname=测试一\n", NULL},
    {"padding=stars\n", "a.txt:1: no such key"},
    {"type=passport\n", "a.txt:1: unknown type of card"},
    {"# one\nname=测试一\ntype=passport\n", "a.txt:3: unknown type of card"},
    {"name=测试一\nsex=male\nname=测试二\n", "a.txt:3: this key stands above already"},
    {"type=resident\ntype=resident\n", "a.txt:2: this key stands above already"},
    {"name=测试一\ncolour=blue\n", "a.txt:2: no such key"},
    {"name\n", "a.txt:1: not key=value"},
    {"type=hmt-permit\nnation=01\n", "a.txt:2: too long, or not on this type of card"},
};

START_TEST(card_files_are_read_or_refused)
{
    CardImage image;
    g_autoptr(GError) error = NULL;
    gboolean ok = card_file_parse("a.txt", card_cases[_i].text, &image, &error);
    ck_assert_int_eq(ok, card_cases[_i].message == NULL);
    if (!ok)
        ck_assert_str_eq(error->message, card_cases[_i].message);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "client"))
        return client();
    self = g_file_read_link("/proc/self/exe", NULL);
    if (!g_getenv("VIRTUAL_READER")) {
        fprintf(stderr, "test_virtual_reader: run it by meson test, or set VIRTUAL_READER\n");
        return 2;
    }
    TCase *tests = tcase_create("virtual reader");
    tcase_add_loop_test(tests, ends_as_its_program_ends, 0, G_N_ELEMENTS(endings));
    tcase_add_test(tests, input_output_and_signals_pass_through);
    tcase_add_loop_test(tests, wrong_usage_is_refused, 0, G_N_ELEMENTS(wrong_usage));
    tcase_add_loop_test(tests, what_lies_at_the_path_of_the_controls_and_is_no_socket_stays, 0,
                        G_N_ELEMENTS(hosts));
    tcase_add_test(tests, simulated_delays_of_a_visit_are_counted);
    tcase_add_test(tests, killed_client_starts_again_under_the_same_reader);
    tcase_add_test(tests, wrong_control_lines_are_answered);
    tcase_add_test(tests, standard_input_takes_control_lines);
    tcase_add_loop_test(tests, card_files_are_read_or_refused, 0, G_N_ELEMENTS(card_cases));
    return testing_run(tests);
}
