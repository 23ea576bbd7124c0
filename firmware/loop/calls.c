#include "firmware/loop/calls.h"

void service_call_free(ServiceCall *call)
{
    if (!call)
        return;
    secret_wipe(call->code, sizeof call->code);
    holder_destroy(call->holder);
    g_free(call->body);
    g_clear_error(&call->error);
    g_free(call->info);
    service_visit_free(call->visit);
    if (call->fetched)
        record_unref(call->fetched);
    g_free(call);
}

void printer_call_free(PrinterCall *call)
{
    if (!call)
        return;
    if (call->document)
        g_bytes_unref(call->document);
    raster_source_destroy(call->raster);
    g_clear_error(&call->error);
    g_free(call);
}

static void wipe_picture(cairo_surface_t *picture)
{
    if (!picture)
        return;
    cairo_surface_flush(picture);
    secret_wipe(cairo_image_surface_get_data(picture),
                (gsize)cairo_image_surface_get_stride(picture) *
                    (gsize)cairo_image_surface_get_height(picture));
    cairo_surface_destroy(picture);
}

void document_call_free(DocumentCall *call)
{
    if (!call)
        return;
    if (call->record)
        record_unref(call->record);
    g_clear_error(&call->error);
    wipe_picture(call->picture);
    g_free(call->text);
    if (call->pdf)
        g_bytes_unref(call->pdf);
    raster_source_destroy(call->raster);
    g_free(call);
}

void stick_call_free(StickCall *call)
{
    if (!call)
        return;
    g_free(call->path);
    g_free(call->journal);
    g_free(call->log);
    if (call->report)
        g_bytes_unref(call->report);
    g_clear_error(&call->error);
    g_free(call);
}

void reader_report_free(ReaderReport *report)
{
    if (!report)
        return;
    holder_destroy(report->event.holder);
    g_free(report);
}
