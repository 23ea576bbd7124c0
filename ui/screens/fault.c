#include "ui/screens/outcome.h"

static const char *say(Sheet *sheet, const char *part)
{
    return sheet_keep(sheet, reason_format(sheet->place->texts, sheet->view, part, sheet->large));
}

void screen_draw_fault(Sheet *sheet)
{
    static const char *const kept[] = {"not-taken", "wrong", NULL}; /* it is about the booklet */
    const char *reason = sheet->view->reason;
    const char *icon = reason && g_strv_contains(kept, reason) ? "book" : "printer";
    outcome_draw(
        sheet,
        &(Outcome){.icon = icon,
                   .chip_icon = "warn",
                   .chip = say(sheet, "chip"),
                   .heading = say(sheet, "sentence"),
                   .lead = say(sheet, "lead"),
                   .rows = {{icon, sheet_say(sheet, "fault.what", NULL), say(sheet, "what")},
                            {"shield", sheet_say(sheet, "fault.safe", NULL), say(sheet, "safe")},
                            {"walk", sheet_say(sheet, "fault.next", NULL), say(sheet, "next")}},
                   .number_above = sheet_say(sheet, "ticket.above", NULL)});
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .text = sheet_say(sheet, "fault.noted", NULL),
                                       .choices = {{ACTION_CALL, "bell", "fault.call"}}});
}
