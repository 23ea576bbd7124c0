#include "firmware/certificate/key_set.h"
#include "firmware/base/error.h"
#include "firmware/base/read_file.h"
#include "firmware/base/secret.h"
#include "firmware/certificate/base64.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/json_input.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#define KEY_FILE_MAX (256 * 1024)
#define COORDINATE_BYTES 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)

gboolean key_id_is_valid(const char *kid)
{
    if (!kid || strlen(kid) != KID_LENGTH)
        return FALSE;
    for (; *kid; kid++)
        if (!g_ascii_isdigit(*kid) && !g_ascii_isupper(*kid))
            return FALSE;
    return TRUE;
}

static void destroy_key(gpointer pointer)
{
    Key *key = pointer;
    EVP_PKEY_free(key->pkey);
    g_free(key);
}

static gboolean has_text(const json_t *jwk, const char *member, const char *wanted)
{
    return g_strcmp0(json_string_value(json_object_get(jwk, member)), wanted) == 0;
}

static gboolean is_absent_or(const json_t *jwk, const char *member, const char *wanted)
{
    return !json_object_get(jwk, member) || has_text(jwk, member, wanted);
}

static gboolean is_usable(const json_t *jwk)
{
    return json_is_object(jwk) && has_text(jwk, "kty", "EC") && has_text(jwk, "crv", "P-256") &&
           is_absent_or(jwk, "alg", "ES256") && is_absent_or(jwk, "use", "sig") &&
           key_id_is_valid(json_string_value(json_object_get(jwk, "kid")));
}

static gboolean read_coordinate(const json_t *jwk, const char *member, guint8 *ret)
{
    const json_t *value = json_object_get(jwk, member);
    if (!json_is_string(value))
        return FALSE;
    g_autoptr(GBytes) bytes =
        base64_decode_bytes(json_string_value(value), json_string_length(value), BASE64_URL);
    if (!bytes || g_bytes_get_size(bytes) != COORDINATE_BYTES)
        return FALSE;
    memcpy(ret, g_bytes_get_data(bytes, NULL), COORDINATE_BYTES);
    return TRUE;
}

static gboolean key_is_sound(EVP_PKEY *pkey, gboolean can_sign)
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    return context && EVP_PKEY_public_check(context) == 1 &&
           (!can_sign || EVP_PKEY_pairwise_check(context) == 1);
}

/* `point`: 04, x, y. `secret`: NULL for a public key. */
static EVP_PKEY *build_pkey(const guint8 *point, gsize point_length, const BIGNUM *secret)
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    g_autoptr(OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new();
    if (!context || !builder ||
        !OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ||
        !OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, point_length) ||
        (secret && !OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret)))
        return NULL;
    g_autoptr(OSSL_PARAM) params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *pkey = NULL;
    if (!params || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          params) != 1)
        return NULL;
    if (key_is_sound(pkey, secret != NULL))
        return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

static EVP_PKEY *read_pkey(const json_t *jwk, gboolean can_sign)
{
    guint8 point[1 + 2 * COORDINATE_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    guint8 number[COORDINATE_BYTES];
    g_autoptr(BIGNUM) secret = NULL;
    if (!read_coordinate(jwk, "x", point + 1) ||
        !read_coordinate(jwk, "y", point + 1 + COORDINATE_BYTES))
        return NULL;
    if (can_sign) {
        if (!read_coordinate(jwk, "d", number))
            return NULL;
        secret = BN_secure_new();
        BN_bin2bn(number, sizeof number, secret);
        secret_wipe(number, sizeof number);
    }
    EVP_PKEY *pkey = build_pkey(point, sizeof point, secret);
    ERR_clear_error();
    return pkey;
}

const Key *key_set_find(const KeySet *keys, const char *kid)
{
    for (guint i = 0; i < keys->keys->len; i++) {
        const Key *key = g_ptr_array_index(keys->keys, i);
        if (g_strcmp0(key->kid, kid) == 0)
            return key;
    }
    return NULL;
}

const char *key_set_signing_kid(const KeySet *keys)
{
    for (guint i = 0; i < keys->keys->len; i++) {
        const Key *key = g_ptr_array_index(keys->keys, i);
        if (key->can_sign)
            return key->kid;
    }
    return NULL;
}

static gboolean add_key(KeySet *keys, const json_t *jwk, GError **error)
{
    if (!is_usable(jwk))
        return TRUE;
    const char *kid = json_string_value(json_object_get(jwk, "kid"));
    if (key_set_find(keys, kid))
        return json_input_refuse(error, "keys: ", kid, "stands twice");
    gboolean can_sign = json_object_get(jwk, "d") != NULL;
    EVP_PKEY *pkey = read_pkey(jwk, can_sign);
    if (!pkey)
        return json_input_refuse(error, "keys: ", kid, "not a key of curve P-256");
    Key *key = g_new0(Key, 1);
    key->pkey = pkey;
    key->can_sign = can_sign;
    g_strlcpy(key->kid, kid, sizeof key->kid);
    g_ptr_array_add(keys->keys, key);
    return TRUE;
}

KeySet *key_set_parse(const char *json, gsize length, GError **error)
{
    json_auto_t *root = json_input_parse(json, length, KEY_FILE_MAX, "keys", error);
    if (!root)
        return NULL;
    g_autoptr(KeySet) keys = g_new0(KeySet, 1);
    keys->keys = g_ptr_array_new_with_free_func(destroy_key);
    const json_t *list = json_object_get(root, "keys");
    if (!list) {
        if (!add_key(keys, root, error))
            return NULL;
    }
    for (gsize i = 0; i < json_array_size(list); i++)
        if (!add_key(keys, json_array_get(list, i), error))
            return NULL;
    if (keys->keys->len == 0) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "keys: no EC P-256 key with a kid of 4 characters 0-9 A-Z");
        return NULL;
    }
    return g_steal_pointer(&keys);
}

KeySet *key_set_load(const char *path, GError **error)
{
    gsize length = 0;
    char *text = read_file(path, KEY_FILE_MAX, &length, error);
    if (!text) {
        g_prefix_error(error, "keys: %s: ", path);
        return NULL;
    }
    KeySet *keys = key_set_parse(text, length, error);
    if (!keys)
        g_prefix_error(error, "%s: ", path);
    secret_wipe(text, length);
    g_free(text);
    return keys;
}

void key_set_free(KeySet *keys)
{
    if (!keys)
        return;
    g_ptr_array_unref(keys->keys);
    g_free(keys);
}

static gboolean set_number(json_t *jwk, const char *member, EVP_PKEY *pkey, const char *param)
{
    BIGNUM *number = NULL;
    guint8 bytes[COORDINATE_BYTES];
    if (EVP_PKEY_get_bn_param(pkey, param, &number) != 1)
        return FALSE;
    gboolean fits = BN_bn2binpad(number, bytes, sizeof bytes) == sizeof bytes;
    BN_clear_free(number);
    char *text = base64_encode_url(bytes, sizeof bytes);
    json_object_set_new(jwk, member, json_string(text));
    secret_wipe(text, strlen(text));
    secret_wipe(bytes, sizeof bytes);
    g_free(text);
    return fits;
}

static char *dump(const json_t *jwk)
{
    char *text = json_dumps(jwk, JSON_COMPACT);
    char *copy = g_strdup(text);
    secret_free(text);
    return copy;
}

gboolean key_generate(const char *kid, char **ret_private_jwk, char **ret_public_jwk,
                      GError **error)
{
    if (!key_id_is_valid(kid))
        return json_input_refuse(error, "keys: ", "kid", "not 4 characters 0-9 A-Z");
    json_input_prepare();
    g_autoptr(EVP_PKEY) pkey = EVP_EC_gen("P-256");
    json_auto_t *jwk = json_pack("{ssssssssss}", "kty", "EC", "crv", "P-256", "alg", "ES256", "use",
                                 "sig", "kid", kid);
    if (!pkey || !jwk || !set_number(jwk, "x", pkey, OSSL_PKEY_PARAM_EC_PUB_X) ||
        !set_number(jwk, "y", pkey, OSSL_PKEY_PARAM_EC_PUB_Y)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_SIGNATURE, "keys: %s: cannot be made", kid);
        return FALSE;
    }
    char *public_jwk = dump(jwk);
    if (!set_number(jwk, "d", pkey, OSSL_PKEY_PARAM_PRIV_KEY)) {
        g_free(public_jwk);
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_SIGNATURE, "keys: %s: cannot be made", kid);
        return FALSE;
    }
    *ret_public_jwk = public_jwk;
    *ret_private_jwk = dump(jwk);
    return TRUE;
}
