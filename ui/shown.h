/* The view that a panel shows now: a copy, because a view lives only while it is handed over. Texts
 * of persons and the page's picture are wiped when the next view replaces them. */
#pragma once
#include "firmware/visit/view.h"

typedef struct Shown Shown;

Shown *shown_create(void);
void shown_destroy(Shown *shown); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shown, shown_destroy)

typedef enum {
    SHOWN_CHANGE_UNKNOWN = 0,
    SHOWN_CHANGE_NONE,
    SHOWN_CHANGE_COUNT, /* only seconds or percent went on */
    SHOWN_CHANGE_VIEW,
} ShownChange;

/* Takes a copy of `view` and says what differs from the one before. The seconds left of printing
 * only ever fall in the copy. */
ShownChange shown_take(Shown *shown, const View *view);

/* The copy: no string in it is NULL. NULL before the first shown_take. */
const View *shown_view(const Shown *shown);
