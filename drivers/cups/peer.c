#include "drivers/cups/peer.h"
#include "drivers/cups/pwg.h"
#include <string.h>

#define USER "kiosk" /* never a citizen */
#define DOCUMENT "document"

Peer *peer_create(const char *who, const char *uri, const char *server, GError **error)
{
    char scheme[16], user[64], host[256], resource[256];
    int port = 0;
    http_uri_status_t status =
        httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user, host,
                        sizeof host, &port, resource, sizeof resource);
    gboolean tls = !strcmp(scheme, "ipps");
    if (status != HTTP_URI_STATUS_OK || (!tls && strcmp(scheme, "ipp"))) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                    "%s: '%s' is no address of the form ipp://host[:port]/path or ipps://...", who, uri);
        return NULL;
    }
    Peer *peer = g_new0(Peer, 1);
    peer->uri = g_strdup(uri);
    peer->link =
        ipp_link_create(who, server ? server : host, port, tls && !server, server ? "/" : resource);
    return peer;
}

void peer_destroy(Peer *peer)
{
    if (!peer)
        return;
    ipp_link_destroy(peer->link);
    g_free(peer->uri);
    g_free(peer);
}

/* Operation attributes in the order that RFC 8011 4.1.4 and 4.1.5 want; ippNewRequest adds charset
 * and language. */
static ipp_t *new_request(Peer *peer, ipp_op_t operation, int job_id)
{
    ipp_t *request = ippNewRequest(operation);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, peer->uri);
    if (job_id > 0)
        ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job_id);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, USER);
    return request;
}

ipp_t *peer_get_attributes(Peer *peer, const char *const *names, int n_names, GError **error)
{
    ipp_t *request = new_request(peer, IPP_OP_GET_PRINTER_ATTRIBUTES, 0);
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", n_names,
                  NULL, names);
    return ipp_link_ask(peer->link, request, error);
}

static ipp_t *get_jobs(Peer *peer, const char *which, GError **error)
{
    static const char *const names[] = {"job-id", "job-name", "job-state", "job-state-reasons",
                                        "job-impressions-completed"};
    ipp_t *request = new_request(peer, IPP_OP_GET_JOBS, 0);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, which);
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  G_N_ELEMENTS(names), NULL, names);
    return ipp_link_ask(peer->link, request, error);
}

/* For printers without which-jobs=all (PWG 5100.7): both halves, the finished ones last, so that a
 * job which ends between the two is seen at least once. */
static GArray *list_halves(Peer *peer, GError **error)
{
    g_autoptr(ipp_t) live = get_jobs(peer, "not-completed", error);
    g_autoptr(ipp_t) done = live ? get_jobs(peer, "completed", error) : NULL;
    if (!done)
        return NULL;
    GArray *jobs = ipp_answer_jobs(done);
    g_autoptr(GArray) first = ipp_answer_jobs(live);
    for (guint i = 0; i < first->len; i++) {
        const IppJob *job = &g_array_index(first, IppJob, i);
        gboolean twice = FALSE;
        for (guint k = 0; k < jobs->len && !twice; k++)
            twice = g_array_index(jobs, IppJob, k).id == job->id;
        if (!twice)
            g_array_append_vals(jobs, job, 1);
    }
    return jobs;
}

GArray *peer_list_jobs(Peer *peer, gboolean all, GError **error)
{
    g_autoptr(GError) refusal = NULL;
    g_autoptr(ipp_t) answer = get_jobs(peer, all ? "all" : "not-completed", &refusal);
    if (answer && (!all || ippGetStatusCode(answer) == IPP_STATUS_OK))
        return ipp_answer_jobs(answer);
    if (all && (answer || kiosk_error_is(refusal, KIOSK_ERROR_REFUSED)))
        return list_halves(peer, error);
    g_propagate_error(error, g_steal_pointer(&refusal));
    return NULL;
}

static gboolean ask_once(Peer *peer, ipp_op_t operation, int job_id, GError **error)
{
    g_autoptr(ipp_t) answer = ipp_link_ask(peer->link, new_request(peer, operation, job_id), error);
    return answer != NULL;
}

gboolean peer_cancel(Peer *peer, int job_id, GError **error)
{
    return ask_once(peer, IPP_OP_CANCEL_JOB, job_id, error);
}

gboolean peer_resume(Peer *peer, GError **error)
{
    return ask_once(peer, IPP_OP_RESUME_PRINTER, 0, error);
}

static void add_media(ipp_t *request, const PrinterJob *job, const char *tray)
{
    g_autoptr(ipp_t) size = ippNew();
    g_autoptr(ipp_t) media = ippNew();
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", job->width_um / 10);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", job->height_um / 10);
    ippAddCollection(media, IPP_TAG_ZERO, "media-size", size);
    if (*tray)
        ippAddString(media, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-source", NULL, tray);
    ippAddCollection(request, IPP_TAG_JOB, "media-col", media);
}

static ipp_t *new_job(Peer *peer, const PrinterJob *job, const PeerTicket *ticket)
{
    ipp_t *request = new_request(peer, IPP_OP_CREATE_JOB, 0);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, job->name);
    if (ticket->fidelity)
        ippAddBoolean(request, IPP_TAG_OPERATION, "ipp-attribute-fidelity", 1);
    ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", 1);
    ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", NULL, ticket->sides);
    if (ticket->quality)
        ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_ENUM, "print-quality", ticket->quality);
    if (ticket->unscaled)
        ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", NULL, "none");
    add_media(request, job, ticket->tray);
    return request;
}

/* The id of the new job, 0 when there is none; `ret_result` then says whether that is sure. */
static int create_job(Peer *peer, const PrinterJob *job, const PeerTicket *ticket,
                      SubmitResult *ret_result, GError **error)
{
    gboolean maybe_done;
    ipp_link_begin(peer->link, ticket->timeout_ms);
    g_autoptr(ipp_t) answer =
        ipp_link_tell(peer->link, new_job(peer, job, ticket), NULL, &maybe_done, error);
    *ret_result = maybe_done ? SUBMIT_UNKNOWN : SUBMIT_REFUSED;
    if (!answer)
        return 0;
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    if (jobs->len == 1)
        return g_array_index(jobs, IppJob, 0).id;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: Create-Job: the answer has no job-id",
                ipp_link_who(peer->link));
    return 0;
}

/* A document on its way. */
typedef struct {
    const PrinterJob *job;
    const PeerTicket *ticket;
    IppLink *link;
    gboolean whole; /* every byte was handed over */
} Sending;

static gboolean put_part(gpointer context, gconstpointer bytes, gsize size)
{
    return ipp_link_write(((Sending *)context)->link, bytes, size);
}

static gboolean write_document(gpointer context, IppLink *link, GError **error)
{
    Sending *sending = context;
    const PrinterJob *job = sending->job;
    sending->link = link;
    if (job->format == PRINTER_FORMAT_PWG) {
        const PwgTicket ticket = {.width_um = job->width_um,
                                  .height_um = job->height_um,
                                  .sides = sending->ticket->sides,
                                  .quality = sending->ticket->quality};
        sending->whole = pwg_write(job->pages, &ticket, put_part, sending, error);
    } else {
        gsize size;
        const void *bytes = g_bytes_get_data(job->document, &size);
        sending->whole = ipp_link_write(link, bytes, size);
    }
    return sending->whole;
}

static ipp_t *new_document(Peer *peer, const PrinterJob *job, int id)
{
    ipp_t *request = new_request(peer, IPP_OP_SEND_DOCUMENT, id);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "document-name", NULL, DOCUMENT);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                 printer_format_word(job->format));
    ippAddBoolean(request, IPP_TAG_OPERATION, "last-document", 1);
    return request;
}

SubmitResult peer_submit(Peer *peer, const PrinterJob *job, const PeerTicket *ticket,
                         PrinterSent *ret_sent, GError **error)
{
    SubmitResult result;
    gboolean maybe_done;
    int id = create_job(peer, job, ticket, &result, error);
    if (!id)
        return result;
    Sending sending = {.job = job, .ticket = ticket};
    const IppBody body = {.size = job->document ? g_bytes_get_size(job->document) : 0,
                          .stall_ms = ticket->stall_ms,
                          .context = &sending,
                          .write = write_document,
                          .sent = ret_sent};
    ret_sent->format = job->format;
    ipp_link_begin(peer->link, ticket->stall_ms);
    g_autoptr(ipp_t) answer =
        ipp_link_tell(peer->link, new_document(peer, job, id), &body, &maybe_done, error);
    if (answer)
        return SUBMIT_TAKEN;
    if (maybe_done && sending.whole)
        return SUBMIT_UNKNOWN;
    /* An empty job would block the printer, and half a document is wanted by nobody. */
    ipp_link_begin(peer->link, ticket->timeout_ms);
    gboolean cancelled = peer_cancel(peer, id, NULL);
    return cancelled && !maybe_done ? SUBMIT_REFUSED : SUBMIT_UNKNOWN;
}
