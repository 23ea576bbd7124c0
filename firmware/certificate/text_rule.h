/* Rules for texts that go on paper. Private to this room. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct {
    const char *member; /* of the JSON object */
    int max;            /* characters */
    gboolean may_be_empty;
    gboolean may_have_lines;
} TextRule;

/* The text of `rule->member` in `object`, checked: a string of at most `max` characters without
 * control characters (a newline only where lines are allowed) and without characters that break
 * lines or turn the direction of writing. NULL and `error` "<prefix><member>: ...". Borrowed. */
const char *text_rule_read(const TextRule *rule, const json_t *object, const char *prefix,
                           GError **error);

/* YYYYMMDD of "2026-06-30", or 0 if it is not that form or not a day of the calendar. */
int text_read_day(const char *text);

/* TRUE if `text` is a certificate number: 示(2026)示例市不动产权第0000001号, brackets of either
 * width, 6 or 7 digits, at most 60 characters. */
gboolean text_is_certificate_number(const char *text);
