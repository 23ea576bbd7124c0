/* Where the focus goes on a screen that is worked with keys: a five-key pad (up, down, left, right,
 * select) or a keyboard. Pure. */
#pragma once
#include "ui/sheet.h"

typedef enum {
    KEY_UNKNOWN = 0,
    KEY_UP,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_SELECT, /* does what has the focus */
    KEY_NEXT,   /* the next one in the order of reading, and round again */
    KEY_PREVIOUS,
    KEY_BACK, /* leaves or goes back, where the screen offers it */
    KEY_ERASE,
    KEY_NEXT_PAGE,
    KEY_PREVIOUS_PAGE,
    KEY_LOUDER,
    KEY_SOFTER,
    KEY_DIGIT, /* KEY_DIGIT + 0 to 9 */
    KEY_DIGIT_LAST = KEY_DIGIT + 9,
} Key;

/* The target that has the focus after `key` (one of the six that move), from the one with the
 * action `current`. Nothing has it before: the primary gets it, else the first. By arrows, what
 * lies nearest in that direction; where nothing does, the order of reading, so that every target
 * can be reached with arrows alone. NULL only when `count` is 0. */
const Target *focus_move(const Target *targets, gsize count, Action current, Key key);

/* The target with this action; NULL: none. */
const Target *focus_find(const Target *targets, gsize count, Action action);
