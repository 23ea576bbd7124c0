#include "drivers/cups/reasons.h"
#include <string.h>

gboolean printer_reason_blocks(const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    return row && (row->blocks || reason->severity == PRINTER_SEVERITY_ERROR);
}

/* An error without a row is a warning while the printer goes on, and a doubt where it stopped. */
static gboolean doubts(const PrinterReason *reason, PrinterState state)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    gboolean stopped_for_it =
        reason->severity == PRINTER_SEVERITY_ERROR && state == PRINTER_STATE_STOPPED;
    return row ? row->doubts : stopped_for_it;
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
        if (doubts(&status->reasons[i], status->state))
            return FALSE;
    return status->state != PRINTER_STATE_UNKNOWN;
}

/* Keywords are lower-case letters, digits, '-', '_' and '.' (RFC 8011 5.1.4); some printers use
 * capitals. Anything else could end up in a log or on a screen. */
static gboolean is_keyword(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789-_.") == strlen(text);
}

/* The severity that the end of `text` names, and how long that is; UNKNOWN: none. */
static PrinterSeverity read_suffix(const char *text, gsize *ret_length)
{
    static const struct {
        const char *suffix;
        PrinterSeverity severity;
    } suffixes[] = {
        {"-error", PRINTER_SEVERITY_ERROR},
        {"-warning", PRINTER_SEVERITY_WARNING},
        {"-report", PRINTER_SEVERITY_REPORT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        *ret_length = strlen(suffixes[i].suffix);
        if (g_str_has_suffix(text, suffixes[i].suffix))
            return suffixes[i].severity;
    }
    *ret_length = 0;
    return PRINTER_SEVERITY_UNKNOWN;
}

gboolean reason_parse(const char *text, PrinterReason *ret)
{
    PrinterReason reason = {0};
    gsize suffix = 0;
    if (!is_keyword(text) || !strcmp(text, "none"))
        return FALSE;
    g_strlcpy(reason.keyword, text, sizeof reason.keyword);
    const PrinterReasonRow *row = printer_reason_row(reason.keyword);
    gboolean whole = strlen(text) < sizeof reason.keyword; /* a cut one has lost its suffix */
    if (whole && !row) {                                   /* some keywords end in -error */
        reason.severity = read_suffix(text, &suffix);
        g_autofree char *word = g_strndup(text, strlen(text) - suffix);
        row = printer_reason_row(word);
        if (row)
            g_strlcpy(reason.keyword, word, sizeof reason.keyword);
    }
    if (row && !reason.severity)
        reason.severity = row->blocks ? PRINTER_SEVERITY_ERROR : PRINTER_SEVERITY_WARNING;
    *ret = reason;
    return TRUE;
}

/* Order of importance; what is unknown counts as a warning. */
static int weigh(const PrinterReason *reason)
{
    if (printer_reason_blocks(reason))
        return 3;
    switch (reason->severity) {
    case PRINTER_SEVERITY_ERROR:
        return 2;
    case PRINTER_SEVERITY_WARNING:
    case PRINTER_SEVERITY_UNKNOWN:
        return 1;
    case PRINTER_SEVERITY_REPORT:
        return 0;
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
