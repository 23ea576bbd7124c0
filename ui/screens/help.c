#include "ui/screens/screens.h"

static const struct {
    const char *icon, *title, *body;
} rows[] = {
    {"card", "help.bring", "help.bring.line"},   {"clock", "help.time", "help.time.line"},
    {"walk", "help.window", "help.window.line"}, {"shield", "help.data", "help.data.line"},
    {"text", "help.see", "help.see.line"},
};

/* Rows as long as they fit: the last ones are those one can do without. */
static void draw_rows(Sheet *sheet, Box box)
{
    guint count = 0;
    double needed = 0;
    for (; count < G_N_ELEMENTS(rows); count++) {
        double height =
            component_measure_row(sheet, box.w, sheet_say(sheet, rows[count].title, NULL),
                                  sheet_say(sheet, rows[count].body, NULL));
        if (needed + height > box.h + 1)
            break;
        needed += height;
    }
    double spare = count ? MIN((box.h - needed) / count, 14) : 0;
    for (guint i = 0; i < count; i++) {
        const char *title = sheet_say(sheet, rows[i].title, NULL);
        const char *body = sheet_say(sheet, rows[i].body, NULL);
        double height = component_measure_row(sheet, box.w, title, body) + spare / 2;
        component_draw_row(sheet, (Box){box.x, box.y, box.w, height}, rows[i].icon, title, body,
                           i + 1 < count);
        box.y += height + spare / 2;
    }
}

void screen_draw_help(Sheet *sheet)
{
    double top = sheet->landscape ? 40 : 42;
    double end =
        frame_draw_say(sheet, top, sheet_say(sheet, "help.heading", NULL),
                       *sheet->place->telephone ? sheet_say(sheet, "help.lead", NULL) : "");
    draw_rows(sheet, sheet->landscape ? (Box){184, 38, 276, 144}
                                      : (Box){16, end + 10, 236, 362 - end - 10});
    if (sheet->landscape)
        scene_draw_window(sheet, (Box){16, end + 10, 150, 210 - end}, sheet->place->window);
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .icon = "back",
                                       .text = sheet_say(sheet, "help.back", NULL),
                                       .hint = sheet_say(sheet, "help.hint", NULL)});
}
