#include "firmware/loop/calls.h"

typedef struct {
    Service *service;
    Queue *events;
} Context;

static gboolean fetch_kiosk(Service *service, ServiceCall *call)
{
    call->info = g_new0(ServiceKiosk, 1);
    return service_get_kiosk(service, call->info, &call->problem, &call->error);
}

static gboolean report(Service *service, ServiceCall *call)
{
    const char *const by[3] = {call->settled_by[0], call->settled_by[1], NULL};
    return service_report(service, call->key, call->state, call->reason[0] ? call->reason : NULL,
                          call->body, call->settled_by[0][0] ? by : NULL, &call->problem,
                          &call->error);
}

static void carry_out(Service *service, ServiceCall *call)
{
    ServiceProblem *problem = &call->problem;
    GError **error = &call->error;
    switch (call->kind) {
    case SERVICE_CALL_KIOSK:
        call->ok = fetch_kiosk(service, call);
        break;
    case SERVICE_CALL_OPEN:
        call->visit = service_open_visit(service, call->holder, call->language, problem, error);
        call->ok = call->visit != NULL;
        break;
    case SERVICE_CALL_FACTOR:
        call->ok = service_send_factor(service, call->token, call->code, problem, error);
        break;
    case SERVICE_CALL_RESEND:
        call->ok = service_send_factor(service, call->token, NULL, problem, error);
        break;
    case SERVICE_CALL_CLOSE:
        call->ok = service_close_visit(service, call->token, problem, error);
        break;
    case SERVICE_CALL_RECORD:
        call->fetched =
            service_get_record(service, call->token, call->record, NULL, problem, error);
        call->ok = call->fetched != NULL;
        break;
    case SERVICE_CALL_RESERVE:
        call->ok = service_reserve(service, call->key, call->record, call->token, call->identifier,
                                   call->booklet, call->digest, &call->reservation, problem, error);
        break;
    case SERVICE_CALL_RESERVE_AGAIN: {
        ServiceReservation known = call->reservation;
        call->ok =
            service_reserve_again(service, call->key, call->record, call->identifier, call->booklet,
                                  call->digest, &known, call->state, &call->reservation,
                                  problem, error);
        break;
    }
    case SERVICE_CALL_REPORT:
    case SERVICE_CALL_SETTLE:
        call->ok = report(service, call);
        break;
    case SERVICE_CALL_STATUS:
        call->ok = service_send_status(service, call->body, &call->desire, problem, error);
        break;
    case SERVICE_CALL_UNKNOWN:
        break;
    }
}

static void handle(gpointer data, Message *request)
{
    Context *context = data;
    ServiceCall *call = g_steal_pointer(&request->payload);
    carry_out(context->service, call);
    queue_must_push(context->events, MESSAGE_SERVICE, call, (GDestroyNotify)service_call_free);
}

static void end(gpointer data)
{
    Context *context = data;
    service_destroy(context->service);
    g_free(context);
}

static const WorkerRole role = {.handle = handle, .close = end};

Worker *service_worker_start(Service *service, Queue *events)
{
    Context *context = g_new0(Context, 1);
    *context = (Context){service, events};
    return worker_start("service", &role, context);
}
