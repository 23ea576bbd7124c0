/* kiosk-sim: runs worlds, seed after seed, and says what came of them. */
#include "firmware/base/log.h"
#include "firmware/certificate/json_input.h"
#include "tests/sim/oracle.h"
#include "tests/sim/report.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORLD_VISITS 500
#define JOBS_MAX 64
#define PROGRESS_WORLDS 20 /* of one process, between two lines of a long run */

typedef struct {
    gint64 visits, seed, jobs;
    gboolean replay, all, coverage, shrink, go_on;
    FaultPlan plan;
} Options;

static const char usage[] =
    "usage: kiosk-sim [OPTIONS]\n"
    "\n"
    "  --visits N      visits in all (20000); worlds of 500 visits, one seed each\n"
    "  --seed S        seed of the first world (1); the next ones follow\n"
    "  --jobs N        processes (1); the trace's hash does not depend on it\n"
    "  --replay        runs the one world --seed and shows the end of its trace, of the machine "
    "that\n"
    "                  is concerned; with --all of all machines\n"
    "  --faults LIST   only these, at their own rate: words of --list, separated by commas\n"
    "  --without LIST  all but these\n"
    "  --once FAULT    this one strikes exactly once a world, nothing else does\n"
    "  --no-shrink     do not look for the faults that a violation needs\n"
    "  --go-on         do not stop at the first violation\n"
    "  --coverage      the table of faults and states (always with 20000 visits or more)\n"
    "  --list          faults and invariants\n";

static void list(void)
{
    for (int i = 1; i < FAULT_COUNT; i++)
        printf("%-10s %-26s %7d in a million\n", fault_row((FaultId)i)->group,
               fault_row((FaultId)i)->word, fault_row((FaultId)i)->rate);
    invariants_list();
}

static gboolean read_faults(const char *text, gboolean *ret)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (char **word = words; *word; word++) {
        FaultId id = fault_from_word(*word);
        if (!id && strcmp(*word, "none")) {
            fprintf(stderr, "kiosk-sim: no fault is called %s; --list names them\n", *word);
            return FALSE;
        }
        ret[id] = TRUE;
    }
    return TRUE;
}

static gboolean read_number(const char *text, gint64 *ret)
{
    char *end = NULL;
    errno = 0;
    *ret = g_ascii_strtoll(text, &end, 10);
    if (!errno && end != text && !*end && *ret >= 0)
        return TRUE;
    fprintf(stderr, "kiosk-sim: %s is no number\n", text);
    return FALSE;
}

/* Options with a value; 0: not one of them, -1: wrong. */
static int read_valued(const char *word, const char *value, Options *ret)
{
    struct {
        const char *word;
        gint64 *to;
    } numbers[] = {{"--visits", &ret->visits}, {"--seed", &ret->seed}, {"--jobs", &ret->jobs}};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!strcmp(word, numbers[i].word))
            return value && read_number(value, numbers[i].to) ? 1 : -1;
    if (!strcmp(word, "--faults")) {
        ret->plan.only = TRUE;
        return value && read_faults(value, ret->plan.on) ? 1 : -1;
    }
    if (!strcmp(word, "--without"))
        return value && read_faults(value, ret->plan.off) ? 1 : -1;
    if (strcmp(word, "--once"))
        return 0;
    ret->plan.once = value ? fault_from_word(value) : FAULT_UNKNOWN;
    return ret->plan.once ? 1 : -1;
}

static gboolean read_options(int argc, char **argv, Options *ret)
{
    const struct {
        const char *word;
        gboolean *to, value;
    } flags[] = {{"--replay", &ret->replay, TRUE},
                 {"--all", &ret->all, TRUE},
                 {"--coverage", &ret->coverage, TRUE},
                 {"--no-shrink", &ret->shrink, FALSE},
                 {"--go-on", &ret->go_on, TRUE}};
    for (int i = 1; i < argc; i++) {
        int taken = read_valued(argv[i], argv[i + 1], ret);
        i += taken == 1;
        for (gsize f = 0; !taken && f < G_N_ELEMENTS(flags); f++)
            if (!strcmp(argv[i], flags[f].word)) {
                *flags[f].to = flags[f].value;
                taken = 1;
                break;
            }
        if (taken != 1)
            return FALSE;
    }
    return ret->jobs >= 1 && ret->jobs <= JOBS_MAX && ret->visits >= 1;
}

/* ---- a violation made small */

static gboolean still_fails(guint64 seed, const WorldOptions *options, const char *invariant)
{
    World *w = world_run(seed, options);
    gboolean fails = w->violated && !strcmp(w->violation.invariant, invariant);
    world_free(w);
    return fails;
}

/* Leaves out each fault that the violation does not need. */
static void shrink(guint64 seed, const Options *options, const char *invariant, FaultPlan *ret)
{
    *ret = options->plan;
    WorldOptions small = {.plan = ret, .visits = WORLD_VISITS};
    for (int i = 1; i < FAULT_COUNT; i++) {
        if (ret->off[i])
            continue;
        ret->off[i] = TRUE;
        if (!still_fails(seed, &small, invariant))
            ret->off[i] = FALSE;
    }
}

static void explain(guint64 seed, const Options *options, const char *invariant)
{
    FaultPlan plan = options->plan;
    if (options->shrink && !plan.once)
        shrink(seed, options, invariant, &plan);
    WorldOptions again = {.replay = TRUE, .plan = &plan, .visits = WORLD_VISITS};
    World *w = world_run(seed, &again);
    printf("needs these faults of seed %" G_GUINT64_FORMAT ":", seed);
    for (int i = 1; i < FAULT_COUNT; i++)
        if (w->faults.rate[i] && !plan.off[i])
            printf(" %s", fault_row((FaultId)i)->word);
    printf("\nthe end of its trace (./run sim --seed %" G_GUINT64_FORMAT " --replay shows it):\n",
           seed);
    report_trace(w, options->all);
    world_free(w);
}

/* ---- runs */

/* The worlds number `from` to `to` - 1. */
static void run_worlds(const Options *options, gint64 from, gint64 to, guint64 *traces, Totals *ret)
{
    for (gint64 i = from; i < to; i++) {
        WorldOptions one = {.plan = &options->plan,
                            .visits = (int)MIN(WORLD_VISITS, options->visits - i * WORLD_VISITS)};
        World *w = world_run((guint64)(options->seed + i), &one);
        totals_add(ret, w);
        traces[i] = w->hash;
        gboolean violated = w->violated;
        char invariant[8];
        g_strlcpy(invariant, w->violation.invariant, sizeof invariant);
        if (violated)
            report_violation(w);
        guint64 seed = w->seed;
        world_free(w);
        if ((i - from + 1) % PROGRESS_WORLDS == 0)
            fprintf(stderr, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " worlds, seeds from %"
                    G_GINT64_FORMAT ", %" G_GINT64_FORMAT " violations\n",
                    i - from + 1, to - from, options->seed + from, ret->violations);
        if (violated && !options->go_on) {
            explain(seed, options, invariant);
            return;
        }
    }
}

/* Waits for one child. A crash is not what an invariant found: it is said for itself. */
static gboolean end_child(pid_t child, gint64 seed)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        printf("DIED at seed %" G_GINT64_FORMAT ": %s\n", seed, strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status))
        printf("DIED at seed %" G_GINT64_FORMAT ": exit status %d\n", seed, WEXITSTATUS(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* One child a share; their traces come together in the order of seeds, whoever ran them. */
static gboolean run_children(const Options *options, gint64 worlds, Totals *ret)
{
    int pipes[JOBS_MAX][2];
    pid_t children[JOBS_MAX];
    gboolean fine = TRUE;
    gsize size = (gsize)worlds * sizeof(guint64);
    guint64 *traces = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (traces == MAP_FAILED)
        g_error("sim: no memory");
    for (gint64 j = 0; j < options->jobs; j++) {
        if (pipe(pipes[j]))
            g_error("sim: no pipe");
        children[j] = fork();
        if (children[j] < 0)
            g_error("sim: no process");
        if (children[j] == 0) {
            Totals part = {0};
            run_worlds(options, worlds * j / options->jobs, worlds * (j + 1) / options->jobs,
                       traces, &part);
            fflush(stdout);
            _exit(write(pipes[j][1], &part, sizeof part) == sizeof part ? 0 : 1);
        }
        close(pipes[j][1]);
    }
    for (gint64 j = 0; j < options->jobs; j++) {
        Totals part;
        char *to = (char *)&part;
        gsize have = 0;
        for (ssize_t n = 1; n > 0 && have < sizeof part; have += (gsize)MAX(n, 0))
            n = read(pipes[j][0], to + have, sizeof part - have);
        close(pipes[j][0]);
        if (have == sizeof part)
            totals_join(ret, &part);
        gint64 at = worlds * j / options->jobs; /* the world in work is the first without a trace */
        while (at + 1 < worlds * (j + 1) / options->jobs && traces[at])
            at++;
        if (!end_child(children[j], options->seed + at) || have < sizeof part)
            fine = FALSE;
    }
    for (gint64 i = 0; i < worlds; i++)
        totals_mix(ret, traces[i]);
    munmap(traces, size);
    return fine;
}

static int replay(const Options *options)
{
    WorldOptions one = {.replay = TRUE, .plan = &options->plan, .visits = WORLD_VISITS};
    World *w = world_run((guint64)options->seed, &one);
    report_trace(w, options->all || !w->violated);
    gboolean violated = w->violated;
    if (violated)
        report_violation(w);
    else
        printf("seed %" G_GUINT64_FORMAT ": no violation, trace %016" G_GINT64_MODIFIER "x\n",
               w->seed, w->hash);
    world_free(w);
    return violated;
}

int main(int argc, char **argv)
{
    Options options = {.visits = 20000, .seed = 1, .jobs = 1, .shrink = TRUE};
    Totals totals = {0};
    if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        list();
        return 0;
    }
    if (!read_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return 2;
    }
    vfs_register();
    json_input_prepare();
    if (options.replay)
        return replay(&options);
    gint64 worlds = (options.visits + WORLD_VISITS - 1) / WORLD_VISITS;
    gint64 since = g_get_monotonic_time();
    gboolean fine = run_children(&options, worlds, &totals);
    totals.seconds = (double)(g_get_monotonic_time() - since) / 1e6;
    if (options.coverage || options.visits >= 20000)
        report_coverage(&totals);
    report_end(&totals, (int)options.jobs);
    return totals.violations || !fine;
}
