/* Views of every screen in every state that it knows, with synthetic data: for pictures and for
 * tests of the screens. */
#pragma once
#include "firmware/visit/view.h"

gsize sample_views_count(void);
const char *sample_views_name(gsize i); /* "choose", "choose-many", "closed-hours" */

/* Fills `ret`; texts and picture are static. Language and contrast are left to the caller; a
 * list that takes more than one screenful in this text size can be turned. */
void sample_views_fill(gsize i, gboolean large_text, Language language, View *ret);

/* Height of the sample picture of a page in pixels; its width is 167/240 of it. */
#define SAMPLE_PAGE_H 1200

/* That picture: grey bars, enough to judge the place it takes. Static. */
const PageImage *sample_page_image(void);
