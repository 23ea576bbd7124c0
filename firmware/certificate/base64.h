/* Base64 of RFC 4648, read strictly: one value has one text. */
#pragma once
#include <glib.h>

typedef enum {
    BASE64_UNKNOWN = 0,
    BASE64_PADDED, /* section 4: + and /, padded with = */
    BASE64_URL,    /* section 5 as in JOSE: - and _, no padding */
} Base64Kind;

/* Decodes `length` characters. NULL if a character, the length, the padding or an unused bit is
 * wrong. The bytes are wiped when the last reference goes. */
GBytes *base64_decode_bytes(const char *text, gsize length, Base64Kind kind);

/* JOSE form of `length` bytes. The caller frees. */
char *base64_encode_url(const void *bytes, gsize length);
