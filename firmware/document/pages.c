#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include "firmware/document/page.h"
#include "firmware/document/plan_drawing.h"
#include "firmware/document/printable.h"
#include <math.h>
#include <string.h>

#define UM_PER_MM 1000.0

static void clear_page(gpointer page)
{
    page_destroy(page);
}

void page_destroy(Page *page)
{
    g_array_unref(page->lines);
    picture_unref(page->scan);
    plan_drawing_destroy(page->drawing);
    g_free(page);
}

/* Pages in the order in which the booklet takes them. */
static void sort_pages(Pages *pages)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    const PagePart *order = pages->document->template->order;
    for (int i = 0; order[i] != PART_UNKNOWN; i++)
        for (guint p = 0; p < pages->pages->len; p++)
            if (((const Page *)pages->pages->pdata[p])->part == order[i])
                g_ptr_array_add(sorted, pages->pages->pdata[p]);
    memcpy(pages->pages->pdata, sorted->pdata, sorted->len * sizeof *sorted->pdata);
}

static gboolean lay_out(Pages *pages, GError **error)
{
    gboolean owners_moved = FALSE;
    pages_add_title(pages);
    return pages_add_rights(pages, &owners_moved, error) &&
           pages_add_notes(pages, owners_moved, error) && pages_add_plans(pages, error);
}

Pages *pages_create(Document *document, Record *record, GError **error)
{
    if (!record_check_printable(document->engine, record, error))
        return NULL;
    g_autoptr(Pages) pages = g_new0(Pages, 1);
    pages->document = document;
    pages->record = record_ref(record);
    pages->pages = g_ptr_array_new_with_free_func(clear_page);
    pages->qr_place = QR_PLACE_PENDING;
    pages->issue_lines = lines_create();
    pages->booklet_lines = lines_create();
    SealWork *seal = seal_begin(pages);
    gboolean is_laid_out = lay_out(pages, error);
    if (!seal_end(pages, seal, error) || !is_laid_out)
        return NULL;
    if (pages->pages->len > LIMIT_PAGES) {
        pages_refuse(error, "plans", "%u pages, the booklet has %d", pages->pages->len,
                     LIMIT_PAGES);
        return NULL;
    }
    sort_pages(pages);
    return g_steal_pointer(&pages);
}

void pages_destroy(Pages *pages)
{
    if (!pages)
        return;
    g_ptr_array_unref(pages->pages);
    g_array_unref(pages->issue_lines);
    g_array_unref(pages->booklet_lines);
    picture_unref(pages->seal);
    symbol_destroy(pages->symbol);
    record_unref(pages->record);
    g_free(pages);
}

int pages_count(const Pages *pages)
{
    return (int)pages->pages->len;
}

static const Page *page_of(const Pages *pages, int page)
{
    if (page < 0 || page >= pages_count(pages))
        g_error("pages: no page %d of %d", page, pages_count(pages));
    return pages->pages->pdata[page];
}

const char *pages_kind(const Pages *pages, int page)
{
    return page_of(pages, page)->kind;
}

void pages_set_qr_place(Pages *pages, QrPlace place)
{
    pages->qr_place = place;
}

gboolean pages_set_issue(Pages *pages, const char *qr_text, const char *booklet, GError **error)
{
    QrText parts = {0};
    gboolean is_certificate = FALSE;
    if (qr_text) {
        Symbol *symbol = symbol_create(qr_text, error);
        if (!symbol)
            return FALSE;
        symbol_destroy(pages->symbol);
        pages->symbol = symbol;
        is_certificate = qr_text_parse(qr_text, &parts, NULL);
        g_array_set_size(pages->issue_lines, 0);
    }
    if (booklet)
        g_array_set_size(pages->booklet_lines, 0);
    title_add_issue(pages, is_certificate ? parts.identifier : NULL, booklet);
    return TRUE;
}

static void draw_diagonal(const Pages *pages, const Page *page, cairo_t *cr)
{
    static const NumberId shifts[PART_COUNT] = {
        [PART_UNKNOWN] = NUMBER_MARK_TITLE, [PART_TITLE] = NUMBER_MARK_TITLE,
        [PART_RIGHTS] = NUMBER_MARK_RIGHTS, [PART_NOTES] = NUMBER_MARK_NOTES,
        [PART_PLANS] = NUMBER_MARK_PLANS,
    };
    const Template *template = pages->document->template;
    double angle = -template->numbers[NUMBER_MARK_ANGLE];
    cairo_save(cr);
    ink_set_tint(cr, template->numbers[page->part == PART_PLANS ? NUMBER_MARK_LIGHTNESS_PLAN
                                                                : NUMBER_MARK_LIGHTNESS]);
    for (ItemId id = ITEM_MARK_DIAGONAL; id <= ITEM_MARK_DIAGONAL_LATIN; id++) {
        const TemplateItem *item = &template->items[id];
        g_autoptr(TextLine) line = text_line_create_fixed(
            pages->document->engine, item->face, item->size_mm, item->spacing_mm, item->text, -1);
        cairo_save(cr);
        cairo_translate(cr, item->x_mm, item->y_mm + template->numbers[shifts[page->part]]);
        cairo_rotate(cr, angle);
        text_line_draw(line, cr, -text_line_width_mm(line) / 2, 0, 0);
        cairo_restore(cr);
    }
    cairo_restore(cr);
}

/* What tells a trial sheet from a certificate. */
static void draw_marks(const Pages *pages, const Page *page, const Drawing *drawing)
{
    cairo_t *cr = drawing->cr;
    g_autoptr(GArray) lines = lines_create();
    const Document *document = pages->document;
    lines_add_item(lines, document, ITEM_MARK_FOOT);
    if (page->part == PART_PLANS) {
        const TemplateItem *mark = &document->template->items[ITEM_MARK_PLAN];
        ink_set_black(cr);
        draw_box(cr, mark->x_mm, mark->y_mm, mark->width_mm, mark->height_mm, mark->line_mm);
        lines_add_fixed(lines, document, mark, mark->text, -1, mark->x_mm + mark->width_mm / 2,
                        mark->y_mm + mark->height_mm / 2 + text_baseline_drop(mark->size_mm));
    }
    lines_draw(lines, drawing);
    draw_diagonal(pages, page, cr);
}

void apply_placement(const Placement *placement, cairo_t *cr)
{
    cairo_translate(cr, placement->offset_x_um / UM_PER_MM, placement->offset_y_um / UM_PER_MM);
    cairo_scale(cr, 1 + placement->scale_x_ppm / 1e6, 1 + placement->scale_y_ppm / 1e6);
}

void pages_draw(Pages *pages, int number, Look look, cairo_t *cr)
{
    const Document *document = pages->document;
    const Page *page = page_of(pages, number);
    Drawing drawing = {
        .cr = cr,
        .with_booklet = document->stock == STOCK_PLAIN || look != LOOK_PRINTED,
        .is_covered = look == LOOK_COVERED,
    };
    cairo_save(cr);
    cairo_get_matrix(cr, &drawing.leaf);
    if (look == LOOK_PRINTED)
        apply_placement(&document->placement, cr);
    lines_draw(page->lines, &drawing);
    switch (page->part) {
    case PART_TITLE:
        title_draw(pages, &drawing);
        break;
    case PART_RIGHTS:
        rights_draw(pages, &drawing);
        break;
    case PART_NOTES:
        notes_draw(pages, &drawing);
        break;
    case PART_PLANS:
        plans_draw(pages, page, &drawing);
        break;
    case PART_UNKNOWN:
    case PART_COUNT:
        break;
    }
    if (document->stock == STOCK_PLAIN)
        draw_marks(pages, page, &drawing);
    cairo_restore(cr);
}

void pages_leaf_um(const Pages *pages, int *ret_width, int *ret_height)
{
    const double *numbers = pages->document->template->numbers;
    *ret_width = (int)(numbers[NUMBER_LEAF_WIDTH] * UM_PER_MM + 0.5);
    *ret_height = (int)(numbers[NUMBER_LEAF_HEIGHT] * UM_PER_MM + 0.5);
}

void pages_leaf_px(const Pages *pages, double dpi, int *ret_width, int *ret_height)
{
    int width_um, height_um;
    pages_leaf_um(pages, &width_um, &height_um);
    *ret_width = (int)lround(width_um / UM_PER_MM * dpi / MM_PER_INCH);
    *ret_height = (int)lround(height_um / UM_PER_MM * dpi / MM_PER_INCH);
}

gboolean dpi_is_allowed(double dpi)
{
    return dpi >= DPI_MIN && dpi <= DPI_MAX;
}
