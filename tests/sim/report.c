#include "tests/sim/report.h"
#include <stdio.h>
#include <string.h>

#define FNV_PRIME 0x100000001b3u

static guint64 mix(guint64 hash, guint64 value)
{
    for (int i = 0; i < 8; i++)
        hash = (hash ^ (value >> (8 * i) & 0xff)) * FNV_PRIME;
    return hash;
}

void totals_mix(Totals *totals, guint64 trace)
{
    totals->hash = mix(totals->hash, trace);
}

void totals_add(Totals *totals, const World *w)
{
    totals->visits += w->ended_visits;
    totals->worlds++;
    totals->steps += w->steps;
    totals->fsyncs += w->fsyncs;
    totals->evaluations += w->evaluations;
    totals->faults += w->faults.total;
    totals->violations += w->violated;
    totals->machine_ms += (w->now_ms - 1000000) * MACHINES;
    for (int i = 0; i < FAULT_COUNT; i++)
        for (int j = 0; j < MOMENT_COUNT; j++)
            totals->struck[i][j] += w->faults.struck[i][j];
}

void totals_join(Totals *totals, const Totals *part)
{
    totals->visits += part->visits;
    totals->worlds += part->worlds;
    totals->steps += part->steps;
    totals->fsyncs += part->fsyncs;
    totals->evaluations += part->evaluations;
    totals->faults += part->faults;
    totals->violations += part->violations;
    totals->machine_ms += part->machine_ms;
    for (int i = 0; i < FAULT_COUNT; i++)
        for (int j = 0; j < MOMENT_COUNT; j++)
            totals->struck[i][j] += part->struck[i][j];
}

static void print_cell(gint64 n, gboolean can)
{
    if (!can && !n)
        printf("        -");
    else
        printf(" %8" G_GINT64_FORMAT, n);
}

/* Why a state is seldom met by a fault that could strike in it. */
static const char *const seldom[MOMENT_COUNT] = {
    [MOMENT_LIST] = "of the journal only acknowledgements are written",
    [MOMENT_PREVIEW] = "of the journal only acknowledgements are written",
    [MOMENT_BIND] = "one reading and the QR long",
    [MOMENT_RECHECK] = "one reading of the printer long",
    [MOMENT_CANCEL] = "only a print that is given up; of the journal only acknowledgements",
    [MOMENT_EVIDENCE] = "a job prints on behind its end only when it said so too early",
    [MOMENT_RECOVER] = "only behind a crash"};

/* The cells that stayed empty although they can be struck, state by state. */
static void print_empty(const Totals *totals)
{
    for (int j = 1; j < MOMENT_COUNT; j++) {
        GString *faults = g_string_new("");
        for (int i = 1; i < FAULT_COUNT; i++)
            if ((fault_row((FaultId)i)->where >> j & 1) && !totals->struck[i][j])
                g_string_append_printf(faults, " %s", fault_row((FaultId)i)->word);
        if (faults->len)
            printf("not met in %s%s%s%s:%s\n", moment_word((Moment)j), seldom[j] ? " (" : "",
                   seldom[j] ? seldom[j] : "", seldom[j] ? ")" : "", faults->str);
        g_string_free(faults, TRUE);
    }
}

void report_coverage(const Totals *totals)
{
    int never = 0;
    printf("%-26s", "fault x state");
    for (int j = 1; j < MOMENT_COUNT; j++)
        printf(" %8s", moment_word((Moment)j));
    putchar('\n');
    for (int i = 1; i < FAULT_COUNT; i++) {
        const FaultRow *row = fault_row((FaultId)i);
        printf("%-26s", row->word);
        for (int j = 1; j < MOMENT_COUNT; j++) {
            gboolean can = row->where >> j & 1;
            print_cell(totals->struck[i][j], can);
            never += can && !totals->struck[i][j];
        }
        printf("%s%s\n", *row->why ? "  - " : "", row->why);
    }
    printf("%d cells that could have been struck were not\n", never);
    print_empty(totals);
}

void report_end(const Totals *totals, int jobs)
{
    double visits = (double)MAX(totals->visits, 1);
    double seconds = MAX(totals->seconds, 0.001);
    printf(
        "a visit: %.2f fsyncs, %.3f injected faults, %.0f evaluations of invariants, %.0f steps, "
        "%.2f ms of wall clock\n",
        (double)totals->fsyncs / visits, (double)totals->faults / visits,
        (double)totals->evaluations / visits, (double)totals->steps / visits,
        seconds * 1000 / visits);
    printf("%" G_GINT64_FORMAT " worlds of %d kiosks, %.0f hours of kiosk time in %.1f s on %d "
           "process%s\n",
           totals->worlds, MACHINES, (double)totals->machine_ms / 3.6e6, seconds, jobs,
           jobs == 1 ? "" : "es");
    printf("trace %016" G_GINT64_MODIFIER "x\n", totals->hash);
    printf("%" G_GINT64_FORMAT " visits, %" G_GINT64_FORMAT " faults, %" G_GINT64_FORMAT
           " violations, %.0f times real time\n",
           totals->visits, totals->faults, totals->violations,
           (double)totals->machine_ms / 1000 / seconds);
}

void report_violation(const World *w)
{
    const Violation *v = &w->violation;
    printf("VIOLATION of %s at seed %" G_GUINT64_FORMAT ", step %" G_GINT64_FORMAT
           ", machine %s: %s\n",
           v->invariant, w->seed, v->step,
           v->machine < 0 ? "service" : w->machines[v->machine].number, v->detail);
    fflush(stdout);
}

void report_trace(const World *w, gboolean all)
{
    const char *number = w->violation.machine < 0 ? "" : w->machines[w->violation.machine].number;
    for (guint i = 0; i < RING; i++) {
        const char *line = w->ring[(w->ring_at + i) % RING];
        const char *who = line ? strchr(line + 1, ' ') : NULL;
        if (!line)
            continue;
        if (*line == ' ')
            who = line + 14;
        if (all || !*number || !strncmp(who + 1, number, 4) || !strncmp(who + 1, "svc ", 4))
            puts(line);
    }
}
