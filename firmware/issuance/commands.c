#include "firmware/issuance/commands.h"
#include "firmware/base/clock.h"
#include "firmware/issuance/journal_internal.h"
#include "firmware/issuance/ledger.h"
#include <stdio.h>
#include <string.h>

/* One line of `journal list`. */
typedef struct {
    char key[ISSUANCE_KEY_LENGTH + 1], serial[SERIAL_LENGTH + 1], record[65], reason[32];
    gint64 at_ms;
    IssuanceWord word, told; /* told: last state that the service acknowledged */
    gint64 seq;
} Line;

static void note(Line *line, const JournalEntry *entry)
{
    json_t *body = journal_body(entry);
    const char *reason = json_string_value(json_object_get(body, "reason"));
    const char *serial = json_string_value(json_object_get(body, "serial"));
    const char *record = json_string_value(json_object_get(body, "record"));
    const char *settled = json_string_value(json_object_get(body, "word"));
    IssuanceWord word = issuance_word_after(entry->step);
    if (entry->step == JOURNAL_PLAN) {
        g_strlcpy(line->serial, serial ? serial : "", sizeof line->serial);
        g_strlcpy(line->record, record ? record : "", sizeof line->record);
    }
    if (entry->step == JOURNAL_ACKNOWLEDGED)
        line->told = issuance_from_word(json_string_value(json_object_get(body, "state")));
    if (entry->step == JOURNAL_SETTLED)
        word = issuance_from_word(settled);
    if (word != ISSUANCE_UNKNOWN) {
        line->word = word;
        g_strlcpy(line->reason, reason ? reason : "", sizeof line->reason);
    }
    line->at_ms = entry->at_ms;
    json_decref(body);
}

static gboolean collect_line(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)error;
    GHashTable *lines = context;
    if (!*entry->key)
        return TRUE;
    Line *line = g_hash_table_lookup(lines, entry->key);
    if (!line) {
        line = g_new0(Line, 1);
        g_strlcpy(line->key, entry->key, sizeof line->key);
        line->seq = entry->seq;
        g_hash_table_insert(lines, line->key, line);
    }
    note(line, entry);
    return TRUE;
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *first = a, *second = b;
    return first->seq < second->seq ? -1 : first->seq > second->seq;
}

static void print_line(const Line *line)
{
    char at[32];
    clock_format_utc(line->at_ms, at);
    printf("%.19sZ  %-12s  %-10s  %-22s  %-11s  %s  %s\n", at, line->serial,
           issuance_word(line->word), *line->reason ? line->reason : "-",
           line->told ? issuance_word(line->told) : "-", line->key, line->record);
}

static json_t *line_as_json(const Line *line)
{
    char at[32];
    clock_format_utc(line->at_ms, at);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "key", line->key, "booklet",
                     line->serial, "record", line->record, "state", issuance_word(line->word),
                     "reason", line->reason, "service", line->told ? issuance_word(line->told) : "",
                     "at", at);
}

int journal_print_issuances(Journal *journal, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    if (!journal_for_each(journal, 0, collect_line, lines, &error))
        return arguments_fail(error);
    g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_values(lines), compare_lines);
    json_t *array = json_array();
    if (!arguments->json)
        printf("%-20s  %-12s  %-10s  %-22s  %-11s  %-36s  %s\n", "LAST STEP", "BOOKLET", "STATE",
               "REASON", "SERVICE HAS", "KEY", "RECORD");
    for (const GList *l = sorted; l; l = l->next)
        if (arguments->json)
            json_array_append_new(array, line_as_json(l->data));
        else
            print_line(l->data);
    if (arguments->json)
        arguments_print_json(json_incref(array));
    json_decref(array);
    return EXIT_SUCCESS;
}

static void format_hash(const guint8 hash[HASH_BYTES], char ret[2 * HASH_BYTES + 1])
{
    for (int i = 0; i < HASH_BYTES; i++)
        g_snprintf(ret + 2 * i, 3, "%02x", hash[i]);
}

char *journal_entry_csv(const JournalEntry *entry)
{
    char at[32], hash[2 * HASH_BYTES + 1];
    clock_format_utc(entry->at_ms, at);
    format_hash(entry->hash, hash);
    g_auto(GStrv) parts = g_strsplit(entry->body, "\"", -1);
    g_autofree char *quoted = g_strjoinv("\"\"", parts); /* RFC 4180 */
    return g_strdup_printf("%" G_GINT64_FORMAT ",%s,%s,%s,\"%s\",%s\r\n", entry->seq, at,
                           entry->key, journal_step_word(entry->step), quoted, hash);
}

static gboolean export_csv(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)context;
    (void)error;
    g_autofree char *line = journal_entry_csv(entry);
    fputs(line, stdout);
    return TRUE;
}

static gboolean export_json(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)error;
    char at[32], hash[2 * HASH_BYTES + 1];
    clock_format_utc(entry->at_ms, at);
    format_hash(entry->hash, hash);
    json_array_append_new(context, json_pack("{s:I, s:s, s:s, s:s, s:o, s:s}", "seq",
                                             (json_int_t)entry->seq, "at", at, "key", entry->key,
                                             "step", journal_step_word(entry->step), "body",
                                             journal_body(entry), "hash", hash));
    return TRUE;
}

int journal_print_entries(Journal *journal, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    json_t *array = json_array();
    if (arguments->csv)
        fputs(JOURNAL_CSV_HEAD, stdout);
    gboolean ok =
        journal_for_each(journal, 0, arguments->csv ? export_csv : export_json, array, &error);
    if (ok && !arguments->csv)
        arguments_print_json(json_incref(array));
    json_decref(array);
    return ok ? EXIT_SUCCESS : arguments_fail(error);
}

int journal_print_chain(Journal *journal)
{
    g_autoptr(GError) error = NULL;
    char hash[2 * HASH_BYTES + 1];
    if (!journal_verify(journal, &error))
        return arguments_fail(error);
    gint64 n = journal_head(journal, hash);
    printf("%" G_GINT64_FORMAT " entries, chain intact, head %s\n", n, hash);
    return EXIT_SUCCESS;
}
