/* What is known of the parts, and whether the machine is open. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/kiosk.h"
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <string.h>
#include <sys/statvfs.h>

#define CLOCK_SLACK_MS 5000
#define INFO_PAUSE_MIN_MS 2000
#define INFO_PAUSE_MAX_MS 30000
#define PRINTER_RETRY_MS 2000
#define PRINTER_HOLD_MS 30000
#define CLOCK_PAUSE_MS (3600 * 1000)
#define CLOCK_RETRY_MS 10000
#define RESTORING_PAUSE_MS 5000

/* A mere check may have found no journal: none was begun, or it does not open. */
static void collect_ledger(Loop *loop, ReadinessInput *ready)
{
    g_autoptr(GError) error = NULL;
    ready->stock_reason = "stock-empty";
    if (!loop->ledger)
        return;
    ready->journal_error[0] = '\0';
    ready->stock_reason = NULL;
    if (!stock_next(ledger_stock(loop->ledger), ready->next_serial, &ready->stock_reason))
        ready->next_serial[0] = '\0';
    if (loop->journal_failed || !journal_is_ready(ledger_journal(loop->ledger), &error))
        g_strlcpy(ready->journal_error, error ? error->message : "a write failed: restart",
                  sizeof ready->journal_error);
    ready->retained = ledger_count(loop->ledger, ISSUANCE_RETRACTED);
    ready->retract_failed = loop->retract_failed;
    ready->unsure = ledger_count(loop->ledger, ISSUANCE_UNSURE) +
                    ledger_count(loop->ledger, ISSUANCE_RETRACTED);
    ready->unreported = (guint)outbox_length(ledger_outbox(loop->ledger));
}

/* -1: nobody knows. */
static gint64 find_free_bytes(const Loop *loop)
{
    struct statvfs disk;
    g_autofree char *folder = config_path(loop->config, "kiosk", "state_dir");
    return statvfs(folder, &disk) ? -1 : (gint64)disk.f_bavail * (gint64)disk.f_frsize;
}

void loop_gate_collect(Loop *loop)
{
    ReadinessInput *ready = &loop->ready;
    ready->free_bytes = find_free_bytes(loop);
    ready->clock_off_ms = loop->clock_off_ms;
    if (loop->reader)
        reader_thread_describe(loop->reader, &ready->described);
    if (loop->cabinet)
        loop->cabinet_driver->get_status(loop->cabinet, &ready->cabinet);
    if (loop->service_stop[0]) {
        ready->service_wants_open = TRI_NO;
        g_strlcpy(ready->service_reason, loop->service_stop, sizeof ready->service_reason);
    }
    ready->out_of_service = loop->menu.out_of_service;
    ready->settling = !loop->recovered;
    g_strlcpy(ready->audit_cut, loop->audit_cut, sizeof ready->audit_cut);
    ready->job_open = loop->has_issuance && loop->issuance.job_open;
    collect_ledger(loop, ready);
}
void loop_gate_refresh(Loop *loop)
{
    /* The machine's own printing is no reason to close it. */
    if (visit_is_running(&loop->visit) && loop->visit.state >= VISIT_PRINTING &&
        loop->visit.state <= VISIT_DONE)
        return;
    loop_gate_collect(loop);
    Checks checks;
    readiness_check(&loop->ready, &checks);
    const Check *bad = readiness_first_bad(&checks);
    gboolean busy = loop->has_issuance && issuance_is_running(&loop->issuance);
    if (!bad && !busy && !loop->quitting) {
        if (!loop->visit.ready) {
            log_info("kiosk", "ready: open for citizens");
            loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_READY});
        }
        return;
    }
    const char *reason = bad ? bad->reason : loop->quitting ? "maintenance" : "starting";
    if (!loop->visit.ready && !strcmp(reason, loop->visit.closed_reason))
        return;
    char sentence[CHECK_SENTENCE_BYTES];
    if (bad)
        check_say(bad, LANGUAGE_EN, sentence, sizeof sentence);
    if (bad)
        log_warn("kiosk", "closed: %s: %s", bad->id, sentence);
    loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = reason});
}

static void ask_info(Loop *loop)
{
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = SERVICE_CALL_KIOSK;
    loop->info_waiting = TRUE;
    loop->info_asked_ms = loop->now_ms;
    loop_call_service(loop, call);
}

/* "SEQ:HASH" of a chain; the caller frees. */
static char *write_head(const Loop *loop, gint64 (*get)(const Journal *, char[65]))
{
    char hash[65];
    gint64 seq = get(ledger_journal(loop->ledger), hash);
    return g_strdup_printf("%" G_GINT64_FORMAT ":%s", seq, hash);
}

/* The heartbeat: readiness, stock, what people must settle, the journal's head. */
static char *write_status(Loop *loop)
{
    loop_gate_collect(loop);
    Checks checks;
    readiness_check(&loop->ready, &checks);
    g_autofree char *steps = write_head(loop, journal_head);
    g_autofree char *events = write_head(loop, journal_audit_head);
    Stock *stock = ledger_stock(loop->ledger);
    json_t *counts = json_object();
    for (int state = BOOKLET_IN_STOCK; state < BOOKLET_STATE_COUNT; state++)
        json_object_set_new(counts, booklet_state_word((BookletState)state),
                            json_integer(stock_count(stock, (BookletState)state)));
    json_t *status = json_pack(
        "{s:b, s:s, s:s, s:s, s:i, s:i, s:o}", "ready", readiness_first_bad(&checks) == NULL,
        "version", KIOSK_VERSION, "journal_head", steps, "audit_head", events, "unsure",
        (int)ledger_count(loop->ledger, ISSUANCE_UNSURE), "retracted",
        (int)ledger_count(loop->ledger, ISSUANCE_RETRACTED), "stock", counts);
    json_t *keys = json_array();
    for (gsize i = 0; i < loop->n_acknowledged; i++)
        json_array_append_new(keys, json_string(loop->acknowledged[i]));
    json_object_set_new(status, "acknowledged", keys);
    if (*loop->audit_cut)
        json_object_set_new(status, "audit_cut", json_string(loop->audit_cut));
    if (*loop->audit_seen)
        json_object_set_new(status, "audit_seen", json_string(loop->audit_seen));
    guint32 told = ledger_told_epoch(loop->ledger);
    if (told)
        json_object_set_new(status, "told_epoch", json_integer(told));
    char *text = json_dumps(status, JSON_COMPACT);
    char *copy = g_strdup(text);
    secret_free(text);
    json_decref(status);
    return copy;
}

static void ask_status(Loop *loop)
{
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = SERVICE_CALL_STATUS;
    call->body = write_status(loop);
    loop->status_waiting = TRUE;
    loop->status_asked_ms = loop->now_ms;
    loop_call_service(loop, call);
}

/* Nobody is served or mends: it is enough to hear of the printer when it has something to say. */
static gboolean is_at_rest(const Loop *loop)
{
    return loop->visit.ready && loop->visit.state == VISIT_ATTRACT &&
           loop->ready.printer_answered && !menu_is_open(&loop->menu.menu);
}

static void ask_printer(Loop *loop)
{
    gboolean watch = loop->printer_asked_ms && is_at_rest(loop);
    PrinterCall *call = g_new0(PrinterCall, 1);
    call->kind = watch ? PRINTER_CALL_WATCH : PRINTER_CALL_STATUS;
    call->pause_ms = config_int(loop->config, "printer", "poll_idle_ms");
    call->hold_ms = PRINTER_HOLD_MS;
    call->status = loop->ready.printer;
    loop->printer_waiting = call->kind;
    loop->printer_asked_ms = loop->now_ms;
    loop_call_printer(loop, call);
}

/* A restored service opens when every kiosk has told it all: soon. */
static gint64 status_pause_ms(const Loop *loop)
{
    if (!strcmp(loop->ready.service_reason, SERVICE_RESTORING))
        return RESTORING_PAUSE_MS;
    return config_int(loop->config, "service", "status_s") * 1000;
}

/* An issuance that runs reads the printer itself; so does a technician's sheet. */
static gboolean prints(const Loop *loop)
{
    return (loop->has_issuance && issuance_is_running(&loop->issuance)) || *loop->menu.work.job;
}

static gboolean may_ask_printer(const Loop *loop)
{
    gboolean free = loop->printer_waiting == PRINTER_CALL_UNKNOWN ||
                    (loop->printer_waiting == PRINTER_CALL_WATCH && !loop->printer_asked_ms);
    return loop->printer && free && !prints(loop);
}

static gint64 printer_due_ms(const Loop *loop)
{
    if (!loop->printer_asked_ms)
        return 0;
    gint64 pause = loop->ready.printer_answered
                       ? config_int(loop->config, "printer", "poll_idle_ms")
                       : PRINTER_RETRY_MS;
    return loop->printer_asked_ms + pause;
}

static gboolean service_is_up(const Loop *loop)
{
    return loop->info_known && loop->ready.service == TRI_YES;
}

/* Down: again after a growing pause. Up: to compare the clocks, sooner while they differ. */
static gint64 info_due_ms(const Loop *loop)
{
    if (!loop->info_asked_ms)
        return 0;
    if (!service_is_up(loop))
        return loop->info_asked_ms + loop->info_pause_ms;
    return loop->info_asked_ms + (loop->ready.clock == TRI_YES ? CLOCK_PAUSE_MS : CLOCK_RETRY_MS);
}

static gint64 status_due_ms(const Loop *loop)
{
    return loop->status_asked_ms ? loop->status_asked_ms + status_pause_ms(loop) : 0;
}

/* After a bad outcome nobody knew which blank is on top: the scanner reads that it is the right one.
 * A wrong one stays a person's matter. */
static void follow_scanner(Loop *loop)
{
    const char *why = NULL;
    char serial[SERIAL_LENGTH + 1] = "";
    const CabinetStatus *cabinet = &loop->ready.cabinet;
    JournalDraft draft;
    g_autoptr(GError) error = NULL;
    if (cabinet->can_scan != TRI_YES || loop->check_only || loop->journal_failed ||
        !loop->recovered || (loop->has_issuance && issuance_is_running(&loop->issuance)))
        return;
    const Stock *stock = ledger_stock(loop->ledger);
    if (stock_next(stock, serial, &why) || strcmp(why, "stock-position") ||
        !stock_expected(stock, serial) || strcmp(serial, cabinet->scanned_serial) ||
        !stock_draft_next(stock, serial, "scanner", &draft, NULL))
        return;
    if (ledger_append(loop->ledger, &draft, 1, clock_wall_ms(), &error)) {
        log_info("kiosk", "the scanner reads %s on top, as it should be", serial);
        return;
    }
    log_error("journal", "%s", error->message);
    loop->journal_failed = TRUE;
}

/* Moves only when somebody sets the clock. */
static gint64 find_clock_base_ms(void)
{
    return clock_wall_ms() - clock_boottime_ms();
}

/* Somebody set the clock: it counts for nothing until it was compared again. */
static void watch_clock(Loop *loop)
{
    if (loop->ready.clock != TRI_YES || loop->info_waiting ||
        ABS(find_clock_base_ms() - loop->clock_base_ms) < CLOCK_SLACK_MS / 2)
        return;
    log_warn("kiosk", "the clock was set: comparing it with the service's");
    loop->ready.clock = TRI_UNKNOWN;
    loop->info_asked_ms = 0;
}

void loop_gate_tick(Loop *loop)
{
    watch_clock(loop);
    follow_scanner(loop);
    if (may_ask_printer(loop) && loop->now_ms >= printer_due_ms(loop))
        ask_printer(loop);
    if (loop->now_ms < loop->retry_after_ms)
        return;
    if (loop->service && !loop->info_waiting && loop->now_ms >= info_due_ms(loop))
        ask_info(loop);
    if (!loop->check_only && service_is_up(loop) && !loop->status_waiting && loop->now_ms >= status_due_ms(loop))
        ask_status(loop);
}

gint64 loop_gate_due_ms(const Loop *loop)
{
    gint64 due = G_MAXINT64;
    if (may_ask_printer(loop))
        due = MIN(due, printer_due_ms(loop));
    if (!loop->info_waiting)
        due = MIN(due, MAX(info_due_ms(loop), loop->retry_after_ms));
    if (service_is_up(loop) && !loop->status_waiting)
        due = MIN(due, MAX(status_due_ms(loop), loop->retry_after_ms));
    return due == G_MAXINT64 ? -1 : due;
}

static void judge_clock(Loop *loop)
{
    gint64 wall = clock_wall_ms();
    loop->clock_base_ms = find_clock_base_ms();
    gint64 off = ABS(wall - loop->info.server_time_ms);
    loop->clock_off_ms = wall - loop->info.server_time_ms;
    gboolean trusted = off <= CLOCK_SLACK_MS && clock_shanghai_day(wall) >= KIOSK_RELEASE_DAY;
    if (!trusted && loop->ready.clock != TRI_NO)
        log_error("kiosk", "clock is %" G_GINT64_FORMAT " ms off the service's: set it", off);
    loop->ready.clock = trusted ? TRI_YES : TRI_NO;
}

static void take_info(Loop *loop, const ServiceCall *call)
{
    loop->info_waiting = FALSE;
    if (!call->ok)
        return;
    loop->info = *call->info;
    loop->info_known = TRUE;
    loop->info_pause_ms = INFO_PAUSE_MIN_MS;
    judge_clock(loop);
    loop_report_reconcile(loop);
}

static void take_status(Loop *loop, const ServiceCall *call)
{
    loop->status_waiting = FALSE;
    if (!call->ok)
        return;
    if (call->desire.epoch && call->desire.epoch != loop->info.epoch)
        loop->info_asked_ms = 0; /* restored from a backup: what does it still know? */
    loop_report_settlements(loop, &call->desire);
    if (loop->service_stop[0])
        return;
    loop->ready.service_wants_open = call->desire.open ? TRI_YES : TRI_NO;
    g_strlcpy(loop->ready.service_reason, call->desire.reason, sizeof loop->ready.service_reason);
}

void loop_gate_service_answer(Loop *loop, ServiceCall *call)
{
    loop->ready.service = call->ok ? TRI_YES : TRI_NO;
    if (call->ok && problem_action(problem_from_word(loop->service_stop)) == PROBLEM_ACTION_CLOSE)
        loop->service_stop[0] = '\0'; /* it lets this kiosk in again */
    if (!call->ok) {
        loop->info_pause_ms = CLAMP(loop->info_pause_ms * 2, INFO_PAUSE_MIN_MS, INFO_PAUSE_MAX_MS);
        loop->retry_after_ms = loop->now_ms + call->problem.retry_after_s * 1000;
        loop->ready.service_fault = call->error->code;
        g_strlcpy(loop->ready.service_error, call->error->message,
                  sizeof loop->ready.service_error);
        if (problem_action(call->problem.problem) == PROBLEM_ACTION_CLOSE)
            g_strlcpy(loop->ready.service_reason, problem_word(call->problem.problem),
                      sizeof loop->ready.service_reason);
    }
    if (call->kind == SERVICE_CALL_KIOSK)
        take_info(loop, call);
    else
        take_status(loop, call);
}

static gboolean has_reason(const PrinterStatus *status, const char *keyword)
{
    for (gsize i = 0; i < status->n_reasons; i++)
        if (!strcmp(status->reasons[i].keyword, keyword))
            return TRUE;
    return FALSE;
}

/* Nobody else may print here, and what was left over would come out between two pages of a booklet.
 * A queue that stopped is started again when it is empty. */
static void cancel_strangers(Loop *loop, const PrinterStatus *status)
{
    gboolean found = status->jobs > 0 || has_reason(status, "spooler-busy") ||
                     has_reason(status, "spooler-stopped");
    if (!found || prints(loop) || !loop->recovered || loop->check_only)
        return;
    log_warn("printer", "jobs that are not ours wait at the printer: cancelling them");
    loop_printer_ask(loop, PRINTER_CALL_CANCEL_OTHERS, 0);
}

void loop_gate_printer_answer(Loop *loop, const PrinterCall *call)
{
    if (call->request)
        return; /* the issuance's own reading */
    if (call->ok)
        cancel_strangers(loop, &call->status);
    if (call->ok)
        pace_use(&loop->pace, call->status.uuid);
    if (call->kind == loop->printer_waiting)
        loop->printer_waiting = PRINTER_CALL_UNKNOWN;
    loop->ready.printer_asked = TRUE;
    loop->ready.printer_answered = call->ok;
    gboolean told = !call->ok && call->error && !kiosk_error_is(call->error, KIOSK_ERROR_TIMEOUT);
    g_strlcpy(loop->ready.printer_error, told ? call->error->message : "",
              sizeof loop->ready.printer_error);
    loop->ready.printer = call->status;
}

void loop_gate_reader(Loop *loop, const ReaderEvent *event)
{
    Tri attached = event->type == READER_EVENT_ATTACHED ? TRI_YES : TRI_NO;
    if (loop->ready.reader == attached && loop->ready.absence == event->absence)
        return;
    loop->ready.reader = attached;
    loop->ready.absence = event->absence;
    if (attached == TRI_YES)
        log_info("reader", "attached");
    else
        log_info("reader", "gone (%s); it comes back by itself",
                 reader_absence_word(event->absence));
}

void loop_gate_document(Loop *loop, const DocumentCall *call)
{
    loop->ready.document = call->ok ? TRI_YES : TRI_NO;
    if (call->ok)
        return;
    g_strlcpy(loop->ready.document_error, call->error->message, sizeof loop->ready.document_error);
    log_error("document", "%s", call->error->message);
}
