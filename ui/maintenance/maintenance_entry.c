/* Filling in: dots for a PIN, a line for everything else, a keypad or a keyboard. */
#include "ui/maintenance/maintenance.h"
#include <string.h>

static Type field_type(const MenuView *menu)
{
    return (Type){.size = menu->entry == MENU_ENTRY_TEXT ? SIZE_BODY : SIZE_KEY,
                  .bold = TRUE,
                  .middle = TRUE,
                  .may_cut = TRUE,
                  .keeps_end = TRUE,
                  .align = ALIGN_CENTRE};
}

/* As high as what has been typed needs, at most `most_mm`. */
static double field_height(Sheet *sheet, Box box, double most_mm)
{
    const MenuView *menu = sheet->view->menu;
    Type type = field_type(menu);
    int lines = sheet_count_lines(sheet, type, box.w - 12, menu->shown);
    return CLAMP(lines * sheet_line(sheet, type.size) + 6, MIN(box.h, most_mm), most_mm);
}

static void draw_field(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    Token before = sheet->ground;
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_CARD);
    sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE,
                     sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CURRENT, FALSE);
    sheet->ground = TOKEN_CARD;
    if (menu->entry == MENU_ENTRY_SECRET) {
        int places = CLAMP(menu->entered, menu->entry_min, menu->entry_max);
        double step = MIN(16, (box.w - 16) / places), y = box.y + box.h / 2;
        for (int i = 0; i < places; i++) {
            double x = box.x + box.w / 2 + (i - (places - 1) / 2.0) * step;
            if (i < menu->entered)
                sheet_fill_circle(sheet, x, y, 3.6, TOKEN_INK);
            else
                sheet_stroke_circle(sheet, x, y, 3.4, TOKEN_EDGE, THEME_STROKE_CONTROL);
        }
    } else {
        sheet_draw_text(sheet, (Box){box.x + 6, box.y, box.w - 12, box.h}, field_type(menu),
                        *menu->shown ? menu->shown : " ");
    }
    sheet->ground = before;
}

static void draw_keypad(Sheet *sheet, Box box)
{
    MenuEntry entry = sheet->view->menu->entry;
    const char *text = entry == MENU_ENTRY_SIGNED   ? "±"
                       : entry == MENU_ENTRY_SERIAL ? "D / J"
                                                    : sheet_say(sheet, "menu.clear", NULL);
    gboolean turns = entry == MENU_ENTRY_SIGNED || entry == MENU_ENTRY_SERIAL;
    component_draw_keypad(sheet, box, text, (Action){turns ? ACTION_SHIFT : ACTION_CLEAR, -1});
}

/* Ten keys a line, as on a typewriter; signs below. Keys of 15 mm need 10 x 15 + 9 x 3 = 177 mm. */
static void draw_keyboard(Sheet *sheet, Box box)
{
    const char *const *lines = menu_keys(sheet->view->menu->upper);
    double gap = 3, w = (box.w - 9 * gap) / 10,
           h = (box.h - MENU_KEY_LINES * gap) / (MENU_KEY_LINES + 1);
    for (int line = 0; line < MENU_KEY_LINES; line++)
        for (int i = 0; lines[line][i]; i++) {
            char letter[2] = {lines[line][i], '\0'};
            component_draw_key(sheet, (Box){box.x + i * (w + gap), box.y + line * (h + gap), w, h},
                               NULL, letter, (Action){ACTION_KEY, letter[0] - ' '});
        }
    double y = box.y + MENU_KEY_LINES * (h + gap), wide = (box.w - 2 * gap) / 3;
    component_draw_key(sheet, (Box){box.x, y, wide, h}, NULL, sheet_say(sheet, "menu.shift", NULL),
                       (Action){ACTION_SHIFT, -1});
    component_draw_key(sheet, (Box){box.x + wide + gap, y, wide, h}, NULL,
                       sheet_say(sheet, "menu.clear", NULL), (Action){ACTION_CLEAR, -1});
    component_draw_key(sheet, (Box){box.x + 2 * (wide + gap), y, wide, h}, "del",
                       sheet_say(sheet, "factor.erase", NULL), (Action){ACTION_ERASE, -1});
}

static void draw_hint(Sheet *sheet, Box box)
{
    Type type = {.size = SIZE_SMALL,
                 .colour = TOKEN_INK2,
                 .align = sheet->landscape ? ALIGN_LEFT : ALIGN_CENTRE,
                 .balanced = TRUE};
    sheet_draw_text(sheet, box, type, maintenance_say(sheet, &sheet->view->menu->hint));
}

void maintenance_draw_entry(Sheet *sheet, Box shown, Box keys)
{
    if (sheet->view->menu->entry == MENU_ENTRY_TEXT) {
        shown.h = field_height(sheet, shown, (sheet->landscape ? 220 : keys.y - 2) - shown.y);
        draw_field(sheet, shown);
        draw_keyboard(sheet, keys);
        return;
    }
    if (!sheet->landscape) {
        shown = (Box){58, shown.y, 152, shown.h};
        keys = (Box){34, keys.y, 200, keys.h};
    }
    draw_field(sheet, shown);
    draw_keypad(sheet, keys);
    double top = shown.y + shown.h + 3;
    draw_hint(sheet, sheet->landscape ? (Box){16, top, 150, 224 - top}
                                      : (Box){16, top, 236, keys.y - 4 - top});
}
