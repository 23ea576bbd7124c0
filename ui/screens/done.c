#include "ui/screens/screens.h"

/* The identifier may be broken after its dots. */
static const char *breakable(Sheet *sheet, const char *identifier)
{
    g_auto(GStrv) parts = g_strsplit(identifier, ".", -1);
    return sheet_keep(sheet, g_strjoinv(".\u200b", parts));
}

static int count_lines(Sheet *sheet, double width, const char *value)
{
    return sheet_count_lines(sheet, (Type){.size = SIZE_SMALL, .bold = TRUE}, width, value);
}

static double draw_value(Sheet *sheet, Box box, const char *name, const char *value)
{
    if (!*value)
        return box.y;
    box.y += sheet_draw_text(sheet, box,
                             (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1}, name);
    Type type = {.size = SIZE_SMALL, .bold = TRUE, .lines = 3, .may_cut = TRUE, .balanced = TRUE};
    return box.y + sheet_draw_text(sheet, box, type, value) + 3;
}

void screen_draw_done(Sheet *sheet)
{
    const View *view = sheet->view;
    frame_draw_steps(sheet, 6);
    double end = frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "done.heading", NULL),
                                sheet_say(sheet, "done.lead", NULL));
    Box card = sheet->landscape ? (Box){184, 36, 276, 144}
                                : (Box){16, sheet->large ? 254 : 272, 236, sheet->large ? 106 : 84};
    Box scene = sheet->landscape ? (Box){16, end + 4, 150, 216 - end}
                                 : (Box){16, end + 6, 236, card.y - end - 14};
    scene_draw_done(sheet, scene);
    sheet_fill_box(sheet, card, THEME_RADIUS_CARD, TOKEN_CARD);
    sheet_stroke_box(sheet, card, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
    sheet->ground = TOKEN_CARD;
    const char *identifier = breakable(sheet, view->identifier);
    double line = sheet_line(sheet, SIZE_SMALL), width = card.w - 18;
    int lines = 2 + count_lines(sheet, width, view->certificate_number) +
                count_lines(sheet, width, identifier);
    Box inside = {card.x + 9, card.y + MAX((card.h - lines * line - 3) / 2, 4), width, card.h};
    inside.y =
        draw_value(sheet, inside, sheet_say(sheet, "done.number", NULL), view->certificate_number);
    draw_value(sheet, inside, sheet_say(sheet, "done.identifier", NULL), identifier);
    sheet->ground = TOKEN_PAPER;
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_FINISH, -1},
                                       .icon = "check",
                                       .text = sheet_say(sheet, "done.finish", NULL),
                                       .choices = {{ACTION_NEXT, "book", "done.next"}},
                                       .hint = sheet_say(sheet, "done.hint", NULL)});
}
