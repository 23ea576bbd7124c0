/* A machine that dies again and again stays out of service until a technician has looked. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include <string.h>

/* When crashes were found, in milliseconds since 1970, a blank behind each; then, while the machine
 * runs, RUNS: a start that reads it finds that the one before has crashed. */
#define NOTE "crashes"
#define RUNS "running"
#define WINDOW_MS (10 * 60 * 1000)

/* One that lies in the future counts, too: only the clock was set back. */
guint loop_starts_fold(const char *note, gint64 wall_ms, GString *ret)
{
    guint crashes = 0;
    g_auto(GStrv) words = g_strsplit(note ? note : "", " ", -1);
    for (char **word = words; *word; word++) {
        gint64 at_ms = strcmp(*word, RUNS) ? g_ascii_strtoll(*word, NULL, 10) : wall_ms;
        if (at_ms <= 0 || wall_ms - at_ms > WINDOW_MS)
            continue;
        g_string_append_printf(ret, "%" G_GINT64_FORMAT " ", at_ms);
        crashes++;
    }
    return crashes;
}

static gboolean write_note(Loop *loop, const char *text, gboolean out, GError **error)
{
    const JournalNote notes[] = {{NOTE, text}, {LOOP_NOTE_OUT, "crashes"}};
    AuditDraft event;
    staff_event(AUDIT_SERVICE_OUT, NULL, NULL, "crashes", text, &event);
    const JournalBatch batch = {
        .events = &event, .n_events = out, .notes = notes, .n_notes = out ? 2 : 1};
    return journal_write(ledger_journal(loop->ledger), &batch, clock_wall_ms(), error);
}

gboolean loop_starts_begin(Loop *loop, GError **error)
{
    guint limit = (guint)config_int(loop->config, "kiosk", "crashes");
    g_autoptr(GString) text = g_string_new("");
    g_autofree char *note = journal_get_note(ledger_journal(loop->ledger), NOTE, NULL);
    guint crashes = loop_starts_fold(note, clock_wall_ms(), text);
    gboolean out = limit > 0 && crashes >= limit;
    if (out) {
        log_error("kiosk",
                  "died %u times within ten minutes: out of service; look at the log, then put it "
                  "back in the maintenance menu",
                  crashes);
        g_string_truncate(text, 0);
    }
    g_string_append(text, RUNS);
    return write_note(loop, text->str, out, error);
}

void loop_starts_end(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *note = journal_get_note(ledger_journal(loop->ledger), NOTE, &error);
    if (loop->journal_failed || !note || !g_str_has_suffix(note, RUNS))
        return;
    note[strlen(note) - strlen(RUNS)] = '\0';
    if (!write_note(loop, note, FALSE, &error))
        log_warn("journal", "%s: this end counts as a crash", error->message);
}
