/* The faults: one row each, with its rate, and where it may strike. */
#pragma once
#include "tests/sim/random.h"

/* Where a machine is when a fault strikes. */
typedef enum {
    MOMENT_UNKNOWN = 0,
    MOMENT_DOWN,   /* its process does not run */
    MOMENT_CLOSED,
    MOMENT_IDLE,   /* attract */
    MOMENT_CARD,   /* card asked for, read, looked up */
    MOMENT_LIST,
    MOMENT_PREVIEW,
    MOMENT_RESERVE,
    MOMENT_BIND,   /* baseline and rendering */
    MOMENT_RECHECK,
    MOMENT_SUBMIT,
    MOMENT_WATCH,
    MOMENT_CANCEL,
    MOMENT_EVIDENCE,
    MOMENT_HAND_OVER,
    MOMENT_AFTER,  /* done, refused, fault */
    MOMENT_RECOVER,
    MOMENT_COUNT
} Moment;

const char *moment_word(Moment moment);

typedef enum {
    FAULT_UNKNOWN = 0,
#define FAULT(id, word, group, rate, where, why) FAULT_##id,
#include "tests/sim/fault_table.h"
#undef FAULT
    FAULT_COUNT
} FaultId;

typedef struct {
    const char *word, *group;
    int rate;       /* in a million opportunities, before the swarm draws */
    unsigned where; /* set of 1 << Moment in which it can strike */
    const char *why; /* why not in the others */
} FaultRow;

const FaultRow *fault_row(FaultId id);
FaultId fault_from_word(const char *word); /* UNKNOWN: none */

/* What the command line wants. */
typedef struct {
    gboolean off[FAULT_COUNT];  /* never */
    gboolean only;              /* faults that are not `on` never strike, no swarm */
    gboolean on[FAULT_COUNT];
    FaultId once; /* this one strikes exactly once, at the opportunity that the seed draws */
} FaultPlan;

typedef struct {
    int rate[FAULT_COUNT];
    Random random[FAULT_COUNT];
    gint64 struck[FAULT_COUNT][MOMENT_COUNT];
    gint64 total;
    FaultId once;
    int once_after;
    gboolean quiet;
} Faults;

/* Swarm: each seed draws which faults there are, and how often. */
void faults_draw(Faults *faults, guint64 seed, const FaultPlan *plan);
gboolean faults_strike(Faults *faults, FaultId id, Moment moment);
