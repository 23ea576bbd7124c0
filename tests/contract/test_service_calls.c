/* Each call of the service, as it goes out and as it is understood. */
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include "tests/contract/wire.h"
#include "tests/testing.h"
#include <string.h>
#include <sys/mman.h>

START_TEST(visit_carries_the_person_in_the_body_only)
{
    g_autofree char *text = wire_reply(
        "201 Created\r\nContent-Type: application/json",
        "{\"visit\":\"" TOKEN "\",\"factor\":\"sms\",\"phone_tail\":\"0042\",\"certificates\":["
        "{\"record\":\"rec-1\",\"number\":\"示(2026)第1号\",\"location\":\"测试路1号\","
        "\"printable\":false,\"reason\":\"tax-due\",\"reason_text\":\"请先缴税\"}]}");
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    g_autoptr(Holder) holder = holder_create();
    holder->type = DOCUMENT_TYPE_RESIDENT;
    holder->name = secret_arena_text(holder->arena, "测试\"一", -1);
    holder->id_number = secret_arena_text(holder->arena, "330106189001010019", -1);
    holder->valid_until = 20360101;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    g_autoptr(ServiceVisit) visit =
        service_open_visit(wire.service, holder, "en", &problem, &error);
    ck_assert_msg(visit != NULL, "%s", error ? error->message : "");
    ck_assert(visit->factor_sms);
    ck_assert_str_eq(visit->phone_tail, "0042");
    ck_assert_str_eq(visit->certificates[0].reason, "tax-due");
    ck_assert_str_eq(personal_reveal(visit->certificates[0].reason_text), "请先缴税");
    const char *request = tls_server_request(wire.server, 0);
    ck_assert(g_str_has_prefix(request, "POST /v1/visits HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nAccept-Language: en\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_null(strstr(request, "Cookie"));
    const char *body = strstr(request, "\r\n\r\n");
    ck_assert_str_eq(body + 4, "{\"name\":\"测试\\\"一\",\"id_number\":\"330106189001010019\","
                               "\"document_type\":\"resident\",\"valid_until\":20360101}");
    wire_stop(&wire);
}
END_TEST

#define SCAN_BYTES (1024 * 1024)
#define REGION_BYTES_MAX (256 * 1024 * 1024) /* larger ones are a sanitizer's own */

/* The text sought is given XOR 0x55, so that the search itself does not hold it. */
static int count_in(const char *bytes, gsize size, const char *mask, gsize length)
{
    int count = 0;
    const char *end = bytes + size - length;
    for (const char *at = bytes; (at = memchr(at, mask[0] ^ 0x55, (gsize)(end - at + 1))); at++) {
        gsize same = 1;
        while (same < length && (at[same] ^ 0x55) == mask[same])
            same++;
        count += same == length;
        if (at == end)
            break;
    }
    return count;
}

static int count_in_region(FILE *memory, char *buffer, guintptr from, guintptr to, const char *mask,
                           gsize length)
{
    int count = 0;
    guintptr own = (guintptr)buffer;
    for (guintptr at = from; at < to; at += SCAN_BYTES / 2) {
        gsize wanted = MIN(to - at, SCAN_BYTES);
        gboolean overlaps = own < at + wanted && own + SCAN_BYTES > at;
        if (!overlaps && !fseeko(memory, (off_t)at, SEEK_SET) &&
            fread(buffer, 1, wanted, memory) == wanted)
            count += count_in(buffer, wanted, mask, length);
    }
    return count;
}

/* At least one for each occurrence in writable memory. */
static int count_in_memory(const char *mask, gsize length)
{
    int count = 0;
    g_autofree char *maps = NULL;
    ck_assert(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
    FILE *memory = fopen("/proc/self/mem", "re");
    ck_assert_ptr_nonnull(memory);
    setvbuf(memory, NULL, _IONBF, 0);
    char *buffer =
        mmap(NULL, SCAN_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; lines[i]; i++) {
        guintptr from = 0, to = 0;
        char rights[8] = "";
        if (sscanf(lines[i], "%lx-%lx %7s", &from, &to, rights) == 3 && !strncmp(rights, "rw", 2) &&
            to - from <= REGION_BYTES_MAX)
            count += count_in_region(memory, buffer, from, to, mask, length);
    }
    munmap(buffer, SCAN_BYTES);
    fclose(memory);
    return count;
}

/* A list so long that its copies would not all be overwritten by chance; made without leaving
 * copies of its own. */
static char *make_long_list(const char *location)
{
    GString *text = g_string_sized_new(64 * 1024);
    g_string_append(text, "{\"visit\":\"" TOKEN "\",\"factor\":\"none\",\"certificates\":[");
    for (int i = 0; i < 64; i++) {
        g_string_append(text, i ? "," : "");
        g_string_append(text, "{\"record\":\"rec-1\",\"number\":\"1\",\"location\":\"");
        g_string_append(text, location);
        g_string_append(text, "\",\"printable\":true,\"reason\":\"\",\"reason_text\":\"");
        g_string_append(text, location);
        g_string_append(text, "\"}");
    }
    g_string_append(text, "]}");
    g_autofree char *head = g_strdup_printf("HTTP/1.1 201 Created\r\nContent-Type: "
                                            "application/json\r\nContent-Length: %zu\r\n\r\n",
                                            text->len);
    g_string_prepend(text, head);
    return g_string_free(text, FALSE);
}

START_TEST(answer_leaves_no_trace_in_memory_after_the_visit)
{
    char canary[] = "location-canary-7d41";
    gsize length = strlen(canary);
    g_autofree char *text = make_long_list(canary);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    g_autoptr(Holder) holder = holder_create();
    ServiceProblem problem;
    ServiceVisit *visit = service_open_visit(wire.service, holder, "en", &problem, NULL);
    ck_assert_ptr_nonnull(visit);
    secret_wipe(text, strlen(text));
    for (gsize i = 0; i < length; i++)
        canary[i] ^= 0x55;
    ck_assert_int_ge(count_in_memory(canary, length), 128);
    service_visit_free(visit);
    ck_assert_int_eq(count_in_memory(canary, length), 0);
    wire_stop(&wire);
}
END_TEST

START_TEST(wrong_code_says_how_many_tries_are_left)
{
    g_autofree char *wrong = wire_reply("403 Forbidden\r\nContent-Type: application/problem+json",
                                        "{\"type\":\"wrong-code\",\"title\":\"验证码不正确\","
                                        "\"status\":403,\"detail\":\"\",\"tries_left\":4}");
    g_autofree char *wait = wire_reply("429 Too Many Requests\r\nRetry-After: 41\r\n"
                                       "Content-Type: application/problem+json",
                                       "{\"type\":\"too-many\",\"title\":\"x\",\"detail\":\"y\"}");
    const Reply replies[] = {
        {REPLY_TEXT, wrong}, {REPLY_TEXT, wait}, {REPLY_TEXT, "HTTP/1.1 204 No Content\r\n\r\n"}};
    Wire wire = wire_start(replies, 3);
    ServiceProblem problem;
    g_autoptr(GError) refused = NULL, busy = NULL;
    ck_assert(!service_send_factor(wire.service, TOKEN, "123456", &problem, &refused));
    wire_expect(refused, KIOSK_ERROR_REFUSED,
                "service: POST /v1/visits/{visit}/factor: wrong-code");
    ck_assert_int_eq(problem.problem, PROBLEM_WRONG_CODE);
    ck_assert_int_eq(problem.tries_left, 4);
    ck_assert_str_eq(problem.detail, "验证码不正确");
    ck_assert(!service_send_factor(wire.service, TOKEN, NULL, &problem, &busy));
    wire_expect(busy, KIOSK_ERROR_BUSY, "too-many (429)");
    ck_assert_int_eq(problem.retry_after_s, 41);
    ck_assert(service_send_factor(wire.service, TOKEN, "654321", &problem, NULL));
    ck_assert_ptr_nonnull(strstr(tls_server_request(wire.server, 0), "{\"code\":\"123456\"}"));
    ck_assert_ptr_nonnull(strstr(tls_server_request(wire.server, 1), "{\"resend\":true}"));
    wire_stop(&wire);
}
END_TEST

START_TEST(argument_that_would_change_the_url_never_leaves)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = wire_start(replies, 1);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_close_visit(wire.service, "../kiosk", &problem, &error));
    wire_expect(error, KIOSK_ERROR_BUG, "visit has the wrong form");
    ck_assert_ptr_null(service_get_record(wire.service, TOKEN, "a\r\nX: b", NULL, &problem, NULL));
    ck_assert(!service_report(wire.service, KEY, "released", NULL, "[]", NULL, &problem, NULL));
    ck_assert(!service_send_status(wire.service, "{", NULL, &problem, NULL));
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    wire_stop(&wire);
}
END_TEST

#define RECORD(id)                                                                                        \
    "{\"schema\":\"certificate/1\",\"id\":\"" id "\",\"number\":"                                         \
    "\"示(2026)示例市不动产权第0000001号\",\"kind\":\"ownership\",\"issuer\":{\"name\":"        \
    "\"示例市自然资源和规划局\",\"code\":\"11330106MA00000A9H\"},\"registered_on\":\"2026-06-" \
    "30\","                                                                                               \
    "\"collectors\":[{\"name\":\"测试一\",\"id_number\":\"330106189001010019\"}],\"printed\":{"        \
    "\"owners\":\"测试一\",\"co_ownership\":\"单独所有\",\"location\":\"示例市测试路1号\"," \
    "\"unit_code\":\"330106001002GB00012F00010023\",\"right_type\":\"房屋所有权\","                  \
    "\"right_nature\":\"市场化商品房\",\"use\":\"住宅\",\"area\":\"101.79㎡\",\"term\":\"无\"," \
    "\"other\":\"\",\"notes\":\"\"}}"

typedef enum {
    JWS_UNKNOWN = 0,
    JWS_GOOD,
    JWS_OTHER_KEY,
    JWS_CHANGED,
    JWS_OTHER_RECORD,
    JWS_BARE,
    JWS_TYPE
} JwsCase;

static const struct {
    JwsCase jws;
    KioskError code;
    const char *message;
} record_cases[] = {
    {JWS_OTHER_KEY, KIOSK_ERROR_SIGNATURE, "service: GET /v1/records/{record}: "},
    {JWS_CHANGED, KIOSK_ERROR_SIGNATURE, "service: GET /v1/records/{record}: "},
    {JWS_OTHER_RECORD, KIOSK_ERROR_INVALID, "id: is rec-2, asked for was rec-1"},
    {JWS_BARE, KIOSK_ERROR_UNKNOWN, "service: GET /v1/records/{record}: "},
    {JWS_TYPE, KIOSK_ERROR_INVALID, "expected is application/jose"},
};

/* The reply with a record that is wrong in the way of `jws`. */
static char *make_record_reply(JwsCase jws)
{
    const char *payload = jws == JWS_OTHER_RECORD ? RECORD("rec-2") : RECORD("rec-1");
    const KeySet *keys = jws == JWS_OTHER_KEY ? wire_keys.other_keys : wire_keys.signing_keys;
    g_autofree char *compact = jws_sign(keys, "K001", payload, strlen(payload), NULL);
    ck_assert_ptr_nonnull(compact);
    char *middle = strchr(compact, '.') + 200;
    if (jws == JWS_CHANGED)
        *middle = *middle == 'A' ? 'B' : 'A';
    const char *type = jws == JWS_TYPE ? "application/json" : "application/jose";
    g_autofree char *head = g_strdup_printf("200 OK\r\nContent-Type: %s", type);
    return wire_reply(head, jws == JWS_BARE ? payload : compact);
}

START_TEST(record_that_verifies_is_returned_with_its_payload)
{
    g_autofree char *text = make_record_reply(JWS_GOOD);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) payload = NULL;
    g_autoptr(Record) record =
        service_get_record(wire.service, TOKEN, "rec-1", &payload, &problem, &error);
    ck_assert_msg(record != NULL, "%s", error ? error->message : "");
    ck_assert_str_eq(record->id, "rec-1");
    ck_assert_uint_eq(g_bytes_get_size(payload), strlen(RECORD("rec-1")));
    ck_assert_mem_eq(g_bytes_get_data(payload, NULL), RECORD("rec-1"), strlen(RECORD("rec-1")));
    const char *request = tls_server_request(wire.server, 0);
    ck_assert(g_str_has_prefix(request, "GET /v1/records/rec-1 HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nVisit: " TOKEN "\r\n"));
    wire_stop(&wire);
}
END_TEST

START_TEST(record_whose_signature_does_not_verify_is_never_returned)
{
    g_autofree char *text = make_record_reply(record_cases[_i].jws);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    GBytes *payload = NULL;
    ck_assert_ptr_null(
        service_get_record(wire.service, TOKEN, "rec-1", &payload, &problem, &error));
    ck_assert_ptr_null(payload);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    if (record_cases[_i].code != KIOSK_ERROR_UNKNOWN)
        wire_expect(error, record_cases[_i].code, record_cases[_i].message);
    wire_stop(&wire);
}
END_TEST

static void compose_identifier(char ret[IDENTIFIER_LENGTH + 1])
{
    ck_assert(identifier_compose("11100000MB03271699001", "11330106MA00000A9H", "A012", 2026, 17,
                                 ret, NULL));
}

static char *make_reservation_reply(const KeySet *keys, const char *signed_booklet)
{
    char identifier[IDENTIFIER_LENGTH + 1], signature_text[BASE32_LENGTH(64) + 1];
    guint8 signature[64];
    compose_identifier(identifier);
    g_autofree char *text = signed_text_compose(identifier, signed_booklet, DIGEST, "K001");
    ck_assert(key_set_sign(keys, "K001", text, strlen(text), signature, NULL));
    base32_encode(signature, sizeof signature, signature_text);
    g_autofree char *body =
        g_strdup_printf("{\"signature\":\"%s\",\"kid\":\"K001\",\"lease_s\":600}", signature_text);
    return wire_reply("201 Created\r\nContent-Type: application/json", body);
}

static gboolean reserve(Wire *wire, ServiceReservation *ret, ServiceProblem *problem,
                        GError **error)
{
    char identifier[IDENTIFIER_LENGTH + 1];
    compose_identifier(identifier);
    return service_reserve(wire->service, KEY, "rec-1", TOKEN, identifier, BOOKLET, DIGEST, ret,
                           problem, error);
}

START_TEST(reservation_is_taken_when_its_signature_verifies)
{
    g_autofree char *text = make_reservation_reply(wire_keys.signing_keys, BOOKLET);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    ServiceReservation reservation = {0};
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(reserve(&wire, &reservation, &problem, &error), "%s",
                  error ? error->message : "");
    ck_assert_int_eq(reservation.lease_s, 600);
    ck_assert_str_eq(reservation.kid, "K001");
    const char *request = tls_server_request(wire.server, 0);
    ck_assert_ptr_nonnull(strstr(request, "\r\nIdempotency-Key: " KEY "\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\"booklet\":\"" BOOKLET "\""));
    wire_stop(&wire);
}
END_TEST

START_TEST(reservation_for_another_booklet_or_by_another_key_is_refused)
{
    g_autofree char *text = _i == 0 ? make_reservation_reply(wire_keys.signing_keys, "D33000000018")
                                    : make_reservation_reply(wire_keys.other_keys, BOOKLET);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = wire_start(replies, 1);
    ServiceReservation reservation = {0};
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!reserve(&wire, &reservation, &problem, &error));
    wire_expect(error, KIOSK_ERROR_SIGNATURE, "service: POST /v1/issuances: ");
    ck_assert(problem.sent);
    ck_assert_int_eq(reservation.lease_s, 0);
    wire_stop(&wire);
}
END_TEST

START_TEST(report_and_status_send_what_they_were_given)
{
    g_autofree char *recorded =
        wire_reply("200 OK\r\nContent-Type: application/json", "{\"state\":\"printed\"}");
    g_autofree char *settled = wire_reply(
        "409 Conflict\r\nContent-Type: application/problem+json",
        "{\"type\":\"already-settled\",\"title\":\"x\",\"detail\":\"y\",\"state\":\"void\"}");
    g_autofree char *closed = wire_reply("200 OK\r\nContent-Type: application/json",
                                         "{\"desired\":\"closed\",\"reason\":\"holiday\"}");
    const Reply replies[] = {{REPLY_TEXT, recorded}, {REPLY_TEXT, settled}, {REPLY_TEXT, closed}};
    Wire wire = wire_start(replies, 3);
    ServiceProblem problem;
    ServiceDesire desire = {.open = TRUE};
    const char *const people[] = {"zhang", "li", NULL};
    g_autoptr(GError) error = NULL;
    ck_assert(service_report(wire.service, KEY, "printed", "counted", "{\"sides\":4}", people,
                             &problem, NULL));
    ck_assert(!service_report(wire.service, KEY, "printed", NULL, NULL, NULL, &problem, &error));
    ck_assert_int_eq(problem.problem, PROBLEM_ALREADY_SETTLED);
    ck_assert_str_eq(problem.state, "void");
    ck_assert(service_send_status(wire.service, "{\"ready\":true}", &desire, &problem, NULL));
    ck_assert(!desire.open);
    ck_assert_str_eq(desire.reason, "holiday");
    const char *request = tls_server_request(wire.server, 0);
    ck_assert(g_str_has_prefix(request, "PATCH /v1/issuances/" KEY " HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "{\"state\":\"printed\",\"reason\":\"counted\","
                                          "\"evidence\":{\"sides\":4},\"settled_by\":[\"zhang\","
                                          "\"li\"]}"));
    ck_assert_ptr_nonnull(
        strstr(tls_server_request(wire.server, 1), "\r\n\r\n{\"state\":\"printed\"}"));
    wire_stop(&wire);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, visit_carries_the_person_in_the_body_only);
    tcase_add_test(tests, answer_leaves_no_trace_in_memory_after_the_visit);
    tcase_add_test(tests, wrong_code_says_how_many_tries_are_left);
    tcase_add_test(tests, argument_that_would_change_the_url_never_leaves);
    tcase_add_test(tests, record_that_verifies_is_returned_with_its_payload);
    tcase_add_loop_test(tests, record_whose_signature_does_not_verify_is_never_returned, 0,
                        G_N_ELEMENTS(record_cases));
    tcase_add_test(tests, reservation_is_taken_when_its_signature_verifies);
    tcase_add_loop_test(tests, reservation_for_another_booklet_or_by_another_key_is_refused, 0, 2);
    tcase_add_test(tests, report_and_status_send_what_they_were_given);
}

int main(void)
{
    wire_keys_create();
    TCase *tests = tcase_create("service");
    add_tests(tests);
    int status = testing_run(tests);
    wire_keys_destroy();
    return status;
}
