#include "drivers/cups/reasons.h"
#include <string.h>

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
