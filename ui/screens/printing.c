#include "ui/screens/screens.h"
#include <string.h>

typedef enum { ROW_UNKNOWN = 0, ROW_DONE, ROW_NOW, ROW_WAITING } RowState;

static const char *const state_keys[] = {"stage.waiting", "stage.done", "stage.now",
                                         "stage.waiting"};

static const struct {
    const char *title, *icon;
} stages[STAGE_COUNT] = {
    [STAGE_UNKNOWN] = {"stage.fetch.title", "net"},
    [STAGE_FETCH] = {"stage.fetch.title", "net"},
    [STAGE_PREPARE] = {"stage.prepare.title", "book"},
    [STAGE_PRINT] = {"stage.print.title", "printer"},
    [STAGE_CHECK] = {"stage.check.title", "eye"},
};

static gboolean has_plan(const View *view)
{
    for (int i = 0; i < view->pages; i++)
        if (!g_strcmp0(view->page_kinds[i], "household-plan"))
            return TRUE;
    return FALSE;
}

static const char *say_pages(Sheet *sheet)
{
    const View *view = sheet->view;
    if (view->pages <= 0)
        return sheet_say(sheet, "stage.prepare.line.unknown", NULL);
    return sheet_say_number(sheet,
                            has_plan(view) ? "stage.prepare.line.plan" : "stage.prepare.line",
                            "pages", view->pages);
}

static const char *say_print(Sheet *sheet, RowState state)
{
    const View *view = sheet->view;
    char page[16], sides[16];
    if (state == ROW_WAITING)
        return sheet_say(sheet, "stage.print.line.wait", NULL);
    if (view->sides <= 0)
        return sheet_say(sheet, "stage.print.line.unknown", NULL);
    g_snprintf(page, sizeof page, "%d", CLAMP(view->printed_sides + 1, 1, view->sides));
    g_snprintf(sides, sizeof sides, "%d", view->sides);
    return sheet_say(sheet, state == ROW_DONE ? "stage.print.line.done" : "stage.print.line",
                     "page", page, "sides", sides, NULL);
}

/* The second line of a row: a fact, not a guess. */
static const char *say_line(Sheet *sheet, Stage stage, RowState state)
{
    if (stage == STAGE_PREPARE)
        return say_pages(sheet);
    if (stage == STAGE_PRINT)
        return say_print(sheet, state);
    if (stage == STAGE_CHECK)
        return sheet_say(sheet, "stage.check.line", NULL);
    return sheet_say(sheet, state == ROW_DONE ? "stage.fetch.line.done" : "stage.fetch.line", NULL);
}

static void draw_dot(Sheet *sheet, double x, double y, Stage stage, RowState state)
{
    char digit[4];
    if (state == ROW_DONE) {
        sheet_fill_circle(sheet, x, y, 6.5, TOKEN_RED);
        Token before = sheet->ground;
        sheet->ground = TOKEN_RED;
        sheet_draw_icon(sheet, "check", x, y, 8, TOKEN_ONRED);
        sheet->ground = before;
        return;
    }
    if (state == ROW_NOW) {
        sheet_stroke_circle(sheet, x, y, 6.1, TOKEN_RED, 0.9);
        sheet_draw_icon(sheet, stages[stage].icon, x, y, 7.6, TOKEN_RED);
        return;
    }
    g_snprintf(digit, sizeof digit, "%d", (int)stage);
    sheet_stroke_circle(sheet, x, y, 6.2, TOKEN_EDGE, THEME_STROKE_CONTROL);
    sheet_draw_text(sheet, (Box){x - 8, y - 7.2, 16, 14.4},
                    (Type){.size = SIZE_SMALL, .bold = TRUE, .align = ALIGN_CENTRE, .middle = TRUE},
                    digit);
}

static void draw_row(Sheet *sheet, Box box, Stage stage, RowState state)
{
    Token before = sheet->ground;
    double x = box.x + 11.5, y = box.y + box.h / 2;
    if (state == ROW_NOW) {
        sheet_fill_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_CARD);
        sheet_stroke_box(sheet, box, THEME_RADIUS_BUTTON, TOKEN_RED, THEME_STROKE_CURRENT, FALSE);
        sheet->ground = TOKEN_CARD;
    }
    draw_dot(sheet, x, y, stage, state);
    Type word = {.size = SIZE_SMALL, .align = ALIGN_RIGHT, .middle = TRUE, .lines = 1};
    word.bold = state == ROW_NOW;
    const char *now = sheet_say(sheet, state_keys[state], NULL);
    double word_mm = sheet_measure_width(sheet, word, now) + 1;
    double width = box.w - 25 - word_mm - 12, title_mm = sheet_line(sheet, SIZE_LEAD);
    double line_mm = sheet->large ? 0 : sheet_line(sheet, SIZE_SMALL); /* large: no second line */
    double top = y - (title_mm + line_mm) / 2;
    const char *title = sheet_say(sheet, stages[stage].title, NULL);
    const char *line = say_line(sheet, stage, state);
    if (state == ROW_NOW) {
        sheet_speak(sheet, title);
        sheet_speak(sheet, line);
    }
    sheet_draw_text(sheet, (Box){box.x + 25, top, width, title_mm},
                    (Type){.size = SIZE_LEAD, .bold = TRUE, .lines = 1}, title);
    if (line_mm > 0)
        sheet_draw_text(sheet, (Box){box.x + 25, top + title_mm - 0.5, width, line_mm},
                        (Type){.size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1}, line);
    sheet_draw_text(sheet, (Box){box.x + box.w - 9 - word_mm, box.y, word_mm, box.h}, word, now);
    sheet->ground = before;
}

static void draw_stages(Sheet *sheet, Box box)
{
    double row = MIN(box.h / 4, 36);
    Stage current = MAX(sheet->view->stage, STAGE_FETCH);
    for (int stage = STAGE_FETCH; stage < STAGE_COUNT; stage++) {
        double y = box.y + (stage - 1) * row;
        if (stage < STAGE_CHECK)
            sheet_draw_line(sheet, box.x + 11.5, y + row / 2, box.x + 11.5, y + row * 1.5,
                            stage < (int)current ? TOKEN_RED : TOKEN_LINE, 0.6);
        if (stage > STAGE_FETCH) /* the line ends where the dot begins */
            sheet_fill_circle(sheet, box.x + 11.5, y + row / 2, 6.5, TOKEN_PAPER);
    }
    for (int stage = STAGE_FETCH; stage < STAGE_COUNT; stage++)
        draw_row(sheet, (Box){box.x, box.y + (stage - 1) * row, box.w, row}, (Stage)stage,
                 stage < (int)current    ? ROW_DONE
                 : stage == (int)current ? ROW_NOW
                                         : ROW_WAITING);
}

static void draw_time(Sheet *sheet, double x, double y, double radius)
{
    const View *view = sheet->view;
    int budget_s = MAX(view->budget_s, 1);
    gboolean small_ring = radius < 42;
    component_draw_ring(sheet, x, y, radius, 7, (double)view->used_s / budget_s, !small_ring);
    Type label = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .align = ALIGN_CENTRE, .lines = 1};
    Type unit = {.size = SIZE_LEAD, .bold = TRUE, .align = ALIGN_CENTRE, .lines = 1};
    double width = 1.42 * (radius - 5), small = sheet_line(sheet, SIZE_SMALL);
    if (view->seconds_left <= 0) {
        unit.lines = 2;
        unit.middle = TRUE;
        sheet_draw_text(sheet, (Box){x - width / 2, y - 20, width, 40}, unit,
                        sheet_say(sheet, "printing.longer", NULL));
        return;
    }
    char figure[16];
    g_snprintf(figure, sizeof figure, "%d", view->seconds_left);
    if (small_ring) { /* the figure, and what it counts */
        y -= 2;
        unit.size = SIZE_SMALL;
    } else {
        sheet_draw_text(sheet, (Box){x - width / 2, y - 14 - small, width, small}, label,
                        sheet_say(sheet, "printing.left", NULL));
    }
    sheet_draw_text(
        sheet, (Box){x - 40, y - 15.5, 80, 29},
        (Type){.size = SIZE_RING, .bold = TRUE, .align = ALIGN_CENTRE, .middle = TRUE, .lines = 1},
        figure);
    sheet_draw_text(sheet, (Box){x - 30, y + 11.5, 60, sheet_line(sheet, unit.size)}, unit,
                    sheet_say(sheet, "printing.unit", NULL));
}

static const char *say_used(Sheet *sheet)
{
    char minutes[16], seconds[16];
    int used = MAX(sheet->view->used_s, 0);
    g_snprintf(minutes, sizeof minutes, "%d", used / 60);
    g_snprintf(seconds, sizeof seconds, "%d", used % 60);
    return sheet_say(sheet, used < 60 ? "printing.used.seconds" : "printing.used", "minutes",
                     minutes, "seconds", seconds, NULL);
}

void screen_draw_printing(Sheet *sheet)
{
    const View *view = sheet->view;
    gboolean late = view->seconds_left == 0, card = view->card_present;
    frame_draw_steps(sheet, 4);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "printing.heading", NULL),
                       sheet_say(sheet, "printing.lead", NULL));
    if (sheet->landscape) {
        double radius = MIN(50, (218 - end - 10) / 2);
        draw_time(sheet, 91, 218 - radius - 3.5, radius);
        draw_stages(sheet, (Box){184, 40, 276, 136});
    } else {
        double room = 226 - end - 4, radius = MIN(50, room / 2 - 4);
        draw_time(sheet, 134, sheet->large ? end + 4 + room / 2 : 166, radius);
        draw_stages(sheet, (Box){16, 228, 236, 136});
    }
    frame_draw_bottom(
        sheet,
        &(Bottom){.wait_icon = card ? "card" : "printer",
                  .wait = sheet_say(sheet, card ? "printing.card" : "printing.waiting", NULL),
                  .wait_right = say_used(sheet),
                  .hint = sheet_say(sheet, late ? "printing.hint.late" : "printing.hint", NULL)});
}
