/* The printer driver over libcups. Two peers: `device` is the printer itself and the only one that
 * knows about paper; `spooler`, where configured, takes the jobs and passes them on under the same
 * job-name. A printer that speaks no IPP has the spooler alone, and its word is hearsay. */
#include "drivers/cups/abilities.h"
#include "drivers/cups/cancel.h"
#include "drivers/cups/reasons.h"
#include "drivers/cups/page_counter.h"
#include "drivers/cups/spooler.h"
#include <string.h>

#define SOCKET_PATH_MAX 107 /* sun_path without its NUL */

struct Printer {
    Peer *device;         /* NULL: speaks no IPP */
    Peer *spooler;        /* NULL: jobs go to the device */
    PageCounter *counter; /* NULL: not asked */
    int timeout_ms, stall_ms;
    char *sides, *tray;
    Wish wish;
    Abilities abilities; /* of the printer with `uuid` since `up_time_s` */
    gboolean abilities_known;
    char uuid[64];
    int up_time_s;
    GMutex mutex; /* of `sending`, which says whether there is something to interrupt */
    gboolean sending;
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
    printer->wish.width_um = media ? media->width * 10 : 0;
    printer->wish.height_um = media ? media->length * 10 : 0;
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

static gboolean open_device(Printer *printer, const char *uri, const char *pin, GError **error)
{
    if (!*uri)
        return TRUE;
    if (*pin && (strlen(pin) != 64 || strspn(pin, "0123456789abcdefABCDEF") != 64))
        return refuse_config(error, "tls_sha256", "no 64 hexadecimal digits");
    printer->device = peer_create("printer", uri, NULL, error);
    if (printer->device)
        ipp_link_pin(printer->device->link, pin);
    return printer->device != NULL;
}

static gboolean open_snmp(Printer *printer, const Config *config, GError **error)
{
    const char *address = config_string(config, "printer", "snmp");
    if (!*address)
        return TRUE;
    printer->counter =
        page_counter_create(address, config_string(config, "printer", "snmp_community"), error);
    return printer->counter != NULL;
}

static void read_wish(Printer *printer, const Config *config)
{
    static const char *const qualities[] = {"draft", "normal", "high"}; /* from IPP's 3 on */
    const char *format = config_string(config, "printer", "format");
    printer->sides = g_strdup(config_string(config, "printer", "sides"));
    printer->tray = g_strdup(config_string(config, "printer", "tray"));
    printer->wish.sides = printer->sides;
    printer->wish.tray = printer->tray;
    printer->wish.dpi_max = config_int(config, "printer", "dpi_max");
    printer->wish.format = !strcmp(format, "pwg")   ? PRINTER_FORMAT_PWG
                           : !strcmp(format, "pdf") ? PRINTER_FORMAT_PDF
                                                    : PRINTER_FORMAT_UNKNOWN;
    for (int i = 0; i < (int)G_N_ELEMENTS(qualities); i++)
        if (!strcmp(config_string(config, "printer", "quality"), qualities[i]))
            printer->wish.quality = IPP_QUALITY_DRAFT + i;
}

static void close_cups(Printer *printer)
{
    if (!printer)
        return;
    g_mutex_clear(&printer->mutex);
    peer_destroy(printer->device);
    peer_destroy(printer->spooler);
    page_counter_destroy(printer->counter);
    g_free(printer->sides);
    g_free(printer->tray);
    g_free(printer);
}

static gboolean open_parts(Printer *printer, const Config *config, GError **error)
{
    if (!open_device(printer, config_string(config, "printer", "uri"),
                     config_string(config, "printer", "tls_sha256"), error) ||
        !read_media(printer, config_string(config, "printer", "media"), error) ||
        !open_spooler(printer, config_string(config, "printer", "cups_server"),
                      config_string(config, "printer", "queue"), error) ||
        !open_snmp(printer, config, error))
        return FALSE;
    return printer->device || printer->spooler ||
           refuse_config(error, "uri", "empty, and cups_server, too: there is no printer");
}

static Printer *open_cups(const Config *config, GError **error)
{
    Printer *printer = g_new0(Printer, 1);
    g_mutex_init(&printer->mutex);
    printer->timeout_ms = config_int(config, "printer", "timeout_ms");
    printer->stall_ms = config_int(config, "printer", "stall_ms");
    read_wish(printer, config);
    if (open_parts(printer, config, error))
        return printer;
    close_cups(printer);
    return NULL;
}

/* The spooler is asked first, within half the time: it is on this machine, and a printer that hangs
 * must not keep it from being asked. */
static void begin(Printer *printer)
{
    if (printer->device)
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

static gboolean read_abilities(Printer *printer, GError **error)
{
    int n_names;
    const char *const *names = abilities_names(&n_names);
    g_autoptr(ipp_t) answer = peer_get_attributes(printer->device, names, n_names, error);
    printer->abilities_known = answer != NULL;
    if (answer)
        abilities_read(answer, &printer->wish, &printer->abilities);
    return answer != NULL;
}

/* Once a printer: another one, or one that was switched off and changed, is asked again. One that
 * cannot do what is wanted is asked each time: somebody may be mending it. */
static void learn_abilities(Printer *printer, PrinterStatus *status)
{
    gboolean same = printer->abilities_known && !*printer->abilities.error &&
                    !strcmp(printer->uuid, status->uuid) && printer->up_time_s <= status->up_time_s;
    if (!same && !read_abilities(printer, NULL))
        return;
    g_strlcpy(printer->uuid, status->uuid, sizeof printer->uuid);
    printer->up_time_s = status->up_time_s;
    status->format = printer->abilities.format;
    status->dpi = printer->abilities.dpi;
    g_strlcpy(status->setup_error, printer->abilities.error, sizeof status->setup_error);
    g_strlcpy(status->model, printer->abilities.model, sizeof status->model);
    g_strlcpy(status->firmware, printer->abilities.firmware, sizeof status->firmware);
}

static void add_snmp(Printer *printer, PrinterStatus *status)
{
    CounterReading reading;
    if (!printer->counter || status->impressions >= 0 ||
        !page_counter_read(printer->counter, printer->timeout_ms / 2, &reading, NULL))
        return;
    status->impressions = reading.impressions;
    status->counter = reading.impressions < 0 ? PRINTER_COUNTER_UNKNOWN : PRINTER_COUNTER_SNMP;
    if (!status->from_spooler)
        return;
    status->up_time_s = reading.up_time_s;
    if (*reading.serial)
        g_snprintf(status->uuid, sizeof status->uuid, "serial:%s", reading.serial);
}

static gboolean get_device_status(Printer *printer, PrinterStatus *ret, GError **error)
{
    static const char *const names[] = {
        "printer-state",   "printer-state-reasons", "printer-is-accepting-jobs",
        "printer-uuid",    "printer-up-time",       "printer-impressions-completed",
        "media-col-ready", "queued-job-count",      "media-ready",
        "marker-names",    "marker-levels",
    };
    const char *spooler = printer->spooler ? spooler_judge(printer->spooler) : NULL;
    g_autoptr(ipp_t) answer =
        peer_get_attributes(printer->device, names, G_N_ELEMENTS(names), error);
    if (!answer)
        return FALSE;
    ipp_answer_status(answer, printer->wish.width_um, printer->wish.height_um, ret);
    if (spooler)
        add_reason(ret, spooler);
    learn_abilities(printer, ret);
    return TRUE;
}

static gboolean get_status(Printer *printer, PrinterStatus *ret, GError **error)
{
    *ret = (PrinterStatus){.up_time_s = -1, .impressions = -1, .jobs = -1};
    begin(printer);
    if (printer->device) {
        if (!get_device_status(printer, ret, error))
            return FALSE;
    } else {
        if (!spooler_get_status(printer->spooler, ret, error))
            return FALSE;
        ret->from_spooler = TRUE;
        ret->format = PRINTER_FORMAT_PDF; /* the spooler's filters make the printer's own of it */
    }
    add_snmp(printer, ret);
    return TRUE;
}

static gboolean refuse_job(GError **error, KioskError code, const char *why, const char *value)
{
    g_set_error(error, KIOSK_ERROR, code, "printer: the job was not sent: %s%s", why, value);
    return FALSE;
}

/* Also proves that the connection lives, right before a job that must not be sent twice. */
static gboolean check_device(Printer *printer, const PrinterJob *job, PeerTicket *ticket,
                             GError **error)
{
    static const char *const names[] = {"printer-is-accepting-jobs", "document-format-supported"};
    if (!printer->abilities_known && !read_abilities(printer, error))
        return FALSE;
    const Abilities *abilities = &printer->abilities;
    g_autoptr(ipp_t) answer =
        peer_get_attributes(printer->device, names, G_N_ELEMENTS(names), error);
    if (!answer)
        return FALSE;
    if (ipp_answer_bool(answer, "printer-is-accepting-jobs") == TRI_NO)
        return refuse_job(error, KIOSK_ERROR_BUSY, "it does not accept jobs", "");
    if (!ipp_answer_has(answer, "document-format-supported", printer_format_word(job->format)))
        return refuse_job(error, KIOSK_ERROR_REFUSED, "it does not take ",
                          printer_format_word(job->format));
    if (*abilities->error)
        return refuse_job(error, KIOSK_ERROR_REFUSED, "", abilities->error);
    ticket->fidelity = TRUE;
    ticket->unscaled = abilities->unscaled;
    ticket->quality = abilities->has_quality ? printer->wish.quality : 0;
    return TRUE;
}

static SubmitResult send_job(Printer *printer, const PrinterJob *job, PrinterSent *ret_sent,
                             GError **error)
{
    PeerTicket ticket = {.sides = printer->sides,
                         .tray = printer->tray,
                         .unscaled = TRUE,
                         .timeout_ms = printer->timeout_ms,
                         .stall_ms = printer->stall_ms};
    begin(printer);
    if (printer->spooler ? !spooler_check(printer->spooler, error)
                         : !check_device(printer, job, &ticket, error))
        return SUBMIT_REFUSED;
    return peer_submit(printer->spooler ? printer->spooler : printer->device, job, &ticket,
                       ret_sent, error);
}

/* Each link that the printer has. */
static void for_each_link(Printer *printer, void (*act)(IppLink *link))
{
    if (printer->device)
        act(printer->device->link);
    if (printer->spooler)
        act(printer->spooler->link);
}

static void set_sending(Printer *printer, gboolean sending)
{
    g_mutex_lock(&printer->mutex);
    printer->sending = sending;
    for_each_link(printer, ipp_link_release); /* an interruption was about the last job */
    g_mutex_unlock(&printer->mutex);
}

static SubmitResult submit(Printer *printer, const PrinterJob *job, PrinterSent *ret_sent,
                           GError **error)
{
    PrinterSent sent = {.format = job->format};
    set_sending(printer, TRUE);
    SubmitResult result = send_job(printer, job, &sent, error);
    set_sending(printer, FALSE);
    if (ret_sent)
        *ret_sent = sent;
    return result;
}

static gboolean look_up(Peer *peer, const char *name, PrinterJobStatus *ret, GError **error)
{
    g_autoptr(GArray) jobs = peer_list_jobs(peer, TRUE, error);
    *ret = jobs ? ipp_jobs_find(jobs, name) : (PrinterJobStatus){.impressions = -1};
    return jobs != NULL;
}

/* In a stopped queue a job waits until somebody starts it; the printer's own look tells the rest.
 */
static gboolean look_up_queue(Peer *spooler, const char *name, PrinterJobStatus *ret,
                              GError **error)
{
    PrinterStatus queue;
    if (!look_up(spooler, name, ret, error))
        return FALSE;
    if (ret->state == JOB_STATE_PENDING && spooler_get_status(spooler, &queue, NULL))
        ret->stuck = queue.state == PRINTER_STATE_STOPPED;
    return TRUE;
}

static gboolean get_job(Printer *printer, const char *name, PrinterJobStatus *ret, GError **error)
{
    PrinterJobStatus queue = {.state = JOB_STATE_ABSENT};
    begin(printer);
    gboolean queue_known = !printer->spooler || look_up_queue(printer->spooler, name, &queue,
                                                              printer->device ? NULL : error);
    if (!printer->device) {
        *ret = queue;
        ret->impressions = -1; /* what its filters counted */
        ret->from_spooler = TRUE;
        ret->queue_state = queue.state;
        return queue_known;
    }
    gboolean known = look_up(printer->device, name, ret, error);
    ret->queue_state = queue.state;
    if (ipp_job_is_live(queue.state) && !queue.stuck) /* the spooler may yet send it */
        ret->incoming = queue.incoming;
    /* A backend may stop the queue over an answer that it did not like, while the printer prints.
     */
    ret->stuck = known && queue.stuck && (!ipp_job_is_live(ret->state) || ret->incoming);
    return known;
}

static gboolean cancel_choice(Printer *printer, const CancelChoice *choice, GError **error)
{
    begin(printer);
    return cancel_jobs(printer->device, printer->spooler, choice, error);
}

static gboolean cancel_job(Printer *printer, const char *name, GError **error)
{
    return cancel_choice(printer, &(CancelChoice){.only = name}, error);
}

static gboolean cancel_others(Printer *printer, const char *keep, GError **error)
{
    return cancel_choice(printer, &(CancelChoice){.keep = keep}, error);
}

static void interrupt(Printer *printer)
{
    g_mutex_lock(&printer->mutex);
    if (printer->sending)
        for_each_link(printer, ipp_link_hold);
    g_mutex_unlock(&printer->mutex);
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
    .interrupt = interrupt,
    .close = close_cups,
};
