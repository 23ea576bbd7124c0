#include "ui/touch.h"

static const Action nothing = {ACTION_UNKNOWN, -1};

static gboolean same(Action a, Action b)
{
    return a.id == b.id && a.index == b.index;
}

/* FALSE for a mouse that only repeats what a finger did. */
static gboolean heeds(Touch *touch, gint64 pointer, gint64 now_ms)
{
    if (pointer != TOUCH_MOUSE) {
        touch->finger_at_ms = now_ms;
        return TRUE;
    }
    return !touch->finger_at_ms || now_ms - touch->finger_at_ms >= TOUCH_MOUSE_QUIET_MS;
}

void touch_press(Touch *touch, gint64 pointer, Action hit, gint64 now_ms)
{
    gboolean lost = touch->down && now_ms - touch->pointer_at_ms >= TOUCH_LOST_MS;
    if (!heeds(touch, pointer, now_ms) || (touch->down && !lost))
        return;
    touch->pointer_at_ms = now_ms;
    touch->down = TRUE;
    touch->pointer = pointer;
    touch->action = hit;
}

void touch_move(Touch *touch, gint64 pointer, Action hit, gint64 now_ms)
{
    if (!heeds(touch, pointer, now_ms) || !touch->down || touch->pointer != pointer)
        return;
    touch->pointer_at_ms = now_ms;
    if (!same(touch->action, hit))
        touch->action = nothing;
}

Action touch_release(Touch *touch, gint64 pointer, Action hit, gint64 now_ms)
{
    if (!heeds(touch, pointer, now_ms) || !touch->down || touch->pointer != pointer)
        return nothing;
    Action pressed = touch->action;
    touch->down = FALSE;
    touch->action = nothing;
    return same(pressed, hit) ? pressed : nothing;
}

void touch_lose(Touch *touch)
{
    touch->down = FALSE;
    touch->action = nothing;
}

void touch_cancel(Touch *touch)
{
    touch->action = nothing;
}
