/* What the driver can do beside the contract's table: raster while it is drawn, TLS, the page
 * counter by SNMP, a document that is broken off, a configuration that the printer cannot follow.
 * `queue`: a printer that speaks no IPP, of which only the spooler tells. */
#include "drivers/cups/pwg.h"
#include "firmware/base/clock.h"
#include "tests/contract/printer_rig.h"
#include "tests/testing.h"
#include <string.h>

#define DPI 300
#define WIDTH_PX 1972
#define HEIGHT_PX 2834

/* Pages of noise, which no packing makes smaller, or white ones. */
typedef struct {
    RasterSource source;
    gboolean noise;
    int fails_at; /* page that cannot be drawn, -1 none */
    gint drawn;   /* rows, by both threads */
} Pages;

static gboolean fill(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    Pages *pages = (Pages *)source;
    guint32 state = (guint32)(page * 5003 + y + 1);
    gsize size = (gsize)rows * raster_stride(source);
    if (page == pages->fails_at)
        return FALSE;
    memset(ret, 255, size);
    for (gsize i = 0; pages->noise && i < size; i++) {
        state = state * 1664525u + 1013904223u;
        ret[i] = (guint8)(state >> 24);
    }
    g_atomic_int_add(&pages->drawn, rows);
    return TRUE;
}

static Pages make_pages(gboolean noise)
{
    return (Pages){.source = {.format = RASTER_GRAY8,
                              .pages = RIG_SIDES,
                              .dpi = DPI,
                              .width_px = WIDTH_PX,
                              .height_px = HEIGHT_PX,
                              .fill = fill},
                   .noise = noise,
                   .fails_at = -1};
}

static PrinterJob make_job(Pages *pages)
{
    return (PrinterJob){.name = "key",
                        .format = PRINTER_FORMAT_PWG,
                        .pages = &pages->source,
                        .width_um = 167000,
                        .height_um = 240000,
                        .impressions = RIG_SIDES};
}

/* The driver on the rig, with NULL-ended pairs of keys and values. */
static Printer *open_with(const char *key, ...)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    ck_assert(config_set(config, "printer", "uri", rig_uri(), &error));
    va_list args;
    va_start(args, key);
    for (; key; key = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        ck_assert_msg(config_set(config, "printer", key, value, &error), "%s",
                      error ? error->message : "");
    }
    va_end(args);
    Printer *printer = printer_driver_find("cups")->open(config, &error);
    ck_assert_msg(printer != NULL, "%s", error ? error->message : "");
    return printer;
}

static PrinterStatus status_of(Printer *printer)
{
    PrinterStatus status;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(rig_driver->get_status(printer, &status, &error), "%s",
                  error ? error->message : "");
    return status;
}

static PrinterJobStatus wait_for(Printer *printer, JobState state)
{
    PrinterJobStatus job = {0};
    for (int i = 0; i < 500 && job.state != state; i++) {
        rig_driver->get_job(printer, "key", &job, NULL);
        g_usleep(10000);
    }
    ck_assert_msg(job.state == state, "%s", job_state_word(job.state));
    return job;
}

static gboolean append(gpointer context, gconstpointer bytes, gsize size)
{
    g_byte_array_append(context, bytes, (guint)size);
    return TRUE;
}

START_TEST(raster_arrives_as_it_was_drawn_and_the_driver_knows_its_hash)
{
    Pages pages = make_pages(TRUE);
    PrinterSent sent;
    int width, height;
    Printer *printer = open_with("dpi_max", "300", NULL);
    PrinterStatus status = status_of(printer);
    ck_assert_int_eq(status.format, PRINTER_FORMAT_PWG);
    ck_assert_int_eq(status.dpi, DPI);
    PrinterJob job = make_job(&pages);
    gint64 before = clock_monotonic_ms();
    ck_assert_int_eq(rig_driver->submit(printer, &job, &sent, NULL), SUBMIT_TAKEN);
    wait_for(printer, JOB_STATE_COMPLETED);
    g_autoptr(GBytes) received = rig_received("key", &width, &height);
    g_autoptr(GByteArray) drawn = g_byte_array_new();
    const PwgTicket ticket = {
        .width_um = 167000, .height_um = 240000, .sides = "one-sided", .quality = 4};
    ck_assert(pwg_write(&pages.source, &ticket, append, drawn, NULL));
    g_autoptr(GBytes) expected = g_byte_array_free_to_bytes(g_steal_pointer(&drawn));
    ck_assert(g_bytes_equal(received, expected));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, g_bytes_get_data(received, NULL),
                      (gssize)g_bytes_get_size(received));
    g_checksum_get_digest(checksum, digest, &length);
    ck_assert_mem_eq(digest, sent.sha256, sizeof digest);
    ck_assert_uint_eq((gsize)sent.bytes, g_bytes_get_size(received));
    ck_assert(sent.first_ms >= before && sent.first_ms <= clock_monotonic_ms());
    ck_assert_int_eq(width, 16700);
    ck_assert_int_eq(height, 24000);
    rig_driver->close(printer);
}
END_TEST

/* The pages before it may be on paper already: a printer prints what it has. */
START_TEST(a_page_that_cannot_be_drawn_leaves_no_job_behind_and_is_not_printed)
{
    g_autoptr(GError) error = NULL;
    Pages pages = make_pages(TRUE);
    pages.fails_at = _i;
    Printer *printer = open_with(NULL);
    PrinterJob job = make_job(&pages);
    int before = rig_sides();
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, &error), SUBMIT_UNKNOWN);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_BUG));
    ck_assert(rig_driver->cancel_job(printer, "key", NULL));
    PrinterJobStatus left;
    ck_assert(rig_driver->get_job(printer, "key", &left, NULL));
    ck_assert(left.state == JOB_STATE_CANCELED || left.state == JOB_STATE_ABORTED);
    g_usleep(4 * RIG_PAGE_MS * 1000);
    ck_assert_int_le(rig_sides(), before + pages.fails_at);
    rig_driver->close(printer);
}
END_TEST

static char *tls_uri(void)
{
    return g_strdup_printf("ipps://localhost:%d/ipp/print", rig_port());
}

/* The printer makes its certificate when it is first asked for one. */
static char *see_certificate(const char *uri)
{
    Printer *printer = open_with("uri", uri, "timeout_ms", "5000", NULL);
    ck_assert_int_eq(status_of(printer).state, PRINTER_STATE_IDLE);
    rig_driver->close(printer);
    return rig_certificate_sha256();
}

START_TEST(tls_with_the_printers_own_certificate_prints)
{
    g_autofree char *uri = tls_uri(), *pin = see_certificate(uri);
    Pages pages = make_pages(FALSE);
    PrinterJob job = make_job(&pages);
    Printer *printer = open_with("uri", uri, "tls_sha256", pin, NULL);
    ck_assert_int_eq(status_of(printer).state, PRINTER_STATE_IDLE);
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, NULL), SUBMIT_TAKEN);
    wait_for(printer, JOB_STATE_COMPLETED);
    rig_driver->close(printer);
}
END_TEST

START_TEST(tls_with_another_certificate_is_refused)
{
    PrinterStatus status;
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = tls_uri(), *pin = see_certificate(uri);
    pin[0] = pin[0] == '0' ? '1' : '0';
    Printer *printer = open_with("uri", uri, "tls_sha256", pin, NULL);
    ck_assert(!rig_driver->get_status(printer, &status, &error));
    ck_assert_msg(kiosk_error_is(error, KIOSK_ERROR_REFUSED), "%s", error->message);
    ck_assert_int_eq(status.state, PRINTER_STATE_UNKNOWN);
    rig_driver->close(printer);
}
END_TEST

START_TEST(tls_that_does_not_shake_hands_ends_at_the_deadline)
{
    PrinterStatus status;
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = tls_uri();
    Printer *printer = open_with("uri", uri, "timeout_ms", "400", NULL);
    rig_command("net hang");
    gint64 start = clock_monotonic_ms();
    ck_assert(!rig_driver->get_status(printer, &status, &error));
    ck_assert_int_le(clock_monotonic_ms() - start, 1500);
    rig_command("net ok");
    rig_driver->close(printer);
}
END_TEST

START_TEST(the_page_counter_comes_by_snmp_where_ipp_has_none)
{
    g_autofree char *address = g_strdup_printf("localhost:%d", rig_snmp_port());
    Printer *printer = open_with("snmp", address, NULL);
    PrinterStatus status = status_of(printer);
    ck_assert_int_eq(status.counter, PRINTER_COUNTER_IPP);
    rig_command("counter absent");
    PrinterStatus before = status_of(printer);
    ck_assert_int_eq(before.counter, PRINTER_COUNTER_SNMP);
    Pages pages = make_pages(FALSE);
    PrinterJob job = make_job(&pages);
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, NULL), SUBMIT_TAKEN);
    wait_for(printer, JOB_STATE_COMPLETED);
    ck_assert_int_eq(status_of(printer).impressions - before.impressions, RIG_SIDES);
    rig_driver->close(printer);
    printer = open_with("snmp", "localhost:1", "timeout_ms", "300", NULL);
    ck_assert_int_eq(status_of(printer).counter, PRINTER_COUNTER_UNKNOWN);
    ck_assert_int_eq(status_of(printer).impressions, -1);
    rig_driver->close(printer);
}
END_TEST

static gpointer interrupt_soon(gpointer printer)
{
    g_usleep(300000);
    rig_driver->interrupt(printer);
    return NULL;
}

/* The printer takes a side, and nothing more until it is on paper. */
static void hold_printer(void)
{
    rig_command("page_ms 5000");
    rig_command("buffer 1");
}

static void release_printer(Printer *printer)
{
    ck_assert(rig_driver->cancel_job(printer, "key", NULL));
    rig_command("buffer 0");
    rig_command("page_ms %d", RIG_PAGE_MS);
}

START_TEST(a_document_that_is_being_sent_is_broken_off_at_once)
{
    Pages pages = make_pages(TRUE);
    PrinterJob job = make_job(&pages);
    Printer *printer = open_with(NULL);
    rig_driver->interrupt(printer); /* nothing is under way: nothing happens */
    ck_assert_int_eq(status_of(printer).state, PRINTER_STATE_IDLE);
    hold_printer();
    GThread *thread = g_thread_new("interrupt", interrupt_soon, printer);
    gint64 start = clock_monotonic_ms();
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, &error), SUBMIT_UNKNOWN);
    gint64 took = clock_monotonic_ms() - start;
    ck_assert_msg(took >= 250 && took < 1500, "after %d ms", (int)took);
    ck_assert_int_lt(pages.drawn, RIG_SIDES * HEIGHT_PX);
    g_thread_join(thread);
    release_printer(printer);
    ck_assert_int_eq(status_of(printer).accepting, TRI_YES); /* the connection is used again */
    rig_driver->close(printer);
}
END_TEST

typedef struct {
    Printer *printer;
    PrinterJob job;
    gint done;
} Sending;

static gpointer send_away(gpointer data)
{
    Sending *sending = data;
    SubmitResult result = rig_driver->submit(sending->printer, &sending->job, NULL, NULL);
    g_atomic_int_set(&sending->done, TRUE);
    return GINT_TO_POINTER(result);
}

START_TEST(sides_are_followed_while_the_document_is_still_on_its_way)
{
    Pages pages = make_pages(TRUE);
    Printer *watcher = open_with(NULL);
    Sending sending = {.printer = open_with(NULL), .job = make_job(&pages)};
    int seen_meanwhile = 0;
    rig_command("page_ms 200");
    rig_command("buffer 1");
    GThread *thread = g_thread_new("send", send_away, &sending);
    while (!g_atomic_int_get(&sending.done)) {
        PrinterJobStatus job;
        if (rig_driver->get_job(watcher, "key", &job, NULL) && !g_atomic_int_get(&sending.done))
            seen_meanwhile = MAX(seen_meanwhile, job.impressions);
        g_usleep(10000);
    }
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(thread)), SUBMIT_TAKEN);
    ck_assert_int_ge(seen_meanwhile, 1);
    ck_assert_int_eq(wait_for(watcher, JOB_STATE_COMPLETED).impressions, RIG_SIDES);
    rig_command("buffer 0");
    rig_driver->close(watcher);
    rig_driver->close(sending.printer);
}
END_TEST

START_TEST(a_printer_that_takes_nothing_more_is_given_up_after_the_stall)
{
    Pages pages = make_pages(TRUE);
    PrinterJob job = make_job(&pages);
    Printer *printer = open_with("stall_ms", "300", NULL);
    hold_printer();
    gint64 start = clock_monotonic_ms();
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, NULL), SUBMIT_UNKNOWN);
    ck_assert_int_lt(clock_monotonic_ms() - start, 3000);
    release_printer(printer);
    rig_driver->close(printer);
}
END_TEST

START_TEST(a_job_whose_document_never_came_says_so)
{
    Pages pages = make_pages(FALSE);
    PrinterJob job = make_job(&pages);
    Printer *printer = open_with(NULL);
    rig_command("lose Create-Job 1");
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, NULL), SUBMIT_UNKNOWN);
    ck_assert(wait_for(printer, JOB_STATE_PENDING).incoming);
    ck_assert(rig_driver->cancel_job(printer, "key", NULL));
    ck_assert(!wait_for(printer, JOB_STATE_CANCELED).incoming);
    rig_driver->close(printer);
}
END_TEST

static const struct {
    const char *key, *value, *says;
} wishes[] = {
    {"tray", "tray-9", "[printer] tray: the printer cannot tray-9; it says: auto main"},
    {"media", "custom_sheet_400x600mm", "[printer] media: the printer has no size of 400 x 600 mm"},
};

START_TEST(what_the_printer_cannot_do_is_said_and_nothing_is_sent)
{
    g_autoptr(GError) error = NULL;
    Pages pages = make_pages(FALSE);
    PrinterJob job = make_job(&pages);
    Printer *printer = open_with(wishes[_i].key, wishes[_i].value, NULL);
    PrinterStatus status = status_of(printer);
    ck_assert_str_eq(status.setup_error, wishes[_i].says);
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, &error), SUBMIT_REFUSED);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_REFUSED));
    ck_assert(strstr(error->message, wishes[_i].says) != NULL);
    rig_driver->close(printer);
}
END_TEST

START_TEST(status_tells_model_and_supplies)
{
    rig_command("supply 12");
    Printer *printer = open_with(NULL);
    PrinterStatus status = status_of(printer);
    ck_assert_str_eq(status.setup_error, "");
    ck_assert(*status.model);
    ck_assert_uint_ge(status.n_supplies, 1);
    ck_assert_int_eq(status.supplies[0].percent, 12);
    rig_command("supply -2");
    ck_assert_int_eq(status_of(printer).supplies[0].percent, -1);
    rig_command("supply 80");
    rig_driver->close(printer);
}
END_TEST

START_TEST(a_printer_without_ipp_is_known_by_its_spooler_and_its_counter_alone)
{
    g_autofree char *address = g_strdup_printf("localhost:%d", rig_snmp_port());
    Printer *printer = open_with("uri", "", "cups_server", rig_spooler(), "snmp", address, NULL);
    PrinterStatus before = status_of(printer);
    ck_assert(before.from_spooler);
    ck_assert_int_eq(before.format, PRINTER_FORMAT_PDF);
    ck_assert_int_eq(before.counter, PRINTER_COUNTER_SNMP);
    ck_assert(g_str_has_prefix(before.uuid, "serial:"));
    const PrinterJob job = {.name = "key",
                            .format = PRINTER_FORMAT_PDF,
                            .document = rig_document(),
                            .width_um = 167000,
                            .height_um = 240000,
                            .impressions = RIG_SIDES};
    ck_assert_int_eq(rig_driver->submit(printer, &job, NULL, NULL), SUBMIT_TAKEN);
    PrinterJobStatus sent = wait_for(printer, JOB_STATE_COMPLETED);
    ck_assert(sent.from_spooler);
    ck_assert_int_eq(sent.queue_state, JOB_STATE_COMPLETED);
    ck_assert_int_eq(sent.impressions, -1);
    for (int i = 0; i < 300 && status_of(printer).impressions < before.impressions + RIG_SIDES; i++)
        g_usleep(10000);
    ck_assert_int_eq(status_of(printer).impressions - before.impressions, RIG_SIDES);
    ck_assert(rig_driver->cancel_job(printer, "key", NULL));
    rig_driver->close(printer);
}
END_TEST

int main(int argc, char **argv)
{
    gboolean queue = argc > 1 && !strcmp(argv[1], "queue");
    rig_start(queue ? RIG_QUEUE : RIG_DEVICE);
    TCase *tests = tcase_create("printer ways");
    tcase_add_checked_fixture(tests, rig_reset, NULL);
    tcase_set_timeout(tests, 30);
    if (queue) {
        tcase_add_test(tests, a_printer_without_ipp_is_known_by_its_spooler_and_its_counter_alone);
    } else {
        tcase_add_test(tests, raster_arrives_as_it_was_drawn_and_the_driver_knows_its_hash);
        tcase_add_loop_test(tests,
                            a_page_that_cannot_be_drawn_leaves_no_job_behind_and_is_not_printed, 0,
                            RIG_SIDES);
        tcase_add_test(tests, tls_with_the_printers_own_certificate_prints);
        tcase_add_test(tests, tls_with_another_certificate_is_refused);
        tcase_add_test(tests, tls_that_does_not_shake_hands_ends_at_the_deadline);
        tcase_add_test(tests, the_page_counter_comes_by_snmp_where_ipp_has_none);
        tcase_add_test(tests, a_document_that_is_being_sent_is_broken_off_at_once);
        tcase_add_test(tests, sides_are_followed_while_the_document_is_still_on_its_way);
        tcase_add_test(tests, a_printer_that_takes_nothing_more_is_given_up_after_the_stall);
        tcase_add_test(tests, a_job_whose_document_never_came_says_so);
        tcase_add_loop_test(tests, what_the_printer_cannot_do_is_said_and_nothing_is_sent, 0,
                            (int)G_N_ELEMENTS(wishes));
        tcase_add_test(tests, status_tells_model_and_supplies);
    }
    int status = testing_run(tests);
    rig_stop();
    return status;
}
