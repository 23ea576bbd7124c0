/* How long this printer takes, from what it took before: the median of its last prints. Pure but for
 * loading and saving. */
#pragma once
#include <glib.h>

#define PACE_KEPT 15

/* The last durations, the oldest first. */
typedef struct {
    int ms[PACE_KEPT];
    gsize count;
} PaceSeries;

typedef struct {
    char uuid[64];    /* of the printer that was measured, "" none */
    PaceSeries first; /* from handing the job over to its first side: warm-up and first page */
    PaceSeries side;  /* from side to side */
} Pace;

/* Reads `path`; a file that is absent or makes no sense leaves an empty Pace. */
void pace_load(Pace *pace, const char *path);

/* Writes it anew, whole or not at all. */
gboolean pace_save(const Pace *pace, const char *path, GError **error);

/* What was measured belongs to this printer: another one starts anew. */
void pace_use(Pace *pace, const char *uuid);

/* Adds a duration of 1 ms to an hour; anything else is dropped. */
void pace_add(PaceSeries *series, gint64 ms);

int pace_median(const PaceSeries *series); /* ms, -1 none yet */

/* Time until the last of `sides` is out when `printed` of them are, 0 or less: none yet. -1: never
 * measured. */
int pace_left_ms(const Pace *pace, int printed, int sides);

/* After so long without progress the job is given up: four times what is usual, within bounds that
 * leave the two minutes room. */
int pace_first_limit_ms(const Pace *pace);
int pace_side_limit_ms(const Pace *pace);

/* One print under way: durations count only when it ends well. */
typedef struct {
    gint64 since_ms; /* monotonic: handed over, or the last side seen; 0: none */
    int printed;     /* sides seen */
    int first_ms;    /* 0: not yet */
    PaceSeries side;
} PaceRun;

void pace_begin(PaceRun *run, gint64 now_ms);
void pace_see(PaceRun *run, int printed, gint64 now_ms);
void pace_keep(const PaceRun *run, Pace *pace);
