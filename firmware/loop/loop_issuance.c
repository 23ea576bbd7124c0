/* The issuance's effects carried out, its answers fed back. The journal is written here, in the
 * main thread, before the next effect starts. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/certificate/identifier.h"
#include "firmware/kiosk.h"
#include "firmware/loop/loop.h"
#include <string.h>

#define BEHIND_VISIT_MS 10000

/* Boottime runs on during suspend, monotonic does not; the machine never suspends in an issuance.
 */
static gint64 to_monotonic(const Loop *loop, gint64 boottime_ms)
{
    return boottime_ms - clock_boottime_ms() + loop->now_ms;
}

static void reserve(Loop *loop, guint32 request)
{
    const IssuancePlan *plan = &loop->issuance.plan;
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = SERVICE_CALL_RESERVE;
    call->request = request;
    g_strlcpy(call->key, plan->key, sizeof call->key);
    g_strlcpy(call->record, plan->record, sizeof call->record);
    g_strlcpy(call->token, plan->visit, sizeof call->token);
    g_strlcpy(call->identifier, plan->identifier, sizeof call->identifier);
    g_strlcpy(call->booklet, plan->serial, sizeof call->booklet);
    g_strlcpy(call->digest, plan->digest, sizeof call->digest);
    loop_call_service(loop, call);
}

static void render(Loop *loop, guint32 request)
{
    const Issuance *issuance = &loop->issuance;
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        qr_text_compose(loop->info.verify_host, issuance->plan.identifier, issuance->plan.serial,
                        issuance->plan.digest, issuance->kid, issuance->signature, &error);
    if (!text) {
        log_error("issuance", "%s", error->message);
        loop_issuance_send(
            loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_RENDER_FAILED, .request = request});
        return;
    }
    DocumentCall *call = g_new0(DocumentCall, 1);
    call->kind = DOCUMENT_CALL_ISSUE;
    call->request = request;
    call->visit_no = loop->visit_no;
    g_strlcpy(call->qr_text, text, sizeof call->qr_text);
    g_strlcpy(call->booklet, issuance->plan.serial, sizeof call->booklet);
    call->format = loop->ready.printer.format;
    call->dpi = loop->ready.printer.dpi;
    loop_call_document(loop, call);
}

void loop_issuance_forget(Loop *loop)
{
    if (loop->pdf)
        g_bytes_unref(g_steal_pointer(&loop->pdf));
    raster_source_destroy(g_steal_pointer(&loop->raster));
}

/* Six digits to quote: the end of the sequence number. */
static void format_ticket(const Loop *loop, char ret[8])
{
    const char *identifier = loop->issuance.plan.identifier; /* ...<kiosk 4><year 4><sequence 8>. */
    const char *serial = strlen(identifier) == IDENTIFIER_LENGTH ? identifier + 41 : "";
    g_strlcpy(ret, strlen(serial) > 16 ? serial + 10 : "", 7);
}

/* What the citizen is told, by outcome and the protocol's reason; the first row that fits. */
static const struct {
    IssuanceWord word;
    const char *reason; /* NULL: any */
    VisitEventType event;
    const char *told;
} outcomes[] = {
    {ISSUANCE_PRINTED, NULL, VISIT_EVENT_PRINTED, ""},
    {ISSUANCE_RELEASED, "certificate-live", VISIT_EVENT_RELEASED, "certificate-live"},
    {ISSUANCE_RELEASED, "visit-expired", VISIT_EVENT_RELEASED, "visit-expired"},
    {ISSUANCE_RELEASED, "digest-mismatch", VISIT_EVENT_RELEASED, "digest-mismatch"},
    {ISSUANCE_RELEASED, NULL, VISIT_EVENT_RELEASED, "released"},
    {ISSUANCE_SPOILED, NULL, VISIT_EVENT_SPOILED, "spoiled"},
    {ISSUANCE_UNKNOWN, NULL, VISIT_EVENT_UNSURE, "unsure"},
};

static void tell_outcome(Loop *loop, const IssuanceEffect *effect)
{
    char ticket[8];
    format_ticket(loop, ticket);
    if (effect->word == ISSUANCE_PRINTED)
        loop_printer_keep_pace(loop);
    log_info("issuance", "%s: %s%s%s", loop->issuance.plan.key, issuance_word(effect->word),
             effect->reason[0] ? ", " : "", effect->reason);
    if (!loop->issuance_of_visit)
        return;
    gsize row = 0;
    while (outcomes[row].word != ISSUANCE_UNKNOWN &&
           (outcomes[row].word != effect->word ||
            (outcomes[row].reason && strcmp(outcomes[row].reason, effect->reason))))
        row++;
    loop_visit_send(loop, &(VisitEvent){.type = (int)outcomes[row].event,
                                        .booklet = loop->issuance.plan.serial,
                                        .identifier = loop->issuance.plan.identifier,
                                        .ticket = ticket,
                                        .reason = outcomes[row].told});
}

static void show_stage(Loop *loop, const IssuanceEffect *effect)
{
    if (loop->issuance_of_visit)
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_STAGE,
                                            .stage = effect->stage,
                                            .percent = effect->percent,
                                            .expected_ms = loop_printer_expected_ms(
                                                loop, effect->stage, effect->printed_sides),
                                            .sides = loop->issuance.plan.sides,
                                            .printed_sides = effect->printed_sides});
}

gboolean loop_booklet_came_never(const Loop *loop, const CabinetStatus *status)
{
    return loop->issuance_of_visit && loop->issuance.word == ISSUANCE_RETRACTED &&
           status->slot_empty == TRI_YES && !loop->slot_was_full;
}

static void move_booklet(Loop *loop, gboolean release)
{
    g_autoptr(GError) error = NULL;
    CabinetStatus status = {0};
    loop->cabinet_driver->get_status(loop->cabinet, &status);
    gboolean missing = !release && loop_booklet_came_never(loop, &status);
    loop->retract_failed = missing;
    if (missing)
        log_error("cabinet", "the exit sensor never saw the booklet: a person must look");
    if ((release ? status.can_release : status.can_retract) != TRI_YES) {
        if (!release)
            log_warn("issuance", "the booklet in the slot must be retained: take it out by hand");
        return;
    }
    gboolean moved = release ? loop->cabinet_driver->release(loop->cabinet, &error)
                             : loop->cabinet_driver->retract(loop->cabinet, &error);
    loop->release_failed = release && !moved;
    loop->retract_failed = missing || (!release && !moved);
    if (!moved)
        log_error("cabinet", "%s: a person must look at the slot", error->message);
}

static void finish(Loop *loop, const IssuanceEffect *effect)
{
    gboolean waits = loop->visit.state == VISIT_TAKE_CARD || loop->visit.state == VISIT_COLLECT;
    loop->has_issuance = issuance_is_running(&loop->issuance);
    if (loop->issuance_of_visit && waits && !strcmp(effect->reason, "storage"))
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_UNSURE});
    loop_issuance_forget(loop);
    if (!loop->issuance_of_visit)
        loop_issuance_recover(loop);
}

/* FALSE: the rest of the list is dropped. */
static gboolean write_journal(Loop *loop, const IssuanceEffects *effects)
{
    g_autoptr(GError) error = NULL;
    if (ledger_append(loop->ledger, effects->drafts, effects->n_drafts, clock_wall_ms(), &error))
        return TRUE;
    log_error("journal", "%s: the kiosk closes; free the disk or replace it, then restart",
              error->message);
    loop->journal_failed = TRUE;
    loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_JOURNAL_FAILED});
    return FALSE;
}

static gboolean carry_out(Loop *loop, const IssuanceEffects *effects, const IssuanceEffect *effect)
{
    switch (effect->id) {
    case ISSUANCE_EFFECT_JOURNAL:
        return write_journal(loop, effects);
    case ISSUANCE_EFFECT_RESERVE:
        reserve(loop, effect->request);
        break;
    case ISSUANCE_EFFECT_READ_PRINTER:
        loop_printer_ask(loop, PRINTER_CALL_STATUS, effect->request);
        break;
    case ISSUANCE_EFFECT_RENDER:
        render(loop, effect->request);
        break;
    case ISSUANCE_EFFECT_SUBMIT:
        loop_printer_submit(loop, effect);
        break;
    case ISSUANCE_EFFECT_LOOK_UP_JOB:
        loop_printer_ask(loop, PRINTER_CALL_LOOK_UP, effect->request);
        break;
    case ISSUANCE_EFFECT_CANCEL_JOB:
        if (loop->issuance.sending)
            loop->printer_driver->interrupt(loop->outlet);
        loop_printer_ask(loop, PRINTER_CALL_CANCEL, effect->request);
        break;
    case ISSUANCE_EFFECT_CANCEL_OTHERS:
        loop_printer_ask(loop, PRINTER_CALL_CANCEL_OTHERS, 0);
        break;
    case ISSUANCE_EFFECT_STAGE:
        show_stage(loop, effect);
        break;
    case ISSUANCE_EFFECT_OUTCOME:
        tell_outcome(loop, effect);
        break;
    case ISSUANCE_EFFECT_FINISHED:
        finish(loop, effect);
        break;
    case ISSUANCE_EFFECT_REPORT:
        loop_outbox_pump(loop);
        break;
    case ISSUANCE_EFFECT_RELEASE_BOOKLET:
        move_booklet(loop, TRUE);
        break;
    case ISSUANCE_EFFECT_RETRACT_BOOKLET:
        move_booklet(loop, FALSE);
        break;
    case ISSUANCE_EFFECT_UNKNOWN:
    case ISSUANCE_EFFECT_COUNT:
        break;
    }
    return TRUE;
}

void loop_issuance_send(Loop *loop, IssuanceEvent *event)
{
    IssuanceEffects effects;
    IssuancePhase before = loop->issuance.phase;
    issuance_step(&loop->issuance, event, clock_boottime_ms(), &effects);
    if (loop->issuance.phase != before)
        log_debug("issuance", "%s: %s -> %s", issuance_event_word(event->id),
                  issuance_phase_word(before), issuance_phase_word(loop->issuance.phase));
    for (gsize i = 0; i < effects.n; i++)
        if (!carry_out(loop, &effects, &effects.list[i]))
            return;
}

/* The visit's own deadlines decide when a booklet was not taken; the issuance's come behind them.
 */
static void fill_config(const Loop *loop, IssuanceConfig *ret)
{
    issuance_config_default(ret);
    ret->poll_ms = config_int(loop->config, "printer", "poll_ms");
    ret->first_side_ms = pace_first_limit_ms(&loop->pace);
    ret->side_ms = pace_side_limit_ms(&loop->pace);
    ret->expected_ms = MAX(pace_left_ms(&loop->pace, 0, loop->visit.pages), 0);
    ret->present_ms = loop->visit.settings.take_card_ms + BEHIND_VISIT_MS;
    ret->collect_ms = loop->visit.settings.collect_ms + BEHIND_VISIT_MS;
}

static gboolean make_plan(Loop *loop, IssuancePlan *plan, GError **error)
{
    const Record *record = loop->record;
    const char *why = "";
    guint32 sequence = ledger_next_sequence(loop->ledger, loop->info.next_sequence);
    int year = clock_shanghai_day(clock_wall_ms()) / 10000;
    issuance_key_make(plan->key);
    g_strlcpy(plan->record, record->id, sizeof plan->record);
    digest_text(record->digest, plan->digest);
    g_strlcpy(plan->kiosk, loop->info.number, sizeof plan->kiosk);
    g_strlcpy(plan->visit, loop->list->token, sizeof plan->visit);
    g_strlcpy(plan->version, KIOSK_VERSION, sizeof plan->version);
    plan->sides = loop->visit.pages;
    if (!stock_next(ledger_stock(loop->ledger), plan->serial, &why)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "issuance: no booklet: %s", why);
        return FALSE;
    }
    return identifier_compose(config_string(loop->config, "identifier", "type"),
                              record->issuer_code, loop->info.number, year, sequence,
                              plan->identifier, error);
}

gboolean loop_issuance_start(Loop *loop, int certificate)
{
    g_autoptr(GError) error = NULL;
    IssuancePlan plan = {0};
    gboolean free_to_start = !loop->quitting && loop->record &&
                             loop->record_certificate == certificate &&
                             !(loop->has_issuance && issuance_is_running(&loop->issuance));
    if (!free_to_start || !make_plan(loop, &plan, &error)) {
        log_error("issuance", "%s", error ? error->message : "bug: not free to start");
        return FALSE;
    }
    IssuanceConfig config;
    fill_config(loop, &config);
    guint32 request = loop->issuance.request; /* answers to an older issuance never fit */
    issuance_init(&loop->issuance, &config);
    loop->issuance.request = request;
    loop->has_issuance = TRUE;
    loop->issuance_of_visit = TRUE;
    loop->sent = (PrinterSent){0};
    gint64 left_ms = budget_left_ms(&loop->visit.budget, loop->now_ms);
    loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_START,
                                              .plan = &plan,
                                              .budget_end_ms = clock_boottime_ms() + left_ms});
    return TRUE;
}

void loop_issuance_recover(Loop *loop)
{
    if (loop->check_only || loop->journal_failed || loop->recovered ||
        (loop->has_issuance && issuance_is_running(&loop->issuance)))
        return;
    const IssuanceCase *unfinished = ledger_to_recover(loop->ledger);
    if (!unfinished) {
        loop->recovered = TRUE;
        return;
    }
    log_info("issuance", "%s was %s when the kiosk stopped: settling it", unfinished->plan.key,
             issuance_word(unfinished->word));
    IssuanceConfig config;
    fill_config(loop, &config);
    guint32 request = loop->issuance.request;
    issuance_restore(&loop->issuance, &config, unfinished);
    loop->issuance.request = request;
    loop->has_issuance = TRUE;
    loop->issuance_of_visit = FALSE;
    loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_RECOVER});
}

/* Answers after which the machine must not go on without a person. */
static void close_on(Loop *loop, const ServiceCall *call)
{
    ProblemAction action = problem_action(call->problem.problem);
    /* A stock mismatch needs no word here: the release loses the stack's position. */
    if (action == PROBLEM_ACTION_BUG || action == PROBLEM_ACTION_CLOSE)
        loop_report_stop(loop, call);
}

void loop_issuance_service_answer(Loop *loop, ServiceCall *call)
{
    IssuanceEvent event = {
        .id = ISSUANCE_EVENT_RESERVED, .request = call->request, .reservation = call->reservation};
    if (!call->ok) {
        log_warn("issuance", "%s: %s", call->key, call->error->message);
        event.id = ISSUANCE_EVENT_RESERVE_FAILED;
        event.refusal = problem_action(call->problem.problem);
        close_on(loop, call);
        event.retry_after_s = call->problem.retry_after_s;
    }
    loop_issuance_send(loop, &event);
}

void loop_issuance_document_answer(Loop *loop, DocumentCall *call)
{
    IssuanceEvent event = {.id = ISSUANCE_EVENT_RENDERED, .request = call->request};
    if (!loop->has_issuance || call->request != loop->issuance.awaited)
        return; /* of an issuance that gave up waiting */
    if (call->ok) {
        loop_issuance_forget(loop);
        loop->pdf = g_steal_pointer(&call->pdf);
        loop->raster = g_steal_pointer(&call->raster);
        loop->leaf_width_um = call->width_um;
        loop->leaf_height_um = call->height_um;
        memcpy(event.sha256, call->sha256, sizeof event.sha256);
    } else {
        log_error("document", "%s", call->error->message);
        event.id = ISSUANCE_EVENT_RENDER_FAILED;
    }
    loop_issuance_send(loop, &event);
}

void loop_issuance_tick(Loop *loop)
{
    if (loop->has_issuance && loop->issuance.deadline_ms &&
        clock_boottime_ms() >= loop->issuance.deadline_ms)
        loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_TIMER});
}

gint64 loop_issuance_due_ms(const Loop *loop)
{
    gint64 due = -1;
    if (loop->has_issuance && loop->issuance.deadline_ms)
        due = to_monotonic(loop, loop->issuance.deadline_ms);
    gint64 outbox = loop->report_waiting ? -1 : outbox_due_ms(ledger_outbox(loop->ledger));
    if (outbox == 0)
        outbox = loop->now_ms;
    else if (outbox > 0)
        outbox = to_monotonic(loop, outbox);
    if (outbox >= 0)
        outbox = MAX(outbox, loop->retry_after_ms);
    if (outbox >= 0 && loop->ready.service == TRI_YES)
        due = due < 0 ? outbox : MIN(due, outbox);
    return due;
}
