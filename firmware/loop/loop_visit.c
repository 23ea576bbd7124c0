/* The visit's effects carried out, its answers fed back. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include <malloc.h>
#include <string.h>

#define AGAIN_MAX_S 10 /* longest Retry-After that a visit waits for */

static void wipe_picture(Loop *loop)
{
    if (!loop->picture)
        return;
    secret_wipe(cairo_image_surface_get_data(loop->picture),
                (gsize)cairo_image_surface_get_stride(loop->picture) *
                    (gsize)cairo_image_surface_get_height(loop->picture));
    cairo_surface_destroy(loop->picture);
    loop->picture = NULL;
}

void loop_visit_forget(Loop *loop)
{
    holder_destroy(g_steal_pointer(&loop->holder));
    service_visit_free(g_steal_pointer(&loop->list));
    if (loop->record)
        record_unref(g_steal_pointer(&loop->record));
    loop->record_certificate = -1;
    loop->again = SERVICE_CALL_UNKNOWN;
    wipe_picture(loop);
    if (!(loop->has_issuance && issuance_is_running(&loop->issuance)))
        loop_issuance_forget(loop);
}

static Holder *copy_holder(const Holder *holder)
{
    Holder *copy = holder_create();
    SecretArena *arena = copy->arena;
    *copy = *holder;
    copy->arena = arena;
    copy->name = secret_arena_text(arena, holder->name.hidden, -1);
    copy->id_number = secret_arena_text(arena, holder->id_number.hidden, -1);
    return copy;
}

static ServiceCall *make_call(const Loop *loop, ServiceCallKind kind)
{
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = kind;
    call->visit_no = loop->visit_no;
    if (loop->list)
        g_strlcpy(call->token, loop->list->token, sizeof call->token);
    return call;
}

static void warm_connection(Loop *loop)
{
    if (!loop->info_waiting)
        loop_call_service(loop, make_call(loop, SERVICE_CALL_KIOSK));
    loop->info_waiting = TRUE;
    loop->info_asked_ms = loop->now_ms;
}

static void open_visit(Loop *loop, const char *language)
{
    ServiceCall *call = make_call(loop, SERVICE_CALL_OPEN);
    loop->again = SERVICE_CALL_UNKNOWN;
    call->holder = copy_holder(loop->holder);
    g_strlcpy(call->language, language, sizeof call->language);
    loop_call_service(loop, call);
}

static void load_certificate(Loop *loop, int certificate)
{
    if (!loop->list || certificate < 0 || (gsize)certificate >= loop->list->n_certificates)
        return;
    ServiceCall *call = make_call(loop, SERVICE_CALL_RECORD);
    loop->again = SERVICE_CALL_UNKNOWN;
    call->certificate = certificate;
    g_strlcpy(call->record, loop->list->certificates[certificate].record, sizeof call->record);
    loop_call_service(loop, call);
}

/* One picture at a time: touches cannot pile up work. */
static void draw_page(Loop *loop)
{
    loop->draw_wanted = loop->drawing;
    if (loop->drawing)
        return;
    loop->drawing = TRUE;
    DocumentCall *call = g_new0(DocumentCall, 1);
    call->kind = DOCUMENT_CALL_PICTURE;
    call->visit_no = loop->visit_no;
    call->page = loop->visit.page;
    call->zoom = loop->visit.zoom;
    call->covered = loop->visit.covered;
    call->dots_per_mm = (double)config_int(loop->config, "panel", "width_px") /
                        config_int(loop->config, "panel", "width_mm");
    loop_call_document(loop, call);
}

static void wipe(Loop *loop)
{
    if (loop->list)
        loop_call_service(loop, make_call(loop, SERVICE_CALL_CLOSE));
    DocumentCall *call = g_new0(DocumentCall, 1);
    call->kind = DOCUMENT_CALL_WIPE;
    loop_call_document(loop, call);
    loop_visit_forget(loop);
    loop->drawing = loop->draw_wanted = loop->resend_waiting = FALSE;
    loop->visit_no++;
    g_autoptr(GError) error = NULL; /* the visit is over: the journal has time to tidy up */
    if (!journal_rest(ledger_journal(loop->ledger), &error))
        log_warn("journal", "%s", error->message);
    malloc_trim(0);
}

static void send_factor(Loop *loop, ServiceCallKind kind, const char *code)
{
    ServiceCall *call = make_call(loop, kind);
    g_strlcpy(call->code, code ? code : "", sizeof call->code);
    loop_call_service(loop, call);
}

static void tell_issuance(Loop *loop, IssuanceEventId id)
{
    if (loop->has_issuance && loop->issuance_of_visit)
        loop_issuance_send(loop, &(IssuanceEvent){.id = id});
}

static void issue(Loop *loop, int certificate)
{
    if (!loop_issuance_start(loop, certificate))
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_RELEASED, .reason = "released"});
}

static void carry_out(Loop *loop, const VisitEffect *effect)
{
    switch (effect->type) {
    case VISIT_EFFECT_READER_MODE:
        reader_thread_set_mode(loop->reader, (ReaderMode)effect->number);
        break;
    case VISIT_EFFECT_WARM:
        warm_connection(loop);
        break;
    case VISIT_EFFECT_OPEN:
        open_visit(loop, effect->text);
        break;
    case VISIT_EFFECT_FACTOR:
        send_factor(loop, SERVICE_CALL_FACTOR, effect->text);
        break;
    case VISIT_EFFECT_FACTOR_RESEND:
        if (!loop->resend_waiting)
            send_factor(loop, SERVICE_CALL_RESEND, NULL);
        loop->resend_waiting = TRUE;
        break;
    case VISIT_EFFECT_LOAD:
        load_certificate(loop, effect->number);
        break;
    case VISIT_EFFECT_DRAW:
        draw_page(loop);
        break;
    case VISIT_EFFECT_ISSUE:
        issue(loop, effect->number);
        break;
    case VISIT_EFFECT_PRESENT:
        tell_issuance(loop, ISSUANCE_EVENT_PRESENT);
        break;
    case VISIT_EFFECT_TAKEN:
        tell_issuance(loop, ISSUANCE_EVENT_TAKEN);
        break;
    case VISIT_EFFECT_NOT_TAKEN:
        tell_issuance(loop, ISSUANCE_EVENT_NOT_TAKEN);
        break;
    case VISIT_EFFECT_WRONG:
        tell_issuance(loop, ISSUANCE_EVENT_WRONG);
        break;
    case VISIT_EFFECT_CALL:
        log_warn("visit", "a citizen at this machine asks for help: go there");
        break;
    case VISIT_EFFECT_WIPE:
        wipe(loop);
        break;
    case VISIT_EFFECT_MENU:
        loop_menu_enter(loop);
        break;
    case VISIT_EFFECT_UNKNOWN:
        break;
    }
}

void loop_visit_send(Loop *loop, const VisitEvent *event)
{
    VisitEffects effects;
    VisitState before = loop->visit.state;
    visit_step(&loop->visit, event, loop->now_ms, clock_wall_ms(), &effects);
    if (loop->visit.state != before)
        log_debug("visit", "%s: %s -> %s", visit_event_word(event->type), visit_state_word(before),
                  visit_state_word(loop->visit.state));
    for (gsize i = 0; i < effects.count; i++)
        carry_out(loop, &effects.items[i]);
}

/* Words for the citizen by what the service answered. */
static const struct {
    Problem problem;
    const char *reason;
} refusals[] = {
    {PROBLEM_PERSON_UNKNOWN, "person-unknown"},
    {PROBLEM_VISIT_EXPIRED, "visit-expired"},
    {PROBLEM_CERTIFICATE_LIVE, "certificate-live"},
    {PROBLEM_TOO_MANY, "too-many"},
};

static const char *refusal_reason(const ServiceCall *call)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (refusals[i].problem == call->problem.problem)
            return refusals[i].reason;
    if (kiosk_error_is(call->error, KIOSK_ERROR_SIGNATURE))
        return call->kind == SERVICE_CALL_RECORD ? "record-signature" : "service-error";
    if (call->kind == SERVICE_CALL_RECORD && kiosk_error_is(call->error, KIOSK_ERROR_REFUSED))
        return "kind";
    if (call->kind == SERVICE_CALL_RECORD && kiosk_error_is(call->error, KIOSK_ERROR_INVALID))
        return "record-invalid";
    return "service-error";
}

static void take_opened(Loop *loop, ServiceCall *call)
{
    service_visit_free(loop->list);
    loop->list = g_steal_pointer(&call->visit);
    loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_OPENED, .list = loop->list});
}

static void take_record(Loop *loop, ServiceCall *call)
{
    if (loop->record)
        record_unref(loop->record);
    loop->record = g_steal_pointer(&call->fetched);
    loop->record_certificate = call->certificate;
    DocumentCall *layout = g_new0(DocumentCall, 1);
    layout->kind = DOCUMENT_CALL_LAYOUT;
    layout->visit_no = loop->visit_no;
    layout->certificate = call->certificate;
    layout->record = record_ref(loop->record);
    loop_call_document(loop, layout);
}

/* 429 and 503: as long as the citizen would wait anyway, the same call comes again when the service
 * says. */
static gboolean ask_later(Loop *loop, const ServiceCall *call)
{
    int wait_s = call->problem.retry_after_s;
    if ((call->kind != SERVICE_CALL_OPEN && call->kind != SERVICE_CALL_RECORD) ||
        problem_action(call->problem.problem) != PROBLEM_ACTION_WAIT || wait_s < 1 ||
        wait_s > AGAIN_MAX_S)
        return FALSE;
    log_info("service", "%s; again in %d s", call->error->message, wait_s);
    if (call->problem.problem == PROBLEM_RESTORING)
        loop->info_asked_ms = 0; /* does it wait for what this kiosk must tell? */
    loop->again = call->kind;
    loop->again_certificate = call->certificate;
    g_strlcpy(loop->again_language, call->language, sizeof loop->again_language);
    loop->again_ms = loop->now_ms + wait_s * 1000;
    return TRUE;
}

gint64 loop_visit_due_ms(const Loop *loop)
{
    return loop->again ? loop->again_ms : -1;
}

void loop_visit_tick(Loop *loop)
{
    if (!loop->again || loop->now_ms < loop->again_ms)
        return;
    ServiceCallKind kind = loop->again;
    loop->again = SERVICE_CALL_UNKNOWN;
    if (kind == SERVICE_CALL_RECORD)
        load_certificate(loop, loop->again_certificate);
    else if (loop->holder)
        open_visit(loop, loop->again_language);
}

static void take_failure(Loop *loop, const ServiceCall *call)
{
    if (ask_later(loop, call))
        return;
    if (call->kind == SERVICE_CALL_CLOSE || call->kind == SERVICE_CALL_RESEND)
        return;
    log_warn("service", "%s; the visit goes no further",
             call->error ? call->error->message : problem_word(call->problem.problem));
    VisitEvent event = {.type = VISIT_EVENT_SERVICE_FAILED, .reason = refusal_reason(call)};
    if (call->kind == SERVICE_CALL_RECORD) {
        event.type = VISIT_EVENT_PAGES_FAILED;
        event.number = call->certificate;
    }
    if (call->kind == SERVICE_CALL_FACTOR && call->problem.problem == PROBLEM_WRONG_CODE) {
        event.type = VISIT_EVENT_FACTOR_WRONG;
        event.number = MAX(call->problem.tries_left, 0);
    }
    loop_visit_send(loop, &event);
}

/* The person left while the service looked him up: his visit there ends, too. */
static void close_orphan(Loop *loop, const ServiceCall *call)
{
    if (!call->visit)
        return;
    ServiceCall *end = make_call(loop, SERVICE_CALL_CLOSE);
    g_strlcpy(end->token, call->visit->token, sizeof end->token);
    loop_call_service(loop, end);
}

void loop_visit_service_answer(Loop *loop, ServiceCall *call)
{
    if (call->visit_no != loop->visit_no) {
        close_orphan(loop, call);
        return;
    }
    if (call->kind == SERVICE_CALL_RESEND)
        loop->resend_waiting = FALSE;
    if (!call->ok)
        take_failure(loop, call);
    else if (call->kind == SERVICE_CALL_OPEN)
        take_opened(loop, call);
    else if (call->kind == SERVICE_CALL_FACTOR)
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_FACTOR_OK});
    else if (call->kind == SERVICE_CALL_RECORD)
        take_record(loop, call);
}

/* The field of the record that an error of the document names ("record: printed.owners: ..."), the
 * word of a plan for all that stands on one. */
static void name_field(const char *message, char *ret, gsize size)
{
    const char *member = g_str_has_prefix(message, "record: ") ? message + 8 : message;
    gboolean plan = g_str_has_prefix(member, "plans");
    member += g_str_has_prefix(member, "printed.") ? 8 : 0;
    g_strlcpy(ret, plan ? "plan" : member, size);
    ret[strspn(ret, "abcdefghijklmnopqrstuvwxyz_")] = '\0';
}

static void take_layout(Loop *loop, const DocumentCall *call)
{
    char field[16] = "";
    VisitEvent event = {
        .type = VISIT_EVENT_PAGES_READY, .number = call->certificate, .pages = call->pages};
    memcpy(event.page_kinds, call->kinds, sizeof event.page_kinds);
    if (loop->record && loop->record_certificate == call->certificate) {
        event.area = loop->record->area;
        event.sharing = sharing_parse(personal_reveal(loop->record->co_ownership));
    }
    if (!call->ok) {
        gboolean character = strstr(call->error->message, "U+") != NULL;
        if (character) /* which one it is stays out of the log: it may be a name's */
            name_field(call->error->message, field, sizeof field);
        log_warn("document", "record %s: %s%scannot be printed here; the citizen is sent to the "
                             "window",
                 loop->record ? loop->record->id : "", field, *field ? ": a character " : "");
        event.type = VISIT_EVENT_PAGES_FAILED;
        event.reason = character ? "cannot-print" : "kind";
        event.detail = field;
    }
    loop_visit_send(loop, &event);
}

static gboolean is_wanted(const Visit *visit, const DocumentCall *call)
{
    return call->page == visit->page && call->zoom == visit->zoom &&
           call->covered == visit->covered;
}

static void take_picture(Loop *loop, DocumentCall *call)
{
    loop->drawing = FALSE;
    if (loop->draw_wanted) {
        draw_page(loop);
        return;
    }
    if (!call->ok) {
        log_error("document", "%s", call->error->message);
        loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_PAGES_FAILED,
                                            .number = loop->visit.selected,
                                            .reason = "record-invalid"});
        return;
    }
    if (!is_wanted(&loop->visit, call))
        return;
    wipe_picture(loop);
    loop->picture = g_steal_pointer(&call->picture);
    cairo_surface_flush(loop->picture);
    loop->image = (PageImage){
        .width_px = cairo_image_surface_get_width(loop->picture),
        .height_px = cairo_image_surface_get_height(loop->picture),
        .stride = cairo_image_surface_get_stride(loop->picture),
        .pixels = cairo_image_surface_get_data(loop->picture),
        .serial = loop->image.serial + 1,
    };
    loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_PAGE_DRAWN, .image = &loop->image});
}

void loop_visit_document_answer(Loop *loop, DocumentCall *call)
{
    if (call->visit_no != loop->visit_no || call->kind == DOCUMENT_CALL_WIPE)
        return;
    if (call->kind == DOCUMENT_CALL_LAYOUT)
        take_layout(loop, call);
    else
        take_picture(loop, call);
}

static gboolean is_same_card(const Loop *loop, const Holder *holder)
{
    return loop->holder && loop->holder->type == holder->type &&
           !strcmp(personal_reveal(loop->holder->id_number), personal_reveal(holder->id_number));
}

static void take_card(Loop *loop, ReaderEvent *event)
{
    if (loop_menu_take_card(loop, event->holder))
        return;
    VisitEvent read = {.type = VISIT_EVENT_CARD_READ,
                       .holder = event->holder,
                       .same_card = is_same_card(loop, event->holder)};
    if (!loop->holder && visit_hears(&loop->visit, VISIT_EVENT_CARD_READ))
        read.holder = loop->holder = g_steal_pointer(&event->holder);
    loop_visit_send(loop, &read);
}

void loop_visit_reader(Loop *loop, ReaderEvent *event)
{
    VisitEvent visit_event = {0};
    switch (event->type) {
    case READER_EVENT_ATTACHED:
        loop_gate_reader(loop, event);
        return;
    case READER_EVENT_DETACHED: /* nobody sees any more what lies there */
        loop_gate_reader(loop, event);
        visit_event.type = VISIT_EVENT_CARD_LEFT;
        break;
    case READER_EVENT_CARD_READ:
        take_card(loop, event);
        return;
    case READER_EVENT_CARD_FOUND:
        visit_event.type = VISIT_EVENT_CARD_FOUND;
        break;
    case READER_EVENT_CARD_LEFT:
        visit_event.type = VISIT_EVENT_CARD_LEFT;
        break;
    case READER_EVENT_CARD_FAILED:
        visit_event.type = VISIT_EVENT_CARD_FAILED;
        visit_event.failure = event->failure;
        break;
    case READER_EVENT_UNKNOWN:
    case READER_EVENT_NONE:
        return;
    }
    loop_visit_send(loop, &visit_event);
}
