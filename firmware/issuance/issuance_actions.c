/* What the table's rows do: effects, and what the machine remembers. */
#include "firmware/issuance/issuance_internal.h"
#include "firmware/base/log.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

#define PERCENT_FETCH 5
#define PERCENT_PREPARE 15
#define PERCENT_BOUND 20
#define PERCENT_RENDERED 25
#define PERCENT_PRINT 30
#define PERCENT_CHECK 92

static IssuanceEffect *add(Step *s, IssuanceEffectId id)
{
    g_assert(s->effects->n < ISSUANCE_EFFECTS_MAX);
    IssuanceEffect *effect = &s->effects->list[s->effects->n++];
    *effect = (IssuanceEffect){.id = id, .printed_sides = -1, .reason = ""};
    return effect;
}

static IssuanceEffect *ask(Step *s, IssuanceEffectId id)
{
    IssuanceEffect *effect = add(s, id);
    s->m->awaited = effect->request = ++s->m->request;
    return effect;
}

static void show(Step *s, Stage stage, int percent)
{
    s->m->percent = MAX(s->m->percent, percent);
    IssuanceEffect *effect = add(s, ISSUANCE_EFFECT_STAGE);
    effect->stage = stage;
    effect->percent = s->m->percent;
    effect->printed_sides = s->m->printed_sides;
}

/* Adds a step to this transaction; takes `body`. */
static void journal(Step *s, JournalStep step, json_t *body)
{
    g_assert(s->effects->n_drafts < ISSUANCE_DRAFTS_MAX);
    if (s->effects->n_drafts == 0)
        add(s, ISSUANCE_EFFECT_JOURNAL);
    journal_draft(&s->effects->drafts[s->effects->n_drafts++], step, s->m->plan.key, body);
}

static void say_outcome(Step *s, IssuanceWord word, const char *reason)
{
    s->m->word = word;
    if (s->m->said_outcome)
        return;
    s->m->said_outcome = s->m->said_now = TRUE;
    IssuanceEffect *effect = add(s, ISSUANCE_EFFECT_OUTCOME);
    effect->word = word;
    effect->reason = reason;
}

static void say_finished(Step *s, IssuanceWord word, const char *reason)
{
    s->m->word = word;
    IssuanceEffect *effect = add(s, ISSUANCE_EFFECT_FINISHED);
    effect->word = word;
    effect->reason = reason;
}

static json_t *reasoned(const char *reason)
{
    return json_pack("{s:s}", "reason", reason);
}

/* A step that the service must be told, and its report, in one transaction. `evidence` may be NULL.
 */
static void journal_reported(Step *s, JournalStep step, IssuanceWord word, const char *reason,
                             json_t *evidence)
{
    json_t *body = reasoned(reason);
    json_t *report = json_pack("{s:s, s:s}", "state", issuance_word(word), "reason", reason);
    if (evidence) {
        json_object_set(body, "evidence", evidence);
        json_object_set_new(report, "evidence", evidence);
    }
    if (s->m->job_open)
        json_object_set_new(body, "job_open", json_true());
    journal(s, step, body);
    journal(s, JOURNAL_CONFIRM, report);
}

static void report(Step *s)
{
    add(s, ISSUANCE_EFFECT_REPORT);
}

void action_begin(Step *s)
{
    Issuance *m = s->m;
    m->plan = *s->event->plan;
    m->word = ISSUANCE_PLANNED;
    m->budget_end_ms =
        s->event->budget_end_ms ? s->event->budget_end_ms : s->now_ms + m->config.budget_ms;
    m->cancel_at_ms = m->budget_end_ms - m->config.settle_ms;
    m->reserve_until_ms = MIN(s->now_ms + m->config.reserve_ms, m->cancel_at_ms);
    m->reserve_sent_ms = s->now_ms;
    const IssuancePlan *p = &m->plan;
    journal(s, JOURNAL_PLAN,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "record", p->record, "digest",
                      p->digest, "kiosk", p->kiosk, "identifier", p->identifier, "serial",
                      p->serial, "version", p->version, "sides", p->sides));
    show(s, STAGE_FETCH, PERCENT_FETCH);
    ask(s, ISSUANCE_EFFECT_RESERVE);
}

void action_reject_plan(Step *s)
{
    log_error("issuance", "bug: an incomplete plan was to be issued");
    say_outcome(s, ISSUANCE_RELEASED, "bug");
    say_finished(s, ISSUANCE_RELEASED, "bug");
}

void action_reserve(Step *s)
{
    ask(s, ISSUANCE_EFFECT_RESERVE);
}

void action_pause_reserve(Step *s)
{
    s->m->pause_ms = MAX(s->event->retry_after_s * 1000, s->m->config.reserve_pause_ms);
}

/* Nothing was sent to the printer: the certificate is free, the booklet too when the service knows.
 */
static void release(Step *s, const char *reason)
{
    journal_reported(s, JOURNAL_RELEASED, ISSUANCE_RELEASED, reason, NULL);
    report(s);
    say_outcome(s, ISSUANCE_RELEASED, reason);
    say_finished(s, ISSUANCE_RELEASED, reason);
}

void action_release_unreserved(Step *s)
{
    release(s, "service");
}

void action_release_refused(Step *s)
{
    release(s, issuance_reserve_row(s->event->refusal)->reason);
}

void action_release_mismatch(Step *s)
{
    release(s, "stock-mismatch");
}

void action_release_printer(Step *s)
{
    release(s, "printer");
}

void action_release_unrendered(Step *s)
{
    release(s, "render");
}

void action_release_changed(Step *s)
{
    release(s, "printer-changed");
}

void action_release_lease(Step *s)
{
    release(s, "lease");
}

void action_release_budget(Step *s)
{
    release(s, "budget");
}

void action_release_restart(Step *s)
{
    release(s, "restart");
}

void action_take_reservation(Step *s)
{
    Issuance *m = s->m;
    const ServiceReservation *reservation = &s->event->reservation;
    m->lease_end_ms = m->reserve_sent_ms + (gint64)reservation->lease_s * 1000;
    memcpy(m->signature, reservation->signature, sizeof m->signature);
    g_strlcpy(m->kid, reservation->kid, sizeof m->kid);
    show(s, STAGE_PREPARE, PERCENT_PREPARE);
    add(s, ISSUANCE_EFFECT_CANCEL_OTHERS);
    ask(s, ISSUANCE_EFFECT_READ_PRINTER);
}

void action_bind(Step *s)
{
    Issuance *m = s->m;
    m->before = issuance_take_reading(s->event);
    m->word = ISSUANCE_BOUND;
    char signature[2 * SIGNATURE_BYTES + 1];
    for (gsize i = 0; i < SIGNATURE_BYTES; i++)
        g_snprintf(signature + 2 * i, 3, "%02x", m->signature[i]);
    journal(s, JOURNAL_BIND,
            json_pack("{s:s, s:s, s:I, s:s, s:i, s:I, s:I, s:s}", "kid", m->kid, "signature",
                      signature, "lease_left_ms", (json_int_t)(m->lease_end_ms - s->now_ms), "uuid",
                      m->before.uuid, "up_time_s", m->before.up_time_s, "impressions",
                      (json_int_t)m->before.impressions, "read_at_ms", (json_int_t)m->before.at_ms,
                      "scanned", s->event->scanned_serial));
    show(s, STAGE_PREPARE, PERCENT_BOUND);
    ask(s, ISSUANCE_EFFECT_RENDER);
}

void action_take_rendering(Step *s)
{
    s->m->word = ISSUANCE_RENDERED;
    char sha256[65];
    for (gsize i = 0; i < 32; i++)
        g_snprintf(sha256 + 2 * i, 3, "%02x", s->event->sha256[i]);
    journal(s, JOURNAL_RENDER, json_pack("{s:s}", "sha256", sha256));
    show(s, STAGE_PREPARE, PERCENT_RENDERED);
    ask(s, ISSUANCE_EFFECT_READ_PRINTER);
}

void action_submit(Step *s)
{
    s->m->word = ISSUANCE_SUBMITTED;
    s->m->submitted = TRUE;
    s->m->progress_by_ms = s->now_ms + s->m->config.first_side_ms;
    journal(s, JOURNAL_SUBMIT,
            json_pack("{s:I, s:I}", "impressions", (json_int_t)s->m->before.impressions,
                      "lease_left_ms", (json_int_t)(s->m->lease_end_ms - s->now_ms)));
    show(s, STAGE_PRINT, PERCENT_PRINT);
    ask(s, ISSUANCE_EFFECT_SUBMIT)->not_after_ms = issuance_submit_by_ms(s->m);
    s->m->sending = s->m->awaited;
    s->m->awaited = 0;
}

void action_note_sent(Step *s)
{
    s->m->sending = 0;
    s->m->taken = s->event->submit == SUBMIT_TAKEN;
    s->m->submitted &= s->event->submit != SUBMIT_NOT_SENT;
}

void action_release_unsent(Step *s)
{
    action_note_sent(s);
    release(s, "lease");
}

void action_note_refusal(Step *s)
{
    s->m->sending = 0;
    s->m->job = JOB_STATE_ABSENT;
    show(s, STAGE_CHECK, PERCENT_PRINT);
    ask(s, ISSUANCE_EFFECT_READ_PRINTER);
}

void action_look_up(Step *s)
{
    ask(s, ISSUANCE_EFFECT_LOOK_UP_JOB);
}

void action_look_up_sent(Step *s)
{
    action_note_sent(s);
    ask(s, ISSUANCE_EFFECT_LOOK_UP_JOB);
}

void action_resume(Step *s)
{
    s->m->submitted = TRUE;
    s->m->budget_end_ms = s->now_ms + s->m->config.recovery_ms;
    s->m->cancel_at_ms = s->m->budget_end_ms - s->m->config.settle_ms;
    ask(s, ISSUANCE_EFFECT_LOOK_UP_JOB);
}

/* What the printer has had is kept: denied later, even after a restart, it is lost, not unborn. */
static void see(Step *s)
{
    if (s->m->seen || !issuance_sees(s->event->job))
        return;
    s->m->seen = TRUE;
    journal(s, JOURNAL_SEEN, NULL);
}

/* Also more than were wanted: a second booklet came out of the same job. */
static void hear_sides(Step *s)
{
    if (s->event->job)
        s->m->told_sides = MAX(s->m->told_sides, s->event->job->impressions);
}

void action_take_job(Step *s)
{
    const PrinterJobStatus *job = s->event->job;
    see(s);
    hear_sides(s);
    int sides = s->m->plan.sides;
    if (job && job->impressions < 0 && job->state == JOB_STATE_PROCESSING)
        s->m->progress_by_ms = 0; /* a printer that does not tell how far it is */
    if (!job || job->impressions < 0)
        return;
    int printed = CLAMP(job->impressions, MAX(s->m->printed_sides, 0), sides);
    if (printed == s->m->printed_sides)
        return;
    s->m->printed_sides = printed;
    s->m->progress_by_ms = s->now_ms + (printed ? s->m->config.side_ms : s->m->config.first_side_ms);
    show(s, STAGE_PRINT, PERCENT_PRINT + (PERCENT_CHECK - 2 - PERCENT_PRINT) * printed / sides);
}

void action_read_first(Step *s)
{
    see(s);
    hear_sides(s);
    s->m->job = s->event->job->state;
    s->m->from_spooler = s->event->job->from_spooler;
    int told = MIN(s->event->job->impressions, s->m->plan.sides);
    s->m->printed_sides = MAX(s->m->printed_sides, told);
    show(s, STAGE_CHECK, PERCENT_CHECK);
    ask(s, ISSUANCE_EFFECT_READ_PRINTER);
}

void action_cancel(Step *s)
{
    ask(s, ISSUANCE_EFFECT_CANCEL_JOB);
}

void action_wait_cancel(Step *s)
{
    (void)s;
}

void action_keep_reading(Step *s)
{
    s->m->first = issuance_take_reading(s->event);
}

void action_lose_reading(Step *s)
{
    s->m->first = (PrinterReading){.up_time_s = -1, .impressions = -1};
}

void action_read_again(Step *s)
{
    ask(s, ISSUANCE_EFFECT_READ_PRINTER);
}

void action_conclude_print(Step *s)
{
    journal_reported(s, JOURNAL_PRINTED, ISSUANCE_PRINTED, "", issuance_describe(s));
    s->m->printed_sides = s->m->plan.sides;
    show(s, STAGE_CHECK, 100);
    report(s);
    say_outcome(s, ISSUANCE_PRINTED, "");
}

static void retract(Step *s, const char *reason)
{
    journal_reported(s, JOURNAL_RETRACTED, ISSUANCE_RETRACTED, reason, NULL);
    add(s, ISSUANCE_EFFECT_RETRACT_BOOKLET);
    report(s);
    say_finished(s, ISSUANCE_RETRACTED, reason);
}

/* Nobody stands there any more to whom the booklet belongs. */
void action_conclude_recovered_print(Step *s)
{
    journal_reported(s, JOURNAL_PRINTED, ISSUANCE_PRINTED, "restart", issuance_describe(s));
    retract(s, "restart");
}

/* A booklet that may have come out is nobody's: the next visit's shutter must not open over it. */
static void conclude(Step *s, JournalStep step, IssuanceWord word, const char *reason)
{
    journal_reported(s, step, word, reason, issuance_describe(s));
    if (word != ISSUANCE_RELEASED)
        add(s, ISSUANCE_EFFECT_RETRACT_BOOKLET);
    report(s);
    say_outcome(s, word, reason);
    if (!s->m->job_open)
        say_finished(s, word, reason);
}

void action_conclude_release(Step *s)
{
    conclude(s, JOURNAL_RELEASED, ISSUANCE_RELEASED, "not-printed");
}

void action_conclude_spoil(Step *s)
{
    conclude(s, JOURNAL_SPOILED, ISSUANCE_SPOILED, "partly-printed");
}

void action_conclude_unsure(Step *s)
{
    conclude(s, JOURNAL_UNSURE, ISSUANCE_UNSURE, "no-evidence");
}

/* The budget is over and our job may still print: unsure, and cancelling goes on. */
void action_conclude_open(Step *s)
{
    s->m->job_open = TRUE;
    s->m->job = JOB_STATE_UNKNOWN;
    conclude(s, JOURNAL_UNSURE, ISSUANCE_UNSURE, "printer-lost");
}

void action_clear(Step *s)
{
    s->m->job_open = FALSE;
    journal(s, JOURNAL_CLEARED, NULL);
    add(s, ISSUANCE_EFFECT_RETRACT_BOOKLET);
    say_finished(s, s->m->word, "printer-lost");
}

void action_present(Step *s)
{
    journal(s, JOURNAL_PRESENTED, NULL);
    add(s, ISSUANCE_EFFECT_RELEASE_BOOKLET);
}

static void deliver(Step *s)
{
    journal(s, JOURNAL_TAKEN, NULL);
    journal(s, JOURNAL_CONFIRM,
            json_pack("{s:s, s:s}", "state", issuance_word(ISSUANCE_DELIVERED), "reason", ""));
    report(s);
    say_finished(s, ISSUANCE_DELIVERED, "");
}

void action_take(Step *s)
{
    deliver(s);
}

void action_take_unpresented(Step *s)
{
    journal(s, JOURNAL_PRESENTED, NULL);
    deliver(s);
}

void action_retract_untaken(Step *s)
{
    retract(s, "not-taken");
}

void action_retract_wrong(Step *s)
{
    retract(s, "wrong");
}

void action_retract_restart(Step *s)
{
    retract(s, "restart");
}

void action_finish(Step *s)
{
    say_finished(s, s->m->word, "");
}

void action_ignore(Step *s)
{
    (void)s;
}

/* The journal is lost to us until a new start, which settles from what is on the disk. */
static void stop(Step *s, IssuanceWord word)
{
    if (s->m->said_now)
        s->m->said_outcome = FALSE;
    say_outcome(s, word, "storage");
    say_finished(s, word, "storage");
}

void action_stop_unprinted(Step *s)
{
    stop(s, ISSUANCE_RELEASED);
}

void action_stop_unsure(Step *s)
{
    stop(s, ISSUANCE_UNSURE);
}
