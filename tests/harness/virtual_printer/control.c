/* The control socket: one command a line, answered with a line. */
#include "machine.h"
#include "tests/harness/socket_path.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WORDS_MAX 12
#define UP_BEFORE_MS 3600000 /* printer-up-time after `reset`: a later power cycle shows */

typedef struct {
    Machine *machine;
    const char *word;
    char **words; /* after it */
    int n_words;
    GString *answer; /* "" stands for ok */
} Command;

static int find_word(const char *const *list, const char *word)
{
    for (int i = 1; list[i]; i++)
        if (!strcmp(list[i], word))
            return i;
    return 0;
}

static const char *do_page_ms(Command *command)
{
    command->machine->page_ms = CLAMP((int)strtol(command->words[0], NULL, 10), 0, 600000);
    return NULL;
}

static const char *plan_word(Plan *plan, const char *word)
{
    if (g_str_has_prefix(word, "page="))
        plan->page = (int)strtol(word + 5, NULL, 10);
    else if (g_str_has_prefix(word, "fault="))
        plan->fault = fault_find(word + 6);
    else if (!strcmp(word, "at"))
        plan->moment = MOMENT_AT;
    else if (!strcmp(word, "after"))
        plan->moment = MOMENT_AFTER;
    else if (!strcmp(word, "once"))
        plan->once = TRUE;
    else
        return "a plan is: page=N fault=WORD [at|after] [once]";
    return NULL;
}

static const char *do_plan(Command *command)
{
    Plan plan = {0};
    const char *why = NULL;
    for (int i = 0; i < command->n_words && !why; i++)
        why = plan_word(&plan, command->words[i]);
    if (!why && !plan.fault)
        why = "no such fault";
    if (!why && plan.page < 1)
        why = "pages count from 1";
    if (!why)
        command->machine->plan = plan;
    return why;
}

static const char *do_clear(Command *command)
{
    Machine *machine = command->machine;
    machine->plan = (Plan){0};
    machine->fault = NULL;
    g_array_set_size(machine->injections, 0);
    machine->drop_bytes = -1;
    machine->counter_mode = COUNTER_OK;
    if (machine->net != NET_OK)
        server_set_net(machine, NET_OK);
    return NULL;
}

static const char *do_reasons(Command *command)
{
    g_free(command->machine->standing);
    command->machine->standing =
        g_strdup(strcmp(command->words[0], "none") ? command->words[0] : "");
    return NULL;
}

static const char *do_media(Command *command)
{
    g_free(command->machine->media);
    command->machine->media = g_strdup(command->words[0]);
    return NULL;
}

static const char *do_state(Command *command)
{
    static const char *const words[] = {"", "idle", "stopped", NULL};
    int which = find_word(words, command->words[0]);
    if (!which)
        return "idle or stopped";
    command->machine->paused = which == 2;
    return NULL;
}

static const char *do_accepting(Command *command)
{
    command->machine->accepting = command->words[0][0] == '1';
    return NULL;
}

static const char *do_net(Command *command)
{
    static const char *const words[] = {"", "ok", "refuse", "hang", "reset", "drip", NULL};
    int which = find_word(words, command->words[0]);
    if (!which)
        return "ok, refuse, hang, reset or drip";
    server_set_net(command->machine, (Net)which);
    return NULL;
}

static const char *do_counter(Command *command)
{
    static const char *const words[] = {"", "ok", "stuck", "absent", "lag", "reset", NULL};
    int which = find_word(words, command->words[0]);
    if (!which)
        return "ok, stuck, absent, lag or reset";
    machine_set_counter(command->machine, (CounterMode)which);
    return NULL;
}

static const char *do_supply(Command *command)
{
    command->machine->supply = CLAMP((int)strtol(command->words[0], NULL, 10), -3, 100);
    return NULL;
}

static const char *do_buffer(Command *command)
{
    command->machine->buffer_sides = MAX((int)strtol(command->words[0], NULL, 10), 0);
    return NULL;
}

static const char *do_uuid(Command *command)
{
    machine_new_uuid(command->machine);
    return NULL;
}

static const char *do_power_cycle(Command *command)
{
    command->machine->power_wanted = TRUE;
    g_cond_broadcast(&command->machine->changed);
    while (command->machine->power_wanted)
        g_cond_wait(&command->machine->changed, &command->machine->mutex);
    return NULL;
}

static const struct {
    const char *word;
    InjectionKind kind;
    int base; /* of the value, 0: there is none */
} injections[] = {
    {"lose", INJECT_LOSE, 0},    {"fail", INJECT_FAIL, 16},   {"lie", INJECT_LIE, 16},
    {"delay", INJECT_DELAY, 10}, {"refuse", INJECT_RESET, 0}, {"babble", INJECT_BABBLE, 0},
};

/* WORD OPERATION [VALUE] TIMES */
static const char *do_inject(Command *command)
{
    gsize i = 0;
    while (i + 1 < G_N_ELEMENTS(injections) && strcmp(injections[i].word, command->word))
        i++;
    gboolean valued = injections[i].base != 0;
    if (command->n_words != (valued ? 3 : 2))
        return valued ? "OPERATION VALUE TIMES" : "OPERATION TIMES";
    Injection injection = {
        .operation = ippOpValue(command->words[0]),
        .kind = injections[i].kind,
        .value = valued ? (int)strtol(command->words[1], NULL, injections[i].base) : 0,
        .count = (int)strtol(command->words[command->n_words - 1], NULL, 10)};
    if (injection.operation <= 0)
        return "no such operation";
    if (injection.count < 1)
        return "how many times?";
    g_array_append_val(command->machine->injections, injection);
    return NULL;
}

static const char *do_drop(Command *command)
{
    command->machine->drop_bytes = atoll(command->words[0]);
    return NULL;
}

static const char *do_forget(Command *command)
{
    GPtrArray *jobs = command->machine->jobs;
    for (guint i = jobs->len; i-- > 0;) {
        const Job *job = g_ptr_array_index(jobs, i);
        if (job_is_done(job) && job->id != command->machine->printing)
            g_ptr_array_remove_index(jobs, i);
    }
    return NULL;
}

/* Jobs are forgotten by the power switch, which the engine turns. */
static const char *do_reset(Command *command)
{
    Machine *machine = command->machine;
    int off_ms = machine->off_ms;
    do_clear(command);
    g_free(machine->standing);
    machine->standing = g_strdup("");
    g_free(machine->media);
    machine->media = g_strdup(MEDIA_LOADED);
    machine->paused = FALSE;
    machine->accepting = TRUE;
    machine->off_ms = machine->buffer_sides = 0;
    do_power_cycle(command);
    machine->off_ms = off_ms;
    machine->up_since_ms -= UP_BEFORE_MS;
    return NULL;
}

static Job *next_unpictured(Machine *machine)
{
    for (guint i = 0; i < machine->jobs->len; i++) {
        Job *job = g_ptr_array_index(machine->jobs, i);
        if (!job->pictured && job->file && job->printed)
            return job;
    }
    return NULL;
}

/* Waits until the engine has nothing to print, then pictures what has no picture yet. The printer
 * goes on answering meanwhile. */
static const char *do_rasterise(Command *command)
{
    Machine *machine = command->machine;
    gboolean fine = TRUE;
    Job *job;
    while (machine->printing)
        g_cond_wait(&machine->changed, &machine->mutex);
    while ((job = next_unpictured(machine))) {
        g_autofree char *file = g_strdup(job->file), *format = g_strdup(job->format);
        int id = job->id, pages = job->printed;
        job->pictured = TRUE;
        g_mutex_unlock(&machine->mutex);
        fine = document_picture(machine->spool, id, file, format, pages) && fine;
        g_mutex_lock(&machine->mutex);
    }
    return fine ? NULL : "a page could not be drawn";
}

static json_t *describe_job(const Job *job)
{
    return json_pack("{s:i, s:s, s:s, s:i, s:i, s:i, s:I, s:i, s:i, s:s, s:s}", "id", job->id,
                     "name", job->name, "state", ippEnumString("job-state", (int)job->state),
                     "sides", job->printed, "of", job->arrived, "sheets", job->sheets, "bytes",
                     (json_int_t)job->bytes, "width_hmm", job->width_hmm, "height_hmm",
                     job->height_hmm, "media", job->media, "file", job->file ? job->file : "");
}

static const char *do_status(Command *command)
{
    Machine *machine = command->machine;
    json_t *jobs = json_array();
    for (guint i = 0; i < machine->jobs->len; i++)
        json_array_append_new(jobs, describe_job(g_ptr_array_index(machine->jobs, i)));
    json_t *status = json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:o}", "state",
                               ippEnumString("printer-state", (int)machine_state(machine)), "fault",
                               machine->fault ? machine->fault->word : "", "reasons",
                               machine->standing, "counter", (json_int_t)machine->counter, "told",
                               (json_int_t)machine_counter(machine), "sides", machine->sides_total,
                               "sheets", machine->sheets_total, "jobs", jobs);
    char *text = json_dumps(status, JSON_COMPACT);
    g_string_assign(command->answer, text ? text : "{}");
    free(text);
    json_decref(status);
    return NULL;
}

static const char *do_quit(Command *command)
{
    event_write(command->machine, "quit", NULL);
    _exit(0);
}

static const struct {
    const char *word;
    int n_words_min;
    const char *(*run)(Command *command); /* NULL: done, else why not */
} commands[] = {
    {"page_ms", 1, do_page_ms},     {"plan", 2, do_plan},
    {"clear", 0, do_clear},         {"reasons", 1, do_reasons},
    {"media", 1, do_media},         {"state", 1, do_state},
    {"accepting", 1, do_accepting}, {"net", 1, do_net},
    {"counter", 1, do_counter},     {"lose", 2, do_inject},
    {"fail", 2, do_inject},         {"lie", 2, do_inject},
    {"delay", 2, do_inject},        {"refuse", 2, do_inject},
    {"babble", 2, do_inject},       {"power-cycle", 0, do_power_cycle},
    {"uuid", 0, do_uuid},           {"drop", 1, do_drop},
    {"supply", 1, do_supply},       {"buffer", 1, do_buffer},
    {"forget", 0, do_forget},       {"status", 0, do_status},
    {"quit", 0, do_quit},           {"rasterise", 0, do_rasterise},
    {"reset", 0, do_reset},
};

static const char *run_command(Command *command, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].word, word))
            continue;
        if (command->n_words < commands[i].n_words_min)
            return "too few words";
        g_mutex_lock(&command->machine->mutex);
        const char *why = commands[i].run(command);
        g_cond_broadcast(&command->machine->changed);
        g_mutex_unlock(&command->machine->mutex);
        return why;
    }
    return "no such command";
}

static char *run_line(Machine *machine, const char *line)
{
    g_auto(GStrv) words = g_strsplit_set(line, " ", WORDS_MAX);
    g_autoptr(GString) answer = g_string_new("ok");
    Command command = {machine, words[0], words + 1, (int)g_strv_length(words) - 1, answer};
    if (!words[0])
        return g_strdup("error: empty line");
    const char *why = run_command(&command, words[0]);
    return why ? g_strdup_printf("error: %s", why) : g_strdup(answer->str);
}

static gpointer serve_client(gpointer data)
{
    Machine *machine = ((gpointer *)data)[0];
    int fd = GPOINTER_TO_INT(((gpointer *)data)[1]);
    char line[512];
    FILE *in = fdopen(fd, "r");
    g_free(data);
    while (in && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = '\0';
        g_autofree char *answer = run_line(machine, line);
        if (dprintf(fd, "%s\n", answer) < 0)
            break;
    }
    if (in)
        fclose(in);
    return NULL;
}

typedef struct {
    Machine *machine;
    int listener;
} Control;

static gpointer serve_clients(gpointer data)
{
    const Control *control = data;
    while (TRUE) {
        int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        gpointer *client = g_new(gpointer, 2);
        client[0] = control->machine;
        client[1] = GINT_TO_POINTER(fd);
        g_thread_unref(g_thread_new("control-client", serve_client, client));
    }
    return NULL;
}

gboolean control_start(Machine *machine, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path) {
        fprintf(stderr, "virtual_printer: %s: the path is too long\n", path);
        return FALSE;
    }
    int fd = socket_path_clear(path) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 8)) {
        fprintf(stderr, "virtual_printer: %s: %s\n", path, strerror(errno));
        return FALSE;
    }
    static Control control;
    control = (Control){machine, fd};
    g_thread_unref(g_thread_new("control", serve_clients, &control));
    return TRUE;
}
