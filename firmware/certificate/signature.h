/* Signatures: ES256 (ECDSA P-256, SHA-256) with keys from a JWK Set; kid = 4 characters 0-9A-Z. */
#pragma once
#include <glib.h>

typedef struct KeySet KeySet;

/* Reads a JWK or JWK Set file (public or private EC P-256 keys, each with a kid; others ignored).
 * NULL and KIOSK_ERROR_INVALID (unreadable, no usable key). */
KeySet *key_set_load(const char *path, GError **error);
KeySet *key_set_parse(const char *json, gsize length, GError **error);

/* Makes a P-256 key named `kid` and writes it as two JWKs, with and without the private part. The
 * caller frees both (and wipes the private one). FALSE and KIOSK_ERROR_INVALID or _SIGNATURE. */
gboolean key_generate(const char *kid, char **ret_private_jwk, char **ret_public_jwk,
                      GError **error);

/* The kid of the first key that can sign, or NULL. Borrowed. */
const char *key_set_signing_kid(const KeySet *keys);

/* NULL is fine. */
void key_set_free(KeySet *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeySet, key_set_free)

/* Verifies the 64-byte r||s `signature` over `length` bytes of `text`. FALSE and
 * KIOSK_ERROR_SIGNATURE ("unknown key ABCD", "signature does not verify"). Any thread. */
gboolean key_set_verify(const KeySet *keys, const char *kid, const char *text, gsize length,
                        const guint8 signature[64], GError **error);

/* Signs with the private key `kid`. FALSE and KIOSK_ERROR_SIGNATURE. */
gboolean key_set_sign(const KeySet *keys, const char *kid, const char *text, gsize length,
                      guint8 ret_signature[64], GError **error);

/* JWS compact (RFC 7515), alg ES256 only, header `kid` required, no `crit`, `b64`, `jku`, `x5*`.
 * Verify gives the decoded payload exactly as signed; NULL and KIOSK_ERROR_SIGNATURE or _INVALID. */
GBytes *jws_verify(const KeySet *keys, const char *compact, gsize length, char ret_kid[5],
                   GError **error);
char *jws_sign(const KeySet *keys, const char *kid, const char *payload, gsize length,
               GError **error);

/* What `kiosk verify` answers. Parts are checked in the order broken text, unknown key, signature,
 * record. */
typedef enum {
    VERDICT_UNKNOWN = 0,
    VERDICT_GENUINE,
    VERDICT_BROKEN_TEXT,
    VERDICT_UNKNOWN_KEY,
    VERDICT_BAD_SIGNATURE,
    VERDICT_OTHER_RECORD, /* the signature is good, but --record is another document */
} Verdict;

/* `record_bytes` may be NULL. `ret_reason` (may be NULL) gets one sentence; the caller frees. */
Verdict qr_text_verify(const char *text, const KeySet *keys, GBytes *record_bytes,
                       char **ret_reason);
