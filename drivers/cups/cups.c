/* The printer driver over libcups. Two peers: `device` is the printer itself and the only one that
 * knows about paper; `spooler`, where configured, takes the jobs and passes them on under the same
 * job-name. */
#include "drivers/cups/peer.h"
#include "drivers/cups/reasons.h"
#include "firmware/base/clock.h"
#include <string.h>

#define SOCKET_PATH_MAX 107 /* sun_path without its NUL */
#define LOOK_MS 20          /* pause between two looks at a job that is being cancelled */

struct Printer {
    Peer *device;
    Peer *spooler; /* NULL: jobs go to the device */
    int timeout_ms;
    char *sides;
    int media_width_um, media_height_um; /* 0: not checked */
};

static gboolean refuse_config(GError **error, const char *key, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "[printer] %s: %s", key, why);
    return FALSE;
}

static gboolean read_media(Printer *printer, const char *name, GError **error)
{
    pwg_media_t *media = *name ? pwgMediaForPWG(name) : NULL;
    if (*name && (!media || media->width <= 0 || media->length <= 0))
        return refuse_config(error, "media", "no name of the form custom_leaf_167x240mm");
    printer->media_width_um = media ? media->width * 10 : 0;
    printer->media_height_um = media ? media->length * 10 : 0;
    return TRUE;
}

static gboolean open_spooler(Printer *printer, const char *socket, const char *queue,
                             GError **error)
{
    if (!*socket)
        return TRUE;
    if (*socket != '/' || strlen(socket) > SOCKET_PATH_MAX)
        return refuse_config(error, "cups_server",
                             "no absolute path of a socket of at most 107 bytes");
    if (strspn(queue, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
        strlen(queue))
        return refuse_config(error, "queue", "letters, digits, '-' and '_' only");
    g_autofree char *uri = g_strdup_printf("ipp://localhost/printers/%s", queue);
    printer->spooler = peer_create("spooler", uri, socket, error);
    return printer->spooler != NULL;
}

static void close_cups(Printer *printer)
{
    if (!printer)
        return;
    peer_destroy(printer->device);
    peer_destroy(printer->spooler);
    g_free(printer->sides);
    g_free(printer);
}

static Printer *open_cups(const Config *config, GError **error)
{
    Printer *printer = g_new0(Printer, 1);
    printer->timeout_ms = config_int(config, "printer", "timeout_ms");
    printer->sides = g_strdup(config_string(config, "printer", "sides"));
    printer->device = peer_create("printer", config_string(config, "printer", "uri"), NULL, error);
    if (printer->device && read_media(printer, config_string(config, "printer", "media"), error) &&
        open_spooler(printer, config_string(config, "printer", "cups_server"),
                     config_string(config, "printer", "queue"), error))
        return printer;
    close_cups(printer);
    return NULL;
}

/* The spooler is asked first, within half the time: it is on this machine, and a printer that hangs
 * must not keep it from being asked. */
static void begin(Printer *printer)
{
    ipp_link_begin(printer->device->link, printer->timeout_ms);
    if (printer->spooler)
        ipp_link_begin(printer->spooler->link, printer->timeout_ms / 2);
}

static void add_reason(PrinterStatus *status, const char *keyword)
{
    PrinterReason reason;
    if (reason_parse(keyword, &reason))
        reason_add(status, &reason);
}

static ipp_t *get_queue(Peer *spooler, GError **error)
{
    static const char *const names[] = {"printer-state", "printer-is-accepting-jobs",
                                        "queued-job-count"};
    return peer_get_attributes(spooler, names, G_N_ELEMENTS(names), error);
}

static const char *judge_queue(Peer *spooler)
{
    PrinterStatus queue;
    g_autoptr(ipp_t) answer = get_queue(spooler, NULL);
    if (!answer)
        return "spooler-down";
    ipp_answer_status(answer, 0, 0, &queue);
    if (queue.state != PRINTER_STATE_IDLE && queue.state != PRINTER_STATE_PROCESSING)
        return "spooler-stopped";
    if (queue.accepting != TRI_YES)
        return "spooler-stopped";
    return queue.jobs > 0 ? "spooler-busy" : NULL;
}

static gboolean get_status(Printer *printer, PrinterStatus *ret, GError **error)
{
    static const char *const names[] = {
        "printer-state",   "printer-state-reasons", "printer-is-accepting-jobs",
        "printer-uuid",    "printer-up-time",       "printer-impressions-completed",
        "media-col-ready", "queued-job-count",      "media-ready",
    };
    *ret = (PrinterStatus){.up_time_s = -1, .impressions = -1, .jobs = -1};
    begin(printer);
    const char *spooler = printer->spooler ? judge_queue(printer->spooler) : NULL;
    g_autoptr(ipp_t) answer =
        peer_get_attributes(printer->device, names, G_N_ELEMENTS(names), error);
    if (!answer)
        return FALSE;
    ipp_answer_status(answer, printer->media_width_um, printer->media_height_um, ret);
    if (spooler)
        add_reason(ret, spooler);
    return TRUE;
}

static gboolean refuse_job(GError **error, KioskError code, const char *who, const char *why,
                           const char *value)
{
    g_set_error(error, KIOSK_ERROR, code, "%s: the job was not sent: %s%s", who, why, value);
    return FALSE;
}

/* Also proves that the connection lives, right before a job that must not be sent twice. */
static gboolean check_device(Printer *printer, const PrinterJob *job, PeerTicket *ticket,
                             GError **error)
{
    static const char *const names[] = {
        "printer-is-accepting-jobs",
        "document-format-supported",
        "sides-supported",
        "job-creation-attributes-supported",
    };
    g_autoptr(ipp_t) answer =
        peer_get_attributes(printer->device, names, G_N_ELEMENTS(names), error);
    if (!answer)
        return FALSE;
    if (ipp_answer_bool(answer, "printer-is-accepting-jobs") == TRI_NO)
        return refuse_job(error, KIOSK_ERROR_BUSY, "printer", "it does not accept jobs", "");
    if (!ipp_answer_has(answer, "document-format-supported", job->format))
        return refuse_job(error, KIOSK_ERROR_REFUSED, "printer", "it does not take ", job->format);
    if (!ipp_answer_has(answer, "sides-supported", printer->sides))
        return refuse_job(error, KIOSK_ERROR_REFUSED, "printer",
                          "it cannot print sides = ", printer->sides);
    ticket->fidelity = TRUE;
    ticket->unscaled = ipp_answer_has(answer, "job-creation-attributes-supported", "print-scaling");
    return TRUE;
}

/* A job on a stopped queue would come out when somebody starts it again. */
static gboolean check_spooler(Printer *printer, GError **error)
{
    PrinterStatus queue;
    g_autoptr(ipp_t) answer = get_queue(printer->spooler, error);
    if (!answer)
        return FALSE;
    ipp_answer_status(answer, 0, 0, &queue);
    if (queue.state == PRINTER_STATE_STOPPED || queue.accepting == TRI_NO)
        return refuse_job(error, KIOSK_ERROR_BUSY, "spooler", "the queue is stopped", "");
    if (queue.jobs > 0)
        return refuse_job(error, KIOSK_ERROR_BUSY, "spooler", "another job waits in the queue", "");
    return TRUE;
}

static SubmitResult submit(Printer *printer, const PrinterJob *job, GError **error)
{
    PeerTicket ticket = {.sides = printer->sides, .unscaled = TRUE};
    begin(printer);
    if (printer->spooler ? !check_spooler(printer, error)
                         : !check_device(printer, job, &ticket, error))
        return SUBMIT_REFUSED;
    return peer_submit(printer->spooler ? printer->spooler : printer->device, job, &ticket,
                       printer->timeout_ms, error);
}

static gboolean look_up(Peer *peer, const char *name, PrinterJobStatus *ret, GError **error)
{
    g_autoptr(GArray) jobs = peer_list_jobs(peer, TRUE, error);
    *ret = jobs ? ipp_jobs_find(jobs, name) : (PrinterJobStatus){.impressions = -1};
    return jobs != NULL;
}

static gboolean get_job(Printer *printer, const char *name, PrinterJobStatus *ret, GError **error)
{
    PrinterJobStatus queue = {.state = JOB_STATE_ABSENT};
    begin(printer);
    if (printer->spooler)
        look_up(printer->spooler, name, &queue, NULL);
    gboolean known = look_up(printer->device, name, ret, error);
    ret->queue_state = queue.state;
    return known;
}

/* `only`: this job; else all but `keep`. */
typedef struct {
    const char *only, *keep;
} Choice;

static gboolean is_chosen(const Choice *choice, const IppJob *job)
{
    if (choice->only)
        return !strcmp(job->name, choice->only);
    return !choice->keep || strcmp(job->name, choice->keep) != 0;
}

/* Cancels what is chosen; the number of chosen jobs that could still print, -1 unknown. */
static int cancel_round(Peer *peer, const Choice *choice, gboolean send, GError **error)
{
    int live = 0;
    g_autoptr(GArray) jobs = peer_list_jobs(peer, FALSE, error);
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const IppJob *job = &g_array_index(jobs, IppJob, i);
        if (!is_chosen(choice, job) || !ipp_job_is_live(job->state))
            continue;
        live++;
        if (send)
            peer_cancel(peer, job->id, NULL); /* the next look tells whether it helped */
    }
    return jobs ? live : -1;
}

/* Until nothing chosen is left that could print. A new job may appear between two looks (the
 * spooler's backend was about to create it), so cancelling is repeated, slowly. */
static gboolean cancel_all(Peer *peer, const Choice *choice, GError **error)
{
    for (int round = 0;; round++) {
        int live = cancel_round(peer, choice, round % 8 == 0, error);
        if (live <= 0)
            return live == 0;
        if (ipp_link_left_ms(peer->link) <= LOOK_MS) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT,
                        "%s: %d cancelled jobs could still print", ipp_link_who(peer->link), live);
            return FALSE;
        }
        g_usleep(LOOK_MS * 1000);
    }
}

/* Jobs in the queue that could still print, -1 unknown. */
static int count_live(Peer *peer, GError **error)
{
    int live = 0;
    g_autoptr(GArray) jobs = peer_list_jobs(peer, FALSE, error);
    for (guint i = 0; jobs && i < jobs->len; i++)
        live += ipp_job_is_live(g_array_index(jobs, IppJob, i).state);
    return jobs ? live : -1;
}

/* A cancelled job leaves the list before its backend ends, and a backend that lives could still
 * create the job at the printer: until then the queue is processing, or counts more than it
 * lists. */
static gboolean wait_for_backend(Peer *spooler, PrinterState *ret_state, int *ret_live,
                                 GError **error)
{
    while (ipp_link_left_ms(spooler->link) > LOOK_MS) {
        PrinterStatus queue;
        g_autoptr(ipp_t) answer = get_queue(spooler, error);
        int live = answer ? count_live(spooler, error) : -1;
        if (live < 0)
            return FALSE;
        ipp_answer_status(answer, 0, 0, &queue);
        if (live > 0 || (queue.state != PRINTER_STATE_PROCESSING && queue.jobs == 0)) {
            *ret_state = queue.state;
            *ret_live = live;
            return TRUE;
        }
        g_usleep(LOOK_MS * 1000);
    }
    g_set_error_literal(error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT,
                        "spooler: the backend still talks to the printer");
    return FALSE;
}

/* A queue that the backend stopped is started again, unless a job would then come out of it. */
static gboolean settle_queue(Peer *spooler, GError **error)
{
    PrinterState state;
    int live;
    if (!wait_for_backend(spooler, &state, &live, error))
        return FALSE;
    return state != PRINTER_STATE_STOPPED || live > 0 || peer_resume(spooler, error);
}

static gboolean cancel_choice(Printer *printer, const Choice *choice, GError **error)
{
    begin(printer);
    GError **queue_error = error;
    gboolean queue = !printer->spooler || (cancel_all(printer->spooler, choice, queue_error) &&
                                           settle_queue(printer->spooler, queue_error));
    /* The printer is told in any case; the first error is the one that is reported. */
    return cancel_all(printer->device, choice, queue ? error : NULL) && queue;
}

static gboolean cancel_job(Printer *printer, const char *name, GError **error)
{
    return cancel_choice(printer, &(Choice){.only = name}, error);
}

static gboolean cancel_others(Printer *printer, const char *keep, GError **error)
{
    return cancel_choice(printer, &(Choice){.keep = keep}, error);
}

extern const PrinterDriver cups_printer;
const PrinterDriver cups_printer = {
    .name = "cups",
    .open = open_cups,
    .get_status = get_status,
    .submit = submit,
    .get_job = get_job,
    .cancel_job = cancel_job,
    .cancel_others = cancel_others,
    .close = close_cups,
};
