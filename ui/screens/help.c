#include "ui/screens/screens.h"

static const struct {
    const char *icon, *title, *body;
} rows[] = {
    {"card", "help.bring", "help.bring.line"},   {"clock", "help.time", "help.time.line"},
    {"walk", "help.window", "help.window.line"}, {"shield", "help.data", "help.data.line"},
    {"text", "help.see", "help.see.line"},
};

#define BESIDE 2 /* rows that a lying panel has below heading and lead */

static double measure_row(Sheet *sheet, double width, guint i)
{
    return component_measure_row(sheet, width, sheet_say(sheet, rows[i].title, NULL),
                                 sheet_say(sheet, rows[i].body, NULL));
}

/* All of them: what helps one is not left out for another. */
static void draw_rows(Sheet *sheet, Box box, guint first, guint end)
{
    double needed = 0;
    for (guint i = first; i < end; i++)
        needed += measure_row(sheet, box.w, i);
    double spare = CLAMP((box.h - needed) / (end - first), 0, 14);
    for (guint i = first; i < end; i++) {
        double height = measure_row(sheet, box.w, i) + spare / 2;
        component_draw_row(sheet, (Box){box.x, box.y, box.w, height}, rows[i].icon,
                           sheet_say(sheet, rows[i].title, NULL),
                           sheet_say(sheet, rows[i].body, NULL), i + 1 < end);
        box.y += height + spare / 2;
    }
}

void screen_draw_help(Sheet *sheet)
{
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "help.heading", NULL),
                       *sheet->place->telephone ? sheet_say(sheet, "help.lead", NULL) : "");
    if (sheet->landscape) {
        draw_rows(sheet, (Box){16, end + 8, 150, 212 - end}, 0, BESIDE);
        draw_rows(sheet, (Box){184, 38, 276, 144}, BESIDE, G_N_ELEMENTS(rows));
    } else {
        draw_rows(sheet, (Box){16, end + 10, 236, 352 - end}, 0, G_N_ELEMENTS(rows));
    }
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BACK, -1},
                                       .icon = "back",
                                       .text = sheet_say(sheet, "help.back", NULL)});
}
