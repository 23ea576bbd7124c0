#include "ui/maintenance/maintenance.h"
#include "ui/frame.h"
#include <math.h>
#include <string.h>

#define ROW_MM 19.1
#define LEAST_ROW_MM 18.0 /* a target of 15 mm */
#define HEAD_MM 13.5
#define ICON_MM 9.0
#define LEAD_ON_MM 9.0 /* place of the arrow of a row that opens */

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

static const char *say_chip(Sheet *sheet, const MenuRow *row)
{
    char key[32];
    const char *word = maintenance_say(sheet, &row->chip);
    g_snprintf(key, sizeof key, "menu.state.%s", menu_row_state_word(row->state));
    return *word ? word : sheet_say(sheet, key, NULL);
}

static void draw_chip(Sheet *sheet, const MenuRow *row, double x, double middle)
{
    static const char *const icons[] = {"none", "help", "check", "warn", "cross", "none"};
    if (row->state != MENU_STATE_NONE)
        component_draw_chip(sheet, x, middle - component_chip_height(sheet) / 2,
                            chip_kind(row->state), icons[row->state], say_chip(sheet, row));
}

/* Where the columns begin: four with a head (name, chip, text, detail), else name and what is known
 * below it, with chip and detail at the right. */
typedef struct {
    double chip, text, detail;
} Columns;

static Columns place_columns(Box box, gboolean account)
{
    if (account) /* serials and dates need more, their states less */
        return (Columns){box.x + box.w * 0.31, box.x + box.w * 0.53, box.x + box.w * 0.755};
    return (Columns){box.x + box.w * 0.31, box.x + box.w * 0.565, box.x + box.w * 0.85};
}

static void draw_tabular(Sheet *sheet, Box box, const MenuRow *row)
{
    Columns at = place_columns(box, sheet->view->menu->account.n_parts > 0);
    double middle = box.y + box.h / 2;
    Type bold = {.size = SIZE_BODY, .bold = TRUE, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    Type small = {.size = SIZE_SMALL, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    double left = *row->icon ? 20 : 6;
    if (*row->icon)
        sheet_draw_icon(sheet, row->icon, box.x + 11, middle, ICON_MM, TOKEN_INK);
    sheet_draw_text(sheet, (Box){box.x + left, box.y, at.chip - box.x - left - 2, box.h}, bold,
                    maintenance_say(sheet, &row->name));
    draw_chip(sheet, row, at.chip, middle);
    sheet_draw_text(sheet, (Box){at.text, box.y, at.detail - at.text - 2, box.h}, small,
                    maintenance_say(sheet, &row->text));
    sheet_draw_text(sheet, (Box){at.detail, box.y, box.x + box.w - at.detail - LEAD_ON_MM, box.h},
                    small, maintenance_say(sheet, &row->detail));
}

/* How a row without a head is set: on one line, or what is known below the name, on as many lines
 * as it takes. */
typedef struct {
    const char *name, *text, *detail, *chip;
    double left, right; /* between icon and chip */
    double name_mm, text_mm, detail_mm;
    int lines; /* of the text below the name; 0: beside it */
} Listed;

static const Type small_type = {
    .size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE, .lines = 1, .may_cut = TRUE};
static const Type bold_type = {
    .size = SIZE_BODY, .bold = TRUE, .middle = TRUE, .lines = 1, .may_cut = TRUE};

static double width_of(Sheet *sheet, Type type, const char *text)
{
    return *text ? sheet_measure_width(sheet, type, text) + 1 : 0;
}

static Listed lay_listed(Sheet *sheet, double width, const MenuRow *row)
{
    Listed ret = {.name = maintenance_say(sheet, &row->name),
                  .text = maintenance_say(sheet, &row->text),
                  .detail = maintenance_say(sheet, &row->detail),
                  .chip = "",
                  .left = 17,
                  .right = width - (row->opens ? LEAD_ON_MM : 2)};
    if (row->state != MENU_STATE_NONE) {
        ret.chip = say_chip(sheet, row);
        ret.right -= component_measure_chip(sheet, ret.chip) + 3;
    }
    ret.name_mm = width_of(sheet, bold_type, ret.name);
    ret.text_mm = width_of(sheet, small_type, ret.text);
    ret.detail_mm = width_of(sheet, small_type, ret.detail);
    double room = ret.right - ret.left - (*ret.detail ? ret.detail_mm + 3 : 0);
    if (ret.name_mm + (*ret.text ? 4 + ret.text_mm : 0) > room && *ret.text)
        ret.lines = sheet_count_lines(sheet, small_type, ret.right - ret.left, ret.text);
    return ret;
}

/* The height of a row with a name above so many lines. */
static double needed_height(const Sheet *sheet, int lines)
{
    return sheet_line(sheet, SIZE_BODY) + lines * sheet_line(sheet, SIZE_SMALL) + 3;
}

static void draw_listed(Sheet *sheet, Box box, const MenuRow *row, const Listed *listed)
{
    double middle = box.y + box.h / 2, right = box.x + listed->right, left = box.x + listed->left;
    double line = sheet_line(sheet, SIZE_BODY), small_line = sheet_line(sheet, SIZE_SMALL);
    int lines = MIN(listed->lines, (int)floor((box.h - line + 0.1) / small_line));
    Box first = lines > 0 ? (Box){left, middle - (line + lines * small_line) / 2, 0, line}
                          : (Box){left, box.y, 0, box.h};
    if (*row->icon)
        sheet_draw_icon(sheet, row->icon, box.x + 8, middle, ICON_MM, TOKEN_INK);
    draw_chip(sheet, row, right + 3, middle);
    double detail_mm = MIN(listed->detail_mm, MAX(right - left - listed->name_mm - 3, 12));
    if (*listed->detail) {
        right -= detail_mm;
        sheet_draw_text(sheet, (Box){right, first.y, detail_mm, first.h}, small_type,
                        listed->detail);
        right -= 3;
        if (row->two_people)
            sheet_draw_icon(sheet, "users", right - ICON_MM / 2, middle, ICON_MM, TOKEN_INK);
        right -= row->two_people ? ICON_MM + 2 : 0;
    }
    double beside =
        lines > 0 || !*listed->text ? 0 : MIN(listed->text_mm + 4, (right - left) * 0.4);
    first.w = MIN(listed->name_mm, right - left - beside);
    sheet_draw_text(sheet, first, bold_type, listed->name);
    Type type = small_type;
    type.lines = MAX(lines, 1);
    Box text = lines > 0
                   ? (Box){left, first.y + line, listed->right - listed->left, lines * small_line}
                   : (Box){left + first.w + 4, box.y, right - left - first.w - 4, box.h};
    sheet_draw_text(sheet, text, type, listed->text);
}

static void draw_head(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    Columns at = place_columns(box, sheet->view->menu->account.n_parts > 0);
    const double xs[] = {box.x + 6, at.chip, at.text, at.detail, box.x + box.w};
    Type small = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1};
    for (int i = 0; i < 4; i++)
        sheet_draw_text(sheet, (Box){xs[i], box.y, xs[i + 1] - xs[i] - 1, 10}, small,
                        maintenance_say(sheet, &menu->columns[i]));
    sheet_draw_line(sheet, box.x, box.y + 12, box.x + box.w, box.y + 12, TOKEN_EDGE, 0.4);
}

/* Heights of the rows: all alike, but those that need more share what is left over, a line each in
 * turn. */
static void share_height(const Sheet *sheet, const Listed *listed, gsize count, double step,
                         double room, double ret[MENU_ROWS_MAX])
{
    double spare = room - step * (double)count;
    gboolean given = TRUE;
    for (gsize i = 0; i < count; i++)
        ret[i] = step;
    for (int lines = 1; given; lines++) {
        given = FALSE;
        for (gsize i = 0; i < count; i++) {
            double more = needed_height(sheet, lines) - ret[i];
            if (lines > listed[i].lines || more > spare)
                continue;
            given = TRUE;
            spare -= MAX(more, 0);
            ret[i] += MAX(more, 0);
        }
    }
}

static void draw_row(Sheet *sheet, Box line, int index, const Listed *listed)
{
    const MenuView *menu = sheet->view->menu;
    const MenuRow *row = &menu->rows[index];
    Action action = {ACTION_ROW, index};
    Token before = sheet->ground;
    gboolean pressed = row->opens && sheet_is_pressed(sheet, action);
    gboolean bad = row->state == MENU_STATE_WARN || row->state == MENU_STATE_BAD;
    gboolean needy = menu->account.n_parts > 0 ? row->needs : bad;
    if (pressed || needy) {
        Token fill = pressed ? TOKEN_SHADE : TOKEN_AMBERT;
        sheet_fill_box(sheet, line, 0, fill);
        sheet->ground = fill;
    }
    if (listed)
        draw_listed(sheet, line, row, listed);
    else
        draw_tabular(sheet, line, row);
    if (row->opens)
        sheet_draw_icon(sheet, "right", line.x + line.w - LEAD_ON_MM / 2, line.y + line.h / 2, 6,
                        TOKEN_INK2);
    sheet->ground = before;
    sheet_draw_line(sheet, line.x, line.y + line.h, line.x + line.w, line.y + line.h, TOKEN_LINE,
                    THEME_STROKE_HAIRLINE);
    if (row->opens)
        sheet_add_target(sheet, (Box){line.x, line.y + 1.5, line.w, line.h - 3}, action,
                         TARGET_CARD, maintenance_say(sheet, &row->name));
}

void maintenance_draw_table(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    gboolean tabular = *menu->columns[0].key != '\0';
    gboolean head = tabular && (!sheet->landscape ||
                                (double)menu->n_rows * LEAST_ROW_MM + HEAD_MM <= box.h);
    Listed listed[MENU_ROWS_MAX];
    double heights[MENU_ROWS_MAX];
    if (head)
        draw_head(sheet, box);
    double top = box.y + (head ? HEAD_MM : 0), room = box.h - (head ? HEAD_MM : 0);
    double step = MIN(tabular ? ROW_MM : 20.8, room / MAX((double)menu->n_rows, 1));
    for (gsize i = 0; i < menu->n_rows; i++)
        listed[i] = tabular ? (Listed){0} : lay_listed(sheet, box.w, &menu->rows[i]);
    share_height(sheet, listed, menu->n_rows, step, room, heights);
    for (gsize i = 0; i < menu->n_rows; top += heights[i++])
        draw_row(sheet, (Box){box.x, top, box.w, heights[i]}, (int)i, tabular ? NULL : &listed[i]);
}
