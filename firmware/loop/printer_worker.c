#include "firmware/loop/calls.h"

typedef struct {
    const PrinterDriver *driver;
    Printer *printer;
    Queue *events;
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
    case PRINTER_CALL_UNKNOWN:
        break;
    }
}

static void handle(gpointer data, Message *request)
{
    Context *context = data;
    PrinterCall *call = g_steal_pointer(&request->payload);
    carry_out(context->driver, context->printer, call);
    queue_must_push(context->events, MESSAGE_PRINTER, call, (GDestroyNotify)printer_call_free);
}

static void end(gpointer data)
{
    Context *context = data;
    context->driver->close(context->printer);
    g_free(context);
}

Worker *printer_worker_start(const char *name, const PrinterDriver *driver, Printer *printer,
                             Queue *events)
{
    Context *context = g_new0(Context, 1);
    *context = (Context){driver, printer, events};
    return worker_start(name, NULL, handle, end, context);
}
