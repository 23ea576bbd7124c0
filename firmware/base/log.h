/* The technician's log: one line an event on standard error, in the form
 * `room: what happened; what to do`. In front stands how bad it is: syslog's number where standard
 * error is systemd's journal, which reads it ("<4>"), else a word ("warning: ").
 * Personal data has no way in here: the type Personal (secret.h) cannot be printed. */
#pragma once
#include <glib.h>

typedef enum {
    LOG_LEVEL_UNKNOWN = 0,
    LOG_LEVEL_ERROR, /* somebody has to come */
    LOG_LEVEL_WARN,  /* somebody should know */
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG, /* only with `[log] level = debug` */
} LogLevel;

/* Sets what is written; before the first call LOG_LEVEL_INFO. Any thread may log. */
void log_set_level(LogLevel level);

void log_line(LogLevel level, const char *room, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same for root's eyes only: written, but not remembered for log_recent. */
void log_to_root(const char *room, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One of the last lines. */
typedef struct {
    gint64 at_ms; /* since 1970 */
    LogLevel level;
    char text[240]; /* "room: what happened", cut */
} LogMemory;

#define LOG_MEMORY 256 /* lines that are remembered */

/* Copies the newest `max` lines at `level` or worse to `ret`, newest first, after leaving out `skip`
 * of them; gives how many there are in all. Any thread. */
guint log_recent(LogLevel level, guint skip, guint max, LogMemory *ret);

#define log_error(room, ...) log_line(LOG_LEVEL_ERROR, room, __VA_ARGS__)
#define log_warn(room, ...) log_line(LOG_LEVEL_WARN, room, __VA_ARGS__)
#define log_info(room, ...) log_line(LOG_LEVEL_INFO, room, __VA_ARGS__)
#define log_debug(room, ...) log_line(LOG_LEVEL_DEBUG, room, __VA_ARGS__)
