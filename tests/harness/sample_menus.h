/* The maintenance menu in every state that it knows, made by the menu itself from synthetic facts:
 * for pictures and for tests of the screens. */
#pragma once
#include "firmware/visit/view.h"

gsize sample_menus_count(void);
const char *sample_menus_name(gsize i); /* "maintenance-overview", "maintenance-load-1" */

/* Adds the menu and its actions to `ret`; what it points to is static, until the next call. */
void sample_menus_fill(gsize i, View *ret);
