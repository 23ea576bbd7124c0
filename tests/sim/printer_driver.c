/* drivers/printer.h over the simulated printer. */
#include "tests/sim/printer_box.h"
#include <string.h>

const PrinterDriver *__wrap_printer_driver_find(const char *name);

static Machine *machine_of(Printer *printer)
{
    return (Machine *)printer;
}

static Printer *open_printer(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return (Printer *)world->current;
}

static gboolean is_deaf(Machine *m, GError **error)
{
    spend(random_between(&m->printer->random, 2, 30));
    if (m->dying || world->now_ms < m->printer_down_ms ||
        world->now_ms < m->printer->off_until_ms) {
        spend(2000);
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "printer: no answer");
        return TRUE;
    }
    return FALSE;
}

/* A counter that lags moves at least once a second until it has caught up: two readings a second
 * apart that agree are what the protocol trusts. */
static gint64 told_counter(const PrinterBox *p)
{
    if (!p->has_counter)
        return -1;
    if (p->stuck_at)
        return p->stuck_at;
    return p->counter - printer_lag(p);
}

static void add_reason(PrinterStatus *ret, const char *keyword, PrinterSeverity severity)
{
    PrinterReason *reason = &ret->reasons[ret->n_reasons++];
    g_strlcpy(reason->keyword, keyword, sizeof reason->keyword);
    reason->severity = severity;
}

static gboolean get_status(Printer *printer, PrinterStatus *ret, GError **error)
{
    Machine *m = machine_of(printer);
    PrinterBox *p = m->printer;
    *ret = (PrinterStatus){.up_time_s = -1, .impressions = -1, .jobs = -1};
    if (is_deaf(m, error))
        return FALSE;
    int jobs = printer_count_jobs(m);
    gboolean stopped = p->n_reasons || p->door_open || p->paused;
    ret->state = stopped ? PRINTER_STATE_STOPPED
                 : jobs  ? PRINTER_STATE_PROCESSING
                         : PRINTER_STATE_IDLE;
    ret->accepting = TRI_YES;
    for (gsize i = 0; i < p->n_reasons; i++)
        add_reason(ret, p->reasons[i], PRINTER_SEVERITY_ERROR);
    if (p->door_open)
        add_reason(ret, "door-open", PRINTER_SEVERITY_ERROR);
    if (p->low)
        add_reason(ret, "marker-supply-low", PRINTER_SEVERITY_WARNING);
    if (p->paused)
        add_reason(ret, "paused", PRINTER_SEVERITY_WARNING);
    g_snprintf(ret->uuid, sizeof ret->uuid, "urn:uuid:%u", p->uuid);
    ret->up_time_s = (int)((world->now_ms - p->boot_ms) / 1000);
    ret->impressions = told_counter(p);
    ret->counter = p->has_counter ? PRINTER_COUNTER_IPP : PRINTER_COUNTER_UNKNOWN;
    ret->format = PRINTER_FORMAT_PDF;
    ret->jobs = jobs;
    ret->media_ready = p->wrong_media ? TRI_NO : TRI_YES;
    if (strikes(m, FAULT_HOSTILE_ATTRIBUTES)) {
        memset(ret->uuid, '\x01', sizeof ret->uuid - 1);
        ret->impressions = G_MAXINT64;
        ret->up_time_s = G_MAXINT;
        add_reason(ret, "%s%s%s\"\n", PRINTER_SEVERITY_UNKNOWN);
    }
    return TRUE;
}

static void tell_job(Machine *m, const Job *job)
{
    Fact *fact = oracle_tell(FACT_JOB, m);
    fact->known = oracle_find(job->name);
    fact->number = printer_count_jobs(m) - 1;
    fact->durable = disk_count_unsynced(m->disk, "-wal") == 0;
    g_strlcpy(fact->text, job->name, sizeof fact->text);
    if (fact->known)
        fact->lease_left_ms = fact->known->lease_until_ms - WALL_START_MS - world->now_ms;
}

static void create_job(Machine *m, const PrinterJob *wanted)
{
    PrinterBox *p = m->printer;
    Job *job = g_new0(Job, 1);
    g_strlcpy(job->name, wanted->name, sizeof job->name);
    job->document = g_bytes_ref(wanted->document);
    job->sides = wanted->impressions;
    job->paper = -1;
    job->state = JOB_STATE_PENDING;
    job->not_before_ms = world->now_ms + random_between(&p->random, 200, 2500);
    if (strikes(m, FAULT_QUEUE_PAUSED)) {
        job->in_queue = TRUE;
        job->not_before_ms += random_between(&p->random, 5000, 200000);
    }
    p->jobs = g_slist_append(p->jobs, job);
    tell_job(m, job);
    world_trace(m, "printer: has job %.8s of %d sides", job->name, job->sides);
    printer_plan(m);
}

static SubmitResult submit(Printer *printer, const PrinterJob *job, PrinterSent *ret_sent,
                           GError **error)
{
    Machine *m = machine_of(printer);
    *ret_sent = (PrinterSent){.format = job->format, .bytes = 1};
    if (m->dying || !m->loop || is_deaf(m, error)) {
        if (error && !*error)
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "printer: gone");
        return SUBMIT_REFUSED;
    }
    spend(random_between(&m->printer->random, 100, 900));
    if (strikes(m, FAULT_SUBMIT_REFUSED)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "printer: refused");
        return SUBMIT_REFUSED;
    }
    if (!strikes(m, FAULT_SUBMIT_BROKEN)) {
        create_job(m, job);
        return SUBMIT_TAKEN;
    }
    if (random_below(&m->printer->random, 2))
        create_job(m, job);
    spend(random_between(&m->printer->random, 1000, 20000));
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT, "printer: the connection broke");
    return SUBMIT_UNKNOWN;
}

/* A job that was printed behind a stuck counter and is denied before any journal has it as seen looks
 * like one that was never made: nobody could tell, so the printer remembers it. */
static gboolean is_denied(const Machine *m, const Job *job)
{
    const Known *known = oracle_find(job->name);
    gboolean seen = known && (known->steps & (1u << JOURNAL_SEEN));
    return job->forgotten && (seen || !m->printer->stuck_at || !job->printed);
}

static gboolean get_job(Printer *printer, const char *name, PrinterJobStatus *ret, GError **error)
{
    Machine *m = machine_of(printer);
    *ret = (PrinterJobStatus){.impressions = -1, .queue_state = JOB_STATE_ABSENT};
    if (is_deaf(m, error))
        return FALSE;
    Job *job = printer_find_job(m, name);
    ret->state = JOB_STATE_ABSENT;
    if (!job)
        return TRUE;
    gboolean waits = job->in_queue && job->state == JOB_STATE_PENDING;
    ret->stuck = job->never_ends && job->printed >= job->sides;
    ret->queue_state = waits ? JOB_STATE_PENDING : JOB_STATE_COMPLETED;
    if (waits || is_denied(m, job))
        return TRUE;
    ret->state = job->said_completed ? JOB_STATE_COMPLETED : job->state;
    ret->impressions = job->told;
    return TRUE;
}

static gboolean cancel_job(Printer *printer, const char *name, GError **error)
{
    Machine *m = machine_of(printer);
    if (is_deaf(m, error))
        return FALSE;
    Job *job = printer_find_job(m, name);
    if (!job || !printer_job_lives(job))
        return TRUE;
    if (strikes(m, FAULT_CANCEL_FAILS)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "printer: not cancelled");
        return FALSE;
    }
    printer_end_job(m, job, JOB_STATE_CANCELED);
    return TRUE;
}

static gboolean cancel_others(Printer *printer, const char *keep, GError **error)
{
    Machine *m = machine_of(printer);
    if (is_deaf(m, error))
        return FALSE;
    for (GSList *l = m->printer->jobs; l; l = l->next) {
        Job *job = l->data;
        if (printer_job_lives(job) && g_strcmp0(job->name, keep))
            printer_end_job(m, job, JOB_STATE_CANCELED);
    }
    return TRUE;
}

static void interrupt(Printer *printer)
{
    (void)printer; /* a call's time has passed when it is known */
}

static void close_printer(Printer *printer)
{
    (void)printer;
}

const PrinterDriver *__wrap_printer_driver_find(const char *name)
{
    static const PrinterDriver driver = {.name = "sim",
                                         .open = open_printer,
                                         .get_status = get_status,
                                         .submit = submit,
                                         .get_job = get_job,
                                         .cancel_job = cancel_job,
                                         .cancel_others = cancel_others,
                                         .interrupt = interrupt,
                                         .close = close_printer};
    (void)name;
    return &driver;
}
