/* One line of the headless panel's input: hostile JSON in, a checked command out. */
#pragma once
#include "firmware/visit/view.h"

typedef enum {
    COMMAND_UNKNOWN = 0,
    COMMAND_TOUCH,      /* `action` */
    COMMAND_TOUCH_AT,   /* `x_mm`, `y_mm` from the panel's top left, 0 to 10 000 */
    COMMAND_TYPE,       /* `text`, 1 to 63 bytes without control characters */
    COMMAND_SCREENSHOT, /* `file`, a path */
    COMMAND_QUIT,
} CommandType;

typedef struct {
    CommandType type;
    Action action;
    double x_mm, y_mm;
    char text[64];
    char file[1024];
} Command;

/* Parses `length` bytes. FALSE and KIOSK_ERROR_INVALID naming the member; unknown members are
 * ignored, duplicate ones are an error. */
gboolean command_parse(const char *line, gsize length, Command *ret, GError **error);
