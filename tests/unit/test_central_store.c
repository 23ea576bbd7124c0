#include "firmware/base/error.h"
#include "tests/unit/central_fixture.h"

START_TEST(next_sequence_is_beyond_the_greatest_seen)
{
    Wish one;
    guint32 next = 0;
    wish(&one, "0001", 0, 7);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(7, "released"), "200");
    ck_assert(store_get_next_sequence(store, "0001", &next, NULL));
    ck_assert_uint_eq(next, 8);
    ck_assert(store_get_next_sequence(store, "0002", &next, NULL));
    ck_assert_uint_eq(next, 1);
}
END_TEST

START_TEST(the_indexes_refuse_what_a_careless_caller_would_do)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    Issuance twice = {.state = REGISTER_STATE_RESERVED,
                      .kiosk = "0002",
                      .key = "another",
                      .booklet = "D33000000051"};
    g_strlcpy(twice.record, records[0], sizeof twice.record);
    g_strlcpy(twice.digest, digests[0], sizeof twice.digest);
    g_strlcpy(twice.identifier, "other", sizeof twice.identifier);
    g_autoptr(GError) error = NULL;
    ck_assert(!store_insert_issuance(store, &twice, 1, NOW_MS, NOW_MS, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_BUG));
    ck_assert_ptr_nonnull(strstr(error->message, "issuance.record"));
}
END_TEST

START_TEST(a_locked_register_answers_in_progress_and_changes_nothing)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    g_autoptr(Store) other = store_open(path, FALSE, NULL);
    ck_assert(store_begin(other, NULL));
    ck_assert_str_eq(asked(&one), "in-progress");
    store_rollback(other);
    ck_assert_str_eq(asked(&one), "201");
}
END_TEST

static const struct {
    const char *first, *last;
    KioskError error; /* UNKNOWN: accepted */
} batches[] = {
    {"D33000000061", "D33000000070", KIOSK_ERROR_UNKNOWN},
    {"D33000000050", "D33000000070", KIOSK_ERROR_REFUSED},
    {"D33000000070", "D33000000061", KIOSK_ERROR_INVALID},
    {"D33000000061", "J33000000070", KIOSK_ERROR_INVALID},
    {"D3300000061", "D33000000070", KIOSK_ERROR_INVALID},
    {"D33000000061", "D33000100061", KIOSK_ERROR_INVALID},
};

START_TEST(a_batch_is_a_range_that_nobody_has)
{
    g_autoptr(GError) error = NULL;
    gboolean done = store_assign(store, "0001", batches[_i].first, batches[_i].last, &error);
    ck_assert_int_eq(done, batches[_i].error == KIOSK_ERROR_UNKNOWN);
    if (!done)
        ck_assert_msg(kiosk_error_is(error, batches[_i].error), "%s", error->message);
}
END_TEST

START_TEST(a_kiosk_is_known_by_its_newest_certificate_until_revoked)
{
    guint8 old[32] = {1}, new[32] = {2};
    KioskStanding standing = KIOSK_STANDING_UNKNOWN;
    ck_assert(store_check_kiosk(store, "0001", old, &standing, NULL));
    ck_assert_int_eq(standing, KIOSK_STANDING_ENROLLED);
    ck_assert(store_enroll_kiosk(store, "0001", new, NULL));
    ck_assert(store_check_kiosk(store, "0001", old, &standing, NULL));
    ck_assert_int_eq(standing, KIOSK_STANDING_REVOKED);
    ck_assert(store_revoke_kiosk(store, "0001", NULL));
    ck_assert(store_check_kiosk(store, "0001", new, &standing, NULL));
    ck_assert_int_eq(standing, KIOSK_STANDING_REVOKED);
    ck_assert(store_check_kiosk(store, "0009", new, &standing, NULL));
    ck_assert_int_eq(standing, KIOSK_STANDING_UNKNOWN);
}
END_TEST

START_TEST(a_settlement_made_elsewhere_is_told_until_acknowledged)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "unsure"), "200");
    ck_assert_str_eq(told_at("0001", 1, "spoiled", "first", NOW_MS, TRUE), "200");
    for (int left = 1; left >= 0; left--) {
        json_t *list = store_list_settlements(store, "0001", NULL);
        ck_assert_uint_eq(json_array_size(list), (gsize)left);
        const json_t *item = json_array_get(list, 0);
        if (left)
            ck_assert_str_eq(json_string_value(json_object_get(item, "state")), "spoiled");
        json_decref(list);
        ck_assert(store_acknowledge(store, "0001", one.key, NULL));
    }
}
END_TEST

START_TEST(a_barred_record_is_listed_with_its_reason_and_never_reserved)
{
    Wish one;
    import_sample(0, "tax-due");
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(listed(0), "tax-due");
    ck_assert_str_eq(asked(&one), "certificate-live");
    ck_assert_str_eq(listed(1), "");
}
END_TEST

typedef struct {
    const char *kiosk;
    int n;
    gboolean granted;
} Racer;

static gpointer race(gpointer data)
{
    Racer *racer = data;
    Wish mine;
    Reply reply = {0};
    g_autoptr(Store) own = store_open(path, FALSE, NULL);
    Register desk = {own, keys, "K001", LEASE_S};
    wish(&mine, racer->kiosk, 0, racer->n);
    do
        register_reserve(&desk, &mine.wanted, &reply);
    while (!g_strcmp0(reply.problem, "in-progress"));
    racer->granted = reply.status == 201;
    reply_clear(&reply);
    return NULL;
}

START_TEST(racing_kiosks_get_one_certificate_between_them)
{
    Racer racers[8];
    GThread *threads[G_N_ELEMENTS(racers)];
    int granted = 0;
    for (int i = 0; i < (int)G_N_ELEMENTS(racers); i++) {
        racers[i] = i % 2 ? (Racer){"0002", 51 + i, FALSE} : (Racer){"0001", 1 + i, FALSE};
        threads[i] = g_thread_new("race", race, &racers[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(racers); i++) {
        g_thread_join(threads[i]);
        granted += racers[i].granted;
    }
    ck_assert_int_eq(granted, 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("central_store");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, next_sequence_is_beyond_the_greatest_seen);
    tcase_add_test(tests, the_indexes_refuse_what_a_careless_caller_would_do);
    tcase_add_test(tests, a_locked_register_answers_in_progress_and_changes_nothing);
    tcase_add_loop_test(tests, a_batch_is_a_range_that_nobody_has, 0, G_N_ELEMENTS(batches));
    tcase_add_test(tests, a_kiosk_is_known_by_its_newest_certificate_until_revoked);
    tcase_add_test(tests, a_settlement_made_elsewhere_is_told_until_acknowledged);
    tcase_add_test(tests, a_barred_record_is_listed_with_its_reason_and_never_reserved);
    tcase_add_test(tests, racing_kiosks_get_one_certificate_between_them);
    return testing_run(tests);
}
