#include "firmware/certificate/base32.h"

void base32_encode(const guint8 *bytes, gsize length, char *ret)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    guint32 buffer = 0;
    int bits = 0;
    for (gsize i = 0; i < length; i++) {
        buffer = (buffer << 8 | bytes[i]) & 0xffff;
        for (bits += 8; bits >= 5; bits -= 5)
            *ret++ = alphabet[buffer >> (bits - 5) & 31];
    }
    if (bits)
        *ret++ = alphabet[buffer << (5 - bits) & 31];
    *ret = '\0';
}

static int value_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= '2' && character <= '7')
        return character - '2' + 26;
    return -1;
}

gboolean base32_decode(const char *text, gsize text_length, guint8 *ret, gsize length)
{
    if (text_length != BASE32_LENGTH(length))
        return FALSE;
    guint32 buffer = 0;
    int bits = 0;
    for (gsize i = 0; i < text_length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return FALSE;
        buffer = (buffer << 5 | (guint32)value) & 0xffff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *ret++ = (guint8)(buffer >> bits);
        }
    }
    return (buffer & ((1u << bits) - 1)) == 0;
}
