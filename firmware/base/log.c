#include "firmware/base/log.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

static LogMemory memory[LOG_MEMORY]; /* a ring: the next one goes to `written` */
static gsize written;
static GMutex memory_lock;

static void remember(LogLevel level, const char *room, const char *message)
{
    g_mutex_lock(&memory_lock);
    LogMemory *line = &memory[written++ % LOG_MEMORY];
    line->at_ms = g_get_real_time() / 1000;
    line->level = level;
    g_snprintf(line->text, sizeof line->text, "%s: %s", room, message);
    const char *end;
    if (!g_utf8_validate(line->text, -1, &end))
        line->text[end - line->text] = '\0';
    g_mutex_unlock(&memory_lock);
}

guint log_recent(LogLevel level, guint skip, guint max, LogMemory *ret)
{
    guint found = 0;
    g_mutex_lock(&memory_lock);
    for (gsize i = 0; i < MIN(written, LOG_MEMORY); i++) {
        const LogMemory *line = &memory[(written - 1 - i) % LOG_MEMORY];
        if (line->level > level)
            continue;
        if (found >= skip && found - skip < max)
            ret[found - skip] = *line;
        found++;
    }
    g_mutex_unlock(&memory_lock);
    return found;
}

/* systemd.exec(5): JOURNAL_STREAM names device and inode of a standard error that is the journal. */
static gboolean find_journal(void)
{
    struct stat info;
    uintmax_t device, inode;
    const char *stream = g_getenv("JOURNAL_STREAM");
    return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &info) == 0 && info.st_dev == device && info.st_ino == inode;
}

static gboolean is_journal(void)
{
    static gsize answer; /* 1 no, 2 yes */
    if (g_once_init_enter(&answer))
        g_once_init_leave(&answer, find_journal() ? 2 : 1);
    return answer == 2;
}

static void write_line(LogLevel level, const char *room, const char *message)
{
    static const char *const numbers[] = {"<6>", "<3>", "<4>", "<6>", "<7>"};
    static const char *const words[] = {"", "error: ", "warning: ", "", ""};
    char line[1000];
    int length = snprintf(line, sizeof line, "%s%s: %s\n",
                          is_journal() ? numbers[level] : words[level], room, message);
    if (length > 0)
        (void)!write(STDERR_FILENO, line, MIN((size_t)length, sizeof line - 1));
}

void log_line(LogLevel level, const char *room, const char *format, ...)
{
    char message[900];
    va_list args;
    if (level > threshold)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    flatten(message);
    write_line(level, room, message);
    remember(level, room, message);
}

void log_to_root(const char *room, const char *format, ...)
{
    char message[900];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    flatten(message);
    write_line(LOG_LEVEL_INFO, room, message);
}
