#include "ui/frame.h"
#include <string.h>
#include <time.h>

#define STEPS 5
#define UTILITY_ICON 9.0
#define UTILITY_GAP 3.0
#define UTILITY_PADDING 4.0
#define UTILITY_PORTRAIT 44.8 /* widths of a button */
#define UTILITY_LANDSCAPE 50.0
#define UTILITY_LARGE 58.0     /* landscape, large text: icon and word side by side */
#define NAME_GAP 10.0          /* between the centre's name and date or clock */
#define SHANGHAI_S (8 * 3600)

static const char *const step_keys[STEPS] = {"step.card", "step.choose", "step.check", "step.print",
                                             "step.collect"};

static double sheet_width(const Sheet *sheet)
{
    return sheet->landscape ? 476 : 268;
}

static void draw_mark(Sheet *sheet)
{
    Box box = {16, 8.3, 9, 11.6};
    Token lines = TOKEN_GOLD;
    if (sheet->high) {
        sheet_stroke_box(sheet, box, 1.6, TOKEN_EDGE, 0.5, FALSE);
    } else {
        sheet_fill_box(sheet, box, 1.6, TOKEN_RED);
    }
    sheet_stroke_circle(sheet, 20.5, 12.4, 1.6, lines, 0.5);
    sheet_draw_line(sheet, 18.4, 15.7, 22.6, 15.7, lines, 0.5);
    sheet_draw_line(sheet, 19.2, 17.6, 21.8, 17.6, lines, 0.5);
}

static const char *say_date(Sheet *sheet, const struct tm *day)
{
    char key[24], number[16];
    g_snprintf(key, sizeof key, "month.%d", day->tm_mon + 1);
    const char *month = sheet_say(sheet, key, NULL);
    g_snprintf(key, sizeof key, "weekday.%d", day->tm_wday);
    const char *weekday = sheet_say(sheet, key, NULL);
    g_snprintf(number, sizeof number, "%d", day->tm_mday);
    return sheet_say(sheet, "header.date", "month", month, "day", number, "weekday", weekday, NULL);
}

void frame_draw_header(Sheet *sheet)
{
    time_t seconds = (time_t)(sheet->wall_ms / 1000 + SHANGHAI_S);
    struct tm now;
    char clock[8];
    gmtime_r(&seconds, &now);
    strftime(clock, sizeof clock, "%H:%M", &now);
    const Place *place = sheet->place;
    Type name = {.size = SIZE_CENTRE, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    Type time = {.size = SIZE_CLOCK, .bold = TRUE, .align = ALIGN_RIGHT, .middle = TRUE};
    Type date = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .align = ALIGN_RIGHT, .middle = TRUE};
    double right = sheet_width(sheet) - THEME_MARGIN;
    double time_mm = sheet_measure_width(sheet, time, clock) + 1;
    draw_mark(sheet);
    sheet_draw_text(sheet, (Box){right - time_mm, 2, time_mm, 25}, time, clock);
    right -= time_mm + 4;
    if (!sheet->large) { /* the clock is enough there */
        const char *day = say_date(sheet, &now);
        double date_mm = sheet_measure_width(sheet, date, day) + 1;
        sheet_draw_text(sheet, (Box){right - date_mm, 2.4, date_mm, 25}, date, day);
        right -= date_mm + 4;
    }
    const char *centre = sheet->view->language == LANGUAGE_EN ? place->centre_en : place->centre;
    double room = right + 4 - NAME_GAP - 29;
    if (sheet_measure_width(sheet, name, centre) > room) { /* smaller, then on two lines */
        name.size = SIZE_CENTRE_LONG;
        name.lines = 2;
        name.balanced = TRUE;
    }
    sheet_draw_text(sheet, (Box){29, 1.6, room, 25}, name, centre);
    sheet_draw_line(sheet, 0, 28, sheet_width(sheet), 28, TOKEN_LINE, THEME_STROKE_HAIRLINE);
}

typedef struct {
    ActionId action;
    const char *icon, *key, *key_on;
    gsize flag; /* offset of its gboolean in the view, 0: none */
} Utility;

static const Utility utilities[] = {
    {ACTION_LANGUAGE, "globe", "utility.language", NULL, 0},
    {ACTION_LARGE_TEXT, "text", "utility.large", "utility.large.on", offsetof(View, large_text)},
    {ACTION_CONTRAST, "contrast", "utility.contrast", "utility.contrast.on",
     offsetof(View, high_contrast)},
    {ACTION_SPEECH, "speaker", "utility.speech", "utility.speech.on", offsetof(View, speech)},
    {ACTION_HELP, "help", "utility.help", "utility.help.on", 0},
};

static void draw_utility_label(Sheet *sheet, Box box, const char *icon, const char *text, Token ink)
{
    Type type = {.size = SIZE_SMALL, .colour = ink, .middle = TRUE, .lines = 1};
    if (sheet->landscape) {
        double gap = sheet->large ? 2 : 2.5, width = sheet_measure_width(sheet, type, text);
        double x = box.x + MAX((box.w - UTILITY_ICON - gap - width) / 2, 1);
        sheet_draw_icon(sheet, icon, x + UTILITY_ICON / 2, box.y + box.h / 2, UTILITY_ICON, ink);
        sheet_draw_text(sheet, (Box){x + UTILITY_ICON + gap, box.y, width + 1, box.h}, type, text);
        return;
    }
    type.align = ALIGN_CENTRE;
    double icon_y = sheet->large ? 6.2 : 7.9;
    sheet_draw_icon(sheet, icon, box.x + box.w / 2, box.y + icon_y, UTILITY_ICON, ink);
    double top = sheet->large ? 10.4 : 12.6, height = sheet->large ? 13.8 : 12;
    sheet_draw_text(sheet, (Box){box.x + 0.5, box.y + top, box.w - 1, height}, type, text);
}

/* Where it is on: help on its screen, and what the person has switched. */
static gboolean is_on(const Sheet *sheet, const Utility *utility)
{
    const gboolean *flag = (const gboolean *)((const char *)sheet->view + utility->flag);
    return utility->flag ? *flag
                         : utility->action == ACTION_HELP && sheet->view->screen == SCREEN_HELP;
}

static const char *say_utility(Sheet *sheet, const Utility *utility)
{
    return sheet_say(sheet, is_on(sheet, utility) ? utility->key_on : utility->key, NULL);
}

static void draw_utility(Sheet *sheet, Box box, const Utility *utility)
{
    Action action = {utility->action, -1};
    gboolean on = is_on(sheet, utility), offered = view_offers(sheet->view, action);
    gboolean pressed = sheet_is_pressed(sheet, action);
    Token fill = on ? TOKEN_INK : TOKEN_SUNK, ink = on ? TOKEN_PAPER : TOKEN_INK;
    if (pressed) {
        fill = sheet->high && !on ? TOKEN_INK : TOKEN_SHADE;
        ink = sheet->high && !on ? TOKEN_PAPER : TOKEN_INK;
    }
    if (!offered)
        ink = on ? TOKEN_PAPER : TOKEN_INK2;
    sheet_fill_box(sheet, box, THEME_RADIUS_UTILITY, fill);
    if (sheet->high || !offered)
        sheet_stroke_box(sheet, box, THEME_RADIUS_UTILITY, TOKEN_EDGE,
                         sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CONTROL, !offered);
    Token before = sheet->ground;
    sheet->ground = fill;
    const char *text = say_utility(sheet, utility);
    draw_utility_label(sheet, box, utility->icon, text, ink);
    sheet->ground = before;
    sheet_add_target(sheet, box, action, TARGET_UTILITY, text);
}

static void draw_contacts(Sheet *sheet)
{
    Type type = {
        .size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE, .lines = 1, .may_cut = TRUE};
    const char *machine = sheet_say(sheet, "foot.machine", NULL);
    const char *telephone =
        *sheet->place->telephone ? sheet_say(sheet, "foot.telephone", NULL) : "";
    if (!sheet->landscape) {
        double machine_mm = sheet_measure_width(sheet, type, machine) + 1;
        sheet_draw_text(sheet, (Box){16, 457, 230 - machine_mm, 15}, type, telephone);
        type.align = ALIGN_RIGHT;
        sheet_draw_text(sheet, (Box){252 - machine_mm, 457, machine_mm, 15}, type, machine);
        return;
    }
    type.align = ALIGN_RIGHT;
    if (sheet->large) { /* one above the other */
        sheet_draw_text(sheet, (Box){324, 231, 136, 14}, type, telephone);
        sheet_draw_text(sheet, (Box){324, 246, 136, 14}, type, machine);
        return;
    }
    const char *both = sheet_keep(sheet, g_strjoin("\u3000", telephone, machine, NULL));
    sheet_draw_text(sheet, (Box){290, 235, 170, 20}, type, *telephone ? both : machine);
}

/* What the outer two buttons give to the one in the middle, whose word is the longest. */
static double measure_spare(Sheet *sheet)
{
    const char *word = say_utility(sheet, &utilities[G_N_ELEMENTS(utilities) / 2]);
    double word_mm = sheet_measure_width(sheet, (Type){.size = SIZE_SMALL}, word);
    return !sheet->landscape && word_mm + 2 * UTILITY_PADDING > UTILITY_PORTRAIT ? 3 : 0;
}

void frame_draw_foot(Sheet *sheet)
{
    double beside = sheet->large ? UTILITY_LARGE : UTILITY_LANDSCAPE, spare = measure_spare(sheet);
    double top = sheet->landscape ? 235 : 430;
    double usual = sheet->landscape ? beside : UTILITY_PORTRAIT, x = THEME_MARGIN;
    double height = sheet->landscape ? 20 : 25, rule = sheet->landscape ? 226 : 426;
    sheet_draw_line(sheet, 0, rule, sheet_width(sheet), rule, TOKEN_LINE, THEME_STROKE_HAIRLINE);
    for (guint i = 0; i < G_N_ELEMENTS(utilities); i++) {
        gboolean outer = i == 0 || i + 1 == G_N_ELEMENTS(utilities);
        double width = usual + (outer ? -spare : 2 * i + 1 == G_N_ELEMENTS(utilities) ? 2 * spare : 0);
        draw_utility(sheet, (Box){x, top, width, height}, &utilities[i]);
        x += width + UTILITY_GAP;
    }
    draw_contacts(sheet);
}

static void draw_step_bars(Sheet *sheet, int current)
{
    double top = sheet->landscape ? 33 : 33.5, left = sheet->say_x, width = sheet->say_w;
    double bar_y = sheet->landscape ? 45.8 : 48.3, bar_mm = (width - 4 * THEME_GAP) / STEPS;
    gboolean over = current > STEPS;
    const char *count = over ? sheet_say(sheet, "step.all", NULL)
                             : sheet_say_number(sheet, "step.count", "step", current);
    const char *name = over ? "" : sheet_say(sheet, step_keys[current - 1], NULL);
    if (sheet->large && sheet->landscape) {
        top = 31.5;
        bar_y = 47.2;
    }
    const char *line = sheet_keep(sheet, g_strjoin("\u2002", count, name, NULL));
    sheet_draw_text(sheet, (Box){left, top, width, sheet_line(sheet, SIZE_SMALL)},
                    (Type){.size = SIZE_SMALL, .bold_bytes = strlen(count), .lines = 1}, line);
    for (int i = 0; i < STEPS; i++) {
        Box bar = {left + i * (bar_mm + THEME_GAP), bar_y, bar_mm, 2.4};
        if (sheet->high && i >= current)
            sheet_stroke_box(sheet, bar, 1.2, TOKEN_EDGE, 0.5, FALSE);
        else
            sheet_fill_box(sheet, bar, 1.2, i < current ? TOKEN_RED : TOKEN_LINE);
    }
}

static void draw_step_dot(Sheet *sheet, double x, double y, int step, int current)
{
    char digit[4];
    Token before = sheet->ground;
    g_snprintf(digit, sizeof digit, "%d", step);
    if (step > current)
        sheet_stroke_circle(sheet, x, y, 5.2, TOKEN_EDGE, THEME_STROKE_CONTROL);
    else
        sheet_fill_circle(sheet, x, y, 5.5, TOKEN_RED);
    sheet->ground = step <= current ? TOKEN_RED : TOKEN_PAPER;
    if (step < current) {
        sheet_draw_icon(sheet, "check", x, y, 6.4, TOKEN_ONRED);
        sheet->ground = before;
        return;
    }
    sheet_draw_text(sheet, (Box){x - 5, y - 5.2, 10, 10},
                    (Type){.size = SIZE_SMALL,
                           .bold = TRUE,
                           .colour = step == current ? TOKEN_ONRED : TOKEN_INK2,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE},
                    digit);
    sheet->ground = before;
}

void frame_draw_steps(Sheet *sheet, int current)
{
    if (sheet->large || sheet->landscape) {
        draw_step_bars(sheet, current);
        return;
    }
    for (int i = 0; i < STEPS; i++) {
        double x = 39.6 + i * 47.2, y = 41;
        if (i > 0)
            sheet_draw_line(sheet, x - 40.1, y, x - 7.1, y, i < current ? TOKEN_RED : TOKEN_EDGE,
                            i < current ? 0.6 : 0.4);
        draw_step_dot(sheet, x, y, i + 1, current);
        sheet_draw_text(sheet, (Box){x - 23.6, 47.8, 47.2, 10},
                        (Type){.size = SIZE_SMALL,
                               .bold = i + 1 == current,
                               .colour = i + 1 == current ? TOKEN_INK : TOKEN_INK2,
                               .align = ALIGN_CENTRE,
                               .lines = 1},
                        sheet_say(sheet, step_keys[i], NULL));
    }
}

double frame_say_top(const Sheet *sheet)
{
    if (sheet->landscape)
        return sheet->large ? 53 : 56;
    return sheet->large ? 60 : 64;
}

double frame_chip_top(const Sheet *sheet)
{
    if (sheet->landscape)
        return sheet->large ? 33.5 : 36;
    return sheet->large ? 37.4 : 40.2;
}

Box frame_say_column(const Sheet *sheet)
{
    return (Box){sheet->say_x, 33, sheet->say_w, sheet->landscape ? 183 : 72};
}

double frame_draw_say(Sheet *sheet, double top, const char *heading, const char *lead)
{
    Box column = frame_say_column(sheet);
    sheet_speak(sheet, heading);
    sheet_speak(sheet, lead);
    double bottom = sheet->landscape ? 222 : 366;
    Box box = {column.x, top, column.w, bottom - top};
    double height =
        sheet_draw_text(sheet, box, (Type){.size = SIZE_TITLE, .balanced = TRUE}, heading);
    box.y += height + (sheet->large ? 1 : 3);
    box.h = bottom - box.y;
    return box.y +
           sheet_draw_text(sheet, box,
                           (Type){.size = SIZE_LEAD, .colour = TOKEN_INK2, .balanced = TRUE}, lead);
}

Box frame_work(const Sheet *sheet, double top)
{
    return sheet->landscape ? (Box){184, 36, 276, 144} : (Box){16, top, 236, 366 - top};
}

Box frame_picture(const Sheet *sheet, double top)
{
    return sheet->landscape ? (Box){16, top, 150, 220 - top} : (Box){16, top, 236, 188 - top};
}

Box frame_primary(const Sheet *sheet, int secondaries)
{
    if (!sheet->landscape)
        return (Box){16, 370, 236, 26};
    double beside = 64 + THEME_GAP;
    if (secondaries == 0)
        return (Box){184, 188, 276, 26};
    return (Box){184 + beside, 188, 276 - secondaries * beside, 26};
}

Box frame_secondary(const Sheet *sheet, int index, int count)
{
    if (sheet->landscape) /* beside the primary: the first before it, others behind */
        return (Box){index == 0 ? 184 : 460 - (count - index) * (64 + THEME_GAP) + THEME_GAP, 188,
                     64, 26};
    double width = (236 - (count - 1) * THEME_GAP) / count;
    return (Box){16 + index * (width + THEME_GAP), 400, width, 18};
}

Box frame_hint(const Sheet *sheet)
{
    (void)sheet;
    return (Box){16, 400, 236, 18};
}

static int count_offered(const Sheet *sheet, const Choice *choices)
{
    int count = 0;
    for (int i = 0; i < 3 && choices[i].action; i++)
        count += sheet_offers(sheet, choices[i].action, -1);
    return count;
}

/* The narrow buttons of a lying panel have the words of large text. */
static const char *say_choice(Sheet *sheet, const char *key)
{
    g_autofree char *brief = g_strconcat(key, ".large", NULL);
    gboolean narrow = sheet->landscape && texts_has(sheet->place->texts, sheet->view->language, brief);
    return sheet_say(sheet, narrow ? brief : key, NULL);
}

/* On a lying panel icon and word stand beside one another, unless a word of the row is too long. */
static gboolean are_stacked(Sheet *sheet, const Choice *choices, int count)
{
    for (int i = 0; i < 3 && choices[i].action && sheet->landscape; i++)
        if (sheet_offers(sheet, choices[i].action, -1) &&
            !component_fits_beside(sheet, frame_secondary(sheet, 0, count),
                                   say_choice(sheet, choices[i].key)))
            return TRUE;
    return FALSE;
}

static void draw_choices(Sheet *sheet, const Choice *choices, int count)
{
    gboolean stacked = are_stacked(sheet, choices, count);
    for (int i = 0, place = 0; i < 3 && choices[i].action; i++) {
        Action action = {choices[i].action, -1};
        if (!view_offers(sheet->view, action))
            continue;
        component_draw_secondary(sheet, frame_secondary(sheet, place++, count), choices[i].icon,
                                 say_choice(sheet, choices[i].key), action, stacked);
    }
}

void frame_draw_bottom(Sheet *sheet, const Bottom *bottom)
{
    int count = count_offered(sheet, bottom->choices);
    Box box = frame_primary(sheet, count);
    gboolean pressable = bottom->text && component_draw_primary(sheet, box, bottom->icon,
                                                                bottom->text, bottom->primary);
    if (sheet->landscape) /* what is read first is found first */
        draw_choices(sheet, bottom->choices, count);
    if (!pressable && bottom->wait)
        component_draw_waiting(sheet, box, bottom->wait_icon, bottom->wait, bottom->wait_right);
    if (!sheet->landscape)
        draw_choices(sheet, bottom->choices, count);
    if (!bottom->hint || count > 0)
        return;
    if (!sheet->landscape)
        component_draw_hint(sheet, frame_hint(sheet), NULL, bottom->hint);
    else if (bottom->hint_beside)
        sheet_draw_text(sheet, (Box){16, 183, 150, 36},
                        (Type){.size = SIZE_BODY,
                               .colour = TOKEN_INK2,
                               .middle = TRUE,
                               .balanced = TRUE},
                        bottom->hint);
}

/* What a line leaves blank above its hanzi or capitals. */
static double blank_above(const Sheet *sheet, Size size)
{
    double seen = 0.82 * sheet_em(sheet, size);
    return (sheet_line(sheet, size) - seen) / 2;
}

double frame_draw_display(Sheet *sheet, const char *heading, const char *lead)
{
    Box column = frame_say_column(sheet);
    sheet_speak(sheet, heading);
    sheet_speak(sheet, lead);
    double bottom = sheet->landscape ? 222 : 260;
    gboolean latin = sheet->view->language == LANGUAGE_EN;
    Size size = latin ? SIZE_DISPLAY_LATIN : SIZE_DISPLAY;
    if (sheet_count_lines(sheet, (Type){.size = size}, column.w, heading) > (latin ? 3 : 2))
        size = SIZE_TITLE;
    double top = frame_say_top(sheet) + blank_above(sheet, SIZE_TITLE) - blank_above(sheet, size);
    Box box = {column.x, top, column.w, bottom - top};
    box.y += sheet_draw_text(sheet, box, (Type){.size = size}, heading) + 3;
    box.h = bottom - box.y;
    return box.y +
           sheet_draw_text(sheet, box,
                           (Type){.size = SIZE_LEAD, .colour = TOKEN_INK2, .balanced = TRUE}, lead);
}

const char *frame_say_seconds(Sheet *sheet, int seconds)
{
    return seconds < 0 ? "" : sheet_say_number(sheet, "unit.seconds", "seconds", seconds);
}
