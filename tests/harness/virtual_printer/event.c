#include "machine.h"
#include <stdio.h>
#include <stdlib.h>

gint64 now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

void event_write(Machine *machine, const char *event, json_t *detail)
{
    json_t *line = json_pack("{s:I, s:I, s:s}", "at_ms", (json_int_t)now_ms(), "wall_ms",
                             (json_int_t)(g_get_real_time() / 1000), "event", event);
    if (detail) {
        json_object_update(line, detail);
        json_decref(detail);
    }
    char *text = json_dumps(line, JSON_COMPACT);
    fprintf(machine->log, "%s\n", text ? text : "{}");
    fflush(machine->log);
    free(text);
    json_decref(line);
}
