#include "central/page.h"
#include "central/visits.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

#define PER_MINUTE 5
#define NOW_MS ((gint64)600000)

static const char *const printable[] = {"rec-1", "rec-2", NULL};
static char *folder;
static Visits *visits;

static void set_up(void)
{
    folder = g_dir_make_tmp("kiosk-visits-XXXXXX", NULL);
    g_autofree char *outbox = g_build_filename(folder, "outbox", NULL);
    visits = visits_create(outbox, PER_MINUTE);
}

/* Takes the one message out of the outbox; its code, which the caller frees; NULL: none. */
static char *take_code(void)
{
    g_autofree char *outbox = g_build_filename(folder, "outbox", NULL);
    g_autoptr(GDir) dir = g_dir_open(outbox, 0, NULL);
    const char *name = dir ? g_dir_read_name(dir) : NULL;
    if (!name)
        return NULL;
    ck_assert(g_str_has_suffix(name, ".sms"));
    g_autofree char *path = g_build_filename(outbox, name, NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert(g_str_has_prefix(text, "to: 13800000000\ncode: "));
    g_unlink(path);
    return g_strndup(text + strlen("to: 13800000000\ncode: "), 6);
}

static void tear_down(void)
{
    g_autofree char *outbox = g_build_filename(folder, "outbox", NULL);
    g_free(take_code());
    visits_destroy(visits);
    g_rmdir(outbox);
    g_rmdir(folder);
    g_free(folder);
}

static void open_visit(const char *phone, char token[VISIT_TOKEN_LENGTH + 1])
{
    int left = 0;
    ck_assert_int_eq(visits_open(visits, "0001", printable, phone, NOW_MS, token, &left),
                     VISITS_FINE);
    ck_assert_uint_eq(strlen(token), VISIT_TOKEN_LENGTH);
}

START_TEST(a_visit_is_good_for_its_kiosk_and_its_records)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    open_visit(NULL, token);
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-2", NOW_MS), VISITS_FINE);
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-3", NOW_MS), VISITS_NOT_LISTED);
    ck_assert_int_eq(visits_check(visits, "0002", token, "rec-2", NOW_MS), VISITS_EXPIRED);
    ck_assert_int_eq(visits_check(visits, "0001", NULL, "rec-2", NOW_MS), VISITS_EXPIRED);
    visits_close(visits, "0002", token);
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-2", NOW_MS), VISITS_FINE);
    visits_close(visits, "0001", token);
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-2", NOW_MS), VISITS_EXPIRED);
}
END_TEST

START_TEST(a_visit_dies_after_five_idle_minutes)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    open_visit(NULL, token);
    gint64 later_ms = NOW_MS + VISIT_IDLE_MS;
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-1", later_ms), VISITS_FINE);
    later_ms += VISIT_IDLE_MS + 1;
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-1", later_ms), VISITS_EXPIRED);
}
END_TEST

START_TEST(with_a_code_nothing_is_given_before_it_is_right)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    open_visit("13800000000", token);
    g_autofree char *code = take_code();
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-1", NOW_MS), VISITS_EXPIRED);
    g_autofree char *wrong = g_strdup(code);
    wrong[5] = wrong[5] == '9' ? '0' : '9';
    ck_assert_int_eq(visits_enter_code(visits, "0001", token, wrong, NOW_MS, &left),
                     VISITS_WRONG_CODE);
    ck_assert_int_eq(left, 4);
    ck_assert_int_eq(visits_enter_code(visits, "0001", token, code, NOW_MS, &left), VISITS_FINE);
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-1", NOW_MS), VISITS_FINE);
}
END_TEST

START_TEST(five_wrong_codes_end_the_visit)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    open_visit("13800000000", token);
    g_autofree char *code = take_code();
    for (int i = 4; i >= 0; i--) {
        ck_assert_int_eq(visits_enter_code(visits, "0001", token, "abcdef", NOW_MS, &left),
                         VISITS_WRONG_CODE);
        ck_assert_int_eq(left, i);
    }
    ck_assert_int_eq(visits_enter_code(visits, "0001", token, code, NOW_MS, &left), VISITS_EXPIRED);
}
END_TEST

START_TEST(a_code_is_sent_again_after_a_minute_and_the_old_one_ends)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    open_visit("13800000000", token);
    g_autofree char *old = take_code();
    gint64 early_ms = NOW_MS + VISIT_RESEND_MS - 1;
    ck_assert_int_eq(visits_resend(visits, "0001", token, early_ms, &left), VISITS_TOO_MANY);
    ck_assert_int_eq(left, 1);
    ck_assert_ptr_null(take_code());
    gint64 late_ms = NOW_MS + VISIT_RESEND_MS;
    ck_assert_int_eq(visits_resend(visits, "0001", token, late_ms, &left), VISITS_FINE);
    g_autofree char *new = take_code();
    if (strcmp(old, new))
        ck_assert_int_eq(visits_enter_code(visits, "0001", token, old, late_ms, &left),
                         VISITS_WRONG_CODE);
    ck_assert_int_eq(visits_enter_code(visits, "0001", token, new, late_ms, &left), VISITS_FINE);
}
END_TEST

START_TEST(a_code_grows_old_after_five_minutes)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    open_visit("13800000000", token);
    g_autofree char *code = take_code();
    gint64 alive_ms = NOW_MS + VISIT_IDLE_MS / 2;
    gint64 late_ms = NOW_MS + VISIT_CODE_MS + 1;
    ck_assert_int_eq(visits_check(visits, "0001", token, "rec-1", alive_ms), VISITS_EXPIRED);
    ck_assert_int_eq(visits_enter_code(visits, "0001", token, code, late_ms, &left),
                     VISITS_WRONG_CODE);
}
END_TEST

START_TEST(a_kiosk_opens_so_many_visits_in_a_minute)
{
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    for (int i = 0; i < PER_MINUTE; i++)
        open_visit(NULL, token);
    ck_assert_int_eq(visits_open(visits, "0001", printable, NULL, NOW_MS + 1000, token, &left),
                     VISITS_TOO_MANY);
    ck_assert_int_eq(left, 60);
    ck_assert_int_eq(visits_open(visits, "0002", printable, NULL, NOW_MS, token, &left),
                     VISITS_FINE);
    ck_assert_int_eq(visits_open(visits, "0001", printable, NULL, NOW_MS + 60000, token, &left),
                     VISITS_FINE);
}
END_TEST

START_TEST(an_address_asks_the_public_page_so_often_in_a_minute)
{
    guint8 one[4] = {192, 0, 2, 1}, two[4] = {192, 0, 2, 2};
    guint8 host_a[16] = {0x20, 0x01, 0x0d, 0xb8}, host_b[16] = {0x20, 0x01, 0x0d, 0xb8};
    host_b[15] = 1;
    PageRate *rate = page_rate_create(2);
    ck_assert(page_rate_allows(rate, one, 4, NOW_MS));
    ck_assert(page_rate_allows(rate, one, 4, NOW_MS));
    ck_assert(!page_rate_allows(rate, one, 4, NOW_MS));
    ck_assert(page_rate_allows(rate, two, 4, NOW_MS));
    ck_assert(page_rate_allows(rate, one, 4, NOW_MS + 60000));
    ck_assert(page_rate_allows(rate, host_a, 16, NOW_MS + 60000));
    ck_assert(page_rate_allows(rate, host_b, 16, NOW_MS + 60000));
    ck_assert(!page_rate_allows(rate, host_a, 16, NOW_MS + 60000));
    page_rate_destroy(rate);
}
END_TEST

START_TEST(many_addresses_share_what_is_left)
{
    PageRate *rate = page_rate_create(1);
    int allowed = 0;
    for (guint32 i = 1; i <= 10000; i++)
        allowed += page_rate_allows(rate, (const guint8 *)&i, 4, NOW_MS);
    ck_assert_int_le(allowed, 4097);
    ck_assert_int_ge(allowed, 4096);
    page_rate_destroy(rate);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("central_visits");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_visit_is_good_for_its_kiosk_and_its_records);
    tcase_add_test(tests, a_visit_dies_after_five_idle_minutes);
    tcase_add_test(tests, with_a_code_nothing_is_given_before_it_is_right);
    tcase_add_test(tests, five_wrong_codes_end_the_visit);
    tcase_add_test(tests, a_code_is_sent_again_after_a_minute_and_the_old_one_ends);
    tcase_add_test(tests, a_code_grows_old_after_five_minutes);
    tcase_add_test(tests, a_kiosk_opens_so_many_visits_in_a_minute);
    tcase_add_test(tests, an_address_asks_the_public_page_so_often_in_a_minute);
    tcase_add_test(tests, many_addresses_share_what_is_left);
    return testing_run(tests);
}
