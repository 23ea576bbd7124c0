#include "firmware/certificate/base64.h"
#include "firmware/base/secret.h"
#include <string.h>

static int value_of(char character, Base64Kind kind)
{
    if (g_ascii_isupper(character))
        return character - 'A';
    if (g_ascii_islower(character))
        return character - 'a' + 26;
    if (g_ascii_isdigit(character))
        return character - '0' + 52;
    if (character == (kind == BASE64_URL ? '-' : '+'))
        return 62;
    if (character == (kind == BASE64_URL ? '_' : '/'))
        return 63;
    return -1;
}

static gsize length_without_padding(const char *text, gsize length)
{
    for (int i = 0; i < 2 && length > 0 && text[length - 1] == '='; i++)
        length--;
    return length;
}

static gboolean decode(const char *text, gsize length, Base64Kind kind, guint8 *ret)
{
    guint32 buffer = 0;
    int bits = 0;
    for (gsize i = 0; i < length; i++) {
        int value = value_of(text[i], kind);
        if (value < 0)
            return FALSE;
        buffer = (buffer << 6 | (guint32)value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *ret++ = (guint8)(buffer >> bits);
        }
    }
    return (buffer & ((1u << bits) - 1)) == 0;
}

GBytes *base64_decode_bytes(const char *text, gsize length, Base64Kind kind)
{
    if (kind != BASE64_URL) {
        if (length % 4)
            return NULL;
        length = length_without_padding(text, length);
    }
    if (length % 4 == 1)
        return NULL;
    gsize size = length * 3 / 4;
    guint8 *bytes = secret_malloc(MAX(size, 1));
    if (!bytes)
        g_error("base64: no memory for %zu bytes", size);
    if (!decode(text, length, kind, bytes)) {
        secret_free(bytes);
        return NULL;
    }
    return g_bytes_new_with_free_func(bytes, size, secret_free, bytes);
}

char *base64_encode_url(const void *bytes, gsize length)
{
    char *text = g_base64_encode(bytes, length);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}
