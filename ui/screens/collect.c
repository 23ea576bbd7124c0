#include "ui/screens/screens.h"

void screen_draw_collect(Sheet *sheet)
{
    const View *view = sheet->view;
    frame_draw_steps(sheet, 5);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "collect.heading", NULL),
                       sheet_say(sheet, "collect.lead", NULL));
    Box notice = sheet->landscape
                     ? (Box){16, end + 6, 150, 216 - end}
                     : (Box){16, sheet->large ? 306 : 326, 236, sheet->large ? 60 : 38};
    Box scene =
        sheet->landscape ? frame_work(sheet, 0) : (Box){16, end + 4, 236, notice.y - end - 8};
    scene_draw_collect(sheet, scene);
    const char *title = view->seconds_left < 0 ? sheet_say(sheet, "collect.soon", NULL)
                                               : sheet_say_number(sheet, "collect.within",
                                                                  "seconds", view->seconds_left);
    const char *line =
        sheet_say(sheet, view->can_retract ? "collect.retract" : "collect.kept", NULL);
    sheet_speak(sheet, line);
    sheet_draw_icon(sheet, "clock", notice.x + 6, notice.y + 10, 12, TOKEN_INK);
    double title_mm = sheet_draw_text(sheet, (Box){notice.x + 17, notice.y, notice.w - 17, 40},
                                      (Type){.size = SIZE_BODY, .bold = TRUE, .lines = 2}, title);
    sheet_draw_text(sheet,
                    (Box){notice.x + 17, notice.y + title_mm, notice.w - 17, notice.h - title_mm},
                    (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .balanced = TRUE}, line);
    Action taken = {view->sees_taken ? ACTION_UNKNOWN : ACTION_TAKEN, -1};
    frame_draw_bottom(sheet, &(Bottom){.primary = taken,
                                       .icon = "check",
                                       .text = sheet_say(sheet, "collect.taken", NULL),
                                       .wait_icon = "book",
                                       .wait = sheet_say(sheet, "collect.waiting", NULL),
                                       .wait_right = frame_say_seconds(sheet, view->seconds_left),
                                       .choices = {{ACTION_WRONG, "warn", "collect.wrong"}},
                                       .hint = sheet_say(sheet, "collect.hint", NULL)});
}
