#include "firmware/base/clock.h"
#include <stdio.h>
#include <time.h>

#define SHANGHAI_OFFSET_S (8 * 3600)

static gint64 read_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (gint64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

gint64 clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

gint64 clock_boottime_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

gint64 clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int clock_shanghai_day(gint64 wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000) + SHANGHAI_OFFSET_S;
    struct tm day;
    gmtime_r(&seconds, &day);
    return (day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

void clock_format_utc(gint64 wall_ms, char ret[32])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    char day[24];
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(ret, 32, "%s.%03dZ", day, (int)(wall_ms % 1000));
}

void clock_format_shanghai(gint64 wall_ms, char ret[32])
{
    time_t seconds = (time_t)(wall_ms / 1000) + SHANGHAI_OFFSET_S;
    struct tm t;
    gmtime_r(&seconds, &t);
    strftime(ret, 32, "%Y-%m-%d %H:%M", &t);
}

gboolean clock_is_day(int year, int month, int day)
{
    if (year < 1800 || year > 2999 || month < 1 || month > 12 || day < 1)
        return FALSE;
    return g_date_valid_dmy((GDateDay)MIN(day, 32), (GDateMonth)month, (GDateYear)year);
}
