/* The panel test: nothing but the grid or one colour, up to the panel's edges. */
#include "ui/maintenance/maintenance.h"

#define SHORT_CELLS 6

static void draw_cell(Sheet *sheet, Box box, int cell, gboolean answered)
{
    Action action = {ACTION_CELL, cell};
    Token ground = answered ? TOKEN_INK : TOKEN_PAPER, ink = answered ? TOKEN_PAPER : TOKEN_INK;
    const char *name = sheet_keep(sheet, g_strdup_printf("%d", cell + 1));
    sheet_fill_box(sheet, box, 0, ground);
    sheet_stroke_box(sheet, box, 0, TOKEN_EDGE, THEME_STROKE_CONTROL, FALSE);
    sheet->ground = ground;
    sheet_draw_text(sheet, box,
                    (Type){.size = SIZE_LEAD,
                           .bold = TRUE,
                           .colour = ink,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE,
                           .lines = 1},
                    name);
    if (!answered)
        sheet_add_target(sheet, box, action, TARGET_PROBE, name);
}

static void draw_cells(Sheet *sheet, Box panel)
{
    const MenuView *menu = sheet->view->menu;
    int columns = sheet->landscape ? menu->cells / SHORT_CELLS : SHORT_CELLS;
    int lines = menu->cells / columns, w = (int)panel.w, h = (int)panel.h;
    for (int cell = 0; cell < menu->cells; cell++) {
        int column = cell % columns, line = cell / columns; /* whole millimetres: no gap, no edge */
        int left = w * column / columns, top = h * line / lines;
        Box box = {left, top, w * (column + 1) / columns - left, h * (line + 1) / lines - top};
        draw_cell(sheet, box, cell, (menu->touched >> cell & 1) != 0);
    }
}

gboolean maintenance_draw_panel(Sheet *sheet)
{
    static const Token tokens[PANEL_COLOUR_COUNT] = {
        [PANEL_COLOUR_BLACK] = TOKEN_TEST_BLACK, [PANEL_COLOUR_WHITE] = TOKEN_TEST_WHITE,
        [PANEL_COLOUR_RED] = TOKEN_TEST_RED,     [PANEL_COLOUR_GREEN] = TOKEN_TEST_GREEN,
        [PANEL_COLOUR_BLUE] = TOKEN_TEST_BLUE,
    };
    const MenuView *menu = sheet->view->menu;
    Box panel = sheet->landscape ? (Box){0, 0, 476, 268} : (Box){0, 0, 268, 476};
    if (menu->colour != PANEL_COLOUR_NONE) {
        sheet_fill_box(sheet, panel, 0, tokens[menu->colour]);
        sheet_add_target(sheet, panel, (Action){ACTION_NEXT, -1}, TARGET_PROBE,
                         sheet_say(sheet, "menu.panel.next", NULL));
        return TRUE;
    }
    if (menu->cells > 0)
        draw_cells(sheet, panel);
    return menu->cells > 0;
}
