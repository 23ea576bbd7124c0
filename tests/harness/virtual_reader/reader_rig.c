#include "tests/harness/virtual_reader/reader_rig.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENT_MS 15000 /* longest wait for one event; nothing comes near it but a hang */
#define SLICE_MS 200
#define AT_A_TIME 8

const ReaderSubject reader_subjects[] = {
    {"samv-A", "samv", "transport A", "address"},
    {"samv-B", "samv", "transport B", "address"},
    {"samv-C", "samv", "transport C", "number"},
    {NULL, NULL, NULL, NULL},
};
const int reader_subject_count = (int)G_N_ELEMENTS(reader_subjects) - 1;

static const struct {
    const char *key, *value;
} settings[] = {
    {"poll_ms", "50"},
    {"poll_idle_ms", "100"},
};

static const char *const quick =
    "delay find 2;delay select 2;delay read 10;delay address 2;delay number 2";

/* Of the rig itself: also outside of a test of check. */
static void require(gboolean good, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void require(gboolean good, const char *format, ...)
{
    if (good)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "reader rig: %s\n", what);
    ck_abort_msg("%s", what);
}

static void configure(Config *config, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;
    require(config_set(config, "reader", key, value, &error), "%s", error ? error->message : "");
}

void reader_rig_open(ReaderRig *rig, const char *driver, const char *orders,
                     const char *settings_wanted, const char *deadline_percent)
{
    g_autoptr(GError) error = NULL;
    *rig = (ReaderRig){.host = usb_host_create(), .config = config_defaults()};
    log_set_level(LOG_LEVEL_ERROR);
    reader_rig_order(rig, quick);
    reader_rig_order(rig, orders);
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
        configure(rig->config, settings[i].key, settings[i].value);
    g_auto(GStrv) wanted = g_strsplit(settings_wanted ? settings_wanted : "", " ", -1);
    for (char **word = wanted; *word && **word; word++) {
        char *value = strchr(*word, '=');
        *value = '\0';
        configure(rig->config, *word, value + 1);
    }
    configure(rig->config, "deadline_percent", deadline_percent);
    rig->driver = reader_driver_find(driver);
    require(rig->driver != NULL, "no driver %s", driver);
    rig->reader = rig->driver->open(rig->config, &error);
    require(rig->reader != NULL, "%s", error ? error->message : "");
}

void reader_rig_close(ReaderRig *rig)
{
    rig->driver->close(rig->reader);
    config_free(rig->config);
    usb_host_destroy(rig->host);
}

static void order_one(ReaderRig *rig, const char *order)
{
    g_autofree char *line = g_str_has_prefix(order, "card ")
                                ? g_strconcat("card ", CARDS_DIR, "/", order + 5, NULL)
                                : g_strdup(order);
    g_autofree char *answer = usb_host_control(rig->host, line);
    require(!strcmp(answer, "ok"), "%s: %s", order, answer);
}

void reader_rig_expect_counts(ReaderRig *rig, const char *expected)
{
    ReaderDescription told;
    GString *counts = g_string_new(NULL);
    rig->driver->describe(rig->reader, &told);
    for (int i = READER_COUNTER_UNKNOWN; i < READER_COUNTER_COUNT; i++)
        if (told.counts[i])
            g_string_append_printf(counts, "%s%s %u", counts->len ? ", " : "",
                                   reader_counter_word((ReaderCounter)i), told.counts[i]);
    g_autofree char *came = g_string_free(counts, FALSE);
    ck_assert_str_eq(came, expected);
}

void reader_rig_order(ReaderRig *rig, const char *orders)
{
    g_auto(GStrv) list = g_strsplit(orders, ";", -1);
    for (char **order = list; *order; order++)
        if (**order)
            order_one(rig, *order);
}

/* Appends the event's word; FALSE: nothing happened. */
static gboolean poll_once(ReaderRig *rig, ReaderMode mode, int timeout_ms, GString *words)
{
    ReaderEvent event;
    rig->driver->poll(rig->reader, mode, RIG_TODAY, timeout_ms, &event);
    if (event.type == READER_EVENT_NONE)
        return FALSE;
    g_string_append_printf(words, "%s%s", words->len ? " " : "", reader_event_word(event.type));
    require(!event.holder == (event.type != READER_EVENT_CARD_READ),
            "a person comes with CARD_READ");
    require(!event.failure == (event.type != READER_EVENT_CARD_FAILED),
            "a failure without its event");
    require(!event.absence == (event.type != READER_EVENT_DETACHED),
            "an absence without its event");
    if (event.absence)
        rig->absence = event.absence;
    if (event.failure)
        g_string_append_printf(words, ":%s", reader_failure_word(event.failure));
    if (event.holder)
        g_snprintf(rig->holder, sizeof rig->holder, "%s %s %d", personal_reveal(event.holder->name),
                   personal_reveal(event.holder->id_number), event.holder->valid_until);
    holder_destroy(event.holder);
    return TRUE;
}

char *reader_rig_watch(ReaderRig *rig, ReaderMode mode, int count, int most_ms)
{
    GString *words = g_string_new(NULL);
    gint64 until_ms = clock_monotonic_ms() + most_ms;
    while (count > 0 && clock_monotonic_ms() < until_ms)
        count -= poll_once(rig, mode, (int)MIN(SLICE_MS, until_ms - clock_monotonic_ms()), words);
    return g_string_free(words, FALSE);
}

void reader_rig_expect(ReaderRig *rig, ReaderMode mode, const char *events, const char *context)
{
    g_auto(GStrv) list = g_strsplit(events, " ", -1);
    int count = (int)g_strv_length(list);
    g_autofree char *came = reader_rig_watch(rig, mode, count, count * EVENT_MS);
    ck_assert_msg(!strcmp(came, events), "%s: '%s' came, '%s' was expected", context, came, events);
}

void reader_rig_expect_quiet(ReaderRig *rig, ReaderMode mode, int ms)
{
    g_autofree char *came = reader_rig_watch(rig, mode, 1, ms);
    ck_assert_msg(!*came, "'%s' came, nothing was expected", came);
}

guint reader_rig_count(ReaderRig *rig, const char *word)
{
    ReaderDescription told;
    rig->driver->describe(rig->reader, &told);
    for (gsize i = 0; i < told.n_recoveries; i++)
        if (!strcmp(told.recoveries[i].word, word))
            return told.recoveries[i].count;
    ck_abort_msg("the driver does not count '%s'", word);
    return 0;
}

char *reader_rig_status(ReaderRig *rig, const char *member)
{
    g_autofree char *status = usb_host_control(rig->host, "status");
    g_autofree char *key = g_strdup_printf("\"%s\":", member);
    const char *at = strstr(status, key);
    if (!at)
        return g_strdup("");
    at += strlen(key);
    return g_strndup(at, strcspn(at, ",}"));
}

/* FALSE when it failed. */
static gboolean end_one(void)
{
    int status;
    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

static SRunner *make_runner(TCase *one)
{
    Suite *suite = suite_create("reader");
    tcase_set_timeout(one, 60);
    suite_add_tcase(suite, one);
    return srunner_create(suite);
}

/* In a child; only what failed is told, and what the tests print themselves. */
static _Noreturn void run_case(SRunner *runner, FILE *output)
{
    dup2(fileno(output), STDOUT_FILENO);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    if (failed)
        srunner_print(runner, CK_NORMAL);
    exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void show_output(FILE *output)
{
    char line[1024];
    rewind(output);
    while (fgets(line, sizeof line, output))
        fputs(line, stdout);
    fclose(output);
}

int reader_rig_run(TCase *const *cases, gsize count)
{
    gboolean ok = TRUE;
    gsize running = 0;
    g_autoptr(GPtrArray) runners = g_ptr_array_new_with_free_func((GDestroyNotify)srunner_free);
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func((GDestroyNotify)show_output);
    fflush(stdout);
    for (gsize i = 0; i < count; i++) {
        SRunner *runner = make_runner(cases[i]);
        FILE *output = tmpfile();
        g_ptr_array_add(runners, runner);
        g_assert_nonnull(output);
        g_ptr_array_add(outputs, output);
        pid_t child = fork();
        if (child == 0)
            run_case(runner, output);
        ok = ok && child > 0;
        running += child > 0;
        if (running == AT_A_TIME) {
            ok = end_one() && ok;
            running--;
        }
    }
    for (; running > 0; running--)
        ok = end_one() && ok;
    g_ptr_array_set_size(outputs, 0); /* in the order of the cases */
    printf("%zu cases, %s\n", count, ok ? "all well" : "some failed");
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
