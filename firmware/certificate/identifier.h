/* The unique identifier (识别码, structure of GB/T 36904-2018) and the QR text that carries it. */
#pragma once
#include <glib.h>

#define IDENTIFIER_LENGTH 63 /* with dots, without NUL */
#define KID_LENGTH 4
#define SERIAL_LENGTH 12     /* booklet: D or J and 11 digits */
#define DIGEST_TEXT_LENGTH 26
#define SIGNATURE_BYTES 64   /* r||s, ECDSA P-256 */
#define QR_TEXT_MAX 360

/* Composes `<type 21>.<issuer 18>.<serial 16>.<version 3>.<check>` into `ret` (64 bytes).
 * `kiosk`: 4 of 0-9A-Z; `year`: 2020 to 2999; `sequence`: 1 to 99 999 999. FALSE and
 * KIOSK_ERROR_INVALID naming the part that is wrong. */
gboolean identifier_compose(const char *type, const char *issuer, const char *kiosk, int year,
                            guint32 sequence, char ret[IDENTIFIER_LENGTH + 1], GError **error);

/* TRUE if `text` has the structure and its check character (ISO 7064 MOD 37,36). */
gboolean identifier_is_valid(const char *text);

/* ^[DJ][0-9]{11}$ */
gboolean booklet_serial_is_valid(const char *text);

/* First 16 bytes of `digest` as base32 (RFC 4648, no padding): 26 characters and NUL. */
void digest_text(const guint8 digest[32], char ret[DIGEST_TEXT_LENGTH + 1]);

/* The text that the service signs: `<identifier>/<booklet>/<digest>/<kid>`. The caller frees. */
char *signed_text_compose(const char *identifier, const char *booklet, const char *digest,
                          const char *kid);

/* The QR text; `host` at most 60 characters, put in upper case. NULL and KIOSK_ERROR_INVALID. */
char *qr_text_compose(const char *host, const char *identifier, const char *booklet,
                      const char *digest, const char *kid, const guint8 signature[SIGNATURE_BYTES],
                      GError **error);

typedef struct {
    char host[61], identifier[IDENTIFIER_LENGTH + 1], booklet[SERIAL_LENGTH + 1];
    char digest[DIGEST_TEXT_LENGTH + 1], kid[KID_LENGTH + 1];
    guint8 signature[SIGNATURE_BYTES];
} QrText;

/* Splits and checks a scanned text. FALSE and KIOSK_ERROR_INVALID naming the part. */
gboolean qr_text_parse(const char *text, QrText *ret, GError **error);
