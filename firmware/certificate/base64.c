#include "firmware/certificate/base64.h"
#include "firmware/base/secret.h"
#include <string.h>

/* One more than its value for each character of both alphabets, 0 for any other. */
static const guint8 digits[G_MAXUINT8 + 1] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
    ['-'] = 63, ['_'] = 64,
};

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
    const char *foreign = kind == BASE64_URL ? "+/" : "-_";
    if (length > 0 && (memchr(text, foreign[0], length) || memchr(text, foreign[1], length)))
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        guint32 digit = digits[(guint8)text[i]];
        if (digit == 0)
            return FALSE;
        buffer = (buffer << 6 | (digit - 1)) & 0xffff;
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
