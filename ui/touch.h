/* From finger or mouse to an action: it acts when it is lifted where it went down. One pointer at a
 * time; a second finger is ignored; moving off cancels. Pure: no SDL in here. */
#pragma once
#include "firmware/visit/view.h"

#define TOUCH_MOUSE (-1)          /* the mouse as a pointer */
#define TOUCH_MOUSE_QUIET_MS 1000 /* a touch screen may tell its touches as a mouse as well */
#define TOUCH_LOST_MS 10000       /* a pointer that said nothing for so long is gone */

typedef struct {
    gboolean down;
    gint64 pointer;       /* finger, or TOUCH_MOUSE */
    Action action;        /* what is pressed; id UNKNOWN: nothing, or moved off */
    gint64 finger_at_ms;  /* last word of a finger; 0: never */
    gint64 pointer_at_ms; /* last word of the pointer that is down */
} Touch;

/* `hit`: what lies under the pointer now. `now_ms`: monotonic. */
void touch_press(Touch *touch, gint64 pointer, Action hit, gint64 now_ms);
void touch_move(Touch *touch, gint64 pointer, Action hit, gint64 now_ms);

/* The action that happens; id UNKNOWN: none. */
Action touch_release(Touch *touch, gint64 pointer, Action hit, gint64 now_ms);

/* The pointer that is down went with its device: nobody will lift it. */
void touch_lose(Touch *touch);

/* Another screen came: the finger must be lifted first. */
void touch_cancel(Touch *touch);
