#include "firmware/certificate/base32.h"
#include "tests/unit/central_fixture.h"

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

START_TEST(the_list_knows_when_and_where_a_booklet_was_printed)
{
    Wish one;
    gint64 printed_ms = NOW_MS + 1234, later_ms = NOW_MS + 5678;
    g_autoptr(SecretArena) arena = secret_arena_create();
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told_at("0001", 1, "printed", NULL, printed_ms, FALSE), "200");
    ck_assert_str_eq(told_at("0001", 1, "delivered", NULL, later_ms, FALSE), "200");
    g_autoptr(GArray) list = store_list_certificates(store, PERSON, arena, NULL);
    ck_assert_uint_gt(list->len, 1);
    for (guint i = 0; i < list->len; i++) {
        const Listed *listed = &g_array_index(list, Listed, i);
        gboolean printed = !strcmp(listed->id, records[0]);
        ck_assert_int_eq(listed->printed_ms, printed ? printed_ms : 0);
        ck_assert_str_eq(listed->kiosk, printed ? "0001" : "");
    }
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

/* What the kiosk said once is no answer to what two people say later, nor one pair's to another's. */
START_TEST(two_people_are_never_answered_with_what_others_said_before)
{
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(told(1, "retracted"), "200");
    ck_assert_str_eq(settled(1, "printed"), "invalid-request");
    ck_assert_str_eq(settled(1, "spoiled"), "invalid-request");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(listed(0), "locked");
    ck_assert_str_eq(settled(1, "delivered"), "200");
    ck_assert_str_eq(settled(1, "delivered"), "200");
    ck_assert_str_eq(settled(1, "void"), "already-settled");
}
END_TEST

START_TEST(after_the_lease_the_kiosk_may_still_say_how_it_ended)
{
    static const char *const ends[] = {"released", "printed", "spoiled"};
    Wish one;
    gint64 late_ms = NOW_MS + LEASE_S * 1000;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert(store_lapse_due(store, late_ms - 1, NULL));
    ck_assert_str_eq(listed(0), "in-progress");
    ck_assert(store_lapse_due(store, late_ms, NULL));
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

START_TEST(one_signature_alone_or_twice_is_not_two_people)
{
    static const char *const people[][2] = {{"ann", NULL}, {NULL, "ann"}, {"ann", "ann"}};
    Wish one;
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "unsure"), "200");
    Report report = {.kiosk = "0001",
                     .key = one.key,
                     .to = REGISTER_STATE_VOID,
                     .settled_by = {people[_i][0], people[_i][1]},
                     .elsewhere = TRUE,
                     .language = LANGUAGE_EN,
                     .now_ms = NOW_MS};
    Reply reply = {0};
    register_report(&reg, &report, &reply);
    ck_assert_int_eq(reply.status, 400);
    reply_clear(&reply);
    ck_assert_str_eq(listed(0), "locked");
    ck_assert_str_eq(settled(1, "void"), "200");
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
    /* People mended it: the same request is decided anew. */
    ck_assert_str_eq(told(1, "retracted"), "200");
    ck_assert_str_eq(settled(1, "void"), "200");
    ck_assert_str_eq(asked(&two), "201");
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
    tcase_add_loop_test(tests, the_list_says_what_the_last_step_means, 0, G_N_ELEMENTS(ways));
    tcase_add_test(tests, the_list_knows_when_and_where_a_booklet_was_printed);
    tcase_add_test(tests, a_report_is_repeated_also_after_the_next_step);
    tcase_add_loop_test(tests, after_the_lease_the_kiosk_may_still_say_how_it_ended, 0, 3);
    tcase_add_test(tests, two_people_are_never_answered_with_what_others_said_before);
    tcase_add_test(tests, what_the_kiosk_itself_calls_unsure_takes_two_people);
    tcase_add_loop_test(tests, one_signature_alone_or_twice_is_not_two_people, 0, 3);
    tcase_add_test(tests, a_late_reservation_after_a_release_reserves_nothing);
    tcase_add_test(tests, our_own_signature_stands_for_the_visit_after_a_restore);
}

int main(void)
{
    TCase *tests = tcase_create("central_register");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    return testing_run(tests);
}
