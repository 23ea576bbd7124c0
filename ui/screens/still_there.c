#include "ui/screens/screens.h"

/* Alone on the panel: whatever is beneath is not drawn. Also asks for a card that was lifted. */
void screen_draw_still_there(Sheet *sheet)
{
    const View *view = sheet->view;
    gboolean away = !g_strcmp0(view->hint, "card-away");
    int whole = away ? MAX(view->seconds_left, 10) : sheet->place->still_there_s;
    int left = CLAMP(view->seconds_left, 0, whole);
    const char *lead = away ? sheet_say(sheet, "card-away.lead", NULL)
                            : sheet_say_number(sheet, "still-there.lead", "seconds", whole);
    double end = frame_draw_say(
        sheet, frame_say_top(sheet),
        sheet_say(sheet, away ? "card-away.heading" : "still-there.heading", NULL), lead);
    char figure[16];
    g_snprintf(figure, sizeof figure, "%d", left);
    double x = sheet->landscape ? 322 : 134, y = sheet->landscape ? 108 : 193;
    double radius = sheet->landscape ? 62 : 64;
    if (!sheet->landscape && end > y - radius - 6)
        y = end + radius + 8;
    component_draw_ring(sheet, x, y, radius, 8, 1 - (double)left / whole, FALSE);
    sheet_draw_text(
        sheet, (Box){x - 40, y - 25, 80, 36},
        (Type){
            .size = SIZE_NUMBER, .bold = TRUE, .align = ALIGN_CENTRE, .middle = TRUE, .lines = 1},
        figure);
    sheet_draw_text(sheet, (Box){x - 50, y + 11, 100, sheet_line(sheet, SIZE_LEAD)},
                    (Type){.size = SIZE_LEAD, .bold = TRUE, .align = ALIGN_CENTRE, .lines = 1},
                    sheet_say(sheet, "still-there.unit", NULL));
    Box notice = sheet->large ? (Box){16, 286, 236, 74} : (Box){16, 290, 236, 50};
    if (sheet->landscape) {
        notice.w = 150;
        notice.h = MIN(sheet->large ? 74 : 58, 208 - end);
        notice.y = 214 - notice.h;
    }
    if (notice.h > 44)
        component_draw_notice(sheet, notice, "shield", sheet_say(sheet, "still-there.notice", NULL),
                              sheet_say(sheet, "still-there.notice.line", NULL));
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_MORE_TIME, -1},
                                       .text = sheet_say(sheet, "still-there.more", NULL),
                                       .wait_icon = "card",
                                       .wait = sheet_say(sheet, "card-away.waiting", NULL),
                                       .choices = {{ACTION_FINISH, "exit", "still-there.finish"}}});
}
