/* Private to this room: the test of touch and screen. A grid whose cells are touched one by one; it
 * ends when all answered or nobody has touched for a while. Then five colours, a touch each. */
#pragma once
#include "firmware/maintenance/menu.h"

#define PANEL_QUIET_MS 10000
#define PANEL_COLOUR_MS 30000

MenuState menu_panel_begin(Menu *menu);

/* `cell`: 0 to PANEL_CELLS - 1, others are not taken. Gives the state that follows. */
MenuState menu_panel_touch(Menu *menu, int cell);

/* The colour was looked at. FALSE: it was the last one. */
gboolean menu_panel_next(Menu *menu);

/* Fills the task's fields: counts for the audit, which keeps no places; the silent cells' numbers
 * for the screen. */
void menu_panel_conclude(Menu *menu);

/* Adds what is to be touched to `view`. */
void menu_panel_show(const Menu *menu, MenuView *ret, View *view);
