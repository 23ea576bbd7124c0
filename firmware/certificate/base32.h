/* Base32 of RFC 4648, upper case, no padding: what QR alphanumeric mode carries well. */
#pragma once
#include <glib.h>

/* Characters for `bytes` bytes. */
#define BASE32_LENGTH(bytes) (((bytes)*8 + 4) / 5)

/* Writes BASE32_LENGTH(length) characters and a NUL into `ret`. */
void base32_encode(const guint8 *bytes, gsize length, char *ret);

/* Reads exactly `length` bytes from `text_length` characters. FALSE if the lengths do not fit, a
 * character is outside A-Z 2-7, or unused bits are not zero (one value has one text only). `ret`
 * is then undefined. */
gboolean base32_decode(const char *text, gsize text_length, guint8 *ret, gsize length);
