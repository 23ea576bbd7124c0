/* A small world around the issuance machine: a printer, a service and a citizen of few words on a
 * virtual clock, a real ledger on disk, and a loop that drives the machine the way the kiosk's
 * does. */
#pragma once
#include "firmware/issuance/ledger.h"
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define WORLD_SIDES 4
#define WORLD_FIRST "D00000000101"
#define WORLD_LAST "D00000000105"
#define WORLD_WALL_MS 1782777600000

typedef enum { CITIZEN_TAKES, CITIZEN_LEAVES, CITIZEN_COMPLAINS, CITIZEN_SILENT } Citizen;

typedef struct {
    /* printer */
    SubmitResult submit;
    gboolean submit_creates; /* the job is there, whatever `submit` says */
    int prints;              /* sides that come out before the job ends */
    JobState job_end;
    gboolean never_ends, incoming; /* incoming: it waits for a document that does not come */
    int looks_while_sending;       /* the job is made, and SUBMIT answered, after so many */
    int side_ms, expected_ms;   /* of the configuration, 0: as it is */
    gint64 deaf_from_ms, deaf_to_ms; /* no answers in between; 0: never */
    gboolean restarts_after_print, dirty_after_print, forgets_job, no_counter, stuck_counter, other_printer, counts_once;
    gboolean moves_before_submit;
    int lag_readings; /* the counter is so many sides behind, one less with each reading */
    Tri sensor;
    /* service */
    int reserve_failures;  /* answers lost before one arrives */
    ProblemAction refusal; /* and if not UNKNOWN: this one, for ever */
    int busy_times, retry_after_s; /* before anything else, with Retry-After */
    int lease_s;
    int submit_stall_ms; /* the disk takes so long over SUBMIT */
    gboolean service_has_it; /* also when the answer was lost */
    char scanned[SERIAL_LENGTH + 1];
    gboolean scans; /* also without a reading */
    gboolean render_fails;
    Citizen citizen;
    /* crash */
    int stop_at;           /* append number; 0: never */
    gboolean stop_before;  /* else right after */
    gboolean append_fails; /* instead of a crash */
    gboolean disk_fails;   /* somebody makes writes fail beneath the ledger */
} Script;

typedef struct {
    Script script;
    char *folder, *path;
    Ledger *ledger;
    Issuance machine;
    IssuancePlan plan;
    gint64 now_ms, booted_ms, outcome_ms, finished_ms;
    gint64 counter;
    guint32 sending; /* request of the SUBMIT under way, 0: none */
    int reserves;
    gint64 reserve_ms, reserve_gap_ms; /* of the last one; since the one before */
    int jobs_sent, printed, looks, readings_since_print, appends, released, retracted;
    gboolean job_exists, job_canceled;
    gboolean stopped, append_failed;
    IssuanceWord outcome, finished, told; /* told: state at the service */
    const char *reason;
    int outcomes, finishes;
    IssuanceEvent pending[4];
    gsize n_pending;
    PrinterStatus status;
    PrinterJobStatus job;
} World;

/* A good course, but for what is named (named members come twice, the last one counts). */
#pragma GCC diagnostic ignored "-Woverride-init"
#define SCRIPT(...)                                                                                \
    {                                                                                              \
        .submit = SUBMIT_TAKEN, .submit_creates = TRUE, .prints = WORLD_SIDES,                     \
        .job_end = JOB_STATE_COMPLETED, .lease_s = 600, __VA_ARGS__                                \
    }

static inline Script script_default(void)
{
    return (Script)SCRIPT(.citizen = CITIZEN_TAKES);
}

static inline void world_open(World *w)
{
    g_autoptr(GError) error = NULL;
    w->ledger = ledger_open(w->path, JOURNAL_WRITE, NULL, &error);
    ck_assert_msg(w->ledger != NULL, "%s", error ? error->message : "");
}

static inline void world_init(World *w, Script script)
{
    memset(w, 0, sizeof *w);
    w->script = script;
    /* In memory where there is such a place: test_journal.c is about disks, this is about order. */
    const char *base = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir();
    w->folder = g_build_filename(base, "kiosk-issuance-XXXXXX", NULL);
    ck_assert_ptr_nonnull(g_mkdtemp(w->folder));
    w->path = g_build_filename(w->folder, "journal.db", NULL);
    w->now_ms = 1000000;
    w->counter = 5000;
    w->reason = "";
    world_open(w);
    JournalDraft load;
    ck_assert(
        stock_draft_load(ledger_stock(w->ledger), WORLD_FIRST, WORLD_LAST, "test", &load, NULL));
    ck_assert(ledger_append(w->ledger, &load, 1, WORLD_WALL_MS, NULL));
}

static inline void world_clear(World *w)
{
    ledger_close(w->ledger);
    g_autoptr(GDir) dir = g_dir_open(w->folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(w->folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(w->folder);
    g_free(w->folder);
    g_free(w->path);
}

static inline gboolean world_printer_hears(const World *w)
{
    return !w->script.deaf_from_ms || w->now_ms < w->script.deaf_from_ms ||
           w->now_ms >= w->script.deaf_to_ms;
}

static inline gboolean world_job_runs(const World *w)
{
    return w->job_exists && !w->job_canceled && (w->script.never_ends || w->looks < 3);
}

static inline void world_read_printer(World *w, IssuanceEvent *event)
{
    const Script *s = &w->script;
    if (!world_printer_hears(w))
        return;
    gint64 lag = w->printed ? MAX(s->lag_readings - w->readings_since_print, 0) : 0;
    if (w->printed)
        w->readings_since_print++;
    if (w->readings_since_print == 1 && s->restarts_after_print)
        w->booted_ms = w->now_ms;
    w->status =
        (PrinterStatus){.state = world_job_runs(w) ? PRINTER_STATE_PROCESSING : PRINTER_STATE_IDLE,
                        .accepting = TRI_YES,
                        .up_time_s = (int)((w->now_ms - w->booted_ms) / 1000),
                        .impressions = s->no_counter      ? -1
                                       : s->stuck_counter ? 5000
                                                          : w->counter - lag,
                        .jobs = world_job_runs(w)};
    g_strlcpy(w->status.uuid, s->other_printer && w->printed ? "urn:uuid:2" : "urn:uuid:1",
              sizeof w->status.uuid);
    event->printer = &w->status;
    event->ready = event->clean = !(s->dirty_after_print && w->printed);
    event->sensor_saw_all = w->printed ? s->sensor : TRI_UNKNOWN;
    g_strlcpy(event->scanned_serial, s->scanned, sizeof event->scanned_serial);
    event->scans = s->scans || *s->scanned;
    if (s->moves_before_submit && !w->jobs_sent)
        w->counter++;
}

static inline void world_look_up(World *w, IssuanceEvent *event)
{
    if (!world_printer_hears(w))
        return;
    w->looks++;
    JobState state = JOB_STATE_ABSENT;
    if (world_job_runs(w))
        state = JOB_STATE_PROCESSING;
    else if (w->job_exists && !w->script.forgets_job)
        state = w->job_canceled ? JOB_STATE_CANCELED : w->script.job_end;
    if (state == JOB_STATE_PROCESSING && w->script.incoming)
        state = JOB_STATE_PENDING;
    w->job = (PrinterJobStatus){.state = state,
                                .queue_state = JOB_STATE_ABSENT,
                                .impressions = -1,
                                .incoming =
                                    w->script.incoming && state == JOB_STATE_PENDING};
    if (w->job_exists)
        w->job.impressions = MIN(w->looks, w->printed);
    if (w->job_exists && w->script.counts_once && state == JOB_STATE_COMPLETED)
        w->job.impressions = 2 * w->printed; /* the counter saw the first of two booklets */
    event->job = &w->job;
}

static inline void world_submit(World *w, IssuanceEvent *event);

/* The sender's answer: when the document is through, or broken off. */
static inline void world_end_sending(World *w, gboolean broken)
{
    IssuanceEvent event = {.id = ISSUANCE_EVENT_SUBMITTED,
                           .request = w->sending,
                           .wall_ms = WORLD_WALL_MS + w->now_ms,
                           .submit = SUBMIT_UNKNOWN};
    if (!broken)
        world_submit(w, &event);
    w->sending = 0;
    w->pending[w->n_pending++] = event;
}

static inline void world_submit(World *w, IssuanceEvent *event)
{
    w->jobs_sent++;
    event->submit = w->script.submit;
    if (!w->script.submit_creates)
        return;
    w->job_exists = TRUE;
    w->printed = w->script.prints;
    w->counter += w->printed;
}

static inline void world_reserve(World *w, IssuanceEvent *event)
{
    Script *s = &w->script;
    w->reserves++;
    w->reserve_gap_ms = w->now_ms - w->reserve_ms;
    w->reserve_ms = w->now_ms;
    event->id = ISSUANCE_EVENT_RESERVE_FAILED;
    event->retry_after_s = s->retry_after_s;
    event->refusal = s->busy_times-- > 0 ? PROBLEM_ACTION_WAIT : s->refusal;
    if (event->refusal)
        return;
    if (s->reserve_failures > 0) {
        s->reserve_failures--;
        w->told = s->service_has_it ? ISSUANCE_SUBMITTED : w->told;
        return;
    }
    w->told = ISSUANCE_SUBMITTED; /* "reserved" */
    event->id = ISSUANCE_EVENT_RESERVED;
    event->reservation.lease_s = s->lease_s;
    memset(event->reservation.signature, 0xa5, SIGNATURE_BYTES);
    g_strlcpy(event->reservation.kid, "TEST", sizeof event->reservation.kid);
}

static inline void world_answer(World *w, const IssuanceEffect *effect)
{
    IssuanceEvent event = {.request = effect->request, .wall_ms = WORLD_WALL_MS + w->now_ms};
    switch (effect->id) {
    case ISSUANCE_EFFECT_RESERVE:
        world_reserve(w, &event);
        break;
    case ISSUANCE_EFFECT_READ_PRINTER:
        event.id = ISSUANCE_EVENT_PRINTER_READ;
        world_read_printer(w, &event);
        break;
    case ISSUANCE_EFFECT_RENDER:
        event.id = w->script.render_fails ? ISSUANCE_EVENT_RENDER_FAILED : ISSUANCE_EVENT_RENDERED;
        break;
    case ISSUANCE_EFFECT_SUBMIT:
        w->sending = effect->request;
        if (w->now_ms > effect->not_after_ms) {
            w->pending[w->n_pending++] = (IssuanceEvent){.id = ISSUANCE_EVENT_SUBMITTED,
                                                         .request = effect->request,
                                                         .submit = SUBMIT_NOT_SENT};
            w->sending = 0;
            return;
        }
        if (w->script.looks_while_sending == 0)
            world_end_sending(w, FALSE);
        return;
    case ISSUANCE_EFFECT_LOOK_UP_JOB:
        event.id = ISSUANCE_EVENT_JOB_LOOKED_UP;
        world_look_up(w, &event);
        if (w->sending && w->looks >= w->script.looks_while_sending)
            world_end_sending(w, FALSE);
        break;
    case ISSUANCE_EFFECT_CANCEL_JOB:
        if (w->sending)
            world_end_sending(w, TRUE);
        event.id = ISSUANCE_EVENT_JOB_CANCELED;
        event.ok = world_printer_hears(w);
        w->job_canceled |= event.ok;
        break;
    case ISSUANCE_EFFECT_UNKNOWN:
    case ISSUANCE_EFFECT_JOURNAL:
    case ISSUANCE_EFFECT_CANCEL_OTHERS:
    case ISSUANCE_EFFECT_STAGE:
    case ISSUANCE_EFFECT_OUTCOME:
    case ISSUANCE_EFFECT_FINISHED:
    case ISSUANCE_EFFECT_REPORT:
    case ISSUANCE_EFFECT_RELEASE_BOOKLET:
    case ISSUANCE_EFFECT_RETRACT_BOOKLET:
    case ISSUANCE_EFFECT_COUNT:
        return;
    }
    w->pending[w->n_pending++] = event;
}

static inline void world_hand_over(World *w)
{
    static const IssuanceEventId ends[] = {ISSUANCE_EVENT_TAKEN, ISSUANCE_EVENT_NOT_TAKEN,
                                           ISSUANCE_EVENT_WRONG};
    if (w->script.citizen == CITIZEN_SILENT)
        return;
    w->pending[w->n_pending++] = (IssuanceEvent){.id = ISSUANCE_EVENT_PRESENT};
    w->pending[w->n_pending++] = (IssuanceEvent){.id = ends[w->script.citizen]};
}

static inline void world_note(World *w, const IssuanceEffect *effect)
{
    if (effect->id == ISSUANCE_EFFECT_OUTCOME) {
        w->outcomes++;
        w->outcome = effect->word;
        w->reason = effect->reason;
        w->outcome_ms = w->now_ms;
        if (effect->word == ISSUANCE_PRINTED)
            world_hand_over(w);
    }
    if (effect->id == ISSUANCE_EFFECT_FINISHED) {
        w->finishes++;
        w->finished = effect->word;
        w->finished_ms = w->now_ms;
    }
    w->released += effect->id == ISSUANCE_EFFECT_RELEASE_BOOKLET;
    w->retracted += effect->id == ISSUANCE_EFFECT_RETRACT_BOOKLET;
}

static inline void world_step(World *w, const IssuanceEvent *event);

/* FALSE: the effects behind it must not happen. */
static inline gboolean world_append(World *w, const IssuanceEffects *effects)
{
    g_autoptr(GError) error = NULL;
    gboolean hit = ++w->appends == w->script.stop_at;
    if (hit && w->script.append_fails) {
        world_step(w, &(IssuanceEvent){.id = ISSUANCE_EVENT_JOURNAL_FAILED});
        return FALSE;
    }
    if (hit && w->script.stop_before) {
        w->stopped = TRUE;
        return FALSE;
    }
    gboolean written = ledger_append(w->ledger, effects->drafts, effects->n_drafts,
                                     WORLD_WALL_MS + w->now_ms, &error);
    if (!written && w->script.disk_fails) {
        w->append_failed = TRUE;
        world_step(w, &(IssuanceEvent){.id = ISSUANCE_EVENT_JOURNAL_FAILED});
        return FALSE;
    }
    ck_assert_msg(written, "%s", error ? error->message : "");
    if (w->machine.phase == PHASE_SUBMITTING)
        w->now_ms += w->script.submit_stall_ms;
    w->stopped = hit;
    return !hit;
}

static inline void world_execute(World *w, const IssuanceEffects *effects)
{
    for (gsize i = 0; i < effects->n; i++) {
        const IssuanceEffect *effect = &effects->list[i];
        if (effect->id == ISSUANCE_EFFECT_JOURNAL && !world_append(w, effects))
            return;
        world_note(w, effect);
        world_answer(w, effect);
    }
}

static inline void world_step(World *w, const IssuanceEvent *event)
{
    IssuanceEffects effects;
    issuance_step(&w->machine, event, w->now_ms, &effects);
    world_execute(w, &effects);
}

/* Drives the machine to its end, or to the crash. Every answer takes 10 ms. */
static inline void world_run(World *w)
{
    for (int i = 0; !w->stopped && issuance_is_running(&w->machine); i++) {
        ck_assert_msg(i < 20000, "no end in phase %s", issuance_phase_word(w->machine.phase));
        IssuanceEvent event = {.id = ISSUANCE_EVENT_TIMER};
        if (w->n_pending) {
            event = w->pending[0];
            memmove(w->pending, w->pending + 1, --w->n_pending * sizeof event);
            w->now_ms += 10;
        } else {
            ck_assert_msg(w->machine.deadline_ms > 0, "phase %s has no deadline",
                          issuance_phase_word(w->machine.phase));
            w->now_ms = MAX(w->now_ms, w->machine.deadline_ms);
        }
        world_step(w, &event);
    }
    w->n_pending = 0;
}

static inline void world_plan(World *w, guint32 sequence)
{
    w->plan = (IssuancePlan){.sides = WORLD_SIDES};
    issuance_key_make(w->plan.key);
    g_strlcpy(w->plan.record, "rec-1", sizeof w->plan.record);
    g_strlcpy(w->plan.digest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", sizeof w->plan.digest);
    g_strlcpy(w->plan.kiosk, "K001", sizeof w->plan.kiosk);
    g_snprintf(w->plan.identifier, sizeof w->plan.identifier,
               "11100000MB03271699001.11330106MA00000A9H.K0012026%08u.001.X", sequence);
    g_strlcpy(w->plan.version, "0.1.0", sizeof w->plan.version);
    ck_assert(stock_next(ledger_stock(w->ledger), w->plan.serial, NULL));
}

/* One issuance from START. */
static inline void world_issue(World *w)
{
    IssuanceConfig config;
    issuance_config_default(&config);
    config.side_ms = w->script.side_ms ? w->script.side_ms : config.side_ms;
    config.expected_ms = w->script.expected_ms;
    issuance_init(&w->machine, &config);
    world_plan(w, ledger_next_sequence(w->ledger, 1));
    world_step(w, &(IssuanceEvent){.id = ISSUANCE_EVENT_START, .plan = &w->plan});
    world_run(w);
}

/* Sends the outbox to a service that knows the issuance or not. */
static inline void world_report(World *w)
{
    const OutboxEntry *entry;
    while ((entry = outbox_next(ledger_outbox(w->ledger), w->now_ms))) {
        JournalDraft draft;
        gboolean known = w->told != ISSUANCE_UNKNOWN;
        IssuanceWord state = entry->state;
        g_autofree char *key = g_strdup(entry->key);
        OutboxVerdict verdict = outbox_answer(ledger_outbox(w->ledger), key, known,
                                              PROBLEM_ACTION_RECONCILE, 0, w->now_ms, &draft);
        ck_assert_int_eq(verdict, OUTBOX_DONE);
        if (known)
            w->told = state;
        ck_assert(ledger_append(w->ledger, &draft, 1, WORLD_WALL_MS + w->now_ms, NULL));
    }
}

/* A new process: every issuance that needs a step gets it; not after the disk has failed. */
static inline void world_recover(World *w)
{
    const IssuanceCase *found;
    IssuanceConfig config;
    issuance_config_default(&config);
    w->stopped = w->append_failed = FALSE;
    w->script.stop_at = 0;
    w->n_pending = 0;
    w->now_ms += 20000;
    for (int i = 0; !w->append_failed && (found = ledger_to_recover(w->ledger)); i++) {
        ck_assert_int_lt(i, 3);
        issuance_restore(&w->machine, &config, found);
        world_step(w, &(IssuanceEvent){.id = ISSUANCE_EVENT_RECOVER});
        world_run(w);
    }
}

/* The program dies and starts again: fold, recover everything, report. */
static inline void world_restart(World *w)
{
    ledger_close(w->ledger);
    world_open(w);
    world_recover(w);
    world_report(w);
}

static inline BookletState world_booklet(const World *w)
{
    return stock_state(ledger_stock(w->ledger), w->plan.serial);
}
