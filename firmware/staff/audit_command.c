/* `kiosk audit`: who did what, from a console. */
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/issuance/arguments.h"
#include "firmware/issuance/journal_internal.h"
#include "firmware/staff/console.h"
#include <stdio.h>
#include <string.h>

static json_t *read_body(const AuditEntry *entry)
{
    json_t *body = json_loads(entry->body, JSON_REJECT_DUPLICATES, NULL);
    return body ? body : json_object();
}

static const char *member(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    return text ? text : "";
}

static gboolean print_event(gpointer context, const AuditEntry *entry, GError **error)
{
    (void)context;
    (void)error;
    char at[32];
    json_t *body = read_body(entry);
    clock_format_utc(entry->at_ms, at);
    printf("%6" G_GINT64_FORMAT "  %.19sZ  %-20s  %-16s  %-12s  %s%s%s\n", entry->seq, at,
           *entry->who ? entry->who : "-", entry->type, member(body, "result"),
           audit_row(audit_from_word(entry->type))->sentence, *member(body, "detail") ? ": " : "",
           member(body, "detail"));
    json_decref(body);
    return TRUE;
}

static gboolean export_json(gpointer context, const AuditEntry *entry, GError **error)
{
    (void)error;
    char at[32], hash[65];
    json_t *body = read_body(entry);
    const AuditRow *row = audit_row(audit_from_word(entry->type));
    clock_format_utc(entry->at_ms, at);
    for (int i = 0; i < 32; i++)
        g_snprintf(hash + 2 * i, 3, "%02x", entry->hash[i]);
    json_array_append_new(context,
                          json_pack("{s:I, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "seq",
                                    (json_int_t)entry->seq, "at", at, "id", row->id, "type",
                                    entry->type, "sentence", row->sentence, "who", entry->who,
                                    "role", member(body, "role"), "result", member(body, "result"),
                                    "detail", member(body, "detail"), "hash", hash));
    json_decref(body);
    return TRUE;
}

static void append_quoted(GString *line, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
    g_autofree char *quoted = g_strjoinv("\"\"", parts);
    g_string_append_printf(line, ",\"%s\"", quoted);
}

/* No member of it begins a formula, for ids and words do not. */
char *audit_entry_csv(const AuditEntry *entry)
{
    char at[32];
    json_t *body = read_body(entry);
    const AuditRow *row = audit_row(audit_from_word(entry->type));
    const char *const members[] = {entry->type,           row->sentence,
                                   entry->who,            member(body, "role"),
                                   member(body, "result"), member(body, "detail")};
    GString *line = g_string_new(NULL);
    clock_format_utc(entry->at_ms, at);
    g_string_append_printf(line, "%" G_GINT64_FORMAT ",%d", entry->seq, row->id);
    append_quoted(line, at);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        append_quoted(line, members[i]);
    g_string_append(line, ",\"");
    for (int i = 0; i < 32; i++)
        g_string_append_printf(line, "%02x", entry->hash[i]);
    g_string_append(line, "\"\r\n");
    json_decref(body);
    return g_string_free(line, FALSE);
}

static gboolean export_csv(gpointer context, const AuditEntry *entry, GError **error)
{
    (void)context;
    (void)error;
    g_autofree char *line = audit_entry_csv(entry);
    fputs(line, stdout);
    return TRUE;
}

static int export_events(Journal *journal, const Arguments *a)
{
    g_autoptr(GError) error = NULL;
    json_t *events = json_array();
    if (a->csv)
        fputs(AUDIT_CSV_HEAD, stdout);
    gboolean done =
        journal_for_each_audit(journal, a->csv ? export_csv : export_json, events, &error);
    if (done && a->json)
        arguments_print_json(json_incref(events));
    json_decref(events);
    return done ? 0 : arguments_fail(error);
}

static int verify(Journal *journal, const Arguments *a)
{
    g_autoptr(GError) error = NULL;
    char hash[65];
    if (!audit_verify(journal, a->head, &error))
        return arguments_fail(error);
    gint64 n = journal_audit_head(journal, hash);
    printf("%" G_GINT64_FORMAT " events, chain intact, head %" G_GINT64_FORMAT ":%s\n", n, n, hash);
    return 0;
}

static gboolean write_acknowledged(Journal *journal, const char *head, const char *reason,
                                   GError **error)
{
    StaffClock now;
    StaffSession who;
    AuditDraft event;
    staff_clock(&now);
    g_autoptr(Staff) staff = staff_open(journal, error);
    if (!staff || !console_login(staff, STAFF_ROLE_SUPERVISOR, &now, &who, error) ||
        !staff_may(AUDIT_CUT_SEEN, &who, NULL, now.boot_ms, error))
        return FALSE;
    g_autofree char *detail = audit_describe_cut(head, reason);
    staff_event(AUDIT_CUT_SEEN, &who, NULL, "ok", detail, &event);
    return audit_acknowledge(journal, head, &event, now.wall_ms, error);
}

/* A supervisor has looked into it: the machine names it no longer, the audit does for ever. */
static int acknowledge(const char *path, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Journal) journal = journal_open(path, JOURNAL_WRITE, NULL, &error);
    g_autofree char *head = journal ? journal_get_note(journal, AUDIT_NOTE_CUT, &error) : NULL;
    if (journal && !head && !error)
        g_set_error(&error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                    "audit: nothing waits to be acknowledged");
    if (!head || !write_acknowledged(journal, head, reason, &error))
        return arguments_fail(error);
    printf("acknowledged: %s is not here\n", head);
    return 0;
}

int audit_command(int argc, char **argv)
{
    static const char text[] =
        "audit VERB [--config FILE]\n\n"
        "  list                       who did what, newest last\n"
        "  verify [--head SEQ:HASH]   is the chain whole, and does it hold the longest head that\n"
        "                             the service had (kiosk-central kiosks)?\n"
        "  export --csv|--json        every event, to standard output\n"
        "  acknowledge --reason TEXT  a supervisor has looked into a cut tail";
    Arguments a;
    if (arguments_help(argc, argv, text))
        return 0;
    if (!arguments_take(argc, argv, &a) || a.n_words != 1)
        return arguments_usage(text);
    gboolean list = !strcmp(a.words[0], "list") && !a.csv && !a.json;
    gboolean verifies = !strcmp(a.words[0], "verify") && !a.csv && !a.json;
    gboolean exports = !strcmp(a.words[0], "export") && a.csv != a.json;
    gboolean seen = !strcmp(a.words[0], "acknowledge") && !a.csv && !a.json;
    if ((!list && !verifies && !exports && !seen) || (a.head && !verifies) ||
        (a.head && !journal_head_is_valid(a.head)) || (a.reason != NULL) != seen ||
        (seen && !arguments_is_reason(a.reason)))
        return arguments_usage(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = arguments_journal(&a, &error);
    if (seen && path)
        return acknowledge(path, a.reason);
    g_autoptr(Journal) journal = path ? journal_open(path, JOURNAL_READ, NULL, &error) : NULL;
    if (!journal)
        return arguments_fail(error);
    if (verifies)
        return verify(journal, &a);
    if (exports)
        return export_events(journal, &a);
    return journal_for_each_audit(journal, print_event, NULL, &error) ? 0 : arguments_fail(error);
}
