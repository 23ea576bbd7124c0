#include "ui/screens/screens.h"

#define VALUE_LINES 3

static const char *replace(Sheet *sheet, const char *text, const char *what, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);
    return sheet_keep(sheet, g_strjoinv(by, parts));
}

/* Height of both values below their names. */
static double measure_values(Sheet *sheet, double width, const char *number,
                             const char *identifier)
{
    Type type = {.size = SIZE_SMALL, .bold = TRUE};
    int lines = 2 + MIN(sheet_count_lines(sheet, type, width, number), VALUE_LINES) +
                MIN(sheet_count_lines(sheet, type, width, identifier), VALUE_LINES);
    return lines * sheet_line(sheet, SIZE_SMALL) + 3;
}

static double draw_value(Sheet *sheet, Box box, const char *name, const char *value)
{
    if (!*value)
        return box.y;
    box.y += sheet_draw_text(sheet, box,
                             (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1}, name);
    Type type = {.size = SIZE_SMALL,
                 .bold = TRUE,
                 .lines = VALUE_LINES,
                 .may_cut = TRUE,
                 .balanced = TRUE};
    return box.y + sheet_draw_text(sheet, box, type, value) + 3;
}

void screen_draw_done(Sheet *sheet)
{
    const View *view = sheet->view;
    frame_draw_steps(sheet, 6);
    double end = frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "done.heading", NULL),
                                sheet_say(sheet, "done.lead", NULL));
    /* the identifier may be broken after its dots, the number not within the word */
    const char *identifier = replace(sheet, view->identifier, ".", ".\u200b");
    const char *number =
        replace(sheet, view->certificate_number, "不动产权", "不\u2060动\u2060产\u2060权");
    double pad = sheet->landscape ? 7 : 9, width = frame_say_column(sheet).w - 2 * pad;
    double text_mm = measure_values(sheet, width, number, identifier);
    Box card = {16, sheet->large ? 254 : 272, 236, sheet->large ? 106 : 84};
    if (sheet->landscape)
        card = (Box){16, MAX(214 - text_mm - 2 * pad, end + 3), 150,
                     MIN(text_mm + 2 * pad, 219 - end)};
    scene_draw_done(sheet, sheet->landscape ? frame_work(sheet, 0)
                                            : (Box){16, end + 6, 236, card.y - end - 14});
    sheet_fill_box(sheet, card, THEME_RADIUS_CARD, TOKEN_CARD);
    sheet_stroke_box(sheet, card, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
    sheet->ground = TOKEN_CARD;
    Box inside = {card.x + pad, card.y + MAX((card.h - text_mm) / 2, 4), width, card.h};
    inside.y = draw_value(sheet, inside, sheet_say(sheet, "done.number", NULL), number);
    draw_value(sheet, inside, sheet_say(sheet, "done.identifier", NULL), identifier);
    sheet->ground = TOKEN_PAPER;
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_FINISH, -1},
                                       .icon = "check",
                                       .text = sheet_say(sheet, "done.finish", NULL),
                                       .choices = {{ACTION_NEXT, "book", "done.next"}},
                                       .hint = sheet_say(sheet, "done.hint", NULL)});
}
