/* Work for the worker threads. A call is made in the main thread, carried out in the worker's, and
 * comes back as the same object in the loop's queue: inputs above, answers below. */
#pragma once
#include "firmware/base/queue.h"
#include "firmware/document/document.h"
#include "firmware/document/machine_sheet.h"
#include "firmware/service/service.h"
#include "drivers/printer.h"
#include "drivers/reader.h"

/* Messages in the loop's queue. */
typedef enum {
    MESSAGE_UNKNOWN = 0,
    MESSAGE_READER,   /* ReaderReport */
    MESSAGE_SERVICE,  /* ServiceCall */
    MESSAGE_PRINTER,  /* PrinterCall */
    MESSAGE_DOCUMENT, /* DocumentCall */
    MESSAGE_STICK,    /* StickCall */
} MessageType;

typedef enum {
    SERVICE_CALL_UNKNOWN = 0,
    SERVICE_CALL_KIOSK,
    SERVICE_CALL_OPEN,
    SERVICE_CALL_FACTOR,
    SERVICE_CALL_RESEND,
    SERVICE_CALL_CLOSE,
    SERVICE_CALL_RECORD,
    SERVICE_CALL_RESERVE,
    SERVICE_CALL_RESERVE_AGAIN,
    SERVICE_CALL_REPORT,
    SERVICE_CALL_SETTLE, /* a report by two people, for the menu */
    SERVICE_CALL_STATUS,
} ServiceCallKind;

typedef struct {
    ServiceCallKind kind;
    guint32 visit_no; /* answers for another visit than the present one are dropped */
    guint32 request;  /* of the issuance, to be echoed */
    int certificate;  /* RECORD: index in the list */
    Holder *holder;   /* OPEN; owned */
    char language[8];
    char token[65], code[8], record[65];
    char key[40], identifier[64], booklet[13], digest[32], state[16], reason[201];
    char settled_by[2][33]; /* REPORT, SETTLE: two people, or "" */
    char *body; /* STATUS: JSON; REPORT: evidence; owned */

    gboolean ok;
    GError *error;
    ServiceProblem problem;
    ServiceKiosk *info;             /* KIOSK; owned */
    ServiceVisit *visit;            /* OPEN; owned */
    Record *fetched;                /* RECORD; owned */
    ServiceReservation reservation; /* RESERVE_AGAIN: the first answer, as input, too */
    ServiceDesire desire;
} ServiceCall;

typedef enum {
    PRINTER_CALL_UNKNOWN = 0,
    PRINTER_CALL_STATUS,
    PRINTER_CALL_WATCH, /* STATUS, but only once it is news or any other call comes */
    PRINTER_CALL_SUBMIT,
    PRINTER_CALL_LOOK_UP,
    PRINTER_CALL_CANCEL,
    PRINTER_CALL_CANCEL_OTHERS,
} PrinterCallKind;

typedef struct {
    PrinterCallKind kind;
    guint32 request;
    char name[40];        /* job-name */
    GBytes *document;     /* SUBMIT: PDF, or */
    RasterSource *raster; /* the pages themselves; owned, both */
    int width_um, height_um, impressions;
    gint64 not_after_ms;  /* SUBMIT: CLOCK_BOOTTIME behind which nothing is sent; 0: no limit */

    int pause_ms, hold_ms; /* WATCH: between two looks; without news for at most so long */

    gboolean ok;
    GError *error;
    PrinterStatus status; /* WATCH: what is known already, as input, too */
    PrinterJobStatus job;
    SubmitResult submit;
    PrinterSent sent;
} PrinterCall;

typedef enum {
    DOCUMENT_CALL_UNKNOWN = 0,
    DOCUMENT_CALL_OPEN, /* fonts and template; sent once by the worker itself */
    DOCUMENT_CALL_LAYOUT,
    DOCUMENT_CALL_PICTURE,
    DOCUMENT_CALL_ISSUE,
    DOCUMENT_CALL_WIPE,
    DOCUMENT_CALL_SHEET, /* about the machine itself */
    DOCUMENT_CALL_PLACE, /* what is laid out is forgotten */
} DocumentCallKind;

typedef struct {
    DocumentCallKind kind;
    guint32 visit_no, request;
    int certificate;
    Record *record; /* LAYOUT; owned */
    int page, zoom; /* PICTURE */
    gboolean covered;
    double dots_per_mm;
    char qr_text[400], booklet[13]; /* ISSUE */
    PrinterFormat format;           /* ISSUE, SHEET: what the printer takes; SHEET UNKNOWN: a file */
    int dpi;                        /* ISSUE, SHEET: of the raster */
    SheetKind sheet;
    char *text; /* SHEET; owned */
    Placement placement;  /* PLACE */
    char template_id[65]; /* OPEN, PLACE: document_template_id */

    gboolean ok;
    GError *error;
    int pages;
    const char *kinds[12];
    int width_um, height_um;
    cairo_surface_t *picture; /* owned */
    GBytes *pdf;              /* owned; ISSUE, SHEET: this, or */
    RasterSource *raster;     /* owned */
    guint8 sha256[32];        /* over record digest, template and QR text */
} DocumentCall;

/* What goes onto a USB stick: the report alone, else journal, audit and log. */
typedef struct {
    guint32 number;                /* of the export: late answers of an older one are dropped */
    char *path, *journal, *log;    /* mount point, the journal's file, text; owned */
    GBytes *report;                /* PDF, or NULL; owned */
    char folder[72];               /* wanted; as it was named in the end */

    gboolean over, ok; /* else only `percent` is meant */
    GError *error;
    int percent;
    guint files;
} StickCall;

void stick_call_free(StickCall *call);
void service_call_free(ServiceCall *call);
void printer_call_free(PrinterCall *call);
void document_call_free(DocumentCall *call);

typedef struct {
    ReaderEvent event;
} ReaderReport;

void reader_report_free(ReaderReport *report);

/* The threads. `events`: the loop's queue. The service and the printer's worker take their object
 * over and end it. */
Worker *service_worker_start(Service *service, Queue *events);
Worker *printer_worker_start(const char *name, const PrinterDriver *driver, Printer *printer,
                             Queue *events);
Worker *document_worker_start(const Config *config, Queue *events);

Worker *stick_worker_start(Queue *events);

typedef struct ReaderThread ReaderThread;

/* Polls the reader in a thread of its own and posts what is new. Takes `reader` over. */
ReaderThread *reader_thread_start(const ReaderDriver *driver, Reader *reader, Queue *events);
void reader_thread_set_mode(ReaderThread *thread, ReaderMode mode);
void reader_thread_describe(ReaderThread *thread, ReaderDescription *ret); /* from any thread */
void reader_thread_stop(ReaderThread *thread); /* NULL is fine */
