/* Time. The core never asks for it: it is handed `now_ms`. Dates on cards and paper are those of
 * Asia/Shanghai (UTC+8, no summer time), the last day included. */
#pragma once
#include <glib.h>

/* Milliseconds on CLOCK_MONOTONIC: for deadlines. */
gint64 clock_monotonic_ms(void);

/* Milliseconds on CLOCK_BOOTTIME, which goes on during suspend: for leases. */
gint64 clock_boottime_ms(void);

/* Milliseconds since 1970 UTC. May be wrong: see readiness `clock.trusted`. */
gint64 clock_wall_ms(void);

/* The calendar day in Asia/Shanghai at `wall_ms` as YYYYMMDD, for example 20260630. */
int clock_shanghai_day(gint64 wall_ms);

/* "2026-06-30T10:24:05.123Z" into `ret` (at least 32 bytes). */
void clock_format_utc(gint64 wall_ms, char ret[32]);

/* "2026-06-30 10:24", in Asia/Shanghai, into `ret` (at least 32 bytes). */
void clock_format_shanghai(gint64 wall_ms, char ret[32]);

/* TRUE if YYYYMMDD is a day of the Gregorian calendar, 1800 to 2999. */
gboolean clock_is_day(int year, int month, int day);
