/* What the menu knows of a machine on a usual day. */
#include "tests/harness/sample_facts.h"
#include "firmware/maintenance/journal_words.h"
#include <string.h>

static void add_staff(MenuFacts *facts, const char *id, gboolean supervisor, gboolean locked)
{
    FactsStaff *one = &facts->staff[facts->n_staff++];
    *one = (FactsStaff){
        .supervisor = supervisor, .locked = locked, .last_login_ms = SAMPLE_WALL_MS - 7200000};
    g_strlcpy(one->id, id, sizeof one->id);
}

static void add_case(MenuFacts *facts, const char *serial, const char *word)
{
    FactsCase *one = &facts->cases[facts->n_cases++];
    *one = (FactsCase){.at_ms = SAMPLE_WALL_MS - 2220000,
                       .before = 1021,
                       .after = facts->n_cases > 1 ? -1 : 1023,
                       .sides = 4};
    g_snprintf(one->key, sizeof one->key, "%zxf9b6a52-6f0e-4f0e-9e57-2f6a2f1e7c11",
               facts->n_cases - 1);
    g_strlcpy(one->serial, serial, sizeof one->serial);
    g_strlcpy(one->word, word, sizeof one->word);
    g_strlcpy(one->reason, "no-evidence", sizeof one->reason);
    g_strlcpy(one->job, facts->n_cases > 1 ? "" : "aborted", sizeof one->job);
}

static void add_test(MenuFacts *facts, const char *part, gboolean ok, const char *result,
                     gint64 age_s)
{
    FactsTest *test = &facts->tests[facts->n_tests++];
    *test = (FactsTest){.ok = ok, .at_ms = SAMPLE_WALL_MS - age_s * 1000};
    g_strlcpy(test->part, part, sizeof test->part);
    g_strlcpy(test->result, result, sizeof test->result);
}

static Config *make_config(void)
{
    Config *config = config_defaults();
    if (!config_set(config, "printer", "uri", "ipp://printer.local/ipp/print", NULL) ||
        !config_set(config, "visit", "card_s", "50", NULL) ||
        !config_set(config, "service", "ca_file",
                    "/etc/kiosk/keys/authorities/sample-city-real-estate-registry/"
                    "central-service-root-2026-to-2036.pem",
                    NULL))
        g_error("sample setting refused");
    return config;
}

void sample_facts_make(MenuFacts *facts, const Checks *checks, PrinterStatus *printer,
                       const ReaderDescription *reader)
{
    *facts = (MenuFacts){.wall_ms = SAMPLE_WALL_MS,
                         .config = make_config(),
                         .checks = checks,
                         .printer = printer,
                         .reader = reader,
                         .issued_today = 21,
                         .clock_off_ms = 112,
                         .certificate_until_ms = SAMPLE_WALL_MS + 86400000LL * 200,
                         .free_bytes = 82627000000,
                         .journal_bytes = 14000000,
                         .journal_entries = 4711,
                         .started_ms = SAMPLE_WALL_MS - 86400000LL * 6,
                         .version = "0.1.0",
                         .commit = "ffae148c20",
                         .template_id = "3f2a91c0b7de",
                         .built_ms = SAMPLE_WALL_MS - 86400000LL * 40,
                         .lines_total = 20,
                         .n_lines = FACTS_LINES_MAX,
                         .stick = TRUE,
                         .percent = -1,
                         .left_s = -1};
    facts->n_changes = 1;
    facts->changes[0] =
        (FactsChange){.option = "printer.uri", .who = "s-01", .at_ms = SAMPLE_WALL_MS - 86400000};
    add_staff(facts, "s-01", TRUE, FALSE);
    add_staff(facts, "t-07", FALSE, FALSE);
    add_staff(facts, "t-08", FALSE, TRUE);
    add_case(facts, "D33000012062", "unsure");
    add_case(facts, "D33000012058", "retracted");
    add_test(facts, "reader", TRUE, "", 7200);
    add_test(facts, "service", TRUE, "180 ms", 20);
    add_test(facts, "printer", TRUE, "idle", 300);
    add_test(facts, "panel", TRUE, "", 86400 * 6);
    *printer = (PrinterStatus){.state = PRINTER_STATE_IDLE,
                               .impressions = 48213,
                               .jobs = 0,
                               .n_reasons = 2,
                               .reasons = {{"marker-supply-low", PRINTER_SEVERITY_WARNING},
                                           {"com.example-odd", PRINTER_SEVERITY_WARNING}}};
}

static const char log_line[] =
    "https://central.sample-city.example:8443/v1/kiosks/A012/status: no answer within 10 000 ms, "
    "the "
    "connection is kept, the next report goes in 60 s; 7 reports wait, the oldest since "
    "2026-06-30T10:12:44+08:00";

/* Of the journal as it reads there; else a long message of the program, and an audit event. */
void sample_facts_fill_lines(MenuFacts *facts, const char *subject, Language language)
{
    static const struct {
        JournalStep step;
        const char *body;
    } entries[FACTS_LINES_MAX] = {
        {JOURNAL_UNSURE, "{\"reason\":\"no-evidence\",\"evidence\":{\"counted\":2,\"sides\":4,"
                         "\"job\":\"aborted\"}}"},
        {JOURNAL_COUNT, "{\"first\":\"D33000012001\",\"counted\":199,\"expected\":200,"
                        "\"who\":\"t-07+s-01\"}"},
        {JOURNAL_SUBMIT, "{\"impressions\":48209}"},
        {JOURNAL_TAKEN, "{}"},
        {JOURNAL_RELEASED, "{\"reason\":\"certificate-live\"}"},
    };
    gboolean journal = subject && g_str_has_prefix(subject, "journal");
    for (gsize i = 0; i < facts->n_lines; i++) {
        FactsLine *line = &facts->lines[i];
        JournalEntry entry = {.step = entries[i].step, .key = "", .body = entries[i].body};
        *line = (FactsLine){.at_ms = SAMPLE_WALL_MS - 60000 * (gint64)i, .bad = i % 2 == 0};
        g_strlcpy(line->what, journal ? journal_step_name(entry.step, language) : "service",
                  sizeof line->what);
        g_strlcpy(line->text, i % 2 ? "t-07 -1200,300 um 0,0 ppm" : log_line, sizeof line->text);
        if (!journal)
            continue;
        char said[JOURNAL_SENTENCE_BYTES];
        journal_say(&entry, language, said);
        gboolean keyed = entry.step != JOURNAL_COUNT;
        g_snprintf(line->text, sizeof line->text, "%s%s%s", keyed ? "D33000012062" : "",
                   !keyed || !*said          ? ""
                   : language == LANGUAGE_EN ? ", "
                                             : "，",
                   said);
    }
}
