#include "ui/focus.h"

const Target *focus_find(const Target *targets, gsize count, Action action)
{
    for (gsize i = 0; i < count; i++)
        if (targets[i].action.id == action.id && targets[i].action.index == action.index)
            return &targets[i];
    return NULL;
}

static const Target *begin(const Target *targets, gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (targets[i].kind == TARGET_PRIMARY)
            return &targets[i];
    return count ? &targets[0] : NULL;
}

/* Gap of two stretches of a line, 0 where they overlap. */
static double apart(double a, double a_length, double b, double b_length)
{
    return MAX(MAX(a, b) - MIN(a + a_length, b + b_length), 0);
}

/* How far `to` is in the direction of `key`, below 0: it does not lie there. What is beside the way
 * counts twice. */
static double distance(const Box *from, const Box *to, Key key)
{
    gboolean upright = key == KEY_UP || key == KEY_DOWN;
    double along = key == KEY_UP     ? from->y - (to->y + to->h)
                   : key == KEY_DOWN ? to->y - (from->y + from->h)
                   : key == KEY_LEFT ? from->x - (to->x + to->w)
                                     : to->x - (from->x + from->w);
    double beside =
        upright ? apart(from->x, from->w, to->x, to->w) : apart(from->y, from->h, to->y, to->h);
    if (along < -0.01 || (!upright && beside > 0)) /* left and right stay in their row */
        return -1;
    /* of two right below, the one whose middle is nearer */
    double aside = upright ? ABS(from->x + from->w / 2 - to->x - to->w / 2)
                           : ABS(from->y + from->h / 2 - to->y - to->h / 2);
    return along + 2 * beside + aside / 1000;
}

const Target *focus_move(const Target *targets, gsize count, Action current, Key key)
{
    const Target *from = focus_find(targets, count, current), *best = NULL;
    double best_mm = 0;
    if (!from)
        return begin(targets, count);
    gsize place = (gsize)(from - targets);
    if (key == KEY_NEXT)
        return &targets[(place + 1) % count];
    if (key == KEY_PREVIOUS)
        return &targets[(place + count - 1) % count];
    for (gsize i = 0; i < count; i++) {
        double mm = i == place ? -1 : distance(&from->box, &targets[i].box, key);
        if (mm < 0 || (best && mm >= best_mm))
            continue;
        best = &targets[i];
        best_mm = mm;
    }
    if (best)
        return best;
    gboolean back = key == KEY_UP || key == KEY_LEFT;
    return &targets[(place + (back ? count - 1 : 1)) % count];
}
