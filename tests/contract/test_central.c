#include "tests/contract/central.h"
#include "firmware/certificate/signature.h"
#include "tests/testing.h"
#include <signal.h>
#include <string.h>

static Central *central;

static void set_up(void)
{
    central = central_create(NULL);
}

static void tear_down(void)
{
    central_destroy(central);
}

static CentralAnswer get(const char *path)
{
    return central_call(central, "GET", path, NULL, NULL);
}

START_TEST(a_kiosk_gets_its_number_and_what_it_needs)
{
    CentralAnswer answer = get("/v1/kiosk");
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(central_text(&answer, "kiosk"), "0001");
    ck_assert_str_eq(central_text(&answer, "verify_host"), "verify.example.gov.cn");
    ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "next_sequence")), 1);
    ck_assert_int_gt(json_integer_value(json_object_get(answer.json, "epoch")), 0);
    gint64 at_ms = json_integer_value(json_object_get(answer.json, "server_time_ms"));
    ck_assert_int_lt(ABS(at_ms - g_get_real_time() / 1000), 5000);
    const json_t *batch = json_array_get(json_object_get(answer.json, "batches"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(batch, "last")), "D33000000050");
    ck_assert_str_eq(central_text(&answer, "desired"), "open");
    ck_assert_str_eq(central_text(&answer, "journal_head"), "");
    central_answer_clear(&answer);
}
END_TEST

START_TEST(without_a_client_certificate_there_is_no_answer)
{
    central->keys = NULL;
    central_expect(get("/v1/kiosk"), 0, NULL);
    central_expect(get("/"), 0, NULL);
}
END_TEST

START_TEST(a_certificate_of_another_authority_gets_no_answer)
{
    g_autofree char *conf = central_path(central, "central.conf");
    g_autofree char *other = central_path(central, "other");
    ck_assert_int_eq(central_stop(central), 0);
    ck_assert(g_file_set_contents(conf, "[service]\nstate_dir = foreign\n", -1, NULL));
    ck_assert_int_eq(central_run(central, NULL, "init", NULL), 0);
    ck_assert_int_eq(central_run(central, NULL, "enroll", "0001", other, NULL), 0);
    ck_assert(g_file_set_contents(
        conf, "[service]\nstate_dir = state\n[listen]\napi_port = 0\npublic_port = 0\n", -1, NULL));
    central_start(central);
    central_expect(get("/v1/kiosk"), 200, NULL);
    central->keys = other;
    central_expect(get("/v1/kiosk"), 0, NULL);
}
END_TEST

START_TEST(a_revoked_or_replaced_certificate_is_refused_before_any_data)
{
    g_autofree char *newer = central_path(central, "newer");
    ck_assert_int_eq(central_run(central, NULL, "enroll", "0001", newer, NULL), 0);
    central_expect(get("/v1/kiosk"), 403, "kiosk-revoked");
    central->keys = newer;
    central_expect(get("/v1/kiosk"), 200, NULL);
    ck_assert_int_eq(central_run(central, NULL, "revoke", "0001", NULL), 0);
    central_expect(get("/v1/kiosk"), 403, "kiosk-revoked");
    ck_assert_int_eq(central_run(central, NULL, "revoke", "0009", NULL), 1);
}
END_TEST

START_TEST(a_record_comes_signed_with_the_imported_bytes)
{
    g_autofree char *jwks = central_path(central, "keys/service.jwks");
    g_autofree char *wanted = NULL;
    gsize wanted_length = 0, length = 0;
    char kid[5];
    ck_assert(
        g_file_get_contents(SAMPLES_DIR "/rec-2026-000001.json", &wanted, &wanted_length, NULL));
    g_autofree char *token = central_open_visit(central);
    g_autofree char *header = g_strconcat("Visit: ", token, NULL);
    CentralAnswer answer =
        central_call(central, "GET", "/v1/records/rec-2026-000001", header, NULL);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(answer.type, "application/jose");
    g_autoptr(KeySet) keys = key_set_load(jwks, NULL);
    g_autoptr(GBytes) payload = jws_verify(keys, answer.body, strlen(answer.body), kid, NULL);
    ck_assert_ptr_nonnull(payload);
    const void *bytes = g_bytes_get_data(payload, &length);
    ck_assert_uint_eq(length, wanted_length);
    ck_assert_int_eq(memcmp(bytes, wanted, length), 0);
    central_answer_clear(&answer);
}
END_TEST

START_TEST(a_record_needs_a_live_visit_that_lists_it)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *header = g_strconcat("Visit: ", token, NULL);
    g_autofree char *visit = g_strconcat("/v1/visits/", token, NULL);
    central_expect(get("/v1/records/rec-2026-000001"), 410, "visit-expired");
    central_expect(central_call(central, "GET", "/v1/records/rec-9", header, NULL), 404,
                   "unknown-record");
    central_expect(central_call(central, "DELETE", visit, NULL, NULL), 204, NULL);
    central_expect(central_call(central, "DELETE", visit, NULL, NULL), 204, NULL);
    central_expect(central_call(central, "GET", "/v1/records/rec-2026-000001", header, NULL), 410,
                   "visit-expired");
}
END_TEST

START_TEST(a_repeated_reservation_is_answered_byte_for_byte_also_after_a_restart)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *key = central_key(1);
    CentralAnswer first = central_reserve(central, token, 1, 1);
    CentralAnswer second = central_reserve(central, token, 1, 1);
    ck_assert_int_eq(first.status, 201);
    ck_assert_int_eq(central_stop(central), 0);
    central_start(central);
    CentralAnswer third = central_reserve(central, token, 1, 1);
    ck_assert_str_eq(first.body, second.body);
    ck_assert_str_eq(first.body, third.body);
    ck_assert_int_eq(third.status, 201);
    ck_assert_int_eq(json_integer_value(json_object_get(first.json, "lease_s")), 600);
    g_autofree char *other = central_wish(token, 2, 2);
    central_expect(central_call(central, "POST", "/v1/issuances", key, other), 422, "key-reused");
    central_expect(central_reserve(central, token, 2, 2), 410, "visit-expired");
    central_answer_clear(&first);
    central_answer_clear(&second);
    central_answer_clear(&third);
}
END_TEST

START_TEST(a_killed_service_keeps_what_it_answered)
{
    g_autofree char *token = central_open_visit(central);
    central_expect(central_reserve(central, token, 1, 1), 201, NULL);
    kill(central->pid, SIGKILL);
    central_stop(central);
    central_start(central);
    central_expect(central_report(central, 1, "{\"state\":\"printed\",\"evidence\":{\"sides\":4}}"),
                   200, NULL);
    CentralAnswer answer = get("/v1/kiosk");
    ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "next_sequence")), 2);
    central_answer_clear(&answer);
}
END_TEST

START_TEST(locks_and_numbers_are_refused_by_name)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *wish = central_wish(token, 2, 4);
    g_autofree char *digest = central_digest(2);
    g_autofree char *key = central_key(4);
    central_expect(central_reserve(central, token, 1, 1), 201, NULL);
    central_expect(central_reserve(central, token, 1, 2), 409, "certificate-live");
    central_expect(central_reserve(central, token, 2, 51), 422, "serial-not-assigned");
    memset(strstr(wish, digest), 'A', strlen(digest));
    central_expect(central_call(central, "POST", "/v1/issuances", key, wish), 422,
                   "digest-mismatch");
    central_expect(central_report(central, 1, "{\"state\":\"spoiled\"}"), 200, NULL);
    g_autofree char *again = central_wish(token, 2, 5);
    g_autofree char *other_key = central_key(5);
    char *booklet = strstr(again, "D33000000005");
    booklet[11] = '1';
    central_expect(central_call(central, "POST", "/v1/issuances", other_key, again), 409,
                   "serial-used");
    central_expect(central_report(central, 9, "{\"state\":\"printed\"}"), 404, "unknown-issuance");
}
END_TEST

#define PERSON_REST "\"id_number\":\"" CENTRAL_PERSON "\",\"document_type\":\"resident\""

static const struct {
    const char *method, *path, *body;
    int status;
    const char *problem, *member;
} wrong[] = {
    {"POST", "/v1/visits",
     "{\"name\":\"a\",\"name\":\"b\"," PERSON_REST ",\"valid_until\":99999999}", 400,
     "invalid-request", "body"},
    {"POST", "/v1/visits", "[1]", 400, "invalid-request", "body"},
    {"POST", "/v1/visits", "{\"name\":", 400, "invalid-request", "body"},
    {"POST", "/v1/visits", "{" PERSON_REST ",\"valid_until\":99999999}", 400, "invalid-request",
     "name"},
    {"POST", "/v1/visits", "{\"name\":7," PERSON_REST ",\"valid_until\":99999999}", 400,
     "invalid-request", "name"},
    {"POST", "/v1/visits", "{\"name\":\"a\"," PERSON_REST ",\"valid_until\":20200101}", 400,
     "invalid-request", "valid_until"},
    {"POST", "/v1/visits", "{\"name\":\"a\"," PERSON_REST ",\"valid_until\":20300231}", 400,
     "invalid-request", "valid_until"},
    {"POST", "/v1/visits",
     "{\"name\":\"a\",\"id_number\":\"330106189001010018\",\"document_type\":\"resident\","
     "\"valid_until\":99999999}",
     400, "invalid-request", "id_number"},
    {"POST", "/v1/visits",
     "{\"name\":\"a\",\"id_number\":\"330106189001010027\",\"document_type\":\"resident\","
     "\"valid_until\":99999999}",
     404, "person-unknown", ""},
    {"POST", "/v1/issuances", "{}", 400, "invalid-request", "Idempotency-Key"},
    {"PATCH", "/v1/issuances/00000000-0000-4000-8000-000000000001", "{\"state\":\"reserved\"}", 400,
     "invalid-request", "state"},
    {"PATCH", "/v1/issuances/00000000-0000-4000-8000-000000000001", "{\"state\":\"lapsed\"}", 400,
     "invalid-request", "state"},
    {"PATCH", "/v1/issuances/1", "{\"state\":\"printed\"}", 404, "unknown-issuance", ""},
    {"POST", "/v1/kiosk/status", "{\"unsure\":-1}", 400, "invalid-request", "unsure"},
    {"POST", "/v1/visits/x/factor", "{\"code\":\"123456\"}", 410, "visit-expired", ""},
    {"GET", "/v1/nothing", NULL, 404, "not-found", ""},
    {"DELETE", "/v1/kiosk", NULL, 405, "method-not-allowed", ""},
};

START_TEST(a_wrong_request_names_the_member_and_never_its_value)
{
    CentralAnswer answer =
        central_call(central, wrong[_i].method, wrong[_i].path, NULL, wrong[_i].body);
    ck_assert_str_eq(central_text(&answer, "member"), wrong[_i].member);
    ck_assert_ptr_null(strstr(answer.body, CENTRAL_PERSON));
    central_expect(answer, wrong[_i].status, wrong[_i].problem);
}
END_TEST

START_TEST(a_body_over_16_kib_is_refused_unread)
{
    g_autofree char *body = g_strnfill(16 * 1024 + 1, ' ');
    central_expect(central_call(central, "POST", "/v1/visits", NULL, body), 413, "too-large");
    central_expect(get("/v1/kiosk"), 200, NULL);
}
END_TEST

START_TEST(a_kiosk_that_lost_its_disk_learns_what_was_left_open_and_its_last_head)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *head = g_strdup_printf("12:%064d", 7);
    g_autofree char *status = g_strdup_printf("{\"journal_head\":\"%s\"}", head);
    central_expect(central_call(central, "POST", "/v1/kiosk/status", NULL, status), 200, NULL);
    central_expect(central_reserve(central, token, 1, 1), 201, NULL);
    for (int told = 0; told < 2; told++) {
        CentralAnswer answer = get("/v1/kiosk");
        const json_t *open = json_object_get(answer.json, "open");
        ck_assert_str_eq(central_text(&answer, "journal_head"), head);
        ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "next_sequence")), 2);
        ck_assert_uint_eq(json_array_size(open), 1);
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(open, 0), "state")),
                         told ? "printed" : "reserved");
        central_answer_clear(&answer);
        if (!told)
            central_expect(central_report(central, 1, "{\"state\":\"printed\"}"), 200, NULL);
    }
    central_expect(central_report(central, 1, "{\"state\":\"delivered\"}"), 200, NULL);
    CentralAnswer answer = get("/v1/kiosk");
    ck_assert_uint_eq(json_array_size(json_object_get(answer.json, "open")), 0);
    central_answer_clear(&answer);
}
END_TEST

/* A journal that begins anew (a new disk) is not held against its old head for ever: that kept a
 * whole fleet closed behind a restored backup (simulated, seed 34). */
START_TEST(the_longest_audit_head_stays_until_it_is_given_up_and_the_journal_s_last_one_counts)
{
    static const struct {
        const char *status, *journal, *audit;
    } steps[] = {
        {"{\"journal_head\":\"12:aa\",\"audit_head\":\"8:aa\"}", "12:aa", "8:aa"},
        {"{\"journal_head\":\"3:bb\",\"audit_head\":\"5:bb\"}", "3:bb", "8:aa"},
        {"{\"journal_head\":\"4:bb\",\"audit_head\":\"8:bb\",\"audit_cut\":\"8:aa\"}", "4:bb",
         "8:aa"},
        {"{\"ready\":true}", "", "8:aa"},
        {"{\"audit_head\":\"7:bb\",\"audit_seen\":\"8:aa\"}", "", "7:bb"},
        {"{\"audit_head\":\"9:bb\",\"audit_seen\":\"8:aa\"}", "", "9:bb"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        central_expect(central_call(central, "POST", "/v1/kiosk/status", NULL, steps[i].status),
                       200, NULL);
        CentralAnswer answer = get("/v1/kiosk");
        ck_assert_str_eq(central_text(&answer, "journal_head"), steps[i].journal);
        ck_assert_str_eq(central_text(&answer, "audit_head"), steps[i].audit);
        central_answer_clear(&answer);
    }
}
END_TEST

START_TEST(a_settlement_at_the_window_reaches_the_kiosk_until_it_says_so)
{
    const char *key = "00000000-0000-4000-8000-000000000001";
    g_autofree char *token = central_open_visit(central);
    central_expect(central_reserve(central, token, 1, 1), 201, NULL);
    central_expect(central_report(central, 1, "{\"state\":\"printed\"}"), 200, NULL);
    central_expect(central_report(central, 1, "{\"state\":\"retracted\"}"), 200, NULL);
    ck_assert_int_eq(central_run(central, NULL, "settle", "0001", key, "delivered", "--by", "a",
                                 "--reason", "id checked", NULL),
                     2);
    ck_assert_int_eq(central_run(central, NULL, "settle", "0001", key, "delivered", "--by", "a",
                                 "--by", "b", "--reason", "id checked", NULL),
                     0);
    CentralAnswer told =
        central_call(central, "POST", "/v1/kiosk/status", NULL, "{\"ready\":true}");
    const json_t *item = json_array_get(json_object_get(told.json, "settlements"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(item, "state")), "delivered");
    ck_assert_str_eq(json_string_value(json_object_get(item, "key")), key);
    ck_assert_str_eq(central_text(&told, "desired"), "open");
    central_answer_clear(&told);
    g_autofree char *seen = g_strdup_printf("{\"acknowledged\":[\"%s\"]}", key);
    ck_assert_int_eq(central_run(central, NULL, "close", "0001", "--reason", "audit", NULL), 0);
    told = central_call(central, "POST", "/v1/kiosk/status", NULL, seen);
    ck_assert_uint_eq(json_array_size(json_object_get(told.json, "settlements")), 0);
    ck_assert_str_eq(central_text(&told, "desired"), "closed");
    ck_assert_str_eq(central_text(&told, "reason"), "audit");
    central_answer_clear(&told);
}
END_TEST

START_TEST(issuances_are_listed_for_people_and_programs)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *text = NULL;
    g_autofree char *lines = NULL;
    central_expect(central_reserve(central, token, 3, 1), 201, NULL);
    ck_assert_int_eq(central_run(central, &text, "issuances", "--json", NULL), 0);
    ck_assert_int_eq(central_run(central, &lines, "issuances", NULL), 0);
    json_t *list = json_loads(text, 0, NULL);
    const json_t *item = json_array_get(list, 0);
    ck_assert_uint_eq(json_array_size(list), 1);
    ck_assert_str_eq(json_string_value(json_object_get(item, "state")), "reserved");
    ck_assert_str_eq(json_string_value(json_object_get(item, "booklet")), "D33000000001");
    ck_assert_ptr_nonnull(strstr(lines, "rec-2026-000003"));
    ck_assert_ptr_nonnull(strstr(lines, " reserved\n"));
    json_decref(list);
}
END_TEST

START_TEST(the_log_holds_no_personal_data_and_no_token)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *header = g_strconcat("Visit: ", token, NULL);
    g_autofree char *path = central_path(central, "log");
    g_autofree char *log = NULL;
    central_expect(central_call(central, "GET", "/v1/records/rec-2026-000001", header, NULL), 200,
                   NULL);
    central_expect(central_reserve(central, token, 1, 1), 201, NULL);
    ck_assert_int_eq(central_stop(central), 0);
    ck_assert(g_file_get_contents(path, &log, NULL, NULL));
    const char *const never[] = {CENTRAL_PERSON, "测试", "示例市", token, "13800000000"};
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        ck_assert_ptr_null(strstr(log, never[i]));
    ck_assert_ptr_nonnull(strstr(log, "POST /v1/issuances 201"));
}
END_TEST

static const struct {
    const char *words[4];
    int status;
    const char *says;
} commands[] = {
    {{"init"}, 1, "holds a register already"},
    {{"dance"}, 2, "no such command"},
    {{"enroll", "0001"}, 2, "KIOSK DIR"},
    {{"enroll", "01", "x"}, 1, "kiosk number"},
    {{"assign", "0001", "D33000000001"}, 2, "FIRST-LAST"},
    {{"assign", "0001", "D33000000050-D33000000051"}, 1, "assigned"},
    {{"import", "/dev/null"}, 1, "kiosk-central: "},
    {{"import", SAMPLES_DIR "/none.json"}, 1, "none.json"},
    {{"restored"}, 0, "until 1 kiosks have told"},
    {{"forgo", "0001"}, 2, "--reason"},
    {{"kiosks"}, 0, ", last heard never"},
};

START_TEST(a_command_ends_with_its_status_and_says_why)
{
    const char *const *words = commands[_i].words;
    g_autofree char *output = NULL;
    ck_assert_int_eq(central_run(central, &output, words[0], words[1], words[2], words[3], NULL),
                     commands[_i].status);
    ck_assert_msg(strstr(output, commands[_i].says) != NULL, "%s", output);
}
END_TEST

START_TEST(an_unknown_key_of_central_conf_is_named_with_its_line)
{
    g_autofree char *conf = central_path(central, "central.conf");
    g_autofree char *output = NULL;
    ck_assert(g_file_set_contents(conf, "[service]\nlease_s = 0\n", -1, NULL));
    ck_assert_int_eq(central_run(central, &output, "restored", NULL), 1);
    ck_assert_ptr_nonnull(strstr(output, ":2: [service] lease_s: 0 is out of range"));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, a_kiosk_gets_its_number_and_what_it_needs);
    tcase_add_test(tests, without_a_client_certificate_there_is_no_answer);
    tcase_add_test(tests, a_certificate_of_another_authority_gets_no_answer);
    tcase_add_test(tests, a_revoked_or_replaced_certificate_is_refused_before_any_data);
    tcase_add_test(tests, a_record_comes_signed_with_the_imported_bytes);
    tcase_add_test(tests, a_record_needs_a_live_visit_that_lists_it);
    tcase_add_test(tests, a_repeated_reservation_is_answered_byte_for_byte_also_after_a_restart);
    tcase_add_test(tests, a_killed_service_keeps_what_it_answered);
    tcase_add_test(tests, locks_and_numbers_are_refused_by_name);
    tcase_add_test(tests, a_body_over_16_kib_is_refused_unread);
    tcase_add_test(tests, a_kiosk_that_lost_its_disk_learns_what_was_left_open_and_its_last_head);
    tcase_add_test(
        tests, the_longest_audit_head_stays_until_it_is_given_up_and_the_journal_s_last_one_counts);
    tcase_add_test(tests, a_settlement_at_the_window_reaches_the_kiosk_until_it_says_so);
    tcase_add_test(tests, issuances_are_listed_for_people_and_programs);
    tcase_add_test(tests, the_log_holds_no_personal_data_and_no_token);
    tcase_add_test(tests, an_unknown_key_of_central_conf_is_named_with_its_line);
}

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("central");
    TCase *tests = add_case(suite, "calls");
    TCase *tables = add_case(suite, "tables");
    tcase_add_unchecked_fixture(tests, central_prepare, central_forget);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_unchecked_fixture(tables, central_prepare, central_forget);
    tcase_add_unchecked_fixture(tables, set_up, tear_down);
    add_tests(tests);
    tcase_add_loop_test(tables, a_wrong_request_names_the_member_and_never_its_value, 0,
                        G_N_ELEMENTS(wrong));
    tcase_add_loop_test(tables, a_command_ends_with_its_status_and_says_why, 0,
                        G_N_ELEMENTS(commands));
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
