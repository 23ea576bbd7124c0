/* What the printer's state reasons mean (RFC 8011 5.4.12, PWG 5100.9 4.2, and this house's own
 * `spooler-` words). */
#include "drivers/cups/reasons.h"
#include <string.h>

static const PrinterReasonRow rows[] = {
    /* Paper */
    {"media-empty", TRUE, FALSE, "printer.media", "printer-media",
     "Load the next booklets into the tray and tell the stock."},
    {"media-needed", TRUE, FALSE, "printer.media", "printer-media",
     "Load the booklets that the printer's panel asks for."},
    {"media-low", FALSE, FALSE, "printer.media", "printer-media",
     "Few booklets are left: bring new ones."},
    {"input-tray-missing", TRUE, FALSE, "printer.media", "printer-media",
     "Push the paper tray in until it clicks."},
    {"input-cannot-feed-size-selected", TRUE, FALSE, "printer.media", "printer-media",
     "Set the tray to the booklet's size; the loaded size differs."},
    {"input-media-size-change", FALSE, FALSE, "printer.media", "printer-media",
     "Check that the tray holds booklets."},
    {"input-manual-input-request", TRUE, FALSE, "printer.media", "printer-media",
     "Switch manual feed off: the kiosk prints from the tray."},
    {"input-pick-roller-missing", TRUE, FALSE, "printer.media", "printer-media",
     "Put the pick roller back."},
    {"input-media-color-change", FALSE, FALSE, "printer.media", "printer-media",
     "Check that the tray holds booklets."},
    {"input-media-form-parts-change", FALSE, FALSE, "printer.media", "printer-media",
     "Check that the tray holds booklets."},
    {"input-media-type-change", FALSE, FALSE, "printer.media", "printer-media",
     "Check that the tray holds booklets."},
    {"input-media-weight-change", FALSE, FALSE, "printer.media", "printer-media",
     "Check that the tray holds booklets."},
    {"input-tray-elevation-failure", TRUE, FALSE, "printer.media", "printer-media",
     "Push the tray in again; call service if its lift does not move."},
    {"input-tray-position-failure", TRUE, FALSE, "printer.media", "printer-media",
     "Push the tray in until it clicks."},
    {"media-drying", FALSE, FALSE, "printer.state", "printer-stopped", "The printer lets ink dry."},
    /* Paper path */
    {"media-jam", TRUE, TRUE, "printer.jam", "printer-stopped",
     "Open the printer, take the booklet out, close it, then settle the booklet."},
    {"media-path-input-jam", TRUE, TRUE, "printer.jam", "printer-stopped",
     "Take the booklet out of the feed."},
    {"media-path-input-feed-error", TRUE, TRUE, "printer.jam", "printer-stopped",
     "Fan the booklets and load them again."},
    {"media-path-input-empty", TRUE, FALSE, "printer.media", "printer-media",
     "Load the next booklets into the tray."},
    {"media-path-failure", TRUE, TRUE, "printer.jam", "printer-stopped",
     "The paper path failed: call the printer's service."},
    {"media-path-pick-roller-missing", TRUE, FALSE, "printer.jam", "printer-stopped",
     "Put the pick roller back."},
    {"media-path-pick-roller-failure", TRUE, FALSE, "printer.jam", "printer-stopped",
     "Change the pick roller."},
    {"media-path-cannot-duplex-media-selected", TRUE, FALSE, "printer.media", "printer-media",
     "The printer cannot turn these booklets: check size and type of the tray."},
    {"media-path-output-full", TRUE, FALSE, "printer.output", "printer-stopped",
     "Empty the printer's outlet."},
    {"media-path-output-feed-error", TRUE, TRUE, "printer.jam", "printer-stopped",
     "Take the booklet out of the outlet."},
    {"media-path-output-jam", TRUE, TRUE, "printer.jam", "printer-stopped",
     "Take the booklet out of the outlet."},
    {"subunit-missing", TRUE, TRUE, "printer.door", "printer-door",
     "Put the missing part of the printer back."},
    {"media-path-media-tray-missing", TRUE, FALSE, "printer.media", "printer-media",
     "Push the paper tray in until it clicks."},
    {"media-path-media-tray-full", FALSE, FALSE, "printer.media", "printer-media",
     "Take some booklets out of the tray."},
    {"media-path-media-tray-almost-full", FALSE, FALSE, "printer.media", "printer-media",
     "Nothing to do."},
    /* Doors */
    {"door-open", TRUE, TRUE, "printer.door", "printer-door", "Close the printer's door."},
    {"cover-open", TRUE, TRUE, "printer.door", "printer-door", "Close the printer's cover."},
    {"interlock-open", TRUE, TRUE, "printer.door", "printer-door",
     "Close every flap of the printer."},
    {"interlock-closed", FALSE, FALSE, "printer.door", "printer-door",
     "A flap was closed: nothing to do."},
    /* Outlet */
    {"output-area-full", TRUE, FALSE, "printer.output", "printer-stopped",
     "Empty the printer's outlet."},
    {"output-area-almost-full", FALSE, FALSE, "printer.output", "printer-stopped",
     "Empty the printer's outlet soon."},
    {"output-tray-missing", TRUE, FALSE, "printer.output", "printer-stopped",
     "Put the output tray back."},
    {"output-mailbox-select-failure", TRUE, TRUE, "printer.output", "printer-stopped",
     "Send prints to the standard outlet."},
    /* Toner, ink and parts that wear */
    {"toner-empty", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Change the toner cartridge."},
    {"toner-low", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The toner ends soon: bring a cartridge."},
    {"marker-supply-empty", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Change the ink or toner cartridge."},
    {"marker-supply-low", FALSE, FALSE, "printer.supply", "printer-supplies",
     "Ink or toner ends soon: bring a cartridge."},
    {"marker-ink-almost-empty", FALSE, FALSE, "printer.supply", "printer-supplies",
     "Ink ends soon: bring a cartridge."},
    {"marker-ink-empty", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Change the ink cartridge."},
    {"marker-waste-full", TRUE, FALSE, "printer.supply", "printer-supplies",
     "Change the waste container."},
    {"marker-waste-almost-full", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The waste container is nearly full."},
    {"marker-waste-ink-receptacle-full", TRUE, FALSE, "printer.supply", "printer-supplies",
     "Change the waste container."},
    {"marker-waste-ink-receptacle-almost-full", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The waste container is nearly full."},
    {"cleaner-life-over", TRUE, FALSE, "printer.supply", "printer-supplies",
     "Change the cleaning unit."},
    {"cleaner-life-almost-over", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The cleaning unit wears out soon."},
    {"developer-empty", TRUE, TRUE, "printer.supply", "printer-supplies", "Change the developer."},
    {"developer-low", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The developer ends soon."},
    {"opc-life-over", TRUE, FALSE, "printer.supply", "printer-supplies", "Change the drum."},
    {"opc-near-eol", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The drum wears out soon."},
    {"fuser-over-temp", TRUE, TRUE, "printer.fuser", "printer-stopped",
     "Let the printer cool down; call service if it stays."},
    {"fuser-under-temp", FALSE, TRUE, "printer.fuser", "printer-stopped",
     "The fuser is warming up; call service if it stays."},
    {"marker-developer-almost-empty", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The developer ends soon."},
    {"marker-developer-empty", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Change the developer."},
    {"marker-print-ribbon-almost-empty", FALSE, FALSE, "printer.supply", "printer-supplies",
     "The ribbon ends soon: bring one."},
    {"marker-print-ribbon-empty", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Change the ribbon."},
    {"marker-toner-cartridge-missing", TRUE, TRUE, "printer.supply", "printer-supplies",
     "Put the toner cartridge in until it clicks."},
    {"marker-waste-toner-receptacle-almost-full", FALSE, FALSE, "printer.supply",
     "printer-supplies", "The waste container is nearly full."},
    {"marker-waste-toner-receptacle-full", TRUE, FALSE, "printer.supply", "printer-supplies",
     "Change the waste container."},
    {"marker-adjusting-print-quality", FALSE, FALSE, "printer.state", "printer-stopped",
     "The printer adjusts itself: wait until it is done."},
    {"marker-fuser-thermistor-failure", TRUE, TRUE, "printer.fuser", "printer-stopped",
     "The fuser failed: call the printer's service."},
    {"marker-fuser-timing-failure", TRUE, TRUE, "printer.fuser", "printer-stopped",
     "The fuser failed: call the printer's service."},
    /* The machine's state */
    {"paused", TRUE, FALSE, "printer.state", "printer-stopped",
     "Press continue on the printer's panel."},
    {"moving-to-paused", TRUE, FALSE, "printer.state", "printer-stopped",
     "Press continue on the printer's panel."},
    {"stopping", FALSE, FALSE, "printer.state", "printer-stopped",
     "The printer is stopping: look at its panel."},
    {"stopped-partly", FALSE, FALSE, "printer.state", "printer-stopped",
     "A part of the printer is stopped: look at its panel."},
    {"shutdown", TRUE, FALSE, "printer.state", "printer-stopped", "Switch the printer on."},
    {"offline", TRUE, FALSE, "printer.state", "printer-stopped",
     "Check the printer's power and cable."},
    {"power-up", FALSE, FALSE, "printer.state", "printer-stopped", "The printer is starting."},
    {"power-down", TRUE, FALSE, "printer.state", "printer-stopped", "Switch the printer on."},
    {"resuming", FALSE, FALSE, "printer.state", "printer-stopped",
     "The printer is starting again."},
    {"testing", TRUE, FALSE, "printer.state", "printer-stopped",
     "The printer tests itself: wait until it is done."},
    {"deactivated", TRUE, FALSE, "printer.state", "printer-stopped",
     "The printer was taken out of service at its panel."},
    {"hold-new-jobs", TRUE, FALSE, "printer.state", "printer-stopped",
     "Printing is held at the printer: release it there."},
    {"connecting-to-device", FALSE, FALSE, "printer.state", "printer-stopped",
     "The printer's engine is being reached."},
    {"timed-out", TRUE, TRUE, "printer.state", "printer-stopped",
     "The printer's engine does not answer: switch it off and on."},
    {"configuration-change", FALSE, FALSE, "printer.state", "printer-stopped",
     "Somebody changed the printer's settings."},
    {"identify-printer-requested", FALSE, FALSE, "printer.state", "printer-stopped",
     "Somebody asked the printer to blink."},
    {"spool-area-full", TRUE, FALSE, "printer.storage", "printer-stopped",
     "The printer's memory is full: switch it off and on."},
    {"alert-removal-of-binary-change-entry", FALSE, FALSE, "printer.state", "printer-stopped",
     "Nothing to do."},
    {"printer-manual-reset", FALSE, FALSE, "printer.state", "printer-stopped",
     "Somebody restarted the printer."},
    {"printer-nms-reset", FALSE, FALSE, "printer.state", "printer-stopped",
     "The network restarted the printer."},
    {"printer-ready-to-print", FALSE, FALSE, "printer.state", "printer-stopped", "Nothing to do."},
    {"interpreter-resource-unavailable", TRUE, TRUE, "printer.state", "printer-stopped",
     "The printer ran out of memory for a page: switch it off and on."},
    {"interpreter-complex-page-encountered", FALSE, TRUE, "printer.state", "printer-stopped",
     "A page was too much for the printer's memory: look at the last print."},
    {"interpreter-memory-decrease", FALSE, FALSE, "printer.state", "printer-stopped",
     "The printer has less memory than before."},
    {"interpreter-memory-increase", FALSE, FALSE, "printer.state", "printer-stopped",
     "Nothing to do."},
    {"interpreter-cartridge-added", FALSE, FALSE, "printer.state", "printer-stopped",
     "Somebody changed the printer's cartridges of fonts."},
    {"interpreter-cartridge-deleted", FALSE, FALSE, "printer.state", "printer-stopped",
     "Somebody changed the printer's cartridges of fonts."},
    {"interpreter-resource-added", FALSE, FALSE, "printer.state", "printer-stopped",
     "Nothing to do."},
    {"interpreter-resource-deleted", FALSE, FALSE, "printer.state", "printer-stopped",
     "Nothing to do."},
    /* The print spooler between kiosk and printer */
    {"spooler-down", TRUE, FALSE, "printer.spooler", "printer-stopped",
     "The print spooler does not answer: restart it."},
    {"spooler-stopped", TRUE, FALSE, "printer.spooler", "printer-stopped",
     "The spooler's queue was stopped: cancel its jobs, then start the queue."},
    {"spooler-busy", FALSE, FALSE, "printer.spooler", "printer-stopped",
     "A job waits in the spooler's queue."},
};

/* Parts of a finisher, and what can be said of each: "stapler-cover-open" (PWG 5100.9 4.2). */
static const char *const subunits[] = {
    "bander",        "binder",        "die-cutter", "folder",  "imprinter",
    "inserter",      "make-envelope", "perforater", "puncher", "separation-cutter",
    "sheet-rotator", "slitter",       "stacker",    "stapler", "stitcher",
    "subunit",       "trimmer",       "wrapper",
};

static const PrinterReasonRow conditions[] = {
    {"added", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "A part was added: nothing to do."},
    {"removed", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "A part of the finisher was removed: put it back."},
    {"almost-empty", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher runs low: refill it."},
    {"empty", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher is empty; the kiosk does not use it."},
    {"almost-full", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher is nearly full."},
    {"full", TRUE, FALSE, "printer.finisher", "printer-stopped", "Empty the finisher."},
    {"near-limit", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher is nearly full."},
    {"at-limit", TRUE, FALSE, "printer.finisher", "printer-stopped", "Empty the finisher."},
    {"closed", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"opened", TRUE, TRUE, "printer.finisher", "printer-stopped", "Close the finisher."},
    {"cover-closed", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"cover-open", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "Close the cover of the finisher."},
    {"interlock-closed", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"interlock-open", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "Close every flap of the finisher."},
    {"configuration-change", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "Somebody changed the settings of the finisher."},
    {"jam", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "Open the finisher, take the booklet out, then settle the booklet."},
    {"life-almost-over", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "A part of the finisher wears out soon."},
    {"life-over", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "A part of the finisher is worn out: call service."},
    {"memory-exhausted", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "The finisher ran out of memory: switch the printer off and on."},
    {"missing", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "A part of the finisher is missing; the kiosk does not use it."},
    {"motor-failure", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "The finisher failed: call the printer's service."},
    {"offline", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher is switched off; the kiosk does not use it."},
    {"over-temperature", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "Let the printer cool down; call service if it stays."},
    {"under-temperature", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The printer is warming up."},
    {"power-saver", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"warming-up", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The printer is warming up."},
    {"recoverable-failure", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "Look at the printer's panel."},
    {"unrecoverable-failure", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "The finisher failed: call the printer's service."},
    {"recoverable-storage-error", TRUE, FALSE, "printer.finisher", "printer-stopped",
     "Look at the printer's panel."},
    {"unrecoverable-storage-error", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "The printer's storage failed: call its service."},
    {"resource-added", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"resource-removed", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
    {"thermistor-failure", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "A sensor of the printer failed: call its service."},
    {"timing-failure", TRUE, TRUE, "printer.finisher", "printer-stopped",
     "The finisher failed: call the printer's service."},
    {"turned-off", FALSE, FALSE, "printer.finisher", "printer-stopped",
     "The finisher is switched off; the kiosk does not use it."},
    {"turned-on", FALSE, FALSE, "printer.finisher", "printer-stopped", "Nothing to do."},
};

static const PrinterReasonRow *find_row(const PrinterReasonRow *table, gsize count,
                                        const char *keyword)
{
    for (gsize i = 0; i < count; i++)
        if (!strcmp(table[i].keyword, keyword))
            return &table[i];
    return NULL;
}

const PrinterReasonRow *printer_reason_row(const char *keyword)
{
    const PrinterReasonRow *row = find_row(rows, G_N_ELEMENTS(rows), keyword);
    for (gsize i = 0; !row && i < G_N_ELEMENTS(subunits); i++) {
        gsize length = strlen(subunits[i]);
        if (!strncmp(keyword, subunits[i], length) && keyword[length] == '-')
            row = find_row(conditions, G_N_ELEMENTS(conditions), keyword + length + 1);
    }
    return row;
}

gboolean printer_reason_blocks(const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    return reason->severity == PRINTER_SEVERITY_ERROR || (row && row->blocks);
}

gboolean printer_reason_doubts(const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    return row ? row->doubts : reason->severity == PRINTER_SEVERITY_ERROR;
}

gboolean printer_can_print(const PrinterStatus *status)
{
    for (gsize i = 0; i < status->n_reasons; i++)
        if (printer_reason_blocks(&status->reasons[i]))
            return FALSE;
    return status->state != PRINTER_STATE_STOPPED && status->state != PRINTER_STATE_UNKNOWN;
}

gboolean printer_is_clean(const PrinterStatus *status)
{
    for (gsize i = 0; i < status->n_reasons; i++)
        if (printer_reason_doubts(&status->reasons[i]))
            return FALSE;
    return status->state != PRINTER_STATE_UNKNOWN;
}

static gboolean strip(char *keyword, const char *suffix)
{
    if (!g_str_has_suffix(keyword, suffix))
        return FALSE;
    keyword[strlen(keyword) - strlen(suffix)] = '\0';
    return TRUE;
}

/* Keywords are lower-case letters, digits, '-', '_' and '.' (RFC 8011 5.1.4); some printers use
 * capitals. Anything else could end up in a log or on a screen. */
static gboolean is_keyword(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789-_.") == strlen(text);
}

gboolean reason_parse(const char *text, PrinterReason *ret)
{
    static const struct {
        const char *suffix;
        PrinterSeverity severity;
    } suffixes[] = {
        {"-error", PRINTER_SEVERITY_ERROR},
        {"-warning", PRINTER_SEVERITY_WARNING},
        {"-report", PRINTER_SEVERITY_REPORT},
    };
    PrinterReason reason = {0};
    if (!is_keyword(text) || !strcmp(text, "none"))
        return FALSE;
    g_strlcpy(reason.keyword, text, sizeof reason.keyword);
    gboolean whole = strlen(text) < sizeof reason.keyword; /* a cut one has lost its suffix */
    if (whole && !printer_reason_row(reason.keyword))      /* some keywords end in -error */
        for (gsize i = 0; i < G_N_ELEMENTS(suffixes) && !reason.severity; i++)
            if (strip(reason.keyword, suffixes[i].suffix))
                reason.severity = suffixes[i].severity;
    const PrinterReasonRow *row = printer_reason_row(reason.keyword);
    if (row && !reason.severity)
        reason.severity = row->blocks ? PRINTER_SEVERITY_ERROR : PRINTER_SEVERITY_WARNING;
    *ret = reason;
    return TRUE;
}

/* Order of importance; what is unknown counts as a warning. */
static int weigh(const PrinterReason *reason)
{
    switch (reason->severity) {
    case PRINTER_SEVERITY_ERROR:
        return 4;
    case PRINTER_SEVERITY_WARNING:
    case PRINTER_SEVERITY_UNKNOWN:
        return printer_reason_blocks(reason) ? 3 : 1;
    case PRINTER_SEVERITY_REPORT:
        return printer_reason_blocks(reason) ? 3 : 0;
    }
    return 0;
}

void reason_add(PrinterStatus *status, const PrinterReason *reason)
{
    gsize lightest = 0;
    if (status->n_reasons < G_N_ELEMENTS(status->reasons)) {
        status->reasons[status->n_reasons++] = *reason;
        return;
    }
    for (gsize i = 1; i < status->n_reasons; i++)
        if (weigh(&status->reasons[i]) < weigh(&status->reasons[lightest]))
            lightest = i;
    if (weigh(reason) > weigh(&status->reasons[lightest]))
        status->reasons[lightest] = *reason;
}
