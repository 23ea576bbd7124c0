/* What the printer's state reasons mean (RFC 8011 5.4.12, PWG 5100.9 4.2, and this house's own
 * `spooler-` words). */
#include "drivers/cups/reasons.h"
#include <string.h>

static const PrinterReasonRow rows[] = {
    /* Paper */
    {"media-empty", TRUE, "printer.media",
     "Load the next booklets into the tray and tell the stock."},
    {"media-needed", TRUE, "printer.media", "Load the booklets that the printer's panel asks for."},
    {"media-low", FALSE, "printer.media", "Few booklets are left: bring new ones."},
    {"input-tray-missing", TRUE, "printer.media", "Push the paper tray in until it clicks."},
    {"input-cannot-feed-size-selected", TRUE, "printer.media",
     "Set the tray to the booklet's size; the loaded size differs."},
    {"input-media-size-change", FALSE, "printer.media", "Check that the tray holds booklets."},
    {"input-manual-input-request", TRUE, "printer.media",
     "Switch manual feed off: the kiosk prints from the tray."},
    {"input-pick-roller-missing", TRUE, "printer.media", "Put the pick roller back."},
    /* Paper path */
    {"media-jam", TRUE, "printer.jam",
     "Open the printer, take the booklet out, close it, then settle the booklet."},
    {"media-path-input-jam", TRUE, "printer.jam", "Take the booklet out of the feed."},
    {"media-path-input-feed-error", TRUE, "printer.jam", "Fan the booklets and load them again."},
    {"media-path-input-empty", TRUE, "printer.media", "Load the next booklets into the tray."},
    {"media-path-failure", TRUE, "printer.jam",
     "The paper path failed: call the printer's service."},
    {"media-path-pick-roller-missing", TRUE, "printer.jam", "Put the pick roller back."},
    {"media-path-pick-roller-failure", TRUE, "printer.jam", "Change the pick roller."},
    {"media-path-cannot-duplex-media-selected", TRUE, "printer.media",
     "The printer cannot turn these booklets: check size and type of the tray."},
    {"media-path-output-full", TRUE, "printer.output", "Empty the printer's outlet."},
    {"media-path-output-feed-error", TRUE, "printer.jam", "Take the booklet out of the outlet."},
    {"media-path-output-jam", TRUE, "printer.jam", "Take the booklet out of the outlet."},
    {"subunit-missing", TRUE, "printer.door", "Put the missing part of the printer back."},
    /* Doors */
    {"door-open", TRUE, "printer.door", "Close the printer's door."},
    {"cover-open", TRUE, "printer.door", "Close the printer's cover."},
    {"interlock-open", TRUE, "printer.door", "Close every flap of the printer."},
    {"interpreter-resource-unavailable", FALSE, "printer.state", "Look at the printer's panel."},
    /* Outlet */
    {"output-area-full", TRUE, "printer.output", "Empty the printer's outlet."},
    {"output-area-almost-full", FALSE, "printer.output", "Empty the printer's outlet soon."},
    {"output-tray-missing", TRUE, "printer.output", "Put the output tray back."},
    /* Toner, ink and parts that wear */
    {"toner-empty", TRUE, "printer.supply", "Change the toner cartridge."},
    {"toner-low", FALSE, "printer.supply", "The toner ends soon: bring a cartridge."},
    {"marker-supply-empty", TRUE, "printer.supply", "Change the ink or toner cartridge."},
    {"marker-supply-low", FALSE, "printer.supply", "Ink or toner ends soon: bring a cartridge."},
    {"marker-ink-almost-empty", FALSE, "printer.supply", "Ink ends soon: bring a cartridge."},
    {"marker-ink-empty", TRUE, "printer.supply", "Change the ink cartridge."},
    {"marker-waste-full", TRUE, "printer.supply", "Change the waste container."},
    {"marker-waste-almost-full", FALSE, "printer.supply", "The waste container is nearly full."},
    {"marker-waste-ink-receptacle-full", TRUE, "printer.supply", "Change the waste container."},
    {"marker-waste-ink-receptacle-almost-full", FALSE, "printer.supply",
     "The waste container is nearly full."},
    {"cleaner-life-over", TRUE, "printer.supply", "Change the cleaning unit."},
    {"cleaner-life-almost-over", FALSE, "printer.supply", "The cleaning unit wears out soon."},
    {"developer-empty", TRUE, "printer.supply", "Change the developer."},
    {"developer-low", FALSE, "printer.supply", "The developer ends soon."},
    {"opc-life-over", TRUE, "printer.supply", "Change the drum."},
    {"opc-near-eol", FALSE, "printer.supply", "The drum wears out soon."},
    {"fuser-over-temp", TRUE, "printer.fuser",
     "Let the printer cool down; call service if it stays."},
    {"fuser-under-temp", FALSE, "printer.fuser",
     "The fuser is warming up; call service if it stays."},
    /* The machine's state */
    {"paused", TRUE, "printer.state", "Press continue on the printer's panel."},
    {"moving-to-paused", TRUE, "printer.state", "Press continue on the printer's panel."},
    {"stopping", FALSE, "printer.state", "The printer is stopping: look at its panel."},
    {"stopped-partly", FALSE, "printer.state",
     "A part of the printer is stopped: look at its panel."},
    {"shutdown", TRUE, "printer.state", "Switch the printer on."},
    {"offline", TRUE, "printer.state", "Check the printer's power and cable."},
    {"power-up", FALSE, "printer.state", "The printer is starting."},
    {"power-down", TRUE, "printer.state", "Switch the printer on."},
    {"resuming", FALSE, "printer.state", "The printer is starting again."},
    {"testing", TRUE, "printer.state", "The printer tests itself: wait until it is done."},
    {"deactivated", TRUE, "printer.state", "The printer was taken out of service at its panel."},
    {"hold-new-jobs", TRUE, "printer.state", "Printing is held at the printer: release it there."},
    {"connecting-to-device", FALSE, "printer.state", "The printer's engine is being reached."},
    {"timed-out", TRUE, "printer.state",
     "The printer's engine does not answer: switch it off and on."},
    {"configuration-change", FALSE, "printer.state", "Somebody changed the printer's settings."},
    {"identify-printer-requested", FALSE, "printer.state", "Somebody asked the printer to blink."},
    {"spool-area-full", TRUE, "printer.storage",
     "The printer's memory is full: switch it off and on."},
    {"alert-removal-of-binary-change-entry", FALSE, "printer.state", "Nothing to do."},
    {"other", FALSE, "printer.state", "Look at the printer's panel."},
    {"unknown", FALSE, "printer.state", "Look at the printer's panel."},
    /* The print spooler between kiosk and printer */
    {"spooler-down", TRUE, "printer.spooler", "The print spooler does not answer: restart it."},
    {"spooler-stopped", TRUE, "printer.spooler",
     "The spooler's queue was stopped: cancel its jobs, then start the queue."},
    {"spooler-busy", FALSE, "printer.spooler", "A job waits in the spooler's queue."},
};

const PrinterReasonRow *printer_reason_row(const char *keyword)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!strcmp(rows[i].keyword, keyword))
            return &rows[i];
    return NULL;
}

gboolean printer_reason_blocks(const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    return reason->severity == PRINTER_SEVERITY_ERROR || (row && row->blocks);
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
    if (strlen(text) < sizeof reason.keyword) /* a cut keyword has lost its suffix */
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
