#include "firmware/base/error.h"
#include "firmware/certificate/base64.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/signature.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

/* Key and signature of RFC 7515 appendix A.3, with a kid of ours. */
#define RFC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define RFC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define RFC_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define RFC_PUBLIC                                                                                 \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"RFC7\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\"}"
#define RFC_PRIVATE                                                                                \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"RFC7\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y        \
    "\",\"d\":\"" RFC_D "\"}"
#define RFC_INPUT                                                                                  \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN" \
    "vbS9pc19yb290Ijp0cnVlfQ"
#define RFC_SIGNATURE                                                                              \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

static KeySet *parse_keys(const char *json)
{
    g_autoptr(GError) error = NULL;
    KeySet *keys = key_set_parse(json, strlen(json), &error);
    ck_assert_msg(keys != NULL, "%s", error ? error->message : "");
    return keys;
}

START_TEST(signature_of_rfc_7515_verifies_and_a_changed_bit_does_not)
{
    g_autoptr(KeySet) keys = parse_keys(RFC_PUBLIC);
    g_autoptr(GBytes) bytes = base64_decode_bytes(RFC_SIGNATURE, strlen(RFC_SIGNATURE), BASE64_URL);
    guint8 signature[SIGNATURE_BYTES];
    memcpy(signature, g_bytes_get_data(bytes, NULL), sizeof signature);
    ck_assert(key_set_verify(keys, "RFC7", RFC_INPUT, strlen(RFC_INPUT), signature, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert(!key_set_verify(keys, "RFC8", RFC_INPUT, strlen(RFC_INPUT), signature, &error));
    ck_assert_str_eq(error->message, "signature: unknown key RFC8");
    ck_assert(!key_set_verify(keys, "RFC7", RFC_INPUT, strlen(RFC_INPUT) - 1, signature, NULL));
    for (int i = 0; i < SIGNATURE_BYTES; i++) {
        signature[i] ^= 1;
        ck_assert(!key_set_verify(keys, "RFC7", RFC_INPUT, strlen(RFC_INPUT), signature, NULL));
        signature[i] ^= 1;
    }
    memset(signature, 0, sizeof signature);
    ck_assert(!key_set_verify(keys, "RFC7", RFC_INPUT, strlen(RFC_INPUT), signature, NULL));
}
END_TEST

START_TEST(public_key_cannot_sign)
{
    g_autoptr(KeySet) keys = parse_keys(RFC_PUBLIC);
    guint8 signature[SIGNATURE_BYTES];
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(key_set_signing_kid(keys));
    ck_assert(!key_set_sign(keys, "RFC7", "text", 4, signature, &error));
    ck_assert_str_eq(error->message, "signature: no private part of key RFC7");
}
END_TEST

#define KEY(members) "{\"kty\":\"EC\",\"crv\":\"P-256\"," members "}"
static const struct {
    const char *json, *message;
} key_cases[] = {
    {"", "keys: line 1, column 0: ends too early"},
    {"[]", "keys: no EC P-256 key"},
    {"{\"keys\":[]}", "keys: no EC P-256 key"},
    {"{\"keys\":{}}", "keys: no EC P-256 key"},
    {"{\"kty\":\"RSA\",\"kid\":\"ABCD\",\"n\":\"AQAB\"}", "keys: no EC P-256 key"},
    {KEY("\"kid\":\"abcd\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\""), "keys: no EC P-256 key"},
    {KEY("\"kid\":\"ABCD\",\"use\":\"enc\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\""),
     "keys: no EC P-256 key"},
    {KEY("\"kid\":\"ABCD\",\"alg\":\"ES384\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\""),
     "keys: no EC P-256 key"},
    {KEY("\"kid\":\"ABCD\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_X "\""),
     "keys: ABCD: not a key of curve P-256"},
    {KEY("\"kid\":\"ABCD\",\"x\":\"" RFC_X "\""), "keys: ABCD: not a key of curve P-256"},
    {KEY("\"kid\":\"ABCD\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\",\"d\":\"" RFC_X "\""),
     "keys: ABCD: not a key of curve P-256"},
    {KEY("\"kid\":\"ABCD\",\"x\":\"" RFC_X "\",\"y\":\"" RFC_Y "\",\"d\":\"AQAB\""),
     "keys: ABCD: not a key of curve P-256"},
    {"{\"keys\":[" RFC_PUBLIC "," RFC_PUBLIC "]}", "keys: RFC7: stands twice"},
    {"{\"keys\":[],\"keys\":[" RFC_PUBLIC "]}", "a member stands twice"},
};

START_TEST(unusable_keys_are_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(KeySet) keys = key_set_parse(key_cases[_i].json, strlen(key_cases[_i].json), &error);
    ck_assert_ptr_null(keys);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    ck_assert_msg(strstr(error->message, key_cases[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST(other_keys_of_a_set_are_ignored)
{
    g_autoptr(KeySet) keys =
        parse_keys("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"ABCD\"},7," RFC_PRIVATE "]}");
    ck_assert_str_eq(key_set_signing_kid(keys), "RFC7");
}
END_TEST

START_TEST(key_file_must_be_readable)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(key_set_load("/nonexistent/keys.jwk", &error));
    ck_assert_msg(strstr(error->message, "keys: /nonexistent/keys.jwk: No such file") != NULL, "%s",
                  error->message);
    g_clear_error(&error);
    ck_assert_ptr_null(key_set_load("/dev/zero", &error));
    ck_assert_msg(strstr(error->message, "keys: /dev/zero: larger than 262144 bytes") != NULL, "%s",
                  error->message);
    g_autofree char *path = NULL;
    g_close(g_file_open_tmp("kiosk-XXXXXX.jwk", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, RFC_PUBLIC, -1, NULL));
    g_autoptr(KeySet) keys = key_set_load(path, NULL);
    g_unlink(path);
    ck_assert_ptr_nonnull(keys);
}
END_TEST

START_TEST(made_key_signs_what_its_public_part_verifies)
{
    g_autofree char *private_jwk = NULL, *public_jwk = NULL;
    ck_assert(key_generate("K001", &private_jwk, &public_jwk, NULL));
    ck_assert_ptr_null(strstr(public_jwk, "\"d\""));
    g_autoptr(KeySet) signer = parse_keys(private_jwk), verifier = parse_keys(public_jwk);
    ck_assert_str_eq(key_set_signing_kid(signer), "K001");
    ck_assert_ptr_null(key_set_signing_kid(verifier));
    for (int i = 0; i < 50; i++) { /* short r and s need their leading zeros */
        g_autofree char *payload = g_strdup_printf("{\"n\":%d}", i);
        g_autofree char *compact = jws_sign(signer, "K001", payload, strlen(payload), NULL);
        char kid[5];
        g_autoptr(GBytes) bytes = jws_verify(verifier, compact, strlen(compact), kid, NULL);
        ck_assert_ptr_nonnull(bytes);
        ck_assert_str_eq(kid, "K001");
        ck_assert_uint_eq(g_bytes_get_size(bytes), strlen(payload));
        ck_assert(memcmp(g_bytes_get_data(bytes, NULL), payload, strlen(payload)) == 0);
    }
    g_autoptr(GError) error = NULL;
    ck_assert(!key_generate("K1", &private_jwk, &public_jwk, &error));
    ck_assert_str_eq(error->message, "keys: kid: not 4 characters 0-9 A-Z");
}
END_TEST

/* Signed with the right key over any header: only the header decides. */
static char *sign_with_header(const char *header, const char *payload_text)
{
    g_autoptr(KeySet) keys = parse_keys(RFC_PRIVATE);
    g_autofree char *coded = base64_encode_url(header, strlen(header));
    g_autofree char *input = g_strconcat(coded, ".", payload_text, NULL);
    guint8 signature[SIGNATURE_BYTES];
    ck_assert(key_set_sign(keys, "RFC7", input, strlen(input), signature, NULL));
    g_autofree char *signature_text = base64_encode_url(signature, sizeof signature);
    return g_strconcat(input, ".", signature_text, NULL);
}

#define HEADER(members) "{\"alg\":\"ES256\",\"kid\":\"RFC7\"" members "}"
static const struct {
    const char *header, *payload;
    KioskError code;
    const char *message; /* NULL: accepted */
} header_cases[] = {
    {HEADER(""), "e30", KIOSK_ERROR_UNKNOWN, NULL},
    {HEADER(",\"typ\":\"JOSE\""), "e30", KIOSK_ERROR_UNKNOWN, NULL},
    {HEADER(",\"crit\":[\"exp\"]"), "e30", KIOSK_ERROR_INVALID, "JWS header: crit: not allowed"},
    {HEADER(",\"b64\":false"), "e30", KIOSK_ERROR_INVALID, "JWS header: b64: not allowed"},
    {HEADER(",\"jku\":\"https://x\""), "e30", KIOSK_ERROR_INVALID, "JWS header: jku: not"},
    {HEADER(",\"jwk\":{}"), "e30", KIOSK_ERROR_INVALID, "JWS header: jwk: not allowed"},
    {HEADER(",\"x5u\":\"https://x\""), "e30", KIOSK_ERROR_INVALID, "JWS header: x5*: not"},
    {HEADER(",\"x5t#S256\":\"\""), "e30", KIOSK_ERROR_INVALID, "JWS header: x5*: not allowed"},
    {HEADER(",\"kid\":\"RFC7\""), "e30", KIOSK_ERROR_INVALID, "a member stands twice"},
    {"{\"alg\":\"none\",\"kid\":\"RFC7\"}", "e30", KIOSK_ERROR_INVALID, "alg: not ES256"},
    {"{\"alg\":\"HS256\",\"kid\":\"RFC7\"}", "e30", KIOSK_ERROR_INVALID, "alg: not ES256"},
    {"{\"alg\":256,\"kid\":\"RFC7\"}", "e30", KIOSK_ERROR_INVALID, "alg: not a string"},
    {"{\"kid\":\"RFC7\"}", "e30", KIOSK_ERROR_INVALID, "alg: missing"},
    {"{\"alg\":\"ES256\"}", "e30", KIOSK_ERROR_INVALID, "JWS header: kid: missing"},
    {"{\"alg\":\"ES256\",\"kid\":\"RFC\"}", "e30", KIOSK_ERROR_INVALID, "kid: not 4 characters"},
    {"{\"alg\":\"ES256\",\"kid\":\"RFC8\"}", "e30", KIOSK_ERROR_SIGNATURE, "unknown key RFC8"},
    {"[]", "e30", KIOSK_ERROR_INVALID, "JWS header: alg: missing"},
    {HEADER(""), "e31", KIOSK_ERROR_INVALID, "JWS payload: not base64url"},
    {HEADER(""), "e30=", KIOSK_ERROR_INVALID, "JWS payload: not base64url"},
    {HEADER(""), "e30.e30", KIOSK_ERROR_INVALID, "JWS signature: not 64 bytes"},
};

START_TEST(jws_header_is_read_strictly)
{
    g_autofree char *compact = sign_with_header(header_cases[_i].header, header_cases[_i].payload);
    g_autoptr(KeySet) keys = parse_keys(RFC_PUBLIC);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) payload = jws_verify(keys, compact, strlen(compact), NULL, &error);
    if (!header_cases[_i].message) {
        ck_assert_msg(payload != NULL, "%s", error ? error->message : "");
        return;
    }
    ck_assert_ptr_null(payload);
    ck_assert_msg(strstr(error->message, header_cases[_i].message) != NULL, "%s", error->message);
    ck_assert(kiosk_error_is(error, header_cases[_i].code));
}
END_TEST

START_TEST(jws_with_any_character_changed_is_refused)
{
    g_autofree char *compact = sign_with_header(HEADER(""), "eyJhIjoxfQ");
    g_autoptr(KeySet) keys = parse_keys(RFC_PUBLIC);
    gsize length = strlen(compact);
    for (gsize i = 0; i < length; i++) {
        char kept = compact[i];
        compact[i] = kept == 'A' ? 'B' : 'A';
        ck_assert_ptr_null(jws_verify(keys, compact, length, NULL, NULL));
        compact[i] = kept;
    }
    for (gsize i = 0; i < length; i++)
        ck_assert_ptr_null(jws_verify(keys, compact, i, NULL, NULL));
}
END_TEST

#define TYPE "11100000MB03271699001"
#define ISSUER "11330106MA00000A9H"
#define RECORD "{\"schema\":\"certificate/1\"}"

static char *compose_signed_qr(void)
{
    g_autoptr(KeySet) keys = parse_keys(RFC_PRIVATE);
    char identifier[IDENTIFIER_LENGTH + 1], digest[DIGEST_TEXT_LENGTH + 1];
    gsize size = 32;
    guint8 sha[32], signature[SIGNATURE_BYTES];
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guint8 *)RECORD, strlen(RECORD));
    g_checksum_get_digest(sum, sha, &size);
    digest_text(sha, digest);
    ck_assert(identifier_compose(TYPE, ISSUER, "A012", 2026, 7, identifier, NULL));
    g_autofree char *text = signed_text_compose(identifier, "D33000000001", digest, "RFC7");
    ck_assert(key_set_sign(keys, "RFC7", text, strlen(text), signature, NULL));
    return qr_text_compose("v.example.org", identifier, "D33000000001", digest, "RFC7", signature,
                           NULL);
}

static const struct {
    const char *from, *to, *record;
    Verdict verdict;
    const char *reason;
} verdict_cases[] = {
    {"", "", NULL, VERDICT_GENUINE, "Genuine: signed with key RFC7"},
    {"", "", RECORD, VERDICT_GENUINE, "Genuine: printed from this record and signed with key RFC7"},
    {"V.EXAMPLE", "W.EXAMPLE", NULL, VERDICT_GENUINE, "Genuine: signed with key RFC7"},
    {"", "", RECORD "\n", VERDICT_OTHER_RECORD, "Not genuine for this record"},
    {"D33000000001", "D33000000002", NULL, VERDICT_BAD_SIGNATURE, "Not genuine: the signature"},
    {"/RFC7/", "/RFC8/", NULL, VERDICT_UNKNOWN_KEY, "Not genuine: none of the given keys is RFC8"},
    {"/RFC7/", "/rfc7/", NULL, VERDICT_BROKEN_TEXT, "Not genuine: the text is damaged"},
    {"A0122026", "A0132026", NULL, VERDICT_BROKEN_TEXT, "QR text: identifier:"},
};

START_TEST(verdict_says_which_part_is_not_genuine)
{
    g_autofree char *text = compose_signed_qr();
    if (*verdict_cases[_i].from) {
        g_auto(GStrv) halves = g_strsplit(text, verdict_cases[_i].from, 2);
        ck_assert_int_eq(g_strv_length(halves), 2);
        g_free(text);
        text = g_strjoinv(verdict_cases[_i].to, halves);
    }
    g_autoptr(KeySet) keys = parse_keys(RFC_PUBLIC);
    const char *record = verdict_cases[_i].record;
    g_autoptr(GBytes) bytes = record ? g_bytes_new(record, strlen(record)) : NULL;
    g_autofree char *reason = NULL;
    ck_assert_int_eq(qr_text_verify(text, keys, bytes, &reason), verdict_cases[_i].verdict);
    ck_assert_msg(strstr(reason, verdict_cases[_i].reason) != NULL, "%s", reason);
    ck_assert_int_eq(qr_text_verify(text, keys, bytes, NULL), verdict_cases[_i].verdict);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("signature");
    tcase_add_test(tests, signature_of_rfc_7515_verifies_and_a_changed_bit_does_not);
    tcase_add_test(tests, public_key_cannot_sign);
    tcase_add_loop_test(tests, unusable_keys_are_refused, 0, G_N_ELEMENTS(key_cases));
    tcase_add_test(tests, other_keys_of_a_set_are_ignored);
    tcase_add_test(tests, key_file_must_be_readable);
    tcase_add_test(tests, made_key_signs_what_its_public_part_verifies);
    tcase_add_loop_test(tests, jws_header_is_read_strictly, 0, G_N_ELEMENTS(header_cases));
    tcase_add_test(tests, jws_with_any_character_changed_is_refused);
    tcase_add_loop_test(tests, verdict_says_which_part_is_not_genuine, 0,
                        G_N_ELEMENTS(verdict_cases));
    return testing_run(tests);
}
