/* Every driver there is: one line each. */
#include "drivers/cabinet.h"
#include "drivers/printer.h"
#include "drivers/reader.h"
#include <string.h>

extern const ReaderDriver samv_reader, none_reader;
extern const PrinterDriver cups_printer, none_printer;
extern const CabinetDriver virtual_cabinet, none_cabinet;

const ReaderDriver *const reader_drivers[] = {
    &samv_reader,
    &none_reader,
    NULL,
};

const PrinterDriver *const printer_drivers[] = {
    &cups_printer,
    &none_printer,
    NULL,
};

const CabinetDriver *const cabinet_drivers[] = {
    &virtual_cabinet,
    &none_cabinet,
    NULL,
};

const ReaderDriver *reader_driver_find(const char *name)
{
    for (const ReaderDriver *const *driver = reader_drivers; *driver; driver++)
        if (!strcmp((*driver)->name, name))
            return *driver;
    return NULL;
}

const PrinterDriver *printer_driver_find(const char *name)
{
    for (const PrinterDriver *const *driver = printer_drivers; *driver; driver++)
        if (!strcmp((*driver)->name, name))
            return *driver;
    return NULL;
}

const CabinetDriver *cabinet_driver_find(const char *name)
{
    for (const CabinetDriver *const *driver = cabinet_drivers; *driver; driver++)
        if (!strcmp((*driver)->name, name))
            return *driver;
    return NULL;
}

#define WORD_OF(words, value) ((gsize)(value) < G_N_ELEMENTS(words) ? words[value] : words[0])

const char *reader_event_word(ReaderEventType type)
{
    static const char *const words[] = {
        [READER_EVENT_UNKNOWN] = "unknown",         [READER_EVENT_NONE] = "none",
        [READER_EVENT_ATTACHED] = "attached",       [READER_EVENT_DETACHED] = "detached",
        [READER_EVENT_CARD_FOUND] = "card-found",   [READER_EVENT_CARD_READ] = "card-read",
        [READER_EVENT_CARD_FAILED] = "card-failed", [READER_EVENT_CARD_LEFT] = "card-left",
    };
    return WORD_OF(words, type);
}

const char *reader_failure_word(ReaderFailure failure)
{
    static const char *const words[] = {
        [READER_FAILURE_UNKNOWN] = "unknown",
        [READER_FAILURE_MOVED] = "moved",
        [READER_FAILURE_LINK] = "link",
        [READER_FAILURE_UNREADABLE] = "unreadable",
        [READER_FAILURE_NOT_GENUINE] = "not-genuine",
        [READER_FAILURE_EXPIRED] = "expired",
        [READER_FAILURE_FUTURE] = "future",
        [READER_FAILURE_WRONG_TYPE] = "wrong-type",
    };
    return WORD_OF(words, failure);
}

const char *reader_absence_word(ReaderAbsence absence)
{
    static const char *const words[] = {
        [READER_ABSENCE_UNKNOWN] = "unknown", [READER_ABSENCE_NONE] = "none",
        [READER_ABSENCE_SEVERAL] = "several", [READER_ABSENCE_SILENT] = "silent",
        [READER_ABSENCE_UNUSABLE] = "unusable",
    };
    return WORD_OF(words, absence);
}

const char *reader_counter_word(ReaderCounter counter)
{
    static const char *const words[] = {
        [READER_COUNTER_UNKNOWN] = "unknown", [READER_COUNTER_READ] = "read",
        [READER_COUNTER_FAILED] = "failed",   [READER_COUNTER_SILENT] = "silent",
        [READER_COUNTER_GARBLED] = "garbled", [READER_COUNTER_CABLE] = "cable",
        [READER_COUNTER_RESET] = "reset",     [READER_COUNTER_RECONNECTED] = "reconnected",
    };
    return WORD_OF(words, counter);
}

const char *printer_state_word(PrinterState state)
{
    static const char *const words[] = {
        [PRINTER_STATE_UNKNOWN] = "unknown",
        [PRINTER_STATE_IDLE] = "idle",
        [PRINTER_STATE_PROCESSING] = "processing",
        [PRINTER_STATE_STOPPED] = "stopped",
    };
    return WORD_OF(words, state);
}

const char *job_state_word(JobState state)
{
    static const char *const words[] = {
        [JOB_STATE_UNKNOWN] = "unknown",     [JOB_STATE_ABSENT] = "absent",
        [JOB_STATE_PENDING] = "pending",     [JOB_STATE_PROCESSING] = "processing",
        [JOB_STATE_CANCELED] = "canceled",   [JOB_STATE_ABORTED] = "aborted",
        [JOB_STATE_COMPLETED] = "completed",
    };
    return WORD_OF(words, state);
}

const char *printer_format_word(PrinterFormat format)
{
    static const char *const words[] = {
        [PRINTER_FORMAT_UNKNOWN] = "",
        [PRINTER_FORMAT_PWG] = "image/pwg-raster",
        [PRINTER_FORMAT_PDF] = "application/pdf",
    };
    return WORD_OF(words, format);
}

const char *printer_counter_word(PrinterCounter counter)
{
    static const char *const words[] = {
        [PRINTER_COUNTER_UNKNOWN] = "none",
        [PRINTER_COUNTER_IPP] = "ipp",
        [PRINTER_COUNTER_SNMP] = "snmp",
    };
    return WORD_OF(words, counter);
}
