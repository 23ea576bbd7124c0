#include "firmware/certificate/text_rule.h"
#include "firmware/certificate/unit_code.h"
#include "firmware/base/limit.h"
#include "tests/unit/record_mutation.h"

#define FLAT "rec-2026-000001.json"
#define SPACE "rec-2026-000002.json"

/* A PNG of one white pixel. */
#define PNG_1X1                                                                                    \
    "\""                                                                                           \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJ"             \
    "RU5ErkJggg=="                                                                                 \
    "\""
/* A header of 65536 x 65536 pixels. */
#define PNG_HUGE                                                                                   \
    "\""                                                                                           \
    "iVBORw0KGgoAAAANSUhEUgABAAAAAQAAAQAAAABE/w1OAAAACUlEQVR4nGMAAAABAAFe/335AAAAAElF"             \
    "TkSuQmCC"                                                                                     \
    "\""

static Record *parse_sample(const char *name)
{
    g_autofree char *text = sample_text(name);
    g_autoptr(GError) error = NULL;
    Record *record = record_parse(text, strlen(text), &error);
    ck_assert_msg(record != NULL, "%s: %s", name, error ? error->message : "");
    return record;
}

START_TEST(every_sample_is_a_certificate_of_the_same_collector)
{
    static const char *const names[] = {FLAT, SPACE, "rec-2026-000003.json"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(Record) record = parse_sample(names[i]);
        g_autofree char *file = g_strconcat(record->id, ".json", NULL);
        ck_assert_str_eq(file, names[i]);
        ck_assert_uint_eq(record->n_collectors, 1);
        ck_assert_str_eq(personal_reveal(record->collectors[0].id_number), "330106189001010019");
        ck_assert_str_eq(personal_reveal(record->collectors[0].name), "测试一");
        ck_assert_uint_eq(record->n_plans, 1);
        ck_assert_ptr_nonnull(record->plans[0].vector);
        ck_assert_ptr_nonnull(record->seal_png);
    }
}
END_TEST

START_TEST(record_holds_what_the_service_signed)
{
    g_autoptr(Record) record = parse_sample(FLAT);
    ck_assert_str_eq(record->number, "示(2026)示例市不动产权第0000001号");
    ck_assert_str_eq(record->issuer_name, "示例市自然资源和规划局");
    ck_assert_str_eq(record->issuer_code, "11330106MA00000A9H");
    ck_assert_int_eq(record->registered_on, 20260630);
    ck_assert_str_eq(personal_reveal(record->owners), "测试一、测试二");
    ck_assert_str_eq(personal_reveal(record->unit_code), "330106001002GB00012F00010023");
    ck_assert_str_eq(personal_reveal(record->term),
                     "国有建设用地使用权 2015年10月16日起2076年12月28日止");
    ck_assert_ptr_nonnull(strchr(personal_reveal(record->other), '\n'));
    ck_assert_int_eq(record->plans[0].kind, PLAN_KIND_HOUSEHOLD);
    ck_assert_ptr_null(record->plans[0].png);
}
END_TEST

START_TEST(digest_is_that_of_the_bytes_received)
{
    g_autofree char *text = sample_text(SPACE);
    g_autofree char *spaced = g_strconcat(text, " ", NULL);
    g_autofree char *wanted = g_compute_checksum_for_string(G_CHECKSUM_SHA256, spaced, -1);
    g_autoptr(Record) record = record_parse(spaced, strlen(spaced), NULL);
    GString *got = g_string_new(NULL);
    for (int i = 0; i < 32; i++)
        g_string_append_printf(got, "%02x", record->digest[i]);
    ck_assert_str_eq(got->str, wanted);
    g_string_free(got, TRUE);
}
END_TEST

START_TEST(record_lives_until_the_last_reference)
{
    Record *record = parse_sample(SPACE);
    Record *other = record_ref(record);
    record_unref(record);
    ck_assert_str_eq(other->id, "rec-2026-000002");
    record_unref(other);
    record_unref(NULL);
}
END_TEST

static const RecordMutation mutations[] = {
    {"extra", "{\"a\":[1,2]}", 0, NULL},
    {"schema", NULL, 0, "record: schema: missing"},
    {"schema", "\"certificate/2\"", 0, "record: schema: not certificate/1"},
    {"id", NULL, 0, "record: id: missing"},
    {"id", "7", 0, "record: id: not a string"},
    {"id", "\"\"", 0, "record: id: empty"},
    {"id", "\"../etc\"", 0, "record: id: not 1 to 64 of"},
    {"id", "a", 64, NULL},
    {"id", "a", 65, "record: id: 65 characters, at most 64"},
    {"number", "\"示（2026）示例市不动产权第000001号\"", 0, NULL},
    {"number", "\"示(1926)示例市不动产权第0000001号\"", 0, "record: number: not a certificate"},
    {"number", "\"示(2026)示例市不动产权第00001号\"", 0, "record: number: not a certificate"},
    {"number", "\"示(2026)示例市不动产权第00000001号\"", 0, "record: number: not a certificate"},
    {"number", "\"示(2026)不动产权第0000001号\"", 0, "record: number: not a certificate number"},
    {"number", "\"示2026示例市不动产权第0000001号\"", 0, "record: number: not a certificate"},
    {"number", "\"S(2026)示例市不动产权第0000001号\"", 0, "record: number: not a certificate"},
    {"number", "\"示(2026)示例市不动产权第0000001号 \"", 0, "record: number: not a certificate"},
    {"number", "\"D33000000001\"", 0, "record: number: not a certificate number"},
    {"kind", NULL, 0, "record: kind: missing"},
    {"issuer", "[]", 0, "record: issuer: not an object"},
    {"issuer.name", "\"\"", 0, "record: issuer.name: empty"},
    {"issuer.code", "\"11330106MA00000A9G\"", 0, "record: issuer.code: not a unified social"},
    {"issuer.code", NULL, 0, "record: issuer.code: missing"},
    {"registered_on", "\"2026-02-29\"", 0, "record: registered_on: not a calendar date"},
    {"registered_on", "\"2028-02-29\"", 0, NULL},
    {"registered_on", "\"2026-6-30\"", 0, "record: registered_on: not a calendar date"},
    {"registered_on", "\"2026/06/30\"", 0, "record: registered_on: not a calendar date"},
    {"registered_on", "20260630", 0, "record: registered_on: not a string"},
    {"collectors", NULL, 0, "record: collectors: missing"},
    {"collectors", "[]", 0, "record: collectors: 0 of them, allowed 1 to 32"},
    {"collectors", "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", 0,
     "record: collectors: 33 of them"},
    {"collectors.0", "7", 0, "record: collectors[0].name: missing"},
    {"collectors.0.name", "\"\"", 0, "record: collectors[0].name: empty"},
    {"collectors.0.id_number", "\"330106189001010018\"", 0,
     "record: collectors[0].id_number: not an ID number"},
    {"collectors.0.id_number", "\"33010618901231021x\"", 0, "collectors[0].id_number: not an ID"},
    {"collectors.0.id_number", "\"CAN330100800101\"", 0, NULL},
    {"printed", NULL, 0, "record: printed: missing"},
    {"printed.owners", "字", 600, NULL},
    {"printed.owners", "字", 601, "record: printed.owners: 601 characters, at most 600"},
    {"printed.owners", "\"\"", 0, "record: printed.owners: empty"},
    {"printed.owners", "\"测试一\\n测试二\"", 0, "printed.owners: control character U+000A"},
    {"printed.owners", "\"\\u202e一试测\"", 0, "printed.owners: control character U+202E"},
    {"printed.owners", "\"测试一\\u2028\"", 0, "printed.owners: control character U+2028"},
    {"printed.owners", "\"𠮷\\udb40\\udd00\"", 0, NULL}, /* beyond the BMP, variation selector */
    {"printed.co_ownership", "字", 201, "printed.co_ownership: 201 characters, at most 200"},
    {"printed.location", "字", 201, "record: printed.location: 201 characters, at most 200"},
    {"printed.location", "\"\\u007f\"", 0, "printed.location: control character U+007F"},
    {"printed.location", "\"\\u0085\"", 0, "printed.location: control character U+0085"},
    {"printed.unit_code", "\"330106001002GK00012F00010023\"", 0, "printed.unit_code: not a real"},
    {"printed.unit_code", "\"330106001002GJ00012F00010023\"", 0, NULL},
    {"printed.unit_code", "\"330106 001002 GB00012 F00010023\"", 0, "printed.unit_code: 31 char"},
    {"printed.right_type", "字", 121, "record: printed.right_type: 121 characters, at most 120"},
    {"printed.right_nature", "字", 121, "record: printed.right_nature: 121 characters"},
    {"printed.use", "字", 121, "record: printed.use: 121 characters, at most 120"},
    {"printed.area", "字", 121, "record: printed.area: 121 characters, at most 120"},
    {"printed.area", "932.58", 0, "record: printed.area: not a string"},
    {"printed.term", "字", 201, "record: printed.term: 201 characters, at most 200"},
    {"printed.other", "\"\"", 0, NULL},
    {"printed.other", "字", 2000, NULL},
    {"printed.other", "字", 2001, "record: printed.other: 2001 characters, at most 2000"},
    {"printed.other", "\"a\\tb\"", 0, "record: printed.other: control character U+0009"},
    {"printed.notes", "\"\"", 0, NULL},
    {"printed.notes", "\"a\\r\\nb\"", 0, "record: printed.notes: control character U+000D"},
    {"printed.notes", NULL, 0, "record: printed.notes: missing"},
    {"seal", NULL, 0, NULL},
    {"seal.media", "\"image/jpeg\"", 0, "record: seal.media: not image/png"},
    {"seal.data", "\"iVBORw0K\"", 0, "record: seal.data: not a PNG"},
    {"seal.data", "\"iVBORw0\"", 0, "record: seal.data: not base64"},
    {"seal.data", "\"iVBO\\nRw0K\"", 0, "record: seal.data: not base64"},
    {"seal.data", "\"aGVsbG8=\"", 0, "record: seal.data: not a PNG"},
    {"seal.data", "\"\"", 0, "record: seal.data: not a PNG"},
    {"seal.data", PNG_1X1, 0, NULL},
    {"seal.data", PNG_HUGE, 0, "record: seal.data: 65536 x 65536 pixels, at most 40000000"},
    {"seal.data", "iVBO", 180000, "record: seal.data: 540000 bytes, at most 524288"},
    {"plans", NULL, 0, NULL},
    {"plans", "[]", 0, NULL},
    {"plans", "{}", 0, "record: plans: not an array"},
    {"plans", "[0,0,0,0,0,0,0,0,0]", 0, "record: plans: 9 of them, at most 8"},
    {"plans.0.kind", "\"sketch\"", 0, "record: plans[0].kind: neither household nor parcel"},
    {"plans.0.kind", "\"parcel\"", 0, "record: plans[0].media: a parcel plan must be image/png"},
    {"plans.0.media", "\"image/tiff\"", 0, "record: plans[0].media: neither application/geo+json"},
    {"plans.0.media", "\"image/png\"", 0, "record: plans[0].data: not a string"},
    {"plans.0", "{\"kind\":\"parcel\",\"media\":\"image/png\",\"data\":" PNG_1X1 "}", 0, NULL},
    {"plans.0", "{\"kind\":\"parcel\",\"media\":\"image/png\",\"data\":" PNG_HUGE "}", 0,
     "record: plans[0].data: 65536 x 65536 pixels"},
    {"plans.0.data", "\"{}\"", 0, "record: plans[0].data: not an object"},
};

START_TEST(record_error_names_the_member)
{
    mutation_check(&mutations[_i], SPACE, KIOSK_ERROR_INVALID);
}
END_TEST

START_TEST(another_kind_is_sent_to_the_window)
{
    static const RecordMutation mortgage = {"kind", "\"mortgage\"", 0,
                                            "record: kind: not an ownership certificate, please go "
                                            "to the window"};
    mutation_check(&mortgage, SPACE, KIOSK_ERROR_REFUSED);
    g_autoptr(GError) error = NULL;
    static const char bare[] = "{\"schema\":\"certificate/1\",\"kind\":\"mortgage\"}";
    ck_assert_ptr_null(record_parse(bare, strlen(bare), &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_REFUSED));
}
END_TEST

static const struct {
    const char *from, *to; /* replaced in the sample's text */
    gsize length;          /* of `to` */
    const char *message;
} text_cases[] = {
    {"\"kind\":", "\"id\": \"x\", \"kind\":", 19, "a member stands twice"},
    {"\"name\":", "\"name\": \"y\", \"name\":", 21, "a member stands twice"},
    {"示例市西湖区", "示\\u0000例", 12, "a NUL character"},
    {"示例市西湖区", "示\0例", 7, "record: line "},
    {"示例市西湖区", "\xff", 1, "invalid UTF-8"},
    {"示例市西湖区", "\xc0\x80", 2, "invalid UTF-8"},
    {"示例市西湖区", "\xed\xa0\x80", 3, "invalid UTF-8"},
    {"示例市西湖区", "\\ud800", 6, "record: line "},
    {"{", "\xef\xbb\xbf{", 4, "record: line 1"},
    {"\"schema\"", "\"big\": 1e999, \"schema\"", 22, "a number is too large"},
    {"\"schema\"", "\"nan\": NaN, \"schema\"", 20, "record: line "},
};

START_TEST(hostile_text_is_refused_without_quoting_it)
{
    g_autofree char *text = sample_text(SPACE);
    g_auto(GStrv) halves = g_strsplit(text, text_cases[_i].from, 2);
    ck_assert_uint_eq(g_strv_length(halves), 2);
    GString *changed = g_string_new(halves[0]);
    g_string_append_len(changed, text_cases[_i].to, (gssize)text_cases[_i].length);
    g_string_append(changed, halves[1]);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(record_parse(changed->str, changed->len, &error));
    ck_assert_msg(strstr(error->message, text_cases[_i].message) != NULL, "%s", error->message);
    ck_assert_msg(g_str_is_ascii(error->message), "%s", error->message);
    g_string_free(changed, TRUE);
}
END_TEST

START_TEST(cut_records_are_refused_at_every_length)
{
    g_autofree char *text = sample_text(SPACE);
    gsize length = strlen(text) - 2; /* the closing brace and its newline */
    for (gsize cut = 0; cut <= length; cut += cut < 64 ? 1 : 97)
        ck_assert_ptr_null(record_parse(text, cut, NULL));
}
END_TEST

START_TEST(size_and_depth_are_bounded)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *large = g_strnfill(LIMIT_RECORD_BYTES + 1, ' ');
    ck_assert_ptr_null(record_parse(large, LIMIT_RECORD_BYTES + 1, &error));
    ck_assert_str_eq(error->message, "record: 1048577 bytes, at most 1048576");
    g_clear_error(&error);
    g_autofree char *deep = g_strnfill(LIMIT_RECORD_BYTES, '[');
    ck_assert_ptr_null(record_parse(deep, LIMIT_RECORD_BYTES, &error));
    ck_assert_str_eq(error->message, "record: nested deeper than 64");
    g_clear_error(&error);
    static const char quoted[] =
        "{\"schema\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}";
    ck_assert_ptr_null(record_parse(quoted, strlen(quoted), &error));
    ck_assert_str_eq(error->message, "record: schema: not certificate/1");
    g_clear_error(&error);
    g_autofree char *behind =
        g_strconcat("{\"schema\":\"\\\\\",\"id\":", deep + LIMIT_RECORD_BYTES - 65, NULL);
    ck_assert_ptr_null(record_parse(behind, strlen(behind), &error));
    ck_assert_str_eq(error->message, "record: nested deeper than 64");
}
END_TEST

static const struct {
    const char *text;
    gboolean valid, newer;
} unit_codes[] = {
    {"310104019001GB00045F00430086", TRUE, FALSE},
    {"320311001021GB00233F00010013", TRUE, FALSE},
    {"371602111019GB00005F00220001", TRUE, FALSE},
    {"330106001002GB00012F00010023", TRUE, FALSE},
    {"330106001002GB00012W00000000", TRUE, FALSE},
    {"330106001002GJ00012F00010023", TRUE, TRUE},
    {"330106001002GL00012F00010023", TRUE, TRUE},
    {"330106001002GN00012F00010023", TRUE, TRUE},
    {"330106001002GB00012F0001002", FALSE, FALSE},
    {"330106001002GB00012F000100230", FALSE, FALSE},
    {"330106001002gb00012f00010023", FALSE, FALSE},
    {"330106001002AB00012F00010023", FALSE, FALSE},
    {"330106001002GK00012F00010023", FALSE, FALSE},
    {"330106001002GB00012A00010023", FALSE, FALSE},
    {"330106001002GB00012W00000001", FALSE, FALSE},
    {"33010600100 GB00012F00010023", FALSE, FALSE},
    {"", FALSE, FALSE},
    {NULL, FALSE, FALSE},
};

START_TEST(unit_code_follows_gb_t_37346)
{
    ck_assert_int_eq(unit_code_is_valid(unit_codes[_i].text), unit_codes[_i].valid);
    ck_assert_int_eq(unit_code_is_newer_than_standard(unit_codes[_i].text), unit_codes[_i].newer);
}
END_TEST

START_TEST(day_is_read_strictly)
{
    ck_assert_int_eq(text_read_day("2026-06-30"), 20260630);
    ck_assert_int_eq(text_read_day("2026-06-31"), 0);
    ck_assert_int_eq(text_read_day("2026-06-3"), 0);
    ck_assert_int_eq(text_read_day("2026-06-300"), 0);
    ck_assert_int_eq(text_read_day(""), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("record");
    tcase_add_test(tests, every_sample_is_a_certificate_of_the_same_collector);
    tcase_add_test(tests, record_holds_what_the_service_signed);
    tcase_add_test(tests, digest_is_that_of_the_bytes_received);
    tcase_add_test(tests, record_lives_until_the_last_reference);
    tcase_add_loop_test(tests, record_error_names_the_member, 0, G_N_ELEMENTS(mutations));
    tcase_add_test(tests, another_kind_is_sent_to_the_window);
    tcase_add_loop_test(tests, hostile_text_is_refused_without_quoting_it, 0,
                        G_N_ELEMENTS(text_cases));
    tcase_add_test(tests, cut_records_are_refused_at_every_length);
    tcase_add_test(tests, size_and_depth_are_bounded);
    tcase_add_loop_test(tests, unit_code_follows_gb_t_37346, 0, G_N_ELEMENTS(unit_codes));
    tcase_add_test(tests, day_is_read_strictly);
    return testing_run(tests);
}
