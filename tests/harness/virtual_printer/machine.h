/* A printer that exists only on the loopback interface: what its parts share.
 *
 * Threads: one accepts connections and one serves each (server.c, ipp.c), one prints (engine.c),
 * one takes control connections and one serves each (control.c). `mutex` guards everything that is
 * not said to be constant; `changed` is signalled whenever somebody may have waited for it. */
#pragma once
#include <cups/cups.h>
#include <cups/raster.h>
#include <glib.h>
#include <jansson.h>

#define MEDIA_LOADED "custom_leaf_167x240mm" /* media-ready, if nothing else is said */

typedef enum {
    FAULT_UNKNOWN = 0,
    FAULT_HALT,        /* stands with a state reason until it is cleared or the job is cancelled */
    FAULT_STALL,       /* the same, but it says that it prints */
    FAULT_REASON,      /* a state reason stands, printing goes on */
    FAULT_ABORT,       /* the printer gives the job up */
    FAULT_CANCEL,      /* somebody cancels it at the panel */
    FAULT_POWER_CYCLE, /* off and on: jobs and up-time are gone, counter and UUID stay */
    FAULT_HANG,        /* nothing is printed or answered until it is cleared */
    FAULT_NET,         /* the network is so until it is cleared, printing goes on */
    FAULT_COUNTER,     /* the counter is so until it is cleared, printing goes on */
    FAULT_EARLY,       /* says that the job is completed, printing goes on */
    FAULT_VANISH,      /* the job is in no list any more, printing goes on */
    FAULT_SWAP,        /* another printer answers: other UUID and counter, no jobs */
} FaultKind;

typedef struct {
    const char *word; /* as in `plan fault=` */
    FaultKind kind;
    const char *reason; /* HALT, REASON: printer-state-reasons */
    int value;          /* NET: Net; COUNTER: CounterMode */
} Fault;

typedef enum {
    MOMENT_BEFORE = 0, /* the paper is still in the tray */
    MOMENT_AT,         /* the side is half printed: not counted, but there is ink on it */
    MOMENT_AFTER,
} Moment;

typedef struct {
    const Fault *fault; /* NULL: no plan */
    int page;           /* from 1 */
    Moment moment;
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
    COUNTER_LAG,   /* a page is counted `lag_ms` late */
    COUNTER_RESET, /* back to 0, once */
} CounterMode;

typedef struct {
    int id;
    char name[256], user[128], uuid[64], format[64], media[128], sides_keyword[64];
    char *file;                /* NULL: no document yet */
    int width_hmm, height_hmm; /* media-col's size in hundredths of a millimetre, 0: none */
    ipp_jstate_t state;
    const char *reasons; /* static */
    int arrived;         /* sides whose data is here */
    gboolean ended;      /* no more data comes */
    gboolean broken;     /* the data ended too early, or is not what it says */
    int printed, sheets;
    gint64 bytes;
    gboolean duplex, cancelled, at_panel, aborted, pictured;
    gboolean hidden;                         /* in no list */
    gboolean early;                          /* says that it is completed while it prints */
    gint64 created_ms, started_ms, ended_ms; /* monotonic, 0: not yet */
} Job;

typedef enum {
    INJECT_NOTHING = 0,
    INJECT_LOSE,   /* carried out, but the connection is reset instead of an answer */
    INJECT_FAIL,   /* not carried out, answered with the status `value` */
    INJECT_LIE,    /* carried out, answered with the status `value` */
    INJECT_DELAY,  /* carried out `value` ms late */
    INJECT_RESET,  /* not carried out, the connection is reset */
    INJECT_BABBLE, /* carried out, answered with bytes that are no IPP */
} InjectionKind;

/* Something that happens to the next `count` requests of one operation. */
typedef struct {
    ipp_op_t operation;
    int count;
    InjectionKind kind;
    int value;
} Injection;

typedef struct {
    /* constant after the start */
    const char *spool;
    char **formats;
    gboolean png;
    gboolean late;            /* a raster is only looked at when it is whole */
    gboolean tls;             /* ipps on the same port */
    GByteArray *capabilities; /* encoded once: libcups keeps state in collections it writes */
    FILE *log;
    int wake_fd; /* written to when `net` changes */

    GMutex mutex;
    GCond changed;
    int port;
    char uuid[64];
    int page_ms, off_ms, lag_ms;
    int buffer_sides; /* a raster is read no further than so many ahead of the paper; 0: is */
    int supply;       /* of the toner, in percent */
    GPtrArray *jobs;  /* Job */
    int next_id;
    int printing;       /* id of the job in the engine, 0: none */
    char *standing;     /* reasons set by `reasons`, separated by commas, "" none */
    const Fault *fault; /* the one that stands, NULL: none */
    char *media;        /* media-ready */
    gboolean paused, accepting;
    gboolean power_wanted; /* the engine is to turn it off and on */
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
void supply_describe(const Machine *machine, ipp_t *all); /* mutex held */
ipp_t *capabilities_decode(const Machine *machine);       /* the caller ends it */

/* server.c */
int server_listen(int port, int *ret_port); /* on 127.0.0.1; -1 and a message */
void server_run(Machine *machine, int listener);
void server_set_net(Machine *machine, Net net); /* mutex held; back when it is so */

/* snmp.c: prtMarkerLifeCount (RFC 3805) for version 1 and 2c on a port of 127.0.0.1. */
gboolean snmp_start(Machine *machine, int *ret_port);

/* receive.c: reads the document of job `id` from a request; FALSE when the connection is of no more
 * use. */
gboolean receive_document(Machine *machine, http_t *http, int id, const char *format);

/* ipp.c: serves one request; FALSE: close the connection, FALSE with reset for a lost answer. */
gboolean ipp_serve(Machine *machine, http_t *http);
void connection_reset(http_t *http);

/* job.c; mutex held */
Job *job_create(Machine *machine, ipp_t *request);
Job *job_find(Machine *machine, int id);
Job *job_find_listed(Machine *machine, int id); /* as clients see it */
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
void machine_set_counter(Machine *machine, CounterMode mode); /* mutex held */
void machine_new_uuid(Machine *machine);                      /* main.c; mutex held */

/* document.c */
int document_count_pdf(const char *file); /* -1: no PDF */
gboolean document_is_raster(const char *format);

/* Reads a PWG raster page by page. `next` is called for each whole page, from 1; FALSE ends it.
 * Pictures the first `pictures` pages as job-ID-page-N.png. The number of whole pages, -1 if one is
 * broken. */
typedef gboolean (*DocumentPage)(gpointer context, int page);
int document_walk_raster(cups_raster_iocb_t read, gpointer source, const char *spool, int job_id,
                         int pictures, DocumentPage next, gpointer context);

/* Makes job-ID-page-N.png of the first `pages` pages. */
gboolean document_picture(const char *spool, int job_id, const char *file, const char *format,
                          int pages);

/* control.c */
gboolean control_start(Machine *machine, const char *path);
