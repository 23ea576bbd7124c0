#include "ui/pattern.h"

#define HEADER_MM 28
#define CORNER_MM 60
#define WITHIN_MS 8000

typedef enum { CORNER_NONE = 0, CORNER_LEFT, CORNER_RIGHT } Corner;

static const Corner steps[] = {CORNER_LEFT, CORNER_RIGHT, CORNER_LEFT, CORNER_RIGHT, CORNER_RIGHT};

static Corner corner(double x_mm, double y_mm, double width_mm)
{
    if (y_mm < 0 || y_mm > HEADER_MM)
        return CORNER_NONE;
    if (x_mm >= 0 && x_mm <= CORNER_MM)
        return CORNER_LEFT;
    return x_mm >= width_mm - CORNER_MM && x_mm <= width_mm ? CORNER_RIGHT : CORNER_NONE;
}

gboolean pattern_touch(Pattern *pattern, double x_mm, double y_mm, double width_mm, gint64 now_ms)
{
    Corner here = corner(x_mm, y_mm, width_mm);
    if (pattern->step > 0 && now_ms - pattern->began_ms > WITHIN_MS)
        pattern->step = 0;
    if (here != steps[pattern->step])
        pattern->step = 0;
    if (here != steps[pattern->step])
        return FALSE;
    if (pattern->step == 0)
        pattern->began_ms = now_ms;
    pattern->step = (pattern->step + 1) % (int)G_N_ELEMENTS(steps);
    return pattern->step == 0;
}
