/* One thing that is wrong: a picture of the part with the place that is meant, and what to do. */
#include "ui/maintenance/maintenance.h"
#include "ui/scene.h"
#include <string.h>

#define GAP_MM 8
#define PICTURE_MM 92 /* at most */
#define PICTURE_LEAST_MM 34

static const struct {
    const char *check, *part, *place; /* place NULL: the part itself is meant */
} pictures[] = {
    {"printer.media", "mend-printer", "mend-tray"},
    {"printer.jam", "mend-printer", "mend-jam"},
    {"printer.door", "mend-printer", "mend-flap"},
    {"printer.supply", "mend-printer", "mend-toner"},
    {"printer.output", "mend-printer", "mend-outlet"},
    {"printer.reachable", "mend-printer", "mend-power"},
    {"printer.spooler", "mend-printer", "mend-queue"},
    {"printer.idle", "mend-printer", "mend-queue"},
    {"printer.", "mend-printer", "mend-panel"},
    {"reader.", "mend-reader", NULL},
    {"service.open", "mend-person", "mend-call"},
    {"service.", "mend-network", NULL},
    {"outbox.", "mend-network", NULL},
    {"clock.", "mend-clock", NULL},
    {"storage.", "mend-disk", "mend-full"},
    {"journal.", "mend-journal", "mend-fault"},
    {"document.", "mend-journal", "mend-fault"},
    {"stock.", "mend-booklets", "mend-load"},
    {"issuance.unsure", "mend-person", "mend-call"},
    {"issuance.", "mend-wait", NULL},
    {"cabinet.door", "mend-machine", "mend-cabinet"},
    {"cabinet.retract", "mend-bin", NULL},
    {"cabinet.", "mend-machine", "mend-slot"},
    {"about.machine", "mend-machine", NULL}, /* nothing is wrong with these */
    {"about.printer", "mend-printer", NULL},
    {"about.journal", "mend-journal", NULL},
    {"about.disk", "mend-disk", NULL},
    {"about.booklets", "mend-booklets", NULL},
    {"about.person", "mend-person", NULL},
    {"", "mend-person", "mend-call"},
};

void maintenance_draw_picture(Sheet *sheet, Box box)
{
    gsize i = 0;
    if (!*sheet->view->menu->picture || box.h < PICTURE_LEAST_MM)
        return;
    while (!g_str_has_prefix(sheet->view->menu->picture, pictures[i].check))
        i++;
    scene_draw_mend(sheet, box, pictures[i].part, pictures[i].place);
}

static Type step_type(void)
{
    return (Type){.size = SIZE_LEAD, .balanced = TRUE};
}

static gboolean has_step(const Sheet *sheet, gsize i)
{
    return texts_has(sheet->place->texts, sheet->view->language, sheet->view->menu->steps[i].key);
}

static double step_height(Sheet *sheet, double width, gsize i)
{
    const char *text = maintenance_say(sheet, &sheet->view->menu->steps[i]);
    double height =
        sheet_count_lines(sheet, step_type(), width - 24, text) * sheet_line(sheet, SIZE_LEAD);
    return MAX(height, 14);
}

static void draw_step(Sheet *sheet, Box box, int number, const char *text)
{
    char digit[8];
    Token before = sheet->ground;
    g_snprintf(digit, sizeof digit, "%d", number);
    sheet_fill_circle(sheet, box.x + 8, box.y + 7, 7, TOKEN_INK);
    sheet->ground = TOKEN_INK;
    sheet_draw_text(sheet, (Box){box.x + 1, box.y, 14, 14},
                    (Type){.size = SIZE_BODY,
                           .bold = TRUE,
                           .colour = TOKEN_PAPER,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE},
                    digit);
    sheet->ground = before;
    sheet_draw_text(sheet, (Box){box.x + 22, box.y + 0.5, box.w - 22, box.h + 1}, step_type(),
                    text);
}

/* Steps without a sentence are left out. The picture takes what room is left above them, in
 * landscape the column of the heading. */
void maintenance_draw_steps(Sheet *sheet, Box box, Box picture)
{
    const MenuView *menu = sheet->view->menu;
    double needed = 0;
    int number = 0;
    for (gsize i = 0; i < menu->n_steps; i++)
        if (has_step(sheet, i))
            needed += step_height(sheet, box.w, i) + GAP_MM;
    if (!sheet->landscape) {
        picture = box;
        picture.h = MIN(box.h - needed - GAP_MM, PICTURE_MM);
        box.y += picture.h >= PICTURE_LEAST_MM ? picture.h + GAP_MM : 0;
    }
    maintenance_draw_picture(sheet, picture);
    for (gsize i = 0; i < menu->n_steps; i++) {
        if (!has_step(sheet, i))
            continue;
        double height = step_height(sheet, box.w, i);
        draw_step(sheet, (Box){box.x, box.y, box.w, height}, ++number,
                  maintenance_say(sheet, &menu->steps[i]));
        box.y += height + GAP_MM;
    }
}
