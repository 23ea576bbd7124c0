#include "ui/screens/outcome.h"

static const char *say(Sheet *sheet, const char *part)
{
    return sheet_keep(sheet, reason_format(sheet->place->texts, sheet->view, part, sheet->large));
}

/* Reasons that time mends: everybody else is sent to a window. */
static const char *const passing[] = {"visit-expired", "service-error", "released", "too-many",
                                      NULL};

static void draw_picture(Sheet *sheet, Box box)
{
    if (sheet->view->reason && g_strv_contains(passing, sheet->view->reason))
        scene_draw_closed(sheet, box, "machine", "clock");
    else
        scene_draw_window(sheet, box, sheet->place->window);
}

void screen_draw_refused(Sheet *sheet)
{
    outcome_draw(
        sheet,
        &(Outcome){.icon = "none",
                   .chip_icon = "none",
                   .chip = sheet_say(sheet, "refused.chip", NULL),
                   .heading = sheet_say(sheet, "refused.heading", NULL),
                   .lead = "",
                   .draw_picture = draw_picture,
                   .rows = {{"help", sheet_say(sheet, "refused.why", NULL), say(sheet, "sentence")},
                            {"walk", sheet_say(sheet, "refused.next", NULL), say(sheet, "next")},
                            {"shield", sheet_say(sheet, "refused.safe", NULL),
                             sheet_say(sheet, "refused.safe.line", NULL)}},
                   .number_above = sheet_say(sheet, "ticket.above", NULL)});
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .text = sheet_say(sheet, "refused.back", NULL),
                                       .hint = sheet_say(sheet, "refused.hint", NULL)});
}
