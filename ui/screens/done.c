#include "ui/screens/screens.h"

/* The identifier may be broken after its dots. */
static const char *breakable(Sheet *sheet, const char *identifier)
{
    g_auto(GStrv) parts = g_strsplit(identifier, ".", -1);
    return sheet_keep(sheet, g_strjoinv(".\u200b", parts));
}

static double draw_value(Sheet *sheet, Box box, const char *name, const char *value)
{
    if (!*value)
        return box.y;
    box.y += sheet_draw_text(sheet, box,
                             (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1}, name);
    Type type = {.size = SIZE_SMALL, .bold = TRUE, .lines = 3, .may_cut = TRUE};
    return box.y + sheet_draw_text(sheet, box, type, value) + 3;
}

void screen_draw_done(Sheet *sheet)
{
    const View *view = sheet->view;
    frame_draw_steps(sheet, 5);
    double end = frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "done.heading", NULL),
                                sheet_say(sheet, "done.lead", NULL));
    Box card = sheet->landscape ? (Box){184, 36, 276, 144}
                                : (Box){16, sheet->large ? 262 : 272, 236, sheet->large ? 104 : 84};
    Box scene = sheet->landscape ? (Box){16, end + 4, 150, 216 - end}
                                 : (Box){16, end + 6, 236, card.y - end - 14};
    scene_draw_done(sheet, scene);
    sheet_fill_box(sheet, card, THEME_RADIUS_CARD, TOKEN_CARD);
    sheet_stroke_box(sheet, card, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
    sheet->ground = TOKEN_CARD;
    Box inside = {card.x + 9, card.y + (sheet->landscape ? 14 : 9), card.w - 18, card.h};
    inside.y =
        draw_value(sheet, inside, sheet_say(sheet, "done.number", NULL), view->certificate_number);
    draw_value(sheet, inside, sheet_say(sheet, "done.identifier", NULL),
               breakable(sheet, view->identifier));
    sheet->ground = TOKEN_PAPER;
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_FINISH, -1},
                                       .icon = "check",
                                       .text = sheet_say(sheet, "done.finish", NULL),
                                       .choices = {{ACTION_NEXT, "book", "done.next"}},
                                       .hint = sheet_say(sheet, "done.hint", NULL)});
}
