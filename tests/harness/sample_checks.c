#include "tests/harness/sample_checks.h"
#include "firmware/maintenance/readiness_table.h"
#include <string.h>

static const struct {
    const char *word, *value, *more;
} examples[] = {
    {"reader.found", "3-1.4.2", "B"},
    {"printer.found", "Example 2000 1.2", "48213 (IPP)"},
    {"printer.failed", "printer: printer.local: port 631 refuses connections", ""},
    {"printer.media", "media-empty", ""},
    {"printer.jam", "media-jam", ""},
    {"printer.door", "door-open", ""},
    {"printer.supply", "marker-supply-empty", ""},
    {"printer.output", "output-area-full", ""},
    {"printer.fuser", "fuser-over-temp", ""},
    {"printer.state", "paused", ""},
    {"printer.storage", "spool-area-full", ""},
    {"printer.finisher", "interlock-open", ""},
    {"printer.spooler", "cups-insecure-filter-warning", ""},
    {"printer.other", "com.example-odd", ""},
    {"printer.stopped", "stopped", ""},
    {"printer.strangers", "2", ""},
    {"printer.unable", "[printer] tray: tray-4 is not among tray-1, tray-2, by-pass-tray", ""},
    {"printer.raster", "600", ""},
    {"printer.level", "Black toner", "8"},
    {"stock.next", "D33000012064", ""},
    {"stock.scanner", "D33000012064", "D33000012066"},
    {"stock.scanner-blind", "D33000012064", ""},
    {"disk.ok", "82627", "11"},
    {"disk.low", "140", "11"},
    {"disk.full", "3", "11"},
    {"journal.bad", "journal: disk I/O error", ""},
    {"document.bad", "fonts: NotoSerifCJKsc-Regular.otf: no such file", ""},
    {"issuance.unsure", "2", ""},
    {"issuance.retained", "1", ""},
    {"outbox.waiting", "7", ""},
    {"service.refuses", "inventory until 14:00", ""},
    {"service.restoring", "restoring", ""},
    {"clock.off", "90", ""},
    {"setup.part", "[printer] tray: tray-4 is not among tray-1, tray-2, by-pass-tray", ""},
    {"late", "8", ""},
};

static void add(Checks *checks, const char *word, CheckState state)
{
    const CheckRow *row = check_row(word);
    Check *check = &checks->items[checks->count++];
    *check = (Check){.state = state, .who = row->who};
    g_strlcpy(check->id, row->id, sizeof check->id);
    g_strlcpy(check->reason, row->reason, sizeof check->reason);
    g_strlcpy(check->word, word, sizeof check->word);
    for (gsize i = 0; i < G_N_ELEMENTS(examples); i++)
        if (!strcmp(examples[i].word, word)) {
            g_strlcpy(check->value, examples[i].value, sizeof check->value);
            g_strlcpy(check->more, examples[i].more, sizeof check->more);
        }
}

static const char *const fine[] = {"disk.ok",        "journal.ok",   "document.ok", "stock.next",
                                   "printer.found",  "reader.found", "service.ok",  "clock.ok",
                                   "printer.raster", "service.lets", "printer.pdf", "reader.ok",
                                   "cabinet.shut", "printer.uncounted", "printer.unnamed",
                                   "printer.unknown"};

#define GOOD_DAY 10 /* of them are said together */

gboolean sample_check_is_fine(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++)
        if (!strcmp(fine[i], word))
            return TRUE;
    return FALSE;
}

void sample_checks(const char *word, CheckState state, Checks *ret)
{
    ret->count = 0;
    for (gsize i = 0; i < GOOD_DAY; i++)
        if (!word || strcmp(check_row(fine[i])->id, check_row(word)->id) != 0)
            add(ret, fine[i], CHECK_OK);
    if (!word || strcmp(check_row(word)->id, "printer.supply") != 0) {
        add(ret, "printer.level", CHECK_OK);
        g_strlcpy(ret->items[ret->count - 1].more, "82", sizeof ret->items[0].more);
    }
    if (word)
        add(ret, word, state);
}
