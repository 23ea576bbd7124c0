#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/document/bands.h"
#include "firmware/loop/calls.h"
#include <string.h>

#define MM_PER_INCH 25.4

typedef struct {
    char *assets_dir;
    StockKind stock;
    Placement placement;
    Queue *events;
    Document *document;
    Pages *pages;      /* of the one certificate that is being shown */
    guint8 digest[32]; /* of its record */
} Context;

static void post(Context *context, DocumentCall *call)
{
    queue_must_push(context->events, MESSAGE_DOCUMENT, call, (GDestroyNotify)document_call_free);
}

static void tell_template(const Context *context, DocumentCall *call)
{
    g_strlcpy(call->template_id, document_template_id(context->document),
              sizeof call->template_id);
}

static void open_document(gpointer data)
{
    Context *context = data;
    DocumentCall *call = g_new0(DocumentCall, 1);
    call->kind = DOCUMENT_CALL_OPEN;
    context->document =
        document_create(context->assets_dir, context->stock, &context->placement, &call->error);
    call->ok = context->document != NULL;
    if (call->ok)
        tell_template(context, call);
    post(context, call);
}

static void forget(Context *context)
{
    pages_destroy(context->pages);
    context->pages = NULL;
    secret_wipe(context->digest, sizeof context->digest);
}

static gboolean lay_out(Context *context, DocumentCall *call)
{
    forget(context);
    context->pages = pages_create(context->document, call->record, &call->error);
    if (!context->pages)
        return FALSE;
    memcpy(context->digest, call->record->digest, sizeof context->digest);
    call->pages = pages_count(context->pages);
    for (int page = 0; page < call->pages && page < (int)G_N_ELEMENTS(call->kinds); page++)
        call->kinds[page] = pages_kind(context->pages, page);
    pages_leaf_um(context->pages, &call->width_um, &call->height_um);
    return TRUE;
}

/* The whole leaf at `dots_per_mm`; at twice that while a quarter is enlarged. */
static gboolean picture(Context *context, DocumentCall *call)
{
    double dots_per_mm = call->dots_per_mm * (call->zoom ? 2 : 1);
    call->picture =
        pages_to_image(context->pages, call->page, call->covered ? LOOK_COVERED : LOOK_WHOLE,
                       dots_per_mm * MM_PER_INCH, &call->error);
    return call->picture != NULL;
}

static gboolean issue(Context *context, DocumentCall *call)
{
    if (!pages_set_issue(context->pages, call->qr_text, call->booklet, &call->error))
        return FALSE;
    if (call->format == PRINTER_FORMAT_PWG)
        call->raster = bands_create(context->pages, RASTER_GRAY8, call->dpi, &call->error);
    else
        call->pdf = pages_to_pdf(context->pages, &call->error);
    if (!call->pdf && !call->raster)
        return FALSE;
    const char *template_id = document_template_id(context->document);
    gsize length = sizeof call->sha256;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, context->digest, sizeof context->digest);
    g_checksum_update(checksum, (const guchar *)template_id, (gssize)strlen(template_id));
    g_checksum_update(checksum, (const guchar *)call->qr_text, (gssize)strlen(call->qr_text));
    g_checksum_get_digest(checksum, call->sha256, &length);
    pages_leaf_um(context->pages, &call->width_um, &call->height_um);
    call->pages = pages_count(context->pages);
    return TRUE;
}

static gboolean make_sheet(Context *context, DocumentCall *call)
{
    g_autoptr(MachineSheets) sheets =
        machine_sheets_create(context->document, call->sheet, call->text, &call->error);
    if (!sheets)
        return FALSE;
    if (call->format == PRINTER_FORMAT_PWG)
        call->raster = machine_sheets_to_bands(sheets, RASTER_GRAY8, call->dpi, &call->error);
    else
        call->pdf = machine_sheets_to_pdf(sheets, call->format != PRINTER_FORMAT_UNKNOWN,
                                          clock_wall_ms(), &call->error);
    machine_sheets_leaf_um(sheets, &call->width_um, &call->height_um);
    call->pages = machine_sheets_count(sheets);
    return call->pdf || call->raster;
}

static gboolean carry_out(Context *context, DocumentCall *call)
{
    gboolean needs_pages = call->kind == DOCUMENT_CALL_PICTURE || call->kind == DOCUMENT_CALL_ISSUE;
    if (!context->document || (needs_pages && !context->pages)) {
        g_set_error(&call->error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "document: no pages");
        return FALSE;
    }
    switch (call->kind) {
    case DOCUMENT_CALL_LAYOUT:
        return lay_out(context, call);
    case DOCUMENT_CALL_PICTURE:
        return picture(context, call);
    case DOCUMENT_CALL_ISSUE:
        return issue(context, call);
    case DOCUMENT_CALL_WIPE:
        forget(context);
        return TRUE;
    case DOCUMENT_CALL_SHEET:
        return make_sheet(context, call);
    case DOCUMENT_CALL_PLACE:
        forget(context);
        document_set_placement(context->document, &call->placement);
        tell_template(context, call);
        return TRUE;
    case DOCUMENT_CALL_UNKNOWN:
    case DOCUMENT_CALL_OPEN:
        break;
    }
    return FALSE;
}

static void handle(gpointer data, Message *request)
{
    Context *context = data;
    DocumentCall *call = g_steal_pointer(&request->payload);
    call->ok = carry_out(context, call);
    post(context, call);
}

static void end(gpointer data)
{
    Context *context = data;
    forget(context);
    document_destroy(context->document);
    g_free(context->assets_dir);
    g_free(context);
}

static const WorkerRole role = {.open = open_document, .handle = handle, .close = end};

Worker *document_worker_start(const Config *config, Queue *events)
{
    gboolean plain = !strcmp(config_string(config, "printer", "stock"), "plain");
    Context *context = g_new0(Context, 1);
    context->assets_dir = config_assets_dir(config);
    context->stock = plain ? STOCK_PLAIN : STOCK_PREPRINTED;
    context->placement = placement_read(config);
    context->events = events;
    return worker_start("document", &role, context);
}
