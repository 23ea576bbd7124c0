/* The paper path: one job after the other, side by side, at a set pace. */
#include "machine.h"
#include <string.h>

static const Fault faults[] = {
    {"media-empty", FAULT_HALT, "media-empty-error", 0},
    {"wrong-media", FAULT_HALT, "media-needed-error", 0},
    {"jam", FAULT_HALT, "media-jam-error", 0},
    {"door-open", FAULT_HALT, "door-open-error", 0},
    {"toner-empty", FAULT_HALT, "toner-empty-error", 0},
    {"toner-low", FAULT_REASON, "toner-low-warning", 0},
    {"stop", FAULT_HALT, "paused", 0},
    {"stall", FAULT_STALL, NULL, 0},
    {"abort", FAULT_ABORT, NULL, 0},
    {"cancel", FAULT_CANCEL, NULL, 0},
    {"power-cycle", FAULT_POWER_CYCLE, NULL, 0},
    {"hang", FAULT_HANG, NULL, 0},
    {"cable-out", FAULT_NET, NULL, NET_REFUSE},
    {"net-hang", FAULT_NET, NULL, NET_HANG},
    {"net-reset", FAULT_NET, NULL, NET_RESET},
    {"net-drip", FAULT_NET, NULL, NET_DRIP},
    {"counter-stuck", FAULT_COUNTER, NULL, COUNTER_STUCK},
    {"counter-absent", FAULT_COUNTER, NULL, COUNTER_ABSENT},
    {"counter-lag", FAULT_COUNTER, NULL, COUNTER_LAG},
    {"counter-reset", FAULT_COUNTER, NULL, COUNTER_RESET},
    {"completed-early", FAULT_EARLY, NULL, 0},
    {"job-vanishes", FAULT_VANISH, NULL, 0},
    {"other-printer", FAULT_SWAP, NULL, 0},
};

static const char *const moments[] = {"before", "at", "after"};

const Fault *fault_find(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
        if (!strcmp(faults[i].word, word))
            return &faults[i];
    return NULL;
}

ipp_pstate_t machine_state(const Machine *machine)
{
    if (machine->paused || (machine->fault && machine->fault->kind == FAULT_HALT))
        return IPP_PSTATE_STOPPED;
    return machine->printing ? IPP_PSTATE_PROCESSING : IPP_PSTATE_IDLE;
}

gint64 machine_counter(Machine *machine)
{
    int late = 0;
    switch (machine->counter_mode) {
    case COUNTER_ABSENT:
        return -1;
    case COUNTER_STUCK:
        return machine->stuck_at;
    case COUNTER_LAG:
        for (guint i = 0; i < machine->page_times_ms->len; i++)
            late += g_array_index(machine->page_times_ms, gint64, i) > now_ms() - machine->lag_ms;
        return machine->counter - late;
    case COUNTER_OK:
    case COUNTER_RESET:
    case COUNTER_UNKNOWN:
        break;
    }
    return machine->counter;
}

void machine_set_counter(Machine *machine, CounterMode mode)
{
    machine->stuck_at = machine->counter;
    if (mode == COUNTER_RESET)
        machine->counter = 0;
    else
        machine->counter_mode = mode;
}

/* Kept on disk: a printer's counter survives its power switch. */
static void save_counter(const Machine *machine)
{
    g_autofree char *file = g_build_filename(machine->spool, "counter", NULL);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", machine->counter);
    g_file_set_contents(file, text, -1, NULL);
}

/* Somebody wants the job to end before its end. */
static gboolean is_cut(const Machine *machine, const Job *job)
{
    return job->cancelled || machine->power_wanted;
}

static void wait_until(Machine *machine, const Job *job, gint64 end_ms)
{
    while (!is_cut(machine, job) && now_ms() < end_ms)
        g_cond_wait_until(&machine->changed, &machine->mutex, end_ms * 1000);
}

static void halt(Machine *machine, Job *job, const Fault *fault)
{
    machine->fault = fault;
    if (fault->kind != FAULT_STALL) {
        job->state = IPP_JSTATE_STOPPED;
        job->reasons = "printer-stopped";
    }
    while (machine->fault && !is_cut(machine, job))
        g_cond_wait(&machine->changed, &machine->mutex);
    if (job->cancelled && fault->kind == FAULT_STALL)
        machine->fault = NULL; /* it comes to itself */
    if (is_cut(machine, job))
        return; /* the tray is still empty, the door still open */
    job->state = IPP_JSTATE_PROCESSING;
    job->reasons = "job-printing";
    event_write(machine, "resumed", json_pack("{s:i}", "job", job->id));
}

static void power_cycle(Machine *machine)
{
    Net before = machine->net;
    machine->printing = 0;
    server_set_net(machine, NET_REFUSE);
    g_ptr_array_set_size(machine->jobs, 0);
    gint64 end_us = g_get_monotonic_time() + machine->off_ms * G_GINT64_CONSTANT(1000);
    while (g_cond_wait_until(&machine->changed, &machine->mutex, end_us))
        continue;
    machine->up_since_ms = now_ms();
    server_set_net(machine, before == NET_REFUSE ? NET_OK : before);
    machine->power_wanted = FALSE;
    g_cond_broadcast(&machine->changed);
    event_write(machine, "power-on", NULL);
}

/* What does not stop the paper. */
static void disturb(Machine *machine, Job *job, const Fault *fault)
{
    if (fault->kind == FAULT_REASON)
        machine->fault = fault;
    else if (fault->kind == FAULT_NET)
        server_set_net(machine, (Net)fault->value);
    else if (fault->kind == FAULT_COUNTER)
        machine_set_counter(machine, (CounterMode)fault->value);
    else if (fault->kind == FAULT_EARLY)
        job->early = TRUE;
    else if (fault->kind == FAULT_VANISH)
        job->hidden = TRUE;
}

static void swap_printer(Machine *machine, Job *job)
{
    machine_new_uuid(machine);
    machine->counter = 17;
    job->hidden = job->cancelled = TRUE; /* the other printer never had it */
}

static void strike_fault(Machine *machine, Job *job, const Fault *fault)
{
    switch (fault->kind) {
    case FAULT_HANG:
        server_set_net(machine, NET_HANG);
        halt(machine, job, fault);
        break;
    case FAULT_HALT:
    case FAULT_STALL:
        halt(machine, job, fault);
        break;
    case FAULT_ABORT:
        job->cancelled = job->aborted = TRUE;
        break;
    case FAULT_CANCEL:
        job->cancelled = job->at_panel = TRUE;
        break;
    case FAULT_POWER_CYCLE:
        machine->power_wanted = TRUE;
        break;
    case FAULT_SWAP:
        swap_printer(machine, job);
        break;
    case FAULT_REASON:
    case FAULT_NET:
    case FAULT_COUNTER:
    case FAULT_EARLY:
    case FAULT_VANISH:
    case FAULT_UNKNOWN:
        disturb(machine, job, fault);
    }
}

/* FALSE: the job is over. */
static gboolean strike(Machine *machine, Job *job, int page, Moment moment)
{
    const Fault *fault = machine->plan.fault;
    if (!fault || machine->plan.page != page || machine->plan.moment != moment)
        return !is_cut(machine, job);
    if (machine->plan.once)
        machine->plan.fault = NULL;
    event_write(machine, "fault",
                json_pack("{s:i, s:i, s:s, s:s}", "job", job->id, "page", page, "moment",
                          moments[moment], "fault", fault->word));
    strike_fault(machine, job, fault);
    return !is_cut(machine, job);
}

static void count_side(Machine *machine, Job *job, int page)
{
    gint64 at_ms = now_ms();
    job->printed = page;
    machine->counter++;
    machine->sides_total++;
    if (!job->duplex || page % 2 == 1) {
        job->sheets++;
        machine->sheets_total++;
    }
    g_array_append_val(machine->page_times_ms, at_ms);
    if (machine->page_times_ms->len > 256)
        g_array_remove_index(machine->page_times_ms, 0);
    save_counter(machine);
    g_cond_broadcast(&machine->changed); /* there is room for another one */
    event_write(machine, "page",
                json_pack("{s:i, s:i, s:i}", "job", job->id, "page", page, "sheets", job->sheets));
}

/* Until the data of side `page` is here; FALSE: there is no such side, or the job is over. */
static gboolean wait_for_data(Machine *machine, const Job *job, int page)
{
    while (job->arrived < page && !job->ended && !is_cut(machine, job))
        g_cond_wait(&machine->changed, &machine->mutex);
    return job->arrived >= page && !is_cut(machine, job);
}

/* Paper that moves is printed to its end and counted, unless the power goes, or it is stuck and
 * the job is given up. */
static gboolean finish_side(Machine *machine, Job *job, int page, gint64 end_ms)
{
    gboolean stuck = job->cancelled && machine->fault && machine->fault->kind == FAULT_HALT;
    while (!machine->power_wanted && !stuck && now_ms() < end_ms)
        g_cond_wait_until(&machine->changed, &machine->mutex, end_ms * 1000);
    if (!machine->power_wanted && !stuck && !(job->hidden && job->cancelled)) {
        count_side(machine, job, page);
        return TRUE;
    }
    event_write(machine, "spoilt", json_pack("{s:i, s:i}", "job", job->id, "page", page));
    return FALSE;
}

static gboolean print_side(Machine *machine, Job *job, int page)
{
    gint64 start_ms = now_ms();
    if (!strike(machine, job, page, MOMENT_BEFORE))
        return FALSE;
    start_ms = MAX(start_ms, now_ms() - machine->page_ms / 2);
    wait_until(machine, job, start_ms + machine->page_ms / 2);
    while (machine->paused && !is_cut(machine, job))
        g_cond_wait(&machine->changed, &machine->mutex);
    if (is_cut(machine, job))
        return FALSE;
    gboolean goes_on = strike(machine, job, page, MOMENT_AT);
    gint64 end_ms = MAX(start_ms + machine->page_ms, now_ms());
    return finish_side(machine, job, page, end_ms) && goes_on &&
           strike(machine, job, page, MOMENT_AFTER);
}

/* FALSE: the job was cut. */
static gboolean print_sides(Machine *machine, Job *job)
{
    for (int page = 1; wait_for_data(machine, job, page); page++)
        if (!print_side(machine, job, page))
            return FALSE;
    return job->ended && !is_cut(machine, job);
}

static void finish(Machine *machine, Job *job, gboolean printed)
{
    if (printed && job->broken)
        job_end(machine, job, IPP_JSTATE_ABORTED,
                job->arrived ? "submission-interrupted" : "document-format-error");
    else if (printed)
        job_end(machine, job, IPP_JSTATE_COMPLETED, "job-completed-successfully");
    else if (job->aborted)
        job_end(machine, job, IPP_JSTATE_ABORTED, "aborted-by-system");
    else if (!job_is_done(job))
        job_end(machine, job, IPP_JSTATE_CANCELED,
                job->at_panel ? "job-canceled-at-device" : "job-canceled-by-user");
}

static void picture(Machine *machine, const Job *job)
{
    g_autofree char *file = g_strdup(job->file), *format = g_strdup(job->format);
    int id = job->id, pages = job->printed;
    g_mutex_unlock(&machine->mutex);
    document_picture(machine->spool, id, file, format, pages);
    g_mutex_lock(&machine->mutex);
    Job *still = job_find(machine, id);
    if (still)
        still->pictured = TRUE;
    event_write(machine, "pictures", json_pack("{s:i, s:i}", "job", id, "pages", pages));
    g_cond_broadcast(&machine->changed);
}

static void print_job(Machine *machine, Job *job)
{
    machine->printing = job->id;
    job->state = IPP_JSTATE_PROCESSING;
    job->reasons = "job-printing";
    job->started_ms = now_ms();
    gboolean printed = print_sides(machine, job);
    machine->printing = 0;
    if (machine->power_wanted)
        return;
    finish(machine, job, printed);
    if (machine->png)
        picture(machine, job);
}

static Job *next_job(Machine *machine)
{
    for (guint i = 0; i < machine->jobs->len; i++) {
        Job *job = g_ptr_array_index(machine->jobs, i);
        if (job->state == IPP_JSTATE_PENDING && (job->arrived || job->ended))
            return job;
    }
    return NULL;
}

gpointer engine_run(gpointer data)
{
    Machine *machine = data;
    g_mutex_lock(&machine->mutex);
    while (TRUE) {
        gboolean stands = machine->fault && machine->fault->kind != FAULT_REASON;
        Job *job = machine->paused || stands ? NULL : next_job(machine);
        if (machine->power_wanted)
            power_cycle(machine);
        else if (job)
            print_job(machine, job);
        else
            g_cond_wait(&machine->changed, &machine->mutex);
    }
    return NULL;
}
