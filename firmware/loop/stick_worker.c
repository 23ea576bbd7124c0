/* Everything that a technician takes home: journal, audit events, log, report. */
#include "firmware/base/error.h"
#include "firmware/loop/calls.h"
#include "firmware/staff/audit.h"
#include "firmware/stick/stick.h"
#include <string.h>

#define CHUNK 65536
#define NEWS_MS 300 /* between two reports of progress */

typedef struct {
    Queue *events;
    StickCall *call;
    Stick *stick;
    GString *chunk;
    gint64 told_ms, done, all;
} Export;

/* How far it has got, as a message of its own. */
static void tell(Export *export)
{
    gint64 now_ms = g_get_monotonic_time() / 1000;
    if (now_ms - export->told_ms < NEWS_MS)
        return;
    export->told_ms = now_ms;
    StickCall *news = g_new0(StickCall, 1);
    news->number = export->call->number;
    news->percent = (int)CLAMP(export->done * 100 / MAX(export->all, 1), 0, 99);
    queue_push(export->events, MESSAGE_STICK, news, (GDestroyNotify)stick_call_free);
}

static gboolean flush(Export *export, gsize least, GError **error)
{
    if (export->chunk->len < least || export->chunk->len == 0)
        return TRUE;
    gboolean done = stick_append(export->stick, export->chunk->str, export->chunk->len, error);
    g_string_truncate(export->chunk, 0);
    return done;
}

static gboolean add_line(Export *export, char *line, GError **error)
{
    g_autofree char *owned = line;
    g_string_append(export->chunk, owned);
    export->done++;
    tell(export);
    return flush(export, CHUNK, error);
}

static gboolean add_entry(gpointer context, const JournalEntry *entry, GError **error)
{
    return add_line(context, journal_entry_csv(entry), error);
}

static gboolean add_event(gpointer context, const AuditEntry *entry, GError **error)
{
    return add_line(context, audit_entry_csv(entry), error);
}

static gboolean write_journal(Export *export, Journal *journal, GError **error)
{
    g_string_assign(export->chunk, JOURNAL_CSV_HEAD);
    return stick_open_file(export->stick, "journal.csv", error) &&
           journal_for_each(journal, 0, add_entry, export, error) && flush(export, 0, error) &&
           stick_close_file(export->stick, error);
}

static gboolean write_audit(Export *export, Journal *journal, GError **error)
{
    g_string_assign(export->chunk, AUDIT_CSV_HEAD);
    return stick_open_file(export->stick, "audit.csv", error) &&
           journal_for_each_audit(journal, add_event, export, error) && flush(export, 0, error) &&
           stick_close_file(export->stick, error);
}

static gboolean write_bytes(Export *export, const char *name, const void *data, gsize bytes,
                            GError **error)
{
    return stick_open_file(export->stick, name, error) &&
           stick_append(export->stick, data, bytes, error) &&
           stick_close_file(export->stick, error);
}

static gboolean write_all(Export *export, GError **error)
{
    char hash[65];
    StickCall *call = export->call;
    gsize length = 0;
    if (call->report) {
        const void *pdf = g_bytes_get_data(call->report, &length);
        return write_bytes(export, "report.pdf", pdf, length, error) &&
               stick_finish(export->stick, error);
    }
    g_autoptr(Journal) journal = journal_open(call->journal, JOURNAL_READ, NULL, error);
    if (!journal)
        return FALSE;
    export->all = journal_head(journal, hash) + journal_audit_head(journal, hash);
    return write_journal(export, journal, error) && write_audit(export, journal, error) &&
           write_bytes(export, "log.txt", call->log, strlen(call->log), error) &&
           stick_finish(export->stick, error);
}

static void handle(gpointer context, Message *request)
{
    StickCall *call = g_steal_pointer(&request->payload);
    Export export = {.events = context, .call = call, .chunk = g_string_new(NULL)};
    export.stick = stick_begin(call->path, call->folder, &call->error);
    call->ok = export.stick && write_all(&export, &call->error);
    call->percent = 100;
    if (call->ok) {
        g_strlcpy(call->folder, stick_folder(export.stick), sizeof call->folder);
        call->files = stick_files(export.stick);
    }
    stick_end(export.stick);
    g_string_free(export.chunk, TRUE);
    call->over = TRUE;
    queue_must_push(context, MESSAGE_STICK, call, (GDestroyNotify)stick_call_free);
}

Worker *stick_worker_start(Queue *events)
{
    static const WorkerRole role = {.handle = handle};
    return worker_start("stick", &role, events);
}
