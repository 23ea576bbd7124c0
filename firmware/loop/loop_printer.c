/* The issuance's questions to the printer, and its answers. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"

static PrinterCall *make_call(const Loop *loop, PrinterCallKind kind, guint32 request)
{
    PrinterCall *call = g_new0(PrinterCall, 1);
    call->kind = kind;
    call->request = request;
    g_strlcpy(call->name, loop->issuance.plan.key, sizeof call->name);
    return call;
}

void loop_printer_ask(Loop *loop, PrinterCallKind kind, guint32 request)
{
    loop_call_printer(loop, make_call(loop, kind, request));
}

/* What the other stages take, roughly; the printer's own share is measured. */
static const int stage_ms[STAGE_COUNT] = {
    [STAGE_FETCH] = 1500, [STAGE_PREPARE] = 1000, [STAGE_PRINT] = 0, [STAGE_CHECK] = 1500};

int loop_printer_expected_ms(const Loop *loop, Stage stage, int printed)
{
    int print_ms = pace_left_ms(&loop->pace, printed, loop->issuance.plan.sides);
    int left_ms = stage < STAGE_CHECK ? print_ms : 0;
    for (int later = stage; later < STAGE_COUNT; later++)
        left_ms += stage_ms[later];
    return print_ms < 0 ? 0 : left_ms;
}

void loop_printer_keep_pace(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    pace_keep(&loop->pace_run, &loop->pace);
    if (loop->pace_file && !pace_save(&loop->pace, loop->pace_file, &error))
        log_warn("printer", "%s", error->message);
}

void loop_printer_submit(Loop *loop, const IssuanceEffect *effect)
{
    pace_begin(&loop->pace_run, loop->now_ms);
    PrinterCall *call = make_call(loop, PRINTER_CALL_SUBMIT, effect->request);
    call->not_after_ms = effect->not_after_ms;
    call->document = g_steal_pointer(&loop->pdf);
    call->raster = g_steal_pointer(&loop->raster);
    call->width_um = loop->leaf_width_um;
    call->height_um = loop->leaf_height_um;
    call->impressions = loop->issuance.plan.sides;
    loop_call_printer(loop, call);
}

static void take_reading(Loop *loop, const PrinterCall *call)
{
    CabinetStatus cabinet = {0};
    loop->cabinet_driver->get_status(loop->cabinet, &cabinet);
    IssuanceEvent event = {.id = ISSUANCE_EVENT_PRINTER_READ,
                           .request = call->request,
                           .printer = call->ok ? &call->status : NULL,
                           .ready = call->ok && printer_can_print(&call->status),
                           .clean = call->ok && printer_is_clean(&call->status),
                           .sent = loop->sent.bytes > 0 ? &loop->sent : NULL,
                           .wall_ms = clock_wall_ms()};
    event.sensor_saw_all = cabinet.slot_empty == TRI_NO    ? TRI_YES
                           : cabinet.slot_empty == TRI_YES ? TRI_NO
                                                           : TRI_UNKNOWN;
    event.scans = cabinet.can_scan == TRI_YES;
    g_strlcpy(event.scanned_serial, cabinet.scanned_serial, sizeof event.scanned_serial);
    loop_issuance_send(loop, &event);
}

void loop_issuance_printer_answer(Loop *loop, PrinterCall *call)
{
    if (!call->request)
        return;
    if (call->error)
        log_warn("printer", "%s", call->error->message);
    if (call->kind == PRINTER_CALL_SUBMIT)
        loop->sent = call->sent; /* also when nobody waits for it any more */
    if (call->kind == PRINTER_CALL_LOOK_UP && call->ok)
        pace_see(&loop->pace_run, call->job.impressions, loop->now_ms);
    if (call->kind == PRINTER_CALL_STATUS)
        take_reading(loop, call);
    else if (call->kind == PRINTER_CALL_SUBMIT)
        loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_SUBMITTED,
                                                  .request = call->request,
                                                  .submit = call->submit});
    else if (call->kind == PRINTER_CALL_LOOK_UP)
        loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_JOB_LOOKED_UP,
                                                  .request = call->request,
                                                  .job = call->ok ? &call->job : NULL});
    else if (call->kind == PRINTER_CALL_CANCEL)
        loop_issuance_send(loop, &(IssuanceEvent){.id = ISSUANCE_EVENT_JOB_CANCELED,
                                                  .request = call->request,
                                                  .ok = call->ok});
}
