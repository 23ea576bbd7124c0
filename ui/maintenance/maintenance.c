#include "ui/maintenance/maintenance.h"
#include "ui/frame.h"
#include <string.h>

static const struct {
    const char *icon, *key;
} bar[MENU_BAR_PAGES] = {
    {"home", "menu.bar.overview"}, {"book", "menu.bar.booklets"}, {"printer", "menu.bar.printer"},
    {"test", "menu.bar.tests"},    {"list", "menu.bar.log"},      {"gear", "menu.bar.settings"},
};

static double width_of(const Sheet *sheet)
{
    return sheet->landscape ? 476 : 268;
}

const char *maintenance_say(Sheet *sheet, const MenuText *text)
{
    if (!*text->key)
        return sheet_keep(sheet, g_strdup(text->value));
    return sheet_say(sheet, text->key, "value", text->value, "more", text->more, NULL);
}

static void draw_header(Sheet *sheet)
{
    const MenuView *menu = sheet->view->menu;
    double width = width_of(sheet);
    Token before = sheet->ground;
    sheet_fill_box(sheet, (Box){0, 0, width, 28}, 0, TOKEN_MHEAD);
    if (sheet->high)
        sheet_draw_line(sheet, 0, 28, width, 28, TOKEN_LINE, THEME_STROKE_HAIRLINE);
    sheet->ground = TOKEN_MHEAD;
    Type bold = {
        .size = SIZE_BODY, .bold = TRUE, .colour = TOKEN_ONMHEAD, .middle = TRUE, .lines = 1};
    Type small = {.size = SIZE_SMALL,
                  .colour = TOKEN_ONMHEAD,
                  .align = ALIGN_RIGHT,
                  .middle = TRUE,
                  .lines = 1};
    sheet_draw_icon(sheet, "lock", 20.5, 14, 9, TOKEN_ONMHEAD);
    const char *title = sheet_say(sheet, "menu.title", NULL);
    const char *role = menu->signed_in ? maintenance_say(sheet, &menu->role) : "";
    const char *line =
        menu->signed_in
            ? sheet_keep(sheet,
                         g_strjoin("\u2003", title,
                                   sheet_keep(sheet, g_strjoin(" ", role, menu->who, NULL)), NULL))
            : title;
    const char *left = "";
    if (sheet->view->seconds_left >= 0) {
        char clock[16];
        g_snprintf(clock, sizeof clock, "%d:%02d", sheet->view->seconds_left / 60,
                   sheet->view->seconds_left % 60);
        left =
            sheet_say(sheet, menu->signed_in ? "menu.leaves" : "menu.returns", "time", clock, NULL);
    }
    double left_mm = sheet_measure_width(sheet, small, left) + 1;
    sheet_draw_text(sheet, (Box){29, 2, width - 29 - 20 - left_mm, 24}, bold, line);
    sheet_draw_text(sheet, (Box){width - 16 - left_mm, 2, left_mm, 24}, small, left);
    sheet->ground = before;
}

static ChipKind chip_kind(MenuRowState state)
{
    static const ChipKind kinds[] = {CHIP_NEUTRAL, CHIP_UNKNOWN, CHIP_OK,
                                     CHIP_WARN,    CHIP_BAD,     CHIP_NEUTRAL};
    return kinds[(guint)state < G_N_ELEMENTS(kinds) ? state : 0];
}

static const char *chip_icon(MenuRowState state)
{
    static const char *const icons[] = {"none", "help", "check", "warn", "cross", "none"};
    return icons[(guint)state < G_N_ELEMENTS(icons) ? state : 0];
}

/* Right of the chip, where there is room. */
static void draw_side(Sheet *sheet, double left, double top)
{
    const char *side = maintenance_say(sheet, &sheet->view->menu->side);
    Type small = {.size = SIZE_SMALL,
                  .colour = TOKEN_INK2,
                  .align = ALIGN_RIGHT,
                  .middle = TRUE,
                  .lines = 1};
    double room = 16 + sheet->say_w - left;
    if (*side && sheet_measure_width(sheet, small, side) <= room)
        sheet_draw_text(sheet, (Box){left, top, room, component_chip_height(sheet)}, small, side);
}

/* The chip of the page, its heading and lead; gives where they end. */
static double draw_say(Sheet *sheet)
{
    const MenuView *menu = sheet->view->menu;
    const char *chip = maintenance_say(sheet, &menu->chip);
    double top = sheet->landscape ? 36 : 38;
    if (*chip) {
        component_draw_chip(sheet, 16, top, chip_kind(menu->chip_state),
                            chip_icon(menu->chip_state), chip);
        draw_side(sheet, 16 + component_measure_chip(sheet, chip) + 4, top);
        top += 20;
    }
    const char *notice = maintenance_say(sheet, &menu->notice);
    double end = frame_draw_say(sheet, top, maintenance_say(sheet, &menu->heading),
                                *notice ? "" : maintenance_say(sheet, &menu->lead));
    if (!*notice)
        return end;
    Token ink, ground, before = sheet->ground;
    component_chip_colours(chip_kind(menu->notice_state), &ink, &ground);
    double width = sheet->say_w;
    Type type = {.size = SIZE_BODY, .bold = TRUE, .colour = ink, .middle = TRUE};
    double lines = sheet_count_lines(sheet, type, width - 20, notice);
    Box box = {16, end + 2, width, lines * sheet_line(sheet, SIZE_BODY) + 5};
    sheet_fill_box(sheet, box, THEME_RADIUS_CHIP, ground);
    if (sheet->high)
        sheet_stroke_box(sheet, box, THEME_RADIUS_CHIP, TOKEN_EDGE, 0.6, FALSE);
    sheet->ground = ground;
    sheet_draw_icon(sheet, chip_icon(menu->notice_state), 23, box.y + box.h / 2, 8, ink);
    sheet_draw_text(sheet, (Box){31, box.y, width - 20, box.h}, type, notice);
    sheet->ground = before;
    return box.y + box.h;
}

static void draw_bar(Sheet *sheet)
{
    const MenuView *menu = sheet->view->menu;
    double top = sheet->landscape ? 235 : 430, height = sheet->landscape ? 20 : 25;
    double rule = sheet->landscape ? 226 : 426;
    double width = sheet->landscape ? 44 : 36.8, gap = 3;
    int current = (int)menu->bar;
    sheet_draw_line(sheet, 0, rule, width_of(sheet), rule, TOKEN_LINE, THEME_STROKE_HAIRLINE);
    for (int i = 0; menu->signed_in && i < MENU_BAR_PAGES; i++) {
        Action action = {ACTION_MENU, i + 1};
        Box box = {16 + i * (width + gap), top, width, height};
        gboolean here = current == i + 1, offered = view_offers(sheet->view, action);
        if (!offered)
            continue;
        gboolean on = here || (sheet->high && sheet_is_pressed(sheet, action));
        Token fill = on ? TOKEN_INK : sheet_is_pressed(sheet, action) ? TOKEN_SHADE : TOKEN_SUNK;
        Token ink = on ? TOKEN_PAPER : TOKEN_INK, before = sheet->ground;
        sheet_fill_box(sheet, box, THEME_RADIUS_UTILITY, fill);
        if (sheet->high)
            sheet_stroke_box(sheet, box, THEME_RADIUS_UTILITY, TOKEN_EDGE, THEME_STROKE_HIGH,
                             FALSE);
        sheet->ground = fill;
        Type type = {
            .size = SIZE_SMALL, .colour = ink, .align = ALIGN_CENTRE, .middle = TRUE, .lines = 1};
        double icon_mm = sheet->landscape ? 0 : 9;
        if (icon_mm > 0)
            sheet_draw_icon(sheet, bar[i].icon, box.x + box.w / 2, box.y + 7.9, icon_mm, ink);
        sheet_draw_text(sheet, icon_mm > 0 ? (Box){box.x + 0.5, box.y + 12.6, box.w - 1, 12} : box,
                        type, sheet_say(sheet, bar[i].key, NULL));
        sheet->ground = before;
        sheet_add_target(sheet, box, action, TARGET_UTILITY, sheet_say(sheet, bar[i].key, NULL));
    }
}

static void draw_foot(Sheet *sheet)
{
    Type small = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE, .lines = 1};
    const char *machine = sheet_say(sheet, "foot.machine", NULL);
    Box box = sheet->landscape ? (Box){340, 235, 120, 20} : (Box){16, 457, 236, 15};
    small.align = ALIGN_RIGHT;
    draw_bar(sheet);
    sheet_draw_text(sheet, box, small, machine);
    small.align = ALIGN_LEFT;
    if (!sheet->landscape && *sheet->view->menu->version)
        sheet_draw_text(sheet, box, small,
                        sheet_say(sheet, "foot.version", "value", sheet->view->menu->version, NULL));
}

/* Pager of the table: earlier and later rows. */
static void draw_pager(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    gboolean narrow = box.w < 200; /* then which page it is stands above */
    double w = (box.w - 2 * THEME_GAP) / 3;
    char page[16], pages[16];
    g_snprintf(page, sizeof page, "%d", menu->row_page + 1);
    g_snprintf(pages, sizeof pages, "%d", menu->row_pages);
    Box middle = narrow ? (Box){box.x, box.y - 12, box.w, 11}
                        : (Box){box.x + w + THEME_GAP, box.y, w, box.h};
    sheet_draw_text(sheet, middle,
                    (Type){.size = SIZE_SMALL,
                           .colour = TOKEN_INK2,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE,
                           .lines = 1},
                    sheet_say(sheet, "menu.rows.page", "value", page, "more", pages, NULL));
    w = narrow ? (box.w - THEME_GAP) / 2 : w;
    component_draw_secondary(sheet, (Box){box.x, box.y, w, box.h}, "left",
                             sheet_say(sheet, "menu.rows.previous", NULL),
                             (Action){ACTION_PREVIOUS_PAGE, -1}, FALSE);
    component_draw_secondary(sheet, (Box){box.x + box.w - w, box.y, w, box.h}, "right",
                             sheet_say(sheet, "menu.rows.next", NULL),
                             (Action){ACTION_NEXT_PAGE, -1}, FALSE);
}

#define BEHIND_MM 54.0 /* each of two buttons behind the primary of a lying panel */

/* As on every screen, but of three buttons the two behind a lying panel's primary are narrower. */
static Box place_primary(const Sheet *sheet, int secondaries)
{
    Box box = frame_primary(sheet, secondaries);
    if (sheet->landscape && secondaries > 2)
        box.w = 460 - 2 * (BEHIND_MM + THEME_GAP) - box.x;
    return box;
}

static Box place_secondary(const Sheet *sheet, int index, int count)
{
    Box box = frame_secondary(sheet, index, count);
    if (sheet->landscape && count > 2 && index > 0)
        box = (Box){460 - (count - index) * (BEHIND_MM + THEME_GAP) + THEME_GAP, box.y, BEHIND_MM,
                    box.h};
    return box;
}

/* What is decided by people: each way as good as the other, none of them red. */
static void draw_verdicts(Sheet *sheet, Box box)
{
    const MenuView *menu = sheet->view->menu;
    double w = (box.w + THEME_GAP) / (double)menu->n_choices - THEME_GAP;
    gboolean stacked = FALSE;
    for (gsize i = 0; sheet->landscape && i < menu->n_choices; i++)
        stacked = stacked ||
                  !component_fits_beside(sheet, (Box){box.x, box.y, w, box.h},
                                         maintenance_say(sheet, &menu->choices[i].text));
    for (gsize i = 0; i < menu->n_choices; i++, box.x += w + THEME_GAP)
        component_draw_secondary(sheet, (Box){box.x, box.y, w, box.h},
                                 menu->choices[i].two_people ? "users" : menu->choices[i].icon,
                                 maintenance_say(sheet, &menu->choices[i].text),
                                 menu->choices[i].action, stacked);
}

/* What stands in the places of primary and secondary buttons. */
static void draw_buttons(Sheet *sheet)
{
    const MenuView *menu = sheet->view->menu;
    struct {
        Action action;
        const char *icon, *text;
    } seconds[4];
    int count = 0;
    gboolean asks = view_offers(sheet->view, (Action){ACTION_CONFIRM, -1});
    gboolean enters = menu->entry != MENU_ENTRY_NONE && menu->entry != MENU_ENTRY_CHOICE;
    gboolean verdict = menu->page == MENU_PAGE_CASE && menu->n_choices > 0;
    for (gsize i = 1; !verdict && i < menu->n_choices && count < 3; i++, count++) {
        seconds[count].action = menu->choices[i].action;
        seconds[count].icon = menu->choices[i].two_people ? "users" : menu->choices[i].icon;
        seconds[count].text = maintenance_say(sheet, &menu->choices[i].text);
    }
    gboolean back = view_offers(sheet->view, (Action){ACTION_BACK, -1});
    if (back || view_offers(sheet->view, (Action){ACTION_FINISH, -1})) {
        seconds[count].action = (Action){back ? ACTION_BACK : ACTION_FINISH, -1};
        seconds[count].icon = back ? "back" : "exit";
        seconds[count++].text = sheet_say(sheet, back ? "action.back" : "menu.leave", NULL);
    }
    Box primary = place_primary(sheet, count);
    if (menu->working)
        component_draw_waiting(sheet, primary, "wait",
                               menu->percent < 0 ? sheet_say(sheet, "menu.wait", NULL)
                                                 : maintenance_say(sheet, &menu->done),
                               maintenance_say(sheet, &menu->left));
    else if (asks)
        component_draw_primary(sheet, primary, menu->two_people ? "users" : NULL, sheet_say(sheet, "menu.yes", NULL),
                               (Action){ACTION_CONFIRM, -1});
    else if (enters &&
             !component_draw_primary(sheet, primary, NULL,
                                     sheet_say(sheet,
                                               menu->signed_in || menu->entry != MENU_ENTRY_SECRET
                                                   ? "menu.next"
                                                   : "menu.enter",
                                               NULL),
                                     (Action){ACTION_SUBMIT, -1}))
        component_draw_waiting(sheet, primary, "hand", sheet_say(sheet, "menu.type", NULL), "");
    else if (verdict)
        draw_verdicts(sheet, primary);
    else if (menu->n_choices > 0)
        component_draw_primary(sheet, primary,
                               menu->choices[0].two_people ? "users" : menu->choices[0].icon,
                               maintenance_say(sheet, &menu->choices[0].text),
                               menu->choices[0].action);
    gboolean stacked = FALSE; /* all of a row alike */
    for (int i = 0; i < count; i++)
        stacked = stacked || (sheet->landscape &&
                              !component_fits_beside(sheet, place_secondary(sheet, i, count),
                                                     seconds[i].text));
    for (int i = 0; i < count; i++)
        component_draw_secondary(sheet, place_secondary(sheet, i, count), seconds[i].icon,
                                 seconds[i].text, seconds[i].action, stacked);
}

static void draw_body(Sheet *sheet, double end)
{
    const MenuView *menu = sheet->view->menu;
    Box work = sheet->landscape ? (Box){184, 36, 276, 146} : (Box){16, MAX(end + 8, 110), 236, 0};
    if (!sheet->landscape)
        work.h = 364 - work.y;
    if (menu->entry != MENU_ENTRY_NONE && menu->entry != MENU_ENTRY_CHOICE) {
        Box shown = sheet->landscape ? (Box){16, MAX(end + 4, 130), 150, 25}
                                     : (Box){16, MAX(end + 6, 124), 236, 25};
        maintenance_draw_entry(sheet, shown, sheet->landscape ? work : (Box){16, 192, 236, 170});
        return;
    }
    if (menu->n_rows == 0 && (menu->n_steps > 0 || *menu->picture)) {
        maintenance_draw_steps(sheet, work, (Box){16, end + 6, 150, 216 - end});
        return;
    }
    if (menu->n_figures > 0) {
        Box figures = sheet->landscape ? (Box){16, MAX(end + 4, 120), 150, 98}
                                       : (Box){16, MAX(end + 6, 110), 236, 48};
        if (sheet->landscape)
            figures.h = MIN(figures.h, 222 - figures.y); /* above the bar */
        maintenance_draw_figures(sheet, figures);
    }
    gboolean pages = menu->row_pages > 1, account = menu->account.n_parts > 0;
    double top = *menu->columns[0].key && !account ? 177 : 190; /* rows within reach */
    if (account) {
        Box box = sheet->landscape ? (Box){16, end + 4, 150, 222 - end - 4}
                                   : (Box){16, MAX(end + 5, 104), 236, 0};
        box.h = sheet->landscape ? MIN(box.h, maintenance_account_height(sheet))
                                 : MAX(186 - box.y, 72);
        end = sheet->landscape ? end : box.y + box.h - 4;
        maintenance_draw_account(sheet, box);
    }
    Box table = sheet->landscape ? work : (Box){16, MAX(end + 8, top), 236, 0};
    if (!sheet->landscape)
        table.h = 364 - table.y;
    if (menu->n_figures == 0 && !account)
        maintenance_draw_picture(sheet, sheet->landscape
                                            ? (Box){16, end + 6, 150, (pages ? 178 : 216) - end}
                                            : (Box){16, end + 8, 236, table.y - end - 14});
    if (pages && sheet->landscape) {
        table.h -= account ? 20 : 0;
        draw_pager(sheet, account ? (Box){table.x, table.y + table.h + 2, table.w, 18}
                                  : (Box){16, 196, 150, 18});
    } else if (pages) {
        table.h -= 20;
        draw_pager(sheet, (Box){table.x, table.y + table.h + 3, table.w, 17});
    }
    maintenance_draw_table(sheet, table);
}

void maintenance_draw(Sheet *sheet)
{
    if (!sheet->view->menu)
        return;
    sheet->large = FALSE;
    if (maintenance_draw_panel(sheet))
        return;
    draw_header(sheet);
    sheet_speak(sheet, maintenance_say(sheet, &sheet->view->menu->heading));
    draw_body(sheet, draw_say(sheet));
    draw_buttons(sheet);
    draw_foot(sheet);
}
