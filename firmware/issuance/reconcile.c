/* Journal and service compared: what one of them lost, the other tells. */
#include "firmware/base/error.h"
#include "firmware/issuance/ledger_internal.h"
#include <string.h>

#define STATES_MAX 6 /* reports of one issuance, settlements with them */

/* An issuance as the whole journal tells it. */
typedef struct {
    char key[ISSUANCE_KEY_LENGTH + 1];
    json_t *plan, *bind; /* bodies; bind may be NULL */
    json_t *states;      /* array of CONFIRM bodies, one a state, in order */
    IssuanceWord word;
} Story;

typedef struct {
    guint32 from_sequence;
    const char *const *keys; /* beside those; NULL-terminated, or NULL */
    GHashTable *stories;     /* key -> Story */
    GQueue order;            /* the same */
} Search;

guint32 ledger_sequence_of(const char *identifier)
{
    g_auto(GStrv) parts = g_strsplit(identifier, ".", -1);
    if (g_strv_length(parts) != 5 || strlen(parts[2]) != 16)
        return 0;
    return (guint32)g_ascii_strtoull(parts[2] + 8, NULL, 10);
}

static void free_story(gpointer data)
{
    Story *story = data;
    json_decref(story->plan);
    json_decref(story->bind);
    json_decref(story->states);
    g_free(story);
}

static void search_clear(Search *search)
{
    g_queue_clear(&search->order);
    g_clear_pointer(&search->stories, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static void begin_story(Search *search, const JournalEntry *entry, json_t *body)
{
    gboolean wanted = search->keys && g_strv_contains(search->keys, entry->key);
    if (!wanted && ledger_sequence_of(ledger_member(body, "identifier")) < search->from_sequence)
        return;
    Story *story = g_new0(Story, 1);
    g_strlcpy(story->key, entry->key, sizeof story->key);
    story->plan = json_incref(body);
    story->states = json_array();
    g_hash_table_insert(search->stories, story->key, story);
    g_queue_push_tail(&search->order, story);
}

static gboolean has_state(const Story *story, const char *state)
{
    for (gsize i = 0; i < json_array_size(story->states); i++)
        if (!strcmp(ledger_member(json_array_get(story->states, i), "state"), state))
            return TRUE;
    return FALSE;
}

static void tell_state(Story *story, json_t *report)
{
    if (!has_state(story, ledger_member(report, "state")) &&
        json_array_size(story->states) < STATES_MAX)
        json_array_append(story->states, report);
    json_decref(report);
}

/* A settlement can be told again only with the people who made it. */
static void tell_settlement(Story *story, json_t *body)
{
    json_t *people = json_object_get(body, "settled_by");
    if (json_array_size(people) == 2)
        tell_state(story, json_pack("{s:s, s:s, s:O}", "state", ledger_member(body, "word"),
                                    "reason", ledger_member(body, "reason"), "settled_by", people));
}

static gboolean collect(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)error;
    Search *search = context;
    if (!*entry->key)
        return TRUE;
    json_t *body = journal_body(entry);
    if (entry->step == JOURNAL_PLAN || entry->step == JOURNAL_ADOPT)
        begin_story(search, entry, body);
    Story *story = g_hash_table_lookup(search->stories, entry->key);
    if (story) {
        IssuanceWord word = issuance_word_after(entry->step);
        if (entry->step == JOURNAL_SETTLED || entry->step == JOURNAL_ADOPT)
            word = issuance_from_word(ledger_member(body, "word"));
        story->word = word != ISSUANCE_UNKNOWN ? word : story->word;
        if (entry->step == JOURNAL_BIND)
            story->bind = json_incref(body);
        if (entry->step == JOURNAL_CONFIRM)
            tell_state(story, json_incref(body));
        if (entry->step == JOURNAL_SETTLED)
            tell_settlement(story, body);
    }
    json_decref(body);
    return TRUE;
}

static gboolean search_journal(Ledger *ledger, Search *search, GError **error)
{
    search->stories = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_story);
    g_queue_init(&search->order);
    return journal_for_each(ledger->journal, 0, collect, search, error);
}

/* The first report to be told: the last one alone, where it freed the certificate long ago. */
static gsize begin_at(const Story *story, gboolean unknown)
{
    gsize n = json_array_size(story->states);
    IssuanceWord last =
        issuance_from_word(ledger_member(json_array_get(story->states, n - 1), "state"));
    gboolean freed = last == ISSUANCE_SPOILED || last == ISSUANCE_VOID;
    return unknown && freed ? n - 1 : 0;
}

/* `unknown`: the service has never heard of it, as far as it remembers. */
static gboolean retell(Ledger *ledger, const Story *story, gboolean unknown, gint64 wall_ms,
                       GError **error)
{
    static const char *const kept[] = {"record", "digest",  "kiosk", "identifier",
                                       "serial", "version", "sides"};
    JournalDraft drafts[1 + STATES_MAX];
    json_t *body = json_pack("{s:s}", "word", issuance_word(story->word));
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
        json_object_set(body, kept[i], json_object_get(story->plan, kept[i]));
    json_object_set(body, "kid", json_object_get(story->bind, "kid"));
    json_object_set(body, "signature", json_object_get(story->bind, "signature"));
    journal_draft(&drafts[0], JOURNAL_RETELL, story->key, body);
    gsize n = 1;
    for (gsize i = begin_at(story, unknown); i < json_array_size(story->states); i++)
        journal_draft(&drafts[n++], JOURNAL_CONFIRM, story->key,
                      json_incref(json_array_get(story->states, i)));
    return ledger_append(ledger, drafts, n, wall_ms, error);
}

/* Its booklet may lie on the stack, in the slot, or be a citizen's: people must look. */
static gboolean adopt(Ledger *ledger, const ServiceKiosk *info, const OpenIssuance *open,
                      gint64 wall_ms, GError **error)
{
    JournalDraft drafts[2];
    gboolean retracted = issuance_from_word(open->state) == ISSUANCE_RETRACTED;
    IssuanceWord word = retracted ? ISSUANCE_RETRACTED : ISSUANCE_UNSURE;
    journal_draft(&drafts[0], JOURNAL_ADOPT, open->key,
                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "word", issuance_word(word), "record",
                            open->record, "identifier", open->identifier, "serial", open->booklet,
                            "kiosk", info->number));
    journal_draft(&drafts[1], JOURNAL_CONFIRM, open->key,
                  json_pack("{s:s, s:s}", "state", issuance_word(word), "reason", "journal-lost"));
    return ledger_append(ledger, drafts, retracted ? 1 : 2, wall_ms, error);
}

/* One that the service holds open and the ledger does not: over here, or never known here. */
static gboolean compare(Ledger *ledger, const ServiceKiosk *info, const OpenIssuance *open,
                        const Story *story, gint64 wall_ms, LedgerReconciled *ret, GError **error)
{
    IssuanceWord told = issuance_from_word(open->state);
    if (!story) {
        if (told == ISSUANCE_PRINTED)
            return TRUE; /* issued: there is nothing to settle */
        ret->adopted++;
        return adopt(ledger, info, open, wall_ms, error);
    }
    if (story->word == told || !json_array_size(story->states))
        return TRUE;
    ret->retold++;
    return retell(ledger, story, FALSE, wall_ms, error);
}

static gboolean is_waiting(const Ledger *ledger, const char *key)
{
    return ledger_case(ledger, key) != NULL;
}

/* Live here and nothing left to report, but with another word there: the service lost it. */
static gboolean was_lost(const Ledger *ledger, const OpenIssuance *open)
{
    const IssuanceCase *known = ledger_case(ledger, open->key);
    gboolean ended = known && (known->word == ISSUANCE_UNSURE || known->word == ISSUANCE_RETRACTED);
    return ended && !outbox_has(ledger->outbox, open->key) &&
           known->word != issuance_from_word(open->state);
}

/* Keys that need a look into the whole journal; the caller frees the array, not the texts. */
static GPtrArray *list_strange(const Ledger *ledger, const ServiceKiosk *info)
{
    GPtrArray *keys = g_ptr_array_new();
    for (gsize i = 0; i < info->n_open; i++)
        if (!is_waiting(ledger, info->open[i].key) || was_lost(ledger, &info->open[i]))
            g_ptr_array_add(keys, (gpointer)info->open[i].key);
    g_ptr_array_add(keys, NULL);
    return keys;
}

/* An entry that the service had seen, or a number that it knows, is not here. What came behind its
 * last look at the head shows in the numbers alone: each is planned here before it goes there. */
static gboolean note_cut(Ledger *ledger, const ServiceKiosk *info, gint64 wall_ms,
                         LedgerReconciled *ret, GError **error)
{
    const char *head = info->journal_head;
    gboolean lacks_entry = *head && strcmp(head, ledger->cut_head) != 0 &&
                           !journal_holds(ledger->journal, head);
    if (!lacks_entry && info->next_sequence <= ledger->sequence + 1)
        return TRUE;
    JournalDraft draft;
    ret->cut = TRUE;
    journal_draft(&draft, JOURNAL_CUT, "",
                  json_pack("{s:s, s:I}", "head", head, "sequence",
                            (json_int_t)info->next_sequence - 1));
    return ledger_append(ledger, &draft, 1, wall_ms, error);
}

/* A journal without what the service had seen cannot tell it what it lost. */
static gboolean keep_epoch(Ledger *ledger, const ServiceKiosk *info, gint64 wall_ms, GError **error)
{
    if (ledger->epoch == info->epoch)
        return TRUE;
    JournalDraft draft;
    gboolean whole = !*info->journal_head || journal_holds(ledger->journal, info->journal_head);
    journal_draft(&draft, JOURNAL_EPOCH, "",
                  json_pack("{s:I, s:b}", "epoch", (json_int_t)info->epoch, "whole", whole));
    return ledger_append(ledger, &draft, 1, wall_ms, error);
}

/* Those of which a restored service does not even have the number. */
static gboolean retell_missing(Ledger *ledger, const Search *search, guint32 from,
                               gint64 wall_ms, LedgerReconciled *ret, GError **error)
{
    for (const GList *l = search->order.head; l; l = l->next) {
        const Story *story = l->data;
        guint32 sequence = ledger_sequence_of(ledger_member(story->plan, "identifier"));
        if (sequence < from || !story->bind || !json_array_size(story->states) ||
            story->word == ISSUANCE_RELEASED)
            continue;
        ret->retold++;
        if (!retell(ledger, story, TRUE, wall_ms, error))
            return FALSE;
    }
    return TRUE;
}

gboolean ledger_reconcile(Ledger *ledger, const ServiceKiosk *info, gint64 wall_ms,
                          LedgerReconciled *ret, GError **error)
{
    *ret = (LedgerReconciled){0};
    if (!note_cut(ledger, info, wall_ms, ret, error))
        return FALSE;
    gboolean restored = ledger->epoch != 0 && ledger->epoch != info->epoch;
    ret->restored = restored;
    /* What was printing while the backup was put back may have raised next_sequence since. */
    guint32 from = info->retell_from ? info->retell_from : info->next_sequence;
    g_autoptr(GPtrArray) keys = list_strange(ledger, info);
    if (restored || keys->len > 1) {
        g_auto(Search) search = {.from_sequence = restored ? from : G_MAXUINT32,
                                 .keys = (const char *const *)keys->pdata};
        if (!search_journal(ledger, &search, error))
            return FALSE;
        for (gsize i = 0; i < info->n_open; i++) {
            const OpenIssuance *open = &info->open[i];
            if (g_strv_contains(search.keys, open->key) &&
                !compare(ledger, info, open, g_hash_table_lookup(search.stories, open->key),
                         wall_ms, ret, error))
                return FALSE;
        }
        if (restored && !retell_missing(ledger, &search, from, wall_ms, ret, error))
            return FALSE;
    }
    return keep_epoch(ledger, info, wall_ms, error);
}

guint32 ledger_told_epoch(const Ledger *ledger)
{
    gboolean told =
        ledger->whole && !outbox_length(ledger->outbox) && !ledger_to_recover(ledger);
    return told ? ledger->epoch : 0;
}

gboolean ledger_retell(Ledger *ledger, const char *key, gint64 wall_ms, GError **error)
{
    const char *const keys[] = {key, NULL};
    g_auto(Search) search = {.from_sequence = G_MAXUINT32, .keys = keys};
    if (!search_journal(ledger, &search, error))
        return FALSE;
    const Story *story = g_hash_table_lookup(search.stories, key);
    if (story && json_array_size(story->states))
        return retell(ledger, story, FALSE, wall_ms, error);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "ledger: retell: %s has no story", key);
    return FALSE;
}
