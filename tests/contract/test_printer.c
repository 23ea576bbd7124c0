/* The contract of drivers/printer.h, for each way a job can go: `test_printer device` sends it to
 * the printer itself, `test_printer queue` through the spooler. */
#include "firmware/base/clock.h"
#include "tests/contract/printer_fates.h"
#include "tests/contract/printer_rig.h"
#include "tests/testing.h"
#include <netinet/in.h>
#include <string.h>

#define TIMEOUT_MS 2000
#define SHORT_MS 400

static RigWay way;
static Printer *printer;

static void open_rig(void)
{
    rig_reset();
    printer = rig_open(TIMEOUT_MS);
}

static void close_rig(void)
{
    rig_driver->close(printer);
    printer = NULL;
}

static SubmitResult submit_named(const char *name, GError **error)
{
    const PrinterJob job = {.name = name,
                            .document = rig_document(),
                            .format = PRINTER_FORMAT_PDF,
                            .width_um = 167000,
                            .height_um = 240000,
                            .impressions = RIG_SIDES};
    return rig_driver->submit(printer, &job, NULL, error);
}

static PrinterStatus get_status(void)
{
    PrinterStatus status;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(rig_driver->get_status(printer, &status, &error), "%s",
                  error ? error->message : "");
    return status;
}

static gboolean has_reason(const PrinterStatus *status, const char *keyword)
{
    for (gsize i = 0; i < status->n_reasons; i++)
        if (!strcmp(status->reasons[i].keyword, keyword))
            return TRUE;
    return FALSE;
}

static PrinterJobStatus get_job(const char *name)
{
    PrinterJobStatus job;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(rig_driver->get_job(printer, name, &job, &error), "%s",
                  error ? error->message : "");
    return job;
}

/* Looks until the job is in `state` with so many sides printed, at most 6 s. */
static void wait_for_job(const char *name, JobState state, int impressions)
{
    PrinterJobStatus job = get_job(name);
    for (int i = 0; i < 600 && (job.state != state || job.impressions != impressions); i++) {
        g_usleep(10000);
        PrinterJobStatus now;
        if (rig_driver->get_job(printer, name, &now, NULL)) /* it may be off for a moment */
            job = now;
    }
    ck_assert_msg(job.state == state && job.impressions == impressions,
                  "%s with %d sides instead of %s with %d", job_state_word(job.state),
                  job.impressions, job_state_word(state), impressions);
}

static void wait_for_reason(const char *keyword)
{
    PrinterStatus status = get_status();
    for (int i = 0; i < 300 && !has_reason(&status, keyword); i++) {
        g_usleep(10000);
        status = get_status();
    }
    ck_assert_msg(has_reason(&status, keyword), "%s does not come", keyword);
}

/* A backend may take a while to end; until then cancelling is not done, and is asked again. */
static void cancel_in_the_end(const char *name)
{
    g_autoptr(GError) why = NULL;
    for (int i = 0; i < 10; i++) {
        g_clear_error(&why);
        if (rig_driver->cancel_job(printer, name, &why))
            return;
        ck_assert_msg(kiosk_error_is(why, KIOSK_ERROR_TIMEOUT), "%s: %s", name, why->message);
    }
    ck_abort_msg("%s: %s", name, why->message);
}

static gboolean is_live(JobState state)
{
    return state == JOB_STATE_PENDING || state == JOB_STATE_PROCESSING ||
           state == JOB_STATE_UNKNOWN;
}

START_TEST(every_fate_of_a_job_is_told_and_nothing_comes_out_after_cancelling)
{
    g_autoptr(GError) error = NULL;
    const int before = rig_sides();
    const char *name = fates[_i].name;
    if (fates[_i].before)
        rig_command("%s", fates[_i].before);
    SubmitResult result = submit_named("key", &error);
    ck_assert_msg(result == fates[_i].submit[way], "%s: submit gave %d: %s", name, result,
                  error ? error->message : "");
    ck_assert_msg((result == SUBMIT_TAKEN) == (error == NULL), "%s", name);
    wait_for_job("key", fates[_i].state[way], fates[_i].impressions);
    if (fates[_i].reason)
        wait_for_reason(fates[_i].reason);
    cancel_in_the_end("key");
    PrinterJobStatus job = get_job("key");
    ck_assert_msg(job.state == fates[_i].end[way], "%s: ends %s", name, job_state_word(job.state));
    ck_assert_msg(!is_live(job.queue_state), "%s: queue %s", name, job_state_word(job.queue_state));
    rig_command("clear");
    rig_command("accepting 1");
    g_usleep(5 * RIG_PAGE_MS * 1000);
    ck_assert_int_eq(rig_sides() - before, MAX(fates[_i].impressions, 0));
    PrinterStatus status = get_status();
    ck_assert_msg(!has_reason(&status, "spooler-stopped"), "%s", name);
}
END_TEST

START_TEST(the_printer_gets_the_same_bytes_and_the_exact_size)
{
    int width_hmm = 0, height_hmm = 0;
    ck_assert_int_eq(submit_named("key", NULL), SUBMIT_TAKEN);
    wait_for_job("key", JOB_STATE_COMPLETED, RIG_SIDES);
    g_autoptr(GBytes) received = rig_received("key", &width_hmm, &height_hmm);
    ck_assert_ptr_nonnull(received);
    ck_assert(g_bytes_equal(received, rig_document()));
    ck_assert_int_eq(width_hmm, 16700);
    ck_assert_int_eq(height_hmm, 24000);
}
END_TEST

START_TEST(status_tells_state_reasons_media_and_counter)
{
    PrinterStatus before = get_status();
    ck_assert_int_eq(before.state, PRINTER_STATE_IDLE);
    ck_assert_int_eq(before.accepting, TRI_YES);
    ck_assert_int_eq(before.media_ready, TRI_YES);
    ck_assert_int_eq(before.jobs, 0);
    ck_assert_uint_eq(before.n_reasons, 0);
    ck_assert(g_str_has_prefix(before.uuid, "urn:uuid:"));
    ck_assert_int_ge(before.up_time_s, 0);
    rig_command("reasons toner-low-warning,x-flux-report");
    rig_command("media iso_a4_210x297mm");
    rig_command("state stopped");
    PrinterStatus after = get_status();
    ck_assert_int_eq(after.state, PRINTER_STATE_STOPPED);
    ck_assert_int_eq(after.media_ready, TRI_NO);
    ck_assert(has_reason(&after, "toner-low"));
    ck_assert(has_reason(&after, "x-flux-report"));
    ck_assert(has_reason(&after, "paused"));
}
END_TEST

START_TEST(a_counter_that_lags_sticks_or_is_absent_is_passed_on_as_it_is)
{
    gint64 start = get_status().impressions;
    rig_command("counter lag");
    ck_assert_int_eq(submit_named("key", NULL), SUBMIT_TAKEN);
    wait_for_job("key", JOB_STATE_COMPLETED, RIG_SIDES);
    ck_assert_int_lt(get_status().impressions, start + RIG_SIDES);
    g_usleep(800000);
    ck_assert_int_eq(get_status().impressions, start + RIG_SIDES);
    rig_command("counter absent");
    ck_assert_int_eq(get_status().impressions, -1);
    rig_command("counter ok");
    rig_command("counter reset");
    ck_assert_int_eq(get_status().impressions, 0);
}
END_TEST

START_TEST(a_power_cycle_shows_in_uptime_and_counter_and_the_job_is_absent)
{
    PrinterStatus before = get_status();
    rig_command("plan page=3 fault=power-cycle once");
    ck_assert_int_eq(submit_named("key", NULL), SUBMIT_TAKEN);
    wait_for_job("key", JOB_STATE_ABSENT, -1);
    g_usleep(1100000); /* an older up-time than this could still be the same second */
    PrinterStatus after = get_status();
    ck_assert_str_eq(after.uuid, before.uuid);
    ck_assert_int_le(after.up_time_s, 3);
    ck_assert_int_eq(after.impressions - before.impressions, 2);
    ck_assert(rig_driver->cancel_job(printer, "key", NULL));
    ck_assert_int_eq(get_job("key").state, JOB_STATE_ABSENT);
}
END_TEST

/* No answer, in every way there is: unknown within the deadline, and no paper. */
static const struct {
    const char *net;
    KioskError code;
} silences[] = {
    {"refuse", KIOSK_ERROR_UNAVAILABLE},
    {"reset", KIOSK_ERROR_UNAVAILABLE},
    {"hang", KIOSK_ERROR_TIMEOUT},
    {"drip", KIOSK_ERROR_TIMEOUT},
};

START_TEST(a_printer_that_does_not_answer_is_unknown_within_the_deadline)
{
    g_autoptr(GError) error = NULL, job_error = NULL, cancel_error = NULL;
    PrinterStatus status;
    PrinterJobStatus job;
    Printer *hasty = rig_open(SHORT_MS);
    ck_assert(rig_driver->get_status(hasty, &status, NULL));
    rig_command("net %s", silences[_i].net);
    gint64 start = clock_monotonic_ms();
    ck_assert(!rig_driver->get_status(hasty, &status, &error));
    ck_assert(!rig_driver->get_job(hasty, "key", &job, &job_error));
    ck_assert(!rig_driver->cancel_job(hasty, "key", &cancel_error));
    ck_assert_int_le(clock_monotonic_ms() - start, 3 * SHORT_MS + 400);
    ck_assert_msg(kiosk_error_is(error, silences[_i].code), "%s", error->message);
    ck_assert(job_error != NULL && cancel_error != NULL);
    ck_assert_int_eq(status.state, PRINTER_STATE_UNKNOWN);
    ck_assert_int_eq(status.impressions, -1);
    ck_assert_int_eq(job.state, JOB_STATE_UNKNOWN);
    ck_assert_int_eq(job.impressions, -1);
    rig_command("net ok");
    ck_assert_msg(rig_driver->get_status(hasty, &status, NULL), "does not come back");
    rig_driver->close(hasty);
}
END_TEST

START_TEST(the_shortest_wait_that_may_be_configured_reaches_printer_and_spooler)
{
    int reached = 0;
    for (int i = 0; i < 5 && !reached; i++) { /* a busy machine may take longer */
        PrinterStatus status;
        Printer *hasty = rig_open(200);
        reached += rig_driver->get_status(hasty, &status, NULL) &&
                   status.state == PRINTER_STATE_IDLE && !has_reason(&status, "spooler-down");
        rig_driver->close(hasty);
    }
    ck_assert_int_eq(reached, 1);
}
END_TEST

START_TEST(a_job_for_a_printer_that_does_not_answer_is_not_printed_later)
{
    g_autoptr(GError) error = NULL;
    int before = rig_sides();
    rig_command("net refuse");
    SubmitResult result = submit_named("key", &error);
    ck_assert_int_eq(result, way == RIG_QUEUE ? SUBMIT_TAKEN : SUBMIT_REFUSED);
    ck_assert(!rig_driver->cancel_job(printer, "key", NULL));
    rig_command("net ok");
    g_autoptr(GError) why = NULL;
    ck_assert_msg(rig_driver->cancel_job(printer, "key", &why), "%s", why ? why->message : "");
    g_usleep(300000);
    ck_assert_int_eq(get_job("key").state, JOB_STATE_ABSENT);
    ck_assert_int_eq(rig_sides(), before);
}
END_TEST

START_TEST(a_printer_that_hangs_while_printing_is_cancelled_once_it_answers)
{
    int before = rig_sides();
    Printer *hasty = rig_open(SHORT_MS);
    rig_command("plan page=2 fault=hang");
    ck_assert_int_eq(submit_named("key", NULL), SUBMIT_TAKEN);
    while (rig_sides() == before)
        g_usleep(5000);
    g_usleep(2 * RIG_PAGE_MS * 1000);
    ck_assert(!rig_driver->cancel_job(hasty, "key", NULL));
    rig_driver->close(hasty);
    rig_command("page_ms 400");
    rig_command("clear");
    g_autoptr(GError) why = NULL;
    ck_assert_msg(rig_driver->cancel_job(printer, "key", &why), "%s", why ? why->message : "");
    ck_assert_int_eq(get_job("key").state, JOB_STATE_CANCELED);
    ck_assert_int_le(rig_sides() - before, 2);
}
END_TEST

START_TEST(other_jobs_are_cancelled_and_the_kept_one_is_not)
{
    g_autoptr(GError) why = NULL;
    int before = rig_sides();
    rig_command("state stopped");
    ck_assert_int_eq(submit_named("stale", NULL), SUBMIT_TAKEN);
    wait_for_job("stale", JOB_STATE_PENDING, 0);
    ck_assert_msg(rig_driver->cancel_others(printer, "stale", &why), "%s", why ? why->message : "");
    ck_assert_int_eq(get_job("stale").state, JOB_STATE_PENDING);
    ck_assert_msg(rig_driver->cancel_others(printer, "mine", &why), "%s", why ? why->message : "");
    ck_assert_int_eq(get_job("stale").state, JOB_STATE_CANCELED);
    rig_command("state idle");
    g_usleep(3 * RIG_PAGE_MS * 1000);
    ck_assert_int_eq(rig_sides(), before);
}
END_TEST

/* A backend that loses the printer in the middle of Create-Job stops the queue after 10 s, with the
 * job in it; pausing the queue leaves the same behind at once. */
START_TEST(a_stopped_queue_takes_no_job_and_is_emptied_before_it_starts_again)
{
    int before = rig_sides();
    rig_command("accepting 0");
    ck_assert_int_eq(submit_named("first", NULL), SUBMIT_TAKEN);
    rig_pause_queue();
    rig_command("accepting 1");
    PrinterStatus status = get_status();
    ck_assert(has_reason(&status, "spooler-stopped"));
    ck_assert_int_eq(get_job("first").queue_state, JOB_STATE_PENDING);
    ck_assert_int_eq(submit_named("second", NULL), SUBMIT_REFUSED);
    cancel_in_the_end("first");
    status = get_status();
    ck_assert_msg(status.n_reasons == 0, "%s", status.reasons[0].keyword);
    ck_assert_int_eq(submit_named("third", NULL), SUBMIT_TAKEN);
    wait_for_job("third", JOB_STATE_COMPLETED, RIG_SIDES);
    ck_assert_int_eq(rig_sides() - before, RIG_SIDES);
}
END_TEST

START_TEST(a_job_that_nobody_has_is_absent_and_cancelling_it_is_done)
{
    PrinterJobStatus job = get_job("nobody");
    ck_assert_int_eq(job.state, JOB_STATE_ABSENT);
    ck_assert_int_eq(job.queue_state, JOB_STATE_ABSENT);
    ck_assert_int_eq(job.impressions, -1);
    ck_assert(rig_driver->cancel_job(printer, "nobody", NULL));
}
END_TEST

START_TEST(a_format_or_way_of_printing_that_the_printer_lacks_is_refused)
{
    g_autoptr(GError) error = NULL;
    const PrinterJob job = {.name = "key",
                            .document = rig_document(),
                            .format = PRINTER_FORMAT_UNKNOWN,
                            .width_um = 167000,
                            .height_um = 240000,
                            .impressions = RIG_SIDES};
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, &error), SUBMIT_REFUSED);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_REFUSED));
    ck_assert_int_eq(get_job("key").state, JOB_STATE_ABSENT);
}
END_TEST

START_TEST(a_spooler_that_is_gone_is_a_reason_that_blocks)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    PrinterStatus status;
    ck_assert(config_set(config, "printer", "uri", rig_uri(), &error));
    ck_assert(config_set(config, "printer", "cups_server", "/nonexistent/cups.sock", &error));
    Printer *orphan = rig_driver->open(config, &error);
    ck_assert_ptr_nonnull(orphan);
    ck_assert(rig_driver->get_status(orphan, &status, &error));
    ck_assert(has_reason(&status, "spooler-down"));
    ck_assert(printer_reason_blocks(&status.reasons[0]));
    const PrinterJob job = {
        .name = "key", .document = rig_document(), .format = PRINTER_FORMAT_PDF};
    ck_assert_int_eq(rig_driver->submit(orphan, &job, NULL, &error), SUBMIT_REFUSED);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_UNAVAILABLE));
    rig_driver->close(orphan);
}
END_TEST

static void expect_silence(const char *uri, const char *part)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    PrinterStatus status;
    ck_assert(config_set(config, "printer", "uri", uri, NULL));
    Printer *orphan = rig_driver->open(config, NULL);
    ck_assert_ptr_nonnull(orphan);
    ck_assert(!rig_driver->get_status(orphan, &status, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_UNAVAILABLE));
    ck_assert_msg(strstr(error->message, part) != NULL, "%s", error->message);
    rig_driver->close(orphan);
}

/* Whoever connects is answered in the clear. */
static gpointer answer_plainly(gpointer data)
{
    char hello[512];
    int peer = accept(GPOINTER_TO_INT(data), NULL, NULL);
    ck_assert(read(peer, hello, sizeof hello) > 0);
    ck_assert(write(peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28) == 28);
    close(peer);
    return NULL;
}

START_TEST(why_no_printer_answers_is_told_apart)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof own;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(!bind(fd, (struct sockaddr *)&own, length) && !listen(fd, 1));
    ck_assert(!getsockname(fd, (struct sockaddr *)&own, &length));
    GThread *plain = g_thread_new("plain", answer_plainly, GINT_TO_POINTER(fd));
    g_autofree char *uri = g_strdup_printf("ipps://127.0.0.1:%d/ipp/print", ntohs(own.sin_port));
    expect_silence(uri, "does not speak TLS");
    g_thread_join(plain);
    close(fd);
    expect_silence("ipp://localhost:1/ipp/print", "port 1 takes no connection");
}
END_TEST

static TCase *collect(void)
{
    TCase *tests = tcase_create("printer");
    tcase_add_checked_fixture(tests, open_rig, close_rig);
    tcase_add_loop_test(tests, every_fate_of_a_job_is_told_and_nothing_comes_out_after_cancelling,
                        0, (int)G_N_ELEMENTS(fates));
    tcase_add_test(tests, the_printer_gets_the_same_bytes_and_the_exact_size);
    tcase_add_test(tests, status_tells_state_reasons_media_and_counter);
    tcase_add_test(tests, a_counter_that_lags_sticks_or_is_absent_is_passed_on_as_it_is);
    tcase_add_test(tests, a_power_cycle_shows_in_uptime_and_counter_and_the_job_is_absent);
    tcase_add_loop_test(tests, a_printer_that_does_not_answer_is_unknown_within_the_deadline, 0,
                        (int)G_N_ELEMENTS(silences));
    tcase_add_test(tests, the_shortest_wait_that_may_be_configured_reaches_printer_and_spooler);
    tcase_add_test(tests, a_job_for_a_printer_that_does_not_answer_is_not_printed_later);
    tcase_add_test(tests, a_printer_that_hangs_while_printing_is_cancelled_once_it_answers);
    tcase_add_test(tests, other_jobs_are_cancelled_and_the_kept_one_is_not);
    tcase_add_test(tests, a_job_that_nobody_has_is_absent_and_cancelling_it_is_done);
    tcase_add_test(tests, a_spooler_that_is_gone_is_a_reason_that_blocks);
    tcase_add_test(tests, why_no_printer_answers_is_told_apart);
    if (way == RIG_QUEUE)
        tcase_add_test(tests, a_stopped_queue_takes_no_job_and_is_emptied_before_it_starts_again);
    else
        tcase_add_test(tests, a_format_or_way_of_printing_that_the_printer_lacks_is_refused);
    return tests;
}

int main(int argc, char **argv)
{
    way = argc > 1 && !strcmp(argv[1], "queue") ? RIG_QUEUE : RIG_DEVICE;
    rig_start(way);
    int status = testing_run(collect());
    rig_stop();
    return status;
}
