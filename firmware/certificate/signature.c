#include "firmware/certificate/signature.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/base/secret.h"
#include "firmware/certificate/base64.h"
#include "firmware/certificate/json_input.h"
#include "firmware/certificate/key_set.h"
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <string.h>

#define HEADER_MAX 1024 /* decoded JWS header */
#define DER_MAX 80      /* of a P-256 signature: 72 */
#define HALF (SIGNATURE_BYTES / 2)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)

static gboolean refuse(GError **error, const char *problem, const char *kid)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_SIGNATURE, "signature: %s %s", problem,
                key_id_is_valid(kid) ? kid : "(malformed)");
    return FALSE;
}

/* r||s to the DER form OpenSSL wants. 0: cannot be. */
static gsize encode_der(const guint8 raw[SIGNATURE_BYTES], guint8 ret[DER_MAX])
{
    g_autoptr(ECDSA_SIG) signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, HALF, NULL), *s = BN_bin2bn(raw + HALF, HALF, NULL);
    if (!signature || !r || !s || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    int length = i2d_ECDSA_SIG(signature, NULL);
    if (length <= 0 || length > DER_MAX)
        return 0;
    return (gsize)i2d_ECDSA_SIG(signature, &ret);
}

static gboolean decode_der(const guint8 *der, gsize length, guint8 ret[SIGNATURE_BYTES])
{
    g_autoptr(ECDSA_SIG) signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
    return signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret, HALF) == HALF &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret + HALF, HALF) == HALF;
}

gboolean key_set_verify(const KeySet *keys, const char *kid, const char *text, gsize length,
                        const guint8 signature[64], GError **error)
{
    const Key *key = key_set_find(keys, kid);
    if (!key)
        return refuse(error, "unknown key", kid);
    guint8 der[DER_MAX];
    gsize der_length = encode_der(signature, der);
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    gboolean genuine =
        der_length && context &&
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
        EVP_DigestVerify(context, der, der_length, (const guint8 *)text, length) == 1;
    ERR_clear_error();
    return genuine || refuse(error, "does not verify with key", kid);
}

gboolean key_set_sign(const KeySet *keys, const char *kid, const char *text, gsize length,
                      guint8 ret_signature[64], GError **error)
{
    const Key *key = key_set_find(keys, kid);
    if (!key)
        return refuse(error, "unknown key", kid);
    if (!key->can_sign)
        return refuse(error, "no private part of key", kid);
    guint8 der[DER_MAX];
    gsize der_length = sizeof der;
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    gboolean made = context &&
                    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
                    EVP_DigestSign(context, der, &der_length, (const guint8 *)text, length) == 1 &&
                    decode_der(der, der_length, ret_signature);
    ERR_clear_error();
    return made || refuse(error, "cannot sign with key", kid);
}

/* RFC 7515 section 4: what would let a header choose its own key or meaning is refused. */
static gboolean header_is_plain(const json_t *header, GError **error)
{
    static const char *const forbidden[] = {"crit", "b64", "jku", "jwk", "zip", "enc"};
    const char *name;
    json_t *value;
    for (gsize i = 0; i < G_N_ELEMENTS(forbidden); i++)
        if (json_object_get(header, forbidden[i]))
            return json_input_refuse(error, "JWS header: ", forbidden[i], "not allowed");
    json_object_foreach(
        (json_t *)header, name,
        value) if (g_str_has_prefix(name, "x5")) return json_input_refuse(error,
                                                                          "JWS header: ", "x5*",
                                                                          "not allowed");
    return TRUE;
}

static gboolean read_header(const char *text, gsize length, char ret_kid[KID_LENGTH + 1],
                            GError **error)
{
    g_autoptr(GBytes) bytes =
        length <= HEADER_MAX * 4 / 3 ? base64_decode_bytes(text, length, BASE64_URL) : NULL;
    if (!bytes) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "JWS header: not base64url");
        return FALSE;
    }
    json_auto_t *header = json_input_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                                           HEADER_MAX, "JWS header", error);
    if (!header || !header_is_plain(header, error))
        return FALSE;
    const json_t *alg = json_input_member(header, "alg", JSON_STRING, "JWS header: ", error);
    if (!alg)
        return FALSE;
    if (strcmp(json_string_value(alg), "ES256") != 0)
        return json_input_refuse(error, "JWS header: ", "alg", "not ES256");
    const json_t *kid = json_input_member(header, "kid", JSON_STRING, "JWS header: ", error);
    if (!kid)
        return FALSE;
    if (!key_id_is_valid(json_string_value(kid)))
        return json_input_refuse(error, "JWS header: ", "kid", "not 4 characters 0-9 A-Z");
    g_strlcpy(ret_kid, json_string_value(kid), KID_LENGTH + 1);
    return TRUE;
}

typedef struct {
    const char *header, *payload, *signature;
    gsize header_length, payload_length, signature_length;
} JwsParts;

static gboolean split(const char *compact, gsize length, JwsParts *ret, GError **error)
{
    const char *end = compact + length;
    const char *first = length <= LIMIT_JWS_BYTES ? memchr(compact, '.', length) : NULL;
    const char *second = first ? memchr(first + 1, '.', (gsize)(end - first - 1)) : NULL;
    if (!second) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "JWS: not three parts in at most %d bytes", LIMIT_JWS_BYTES);
        return FALSE;
    }
    *ret = (JwsParts){compact,
                      first + 1,
                      second + 1,
                      (gsize)(first - compact),
                      (gsize)(second - first - 1),
                      (gsize)(end - second - 1)};
    return TRUE;
}

GBytes *jws_verify(const KeySet *keys, const char *compact, gsize length, char ret_kid[5],
                   GError **error)
{
    JwsParts parts;
    char kid[KID_LENGTH + 1];
    if (!split(compact, length, &parts, error) ||
        !read_header(parts.header, parts.header_length, kid, error))
        return NULL;
    g_autoptr(GBytes) signature =
        base64_decode_bytes(parts.signature, parts.signature_length, BASE64_URL);
    if (!signature || g_bytes_get_size(signature) != SIGNATURE_BYTES) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "JWS signature: not %d bytes",
                    SIGNATURE_BYTES);
        return NULL;
    }
    gsize signed_length = parts.header_length + 1 + parts.payload_length;
    if (!key_set_verify(keys, kid, compact, signed_length, g_bytes_get_data(signature, NULL),
                        error))
        return NULL;
    GBytes *payload = base64_decode_bytes(parts.payload, parts.payload_length, BASE64_URL);
    if (!payload)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "JWS payload: not base64url");
    else if (ret_kid)
        memcpy(ret_kid, kid, sizeof kid);
    return payload;
}

char *jws_sign(const KeySet *keys, const char *kid, const char *payload, gsize length,
               GError **error)
{
    g_autofree char *header = g_strdup_printf("{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
    g_autofree char *header_text = base64_encode_url(header, strlen(header));
    g_autofree char *payload_text = base64_encode_url(payload, length);
    g_autofree char *input = g_strconcat(header_text, ".", payload_text, NULL);
    guint8 signature[SIGNATURE_BYTES];
    char *compact = NULL;
    if (key_set_sign(keys, kid, input, strlen(input), signature, error)) {
        g_autofree char *signature_text = base64_encode_url(signature, sizeof signature);
        compact = g_strconcat(input, ".", signature_text, NULL);
    }
    secret_wipe(payload_text, strlen(payload_text));
    secret_wipe(input, strlen(input));
    return compact;
}

static Verdict answer(Verdict verdict, char **ret_reason, const char *sentence, const char *detail)
{
    if (ret_reason)
        *ret_reason = g_strconcat(sentence, detail, NULL);
    return verdict;
}

static Verdict compare_record(const QrText *qr, GBytes *record_bytes, char **ret_reason)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(record_bytes, &length);
    guint8 sha[32];
    char digest[DIGEST_TEXT_LENGTH + 1];
    if (EVP_Digest(bytes, length, sha, NULL, EVP_sha256(), NULL) != 1)
        return answer(VERDICT_UNKNOWN, ret_reason, "Unknown: ", "SHA-256 is not available");
    digest_text(sha, digest);
    if (strcmp(digest, qr->digest) != 0)
        return answer(VERDICT_OTHER_RECORD, ret_reason,
                      "Not genuine for this record: the paper was made from another one, digest ",
                      qr->digest);
    return answer(VERDICT_GENUINE, ret_reason,
                  "Genuine: printed from this record and signed with key ", qr->kid);
}

Verdict qr_text_verify(const char *text, const KeySet *keys, GBytes *record_bytes,
                       char **ret_reason)
{
    QrText qr;
    g_autoptr(GError) error = NULL;
    if (!qr_text_parse(text, &qr, &error))
        return answer(VERDICT_BROKEN_TEXT, ret_reason,
                      "Not genuine: the text is damaged or made up; ", error->message);
    if (!key_set_find(keys, qr.kid))
        return answer(VERDICT_UNKNOWN_KEY, ret_reason, "Not genuine: none of the given keys is ",
                      qr.kid);
    g_autofree char *signed_text =
        signed_text_compose(qr.identifier, qr.booklet, qr.digest, qr.kid);
    if (!key_set_verify(keys, qr.kid, signed_text, strlen(signed_text), qr.signature, NULL))
        return answer(VERDICT_BAD_SIGNATURE, ret_reason,
                      "Not genuine: the signature was not made for this text by key ", qr.kid);
    if (!record_bytes)
        return answer(VERDICT_GENUINE, ret_reason, "Genuine: signed with key ", qr.kid);
    return compare_record(&qr, record_bytes, ret_reason);
}
