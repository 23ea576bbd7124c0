/* The account of the booklets: a bar of parts, and what each of them is. */
#include "ui/maintenance/maintenance.h"

#define PAD_MM 8.0
#define LYING_PAD_MM 6.0
#define BAR_MM 9.7
#define GAP_MM 0.7   /* between the bar's parts */
#define LEAST_MM 1.3 /* of a part that is not empty */
#define SQUARE_MM 3.6
#define UPRIGHT_MM 66.0 /* what it takes without air */

/* Of the parts in their order: in stock, reserved, issued, spoiled, void, unsure, lost. */
static const Token colours[MENU_ACCOUNT_MAX] = {
    TOKEN_RED, TOKEN_EDGE, TOKEN_CHART_GONE, TOKEN_INK, TOKEN_INK2, TOKEN_CHART_OPEN, TOKEN_AMBER};

/* Without colours, every other part is hollow. */
static void draw_part(Sheet *sheet, Box box, gsize i)
{
    if (sheet->high && i % 2)
        sheet_stroke_box(sheet, box, 0.8, colours[i], 0.6, FALSE);
    else
        sheet_fill_box(sheet, box, 0.8, colours[i]);
}

/* Each as long as it is many, but none that is there vanishes; the longest gives what that takes.
 */
static void draw_parts(Sheet *sheet, Box box)
{
    const MenuAccount *account = &sheet->view->menu->account;
    double lengths[MENU_ACCOUNT_MAX] = {0}, spare = box.w;
    gsize longest = 0;
    for (gsize i = 0; i < account->n_parts; i++) {
        if (account->parts[i].value == 0)
            continue;
        lengths[i] = MAX(box.w * account->parts[i].value / MAX(account->sum, 1), LEAST_MM);
        spare -= lengths[i];
        longest = lengths[i] > lengths[longest] ? i : longest;
    }
    lengths[longest] += spare;
    for (gsize i = 0; i < account->n_parts; i++) {
        if (account->parts[i].value > 0)
            draw_part(sheet, (Box){box.x, box.y, lengths[i] - GAP_MM, box.h}, i);
        box.x += lengths[i];
    }
}

static const char *say_value(Sheet *sheet, gsize i)
{
    return sheet_keep(sheet, g_strdup_printf("%d", sheet->view->menu->account.parts[i].value));
}

static void draw_name(Sheet *sheet, Box box, gsize i)
{
    draw_part(sheet, (Box){box.x, box.y + (box.h - SQUARE_MM) / 2, SQUARE_MM, SQUARE_MM}, i);
    sheet_draw_text(sheet, (Box){box.x + SQUARE_MM + 1.8, box.y, box.w - SQUARE_MM - 2, box.h},
                    (Type){.size = SIZE_SMALL, .middle = TRUE, .lines = 1},
                    maintenance_say(sheet, &sheet->view->menu->account.parts[i].title));
}

/* Side by side, the number below its name. */
static void draw_upright(Sheet *sheet, Box box)
{
    gsize n = sheet->view->menu->account.n_parts;
    double w = box.w / (double)n;
    for (gsize i = 0; i < n; i++) {
        double x = box.x + w * (double)i;
        draw_name(sheet, (Box){x, box.y, w, 10}, i);
        sheet_draw_text(sheet, (Box){x, box.y + 10.5, w - 1, 16},
                        (Type){.size = SIZE_KEY, .bold = TRUE, .lines = 1}, say_value(sheet, i));
    }
}

/* In two columns, the number at the right of its name. */
static void draw_lying(Sheet *sheet, Box box)
{
    gsize n = sheet->view->menu->account.n_parts, lines = (n + 1) / 2;
    double w = (box.w - PAD_MM) / 2, h = MIN(box.h / (double)lines, 12);
    for (gsize i = 0; i < n; i++) {
        Box cell = {box.x + (double)(i / lines) * (w + PAD_MM), box.y + h * (double)(i % lines), w,
                    h};
        const char *value = say_value(sheet, i);
        Type type = {.size = SIZE_BODY, .bold = TRUE, .align = ALIGN_RIGHT, .middle = TRUE};
        double value_mm = sheet_measure_width(sheet, type, value) + 1;
        draw_name(sheet, (Box){cell.x, cell.y, w - value_mm, h}, i);
        sheet_draw_text(sheet, (Box){cell.x + w - value_mm, cell.y, value_mm, h}, type, value);
    }
}

double maintenance_account_height(const Sheet *sheet)
{
    double lines = (double)((sheet->view->menu->account.n_parts + 1) / 2);
    return sheet->landscape ? 42 + 12 * lines : 82;
}

void maintenance_draw_account(Sheet *sheet, Box box)
{
    const MenuAccount *account = &sheet->view->menu->account;
    double pad = sheet->landscape ? LYING_PAD_MM : PAD_MM;
    Box in = {box.x + pad, box.y + pad - 2, box.w - 2 * pad, 11};
    Token before = sheet->ground;
    sheet_fill_box(sheet, box, THEME_RADIUS_CARD, TOKEN_CARD);
    sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CARD, FALSE);
    sheet->ground = TOKEN_CARD;
    Type title = {.size = SIZE_SMALL, .bold = TRUE, .middle = TRUE, .lines = 1};
    Type loaded = {.size = SIZE_SMALL, .colour = TOKEN_INK2, .middle = TRUE, .lines = 1};
    sheet_draw_text(sheet, in, title, maintenance_say(sheet, &account->title));
    if (sheet->landscape)
        in.y += 10;
    else
        loaded.align = ALIGN_RIGHT;
    sheet_draw_text(sheet, in, loaded, maintenance_say(sheet, &account->loaded));
    double spare = sheet->landscape ? 0 : MAX(box.h - UPRIGHT_MM, 0) / 3;
    in.y += in.h + 3 + spare;
    draw_parts(sheet, (Box){in.x, in.y, in.w, sheet->landscape ? 7 : BAR_MM});
    in.y += sheet->landscape ? 9 : BAR_MM + 4 + spare;
    in.h = box.y + box.h - in.y - 2;
    if (sheet->landscape)
        draw_lying(sheet, in);
    else
        draw_upright(sheet, in);
    sheet->ground = before;
}
