#include "central/register.h"
#include "firmware/base/error.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

#define TYPE "11100000MB03271699001"
#define ISSUER "11330106MA00000A9H"
#define NOW_MS ((gint64)1795478400000) /* 2026-11-24T00:00:00Z */
#define LEASE_S 600
#define PERSON "330106189001010019"

static char *path;
static Store *store;
static KeySet *keys;
static Register reg;
static char digests[2][DIGEST_TEXT_SIZE];
static const char *const records[] = {"rec-2026-000001", "rec-2026-000002"};

static void import_sample(int i, const char *reason)
{
    g_autofree char *file = g_strdup_printf(SAMPLES_DIR "/%s.json", records[i]);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(file, &text, &length, NULL));
    g_autoptr(GBytes) payload = g_bytes_new_take(text, length);
    g_autoptr(Record) record = record_parse(text, length, &error);
    ck_assert_msg(record != NULL, "%s", error ? error->message : "");
    Import import = {record, "a.b.c", payload, reason, ""};
    ck_assert_msg(store_import(store, &import, NOW_MS, &error), "%s", error ? error->message : "");
    digest_text(record->digest, digests[i]);
}

static void set_up(void)
{
    static const guint8 fingerprint[32] = {1};
    g_autofree char *private_key = NULL;
    g_autofree char *public_key = NULL;
    g_autofree char *folder = g_dir_make_tmp("kiosk-register-XXXXXX", NULL);
    path = g_build_filename(folder, "central.db", NULL);
    store = store_open(path, TRUE, NULL);
    ck_assert_ptr_nonnull(store);
    ck_assert(key_generate("K001", &private_key, &public_key, NULL));
    keys = key_set_parse(private_key, strlen(private_key), NULL);
    ck_assert(store_enroll_kiosk(store, "0001", fingerprint, NULL));
    ck_assert(store_enroll_kiosk(store, "0002", fingerprint, NULL));
    ck_assert(store_assign(store, "0001", "D33000000001", "D33000000050", NULL));
    ck_assert(store_assign(store, "0002", "D33000000051", "D33000000060", NULL));
    import_sample(0, "");
    import_sample(1, "");
    reg = (Register){store, keys, "K001", LEASE_S};
}

static void remove_database(void)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    g_autofree char *folder = g_path_get_dirname(path);
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *file = g_strconcat(path, tails[i], NULL);
        g_unlink(file);
    }
    g_rmdir(folder);
}

static void tear_down(void)
{
    store_close(store);
    key_set_free(keys);
    remove_database();
    g_free(path);
}

/* A wish that is fine for sequence `n`: key, identifier and booklet follow from it. */
typedef struct {
    Reservation wanted;
    char key[40], identifier[IDENTIFIER_LENGTH + 1], booklet[13];
} Wish;

static void wish(Wish *ret, const char *kiosk, int record, int n)
{
    *ret = (Wish){0};
    snprintf(ret->key, sizeof ret->key, "00000000-0000-4000-8000-%012d", n);
    snprintf(ret->booklet, sizeof ret->booklet, "D330000000%02d", n);
    ck_assert(identifier_compose(TYPE, ISSUER, kiosk, 2026, (guint32)n, ret->identifier, NULL));
    ret->wanted = (Reservation){.kiosk = kiosk,
                                .key = ret->key,
                                .record = records[record],
                                .identifier = ret->identifier,
                                .booklet = ret->booklet,
                                .digest = digests[record],
                                .request = {(guint8)n, 1},
                                .admitted = TRUE,
                                .language = LANGUAGE_EN,
                                .now_ms = NOW_MS};
}

/* Asks; the body as text, which the caller frees; "status body". */
static char *ask(const Wish *wished)
{
    Reply reply = {0};
    register_reserve(&reg, &wished->wanted, &reply);
    gsize length = 0;
    const char *body = g_bytes_get_data(reply.body, &length);
    char *text = g_strdup_printf("%d %.*s", reply.status, (int)length, body);
    reply_clear(&reply);
    return text;
}

/* 201, or the word of the problem. */
static const char *asked(const Wish *wished)
{
    static char word[64];
    g_autofree char *text = ask(wished);
    if (g_str_has_prefix(text, "201 "))
        return "201";
    json_t *json = json_loads(text + 4, 0, NULL);
    g_strlcpy(word, json_string_value(json_object_get(json, "type")), sizeof word);
    json_decref(json);
    return word;
}

static const char *told_at(const char *kiosk, int n, const char *state, const char *by,
                           gint64 now_ms, gboolean elsewhere)
{
    static char word[64];
    g_autofree char *key = g_strdup_printf("00000000-0000-4000-8000-%012d", n);
    Report report = {.kiosk = kiosk,
                     .key = key,
                     .to = register_state_from_word(state),
                     .reason = "test",
                     .evidence = "{}",
                     .settled_by = {by, by ? "second" : NULL},
                     .elsewhere = elsewhere,
                     .language = LANGUAGE_EN,
                     .now_ms = now_ms};
    Reply reply = {0};
    register_report(&reg, &report, &reply);
    json_t *json =
        json_loadb(g_bytes_get_data(reply.body, NULL), g_bytes_get_size(reply.body), 0, NULL);
    const char *type = json_string_value(json_object_get(json, "type"));
    g_strlcpy(word, type ? type : "200", sizeof word);
    json_decref(json);
    reply_clear(&reply);
    return word;
}

static const char *told(int n, const char *state)
{
    return told_at("0001", n, state, NULL, NOW_MS, FALSE);
}

static const char *settled(int n, const char *state)
{
    return told_at("0001", n, state, "first", NOW_MS, FALSE);
}

/* The reason in the person's list for sample `record`. */
static const char *listed(int record)
{
    static char reason[32];
    g_autoptr(SecretArena) arena = secret_arena_create();
    g_autoptr(GArray) list = store_list_certificates(store, PERSON, arena, NULL);
    for (guint i = 0; i < list->len; i++)
        if (!strcmp(g_array_index(list, Listed, i).id, records[record]))
            g_strlcpy(reason, g_array_index(list, Listed, i).reason, sizeof reason);
    return reason;
}

START_TEST(same_key_gets_the_same_bytes_even_from_a_new_connection)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    g_autofree char *first = ask(&one);
    store_close(store);
    reg.store = store = store_open(path, FALSE, NULL);
    one.wanted.admitted = FALSE; /* the visit died with the process */
    g_autofree char *second = ask(&one);
    ck_assert(g_str_has_prefix(first, "201 {\"signature\":\""));
    ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(a_reservation_carries_our_signature_over_the_paper)
{
    Wish one;
    guint8 signature[64];
    wish(&one, "0001", 0, 1);
    g_autofree char *text = ask(&one);
    json_t *json = json_loads(text + 4, 0, NULL);
    const char *base32 = json_string_value(json_object_get(json, "signature"));
    ck_assert(base32_decode(base32, strlen(base32), signature, 64));
    g_autofree char *over = signed_text_compose(one.identifier, one.booklet, digests[0], "K001");
    ck_assert(key_set_verify(keys, "K001", over, strlen(over), signature, NULL));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "lease_s")), LEASE_S);
    json_decref(json);
}
END_TEST

START_TEST(same_key_with_another_body_is_key_reused)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    one.wanted.request[5] = 9;
    ck_assert_str_eq(asked(&one), "key-reused");
}
END_TEST

START_TEST(one_certificate_has_one_live_issuance_over_all_kiosks)
{
    Wish one, two;
    wish(&one, "0001", 0, 1);
    wish(&two, "0002", 0, 51);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(asked(&two), "certificate-live");
}
END_TEST

START_TEST(one_booklet_has_one_fate)
{
    Wish one, two;
    wish(&one, "0001", 0, 1);
    wish(&two, "0001", 1, 2);
    g_strlcpy(two.booklet, one.booklet, sizeof two.booklet);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "spoiled"), "200");
    ck_assert_str_eq(asked(&two), "serial-used");
}
END_TEST

START_TEST(a_refusal_is_repeated_even_when_its_cause_is_gone)
{
    Wish one, two, three;
    wish(&one, "0001", 0, 1);
    wish(&two, "0002", 0, 51);
    wish(&three, "0002", 0, 52);
    ck_assert_str_eq(asked(&one), "201");
    g_autofree char *first = ask(&two);
    ck_assert_str_eq(told(1, "released"), "200");
    g_autofree char *second = ask(&two);
    ck_assert_str_eq(first, second);
    ck_assert_str_eq(asked(&three), "201");
}
END_TEST

START_TEST(released_frees_certificate_and_booklet_but_not_the_identifier)
{
    Wish one, two, three;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "released"), "200");
    wish(&two, "0001", 0, 2);
    g_strlcpy(two.identifier, one.identifier, sizeof two.identifier);
    g_strlcpy(two.booklet, one.booklet, sizeof two.booklet);
    ck_assert_str_eq(asked(&two), "invalid-request");
    wish(&three, "0001", 0, 3);
    g_strlcpy(three.booklet, one.booklet, sizeof three.booklet);
    ck_assert_str_eq(asked(&three), "201");
}
END_TEST

typedef enum {
    SPOIL_DIGEST,
    SPOIL_BATCH,
    SPOIL_VISIT,
    SPOIL_RECORD,
    SPOIL_KIOSK,
    SPOIL_CHECK,
    SPOIL_YEAR,
    SPOIL_ISSUER,
    SPOIL_NOTHING
} Spoil;

static const struct {
    Spoil what;
    const char *problem;
} spoils[] = {
    {SPOIL_DIGEST, "digest-mismatch"},
    {SPOIL_BATCH, "serial-not-assigned"},
    {SPOIL_VISIT, "visit-expired"},
    {SPOIL_RECORD, "unknown-record"},
    {SPOIL_KIOSK, "invalid-request"},
    {SPOIL_CHECK, "invalid-request"},
    {SPOIL_YEAR, "invalid-request"},
    {SPOIL_ISSUER, "invalid-request"},
    {SPOIL_NOTHING, "201"},
};

static void spoil(Wish *wished, Spoil what)
{
    switch (what) {
    case SPOIL_DIGEST:
        wished->wanted.digest = digests[1];
        break;
    case SPOIL_BATCH:
        g_strlcpy(wished->booklet, "D33000000051", sizeof wished->booklet);
        break;
    case SPOIL_VISIT:
        wished->wanted.admitted = FALSE;
        break;
    case SPOIL_RECORD:
        wished->wanted.record = "rec-0";
        break;
    case SPOIL_KIOSK:
        ck_assert(identifier_compose(TYPE, ISSUER, "0002", 2026, 1, wished->identifier, NULL));
        break;
    case SPOIL_CHECK:
        wished->identifier[62] = wished->identifier[62] == 'A' ? 'B' : 'A';
        break;
    case SPOIL_YEAR:
        ck_assert(identifier_compose(TYPE, ISSUER, "0001", 2024, 1, wished->identifier, NULL));
        break;
    case SPOIL_ISSUER:
        ck_assert(identifier_compose(TYPE, "113301060000000A2Q", "0001", 2026, 1,
                                     wished->identifier, NULL));
        break;
    case SPOIL_NOTHING:
        break;
    }
}

START_TEST(a_reservation_with_one_wrong_part_is_refused_and_reserves_nothing)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    spoil(&one, spoils[_i].what);
    ck_assert_str_eq(asked(&one), spoils[_i].problem);
    json_t *open = store_list_open(store, "0001", NULL);
    ck_assert_uint_eq(json_array_size(open), strcmp(spoils[_i].problem, "201") ? 0 : 1);
    json_decref(open);
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

static const struct {
    const char *steps[3]; /* reported by the kiosk, or "+" and settled by two people */
    const char *reason;
} ways[] = {
    {{NULL}, "in-progress"},
    {{"printed"}, "printed"},
    {{"printed", "delivered"}, "printed"},
    {{"printed", "retracted"}, "locked"},
    {{"printed", "retracted", "+void"}, ""},
    {{"printed", "retracted", "+delivered"}, "printed"},
    {{"unsure"}, "locked"},
    {{"unsure", "+printed"}, "printed"},
    {{"unsure", "+spoiled"}, ""},
    {{"spoiled"}, ""},
    {{"released"}, ""},
};

START_TEST(the_list_says_what_the_last_step_means)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    for (int i = 0; i < 3 && ways[_i].steps[i]; i++) {
        const char *step = ways[_i].steps[i];
        ck_assert_str_eq(*step == '+' ? settled(1, step + 1) : told(1, step), "200");
    }
    ck_assert_str_eq(listed(0), ways[_i].reason);
}
END_TEST

START_TEST(a_report_is_repeated_also_after_the_next_step)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(told(1, "delivered"), "200");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(listed(0), "printed");
    ck_assert_str_eq(told(1, "spoiled"), "already-settled");
    ck_assert_str_eq(told_at("0002", 1, "delivered", NULL, NOW_MS, FALSE), "unknown-issuance");
}
END_TEST

START_TEST(after_the_lease_the_kiosk_may_still_say_how_it_ended)
{
    static const char *const ends[] = {"released", "printed", "spoiled"};
    Wish one;
    gint64 late_ms = NOW_MS + LEASE_S * 1000;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert(store_begin(store, NULL) && store_lapse(store, late_ms - 1, NULL) &&
              store_commit(store, NULL));
    ck_assert_str_eq(listed(0), "in-progress");
    ck_assert(store_begin(store, NULL) && store_lapse(store, late_ms, NULL) &&
              store_commit(store, NULL));
    ck_assert_str_eq(listed(0), "locked");
    ck_assert_str_eq(told_at("0001", 1, ends[_i], NULL, late_ms, FALSE), "200");
}
END_TEST

START_TEST(what_the_kiosk_itself_calls_unsure_takes_two_people)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "unsure"), "200");
    ck_assert_str_eq(told(1, "printed"), "invalid-request");
    ck_assert_str_eq(settled(1, "released"), "invalid-request");
    ck_assert_str_eq(settled(1, "void"), "200");
    ck_assert_str_eq(told(1, "printed"), "already-settled");
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

START_TEST(a_late_reservation_after_a_release_reserves_nothing)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(told(1, "released"), "unknown-issuance");
    ck_assert_str_eq(asked(&one), "already-settled");
    ck_assert_str_eq(listed(0), "");
}
END_TEST

START_TEST(our_own_signature_stands_for_the_visit_after_a_restore)
{
    Wish one, two;
    wish(&one, "0001", 0, 1);
    one.wanted.admitted = FALSE;
    one.wanted.vouched = TRUE;
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "printed"), "200");
    wish(&two, "0002", 0, 51);
    two.wanted.admitted = FALSE;
    two.wanted.vouched = TRUE;
    ck_assert_str_eq(asked(&two), "certificate-live");
}
END_TEST

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
    Issuance twice = {.kiosk = "0002", .key = "another", .booklet = "D33000000051"};
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

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, same_key_gets_the_same_bytes_even_from_a_new_connection);
    tcase_add_test(tests, a_reservation_carries_our_signature_over_the_paper);
    tcase_add_test(tests, same_key_with_another_body_is_key_reused);
    tcase_add_test(tests, one_certificate_has_one_live_issuance_over_all_kiosks);
    tcase_add_test(tests, one_booklet_has_one_fate);
    tcase_add_test(tests, a_refusal_is_repeated_even_when_its_cause_is_gone);
    tcase_add_test(tests, released_frees_certificate_and_booklet_but_not_the_identifier);
    tcase_add_loop_test(tests, a_reservation_with_one_wrong_part_is_refused_and_reserves_nothing, 0,
                        G_N_ELEMENTS(spoils));
    tcase_add_test(tests, a_barred_record_is_listed_with_its_reason_and_never_reserved);
    tcase_add_loop_test(tests, the_list_says_what_the_last_step_means, 0, G_N_ELEMENTS(ways));
    tcase_add_test(tests, a_report_is_repeated_also_after_the_next_step);
    tcase_add_loop_test(tests, after_the_lease_the_kiosk_may_still_say_how_it_ended, 0, 3);
    tcase_add_test(tests, what_the_kiosk_itself_calls_unsure_takes_two_people);
    tcase_add_test(tests, a_settlement_made_elsewhere_is_told_until_acknowledged);
    tcase_add_test(tests, a_late_reservation_after_a_release_reserves_nothing);
    tcase_add_test(tests, our_own_signature_stands_for_the_visit_after_a_restore);
    tcase_add_test(tests, next_sequence_is_beyond_the_greatest_seen);
    tcase_add_test(tests, the_indexes_refuse_what_a_careless_caller_would_do);
    tcase_add_test(tests, a_locked_register_answers_in_progress_and_changes_nothing);
    tcase_add_loop_test(tests, a_batch_is_a_range_that_nobody_has, 0, G_N_ELEMENTS(batches));
    tcase_add_test(tests, a_kiosk_is_known_by_its_newest_certificate_until_revoked);
}

int main(void)
{
    TCase *tests = tcase_create("central_register");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    return testing_run(tests);
}
