#include "firmware/visit/pace.h"
#include <stdlib.h>
#include <string.h>

#define GROUP "pace"
#define LONGEST_MS (3600 * 1000)
#define SAMPLES_TRUSTED 3 /* before, the bounds alone hold */
#define USUAL_TIMES 4
#define FIRST_LIMIT_MIN_MS 30000
#define FIRST_LIMIT_MAX_MS 75000
#define SIDE_LIMIT_MIN_MS 20000
#define SIDE_LIMIT_MAX_MS 45000

void pace_add(PaceSeries *series, gint64 ms)
{
    if (ms < 1 || ms > LONGEST_MS)
        return;
    if (series->count == PACE_KEPT) {
        memmove(series->ms, series->ms + 1, (PACE_KEPT - 1) * sizeof *series->ms);
        series->count--;
    }
    series->ms[series->count++] = (int)ms;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int pace_median(const PaceSeries *series)
{
    int sorted[PACE_KEPT];
    if (series->count == 0)
        return -1;
    memcpy(sorted, series->ms, series->count * sizeof *sorted);
    qsort(sorted, series->count, sizeof *sorted, compare);
    return sorted[series->count / 2];
}

int pace_left_ms(const Pace *pace, int printed, int sides)
{
    int first = pace_median(&pace->first), side = MAX(pace_median(&pace->side), 0);
    if (first < 0)
        return -1;
    if (printed < 1)
        return first + MAX(sides - 1, 0) * side;
    return MAX(sides - printed, 0) * side;
}

static int limit(const PaceSeries *series, int min_ms, int max_ms)
{
    if (series->count < SAMPLES_TRUSTED)
        return max_ms;
    return CLAMP(pace_median(series) * USUAL_TIMES, min_ms, max_ms);
}

int pace_first_limit_ms(const Pace *pace)
{
    return limit(&pace->first, FIRST_LIMIT_MIN_MS, FIRST_LIMIT_MAX_MS);
}

int pace_side_limit_ms(const Pace *pace)
{
    return limit(&pace->side, SIDE_LIMIT_MIN_MS, SIDE_LIMIT_MAX_MS);
}

void pace_use(Pace *pace, const char *uuid)
{
    if (!*uuid || !strcmp(pace->uuid, uuid))
        return;
    *pace = (Pace){0};
    g_strlcpy(pace->uuid, uuid, sizeof pace->uuid);
}

static void load_series(PaceSeries *series, GKeyFile *file, const char *key)
{
    gsize count = 0;
    g_autofree int *values = g_key_file_get_integer_list(file, GROUP, key, &count, NULL);
    for (gsize i = 0; values && i < count; i++)
        pace_add(series, values[i]);
}

void pace_load(Pace *pace, const char *path)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    *pace = (Pace){0};
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return;
    g_autofree char *uuid = g_key_file_get_string(file, GROUP, "printer", NULL);
    g_strlcpy(pace->uuid, uuid ? uuid : "", sizeof pace->uuid);
    load_series(&pace->first, file, "first_ms");
    load_series(&pace->side, file, "side_ms");
}

gboolean pace_save(const Pace *pace, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    gsize length = 0;
    g_key_file_set_comment(file, NULL, NULL,
                           " What the printer took, for the screen and the deadlines; may be "
                           "deleted.",
                           NULL);
    g_key_file_set_string(file, GROUP, "printer", pace->uuid);
    g_key_file_set_integer_list(file, GROUP, "first_ms", (int *)pace->first.ms, pace->first.count);
    g_key_file_set_integer_list(file, GROUP, "side_ms", (int *)pace->side.ms, pace->side.count);
    g_autofree char *text = g_key_file_to_data(file, &length, NULL);
    return g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT,
                                    0600, error);
}

void pace_begin(PaceRun *run, gint64 now_ms)
{
    *run = (PaceRun){.since_ms = now_ms};
}

void pace_see(PaceRun *run, int printed, gint64 now_ms)
{
    int more = printed - run->printed;
    if (!run->since_ms || more <= 0)
        return;
    gint64 took_ms = MAX(now_ms - run->since_ms, 1);
    if (run->printed > 0)
        for (int i = 0; i < more; i++)
            pace_add(&run->side, MAX(took_ms / more, 1));
    else
        run->first_ms = (int)MIN(took_ms, LONGEST_MS);
    run->printed = printed;
    run->since_ms = now_ms;
}

void pace_keep(const PaceRun *run, Pace *pace)
{
    pace_add(&pace->first, run->first_ms);
    for (gsize i = 0; i < run->side.count; i++)
        pace_add(&pace->side, run->side.ms[i]);
}
