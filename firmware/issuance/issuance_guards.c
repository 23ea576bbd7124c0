/* The conditions of the table's rows. */
#include "firmware/issuance/issuance_internal.h"
#include <string.h>

PrinterReading issuance_take_reading(const IssuanceEvent *event)
{
    const PrinterStatus *status = event->printer;
    if (!status)
        return (PrinterReading){.up_time_s = -1, .impressions = -1, .at_ms = event->wall_ms};
    PrinterReading reading = {.up_time_s = status->up_time_s,
                              .impressions = status->impressions,
                              .state = status->state,
                              .at_ms = event->wall_ms};
    if (reading.state == PRINTER_STATE_IDLE && status->jobs > 0)
        reading.state = PRINTER_STATE_PROCESSING;
    g_strlcpy(reading.uuid, status->uuid, sizeof reading.uuid);
    for (char *c = reading.uuid; *c; c++)
        if (!g_ascii_isgraph(*c))
            *c = '?';
    return reading;
}

gboolean issuance_sees(const PrinterJobStatus *job)
{
    return job && !job->from_spooler && job->state != JOB_STATE_UNKNOWN &&
           job->state != JOB_STATE_ABSENT;
}

static gboolean agree(const PrinterReading *first, const PrinterReading *second)
{
    return first->impressions >= 0 && first->impressions == second->impressions &&
           !strcmp(first->uuid, second->uuid) && second->up_time_s >= first->up_time_s;
}

Evidence issuance_gather(const Issuance *m, const IssuanceEvent *event)
{
    Evidence evidence = {.job = m->job,
                         .from_spooler = m->from_spooler,
                         .submitted = m->submitted,
                         .sides = m->plan.sides,
                         .told_sides = m->told_sides,
                         .seen = m->seen,
                         .before = m->before,
                         .after = issuance_take_reading(event),
                         .clean = event->printer && event->clean,
                         .sensor_saw_all = event->sensor_saw_all};
    if (!agree(&m->first, &evidence.after) && evidence.after.impressions >= 0)
        evidence.after.impressions = -1;
    return evidence;
}

static const ReserveRow reserve_rows[] = {
    [PROBLEM_ACTION_UNKNOWN] = {TRUE, "service"},
    [PROBLEM_ACTION_REPEAT] = {TRUE, "service"},
    [PROBLEM_ACTION_RELEASE] = {FALSE, "certificate-live"},
    [PROBLEM_ACTION_CLOSE_STOCK] = {FALSE, "stock-mismatch"},
    [PROBLEM_ACTION_TAKE_OVER] = {FALSE, "already-settled"},
    [PROBLEM_ACTION_REFETCH] = {FALSE, "digest-mismatch"},
    [PROBLEM_ACTION_BUG] = {FALSE, "bug"},
    [PROBLEM_ACTION_END_VISIT] = {FALSE, "visit-expired"},
    [PROBLEM_ACTION_RECONCILE] = {FALSE, "bug"},
    [PROBLEM_ACTION_CLOSE] = {FALSE, "kiosk-refused"},
    [PROBLEM_ACTION_WAIT] = {TRUE, "service-busy"},
    [PROBLEM_ACTION_REFUSE] = {FALSE, "refused"},
};

const ReserveRow *issuance_reserve_row(ProblemAction action)
{
    return &reserve_rows[(unsigned)action < G_N_ELEMENTS(reserve_rows) ? action : 0];
}

gboolean guard_plan_is_complete(const Step *s)
{
    const IssuancePlan *plan = s->event->plan;
    return plan && strlen(plan->key) == ISSUANCE_KEY_LENGTH && *plan->record && *plan->digest &&
           *plan->identifier && *plan->serial && plan->sides > 0 && plan->sides <= LIMIT_PAGES;
}

gboolean guard_was_never_submitted(const Step *s)
{
    return s->m->word == ISSUANCE_PLANNED || s->m->word == ISSUANCE_BOUND ||
           s->m->word == ISSUANCE_RENDERED;
}

gboolean guard_was_submitted(const Step *s)
{
    return s->m->word == ISSUANCE_SUBMITTED;
}

gboolean guard_was_not_handed_over(const Step *s)
{
    return s->m->word == ISSUANCE_PRINTED && !s->m->job_open;
}

gboolean guard_has_open_job(const Step *s)
{
    return s->m->job_open;
}

gboolean guard_has_submitted(const Step *s)
{
    /* In SUBMITTING only the journal entry itself can fail, and the job behind it is not sent. */
    return s->m->submitted && s->m->phase != PHASE_SUBMITTING;
}

gboolean guard_may_repeat(const Step *s)
{
    gint64 pause_ms = MAX((gint64)s->event->retry_after_s * 1000, s->m->config.reserve_pause_ms);
    return issuance_reserve_row(s->event->refusal)->repeats &&
           s->now_ms + pause_ms < s->m->reserve_until_ms;
}

gboolean guard_has_reserve_time(const Step *s)
{
    return s->now_ms < s->m->reserve_until_ms;
}

gboolean guard_scanner_disagrees(const Step *s)
{
    return s->event->scans && strcmp(s->event->scanned_serial, s->m->plan.serial);
}

static gboolean is_ready(const IssuanceEvent *event)
{
    return event->printer && event->ready && event->printer->accepting != TRI_NO &&
           issuance_take_reading(event).state == PRINTER_STATE_IDLE;
}

gboolean guard_printer_is_ready(const Step *s)
{
    return is_ready(s->event);
}

gboolean guard_printer_has_changed(const Step *s)
{
    PrinterReading now = issuance_take_reading(s->event);
    return !is_ready(s->event) || strcmp(now.uuid, s->m->before.uuid) ||
           now.impressions != s->m->before.impressions || now.up_time_s < s->m->before.up_time_s;
}

gint64 issuance_submit_by_ms(const Issuance *m)
{
    return m->lease_end_ms - LEASE_MIN_MS - LEASE_SUBMIT_MS;
}

gboolean guard_lease_is_short(const Step *s)
{
    return s->now_ms > issuance_submit_by_ms(s->m);
}

/* The two minutes, or the printer stands still. */
gboolean guard_is_late(const Step *s)
{
    return s->now_ms >= s->m->cancel_at_ms ||
           (s->m->progress_by_ms && s->now_ms >= s->m->progress_by_ms);
}

/* What cannot be finished in time is not begun. */
gboolean guard_lacks_time(const Step *s)
{
    return s->now_ms + s->m->config.expected_ms >= s->m->cancel_at_ms;
}

/* The disk stalled behind SUBMIT until the lease was too short: nothing left the machine. */
gboolean guard_was_not_sent(const Step *s)
{
    return s->event->submit == SUBMIT_NOT_SENT;
}

gboolean guard_is_refused(const Step *s)
{
    return s->event->submit == SUBMIT_REFUSED;
}

static gboolean is_terminal(JobState state)
{
    return state == JOB_STATE_CANCELED || state == JOB_STATE_ABORTED ||
           state == JOB_STATE_COMPLETED || state == JOB_STATE_ABSENT;
}

gboolean guard_job_has_ended(const Step *s)
{
    const PrinterJobStatus *job = s->event->job;
    /* A spooler may say for seconds that it sends what the printer has completed. */
    return job && is_terminal(job->state) &&
           (job->state == JOB_STATE_COMPLETED || is_terminal(job->queue_state));
}

gboolean guard_job_hangs(const Step *s)
{
    const PrinterJobStatus *job = s->event->job;
    if (job && (job->stuck || (job->incoming && !s->m->taken)))
        return TRUE;
    return job && (job->state == JOB_STATE_CANCELED || job->state == JOB_STATE_ABORTED) &&
           !is_terminal(job->queue_state);
}

/* As long as a document is on its way, its job may still be made behind our back. */
gboolean guard_is_ok(const Step *s)
{
    return s->event->ok && !s->m->sending;
}

gboolean guard_has_settle_time(const Step *s)
{
    return s->now_ms + s->m->config.evidence_gap_ms < s->m->budget_end_ms;
}

static IssuanceWord decide(const Step *s)
{
    Evidence evidence = issuance_gather(s->m, s->event);
    return outcome_decide(&evidence, NULL);
}

gboolean guard_proves_print(const Step *s)
{
    return decide(s) == ISSUANCE_PRINTED;
}

gboolean guard_proves_recovered_print(const Step *s)
{
    return s->m->recovering && guard_proves_print(s);
}

gboolean guard_proves_release(const Step *s)
{
    return decide(s) == ISSUANCE_RELEASED;
}

gboolean guard_proves_spoil(const Step *s)
{
    /* After "completed" a counter that lags gets all the time there is. */
    return decide(s) == ISSUANCE_SPOILED &&
           (s->m->job != JOB_STATE_COMPLETED || !guard_has_settle_time(s));
}
