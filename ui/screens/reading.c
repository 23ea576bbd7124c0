#include "ui/screens/screens.h"

/* Reading the card, or asking the service who this is. */
void screen_draw_reading(Sheet *sheet)
{
    gboolean asking = !g_strcmp0(sheet->view->hint, "identifying");
    frame_draw_steps(sheet, 1);
    double end = frame_draw_say(
        sheet, frame_say_top(sheet),
        sheet_say(sheet, asking ? "reading.asking.heading" : "reading.heading", NULL),
        sheet_say(sheet, asking ? "reading.asking.lead" : "reading.lead", NULL));
    Box scene = sheet->landscape ? frame_work(sheet, 0) : (Box){16, 134, 236, 190};
    if (!sheet->landscape && end > scene.y - 2)
        scene = (Box){16, end + 2, 236, 330 - end};
    scene_draw_reading(sheet, scene);
    const char *wait = asking ? "reading.asking.waiting" : "reading.waiting";
    frame_draw_bottom(sheet, &(Bottom){.wait_icon = asking ? "net" : "wait",
                                       .wait = sheet_say(sheet, wait, NULL),
                                       .choices = {{ACTION_CANCEL, "exit", "action.leave"}}});
}
