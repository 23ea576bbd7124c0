/* Views of every screen in every state that it knows, with synthetic data: for pictures and for
 * tests of the screens. */
#pragma once
#include "firmware/visit/view.h"

gsize sample_views_count(void);
const char *sample_views_name(gsize i); /* "choose", "choose-many", "closed-hours" */

/* Fills `ret`; texts and picture are static. Language and looks are left to the caller. */
void sample_views_fill(gsize i, View *ret);

/* Height of the sample picture of a page in pixels; its width is 167/240 of it. */
#define SAMPLE_PAGE_H 1200
