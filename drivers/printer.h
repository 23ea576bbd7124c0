/* Contract of a printer. One driver = one const struct in `printer_drivers` (drivers.c). Words are
 * IPP's (RFC 8011, PWG 5100). A printer belongs to one thread; every call ends within the
 * configured timeout (a submission: within `stall_ms` without progress). A failed query is unknown,
 * never fine. Sending may take as long as printing: the kiosk opens the printer twice, one sends, one
 * looks and cancels. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/base/error.h"
#include "firmware/base/raster.h"

typedef struct Printer Printer;

typedef enum {
    PRINTER_STATE_UNKNOWN = 0,
    PRINTER_STATE_IDLE,       /* IPP 3 */
    PRINTER_STATE_PROCESSING, /* IPP 4 */
    PRINTER_STATE_STOPPED,    /* IPP 5 */
} PrinterState;

typedef enum {
    PRINTER_SEVERITY_UNKNOWN = 0, /* it says none, and the keyword has no row */
    PRINTER_SEVERITY_REPORT,
    PRINTER_SEVERITY_WARNING,
    PRINTER_SEVERITY_ERROR,
} PrinterSeverity;

typedef struct {
    char keyword[64]; /* printer-state-reasons, without -report, -warning, -error if it has a row */
    PrinterSeverity severity;
} PrinterReason;

/* What a document is sent as, in the order of preference. */
typedef enum {
    PRINTER_FORMAT_UNKNOWN = 0,
    PRINTER_FORMAT_PWG, /* image/pwg-raster (PWG 5102.4), 8 bit gray */
    PRINTER_FORMAT_PDF, /* application/pdf */
} PrinterFormat;

/* Where the page counter comes from. */
typedef enum {
    PRINTER_COUNTER_UNKNOWN = 0, /* there is none */
    PRINTER_COUNTER_IPP,         /* printer-impressions-completed (PWG 5100.22) */
    PRINTER_COUNTER_SNMP,        /* prtMarkerLifeCount (RFC 3805) */
} PrinterCounter;

typedef struct {
    char name[40]; /* "" unknown */
    int percent;   /* 0 to 100; -1 unknown */
} PrinterSupply;

typedef struct {
    PrinterState state;
    Tri accepting;             /* printer-is-accepting-jobs */
    PrinterReason reasons[16];
    gsize n_reasons;
    char uuid[64];             /* printer-uuid, "" unknown */
    int up_time_s;             /* printer-up-time, -1 unknown */
    gint64 impressions;        /* sides printed in its life, -1 unknown */
    PrinterCounter counter;    /* where that comes from */
    int jobs;                  /* not-completed jobs at the printer, -1 unknown */
    Tri media_ready;           /* the configured media is in media-ready */
    char media_wanted[24];     /* "167 x 240 mm", for people; "" none is configured */
    char media_found[24];      /* the first size in its trays, "" unknown */
    gboolean from_spooler;     /* the printer speaks no IPP: this is what the spooler says of it */
    PrinterFormat format;      /* the fastest that it takes, UNKNOWN: not known, or none */
    int dpi;                   /* PWG: resolution to draw at, 0 unknown */
    char setup_error[200];     /* what of the configuration this printer cannot do; "" fine */
    char model[128];           /* printer-make-and-model, "" unknown */
    char firmware[64];         /* printer-firmware-string-version, "" unknown */
    PrinterSupply supplies[8];
    gsize n_supplies;
} PrinterStatus;

typedef struct {
    const char *name;          /* job-name: the issuance key, opaque */
    PrinterFormat format;
    GBytes *document;          /* PDF */
    RasterSource *pages;       /* PWG: gray; drawn while it is sent, by up to two threads */
    int width_um, height_um;   /* media size */
    int impressions;           /* sides in feed order */
} PrinterJob;

/* What left the machine: evidence for the journal. */
typedef struct {
    PrinterFormat format;
    gint64 bytes;       /* of the document, 0: none was sent */
    guint8 sha256[32];  /* over them */
    gint64 first_ms;    /* clock_monotonic_ms when the first byte was handed to the wire, 0: none */
} PrinterSent;

typedef enum {
    JOB_STATE_UNKNOWN = 0,
    JOB_STATE_ABSENT,     /* proved absent: the printer answered and has no such job */
    JOB_STATE_PENDING,    /* IPP 3, 4 */
    JOB_STATE_PROCESSING, /* IPP 5, 6 */
    JOB_STATE_CANCELED,   /* IPP 7 */
    JOB_STATE_ABORTED,    /* IPP 8 */
    JOB_STATE_COMPLETED,  /* IPP 9: sent, not necessarily printed */
} JobState;

typedef struct {
    JobState state;        /* at the printer itself, else as from_spooler says */
    JobState queue_state;  /* at the spooler, where one is used; else ABSENT */
    int impressions;       /* job-impressions-completed at the printer, -1 unknown */
    gboolean incoming;     /* waits for its document (job-state-reasons job-incoming) */
    gboolean stuck;        /* waits in a stopped queue: will not go on by itself */
    gboolean from_spooler; /* the printer speaks no IPP: COMPLETED means sent to it */
} PrinterJobStatus;

typedef enum {
    SUBMIT_UNKNOWN = 0, /* the connection broke: look the job up */
    SUBMIT_TAKEN,       /* printer or spooler has the whole document */
    SUBMIT_REFUSED,     /* surely not created */
    SUBMIT_NOT_SENT,    /* its time was over before any driver heard of it; never a driver's word */
} SubmitResult;

typedef struct {
    const char *name;

    /* Reads the configuration; does not connect. NULL and KIOSK_ERROR_CONFIG. */
    Printer *(*open)(const Config *config, GError **error);

    /* The printer's own state. FALSE and KIOSK_ERROR_UNAVAILABLE, _TIMEOUT; then `ret` is all
     * unknown. */
    gboolean (*get_status)(Printer *printer, PrinterStatus *ret, GError **error);

    /* Sends one job; ends after at most `stall_ms` without progress. `ret_sent` may be NULL.
     * `error` says why for anything but TAKEN. */
    SubmitResult (*submit)(Printer *printer, const PrinterJob *job, PrinterSent *ret_sent,
                           GError **error);

    /* Looks the job up by its name at the printer and, where used, at the spooler. */
    gboolean (*get_job)(Printer *printer, const char *name, PrinterJobStatus *ret, GError **error);

    /* Cancels it at both, and resumes a queue that the backend stopped. TRUE when neither has it
     * any more in a state that could print. */
    gboolean (*cancel_job)(Printer *printer, const char *name, GError **error);

    /* Cancels every waiting job whose name is not `keep` (may be NULL). TRUE when none is left. */
    gboolean (*cancel_others)(Printer *printer, const char *keep, GError **error);

    /* Any thread: a submission that is under way ends at once, as SUBMIT_UNKNOWN. Without one it does
     * nothing. */
    void (*interrupt)(Printer *printer);

    void (*close)(Printer *printer); /* NULL is fine */
} PrinterDriver;

extern const PrinterDriver *const printer_drivers[];

const PrinterDriver *printer_driver_find(const char *name);
const char *printer_state_word(PrinterState state); /* idle, processing, stopped, unknown */
const char *job_state_word(JobState state);         /* IPP's keywords, absent, unknown */
const char *printer_format_word(PrinterFormat format);   /* MIME type, "" unknown */
const char *printer_counter_word(PrinterCounter counter); /* ipp, snmp, none */

/* One row a known state reason: what it means for a citizen and for a technician. */
typedef struct {
    const char *keyword;
    gboolean blocks;        /* whatever its severity; see printer_reason_blocks */
    gboolean doubts;        /* casts doubt on what was printed just before */
    const char *check;      /* id of the readiness check: printer.media, printer.door, ... */
    const char *citizen;    /* word of the closed screen, whose sentence the translations hold */
    const char *zh, *en;    /* what a technician does, one sentence */
} PrinterReasonRow;

/* NULL: unknown keyword. */
const PrinterReasonRow *printer_reason_row(const char *keyword);

/* TRUE if nothing may be printed while this reason stands: it has a row, and its severity is ERROR or
 * the row says that it always blocks. A reason without a row counts as a warning, whatever it ends
 * in: a printer that cannot go on also says that it is stopped. */
gboolean printer_reason_blocks(const PrinterReason *reason);

/* The same over the whole state; one that is unknown or stopped prints nothing. */
gboolean printer_can_print(const PrinterStatus *status);

/* FALSE if what was printed just before may be spoiled or still be inside: jam, door, empty toner, a
 * stop for an error without a row, an unknown state. An empty tray casts no doubt: a printer may stop
 * for want of paper right after the last side of a good job. */
gboolean printer_is_clean(const PrinterStatus *status);
