#include "central/request.h"
#include <string.h>

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define BASE32 UPPER "234567"

static gboolean is_made_of(const char *text, const char *characters, gsize min, gsize max)
{
    gsize length = strspn(text, characters);
    return !text[length] && length >= min && length <= max;
}

gboolean request_is_key(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(text) != sizeof form - 1)
        return FALSE;
    for (gsize i = 0; form[i]; i++)
        if (form[i] == '-' ? text[i] != '-' : !strchr(DIGITS "abcdef", text[i]))
            return FALSE;
    return TRUE;
}

gboolean request_is_record_id(const char *text)
{
    return is_made_of(text, DIGITS UPPER LOWER "-", 1, 64);
}

gboolean request_is_person_id(const char *text)
{
    return is_made_of(text, DIGITS UPPER LOWER "_.-", 1, 32);
}

gboolean request_is_code(const char *text)
{
    return is_made_of(text, DIGITS, 6, 6);
}

gboolean request_is_digest(const char *text)
{
    return is_made_of(text, BASE32, 26, 26);
}

gboolean request_is_kid(const char *text)
{
    return is_made_of(text, DIGITS UPPER, 4, 4);
}

gboolean request_is_signature(const char *text)
{
    return is_made_of(text, BASE32, 103, 103);
}

static gboolean is_plain(const char *text)
{
    for (; *text; text++)
        if ((guchar)*text < ' ' || *text == 0x7f)
            return FALSE;
    return TRUE;
}

json_t *request_parse(const char *body, gsize length, Language language, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    json_t *json = json_input_parse(body ? body : "", length, REQUEST_BYTES_MAX, "body", &error);
    if (json_is_object(json))
        return json;
    reply_invalid(reply, language, "body", json ? "is not an object" : error->message);
    json_decref(json);
    return NULL;
}

/* NULL: fine. */
static const char *find_fault(const json_t *value, const RequestField *field)
{
    if (!value)
        return field->required ? "is missing" : NULL;
    if (!json_is_string(value))
        return "is not a string";
    gsize length = json_string_length(value);
    if (length < field->min || length > field->max)
        return "is too short or too long";
    RequestCheck check = field->check ? field->check : is_plain;
    return check(json_string_value(value)) ? NULL : "has the wrong form";
}

gboolean request_read(const json_t *object, const RequestField *fields, gsize count,
                      const char **ret_texts, Language language, Reply *reply)
{
    for (gsize i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, fields[i].name);
        const char *fault = find_fault(value, &fields[i]);
        if (fault) {
            reply_invalid(reply, language, fields[i].name, fault);
            return FALSE;
        }
        ret_texts[i] = json_string_value(value);
    }
    return TRUE;
}
