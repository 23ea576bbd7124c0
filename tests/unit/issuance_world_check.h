/* What must hold of an issuance once everything is settled and told. */
#pragma once
#include "tests/unit/issuance_world.h"

/* The order of steps of each issuance in the journal. */
typedef struct {
    gboolean bound, evidence;
    int submits, outcomes, after_release;
} WorldSeen;

static inline gboolean world_look(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)error;
    WorldSeen *seen = context;
    if (entry->step == JOURNAL_SUBMIT) {
        ck_assert(seen->bound);
        seen->submits++;
    }
    seen->bound |= entry->step == JOURNAL_BIND;
    seen->outcomes += entry->step == JOURNAL_RELEASED || entry->step == JOURNAL_PRINTED ||
                      entry->step == JOURNAL_SPOILED || entry->step == JOURNAL_UNSURE;
    if (entry->step == JOURNAL_PRINTED)
        ck_assert_ptr_nonnull(strstr(entry->body, "\"evidence\""));
    return TRUE;
}

static inline void world_check(World *w)
{
    WorldSeen seen = {0};
    ck_assert(journal_for_each(ledger_journal(w->ledger), 0, world_look, &seen, NULL));
    ck_assert_int_le(seen.submits, 1);
    ck_assert_int_le(w->jobs_sent, seen.submits);
    ck_assert_int_le(seen.outcomes, 1);
    ck_assert_ptr_null(ledger_to_recover(w->ledger));
    ck_assert_int_eq(outbox_length(ledger_outbox(w->ledger)), 0);

    BookletState state = world_booklet(w);
    ck_assert_int_ne(state, BOOKLET_RESERVED);
    if (w->printed)
        ck_assert_int_ne(state, BOOKLET_IN_STOCK); /* S2 */
    if (state == BOOKLET_ISSUED || state == BOOKLET_RETRACTED)
        ck_assert_int_eq(w->printed, WORLD_SIDES);
    StockBatch batch;
    stock_batch(ledger_stock(w->ledger), 0, &batch);
    guint sum = 0;
    for (int i = 0; i < BOOKLET_STATE_COUNT; i++)
        sum += batch.counts[i];
    ck_assert_uint_eq(sum, batch.loaded); /* A1 */
    if (state == BOOKLET_ISSUED)
        ck_assert(w->told == ISSUANCE_DELIVERED || w->told == ISSUANCE_PRINTED);
    if (state == BOOKLET_RETRACTED)
        ck_assert_int_eq(w->told, ISSUANCE_RETRACTED);
}
