/* journal_times FOLDER ROUNDS STEPS: what a journal step costs. Rounds alternate between STEPS raw
 * appends of 4 KiB with fdatasync and STEPS steps of the journal, both in FOLDER; one JSON object a
 * round on standard output, microseconds for one. With ROUNDS 0 only the STEPS are written, for a
 * count of flushes from outside. */
#include "firmware/base/clock.h"
#include "firmware/issuance/journal.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double time_raw(int fd, int steps)
{
    static char page[PAGE];
    double since = now_us();
    for (int i = 0; i < steps; i++) {
        memset(page, i, sizeof page);
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd))
            g_error("raw write failed");
    }
    return (now_us() - since) / steps;
}

/* Steps as long as a BIND, the longest that a visit waits for before it prints. */
static double time_steps(Journal *journal, int steps)
{
    JournalDraft draft = {.step = JOURNAL_BIND};
    g_strlcpy(draft.key, "00000000-0000-4000-8000-000000000001", sizeof draft.key);
    memset(draft.body, 'x', 380);
    memcpy(draft.body, "{\"kid\":\"", 8);
    memcpy(draft.body + 378, "\"}", 3);
    double since = now_us();
    for (int i = 0; i < steps; i++)
        if (!journal_append(journal, &draft, 1, clock_wall_ms(), NULL))
            g_error("step failed");
    return (now_us() - since) / steps;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 4)
        return 2;
    int rounds = (int)strtol(argv[2], NULL, 10), steps = (int)strtol(argv[3], NULL, 10);
    g_autofree char *path = g_build_filename(argv[1], JOURNAL_FILE, NULL);
    g_autofree char *raw_path = g_build_filename(argv[1], "raw", NULL);
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, &error);
    if (!journal || steps < 1)
        g_error("%s", error ? error->message : "no steps");
    if (rounds == 0) {
        fputs("steps begin\n", stderr); /* a mark in the trace */
        (void)time_steps(journal, steps);
        fputs("steps end\n", stderr);
        return 0;
    }
    for (int i = 0; i < rounds; i++) {
        int fd = open(raw_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        double raw = time_raw(fd, steps);
        double step = time_steps(journal, steps);
        close(fd);
        printf("{\"raw_us\": %.1f, \"step_us\": %.1f}\n", raw, step);
        journal_rest(journal, NULL); /* as after a visit */
    }
    return 0;
}
