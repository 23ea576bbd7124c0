#include "ui/screens/screens.h"

void screen_draw_take_card(Sheet *sheet)
{
    frame_draw_steps(sheet, 5);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "take-card.heading", NULL),
                       sheet_say(sheet, "take-card.lead", NULL));
    Box scene = sheet->landscape ? frame_work(sheet, 0) : (Box){16, 112, 236, 222};
    if (!sheet->landscape && end > scene.y - 2)
        scene = (Box){16, end + 2, 236, 334 - end};
    scene_draw_card(sheet, scene, TRUE);
    frame_draw_bottom(sheet,
                      &(Bottom){.wait_icon = "card",
                                .wait = sheet_say(sheet, "take-card.waiting", NULL),
                                .wait_right = frame_say_seconds(sheet, sheet->view->seconds_left),
                                .hint = sheet_say(sheet, "take-card.hint", NULL),
                                .hint_beside = TRUE});
}
