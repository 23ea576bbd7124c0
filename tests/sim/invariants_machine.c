/* About screens, disks, people and time. */
#include "firmware/loop/loop.h"
#include "tests/sim/invariants.h"
#include "tests/sim/people.h"
#include <string.h>

#define MACHINE_MS_MAX (BUDGET_MS + 15000) /* the two minutes, and the last answer's own time */
#define ANSWER_MS 12000 /* the kiosk counts a lease from before it asked */
#define OUTBOX_MAX 200
#define CRASH_WINDOW_MS (10 * 60 * 1000 - 60000) /* counted at the next start, up to a minute later */
#define PEOPLE_MS 300000 /* until somebody has come, done the work and started it again */

static const Issuance *issuance_of(const Machine *m)
{
    const Loop *loop = m->loop;
    return loop && loop->has_issuance ? &loop->issuance : NULL;
}

/* ---- S8 */

const char *finished_is_printed(const Fact *fact)
{
    gboolean hands =
        fact->type == FACT_SHOWN && (fact->number == SCREEN_TAKE_CARD ||
                                     fact->number == SCREEN_COLLECT || fact->number == SCREEN_DONE);
    if (!hands)
        return NULL;
    const Known *known = fact->known;
    if (!known || !(known->steps & (1u << JOURNAL_PRINTED)))
        return invariant_say("screen %s without PRINTED in the journal",
                             screen_word((Screen)fact->number));
    return NULL;
}

/* ---- S9 */

static gboolean holds(const Loop *loop, const char *canary)
{
    return memmem(loop, sizeof *loop, canary, strlen(canary)) != NULL;
}

const char *nothing_personal(const Fact *fact)
{
    if (fact->type == FACT_LOG)
        return invariant_say("the log names a person: %.40s", fact->text);
    if (fact->type == FACT_SHOWN && *fact->text &&
        (fact->number == SCREEN_ATTRACT || fact->number == SCREEN_CLOSED))
        return "a person stands on the screen after the visit";
    const Loop *loop = fact->m ? fact->m->loop : NULL;
    if (fact->type == FACT_SHOWN && loop && !visit_is_running(&loop->visit) &&
        (holds(loop, NAME_CANARY) || holds(loop, NUMBER_CANARY)))
        return "a person is left in the memory of visit, issuance or menu";
    return NULL;
}

const char *nothing_personal_step(Machine *m)
{
    const Loop *loop = m->loop;
    if (!loop || visit_is_running(&loop->visit))
        return NULL;
    if (loop->holder || loop->list || loop->record || loop->picture)
        return "holder, list, record or picture are kept after the visit";
    return NULL;
}

const char *nothing_personal_whole(Machine *m, gboolean settled)
{
    (void)settled;
    if (m && (disk_contains(m->disk, NAME_CANARY) || disk_contains(m->disk, NUMBER_CANARY)))
        return "a person stands in the journal";
    return NULL;
}

/* ---- S10 */

const char *own_booklet(const Fact *fact)
{
    if (fact->type != FACT_OPENED || !*fact->paper->key)
        return NULL;
    const Known *known = oracle_find(fact->paper->key);
    if (known && fact->number >= 0 && known->visit != fact->number)
        return invariant_say("the booklet of visit %d is released to visit %d", known->visit,
                             fact->number);
    return NULL;
}

/* ---- S11, S14 */

const char *chain_holds(Machine *m, gboolean settled)
{
    g_autoptr(GError) error = NULL;
    const Loop *loop = m ? m->loop : NULL;
    char hash[65];
    (void)settled;
    if (!loop || !loop->ledger)
        return NULL;
    if (!journal_verify(ledger_journal(loop->ledger), &error))
        return world->quiet || !loop->journal_failed ? invariant_say("%s", error->message) : NULL;
    if (journal_head(ledger_journal(loop->ledger), hash) < world->oracle->of[m->id].seq)
        return "the journal is shorter than it was";
    return NULL;
}

const char *no_gap(const Fact *fact)
{
    if (fact->type == FACT_ENTRY && fact->seq != world->oracle->of[fact->m->id].seq + 1)
        return invariant_say("entry %d follows entry %d", (int)fact->seq,
                             (int)world->oracle->of[fact->m->id].seq);
    if (fact->type != FACT_STARTED)
        return NULL;
    gint64 *opens = &world->oracle->of[fact->m->id].opens;
    if (fact->at_ms <= *opens)
        return invariant_say("start %d after start %d", (int)fact->at_ms, (int)*opens);
    *opens = fact->at_ms;
    if (fact->seq < world->oracle->of[fact->m->id].seq)
        return invariant_say("entries %d to %d were durable and are gone", (int)fact->seq + 1,
                             (int)world->oracle->of[fact->m->id].seq);
    return NULL;
}

/* ---- S12 */

const char *ready_first(const Fact *fact)
{
    if (fact->type != FACT_BEGIN)
        return NULL;
    const Loop *loop = fact->m->loop;
    char next[SERIAL_LENGTH + 1];
    if (!loop || loop->visit.state != VISIT_READING || loop->holder)
        return NULL; /* the same card again, or one that nobody asked for */
    if (!loop->recovered || loop->journal_failed || loop->issuance.job_open)
        return "a visit begins before the last one is settled";
    if (!stock_next(ledger_stock(loop->ledger), next, NULL))
        return "a visit begins without a booklet";
    return NULL;
}

/* ---- T5 */

const char *no_crash_loop(const Fact *fact)
{
    if (fact->type != FACT_BEGIN)
        return NULL;
    const gint64 *crashes = fact->m->crash_ms;
    gint64 oldest_ms = crashes[G_N_ELEMENTS(fact->m->crash_ms) - 1];
    if (oldest_ms && crashes[0] - oldest_ms <= CRASH_WINDOW_MS)
        return invariant_say("a visit begins after three crashes within %d s",
                             (int)((crashes[0] - oldest_ms) / 1000));
    return NULL;
}

/* ---- S13 */

const char *two_people(const Fact *fact)
{
    if (fact->type == FACT_ENTRY && fact->step == JOURNAL_SETTLED && fact->number != 2)
        return invariant_say("%.8s is settled in the journal by %d people",
                             fact->known ? fact->known->plan.key : "", fact->number);
    if (fact->type == FACT_SETTLED && fact->number >= 0 && fact->number < 2)
        return invariant_say("%d people have settled an issuance", fact->number);
    return NULL;
}

/* ---- S16 */

const char *bounded(Machine *m)
{
    const Loop *loop = m->loop;
    if (loop && loop->ledger && outbox_length(ledger_outbox(loop->ledger)) > OUTBOX_MAX)
        return "the outbox grows without end";
    return NULL;
}

/* ---- A1, A2, A3 */

const char *stock_adds_up(Machine *m, gboolean settled)
{
    const Loop *loop = m ? m->loop : NULL;
    (void)settled;
    if (!loop || !loop->ledger)
        return NULL;
    const Stock *stock = ledger_stock(loop->ledger);
    for (gsize i = 0; i < stock_batches(stock); i++) {
        StockBatch batch;
        guint sum = 0;
        stock_batch(stock, i, &batch);
        for (int state = 1; state < BOOKLET_STATE_COUNT; state++)
            sum += batch.counts[state];
        if (sum != batch.loaded)
            return invariant_say("batch %s: %u of %u accounted for", batch.first, sum,
                                 batch.loaded);
    }
    return NULL;
}

/* The service leases for hardly as long as a job must have. */
static gboolean lease_is_short(const Fact *fact)
{
    gint64 left_ms = fact->known->lease_until_ms - WALL_START_MS - world->now_ms;
    return strstr(fact->text, "\"lease\"") &&
           left_ms < LEASE_MIN_MS + LEASE_SUBMIT_MS + ANSWER_MS;
}

/* Where nothing has gone wrong yet, nothing may be unsure, spoiled or given up by the machine. */
static const char *check_calm(const Fact *fact)
{
    static const char *const fine[] = {"certificate-live", "visit-expired", "digest-mismatch"};
    gboolean bad = fact->step == JOURNAL_UNSURE || fact->step == JOURNAL_SPOILED;
    if (fact->type != FACT_ENTRY || world->faults.total)
        return NULL;
    if (fact->step == JOURNAL_RELEASED) {
        bad = !lease_is_short(fact);
        for (gsize i = 0; i < G_N_ELEMENTS(fine); i++)
            bad = bad && !strstr(fact->text, fine[i]);
    }
    return bad ? invariant_say("%s without any fault: %.40s", journal_step_word(fact->step),
                               fact->text)
               : NULL;
}

const char *counter_adds_up(const Fact *fact)
{
    const char *calm = check_calm(fact);
    if (calm)
        return calm;
    if (fact->type != FACT_ENTRY || fact->step != JOURNAL_SPOILED)
        return NULL;
    for (guint i = 0; i < world->oracle->papers->len; i++) {
        const Booklet *paper = world->oracle->papers->pdata[i];
        if (!strcmp(paper->key, fact->known->plan.key) && paper->sides &&
            paper->printed >= paper->sides)
            return invariant_say("%.8s counts as spoiled, and blank %" G_GUINT64_FORMAT
                                 " is complete",
                                 fact->known->plan.key, paper->serial);
    }
    return NULL;
}

/* What may be on paper and the service does not know; `rows` is its register. */
static const char *find_untold(const GArray *rows)
{
    const GPtrArray *all = world->oracle->knowns;
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < rows->len; i++)
        g_hash_table_add(told, g_array_index(rows, CentralRow, i).key);
    for (guint i = 0; i < all->len; i++) {
        const Known *known = all->pdata[i];
        if (!known->journal_lost && known->word >= ISSUANCE_PRINTED &&
            !g_hash_table_contains(told, known->plan.key))
            return invariant_say("%.8s is %s in the journal, and the service lacks it",
                                 known->plan.key, issuance_word(known->word));
    }
    return NULL;
}

static const char *compare_words(void)
{
    g_autoptr(GArray) rows = central_list(world);
    for (guint i = 0; rows && i < rows->len; i++) {
        const CentralRow *row = &g_array_index(rows, CentralRow, i);
        const Known *known = oracle_find(row->key);
        const char *word = central_word(row->state);
        if (!known || known->journal_lost || known->settled)
            continue;
        if (strcmp(word, issuance_word(known->word)))
            return invariant_say("%.8s is %s at the service and %s in the journal", row->key, word,
                                 issuance_word(known->word));
    }
    return rows ? find_untold(rows) : NULL;
}

const char *reports_are_heard(const Fact *fact)
{
    if (fact->type != FACT_ENTRY || fact->step != JOURNAL_ACKNOWLEDGED ||
        !strstr(fact->text, "\"answer\":\"ok\""))
        return NULL;
    IssuanceWord state = oracle_state_in(fact->text);
    return fact->known && !(fact->known->heard & (1u << state))
               ? invariant_say("%.8s counts as reported %s, and the service has not heard it",
                               fact->known->plan.key, issuance_word(state))
               : NULL;
}

const char *both_agree(Machine *m, gboolean settled)
{
    if (!settled)
        return NULL;
    if (!m)
        return compare_words();
    const Loop *loop = m->loop;
    if (loop && outbox_length(ledger_outbox(loop->ledger)))
        return invariant_say("%zu reports still wait in the outbox",
                             outbox_length(ledger_outbox(loop->ledger)));
    return NULL;
}

/* ---- T1 to T4 */

const char *two_minutes(Machine *m)
{
    const Loop *loop = m->loop;
    gint64 *used = &world->oracle->of[m->id].machine_ms;
    gint64 *since = &world->oracle->of[m->id].machine_since;
    gboolean works =
        loop && visit_is_running(&loop->visit) && visit_state_row(loop->visit.state).machine_works;
    if (*since)
        *used += world->now_ms - *since;
    *since = works ? world->now_ms : 0;
    if (!loop || !visit_is_running(&loop->visit) || loop->visit.state == VISIT_CARD ||
        loop->visit.state == VISIT_CHOOSE)
        *used = 0; /* another certificate has its own two minutes */
    if (*used > MACHINE_MS_MAX)
        return invariant_say("%d s of machine time", (int)(*used / 1000));
    return NULL;
}

const char *deadlines(Machine *m)
{
    const Loop *loop = m->loop;
    int type;
    if (!loop || m->dying)
        return NULL;
    if (visit_is_running(&loop->visit) && !visit_deadline(&loop->visit, &type))
        return invariant_say("state %s waits without a deadline",
                             visit_state_word(loop->visit.state));
    const Issuance *issuance = issuance_of(m);
    if (issuance && issuance_is_running(issuance) && !issuance->deadline_ms)
        return invariant_say("phase %s waits without a deadline",
                             issuance_phase_word(issuance->phase));
    return NULL;
}

static gint64 m_closed_ms(const Machine *m)
{
    return m && m->closed_since_ms ? m->closed_since_ms : world->now_ms;
}

const char *open_again(Machine *m, gboolean settled)
{
    gboolean long_since = world->now_ms - m_closed_ms(m) > PEOPLE_MS;
    if (settled && m && !machine_is_open(m) && long_since)
        return invariant_say("closed for %d s after the faults stopped: %s",
                             (int)((world->now_ms - m->closed_since_ms) / 1000),
                             machine_closed_reason(m));
    return NULL;
}

const char *no_idle_while_working(Machine *m)
{
    const Issuance *issuance = issuance_of(m);
    const Loop *loop = m->loop;
    if (issuance && issuance_is_running(issuance) && loop->issuance_of_visit &&
        issuance->phase < PHASE_PRINTED && loop->visit.state == VISIT_STILL_THERE)
        return "asks whether somebody is still there while it prints";
    return NULL;
}
