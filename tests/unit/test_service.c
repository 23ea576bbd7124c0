#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "firmware/service/answer.h"
#include "firmware/service/problem.h"
#include "tests/testing.h"
#include <string.h>

#define KEY "0f8fad5b-d9cb-469f-a165-70867728950e"
#define TOKEN "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE"

START_TEST(every_problem_has_word_status_and_action)
{
    for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
        Problem problem = (Problem)i;
        ck_assert_ptr_nonnull(problem_word(problem));
        ck_assert_int_eq(problem_from_word(problem_word(problem)), problem);
        ck_assert_int_ge(problem_status(problem), 400);
        ck_assert_int_lt(problem_status(problem), 600);
        ck_assert_int_ne(problem_action(problem), PROBLEM_ACTION_UNKNOWN);
    }
    ck_assert_int_eq(problem_from_word("none"), PROBLEM_UNKNOWN);
    ck_assert_int_eq(problem_from_word("coffee"), PROBLEM_UNKNOWN);
    ck_assert_int_eq(problem_from_word(NULL), PROBLEM_UNKNOWN);
    ck_assert_str_eq(problem_word((Problem)999), "unknown");
}
END_TEST

static const struct {
    const char *word;
    int status;
    ProblemAction action;
    KioskError error;
} promises[] = {
    {"in-progress", 409, PROBLEM_ACTION_REPEAT, KIOSK_ERROR_BUSY},
    {"certificate-live", 409, PROBLEM_ACTION_RELEASE, KIOSK_ERROR_REFUSED},
    {"serial-used", 409, PROBLEM_ACTION_CLOSE_STOCK, KIOSK_ERROR_REFUSED},
    {"already-settled", 409, PROBLEM_ACTION_TAKE_OVER, KIOSK_ERROR_REFUSED},
    {"serial-not-assigned", 422, PROBLEM_ACTION_CLOSE_STOCK, KIOSK_ERROR_REFUSED},
    {"digest-mismatch", 422, PROBLEM_ACTION_REFETCH, KIOSK_ERROR_REFUSED},
    {"key-reused", 422, PROBLEM_ACTION_BUG, KIOSK_ERROR_BUG},
    {"visit-expired", 410, PROBLEM_ACTION_END_VISIT, KIOSK_ERROR_REFUSED},
    {"unknown-issuance", 404, PROBLEM_ACTION_RECONCILE, KIOSK_ERROR_REFUSED},
    {"kiosk-unknown", 403, PROBLEM_ACTION_CLOSE, KIOSK_ERROR_REFUSED},
    {"kiosk-revoked", 403, PROBLEM_ACTION_CLOSE, KIOSK_ERROR_REFUSED},
    {"too-many", 429, PROBLEM_ACTION_WAIT, KIOSK_ERROR_BUSY},
    {"restoring", 503, PROBLEM_ACTION_WAIT, KIOSK_ERROR_BUSY},
};

static HttpAnswer make_answer(int status, const char *type, char *body)
{
    HttpAnswer answer = {.status = status, .sent = TRUE, .retry_after_s = 7};
    g_strlcpy(answer.content_type, type, sizeof answer.content_type);
    answer.body = body;
    answer.length = body ? strlen(body) : 0;
    return answer;
}

START_TEST(problem_of_the_api_is_read_as_its_row)
{
    g_autofree char *body = g_strdup_printf("{\"type\":\"%s\",\"title\":\"t\",\"detail\":\"说明\","
                                            "\"status\":%d,\"tries_left\":3}",
                                            promises[_i].word, promises[_i].status);
    HttpAnswer answer = make_answer(promises[_i].status, "application/problem+json", body);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    problem_read(&answer, "POST /x", &problem, &error);
    ck_assert_str_eq(problem_word(problem.problem), promises[_i].word);
    ck_assert_int_eq(problem_action(problem.problem), promises[_i].action);
    ck_assert_msg(kiosk_error_is(error, promises[_i].error), "%s", error->message);
    ck_assert_int_eq(problem.status, promises[_i].status);
    ck_assert_int_eq(problem.retry_after_s, 7);
    ck_assert_int_eq(problem.tries_left, 3);
    ck_assert_str_eq(problem.detail, "说明");
    ck_assert(problem.sent);
}
END_TEST

static const struct {
    const char *type, *body;
    int status;
    KioskError error;
    const char *message;
} strange_problems[] = {
    {"text/html", "<html>sign in</html>", 403, KIOSK_ERROR_INVALID, "without a problem+json"},
    {"text/html", "<html>bad gateway</html>", 502, KIOSK_ERROR_TIMEOUT, "status 502 without"},
    {"application/json", "{\"type\":\"serial-used\"}", 409, KIOSK_ERROR_INVALID, "without"},
    {"application/problem+json", NULL, 409, KIOSK_ERROR_INVALID, "ends too early"},
    {"application/problem+json", "[]", 409, KIOSK_ERROR_INVALID, "not a JSON object"},
    {"application/problem+json", "{}", 409, KIOSK_ERROR_INVALID, "type: missing"},
    {"application/problem+json", "{\"type\":\"coffee\"}", 409, KIOSK_ERROR_INVALID, "'coffee'"},
    {"application/problem+json", "{\"type\":\"coffee\"}", 500, KIOSK_ERROR_TIMEOUT, "'coffee'"},
    {"application/problem+json", "{\"type\":\"serial-used\"}", 404, KIOSK_ERROR_INVALID,
     "does not have"},
    {"application/problem+json", "{\"type\":\"none\"}", 409, KIOSK_ERROR_INVALID, "'none'"},
    {"application/problem+json", "{\"type\":\"wrong-code\",\"tries_left\":-3}", 403,
     KIOSK_ERROR_INVALID, "tries_left: -3 is out of range"},
    {"application/problem+json", "{\"type\":\"serial-used\",\"detail\":\"a\\u0007\"}", 409,
     KIOSK_ERROR_INVALID, "detail: holds a control character"},
    {"", NULL, 301, KIOSK_ERROR_INVALID, "status 301 without"},
};

START_TEST(anything_else_is_an_unknown_problem)
{
    g_autofree char *body = g_strdup(strange_problems[_i].body);
    HttpAnswer answer = make_answer(strange_problems[_i].status, strange_problems[_i].type, body);
    ServiceProblem problem;
    g_autoptr(GError) error = NULL;
    problem_read(&answer, "POST /x", &problem, &error);
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN);
    ck_assert_int_eq(problem.tries_left, -1);
    ck_assert_int_eq(problem.status, strange_problems[_i].status);
    ck_assert_msg(kiosk_error_is(error, strange_problems[_i].error), "%s", error->message);
    ck_assert_msg(strstr(error->message, strange_problems[_i].message) != NULL, "%s",
                  error->message);
}
END_TEST

START_TEST(problem_type_may_be_a_uri_and_its_sentence_is_cut_between_characters)
{
    GString *body = g_string_new("{\"type\":\"https://x.example/problems/serial-used\","
                                 "\"state\":\"void\",\"detail\":\"a");
    for (int i = 0; i < 200; i++)
        g_string_append(body, "册");
    g_string_append(body, "\"}");
    HttpAnswer answer = make_answer(409, "application/problem+json", body->str);
    ServiceProblem problem;
    problem_read(&answer, "POST /x", &problem, NULL);
    ck_assert_int_eq(problem.problem, PROBLEM_SERIAL_USED);
    ck_assert_str_eq(problem.state, "void");
    ck_assert(g_utf8_validate(problem.detail, -1, NULL));
    ck_assert_uint_eq(strlen(problem.detail), 1 + 84 * 3);
    g_string_free(body, TRUE);
}
END_TEST

#define KIOSK(batches, open)                                                                       \
    "{\"kiosk\":\"A012\",\"next_sequence\":17,\"epoch\":2,\"server_time_ms\":1782800000000,"       \
    "\"verify_host\":\"localhost:8444\",\"policies\":{},\"batches\":" batches ",\"open\":" open    \
    "}"
#define OPEN(key, state)                                                                           \
    "[{\"key\":\"" key                                                                             \
    "\",\"record\":\"rec-1\",\"identifier\":\"@\",\"booklet\":\"D33000000017\","                   \
    "\"state\":" state "}]"

static char *fill_identifier(const char *body)
{
    char identifier[IDENTIFIER_LENGTH + 1];
    ck_assert(identifier_compose("11100000MB03271699001", "11330106MA00000A9H", "A012", 2026, 17,
                                 identifier, NULL));
    g_auto(GStrv) parts = g_strsplit(body, "@", -1);
    return g_strjoinv(identifier, parts);
}

START_TEST(kiosk_answer_is_read_whole)
{
    g_autofree char *body = fill_identifier(
        KIOSK("[{\"first\":\"D33000000001\",\"last\":\"D33000000050\"}]", OPEN(KEY, "\"unsure\"")));
    ServiceKiosk kiosk = {0};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(answer_read_kiosk(body, strlen(body), "GET /v1/kiosk", &kiosk, &error), "%s",
                  error ? error->message : "");
    ck_assert_str_eq(kiosk.number, "A012");
    ck_assert_uint_eq(kiosk.next_sequence, 17);
    ck_assert_uint_eq(kiosk.epoch, 2);
    ck_assert_int_eq(kiosk.server_time_ms, 1782800000000);
    ck_assert_str_eq(kiosk.verify_host, "localhost:8444");
    ck_assert_uint_eq(kiosk.n_batches, 1);
    ck_assert_str_eq(kiosk.batches[0].last, "D33000000050");
    ck_assert_uint_eq(kiosk.n_open, 1);
    ck_assert_str_eq(kiosk.open[0].key, KEY);
    ck_assert_str_eq(kiosk.open[0].state, "unsure");
}
END_TEST

#define DEEP10 "[[[[[[[[[["
#define DEEP70 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10 DEEP10

static const struct {
    const char *body, *message;
} hostile_kiosks[] = {
    {"", "service: GET /v1/kiosk: line 1, column 0: ends too early"},
    {"[]", "service: GET /v1/kiosk: not a JSON object"},
    {"{} {}", "something stands behind the end"},
    {"{\"kiosk\":\"A012\",\"kiosk\":\"A012\"}", "a member stands twice"},
    {"{\"kiosk\":\"A0\\u000012\"}", "a NUL character"},
    {"{\"kiosk\":\"A\xff"
     "12\"}",
     "invalid UTF-8"},
    {DEEP70, "nested deeper than 64"},
    {"{\"x\":\"\\\"" DEEP70 "\"}", "kiosk: missing"},
    {"{}", "service: GET /v1/kiosk: kiosk: missing"},
    {"{\"kiosk\":null}", "kiosk: not a text"},
    {"{\"kiosk\":12}", "kiosk: not a text"},
    {"{\"kiosk\":\"A01\"}", "kiosk: 3 bytes, allowed are 4 to 4"},
    {"{\"kiosk\":\"a012\"}", "kiosk: not 4 of 0-9A-Z"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":0}", "next_sequence: 0 is out of range, allowed are 1"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":1.5}", "next_sequence: not a whole number"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":\"7\"}", "next_sequence: not a whole number"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":99999999999999999999}", "a number is too large"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":1,\"epoch\":4294967296}", "epoch: 4294967296 is out"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":1,\"epoch\":1,\"server_time_ms\":17}",
     "server_time_ms: 17 is out of range"},
    {"{\"kiosk\":\"A012\",\"next_sequence\":1,\"epoch\":1,\"server_time_ms\":1782800000000,"
     "\"verify_host\":\"a/b\"}",
     "verify_host: not a host name"},
    {KIOSK("{}", "[]"), "batches: not a list"},
    {KIOSK("[1]", "[]"), "batches[0]: not an object"},
    {KIOSK("[{\"first\":\"D33000000001\"}]", "[]"), "batches[0].last: missing"},
    {KIOSK("[{\"first\":\"X33000000001\"}]", "[]"), "batches[0].first: not a booklet serial"},
    {KIOSK("[]", OPEN("0F8FAD5B", "\"void\"")), "open[0].key: 8 bytes, allowed are 36"},
    {KIOSK("[]", OPEN(KEY, "\"VOID\"")), "open[0].state: not a word"},
    {KIOSK("[]", OPEN(KEY, "\"averyveryverylongword\"")), "open[0].state: 21 bytes"},
    {KIOSK("[]", "[{\"key\":\"" KEY "\",\"record\":\"../rec\"}]"), "open[0].record: not a record"},
};

START_TEST(hostile_kiosk_answer_names_the_member)
{
    g_autofree char *body = fill_identifier(hostile_kiosks[_i].body);
    ServiceKiosk kiosk = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!answer_read_kiosk(body, strlen(body), "GET /v1/kiosk", &kiosk, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    ck_assert_msg(strstr(error->message, hostile_kiosks[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST(list_longer_than_its_room_is_refused)
{
    GString *list = g_string_new("[");
    for (int i = 0; i < 33; i++)
        g_string_append(list, i ? ",{}" : "{}");
    g_autofree char *body = g_strdup_printf(
        "{\"kiosk\":\"A012\",\"next_sequence\":1,\"epoch\":1,\"server_time_ms\":1782800000000,"
        "\"verify_host\":\"a\",\"batches\":%s]}",
        list->str);
    ServiceKiosk kiosk = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!answer_read_kiosk(body, strlen(body), "GET /v1/kiosk", &kiosk, &error));
    ck_assert_msg(strstr(error->message, "batches: 33 entries, at most 32") != NULL, "%s",
                  error->message);
    g_string_free(list, TRUE);
}
END_TEST

#define CERTIFICATE(extra)                                                                         \
    "{\"record\":\"rec-1\",\"number\":\"示(2026)第1号\",\"location\":\"测试路1号\"," extra "}"
#define VISIT(factor, certificates)                                                                \
    "{\"visit\":\"" TOKEN "\",\"factor\":" factor ",\"certificates\":[" certificates "]}"

static const struct {
    const char *body, *message; /* NULL: accepted */
} visits[] = {
    {VISIT("\"none\"", ""), NULL},
    {VISIT("\"sms\"", CERTIFICATE("\"printable\":true,\"reason\":\"\"")), NULL},
    {VISIT("\"none\"", CERTIFICATE("\"printable\":false,\"reason\":\"tax-due\",\"reason_text\":"
                                   "\"请先缴税\"")),
     NULL},
    {"{\"visit\":\"short\"}", "visit: 5 bytes, allowed are 43"},
    {"{\"visit\":\"" TOKEN "x/../y\"}", "visit: not a token"},
    {VISIT("\"face\"", ""), "factor: neither none nor sms"},
    {VISIT("1", ""), "factor: neither none nor sms"},
    {VISIT("\"sms\"", CERTIFICATE("\"printable\":\"yes\"")), "certificates[0].printable: neither"},
    {VISIT("\"sms\"", CERTIFICATE("\"printable\":true")), "certificates[0].reason: missing"},
    {VISIT("\"sms\"", CERTIFICATE("\"printable\":true,\"reason\":\"No!\"")),
     "certificates[0].reason: not a word"},
    {VISIT("\"sms\"", CERTIFICATE("\"printable\":true,\"reason\":\"\",\"reason_text\":\"\\n\"")),
     "certificates[0].reason_text: holds a control character"},
    {VISIT("\"sms\"", "{\"record\":\"r\",\"number\":\"\"}"), "certificates[0].number: 0 bytes"},
};

START_TEST(visit_answer_is_checked_member_by_member)
{
    g_autoptr(ServiceVisit) visit = g_new0(ServiceVisit, 1);
    visit->arena = secret_arena_create();
    g_autoptr(GError) error = NULL;
    gboolean good = answer_read_visit(visits[_i].body, strlen(visits[_i].body), "POST /v1/visits",
                                      visit, &error);
    ck_assert_msg(good == !visits[_i].message, "%s", error ? error->message : "accepted");
    if (!good)
        ck_assert_msg(strstr(error->message, visits[_i].message) != NULL, "%s", error->message);
    else
        ck_assert_str_eq(visit->token, TOKEN);
    if (good && visit->n_certificates)
        ck_assert_str_eq(personal_reveal(visit->certificates[0].location), "测试路1号");
}
END_TEST

START_TEST(message_of_a_broken_answer_quotes_none_of_it)
{
    const char *body = "{\"name\": \"测试一\" \"330106189001010019\"}";
    g_autoptr(ServiceVisit) visit = g_new0(ServiceVisit, 1);
    visit->arena = secret_arena_create();
    g_autoptr(GError) error = NULL;
    ck_assert(!answer_read_visit(body, strlen(body), "POST /v1/visits", visit, &error));
    ck_assert_ptr_null(strstr(error->message, "330106"));
    ck_assert_ptr_null(strstr(error->message, "测"));
}
END_TEST

static const struct {
    const char *body, *message; /* NULL: accepted */
} desires[] = {
    {"{\"desired\":\"open\",\"reason\":\"\",\"settlements\":[]}", NULL},
    {"{\"desired\":\"closed\",\"reason\":\"holiday\"}", NULL},
    {"{\"desired\":\"ajar\"}", "desired: neither closed nor open"},
    {"{\"desired\":\"closed\",\"reason\":\"because we can\"}", "reason: not a word"},
    {"{}", "desired: missing"},
};

START_TEST(status_answer_is_open_closed_or_refused)
{
    ServiceDesire desire = {0};
    g_autoptr(GError) error = NULL;
    gboolean good = answer_read_desire(desires[_i].body, strlen(desires[_i].body), "POST /v1/x",
                                       &desire, &error);
    ck_assert_msg(good == !desires[_i].message, "%s", error ? error->message : "accepted");
    if (good)
        ck_assert_int_eq(desire.open, strstr(desires[_i].body, "\"open\"") != NULL);
    else
        ck_assert_msg(strstr(error->message, desires[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST(reservation_needs_signature_kid_and_lease)
{
    g_autofree char *signature = g_strnfill(103, 'A');
    const struct {
        char *signature;
        const char *rest, *message;
    } cases[] = {
        {signature, ",\"kid\":\"K001\",\"lease_s\":600", NULL},
        {signature + 1, ",\"kid\":\"K001\",\"lease_s\":600", "signature: 102 bytes"},
        {signature, ",\"kid\":\"k001\",\"lease_s\":600", "kid: not 4 of"},
        {signature, ",\"kid\":\"K001\",\"lease_s\":0", "lease_s: 0 is out of range"},
        {signature, ",\"kid\":\"K001\"", "lease_s: missing"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body =
            g_strdup_printf("{\"signature\":\"%s\"%s}", cases[i].signature, cases[i].rest);
        AnswerReservation read;
        g_autoptr(GError) error = NULL;
        gboolean good = answer_read_reservation(body, strlen(body), "POST /x", &read, &error);
        ck_assert_int_eq(good, cases[i].message == NULL);
        if (!good)
            ck_assert_msg(strstr(error->message, cases[i].message) != NULL, "%s", error->message);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("service");
    tcase_add_test(tests, every_problem_has_word_status_and_action);
    tcase_add_loop_test(tests, problem_of_the_api_is_read_as_its_row, 0, G_N_ELEMENTS(promises));
    tcase_add_loop_test(tests, anything_else_is_an_unknown_problem, 0,
                        G_N_ELEMENTS(strange_problems));
    tcase_add_test(tests, problem_type_may_be_a_uri_and_its_sentence_is_cut_between_characters);
    tcase_add_test(tests, kiosk_answer_is_read_whole);
    tcase_add_loop_test(tests, hostile_kiosk_answer_names_the_member, 0,
                        G_N_ELEMENTS(hostile_kiosks));
    tcase_add_test(tests, list_longer_than_its_room_is_refused);
    tcase_add_loop_test(tests, visit_answer_is_checked_member_by_member, 0, G_N_ELEMENTS(visits));
    tcase_add_test(tests, message_of_a_broken_answer_quotes_none_of_it);
    tcase_add_loop_test(tests, status_answer_is_open_closed_or_refused, 0, G_N_ELEMENTS(desires));
    tcase_add_test(tests, reservation_needs_signature_kid_and_lease);
    return testing_run(tests);
}
