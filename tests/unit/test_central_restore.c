/* The register after a backup was put back. */
#include "firmware/base/error.h"
#include "tests/unit/central_fixture.h"
#include <sqlite3.h>

static gboolean is_restoring(void)
{
    gboolean restoring = FALSE;
    ck_assert(store_is_restoring(store, &restoring, NULL));
    return restoring;
}

static void restore(void)
{
    ck_assert(store_restore(store, NOW_MS, NULL));
}

static gint64 epoch(void)
{
    gint64 now = 0;
    ck_assert(store_get_epoch(store, &now, NULL));
    return now;
}

static void hear(const char *kiosk)
{
    ck_assert(store_hear(store, kiosk, epoch(), NULL));
}

static void vouch(Wish *ret, const char *kiosk, int record, int n)
{
    wish(ret, kiosk, record, n);
    ret->wanted.admitted = FALSE;
    ret->wanted.vouched = TRUE;
}

START_TEST(nothing_new_is_reserved_until_every_kiosk_has_told)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    restore();
    ck_assert_str_eq(asked(&one), "restoring");
    hear("0001");
    ck_assert_str_eq(asked(&one), "restoring");
    hear("0002");
    ck_assert(!is_restoring());
    ck_assert_str_eq(asked(&one), "201"); /* the refusal was not kept under the key */
}
END_TEST

START_TEST(what_carries_our_signature_is_taken_at_once_and_locks_for_the_others)
{
    Wish told_again, other;
    restore();
    vouch(&told_again, "0001", 0, 1);
    ck_assert_str_eq(asked(&told_again), "201");
    ck_assert_str_eq(told(1, "printed"), "200");
    hear("0001");
    hear("0002");
    wish(&other, "0002", 0, 51);
    ck_assert_str_eq(asked(&other), "certificate-live");
}
END_TEST

START_TEST(a_kiosk_learns_where_the_backup_ended_whatever_was_told_since)
{
    Wish one, two;
    guint32 from = 0;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    restore();
    vouch(&two, "0001", 1, 7);
    ck_assert_str_eq(asked(&two), "201");
    ck_assert(store_get_retell_from(store, "0001", &from, NULL));
    ck_assert_uint_eq(from, 2);
    ck_assert(store_get_retell_from(store, "0002", &from, NULL));
    ck_assert_uint_eq(from, 1);
}
END_TEST

START_TEST(what_carries_our_signature_needs_no_batch)
{
    Wish told_again;
    restore();
    vouch(&told_again, "0002", 0, 70); /* assigned after the backup */
    ck_assert_str_eq(asked(&told_again), "201");
}
END_TEST

START_TEST(the_word_of_another_epoch_says_nothing)
{
    restore();
    gint64 before = epoch();
    restore();
    ck_assert_int_gt(epoch(), before);
    ck_assert(store_hear(store, "0001", before, NULL));
    ck_assert(store_hear(store, "0002", before, NULL));
    ck_assert(is_restoring());
}
END_TEST

START_TEST(two_people_end_the_waiting_for_a_kiosk_that_was_lost)
{
    g_autoptr(GError) error = NULL;
    restore();
    hear("0001");
    ck_assert(store_forgo(store, "0002", "ann, bob: burnt", NULL));
    ck_assert(!is_restoring());
    ck_assert(!store_forgo(store, "0002", "ann, bob: burnt", &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_REFUSED));
    json_t *list = store_list_kiosks(store, NULL);
    const json_t *second = json_array_get(list, 1);
    ck_assert_str_eq(json_string_value(json_object_get(second, "forgone")), "ann, bob: burnt");
    json_decref(list);
}
END_TEST

START_TEST(a_kiosk_revoked_before_the_backup_is_not_waited_for)
{
    ck_assert(store_revoke_kiosk(store, "0002", NULL));
    restore();
    hear("0001");
    ck_assert(!is_restoring());
}
END_TEST

START_TEST(a_kiosk_enrolled_again_after_the_backup_is_waited_for)
{
    static const guint8 fingerprint[32] = {2};
    restore();
    ck_assert(store_enroll_kiosk(store, "0003", fingerprint, NULL));
    ck_assert(store_enroll_kiosk(store, "0001", fingerprint, NULL));
    hear("0001");
    hear("0002");
    ck_assert(is_restoring());
    hear("0003");
    ck_assert(!is_restoring());
    ck_assert(store_enroll_kiosk(store, "0004", fingerprint, NULL));
    ck_assert(!is_restoring());
}
END_TEST

/* In the lost hour a blank was spoiled at one kiosk, then another one printed the certificate: they
 * may tell it in any order. */
START_TEST(a_spoiled_issuance_told_late_does_not_lock_what_was_printed_since)
{
    Wish spoiled, printed;
    restore();
    vouch(&printed, "0002", 0, 51);
    vouch(&spoiled, "0001", 0, 1);
    spoiled.wanted.over = TRUE;
    Wish *order[2] = {_i ? &spoiled : &printed, _i ? &printed : &spoiled};
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq(asked(order[i]), "201");
    ck_assert_str_eq(told_at("0002", 51, "printed", NULL, NOW_MS, FALSE), "200");
    ck_assert_str_eq(told(1, "printed"), "invalid-request");
    ck_assert_str_eq(told(1, "spoiled"), "200");
    json_t *list = store_list_issuances(store, NULL);
    for (int i = 0; i < 2; i++) {
        const json_t *item = json_array_get(list, (gsize)i);
        gboolean first = !strcmp(json_string_value(json_object_get(item, "kiosk")), "0001");
        ck_assert_str_eq(json_string_value(json_object_get(item, "state")),
                         first ? "spoiled" : "printed");
    }
    json_decref(list);
}
END_TEST

START_TEST(a_void_one_told_late_takes_its_two_people)
{
    Wish over;
    restore();
    vouch(&over, "0001", 0, 1);
    over.wanted.over = TRUE;
    ck_assert_str_eq(asked(&over), "201");
    ck_assert_str_eq(told(1, "void"), "invalid-request");
    ck_assert_str_eq(told_at("0001", 1, "void", "ann", NOW_MS, FALSE), "200");
}
END_TEST

/* Simulation, seed 94: what two people had called void was called delivered after the restore. */
START_TEST(nobody_settles_at_the_desk_before_every_kiosk_has_told)
{
    Wish wish;
    vouch(&wish, "0001", 0, 1);
    ck_assert_str_eq(asked(&wish), "201");
    ck_assert_str_eq(told(1, "unsure"), "200");
    restore();
    ck_assert_str_eq(told_at("0001", 1, "void", "ann", NOW_MS, TRUE), "restoring");
    hear("0001");
    hear("0002");
    ck_assert_str_eq(told_at("0001", 1, "void", "ann", NOW_MS, TRUE), "200");
}
END_TEST

/* register-1.sql is what the first version left, as sqlite3 dumps it. */
START_TEST(a_register_of_version_1_is_migrated_with_all_that_it_holds)
{
    g_autofree char *dump = NULL;
    g_autofree char *file = g_strconcat(path, ".old", NULL);
    sqlite3 *old = NULL;
    ck_assert(g_file_get_contents(OLD_DIR "/register-1.sql", &dump, NULL, NULL));
    ck_assert_int_eq(sqlite3_open(file, &old), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(old, dump, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(old), SQLITE_OK);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Store) migrated = store_open(file, FALSE, &error);
        ck_assert_msg(migrated != NULL, "%s", error ? error->message : "");
        json_t *list = store_list_issuances(migrated, NULL);
        ck_assert_uint_eq(json_array_size(list), 2);
        ck_assert_str_eq(
            json_string_value(json_object_get(json_array_get(list, 0), "state")), "delivered");
        json_decref(list);
        gboolean restoring = TRUE;
        ck_assert(store_is_restoring(migrated, &restoring, NULL) && !restoring);
    }
    ck_assert_int_eq(sqlite3_open(file, &old), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(old, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(old);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_open(file, FALSE, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "version 99"));
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *left = g_strconcat(file, tails[i], NULL);
        g_unlink(left);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("central_restore");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_new_is_reserved_until_every_kiosk_has_told);
    tcase_add_test(tests, what_carries_our_signature_is_taken_at_once_and_locks_for_the_others);
    tcase_add_test(tests, a_kiosk_learns_where_the_backup_ended_whatever_was_told_since);
    tcase_add_test(tests, what_carries_our_signature_needs_no_batch);
    tcase_add_test(tests, the_word_of_another_epoch_says_nothing);
    tcase_add_test(tests, two_people_end_the_waiting_for_a_kiosk_that_was_lost);
    tcase_add_test(tests, a_kiosk_revoked_before_the_backup_is_not_waited_for);
    tcase_add_test(tests, a_kiosk_enrolled_again_after_the_backup_is_waited_for);
    tcase_add_loop_test(tests, a_spoiled_issuance_told_late_does_not_lock_what_was_printed_since, 0,
                        2);
    tcase_add_test(tests, a_void_one_told_late_takes_its_two_people);
    tcase_add_test(tests, nobody_settles_at_the_desk_before_every_kiosk_has_told);
    tcase_add_test(tests, a_register_of_version_1_is_migrated_with_all_that_it_holds);
    return testing_run(tests);
}
