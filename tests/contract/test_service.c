/* The wire against a server and a network that do everything wrong. */
#include "firmware/base/clock.h"
#include "tests/contract/wire.h"
#include "tests/testing.h"
#include <string.h>

START_TEST(connection_is_kept_alive)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = wire_start(replies, 1);
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
    wire_stop(&wire);
}
END_TEST

static const struct {
    ServerKind kind;
    KioskError code;
    const char *message;
} strangers[] = {
    {SERVER_OTHER_CA, KIOSK_ERROR_SIGNATURE, "GET /v1/kiosk: not sent: SSL"},
    {SERVER_OTHER_HOST, KIOSK_ERROR_SIGNATURE, "no alternative certificate subject name matches"},
    {SERVER_EXPIRED, KIOSK_ERROR_SIGNATURE, "expired"},
    {SERVER_SELF_SIGNED, KIOSK_ERROR_SIGNATURE, "self-signed"},
    {SERVER_OLD_TLS, KIOSK_ERROR_UNAVAILABLE, "not sent"},
    {SERVER_PLAIN_HTTP, KIOSK_ERROR_UNAVAILABLE, "not sent"},
    {SERVER_DEAF, KIOSK_ERROR_UNAVAILABLE, "not sent"},
};

START_TEST(stranger_gets_no_byte_of_the_request)
{
    const Reply replies[] = {{REPLY_CUT, KIOSK_REPLY}};
    Wire wire = wire_start_as("kiosk", strangers[_i].kind, replies, 1, 500);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    wire_expect(error, strangers[_i].code, strangers[_i].message);
    ck_assert(!problem.sent);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    wire_stop(&wire);
}
END_TEST

START_TEST(kiosk_of_another_authority_gets_nothing)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = wire_start_as("stranger", SERVER_GENUINE, replies, 1, 1000);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(problem.status, 0);
    ck_assert_uint_eq(tls_server_requests(wire.server), 0);
    wire_stop(&wire);
}
END_TEST

START_TEST(nobody_listening_is_surely_not_done)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = wire_start(replies, 1);
    g_clear_pointer(&wire.server, tls_server_stop);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_close_visit(wire.service, TOKEN, &problem, &error));
    wire_expect(error, KIOSK_ERROR_UNAVAILABLE, "service: DELETE /v1/visits/{visit}: not sent");
    ck_assert(!problem.sent);
    wire_stop(&wire);
}
END_TEST

START_TEST(answer_lost_on_a_kept_connection_is_unknown_even_if_the_port_is_gone_then)
{
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}, {REPLY_VANISH, NULL}};
    Wire wire = wire_start(replies, 2);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert(!service_report(wire.service, KEY, "released", NULL, NULL, NULL, &problem, &error));
    wire_expect(error, KIOSK_ERROR_TIMEOUT, "answer lost, what it did is unknown");
    ck_assert(problem.sent);
    ck_assert_uint_eq(tls_server_requests(wire.server), 2);
    wire_stop(&wire);
}
END_TEST

START_TEST(connection_closed_while_idle_is_opened_again)
{
    const Reply replies[] = {{REPLY_CUT, KIOSK_REPLY}};
    Wire wire = wire_start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    for (int i = 0; i < 2; i++)
        ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    ck_assert_uint_eq(tls_server_connections(wire.server), 2);
    wire_stop(&wire);
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
    Wire wire = wire_start_as("kiosk", SERVER_GENUINE, &faults[_i].reply, 1, 400);
    ServiceKiosk kiosk = {.epoch = 77};
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    wire_expect(error, faults[_i].code, faults[_i].message);
    ck_assert(problem.sent);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    ck_assert_uint_eq(kiosk.epoch, 77);
    wire_stop(&wire);
}
END_TEST

START_TEST(one_byte_a_second_is_given_up_before_the_timeout)
{
    const Reply replies[] = {{REPLY_DRIP, KIOSK_REPLY}};
    Wire wire = wire_start_as("kiosk", SERVER_GENUINE, replies, 1, 4000);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    gint64 begun_ms = clock_monotonic_ms();
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    ck_assert_int_lt(clock_monotonic_ms() - begun_ms, 3800);
    wire_expect(error, KIOSK_ERROR_TIMEOUT, "too slow");
    wire_stop(&wire);
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
    Wire wire = wire_start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    wire_expect(error, _i == 3 ? KIOSK_ERROR_TIMEOUT : KIOSK_ERROR_INVALID,
                _i == 3 ? "answer lost" : "answer refused: body too large");
    wire_stop(&wire);
}
END_TEST

START_TEST(many_headers_are_cut_off_at_the_limit)
{
    GString *text = g_string_new(JSON_HEAD);
    for (int i = 0; i < 2000; i++)
        g_string_append(text, "X-Filling: 0123456789\r\n");
    g_string_append(text, "Content-Length: 144\r\n\r\n" KIOSK_BODY);
    const Reply replies[] = {{REPLY_CUT, text->str}};
    Wire wire = wire_start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    ck_assert(!service_get_kiosk(wire.service, &kiosk, &problem, &error));
    wire_expect(error, KIOSK_ERROR_INVALID, "headers too large");
    wire_stop(&wire);
    g_string_free(text, TRUE);
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
    g_autoptr(Config) config = wire_config("https://localhost:1", "kiosk", 1000);
    ck_assert(config_set(config, "service", wrong_configs[_i].key, wrong_configs[_i].value, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(service_create(config, &error));
    wire_expect(error, KIOSK_ERROR_CONFIG, wrong_configs[_i].message);
}
END_TEST

START_TEST(all_wrong_files_are_named_at_once)
{
    g_autoptr(Config) config = wire_config("https://localhost:1", "kiosk", 1000);
    static const char *const keys[] = {"jwks_file", "ca_file", "certificate_file", "key_file"};
    ck_assert(config_set(config, "service", "url", "http://localhost", NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        ck_assert(config_set(config, "service", keys[i], "/nonexistent", NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(service_create(config, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    ck_assert_uint_eq(g_strv_length(lines), G_N_ELEMENTS(keys) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        ck_assert_ptr_nonnull(strstr(error->message, keys[i]));
    ck_assert_ptr_null(service_create(config, NULL));
}
END_TEST

START_TEST(key_of_another_certificate_is_refused_at_the_start)
{
    g_autoptr(Config) config = wire_config("https://localhost:1", "kiosk", 1000);
    g_autofree char *path = g_strdup_printf("%s/stranger.key", pki_folder(wire_keys.pki));
    ck_assert(config_set(config, "service", "key_file", path, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(service_create(config, &error));
    wire_expect(error, KIOSK_ERROR_CONFIG, "does not belong to certificate_file");
}
END_TEST

START_TEST(proxy_of_the_environment_is_ignored)
{
    g_setenv("https_proxy", "http://127.0.0.1:1", TRUE);
    g_setenv("ALL_PROXY", "http://127.0.0.1:1", TRUE);
    const Reply replies[] = {{REPLY_TEXT, KIOSK_REPLY}};
    Wire wire = wire_start(replies, 1);
    ServiceKiosk kiosk;
    ServiceProblem problem;
    ck_assert(service_get_kiosk(wire.service, &kiosk, &problem, NULL));
    wire_stop(&wire);
}
END_TEST

static void add_tests(TCase *tests)
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
    tcase_add_loop_test(tests, wrong_file_is_named_at_the_start, 0, G_N_ELEMENTS(wrong_configs));
    tcase_add_test(tests, all_wrong_files_are_named_at_once);
    tcase_add_test(tests, key_of_another_certificate_is_refused_at_the_start);
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
