/* The machine's tables and the step that walks them. */
#include "firmware/issuance/issuance_internal.h"
#include "firmware/base/log.h"
#include <stddef.h>
#include <string.h>

static const struct {
    const char *guard_name;
    Guard guard;
    const char *action_name;
    Act action;
    IssuancePhase phase;
    IssuanceEventId event;
    IssuancePhase next;
} table[] = {
#define ROW(phase, event, action, next)                                                            \
    {"", NULL, #action, action_##action, PHASE_##phase, ISSUANCE_EVENT_##event, PHASE_##next},
#define IF(phase, event, guard, action, next)                                                      \
    {#guard,        guard_##guard,          #action,     action_##action,                          \
     PHASE_##phase, ISSUANCE_EVENT_##event, PHASE_##next},
#include "firmware/issuance/issuance_table.h"
#undef ROW
#undef IF
};

typedef enum { BOUND_NONE, BOUND_RESERVE, BOUND_CANCEL, BOUND_BUDGET, BOUND_FREE } Bound;

#define WAIT(member) offsetof(IssuanceConfig, member)
#define PAUSE ((size_t)-1) /* pause_ms, set by the action */

/* Every waiting phase, how long it waits for its event, and what cuts that short. */
static const struct {
    const char *word;
    size_t wait;
    Bound bound;
} phases[PHASE_COUNT] = {
    [PHASE_UNKNOWN] = {"unknown", 0, BOUND_NONE},
    [PHASE_IDLE] = {"idle", 0, BOUND_NONE},
    [PHASE_RESERVING] = {"reserving", WAIT(service_ms), BOUND_RESERVE},
    [PHASE_RESERVE_PAUSE] = {"reserve-pause", PAUSE, BOUND_RESERVE},
    [PHASE_BASELINE] = {"baseline", WAIT(printer_ms), BOUND_CANCEL},
    [PHASE_RENDERING] = {"rendering", WAIT(render_ms), BOUND_CANCEL},
    [PHASE_RECHECK] = {"recheck", WAIT(printer_ms), BOUND_CANCEL},
    [PHASE_SUBMITTING] = {"submitting", WAIT(poll_ms), BOUND_CANCEL},
    [PHASE_SUBMITTING_LOOK] = {"submitting-look", WAIT(printer_ms), BOUND_CANCEL},
    [PHASE_WATCHING] = {"watching", WAIT(printer_ms), BOUND_CANCEL},
    [PHASE_WATCH_PAUSE] = {"watch-pause", WAIT(poll_ms), BOUND_CANCEL},
    [PHASE_CANCELING] = {"canceling", WAIT(printer_ms), BOUND_BUDGET},
    [PHASE_CANCEL_PAUSE] = {"cancel-pause", WAIT(cancel_pause_ms), BOUND_BUDGET},
    [PHASE_JOB_CHECK] = {"job-check", WAIT(printer_ms), BOUND_BUDGET},
    [PHASE_FIRST_READING] = {"first-reading", WAIT(printer_ms), BOUND_BUDGET},
    [PHASE_READING_PAUSE] = {"reading-pause", WAIT(evidence_gap_ms), BOUND_FREE},
    [PHASE_SECOND_READING] = {"second-reading", WAIT(printer_ms), BOUND_BUDGET},
    [PHASE_PRINTED] = {"printed", WAIT(present_ms), BOUND_FREE},
    [PHASE_PRESENTED] = {"presented", WAIT(collect_ms), BOUND_FREE},
    [PHASE_CANCEL_PENDING] = {"cancel-pending", WAIT(printer_ms), BOUND_FREE},
    [PHASE_CANCEL_PENDING_PAUSE] = {"cancel-pending-pause", WAIT(pending_pause_ms), BOUND_FREE},
    [PHASE_ENDED] = {"ended", 0, BOUND_NONE},
};

/* Events, and whether they answer an effect. */
static const struct {
    const char *word;
    gboolean answers;
} events[ISSUANCE_EVENT_COUNT] = {
    [ISSUANCE_EVENT_UNKNOWN] = {"unknown", FALSE},
    [ISSUANCE_EVENT_START] = {"start", FALSE},
    [ISSUANCE_EVENT_RECOVER] = {"recover", FALSE},
    [ISSUANCE_EVENT_RESERVED] = {"reserved", TRUE},
    [ISSUANCE_EVENT_RESERVE_FAILED] = {"reserve-failed", TRUE},
    [ISSUANCE_EVENT_PRINTER_READ] = {"printer-read", TRUE},
    [ISSUANCE_EVENT_RENDERED] = {"rendered", TRUE},
    [ISSUANCE_EVENT_RENDER_FAILED] = {"render-failed", TRUE},
    [ISSUANCE_EVENT_SUBMITTED] = {"submitted", TRUE},
    [ISSUANCE_EVENT_JOB_LOOKED_UP] = {"job-looked-up", TRUE},
    [ISSUANCE_EVENT_JOB_CANCELED] = {"job-canceled", TRUE},
    [ISSUANCE_EVENT_TIMER] = {"timer", FALSE},
    [ISSUANCE_EVENT_PRESENT] = {"present", FALSE},
    [ISSUANCE_EVENT_TAKEN] = {"taken", FALSE},
    [ISSUANCE_EVENT_NOT_TAKEN] = {"not-taken", FALSE},
    [ISSUANCE_EVENT_WRONG] = {"wrong", FALSE},
    [ISSUANCE_EVENT_JOURNAL_FAILED] = {"journal-failed", FALSE},
};

static const char *const effect_words[ISSUANCE_EFFECT_COUNT] = {
    "unknown", "journal",     "reserve",    "read-printer",    "render",
    "submit",  "look-up-job", "cancel-job", "cancel-others",   "stage",
    "outcome", "finished",    "report",     "release-booklet", "retract-booklet"};

const char *issuance_phase_word(IssuancePhase phase)
{
    return (unsigned)phase < PHASE_COUNT ? phases[phase].word : phases[0].word;
}

const char *issuance_event_word(IssuanceEventId id)
{
    return (unsigned)id < ISSUANCE_EVENT_COUNT ? events[id].word : events[0].word;
}

const char *issuance_effect_word(IssuanceEffectId id)
{
    return (unsigned)id < ISSUANCE_EFFECT_COUNT ? effect_words[id] : effect_words[0];
}

void issuance_config_default(IssuanceConfig *ret)
{
    *ret = (IssuanceConfig){.budget_ms = BUDGET_MS,
                            .reserve_ms = 25000,
                            .service_ms = 12000,
                            .reserve_pause_ms = 500,
                            .printer_ms = 8000,
                            .render_ms = 10000,
                            .first_side_ms = 75000,
                            .side_ms = 45000,
                            .poll_ms = 100,
                            .cancel_pause_ms = 500,
                            .evidence_gap_ms = 1000,
                            .settle_ms = 15000,
                            .pending_pause_ms = 5000,
                            .present_ms = 130000,
                            .collect_ms = 130000,
                            .recovery_ms = 45000};
}

void issuance_init(Issuance *issuance, const IssuanceConfig *config)
{
    *issuance = (Issuance){.config = *config, .phase = PHASE_IDLE, .printed_sides = -1};
}

void issuance_restore(Issuance *issuance, const IssuanceConfig *config,
                      const IssuanceCase *restored)
{
    issuance_init(issuance, config);
    issuance->plan = restored->plan;
    issuance->word = restored->word;
    issuance->seen = restored->seen;
    issuance->job_open = restored->job_open;
    issuance->before = restored->before;
    issuance->recovering = TRUE;
    memcpy(issuance->kid, restored->kid, sizeof issuance->kid);
    memcpy(issuance->signature, restored->signature, sizeof issuance->signature);
}

gboolean issuance_is_running(const Issuance *issuance)
{
    return issuance->phase != PHASE_IDLE && issuance->phase != PHASE_ENDED;
}

static gint64 deadline_of(const Issuance *m, gint64 now_ms)
{
    if (phases[m->phase].bound == BOUND_NONE)
        return 0;
    int wait_ms = m->pause_ms;
    if (phases[m->phase].wait != PAUSE)
        memcpy(&wait_ms, (const char *)&m->config + phases[m->phase].wait, sizeof wait_ms);
    gint64 deadline_ms = now_ms + wait_ms;
    if (phases[m->phase].bound == BOUND_RESERVE)
        deadline_ms = MIN(deadline_ms, m->reserve_until_ms);
    if (phases[m->phase].bound == BOUND_CANCEL)
        deadline_ms = MIN(deadline_ms, m->cancel_at_ms);
    if (phases[m->phase].bound == BOUND_BUDGET)
        deadline_ms = MIN(deadline_ms, m->budget_end_ms);
    return MAX(deadline_ms, 1);
}

static gboolean is_stale(const Issuance *m, const IssuanceEvent *event, gint64 now_ms)
{
    if (event->id == ISSUANCE_EVENT_TIMER)
        return m->deadline_ms == 0 || now_ms < m->deadline_ms;
    guint32 awaited = event->id == ISSUANCE_EVENT_SUBMITTED ? m->sending : m->awaited;
    return events[event->id].answers && (awaited == 0 || event->request != awaited);
}

static gboolean fits(gsize i, const Step *step)
{
    if (table[i].event != step->event->id)
        return FALSE;
    if (table[i].phase != PHASE_UNKNOWN && table[i].phase != step->m->phase)
        return FALSE;
    return !table[i].guard || table[i].guard(step);
}

void issuance_step(Issuance *issuance, const IssuanceEvent *event, gint64 now_ms,
                   IssuanceEffects *ret)
{
    ret->n = ret->n_drafts = 0;
    if ((unsigned)event->id >= ISSUANCE_EVENT_COUNT || is_stale(issuance, event, now_ms))
        return;
    Step step = {issuance, event, now_ms, ret};
    gsize i = 0;
    while (i < G_N_ELEMENTS(table) && !fits(i, &step))
        i++;
    if (i == G_N_ELEMENTS(table)) {
        log_error("issuance", "bug: event %s in phase %s", issuance_event_word(event->id),
                  issuance_phase_word(issuance->phase));
        return;
    }
    if (table[i].next != PHASE_UNKNOWN) {
        issuance->awaited = 0;
        issuance->phase = table[i].next;
    }
    if (event->id != ISSUANCE_EVENT_JOURNAL_FAILED)
        issuance->said_now = FALSE;
    table[i].action(&step);
    if (table[i].next != PHASE_UNKNOWN)
        issuance->deadline_ms = deadline_of(issuance, now_ms);
}

gsize issuance_rows(void)
{
    return G_N_ELEMENTS(table);
}

IssuanceRow issuance_row(gsize i)
{
    return (IssuanceRow){table[i].phase, table[i].event, table[i].guard_name, table[i].action_name,
                         table[i].next};
}

char *issuance_document(void)
{
    GString *text = g_string_new("| phase | event | if | action | next |\n|---|---|---|---|---|\n");
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        g_string_append_printf(
            text, "| %s | %s | %s | %s | %s |\n",
            table[i].phase == PHASE_UNKNOWN ? "any" : issuance_phase_word(table[i].phase),
            issuance_event_word(table[i].event), table[i].guard_name, table[i].action_name,
            table[i].next == PHASE_UNKNOWN ? "" : issuance_phase_word(table[i].next));
    return g_string_free(text, FALSE);
}
