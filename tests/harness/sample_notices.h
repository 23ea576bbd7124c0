/* Results and refusals of tasks as the sample menus show them. */
#pragma once
#include <glib.h>

typedef struct {
    const char *key;          /* "menu.pin.wrong" */
    const char *value, *more; /* what the machine puts into it; NULL: nothing */
} SampleNotice;

const SampleNotice *sample_notices(gsize *ret_count);
