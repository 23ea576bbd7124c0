#include "ui/screens/screens.h"
#include <string.h>

#define LEAF_W 167.0
#define LEAF_H 240.0

static const char *const kinds[] = {"title",          "rights",      "notes",
                                    "household-plan", "parcel-plan", NULL};

static const char *say_kind(Sheet *sheet, int page)
{
    const char *word = sheet->view->page_kinds[page];
    g_autofree char *key =
        g_strconcat("page.", word && g_strv_contains(kinds, word) ? word : "other", NULL);
    return sheet_say(sheet, key, NULL);
}

/* The page's picture, or one of its quarters, over the whole of `box`. */
static void draw_picture(Sheet *sheet, Box box)
{
    const PageImage *image = sheet->view->image;
    cairo_t *cr = sheet->cr;
    int zoom = CLAMP(sheet->view->zoom, 0, 4);
    double part = zoom ? 0.5 : 1, column = zoom ? (zoom - 1) % 2 : 0, row = zoom > 2 ? 1 : 0;
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data((guchar *)image->pixels, CAIRO_FORMAT_RGB24,
                                            image->width_px, image->height_px, image->stride);
    const gint64 looks[] = {image->serial, zoom};
    sheet_mark(sheet, box, 0, mark_hash(MARK_SEED, looks, sizeof looks));
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    cairo_translate(cr, box.x - column * box.w, box.y - row * box.h);
    cairo_scale(cr, box.w / (image->width_px * part), box.h / (image->height_px * part));
    cairo_set_source_surface(cr, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(surface);
}

static void draw_leaf(Sheet *sheet, Box box)
{
    for (int i = 2; i > 0; i--) {
        Box under = {box.x + 2 * i, box.y + 2 * i, box.w, box.h};
        sheet_fill_box(sheet, under, 1, i == 2 ? TOKEN_LINE : TOKEN_SHADE);
        sheet_stroke_box(sheet, under, 1, i == 2 ? TOKEN_LINE : TOKEN_EDGE, 0.4, FALSE);
    }
    sheet_mark(sheet, box, 0, MARK_SEED);
    cairo_set_source_rgb(sheet->cr, 1, 1, 1); /* paper is white in every contrast */
    sheet_trace_box(sheet, box, 1);
    cairo_fill(sheet->cr);
    if (sheet->view->image)
        draw_picture(sheet, box);
    sheet_stroke_box(sheet, box, 1, TOKEN_EDGE, THEME_STROKE_CONTROL, FALSE);
}

static void draw_counter(Sheet *sheet, Box box)
{
    char page[16];
    g_snprintf(page, sizeof page, "%d", sheet->view->page);
    Type figure = {.size = SIZE_PAGE, .bold = TRUE, .lines = 1};
    double width = sheet_measure_width(sheet, figure, page) + 2;
    sheet_draw_text(sheet, (Box){box.x, box.y, width, 22}, figure, page);
    sheet_draw_text(sheet,
                    (Box){box.x + width, box.y + 21 - sheet_line(sheet, SIZE_LEAD), box.w - width,
                          sheet_line(sheet, SIZE_LEAD)},
                    (Type){.size = SIZE_LEAD, .lines = 1},
                    sheet_say_number(sheet, "preview.of", "pages", sheet->view->pages));
}

/* The pages by name, around the current one. */
static void draw_names(Sheet *sheet, Box box)
{
    const View *view = sheet->view;
    double line = sheet_line(sheet, SIZE_BODY) + 2.4;
    int rows = MIN((int)(box.h / line), view->pages);
    int first = CLAMP(view->page - 1 - rows / 2, 0, MAX(view->pages - rows, 0));
    for (int i = 0; i < rows; i++) {
        int page = first + i;
        gboolean current = page + 1 == view->page;
        double y = box.y + i * line;
        char number[16];
        g_snprintf(number, sizeof number, "%d ", page + 1);
        sheet_fill_box(sheet, (Box){box.x, y, 1.6, line - 2}, 0, current ? TOKEN_RED : TOKEN_LINE);
        sheet_draw_text(sheet, (Box){box.x + 6, y, box.w - 6, line - 2},
                        (Type){.size = SIZE_BODY,
                               .bold = current,
                               .colour = current ? TOKEN_INK : TOKEN_INK2,
                               .middle = TRUE,
                               .lines = 1},
                        sheet_keep(sheet, g_strconcat(number, say_kind(sheet, page), NULL)));
    }
}

static void draw_button(Sheet *sheet, Box box, ActionId id, const char *icon, const char *key)
{
    const char *text = sheet_say(sheet, key, NULL);
    if (!component_draw_secondary(sheet, box, icon, text, (Action){id, -1}, TRUE))
        component_draw_disabled(sheet, box, icon, text);
}

static void draw_buttons(Sheet *sheet, Box first, double step_x, double step_y)
{
    const View *view = sheet->view;
    const char *zoom = view->zoom == 0  ? "preview.zoom"
                       : view->zoom < 4 ? "preview.zoom.next"
                                        : "preview.zoom.whole";
    const struct {
        ActionId id;
        const char *icon, *key;
    } buttons[] = {
        {ACTION_REVEAL, view->covered ? "eye" : "eyeoff",
         view->covered ? "preview.show" : "preview.cover"},
        {ACTION_ZOOM, "zoom", zoom},
        {ACTION_PREVIOUS_PAGE, "left", "preview.previous"},
        {ACTION_NEXT_PAGE, "right", "preview.next"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(buttons); i++)
        draw_button(sheet, (Box){first.x + i * step_x, first.y + i * step_y, first.w, first.h},
                    buttons[i].id, buttons[i].icon, buttons[i].key);
}

static void draw_portrait(Sheet *sheet)
{
    draw_leaf(sheet, (Box){16.5, 106, LEAF_W, LEAF_H});
    draw_counter(sheet, (Box){194, 105, 58, 22});
    draw_names(sheet, (Box){194, 131, 58, 59});
    draw_buttons(sheet, (Box){194, 192, 58, 37}, 0, 41.2);
}

static void draw_landscape(Sheet *sheet, double end)
{
    double width = 276, height = 186, button = (width - 3 * THEME_GAP) / 4;
    draw_leaf(sheet, (Box){24, 34, height * LEAF_W / LEAF_H, height});
    double top = MAX(end + 3, 96);
    if (top + 22 < 140) {
        draw_counter(sheet, (Box){184, top, 90, 22});
        draw_names(sheet, (Box){276, top, 184, 139 - top});
    }
    draw_buttons(sheet, (Box){184, 143, button, 37}, button + THEME_GAP, 0);
}

void screen_draw_preview(Sheet *sheet)
{
    gboolean covered = sheet->view->covered;
    if (sheet->landscape) {
        sheet->say_x = 184;
        sheet->say_w = 276;
    }
    frame_draw_steps(sheet, 3);
    double end =
        frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "preview.heading", NULL),
                       sheet_say(sheet, covered ? "preview.lead" : "preview.lead.shown", NULL));
    if (sheet->landscape)
        draw_landscape(sheet, end);
    else
        draw_portrait(sheet);
    frame_draw_bottom(sheet, &(Bottom){.primary = {ACTION_CONFIRM, -1},
                                       .icon = "printer",
                                       .text = sheet_say(sheet, "preview.confirm", NULL),
                                       .wait_icon = "wait",
                                       .wait = sheet_say(sheet, "preview.waiting", NULL),
                                       .choices = {{ACTION_BACK, "back", "preview.back"},
                                                   {ACTION_WRONG, "warn", "preview.wrong"}}});
}
