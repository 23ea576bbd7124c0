#include "firmware/maintenance/readiness.h"
#include <stdio.h>
#include <string.h>

#define SUPPLY_LOW_PERCENT 10

const char *check_state_word(CheckState state)
{
    static const char *const words[] = {"unknown", "ok", "warn", "bad"};
    return (unsigned)state < G_N_ELEMENTS(words) ? words[state] : words[0];
}

static G_GNUC_PRINTF(6, 7) void add(Checks *checks, const char *id, CheckState state,
                                    const char *reason, Mender who, const char *format, ...)
{
    if (checks->count >= CHECKS_MAX)
        return;
    Check *check = &checks->items[checks->count++];
    *check = (Check){.state = state, .who = who};
    g_strlcpy(check->id, id, sizeof check->id);
    g_strlcpy(check->reason, reason, sizeof check->reason);
    va_list args;
    va_start(args, format);
    vsnprintf(check->sentence, sizeof check->sentence, format, args);
    va_end(args);
}

static CheckState from_tri(Tri good)
{
    return good == TRI_YES ? CHECK_OK : good == TRI_NO ? CHECK_BAD : CHECK_UNKNOWN;
}

static void check_reader(const ReadinessInput *input, Checks *checks)
{
    static const char *const absences[] = {
        [READER_ABSENCE_UNKNOWN] = "no reader answers: check its cable and power",
        [READER_ABSENCE_NONE] = "no reader is plugged in: check its cable",
        [READER_ABSENCE_SEVERAL] = "more than one reader is plugged in: unplug the others, or name "
                                   "one in [reader] bus_path or serial",
        [READER_ABSENCE_SILENT] =
            "a reader is plugged in but does not answer: switch its power off "
            "and on",
        [READER_ABSENCE_UNUSABLE] =
            "a reader is plugged in but cannot be opened: install the rules "
            "of `kiosk udev-rules`",
    };
    gboolean gone = input->reader == TRI_NO;
    gboolean several = gone && input->absence == READER_ABSENCE_SEVERAL;
    add(checks, "reader.attached", from_tri(input->reader),
        several ? "reader-several" : "reader-absent", MENDER_TECHNICIAN, "%s",
        gone                       ? absences[input->absence]
        : input->reader == TRI_YES ? "attached and answering"
                                   : "not looked for yet");
}

static void check_printer_reason(const PrinterReason *reason, Checks *checks)
{
    if (!strcmp(reason->keyword, "none"))
        return;
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    if (!row) {
        add(checks, "printer.other", CHECK_WARN, "printer-stopped", MENDER_TECHNICIAN,
            "reports %s, which is not in our table: look at its own panel", reason->keyword);
        return;
    }
    gboolean blocks = printer_reason_blocks(reason);
    add(checks, row->check, blocks ? CHECK_BAD : CHECK_WARN, row->citizen, MENDER_TECHNICIAN,
        "%s: %s", reason->keyword, row->technician);
}

/* What it is: for whoever stands before it or is on the telephone about it. */
static void check_printer_found(const PrinterStatus *printer, Checks *checks)
{
    char counter[48] = "no counter";
    if (printer->impressions >= 0)
        g_snprintf(counter, sizeof counter, "%" G_GINT64_FORMAT " sides (%s)", printer->impressions,
                   printer->counter == PRINTER_COUNTER_SNMP ? "snmp" : "ipp");
    add(checks, "printer.reachable", CHECK_OK, "printer-unreachable", MENDER_TECHNICIAN,
        "%s, %s %s, %s", printer_state_word(printer->state),
        *printer->model ? printer->model : "model unknown", printer->firmware, counter);
}

/* The configuration against what this printer can do. */
static void check_printer_setup(const PrinterStatus *printer, Checks *checks)
{
    if (*printer->setup_error)
        add(checks, "printer.setup", CHECK_BAD, "printer-stopped", MENDER_TECHNICIAN, "%s",
            printer->setup_error);
    else if (printer->format == PRINTER_FORMAT_PWG)
        add(checks, "printer.setup", CHECK_OK, "printer-stopped", MENDER_TECHNICIAN,
            "takes raster, %d dots an inch", printer->dpi);
    else
        add(checks, "printer.setup", printer->format ? CHECK_OK : CHECK_UNKNOWN, "starting",
            MENDER_TECHNICIAN, printer->format ? "takes PDF" : "what it can do is not known yet");
    if (printer->from_spooler)
        add(checks, "printer.evidence", CHECK_WARN, "printer-stopped", MENDER_TECHNICIAN,
            "speaks no IPP: only its counter or a person proves a print");
    else if (printer->impressions < 0)
        add(checks, "printer.evidence", CHECK_WARN, "printer-stopped", MENDER_TECHNICIAN,
            "has no page counter: each print must be confirmed by a person");
}

static void check_printer_state(const PrinterStatus *printer, Checks *checks)
{
    if (printer->state == PRINTER_STATE_STOPPED || printer->state == PRINTER_STATE_UNKNOWN)
        add(checks, "printer.stopped", CHECK_BAD, "printer-stopped", MENDER_TECHNICIAN,
            "state %s: mend what its panel shows, then resume it",
            printer_state_word(printer->state));
    if (printer->accepting == TRI_NO)
        add(checks, "printer.stopped", CHECK_BAD, "printer-stopped", MENDER_TECHNICIAN,
            "accepts no jobs: enable it on its panel");
    if (printer->jobs > 0)
        add(checks, "printer.idle", CHECK_BAD, "starting", MENDER_UNKNOWN,
            "%d jobs that are not ours wait in it: they are being cancelled", printer->jobs);
    else if (printer->state == PRINTER_STATE_PROCESSING)
        add(checks, "printer.idle", CHECK_BAD, "starting", MENDER_UNKNOWN,
            "is at work: wait until it is idle");
    if (printer->media_ready == TRI_NO)
        add(checks, "printer.media", CHECK_BAD, "printer-media", MENDER_TECHNICIAN,
            "the booklets' size is not in its tray: load booklets, or set the tray's size");
}

static void check_supplies(const PrinterStatus *printer, Checks *checks)
{
    for (gsize i = 0; i < printer->n_supplies; i++)
        if (printer->supplies[i].percent >= 0)
            add(checks, "printer.supply",
                printer->supplies[i].percent < SUPPLY_LOW_PERCENT ? CHECK_WARN : CHECK_OK,
                "printer-supplies", MENDER_TECHNICIAN, "%s: %d %% left", printer->supplies[i].name,
                printer->supplies[i].percent);
}

static void check_printer(const ReadinessInput *input, Checks *checks)
{
    const PrinterStatus *printer = &input->printer;
    if (!input->printer_answered) {
        add(checks, "printer.reachable", input->printer_asked ? CHECK_BAD : CHECK_UNKNOWN,
            "printer-unreachable", MENDER_TECHNICIAN,
            input->printer_asked ? "no answer: check its power, cable and [printer] uri"
                                 : "not asked yet");
        return;
    }
    check_printer_found(printer, checks);
    for (gsize i = 0; i < printer->n_reasons; i++)
        check_printer_reason(&printer->reasons[i], checks);
    check_printer_state(printer, checks);
    check_printer_setup(printer, checks);
    check_supplies(printer, checks);
}

/* The scanner looks at the blank on top all the time, not only before it prints. */
static gboolean scanner_disagrees(const ReadinessInput *input)
{
    return !input->stock_reason && input->cabinet.can_scan == TRI_YES &&
           strcmp(input->cabinet.scanned_serial, input->next_serial);
}

static void check_stock(const ReadinessInput *input, Checks *checks)
{
    if (scanner_disagrees(input))
        add(checks, "stock.next", CHECK_BAD, "stock-position", MENDER_TECHNICIAN,
            "next is %s, but the scanner reads %s: put it on top, or declare it spoiled or lost",
            input->next_serial,
            input->cabinet.scanned_serial[0] ? input->cabinet.scanned_serial : "nothing");
    else if (!input->stock_reason)
        add(checks, "stock.next", CHECK_OK, "stock-empty", MENDER_TECHNICIAN, "next is %s",
            input->next_serial);
    else if (!strcmp(input->stock_reason, "stock-position"))
        add(checks, "stock.next", CHECK_BAD, "stock-position", MENDER_TECHNICIAN,
            "nobody knows which blank is on top: read its number, then kiosk stock next SERIAL");
    else if (!strcmp(input->stock_reason, "stock-count"))
        add(checks, "stock.next", CHECK_BAD, "stock-position", MENDER_TECHNICIAN,
            "the journal lost entries: two people count each batch, kiosk stock count FIRST N");
    else if (!strcmp(input->stock_reason, "stock-mismatch"))
        add(checks, "stock.next", CHECK_BAD, "stock-position", MENDER_TECHNICIAN,
            "the last count differs from the account: find the booklets, or declare them lost");
    else if (!strcmp(input->stock_reason, "stock-reserved"))
        add(checks, "stock.next", CHECK_BAD, "starting", MENDER_TECHNICIAN,
            "the top booklet waits for the service's answer to its release");
    else
        add(checks, "stock.next", CHECK_BAD, "stock-empty", MENDER_TECHNICIAN,
            "no booklet left: load some, then kiosk stock load FIRST-LAST");
}

static void check_storage(const ReadinessInput *input, Checks *checks)
{
    gboolean fine = !input->journal_error[0];
    add(checks, "journal.writable", fine ? CHECK_OK : CHECK_BAD, "journal", MENDER_TECHNICIAN, "%s",
        fine ? "writable, chain verified at start" : input->journal_error);
    add(checks, "document.template", from_tri(input->document), "starting", MENDER_TECHNICIAN, "%s",
        input->document == TRI_NO ? input->document_error : "fonts and template");
    if (input->settling || input->job_open)
        add(checks, "issuance.settled", CHECK_BAD, "starting", MENDER_TECHNICIAN,
            "an issuance is being settled: wait, or look at kiosk journal list");
    if (input->unsure)
        add(checks, "issuance.unsure", CHECK_WARN, "unsure-pending", MENDER_ATTENDANT,
            "%u unsure: two people settle them at the service's desk", input->unsure);
    if (input->unreported)
        add(checks, "outbox.empty", CHECK_WARN, "starting", MENDER_UNKNOWN,
            "%u reports wait for the service; they are sent by themselves", input->unreported);
}

static void check_service(const ReadinessInput *input, Checks *checks)
{
    const char *refused = strcmp(input->service_reason, SERVICE_RESTORING) ? "service-refused"
                                                                          : "service-unreachable";
    add(checks, "service.reachable", from_tri(input->service), "service-unreachable",
        MENDER_TECHNICIAN, "%s",
        input->service != TRI_NO  ? "mutual TLS, kept alive"
        : input->service_error[0] ? input->service_error
                                  : "no answer: check the network");
    if (input->service == TRI_YES)
        add(checks, "service.open", from_tri(input->service_wants_open),
            input->service_wants_open == TRI_NO ? refused : "starting", MENDER_ATTENDANT,
            input->service_wants_open == TRI_NO ? "the service wants this kiosk closed: %s"
                                                : "the service lets it open%s",
            input->service_reason);
    add(checks, "clock.trusted", from_tri(input->clock), "clock", MENDER_TECHNICIAN,
        input->clock == TRI_NO ? "more than 5 s off the service's time: set the clock"
                               : "compared with the service's time");
}

void readiness_check(const ReadinessInput *input, Checks *ret)
{
    ret->count = 0;
    check_storage(input, ret);
    check_stock(input, ret);
    check_printer(input, ret);
    check_reader(input, ret);
    check_service(input, ret);
    if (input->out_of_service)
        add(ret, "machine.service", CHECK_BAD, "maintenance", MENDER_TECHNICIAN,
            "taken out of service: put it back in the maintenance menu");
    if (input->cabinet.door_shut == TRI_NO)
        add(ret, "cabinet.door", CHECK_BAD, "door", MENDER_TECHNICIAN, "the door is open: shut it");
    if (input->cabinet.retract_full == TRI_YES)
        add(ret, "cabinet.retract", CHECK_BAD, "maintenance", MENDER_ATTENDANT,
            "the retract bin is full: empty it and count");
    /* The next release would open the shutter over both. */
    gboolean may_lie_there = input->cabinet.can_release == TRI_YES &&
                             (input->retract_failed || input->cabinet.can_retract != TRI_YES);
    if (input->retained && may_lie_there && input->cabinet.slot_empty == TRI_UNKNOWN)
        add(ret, "cabinet.retained", CHECK_BAD, "maintenance", MENDER_ATTENDANT,
            "a booklet was not taken and may lie in the slot: take it out, then two people settle "
            "it");
    if (input->cabinet.slot_empty == TRI_NO)
        add(ret, "cabinet.slot", CHECK_BAD, "maintenance", MENDER_ATTENDANT,
            "something lies in the slot: take it out and account for it");
}

const Check *readiness_first_bad(const Checks *checks)
{
    for (gsize i = 0; i < checks->count; i++)
        if (checks->items[i].state == CHECK_BAD || checks->items[i].state == CHECK_UNKNOWN)
            return &checks->items[i];
    return NULL;
}
