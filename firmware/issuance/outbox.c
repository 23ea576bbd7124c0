#include "firmware/issuance/outbox.h"
#include "firmware/base/error.h"
#include "firmware/issuance/journal_internal.h"
#include <string.h>

struct Outbox {
    GQueue entries;     /* of OutboxEntry, oldest first */
    GHashTable *retold; /* keys */
};

/* What an answer means for a report, a row a problem action: for the first of a story, for a
 * release (404 is fine: the service never heard of it, and will not), and for a later one, whose
 * predecessors the service answered but has lost since. */
static const struct {
    OutboxVerdict first, released, later;
} answers[] = {
    [PROBLEM_ACTION_UNKNOWN] = {OUTBOX_LATER, OUTBOX_LATER, OUTBOX_LATER},
    [PROBLEM_ACTION_REPEAT] = {OUTBOX_LATER, OUTBOX_LATER, OUTBOX_LATER},
    [PROBLEM_ACTION_RELEASE] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    [PROBLEM_ACTION_CLOSE_STOCK] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    [PROBLEM_ACTION_TAKE_OVER] = {OUTBOX_DONE, OUTBOX_DONE, OUTBOX_DONE},
    [PROBLEM_ACTION_REFETCH] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    [PROBLEM_ACTION_BUG] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_RETELL},
    [PROBLEM_ACTION_END_VISIT] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    [PROBLEM_ACTION_RECONCILE] = {OUTBOX_RECONCILE, OUTBOX_DONE, OUTBOX_RETELL},
    [PROBLEM_ACTION_CLOSE] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
    [PROBLEM_ACTION_WAIT] = {OUTBOX_LATER, OUTBOX_LATER, OUTBOX_LATER},
    [PROBLEM_ACTION_REFUSE] = {OUTBOX_CLOSE, OUTBOX_CLOSE, OUTBOX_CLOSE},
};

const char *outbox_verdict_word(OutboxVerdict verdict)
{
    static const char *const words[] = {"unknown", "done", "later", "reconcile", "retell", "close"};
    return (unsigned)verdict < G_N_ELEMENTS(words) ? words[verdict] : words[0];
}

static void free_entry(gpointer data)
{
    OutboxEntry *entry = data;
    if (entry)
        g_free(entry->evidence);
    g_free(entry);
}

Outbox *outbox_create(void)
{
    Outbox *outbox = g_new0(Outbox, 1);
    g_queue_init(&outbox->entries);
    outbox->retold = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return outbox;
}

void outbox_destroy(Outbox *outbox)
{
    if (!outbox)
        return;
    g_queue_clear_full(&outbox->entries, free_entry);
    g_hash_table_unref(outbox->retold);
    g_free(outbox);
}

/* The first report of an issuance: later ones wait for it. */
static GList *find(const Outbox *outbox, const char *key)
{
    for (GList *l = outbox->entries.head; l; l = l->next)
        if (!strcmp(((OutboxEntry *)l->data)->key, key))
            return l;
    return NULL;
}

void outbox_forget(Outbox *outbox, const char *key)
{
    GList *l;
    while ((l = find(outbox, key))) {
        free_entry(l->data);
        g_queue_delete_link(&outbox->entries, l);
    }
    g_hash_table_add(outbox->retold, g_strdup(key));
}

void outbox_hurry(Outbox *outbox, const char *key)
{
    GList *l = find(outbox, key);
    if (l)
        ((OutboxEntry *)l->data)->due_ms = 0;
}

gboolean outbox_has(const Outbox *outbox, const char *key)
{
    return find(outbox, key) != NULL;
}

const OutboxEntry *outbox_first(const Outbox *outbox, const char *key)
{
    const GList *l = find(outbox, key);
    return l ? l->data : NULL;
}

gsize outbox_length(const Outbox *outbox)
{
    return outbox->entries.length;
}

const OutboxEntry *outbox_next(const Outbox *outbox, gint64 now_ms)
{
    for (GList *l = outbox->entries.head; l; l = l->next) {
        const OutboxEntry *entry = l->data;
        if (entry->due_ms <= now_ms && find(outbox, entry->key) == l)
            return entry;
    }
    return NULL;
}

gint64 outbox_due_ms(const Outbox *outbox)
{
    gint64 due = -1;
    for (GList *l = outbox->entries.head; l; l = l->next) {
        const OutboxEntry *entry = l->data;
        if (find(outbox, entry->key) == l && (due < 0 || entry->due_ms < due))
            due = entry->due_ms;
    }
    return due;
}

void outbox_draft_done(const char *key, const char *state, const char *answer, JournalDraft *ret)
{
    journal_draft(ret, JOURNAL_ACKNOWLEDGED, key,
                  json_pack("{s:s, s:s}", "state", state, "answer", answer));
}

OutboxVerdict outbox_answer(Outbox *outbox, const char *key, gboolean ok, ProblemAction action,
                            int retry_after_s, gint64 now_ms, JournalDraft *ret_draft)
{
    GList *l = find(outbox, key);
    if (!l)
        return OUTBOX_UNKNOWN;
    OutboxEntry *entry = l->data;
    gsize row = (unsigned)action < G_N_ELEMENTS(answers) ? action : PROBLEM_ACTION_UNKNOWN;
    OutboxVerdict verdict = entry->state == ISSUANCE_RELEASED ? answers[row].released
                            : entry->first                    ? answers[row].first
                                                              : answers[row].later;
    if (verdict == OUTBOX_RETELL && entry->retold)
        verdict = OUTBOX_CLOSE;
    if (ok)
        verdict = OUTBOX_DONE;
    int pause_ms = entry->pause_ms ? entry->pause_ms * 2 : OUTBOX_PAUSE_MS;
    entry->pause_ms = MIN(pause_ms, OUTBOX_PAUSE_MAX_MS);
    int wait_ms = MAX(entry->pause_ms, CLAMP(retry_after_s, 0, 3600) * 1000);
    if (verdict == OUTBOX_CLOSE)
        wait_ms = MAX(wait_ms, OUTBOX_PAUSE_MAX_MS);
    entry->due_ms = now_ms + wait_ms;
    if (verdict == OUTBOX_DONE)
        outbox_draft_done(key, issuance_word(entry->state),
                          ok || action != PROBLEM_ACTION_TAKE_OVER ? "ok" : OUTBOX_SETTLED,
                          ret_draft);
    return verdict;
}

static IssuanceWord state_of(json_t *body)
{
    return issuance_from_word(json_string_value(json_object_get(body, "state")));
}

static gboolean check(const Outbox *outbox, const JournalEntry *entry, json_t *body, GError **error)
{
    IssuanceWord state = state_of(body);
    const GList *l = find(outbox, entry->key);
    gboolean answer = entry->step == JOURNAL_ACKNOWLEDGED;
    if (state != ISSUANCE_UNKNOWN &&
        (!answer || (l && ((const OutboxEntry *)l->data)->state == state)))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "outbox: %s of '%s'%s",
                journal_step_word(entry->step), issuance_word(state),
                answer ? ", which is not the report that waits" : "");
    return FALSE;
}

static void read_people(json_t *body, OutboxEntry *ret)
{
    json_t *people = json_object_get(body, "settled_by");
    for (gsize i = 0; i < G_N_ELEMENTS(ret->settled_by); i++) {
        const char *id = json_string_value(json_array_get(people, i));
        g_strlcpy(ret->settled_by[i], id ? id : "", sizeof ret->settled_by[i]);
    }
}

static gboolean begins_story(const OutboxEntry *entry)
{
    return !*entry->settled_by[0] &&
           (entry->state == ISSUANCE_RELEASED || entry->state == ISSUANCE_PRINTED ||
            entry->state == ISSUANCE_SPOILED || entry->state == ISSUANCE_UNSURE);
}

static void put(Outbox *outbox, const char *key, json_t *body)
{
    OutboxEntry *entry = g_new0(OutboxEntry, 1);
    g_strlcpy(entry->key, key, sizeof entry->key);
    entry->state = state_of(body);
    const char *reason = json_string_value(json_object_get(body, "reason"));
    g_strlcpy(entry->reason, reason ? reason : "", sizeof entry->reason);
    json_t *evidence = json_object_get(body, "evidence");
    if (evidence) {
        char text[JOURNAL_BODY_MAX];
        size_t length = json_dumpb(evidence, text, sizeof text, JSON_COMPACT);
        entry->evidence = g_strndup(text, MIN(length, sizeof text));
    }
    read_people(body, entry);
    entry->retold = g_hash_table_contains(outbox->retold, key);
    entry->first = begins_story(entry) || (entry->retold && !find(outbox, key));
    g_queue_push_tail(&outbox->entries, entry);
}

gboolean outbox_check(const Outbox *outbox, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check(outbox, entry, body, error);
    json_decref(body);
    return ok;
}

gboolean outbox_apply(Outbox *outbox, const JournalEntry *entry, GError **error)
{
    json_t *body = journal_body(entry);
    gboolean ok = check(outbox, entry, body, error);
    if (ok && entry->step == JOURNAL_CONFIRM)
        put(outbox, entry->key, body);
    if (ok && entry->step == JOURNAL_ACKNOWLEDGED) {
        GList *l = find(outbox, entry->key);
        free_entry(l->data);
        g_queue_delete_link(&outbox->entries, l);
    }
    json_decref(body);
    return ok;
}
