#include "tests/sim/oracle.h"
#include "firmware/issuance/journal_internal.h"
#include "firmware/loop/loop.h"
#include "tests/sim/people.h"
#include <string.h>

Oracle *oracle_create(void)
{
    Oracle *o = g_new0(Oracle, 1);
    o->papers = g_ptr_array_new_with_free_func(g_free);
    o->knowns = g_ptr_array_new_with_free_func(g_free);
    o->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    o->by_identifier = g_hash_table_new(g_str_hash, g_str_equal);
    o->facts = g_array_new(FALSE, TRUE, sizeof(Fact));
    return o;
}

void oracle_free(Oracle *o)
{
    g_hash_table_unref(o->by_key);
    g_hash_table_unref(o->by_identifier);
    g_ptr_array_unref(o->papers);
    g_ptr_array_unref(o->knowns);
    g_array_unref(o->facts);
    g_free(o);
}

static Fact *add_fact(FactType type, Machine *m)
{
    GArray *facts = world->oracle->facts;
    g_array_set_size(facts, facts->len + 1);
    Fact *fact = &g_array_index(facts, Fact, facts->len - 1);
    *fact = (Fact){.type = type, .m = m};
    return fact;
}

Known *oracle_find(const char *key)
{
    return g_hash_table_lookup(world->oracle->by_key, key);
}

int oracle_feed(Machine *m, guint64 serial)
{
    Booklet *paper = g_new0(Booklet, 1);
    paper->serial = serial;
    paper->m = m;
    paper->fate = FATE_PRINTER;
    paper->person = paper->visit = -1;
    g_ptr_array_add(world->oracle->papers, paper);
    return (int)world->oracle->papers->len - 1;
}

Booklet *oracle_paper(int paper)
{
    return paper < 0 ? NULL : world->oracle->papers->pdata[paper];
}

void oracle_hear_log(const char *line)
{
    if (strstr(line, NAME_CANARY) || strstr(line, NUMBER_CANARY))
        g_strlcpy(add_fact(FACT_LOG, world->current)->text, line, 64);
}

/* ---- what the journals say */

static Known *add_known(Machine *m, const JournalEntry *entry)
{
    const Loop *loop = m->loop;
    const IssuanceCase *found = ledger_case(loop->ledger, entry->key);
    Known *known = g_new0(Known, 1);
    if (found)
        known->plan = found->plan;
    g_strlcpy(known->plan.key, entry->key, sizeof known->plan.key);
    known->m = m;
    known->visit = citizen_visit(m);
    known->person = citizen_person(m);
    g_ptr_array_add(world->oracle->knowns, known);
    g_hash_table_insert(world->oracle->by_key, known->plan.key, known);
    return known;
}

/* Different people that a settlement names. */
static int count_people(const char *body)
{
    json_t *json = json_loads(body, 0, NULL);
    json_t *people = json_object_get(json, "settled_by");
    const char *first = json_string_value(json_array_get(people, 0));
    const char *second = json_string_value(json_array_get(people, 1));
    int n = (first && *first) + (second && *second && g_strcmp0(first, second));
    json_decref(json);
    return n;
}

static void hear_entry(Machine *m, const JournalEntry *entry)
{
    Known *known = *entry->key ? oracle_find(entry->key) : NULL;
    if (*entry->key && !known)
        known = add_known(m, entry);
    Fact *fact = add_fact(FACT_ENTRY, m);
    fact->known = known;
    fact->step = entry->step;
    fact->seq = entry->seq;
    fact->at_ms = entry->at_ms;
    g_strlcpy(fact->text, entry->body, sizeof fact->text);
    if (entry->step == JOURNAL_SETTLED)
        fact->number = count_people(entry->body);
    world_trace(m, "journal %d %s %.8s", (int)entry->seq, journal_step_word(entry->step),
                entry->key);
    world_trace_aside(m, "body", entry->body);
}

/* The rows behind `*heard`, without the chain: the whole check and each start prove that. */
static int hear_rows(Machine *m, sqlite3 *db, gint64 *heard, gint64 head)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(
        db,
        "SELECT seq, at_ms, key, step, body FROM entries WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
        -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(s, 1, *heard);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(s, 2, head);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        JournalEntry entry = {
            .seq = sqlite3_column_int64(s, 0),
            .at_ms = sqlite3_column_int64(s, 1),
            .key = (const char *)sqlite3_column_text(s, 2),
            .step = journal_step_from_word((const char *)sqlite3_column_text(s, 3)),
            .body = (const char *)sqlite3_column_text(s, 4)};
        hear_entry(m, &entry);
        *heard = entry.seq;
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return code;
}

static void read_journal(Machine *m)
{
    const Loop *loop = m->loop;
    if (!loop || !loop->ledger || m->dying)
        return;
    const Journal *journal = ledger_journal(loop->ledger);
    gint64 *heard = &world->oracle->of[m->id].heard;
    gint64 head = journal->steps.head;
    if (head > *heard && (hear_rows(m, journal->db, heard, head) != SQLITE_DONE || *heard != head))
        world_violate(m, "S11", "the journal cannot be read behind entry %d", (int)*heard);
    *heard = head;
}

/* What the journal got before comes before. */
Fact *oracle_tell(FactType type, Machine *m)
{
    if (m && type != FACT_STARTED)
        read_journal(m);
    return add_fact(type, m);
}

/* What an entry makes of what is known; after the invariants have seen it against the old. */
static void take_in(const Fact *fact)
{
    Known *known = fact->known;
    world->oracle->of[fact->m->id].seq = fact->seq;
    world->oracle->of[fact->m->id].at_ms = fact->at_ms;
    if (fact->step == JOURNAL_NEXT)
        world->oracle->of[fact->m->id].position_lost = FALSE;
    if (!known)
        return;
    known->steps |= 1u << fact->step;
    IssuanceWord word = issuance_word_after(fact->step);
    if (word)
        known->word = word;
    if (word == ISSUANCE_UNSURE)
        known->unsure_since_ms = world->now_ms;
    if (word == ISSUANCE_UNSURE || word == ISSUANCE_SPOILED)
        world->oracle->of[fact->m->id].position_lost = TRUE;
}

static void judge_facts(void)
{
    GArray *facts = world->oracle->facts;
    for (guint i = 0; i < facts->len && !world->violated; i++) {
        const Fact fact = g_array_index(facts, Fact, i);
        invariants_on_fact(&fact);
        if (fact.type == FACT_ENTRY)
            take_in(&fact);
    }
    g_array_set_size(facts, 0);
}

void oracle_step(Machine *m)
{
    read_journal(m);
    judge_facts();
    if (!world->violated)
        invariants_on_step(m);
}

void oracle_process_started(Machine *m)
{
    const Loop *loop = m->loop;
    Fact *fact = oracle_tell(FACT_STARTED, m);
    char hash[65];
    fact->seq = journal_head(ledger_journal(loop->ledger), hash);
    fact->at_ms = journal_opens(ledger_journal(loop->ledger));
    m->closed_since_ms = world->now_ms;
}

void oracle_process_ended(Machine *m)
{
    world->oracle->of[m->id].machine_since = 0;
}

/* A start may fail on a disk that fails now; on a healthy one it may not. */
void oracle_start_failed(Machine *m, const char *why)
{
    if (world->quiet)
        world_violate(m, "T3", "does not start on a healthy disk: %s", why);
}

void oracle_try_double_start(Machine *m)
{
    g_autofree char *path = g_strdup_printf("/sim/m%d/%s", m->id, JOURNAL_FILE);
    DiskHook none = NULL;
    disk_set_hook(m->disk, none, NULL);
    Ledger *second = ledger_open(path, JOURNAL_WRITE, VFS_NAME, NULL);
    if (second)
        world_violate(m, "S14", "a second process has opened the journal");
    ledger_close(second);
    machine_mount(m);
}

/* What it held until then counts: it is judged first. */
void oracle_lose_journal(Machine *m)
{
    judge_facts();
    for (guint i = 0; i < world->oracle->knowns->len; i++) {
        Known *known = world->oracle->knowns->pdata[i];
        if (known->m == m)
            known->journal_lost = TRUE;
    }
    world->oracle->of[m->id].seq = world->oracle->of[m->id].opens = 0;
    world->oracle->of[m->id].heard = 0;
    world->oracle->of[m->id].position_lost = FALSE;
    world->oracle->of[m->id].lost = TRUE;
    world->oracle->of[m->id].lost_ms = world->now_ms;
    machine_forget_crashes(m);
    disk_erase(m->disk);
}

gboolean oracle_lost_since(gint64 at_ms)
{
    for (int i = 0; i < MACHINES; i++)
        if (world->oracle->of[i].lost && world->oracle->of[i].lost_ms >= at_ms)
            return TRUE;
    return FALSE;
}

/* ---- what the service says */

void oracle_service_state(const char *key, int state, gboolean locks, gint64 lease_until_ms)
{
    Known *known = oracle_find(key);
    if (!known || known->service_state == state)
        return;
    known->service_state = state;
    known->locks = locks;
    if (lease_until_ms)
        known->lease_until_ms = lease_until_ms;
    Fact *fact = oracle_tell(FACT_STATE, known->m);
    fact->known = known;
    fact->number = state;
    world_trace(known->m, "service %.8s is %d", key, state);
}

/* A request granted once gets the same bytes again, and is never refused (S5). */
void oracle_service_answer(const char *key, const char *asked, int status, GBytes *answer)
{
    Known *known = oracle_find(key);
    gboolean granted = status == 200 || status == 201;
    gboolean refused = status == 409 || status == 422;
    if (!known || !asked || !answer || (!granted && !refused))
        return;
    guint request = g_str_hash(asked), hash = g_bytes_hash(answer);
    if (known->asked == request && known->answered != hash)
        world_violate(known->m, "S5", "%.8s was granted and now gets another answer, %d", key,
                      status);
    if (!granted)
        return;
    known->asked = request;
    known->answered = hash;
}

IssuanceWord oracle_state_in(const char *json)
{
    const char *member = json ? strstr(json, "\"state\":") : NULL;
    g_auto(GStrv) parts = g_strsplit(member ? member : "", "\"", 5);
    return g_strv_length(parts) > 3 ? issuance_from_word(parts[3]) : ISSUANCE_UNKNOWN;
}

void oracle_service_heard(const char *key, const char *body)
{
    Known *known = oracle_find(key);
    if (known)
        known->heard |= 1u << oracle_state_in(body);
}

void oracle_service_forgets(void)
{
    for (guint i = 0; i < world->oracle->knowns->len; i++) {
        Known *known = world->oracle->knowns->pdata[i];
        known->reported_lost = known->service_state != 0;
        known->service_state = 0;
        known->locks = FALSE;
        known->asked = 0;
    }
}

void oracle_check_whole(gboolean settled)
{
    world_trace(NULL, "whole check");
    for (int i = 0; i < MACHINES && !world->violated; i++)
        invariants_on_whole(&world->machines[i], settled);
    if (!world->violated)
        invariants_on_whole(NULL, settled);
}
