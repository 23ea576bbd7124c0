/* The wire against a server that does everything a network and a service can do to it. */
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/signature.h"
#include "firmware/service/service.h"
#include "tests/contract/tls_server.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define KEY "0f8fad5b-d9cb-469f-a165-70867728950e"
#define TOKEN "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE"
#define BOOKLET "D33000000017"
#define DIGEST "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
#define KIOSK_BODY                                                                                 \
    "{\"kiosk\":\"A012\",\"next_sequence\":17,\"epoch\":2,\"server_time_ms\":1782800000000,"       \
    "\"verify_host\":\"localhost:8444\",\"policies\":{},\"batches\":[],\"open\":[]}"
/* 146 bytes of body */
#define KIOSK_REPLY JSON_HEAD "Content-Length: 148\r\n\r\n" KIOSK_BODY

static Pki *pki;
static KeySet *signing_keys, *other_keys;

typedef struct {
    TlsServer *server;
    Service *service;
} Wire;

static void start_keys(void)
{
    g_autofree char *private_jwk = NULL, *public_jwk = NULL, *other_jwk = NULL, *unused = NULL;
    pki = pki_create();
    g_assert(key_generate("K001", &private_jwk, &public_jwk, NULL));
    g_assert(key_generate("K001", &other_jwk, &unused, NULL));
    signing_keys = key_set_parse(private_jwk, strlen(private_jwk), NULL);
    other_keys = key_set_parse(other_jwk, strlen(other_jwk), NULL);
    g_autofree char *path = g_build_filename(pki_folder(pki), "service.jwks", NULL);
    g_assert(g_file_set_contents(path, public_jwk, -1, NULL));
}

static void stop_keys(void)
{
    key_set_free(signing_keys);
    key_set_free(other_keys);
    pki_destroy(pki);
}

static Config *make_config(const char *url, const char *identity, int timeout_ms)
{
    Config *config = config_defaults();
    g_autofree char *timeout = g_strdup_printf("%d", timeout_ms);
    const struct {
        const char *key;
        char *value;
    } paths[] = {
        {"ca_file", g_strdup_printf("%s/ca.pem", pki_folder(pki))},
        {"certificate_file", g_strdup_printf("%s/%s.pem", pki_folder(pki), identity)},
        {"key_file", g_strdup_printf("%s/%s.key", pki_folder(pki), identity)},
        {"jwks_file", g_strdup_printf("%s/service.jwks", pki_folder(pki))},
        {"timeout_ms", g_strdup(timeout)},
        {"url", g_strdup(url)},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        ck_assert(config_set(config, "service", paths[i].key, paths[i].value, NULL));
        g_free(paths[i].value);
    }
    return config;
}

static Wire start_as(const char *identity, ServerKind kind, const Reply *replies, gsize n_replies,
                     int timeout_ms)
{
    Wire wire = {tls_server_start(pki, kind, replies, n_replies), NULL};
    g_autofree char *url = g_strdup_printf("https://localhost:%d", tls_server_port(wire.server));
    g_autoptr(Config) config = make_config(url, identity, timeout_ms);
    g_autoptr(GError) error = NULL;
    wire.service = service_create(config, &error);
    ck_assert_msg(wire.service != NULL, "%s", error ? error->message : "");
    return wire;
}

static Wire start(const Reply *replies, gsize n_replies)
{
    return start_as("kiosk", SERVER_GENUINE, replies, n_replies, 3000);
}

static void stop(Wire *wire)
{
    service_destroy(wire->service);
    tls_server_stop(wire->server);
}

static void expect(const GError *error, KioskError code, const char *fragment)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(kiosk_error_is(error, code), "%s is %s", error->message,
                  kiosk_error_word((KioskError)error->code));
    ck_assert_msg(strstr(error->message, fragment) != NULL, "%s", error->message);
}

START_TEST(connection_is_kept_alive)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    for (int i = 0; i < 4; i++) {
        g_autoptr(GError) error = NULL;
        ck_assert_msg(service_get_kiosk(wire.service, &kiosk, &problem, &error), "%s",
                      error ? error->message : "");
        ck_assert_int_eq(problem.problem, PROBLEM_NONE);
    }
    ck_assert_str_eq(kiosk.number, "A012");
    ck_assert_uint_eq(tls_server_requests(wire.server), 4);
    ck_assert_uint_eq(tls_server_connections(wire.server), 1);
    stop(&wire);
}
END_TEST

static const struct {
    ServerKind kind;
    KioskError code;
    const char *message;
} strangers[] = {
    {SERVER_OTHER_CA, KIOSK_ERROR_SIGNATURE, "GET /v1/kiosk: not sent: SSL"},
    {SERVER_OTHER_HOST, KIOSK_ERROR_SIGNATURE, "does not match target host name"},
    {SERVER_EXPIRED, KIOSK_ERROR_SIGNATURE, "expired"},
    {SERVER_SELF_SIGNED, KIOSK_ERROR_SIGNATURE, "self-signed"},
    {SERVER_OLD_TLS, KIOSK_ERROR_UNAVAILABLE, "not sent"},
    {SERVER_PLAIN_HTTP, KIOSK_ERROR_UNAVAILABLE, "not sent"},
    {SERVER_DEAF, KIOSK_ERROR_UNAVAILABLE, "not sent"},
};

START_TEST(stranger_gets_no_byte_of_the_request)
{
    const Reply replies[] = {{REPLY_CUT, KIOSK_REPLY}};
    Wire wire = start_as("kiosk", strangers[_i].kind, replies, 1, 500);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    expect(error, strangers[_i].code, strangers[_i].message);
    ck_assert(!problem.sent);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    stop(&wire);
}
END_TEST

START_TEST(kiosk_of_another_authority_gets_nothing)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = start_as("stranger", SERVER_GENUINE, replies, 1, 1000);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(problem.status, 0);
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    stop(&wire);
}
END_TEST

START_TEST(nobody_listening_is_surely_not_done)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = start(replies, 1);
    g_clear_pointer(&wire.server, tls_server_stop);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_close_visit(wire.service, TOKEN, &problem, &error));
    expect(error, KIOSK_ERROR_UNAVAILABLE, "service: DELETE /v1/visits/{visit}: not sent");
    ck_assert(!problem.sent);
    stop(&wire);
}
END_TEST

START_TEST(answer_lost_on_a_kept_connection_is_unknown_even_if_the_port_is_gone_then)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}, {REPLY_VANISH, NULL}};
    Wire wire = start(replies, 2);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert(!service_report(wire.service, KEY, "released", NULL, NULL, NULL, &problem, &error));
    expect(error, KIOSK_ERROR_TIMEOUT, "answer lost, what it did is unknown");
    ck_assert(problem.sent);
    ck_assert_uint_eq(tls_server_requests(wire.server), 2);
    stop(&wire);
}
END_TEST

START_TEST(connection_closed_while_idle_is_opened_again)
{
    const Reply replies[] = {{REPLY_CUT, KIOSK_REPLY}};
    Wire wire = start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    for (int i = 0; i < 2; i++)
        ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    ck_assert_uint_eq(tls_server_connections(wire.server), 2);
    stop(&wire);
}
END_TEST

#define PAGE "<html>Welcome to the network. Please sign in.</html>"
static const struct {
    Reply reply;
    KioskError code;
    const char *message;
} faults[] = {
    {{REPLY_SILENCE, NULL}, KIOSK_ERROR_TIMEOUT, "answer lost"},
    {{REPLY_CUT, ""}, KIOSK_ERROR_TIMEOUT, "answer lost"},
    {{REPLY_CUT, "HTTP/1.1 20"}, KIOSK_ERROR_TIMEOUT, "answer lost"},
    {{REPLY_CUT, JSON_HEAD "Content-Length: 900\r\n\r\n" KIOSK_BODY},
     KIOSK_ERROR_TIMEOUT,
     "answer lost"},
    {{REPLY_CUT, JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n900\r\n" KIOSK_BODY},
     KIOSK_ERROR_TIMEOUT,
     "answer lost"},
    {{REPLY_CUT, JSON_HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"},
     KIOSK_ERROR_TIMEOUT,
     "answer lost"},
    {{REPLY_CUT, "nonsense\r\n\r\n"}, KIOSK_ERROR_TIMEOUT, "answer lost"},
    {{REPLY_TEXT, "HTTP/1.1 302 Found\r\nLocation: https://localhost:1/\r\nContent-Length: 0\r\n"
                  "\r\n"},
     KIOSK_ERROR_INVALID,
     "status 302 without a problem"},
    {{REPLY_TEXT, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 52\r\n\r\n" PAGE},
     KIOSK_ERROR_INVALID,
     "content type 'text/html', expected is application/json"},
    {{REPLY_TEXT, "HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n" PAGE},
     KIOSK_ERROR_INVALID,
     "content type ''"},
    {{REPLY_TEXT, JSON_HEAD "Content-Length: 52\r\n\r\n" PAGE},
     KIOSK_ERROR_INVALID,
     "line 1, column"},
    {{REPLY_TEXT, JSON_HEAD "Content-Length: 0\r\n\r\n"}, KIOSK_ERROR_INVALID, "ends too early"},
    {{REPLY_TEXT, "HTTP/1.1 204 No Content\r\n\r\n"}, KIOSK_ERROR_INVALID, "status 204"},
    {{REPLY_TEXT, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"},
     KIOSK_ERROR_TIMEOUT,
     "status 502"},
};

START_TEST(broken_answer_is_never_an_answer)
{
    Wire wire = start_as("kiosk", SERVER_GENUINE, &faults[_i].reply, 1, 400);
    ServiceKiosk kiosk = {.epoch = 77};
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    expect(error, faults[_i].code, faults[_i].message);
    ck_assert(problem.sent);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    ck_assert_uint_eq(kiosk.epoch, 77);
    stop(&wire);
}
END_TEST

START_TEST(one_byte_a_second_is_given_up_before_the_timeout)
{
    const Reply replies[] = {{REPLY_DRIP, KIOSK_REPLY}};
    Wire wire = start_as("kiosk", SERVER_GENUINE, replies, 1, 6000);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    gint64 begun_ms = clock_monotonic_ms();
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    ck_assert_int_lt(clock_monotonic_ms() - begun_ms, 5500);
    expect(error, KIOSK_ERROR_TIMEOUT, "too slow");
    stop(&wire);
}
END_TEST

static const char *const huge_heads[] = {
    JSON_HEAD "Content-Length: 300000\r\n\r\n",
    JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n493e0\r\n",
    JSON_HEAD "\r\n",
    JSON_HEAD "X: ",
};

START_TEST(huge_answer_is_cut_off_at_the_limit)
{
    g_autofree char *filling = g_strnfill(300000, '7');
    g_autofree char *text = g_strconcat(huge_heads[_i], filling, NULL);
    const Reply replies[] = {{REPLY_CUT, text}};
    Wire wire = start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    expect(error, _i == 3 ? KIOSK_ERROR_TIMEOUT : KIOSK_ERROR_INVALID,
           _i == 3 ? "answer lost" : "answer refused: body too large");
    stop(&wire);
}
END_TEST

START_TEST(many_headers_are_cut_off_at_the_limit)
{
    GString *text = g_string_new(JSON_HEAD);
    for (int i = 0; i < 2000; i++)
        g_string_append(text, "X-Filling: 0123456789\r\n");
    g_string_append(text, "Content-Length: 148\r\n\r\n" KIOSK_BODY);
    const Reply replies[] = {{REPLY_CUT, text->str}};
    Wire wire = start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    expect(error, KIOSK_ERROR_INVALID, "headers too large");
    stop(&wire);
    g_string_free(text, TRUE);
}
END_TEST

static char *make_reply(const char *head, const char *body)
{
    return g_strdup_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body),
                           body);
}

START_TEST(visit_carries_the_person_in_the_body_only)
{
    g_autofree char *text = make_reply(
        "201 Created\r\nContent-Type: application/json",
        "{\"visit\":\"" TOKEN "\",\"factor\":\"sms\",\"phone_tail\":\"0042\",\"certificates\":["
        "{\"record\":\"rec-1\",\"number\":\"示(2026)第1号\",\"location\":\"测试路1号\","
        "\"printable\":false,\"reason\":\"tax-due\",\"reason_text\":\"请先缴税\"}]}");
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = start(replies, 1);
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
    stop(&wire);
}
END_TEST

START_TEST(wrong_code_says_how_many_tries_are_left)
{
    g_autofree char *wrong = make_reply("403 Forbidden\r\nContent-Type: application/problem+json",
                                        "{\"type\":\"wrong-code\",\"title\":\"验证码不正确\","
                                        "\"status\":403,\"detail\":\"\",\"tries_left\":4}");
    g_autofree char *wait = make_reply("429 Too Many Requests\r\nRetry-After: 41\r\n"
                                       "Content-Type: application/problem+json",
                                       "{\"type\":\"too-many\",\"title\":\"x\",\"detail\":\"y\"}");
    const Reply replies[] = {
        {REPLY_TEXT, wrong}, {REPLY_TEXT, wait}, {REPLY_TEXT, "HTTP/1.1 204 No Content\r\n\r\n"}};
    Wire wire = start(replies, 3);
    ServiceProblem problem;
    g_autoptr(GError) refused = NULL, busy = NULL;
    ck_assert(!service_send_factor(wire.service, TOKEN, "123456", &problem, &refused));
    expect(refused, KIOSK_ERROR_REFUSED, "service: POST /v1/visits/{visit}/factor: wrong-code");
    ck_assert_int_eq(problem.problem, PROBLEM_WRONG_CODE);
    ck_assert_int_eq(problem.tries_left, 4);
    ck_assert_str_eq(problem.detail, "验证码不正确");
    ck_assert(!service_send_factor(wire.service, TOKEN, NULL, &problem, &busy));
    expect(busy, KIOSK_ERROR_BUSY, "too-many (429)");
    ck_assert_int_eq(problem.retry_after_s, 41);
    ck_assert(service_send_factor(wire.service, TOKEN, "654321", &problem, NULL));
    ck_assert_ptr_nonnull(strstr(tls_server_request(wire.server, 0), "{\"code\":\"123456\"}"));
    ck_assert_ptr_nonnull(strstr(tls_server_request(wire.server, 1), "{\"resend\":true}"));
    stop(&wire);
}
END_TEST

START_TEST(argument_that_would_change_the_url_never_leaves)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = start(replies, 1);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_close_visit(wire.service, "../kiosk", &problem, &error));
    expect(error, KIOSK_ERROR_BUG, "visit has the wrong form");
    ck_assert_ptr_null(service_get_record(wire.service, TOKEN, "a\r\nX: b", NULL, &problem, NULL));
    ck_assert(!service_report(wire.service, KEY, "released", NULL, "[]", NULL, &problem, NULL));
    ck_assert(!service_send_status(wire.service, "{", NULL, &problem, NULL));
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    stop(&wire);
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
    const KeySet *keys = jws == JWS_OTHER_KEY ? other_keys : signing_keys;
    g_autofree char *compact = jws_sign(keys, "K001", payload, strlen(payload), NULL);
    ck_assert_ptr_nonnull(compact);
    char *middle = strchr(compact, '.') + 200;
    if (jws == JWS_CHANGED)
        *middle = *middle == 'A' ? 'B' : 'A';
    const char *type = jws == JWS_TYPE ? "application/json" : "application/jose";
    g_autofree char *head = g_strdup_printf("200 OK\r\nContent-Type: %s", type);
    return make_reply(head, jws == JWS_BARE ? payload : compact);
}

START_TEST(record_that_verifies_is_returned_with_its_payload)
{
    g_autofree char *text = make_record_reply(JWS_GOOD);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = start(replies, 1);
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
    stop(&wire);
}
END_TEST

START_TEST(record_whose_signature_does_not_verify_is_never_returned)
{
    g_autofree char *text = make_record_reply(record_cases[_i].jws);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = start(replies, 1);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    GBytes *payload = NULL;
    ck_assert_ptr_null(
        service_get_record(wire.service, TOKEN, "rec-1", &payload, &problem, &error));
    ck_assert_ptr_null(payload);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    if (record_cases[_i].code != KIOSK_ERROR_UNKNOWN)
        expect(error, record_cases[_i].code, record_cases[_i].message);
    stop(&wire);
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
    return make_reply("201 Created\r\nContent-Type: application/json", body);
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
    g_autofree char *text = make_reservation_reply(signing_keys, BOOKLET);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = start(replies, 1);
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
    stop(&wire);
}
END_TEST

START_TEST(reservation_for_another_booklet_or_by_another_key_is_refused)
{
    g_autofree char *text = _i == 0 ? make_reservation_reply(signing_keys, "D33000000018")
                                    : make_reservation_reply(other_keys, BOOKLET);
    const Reply replies[] = {{REPLY_TEXT, text}};
    Wire wire = start(replies, 1);
    ServiceReservation reservation = {0};
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!reserve(&wire, &reservation, &problem, &error));
    expect(error, KIOSK_ERROR_SIGNATURE, "service: POST /v1/issuances: ");
    ck_assert(problem.sent);
    ck_assert_int_eq(reservation.lease_s, 0);
    stop(&wire);
}
END_TEST

START_TEST(report_and_status_send_what_they_were_given)
{
    g_autofree char *recorded =
        make_reply("200 OK\r\nContent-Type: application/json", "{\"state\":\"printed\"}");
    g_autofree char *settled = make_reply(
        "409 Conflict\r\nContent-Type: application/problem+json",
        "{\"type\":\"already-settled\",\"title\":\"x\",\"detail\":\"y\",\"state\":\"void\"}");
    g_autofree char *closed = make_reply("200 OK\r\nContent-Type: application/json",
                                         "{\"desired\":\"closed\",\"reason\":\"holiday\"}");
    const Reply replies[] = {{REPLY_TEXT, recorded}, {REPLY_TEXT, settled}, {REPLY_TEXT, closed}};
    Wire wire = start(replies, 3);
    ServiceProblem problem;
    ServiceDesire desire = {TRUE, ""};
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
    stop(&wire);
}
END_TEST

static const struct {
    const char *key, *value, *message;
} wrong_configs[] = {
    {"url", "http://localhost:1", "[service] url: 'http://localhost:1' is not https://host"},
    {"url", "https://a:b@localhost", "is not https://host"},
    {"url", "https://localhost/api", "is not https://host"},
    {"ca_file", "/nonexistent", "[service] ca_file: /nonexistent:"},
    {"certificate_file", "/proc/self/status", "holds no PEM certificate"},
    {"key_file", "/nonexistent", "[service] key_file"},
    {"jwks_file", "/nonexistent", "[service] jwks_file"},
};

START_TEST(wrong_file_is_named_at_the_start)
{
    g_autoptr(Config) config = make_config("https://localhost:1", "kiosk", 1000);
    ck_assert(config_set(config, "service", wrong_configs[_i].key, wrong_configs[_i].value, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(service_create(config, &error));
    expect(error, KIOSK_ERROR_CONFIG, wrong_configs[_i].message);
}
END_TEST

START_TEST(key_of_another_certificate_is_refused_at_the_start)
{
    g_autoptr(Config) config = make_config("https://localhost:1", "kiosk", 1000);
    g_autofree char *path = g_strdup_printf("%s/stranger.key", pki_folder(pki));
    ck_assert(config_set(config, "service", "key_file", path, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(service_create(config, &error));
    expect(error, KIOSK_ERROR_CONFIG, "does not belong to certificate_file");
}
END_TEST

START_TEST(proxy_of_the_environment_is_ignored)
{
    g_setenv("https_proxy", "http://127.0.0.1:1", TRUE);
    g_setenv("ALL_PROXY", "http://127.0.0.1:1", TRUE);
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    stop(&wire);
}
END_TEST

static void add_network_tests(TCase *tests)
{
    tcase_add_test(tests, connection_is_kept_alive);
    tcase_add_loop_test(tests, stranger_gets_no_byte_of_the_request, 0, G_N_ELEMENTS(strangers));
    tcase_add_test(tests, kiosk_of_another_authority_gets_nothing);
    tcase_add_test(tests, nobody_listening_is_surely_not_done);
    tcase_add_test(tests,
                   answer_lost_on_a_kept_connection_is_unknown_even_if_the_port_is_gone_then);
    tcase_add_test(tests, connection_closed_while_idle_is_opened_again);
    tcase_add_loop_test(tests, broken_answer_is_never_an_answer, 0, G_N_ELEMENTS(faults));
    tcase_add_test(tests, one_byte_a_second_is_given_up_before_the_timeout);
    tcase_add_loop_test(tests, huge_answer_is_cut_off_at_the_limit, 0, G_N_ELEMENTS(huge_heads));
    tcase_add_test(tests, many_headers_are_cut_off_at_the_limit);
    tcase_add_test(tests, proxy_of_the_environment_is_ignored);
}

static void add_call_tests(TCase *tests)
{
    tcase_add_test(tests, visit_carries_the_person_in_the_body_only);
    tcase_add_test(tests, wrong_code_says_how_many_tries_are_left);
    tcase_add_test(tests, argument_that_would_change_the_url_never_leaves);
    tcase_add_test(tests, record_that_verifies_is_returned_with_its_payload);
    tcase_add_loop_test(tests, record_whose_signature_does_not_verify_is_never_returned, 0,
                        G_N_ELEMENTS(record_cases));
    tcase_add_test(tests, reservation_is_taken_when_its_signature_verifies);
    tcase_add_loop_test(tests, reservation_for_another_booklet_or_by_another_key_is_refused, 0, 2);
    tcase_add_test(tests, report_and_status_send_what_they_were_given);
    tcase_add_loop_test(tests, wrong_file_is_named_at_the_start, 0, G_N_ELEMENTS(wrong_configs));
    tcase_add_test(tests, key_of_another_certificate_is_refused_at_the_start);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    start_keys();
    TCase *tests = tcase_create("service");
    add_network_tests(tests);
    add_call_tests(tests);
    int status = testing_run(tests);
    stop_keys();
    return status;
}
