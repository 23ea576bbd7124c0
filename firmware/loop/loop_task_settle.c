/* Two people settle an unsure or retracted issuance: the service is asked first, its word counts. */
#include "firmware/base/clock.h"
#include "firmware/loop/loop_task.h"
#include "firmware/staff/settle.h"
#include <string.h>

static void refuse(Loop *loop, const char *key)
{
    AuditDraft event;
    StaffClock now;
    g_autoptr(GError) error = NULL;
    staff_clock(&now);
    task_describe(loop, key + strlen("menu.settle."), &event);
    if (staff_note(loop->staff, &event, &now, &error))
        task_end_quietly(loop, FALSE, key, NULL, NULL);
    else
        task_fail(loop, error);
}

/* The technician first, as the journal has it. */
static void name_two(const Loop *loop, char ret[2][33])
{
    const StaffSession *first = &loop->menu.first, *second = &loop->menu.second;
    gboolean turned = first->role == STAFF_ROLE_SUPERVISOR;
    g_strlcpy(ret[0], turned ? second->id : first->id, sizeof ret[0]);
    g_strlcpy(ret[1], turned ? first->id : second->id, sizeof ret[1]);
}

void task_run_settle(Loop *loop, const MenuEffect *effect)
{
    JournalDraft step;
    ServiceCall *call = g_new0(ServiceCall, 1);
    IssuanceWord word = menu_settled_word(effect->task);
    call->kind = SERVICE_CALL_SETTLE;
    g_strlcpy(call->key, effect->subject, sizeof call->key);
    g_strlcpy(call->state, issuance_word(word), sizeof call->state);
    g_strlcpy(call->reason, effect->fields[0], sizeof call->reason);
    name_two(loop, call->settled_by);
    const char *const people[2] = {call->settled_by[0], call->settled_by[1]};
    g_snprintf(loop->menu.work.about, sizeof loop->menu.work.about, "%s %s", call->key,
               call->state);
    const IssuanceCase *known = ledger_case(loop->ledger, call->key);
    gboolean waits =
        known && issuance_may_settle(known->word, word) &&
        ledger_draft_settled(loop->ledger, call->key, word, call->reason, people, &step);
    /* The service settles nothing that it was not told of yet. */
    gboolean told = waits && !outbox_first(ledger_outbox(loop->ledger), call->key);
    if (told) {
        loop_call_service(loop, call);
        return;
    }
    service_call_free(call);
    refuse(loop, waits ? "menu.settle.unreported" : "menu.settle.not-waiting");
}

static void end_settled(Loop *loop, const ServiceCall *call, SettleVerdict verdict)
{
    g_autoptr(GError) error = NULL;
    JournalDraft step;
    AuditDraft event;
    gboolean ours = verdict == SETTLE_OURS;
    const char *state = ours ? call->state : call->problem.state;
    const char *const people[2] = {call->settled_by[0], call->settled_by[1]};
    gboolean drafted =
        ledger_draft_settled(loop->ledger, call->key, issuance_from_word(state),
                             ours ? call->reason : "already-settled", ours ? people : NULL, &step);
    task_describe(loop, ours ? "ok" : "already-settled", &event);
    if (!ledger_append_audited(loop->ledger, &step, drafted ? 1 : 0, &event, clock_wall_ms(),
                               &error)) {
        task_fail(loop, error);
        return;
    }
    loop->status_asked_ms = 0; /* the service hears at once that nothing waits any more */
    g_autofree char *notice = g_strconcat("menu.settled.", ours ? state : "theirs", NULL);
    task_end_quietly(loop, ours, notice, NULL, NULL);
}

/* An answer that comes after the menu has gone is told again by the service with the next status
 * report, as a settlement made elsewhere. */
void loop_task_settled(Loop *loop, const ServiceCall *call)
{
    const IssuanceCase *known = ledger_case(loop->ledger, call->key);
    if (loop->menu.work.task == TASK_UNKNOWN || !known)
        return;
    SettleVerdict verdict = settle_judge(call->ok, &call->problem, known);
    if (verdict == SETTLE_UNKNOWN)
        task_fail(loop, call->error);
    else
        end_settled(loop, call, verdict);
}

/* From now on nobody is told of the cut; the audit tells of it for ever. */
void task_run_acknowledge(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    AuditDraft event;
    g_autofree char *about = audit_describe_cut(loop->audit_cut, effect->fields[0]);
    if (!*loop->audit_cut) {
        task_end(loop, FALSE, "menu.not-now", NULL);
        return;
    }
    g_strlcpy(loop->menu.work.about, about, sizeof loop->menu.work.about);
    task_describe(loop, "ok", &event);
    if (!audit_acknowledge(ledger_journal(loop->ledger), loop->audit_cut, &event, clock_wall_ms(),
                           &error)) {
        task_fail(loop, error);
        return;
    }
    g_strlcpy(loop->audit_seen, loop->audit_cut, sizeof loop->audit_seen);
    loop->audit_cut[0] = '\0';
    task_end_quietly(loop, TRUE, "menu.acknowledged", NULL, NULL);
}
