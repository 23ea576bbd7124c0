#include "firmware/document/page.h"
#include "firmware/base/error.h"
#include <math.h>
#include <string.h>

#define COVER_PITCH_MM 3.2 /* seen as lines, not as grey, on a panel of 4 pixels a millimetre */
#define COVER_LINE_MM 0.35
#define COVER_RADIUS_MM 0.8
#define COVER_ABOVE_EM 1.05 /* of the baseline */
#define COVER_BELOW_EM 0.3

static void clear_line(gpointer placed)
{
    text_line_destroy(((PlacedLine *)placed)->line);
}

GArray *lines_create(void)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(PlacedLine));
    g_array_set_clear_func(lines, clear_line);
    return lines;
}

Page *page_create(PagePart part, const char *kind)
{
    Page *page = g_new0(Page, 1);
    page->part = part;
    page->kind = kind;
    page->lines = lines_create();
    return page;
}

static PlacedLine *place(GArray *lines, const TemplateItem *item, TextLine *line, double x_mm,
                         double y_mm)
{
    PlacedLine placed = {line, x_mm, y_mm, 0, FALSE, FALSE};
    double width_mm = text_line_width_mm(line);
    if (item->align == ALIGN_CENTRE)
        placed.x_mm -= width_mm / 2;
    if (item->align == ALIGN_RIGHT)
        placed.x_mm -= width_mm;
    g_array_append_val(lines, placed);
    return &g_array_index(lines, PlacedLine, lines->len - 1);
}

PlacedLine *lines_add(GArray *lines, const Document *document, const TemplateItem *item,
                      const char *text, gssize length, double x_mm, double y_mm)
{
    TextLine *line = text_line_create(document->engine, item->face, item->size_mm, item->spacing_mm,
                                      text, length);
    return place(lines, item, line, x_mm, y_mm);
}

PlacedLine *lines_add_fixed(GArray *lines, const Document *document, const TemplateItem *item,
                            const char *text, gssize length, double x_mm, double y_mm)
{
    TextLine *line = text_line_create_fixed(document->engine, item->face, item->size_mm,
                                            item->spacing_mm, text, length);
    return place(lines, item, line, x_mm, y_mm);
}

PlacedLine *lines_add_piece(GArray *lines, const TemplateItem *item, const Flow *flow,
                            const WrapPiece *piece, double x_mm, double y_mm)
{
    return place(lines, item, flow_cut(flow, piece, item->size_mm), x_mm, y_mm);
}

void lines_add_item(GArray *lines, const Document *document, ItemId id)
{
    const TemplateItem *item = &document->template->items[id];
    lines_add_fixed(lines, document, item, item->text, -1, item->x_mm, item->y_mm)->is_on_booklet =
        !item->is_preprinted;
}

void lines_draw(const GArray *lines, const Drawing *drawing)
{
    cairo_t *cr = drawing->cr;
    ink_set_black(cr);
    for (guint i = 0; i < lines->len; i++) {
        const PlacedLine *placed = &g_array_index(lines, PlacedLine, i);
        double size_mm = text_line_size_mm(placed->line);
        if (placed->is_on_booklet && !drawing->with_booklet)
            continue;
        if (placed->is_personal && drawing->is_covered)
            draw_cover(cr, placed->x_mm, placed->y_mm - COVER_ABOVE_EM * size_mm,
                       text_line_width_mm(placed->line),
                       (COVER_ABOVE_EM + COVER_BELOW_EM) * size_mm);
        else
            text_line_draw(placed->line, cr, placed->x_mm, placed->y_mm, placed->angle);
    }
}

void draw_box(cairo_t *cr, double x_mm, double y_mm, double width_mm, double height_mm,
              double line_mm)
{
    cairo_rectangle(cr, x_mm, y_mm, width_mm, height_mm);
    ink_stroke(cr, line_mm);
}

void path_line(cairo_t *cr, double x0_mm, double y0_mm, double x1_mm, double y1_mm)
{
    cairo_move_to(cr, x0_mm, y0_mm);
    cairo_line_to(cr, x1_mm, y1_mm);
}

void draw_line(cairo_t *cr, double x0_mm, double y0_mm, double x1_mm, double y1_mm, double line_mm)
{
    path_line(cr, x0_mm, y0_mm, x1_mm, y1_mm);
    ink_stroke(cr, line_mm);
}

/* Only a screen ever shows it: never ink. */
void draw_cover(cairo_t *cr, double x_mm, double y_mm, double width_mm, double height_mm)
{
    double r = COVER_RADIUS_MM, right = x_mm + width_mm, bottom = y_mm + height_mm;
    cairo_save(cr);
    cairo_new_path(cr);
    cairo_arc(cr, right - r, y_mm + r, r, -G_PI_2, 0);
    cairo_arc(cr, right - r, bottom - r, r, 0, G_PI_2);
    cairo_arc(cr, x_mm + r, bottom - r, r, G_PI_2, G_PI);
    cairo_arc(cr, x_mm + r, y_mm + r, r, G_PI, 3 * G_PI_2);
    cairo_close_path(cr);
    cairo_clip(cr);
    cairo_set_source_rgb(cr, 0xe4 / 255.0, 0xda / 255.0, 0xcb / 255.0);
    cairo_paint(cr);
    for (double d = COVER_PITCH_MM / 2; d < width_mm + height_mm; d += COVER_PITCH_MM) {
        cairo_move_to(cr, x_mm + d, y_mm);
        cairo_line_to(cr, x_mm + d - height_mm, bottom);
    }
    cairo_set_source_rgb(cr, 0x8f / 255.0, 0x7c / 255.0, 0x70 / 255.0);
    ink_stroke(cr, COVER_LINE_MM);
    cairo_restore(cr);
}

gboolean pages_refuse(GError **error, const char *member, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "record: %s: %s", member, reason);
    return FALSE;
}
