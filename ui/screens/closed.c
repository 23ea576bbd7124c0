#include "ui/screens/screens.h"

static const struct {
    const char *word, *picture, *icon;
} looks[] = {
    {"stock-empty", "empty-tray", "clock"},
    {"printer-media", "empty-tray", "clock"},
    {"stock-position", "empty-tray", "help"},
    {"printer-door", "machine", "door"},
    {"printer-supplies", "machine", "printer"},
    {"printer-stopped", "machine", "printer"},
    {"printer-unreachable", "machine", "printer"},
    {"service-unreachable", "machine", "net"},
    {"service-refused", "machine", "net"},
    {"clock", "machine", "clock"},
    {"hours", "machine", "clock"},
    {"reader-absent", "machine", "card"},
    {"reader-several", "machine", "card"},
    {"reader-silent", "machine", "card"},
    {"journal", "machine", "disk"},
    {"door", "machine", "door"},
    {"starting", "machine", "wait"},
    {"maintenance", "machine", "gear"},
    {"unsure-pending", "machine", "warn"},
    {NULL, "machine", "stop"},
};

static void draw_scene(Sheet *sheet, double end)
{
    guint i = 0;
    while (looks[i].word && g_strcmp0(looks[i].word, sheet->view->reason))
        i++;
    Box box = sheet->landscape ? frame_picture(sheet, end + 4)
                               : (Box){16, end + 6, 236, (sheet->large ? 256 : 258) - end - 6};
    if (!sheet->landscape && !sheet->large)
        box.h = MIN(box.h, 128);
    if (box.h > 34)
        scene_draw_closed(sheet, box, looks[i].picture, looks[i].icon);
}

static const char *say(Sheet *sheet, const char *part)
{
    return sheet_keep(sheet, reason_format(sheet->place->texts, sheet->view, part, sheet->large));
}

void screen_draw_closed(Sheet *sheet)
{
    component_draw_chip(sheet, THEME_MARGIN, frame_chip_top(sheet), CHIP_WARN, "stop",
                        sheet_say(sheet, "closed.chip", NULL));
    double end = frame_draw_display(sheet, sheet_say(sheet, "closed.heading", NULL),
                                    say(sheet, "sentence"));
    draw_scene(sheet, end);
    double x = sheet->landscape ? 184 : 16, width = sheet->landscape ? 276 : 236;
    double top = sheet->landscape ? 36 : sheet->large ? 260 : 266;
    double height = sheet->landscape ? 70 : sheet->large ? 51 : 42;
    component_draw_notice(sheet, (Box){x, top, width, height}, "clock", say(sheet, "until"),
                          say(sheet, "wait"));
    component_draw_notice(sheet, (Box){x, top + height + THEME_GAP, width, height}, "walk",
                          say(sheet, "hurry"), say(sheet, "next"));
    frame_draw_bottom(sheet, &(Bottom){.wait_icon = "card",
                                       .wait = sheet_say(sheet, "closed.waiting", NULL),
                                       .choices = {{ACTION_BACK, "back", "action.back"}},
                                       .hint = sheet_say(sheet, "closed.hint", NULL)});
}
