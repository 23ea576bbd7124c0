#include "firmware/base/log.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static LogLevel threshold = LOG_LEVEL_INFO;

void log_set_level(LogLevel level)
{
    threshold = level;
}

/* A line break inside a message would start a forged line. */
static void flatten(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
}

void log_line(LogLevel level, const char *room, const char *format, ...)
{
    static const char syslog_level[] = {'6', '3', '4', '6', '7'};
    if (level > threshold)
        return;
    char message[900];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    flatten(message);
    char line[1000];
    int length = snprintf(line, sizeof line, "<%c>%s: %s\n", syslog_level[level], room, message);
    if (length > 0)
        (void)!write(STDERR_FILENO, line, MIN((size_t)length, sizeof line - 1));
}
