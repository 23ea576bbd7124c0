/* The rights table: the certificate number, nine rows and 权利其他状况. */
#include "firmware/document/page.h"
#include <stddef.h>
#include <string.h>

#define ROW_ROWS 9
#define CELL_BOTTOM_MM 4.0 /* least distance of a last baseline from the frame */

/* How a value's text gives way: size, pitch, rows. Never below 3.0. */
static const struct {
    double size_mm, pitch_mm;
    int rows;
} steps[] = {{3.8, 5.2, 2}, {3.6, 5.0, 2}, {3.4, 4.5, 2}, {3.2, 4.0, 3}, {3.0, 3.8, 3}};

static const struct {
    const char *member;
    WordId label;
    gsize offset;
    gboolean is_personal;
    gboolean is_list; /* its entries are kept whole while any size allows it */
} rows[ROW_ROWS] = {
    {"printed.owners", WORD_OWNERS, offsetof(Record, owners), TRUE, TRUE},
    {"printed.co_ownership", WORD_CO_OWNERSHIP, offsetof(Record, co_ownership), FALSE, TRUE},
    {"printed.location", WORD_LOCATION, offsetof(Record, location), TRUE, FALSE},
    {"printed.unit_code", WORD_UNIT_CODE, offsetof(Record, unit_code), TRUE, FALSE},
    {"printed.right_type", WORD_RIGHT_TYPE, offsetof(Record, right_type), FALSE, FALSE},
    {"printed.right_nature", WORD_RIGHT_NATURE, offsetof(Record, right_nature), FALSE, FALSE},
    {"printed.use", WORD_USE, offsetof(Record, use), FALSE, FALSE},
    {"printed.area", WORD_AREA, offsetof(Record, area), FALSE, FALSE},
    {"printed.term", WORD_TERM, offsetof(Record, term), FALSE, FALSE},
};

static double row_centre_mm(const TemplateItem *table, int row)
{
    return table->y_mm + (row + 0.5) * table->height_mm;
}

/* Two and three characters spread to the width of four. */
static void add_row_label(GArray *lines, const Document *document, const char *text, double y_mm)
{
    TemplateItem label = document->template->items[ITEM_RIGHTS_LABEL];
    glong count = g_utf8_strlen(text, -1);
    if (count == 2 || count == 3)
        label.spacing_mm = (4 - (double)count) * label.size_mm / ((double)count - 1);
    lines_add_fixed(lines, document, &label, text, -1, label.x_mm,
                    y_mm + text_baseline_drop(label.size_mm))
        ->is_on_booklet = !label.is_preprinted;
}

/* Three lines of two characters. */
static void add_other_label(GArray *lines, const Document *document, const char *text, double y_mm)
{
    TemplateItem label = document->template->items[ITEM_RIGHTS_LABEL];
    label.spacing_mm = label.size_mm / 3;
    glong count = g_utf8_strlen(text, -1);
    int n_rows = (int)((count + 1) / 2);
    for (int row = 0; row < n_rows; row++) {
        const char *start = g_utf8_offset_to_pointer(text, 2L * row);
        const char *end = g_utf8_offset_to_pointer(text, MIN(2L * row + 2, count));
        double centre_mm = y_mm + (row - (n_rows - 1) / 2.0) * label.pitch_mm;
        lines_add_fixed(lines, document, &label, start, end - start, label.x_mm,
                        centre_mm + text_baseline_drop(label.size_mm))
            ->is_on_booklet = !label.is_preprinted;
    }
}

static void add_labels(GArray *lines, const Document *document)
{
    const TemplateItem *table = &document->template->items[ITEM_RIGHTS_ROWS];
    const TemplateItem *frame = &document->template->items[ITEM_FRAME];
    for (int row = 0; row < ROW_ROWS; row++)
        add_row_label(lines, document, document->template->words[rows[row].label],
                      row_centre_mm(table, row));
    double top_mm = table->y_mm + ROW_ROWS * table->height_mm;
    add_other_label(lines, document, document->template->words[WORD_OTHER],
                    (top_mm + frame->y_mm + frame->height_mm) / 2);
}

/* The same code in four groups; the caller frees. */
static char *group_unit_code(const char *code)
{
    if (strlen(code) != 28)
        return g_strdup(code);
    return g_strdup_printf("%.6s %.6s %.7s %.9s", code, code + 6, code + 12, code + 19);
}

/* Places a value in its row at the first step that fits. FALSE: none does. */
static gboolean add_value(GArray *lines, const Document *document, const char *text,
                          double centre_mm, gboolean is_personal, WrapStyle style)
{
    TemplateItem value = document->template->items[ITEM_RIGHTS_VALUE];
    g_autoptr(Flow) flow = flow_create(document->engine, value.face, text);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(GArray) pieces = flow_wrap(flow, steps[i].size_mm, value.width_mm, style);
        int n_rows = pieces ? wrap_rows(pieces) : G_MAXINT;
        if (n_rows > steps[i].rows)
            continue;
        value.size_mm = steps[i].size_mm;
        double first_mm =
            centre_mm + text_baseline_drop(value.size_mm) - (n_rows - 1) / 2.0 * steps[i].pitch_mm;
        for (guint p = 0; p < pieces->len; p++) {
            const WrapPiece *piece = &g_array_index(pieces, WrapPiece, p);
            lines_add_piece(lines, &value, flow, piece, value.x_mm + piece->x_mm,
                            first_mm + piece->row * steps[i].pitch_mm)
                ->is_personal = is_personal;
        }
        return TRUE;
    }
    return FALSE;
}

static gboolean add_values(GArray *lines, const Pages *pages, gboolean *ret_owners_moved,
                           GError **error)
{
    const Document *document = pages->document;
    const TemplateItem *table = &document->template->items[ITEM_RIGHTS_ROWS];
    for (int row = 0; row < ROW_ROWS; row++) {
        Personal value = G_STRUCT_MEMBER(Personal, pages->record, rows[row].offset);
        gboolean is_code = rows[row].label == WORD_UNIT_CODE;
        char *text =
            is_code ? group_unit_code(personal_reveal(value)) : g_strdup(personal_reveal(value));
        double centre_mm = row_centre_mm(table, row);
        gboolean fits = (rows[row].is_list && add_value(lines, document, text, centre_mm,
                                                        rows[row].is_personal, WRAP_LIST)) ||
                        add_value(lines, document, text, centre_mm, rows[row].is_personal,
                                  WRAP_PLAIN);
        secret_wipe(text, strlen(text));
        g_free(text);
        if (!fits && rows[row].label == WORD_OWNERS) {
            *ret_owners_moved = TRUE;
            fits = add_value(lines, document, document->template->words[WORD_SEE_NOTES], centre_mm,
                             FALSE, WRAP_PLAIN);
        }
        if (!fits)
            return pages_refuse(error, rows[row].member, "does not fit its cell");
    }
    return TRUE;
}

static gboolean add_other(GArray *lines, const Pages *pages, GError **error)
{
    static const double sizes[][2] = {{3.8, 6.75}, {3.4, 5.4}, {3.0, 4.5}};
    const Document *document = pages->document;
    const TemplateItem *frame = &document->template->items[ITEM_FRAME];
    TemplateItem other = document->template->items[ITEM_RIGHTS_OTHER];
    const char *text = personal_reveal(pages->record->other);
    double last_mm = frame->y_mm + frame->height_mm - CELL_BOTTOM_MM;
    g_autoptr(Flow) flow = flow_create(document->engine, other.face, text);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        other.size_mm = MIN(sizes[i][0], other.size_mm);
        double pitch_mm = MIN(sizes[i][1], other.pitch_mm);
        g_autoptr(GArray) pieces = flow_wrap(flow, other.size_mm, other.width_mm, WRAP_PLAIN);
        if (!pieces || other.y_mm + (wrap_rows(pieces) - 1) * pitch_mm > last_mm)
            continue;
        for (guint p = 0; p < pieces->len; p++) {
            const WrapPiece *piece = &g_array_index(pieces, WrapPiece, p);
            const char *paragraph = text + piece->paragraph;
            lines_add_piece(lines, &other, flow, piece, other.x_mm,
                            other.y_mm + piece->row * pitch_mm)
                ->is_personal =
                record_names_person(pages->record, paragraph, strcspn(paragraph, "\n"));
        }
        return TRUE;
    }
    return pages_refuse(error, "printed.other", "does not fit its cell");
}

gboolean pages_add_rights(Pages *pages, gboolean *ret_owners_moved, GError **error)
{
    const Document *document = pages->document;
    const TemplateItem *number = &document->template->items[ITEM_RIGHTS_NUMBER];
    Page *page = page_create(PART_RIGHTS, "rights");
    g_ptr_array_add(pages->pages, page);
    const PlacedLine *placed = lines_add(page->lines, document, number, pages->record->number, -1,
                                         number->x_mm, number->y_mm);
    if (text_line_width_mm(placed->line) > number->width_mm)
        return pages_refuse(error, "number", "does not fit its line");
    add_labels(page->lines, document);
    return add_values(page->lines, pages, ret_owners_moved, error) &&
           add_other(page->lines, pages, error);
}

void rights_draw(const Pages *pages, const Drawing *drawing)
{
    if (!drawing->with_booklet)
        return;
    cairo_t *cr = drawing->cr;
    const TemplateItem *frame = &pages->document->template->items[ITEM_FRAME];
    const TemplateItem *table = &pages->document->template->items[ITEM_RIGHTS_ROWS];
    const TemplateItem *label = &pages->document->template->items[ITEM_RIGHTS_LABEL];
    ink_set_black(cr);
    for (int row = 1; row <= ROW_ROWS; row++) {
        double y_mm = table->y_mm + row * table->height_mm;
        path_line(cr, table->x_mm, y_mm, table->x_mm + table->width_mm, y_mm);
    }
    double x_mm = label->x_mm + label->width_mm / 2;
    path_line(cr, x_mm, frame->y_mm, x_mm, frame->y_mm + frame->height_mm);
    ink_stroke(cr, table->line_mm);
    draw_box(cr, frame->x_mm, frame->y_mm, frame->width_mm, frame->height_mm, frame->line_mm);
}
