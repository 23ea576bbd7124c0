#include "ui/screens/screens.h"

static const struct {
    const char *icon, *title, *line;
} steps[] = {
    {"card", "attract.step.card", "attract.step.card.line"},
    {"eye", "attract.step.check", "attract.step.check.line"},
    {"book", "attract.step.take", "attract.step.take.line"},
};

static void draw_step(Sheet *sheet, double x, double y, double width, guint i)
{
    Type title = {.size = SIZE_LEAD, .bold = TRUE, .align = ALIGN_CENTRE, .lines = 1};
    Type line = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .align = ALIGN_CENTRE, .lines = 1};
    double radius = sheet->landscape ? 12 : 14, top = y + 2 * radius + (sheet->large ? 1 : 2.5);
    sheet_fill_circle(sheet, x, y + radius, radius, TOKEN_SUNK);
    if (sheet->high)
        sheet_stroke_circle(sheet, x, y + radius, radius, TOKEN_LINE, 0.4);
    sheet_draw_icon(sheet, steps[i].icon, x, y + radius, radius * 16 / 14, TOKEN_INK);
    double title_mm = sheet_line(sheet, SIZE_LEAD);
    sheet_draw_text(sheet, (Box){x - width / 2, top, width, title_mm}, title,
                    sheet_say(sheet, steps[i].title, NULL));
    if (!sheet->large)
        sheet_draw_text(
            sheet, (Box){x - width / 2, top + title_mm - 1.5, width, sheet_line(sheet, SIZE_SMALL)},
            line, sheet_say(sheet, steps[i].line, NULL));
}

static void draw_row(Sheet *sheet, Box row)
{
    double width = row.w / 3, radius = sheet->landscape ? 12 : 14;
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        draw_step(sheet, row.x + width * (i + 0.5), row.y, width - 2, i);
        if (i > 0)
            sheet_draw_icon(sheet, "right", row.x + width * i, row.y + radius, 11, TOKEN_EDGE);
    }
}

void screen_draw_attract(Sheet *sheet)
{
    double chip_y = frame_chip_top(sheet);
    const char *ready = sheet_say(sheet, "attract.ready", NULL);
    component_draw_chip(sheet, 16, chip_y, CHIP_OK, "check", ready);
    if (*sheet->place->open_until) {
        double x = 16 + component_measure_chip(sheet, ready) + 5;
        double right = 16 + frame_say_column(sheet).w;
        sheet_draw_text(sheet, (Box){x, chip_y, right - x, component_chip_height(sheet)},
                        (Type){.size = SIZE_SMALL,
                               .colour = TOKEN_INK2,
                               .middle = TRUE,
                               .lines = 1,
                               .may_cut = TRUE},
                        sheet_say(sheet, "attract.open", NULL));
    }
    double end = frame_draw_display(sheet, sheet_say(sheet, "attract.heading", NULL),
                                    sheet_say(sheet, "attract.lead", NULL));
    if (sheet->landscape) {
        scene_draw_attract(sheet, (Box){184, 36, 276, 92});
        draw_row(sheet, (Box){184, sheet->large ? 136 : 131, 276, 50});
    } else {
        scene_draw_attract(sheet, (Box){16, end + 4, 236, 255 - end});
        draw_row(sheet, (Box){14, sheet->large ? 278 : 282, 240, 60});
    }
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_BEGIN, -1},
                                       .text = sheet_say(sheet, "attract.begin", NULL),
                                       .hint = sheet_say(sheet, "attract.hint", NULL),
                                       .hint_beside = TRUE});
}
