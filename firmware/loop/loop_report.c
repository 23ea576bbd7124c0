/* What the service is told and what it tells: the outbox, stories told again to a service that was
 * restored, settlements made elsewhere. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include <string.h>

static void fail_journal(Loop *loop, const GError *error)
{
    log_error("journal", "%s: the kiosk closes; free the disk or replace it, then restart",
              error->message);
    loop->journal_failed = TRUE;
}

static void write_steps(Loop *loop, const JournalDraft *drafts, gsize n, const AuditDraft *event)
{
    g_autoptr(GError) error = NULL;
    if (!ledger_append_audited(loop->ledger, drafts, n, event, clock_wall_ms(), &error))
        fail_journal(loop, error);
}

void loop_report_stop(Loop *loop, const ServiceCall *call)
{
    g_strlcpy(loop->service_stop, problem_word(call->problem.problem), sizeof loop->service_stop);
    g_strlcpy(loop->stop_key, call->key, sizeof loop->stop_key);
    log_error("service", "%s: %s; the kiosk closes until that is settled", call->key,
              call->problem.detail[0] ? call->problem.detail : loop->service_stop);
}

/* What stopped the kiosk was about this issuance, and is over. */
static void clear_stop(Loop *loop, const char *key)
{
    if (loop->stop_key[0] && !strcmp(loop->stop_key, key))
        loop->stop_key[0] = loop->service_stop[0] = '\0';
}

void loop_outbox_pump(Loop *loop)
{
    if (loop->report_waiting || !loop->info_known || loop->journal_failed ||
        loop->now_ms < loop->retry_after_ms)
        return;
    const OutboxEntry *entry = outbox_next(ledger_outbox(loop->ledger), clock_boottime_ms());
    if (!entry)
        return;
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = SERVICE_CALL_REPORT;
    g_strlcpy(call->key, entry->key, sizeof call->key);
    g_strlcpy(call->state, issuance_word(entry->state), sizeof call->state);
    g_strlcpy(call->reason, entry->reason, sizeof call->reason);
    memcpy(call->settled_by, entry->settled_by, sizeof call->settled_by);
    call->body = g_strdup(entry->evidence);
    loop->report_waiting = TRUE;
    loop_call_service(loop, call);
}

/* The service lacks the issuance: it accepts again what carries its own signature. */
static void reserve_again(Loop *loop, const IssuanceCase *known)
{
    const OutboxEntry *first = outbox_first(ledger_outbox(loop->ledger), known->plan.key);
    gboolean freed =
        first && (first->state == ISSUANCE_SPOILED || first->state == ISSUANCE_VOID);
    ServiceCall *call = g_new0(ServiceCall, 1);
    call->kind = SERVICE_CALL_RESERVE_AGAIN;
    memcpy(call->reservation.signature, known->signature, sizeof call->reservation.signature);
    g_strlcpy(call->reservation.kid, known->kid, sizeof call->reservation.kid);
    g_strlcpy(call->key, known->plan.key, sizeof call->key);
    g_strlcpy(call->record, known->plan.record, sizeof call->record);
    g_strlcpy(call->identifier, known->plan.identifier, sizeof call->identifier);
    g_strlcpy(call->booklet, known->plan.serial, sizeof call->booklet);
    g_strlcpy(call->digest, known->plan.digest, sizeof call->digest);
    if (freed)
        g_strlcpy(call->state, issuance_word(first->state), sizeof call->state);
    loop->report_waiting = TRUE;
    loop_call_service(loop, call);
}

/* One that the service never signed and does not know: there is nothing to agree on. */
static void drop(Loop *loop, const char *key, const char *state)
{
    JournalDraft draft;
    log_warn("outbox", "%s %s: the service knows nothing of it", key, state);
    outbox_draft_done(key, state, "unknown-issuance", &draft);
    write_steps(loop, &draft, 1, NULL);
}

static void reconcile(Loop *loop, const ServiceCall *call)
{
    const IssuanceCase *known = ledger_case(loop->ledger, call->key);
    if (known && known->kid[0])
        reserve_again(loop, known);
    else
        drop(loop, call->key, call->state);
}

void loop_outbox_reserved(Loop *loop, ServiceCall *call)
{
    loop->report_waiting = FALSE;
    if (call->ok) {
        log_info("outbox", "%s: the service has it again", call->key);
        outbox_hurry(ledger_outbox(loop->ledger), call->key);
        return;
    }
    log_warn("outbox", "%s: %s", call->key, call->error->message);
    switch (problem_action(call->problem.problem)) {
    case PROBLEM_ACTION_UNKNOWN:
    case PROBLEM_ACTION_REPEAT:
    case PROBLEM_ACTION_WAIT: /* the report behind it tries again after its pause */
        return;
    case PROBLEM_ACTION_TAKE_OVER:
    case PROBLEM_ACTION_RELEASE:
    case PROBLEM_ACTION_CLOSE_STOCK:
    case PROBLEM_ACTION_REFETCH:
    case PROBLEM_ACTION_BUG:
    case PROBLEM_ACTION_END_VISIT:
    case PROBLEM_ACTION_RECONCILE:
    case PROBLEM_ACTION_CLOSE:
    case PROBLEM_ACTION_REFUSE:
        loop_report_stop(loop, call);
    }
}

/* The report is answered; when the service had settled the issuance otherwise, its word is taken in
 * the same transaction, and first: behind its last answer an issuance may be over. */
static void finish_report(Loop *loop, const ServiceCall *call, const JournalDraft *done)
{
    JournalDraft drafts[2];
    gsize settled = !call->ok && ledger_draft_settled(loop->ledger, call->key,
                                                      issuance_from_word(call->problem.state),
                                                      "already-settled", NULL, &drafts[0]);
    drafts[settled] = *done;
    clear_stop(loop, call->key);
    write_steps(loop, drafts, settled + 1, NULL);
}

void loop_outbox_answer(Loop *loop, ServiceCall *call)
{
    loop->report_waiting = FALSE;
    JournalDraft draft;
    g_autoptr(GError) error = NULL;
    ProblemAction action = problem_action(call->problem.problem);
    OutboxVerdict verdict = outbox_answer(ledger_outbox(loop->ledger), call->key, call->ok, action,
                                          call->problem.retry_after_s, clock_boottime_ms(), &draft);
    if (!call->ok)
        log_warn("outbox", "%s %s: %s; %s", call->key, call->state, call->error->message,
                 outbox_verdict_word(verdict));
    if (loop->journal_failed)
        return;
    if (verdict == OUTBOX_DONE)
        finish_report(loop, call, &draft);
    else if (verdict == OUTBOX_RECONCILE)
        reconcile(loop, call);
    else if (verdict == OUTBOX_RETELL &&
             !ledger_retell(loop->ledger, call->key, clock_wall_ms(), &error))
        fail_journal(loop, error);
    else if (verdict == OUTBOX_CLOSE)
        loop_report_stop(loop, call);
}

/* ---- what the service says of itself */

static void note_event(Loop *loop, AuditType type, const char *result, const char *detail)
{
    g_autoptr(GError) error = NULL;
    AuditDraft event;
    StaffClock now;
    if (!loop->staff)
        return;
    staff_clock(&now);
    staff_event(type, NULL, NULL, result, detail, &event);
    if (!staff_note(loop->staff, &event, &now, &error))
        fail_journal(loop, error);
}

static void write_cut(Loop *loop, const char *head)
{
    g_autoptr(GError) error = NULL;
    AuditDraft event;
    staff_event(AUDIT_AUDIT_CUT, NULL, NULL, "found", head, &event);
    const JournalNote note = {AUDIT_NOTE_CUT, head};
    const JournalBatch batch = {.events = &event, .n_events = 1, .notes = &note, .n_notes = 1};
    if (!journal_write(ledger_journal(loop->ledger), &batch, clock_wall_ms(), &error))
        fail_journal(loop, error);
}

/* Somebody took technicians' actions away: said in the chain that is left, and by the machine until
 * a supervisor has acknowledged it. */
static void check_audit(Loop *loop)
{
    const char *head = loop->info.audit_head;
    if (!*head || !loop->ledger || !strcmp(head, loop->audit_cut) ||
        !strcmp(head, loop->audit_seen) || journal_audit_holds(ledger_journal(loop->ledger), head))
        return;
    g_strlcpy(loop->audit_cut, head, sizeof loop->audit_cut);
    log_error("audit", "the service had seen %.20s, which is not here: the tail was cut", head);
    if (loop->staff && !loop->check_only)
        write_cut(loop, head);
}

static void load_note(Loop *loop, const char *name, char ret[96])
{
    g_autofree char *head = journal_get_note(ledger_journal(loop->ledger), name, NULL);
    g_strlcpy(ret, head ? head : "", 96);
}

void loop_report_open(Loop *loop)
{
    load_note(loop, AUDIT_NOTE_CUT, loop->audit_cut);
    load_note(loop, AUDIT_NOTE_CUT_SEEN, loop->audit_seen);
}

void loop_report_reconcile(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    LedgerReconciled done;
    if (loop->journal_failed)
        return;
    check_audit(loop);
    if (loop->check_only)
        return;
    if (!ledger_reconcile(loop->ledger, &loop->info, clock_wall_ms(), &done, &error)) {
        fail_journal(loop, error);
        return;
    }
    if (done.restored)
        loop->status_asked_ms = 0; /* and what is told by then is said at once */
    if (done.retold)
        log_warn("service", "restored from a backup: %u issuances are told again", done.retold);
    if (done.adopted)
        log_error("journal",
                  "%u issuances of this kiosk are not in its journal: unsure, settle "
                  "them",
                  done.adopted);
    if (!done.cut)
        return;
    log_error("journal", "the service had seen %.20s, which is not here: count the stock",
              loop->info.journal_head);
    note_event(loop, AUDIT_JOURNAL_CUT, "found", loop->info.journal_head);
}

/* TRUE: the service need not say it again. */
static gboolean take_settlement(Loop *loop, const ServiceSettlement *settlement)
{
    JournalDraft draft;
    AuditDraft event;
    const char *const by[2] = {settlement->settled_by[0], settlement->settled_by[1]};
    const char *key = settlement->key;
    if (ledger_needs_step(loop->ledger, key))
        return FALSE; /* the machine is still at it */
    if (!ledger_draft_settled(loop->ledger, key, issuance_from_word(settlement->state),
                              settlement->reason, by, &draft))
        return TRUE;
    g_autofree char *detail = g_strdup_printf("%s %s by %s, %s", key, settlement->state,
                                              settlement->settled_by[0], settlement->settled_by[1]);
    staff_event(AUDIT_SETTLED_ELSEWHERE, NULL, NULL, settlement->state, detail, &event);
    log_info("issuance", "settled at the service: %s", detail);
    write_steps(loop, &draft, 1, &event);
    clear_stop(loop, key);
    return !loop->journal_failed;
}

void loop_report_settlements(Loop *loop, const ServiceDesire *desire)
{
    char hash[65];
    gint64 head = journal_head(ledger_journal(loop->ledger), hash);
    loop->n_acknowledged = 0; /* those of the last report: the answer shows that they arrived */
    for (gsize i = 0; i < desire->n_settlements && !loop->journal_failed; i++)
        if (take_settlement(loop, &desire->settlements[i]))
            g_strlcpy(loop->acknowledged[loop->n_acknowledged++], desire->settlements[i].key,
                      sizeof loop->acknowledged[0]);
    if (journal_head(ledger_journal(loop->ledger), hash) != head)
        loop->status_asked_ms = 0; /* tell it at once */
}
