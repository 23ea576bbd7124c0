/* The hidden way into the maintenance menu: the header's corners, left, right, left, right, right,
 * within eight seconds. Whoever finds it by chance still meets the PIN. Pure. */
#pragma once
#include <glib.h>

typedef struct {
    int step;
    gint64 began_ms;
} Pattern;

/* A finger was lifted at a point of a panel `width_mm` wide where nothing can be pressed. TRUE when
 * the pattern is complete; it then begins anew. `now_ms`: monotonic. */
gboolean pattern_touch(Pattern *pattern, double x_mm, double y_mm, double width_mm, gint64 now_ms);
