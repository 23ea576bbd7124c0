/* What the other tests take for granted of the virtual printer. */
#include "tests/contract/printer_rig.h"
#include "tests/testing.h"
#include <arpa/inet.h>
#include <cups/cups.h>
#include <cups/raster.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WIDTH 64
#define HEIGHT 96

static http_t *http;

static void connect_client(void)
{
    rig_reset();
    http = httpConnect2("localhost", rig_port(), NULL, AF_UNSPEC, HTTP_ENCRYPTION_IF_REQUESTED, 1,
                        3000, NULL);
    ck_assert_ptr_nonnull(http);
}

static void disconnect_client(void)
{
    httpClose(http);
}

static ssize_t append(void *context, unsigned char *bytes, size_t size)
{
    g_byte_array_append(context, bytes, (guint)size);
    return (ssize_t)size;
}

/* A gray raster of `pages` small pages. */
static GByteArray *make_raster(int pages)
{
    GByteArray *bytes = g_byte_array_new();
    cups_page_header2_t header = {.cupsWidth = WIDTH,
                                  .cupsHeight = HEIGHT,
                                  .cupsBitsPerColor = 8,
                                  .cupsBitsPerPixel = 8,
                                  .cupsBytesPerLine = WIDTH,
                                  .cupsColorSpace = CUPS_CSPACE_SW,
                                  .cupsNumColors = 1,
                                  .HWResolution = {300, 300}};
    cups_raster_t *raster = cupsRasterOpenIO(append, bytes, CUPS_RASTER_WRITE_PWG);
    for (int page = 0; page < pages; page++) {
        cupsRasterWriteHeader2(raster, &header);
        for (int y = 0; y < HEIGHT; y++) {
            unsigned char line[WIDTH];
            memset(line, y * 7 + page, sizeof line);
            cupsRasterWritePixels(raster, line, sizeof line);
        }
    }
    cupsRasterClose(raster);
    return bytes;
}

static ipp_t *new_request(ipp_op_t operation)
{
    ipp_t *request = ippNewRequest(operation);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, rig_uri());
    return request;
}

static void start_raster_job(void)
{
    ipp_t *request = new_request(IPP_OP_PRINT_JOB);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, "raster");
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                 "image/pwg-raster");
    ck_assert_int_eq(cupsSendRequest(http, request, "/ipp/print", 0), HTTP_STATUS_CONTINUE);
    ippDelete(request);
}

static void write_bytes(const guint8 *bytes, gsize size)
{
    ck_assert_int_eq(cupsWriteRequestData(http, (const char *)bytes, size), HTTP_STATUS_CONTINUE);
    ck_assert_int_ge(httpFlushWrite(http), 0);
}

static void wait_for_sides(int sides)
{
    for (int i = 0; i < 300 && rig_sides() < sides; i++)
        g_usleep(10000);
    ck_assert_int_eq(rig_sides(), sides);
}

static ipp_t *get_attributes(void)
{
    ipp_t *answer = cupsDoRequest(http, new_request(IPP_OP_GET_PRINTER_ATTRIBUTES), "/ipp/print");
    ck_assert_ptr_nonnull(answer);
    return answer;
}

START_TEST(a_page_is_printed_when_its_raster_is_whole_though_more_comes)
{
    int before = rig_sides();
    g_autoptr(GByteArray) raster = make_raster(3);
    gsize page = raster->len / 3, sent = 2 * page - 8;
    start_raster_job();
    write_bytes(raster->data, sent);
    wait_for_sides(before + 1);
    g_usleep(3 * RIG_PAGE_MS * 1000);
    ck_assert_int_eq(rig_sides(), before + 1);
    write_bytes(raster->data + sent, raster->len - sent);
    ippDelete(cupsGetResponse(http, "/ipp/print"));
    ck_assert_int_eq(cupsLastError(), IPP_STATUS_OK);
    wait_for_sides(before + 3);
}
END_TEST

START_TEST(a_raster_that_breaks_off_leaves_the_whole_pages_printed_and_the_job_aborted)
{
    int before = rig_sides();
    g_autoptr(GByteArray) raster = make_raster(3);
    rig_command("drop %u", raster->len / 2);
    start_raster_job();
    cupsWriteRequestData(http, (const char *)raster->data, raster->len);
    ippDelete(cupsGetResponse(http, "/ipp/print"));
    wait_for_sides(before + 1);
    g_usleep(3 * RIG_PAGE_MS * 1000);
    json_t *status = rig_status(), *jobs = json_object_get(status, "jobs");
    const json_t *job = json_array_get(jobs, json_array_size(jobs) - 1);
    ck_assert_str_eq(json_string_value(json_object_get(job, "state")), "aborted");
    ck_assert_int_eq(rig_sides(), before + 1);
    json_decref(status);
}
END_TEST

START_TEST(noise_for_a_raster_prints_nothing)
{
    int before = rig_sides();
    guint8 noise[4096];
    for (gsize i = 0; i < sizeof noise; i++)
        noise[i] = (guint8)(i * i >> 3);
    start_raster_job();
    write_bytes(noise, sizeof noise);
    ippDelete(cupsGetResponse(http, "/ipp/print"));
    g_usleep(3 * RIG_PAGE_MS * 1000);
    ck_assert_int_eq(rig_sides(), before);
}
END_TEST

START_TEST(firmware_and_supplies_are_told)
{
    rig_command("supply 35");
    ipp_t *answer = get_attributes();
    const char *const words[] = {"printer-firmware-string-version", "marker-names", "marker-types"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        ck_assert_msg(ippFindAttribute(answer, words[i], IPP_TAG_ZERO) != NULL, "%s", words[i]);
    ck_assert_int_eq(ippGetInteger(ippFindAttribute(answer, "marker-levels", IPP_TAG_INTEGER), 0),
                     35);
    ippDelete(answer);
    rig_command("supply 80");
}
END_TEST

START_TEST(another_printer_behind_the_cable_has_another_uuid)
{
    ipp_t *first = get_attributes();
    rig_command("uuid");
    ipp_t *second = get_attributes();
    ck_assert_str_ne(ippGetString(ippFindAttribute(first, "printer-uuid", IPP_TAG_URI), 0, NULL),
                     ippGetString(ippFindAttribute(second, "printer-uuid", IPP_TAG_URI), 0, NULL));
    ippDelete(first);
    ippDelete(second);
}
END_TEST

START_TEST(an_answer_may_lie_about_what_was_done)
{
    rig_command("lie Get-Printer-Attributes 500 1");
    ippDelete(cupsDoRequest(http, new_request(IPP_OP_GET_PRINTER_ATTRIBUTES), "/ipp/print"));
    ck_assert_int_eq(cupsLastError(), IPP_STATUS_ERROR_INTERNAL);
    ippDelete(get_attributes());
}
END_TEST

START_TEST(tls_is_spoken_on_the_same_port)
{
    http_t *secure = httpConnect2("localhost", rig_port(), NULL, AF_UNSPEC, HTTP_ENCRYPTION_ALWAYS,
                                  1, 10000, NULL);
    ck_assert_msg(secure && httpIsEncrypted(secure), "%s", cupsLastErrorString());
    ipp_t *answer = cupsDoRequest(secure, new_request(IPP_OP_GET_PRINTER_ATTRIBUTES), "/ipp/print");
    ck_assert_ptr_nonnull(answer);
    ck_assert(ippContainsString(ippFindAttribute(answer, "uri-security-supported", IPP_TAG_KEYWORD),
                                "tls"));
    ippDelete(answer);
    httpClose(secure);
}
END_TEST

/* GetRequest or GetNextRequest for prtMarkerLifeCount.1.1 of version 2c; the value, -1: none. */
static gint64 ask_snmp(guint8 tag, const char *community)
{
    guint8 packet[] = {0x30, 0x29, 2, 1, 1, 4,  6,  'p', 'u', 'b',  'l',  'i',  'c',  tag, 0x1c,
                       2,    1,    9, 2, 1, 0,  2,  1,   0,   0x30, 0x11, 0x30, 0x0f, 6,   11,
                       0x2b, 6,    1, 2, 1, 43, 10, 2,   1,   4,    1,    5,    0};
    struct sockaddr_in agent = {.sin_family = AF_INET,
                                .sin_port = htons((guint16)rig_snmp_port()),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_usec = 300000};
    guint8 answer[512];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    memcpy(packet + 7, community, 6);
    sendto(fd, packet, sizeof packet, 0, (struct sockaddr *)&agent, sizeof agent);
    ssize_t n = recv(fd, answer, sizeof answer, 0);
    close(fd);
    /* The last element is the value: a Counter32 of five bytes. */
    if (n < 7 || answer[n - 7] != 0x41 || answer[n - 6] != 5)
        return -1;
    gint64 value = 0;
    for (ssize_t i = n - 5; i < n; i++)
        value = value << 8 | answer[i];
    return value;
}

START_TEST(the_life_count_is_told_by_snmp_even_when_ipp_does_not)
{
    json_t *status = rig_status();
    gint64 counter = json_integer_value(json_object_get(status, "counter"));
    json_decref(status);
    rig_command("counter absent");
    ck_assert_int_eq(ask_snmp(0xa1, "public"), counter);
    ck_assert_int_eq(ask_snmp(0xa0, "public"), -1); /* the column has no value, its instance has */
    ck_assert_int_eq(ask_snmp(0xa1, "secret"), -1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("virtual printer");
    rig_start(RIG_DEVICE);
    tcase_add_checked_fixture(tests, connect_client, disconnect_client);
    tcase_add_test(tests, a_page_is_printed_when_its_raster_is_whole_though_more_comes);
    tcase_add_test(tests,
                   a_raster_that_breaks_off_leaves_the_whole_pages_printed_and_the_job_aborted);
    tcase_add_test(tests, noise_for_a_raster_prints_nothing);
    tcase_add_test(tests, firmware_and_supplies_are_told);
    tcase_add_test(tests, another_printer_behind_the_cable_has_another_uuid);
    tcase_add_test(tests, an_answer_may_lie_about_what_was_done);
    tcase_add_test(tests, tls_is_spoken_on_the_same_port);
    tcase_add_test(tests, the_life_count_is_told_by_snmp_even_when_ipp_does_not);
    int status = testing_run(tests);
    rig_stop();
    return status;
}
