#include "tests/contract/central.h"
#include "tests/testing.h"
#include <string.h>

static Central *central;

static void set_up(void)
{
    central = central_create(NULL);
}

static void set_up_sms(void)
{
    central = central_create("[visit]\nfactor = sms\n[public]\nper_minute = 2\n");
}

static void tear_down(void)
{
    central_destroy(central);
}

static char *page_path(const CentralAnswer *answer, int n)
{
    g_autofree char *wish = central_wish("x", 1, n);
    json_t *json = json_loads(wish, 0, NULL);
    char *path =
        g_strdup_printf("/V/%s/%s/%s/%s/%s", json_string_value(json_object_get(json, "identifier")),
                        json_string_value(json_object_get(json, "booklet")),
                        json_string_value(json_object_get(json, "digest")),
                        central_text(answer, "kid"), central_text(answer, "signature"));
    json_decref(json);
    return path;
}

static void expect_page(const char *path, int status, const char *has, const char *lacks)
{
    CentralAnswer answer = central_ask_page(central, path);
    ck_assert_int_eq(answer.status, status);
    ck_assert_msg(strstr(answer.body, has) != NULL, "%s", answer.body);
    if (lacks)
        ck_assert_ptr_null(strstr(answer.body, lacks));
    central_answer_clear(&answer);
}

START_TEST(the_page_of_a_delivered_certificate_says_what_the_paper_must_say)
{
    central->language = "en";
    g_autofree char *token = central_open_visit(central);
    CentralAnswer answer = central_reserve(central, token, 1, 1);
    g_autofree char *path = page_path(&answer, 1);
    expect_page(path, 200, "Not confirmed", "测试一");
    central_expect(central_report(central, 1, "{\"state\":\"printed\"}"), 200, NULL);
    central_expect(central_report(central, 1, "{\"state\":\"delivered\"}"), 200, NULL);
    expect_page(path, 200, "Genuine", NULL);
    expect_page(path, 200, "测试一、测试二", NULL);
    expect_page(path, 200, "D33000000001", NULL);
    char *last = path + strlen(path) - 5;
    *last = *last == 'A' ? 'B' : 'A';
    expect_page(path, 404, "Not genuine", "测试一");
    expect_page("/V/", 404, "Not genuine", NULL);
    expect_page("/v1/kiosk", 404, "Not genuine", NULL);
    central_answer_clear(&answer);
}
END_TEST

START_TEST(the_page_of_a_void_certificate_says_so_and_that_it_was_replaced)
{
    central->language = "en";
    g_autofree char *token = central_open_visit(central);
    CentralAnswer answer = central_reserve(central, token, 1, 1);
    g_autofree char *path = page_path(&answer, 1);
    central_expect(central_report(central, 1, "{\"state\":\"unsure\"}"), 200, NULL);
    central_expect(central_report(central, 1, "{\"state\":\"void\",\"settled_by\":[\"a\",\"a\"]}"),
                   400, "invalid-request");
    central_expect(central_report(central, 1, "{\"state\":\"void\",\"settled_by\":[\"a\",\"b\"]}"),
                   200, NULL);
    expect_page(path, 200, "Void", "replaced");
    central_expect(central_reserve(central, token, 1, 2), 201, NULL);
    central_expect(central_report(central, 2, "{\"state\":\"printed\"}"), 200, NULL);
    expect_page(path, 200, "Void, replaced", "测试一");
    central_answer_clear(&answer);
}
END_TEST

/* ---- with a code, and two questions a minute at the public page */

static char *take_code(void)
{
    g_autofree char *folder = central_path(central, "state/outbox");
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = dir ? g_dir_read_name(dir) : NULL;
    ck_assert_ptr_nonnull(name);
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(file, &text, NULL, NULL));
    return g_strndup(strstr(text, "code: ") + 6, 6);
}

START_TEST(with_sms_a_record_waits_for_the_right_code)
{
    g_autofree char *token = central_open_visit(central);
    g_autofree char *header = g_strconcat("Visit: ", token, NULL);
    g_autofree char *path = g_strdup_printf("/v1/visits/%s/factor", token);
    g_autofree char *code = take_code();
    g_autofree char *right = g_strdup_printf("{\"code\":\"%s\"}", code);
    code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
    g_autofree char *mistaken = g_strdup_printf("{\"code\":\"%s\"}", code);
    central_expect(central_call(central, "GET", "/v1/records/rec-2026-000001", header, NULL), 410,
                   "visit-expired");
    CentralAnswer answer = central_call(central, "POST", path, NULL, mistaken);
    ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "tries_left")), 4);
    central_expect(answer, 403, "wrong-code");
    answer = central_call(central, "POST", path, NULL, "{\"resend\":true}");
    ck_assert_int_ge(answer.retry_after_s, 55);
    central_expect(answer, 429, "too-many");
    central_expect(central_call(central, "POST", path, NULL, right), 204, NULL);
    central_expect(central_call(central, "GET", "/v1/records/rec-2026-000001", header, NULL), 200,
                   NULL);
}
END_TEST

START_TEST(the_public_page_answers_an_address_only_so_often)
{
    int refused = 0;
    for (int i = 0; i < 5; i++) { /* a minute may end in between, once */
        CentralAnswer answer = central_ask_page(central, "/V/x");
        refused += answer.status == 429 && answer.retry_after_s > 0;
        central_answer_clear(&answer);
    }
    ck_assert_int_ge(refused, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("central_page");
    TCase *pages = tcase_create("pages");
    TCase *sms = tcase_create("sms");
    tcase_set_timeout(pages, 60);
    tcase_set_timeout(sms, 60);
    suite_add_tcase(suite, pages);
    suite_add_tcase(suite, sms);
    tcase_add_unchecked_fixture(pages, central_prepare, central_forget);
    tcase_add_checked_fixture(pages, set_up, tear_down);
    tcase_add_unchecked_fixture(sms, central_prepare, central_forget);
    tcase_add_checked_fixture(sms, set_up_sms, tear_down);
    tcase_add_test(pages, the_page_of_a_delivered_certificate_says_what_the_paper_must_say);
    tcase_add_test(pages, the_page_of_a_void_certificate_says_so_and_that_it_was_replaced);
    tcase_add_test(sms, with_sms_a_record_waits_for_the_right_code);
    tcase_add_test(sms, the_public_page_answers_an_address_only_so_often);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
