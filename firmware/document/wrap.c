#include "firmware/document/wrap.h"
#include <string.h>

#define HANG_MM 6.0
#define INDENT_EM 2.0
#define DIGITS_MAX 3 /* of a note's number */
#define ROUNDING_EM 0.001 /* a row that is exactly full is full */

static const char never_first[] = "，。、；：！？）》㎡〉】」』〕］｝”’…—～·％‰℃,.;:!?)]}%";
static const char separators[] = "、，；";
static const char never_last[] = "（《〈【「『〔［｛“‘([{";

typedef struct {
    gsize start, length;
    TextLine *line;
    GArray *clusters; /* TextCluster of the line */
} Paragraph;

struct Flow {
    const char *text;
    GArray *paragraphs;
};

static void clear_paragraph(gpointer paragraph)
{
    text_line_destroy(((Paragraph *)paragraph)->line);
    g_array_unref(((Paragraph *)paragraph)->clusters);
}

/* text_line_create or text_line_create_fixed. */
typedef TextLine *(*CreateLine)(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                                const char *text, gssize length);

static Flow *create(CreateLine create_line, TextEngine *engine, Face face, const char *text)
{
    Flow *flow = g_new0(Flow, 1);
    flow->text = text;
    flow->paragraphs = g_array_new(FALSE, FALSE, sizeof(Paragraph));
    g_array_set_clear_func(flow->paragraphs, clear_paragraph);
    for (const char *p = text; p;) {
        const char *end = strchr(p, '\n');
        gsize length = end ? (gsize)(end - p) : strlen(p);
        TextLine *line = create_line(engine, face, 1, 0, p, (gssize)length);
        Paragraph paragraph = {(gsize)(p - text), length, line, text_line_clusters(line)};
        g_array_append_val(flow->paragraphs, paragraph);
        p = end ? end + 1 : NULL;
    }
    return flow;
}

Flow *flow_create(TextEngine *engine, Face face, const char *text)
{
    return create(text_line_create, engine, face, text);
}

Flow *flow_create_fixed(TextEngine *engine, Face face, const char *text)
{
    return create(text_line_create_fixed, engine, face, text);
}

void flow_destroy(Flow *flow)
{
    if (!flow)
        return;
    g_array_unref(flow->paragraphs);
    g_free(flow);
}

/* One paragraph on its way into rows. */
typedef struct {
    const char *text; /* of the paragraph */
    const TextCluster *clusters;
    guint count;
} Source;

static gunichar first_character(const Source *source, guint i)
{
    return g_utf8_get_char(source->text + source->clusters[i].start);
}

static gboolean is_one_of(gunichar c, const char *set)
{
    return g_utf8_strchr(set, -1, c) != NULL;
}

static gboolean is_latin(gunichar c)
{
    return c < 0x80 && g_ascii_isalnum((char)c);
}

/* Whether clusters i and i + 1 belong to one run: "932.58", "SL-2026-000001", "No.3". */
static gboolean are_one_run(const Source *source, guint i)
{
    gunichar here = first_character(source, i), next = first_character(source, i + 1);
    if (is_latin(here) && is_latin(next))
        return TRUE;
    gboolean joins_next = is_one_of(here, ".,:/-") && i > 0 &&
                          is_latin(first_character(source, i - 1)) && is_latin(next);
    gboolean joins_here = is_latin(here) && is_one_of(next, ".,:/-") && i + 2 < source->count &&
                          is_latin(first_character(source, i + 2));
    return joins_next || joins_here;
}

static gboolean may_break_after(const Source *source, guint i)
{
    gunichar here = first_character(source, i), next = first_character(source, i + 1);
    if (here == ' ' || here == 0x3000)
        return next != ' ' && next != 0x3000;
    return next != ' ' && next != 0x3000 && !is_one_of(next, never_first) &&
           !is_one_of(here, never_last) && !are_one_run(source, i);
}

/* Of a row of a list that may end before `fits`: end (exclusive) of its last whole entry; `first`
 * when the next entry needs more than a row anyway. */
static guint find_entry_end(const Source *source, guint first, guint fits, double room_em)
{
    guint end = fits, next = fits;
    while (end > first && !is_one_of(first_character(source, end - 1), separators))
        end--;
    while (next < source->count && !is_one_of(first_character(source, next), separators))
        next++;
    if (end == first)
        return first;
    next = MIN(next, source->count - 1);
    double width_em = source->clusters[next].x1 - source->clusters[end].x0;
    return width_em > room_em + ROUNDING_EM ? first : end;
}

/* End (exclusive) of the row that begins with cluster `first` and may be `room_em` wide; `first`
 * itself when not even one cluster fits. */
static guint find_row_end(const Source *source, guint first, double room_em, WrapStyle style)
{
    double x0 = source->clusters[first].x0;
    guint fits = first;
    for (guint i = first; i < source->count; i++) {
        gunichar c = first_character(source, i);
        gboolean blank = c == ' ' || c == 0x3000;
        if (!blank && source->clusters[i].x1 - x0 > room_em + ROUNDING_EM)
            break;
        fits = i + 1;
    }
    if (fits == source->count)
        return fits;
    guint entry = style == WRAP_LIST ? find_entry_end(source, first, fits, room_em) : first;
    if (entry > first)
        return entry;
    for (guint end = fits; end > first; end--)
        if (may_break_after(source, end - 1))
            return end;
    for (guint end = fits; end > first + 1; end--) /* a run wider than the row */
        if (!is_one_of(first_character(source, end), never_first))
            return end;
    return fits;
}

static gsize trim(const char *text, gsize start, gsize end)
{
    while (end > start && text[end - 1] == ' ')
        end--;
    return end;
}

/* Clusters of the number of "12. text" with its blanks; 0: not numbered. `ret_more_em`: how much
 * wider its digits are than a single one. */
static guint count_number(const Source *source, double *ret_more_em)
{
    guint i = 0;
    while (i < source->count && g_ascii_isdigit(source->text[source->clusters[i].start]))
        i++;
    *ret_more_em = i > 0 ? source->clusters[i - 1].x0 : 0;
    if (i == 0 || i > DIGITS_MAX || i + 1 >= source->count || first_character(source, i) != '.' ||
        first_character(source, i + 1) != ' ')
        return 0;
    for (i += 1; i < source->count && first_character(source, i) == ' ';)
        i++;
    return i;
}

static Source source_of(const Flow *flow, guint i)
{
    const Paragraph *paragraph = &g_array_index(flow->paragraphs, Paragraph, i);
    return (Source){flow->text + paragraph->start,
                    (const TextCluster *)(void *)paragraph->clusters->data,
                    paragraph->clusters->len};
}

/* How much the longest number of all paragraphs is wider than one digit. */
static double widest_number_em(const Flow *flow)
{
    double widest_em = 0, more_em;
    for (guint i = 0; i < flow->paragraphs->len; i++) {
        Source source = source_of(flow, i);
        if (count_number(&source, &more_em) > 0)
            widest_em = MAX(widest_em, more_em);
    }
    return widest_em;
}

static void add_piece(GArray *pieces, const Paragraph *paragraph, const Source *source, guint first,
                      guint end, double x_mm, int row)
{
    gsize start = first < source->count ? source->clusters[first].start : paragraph->length;
    gsize stop = end > first ? source->clusters[end - 1].end : start;
    WrapPiece piece = {paragraph->start + start, trim(source->text, start, stop) - start,
                       paragraph->start, x_mm, row};
    g_array_append_val(pieces, piece);
}

/* `widest_em` as widest_number_em gives it. */
static gboolean wrap_paragraph(GArray *pieces, const Flow *flow, guint index, double size_mm,
                               double width_mm, WrapStyle style, double widest_em)
{
    const Paragraph *paragraph = &g_array_index(flow->paragraphs, Paragraph, index);
    Source source = source_of(flow, index);
    int row = wrap_rows(pieces);
    double indent_mm = style == WRAP_INDENT ? INDENT_EM * size_mm : 0, more_em;
    guint number = style == WRAP_HANG ? count_number(&source, &more_em) : 0;
    double left_mm = number > 0 ? HANG_MM + widest_em * size_mm : 0;
    if (number > 0)
        add_piece(pieces, paragraph, &source, 0, number, (widest_em - more_em) * size_mm, row);
    guint first = number;
    do {
        double x_mm = left_mm + indent_mm;
        double room_em = (width_mm - x_mm) / size_mm;
        guint end = source.count > first ? find_row_end(&source, first, room_em, style) : first;
        if (end == first && source.count > first)
            return FALSE;
        add_piece(pieces, paragraph, &source, first, end, x_mm, row++);
        first = end;
        indent_mm = 0;
    } while (first < source.count);
    return TRUE;
}

GArray *flow_wrap(const Flow *flow, double size_mm, double width_mm, WrapStyle style)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(WrapPiece));
    double widest_em = style == WRAP_HANG ? widest_number_em(flow) : 0;
    for (guint i = 0; i < flow->paragraphs->len; i++)
        if (!wrap_paragraph(pieces, flow, i, size_mm, width_mm, style, widest_em)) {
            g_array_unref(pieces);
            return NULL;
        }
    return pieces;
}

TextLine *flow_cut(const Flow *flow, const WrapPiece *piece, double size_mm)
{
    const Paragraph *paragraph = &g_array_index(flow->paragraphs, Paragraph, 0);
    while (paragraph->start != piece->paragraph)
        paragraph++;
    return text_line_cut(paragraph->line, size_mm, piece->start - paragraph->start, piece->length);
}

int wrap_rows(const GArray *pieces)
{
    return pieces->len == 0 ? 0 : g_array_index(pieces, WrapPiece, pieces->len - 1).row + 1;
}
