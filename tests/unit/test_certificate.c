#include "firmware/certificate/base32.h"
#include "firmware/certificate/check_digit.h"
#include "firmware/certificate/holder.h"
#include "firmware/certificate/id_number.h"
#include "firmware/certificate/identifier.h"
#include "firmware/base/error.h"
#include "tests/testing.h"
#include <string.h>

#define TYPE "11100000MB03271699001"
#define ISSUER "11330106MA00000A9H"

static const struct {
    const char *body;
    char check;
} mod_37_36_cases[] = {
    {"A12425GABC1234002", 'M'},
    {"11100000000013338W01111430000006122244L20230000403001", 'U'},
    {"11100000000013338W00911330105002500287C2025052201002", '0'},
    {"11100000MB03271699022340100000000016001", '9'},
    {"11100000MB03271699001330106000000001001", 'H'},
    {"", '\0'},
    {"a12425GABC1234002", '\0'},
    {"A1242 GABC1234002", '\0'},
};

START_TEST(mod_37_36_gives_the_published_check_characters)
{
    const char *body = mod_37_36_cases[_i].body;
    ck_assert_int_eq(check_digit_mod_37_36(body, strlen(body)), mod_37_36_cases[_i].check);
}
END_TEST

static const struct {
    const char *text;
    gboolean valid;
    int birth_day;
    Sex sex;
} id_cases[] = {
    {"11010519491231002X", TRUE, 19491231, SEX_FEMALE},
    {"440524188001010014", TRUE, 18800101, SEX_MALE},
    {"330106189001010019", TRUE, 18900101, SEX_MALE},
    {"330106189001010027", TRUE, 18900101, SEX_FEMALE},
    {"330106189001010035", TRUE, 18900101, SEX_MALE},
    {"33010618901231021X", TRUE, 18901231, SEX_MALE},
    {"933840198108030001", TRUE, 19810803, SEX_FEMALE},
    {"11010519491231002x", FALSE, 0, SEX_UNKNOWN},
    {"330106189001010018", FALSE, 0, SEX_UNKNOWN},
    {"330106189013010010", FALSE, 0, SEX_UNKNOWN},
    {"33010618900101001", FALSE, 0, SEX_UNKNOWN},
    {"3301061890010100190", FALSE, 0, SEX_UNKNOWN},
    {"", FALSE, 0, SEX_UNKNOWN},
    {NULL, FALSE, 0, SEX_UNKNOWN},
};

START_TEST(id_number_needs_check_digit_and_real_birth_day)
{
    ck_assert_int_eq(id_number_is_valid(id_cases[_i].text), id_cases[_i].valid);
    ck_assert_int_eq(id_number_birth_day(id_cases[_i].text), id_cases[_i].birth_day);
    ck_assert_int_eq(id_number_sex(id_cases[_i].text), id_cases[_i].sex);
}
END_TEST

/* The check digits of these fit; the day or the first digit does not. */
START_TEST(id_number_with_a_day_that_never_was_is_refused)
{
    static const char *const bodies[] = {"33010618900230001", "33010618900001001",
                                         "03010618900101001", "33010617991231001"};
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *text = g_strdup_printf("%s%c", bodies[i], check_digit_mod_11_2(bodies[i]));
        ck_assert_msg(!id_number_is_valid(text), "%s", text);
    }
}
END_TEST

START_TEST(foreign_number_of_2017_is_three_letters_and_twelve_digits)
{
    ck_assert(id_number_is_foreign_2017("CAN330100800101"));
    ck_assert(!id_number_is_foreign_2017("can330100800101"));
    ck_assert(!id_number_is_foreign_2017("CA1330100800101"));
    ck_assert(!id_number_is_foreign_2017("CAN33010080010X"));
    ck_assert(!id_number_is_foreign_2017("CAN33010080010"));
    ck_assert(!id_number_is_foreign_2017(NULL));
    ck_assert(!id_number_is_valid("CAN330100800101"));
}
END_TEST

static const struct {
    const char *text;
    gboolean valid;
} credit_cases[] = {
    {"91350100M000100Y43", TRUE},
    {"11330105002500287C", TRUE},
    {"11100000MB03271699", TRUE},
    {ISSUER, TRUE},
    {"113301060000000A2Q", TRUE},
    {"91350100M000100Y44", FALSE},
    {"91350100M000100Y4", FALSE},
    {"9135010OM000100Y43", FALSE},
    {"91350100m000100Y43", FALSE},
    {"91350100I000100Y43", FALSE},
    {"", FALSE},
    {NULL, FALSE},
};

START_TEST(credit_code_needs_its_check_character)
{
    ck_assert_int_eq(credit_code_is_valid(credit_cases[_i].text), credit_cases[_i].valid);
}
END_TEST

START_TEST(base32_of_rfc_4648_goes_both_ways_and_is_canonical)
{
    static const char *const vectors[][2] = {{"", ""},
                                             {"f", "MY"},
                                             {"fo", "MZXQ"},
                                             {"foo", "MZXW6"},
                                             {"foob", "MZXW6YQ"},
                                             {"fooba", "MZXW6YTB"},
                                             {"foobar", "MZXW6YTBOI"}};
    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const char *plain = vectors[i][0], *coded = vectors[i][1];
        char text[16];
        guint8 bytes[8];
        base32_encode((const guint8 *)plain, strlen(plain), text);
        ck_assert_str_eq(text, coded);
        ck_assert(base32_decode(coded, strlen(coded), bytes, strlen(plain)));
        ck_assert(memcmp(bytes, plain, strlen(plain)) == 0);
    }
    guint8 byte;
    ck_assert(!base32_decode("MZ", 2, &byte, 1)); /* unused bits set */
    ck_assert(!base32_decode("M", 1, &byte, 1));
    ck_assert(!base32_decode("my", 2, &byte, 1));
    ck_assert(!base32_decode("M1", 2, &byte, 1));
}
END_TEST

START_TEST(identifier_is_composed_with_its_check_character)
{
    char text[IDENTIFIER_LENGTH + 1];
    ck_assert(identifier_compose(TYPE, ISSUER, "A012", 2026, 1, text, NULL));
    ck_assert_uint_eq(strlen(text), IDENTIFIER_LENGTH);
    ck_assert(g_str_has_prefix(text, TYPE "." ISSUER ".A012202600000001.001."));
    ck_assert(identifier_is_valid(text));
    for (int i = 0; i < IDENTIFIER_LENGTH; i++) {
        char broken[IDENTIFIER_LENGTH + 1];
        memcpy(broken, text, sizeof broken);
        broken[i] = broken[i] == '3' ? '8' : '3';
        ck_assert_msg(!identifier_is_valid(broken), "%s", broken);
    }
    ck_assert(!identifier_is_valid(NULL));
    ck_assert(!identifier_is_valid(""));
}
END_TEST

static const struct {
    const char *type, *issuer, *kiosk;
    int year;
    guint32 sequence;
    const char *message;
} compose_cases[] = {
    {"11100000MB0327169900", ISSUER, "A012", 2026, 1, "identifier: type:"},
    {"11100000MB0327169900A", ISSUER, "A012", 2026, 1, "identifier: type:"},
    {TYPE, "11330106MA00000A9G", "A012", 2026, 1, "identifier: issuer:"},
    {TYPE, NULL, "A012", 2026, 1, "identifier: issuer:"},
    {TYPE, ISSUER, "a012", 2026, 1, "identifier: kiosk number:"},
    {TYPE, ISSUER, "A01", 2026, 1, "identifier: kiosk number:"},
    {TYPE, ISSUER, "A012", 2019, 1, "identifier: year:"},
    {TYPE, ISSUER, "A012", 3000, 1, "identifier: year:"},
    {TYPE, ISSUER, "A012", 2026, 0, "identifier: sequence:"},
    {TYPE, ISSUER, "A012", 2026, 100000000, "identifier: sequence:"},
};

START_TEST(identifier_names_the_part_that_is_wrong)
{
    char text[IDENTIFIER_LENGTH + 1];
    g_autoptr(GError) error = NULL;
    ck_assert(!identifier_compose(compose_cases[_i].type, compose_cases[_i].issuer,
                                  compose_cases[_i].kiosk, compose_cases[_i].year,
                                  compose_cases[_i].sequence, text, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    ck_assert_msg(g_str_has_prefix(error->message, compose_cases[_i].message), "%s",
                  error->message);
}
END_TEST

START_TEST(booklet_serial_is_d_or_j_and_eleven_digits)
{
    ck_assert(booklet_serial_is_valid("D33000000001"));
    ck_assert(booklet_serial_is_valid("J33000000001"));
    ck_assert(!booklet_serial_is_valid("K33000000001"));
    ck_assert(!booklet_serial_is_valid("D3300000000"));
    ck_assert(!booklet_serial_is_valid("D330000000012"));
    ck_assert(!booklet_serial_is_valid("D3300000000a"));
    ck_assert(!booklet_serial_is_valid(NULL));
}
END_TEST

static char *compose_qr(GError **error)
{
    char identifier[IDENTIFIER_LENGTH + 1], digest[DIGEST_TEXT_LENGTH + 1];
    guint8 sha[32], signature[SIGNATURE_BYTES];
    memset(sha, 0xa5, sizeof sha);
    memset(signature, 0x3c, sizeof signature);
    ck_assert(identifier_compose(TYPE, ISSUER, "A012", 2026, 1, identifier, NULL));
    digest_text(sha, digest);
    return qr_text_compose("bdc.example.org", identifier, "D33000000001", digest, "TEST", signature,
                           error);
}

START_TEST(qr_text_goes_both_ways)
{
    g_autofree char *text = compose_qr(NULL);
    QrText parsed;
    ck_assert(qr_text_parse(text, &parsed, NULL));
    ck_assert_str_eq(parsed.host, "BDC.EXAMPLE.ORG");
    ck_assert_str_eq(parsed.booklet, "D33000000001");
    ck_assert_str_eq(parsed.kid, "TEST");
    for (int i = 0; i < SIGNATURE_BYTES; i++)
        ck_assert_int_eq(parsed.signature[i], 0x3c);
    g_autofree char *again = qr_text_compose(parsed.host, parsed.identifier, parsed.booklet,
                                             parsed.digest, parsed.kid, parsed.signature, NULL);
    ck_assert_str_eq(again, text);
}
END_TEST

static const struct {
    const char *from, *to, *message;
} qr_cases[] = {
    {"HTTPS://", "https://", "QR text: does not begin"},
    {"/V/", "/W/", "QR text: not host/V/"},
    {"/V/", "/V/V/", "QR text: not host/V/"},
    {"BDC.EXAMPLE.ORG", "", "QR text: host:"},
    {"BDC.EXAMPLE.ORG", "bdc.example.org", "QR text: host:"},
    {"BDC.EXAMPLE.ORG", "BDC:", "QR text: host:"},
    {"A0122026", "A0132026", "QR text: identifier:"},
    {"D33000000001", "D3300000000", "QR text: booklet serial:"},
    {"/TEST/", "/TES/", "QR text: key id:"},
    {"/UWS", "/1WS", "QR text: digest:"},
    {"/UWS", "/UUWS", "QR text: digest:"},
    {"/HQ6D", "/HQ6", "QR text: signature:"},
};

START_TEST(qr_text_names_the_part_that_is_broken)
{
    g_autofree char *text = compose_qr(NULL);
    g_auto(GStrv) halves = g_strsplit(text, qr_cases[_i].from, 2);
    ck_assert_msg(g_strv_length(halves) == 2, "%s is not in %s", qr_cases[_i].from, text);
    g_autofree char *broken = g_strjoinv(qr_cases[_i].to, halves);
    QrText parsed;
    g_autoptr(GError) error = NULL;
    ck_assert(!qr_text_parse(broken, &parsed, &error));
    ck_assert_msg(g_str_has_prefix(error->message, qr_cases[_i].message), "%s", error->message);
}
END_TEST

START_TEST(document_types_have_stable_words)
{
    for (int type = DOCUMENT_TYPE_RESIDENT; type <= DOCUMENT_TYPE_FOREIGN_PERMANENT_2; type++)
        ck_assert_int_eq(document_type_from_word(document_type_word((DocumentType)type)), type);
    ck_assert_str_eq(document_type_word((DocumentType)99), "unknown");
    ck_assert_int_eq(document_type_from_word("passport"), DOCUMENT_TYPE_UNKNOWN);
    ck_assert_int_eq(document_type_from_word(NULL), DOCUMENT_TYPE_UNKNOWN);
    g_autoptr(Holder) holder = holder_create();
    ck_assert_int_eq(holder->type, DOCUMENT_TYPE_UNKNOWN);
    ck_assert(personal_is_absent(holder->name));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("certificate");
    tcase_add_loop_test(tests, mod_37_36_gives_the_published_check_characters, 0,
                        G_N_ELEMENTS(mod_37_36_cases));
    tcase_add_loop_test(tests, id_number_needs_check_digit_and_real_birth_day, 0,
                        G_N_ELEMENTS(id_cases));
    tcase_add_test(tests, id_number_with_a_day_that_never_was_is_refused);
    tcase_add_test(tests, foreign_number_of_2017_is_three_letters_and_twelve_digits);
    tcase_add_loop_test(tests, credit_code_needs_its_check_character, 0,
                        G_N_ELEMENTS(credit_cases));
    tcase_add_test(tests, base32_of_rfc_4648_goes_both_ways_and_is_canonical);
    tcase_add_test(tests, identifier_is_composed_with_its_check_character);
    tcase_add_loop_test(tests, identifier_names_the_part_that_is_wrong, 0,
                        G_N_ELEMENTS(compose_cases));
    tcase_add_test(tests, booklet_serial_is_d_or_j_and_eleven_digits);
    tcase_add_test(tests, qr_text_goes_both_ways);
    tcase_add_loop_test(tests, qr_text_names_the_part_that_is_broken, 0, G_N_ELEMENTS(qr_cases));
    tcase_add_test(tests, document_types_have_stable_words);
    return testing_run(tests);
}
