#include "firmware/base/error.h"
#include "firmware/certificate/json_input.h"
#include "firmware/issuance/ledger_internal.h"
#include <string.h>

#define WORD(name) (1u << ISSUANCE_##name)
#define BEFORE_SUBMIT (WORD(PLANNED) | WORD(BOUND) | WORD(RENDERED))
#define OUTCOMES                                                                                   \
    (WORD(RELEASED) | WORD(PRINTED) | WORD(DELIVERED) | WORD(RETRACTED) | WORD(SPOILED) |          \
     WORD(UNSURE) | WORD(VOID))

/* The protocol's order: a step, the words it may follow, the word it makes, what it does to the
 * booklet, and whether nobody then knows which blank is on top. */
static const struct {
    unsigned from;
    IssuanceWord word;  /* UNKNOWN: stays, or stands in the body */
    BookletState state; /* UNKNOWN: stays */
    gboolean loses_position;
} steps[JOURNAL_STEP_COUNT] = {
    [JOURNAL_PLAN] = {WORD(UNKNOWN), ISSUANCE_PLANNED, BOOKLET_RESERVED, FALSE},
    [JOURNAL_BIND] = {WORD(PLANNED), ISSUANCE_BOUND, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_RENDER] = {WORD(BOUND), ISSUANCE_RENDERED, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_SUBMIT] = {WORD(RENDERED), ISSUANCE_SUBMITTED, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_SEEN] = {WORD(SUBMITTED), ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_RELEASED] = {BEFORE_SUBMIT | WORD(SUBMITTED), ISSUANCE_RELEASED, BOOKLET_UNKNOWN,
                          FALSE},
    [JOURNAL_PRINTED] = {WORD(SUBMITTED), ISSUANCE_PRINTED, BOOKLET_ISSUED, FALSE},
    [JOURNAL_SPOILED] = {WORD(SUBMITTED), ISSUANCE_SPOILED, BOOKLET_SPOILED, TRUE},
    [JOURNAL_UNSURE] = {WORD(SUBMITTED), ISSUANCE_UNSURE, BOOKLET_UNSURE, TRUE},
    [JOURNAL_PRESENTED] = {WORD(PRINTED), ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_TAKEN] = {WORD(PRINTED), ISSUANCE_DELIVERED, BOOKLET_ISSUED, FALSE},
    [JOURNAL_RETRACTED] = {WORD(PRINTED), ISSUANCE_RETRACTED, BOOKLET_RETRACTED, FALSE},
    [JOURNAL_CLEARED] = {OUTCOMES, ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_SETTLED] = {OUTCOMES, ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_CONFIRM] = {OUTCOMES, ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_RETELL] = {OUTCOMES | WORD(UNKNOWN), ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_ADOPT] = {WORD(UNKNOWN), ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
    [JOURNAL_ACKNOWLEDGED] = {~WORD(UNKNOWN), ISSUANCE_UNKNOWN, BOOKLET_UNKNOWN, FALSE},
};

/* What settling by people makes of the booklet. */
static const BookletState settled_states[ISSUANCE_WORD_COUNT] = {
    [ISSUANCE_PRINTED] = BOOKLET_ISSUED,
    [ISSUANCE_DELIVERED] = BOOKLET_ISSUED,
    [ISSUANCE_SPOILED] = BOOKLET_SPOILED,
    [ISSUANCE_VOID] = BOOKLET_VOID,
};

const char *ledger_member(json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

static int number(json_t *body, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(body, name));
    return (int)CLAMP(value, G_MININT, G_MAXINT);
}

static gboolean refuse(const char *what, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "ledger: %s: %s", what, why);
    return FALSE;
}

static void read_plan(json_t *body, const char *key, IssuancePlan *ret)
{
    *ret = (IssuancePlan){.sides = number(body, "sides")};
    g_strlcpy(ret->key, key, sizeof ret->key);
    g_strlcpy(ret->record, ledger_member(body, "record"), sizeof ret->record);
    g_strlcpy(ret->digest, ledger_member(body, "digest"), sizeof ret->digest);
    g_strlcpy(ret->kiosk, ledger_member(body, "kiosk"), sizeof ret->kiosk);
    g_strlcpy(ret->identifier, ledger_member(body, "identifier"), sizeof ret->identifier);
    g_strlcpy(ret->serial, ledger_member(body, "serial"), sizeof ret->serial);
    g_strlcpy(ret->version, ledger_member(body, "version"), sizeof ret->version);
}

static void read_binding(json_t *body, IssuanceCase *ret)
{
    g_strlcpy(ret->kid, ledger_member(body, "kid"), sizeof ret->kid);
    const char *hex = ledger_member(body, "signature");
    for (gsize i = 0; i < SIGNATURE_BYTES && strlen(hex) == 2 * SIGNATURE_BYTES; i++)
        ret->signature[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
    ret->before =
        (PrinterReading){.up_time_s = number(body, "up_time_s"),
                         .impressions = json_integer_value(json_object_get(body, "impressions")),
                         .state = PRINTER_STATE_IDLE,
                         .at_ms = json_integer_value(json_object_get(body, "read_at_ms"))};
    g_strlcpy(ret->before.uuid, ledger_member(body, "uuid"), sizeof ret->before.uuid);
}

static gboolean check_plan(const Ledger *ledger, const JournalEntry *entry, GError **error)
{
    IssuancePlan plan;
    json_t *body = journal_body(entry);
    read_plan(body, entry->key, &plan);
    json_decref(body);
    char top[SERIAL_LENGTH + 1] = "";
    const char *why = "another booklet lies on top";
    if (!stock_next(ledger->stock, top, &why) || strcmp(top, plan.serial))
        return refuse("plan", why, error);
    if (ledger_sequence_of(plan.identifier) <= ledger->sequence)
        return refuse("plan", "the sequence number was used before", error);
    if (ledger_to_recover(ledger))
        return refuse("plan", "an issuance is not finished", error);
    return strlen(plan.key) == ISSUANCE_KEY_LENGTH || refuse("plan", "malformed key", error);
}

static Case *find(const Ledger *ledger, const char *key)
{
    return g_hash_table_lookup(ledger->cases, key);
}

static IssuanceWord body_word(const JournalEntry *entry)
{
    json_t *body = journal_body(entry);
    IssuanceWord word = issuance_from_word(ledger_member(body, "word"));
    json_decref(body);
    return word;
}

static IssuanceWord word_behind(const JournalEntry *entry, IssuanceWord word)
{
    if (entry->step == JOURNAL_SETTLED || entry->step == JOURNAL_ADOPT ||
        (entry->step == JOURNAL_RETELL && word == ISSUANCE_UNKNOWN))
        return body_word(entry);
    return steps[entry->step].word != ISSUANCE_UNKNOWN ? steps[entry->step].word : word;
}

static gboolean leaves_stock(const Case *found)
{
    return found->settled && found->known.word == ISSUANCE_RELEASED;
}

static gboolean check_settled(const Ledger *ledger, const JournalEntry *entry, GError **error)
{
    const Case *found = find(ledger, entry->key);
    BookletState state = settled_states[body_word(entry)];
    if (state == BOOKLET_UNKNOWN)
        return refuse("settled", "not a word that settles", error);
    return !found || leaves_stock(found) ||
           stock_may_settle(ledger->stock, found->known.plan.serial, state, error);
}

static gboolean check_told(const JournalEntry *entry, GError **error)
{
    unsigned word = 1u << body_word(entry);
    unsigned allowed =
        entry->step == JOURNAL_ADOPT ? WORD(UNSURE) | WORD(RETRACTED) : (unsigned)OUTCOMES;
    return (word & allowed) || refuse(journal_step_word(entry->step), "its word", error);
}

static gboolean check_alone(const Ledger *ledger, const JournalEntry *entry, GError **error)
{
    return entry->step == JOURNAL_EPOCH || stock_check(ledger->stock, entry, error);
}

/* Whether the protocol allows the entry now. `word`: of its issuance, as earlier entries of the
 * same transaction leave it. */
static gboolean check(const Ledger *ledger, const JournalEntry *entry, IssuanceWord word,
                      GError **error)
{
    if (!*entry->key)
        return check_alone(ledger, entry, error);
    if ((unsigned)entry->step >= JOURNAL_STEP_COUNT || !(steps[entry->step].from & (1u << word))) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "ledger: %s cannot follow %s",
                    journal_step_word(entry->step), issuance_word(word));
        return FALSE;
    }
    if (entry->step == JOURNAL_CONFIRM || entry->step == JOURNAL_ACKNOWLEDGED)
        return outbox_check(ledger->outbox, entry, error);
    if (entry->step == JOURNAL_SETTLED)
        return check_settled(ledger, entry, error);
    if (entry->step == JOURNAL_RETELL || entry->step == JOURNAL_ADOPT)
        return check_told(entry, error);
    return entry->step != JOURNAL_PLAN || check_plan(ledger, entry, error);
}

static Case *add(Ledger *ledger, const JournalEntry *entry, json_t *body)
{
    Case *added = g_new0(Case, 1);
    read_plan(body, entry->key, &added->known.plan);
    ledger->sequence = MAX(ledger->sequence, ledger_sequence_of(added->known.plan.identifier));
    g_hash_table_insert(ledger->cases, added->known.plan.key, added);
    g_queue_push_tail(&ledger->order, added);
    return added;
}

static gboolean settle(Ledger *ledger, Case *found, json_t *body, GError **error)
{
    IssuanceWord word = issuance_from_word(ledger_member(body, "word"));
    gboolean stays = leaves_stock(found);
    if (found->known.word == ISSUANCE_RELEASED && !stays)
        stock_lose_position(ledger->stock);
    found->known.word = word;
    found->settled = TRUE;
    found->contested = FALSE;
    return stays ||
           stock_settle(ledger->stock, found->known.plan.serial, settled_states[word], error);
}

/* An issuance that was over is told again: it waits for the service's answers, nothing else. */
static Case *revive(Ledger *ledger, const JournalEntry *entry, json_t *body)
{
    Case *found = find(ledger, entry->key);
    if (found)
        return found;
    found = add(ledger, entry, body);
    read_binding(body, &found->known);
    found->known.word = issuance_from_word(ledger_member(body, "word"));
    found->settled = TRUE;
    return found;
}

static Case *adopt(Ledger *ledger, const JournalEntry *entry, json_t *body)
{
    Case *found = add(ledger, entry, body);
    found->known.word = issuance_from_word(ledger_member(body, "word"));
    stock_adopt(ledger->stock, found->known.plan.serial,
                found->known.word == ISSUANCE_RETRACTED ? BOOKLET_RETRACTED : BOOKLET_UNSURE);
    return found;
}

/* The booklet of a release is back in stock only when the service knows that it is. */
static gboolean acknowledge(Ledger *ledger, Case *found, const JournalEntry *entry, json_t *body,
                            GError **error)
{
    if (!outbox_apply(ledger->outbox, entry, error))
        return FALSE;
    if (issuance_from_word(ledger_member(body, "state")) != ISSUANCE_RELEASED || found->settled)
        return TRUE;
    found->contested = !strcmp(ledger_member(body, "answer"), OUTBOX_SETTLED);
    return found->contested ||
           stock_move(ledger->stock, found->known.plan.serial, BOOKLET_IN_STOCK, error);
}

static gboolean apply_to(Ledger *ledger, Case *found, const JournalEntry *entry, json_t *body,
                         GError **error)
{
    if (entry->step == JOURNAL_CONFIRM)
        return outbox_apply(ledger->outbox, entry, error);
    if (entry->step == JOURNAL_ACKNOWLEDGED)
        return acknowledge(ledger, found, entry, body, error);
    if (entry->step == JOURNAL_SETTLED)
        return settle(ledger, found, body, error);
    if (entry->step == JOURNAL_RETELL)
        outbox_forget(ledger->outbox, entry->key);
    if (entry->step == JOURNAL_BIND)
        read_binding(body, &found->known);
    found->known.seen |= entry->step == JOURNAL_SEEN;
    if (entry->step == JOURNAL_UNSURE || entry->step == JOURNAL_CLEARED)
        found->known.job_open = json_is_true(json_object_get(body, "job_open"));
    if (steps[entry->step].word != ISSUANCE_UNKNOWN)
        found->known.word = steps[entry->step].word;
    if (steps[entry->step].loses_position ||
        !strcmp(ledger_member(body, "reason"), "stock-mismatch"))
        stock_lose_position(ledger->stock);
    BookletState state = steps[entry->step].state;
    return state == BOOKLET_UNKNOWN ||
           stock_move(ledger->stock, found->known.plan.serial, state, error);
}

static gboolean needs_step(const Case *c)
{
    unsigned word = 1u << c->known.word;
    if (word & (BEFORE_SUBMIT | WORD(SUBMITTED)))
        return TRUE;
    return c->known.job_open || (c->known.word == ISSUANCE_PRINTED && !c->settled);
}

static gboolean is_over(const Ledger *ledger, const Case *c)
{
    gboolean waits_for_people =
        c->known.word == ISSUANCE_UNSURE || c->known.word == ISSUANCE_RETRACTED || c->contested;
    return !needs_step(c) && !waits_for_people && !outbox_has(ledger->outbox, c->known.plan.key);
}

static void take_cut(Ledger *ledger, json_t *body)
{
    json_int_t sequence = json_integer_value(json_object_get(body, "sequence"));
    g_strlcpy(ledger->cut_head, ledger_member(body, "head"), sizeof ledger->cut_head);
    ledger->sequence = MAX(ledger->sequence, (guint32)CLAMP(sequence, 0, 99999999));
}

static gboolean apply_alone(Ledger *ledger, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    if (entry->step == JOURNAL_EPOCH)
        ledger->epoch = (guint32)json_integer_value(json_object_get(body, "epoch"));
    if (entry->step == JOURNAL_EPOCH)
        ledger->whole = !json_is_false(json_object_get(body, "whole"));
    if (entry->step == JOURNAL_CUT)
        take_cut(ledger, body);
    json_decref(body);
    return entry->step == JOURNAL_EPOCH || stock_apply(ledger->stock, entry, error);
}

static Case *reach(Ledger *ledger, const JournalEntry *entry, json_t *body)
{
    if (entry->step == JOURNAL_PLAN)
        return add(ledger, entry, body);
    if (entry->step == JOURNAL_RETELL)
        return revive(ledger, entry, body);
    return entry->step == JOURNAL_ADOPT ? adopt(ledger, entry, body) : find(ledger, entry->key);
}

static gboolean apply(Ledger *ledger, const JournalEntry *entry, GError **error)
{
    if (!*entry->key)
        return apply_alone(ledger, entry, error);
    json_t *body = journal_body(entry);
    Case *found = reach(ledger, entry, body);
    gboolean ok = apply_to(ledger, found, entry, body, error);
    json_decref(body);
    /* Only these steps end a case: every outcome is followed by its report. */
    gboolean may_end = entry->step == JOURNAL_ACKNOWLEDGED || entry->step == JOURNAL_SETTLED ||
                       entry->step == JOURNAL_CLEARED;
    if (ok && may_end && is_over(ledger, found)) {
        g_queue_remove(&ledger->order, found);
        g_hash_table_remove(ledger->cases, entry->key);
    }
    return ok;
}

static gboolean fold(gpointer context, const JournalEntry *entry, GError **error)
{
    Ledger *ledger = context;
    const Case *found = find(ledger, entry->key);
    g_autoptr(GError) cause = NULL;
    if (check(ledger, entry, found ? found->known.word : ISSUANCE_UNKNOWN, &cause) &&
        apply(ledger, entry, &cause))
        return TRUE;
    g_autofree char *place = g_strdup_printf("entry %" G_GINT64_FORMAT, entry->seq);
    return journal_damaged(place, cause->message, error);
}

Ledger *ledger_open(const char *path, JournalMode mode, const char *vfs, GError **error)
{
    g_autoptr(Ledger) ledger = g_new0(Ledger, 1);
    json_input_prepare();
    ledger->stock = stock_create();
    ledger->outbox = outbox_create();
    ledger->cases = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_queue_init(&ledger->order);
    ledger->journal = journal_open(path, mode, vfs, error);
    if (!ledger->journal || !journal_for_each(ledger->journal, 0, fold, ledger, error))
        return NULL;
    return g_steal_pointer(&ledger);
}

void ledger_close(Ledger *ledger)
{
    if (!ledger)
        return;
    journal_close(ledger->journal);
    stock_destroy(ledger->stock);
    outbox_destroy(ledger->outbox);
    g_queue_clear(&ledger->order);
    g_hash_table_unref(ledger->cases);
    g_free(ledger);
}

static JournalEntry as_entry(const JournalDraft *draft, gint64 at_ms)
{
    return (JournalEntry){
        .at_ms = at_ms, .step = draft->step, .key = draft->key, .body = draft->body};
}

gboolean ledger_append(Ledger *ledger, const JournalDraft *drafts, gsize n, gint64 wall_ms,
                       GError **error)
{
    return ledger_append_audited(ledger, drafts, n, NULL, wall_ms, error);
}

/* Between bind and outcome nobody touches the stack that the issuance prints on. */
static gboolean check_stack(const Ledger *ledger, JournalStep step, GError **error)
{
    const unsigned stack =
        1u << JOURNAL_LOAD | 1u << JOURNAL_NEXT | 1u << JOURNAL_SPOIL | 1u << JOURNAL_LOSE |
        1u << JOURNAL_UNLOAD;
    const IssuanceCase *open = stack >> step & 1 ? ledger_to_recover(ledger) : NULL;
    return !open || !(1u << open->word & (WORD(BOUND) | WORD(RENDERED) | WORD(SUBMITTED))) ||
           refuse("stock", "an issuance is not finished: start the kiosk first", error);
}

gboolean ledger_append_audited(Ledger *ledger, const JournalDraft *drafts, gsize n,
                               const AuditDraft *event, gint64 wall_ms, GError **error)
{
    const Case *found = n ? find(ledger, drafts[0].key) : NULL;
    IssuanceWord word = found ? found->known.word : ISSUANCE_UNKNOWN;
    for (gsize i = 0; i < n; i++) {
        JournalEntry entry = as_entry(&drafts[i], wall_ms);
        if (strcmp(drafts[i].key, drafts[0].key))
            return refuse("append", "steps of two issuances in one transaction", error);
        if (entry.step == JOURNAL_ACKNOWLEDGED && i + 1 < n)
            return refuse("append", "an answered report may end its issuance: it comes last", error);
        if (!check_stack(ledger, entry.step, error) || !check(ledger, &entry, word, error))
            return FALSE;
        word = word_behind(&entry, word);
    }
    JournalBatch batch = {.steps = drafts, .n_steps = n, .events = event, .n_events = !!event};
    if (!journal_write(ledger->journal, &batch, wall_ms, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        JournalEntry entry = as_entry(&drafts[i], wall_ms);
        if (!apply(ledger, &entry, error))
            return FALSE;
    }
    return TRUE;
}

Journal *ledger_journal(Ledger *ledger)
{
    return ledger->journal;
}

Stock *ledger_stock(Ledger *ledger)
{
    return ledger->stock;
}

Outbox *ledger_outbox(Ledger *ledger)
{
    return ledger->outbox;
}

guint32 ledger_next_sequence(const Ledger *ledger, guint32 service_next)
{
    return MAX(ledger->sequence + 1, service_next);
}

const IssuanceCase *ledger_case(const Ledger *ledger, const char *key)
{
    const Case *found = find(ledger, key);
    return found ? &found->known : NULL;
}

guint ledger_count(const Ledger *ledger, IssuanceWord word)
{
    guint n = 0;
    for (const GList *l = ledger->order.head; l; l = l->next)
        n += ((const Case *)l->data)->known.word == word;
    return n;
}

const IssuanceCase *ledger_to_recover(const Ledger *ledger)
{
    for (const GList *l = ledger->order.head; l; l = l->next) {
        const Case *c = l->data;
        if (needs_step(c))
            return &c->known;
    }
    return NULL;
}

IssuanceWord issuance_word_after(JournalStep step)
{
    return (unsigned)step < JOURNAL_STEP_COUNT ? steps[step].word : ISSUANCE_UNKNOWN;
}

gboolean ledger_draft_settled(const Ledger *ledger, const char *key, IssuanceWord word,
                              const char *reason, const char *const by[2], JournalDraft *ret)
{
    const Case *found = find(ledger, key);
    if (!found || needs_step(found) || found->known.word == word ||
        settled_states[(unsigned)word < ISSUANCE_WORD_COUNT ? word : 0] == BOOKLET_UNKNOWN)
        return FALSE;
    json_t *body = json_pack("{s:s, s:s}", "word", issuance_word(word), "reason", reason);
    if (by && by[0] && *by[0])
        json_object_set_new(body, "settled_by", json_pack("[s, s]", by[0], by[1]));
    journal_draft(ret, JOURNAL_SETTLED, key, body);
    return TRUE;
}

gboolean ledger_needs_step(const Ledger *ledger, const char *key)
{
    const Case *found = find(ledger, key);
    return found && needs_step(found);
}

void ledger_for_cases(Ledger *ledger, LedgerVisit visit, gpointer context)
{
    for (const GList *l = ledger->order.head; l; l = l->next) {
        const Case *c = l->data;
        if (c->known.word == ISSUANCE_UNSURE || c->known.word == ISSUANCE_RETRACTED)
            visit(&c->known, context);
    }
}
