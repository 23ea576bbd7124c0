#include "ui/component.h"
#include <math.h>
#include <string.h>

#define ICON_PRIMARY 11.0
#define ICON_SECONDARY 8.0
#define ICON_LOW 9.0 /* above the word of a button that is not high */
#define ICON_GAP 4.0
#define PADDING 6.0
#define SIDE 3.0 /* padding of a secondary button */

/* Fill and text of something that may be pressed now. */
static void press(const Sheet *sheet, Action action, Token *fill, Token *ink)
{
    if (!sheet_is_pressed(sheet, action))
        return;
    if (*fill == TOKEN_RED) {
        *fill = TOKEN_PRESSED;
    } else {
        *fill = sheet->high ? TOKEN_INK : TOKEN_SHADE;
        *ink = sheet->high ? TOKEN_PAPER : TOKEN_INK;
    }
}

/* Icon and words beside one another, centred together; the words wrap rather than that the icon
 * goes. */
static void draw_label(Sheet *sheet, Box box, const char *icon, double icon_mm, Type type,
                       const char *text)
{
    double lead = icon_mm + ICON_GAP;
    int lines = MAX((int)floor(box.h / sheet_line(sheet, type.size)), 1);
    if (!icon || !sheet_fits(sheet, type, box.w - lead, lines, text)) {
        icon = NULL;
        lead = 0;
    }
    double width = MIN(sheet_measure_width(sheet, type, text), box.w - lead);
    double x = box.x + MAX((box.w - lead - width) / 2, 0);
    gboolean behind = icon && !strcmp(icon, "right"); /* where it goes, the arrow points */
    if (icon)
        sheet_draw_icon(sheet, icon, x + icon_mm / 2 + (behind ? width + ICON_GAP : 0),
                        box.y + box.h / 2, icon_mm, type.colour);
    type.align = ALIGN_CENTRE;
    type.middle = type.balanced = TRUE;
    Box room = icon ? (Box){x + (behind ? 0 : lead), box.y, width + 1, box.h} : box;
    sheet_draw_text(sheet, room, type, text);
}

gboolean component_draw_primary(Sheet *sheet, Box box, const char *icon, const char *text,
                                Action action)
{
    Token fill = TOKEN_RED, ink = TOKEN_ONRED, before = sheet->ground;
    if (!view_offers(sheet->view, action))
        return FALSE;
    press(sheet, action, &fill, &ink);
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, fill);
    sheet->ground = fill;
    Type type = {.size = SIZE_ACTION, .bold = TRUE, .colour = ink};
    Box inside = {box.x + PADDING, box.y, box.w - 2 * PADDING, box.h};
    draw_label(sheet, inside, icon, ICON_PRIMARY, type, text);
    sheet->ground = before;
    sheet_add_target(sheet, box, action, TARGET_PRIMARY, text);
    return TRUE;
}

void component_draw_waiting(Sheet *sheet, Box box, const char *icon, const char *text,
                            const char *right)
{
    sheet_speak(sheet, text);
    Token before = sheet->ground;
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_SUNK);
    if (sheet->high)
        sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE, 0.6, TRUE);
    sheet->ground = TOKEN_SUNK;
    Type type = {.size = SIZE_LEAD, .middle = TRUE};
    Type time = {.size = SIZE_LEAD, .bold = TRUE, .align = ALIGN_RIGHT, .middle = TRUE};
    double right_mm = right && *right ? sheet_measure_width(sheet, time, right) + 4 : 0;
    sheet_draw_icon(sheet, icon, box.x + 13.6, box.y + box.h / 2, ICON_PRIMARY, TOKEN_INK);
    sheet_draw_text(sheet, (Box){box.x + 23, box.y, box.w - 31 - right_mm, box.h}, type, text);
    if (right && *right)
        sheet_draw_text(sheet, (Box){box.x + box.w - 8 - right_mm, box.y, right_mm, box.h}, time,
                        right);
    sheet->ground = before;
}

/* Icon above the words, what is seen of both in the middle: three quarters of the icon's square, and
 * of a line not the blanks, more of which is above than below. */
static void draw_stacked(Sheet *sheet, Box box, const char *icon, Type type, const char *text)
{
    gboolean low = box.h < 30;
    double icon_mm = low ? ICON_LOW : ICON_PRIMARY, seen_mm = 0.75 * icon_mm, gap = low ? 2.7 : 4;
    double line = sheet_line(sheet, type.size), hanzi = 0.92 * sheet_em(sheet, type.size);
    double top = box.y + (box.h - seen_mm - gap - hanzi) / 2;
    double words = top + seen_mm + gap - 0.62 * (line - hanzi);
    sheet_draw_icon(sheet, icon, box.x + box.w / 2, top + seen_mm / 2, icon_mm, type.colour);
    type.align = ALIGN_CENTRE;
    sheet_draw_text(sheet, (Box){box.x + 2, words, box.w - 4, line}, type, text);
}

gboolean component_fits_beside(Sheet *sheet, Box box, const char *text)
{
    double width = box.w - 2 * SIDE - ICON_SECONDARY - ICON_GAP;
    return sheet_fits(sheet, (Type){.size = SIZE_BODY, .bold = TRUE}, width, 1, text);
}

gboolean component_draw_secondary(Sheet *sheet, Box box, const char *icon, const char *text,
                                  Action action, gboolean stacked)
{
    Token fill = TOKEN_CARD, ink = TOKEN_INK, before = sheet->ground;
    if (!view_offers(sheet->view, action))
        return FALSE;
    press(sheet, action, &fill, &ink);
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, fill);
    sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE,
                     sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CONTROL, FALSE);
    sheet->ground = fill;
    Type type = {.size = SIZE_BODY, .bold = TRUE, .colour = ink};
    Box inside = {box.x + SIDE, box.y, box.w - 2 * SIDE, box.h};
    if (stacked)
        draw_stacked(sheet, box, icon, type, text);
    else
        draw_label(sheet, inside, icon, ICON_SECONDARY, type, text);
    sheet->ground = before;
    sheet_add_target(sheet, box, action, TARGET_SECONDARY, text);
    return TRUE;
}

void component_draw_disabled(Sheet *sheet, Box box, const char *icon, const char *text)
{
    Token before = sheet->ground;
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_SUNK);
    sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE, THEME_STROKE_CONTROL, TRUE);
    sheet->ground = TOKEN_SUNK;
    draw_stacked(sheet, box, icon,
                 (Type){.size = SIZE_BODY, .bold = TRUE, .colour = TOKEN_INK2}, text);
    sheet->ground = before;
}

void component_draw_hint(Sheet *sheet, Box box, const char *icon, const char *text)
{
    Type type = {.size = SIZE_BODY, .colour = TOKEN_INK2};
    draw_label(sheet, box, icon, ICON_SECONDARY, type, text);
}

void component_draw_key(Sheet *sheet, Box box, const char *icon, const char *text, Action action)
{
    gboolean word = !icon && g_utf8_strlen(text, -1) > 1;
    Token fill = icon || word ? TOKEN_SUNK : TOKEN_CARD, ink = TOKEN_INK, before = sheet->ground;
    if (!view_offers(sheet->view, action))
        return;
    press(sheet, action, &fill, &ink);
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, fill);
    sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE,
                     sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CONTROL, FALSE);
    sheet->ground = fill;
    if (icon) /* `text` is for speech */
        sheet_draw_icon(sheet, icon, box.x + box.w / 2, box.y + box.h / 2, 16, ink);
    else
        sheet_draw_text(sheet, box,
                        (Type){.size = word ? SIZE_LEAD : SIZE_KEY,
                               .bold = TRUE,
                               .colour = ink,
                               .align = ALIGN_CENTRE,
                               .middle = TRUE},
                        text);
    sheet->ground = before;
    sheet_add_target(sheet, box, action, TARGET_KEY, text);
}

void component_draw_keypad(Sheet *sheet, Box box, const char *text, Action action)
{
    double w = (box.w - 2 * THEME_GAP) / 3, h = (box.h - 3 * THEME_GAP) / 4;
    for (int place = 0; place < 12; place++) {
        Box key = {box.x + place % 3 * (w + THEME_GAP), box.y + place / 3 * (h + THEME_GAP), w, h};
        int digit = place == 10 ? 0 : place + 1;
        char figure[4];
        g_snprintf(figure, sizeof figure, "%d", digit);
        if (place == 11)
            component_draw_key(sheet, key, "del", sheet_say(sheet, "factor.erase", NULL),
                               (Action){ACTION_ERASE, -1});
        else if (place != 9)
            component_draw_key(sheet, key, NULL, figure, (Action){ACTION_DIGIT, digit});
        else if (text)
            component_draw_key(sheet, key, NULL, text, action);
    }
}

static const struct {
    Token ink, ground;
} chips[] = {
    [CHIP_UNKNOWN] = {TOKEN_INK, TOKEN_SHADE}, [CHIP_OK] = {TOKEN_GREEN, TOKEN_GREENT},
    [CHIP_WARN] = {TOKEN_AMBER, TOKEN_AMBERT}, [CHIP_BAD] = {TOKEN_REDI, TOKEN_REDT},
    [CHIP_NEUTRAL] = {TOKEN_INK, TOKEN_SHADE},
};

void component_chip_colours(ChipKind kind, Token *ret_ink, Token *ret_ground)
{
    *ret_ink = chips[kind].ink;
    *ret_ground = chips[kind].ground;
}

double component_chip_height(const Sheet *sheet)
{
    return sheet->large ? 15.4 : 12.6;
}

double component_measure_chip(Sheet *sheet, const char *text)
{
    return 12 + sheet_measure_width(sheet, (Type){.size = SIZE_SMALL, .bold = TRUE}, text) + 3.8;
}

void component_draw_chip(Sheet *sheet, double x, double y, ChipKind kind, const char *icon,
                         const char *text)
{
    Token before = sheet->ground;
    Box box = {x, y, component_measure_chip(sheet, text), component_chip_height(sheet)};
    sheet_fill_box(sheet, box, THEME_RADIUS_CHIP, chips[kind].ground);
    if (sheet->high)
        sheet_stroke_box(sheet, box, THEME_RADIUS_CHIP, TOKEN_EDGE, 0.6, FALSE);
    sheet->ground = chips[kind].ground;
    sheet_draw_icon(sheet, icon, x + 6.8, y + box.h / 2, 7, chips[kind].ink);
    sheet_draw_text(sheet, (Box){x + 12, y, box.w - 15, box.h},
                    (Type){.size = SIZE_SMALL,
                           .bold = TRUE,
                           .colour = chips[kind].ink,
                           .middle = TRUE,
                           .lines = 1},
                    text);
    sheet->ground = before;
}

void component_draw_notice(Sheet *sheet, Box box, const char *icon, const char *title,
                           const char *body)
{
    Token before = sheet->ground;
    sheet_speak(sheet, title);
    sheet_speak(sheet, body);
    sheet_fill_box(sheet, box, THEME_RADIUS_CARD, TOKEN_CARD);
    sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
    sheet->ground = TOKEN_CARD;
    double indent = sheet->landscape ? 24 : 30, width = box.w - indent - 6;
    Type bold = {.size = SIZE_LEAD, .bold = TRUE, .balanced = TRUE},
         plain = {.size = SIZE_BODY, .colour = TOKEN_INK2, .balanced = TRUE};
    double title_mm = sheet_count_lines(sheet, bold, width, title) * sheet_line(sheet, SIZE_LEAD);
    double body_mm =
        *body ? sheet_count_lines(sheet, plain, width, body) * sheet_line(sheet, SIZE_BODY) : 0;
    double top = box.y + MAX((box.h - title_mm - body_mm) / 2, 0);
    sheet_draw_icon(sheet, icon, box.x + indent / 2 + 1.2, box.y + box.h / 2, 14, TOKEN_INK);
    sheet_draw_text(sheet, (Box){box.x + indent, top, width, title_mm}, bold, title);
    sheet_draw_text(sheet,
                    (Box){box.x + indent, top + title_mm, width, box.y + box.h - top - title_mm},
                    plain, body);
    sheet->ground = before;
}

double component_measure_row(Sheet *sheet, double width, const char *title, const char *body)
{
    Type bold = {.size = SIZE_LEAD, .bold = TRUE}, plain = {.size = SIZE_BODY};
    return sheet_count_lines(sheet, bold, width - 20, title) * sheet_line(sheet, SIZE_LEAD) +
           sheet_count_lines(sheet, plain, width - 20, body) * sheet_line(sheet, SIZE_BODY) + 6;
}

void component_draw_row(Sheet *sheet, Box box, const char *icon, const char *title,
                        const char *body, gboolean ruled)
{
    sheet_speak(sheet, title);
    sheet_speak(sheet, body);
    double line = sheet_line(sheet, SIZE_LEAD);
    sheet_draw_icon(sheet, icon, box.x + 6.5, box.y + line / 2 + 1, 13, TOKEN_INK);
    sheet_draw_text(sheet, (Box){box.x + 20, box.y, box.w - 20, line},
                    (Type){.size = SIZE_LEAD, .bold = TRUE, .lines = 1}, title);
    sheet_draw_text(sheet, (Box){box.x + 20, box.y + line, box.w - 20, box.h - line - 2},
                    (Type){.size = SIZE_BODY, .balanced = TRUE}, body);
    if (ruled)
        sheet_draw_line(sheet, box.x + 20, box.y + box.h - 2, box.x + box.w, box.y + box.h - 2,
                        TOKEN_LINE, THEME_STROKE_HAIRLINE);
}

static void draw_ticks(Sheet *sheet, double x, double y, double radius)
{
    for (int i = 0; i < 12; i++) {
        double angle = i * G_PI / 6, length = i % 3 ? 2.6 : 4.4;
        double outer = radius - 1, inner = outer - length;
        sheet_draw_line(sheet, x + outer * sin(angle), y - outer * cos(angle),
                        x + inner * sin(angle), y - inner * cos(angle), TOKEN_EDGE,
                        i % 3 ? 0.5 : 1.0);
    }
}

void component_draw_ring(Sheet *sheet, double x, double y, double radius, double width_mm,
                         double fraction, gboolean ticks)
{
    double filled = CLAMP(fraction, 0, 1);
    if (sheet->high) {
        sheet_stroke_circle(sheet, x, y, radius + width_mm / 2, TOKEN_EDGE, 0.6);
        sheet_stroke_circle(sheet, x, y, radius - width_mm / 2, TOKEN_EDGE, 0.6);
    } else {
        sheet_stroke_circle(sheet, x, y, radius, TOKEN_LINE, width_mm);
    }
    if (filled > 0)
        sheet_draw_arc(sheet, x, y, radius, TOKEN_RED, width_mm, filled);
    if (ticks)
        draw_ticks(sheet, x, y, radius - width_mm / 2 - 1.5);
}

/* One digit after the other, not as a sum. */
static void speak_digits(Sheet *sheet, const char *number)
{
    GString *said = g_string_new(NULL);
    for (; *number; number++)
        g_string_append_printf(said, "%c ", *number == ' ' ? ',' : *number);
    sheet_speak(sheet, sheet_keep(sheet, g_string_free(said, FALSE)));
}

void component_draw_number(Sheet *sheet, Box box, const char *above, const char *number,
                           const char *below)
{
    Token before = sheet->ground;
    sheet_speak(sheet, above);
    speak_digits(sheet, number);
    sheet_fill_box(sheet, box, THEME_RADIUS_CARD, TOKEN_SUNK);
    if (sheet->high)
        sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CONTROL, FALSE);
    sheet->ground = TOKEN_SUNK;
    Type bold = {.size = SIZE_BODY, .bold = TRUE, .align = ALIGN_CENTRE, .balanced = TRUE};
    Type small = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .align = ALIGN_CENTRE};
    Type figure = {.size = SIZE_NUMBER, .bold = TRUE, .align = ALIGN_CENTRE, .lines = 1};
    double width = box.w - 12, figure_mm = sheet_line(sheet, SIZE_NUMBER);
    double above_mm = sheet_count_lines(sheet, bold, width, above) * sheet_line(sheet, SIZE_BODY);
    double below_mm = sheet_count_lines(sheet, small, width, below) * sheet_line(sheet, SIZE_SMALL);
    double spare = box.h - above_mm - figure_mm - below_mm;
    double top = box.y + MAX(spare / 2, 0);
    if (spare < 0)
        below_mm = 0; /* the small line gives way */
    sheet_draw_text(sheet, (Box){box.x + 6, top, width, above_mm}, bold, above);
    sheet_draw_text(sheet, (Box){box.x + 6, top + above_mm, width, figure_mm}, figure, number);
    if (below_mm > 0)
        sheet_draw_text(sheet, (Box){box.x + 6, top + above_mm + figure_mm, width, below_mm}, small,
                        below);
    sheet->ground = before;
}
