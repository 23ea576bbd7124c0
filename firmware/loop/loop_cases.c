/* The issuances that people must settle, with what the journal holds of their evidence. */
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <string.h>

static void collect_case(const IssuanceCase *from, gpointer context)
{
    MenuFacts *facts = context;
    if (facts->n_cases >= FACTS_CASES_MAX)
        return;
    FactsCase *one = &facts->cases[facts->n_cases++];
    *one = (FactsCase){.before = from->before.impressions, .after = -1, .sides = from->plan.sides};
    g_strlcpy(one->key, from->plan.key, sizeof one->key);
    g_strlcpy(one->serial, from->plan.serial, sizeof one->serial);
    g_strlcpy(one->word, issuance_word(from->word), sizeof one->word);
}

static const char *text_of(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

/* Whatever was journalled last counts. */
static gboolean collect_evidence(gpointer context, const JournalEntry *entry, GError **error)
{
    MenuFacts *facts = context;
    (void)error;
    for (gsize i = 0; i < facts->n_cases; i++) {
        FactsCase *one = &facts->cases[i];
        if (strcmp(one->key, entry->key))
            continue;
        json_t *body = json_loads(entry->body, 0, NULL);
        const json_t *evidence = json_object_get(body, "evidence");
        if (evidence) {
            one->after = json_integer_value(json_object_get(evidence, "after"));
            g_strlcpy(one->job, text_of(evidence, "job"), sizeof one->job);
        }
        if (*text_of(body, "reason"))
            g_strlcpy(one->reason, text_of(body, "reason"), sizeof one->reason);
        if (entry->step != JOURNAL_CONFIRM)
            one->at_ms = entry->at_ms;
        json_decref(body);
    }
    return TRUE;
}

void loop_cases_collect(Loop *loop)
{
    char hash[65];
    MenuFacts *facts = &loop->menu.facts;
    Journal *journal = ledger_journal(loop->ledger);
    gint64 head = journal_head(journal, hash);
    if (head == loop->menu.cases_head)
        return;
    loop->menu.cases_head = head;
    facts->n_cases = 0;
    ledger_for_cases(loop->ledger, collect_case, facts);
    if (facts->n_cases > 0) /* what cannot be read stays unknown; the gate tells of the journal */
        (void)journal_for_each(journal, 0, collect_evidence, facts, NULL);
}
