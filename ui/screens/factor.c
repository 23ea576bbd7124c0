#include "ui/screens/screens.h"

#define DIGITS 6

static void draw_dots(Sheet *sheet, Box box)
{
    sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_CARD);
    sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_EDGE,
                     sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CURRENT, FALSE);
    double step = MIN(19, (box.w - 20) / DIGITS), y = box.y + box.h / 2;
    for (int i = 0; i < DIGITS; i++) {
        double x = box.x + box.w / 2 + (i - (DIGITS - 1) / 2.0) * step;
        if (i < sheet->view->digits)
            sheet_fill_circle(sheet, x, y, 4.5, TOKEN_INK);
        else
            sheet_stroke_circle(sheet, x, y, 4.2, TOKEN_EDGE, THEME_STROKE_CONTROL);
    }
}

static void draw_wrong(Sheet *sheet, Box box)
{
    const View *view = sheet->view;
    if (!view->code_wrong)
        return;
    const char *text = view->tries_left >= 0
                           ? sheet_say_number(sheet, "factor.wrong", "tries", view->tries_left)
                           : sheet_say(sheet, "factor.wrong.unknown", NULL);
    sheet_speak(sheet, text);
    sheet_draw_icon(sheet, "warn", box.x + 5, box.y + box.h / 2, 9, TOKEN_AMBER);
    sheet_draw_text(sheet, (Box){box.x + 13, box.y, box.w - 13, box.h},
                    (Type){.size = SIZE_SMALL, .bold = TRUE, .middle = TRUE}, text);
}

void screen_draw_factor(Sheet *sheet)
{
    const View *view = sheet->view;
    const char *clear = sheet_say(sheet, "menu.clear", NULL);
    gboolean checking = !sheet_offers(sheet, ACTION_CANCEL, -1);
    frame_draw_steps(sheet, 1);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "factor.heading", NULL),
                       sheet_say(sheet, "factor.lead", "tail", view->phone_tail, NULL));
    if (sheet->landscape) {
        draw_dots(sheet, (Box){16, MAX(end + 6, 130), 150, 25});
        draw_wrong(sheet, (Box){16, MAX(end + 6, 130) + 27, 150, 30});
        component_draw_keypad(sheet, (Box){184, 36, 276, 144}, clear,
                              (Action){ACTION_CLEAR, -1});
    } else {
        double top = MAX(end + 5, sheet->large ? 124 : 122);
        draw_dots(sheet, (Box){58, top, 152, 25});
        draw_wrong(sheet, (Box){34, top + 27, 200, sheet->large ? 30 : 22});
        component_draw_keypad(sheet, (Box){34, 192, 200, 168}, clear,
                              (Action){ACTION_CLEAR, -1});
    }
    frame_draw_bottom(
        sheet,
        &(Bottom){.primary = {ACTION_SUBMIT, -1},
                  .text = sheet_say(sheet, "factor.submit", NULL),
                  .wait_icon = checking ? "net" : "phone",
                  .wait = sheet_say(sheet, checking ? "factor.checking" : "factor.waiting", NULL),
                  .choices = {{ACTION_RESEND, "phone", "factor.resend"},
                              {ACTION_CANCEL, "exit", "action.leave"}}});
}
