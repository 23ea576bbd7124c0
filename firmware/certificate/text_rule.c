#include "firmware/certificate/text_rule.h"
#include "firmware/base/clock.h"
#include "firmware/certificate/json_input.h"
#include <string.h>

#define NUMBER_MAX 60 /* characters of a certificate number */

/* Line separators, and the controls that reorder what is printed (UAX #9). */
static gboolean is_layout_control(gunichar character)
{
    return character == 0x2028 || character == 0x2029 || character == 0x200e ||
           character == 0x200f || character == 0x061c ||
           (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

const char *text_rule_read(const TextRule *rule, const json_t *object, const char *prefix,
                           GError **error)
{
    const json_t *value = json_input_member(object, rule->member, JSON_STRING, prefix, error);
    if (!value)
        return NULL;
    const char *text = json_string_value(value);
    long length = g_utf8_strlen(text, -1);
    if (length == 0 && !rule->may_be_empty) {
        json_input_refuse(error, prefix, rule->member, "empty");
        return NULL;
    }
    if (length > rule->max) {
        json_input_refuse(error, prefix, rule->member, "%ld characters, at most %d", length,
                          rule->max);
        return NULL;
    }
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (character == '\n' && rule->may_have_lines)
            continue;
        if (g_unichar_iscntrl(character) || is_layout_control(character)) {
            json_input_refuse(error, prefix, rule->member, "control character U+%04X", character);
            return NULL;
        }
    }
    return text;
}

int text_read_day(const char *text)
{
    int day = 0;
    for (int i = 0; i < 10; i++) {
        if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
            return 0;
        if (text[i] != '-')
            day = day * 10 + (text[i] - '0');
    }
    if (text[10] || !clock_is_day(day / 10000, day / 100 % 100, day % 100))
        return 0;
    return day;
}

static gboolean is_hanzi(gunichar character)
{
    return character >= 0x4e00 && character <= 0x9fa5;
}

/* Steps over one character if it is `narrow` or `wide`. NULL stays NULL. */
static const char *skip_bracket(const char *at, gunichar narrow, gunichar wide)
{
    gunichar character = at ? g_utf8_get_char(at) : 0;
    return character && (character == narrow || character == wide) ? g_utf8_next_char(at) : NULL;
}

gboolean text_is_certificate_number(const char *text)
{
    static const char title[] = "不动产权第";
    if (g_utf8_strlen(text, -1) > NUMBER_MAX || !is_hanzi(g_utf8_get_char(text)))
        return FALSE;
    const char *at = skip_bracket(g_utf8_next_char(text), '(', 0xff08);
    if (!at || strspn(at, "0123456789") != 4 || at[0] != '2' || at[1] != '0')
        return FALSE;
    const char *place = skip_bracket(at + 4, ')', 0xff09);
    const char *found = place ? strstr(place, title) : NULL;
    if (!found || found == place)
        return FALSE;
    for (at = place; at < found; at = g_utf8_next_char(at))
        if (!is_hanzi(g_utf8_get_char(at)))
            return FALSE;
    at = found + strlen(title);
    gsize digits = strspn(at, "0123456789");
    return (digits == 6 || digits == 7) && strcmp(at + digits, "号") == 0;
}
