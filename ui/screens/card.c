#include "ui/screens/screens.h"

static const char *const hints[] = {"moved", "link", "lift", NULL};

static const char *say_hint(Sheet *sheet)
{
    const char *word = sheet->view->hint;
    gboolean known = g_strv_contains(hints, word);
    g_autofree char *key = g_strconcat("card.hint.", known ? word : "other", NULL);
    return sheet_say(sheet, key, NULL);
}

static void draw_privacy(Sheet *sheet, double end)
{
    const char *text = sheet_say(sheet, "card.privacy", NULL);
    Type type = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE};
    if (sheet->landscape) {
        Box box = {28, 186, 138, 34};
        if (end > box.y)
            return;
        sheet_draw_icon(sheet, "shield", 20.5, box.y + box.h / 2, 9, TOKEN_INK2);
        sheet_draw_text(sheet, box, type, text);
        return;
    }
    double width = sheet_measure_width(sheet, type, text), x = (268 - width - 12) / 2;
    sheet_draw_icon(sheet, "shield", x + 4.5, 347, 9, TOKEN_INK2);
    sheet_draw_text(sheet, (Box){x + 12, 338, width + 1, 18}, type, text);
}

void screen_draw_card(Sheet *sheet)
{
    const View *view = sheet->view;
    gboolean again = view->hint && *view->hint;
    frame_draw_steps(sheet, 1);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet),
                       sheet_say(sheet, again ? "card.again.heading" : "card.heading", NULL),
                       again ? say_hint(sheet) : sheet_say(sheet, "card.lead", NULL));
    Box scene = sheet->landscape ? frame_work(sheet, 0) : (Box){16, 106, 236, 222};
    if (!sheet->landscape && end > scene.y - 2) {
        scene.h = 330 - end;
        scene.y = end + 2;
    }
    scene_draw_card(sheet, scene, FALSE);
    draw_privacy(sheet, end);
    frame_draw_bottom(sheet, &(Bottom){.wait_icon = "card",
                                       .wait = sheet_say(sheet, "card.waiting", NULL),
                                       .wait_right = frame_say_seconds(sheet, view->seconds_left),
                                       .choices = {{ACTION_CANCEL, "exit", "action.leave"}}});
}
