/* Shared by the printer's two files. */
#pragma once
#include "drivers/printer.h"
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"

#define LAG_MS 900 /* until a lagging counter has moved on by one */

typedef struct {
    char name[40];
    GBytes *document;
    int sides, printed, paper; /* paper -1: none fed yet */
    int told; /* sides that the job says it has, of all its passes */
    JobState state;
    gboolean forgotten;      /* the printer denies that it had it */
    gboolean said_completed; /* it says so although it still prints */
    gboolean never_ends, again, twice;
    gboolean in_queue; /* at the spooler, not at the printer */
    gint64 not_before_ms;
} Job;

struct PrinterBox {
    Random random;
    gboolean on, planned, has_counter, door_open, paused, low, wrong_media;
    gint64 boot_ms, off_until_ms;
    guint uuid;
    gint64 counter, stuck_at; /* stuck_at 0: it moves */
    int lag;                  /* sides that the counter is behind since lag_ms */
    gint64 lag_ms;
    const char *reasons[4]; /* that stop it */
    gsize n_reasons;
    GArray *blanks; /* of guint64, top first */
    guint64 next_serial;
    GSList *jobs; /* of Job, oldest first */
};

Job *printer_find_job(const Machine *m, const char *name);
gboolean printer_job_lives(const Job *job);
int printer_lag(const PrinterBox *p); /* sides that the counter is behind now */
int printer_count_jobs(const Machine *m);
void printer_stop(PrinterBox *p, const char *reason);
void printer_plan(Machine *m); /* the engine works as long as there is a job */
void printer_end_job(Machine *m, Job *job, JobState state);
void printer_take_top(Machine *m, Fate fate);
