/* About certificates, booklets and papers. */
#include "central/issuance_rules.h"
#include "tests/sim/invariants.h"
#include <string.h>

static gboolean is_entry(const Fact *fact, JournalStep step)
{
    return fact->type == FACT_ENTRY && fact->step == step;
}

static void format_serial(const Booklet *paper, char ret[SERIAL_SIZE])
{
    g_snprintf(ret, SERIAL_SIZE, "D%011" G_GUINT64_FORMAT, paper->serial);
}

static gboolean is_complete(const Booklet *paper)
{
    return paper->sides > 0 && paper->printed >= paper->sides;
}

/* ---- S1 */

static const char *check_lives(const Known *known)
{
    const GPtrArray *all = world->oracle->knowns;
    for (guint i = 0; i < all->len; i++) {
        const Known *other = all->pdata[i];
        if (other != known && other->locks && known->locks &&
            !strcmp(other->plan.record, known->plan.record))
            return invariant_say("certificate %s is locked by %.8s and %.8s", known->plan.record,
                                 known->plan.key, other->plan.key);
    }
    return NULL;
}

static const char *record_of(const Booklet *paper)
{
    return paper->has_qr ? office_record_of_digest(world->office, paper->qr.digest) : NULL;
}

static const char *check_papers(const Booklet *paper)
{
    const GPtrArray *all = world->oracle->papers;
    const char *record = is_complete(paper) ? record_of(paper) : NULL;
    for (guint i = 0; record && i < all->len; i++) {
        const Booklet *other = all->pdata[i];
        if (other != paper && other->fate == FATE_TAKEN && is_complete(other) &&
            !g_strcmp0(record_of(other), record))
            return invariant_say("citizens have two papers of %s: %" G_GUINT64_FORMAT
                                 " and %" G_GUINT64_FORMAT,
                                 record, paper->serial, other->serial);
    }
    return NULL;
}

/* By the journals of all kiosks and for all time, whatever the service has forgotten. */
static const char *check_journals(const Known *known)
{
    const GPtrArray *all = world->oracle->knowns;
    for (guint i = 0; i < all->len; i++) {
        const Known *other = all->pdata[i];
        gboolean issued =
            other->word == ISSUANCE_PRINTED || other->word == ISSUANCE_DELIVERED;
        if (other != known && issued && !other->settled && !other->journal_lost &&
            !strcmp(other->plan.record, known->plan.record))
            return invariant_say("certificate %s is printed as %.8s and as %.8s",
                                 known->plan.record, other->plan.key, known->plan.key);
    }
    return NULL;
}

const char *one_live_issuance(const Fact *fact)
{
    if (is_entry(fact, JOURNAL_PRINTED))
        return check_journals(fact->known);
    if (fact->type == FACT_STATE && fact->known->locks)
        return check_lives(fact->known);
    if (fact->type == FACT_TAKEN)
        return check_papers(fact->paper);
    return NULL;
}

/* The register itself, not what was told of it. */
const char *one_live_issuance_whole(Machine *m, gboolean settled)
{
    (void)settled;
    if (m)
        return NULL;
    g_autoptr(GArray) rows = central_list(world);
    g_autoptr(GHashTable) live = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; rows && i < rows->len; i++) {
        CentralRow *row = &g_array_index(rows, CentralRow, i);
        if (row->locks && !g_hash_table_add(live, row->record))
            return invariant_say("the register locks %s twice", row->record);
    }
    return NULL;
}

/* ---- S2 */

const char *one_fate_a_serial(const Fact *fact)
{
    const GPtrArray *all = world->oracle->knowns;
    if (is_entry(fact, JOURNAL_RELEASED) && (fact->known->steps & (1u << JOURNAL_SUBMIT))) {
        for (guint i = 0; i < world->oracle->papers->len; i++) {
            const Booklet *paper = world->oracle->papers->pdata[i];
            if (!strcmp(paper->key, fact->known->plan.key) && paper->printed)
                return invariant_say("released, but blank %" G_GUINT64_FORMAT " carries %d sides",
                                     paper->serial, paper->printed);
        }
    }
    if (!is_entry(fact, JOURNAL_PLAN))
        return NULL;
    for (guint i = 0; i < all->len; i++) {
        const Known *other = all->pdata[i];
        if (other != fact->known && !other->journal_lost && other->word != ISSUANCE_RELEASED &&
            !strcmp(other->plan.serial, fact->known->plan.serial))
            return invariant_say("serial %s is planned again after %s", other->plan.serial,
                                 issuance_word(other->word));
    }
    return NULL;
}

/* ---- S3 */

const char *one_number_everywhere(const Fact *fact)
{
    char serial[SERIAL_SIZE];
    if (fact->type != FACT_SIDE)
        return NULL;
    const Booklet *paper = fact->paper;
    const Known *known = oracle_find(paper->key);
    format_serial(paper, serial);
    /* A second pass of the same job cannot carry its own number: the counter gives it away. */
    gboolean first = TRUE;
    for (guint i = 0; i < world->oracle->papers->len; i++) {
        const Booklet *other = world->oracle->papers->pdata[i];
        if (other == paper)
            break;
        if (!strcmp(other->key, paper->key))
            first = FALSE;
    }
    if (!known || !first)
        return NULL;
    if (strcmp(serial, known->plan.serial) || strcmp(serial, paper->qr.booklet))
        return invariant_say("blank %s carries the QR of %s, the journal says %s", serial,
                             paper->qr.booklet, known->plan.serial);
    return NULL;
}

const char *one_number_everywhere_whole(Machine *m, gboolean settled)
{
    (void)settled;
    if (m)
        return NULL;
    g_autoptr(GArray) rows = central_list(world);
    for (guint i = 0; rows && i < rows->len; i++) {
        const CentralRow *row = &g_array_index(rows, CentralRow, i);
        const Known *known = oracle_find(row->key);
        if (known && (strcmp(known->plan.serial, row->booklet) ||
                      strcmp(known->plan.identifier, row->identifier) ||
                      strcmp(known->plan.digest, row->digest)))
            return invariant_say("%.8s is %s at the service and %s in the journal", row->key,
                                 row->booklet, known->plan.serial);
    }
    return NULL;
}

/* ---- S4 */

const char *evidence_before_words(const Fact *fact)
{
    const unsigned needed = 1u << JOURNAL_BIND | 1u << JOURNAL_RENDER | 1u << JOURNAL_SUBMIT;
    if (fact->type == FACT_JOB) {
        if (!fact->known || (fact->known->steps & needed) != needed)
            return invariant_say("job %.8s without BIND, RENDER and SUBMIT in the journal",
                                 fact->text);
        return fact->durable ? NULL : "a job is sent while its SUBMIT is not on the disk";
    }
    if (!is_entry(fact, JOURNAL_PRINTED))
        return NULL;
    for (guint i = 0; i < world->oracle->papers->len; i++) {
        const Booklet *paper = world->oracle->papers->pdata[i];
        if (!strcmp(paper->key, fact->known->plan.key) && is_complete(paper))
            return NULL;
    }
    return invariant_say("%.8s is printed, and no paper carries all its sides",
                         fact->known->plan.key);
}

/* ---- S5 */

const char *one_job_one_key(const Fact *fact)
{
    if (fact->type == FACT_JOB && fact->number > 0)
        return invariant_say("%d other jobs of ours could still print", fact->number);
    if (fact->type == FACT_JOB && fact->known && ++fact->known->jobs > 1)
        return invariant_say("%.8s is sent to the printer again", fact->text);
    if (is_entry(fact, JOURNAL_SUBMIT) && (fact->known->steps & (1u << JOURNAL_SUBMIT)))
        return invariant_say("a second SUBMIT of %.8s", fact->known->plan.key);
    if (fact->type != FACT_POST)
        return NULL;
    const Known *known = oracle_find(fact->text);
    if (!known || strcmp(known->plan.key, fact->text))
        return invariant_say("RESERVE with key %.8s, which no journal has", fact->text);
    return NULL;
}

/* ---- S6 */

const char *right_digest(const Fact *fact)
{
    if (fact->type != FACT_SIDE)
        return NULL;
    const Booklet *paper = fact->paper;
    const Known *known = oracle_find(paper->key);
    if (!paper->has_qr)
        return "a paper without QR";
    if (strcmp(paper->qr.digest, paper->drawn_digest))
        return "the QR's digest is not that of the record drawn";
    if (!office_record_of_digest(world->office, paper->drawn_digest))
        return "the record drawn was never registered";
    if (known && strcmp(known->plan.digest, paper->drawn_digest))
        return "the journal has another digest than the paper";
    return NULL;
}

/* ---- S7 */

const char *unique_identifier(const Fact *fact)
{
    if (!is_entry(fact, JOURNAL_PLAN))
        return NULL;
    Known *known = fact->known;
    const Known *other = g_hash_table_lookup(world->oracle->by_identifier, known->plan.identifier);
    if (other && other != known && !(other->journal_lost && !other->service_state))
        return invariant_say("identifier %s is used again", known->plan.identifier);
    g_hash_table_insert(world->oracle->by_identifier, known->plan.identifier, known);
    return NULL;
}

/* ---- S15, S17, S18, S19 */

const char *glyphs_first(const Fact *fact)
{
    if (is_entry(fact, JOURNAL_PLAN) &&
        office_is_unprintable(world->office, fact->known->plan.record))
        return invariant_say("%s has a character that no font has", fact->known->plan.record);
    return NULL;
}

const char *known_position(const Fact *fact)
{
    gboolean plans = is_entry(fact, JOURNAL_PLAN) || is_entry(fact, JOURNAL_SUBMIT);
    if (plans && world->oracle->of[fact->m->id].position_lost)
        return invariant_say("%s while the position is unknown", journal_step_word(fact->step));
    return NULL;
}

const char *lease_left(const Fact *fact)
{
    if (fact->type == FACT_JOB && fact->known && fact->known->lease_until_ms &&
        !fact->known->reported_lost && fact->lease_left_ms < LEASE_MIN_MS)
        return invariant_say("%d s of lease left", (int)(fact->lease_left_ms / 1000));
    return NULL;
}

static gboolean is_between(const Known *known)
{
    return known->word == ISSUANCE_BOUND || known->word == ISSUANCE_RENDERED ||
           known->word == ISSUANCE_SUBMITTED;
}

const char *nothing_between(const Fact *fact)
{
    gboolean stock = is_entry(fact, JOURNAL_LOAD) || is_entry(fact, JOURNAL_NEXT) ||
                     is_entry(fact, JOURNAL_SPOIL);
    if (!stock && fact->type != FACT_TEST_PAGE && !is_entry(fact, JOURNAL_PLAN))
        return NULL;
    for (guint i = 0; i < world->oracle->knowns->len; i++) {
        const Known *known = world->oracle->knowns->pdata[i];
        if (known->m == fact->m && known != fact->known && !known->journal_lost &&
            is_between(known))
            return invariant_say("%s while %.8s is %s",
                                 fact->type == FACT_TEST_PAGE ? "test page"
                                                              : journal_step_word(fact->step),
                                 known->plan.key, issuance_word(known->word));
    }
    return NULL;
}
