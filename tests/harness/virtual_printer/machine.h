/* A printer that exists only on the loopback interface: what its parts share.
 *
 * Threads: one accepts connections and one serves each (server.c, ipp.c), one prints (engine.c),
 * one takes control connections and one serves each (control.c). `mutex` guards everything that is
 * not said to be constant; `changed` is signalled whenever somebody may have waited for it. */
#pragma once
#include <cups/cups.h>
#include <glib.h>
#include <jansson.h>

typedef enum {
    FAULT_UNKNOWN = 0,
    FAULT_HALT,        /* stands with a state reason until it is cleared or the job is cancelled */
    FAULT_ABORT,       /* the printer gives the job up */
    FAULT_CANCEL,      /* somebody cancels it at the panel */
    FAULT_POWER_CYCLE, /* off and on: jobs and up-time are gone, counter and UUID stay */
    FAULT_HANG,        /* nothing is printed or answered until it is cleared */
} FaultKind;

typedef struct {
    const char *word; /* as in `plan fault=` */
    FaultKind kind;
    const char *reason; /* FAULT_HALT: printer-state-reasons */
} Fault;

typedef struct {
    const Fault *fault; /* NULL: no plan */
    int page;           /* from 1 */
    gboolean after;     /* strikes after the page, else before */
    gboolean once;
} Plan;

typedef enum {
    NET_UNKNOWN = 0,
    NET_OK,
    NET_REFUSE, /* nobody listens */
    NET_HANG,   /* connections are taken, requests never answered */
    NET_RESET,  /* every connection is reset */
    NET_DRIP,   /* answers come a byte each 50 ms */
} Net;

typedef enum {
    COUNTER_UNKNOWN = 0,
    COUNTER_OK,
    COUNTER_STUCK, /* says what it said when it got stuck */
    COUNTER_ABSENT,
    COUNTER_LAG, /* a page is counted 700 ms late */
} CounterMode;

#define COUNTER_LAG_MS 700

typedef struct {
    int id;
    char name[256], user[128], uuid[64], format[64], media[128], sides_keyword[64];
    char *file;                /* NULL: no document yet */
    int width_hmm, height_hmm; /* media-col's size in hundredths of a millimetre, 0: none */
    ipp_jstate_t state;
    const char *reasons; /* static */
    int sides, printed, sheets;
    gint64 bytes;
    gboolean duplex, cancelled, at_panel, pictured;
    gint64 created_ms, started_ms, ended_ms; /* monotonic, 0: not yet */
} Job;

/* Something that happens to the next `count` requests of one operation. */
typedef struct {
    ipp_op_t operation;
    int count;
    gboolean lose;     /* carried out, but the connection is reset instead of an answer */
    ipp_status_t fail; /* not carried out, answered with this; 0: no */
} Injection;

typedef struct {
    /* constant after the start */
    const char *spool;
    char **formats;
    gboolean png;
    char uuid[64];
    GByteArray *capabilities; /* encoded once: libcups keeps state in collections it writes */
    FILE *log;
    int wake_fd; /* written to when `net` changes */

    GMutex mutex;
    GCond changed;
    int port;
    int page_ms, off_ms;
    GPtrArray *jobs; /* Job */
    int next_id;
    int printing;       /* id of the job in the engine, 0: none */
    char *standing;     /* reasons set by `reasons`, separated by commas, "" none */
    const Fault *fault; /* the one that stands, NULL: none */
    char *media;        /* media-ready */
    gboolean paused, accepting;
    Plan plan;
    Net net;
    gboolean listening;
    gint64 drop_bytes;       /* the next document breaks off after so many, -1: no */
    GArray *injections;      /* Injection */
    GHashTable *connections; /* open sockets */
    gint64 counter, stuck_at;
    CounterMode counter_mode;
    GArray *page_times_ms; /* gint64: of the last pages */
    gint64 up_since_ms;
    int sides_total, sheets_total;
} Machine;

gint64 now_ms(void); /* monotonic */

/* event.c: one JSON object a line in spool/events.jsonl. Takes `detail` (may be NULL). Any thread.
 */
void event_write(Machine *machine, const char *event, json_t *detail);

/* capabilities.c */
void capabilities_encode(Machine *machine);
ipp_t *capabilities_decode(const Machine *machine); /* the caller ends it */

/* server.c */
int server_listen(int port, int *ret_port); /* on 127.0.0.1; -1 and a message */
void server_run(Machine *machine, int listener);
void server_set_net(Machine *machine, Net net); /* mutex held; back when it is so */

/* ipp.c: serves one request; FALSE: close the connection, FALSE with reset for a lost answer. */
gboolean ipp_serve(Machine *machine, http_t *http);
void connection_reset(http_t *http);

/* job.c; mutex held */
Job *job_create(Machine *machine, ipp_t *request);
Job *job_find(Machine *machine, int id);
gboolean job_is_done(const Job *job);
void job_end(Machine *machine, Job *job, ipp_jstate_t state, const char *reasons);
void job_cancel(Machine *machine, Job *job);
void job_describe(Machine *machine, const Job *job, ipp_t *answer, cups_array_t *wanted);
void job_free(gpointer job);

/* engine.c */
gpointer engine_run(gpointer machine);
const Fault *fault_find(const char *word);
ipp_pstate_t machine_state(const Machine *machine); /* mutex held */
gint64 machine_counter(Machine *machine);           /* what it tells, -1 absent; mutex held */

/* document.c */
int document_count_pages(const char *file, const char *format); /* -1: not that format */

/* Makes job-ID-page-N.png of the first `pages` pages. */
gboolean document_picture(const char *spool, int job_id, const char *file, const char *format,
                          int pages);

/* control.c */
gboolean control_start(Machine *machine, const char *path);
