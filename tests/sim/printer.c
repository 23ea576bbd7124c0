/* The printer as a machine: a stack of numbered blanks, a spool, an engine that puts sides on the
 * top blank, a counter. What it tells of itself is printer_driver.c's matter. */
#include "tests/sim/printer_box.h"
#include <string.h>

#define SIDE_MS 1500
#define FIRST_BLANKS 60

void printer_setup(Machine *m)
{
    PrinterBox *p = m->printer = g_new0(PrinterBox, 1);
    p->random = random_stream(m->world->seed, "printer", (guint)m->id);
    p->on = TRUE;
    p->boot_ms = m->world->now_ms - 50000;
    p->uuid = (guint)m->id * 100;
    p->counter = random_between(&p->random, 100, 90000);
    p->has_counter = random_below(&p->random, 10) > 0;
    p->blanks = g_array_new(FALSE, FALSE, sizeof(guint64));
    p->next_serial = 33000000001u + (guint64)m->id * 100000;
}

static void free_job(gpointer pointer)
{
    Job *job = pointer;
    g_bytes_unref(job->document);
    g_free(job);
}

void printer_free(Machine *m)
{
    g_slist_free_full(m->printer->jobs, free_job);
    g_array_unref(m->printer->blanks);
    g_free(m->printer);
}

Job *printer_find_job(const Machine *m, const char *name)
{
    for (GSList *l = m->printer->jobs; l; l = l->next)
        if (!strcmp(((Job *)l->data)->name, name))
            return l->data;
    return NULL;
}

gboolean printer_job_lives(const Job *job)
{
    return job->state == JOB_STATE_PENDING || job->state == JOB_STATE_PROCESSING;
}

gboolean printer_has_job(const Machine *m, const char *key)
{
    const Job *job = printer_find_job(m, key);
    return job && printer_job_lives(job);
}

int printer_count_jobs(const Machine *m)
{
    int n = 0;
    for (GSList *l = m->printer->jobs; l; l = l->next)
        n += printer_job_lives(l->data);
    return n;
}

/* ---- blanks */

gboolean printer_top(const Machine *m, char ret[SERIAL_SIZE])
{
    const GArray *blanks = m->printer->blanks;
    if (!blanks->len)
        return FALSE;
    g_snprintf(ret, SERIAL_SIZE, "D%011" G_GUINT64_FORMAT, g_array_index(blanks, guint64, 0));
    return TRUE;
}

int printer_blanks(const Machine *m)
{
    return (int)m->printer->blanks->len;
}

gboolean printer_has_counter(const Machine *m)
{
    return m->printer->has_counter;
}

void printer_add_blanks(Machine *m, guint64 first, int n)
{
    for (int i = 0; i < n; i++) {
        guint64 serial = first + (guint64)i;
        g_array_append_val(m->printer->blanks, serial);
    }
}

/* The top blank goes to `fate` without a job. */
void printer_take_top(Machine *m, Fate fate)
{
    guint64 serial = g_array_index(m->printer->blanks, guint64, 0);
    g_array_remove_index(m->printer->blanks, 0);
    oracle_paper(oracle_feed(m, serial))->fate = fate;
}

/* ---- the engine */

static void read_document(const Job *job, Booklet *paper)
{
    g_auto(GStrv) lines = g_strsplit(g_bytes_get_data(job->document, NULL), "\n", -1);
    g_strlcpy(paper->drawn_digest, lines[0], sizeof paper->drawn_digest);
    paper->has_qr = qr_text_parse(lines[1], &paper->qr, NULL);
    g_strlcpy(paper->key, job->name, sizeof paper->key);
    paper->sides = job->sides;
}

void printer_stop(PrinterBox *p, const char *reason)
{
    for (gsize i = 0; i < p->n_reasons; i++)
        if (!strcmp(p->reasons[i], reason))
            return;
    if (p->n_reasons < G_N_ELEMENTS(p->reasons))
        p->reasons[p->n_reasons++] = reason;
}

static void leave_paper(Machine *m, Job *job)
{
    Booklet *paper = oracle_paper(job->paper);
    if (!paper || paper->fate != FATE_PRINTER)
        return;
    slot_drop(m, job->paper);
}

static void end_job(Machine *m, Job *job, JobState state)
{
    world_trace(m, "printer: job %.8s %s, %d of %d sides", job->name, job_state_word(state),
                job->printed, job->sides);
    job->state = state;
    if (state == JOB_STATE_COMPLETED || state == JOB_STATE_CANCELED)
        leave_paper(m, job);
}

void printer_end_job(Machine *m, Job *job, JobState state)
{
    end_job(m, job, state);
}

/* What hangs in the paper path is in people's hands. */
static void clear_path(Machine *m)
{
    for (guint i = 0; i < world->oracle->papers->len; i++) {
        Booklet *paper = world->oracle->papers->pdata[i];
        if (paper->m == m && paper->fate == FATE_PRINTER)
            paper->fate = FATE_STAFF;
    }
}

/* The new one's count: any, or near the old one's, as that of a twin that ran beside it; a board that
 * was exchanged gets the old count written in. */
static gint64 draw_count(PrinterBox *p)
{
    int near = random_between(&p->random, 1, 5);
    switch (random_below(&p->random, 4)) {
    case 0:
        return p->counter;
    case 1:
        return p->counter + near;
    case 2:
        return MAX(p->counter - near, 0);
    default:
        return random_between(&p->random, 0, 100000);
    }
}

/* Another printer behind the cable: what was sent stays in the old one, the stack comes along. It may
 * have stood there running for longer than the old one. */
static void exchange(Machine *m)
{
    PrinterBox *p = m->printer;
    gint64 since_ms = random_below(&p->random, 2) ? p->boot_ms : world->now_ms;
    clear_path(m);
    p->uuid++;
    p->counter = draw_count(p);
    p->boot_ms = since_ms - random_between(&p->random, 1, 900000);
    p->stuck_at = 0;
    p->lag = 0;
    p->n_reasons = 0;
    p->door_open = p->paused = p->wrong_media = p->low = FALSE;
    g_slist_free_full(g_steal_pointer(&p->jobs), free_job);
    world_trace(m, "printer: another one, count %" G_GINT64_FORMAT, p->counter);
}

static gboolean meets_fault(Machine *m, Job *job)
{
    PrinterBox *p = m->printer;
    if (strikes(m, FAULT_EXCHANGED)) {
        exchange(m);
    } else if (strikes(m, FAULT_JAM)) {
        printer_stop(p, "media-jam");
        if (random_below(&p->random, 2))
            end_job(m, job, JOB_STATE_ABORTED);
    } else if (strikes(m, FAULT_DOUBLE_FEED) && p->blanks->len && job->paper < 0) {
        printer_take_top(m, FATE_PRINTER);
        printer_stop(p, "media-jam");
        end_job(m, job, JOB_STATE_ABORTED);
    } else if (strikes(m, FAULT_PAPER_OUT)) {
        printer_stop(p, "media-empty");
    } else if (strikes(m, FAULT_SUPPLY_OUT)) {
        printer_stop(p, "marker-supply-empty");
    } else if (strikes(m, FAULT_JOB_ABORTED)) {
        end_job(m, job, JOB_STATE_ABORTED);
    } else if (strikes(m, FAULT_JOB_VANISHES)) {
        job->forgotten = TRUE;
        job->state = JOB_STATE_ABORTED;
    } else if (strikes(m, FAULT_COMPLETED_NEVER)) {
        job->never_ends = TRUE;
        return FALSE;
    } else if (!job->never_ends && !job->again && !p->stuck_at &&
               strikes(m, FAULT_COMPLETED_EARLY)) {
        job->said_completed = TRUE; /* the rest comes out within seconds */
        return FALSE;
    } else if (p->has_counter && !job->said_completed && !job->twice &&
               strikes(m, FAULT_JOB_TWICE)) { /* without a counter nobody could tell */
        job->again = job->twice = TRUE;
        return FALSE;
    } else {
        return FALSE;
    }
    return TRUE;
}

int printer_lag(const PrinterBox *p)
{
    return (int)MAX(p->lag - (world->now_ms - p->lag_ms) / LAG_MS, 0);
}

/* Two witnesses that lie about the same job are more than any kiosk can see through: they do not meet
 * here. Such are a stuck counter and an early "completed" (or a second pass), and a job that keeps its
 * paper though it is "completed". */
static void count_side(Machine *m, const Job *job)
{
    PrinterBox *p = m->printer;
    p->counter++;
    if (strikes(m, FAULT_COUNTER_LAGS)) {
        p->lag = printer_lag(p) + 1;
        p->lag_ms = m->world->now_ms;
    }
    if (!job->said_completed && strikes(m, FAULT_COUNTER_STUCK))
        p->stuck_at = p->counter;
    if (strikes(m, FAULT_COUNTER_RESET))
        p->counter = 0;
    if (strikes(m, FAULT_COUNTER_ABSENT))
        p->has_counter = FALSE;
}

static void print_side(Machine *m, Job *job)
{
    PrinterBox *p = m->printer;
    if (job->paper < 0) {
        guint64 serial = g_array_index(p->blanks, guint64, 0);
        g_array_remove_index(p->blanks, 0);
        job->paper = oracle_feed(m, serial);
        read_document(job, oracle_paper(job->paper));
        world_trace(m, "printer: blank %" G_GUINT64_FORMAT " for %.8s", serial, job->name);
    }
    Booklet *paper = oracle_paper(job->paper);
    paper->printed++;
    job->printed++;
    job->told++;
    count_side(m, job);
    oracle_tell(FACT_SIDE, m)->paper = paper;
}

static gboolean engine_is_free(const Machine *m)
{
    const PrinterBox *p = m->printer;
    return p->on && !p->door_open && !p->n_reasons && !p->paused;
}

static Job *first_job(const PrinterBox *p)
{
    for (GSList *l = p->jobs; l; l = l->next)
        if (printer_job_lives(l->data))
            return l->data;
    return NULL;
}

static void finish_pass(Machine *m, Job *job)
{
    if (job->again) { /* the same job once more on another blank */
        job->again = FALSE;
        leave_paper(m, job);
        job->paper = -1;
        job->printed = 0;
    } else if (!job->never_ends) {
        end_job(m, job, JOB_STATE_COMPLETED);
    }
}

static void work(Machine *m, int number)
{
    PrinterBox *p = m->printer;
    Job *job = first_job(p);
    (void)number;
    p->planned = FALSE;
    if (!job || !engine_is_free(m) || world->now_ms < job->not_before_ms) {
        if (job)
            printer_plan(m);
        return;
    }
    if (!p->blanks->len && job->paper < 0) {
        printer_stop(p, "media-empty");
    } else if (!meets_fault(m, job)) {
        job->state = JOB_STATE_PROCESSING;
        if (job->printed < job->sides)
            print_side(m, job);
        if (job->printed >= job->sides)
            finish_pass(m, job);
    }
    printer_plan(m);
}

void printer_plan(Machine *m)
{
    if (m->printer->planned || !first_job(m->printer))
        return;
    m->printer->planned = TRUE;
    world_plan(m, SIDE_MS, work, 0, TRUE);
}

/* Its memory of jobs is lost with the power; paper in the path stays there. */
void printer_power(Machine *m, gboolean on)
{
    PrinterBox *p = m->printer;
    if (!on) {
        for (GSList *l = p->jobs; l; l = l->next) {
            Job *job = l->data;
            if (printer_job_lives(job) && job->paper >= 0)
                printer_stop(p, "media-jam");
            job->state = JOB_STATE_ABORTED;
            job->forgotten = TRUE;
        }
        p->off_until_ms = m->world->now_ms + random_between(&p->random, 5000, 60000);
        p->lag = 0;
    }
    p->boot_ms = MAX(m->world->now_ms, p->off_until_ms);
}

void printer_test_page(Machine *m)
{
    m->printer->counter++;
    oracle_tell(FACT_TEST_PAGE, m);
}

gboolean printer_is_healthy(const Machine *m)
{
    const PrinterBox *p = m->printer;
    return !p->n_reasons && !p->door_open && !p->paused && !p->wrong_media &&
           world->now_ms >= p->off_until_ms;
}

/* The technician: takes the paper out of the path, ends what hangs, shuts, fills, resumes. */
void printer_mend(Machine *m)
{
    PrinterBox *p = m->printer;
    for (GSList *l = p->jobs; l; l = l->next) {
        Job *job = l->data;
        if (printer_job_lives(job) && (p->n_reasons || job->never_ends))
            end_job(m, job, JOB_STATE_CANCELED);
    }
    clear_path(m);
    p->n_reasons = 0;
    p->door_open = p->paused = p->wrong_media = p->low = FALSE;
    p->stuck_at = 0;
}

void printer_stop_faults(Machine *m)
{
    m->printer_down_ms = m->net_down_ms = 0;
    m->printer->lag = 0;
    m->printer->stuck_at = 0;
}

/* Faults that come by themselves, looked at once a turn. */
void printer_run(Machine *m)
{
    PrinterBox *p = m->printer;
    if (strikes(m, FAULT_PRINTER_POWER))
        printer_power(m, FALSE);
    if (strikes(m, FAULT_PRINTER_DOOR))
        p->door_open = TRUE;
    if (strikes(m, FAULT_SUPPLY_LOW))
        p->low = TRUE;
    if (strikes(m, FAULT_WRONG_MEDIA))
        p->wrong_media = TRUE;
    if (strikes(m, FAULT_OTHER_PRINTER) && !first_job(p))
        exchange(m);
}
