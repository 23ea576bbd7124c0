/* What a printer or a spooler may answer by IPP: state, supplies, abilities, jobs. */
#include "drivers/cups/abilities.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void check_plain(const char *text, gsize size)
{
    FUZZ_CHECK(memchr(text, '\0', size) != NULL);
    for (; *text; text++)
        FUZZ_CHECK(g_ascii_isprint(*text));
}

/* Whatever comes, a status is bounded, printable, and of values that the contract names. */
static void read_status(ipp_t *answer)
{
    PrinterStatus status;
    ipp_answer_status(answer, 167000, 240000, &status);
    FUZZ_CHECK(status.state <= PRINTER_STATE_STOPPED && status.impressions >= -1);
    FUZZ_CHECK(status.up_time_s >= -1 && status.jobs >= -1);
    FUZZ_CHECK((status.impressions < 0) == (status.counter == PRINTER_COUNTER_UNKNOWN));
    FUZZ_CHECK(status.n_reasons <= G_N_ELEMENTS(status.reasons));
    FUZZ_CHECK(status.n_supplies <= G_N_ELEMENTS(status.supplies));
    check_plain(status.uuid, sizeof status.uuid);
    for (gsize i = 0; i < status.n_reasons; i++) {
        check_plain(status.reasons[i].keyword, sizeof status.reasons[i].keyword);
        FUZZ_CHECK(*status.reasons[i].keyword &&
                   status.reasons[i].severity <= PRINTER_SEVERITY_ERROR);
    }
    for (gsize i = 0; i < status.n_supplies; i++) {
        check_plain(status.supplies[i].name, sizeof status.supplies[i].name);
        FUZZ_CHECK(status.supplies[i].percent >= -1 && status.supplies[i].percent <= 100);
    }
    (void)(printer_can_print(&status) && printer_is_clean(&status));
}

/* A printer either can do what is wanted, or there is a sentence that says what it cannot. */
static void read_abilities(ipp_t *answer, const Wish *wish)
{
    Abilities abilities;
    abilities_read(answer, wish, &abilities);
    check_plain(abilities.error, sizeof abilities.error);
    check_plain(abilities.model, sizeof abilities.model);
    check_plain(abilities.firmware, sizeof abilities.firmware);
    FUZZ_CHECK(*abilities.error || abilities.format != PRINTER_FORMAT_UNKNOWN);
    FUZZ_CHECK((abilities.format == PRINTER_FORMAT_PWG) == (abilities.dpi > 0));
    FUZZ_CHECK(abilities.dpi <= wish->dpi_max);
}

static void read_jobs(ipp_t *answer)
{
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    FUZZ_CHECK(jobs->len <= IPP_ANSWER_JOBS_MAX);
    for (guint i = 0; i < jobs->len; i++) {
        const IppJob *job = &g_array_index(jobs, IppJob, i);
        FUZZ_CHECK(job->id > 0 && job->impressions >= -1);
        FUZZ_CHECK(memchr(job->name, '\0', sizeof job->name) != NULL);
        PrinterJobStatus found = ipp_jobs_find(jobs, job->name);
        FUZZ_CHECK(found.state != JOB_STATE_ABSENT && found.impressions >= -1);
        FUZZ_CHECK(!ipp_job_is_live(job->state) || ipp_job_is_live(found.state));
        if (i > 16)
            break;
    }
}

static const Wish wishes[] = {
    {.sides = "one-sided", .tray = "", .quality = 4, .dpi_max = 600},
    {.sides = "two-sided-long-edge",
     .tray = "main",
     .quality = 5,
     .format = PRINTER_FORMAT_PDF,
     .dpi_max = 300,
     .width_um = 167000,
     .height_um = 240000},
};

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL, refusal = NULL;
    g_autoptr(ipp_t) answer = ipp_answer_decode(bytes, length, &error);
    FUZZ_CHECK_ERROR(answer, error);
    if (!answer)
        return 0;
    gboolean good = ipp_answer_check(answer, "printer", "Get-Jobs", &refusal);
    FUZZ_CHECK_ERROR(good, refusal);
    if (refusal)
        check_plain(refusal->message, strlen(refusal->message) + 1);
    read_status(answer);
    for (gsize i = 0; i < G_N_ELEMENTS(wishes); i++)
        read_abilities(answer, &wishes[i]);
    read_jobs(answer);
    return 0;
}
