/* 附记: notes, and owners that did not fit their cell; a second page where one is too small. */
#include "firmware/document/page.h"
#include <string.h>

#define CELL_BOTTOM_MM 4.0

static const double sizes[][2] = {{3.8, 6.75}, {3.4, 5.4}, {3.0, 4.5}}; /* size, pitch */

/* One run of text on the pages, rows counted from the first page's top. */
typedef struct {
    const char *text;
    Flow *flow;
    GArray *pieces; /* at the size that is tried */
    int first_row;
    WrapStyle style;
    gboolean is_heading, is_personal;
} Section;

#define SECTIONS_MAX 3

typedef struct {
    Section sections[SECTIONS_MAX];
    int count;
    double size_mm, pitch_mm;
    int rows, rows_per_page;
    int break_row; /* the first one of the second page */
} Layout;

static void add_section(Layout *layout, const Document *document, const char *text, WrapStyle style,
                        gboolean is_heading, gboolean is_personal)
{
    Face face = is_heading ? document->template->items[ITEM_NOTES_HEADING].face
                           : document->template->items[ITEM_NOTES_TEXT].face;
    layout->sections[layout->count++] = (Section){
        text, flow_create(document->engine, face, text), NULL, 0, style, is_heading, is_personal};
}

static void clear_layout(Layout *layout)
{
    for (int i = 0; i < layout->count; i++) {
        flow_destroy(layout->sections[i].flow);
        g_clear_pointer(&layout->sections[i].pieces, g_array_unref);
    }
}

/* Wraps everything at one size. A blank row stands between owners and notes. */
static gboolean wrap_all(Layout *layout, double width_mm)
{
    layout->rows = 0;
    for (int i = 0; i < layout->count; i++) {
        Section *section = &layout->sections[i];
        g_clear_pointer(&section->pieces, g_array_unref);
        section->pieces = flow_wrap(section->flow, layout->size_mm, width_mm, section->style);
        if (!section->pieces)
            return FALSE;
        if (i > 0 && !layout->sections[i - 1].is_heading)
            layout->rows++;
        section->first_row = layout->rows;
        layout->rows += wrap_rows(section->pieces);
    }
    return TRUE;
}

/* Takes the greatest size at which `n_pages` hold everything. FALSE: none does. */
static gboolean try_pages(Layout *layout, const Template *template, int n_pages)
{
    const TemplateItem *item = &template->items[ITEM_NOTES_TEXT];
    const TemplateItem *frame = &template->items[ITEM_FRAME];
    double room_mm = frame->y_mm + frame->height_mm - CELL_BOTTOM_MM - item->y_mm;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        layout->size_mm = MIN(sizes[i][0], item->size_mm);
        layout->pitch_mm = MIN(sizes[i][1], item->pitch_mm);
        layout->rows_per_page = (int)(room_mm / layout->pitch_mm) + 1;
        if (!wrap_all(layout, item->width_mm))
            return FALSE;
        if (layout->rows <= layout->rows_per_page * n_pages)
            return TRUE;
    }
    return FALSE;
}

/* As few pages as can be, then the greatest size. FALSE: too much for all the booklet has. */
static gboolean choose_size(Layout *layout, const Template *template)
{
    for (int n_pages = 1; n_pages <= (int)template->numbers[NUMBER_NOTES_PAGES]; n_pages++)
        if (try_pages(layout, template, n_pages))
            return TRUE;
    return FALSE;
}

/* Rows of the paragraph that row `row` belongs to: from `ret_first` to before `ret_end`. */
static void find_paragraph(const Layout *layout, int row, int *ret_first, int *ret_end)
{
    *ret_first = *ret_end = row;
    for (int s = 0; s < layout->count; s++) {
        const Section *section = &layout->sections[s];
        gsize paragraph = G_MAXSIZE;
        for (guint i = 0; i < section->pieces->len; i++) {
            const WrapPiece *piece = &g_array_index(section->pieces, WrapPiece, i);
            if (section->first_row + piece->row == row)
                paragraph = piece->paragraph;
        }
        for (guint i = 0; i < section->pieces->len && paragraph != G_MAXSIZE; i++) {
            const WrapPiece *piece = &g_array_index(section->pieces, WrapPiece, i);
            if (piece->paragraph != paragraph)
                continue;
            *ret_first = MIN(*ret_first, section->first_row + piece->row);
            *ret_end = MAX(*ret_end, section->first_row + piece->row + 1);
        }
    }
}

/* No page ends with a paragraph's first row or begins with its last one, as long as there is room
 * for the rows that go along. */
static void choose_break(Layout *layout)
{
    int row = layout->break_row = layout->rows_per_page, first, end;
    if (layout->rows <= row)
        return;
    find_paragraph(layout, row, &first, &end);
    if (first < row && end == row + 1)
        row--;
    if (first == row - 1)
        row--;
    if (layout->rows - row <= layout->rows_per_page)
        layout->break_row = row;
}

static void add_page(Pages *pages, gboolean is_further)
{
    Page *page = page_create(PART_NOTES, "notes");
    lines_add_item(page->lines, pages->document, ITEM_NOTES_HEADING);
    if (is_further)
        lines_add_item(page->lines, pages->document, ITEM_NOTES_CONTINUED);
    g_ptr_array_add(pages->pages, page);
}

static void place_section(const Section *section, const Layout *layout, Pages *pages,
                          guint first_page)
{
    const Document *document = pages->document;
    TemplateItem item = document->template->items[ITEM_NOTES_TEXT];
    item.size_mm = layout->size_mm;
    for (guint i = 0; i < section->pieces->len; i++) {
        const WrapPiece *piece = &g_array_index(section->pieces, WrapPiece, i);
        int row = section->first_row + piece->row;
        gboolean is_second = row >= layout->break_row;
        const Page *page = pages->pages->pdata[first_page + (is_second ? 1 : 0)];
        const char *paragraph = section->text + piece->paragraph;
        lines_add_piece(page->lines, &item, section->flow, piece, item.x_mm + piece->x_mm,
                        item.y_mm + (is_second ? row - layout->break_row : row) * layout->pitch_mm)
            ->is_personal = section->is_personal ||
                            record_names_person(pages->record, paragraph, strcspn(paragraph, "\n"));
    }
}

gboolean pages_add_notes(Pages *pages, gboolean owners_moved, GError **error)
{
    const Document *document = pages->document;
    Layout layout = {0};
    if (owners_moved) {
        add_section(&layout, document, document->template->words[WORD_OWNERS_CONTINUED], WRAP_PLAIN,
                    TRUE, FALSE);
        add_section(&layout, document, personal_reveal(pages->record->owners), WRAP_LIST, FALSE,
                    TRUE);
    }
    if (!owners_moved || *personal_reveal(pages->record->notes))
        add_section(&layout, document, personal_reveal(pages->record->notes), WRAP_HANG, FALSE,
                    FALSE);
    gboolean fits = choose_size(&layout, document->template);
    if (fits) {
        guint first_page = pages->pages->len;
        choose_break(&layout);
        add_page(pages, FALSE);
        if (layout.rows > layout.rows_per_page)
            add_page(pages, TRUE);
        for (int i = 0; i < layout.count; i++)
            place_section(&layout.sections[i], &layout, pages, first_page);
    }
    clear_layout(&layout);
    if (!fits)
        return pages_refuse(error, owners_moved ? "printed.owners" : "printed.notes",
                            "does not fit the booklet's notes pages");
    return TRUE;
}

void notes_draw(const Pages *pages, const Drawing *drawing)
{
    if (!drawing->with_booklet)
        return;
    const TemplateItem *frame = &pages->document->template->items[ITEM_FRAME];
    ink_set_black(drawing->cr);
    draw_box(drawing->cr, frame->x_mm, frame->y_mm, frame->width_mm, frame->height_mm,
             frame->line_mm);
}
