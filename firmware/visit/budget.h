/* The two minutes: machine time of one certificate, from the card read. The clock runs while the
 * machine works (reading, asking the service, drawing, printing) and stands while a person reads or
 * decides. Pure. */
#pragma once
#include <glib.h>

typedef struct {
    gint64 used_ms;       /* before the running stretch */
    gint64 running_since; /* monotonic ms, or -1: standing */
} Budget;

void budget_reset(Budget *budget);
void budget_run(Budget *budget, gint64 now_ms);   /* no effect while running */
void budget_pause(Budget *budget, gint64 now_ms); /* no effect while standing */
gint64 budget_used_ms(const Budget *budget, gint64 now_ms);

/* Of BUDGET_MS, never below 0. */
gint64 budget_left_ms(const Budget *budget, gint64 now_ms);
