#include "firmware/certificate/json_input.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/base/secret.h"
#include <string.h>

void json_input_prepare(void)
{
    static gsize done;
    if (g_once_init_enter(&done)) {
        json_set_alloc_funcs(secret_malloc, secret_free);
        g_once_init_leave(&done, 1);
    }
}

/* What stands behind the string whose characters begin at `text`. */
static const char *skip_string(const char *text, const char *end)
{
    const char *quote, *escape;
    while ((quote = memchr(text, '"', (gsize)(end - text))) != NULL) {
        while (text < quote && (escape = memchr(text, '\\', (gsize)(quote - text))) != NULL)
            text = escape + 2;
        if (text <= quote)
            return quote + 1;
    } /* the quote was escaped */
    return end;
}

/* jansson's own limit is 2048 levels and not ours to set. */
static gboolean is_deeper_than(const char *bytes, gsize length, int limit)
{
    int depth = 0;
    for (const char *p = bytes, *end = bytes + length; p < end;) {
        char character = *p++;
        if (character == '"')
            p = skip_string(p, end);
        else if (character == '{' || character == '[')
            depth++;
        else if (character == '}' || character == ']')
            depth--;
        if (depth > limit)
            return TRUE;
    }
    return FALSE;
}

static const char *explain(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "a member stands twice";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL character";
    case json_error_invalid_utf8:
        return "invalid UTF-8";
    case json_error_premature_end_of_input:
        return "ends too early";
    case json_error_end_of_input_expected:
        return "something stands behind the end";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_unknown:
    case json_error_out_of_memory:
    case json_error_stack_overflow:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
        break;
    }
    return "invalid JSON";
}

json_t *json_input_parse(const char *bytes, gsize length, gsize limit, const char *where,
                         GError **error)
{
    if (length > limit) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: %zu bytes, at most %zu", where,
                    length, limit);
        return NULL;
    }
    if (is_deeper_than(bytes, length, LIMIT_JSON_DEPTH)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: nested deeper than %d", where,
                    LIMIT_JSON_DEPTH);
        return NULL;
    }
    json_input_prepare();
    json_error_t problem;
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &problem);
    if (!json)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: line %d, column %d: %s", where,
                    problem.line, problem.column, explain(&problem));
    secret_wipe(&problem, sizeof problem);
    return json;
}

gboolean json_input_refuse(GError **error, const char *prefix, const char *member,
                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *rule = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s%s: %s", prefix, member, rule);
    return FALSE;
}

static gboolean has_type(const json_t *value, json_type type)
{
    if (type == JSON_REAL)
        return json_is_number(value);
    if (type == JSON_TRUE)
        return json_is_boolean(value);
    return json_typeof(value) == type;
}

json_t *json_input_member(const json_t *object, const char *name, json_type type,
                          const char *prefix, GError **error)
{
    static const char *const words[] = {
        [JSON_OBJECT] = "an object",       [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a whole number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true or false",
        [JSON_FALSE] = "true or false",    [JSON_NULL] = "null",
    };
    json_t *value = json_object_get(object, name);
    if (!value) {
        json_input_refuse(error, prefix, name, "missing");
        return NULL;
    }
    if (!has_type(value, type)) {
        json_input_refuse(error, prefix, name, "not %s", words[type]);
        return NULL;
    }
    return value;
}
