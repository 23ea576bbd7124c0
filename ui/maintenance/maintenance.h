/* The maintenance screens: one frame, four bodies (rows, steps, keypad, keyboard), drawn from the
 * menu's view. Always in normal size: what a technician reads stands in tables. */
#pragma once
#include "firmware/maintenance/menu_view.h"
#include "ui/component.h"

/* The whole screen, header and foot included. */
void maintenance_draw(Sheet *sheet);

/* The sentence of a text in the view's language; alive until the drawing ends. */
const char *maintenance_say(Sheet *sheet, const MenuText *text);

/* maintenance_table.c */
void maintenance_draw_figures(Sheet *sheet, Box box);
void maintenance_draw_table(Sheet *sheet, Box box);

/* maintenance_account.c */
void maintenance_draw_account(Sheet *sheet, Box box);
double maintenance_account_height(const Sheet *sheet); /* at most */

/* maintenance_entry.c */
void maintenance_draw_entry(Sheet *sheet, Box shown, Box keys);

/* maintenance_panel.c: the whole panel for its test; FALSE, and nothing drawn, outside of it */
gboolean maintenance_draw_panel(Sheet *sheet);

/* maintenance_steps.c: what the page is about, where there is room for it */
void maintenance_draw_picture(Sheet *sheet, Box box);

/* `picture`: where it goes in landscape */
void maintenance_draw_steps(Sheet *sheet, Box box, Box picture);
