#include "ui/screens/outcome.h"

static const char *say(Sheet *sheet, const char *part)
{
    return sheet_keep(sheet, reason_format(sheet->place->texts, sheet->view, part, sheet->large));
}

static void draw_again(Sheet *sheet, Box box)
{
    scene_draw_card(sheet, box, FALSE);
}

static void draw_later(Sheet *sheet, Box box)
{
    scene_draw_closed(sheet, box, "machine", "clock");
}

static void draw_window(Sheet *sheet, Box box)
{
    scene_draw_window(sheet, box, sheet->place->window);
}

/* What is mended by another try or by a few minutes; all else is said at a window. */
static const struct {
    const char *word, *heading;
    void (*draw)(Sheet *sheet, Box box);
} ways[] = {
    {"card-other", "refused.heading.again", draw_again},
    {"card-unreadable", "refused.heading.again", draw_again},
    {"visit-expired", "refused.heading.again", draw_again},
    {"service-error", "refused.heading.later", draw_later},
    {"released", "refused.heading.later", draw_later},
    {"too-many", "refused.heading.later", draw_later},
    {NULL, "refused.heading", draw_window},
};

void screen_draw_refused(Sheet *sheet)
{
    guint i = 0;
    while (ways[i].word && g_strcmp0(ways[i].word, sheet->view->reason))
        i++;
    outcome_draw(
        sheet,
        &(Outcome){.chip_icon = "none",
                   .chip = say(sheet, "chip"),
                   .heading = sheet_say(sheet, ways[i].heading, NULL),
                   .lead = "",
                   .draw_picture = ways[i].draw,
                   .rows = {{"help", sheet_say(sheet, "refused.why", NULL), say(sheet, "sentence")},
                            {"shield", sheet_say(sheet, "refused.safe", NULL), say(sheet, "safe")},
                            {"walk", sheet_say(sheet, "refused.next", NULL), say(sheet, "next")}},
                   .number_above = sheet_say(sheet, "ticket.above", NULL)});
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .text = sheet_say(sheet, "refused.back", NULL),
                                       .hint = sheet_say(sheet, "refused.hint", NULL)});
}
