#include "ui/scene.h"

/* A shape of a picture is the same drawing wherever it is met. */
static void mark(Sheet *sheet, const PictureShape *shape)
{
    double left, top, right, bottom;
    cairo_path_extents(sheet->cr, &left, &top, &right, &bottom);
    guint64 hash = mark_hash(MARK_SEED, &shape, sizeof shape);
    sheet_mark(sheet, (Box){left, top, right - left, bottom - top},
               MAX(shape->width_mm, THEME_STROKE_HIGH),
               mark_hash(hash, &sheet->high, sizeof sheet->high));
}

/* Fills and strokes one layer; in high contrast only lines are left. */
static void draw_layer(const PictureShape *shape, gpointer context)
{
    Sheet *sheet = context;
    cairo_t *cr = sheet->cr;
    Token line = shape->line;
    double width = shape->width_mm;
    if (shape->text) {
        Token before = sheet->ground;
        sheet->ground = sheet->high ? TOKEN_PAPER : TOKEN_RED;
        double em = shape->width_mm;
        sheet_draw_text(sheet, (Box){shape->x - 40, shape->y - em, 80, 2 * em},
                        (Type){.size = shape->serif ? SIZE_TITLE : SIZE_BODY,
                               .bold = TRUE,
                               .colour = sheet->high ? TOKEN_INK : shape->fill,
                               .align = ALIGN_CENTRE,
                               .middle = TRUE,
                               .paper = TRUE,
                               .em_mm = em},
                        shape->text);
        sheet->ground = before;
        return;
    }
    mark(sheet, shape);
    if (sheet->high && shape->fill == TOKEN_INK && !line) {
        line = TOKEN_INK; /* a black thing keeps its outline */
        width = THEME_STROKE_HIGH;
    }
    if (shape->fill) {
        sheet_set_colour(sheet, sheet->high ? TOKEN_PAPER : shape->fill);
        cairo_fill_preserve(cr);
    }
    if (line) {
        /* arrows and waves keep their colour, things are white */
        sheet_set_colour(sheet, sheet->high && line != TOKEN_RED ? TOKEN_INK : line);
        cairo_set_line_width(cr, sheet->high ? MAX(width, THEME_STROKE_HIGH) : width);
        cairo_set_dash(cr, shape->dashes, (int)shape->n_dashes, 0);
        cairo_stroke_preserve(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    cairo_new_path(cr);
}

static void draw(Sheet *sheet, const char *name, double x, double y, double scale, double degrees)
{
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, x, y);
    cairo_rotate(sheet->cr, degrees * G_PI / 180);
    cairo_scale(sheet->cr, scale, scale);
    cairo_set_line_cap(sheet->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(sheet->cr, CAIRO_LINE_JOIN_ROUND);
    pictures_walk(sheet->place->pictures, sheet->cr, name, draw_layer, sheet);
    cairo_restore(sheet->cr);
}

/* From here until leave(), the scene's own w x h millimetres are fitted into `box`. */
static void enter_up_to(Sheet *sheet, Box box, double w, double h, double most)
{
    double scale = MIN(MIN(box.w / w, box.h / h), most);
    sheet->in_scene = TRUE;
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, box.x + (box.w - w * scale) / 2, box.y + (box.h - h * scale) / 2);
    cairo_scale(sheet->cr, scale, scale);
}

static void enter(Sheet *sheet, Box box, double w, double h)
{
    enter_up_to(sheet, box, w, h, 1.0);
}

static void leave(Sheet *sheet)
{
    sheet->in_scene = FALSE;
    cairo_restore(sheet->cr);
}

static void draw_ground(Sheet *sheet, double x, double y, double rx, double ry)
{
    cairo_t *cr = sheet->cr;
    if (sheet->high)
        return;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, rx, ry);
    sheet_fill_circle(sheet, 0, 0, 1, TOKEN_SUNK);
    cairo_restore(cr);
}

static void draw_badge(Sheet *sheet, double x, double y, double radius, ChipKind kind,
                       const char *icon)
{
    Token ink, ground;
    component_chip_colours(kind, &ink, &ground);
    gboolean solid = kind == CHIP_OK && !sheet->high;
    sheet_fill_circle(sheet, x, y, radius + 1.2, TOKEN_PAPER);
    sheet_fill_circle(sheet, x, y, radius, solid ? ink : ground);
    if (sheet->high)
        sheet_stroke_circle(sheet, x, y, radius, TOKEN_EDGE, 1.2);
    sheet_draw_icon(sheet, icon, x, y, radius * 1.25, solid ? ground : ink);
}

#define POINTER 0.36 /* of the picture's arrow */

/* Where things are on the machine: the words of kiosk.conf on a front of 44 x 64. */
static const struct {
    const char *word;
    double x, y;
} spots[] = {
    {"below", 22, 54}, {"below-left", 11.5, 54}, {"below-right", 32.5, 54},
    {"left", 5.5, 24}, {"right", 38.5, 24},
};

/* The machine from the front, small, with the one place that is meant now: where kiosk.conf says.
 */
static void draw_machine(Sheet *sheet, double x, double y, const char *word, gboolean is_slot)
{
    guint i = 0;
    while (i + 1 < G_N_ELEMENTS(spots) && g_strcmp0(spots[i].word, word))
        i++;
    gboolean beside = spots[i].y < 40; /* a slot beside the screen stands upright */
    double w = is_slot ? (beside ? 3.6 : 11) : 7.5, h = is_slot ? (beside ? 11 : 3.6) : 7.5;
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, x, y);
    draw(sheet, "machine-front", 0, 0, 1, 0);
    sheet_fill_box(sheet, (Box){spots[i].x - w / 2, spots[i].y - h / 2, w, h}, 1.6, TOKEN_RED);
    draw(sheet, "arrow", spots[i].x, spots[i].y - h / 2 - 2.2 - 38 * POINTER, POINTER, 0);
    cairo_restore(sheet->cr);
}

void scene_draw_attract(Sheet *sheet, Box box)
{
    const double w = 236, h = 126, table = 121.8;
    double scale = MIN(MIN(box.w / w, box.h / h), 1.0);
    double y = box.y + (box.h - h * scale) / 2 + table * scale;
    enter(sheet, box, w, h);
    draw_ground(sheet, 118, 63.6, 116, 60);
    leave(sheet);
    sheet_draw_line(sheet, sheet->landscape ? box.x : 0, y, sheet->landscape ? box.x + box.w : 268,
                    y, TOKEN_EDGE, 0.8);
    enter(sheet, box, w, h);
    draw(sheet, "id-card", 22.5, 67.5, 1.06, -5);
    draw(sheet, "booklet", 127.6, 5.4, 1.116, 4);
    draw(sheet, "booklet-words", 127.6, 5.4, 1.116, 4);
    leave(sheet);
}

void scene_draw_card(Sheet *sheet, Box box, gboolean away)
{
    enter(sheet, box, 240, 220); /* the sleeve ends at 239.6 */
    draw_ground(sheet, 118, 118, 112, 93);
    draw(sheet, "reader", 18, 123.7, 1, 0);
    draw(sheet, "reader-waves", 18, 123.7, 1, 0);
    draw(sheet, "arrow", 118, away ? 128 : 91, 1, away ? 180 : 0);
    draw(sheet, "hand-back", 166, 58.7, 1, -90);
    draw(sheet, "id-card", 69.7, 15.7, 1.12, 0);
    draw(sheet, "hand-front", 166, 58.7, 1, -90);
    if (!away)
        draw_machine(sheet, 4, 10, sheet->place->reader_at, FALSE);
    leave(sheet);
}

void scene_draw_reading(Sheet *sheet, Box box)
{
    enter(sheet, box, 236, 178);
    draw_ground(sheet, 118, 89, 112, 84);
    draw(sheet, "reader", 18, 66, 1, 0);
    draw(sheet, "reader-card", 18, 66, 1, 0);
    draw(sheet, "reader-waves", 18, 4, 1, 0);
    leave(sheet);
}

void scene_draw_collect(Sheet *sheet, Box box)
{
    enter(sheet, box, 236, 212);
    draw_ground(sheet, 118, 112, 112, 93);
    draw(sheet, "slot", 22, 7.8, 1, 0);
    sheet_draw_text(sheet, (Box){38, 17, 160, 17},
                    (Type){.size = SIZE_BODY,
                           .bold = TRUE,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE,
                           .paper = TRUE,
                           .em_mm = 8.5},
                    sheet_say(sheet, "scene.slot", NULL));
    draw(sheet, "hand-back", 106, 133, 1, 0);
    cairo_save(sheet->cr);
    cairo_rectangle(sheet->cr, 0, 48.8, 236, 164);
    cairo_clip(sheet->cr);
    draw(sheet, "booklet", 82, 33.8, 1, 0);
    draw(sheet, "booklet-words", 82, 33.8, 1, 0);
    cairo_restore(sheet->cr);
    draw(sheet, "hand-front", 106, 133, 1, 0);
    draw(sheet, "arrow", 50, 97, 1, 0);
    draw(sheet, "arrow", 186, 97, 1, 0);
    draw_machine(sheet, 4, 144, sheet->place->slot_at, TRUE);
    leave(sheet);
}

void scene_draw_done(Sheet *sheet, Box box)
{
    enter(sheet, box, 236, 130);
    draw_ground(sheet, 118, 65, 112, 62);
    draw(sheet, "booklet", 81, 10, 1, 0);
    draw(sheet, "booklet-words", 81, 10, 1, 0);
    draw_badge(sheet, 154, 98, 15, CHIP_OK, "check");
    leave(sheet);
}

void scene_draw_closed(Sheet *sheet, Box box, const char *picture, const char *icon)
{
    enter(sheet, box, 204, 108);
    draw_ground(sheet, 102, 54, 100, 52);
    draw(sheet, picture, 57, 12, 1, 0);
    sheet_fill_circle(sheet, 140, 78, 18, TOKEN_AMBERT);
    sheet_stroke_circle(sheet, 140, 78, 18, TOKEN_AMBER, 1.3);
    sheet_draw_icon(sheet, icon, 140, 78, 22, TOKEN_AMBER);
    leave(sheet);
}

void scene_draw_window(Sheet *sheet, Box box, const char *number)
{
    enter(sheet, box, 204, 108);
    draw_ground(sheet, 102, 54, 100, 52);
    draw(sheet, "window", 42, 7, 1, 0);
    Token before = sheet->ground;
    sheet->ground = sheet->high ? TOKEN_PAPER : TOKEN_INK;
    sheet_draw_text(sheet, (Box){62, 8.5, 80, 22},
                    (Type){.size = SIZE_BODY,
                           .bold = TRUE,
                           .colour = sheet->high ? TOKEN_INK : TOKEN_ONRED,
                           .align = ALIGN_CENTRE,
                           .middle = TRUE,
                           .paper = TRUE,
                           .em_mm = 10},
                    number);
    sheet->ground = before;
    leave(sheet);
}

static void draw_booklet(Sheet *sheet, double x, const SceneBooklet *booklet)
{
    if (booklet->printable) {
        draw(sheet, "booklet", x - 25.4, 3.6, 0.7, 0);
        draw(sheet, "booklet-words-small", x - 25.4, 3.6, 0.7, 0);
        draw_badge(sheet, x + 22.7, 63.8, 7.7, CHIP_OK, "check");
    } else {
        draw(sheet, "ghost-booklet", x - 20.3, 13.8, 0.58, 0);
        draw_badge(sheet, x + 17.6, 65.8, 7.7, booklet->kind, booklet->icon);
    }
}

void scene_draw_booklets(Sheet *sheet, Box box, const SceneBooklet *booklets, gsize count)
{
    static const double places[][3] = {{118, 0, 0}, {78, 158, 0}, {118, 48, 188}};
    if (count == 1 && sheet->landscape) { /* alone in a narrow column: larger */
        enter_up_to(sheet, box, 112, 80, 1.4);
        draw_ground(sheet, 56, 42, 55, 32);
        draw_booklet(sheet, 56, &booklets[0]);
    } else {
        enter(sheet, box, 236, 78);
        draw_ground(sheet, 118, 42, 112, 32);
        for (gsize i = 0; i < MIN(count, 3); i++)
            draw_booklet(sheet, places[MIN(count, 3) - 1][i], &booklets[i]);
    }
    leave(sheet);
}

void scene_draw_mend(Sheet *sheet, Box box, const char *part, const char *place)
{
    enter(sheet, box, 236, 112);
    draw_ground(sheet, 118, 58, 112, 54);
    draw(sheet, part, 48, 8, 1, 0);
    if (place)
        draw(sheet, place, 48, 8, 1, 0);
    leave(sheet);
}
