#include "firmware/loop/loop.h"
#include "firmware/base/clock.h"
#include "firmware/base/limit.h"
#include "firmware/base/log.h"
#include "firmware/kiosk.h"
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define PANEL_FDS 8
#define PACE_FILE "printer-pace.ini" /* in the folder of the state */
#define QUIT_MS 120000
#define QUIT_REPORT_MS 5000 /* for reports once nothing else runs */
#define WATCHDOG_MS 20000
#define SLOT_LOOK_MS 200

void loop_call_service(Loop *loop, ServiceCall *call)
{
    worker_request(loop->service, call->kind, call, (GDestroyNotify)service_call_free);
}

void loop_call_printer(Loop *loop, PrinterCall *call)
{
    Worker *worker = call->kind == PRINTER_CALL_SUBMIT ? loop->sender : loop->printer;
    worker_request(worker, call->kind, call, (GDestroyNotify)printer_call_free);
}

void loop_call_document(Loop *loop, DocumentCall *call)
{
    worker_request(loop->document, call->kind, call, (GDestroyNotify)document_call_free);
}

void loop_quit(Loop *loop)
{
    if (loop->quitting)
        return;
    loop->quitting = TRUE;
    loop->quit_by_ms = loop->now_ms + QUIT_MS;
    log_info("kiosk", "ending: no new visit, the running issuance is settled first");
}

gboolean loop_may_quit(Loop *loop)
{
    if (!loop->quitting)
        return FALSE;
    if (loop->now_ms >= loop->quit_by_ms)
        return TRUE;
    if (loop->has_issuance && issuance_is_running(&loop->issuance))
        return FALSE;
    loop->quit_by_ms = MIN(loop->quit_by_ms, loop->now_ms + QUIT_REPORT_MS);
    return outbox_length(ledger_outbox(loop->ledger)) == 0 || loop->ready.service == TRI_NO;
}

static void take_panel_events(Loop *loop)
{
    PanelEvent event;
    while (loop->panel_driver->next_event(loop->panel, &event)) {
        switch (event.type) {
        case PANEL_EVENT_ACTION:
            if (menu_is_open(&loop->menu.menu))
                loop_menu_send(loop, &(MenuEvent){.type = MENU_EVENT_ACTION + (int)event.action.id,
                                                  .number = event.action.index});
            else
                loop_visit_send(loop,
                                &(VisitEvent){.type = VISIT_EVENT_ACTION + (int)event.action.id,
                                              .number = event.action.index});
            break;
        case PANEL_EVENT_TEXT:
            if (menu_is_open(&loop->menu.menu))
                loop_menu_send(loop, &(MenuEvent){.type = MENU_EVENT_TEXT, .text = event.text});
            else
                loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_TEXT, .text = event.text});
            secret_wipe(event.text, sizeof event.text);
            break;
        case PANEL_EVENT_QUIT:
            loop_quit(loop);
            return;
        case PANEL_EVENT_UNKNOWN:
            break;
        }
    }
}

static void take_service(Loop *loop, ServiceCall *call)
{
    switch (call->kind) {
    case SERVICE_CALL_KIOSK:
    case SERVICE_CALL_STATUS:
        loop_gate_service_answer(loop, call);
        loop_task_service_answer(loop, call);
        return;
    case SERVICE_CALL_RESERVE:
        loop_issuance_service_answer(loop, call);
        return;
    case SERVICE_CALL_RESERVE_AGAIN:
        loop_outbox_reserved(loop, call);
        return;
    case SERVICE_CALL_SETTLE:
        loop_task_settled(loop, call);
        return;
    case SERVICE_CALL_REPORT:
        loop_outbox_answer(loop, call);
        return;
    case SERVICE_CALL_OPEN:
    case SERVICE_CALL_FACTOR:
    case SERVICE_CALL_RESEND:
    case SERVICE_CALL_CLOSE:
    case SERVICE_CALL_RECORD:
        loop_visit_service_answer(loop, call);
        return;
    case SERVICE_CALL_UNKNOWN:
        return;
    }
}

static void take_document(Loop *loop, DocumentCall *call)
{
    if (*call->template_id)
        g_strlcpy(loop->menu.facts.template_id, call->template_id,
                  sizeof loop->menu.facts.template_id);
    if (call->kind == DOCUMENT_CALL_OPEN)
        loop_gate_document(loop, call);
    else if (call->kind == DOCUMENT_CALL_ISSUE)
        loop_issuance_document_answer(loop, call);
    else if (call->kind == DOCUMENT_CALL_SHEET)
        loop_task_document_answer(loop, call);
    else if (call->kind != DOCUMENT_CALL_PLACE)
        loop_visit_document_answer(loop, call);
}

static void take_printer(Loop *loop, PrinterCall *call)
{
    if (call->kind == PRINTER_CALL_STATUS || call->kind == PRINTER_CALL_WATCH)
        loop_gate_printer_answer(loop, call);
    loop_issuance_printer_answer(loop, call);
    loop_task_printer_answer(loop, call);
}

void loop_take_messages(Loop *loop)
{
    Message message;
    while (queue_pop(loop->events, &message)) {
        switch ((MessageType)message.type) {
        case MESSAGE_READER:
            loop_visit_reader(loop, &((ReaderReport *)message.payload)->event);
            break;
        case MESSAGE_SERVICE:
            take_service(loop, message.payload);
            break;
        case MESSAGE_PRINTER:
            take_printer(loop, message.payload);
            break;
        case MESSAGE_DOCUMENT:
            take_document(loop, message.payload);
            break;
        case MESSAGE_STICK:
            loop_task_stick_answer(loop, message.payload);
            break;
        case MESSAGE_UNKNOWN:
            break;
        }
        message_clear(&message);
    }
}

static gboolean watches_slot(const Loop *loop)
{
    return loop->visit.state == VISIT_COLLECT && loop->visit.settings.sees_taken;
}

/* The exit sensor says that the booklet was taken: something lay there, now nothing does. */
static void watch_slot(Loop *loop)
{
    if (!watches_slot(loop)) {
        loop->slot_was_full = FALSE;
        return;
    }
    CabinetStatus status = {0};
    loop->cabinet_driver->get_status(loop->cabinet, &status);
    loop->slot_was_full = loop->slot_was_full || status.slot_empty == TRI_NO;
    if (loop->slot_was_full && status.slot_empty == TRI_YES)
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_TAKEN_SEEN});
}

static void fire_visit_deadline(Loop *loop)
{
    int type;
    if (loop->release_failed) {
        loop->release_failed = FALSE;
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_NOT_RELEASED});
    }
    watch_slot(loop);
    gint64 at = visit_deadline(&loop->visit, &type);
    if (at && loop->now_ms >= at)
        loop_visit_send(loop, &(VisitEvent){.type = type});
}

static void show_view(Loop *loop)
{
    View view;
    visit_view(&loop->visit, loop->now_ms, &view);
    loop_menu_show(loop, &view);
    loop->panel_driver->show(loop->panel, &view, loop->now_ms);
    Lamp lamp = view.screen == SCREEN_FAULT    ? LAMP_RED
                : view.screen == SCREEN_CLOSED ? LAMP_AMBER
                                               : LAMP_GREEN;
    if (lamp != loop->lamp)
        loop->cabinet_driver->set_lamp(loop->cabinet, lamp);
    loop->lamp = lamp;
}

static void sooner(gint64 *due, gint64 candidate)
{
    if (candidate >= 0 && (*due < 0 || candidate < *due))
        *due = candidate;
}

int loop_sleep_ms(Loop *loop)
{
    gint64 due = -1;
    int type;
    gint64 deadline = visit_deadline(&loop->visit, &type);
    sooner(&due, deadline ? deadline : -1);
    sooner(&due, loop_issuance_due_ms(loop));
    sooner(&due, loop_visit_due_ms(loop));
    sooner(&due, loop_gate_due_ms(loop));
    sooner(&due, loop_menu_due_ms(loop));
    int panel_ms = loop->panel_driver->next_wake_ms(loop->panel, loop->now_ms);
    sooner(&due, panel_ms >= 0 ? loop->now_ms + panel_ms : -1);
    if (deadline || loop->visit.state == VISIT_PRINTING) /* a countdown is on the screen */
        sooner(&due,
               loop->now_ms + 1000 - (deadline ? (loop->now_ms - deadline + 1000000) % 1000 : 0));
    if (watches_slot(loop))
        sooner(&due, loop->now_ms + SLOT_LOOK_MS);
    if (loop->release_failed)
        sooner(&due, loop->now_ms);
    if (loop->quitting)
        sooner(&due, MIN(loop->quit_by_ms, loop->now_ms + 100));
    if (sd_watchdog_enabled(0, NULL) > 0)
        sooner(&due, loop->now_ms + WATCHDOG_MS);
    if (due < 0)
        return -1;
    return (int)CLAMP(due - loop->now_ms, 0, 3600 * 1000);
}

static void wait_for_events(Loop *loop)
{
    struct pollfd fds[2 + PANEL_FDS] = {
        {queue_fd(loop->events), POLLIN, 0},
        {loop->signal_fd, POLLIN, 0},
    };
    int n = 2 + loop->panel_driver->fill_poll(loop->panel, fds + 2, PANEL_FDS);
    (void)poll(fds, (nfds_t)n, loop_sleep_ms(loop));
    loop->now_ms = clock_monotonic_ms();
    struct signalfd_siginfo info;
    if (read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        loop_quit(loop);
}

void loop_turn(Loop *loop)
{
    loop_take_messages(loop);
    take_panel_events(loop);
    fire_visit_deadline(loop);
    loop_visit_tick(loop);
    loop_issuance_tick(loop);
    loop_menu_tick(loop);
    loop_gate_tick(loop);
    loop_gate_refresh(loop);
    loop_outbox_pump(loop);
    show_view(loop);
}

static void run_turns(Loop *loop)
{
    sd_notify(0, "READY=1\nSTATUS=");
    while (!loop_may_quit(loop)) {
        loop_turn(loop);
        sd_notify(0, "WATCHDOG=1");
        wait_for_events(loop);
    }
    sd_notify(0, "STOPPING=1");
}

static gboolean open_ledger(Loop *loop, GError **error)
{
    g_autofree char *folder = config_path(loop->config, "kiosk", "state_dir");
    g_autofree char *path = g_build_filename(folder, JOURNAL_FILE, NULL);
    JournalMode mode = loop->check_only ? JOURNAL_CHECK : JOURNAL_WRITE;
    loop->ledger = ledger_open(path, mode, loop->vfs, error);
    return loop->ledger != NULL;
}

static gboolean open_cabinet(Loop *loop, GError **error)
{
    loop->cabinet_driver = cabinet_driver_find(config_string(loop->config, "cabinet", "driver"));
    loop->cabinet = loop->cabinet_driver->open(loop->config, error);
    return loop->cabinet != NULL;
}

static gboolean open_service(Loop *loop, GError **error)
{
    Service *service = service_create(loop->config, error);
    if (service)
        loop->service = service_worker_start(service, loop->events);
    return service != NULL;
}

static gboolean open_printer(Loop *loop, GError **error)
{
    loop->printer_driver = printer_driver_find(config_string(loop->config, "printer", "driver"));
    Printer *printer = loop->printer_driver->open(loop->config, error);
    loop->outlet = printer ? loop->printer_driver->open(loop->config, error) : NULL;
    if (printer)
        loop->printer =
            printer_worker_start("printer", loop->printer_driver, printer, loop->events);
    if (loop->outlet)
        loop->sender =
            printer_worker_start("sender", loop->printer_driver, loop->outlet, loop->events);
    return loop->outlet != NULL;
}

static gboolean open_reader(Loop *loop, GError **error)
{
    const ReaderDriver *readers =
        reader_driver_find(config_string(loop->config, "reader", "driver"));
    Reader *reader = readers->open(loop->config, error);
    if (reader)
        loop->reader = reader_thread_start(readers, reader, loop->events);
    return reader != NULL;
}

static gboolean open_document(Loop *loop, GError **error)
{
    (void)error; /* it says itself how it got on */
    loop->document = document_worker_start(loop->config, loop->events);
    return TRUE;
}

/* In the order of opening. */
static const struct {
    const char *name;
    gboolean (*open)(Loop *loop, GError **error);
} parts[] = {
    {"journal", open_ledger},  {"cabinet", open_cabinet}, {"service", open_service},
    {"printer", open_printer}, {"reader", open_reader},   {"document", open_document},
};

static void init_visit(Loop *loop)
{
    const Config *config = loop->config;
    CabinetStatus status = {0};
    loop->cabinet_driver->get_status(loop->cabinet, &status);
    VisitSettings settings = {
        .card_ms = config_int(config, "visit", "card_s") * 1000,
        .still_there_ms = config_int(config, "visit", "still_there_s") * 1000,
        .idle_data_ms = config_int(config, "visit", "idle_data_s") * 1000,
        .idle_read_ms = config_int(config, "visit", "idle_read_s") * 1000,
        .take_card_ms = config_int(config, "visit", "take_card_s") * 1000,
        .collect_ms = config_int(config, "visit", "collect_s") * 1000,
        .sees_taken = status.slot_empty != TRI_UNKNOWN,
        .can_retract = status.can_retract == TRI_YES,
    };
    visit_init(&loop->visit, &settings);
}

static void prepare(Loop *loop)
{
    signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error of the call */
    loop->events = queue_create();
    loop->now_ms = clock_monotonic_ms();
    loop->record_certificate = -1;
}

gboolean loop_open_parts(Loop *loop, GError **error)
{
    prepare(loop);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!parts[i].open(loop, error))
            return FALSE;
    init_visit(loop);
    if (!loop_starts_begin(loop, error))
        return FALSE;
    loop_menu_open(loop);
    loop_report_open(loop);
    return TRUE;
}

/* Who may look after the machine; while nobody may, root finds a one-time code in the log. */
static gboolean open_staff(Loop *loop, GError **error)
{
    StaffClock now;
    staff_clock(&now);
    loop->staff = staff_open(ledger_journal(loop->ledger), error);
    loop->visit.settings.staff_cards = loop->staff && staff_has_cards(loop->staff);
    return loop->staff && (loop->check_only || !staff_needs_code(loop->staff) ||
                           staff_make_code(loop->staff, &now, error));
}

void loop_try_parts(Loop *loop, LoopFault fault, gpointer context)
{
    prepare(loop);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GError) error = NULL;
        if (!parts[i].open(loop, &error))
            fault(context, parts[i].name, error);
    }
    g_autoptr(GError) error = NULL;
    if (loop->ledger && !open_staff(loop, &error))
        fault(context, "journal", error);
    if (!loop->ledger)
        return;
    loop_menu_open(loop);
    loop_report_open(loop);
}

void loop_close_parts(Loop *loop)
{
    reader_thread_stop(loop->reader);
    loop_task_stop_stick(loop);
    worker_stop(loop->document);
    if (loop->outlet)
        loop->printer_driver->interrupt(loop->outlet); /* nothing may keep the end waiting */
    worker_stop(loop->sender);
    worker_stop(loop->printer);
    worker_stop(loop->service);
    loop_visit_forget(loop);
    if (loop->cabinet)
        loop->cabinet_driver->close(loop->cabinet);
    staff_close(loop->staff);
    ledger_close(loop->ledger);
    queue_destroy(loop->events);
}

static void load_pace(Loop *loop)
{
    g_autofree char *folder = config_path(loop->config, "kiosk", "state_dir");
    loop->pace_file = g_build_filename(folder, PACE_FILE, NULL);
    pace_load(&loop->pace, loop->pace_file);
}

/* Gives the exit status, -1: a part cannot be opened. */
static int run_once(Loop *loop, GError **error)
{
    gboolean opened = loop_open_parts(loop, error) && open_staff(loop, error);
    if (opened) {
        load_pace(loop);
        loop_issuance_recover(loop);
        run_turns(loop);
        loop_starts_end(loop);
    }
    loop_close_parts(loop);
    g_free(loop->pace_file);
    return !opened                ? -1
           : loop->menu.shut_down ? KIOSK_EXIT_SHUT_DOWN
           : loop->menu.restart   ? KIOSK_EXIT_RESTART
                                  : 0;
}

int loop_run(Config *config, const PanelDriver *driver, Panel *panel, int signal_fd,
             const char *commit, GError **error)
{
    g_autofree char *said = NULL;
    for (;;) {
        g_autoptr(GError) cause = NULL;
        Loop loop = {
            .config = config, .panel_driver = driver, .panel = panel, .signal_fd = signal_fd};
        loop.menu.facts.commit = commit;
        int status = run_once(&loop, &cause);
        if (status >= 0)
            return status;
        if (!loop_outage_is(cause)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return -1;
        }
        if (g_strcmp0(said, cause->message))
            log_error("kiosk", "closed: %s", cause->message);
        g_free(said);
        said = g_strdup(cause->message);
        if (!loop_outage_wait(driver, panel, signal_fd, cause))
            return 0;
    }
}
