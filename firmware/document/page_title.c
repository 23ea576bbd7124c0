/* The title page: legend, seal and date, QR and identifier. */
#include "firmware/document/page.h"
#include <string.h>

#define IDENTIFIER_ROWS 3

static const TemplateItem *item_of(const Pages *pages, ItemId id)
{
    return &pages->document->template->items[id];
}

static void add_legend(GArray *lines, const Pages *pages)
{
    const TemplateItem *item = item_of(pages, ITEM_TITLE_LEGEND);
    g_autoptr(Flow) flow = flow_create_fixed(pages->document->engine, item->face, item->text);
    g_autoptr(GArray) pieces = flow_wrap(flow, item->size_mm, item->width_mm, WRAP_INDENT);
    for (guint i = 0; pieces && i < pieces->len; i++) {
        const WrapPiece *piece = &g_array_index(pieces, WrapPiece, i);
        lines_add_piece(lines, item, flow, piece, item->x_mm + piece->x_mm,
                        item->y_mm + piece->row * item->pitch_mm)
            ->is_on_booklet = !item->is_preprinted;
    }
}

static void add_date(GArray *lines, const Pages *pages)
{
    const TemplateItem *item = item_of(pages, ITEM_TITLE_DATE);
    int day = pages->record->registered_on;
    g_autofree char *text =
        g_strdup_printf("%04d年%02d月%02d日", day / 10000, day / 100 % 100, day % 100);
    lines_add(lines, pages->document, item, text, -1, item->x_mm, item->y_mm);
}

struct SealWork {
    GBytes *png;
    double width_mm, height_mm;
    Picture *seal; /* or NULL and an error */
    GError *error;
    GThread *thread;
};

static gpointer decode_seal(gpointer data)
{
    SealWork *work = data;
    work->seal = picture_create(work->png, "record: seal.data", PICTURE_SEAL, work->width_mm,
                                work->height_mm, &work->error);
    return NULL;
}

SealWork *seal_begin(const Pages *pages)
{
    const Document *document = pages->document;
    GBytes *png = pages->record->seal_png;
    if (!png || (document->seal_png && g_bytes_equal(document->seal_png, png)))
        return NULL; /* the same seal as last time needs no decoding */
    const TemplateItem *box = item_of(pages, ITEM_TITLE_SEAL);
    SealWork *work = g_new0(SealWork, 1);
    work->png = g_bytes_ref(png);
    work->width_mm = box->width_mm;
    work->height_mm = box->height_mm;
    work->thread = g_thread_new("seal", decode_seal, work);
    return work;
}

gboolean seal_end(Pages *pages, SealWork *work, GError **error)
{
    Document *document = pages->document;
    gboolean is_usable = TRUE;
    if (work) {
        g_thread_join(work->thread);
        is_usable = work->seal != NULL;
        picture_unref(document->seal);
        g_clear_pointer(&document->seal_png, g_bytes_unref);
        document->seal = work->seal;
        document->seal_png = is_usable ? g_bytes_ref(work->png) : NULL;
        if (!is_usable && error && !*error)
            g_propagate_error(error, g_steal_pointer(&work->error));
        g_clear_error(&work->error);
        g_bytes_unref(work->png);
        g_free(work);
    }
    if (is_usable && pages->record->seal_png)
        pages->seal = picture_ref(document->seal);
    return is_usable;
}

void pages_add_title(Pages *pages)
{
    Page *page = page_create(PART_TITLE, "title");
    g_ptr_array_add(pages->pages, page);
    lines_add_item(page->lines, pages->document, ITEM_TITLE_HEADING);
    add_legend(page->lines, pages);
    lines_add_item(page->lines, pages->document, ITEM_TITLE_AUTHORITY);
    add_date(page->lines, pages);
}

/* `<type>.` / `<issuer>.` / the rest: dots stay at the ends, the rows joined are the identifier. */
static void add_identifier(GArray *lines, const Pages *pages, const char *identifier, double y_mm)
{
    const TemplateItem *item = item_of(pages, ITEM_TITLE_IDENTIFIER);
    const char *start = identifier;
    for (int row = 0; row < IDENTIFIER_ROWS; row++) {
        const char *dot = row + 1 < IDENTIFIER_ROWS ? strchr(start, '.') : NULL;
        gssize length = dot ? dot + 1 - start : -1;
        lines_add(lines, pages->document, item, start, length, item->x_mm,
                  y_mm + item->y_mm + row * item->pitch_mm);
        if (!dot)
            return;
        start = dot + 1;
    }
}

void title_add_issue(Pages *pages, const char *identifier, const char *booklet)
{
    if (identifier) {
        const TemplateItem *qr = item_of(pages, ITEM_TITLE_QR);
        double bottom_mm = qr->y_mm + symbol_side_mm(pages->symbol, (int)qr->module_dots);
        static const ItemId captions[] = {ITEM_TITLE_QR_CAPTION, ITEM_TITLE_IDENTIFIER_CAPTION};
        for (guint i = 0; i < G_N_ELEMENTS(captions); i++) {
            const TemplateItem *item = item_of(pages, captions[i]);
            lines_add_fixed(pages->issue_lines, pages->document, item, item->text, -1, item->x_mm,
                            bottom_mm + item->y_mm);
        }
        add_identifier(pages->issue_lines, pages, identifier, bottom_mm);
    }
    if (booklet) {
        const TemplateItem *item = item_of(pages, ITEM_TITLE_NUMBER);
        g_autofree char *text = g_strconcat(item->text, "  ", booklet, NULL);
        lines_add(pages->booklet_lines, pages->document, item, text, -1, item->x_mm, item->y_mm)
            ->is_on_booklet = !item->is_preprinted;
    }
}

static void draw_square(const Pages *pages, const Drawing *drawing)
{
    const TemplateItem *square = item_of(pages, ITEM_TITLE_SQUARE);
    ink_set_black(drawing->cr);
    draw_box(drawing->cr, square->x_mm, square->y_mm, square->width_mm, square->height_mm,
             square->line_mm);
    g_autoptr(GArray) lines = lines_create();
    if (pages->qr_place == QR_PLACE_SPECIMEN) {
        lines_add_item(lines, pages->document, ITEM_TITLE_SPECIMEN);
        lines_add_item(lines, pages->document, ITEM_TITLE_SPECIMEN_LATIN);
    } else {
        lines_add_item(lines, pages->document, ITEM_TITLE_PENDING);
    }
    lines_draw(lines, drawing);
}

static void draw_symbol(const Pages *pages, const Drawing *drawing)
{
    const TemplateItem *qr = item_of(pages, ITEM_TITLE_QR);
    int dots = (int)qr->module_dots;
    symbol_draw(pages->symbol, drawing->cr, &drawing->leaf,
                qr->x_mm - symbol_side_mm(pages->symbol, dots) / 2, qr->y_mm, dots,
                (int)qr->quiet_modules);
    lines_draw(pages->issue_lines, drawing);
}

void title_draw(const Pages *pages, const Drawing *drawing)
{
    cairo_t *cr = drawing->cr;
    const TemplateItem *rule = item_of(pages, ITEM_TITLE_RULE);
    ink_set_black(cr);
    if (drawing->with_booklet || rule->is_preprinted)
        draw_line(cr, rule->x_mm, rule->y_mm, rule->x_mm + rule->width_mm, rule->y_mm,
                  rule->line_mm);
    const TemplateItem *seal = item_of(pages, ITEM_TITLE_SEAL);
    if (pages->seal)
        picture_draw(pages->seal, cr, seal->x_mm, seal->y_mm, seal->width_mm, seal->height_mm);
    if (pages->symbol)
        draw_symbol(pages, drawing);
    else
        draw_square(pages, drawing);
    lines_draw(pages->booklet_lines, drawing);
}
