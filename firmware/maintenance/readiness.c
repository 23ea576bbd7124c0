#include "firmware/maintenance/readiness_table.h"
#include "firmware/issuance/journal.h"
#include <stdio.h>
#include <string.h>

#define SUPPLY_LOW_PERCENT 10
#define DISK_LOW_BYTES (200 * 1000 * 1000LL)
#define MEGABYTE 1000000

const char *check_state_word(CheckState state)
{
    static const char *const words[] = {"unknown", "ok", "warn", "bad"};
    return (unsigned)state < G_N_ELEMENTS(words) ? words[state] : words[0];
}

static void fill(Check *check, const char *word, CheckState state, const char *value,
                 const char *more)
{
    const CheckRow *row = check_row(word);
    *check = (Check){.state = state, .who = row->who};
    g_strlcpy(check->id, row->id, sizeof check->id);
    g_strlcpy(check->reason, row->reason, sizeof check->reason);
    g_strlcpy(check->word, word, sizeof check->word);
    g_strlcpy(check->value, value ? value : "", sizeof check->value);
    g_strlcpy(check->more, more ? more : "", sizeof check->more);
}

static void add_about(Checks *checks, const char *word, CheckState state, const char *value,
                      const char *more)
{
    if (checks->count < CHECKS_MAX)
        fill(&checks->items[checks->count++], word, state, value, more);
}

static void add(Checks *checks, const char *word, CheckState state)
{
    add_about(checks, word, state, NULL, NULL);
}

static void add_number(Checks *checks, const char *word, CheckState state, gint64 value)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
    add_about(checks, word, state, text, NULL);
}

static void check_reader(const ReadinessInput *input, Checks *checks)
{
    static const char *const absences[] = {
        [READER_ABSENCE_UNKNOWN] = "reader.gone",       [READER_ABSENCE_NONE] = "reader.none",
        [READER_ABSENCE_SEVERAL] = "reader.several",    [READER_ABSENCE_SILENT] = "reader.silent",
        [READER_ABSENCE_UNUSABLE] = "reader.unusable",
    };
    if (input->reader == TRI_NO)
        add(checks, absences[input->absence], CHECK_BAD);
    else if (input->reader == TRI_YES)
        add_about(checks, *input->described.path ? "reader.found" : "reader.ok", CHECK_OK,
                  input->described.path, input->described.transport);
    else
        add(checks, "reader.unasked", CHECK_UNKNOWN);
}

/* The printer's own table names check and closed word; sentences are one a check. */
static void fill_reason(Check *check, const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    CheckState state = printer_reason_blocks(reason) ? CHECK_BAD : CHECK_WARN;
    fill(check, row ? row->check : "printer.other", state, reason->keyword, NULL);
    if (row)
        g_strlcpy(check->reason, row->citizen, sizeof check->reason);
}

static void check_printer_reason(const PrinterReason *reason, Checks *checks)
{
    if (strcmp(reason->keyword, "none") != 0 && checks->count < CHECKS_MAX)
        fill_reason(&checks->items[checks->count++], reason);
}

void readiness_say_reason(const PrinterReason *reason, Language language, char *ret, gsize bytes)
{
    Check check;
    fill_reason(&check, reason);
    check_say_whole(&check, language, ret, bytes);
}

const char *readiness_reason_id(const PrinterReason *reason)
{
    const PrinterReasonRow *row = printer_reason_row(reason->keyword);
    return check_row(row ? row->check : "printer.other")->id;
}

/* What it is: for whoever stands before it or is on the telephone about it. */
static void check_printer_found(const PrinterStatus *printer, Checks *checks)
{
    char counter[48], what[240];
    gboolean counts = printer->impressions >= 0;
    gboolean named = *printer->model || *printer->firmware;
    g_snprintf(counter, sizeof counter, "%" G_GINT64_FORMAT " (%s)", printer->impressions,
               printer->counter == PRINTER_COUNTER_SNMP ? "SNMP" : "IPP");
    g_snprintf(what, sizeof what, "%s%s%s", printer->model,
               *printer->model && *printer->firmware ? " " : "", printer->firmware);
    add_about(checks,
              counts ? (named ? "printer.found" : "printer.unnamed")
                     : (named ? "printer.uncounted" : "printer.unknown"),
              CHECK_OK, what, counts ? counter : NULL);
}

/* The configuration against what this printer can do. */
static void check_printer_setup(const PrinterStatus *printer, Checks *checks)
{
    if (*printer->setup_error)
        add_about(checks, "printer.unable", CHECK_BAD, printer->setup_error, NULL);
    else if (printer->format == PRINTER_FORMAT_PWG)
        add_number(checks, "printer.raster", CHECK_OK, printer->dpi);
    else if (printer->format)
        add(checks, "printer.pdf", CHECK_OK);
    else
        add(checks, "printer.abilities", CHECK_UNKNOWN);
    if (printer->from_spooler)
        add(checks, "printer.no-ipp", CHECK_WARN);
    else if (printer->impressions < 0)
        add(checks, "printer.no-counter", CHECK_WARN);
}

static void check_printer_state(const PrinterStatus *printer, Checks *checks)
{
    if (printer->state == PRINTER_STATE_STOPPED || printer->state == PRINTER_STATE_UNKNOWN)
        add_about(checks, "printer.stopped", CHECK_BAD, printer_state_word(printer->state), NULL);
    if (printer->accepting == TRI_NO)
        add(checks, "printer.refusing", CHECK_BAD);
    if (printer->jobs > 0)
        add_number(checks, "printer.strangers", CHECK_BAD, printer->jobs);
    else if (printer->state == PRINTER_STATE_PROCESSING)
        add(checks, "printer.working", CHECK_BAD);
    if (printer->media_ready == TRI_NO)
        add_about(checks, *printer->media_found ? "printer.other-size" : "printer.size", CHECK_BAD,
                  printer->media_wanted, printer->media_found);
}

static void check_supplies(const PrinterStatus *printer, Checks *checks)
{
    for (gsize i = 0; i < printer->n_supplies; i++) {
        const PrinterSupply *supply = &printer->supplies[i];
        char percent[8];
        g_snprintf(percent, sizeof percent, "%d", supply->percent);
        if (supply->percent >= 0)
            add_about(checks, "printer.level",
                      supply->percent < SUPPLY_LOW_PERCENT ? CHECK_WARN : CHECK_OK, supply->name,
                      percent);
    }
}

static void check_printer(const ReadinessInput *input, Checks *checks)
{
    const PrinterStatus *printer = &input->printer;
    if (!input->printer_answered) {
        const char *word = !input->printer_asked    ? "printer.unasked"
                           : *input->printer_error ? "printer.failed"
                                                   : "printer.silent";
        add_about(checks, word, input->printer_asked ? CHECK_BAD : CHECK_UNKNOWN,
                  input->printer_error, NULL);
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
    static const struct {
        const char *reason, *word;
    } troubles[] = {{"stock-position", "stock.position"},
                    {"stock-count", "stock.count"},
                    {"stock-mismatch", "stock.mismatch"},
                    {"stock-reserved", "stock.reserved"}};
    const char *word = "stock.empty";
    if (scanner_disagrees(input)) {
        gboolean blind = !input->cabinet.scanned_serial[0];
        add_about(checks, blind ? "stock.scanner-blind" : "stock.scanner", CHECK_BAD,
                  input->next_serial, input->cabinet.scanned_serial);
        return;
    }
    if (!input->stock_reason) {
        add_about(checks, "stock.next", CHECK_OK, input->next_serial, NULL);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(troubles); i++)
        if (!strcmp(input->stock_reason, troubles[i].reason))
            word = troubles[i].word;
    add(checks, word, CHECK_BAD);
}

static void check_disk(const ReadinessInput *input, Checks *checks)
{
    char left[24], needed[24];
    gboolean full = input->free_bytes < JOURNAL_FREE_BYTES;
    gboolean low = input->free_bytes < DISK_LOW_BYTES;
    if (input->free_bytes < 0)
        return; /* the journal's own check says what is wrong with the folder */
    g_snprintf(left, sizeof left, "%" G_GINT64_FORMAT, input->free_bytes / MEGABYTE);
    g_snprintf(needed, sizeof needed, "%d", JOURNAL_FREE_BYTES / MEGABYTE + 1);
    add_about(checks,
              full  ? "disk.full"
              : low ? "disk.low"
                    : "disk.ok",
              full  ? CHECK_BAD
              : low ? CHECK_WARN
                    : CHECK_OK,
              left, needed);
}

static void check_storage(const ReadinessInput *input, Checks *checks)
{
    gboolean fine = !input->journal_error[0];
    check_disk(input, checks);
    add_about(checks, fine ? "journal.ok" : "journal.bad", fine ? CHECK_OK : CHECK_BAD,
              input->journal_error, NULL);
    if (input->audit_cut[0]) {
        g_autofree char *event = g_strndup(input->audit_cut, strcspn(input->audit_cut, ":"));
        add_about(checks, "audit.cut", CHECK_WARN, event, NULL);
    }
    if (input->document == TRI_NO)
        add_about(checks, "document.bad", CHECK_BAD, input->document_error, NULL);
    else
        add(checks, "document.ok", input->document == TRI_YES ? CHECK_OK : CHECK_UNKNOWN);
    if (input->settling || input->job_open)
        add(checks, "issuance.settling", CHECK_BAD);
    if (input->unsure > input->retained)
        add_number(checks, "issuance.unsure", CHECK_WARN, input->unsure - input->retained);
    if (input->retained)
        add_number(checks, "issuance.retained", CHECK_WARN, input->retained);
    if (input->unreported)
        add_number(checks, "outbox.waiting", CHECK_WARN, input->unreported);
}

static void check_clock(const ReadinessInput *input, Checks *checks)
{
    if (input->clock == TRI_NO)
        add_number(checks, "clock.off", CHECK_BAD, input->clock_off_ms / 1000);
    else
        add(checks, input->clock == TRI_YES ? "clock.ok" : "clock.unasked",
            input->clock == TRI_YES ? CHECK_OK : CHECK_UNKNOWN);
}

/* What a call that was not answered means to a technician. */
static const char *find_silence(const ReadinessInput *input)
{
    static const struct {
        KioskError fault;
        const char *sentence;
    } silences[] = {
        {KIOSK_ERROR_UNAVAILABLE, "service.silent"},
        {KIOSK_ERROR_SIGNATURE, "service.stranger"},
        {KIOSK_ERROR_TIMEOUT, "service.late"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(silences); i++)
        if (silences[i].fault == (KioskError)input->service_fault)
            return silences[i].sentence;
    return input->service_error[0] ? "service.failed" : "service.silent";
}

static void check_service(const ReadinessInput *input, Checks *checks)
{
    gboolean restoring = !strcmp(input->service_reason, SERVICE_RESTORING);
    if (input->service == TRI_YES)
        add(checks, "service.ok", CHECK_OK);
    else if (input->service == TRI_UNKNOWN)
        add(checks, "service.unasked", CHECK_UNKNOWN);
    else
        add_about(checks, find_silence(input), CHECK_BAD, input->service_error, NULL);
    if (input->service == TRI_YES && input->service_wants_open == TRI_NO)
        add_about(checks, restoring ? "service.restoring" : "service.refuses", CHECK_BAD,
                  input->service_reason, NULL);
    else if (input->service == TRI_YES)
        add(checks, input->service_wants_open == TRI_YES ? "service.lets" : "service.unheard",
            input->service_wants_open == TRI_YES ? CHECK_OK : CHECK_UNKNOWN);
    check_clock(input, checks);
}

static void check_cabinet(const ReadinessInput *input, Checks *checks)
{
    const CabinetStatus *cabinet = &input->cabinet;
    if (cabinet->door_shut != TRI_UNKNOWN)
        add(checks, cabinet->door_shut == TRI_YES ? "cabinet.shut" : "cabinet.door",
            cabinet->door_shut == TRI_YES ? CHECK_OK : CHECK_BAD);
    if (cabinet->retract_full == TRI_YES)
        add(checks, "cabinet.retract", CHECK_BAD);
    /* The next release would open the shutter over both. What did not move although it should has
     * proved the sensor wrong, if that sees nothing: two people settle the booklet. */
    gboolean may_lie_there = input->retract_failed || (cabinet->can_retract != TRI_YES &&
                                                       cabinet->slot_empty == TRI_UNKNOWN);
    if (input->retained && cabinet->can_release == TRI_YES && may_lie_there)
        add(checks, "cabinet.retained", CHECK_BAD);
    if (cabinet->slot_empty == TRI_NO)
        add(checks, "cabinet.slot", CHECK_BAD);
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
        add(ret, "machine.out", CHECK_BAD);
    check_cabinet(input, ret);
}

void readiness_end_waiting(Checks *checks, gint64 waited_ms)
{
    for (gsize i = 0; i < checks->count; i++) {
        Check *check = &checks->items[i];
        int deadline_ms = check_deadline_ms(check->id);
        if (check->state != CHECK_UNKNOWN || !deadline_ms || waited_ms < deadline_ms)
            continue;
        g_strlcpy(check->word, "late", sizeof check->word);
        g_snprintf(check->value, sizeof check->value, "%d", deadline_ms / 1000);
    }
}

void readiness_add_setup_fault(Checks *checks, const char *part, const char *fault)
{
    gsize kept = MIN(checks->count, CHECKS_MAX - 1);
    memmove(checks->items + 1, checks->items, kept * sizeof checks->items[0]);
    checks->count = kept + 1;
    fill(&checks->items[0], "setup.part", CHECK_BAD, fault, NULL);
    g_snprintf(checks->items[0].id, sizeof checks->items[0].id, "setup.%s", part);
}

const Check *readiness_first_bad(const Checks *checks)
{
    for (gsize i = 0; i < checks->count; i++)
        if (checks->items[i].state == CHECK_BAD || checks->items[i].state == CHECK_UNKNOWN)
            return &checks->items[i];
    return NULL;
}
