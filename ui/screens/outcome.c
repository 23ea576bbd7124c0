#include "ui/screens/outcome.h"
#include <string.h>
#include <time.h>

#define SHANGHAI_S (8 * 3600)
#define SIGN 11.0        /* half of the picture beside the chip */
#define ROW_SPARE 3.4    /* rows of two lines 34 mm high, of three 46 */
#define NUMBER_LEAST 76  /* heights of the block with the number: as high as the words leave it */
#define NUMBER_USUAL 112
#define NUMBER_BESIDE 88

/* Chip, with its picture where there is one and room, above the heading. */
static void draw_sign(Sheet *sheet, const Outcome *outcome)
{
    double x = THEME_MARGIN, top = frame_chip_top(sheet), y = top + component_chip_height(sheet) / 2;
    if (!sheet->large && !sheet->landscape && outcome->icon) {
        sheet_fill_circle(sheet, x + SIGN, y, SIGN, TOKEN_AMBERT);
        if (sheet->high)
            sheet_stroke_circle(sheet, x + SIGN, y, SIGN, TOKEN_EDGE, THEME_STROKE_CONTROL);
        sheet_draw_icon(sheet, outcome->icon, x + SIGN, y, 1.3 * SIGN, TOKEN_AMBER);
        x += 2 * SIGN + 5;
    }
    component_draw_chip(sheet, x, top, CHIP_WARN, outcome->chip_icon, outcome->chip);
}

static double measure_rows(Sheet *sheet, double width, const OutcomeRow *rows, int *ret_count)
{
    double needed = 0;
    int count = 0;
    for (; count < 4 && rows[count].body; count++)
        needed += component_measure_row(sheet, width, rows[count].title, rows[count].body);
    *ret_count = count;
    return needed;
}

/* Under each other, the same distance apart wherever there is room for it. */
static double draw_rows(Sheet *sheet, Box box, const OutcomeRow *rows)
{
    int count;
    double needed = measure_rows(sheet, box.w, rows, &count);
    double spare = count ? CLAMP((box.h - needed) / count, 0, ROW_SPARE) : 0;
    for (int i = 0; i < count; i++) {
        double height = component_measure_row(sheet, box.w, rows[i].title, rows[i].body) + spare;
        component_draw_row(sheet, (Box){box.x, box.y, box.w, height}, rows[i].icon, rows[i].title,
                           rows[i].body, i + 1 < count);
        box.y += height;
    }
    return box.y;
}

static void draw_ticket(Sheet *sheet, Box box, const char *above)
{
    const char *ticket = sheet->view->ticket;
    time_t seconds = (time_t)(sheet->wall_ms / 1000 + SHANGHAI_S);
    struct tm now;
    char number[16], clock[8], month[16], day[16];
    gmtime_r(&seconds, &now);
    strftime(clock, sizeof clock, "%H:%M", &now);
    g_snprintf(month, sizeof month, "month.%d", now.tm_mon + 1);
    g_snprintf(day, sizeof day, "%d", now.tm_mday);
    g_snprintf(number, sizeof number, "%.3s %.3s", ticket, strlen(ticket) > 3 ? ticket + 3 : "");
    const char *below = sheet_say(sheet, "ticket.below", "month", sheet_say(sheet, month, NULL),
                                  "day", day, "clock", clock, NULL);
    if (sheet_measure_width(sheet, (Type){.size = SIZE_SMALL}, below) > box.w - 12)
        below = sheet_say(sheet, "ticket.below.short", NULL);
    component_draw_number(sheet, box, above, number, below);
}

static void draw_picture(Sheet *sheet, const Outcome *outcome, Box box)
{
    if (outcome->draw_picture && box.h > 40)
        outcome->draw_picture(sheet, box);
}

static void draw_beside(Sheet *sheet, const Outcome *outcome, double end)
{
    double bottom = 214, height = end + 5 > bottom - NUMBER_BESIDE ? NUMBER_LEAST : NUMBER_BESIDE;
    draw_rows(sheet, (Box){184, 38, 276, 142}, outcome->rows);
    if (*sheet->view->ticket)
        draw_ticket(sheet, (Box){16, bottom - height, 150, height}, outcome->number_above);
    else
        draw_picture(sheet, outcome, (Box){16, end + 8, 150, bottom - end - 8});
}

void outcome_draw(Sheet *sheet, const Outcome *outcome)
{
    gboolean has_ticket = *sheet->view->ticket;
    draw_sign(sheet, outcome);
    const char *lead = sheet->large ? "" : outcome->lead; /* the rows say it as well */
    double end = frame_draw_say(sheet, frame_say_top(sheet), outcome->heading, lead);
    if (sheet->landscape) {
        draw_beside(sheet, outcome, end);
        return;
    }
    int count;
    double bottom = sheet->large ? 366 : 354;
    double needed = measure_rows(sheet, 236, outcome->rows, &count);
    double usual = bottom - NUMBER_USUAL, least = bottom - NUMBER_LEAST;
    double block = usual - 4 - end - 6 >= needed ? usual : least;
    double floor = has_ticket ? block - 4 : MAX(usual, end + 40);
    double first = end + CLAMP(floor - end - needed, 6, sheet->large ? 8 : 11);
    double rows = draw_rows(sheet, (Box){16, first, 236, floor - first}, outcome->rows);
    if (has_ticket)
        draw_ticket(sheet, (Box){16, block, 236, bottom - block}, outcome->number_above);
    else
        draw_picture(sheet, outcome, (Box){16, rows + 6, 236, bottom - rows - 10});
}
