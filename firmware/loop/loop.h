/* Private to this room: the one loop of the machine. It owns everything but what the worker threads
 * own, sleeps until an event, hands events to the pure core (visit, issuance) and carries out the
 * effects that come back. */
#pragma once
#include "firmware/issuance/ledger.h"
#include "firmware/loop/calls.h"
#include "firmware/loop/loop_menu.h"
#include "firmware/maintenance/readiness.h"
#include "firmware/staff/staff.h"
#include "firmware/visit/pace.h"
#include "firmware/visit/visit.h"
#include "drivers/cabinet.h"
#include "ui/panel.h"

struct Loop {
    Config *config; /* only a placement changes while it runs */
    const char *vfs; /* SQLite's file system for the journal, NULL: the system's */
    Queue *events;
    const PanelDriver *panel_driver;
    Panel *panel;
    ReaderThread *reader;
    Worker *service, *printer, *sender, *document;
    const PrinterDriver *printer_driver;
    Printer *outlet; /* the sender's, to interrupt it */
    const CabinetDriver *cabinet_driver;
    Cabinet *cabinet;
    Ledger *ledger;
    Staff *staff; /* NULL in a mere check */
    int signal_fd;

    Visit visit;
    gboolean drawing, draw_wanted, resend_waiting, slot_was_full;
    /* A call that the busy service wants to hear again, UNKNOWN: none. */
    ServiceCallKind again;
    int again_certificate;
    char again_language[8];
    gint64 again_ms;
    guint32 visit_no; /* counts visits: late answers of an older one are dropped */
    Holder *holder;
    ServiceVisit *list;
    Record *record; /* of the prepared certificate */
    int record_certificate;
    PageImage image;
    cairo_surface_t *picture;

    Issuance issuance;
    gboolean has_issuance;
    gboolean issuance_of_visit; /* the visit in front of the machine started it */
    GBytes *pdf;                /* rendered, waiting for SUBMIT: this, or */
    RasterSource *raster;
    PrinterSent sent; /* of this issuance's job */
    Pace pace;
    PaceRun pace_run;
    char *pace_file; /* NULL: not kept */
    int leaf_width_um, leaf_height_um;

    ReadinessInput ready;
    gboolean recovered; /* every issuance of before the start is settled */
    gboolean journal_failed;
    ServiceKiosk info;
    gboolean info_known;
    gint64 info_asked_ms, status_asked_ms, printer_asked_ms; /* monotonic, 0: never */
    gboolean info_waiting, status_waiting, report_waiting;
    PrinterCallKind printer_waiting; /* STATUS, WATCH; UNKNOWN: neither */
    int info_pause_ms;
    char service_stop[32]; /* reason word when the service's answer closes the kiosk */
    char stop_key[40];     /* the issuance whose settlement opens it again; "" none */
    char acknowledged[SETTLEMENTS_MAX][40]; /* settlements journalled, for the next status report */
    gsize n_acknowledged;
    gint64 retry_after_ms; /* 429, 503: no call to the service before */
    Lamp lamp;
    gboolean release_failed; /* the visit has not been told yet */
    gboolean retract_failed; /* the last retained booklet may still lie in the slot */
    gint64 clock_off_ms; /* of the service's time, when info is known */
    char audit_cut[96];   /* the head that was found missing, until a supervisor has seen it; "" */
    char audit_seen[96];  /* the one that he has seen */
    gint64 clock_base_ms; /* wall time at boot, when that was compared */
    LoopMenu menu;

    gboolean check_only; /* `kiosk check`: look, change nothing */
    gint64 now_ms;       /* monotonic, of this turn */
    gboolean quitting;
    gint64 quit_by_ms;
};

/* loop_gate.c: what is known of the parts, and whether the machine is open. */
void loop_gate_tick(Loop *loop);           /* asks parts that are due */
gint64 loop_gate_due_ms(const Loop *loop); /* when the next asking is due, monotonic; -1 never */
void loop_gate_service_answer(Loop *loop, ServiceCall *call);
void loop_gate_printer_answer(Loop *loop, const PrinterCall *call);
void loop_gate_reader(Loop *loop, const ReaderEvent *event);
void loop_gate_document(Loop *loop, const DocumentCall *call);
void loop_gate_refresh(Loop *loop); /* READY or NOT_READY when it changed */
void loop_gate_collect(Loop *loop); /* fills loop->ready */

/* loop_visit.c: the visit's effects and its answers. */
void loop_visit_send(Loop *loop, const VisitEvent *event);
void loop_visit_service_answer(Loop *loop, ServiceCall *call);
void loop_visit_document_answer(Loop *loop, DocumentCall *call);
void loop_visit_reader(Loop *loop, ReaderEvent *event);
void loop_visit_forget(Loop *loop);
void loop_visit_tick(Loop *loop);
gint64 loop_visit_due_ms(const Loop *loop); /* monotonic; -1 never */

/* loop_issuance.c: the issuance's effects and its answers. */
gboolean loop_issuance_start(Loop *loop, int certificate);
void loop_issuance_send(Loop *loop, IssuanceEvent *event);
/* The booklet of this visit is retained, and the exit sensor has seen none, neither before nor by
 * `status` now: it may still come out, or the sensor is broken. */
gboolean loop_booklet_came_never(const Loop *loop, const CabinetStatus *status);

void loop_issuance_recover(Loop *loop); /* the next issuance of before the start, if any */
void loop_issuance_service_answer(Loop *loop, ServiceCall *call);
void loop_issuance_document_answer(Loop *loop, DocumentCall *call);
void loop_issuance_tick(Loop *loop);
void loop_issuance_forget(Loop *loop);         /* what was rendered and not sent */
gint64 loop_issuance_due_ms(const Loop *loop); /* monotonic; -1 never */

/* loop_report.c: what the service is told and what it tells. */
void loop_outbox_pump(Loop *loop);
void loop_outbox_answer(Loop *loop, ServiceCall *call);
void loop_outbox_reserved(Loop *loop, ServiceCall *call); /* RESERVE_AGAIN */
void loop_report_stop(Loop *loop, const ServiceCall *call); /* closes until a person settled it */
void loop_report_reconcile(Loop *loop); /* compares the journal with loop->info */
void loop_report_open(Loop *loop); /* what was found before this start */
void loop_report_settlements(Loop *loop, const ServiceDesire *desire);

/* loop_outage.c: a journal that does not open keeps the machine closed, not away. */
gboolean loop_outage_is(const GError *error);
/* Shows why until it is worth trying again; FALSE: the machine was told to end. */
gboolean loop_outage_wait(const PanelDriver *driver, Panel *panel, int signal_fd,
                          const GError *error);

/* loop_starts.c: crashes are counted in the journal; too many take the machine out of service. */
gboolean loop_starts_begin(Loop *loop, GError **error);
void loop_starts_end(Loop *loop); /* this one ends in order */
/* Of the crashes in `note`, those that still count at `wall_ms`: how many, each with a blank behind
 * it in `ret`. One that nobody had seen yet is found now. */
guint loop_starts_fold(const char *note, gint64 wall_ms, GString *ret);

/* loop_printer.c: the issuance's questions to the printer, and its answers. */
void loop_printer_ask(Loop *loop, PrinterCallKind kind, guint32 request);
void loop_printer_submit(Loop *loop, const IssuanceEffect *effect);
int loop_printer_expected_ms(const Loop *loop, Stage stage, int printed); /* 0 unknown */
void loop_printer_keep_pace(Loop *loop); /* a print ended well: its durations count */
void loop_issuance_printer_answer(Loop *loop, PrinterCall *call);

/* loop.c */
gboolean loop_open_parts(Loop *loop, GError **error);
/* For a check: opens what opens, and tells what does not; those parts stay NULL. */
typedef void (*LoopFault)(gpointer context, const char *part, const GError *error);
void loop_try_parts(Loop *loop, LoopFault fault, gpointer context);
void loop_quit(Loop *loop); /* no new visit; what runs is settled first */
void loop_take_messages(Loop *loop);
void loop_close_parts(Loop *loop);
void loop_turn(Loop *loop);         /* everything that is due at now_ms; never waits */
int loop_sleep_ms(Loop *loop);      /* until something is due by itself; -1: never */
gboolean loop_may_quit(Loop *loop); /* an end was asked for, and nothing is left to be settled */

/* Calls with their destructor. */
void loop_call_service(Loop *loop, ServiceCall *call);
void loop_call_printer(Loop *loop, PrinterCall *call);
void loop_call_document(Loop *loop, DocumentCall *call);
