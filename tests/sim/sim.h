/* The simulator: the kiosk's own loop, visit, issuance, ledger and outbox, and the service's own
 * API, register and store, in one process and one thread on a virtual clock. What lies beneath the
 * product's own headers is simulated: threads (queue.h), disk (SQLite's VFS), clock, wire (http.h),
 * printer, reader and cabinet drivers, panel, pages (document.h) and people. Everything is drawn
 * from one seed. */
#pragma once
#include "tests/sim/faults.h"
#include "tests/sim/random.h"
#include "tests/sim/vfs.h"

#define MACHINES 4
#define RING 100000 /* lines of the trace that a replay keeps */
#define SERIAL_SIZE 13
#define KEY_SIZE 37
#define WALL_START_MS ((gint64)1795478400000) /* 2026-11-24T00:00:00Z */

typedef struct World World;
typedef struct Machine Machine;
typedef struct Office Office;   /* register_office.c: persons and their certificates */
typedef struct Central Central; /* central.c: the service */
typedef struct Oracle Oracle;   /* oracle.c: what the simulated papers and people know */
typedef struct Citizen Citizen;
typedef struct PrinterBox PrinterBox;
typedef struct Slot Slot;
struct Loop;

/* One kiosk and everything around it. */
struct Machine {
    World *world;
    int id; /* from 0; its number is id + 1 as four digits */
    char number[5];
    struct Config *config;
    void *loop;         /* Loop, NULL: the process does not run */
    gboolean dying;     /* crashed in the middle of a turn: nothing it does counts any more */
    gboolean stopping;  /* asked to end in order */
    guint incarnation;  /* of the process: deeds of an older one are void */
    gint64 boot_ms;     /* world time of the last start of the computer */
    gint64 wall_off_ms; /* how wrong its clock is */
    gint64 spent_ms;    /* by the call that is going on, beside the world's time */
    gint64 stalled_ms;  /* world time until which the process hangs */
    gint64 wake_ms;     /* the next turn that is due, 0: none */
    gint64 crash_ms[3]; /* the last ones, newest first; 0: none since somebody looked */
    gint64 net_down_ms, printer_down_ms; /* world time until which the wire is cut */
    gint64 closed_since_ms;              /* 0: open, or not running */
    gboolean staff_on_the_way;
    Disk *disk;
    PrinterBox *printer;
    Slot *slot;
    Citizen *citizen;
    struct ReaderThread *reader;
    Random random;
    int crashes;
};

typedef void (*Deed)(Machine *m, int number);

typedef struct {
    gboolean replay;       /* print the trace */
    const FaultPlan *plan; /* which faults, how often */
    int visits;            /* of one world */
} WorldOptions;

typedef struct {
    char invariant[8], detail[320];
    gint64 step, at_ms;
    int machine;
} Violation;

struct World {
    guint64 seed, hash; /* FNV-1a of the trace */
    gint64 now_ms;      /* of the true clock; starts at 1 000 000 */
    gint64 steps, lines, fsyncs, evaluations;
    int ended_visits;
    gint64 last_visit_ms;
    gboolean quiet;   /* the faults have stopped */
    gboolean staff_only; /* no citizen comes any more */
    const WorldOptions *options;
    Faults faults;
    Machine machines[MACHINES];
    Machine *current; /* whose code runs; NULL: the service's */
    Office *office;
    Central *central;
    Oracle *oracle;
    Disk *service_disk;
    GPtrArray *agenda; /* heap of what is to be done */
    guint64 order;
    gboolean violated;
    Violation violation;
    Random random;
    char **ring; /* the last lines of the trace */
    guint ring_at;
};

extern World *world; /* the one that runs */

/* ---- world.c */

/* Runs one world to its end. The caller frees with world_free. */
World *world_run(guint64 seed, const WorldOptions *options);
void world_free(World *w);

/* `deed` after `delay_ms`; void when the machine's process has changed by then, unless `outlives`.
 */
void world_plan(Machine *m, gint64 delay_ms, Deed deed, int number, gboolean outlives);
void world_trace(const Machine *m, const char *format, ...) G_GNUC_PRINTF(2, 3);
void world_violate(const Machine *m, const char *invariant, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Draws whether `fault` strikes now at `m` (NULL: the service), and counts it. */
gboolean strikes(Machine *m, FaultId fault);

/* Spends time of the call that is going on. */
void spend(gint64 ms);

/* ---- machine.c */
void machine_start(Machine *m, int number);     /* Deed: the process starts */
void machine_wake(Machine *m, gint64 at_ms);    /* a turn is due then */
void machine_forget_crashes(Machine *m); /* people looked, or nothing can know of them */
void machine_crash(Machine *m, gboolean power); /* at once; power: the disk loses what is not synced */
void machine_quit(Machine *m);                  /* SIGTERM */
void machine_run_turn(Machine *m, int number);  /* Deed */
Moment machine_moment(const Machine *m);
gboolean machine_is_open(const Machine *m);
const char *machine_closed_reason(const Machine *m); /* "" open; "down" */

void machine_mount(Machine *m); /* faults of its disk begin */

/* ---- the parts */
void network_forget(void); /* requests of a world that has ended never arrive */
void printer_setup(Machine *m);
void printer_free(Machine *m);
void printer_power(Machine *m, gboolean on);
void printer_stop_faults(Machine *m);
gboolean printer_is_healthy(const Machine *m);
void printer_mend(Machine *m);                             /* a technician clears everything */
gboolean printer_top(const Machine *m, char ret[SERIAL_SIZE]); /* FALSE: the tray is empty */
void printer_add_blanks(Machine *m, guint64 first, int n);
int printer_blanks(const Machine *m);
gboolean printer_has_counter(const Machine *m);
gboolean printer_has_job(const Machine *m, const char *key); /* that could still print */
void printer_test_page(Machine *m);

void slot_setup(Machine *m);
void slot_free(Machine *m);
void slot_drop(Machine *m, int paper); /* a booklet falls into it */
int slot_reach(Machine *m);            /* a citizen takes one; -1: none within reach */
void slot_empty(Machine *m);           /* a technician */
void slot_stop_faults(Machine *m);
gboolean slot_is_healthy(const Machine *m);

void reader_put(Machine *m, int person);
void reader_lift(Machine *m);
int reader_card(const Machine *m); /* person, or -1 */
gboolean reader_is_healthy(const Machine *m);
void reader_mend(Machine *m);

void citizen_setup(Machine *m);
void citizen_free(Machine *m);
void citizen_process_ended(Machine *m);
int citizen_visit(const Machine *m); /* serial number of the visit of who stands there, -1: nobody */
int citizen_person(const Machine *m);

void staff_look(Machine *m, int number); /* Deed, again and again */
void staff_settle(Machine *m, int number);

/* ---- register_office.c */
Office *office_create(World *w);
void office_free(Office *office);
int office_draw_person(Office *office, Random *r);   /* new, or one who was here before */
const char *office_name(const Office *office, int person);
const char *office_id_number(const Office *office, int person);
gboolean office_has_person(const Office *office, const char *text); /* a name or number in it */
const char *office_record_of_digest(const Office *office, const char *digest);
gboolean office_is_unprintable(const Office *office, const char *record);
void office_touch(Office *office, Random *r, int person); /* the register changes a record of his */
void office_restore(Office *office); /* imports again what a backup lacks */

/* ---- central.c */
typedef struct {
    const char *method, *path, *body;
    char visit[65], key[40];
    gboolean english;
} Request;

typedef struct {
    int status, retry_after_s; /* status 0: none came */
    const char *type;
    char *body; /* the caller frees */
    gsize length;
} Answer;

void central_open(World *w);
void central_close(World *w);
gboolean central_is_up(const World *w);
void central_call(Machine *m, const Request *request, Answer *ret);
void central_stop(World *w, int down_ms, gboolean power);
void central_backup(Machine *m, int number);
gboolean central_assign(World *w, const Machine *m, const char *first, const char *last);
gboolean central_import(World *w, const char *payload, gsize length, const char *reason);
void central_finish(Machine *m, int number); /* Deed: starts again */

typedef struct {
    char kiosk[5], key[40], booklet[13], record[65], digest[27], identifier[64];
    int state; /* RegisterState */
    gboolean open, locks;
    gint64 changed_ms;
} CentralRow;

/* All issuances of the register; the caller frees. NULL: it cannot be read now. */
GArray *central_list(World *w); /* of CentralRow */

/* People settle an issuance at the service: `people` of them sign (1 or 2). The problem's word, ""
 * when it was taken. */
const char *central_settle(World *w, const CentralRow *row, const char *word, int people);
int central_restores(const World *w); /* backups restored so far */
gboolean central_is_restoring(const World *w); /* kiosks are waited for, or may be */
const char *central_word(int state); /* of a RegisterState, as the API says it */

/* The answer to a request that carries an idempotency key; told to the oracle. */
void oracle_service_answer(const char *key, const char *asked, int status, GBytes *answer);

/* The service itself has answered the report `body` of an issuance, or has never heard of that. */
void oracle_service_heard(const char *key, const char *body);

/* What the register says of an issuance; told to the oracle. */
void oracle_service_state(const char *key, int state, gboolean locks, gint64 lease_until_ms);
void oracle_service_forgets(void); /* a backup was restored: states come anew */
gboolean oracle_lost_since(gint64 at_ms); /* some machine its journal */
