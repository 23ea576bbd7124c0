#include "ui/screens/outcome.h"

static const char *say(Sheet *sheet, const char *part)
{
    return sheet_keep(sheet, reason_format(sheet->place->texts, sheet->view, part, sheet->large));
}

void screen_draw_fault(Sheet *sheet)
{
    outcome_draw(
        sheet,
        &(Outcome){.icon = "printer",
                   .chip_icon = "warn",
                   .chip = say(sheet, "chip"),
                   .heading = say(sheet, "sentence"),
                   .lead = sheet_say(sheet, "fault.lead", NULL),
                   .rows = {{"printer", sheet_say(sheet, "fault.what", NULL), say(sheet, "what")},
                            {"shield", sheet_say(sheet, "fault.safe", NULL), say(sheet, "safe")},
                            {"walk", sheet_say(sheet, "fault.next", NULL), say(sheet, "next")}},
                   .number_above = sheet_say(sheet, "ticket.above", NULL)});
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .text = sheet_say(sheet, "fault.noted", NULL),
                                       .choices = {{ACTION_CALL, "bell", "fault.call"}}});
}
