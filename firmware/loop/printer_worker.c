#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/loop/calls.h"
#include <string.h>

typedef struct {
    const PrinterDriver *driver;
    Printer *printer;
    Queue *events;
    PrinterCall *watch; /* under way, or NULL; owned */
    gint64 look_ms, answer_by_ms;
} Context;

static void submit(const PrinterDriver *driver, Printer *printer, PrinterCall *call)
{
    PrinterJob job = {.name = call->name,
                      .format = call->document ? PRINTER_FORMAT_PDF : PRINTER_FORMAT_PWG,
                      .document = call->document,
                      .pages = call->raster,
                      .width_um = call->width_um,
                      .height_um = call->height_um,
                      .impressions = call->impressions};
    if (call->not_after_ms && clock_boottime_ms() > call->not_after_ms) {
        call->submit = SUBMIT_NOT_SENT;
        g_set_error(&call->error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT,
                    "printer: the lease is too short by now: nothing is sent");
        return;
    }
    call->submit = driver->submit(printer, &job, &call->sent, &call->error);
    call->ok = call->submit == SUBMIT_TAKEN;
}

static void carry_out(const PrinterDriver *driver, Printer *printer, PrinterCall *call)
{
    switch (call->kind) {
    case PRINTER_CALL_STATUS:
        call->ok = driver->get_status(printer, &call->status, &call->error);
        break;
    case PRINTER_CALL_SUBMIT:
        submit(driver, printer, call);
        break;
    case PRINTER_CALL_LOOK_UP:
        call->ok = driver->get_job(printer, call->name, &call->job, &call->error);
        break;
    case PRINTER_CALL_CANCEL:
        call->ok = driver->cancel_job(printer, call->name, &call->error);
        break;
    case PRINTER_CALL_CANCEL_OTHERS:
        call->ok = driver->cancel_others(printer, NULL, &call->error);
        break;
    case PRINTER_CALL_WATCH: /* see rest() */
    case PRINTER_CALL_UNKNOWN:
        break;
    }
}

static void answer(Context *context, PrinterCall *call)
{
    queue_must_push(context->events, MESSAGE_PRINTER, call, (GDestroyNotify)printer_call_free);
}

/* Anything but a quiet printer that is as it was. Bytes between the members may differ by chance:
 * that costs one answer and hides nothing. */
static gboolean is_news(const PrinterStatus *known, const PrinterStatus *seen)
{
    PrinterStatus same = *seen;
    if (seen->n_reasons > 0 || seen->jobs > 0 || seen->up_time_s < known->up_time_s)
        return TRUE;
    same.up_time_s = known->up_time_s; /* it only counts on */
    return memcmp(&same, known, sizeof same) != 0;
}

static void look(Context *context)
{
    PrinterCall *watch = context->watch;
    PrinterStatus seen;
    watch->ok = context->driver->get_status(context->printer, &seen, &watch->error);
    gboolean news = !watch->ok || is_news(&watch->status, &seen);
    gint64 now_ms = clock_monotonic_ms();
    watch->status = seen;
    context->look_ms = now_ms + watch->pause_ms;
    if (news || now_ms >= context->answer_by_ms)
        answer(context, g_steal_pointer(&context->watch));
}

static int rest(gpointer data)
{
    Context *context = data;
    if (context->watch && clock_monotonic_ms() >= context->look_ms)
        look(context);
    return context->watch ? (int)MAX(context->look_ms - clock_monotonic_ms(), 0) : -1;
}

static void begin_watch(Context *context, PrinterCall *call)
{
    gint64 now_ms = clock_monotonic_ms();
    context->watch = call;
    call->ok = TRUE;
    context->look_ms = now_ms + call->pause_ms;
    context->answer_by_ms = now_ms + call->hold_ms;
}

static void handle(gpointer data, Message *request)
{
    Context *context = data;
    PrinterCall *call = g_steal_pointer(&request->payload);
    if (context->watch)
        answer(context, g_steal_pointer(&context->watch));
    if (call->kind == PRINTER_CALL_WATCH) {
        begin_watch(context, call);
        return;
    }
    carry_out(context->driver, context->printer, call);
    answer(context, call);
}

static void end(gpointer data)
{
    Context *context = data;
    printer_call_free(context->watch);
    context->driver->close(context->printer);
    g_free(context);
}

static const WorkerRole role = {.handle = handle, .rest = rest, .close = end};

Worker *printer_worker_start(const char *name, const PrinterDriver *driver, Printer *printer,
                             Queue *events)
{
    Context *context = g_new0(Context, 1);
    *context = (Context){.driver = driver, .printer = printer, .events = events};
    return worker_start(name, &role, context);
}
