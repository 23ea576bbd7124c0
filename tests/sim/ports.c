/* What the product asks of the system, answered by the world; bound at link time with --wrap. */
#include "firmware/base/log.h"
#include "tests/sim/oracle.h"
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>

gint64 __wrap_clock_monotonic_ms(void);
gint64 __wrap_clock_boottime_ms(void);
gint64 __wrap_clock_wall_ms(void);
ssize_t __wrap_getrandom(void *to, size_t n, unsigned flags);
int __wrap_malloc_trim(size_t pad);
void __wrap_log_line(LogLevel level, const char *room, const char *format, ...);

static gint64 since_boot_ms(void)
{
    const Machine *m = world->current;
    return m ? world->now_ms + m->spent_ms - m->boot_ms : world->now_ms;
}

gint64 __wrap_clock_monotonic_ms(void)
{
    return since_boot_ms();
}

gint64 __wrap_clock_boottime_ms(void)
{
    return since_boot_ms();
}

gint64 __wrap_clock_wall_ms(void)
{
    const Machine *m = world->current;
    return WALL_START_MS + world->now_ms + (m ? m->spent_ms + m->wall_off_ms : 0);
}

ssize_t __wrap_getrandom(void *to, size_t n, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < n; i++)
        ((guint8 *)to)[i] = (guint8)(random_next(&world->random) >> 32);
    return (ssize_t)n;
}

int __wrap_malloc_trim(size_t pad)
{
    (void)pad;
    return 0;
}

/* Every line is looked at for personal data; in a replay it is a line of the trace, too. */
void __wrap_log_line(LogLevel level, const char *room, const char *format, ...)
{
    char line[900];
    va_list args;
    if (!world)
        return;
    if (level > LOG_LEVEL_INFO && !world->options->replay)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    oracle_hear_log(line);
    if (world->options->replay)
        world_trace_aside(world->current, room, line);
}
