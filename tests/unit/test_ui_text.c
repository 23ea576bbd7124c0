#include "firmware/base/error.h"
#include "tests/testing.h"
#include "ui/reason.h"
#include "ui/text.h"
#include <string.h>

#define NBSP "\u00a0"

static Texts *open_texts(void)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    ck_assert(config_set(config, "kiosk", "window", "12", NULL));
    Texts *texts = texts_create(config, ASSETS_DIR, &error);
    ck_assert_msg(texts != NULL, "%s", error ? error->message : "");
    return texts;
}

static void expect(const Texts *texts, Language language, const char *key, const char *wanted)
{
    g_autofree char *text = texts_format(texts, language, key, NULL);
    ck_assert_str_eq(text, wanted);
}

/* The process stays in the C locale all the time, where libintl would give the keys back. */
START_TEST(language_changes_from_one_line_to_the_next)
{
    g_autoptr(Texts) texts = open_texts();
    expect(texts, LANGUAGE_ZH, "attract.begin", "开始办理");
    expect(texts, LANGUAGE_EN, "attract.begin", "Start");
    expect(texts, LANGUAGE_ZH, "attract.begin", "开始办理");
    expect(texts, LANGUAGE_UNKNOWN, "attract.begin", "开始办理");
}
END_TEST

START_TEST(placeholders_take_arguments_and_the_centres_own_data)
{
    g_autoptr(Texts) texts = open_texts();
    g_autofree char *pages =
        texts_format(texts, LANGUAGE_EN, "choose.pages", "page", "2", "pages", "3", NULL);
    ck_assert_str_eq(pages, "Page" NBSP "2 of 3");
    expect(texts, LANGUAGE_EN, "certificate.window.next", "Please go to window" NBSP "12.");
    g_autofree char *open = texts_format(texts, LANGUAGE_EN, "choose.pages", "page", "2", NULL);
    ck_assert_str_eq(open, "Page" NBSP "2 of {pages}");
}
END_TEST

START_TEST(an_argument_is_never_read_as_a_placeholder)
{
    g_autoptr(Texts) texts = open_texts();
    g_autofree char *text =
        texts_format(texts, LANGUAGE_EN, "choose.pages", "page", "{window}", "pages", "%s%n", NULL);
    ck_assert_str_eq(text, "Page" NBSP "{window} of %s%n");
}
END_TEST

START_TEST(a_missing_sentence_is_empty_and_told)
{
    g_autoptr(Texts) texts = open_texts();
    expect(texts, LANGUAGE_EN, "no.such.key", "");
    ck_assert(!texts_has(texts, LANGUAGE_EN, "no.such.key"));
    ck_assert(!texts_has(texts, LANGUAGE_EN, ""));
}
END_TEST

START_TEST(a_folder_without_catalogues_is_a_configuration_error)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    ck_assert(texts_create(config, "/nonexistent", &error) == NULL);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    ck_assert(g_str_has_prefix(error->message, "translations: "));
}
END_TEST

static void put(GByteArray *bytes, guint32 value)
{
    value = GUINT32_TO_LE(value);
    g_byte_array_append(bytes, (guint8 *)&value, sizeof value);
}

/* A catalogue with one entry "k" -> "v": 28 bytes of header, two tables of 8, four bytes. */
static GByteArray *make_catalogue(void)
{
    GByteArray *bytes = g_byte_array_new();
    const guint32 words[] = {0x950412de, 0, 1, 28, 36, 0, 44, 1, 44, 1, 46};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        put(bytes, words[i]);
    g_byte_array_append(bytes, (const guint8 *)"k\0v\0", 4);
    return bytes;
}

START_TEST(a_good_catalogue_is_read)
{
    g_autoptr(GByteArray) bytes = make_catalogue();
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) table =
        texts_parse_catalogue((const char *)bytes->data, bytes->len, &error);
    ck_assert(table != NULL);
    ck_assert_str_eq(g_hash_table_lookup(table, "k"), "v");
}
END_TEST

static const struct {
    const char *what;
    guint offset;
    guint32 value;
} broken[] = {
    {"magic", 0, 0xde120495},
    {"revision", 4, 1},
    {"count beyond the file", 8, 1000},
    {"count that overflows", 8, 0xffffffff},
    {"table of keys outside", 12, 41},
    {"table of texts outside", 16, 0xfffffff8},
    {"key outside", 32, 48},
    {"key that overflows", 32, 0xffffffff},
    {"length outside", 28, 20},
    {"length that overflows", 36, 0xffffffff},
    {"length short of the end", 36, 0},
};

START_TEST(a_broken_catalogue_is_refused)
{
    g_autoptr(GByteArray) bytes = make_catalogue();
    g_autoptr(GError) error = NULL;
    guint32 value = GUINT32_TO_LE(broken[_i].value);
    memcpy(bytes->data + broken[_i].offset, &value, sizeof value);
    /* a copy of exact size, so that reading past the end is seen */
    g_autofree char *exact = g_memdup2(bytes->data, bytes->len);
    ck_assert_msg(texts_parse_catalogue(exact, bytes->len, &error) == NULL, "%s", broken[_i].what);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
}
END_TEST

START_TEST(a_catalogue_cut_anywhere_is_refused)
{
    g_autoptr(GByteArray) bytes = make_catalogue();
    for (guint length = 0; length < bytes->len; length++) {
        g_autofree char *cut = g_memdup2(bytes->data, length);
        ck_assert(texts_parse_catalogue(cut ? cut : "", length, NULL) == NULL);
    }
}
END_TEST

START_TEST(every_reason_says_what_and_what_next_in_both_languages)
{
    static const Screen screens[] = {SCREEN_REFUSED, SCREEN_FAULT, SCREEN_CLOSED};
    g_autoptr(Texts) texts = open_texts();
    for (guint s = 0; s < G_N_ELEMENTS(screens); s++) {
        const char *const *words = reason_list_words(screens[s]);
        g_autoptr(GHashTable) sentences =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (int i = 0; words[i]; i++) {
            View view = {.screen = screens[s], .language = LANGUAGE_ZH, .reason = words[i]};
            char *sentence = reason_format(texts, &view, "sentence", FALSE);
            g_autofree char *next = reason_format(texts, &view, "next", FALSE);
            ck_assert(*sentence && *next);
            ck_assert_msg(g_hash_table_add(sentences, sentence), "said twice: %s", words[i]);
            view.language = LANGUAGE_EN;
            g_autofree char *english = reason_format(texts, &view, "sentence", FALSE);
            ck_assert(*english && g_str_is_ascii(english));
        }
    }
}
END_TEST

START_TEST(an_unknown_reason_gets_the_general_sentence)
{
    g_autoptr(Texts) texts = open_texts();
    View view = {.screen = SCREEN_CLOSED, .language = LANGUAGE_EN, .reason = "of-tomorrow"};
    g_autofree char *text = reason_format(texts, &view, "sentence", FALSE);
    ck_assert_str_eq(text, "A part needs attention; staff know.");
    view.reason = "jam"; /* a word of another screen */
    g_autofree char *other = reason_format(texts, &view, "sentence", FALSE);
    ck_assert_str_eq(other, text);
    view.reason = NULL;
    g_autofree char *none = reason_format(texts, &view, "sentence", FALSE);
    ck_assert_str_eq(none, text);
}
END_TEST

START_TEST(a_detail_is_said_where_there_is_one)
{
    g_autoptr(Texts) texts = open_texts();
    View view = {.screen = SCREEN_FAULT, .language = LANGUAGE_EN, .reason = "jam", .detail = "2"};
    g_autofree char *with = reason_format(texts, &view, "what", FALSE);
    ck_assert_str_eq(with, "Paper stuck on page" NBSP "2; the machine has stopped.");
    view.detail = "";
    g_autofree char *without = reason_format(texts, &view, "what", FALSE);
    ck_assert_str_eq(without, "Paper stuck; the machine has stopped.");
}
END_TEST

/* There the sentence below the heading, which says so else, has no room. */
START_TEST(large_text_asks_not_to_open_the_machine_where_printing_stopped)
{
    static const char *const words[] = {"jam", "spoiled", "unsure", "timeout", "other"};
    g_autoptr(Texts) texts = open_texts();
    for (guint i = 0; i < G_N_ELEMENTS(words) * 2; i++) {
        View view = {.screen = SCREEN_FAULT, .language = LANGUAGE_ZH, .reason = words[i / 2],
                     .detail = i % 2 ? "2" : ""};
        g_autofree char *said = reason_format(texts, &view, "what", TRUE);
        ck_assert_msg(strstr(said, "请不要打开"), "%s", said);
        view.language = LANGUAGE_EN;
        g_autofree char *english = reason_format(texts, &view, "what", TRUE);
        ck_assert_msg(strstr(english, "Please don't open the machine"), "%s", english);
    }
}
END_TEST

START_TEST(a_field_of_the_certificate_is_named_in_words)
{
    static const char *const fields[] = {"number",     "owners",       "co_ownership", "location",
                                         "unit_code",  "right_type",   "right_nature", "use",
                                         "area",       "term",         "other",        "notes",
                                         "plan"};
    g_autoptr(Texts) texts = open_texts();
    View view = {.screen = SCREEN_REFUSED, .language = LANGUAGE_ZH, .reason = "cannot-print"};
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        view.detail = fields[i];
        g_autofree char *said = reason_format(texts, &view, "sentence", FALSE);
        ck_assert_msg(!strstr(said, fields[i]), "%s", said);
    }
    view.detail = "owners";
    g_autofree char *said = reason_format(texts, &view, "sentence", FALSE);
    ck_assert_str_eq(said, "“权利人”里有一个字本机打不出来。");
}
END_TEST

START_TEST(the_services_own_sentence_stands_in_for_an_unknown_certificate_reason)
{
    g_autoptr(Texts) texts = open_texts();
    ViewCertificate certificate = {
        .number = "", .reason = "of-tomorrow", .reason_text = {"Ask later."}};
    g_autofree char *own = reason_format_certificate(texts, LANGUAGE_EN, &certificate, "sentence");
    ck_assert_str_eq(own, "Ask later.");
    certificate.reason_text.hidden = NULL;
    g_autofree char *general =
        reason_format_certificate(texts, LANGUAGE_EN, &certificate, "sentence");
    ck_assert_str_eq(general, "It can't be printed here today.");
    certificate.reason = "tax-due";
    certificate.reason_text.hidden = "Not this.";
    g_autofree char *known =
        reason_format_certificate(texts, LANGUAGE_EN, &certificate, "sentence");
    ck_assert_str_eq(known, "The deed tax is not fully paid.");
    certificate.reason = "printed";
    certificate.reason_text.hidden = "Printed on 12 June at A012, one booklet each.";
    g_autofree char *told = reason_format_certificate(texts, LANGUAGE_EN, &certificate, "sentence");
    ck_assert_str_eq(told, "Printed on 12 June at A012, one booklet each.");
}
END_TEST

/* A plain space between a number, or what stands for one, and what it counts. */
static const struct {
    Language language;
    const char *parted;
} parted_numbers[] = {
    {LANGUAGE_ZH, "[0-9}] (?:[秒分页号次本位步条项格个块张面毫小天%]|字节|MB)"},
    {LANGUAGE_ZH, "第 [0-9{]"},
    {LANGUAGE_EN, "[0-9}] (?:%|(?:s|min|mm|MB|bytes|seconds?|minutes?|hours?|days?|pages?|digits?|"
                  "fields?|files?|booklets?|certificates?)\\b)"},
    {LANGUAGE_EN, "\\b(?i:window|page|step|no\\.|number|left:) [0-9{]"},
};

START_TEST(a_number_is_never_parted_from_what_it_counts)
{
    g_autoptr(Texts) texts = open_texts();
    Language language = parted_numbers[_i].language;
    g_autoptr(GRegex) parted = g_regex_new(parted_numbers[_i].parted, 0, 0, NULL);
    g_autofree const char **keys = texts_list_keys(texts, language);
    ck_assert(g_regex_match(parted, language == LANGUAGE_EN ? "2 s, page 2" : "第 2 页", 0, NULL));
    for (gsize i = 0; keys[i]; i++) {
        g_autofree char *text = texts_format(texts, language, keys[i], NULL);
        ck_assert_msg(!g_regex_match(parted, text, 0, NULL), "%s: %s", keys[i], text);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, language_changes_from_one_line_to_the_next);
    tcase_add_test(tests, placeholders_take_arguments_and_the_centres_own_data);
    tcase_add_test(tests, an_argument_is_never_read_as_a_placeholder);
    tcase_add_test(tests, a_missing_sentence_is_empty_and_told);
    tcase_add_test(tests, a_folder_without_catalogues_is_a_configuration_error);
    tcase_add_test(tests, a_good_catalogue_is_read);
    tcase_add_loop_test(tests, a_broken_catalogue_is_refused, 0, G_N_ELEMENTS(broken));
    tcase_add_test(tests, a_catalogue_cut_anywhere_is_refused);
    tcase_add_test(tests, every_reason_says_what_and_what_next_in_both_languages);
    tcase_add_test(tests, an_unknown_reason_gets_the_general_sentence);
    tcase_add_test(tests, a_detail_is_said_where_there_is_one);
    tcase_add_test(tests, large_text_asks_not_to_open_the_machine_where_printing_stopped);
    tcase_add_test(tests, a_field_of_the_certificate_is_named_in_words);
    tcase_add_test(tests, the_services_own_sentence_stands_in_for_an_unknown_certificate_reason);
    tcase_add_loop_test(tests, a_number_is_never_parted_from_what_it_counts, 0,
                        G_N_ELEMENTS(parted_numbers));
    return testing_run(tests);
}
