/* `kiosk settle`: two people say what became of an unsure or retracted issuance. */
#include "firmware/base/error.h"
#include "firmware/issuance/arguments.h"
#include "firmware/issuance/ledger.h"
#include "firmware/service/service.h"
#include "firmware/staff/console.h"
#include "firmware/staff/settle.h"
#include "firmware/staff/settle_command.h"
#include <stdio.h>
#include <string.h>


typedef struct {
    Ledger *ledger;
    Service *service;
    const char *key, *reason;
    IssuanceWord word;
    StaffSession technician, supervisor;
    StaffClock now;
} Settling;

static gboolean refuse(const char *key, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "settle: %s: %s", key, why);
    return FALSE;
}

static gboolean write_step(const Settling *s, const JournalDraft *step, const char *result,
                           GError **error)
{
    AuditDraft event;
    g_autofree char *detail = g_strdup_printf("%s %s", s->key, issuance_word(s->word));
    staff_event(AUDIT_SETTLE, &s->technician, &s->supervisor, result, detail, &event);
    return ledger_append_audited(s->ledger, step, step ? 1 : 0, &event, s->now.wall_ms, error);
}

/* What the service was not told of this issuance yet: it settles nothing that it does not know. */
static gboolean send_waiting(const Settling *s, GError **error)
{
    const OutboxEntry *entry;
    while ((entry = outbox_first(ledger_outbox(s->ledger), s->key))) {
        ServiceProblem problem;
        JournalDraft done;
        if (!service_report(s->service, s->key, issuance_word(entry->state),
                            *entry->reason ? entry->reason : NULL, entry->evidence, NULL, &problem,
                            error))
            return FALSE;
        outbox_draft_done(s->key, issuance_word(entry->state), "ok", &done);
        if (!ledger_append(s->ledger, &done, 1, s->now.wall_ms, error))
            return FALSE;
    }
    return TRUE;
}

SettleVerdict settle_judge(gboolean taken, const ServiceProblem *problem, const IssuanceCase *known)
{
    /* One that the service never signed and lost is ours alone to settle. */
    if (taken || (problem->problem == PROBLEM_UNKNOWN_ISSUANCE && !known->kid[0]))
        return SETTLE_OURS;
    return problem->problem == PROBLEM_ALREADY_SETTLED ? SETTLE_THEIRS : SETTLE_UNKNOWN;
}

/* The service had other people's word: that one counts. */
static gboolean take_over(const Settling *s, const char *state, GError **error)
{
    JournalDraft step;
    g_autofree char *why = g_strdup_printf("the service has settled it already: %s", state);
    if (ledger_draft_settled(s->ledger, s->key, issuance_from_word(state), "already-settled", NULL,
                             &step) &&
        !write_step(s, &step, "already-settled", error))
        return FALSE;
    return refuse(s->key, why, error);
}

/* Whether the issuance waits for this; else what it waits for. One that is over is not kept at hand. */
static gboolean check_waits(const Settling *s, GError **error)
{
    const IssuanceCase *known = ledger_case(s->ledger, s->key);
    if (!known)
        return refuse(s->key, "waits for nobody: kiosk journal list", error);
    if (ledger_needs_step(s->ledger, s->key))
        return refuse(s->key, "the machine has not ended it: start it once", error);
    if (issuance_may_settle(known->word, s->word))
        return TRUE;
    g_autoptr(GString) why = g_string_new(NULL);
    g_string_printf(why, "is %s and ", issuance_word(known->word));
    gsize length = why->len;
    for (int to = 1; to < ISSUANCE_WORD_COUNT; to++)
        if (issuance_may_settle(known->word, (IssuanceWord)to))
            g_string_append_printf(why, "%s%s", why->len == length ? "can become " : " or ",
                                   issuance_word((IssuanceWord)to));
    if (why->len == length)
        g_string_append(why, "waits for nobody");
    return refuse(s->key, why->str, error);
}

static gboolean settle(const Settling *s, GError **error)
{
    const IssuanceCase *known = ledger_case(s->ledger, s->key);
    const char *const by[] = {s->technician.id, s->supervisor.id, NULL};
    const char *const people[2] = {by[0], by[1]};
    JournalDraft step;
    ServiceProblem problem;
    g_autoptr(GError) cause = NULL;
    if (!check_waits(s, error) || !send_waiting(s, error))
        return FALSE;
    if (!ledger_draft_settled(s->ledger, s->key, s->word, s->reason, people, &step))
        return refuse(s->key, "waits for nobody", error);
    gboolean taken = service_report(s->service, s->key, issuance_word(s->word), s->reason, NULL, by,
                                    &problem, &cause);
    SettleVerdict verdict = settle_judge(taken, &problem, known);
    if (verdict == SETTLE_OURS)
        return write_step(s, &step, "ok", error);
    if (verdict == SETTLE_THEIRS)
        return take_over(s, problem.state, error);
    (void)write_step(s, NULL, problem_word(problem.problem), NULL);
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean log_in_and_settle(const Arguments *a, Ledger *ledger, const Config *config,
                                  GError **error)
{
    Settling s = {.ledger = ledger,
                  .key = a->words[0],
                  .reason = a->reason,
                  .word = issuance_from_word(a->words[1])};
    staff_clock(&s.now);
    g_autoptr(Staff) staff = staff_open(ledger_journal(ledger), error);
    if (!staff || !console_login_two(staff, &s.now, &s.technician, &s.supervisor, error) ||
        !staff_may(AUDIT_SETTLE, &s.technician, &s.supervisor, s.now.boot_ms, error))
        return FALSE;
    s.service = service_create(config, error);
    if (!s.service)
        return FALSE;
    gboolean done = settle(&s, error);
    service_destroy(s.service);
    return done;
}

static gboolean is_key(const char *text)
{
    return strlen(text) == ISSUANCE_KEY_LENGTH &&
           strspn(text, "0123456789abcdef-") == ISSUANCE_KEY_LENGTH;
}

int settle_command(int argc, char **argv)
{
    static const char text[] =
        "settle KEY printed|spoiled|void|delivered --reason TEXT [--config FILE]\n\n"
        "What two people found out about an issuance that is unsure or was retracted. KEY stands\n"
        "in kiosk journal list.\n\n"
        "  printed     the booklet is complete, and is there\n"
        "  spoiled     it is incomplete or damaged, and was taken out\n"
        "  void        it is complete and must not be handed out\n"
        "  delivered   the citizen has it";
    static const char *const words[] = {"printed", "spoiled", "void", "delivered", NULL};
    Arguments a;
    if (arguments_help(argc, argv, text))
        return 0;
    if (!arguments_take(argc, argv, &a) || a.n_words != 2 || !is_key(a.words[0]) ||
        !g_strv_contains(words, a.words[1]) || !arguments_is_reason(a.reason) || a.csv || a.json || a.head)
        return arguments_usage(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(a.config, &error);
    g_autofree char *path = config ? arguments_journal(&a, &error) : NULL;
    g_autoptr(Ledger) ledger = path ? ledger_open(path, JOURNAL_WRITE, NULL, &error) : NULL;
    if (!ledger || !log_in_and_settle(&a, ledger, config, &error))
        return arguments_fail(error);
    printf("%s: %s\n", a.words[0], a.words[1]);
    return 0;
}
