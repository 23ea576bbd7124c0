#include "ui/maintenance/maintenance.h"
#include "ui/frame.h"
#include <string.h>

#define ROW_MM 19.1
#define ICON_MM 9.0
#define TEXT_LEAST_MM 30.0 /* of what is known, beside its detail */

void maintenance_draw_figures(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    int columns = sheet->landscape ? 2 : 4, lines = sheet->landscape ? 2 : 1;
    double w = (box.w - (columns - 1) * THEME_GAP) / columns;
    double h = (box.h - (lines - 1) * THEME_GAP) / lines;
    Token before = sheet->ground;
    for (gsize i = 0; i < menu->n_figures; i++) {
        const MenuFigure *figure = &menu->figures[i];
        int column = (int)i % columns, line = (int)i / columns;
        Box card = {box.x + column * (w + THEME_GAP), box.y + line * (h + THEME_GAP), w, h};
        char number[16];
        g_snprintf(number, sizeof number, "%d", figure->value);
        sheet_fill_box(sheet, card, THEME_RADIUS_CARD, TOKEN_CARD);
        sheet_stroke_box(sheet, card, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
        sheet->ground = TOKEN_CARD;
        Type value = {.size = SIZE_KEY, .bold = TRUE, .lines = 1};
        double top = card.y + (card.h - 27) / 2,
               number_mm = sheet_measure_width(sheet, value, number);
        sheet_draw_text(sheet, (Box){card.x + 5, top, w - 8, 10},
                        (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1},
                        maintenance_say(sheet, &figure->title));
        sheet_draw_text(sheet, (Box){card.x + 5, top + 11, number_mm + 1, 16}, value, number);
        sheet_draw_text(sheet, (Box){card.x + 7 + number_mm, top + 15.5, w - number_mm - 9, 10},
                        (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1},
                        maintenance_say(sheet, &figure->unit));
        sheet->ground = before;
    }
}

static ChipKind chip_kind(MenuRowState state)
{
    static const ChipKind kinds[] = {CHIP_NEUTRAL, CHIP_UNKNOWN, CHIP_OK,
                                     CHIP_WARN,    CHIP_BAD,     CHIP_NEUTRAL};
    return kinds[(guint)state < G_N_ELEMENTS(kinds) ? state : 0];
}

static void draw_chip(Sheet *sheet, const MenuRow *row, double x, double middle)
{
    static const char *const icons[] = {"none", "help", "check", "warn", "cross", "none"};
    char key[32];
    const char *word = maintenance_say(sheet, &row->chip);
    if (row->state == MENU_STATE_NONE)
        return;
    if (!*word) {
        g_snprintf(key, sizeof key, "menu.state.%s", menu_row_state_word(row->state));
        word = sheet_say(sheet, key, NULL);
    }
    component_draw_chip(sheet, x, middle - component_chip_height(sheet) / 2, chip_kind(row->state),
                        icons[row->state], word);
}

/* Where the columns begin: four with a head (name, chip, text, detail), else name and what is known
 * below it, with chip and detail at the right. */
typedef struct {
    double chip, text, detail;
} Columns;

static Columns place_columns(Box box)
{
    return (Columns){box.x + box.w * 0.31, box.x + box.w * 0.565, box.x + box.w * 0.85};
}

static void draw_tabular(Sheet *sheet, Box box, const MenuRow *row)
{
    Columns at = place_columns(box);
    double middle = box.y + box.h / 2;
    Type bold = {.size = SIZE_BODY, .bold = TRUE, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    Type small = {.size = SIZE_SMALL, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    sheet_draw_icon(sheet, row->icon, box.x + 11, middle, ICON_MM, TOKEN_INK);
    sheet_draw_text(sheet, (Box){box.x + 20, box.y, at.chip - box.x - 22, box.h}, bold,
                    maintenance_say(sheet, &row->name));
    draw_chip(sheet, row, at.chip, middle);
    sheet_draw_text(sheet, (Box){at.text, box.y, at.detail - at.text - 2, box.h}, small,
                    maintenance_say(sheet, &row->text));
    sheet_draw_text(sheet, (Box){at.detail, box.y, box.x + box.w - at.detail, box.h}, small,
                    maintenance_say(sheet, &row->detail));
}

static void draw_listed(Sheet *sheet, Box box, const MenuRow *row)
{
    double middle = box.y + box.h / 2, right = box.x + box.w - 2;
    const char *text = maintenance_say(sheet, &row->text),
               *name = maintenance_say(sheet, &row->name);
    const char *detail = maintenance_say(sheet, &row->detail),
               *chip = maintenance_say(sheet, &row->chip);
    char key[32];
    if (row->state != MENU_STATE_NONE) {
        g_snprintf(key, sizeof key, "menu.state.%s", menu_row_state_word(row->state));
        double chip_mm = component_measure_chip(sheet, *chip ? chip : sheet_say(sheet, key, NULL));
        right -= chip_mm;
        draw_chip(sheet, row, right, middle);
        right -= 3;
    }
    Type small = {
        .size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    Type bold = {.size = SIZE_BODY, .bold = TRUE, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    sheet_draw_icon(sheet, row->icon, box.x + 8, middle, ICON_MM, TOKEN_INK);
    double left = box.x + 17, name_mm = sheet_measure_width(sheet, bold, name) + 1;
    double text_mm = *text ? sheet_measure_width(sheet, small, text) + 1 : 0;
    if (*detail) { /* whole before the text: that stands on the page behind the row as well */
        double room = right - left - MIN(name_mm, box.w * 0.45) - MIN(text_mm, TEXT_LEAST_MM) - 7;
        double detail_mm = MIN(sheet_measure_width(sheet, small, detail) + 1, MAX(room, 12));
        right -= detail_mm;
        sheet_draw_text(sheet, (Box){right, box.y, detail_mm, box.h}, small, detail);
        right -= 3;
    }
    name_mm =
        MIN(name_mm, *text ? MAX((right - left) * 0.6, right - left - text_mm - 4) : right - left);
    sheet_draw_text(sheet, (Box){left, box.y, name_mm, box.h}, bold, name);
    if (*text)
        sheet_draw_text(sheet,
                        (Box){left + name_mm + 4, box.y, MAX(right - left - name_mm - 4, 4), box.h},
                        small, text);
}

static void draw_head(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    Columns at = place_columns(box);
    const double xs[] = {box.x + 6, at.chip, at.text, at.detail, box.x + box.w};
    Type small = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1};
    for (int i = 0; i < 4; i++)
        sheet_draw_text(sheet, (Box){xs[i], box.y, xs[i + 1] - xs[i] - 1, 10}, small,
                        maintenance_say(sheet, &menu->columns[i]));
    sheet_draw_line(sheet, box.x, box.y + 12, box.x + box.w, box.y + 12, TOKEN_EDGE, 0.4);
}

void maintenance_draw_table(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    gboolean tabular = *menu->columns[0].key != '\0', head = tabular && !sheet->landscape;
    if (head)
        draw_head(sheet, box);
    double top = box.y + (head ? 13.5 : 0), room = box.h - (head ? 13.5 : 0);
    double step = MIN(tabular ? ROW_MM : 20.8, room / MAX((double)menu->n_rows, 1));
    for (gsize i = 0; i < menu->n_rows; i++) {
        const MenuRow *row = &menu->rows[i];
        Box line = {box.x, top + (double)i * step, box.w, step};
        Action action = {ACTION_ROW, (int)i};
        Token before = sheet->ground;
        gboolean pressed = row->opens && sheet_is_pressed(sheet, action);
        gboolean needy = row->state == MENU_STATE_WARN || row->state == MENU_STATE_BAD;
        if (pressed || needy) {
            Token fill = pressed ? TOKEN_SHADE : TOKEN_AMBERT;
            sheet_fill_box(sheet, line, 0, fill);
            sheet->ground = fill;
        }
        if (tabular)
            draw_tabular(sheet, line, row);
        else
            draw_listed(sheet, line, row);
        sheet->ground = before;
        sheet_draw_line(sheet, line.x, line.y + line.h, line.x + line.w, line.y + line.h,
                        TOKEN_LINE, THEME_STROKE_HAIRLINE);
        if (row->opens)
            sheet_add_target(sheet, (Box){line.x, line.y + 1.5, line.w, line.h - 3}, action,
                             TARGET_CARD, maintenance_say(sheet, &row->name));
    }
}
