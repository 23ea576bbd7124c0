#include "firmware/service/text.h"
#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static gboolean consists_of(const char *text, const char *set, gsize min, gsize max)
{
    gsize length = strlen(text);
    return length >= min && length <= max && strspn(text, set) == length;
}

gboolean text_is_record_id(const char *text)
{
    return consists_of(text, DIGITS LOWER UPPER "-", 1, 64);
}

gboolean text_is_token(const char *text)
{
    return consists_of(text, DIGITS LOWER UPPER "_-", 1, 64);
}

gboolean text_is_key(const char *text)
{
    if (!consists_of(text, DIGITS "abcdef-", 36, 36))
        return FALSE;
    return g_uuid_string_is_valid(text);
}

gboolean text_is_word(const char *text)
{
    return consists_of(text, DIGITS LOWER "-", 1, 63);
}

gboolean text_is_word_or_empty(const char *text)
{
    return !*text || text_is_word(text);
}

gboolean text_is_code(const char *text)
{
    return consists_of(text, DIGITS UPPER, 4, 4);
}

gboolean text_is_digits(const char *text)
{
    return consists_of(text, DIGITS, 0, 8);
}

gboolean text_is_host(const char *text)
{
    return consists_of(text, DIGITS LOWER UPPER ".-:[]", 1, 60) && strchr(".-:", text[0]) == NULL;
}
