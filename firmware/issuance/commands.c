/* `kiosk journal` and `kiosk stock`: the ledger from a console. */
#include "firmware/base/clock.h"
#include "firmware/base/config.h"
#include "firmware/issuance/journal_internal.h"
#include "firmware/issuance/ledger.h"
#include <stdio.h>
#include <string.h>

#define USAGE 2

/* A command line, taken apart: words without dashes, and the known options. */
typedef struct {
    const char *words[4];
    int n_words;
    const char *config;
    gboolean json, csv;
} Arguments;

static gboolean take_arguments(int argc, char **argv, Arguments *ret)
{
    *ret = (Arguments){.config = "kiosk.conf"};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--config") && i + 1 < argc)
            ret->config = argv[++i];
        else if (!strcmp(argv[i], "--json"))
            ret->json = TRUE;
        else if (!strcmp(argv[i], "--csv"))
            ret->csv = TRUE;
        else if (argv[i][0] == '-' || ret->n_words == (int)G_N_ELEMENTS(ret->words))
            return FALSE;
        else
            ret->words[ret->n_words++] = argv[i];
    }
    return ret->n_words > 0;
}

static int fail(const char *where, const GError *error)
{
    fprintf(stderr, "kiosk: %s: %s\n", where, error->message);
    return EXIT_FAILURE;
}

/* TRUE when --help is among the arguments; it is then answered. */
static gboolean wants_help(int argc, char **argv, const char *text)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") && strcmp(argv[i], "-h"))
            continue;
        printf("kiosk %s\n", text);
        return TRUE;
    }
    return FALSE;
}

static int usage(const char *text)
{
    fprintf(stderr, "kiosk: usage: kiosk %s\n", text);
    return USAGE;
}

static char *find_journal(const Arguments *arguments, GError **error)
{
    g_autoptr(Config) config = config_load(arguments->config, error);
    if (!config)
        return NULL;
    g_autofree char *folder = config_path(config, "kiosk", "state_dir");
    return g_build_filename(folder, JOURNAL_FILE, NULL);
}

static void print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

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
    printf("%.19sZ  %-12s  %-10s  %-16s  %-10s  %s  %s\n", at, line->serial,
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

static int list_issuances(Journal *journal, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    if (!journal_for_each(journal, 0, collect_line, lines, &error))
        return fail("journal list", error);
    g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_values(lines), compare_lines);
    json_t *array = json_array();
    if (!arguments->json)
        printf("%-20s  %-12s  %-10s  %-16s  %-10s  %-36s  %s\n", "LAST STEP", "BOOKLET", "STATE",
               "REASON", "SERVICE", "KEY", "RECORD");
    for (const GList *l = sorted; l; l = l->next)
        if (arguments->json)
            json_array_append_new(array, line_as_json(l->data));
        else
            print_line(l->data);
    if (arguments->json)
        print_json(json_incref(array));
    json_decref(array);
    return EXIT_SUCCESS;
}

static void format_hash(const guint8 hash[HASH_BYTES], char ret[2 * HASH_BYTES + 1])
{
    for (int i = 0; i < HASH_BYTES; i++)
        g_snprintf(ret + 2 * i, 3, "%02x", hash[i]);
}

static gboolean export_csv(gpointer context, const JournalEntry *entry, GError **error)
{
    (void)context;
    (void)error;
    char at[32], hash[2 * HASH_BYTES + 1];
    clock_format_utc(entry->at_ms, at);
    format_hash(entry->hash, hash);
    g_auto(GStrv) parts = g_strsplit(entry->body, "\"", -1);
    g_autofree char *quoted = g_strjoinv("\"\"", parts); /* RFC 4180 */
    printf("%" G_GINT64_FORMAT ",%s,%s,%s,\"%s\",%s\r\n", entry->seq, at, entry->key,
           journal_step_word(entry->step), quoted, hash);
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

static int export_entries(Journal *journal, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    json_t *array = json_array();
    if (arguments->csv)
        printf("seq,at,key,step,body,hash\r\n");
    gboolean ok =
        journal_for_each(journal, 0, arguments->csv ? export_csv : export_json, array, &error);
    if (ok && !arguments->csv)
        print_json(json_incref(array));
    json_decref(array);
    return ok ? EXIT_SUCCESS : fail("journal export", error);
}

static int verify_chain(Journal *journal)
{
    g_autoptr(GError) error = NULL;
    char hash[2 * HASH_BYTES + 1];
    if (!journal_verify(journal, &error))
        return fail("journal verify", error);
    gint64 n = journal_head(journal, hash);
    printf("%" G_GINT64_FORMAT " entries, chain intact, head %s\n", n, hash);
    return EXIT_SUCCESS;
}

int journal_command(int argc, char **argv)
{
    static const char text[] =
        "journal list [--json] | verify | export --csv|--json [--config FILE]";
    Arguments a;
    if (wants_help(argc, argv, text))
        return EXIT_SUCCESS;
    if (!take_arguments(argc, argv, &a) || a.n_words != 1)
        return usage(text);
    gboolean list = !strcmp(a.words[0], "list"), verify = !strcmp(a.words[0], "verify");
    gboolean export = !strcmp(a.words[0], "export") && a.csv != a.json;
    if (!list && !verify && !export)
        return usage(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = find_journal(&a, &error);
    g_autoptr(Journal) journal = path ? journal_open(path, JOURNAL_READ, NULL, &error) : NULL;
    if (!journal)
        return fail("journal", error);
    if (list)
        return list_issuances(journal, &a);
    return verify ? verify_chain(journal) : export_entries(journal, &a);
}

static json_t *batch_as_json(const StockBatch *batch)
{
    json_t *json = json_pack("{s:s, s:s, s:i}", "first", batch->first, "last", batch->last,
                             "loaded", (int)batch->loaded);
    for (int state = 1; state < BOOKLET_STATE_COUNT; state++)
        json_object_set_new(json, booklet_state_word((BookletState)state),
                            json_integer(batch->counts[state]));
    return json;
}

static void print_batch(const StockBatch *batch)
{
    printf("%s to %s: %u loaded", batch->first, batch->last, batch->loaded);
    for (int state = 1; state < BOOKLET_STATE_COUNT; state++)
        if (batch->counts[state])
            printf(", %u %s", batch->counts[state], booklet_state_word((BookletState)state));
    putchar('\n');
}

static int list_stock(const Stock *stock, gboolean as_json)
{
    char next[SERIAL_LENGTH + 1] = "";
    const char *why = "";
    gboolean known = stock_next(stock, next, &why);
    json_t *array = json_array();
    for (gsize i = 0; i < stock_batches(stock); i++) {
        StockBatch batch;
        stock_batch(stock, i, &batch);
        if (as_json)
            json_array_append_new(array, batch_as_json(&batch));
        else
            print_batch(&batch);
    }
    if (as_json)
        print_json(json_pack("{s:s, s:s, s:O}", "next", next, "reason", known ? "" : why, "batches",
                             array));
    else
        printf("next: %s%s%s\n", known ? next : "none (", known ? "" : why, known ? "" : ")");
    json_decref(array);
    return EXIT_SUCCESS;
}

static gboolean draft_change(const Stock *stock, const Arguments *a, JournalDraft *ret,
                             GError **error)
{
    const char *who = g_get_user_name();
    g_auto(GStrv) range = g_strsplit(a->words[1], "-", 2);
    if (!strcmp(a->words[0], "load"))
        return stock_draft_load(stock, range[0], range[0] && range[1] ? range[1] : "", who, ret,
                                error);
    return !strcmp(a->words[0], "next") ? stock_draft_next(stock, a->words[1], who, ret, error)
                                        : stock_draft_spoil(stock, a->words[1], who, ret, error);
}

static int change_stock(Ledger *ledger, const Arguments *a)
{
    g_autoptr(GError) error = NULL;
    JournalDraft change;
    if (!draft_change(ledger_stock(ledger), a, &change, &error) ||
        !ledger_append(ledger, &change, 1, clock_wall_ms(), &error))
        return fail("stock", error);
    return list_stock(ledger_stock(ledger), a->json);
}

int stock_command(int argc, char **argv)
{
    static const char text[] =
        "stock load FIRST-LAST | list | next SERIAL | spoil SERIAL [--json] [--config FILE]";
    static const char *const changes[] = {"load", "next", "spoil", NULL};
    Arguments a;
    if (wants_help(argc, argv, text))
        return EXIT_SUCCESS;
    if (!take_arguments(argc, argv, &a) || a.csv)
        return usage(text);
    gboolean list = a.n_words == 1 && !strcmp(a.words[0], "list");
    gboolean change = a.n_words == 2 && g_strv_contains(changes, a.words[0]);
    if (!list && !change)
        return usage(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = find_journal(&a, &error);
    g_autoptr(Ledger) ledger =
        path ? ledger_open(path, list ? JOURNAL_READ : JOURNAL_WRITE, NULL, &error) : NULL;
    if (!ledger)
        return fail("stock", error);
    return list ? list_stock(ledger_stock(ledger), a.json) : change_stock(ledger, &a);
}
