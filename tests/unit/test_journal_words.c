/* The journal's entries as a technician reads them. */
#include "firmware/issuance/journal_internal.h"
#include "firmware/maintenance/journal_words.h"
#include "tests/testing.h"
#include <string.h>

/* Bodies as the machine writes them. */
static const struct {
    JournalStep step;
    const char *body, *zh, *en;
} cases[] = {
    {JOURNAL_PLAN,
     "{\"record\":\"r-1\",\"identifier\":\"11100000MB03271699001.123.A012202600000042.001.K\","
     "\"serial\":\"D33000000001\",\"sides\":4}",
     "4 面，识别码尾号 .001.K", "4 sides, identifier ending .001.K"},
    {JOURNAL_BIND, "{\"impressions\":-1,\"signature\":\"00ff\"}", "打印前计数器 未知",
     "page counter before it: unknown"},
    {JOURNAL_UNSURE,
     "{\"reason\":\"no-evidence\",\"evidence\":{\"counted\":2,\"sides\":4,\"job\":\"aborted\"}}",
     "没有打好的证据：数到 2 面，应有 4 面；任务中止了",
     "no evidence that it was printed: 2 of 4 sides counted; job aborted"},
    {JOURNAL_RELEASED, "{\"reason\":\"of-tomorrow\"}", "of-tomorrow", "of-tomorrow"},
    {JOURNAL_CONFIRM, "{\"state\":\"delivered\",\"reason\":\"\"}", "已取走", "taken"},
    {JOURNAL_SETTLED,
     "{\"word\":\"void\",\"reason\":\"booklet-not-found\",\"settled_by\":[\"t-07\",\"s-01\"]}",
     "作废，找不到实物，t-07 + s-01", "void, not found, t-07 + s-01"},
    {JOURNAL_LOAD, "{\"first\":\"D33000000001\",\"last\":\"D33000000050\",\"who\":\"t-07+s-01\"}",
     "D33000000001 到 D33000000050，t-07+s-01", "D33000000001 to D33000000050, t-07+s-01"},
    {JOURNAL_COUNT, "{\"first\":\"D33000000001\",\"counted\":0,\"expected\":50,\"who\":\"t-07\"}",
     "D33000000001 起的一批：数到 0 本，应有 50 本，t-07",
     "batch from D33000000001: 0 counted of 50, t-07"},
    {JOURNAL_CUT, "{\"head\":\"12:aabb\",\"sequence\":3}",
     "登记系统见过第 12 条，这里没有：清点红本",
     "the registry had seen entry 12, which is not here: count the booklets"},
    {JOURNAL_TAKEN, "{}", "", ""},
};

START_TEST(an_entry_reads_like_a_sentence)
{
    JournalEntry entry = {.step = cases[_i].step, .key = "", .body = cases[_i].body};
    char said[JOURNAL_SENTENCE_BYTES];
    journal_say(&entry, LANGUAGE_ZH, said);
    ck_assert_str_eq(said, cases[_i].zh);
    journal_say(&entry, LANGUAGE_EN, said);
    ck_assert_str_eq(said, cases[_i].en);
}
END_TEST

/* Whatever stands in it: no braces, no member's name, no quotation marks. */
START_TEST(no_step_shows_its_raw_form)
{
    static const char *const bodies[] = {"{}", "[]", "no json", "{\"reason\":{\"a\":[1]}}",
                                         "{\"settled_by\":[1,2],\"head\":7,\"identifier\":\"x\"}"};
    for (int step = 0; step <= JOURNAL_STEP_COUNT; step++)
        for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++)
            for (Language language = LANGUAGE_ZH; language <= LANGUAGE_EN; language++) {
                JournalEntry entry = {.step = (JournalStep)step, .key = "", .body = bodies[i]};
                char said[JOURNAL_SENTENCE_BYTES];
                journal_say(&entry, language, said);
                ck_assert_msg(!strpbrk(said, "{}\"[]_"), "%s", said);
                ck_assert_msg(*journal_step_name(entry.step, language), "step %d", step);
            }
}
END_TEST

static gboolean is_chinese(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (g_unichar_get_script(g_utf8_get_char(text)) == G_UNICODE_SCRIPT_HAN)
            return TRUE;
    return FALSE;
}

START_TEST(every_name_and_word_stands_in_both_languages)
{
    const char *zh, *en;
    for (int step = 0; step < JOURNAL_STEP_COUNT; step++) {
        ck_assert(is_chinese(journal_step_name((JournalStep)step, LANGUAGE_ZH)));
        ck_assert(g_str_is_ascii(journal_step_name((JournalStep)step, LANGUAGE_EN)));
    }
    for (gsize i = 0; journal_word_row(i, &zh, &en); i++)
        ck_assert_msg(is_chinese(zh) && *en && g_str_is_ascii(en), "%s",
                      journal_word_row(i, &zh, &en));
}
END_TEST

START_TEST(the_longest_sentence_ends_at_a_character)
{
    g_autofree char *reason = g_strnfill(600, 'x');
    g_autofree char *body = g_strdup_printf("{\"reason\":\"%s\"}", reason);
    for (int cut = 0; cut < 6; cut++) {
        reason[600 - cut - 1] = '\0';
        JournalEntry entry = {.step = JOURNAL_RELEASED, .key = "", .body = body};
        char said[JOURNAL_SENTENCE_BYTES];
        journal_say(&entry, LANGUAGE_ZH, said);
        ck_assert(g_utf8_validate(said, -1, NULL));
    }
}
END_TEST

START_TEST(the_booklet_is_told_by_the_first_entry_only)
{
    char serial[16];
    JournalEntry entry = {.step = JOURNAL_PLAN, .key = "k", .body = cases[0].body};
    ck_assert(journal_find_serial(&entry, serial, sizeof serial));
    ck_assert_str_eq(serial, "D33000000001");
    entry.step = JOURNAL_BIND;
    ck_assert(!journal_find_serial(&entry, serial, sizeof serial));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("journal_words");
    tcase_add_loop_test(tests, an_entry_reads_like_a_sentence, 0, (int)G_N_ELEMENTS(cases));
    tcase_add_test(tests, no_step_shows_its_raw_form);
    tcase_add_test(tests, every_name_and_word_stands_in_both_languages);
    tcase_add_test(tests, the_longest_sentence_ends_at_a_character);
    tcase_add_test(tests, the_booklet_is_told_by_the_first_entry_only);
    return testing_run(tests);
}
