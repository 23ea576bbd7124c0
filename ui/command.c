#include "ui/command.h"
#include "firmware/base/error.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

#define POSITION_MAX_MM 10000.0

static gboolean refuse(GError **error, const char *what)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s", what);
    return FALSE;
}

/* TRUE if member `name` is a string of 1 to `size` - 1 bytes without control characters. */
static gboolean copy_string(const json_t *object, const char *name, char *ret, gsize size)
{
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);
    gsize length = json_string_length(member);
    if (!text || length == 0 || length >= size || strlen(text) != length)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] < 0x20 || text[i] == 0x7f)
            return FALSE;
    memcpy(ret, text, length + 1);
    return TRUE;
}

static gboolean read_position(const json_t *object, const char *name, double *ret)
{
    const json_t *member = json_object_get(object, name);
    double value = json_number_value(member);
    if (!json_is_number(member) || !isfinite(value) || value < 0 || value > POSITION_MAX_MM)
        return FALSE;
    *ret = value;
    return TRUE;
}

static gboolean parse_touch(const json_t *object, Command *ret, GError **error)
{
    char word[ACTION_WORD_BYTES];
    if (json_object_get(object, "action")) {
        ret->type = COMMAND_TOUCH;
        if (!copy_string(object, "action", word, sizeof word))
            return refuse(error, "action: not the word of an action");
        ret->action = action_parse(word);
        return ret->action.id != ACTION_UNKNOWN ||
               refuse(error, "action: not the word of an action");
    }
    ret->type = COMMAND_TOUCH_AT;
    return (read_position(object, "x_mm", &ret->x_mm) &&
            read_position(object, "y_mm", &ret->y_mm)) ||
           refuse(error, "touch: needs action, or x_mm and y_mm from 0 to 10000");
}

static gboolean parse_type(const json_t *object, Command *ret, GError **error)
{
    ret->type = COMMAND_TYPE;
    return copy_string(object, "text", ret->text, sizeof ret->text) ||
           refuse(error, "text: needs 1 to 63 bytes without control characters");
}

static gboolean parse_screenshot(const json_t *object, Command *ret, GError **error)
{
    ret->type = COMMAND_SCREENSHOT;
    return copy_string(object, "file", ret->file, sizeof ret->file) ||
           refuse(error, "file: needs a path of 1 to 1023 bytes");
}

static gboolean parse_quit(const json_t *object, Command *ret, GError **error)
{
    (void)object, (void)error;
    ret->type = COMMAND_QUIT;
    return TRUE;
}

static const struct {
    const char *word;
    gboolean (*parse)(const json_t *object, Command *ret, GError **error);
} verbs[] = {
    {"touch", parse_touch},
    {"type", parse_type},
    {"screenshot", parse_screenshot},
    {"quit", parse_quit},
};

static gboolean parse_object(const json_t *object, Command *ret, GError **error)
{
    char word[16];
    if (!json_is_object(object))
        return refuse(error, "line: not a JSON object");
    if (copy_string(object, "do", word, sizeof word))
        for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
            if (!strcmp(word, verbs[i].word))
                return verbs[i].parse(object, ret, error);
    return refuse(error, "do: none of touch, type, screenshot, quit");
}

gboolean command_parse(const char *line, gsize length, Command *ret, GError **error)
{
    json_error_t cause;
    Command command = {0};
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &cause);
    if (!object) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "line: not JSON: %s", cause.text);
        return FALSE;
    }
    gboolean parsed = parse_object(object, &command, error);
    json_decref(object);
    if (parsed)
        *ret = command;
    secret_wipe(&command, sizeof command);
    return parsed;
}
