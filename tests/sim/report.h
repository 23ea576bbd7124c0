/* What a run adds up to, and how it is told. */
#pragma once
#include "tests/sim/sim.h"

typedef struct {
    guint64 hash; /* of all traces, in the order of seeds */
    gint64 visits, worlds, steps, fsyncs, evaluations, faults, violations, machine_ms;
    gint64 struck[FAULT_COUNT][MOMENT_COUNT];
    double seconds; /* of wall clock */
} Totals;

void totals_add(Totals *totals, const World *w);
void totals_join(Totals *totals, const Totals *part);
void totals_mix(Totals *totals, guint64 trace); /* of each world in the order of seeds */
void report_coverage(const Totals *totals);
void report_end(const Totals *totals, int jobs);
void report_violation(const World *w);
void report_trace(const World *w, gboolean all); /* all: of every machine */
