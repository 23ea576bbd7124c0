#include "firmware/maintenance/menu_panel.h"

#define COLOURS (PANEL_COLOUR_COUNT - 1)
#define NAMED_MAX 10 /* silent cells that a sentence names */
#define ALL_CELLS (((guint64)1 << PANEL_CELLS) - 1)

static gboolean has_answered(const Menu *menu, int cell)
{
    return (menu->touched >> cell & 1) != 0;
}

MenuState menu_panel_begin(Menu *menu)
{
    menu->touched = 0;
    menu->colour = 0;
    return MENU_CELLS;
}

MenuState menu_panel_touch(Menu *menu, int cell)
{
    if (cell >= 0 && cell < PANEL_CELLS)
        menu->touched |= (guint64)1 << cell;
    return menu->touched == ALL_CELLS ? MENU_COLOURS : MENU_CELLS;
}

gboolean menu_panel_next(Menu *menu)
{
    return ++menu->colour < COLOURS;
}

void menu_panel_conclude(Menu *menu)
{
    int silent = 0;
    g_autoptr(GString) names = g_string_new(NULL);
    for (int cell = 0; cell < PANEL_CELLS; cell++) {
        if (has_answered(menu, cell) || silent++ >= NAMED_MAX)
            continue;
        g_string_append_printf(names, "%s%d", names->len > 0 ? ", " : "", cell + 1);
    }
    if (silent > NAMED_MAX)
        g_string_append(names, " …");
    g_snprintf(menu->fields[0], MENU_FIELD_BYTES, "cells %d/%d colours %d/%d",
               PANEL_CELLS - silent, PANEL_CELLS, menu->colour, COLOURS);
    g_strlcpy(menu->fields[1], names->str, MENU_FIELD_BYTES);
    g_snprintf(menu->fields[2], MENU_FIELD_BYTES, "%d", silent);
    g_strlcpy(menu->fields[3], menu->colour == COLOURS ? "all" : "", MENU_FIELD_BYTES);
}

void menu_panel_show(const Menu *menu, MenuView *ret, View *view)
{
    if (menu->state == MENU_COLOURS) {
        ret->colour = (PanelColour)(PANEL_COLOUR_BLACK + menu->colour);
        view_offer(view, ACTION_NEXT, -1);
        return;
    }
    ret->cells = PANEL_CELLS;
    ret->touched = menu->touched;
    for (int cell = 0; cell < PANEL_CELLS; cell++)
        if (!has_answered(menu, cell))
            view_offer(view, ACTION_CELL, cell);
}
