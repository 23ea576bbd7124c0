/* The paper path: one job after the other, side by side, at a set pace. */
#include "machine.h"
#include <string.h>

static const Fault faults[] = {
    {"media-empty", FAULT_HALT, "media-empty-error"},
    {"jam", FAULT_HALT, "media-jam-error"},
    {"door-open", FAULT_HALT, "door-open-error"},
    {"toner-empty", FAULT_HALT, "toner-empty-error"},
    {"stop", FAULT_HALT, "paused"},
    {"abort", FAULT_ABORT, NULL},
    {"cancel", FAULT_CANCEL, NULL},
    {"power-cycle", FAULT_POWER_CYCLE, NULL},
    {"hang", FAULT_HANG, NULL},
};

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
            late += g_array_index(machine->page_times_ms, gint64, i) > now_ms() - COUNTER_LAG_MS;
        return machine->counter - late;
    case COUNTER_OK:
    case COUNTER_UNKNOWN:
        break;
    }
    return machine->counter;
}

/* Kept on disk: a printer's counter survives its power switch. */
static void save_counter(const Machine *machine)
{
    g_autofree char *file = g_build_filename(machine->spool, "counter", NULL);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", machine->counter);
    g_file_set_contents(file, text, -1, NULL);
}

static void wait_until(Machine *machine, const Job *job, gint64 end_ms)
{
    while (!job->cancelled && now_ms() < end_ms)
        g_cond_wait_until(&machine->changed, &machine->mutex, end_ms * 1000);
}

static void halt(Machine *machine, Job *job, const Fault *fault)
{
    machine->fault = fault;
    job->state = IPP_JSTATE_STOPPED;
    job->reasons = "printer-stopped";
    while (machine->fault && !job->cancelled)
        g_cond_wait(&machine->changed, &machine->mutex);
    if (job->cancelled)
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
    event_write(machine, "power-on", NULL);
}

/* FALSE: the job is over, and may be gone. */
static gboolean strike(Machine *machine, Job *job, int page, gboolean after)
{
    const Fault *fault = machine->plan.fault;
    if (!fault || machine->plan.page != page || machine->plan.after != after)
        return TRUE;
    if (machine->plan.once)
        machine->plan.fault = NULL;
    event_write(machine, "fault",
                json_pack("{s:i, s:i, s:b, s:s}", "job", job->id, "page", page, "after", after,
                          "fault", fault->word));
    switch (fault->kind) {
    case FAULT_HALT:
        halt(machine, job, fault);
        return !job->cancelled;
    case FAULT_HANG:
        server_set_net(machine, NET_HANG);
        halt(machine, job, fault);
        return !job->cancelled;
    case FAULT_ABORT:
        job_end(machine, job, IPP_JSTATE_ABORTED, "aborted-by-system");
        return FALSE;
    case FAULT_CANCEL:
        job->cancelled = job->at_panel = TRUE;
        return FALSE;
    case FAULT_POWER_CYCLE:
        power_cycle(machine);
        return FALSE;
    case FAULT_UNKNOWN:
        break;
    }
    return TRUE;
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
    event_write(machine, "page",
                json_pack("{s:i, s:i, s:i}", "job", job->id, "page", page, "sheets", job->sheets));
}

/* FALSE: as strike. */
static gboolean print_sides(Machine *machine, Job *job)
{
    for (int page = 1; page <= job->sides; page++) {
        if (!strike(machine, job, page, FALSE))
            return FALSE;
        wait_until(machine, job, now_ms() + machine->page_ms);
        while (machine->paused && !job->cancelled)
            g_cond_wait(&machine->changed, &machine->mutex);
        if (job->cancelled)
            return FALSE;
        count_side(machine, job, page);
        if (!strike(machine, job, page, TRUE) || job->cancelled)
            return FALSE;
    }
    return TRUE;
}

static void finish(Machine *machine, Job *job, gboolean printed)
{
    if (printed)
        job_end(machine, job, IPP_JSTATE_COMPLETED, "job-completed-successfully");
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
    int id = job->id;
    machine->printing = id;
    job->state = IPP_JSTATE_PROCESSING;
    job->reasons = "job-printing";
    job->started_ms = now_ms();
    g_mutex_unlock(&machine->mutex); /* a job is only freed by this thread */
    int sides = document_count_pages(job->file, job->format);
    g_mutex_lock(&machine->mutex);
    job->sides = MAX(sides, 0);
    gboolean printed = sides > 0 && print_sides(machine, job);
    machine->printing = 0;
    job = job_find(machine, id); /* a power cycle forgets it */
    if (job && sides <= 0)
        job_end(machine, job, IPP_JSTATE_ABORTED, "document-format-error");
    else if (job)
        finish(machine, job, printed);
    if (job && machine->png)
        picture(machine, job);
}

static Job *next_job(Machine *machine)
{
    for (guint i = 0; i < machine->jobs->len; i++) {
        Job *job = g_ptr_array_index(machine->jobs, i);
        if (job->state == IPP_JSTATE_PENDING)
            return job;
    }
    return NULL;
}

gpointer engine_run(gpointer data)
{
    Machine *machine = data;
    g_mutex_lock(&machine->mutex);
    while (TRUE) {
        Job *job = machine->paused || machine->fault ? NULL : next_job(machine);
        if (job)
            print_job(machine, job);
        else
            g_cond_wait(&machine->changed, &machine->mutex);
    }
    return NULL;
}
