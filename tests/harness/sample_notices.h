/* Results and refusals of tasks as the sample menus show them. */
#pragma once
#include "firmware/maintenance/menu_view.h"

typedef struct {
    const char *key;          /* "menu.pin.wrong" */
    const char *value, *more; /* what the machine puts into it; NULL: nothing */
    MenuRowState state;       /* in which the menu shows it */
} SampleNotice;

const SampleNotice *sample_notices(gsize *ret_count);
