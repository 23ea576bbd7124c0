/* The booklets that left the stack, a screenful of them: when, and whether the service knows. */
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <string.h>

typedef struct {
    MenuFacts *facts;
    char keys[FACTS_BOOKLETS_MAX][ISSUANCE_KEY_LENGTH + 1]; /* of the issuance that used it last */
} Reading;

/* Most entries are of other booklets: only what mentions one of these is parsed. */
static gboolean mentions(const Reading *reading, const char *body)
{
    for (gsize i = 0; i < reading->facts->n_booklets; i++)
        if (strstr(body, reading->facts->booklets[i].serial))
            return TRUE;
    return FALSE;
}

/* The booklet's place: of its issuance, or by its serial where an entry names one; -1: none. */
static int find_place(Reading *reading, const JournalEntry *entry)
{
    json_t *body = mentions(reading, entry->body) ? json_loads(entry->body, 0, NULL) : NULL;
    const char *serial = json_string_value(json_object_get(body, "serial"));
    int place = -1;
    for (gsize i = 0; i < reading->facts->n_booklets; i++) {
        gboolean named = !g_strcmp0(reading->facts->booklets[i].serial, serial);
        if (named && *entry->key)
            g_strlcpy(reading->keys[i], entry->key, sizeof reading->keys[i]);
        if (named || (*entry->key && !strcmp(reading->keys[i], entry->key)))
            place = (int)i;
    }
    json_decref(body);
    return place;
}

/* Whatever was journalled last counts; what is said to the service changes no booklet. */
static gboolean collect(gpointer context, const JournalEntry *entry, GError **error)
{
    Reading *reading = context;
    (void)error;
    int place = find_place(reading, entry);
    if (place < 0 || entry->step == JOURNAL_CONFIRM || entry->step == JOURNAL_ACKNOWLEDGED)
        return TRUE;
    FactsBooklet *one = &reading->facts->booklets[place];
    one->at_ms = entry->at_ms;
    one->issuing = *entry->key != '\0';
    return TRUE;
}

void loop_booklets_collect(Loop *loop)
{
    char hash[65], now[64], serials[FACTS_BOOKLETS_MAX][SERIAL_LENGTH + 1];
    MenuFacts *facts = &loop->menu.facts;
    const Menu *menu = &loop->menu.menu;
    Journal *journal = ledger_journal(loop->ledger);
    if (menu->state != MENU_OPEN || menu->page != MENU_PAGE_BOOKLETS)
        return;
    g_snprintf(now, sizeof now, "%d %" G_GINT64_FORMAT, menu->row_page,
               journal_head(journal, hash));
    if (!strcmp(now, loop->menu.booklets_read))
        return;
    g_strlcpy(loop->menu.booklets_read, now, sizeof loop->menu.booklets_read);
    Reading reading = {.facts = facts};
    facts->n_booklets = stock_list_gone(facts->stock, (guint)menu->row_page * FACTS_BOOKLETS_MAX,
                                        FACTS_BOOKLETS_MAX, serials);
    for (gsize i = 0; i < facts->n_booklets; i++) {
        facts->booklets[i] = (FactsBooklet){.state = stock_state(facts->stock, serials[i])};
        g_strlcpy(facts->booklets[i].serial, serials[i], sizeof facts->booklets[i].serial);
    }
    if (facts->n_booklets >
        0) /* what cannot be read stays unknown; the gate tells of the journal */
        (void)journal_for_each(journal, 0, collect, &reading, NULL);
    for (gsize i = 0; i < facts->n_booklets; i++)
        facts->booklets[i].waits =
            outbox_first(ledger_outbox(loop->ledger), reading.keys[i]) != NULL;
}
