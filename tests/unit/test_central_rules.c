#include "central/issuance_rules.h"
#include "central/person.h"
#include "central/reply.h"
#include "central/settings.h"
#include "tests/testing.h"
#include <string.h>

#define KIOSK REGISTER_ACTOR_KIOSK
#define PEOPLE REGISTER_ACTOR_TWO_PEOPLE
#define CLOCK REGISTER_ACTOR_CLOCK

/* Everything that is allowed, by the words of the API; "lapsed" is unsure by the end of the lease.
 */
static const struct {
    const char *from, *to;
    RegisterActor actor;
} allowed[] = {
    {"reserved", "released", KIOSK}, {"reserved", "printed", KIOSK},
    {"reserved", "spoiled", KIOSK},  {"reserved", "unsure", KIOSK},
    {"reserved", "lapsed", CLOCK},   {"lapsed", "released", KIOSK},
    {"lapsed", "printed", KIOSK},    {"lapsed", "spoiled", KIOSK},
    {"lapsed", "unsure", KIOSK},     {"lapsed", "printed", PEOPLE},
    {"lapsed", "spoiled", PEOPLE},   {"lapsed", "void", PEOPLE},
    {"unsure", "printed", PEOPLE},   {"unsure", "spoiled", PEOPLE},
    {"unsure", "void", PEOPLE},      {"printed", "delivered", KIOSK},
    {"printed", "retracted", KIOSK}, {"retracted", "delivered", PEOPLE},
    {"retracted", "void", PEOPLE},   {"retold", "spoiled", KIOSK},
    {"retold", "spoiled", PEOPLE},   {"retold", "void", PEOPLE},
};

static gboolean is_listed(RegisterState from, RegisterState to, RegisterActor actor)
{
    for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++)
        if (!strcmp(allowed[i].from, register_row(from)->name) &&
            !strcmp(allowed[i].to, register_row(to)->name) && allowed[i].actor == actor)
            return TRUE;
    return FALSE;
}

START_TEST(every_pair_of_states_is_allowed_or_refused_as_listed)
{
    gsize count = 0;
    for (int from = 0; from < REGISTER_STATE_COUNT; from++)
        for (int to = 0; to < REGISTER_STATE_COUNT; to++)
            for (int actor = 0; actor < REGISTER_ACTOR_COUNT; actor++) {
                gboolean wanted =
                    is_listed((RegisterState)from, (RegisterState)to, (RegisterActor)actor);
                count += (gsize)wanted;
                gboolean got = register_step_judge((RegisterState)from, (RegisterState)to,
                                                   (RegisterActor)actor) == REGISTER_STEP_ALLOWED;
                ck_assert_msg(got == wanted, "%s -> %s by %s: %d",
                              register_row((RegisterState)from)->name,
                              register_row((RegisterState)to)->name,
                              register_actor_word((RegisterActor)actor), got);
            }
    ck_assert_uint_eq(count, G_N_ELEMENTS(allowed));
}
END_TEST

static const struct {
    RegisterState from, to;
    RegisterStep step;
} refusals[] = {
    {REGISTER_STATE_UNSURE, REGISTER_STATE_PRINTED, REGISTER_STEP_NEEDS_TWO_PEOPLE},
    {REGISTER_STATE_RETRACTED, REGISTER_STATE_VOID, REGISTER_STEP_NEEDS_TWO_PEOPLE},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_VOID, REGISTER_STEP_NEEDS_TWO_PEOPLE},
    {REGISTER_STATE_UNSURE, REGISTER_STATE_RELEASED, REGISTER_STEP_NEVER},
    {REGISTER_STATE_RESERVED, REGISTER_STATE_DELIVERED, REGISTER_STEP_NEVER},
    {REGISTER_STATE_PRINTED, REGISTER_STATE_SPOILED, REGISTER_STEP_ALREADY_SETTLED},
    {REGISTER_STATE_RELEASED, REGISTER_STATE_PRINTED, REGISTER_STEP_ALREADY_SETTLED},
    {REGISTER_STATE_DELIVERED, REGISTER_STATE_RETRACTED, REGISTER_STEP_ALREADY_SETTLED},
    {REGISTER_STATE_VOID, REGISTER_STATE_PRINTED, REGISTER_STEP_ALREADY_SETTLED},
    {REGISTER_STATE_SPOILED, REGISTER_STATE_UNSURE, REGISTER_STEP_ALREADY_SETTLED},
};

START_TEST(a_kiosk_is_told_why_its_report_is_refused)
{
    ck_assert_int_eq(register_step_judge(refusals[_i].from, refusals[_i].to, KIOSK),
                     refusals[_i].step);
}
END_TEST

/* "Already settled" is the service's word for it, which a kiosk takes over: never for what waits. */
START_TEST(two_people_are_told_settled_only_of_what_is_settled)
{
    for (int from = 1; from < REGISTER_STATE_COUNT; from++)
        for (int to = 1; to < REGISTER_STATE_COUNT; to++) {
            RegisterStep step =
                register_step_judge((RegisterState)from, (RegisterState)to, PEOPLE);
            gboolean waits = from == REGISTER_STATE_UNSURE || from == REGISTER_STATE_RETRACTED ||
                             from == REGISTER_STATE_LAPSED || from == REGISTER_STATE_RETOLD;
            ck_assert(!waits || step == REGISTER_STEP_ALLOWED || step == REGISTER_STEP_NEVER);
        }
}
END_TEST

START_TEST(a_free_certificate_has_a_free_or_ended_booklet_and_a_reason_otherwise)
{
    for (int i = 1; i < REGISTER_STATE_COUNT; i++) {
        const RegisterRow *row = register_row((RegisterState)i);
        ck_assert_int_eq(register_state_from_name(row->name), i);
        ck_assert_int_eq(row->locks, *row->reason != '\0');
        ck_assert(!row->frees_serial || !row->locks);
    }
    ck_assert_int_eq(register_state_from_word("lapsed"), REGISTER_STATE_UNKNOWN);
    ck_assert_int_eq(register_state_from_word("retold"), REGISTER_STATE_UNKNOWN);
    ck_assert_int_eq(register_state_from_word("unsure"), REGISTER_STATE_UNSURE);
    ck_assert(register_row((RegisterState)99)->locks);
}
END_TEST

START_TEST(indexes_are_made_from_the_rows)
{
    g_autofree char *locking = register_sql_locking();
    g_autofree char *serial = register_sql_serial();
    ck_assert_str_eq(locking, "'reserved','printed','delivered','retracted','lapsed','unsure'");
    ck_assert_ptr_null(strstr(serial, "'released'"));
    ck_assert_ptr_nonnull(strstr(serial, "'spoiled'"));
    ck_assert_ptr_nonnull(strstr(serial, "'void'"));
}
END_TEST

static const struct {
    const char *type, *number;
    PersonCheck check;
} persons[] = {
    {"resident", "330106189001010019", PERSON_CHECK_FITS},
    {"resident", "11010519491231002X", PERSON_CHECK_FITS},
    {"resident", "330106189001010018", PERSON_CHECK_NO_NUMBER},
    {"resident", "33010618900101001", PERSON_CHECK_NO_NUMBER},
    {"passport", "330106189001010019", PERSON_CHECK_NO_TYPE},
    {"foreign-2023", "330106189001010019", PERSON_CHECK_OTHER},
    {"hmt-permit", "330106189001010019", PERSON_CHECK_OTHER},
    {"foreign-2017", "ABC123456789012", PERSON_CHECK_FITS},
    {"resident", "ABC123456789012", PERSON_CHECK_OTHER},
};

START_TEST(a_number_belongs_to_its_kind_of_document)
{
    ck_assert_int_eq(person_check(persons[_i].type, persons[_i].number), persons[_i].check);
}
END_TEST

START_TEST(every_problem_has_a_sentence_in_each_language)
{
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        char *detail[2] = {NULL, NULL};
        for (int language = LANGUAGE_ZH; language <= LANGUAGE_EN; language++) {
            Reply reply = {0};
            gsize length = 0;
            reply_problem(&reply, (Refusal)i, (Language)language, NULL);
            ck_assert_int_eq(reply.status, refusal_status((Refusal)i));
            ck_assert_str_eq(reply.type, "application/problem+json");
            const char *text = g_bytes_get_data(reply.body, &length);
            json_t *json = json_loadb(text, length, 0, NULL);
            ck_assert_str_eq(json_string_value(json_object_get(json, "type")),
                             refusal_word((Refusal)i));
            detail[language - 1] = g_strdup(json_string_value(json_object_get(json, "detail")));
            json_decref(json);
            reply_clear(&reply);
        }
        ck_assert_int_gt(strlen(detail[0]), 0);
        ck_assert_str_ne(detail[0], detail[1]);
        g_free(detail[0]);
        g_free(detail[1]);
    }
}
END_TEST

START_TEST(language_is_the_first_one_asked_for)
{
    ck_assert_int_eq(language_from_header("en"), LANGUAGE_EN);
    ck_assert_int_eq(language_from_header("zh-CN, en;q=0.5"), LANGUAGE_ZH);
    ck_assert_int_eq(language_from_header("en-GB, zh;q=0.5"), LANGUAGE_EN);
    ck_assert_int_eq(language_from_header("fr"), LANGUAGE_ZH);
    ck_assert_int_eq(language_from_header(NULL), LANGUAGE_ZH);
}
END_TEST

START_TEST(the_released_central_conf_is_the_table_of_keys)
{
    g_autofree char *wanted = settings_document();
    g_autofree char *released = NULL;
    ck_assert(
        g_file_get_contents(SAMPLES_DIR "/../../central/central.conf", &released, NULL, NULL));
    ck_assert_str_eq(released, wanted);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("central_rules");
    tcase_add_test(tests, every_pair_of_states_is_allowed_or_refused_as_listed);
    tcase_add_loop_test(tests, a_kiosk_is_told_why_its_report_is_refused, 0,
                        G_N_ELEMENTS(refusals));
    tcase_add_test(tests, two_people_are_told_settled_only_of_what_is_settled);
    tcase_add_test(tests, a_free_certificate_has_a_free_or_ended_booklet_and_a_reason_otherwise);
    tcase_add_test(tests, indexes_are_made_from_the_rows);
    tcase_add_loop_test(tests, a_number_belongs_to_its_kind_of_document, 0, G_N_ELEMENTS(persons));
    tcase_add_test(tests, every_problem_has_a_sentence_in_each_language);
    tcase_add_test(tests, language_is_the_first_one_asked_for);
    tcase_add_test(tests, the_released_central_conf_is_the_table_of_keys);
    return testing_run(tests);
}
