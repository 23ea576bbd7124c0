#include "firmware/service/field.h"
#include "firmware/certificate/json_input.h"
#include <string.h>

static gboolean is_one_line(const char *text)
{
    for (const char *c = text; *c; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c)))
            return FALSE;
    return TRUE;
}

static gboolean read_text(const Field *field, const json_t *value, const char *where,
                          const char *member, const char **ret, GError **error)
{
    if (!json_is_string(value))
        return json_input_refuse(error, where, member, "not a text");
    gint64 length = (gint64)json_string_length(value);
    if (length < field->min || length > field->max)
        return json_input_refuse(error, where, member,
                                 "%" G_GINT64_FORMAT " bytes, allowed are %" G_GINT64_FORMAT
                                 " to %" G_GINT64_FORMAT,
                                 length, field->min, field->max);
    *ret = json_string_value(value);
    if (field->fits && !field->fits(*ret))
        return json_input_refuse(error, where, member, "not %s", field->form);
    if (!field->fits && !is_one_line(*ret))
        return json_input_refuse(error, where, member, "holds a control character");
    return TRUE;
}

static gboolean read_number(const Field *field, const json_t *value, const char *where,
                            const char *member, gint64 *ret, GError **error)
{
    if (!json_is_integer(value))
        return json_input_refuse(error, where, member, "not a whole number");
    gint64 number = json_integer_value(value);
    if (number < field->min || number > field->max)
        return json_input_refuse(error, where, member,
                                 "%" G_GINT64_FORMAT
                                 " is out of range, allowed are %" G_GINT64_FORMAT
                                 " to %" G_GINT64_FORMAT,
                                 number, field->min, field->max);
    *ret = number;
    return TRUE;
}

static gboolean read_choice(const Field *field, const json_t *value, const char *where,
                            const char *member, gboolean *ret, GError **error)
{
    g_auto(GStrv) words = g_strsplit(field->form, " ", 2);
    const char *text = json_string_value(value);
    if (!text || (strcmp(text, words[0]) && strcmp(text, words[1])))
        return json_input_refuse(error, where, member, "neither %s nor %s", words[0], words[1]);
    *ret = !strcmp(text, words[1]);
    return TRUE;
}

static gboolean read_members(const Field *fields, const json_t *object, const char *where,
                             const char *prefix, SecretArena *arena, char *ret, GError **error);

static gboolean read_list(const Field *field, const json_t *value, const char *where,
                          const char *member, SecretArena *arena, char *ret, GError **error)
{
    if (!json_is_array(value))
        return json_input_refuse(error, where, member, "not a list");
    gsize count = json_array_size(value);
    if (count > (gsize)field->max)
        return json_input_refuse(error, where, member, "%zu entries, at most %" G_GINT64_FORMAT,
                                 count, field->max);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *item = g_strdup_printf("%s[%zu]", member, i);
        g_autofree char *prefix = g_strconcat(item, ".", NULL);
        const json_t *entry = json_array_get(value, i);
        if (!json_is_object(entry))
            return json_input_refuse(error, where, item, "not an object");
        if (!read_members(field->items, entry, where, prefix, arena,
                          ret + field->offset + i * field->stride, error))
            return FALSE;
    }
    memcpy(ret + field->count_offset, &count, sizeof count);
    return TRUE;
}

static gboolean read_pair(const Field *field, const json_t *value, const char *where,
                          const char *member, char *ret, GError **error)
{
    if (json_array_size(value) != 2)
        return json_input_refuse(error, where, member, "not a list of two");
    for (gsize i = 0; i < 2; i++) {
        const char *text = NULL;
        if (!read_text(field, json_array_get(value, i), where, member, &text, error))
            return FALSE;
        memcpy(ret + i * ((gsize)field->max + 1), text, strlen(text) + 1);
    }
    return TRUE;
}

static void store_number(const Field *field, gint64 number, char *ret)
{
    int as_int = (int)number;
    guint32 as_uint32 = (guint32)number;
    if (field->kind == FIELD_INT)
        memcpy(ret, &as_int, sizeof as_int);
    else if (field->kind == FIELD_UINT32)
        memcpy(ret, &as_uint32, sizeof as_uint32);
    else
        memcpy(ret, &number, sizeof number);
}

static gboolean read_value(const Field *field, const json_t *value, const char *where,
                           const char *member, SecretArena *arena, char *ret, GError **error)
{
    const char *text = NULL;
    gint64 number = 0;
    switch (field->kind) {
    case FIELD_TEXT:
        if (!read_text(field, value, where, member, &text, error))
            return FALSE;
        memcpy(ret + field->offset, text, strlen(text) + 1);
        return TRUE;
    case FIELD_PERSONAL:
        if (!read_text(field, value, where, member, &text, error))
            return FALSE;
        *(Personal *)(void *)(ret + field->offset) = secret_arena_text(arena, text, -1);
        return TRUE;
    case FIELD_INT:
    case FIELD_UINT32:
    case FIELD_INT64:
        if (!read_number(field, value, where, member, &number, error))
            return FALSE;
        store_number(field, number, ret + field->offset);
        return TRUE;
    case FIELD_BOOL:
        if (!json_is_boolean(value))
            return json_input_refuse(error, where, member, "neither true nor false");
        *(gboolean *)(void *)(ret + field->offset) = json_is_true(value);
        return TRUE;
    case FIELD_CHOICE:
        return read_choice(field, value, where, member, (gboolean *)(void *)(ret + field->offset),
                           error);
    case FIELD_PAIR:
        return read_pair(field, value, where, member, ret + field->offset, error);
    case FIELD_LIST:
        return read_list(field, value, where, member, arena, ret, error);
    case FIELD_UNKNOWN:
        break;
    }
    return json_input_refuse(error, where, member, "has no kind");
}

static gboolean read_members(const Field *fields, const json_t *object, const char *where,
                             const char *prefix, SecretArena *arena, char *ret, GError **error)
{
    for (const Field *field = fields; field->name; field++) {
        g_autofree char *member = g_strconcat(prefix, field->name, NULL);
        const json_t *value = json_object_get(object, field->name);
        if (field->optional && (!value || json_is_null(value)))
            continue;
        if (!value)
            return json_input_refuse(error, where, member, "missing");
        if (!read_value(field, value, where, member, arena, ret, error))
            return FALSE;
    }
    return TRUE;
}

gboolean field_read_all(const Field *fields, const json_t *object, const char *where,
                        SecretArena *arena, void *ret, GError **error)
{
    return read_members(fields, object, where, "", arena, ret, error);
}
