#include "ui/screens/screens.h"
#include <string.h>

#define LEAF_W 167.0
#define LEAF_H 240.0
#define OVERLAP_MM 10.0 /* of neighbouring quarters, on paper */

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
    int zoom = CLAMP(sheet->view->zoom, 0, VIEW_QUARTERS);
    double part = zoom ? (1 + OVERLAP_MM / LEAF_W) / 2 : 1, beyond = (1 - part) / part;
    int column = zoom ? (zoom - 1) % 2 : 0, row = zoom > 2;
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data((guchar *)image->pixels, CAIRO_FORMAT_RGB24,
                                            image->width_px, image->height_px, image->stride);
    const gint64 looks[] = {image->serial, zoom};
    sheet_mark(sheet, box, 0, mark_hash(MARK_SEED, looks, sizeof looks));
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    cairo_translate(cr, box.x - column * beyond * box.w, box.y - row * beyond * box.h);
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

static void draw_name(Sheet *sheet, Box box, gboolean current, const char *text)
{
    double line = sheet_line(sheet, SIZE_BODY);
    sheet_fill_box(sheet, (Box){box.x, box.y, 1.6, box.h}, 0, current ? TOKEN_RED : TOKEN_LINE);
    sheet_draw_text(sheet, (Box){box.x + 6, box.y + (box.h - line) / 2, box.w - 6, line},
                    (Type){.size = SIZE_BODY,
                           .bold = current,
                           .colour = current ? TOKEN_INK : TOKEN_INK2,
                           .lines = 1},
                    text);
}

static const char *say_name(Sheet *sheet, int page)
{
    char number[16];
    g_snprintf(number, sizeof number, "%d ", page + 1);
    return sheet_keep(sheet, g_strconcat(number, say_kind(sheet, page), NULL));
}

/* The pages by name, around the current one, with dots where there are more. */
static void draw_names(Sheet *sheet, Box box)
{
    const View *view = sheet->view;
    double line = sheet_line(sheet, SIZE_BODY);
    double step = CLAMP(box.h / MAX(view->pages, 1), line - 1.6, line + 2.4);
    int rows = MIN((int)(box.h / step + 0.01), view->pages);
    int first = CLAMP(view->page - 1 - rows / 2, 0, MAX(view->pages - rows, 0));
    for (int i = 0; i < rows; i++) {
        int page = first + i;
        gboolean current = page + 1 == view->page;
        gboolean more = (i == 0 && first > 0) || (i == rows - 1 && page + 1 < view->pages);
        draw_name(sheet, (Box){box.x, box.y + i * step, box.w, step - 2}, current,
                  more && !current ? "\u2026" : say_name(sheet, page));
    }
}

/* The page in small, with the quarter that is enlarged. */
static void draw_locator(Sheet *sheet, Box box)
{
    int quarter = CLAMP(sheet->view->zoom, 1, VIEW_QUARTERS) - 1;
    double w = box.h * LEAF_W / LEAF_H / 2, h = box.h / 2;
    sheet_fill_box(sheet, (Box){box.x, box.y, 2 * w, box.h}, 1, TOKEN_CARD);
    sheet_fill_box(sheet, (Box){box.x + quarter % 2 * w, box.y + quarter / 2 * h, w, h}, 0,
                   TOKEN_RED);
    sheet_draw_line(sheet, box.x + w, box.y, box.x + w, box.y + box.h, TOKEN_EDGE,
                    THEME_STROKE_HAIRLINE);
    sheet_draw_line(sheet, box.x, box.y + h, box.x + 2 * w, box.y + h, TOKEN_EDGE,
                    THEME_STROKE_HAIRLINE);
    sheet_stroke_box(sheet, (Box){box.x, box.y, 2 * w, box.h}, 1, TOKEN_EDGE,
                     THEME_STROKE_CONTROL, FALSE);
}

/* The page by name, and which quarter of it is there. */
static void draw_quarter(Sheet *sheet, Box box)
{
    double line = sheet_line(sheet, SIZE_BODY);
    char key[24];
    g_snprintf(key, sizeof key, "preview.quarter.%d", CLAMP(sheet->view->zoom, 1, VIEW_QUARTERS));
    const char *text = sheet_say(sheet, key, NULL);
    sheet_speak(sheet, text);
    double width = sheet->landscape ? box.w - 36 : box.w;
    draw_name(sheet, (Box){box.x, box.y, width, line + 0.4}, TRUE,
              say_name(sheet, sheet->view->page - 1));
    double below = line + 1 + sheet_draw_text(sheet,
                                              (Box){box.x + 6, box.y + line + 1, width - 6,
                                                    2 * line},
                                              (Type){.size = SIZE_BODY, .balanced = TRUE}, text);
    if (sheet->landscape)
        draw_locator(sheet, (Box){box.x + width + 4, box.y, 32, MIN(box.h - 2, 40)});
    else
        draw_locator(sheet, (Box){box.x + 6, box.y + below + 2, width - 6, box.h - below - 5});
}

static void draw_place(Sheet *sheet, Box box)
{
    if (sheet->view->zoom)
        draw_quarter(sheet, box);
    else
        draw_names(sheet, box);
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
    gboolean enlarged = view->zoom > 0;
    const struct {
        ActionId id;
        const char *icon, *key;
    } buttons[] = {
        {ACTION_REVEAL, view->covered ? "eye" : "eyeoff",
         view->covered ? "preview.show" : "preview.cover"},
        {ACTION_ZOOM, enlarged ? "sheet" : "zoom",
         enlarged ? "preview.zoom.whole" : "preview.zoom"},
        {ACTION_PREVIOUS_PAGE, "left", enlarged ? "preview.part.previous" : "preview.previous"},
        {ACTION_NEXT_PAGE, "right", enlarged ? "preview.part.next" : "preview.next"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(buttons); i++)
        draw_button(sheet, (Box){first.x + i * step_x, first.y + i * step_y, first.w, first.h},
                    buttons[i].id, buttons[i].icon, buttons[i].key);
}

static void draw_portrait(Sheet *sheet)
{
    draw_leaf(sheet, (Box){16.5, 106, LEAF_W, LEAF_H});
    draw_counter(sheet, (Box){194, 105, 58, 22});
    draw_place(sheet, (Box){194, 131, 58, 59});
    draw_buttons(sheet, (Box){194, 192, 58, 37}, 0, 41.2);
}

static void draw_landscape(Sheet *sheet, double end)
{
    double width = 276, height = 186, button = (width - 3 * THEME_GAP) / 4;
    draw_leaf(sheet, (Box){24, 34, height * LEAF_W / LEAF_H, height});
    double top = sheet->large ? end + 3 : MAX(end + 3, 96);
    if (top + 22 < 140) {
        draw_counter(sheet, (Box){184, top, 90, 22});
        draw_place(sheet, (Box){276, top, 184, 139 - top});
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
    const char *lead = sheet_say(sheet, covered ? "preview.lead" : "preview.lead.shown", NULL);
    double end = frame_draw_say(sheet, frame_say_top(sheet), sheet_say(sheet, "preview.heading", NULL),
                                sheet->large ? "" : lead);
    if (sheet->large) /* the page and its name need the room */
        sheet_speak(sheet, lead);
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
