/* The evidence in words, as journal and service keep it. */
#include "firmware/issuance/issuance_internal.h"
#include "firmware/issuance/journal_internal.h"

static const char *const job_words[] = {"unknown",  "absent",  "pending",  "processing",
                                        "canceled", "aborted", "completed"};
static const char *const printer_words[] = {"unknown", "idle", "processing", "stopped"};
static const char *const counter_words[] = {"none", "ipp", "snmp"};
static const char *const format_words[] = {"", "image/pwg-raster", "application/pdf"};

static void describe_sent(const PrinterSent *sent, json_t *evidence)
{
    char digest[65];
    for (gsize i = 0; i < sizeof sent->sha256; i++)
        g_snprintf(digest + 2 * i, 3, "%02x", sent->sha256[i]);
    json_object_set_new(evidence, "format", json_string(format_words[sent->format]));
    json_object_set_new(evidence, "sent_bytes", json_integer(sent->bytes));
    json_object_set_new(evidence, "sent_sha256", json_string(digest));
}

json_t *issuance_describe(const Step *s)
{
    Evidence e = issuance_gather(s->m, s->event);
    const char *why = "";
    outcome_decide(&e, &why);
    json_t *evidence = json_pack(
        "{s:s, s:s, s:b, s:i, s:I, s:I, s:I, s:s, s:s, s:b, s:s}", "row", why, "job",
        job_words[e.job], "from_spooler", e.from_spooler, "sides", e.sides, "before",
        (json_int_t)e.before.impressions, "after", (json_int_t)e.after.impressions, "counted",
        (json_int_t)outcome_count(&e.before, &e.after), "uuid", e.after.uuid, "printer",
        printer_words[e.after.state], "clean", e.clean, "sensor", tri_word(e.sensor_saw_all));
    PrinterCounter counter = s->event->printer ? s->event->printer->counter : 0;
    json_object_set_new(evidence, "counter", json_string(counter_words[counter]));
    if (s->event->sent && s->event->sent->bytes > 0)
        describe_sent(s->event->sent, evidence);
    return evidence;
}
