#include "ui/sheet.h"
#include "firmware/document/fonts.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define PAIRS_MAX 12
#define SHAPED_EM 16.0 /* all text is shaped at one size and scaled: pango seeks each face once */

/* The kinds of drawing operation, for their marks. */
typedef enum {
    OP_UNKNOWN = 0,
    OP_FILL,
    OP_STROKE,
    OP_DISC,
    OP_CIRCLE,
    OP_LINE,
    OP_ARC,
    OP_ICON,
    OP_TEXT
} Op;

void sheet_mark(Sheet *sheet, Box box, double beyond, guint64 hash)
{
    double xs[] = {box.x - beyond, box.x + box.w + beyond},
           ys[] = {box.y - beyond, box.y + box.h + beyond};
    double left = G_MAXINT, top = G_MAXINT, right = G_MININT, bottom = G_MININT;
    cairo_matrix_t matrix;
    for (int i = 0; i < 4; i++) {
        double x = xs[i & 1], y = ys[i >> 1];
        cairo_user_to_device(sheet->cr, &x, &y);
        left = MIN(left, x), right = MAX(right, x), top = MIN(top, y), bottom = MAX(bottom, y);
    }
    cairo_get_matrix(sheet->cr, &matrix);
    Mark mark = {{(int)floor(left) - 1, (int)floor(top) - 1, (int)ceil(right - left) + 3,
                  (int)ceil(bottom - top) + 3},
                 mark_hash(mark_hash(hash, &box, sizeof box), &matrix, sizeof matrix)};
    g_array_append_val(sheet->marks, mark);
}

/* A mark of what these numbers decide. */
static void mark(Sheet *sheet, Op op, Box box, double beyond, Token token, double a, double b)
{
    const double values[] = {op, theme_colour(token, sheet->high), a, b};
    sheet_mark(sheet, box, beyond, mark_hash(MARK_SEED, values, sizeof values));
}

void sheet_set_colour(Sheet *sheet, Token token)
{
    guint32 rgb = theme_colour(token, sheet->high);
    cairo_set_source_rgb(sheet->cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                         (rgb & 0xff) / 255.0);
}

void sheet_trace_box(Sheet *sheet, Box box, double radius)
{
    cairo_t *cr = sheet->cr;
    double r = MIN(radius, MIN(box.w, box.h) / 2);
    cairo_new_path(cr);
    if (r <= 0) {
        cairo_rectangle(cr, box.x, box.y, box.w, box.h);
        return;
    }
    cairo_arc(cr, box.x + box.w - r, box.y + r, r, -G_PI_2, 0);
    cairo_arc(cr, box.x + box.w - r, box.y + box.h - r, r, 0, G_PI_2);
    cairo_arc(cr, box.x + r, box.y + box.h - r, r, G_PI_2, G_PI);
    cairo_arc(cr, box.x + r, box.y + r, r, G_PI, 3 * G_PI_2);
    cairo_close_path(cr);
}

void sheet_fill_box(Sheet *sheet, Box box, double radius, Token token)
{
    mark(sheet, OP_FILL, box, 0, token, radius, 0);
    sheet_set_colour(sheet, token);
    sheet_trace_box(sheet, box, radius);
    cairo_fill(sheet->cr);
}

void sheet_stroke_box(Sheet *sheet, Box box, double radius, Token token, double width_mm,
                      gboolean dashed)
{
    const double dashes[] = {1.6, 1.4};
    double half = width_mm / 2;
    Box inner = {box.x + half, box.y + half, box.w - width_mm, box.h - width_mm};
    mark(sheet, OP_STROKE, box, 0, token, radius, dashed ? -width_mm : width_mm);
    sheet_set_colour(sheet, token);
    sheet_trace_box(sheet, inner, radius - half);
    cairo_set_line_width(sheet->cr, width_mm);
    cairo_set_dash(sheet->cr, dashes, dashed ? 2 : 0, 0);
    cairo_stroke(sheet->cr);
    cairo_set_dash(sheet->cr, NULL, 0, 0);
}

static void trace_circle(Sheet *sheet, double x, double y, double radius)
{
    cairo_new_path(sheet->cr);
    cairo_arc(sheet->cr, x, y, radius, 0, 2 * G_PI);
}

void sheet_fill_circle(Sheet *sheet, double x, double y, double radius, Token token)
{
    mark(sheet, OP_DISC, (Box){x - radius, y - radius, 2 * radius, 2 * radius}, 0, token, 0, 0);
    sheet_set_colour(sheet, token);
    trace_circle(sheet, x, y, radius);
    cairo_fill(sheet->cr);
}

void sheet_stroke_circle(Sheet *sheet, double x, double y, double radius, Token token,
                         double width_mm)
{
    mark(sheet, OP_CIRCLE, (Box){x - radius, y - radius, 2 * radius, 2 * radius}, width_mm / 2,
         token, width_mm, 0);
    sheet_set_colour(sheet, token);
    trace_circle(sheet, x, y, radius);
    cairo_set_line_width(sheet->cr, width_mm);
    cairo_stroke(sheet->cr);
}

void sheet_draw_line(Sheet *sheet, double x1, double y1, double x2, double y2, Token token,
                     double width_mm)
{
    mark(sheet, OP_LINE, (Box){MIN(x1, x2), MIN(y1, y2), fabs(x2 - x1), fabs(y2 - y1)}, width_mm,
         token, width_mm, (x2 > x1) == (y2 > y1));
    sheet_set_colour(sheet, token);
    cairo_new_path(sheet->cr);
    cairo_move_to(sheet->cr, x1, y1);
    cairo_line_to(sheet->cr, x2, y2);
    cairo_set_line_width(sheet->cr, width_mm);
    cairo_stroke(sheet->cr);
}

void sheet_draw_arc(Sheet *sheet, double x, double y, double radius, Token token, double width_mm,
                    double fraction)
{
    cairo_t *cr = sheet->cr;
    mark(sheet, OP_ARC, (Box){x - radius, y - radius, 2 * radius, 2 * radius}, width_mm / 2, token,
         width_mm, fraction);
    sheet_set_colour(sheet, token);
    cairo_set_line_width(cr, width_mm);
    cairo_new_path(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_arc(cr, x, y, radius, -G_PI_2, -G_PI_2 + 2 * G_PI * fraction);
    cairo_stroke(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

static void record_icon(Sheet *sheet, Box box, Token token, const char *name)
{
    TextRecord *record = g_new0(TextRecord, 1);
    *record = (TextRecord){.text = g_strdup(name),
                           .icon = TRUE,
                           .box = box,
                           .used = box,
                           .colour = token,
                           .ground = sheet->ground};
    g_ptr_array_add(sheet->records, record);
}

void sheet_draw_icon(Sheet *sheet, const char *name, double x, double y, double size_mm,
                     Token token)
{
    const double values[] = {OP_ICON, theme_colour(token, sheet->high)};
    sheet_mark(sheet, (Box){x - size_mm / 2, y - size_mm / 2, size_mm, size_mm}, size_mm / 24,
               mark_hash(mark_hash(MARK_SEED, name, strlen(name)), values, sizeof values));
    if (sheet->records && !sheet->in_scene)
        record_icon(sheet, (Box){x - size_mm / 2, y - size_mm / 2, size_mm, size_mm}, token, name);
    sheet_set_colour(sheet, token);
    pictures_draw_icon(sheet->place->pictures, sheet->cr, name, x - size_mm / 2, y - size_mm / 2,
                       size_mm);
}

double sheet_em(const Sheet *sheet, Size size)
{
    const SizeRow *row = theme_size(size);
    return row->em_mm * (sheet->large && row->scales ? THEME_LARGE : 1.0);
}

double sheet_line(const Sheet *sheet, Size size)
{
    return sheet_em(sheet, size) * theme_size(size)->line;
}

static PangoAttrList *make_attributes(Type type)
{
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_font_features_new("tnum"));
    if (type.paper) /* gilded lettering stands a little wide */
        pango_attr_list_insert(
            list, pango_attr_letter_spacing_new((int)lround(SHAPED_EM * 0.05 * PANGO_SCALE)));
    else
        pango_attr_list_insert(
            list, pango_attr_line_height_new_absolute(
                      (int)lround(SHAPED_EM * theme_size(type.size)->line * PANGO_SCALE)));
    if (type.bold_bytes > 0) {
        PangoAttribute *bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
        bold->start_index = 0;
        bold->end_index = (guint)type.bold_bytes;
        pango_attr_list_insert(list, bold);
    }
    return list;
}

static double type_em(const Sheet *sheet, Type type)
{
    return type.paper ? type.em_mm : sheet_em(sheet, type.size);
}

/* Millimetres of a unit of the layout that is set for this type. */
static double unit_mm(const Sheet *sheet, Type type)
{
    return type_em(sheet, type) / SHAPED_EM / PANGO_SCALE;
}

/* The sheet's one layout, set for this text; `width_mm` below 0: one line. In a turn. */
static PangoLayout *set_layout(Sheet *sheet, Type type, double width_mm, const char *text)
{
    gboolean serif = theme_size(type.size)->serif;
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font,
                                             serif ? "Noto Serif CJK SC" : "Noto Sans CJK SC");
    pango_font_description_set_weight(font,
                                      serif || type.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, SHAPED_EM * PANGO_SCALE);
    g_autoptr(PangoAttrList) attributes = make_attributes(type);
    PangoLayout *layout = sheet->layout;
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_width(layout, width_mm < 0 ? -1 : (int)floor(width_mm / unit_mm(sheet, type)));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
    pango_layout_set_height(layout, -1);
    pango_layout_set_alignment(layout, type.align == ALIGN_CENTRE  ? PANGO_ALIGN_CENTER
                                       : type.align == ALIGN_RIGHT ? PANGO_ALIGN_RIGHT
                                                                   : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

double sheet_measure_width(Sheet *sheet, Type type, const char *text)
{
    PangoRectangle extent;
    fonts_take_turn();
    pango_layout_get_extents(set_layout(sheet, type, -1, text), NULL, &extent);
    fonts_end_turn();
    return extent.width * unit_mm(sheet, type);
}

int sheet_count_lines(Sheet *sheet, Type type, double width_mm, const char *text)
{
    fonts_take_turn();
    int count = pango_layout_get_line_count(set_layout(sheet, type, width_mm, text));
    fonts_end_turn();
    return count;
}

/* TRUE when a line begins where no word does. */
static gboolean breaks_a_word(PangoLayout *layout)
{
    int count = 0;
    const char *text = pango_layout_get_text(layout);
    const PangoLogAttr *attributes = pango_layout_get_log_attrs_readonly(layout, &count);
    for (GSList *line = pango_layout_get_lines_readonly(layout); line; line = line->next) {
        int start = ((PangoLayoutLine *)line->data)->start_index;
        glong offset = g_utf8_pointer_to_offset(text, text + start);
        if (start > 0 && offset < count && !attributes[offset].is_line_break)
            return TRUE;
    }
    return FALSE;
}

gboolean sheet_fits(Sheet *sheet, Type type, double width_mm, int lines, const char *text)
{
    fonts_take_turn();
    PangoLayout *layout = set_layout(sheet, type, width_mm, text);
    gboolean fits = pango_layout_get_line_count(layout) <= lines && !breaks_a_word(layout);
    fonts_end_turn();
    return fits;
}

void text_record_free(TextRecord *record)
{
    g_free(record->text);
    g_free(record);
}

static void record_text(Sheet *sheet, Box box, Box used, Type type, gboolean cut, const char *text)
{
    TextRecord *record = g_new0(TextRecord, 1);
    *record = (TextRecord){.text = g_strdup(text),
                           .box = box,
                           .used = used,
                           .em_mm = type_em(sheet, type),
                           .colour = type.colour ? type.colour : TOKEN_INK,
                           .ground = sheet->ground,
                           .may_cut = type.may_cut,
                           .cut = cut,
                           .broken = breaks_a_word(sheet->layout),
                           .paper = type.paper};
    g_ptr_array_add(sheet->records, record);
}

/* Where one breathes: the byte after a comma or stop that leaves two halves of one line each, the
 * more even the better; 0: nowhere. */
static gsize find_breath(Sheet *sheet, Type type, double width_mm, const char *text)
{
    static const char *const stops[] = {"，", "。", "；", ", ", ". ", "; "};
    gsize best = 0, length = strlen(text);
    double best_mm = width_mm * 0.75; /* a lonely word is no better than a broken line */
    for (gsize i = 0; i < length; i++) {
        gsize stop = 0;
        for (gsize j = 0; j < G_N_ELEMENTS(stops) && !stop; j++)
            if (g_str_has_prefix(text + i, stops[j]))
                stop = strlen(stops[j]);
        if (!stop || i + stop >= length)
            continue;
        g_autofree char *first = g_strndup(text, i + stop);
        double first_mm = sheet_measure_width(sheet, type, g_strchomp(first));
        double second_mm = sheet_measure_width(sheet, type, text + i + stop);
        if (first_mm > width_mm || second_mm > width_mm || fabs(first_mm - second_mm) >= best_mm)
            continue;
        best = i + stop;
        best_mm = fabs(first_mm - second_mm);
    }
    return best;
}

/* The least width that needs no more lines than `width_mm`. */
static double find_even_width(Sheet *sheet, Type type, double width_mm, const char *text)
{
    int lines = sheet_count_lines(sheet, type, width_mm, text);
    double low = width_mm / 2, high = width_mm;
    while (high - low > 1) {
        double middle = (low + high) / 2;
        if (sheet_count_lines(sheet, type, middle, text) > lines || breaks_a_word(sheet->layout))
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Text, its type and width for even lines. */
static const char *balance(Sheet *sheet, Type *type, const char *text, double *width_mm)
{
    int lines = strchr(text, '\n') ? 1 : sheet_count_lines(sheet, *type, *width_mm, text);
    if (lines < 2 || (type->lines > 0 && lines > type->lines))
        return text;
    gsize breath = lines == 2 ? find_breath(sheet, *type, *width_mm, text) : 0;
    if (!breath) {
        *width_mm = find_even_width(sheet, *type, *width_mm, text);
        return text;
    }
    g_autofree char *first = g_strndup(text, breath);
    gboolean longer = text[breath - 1] != ' '; /* the new line's byte replaces no blank */
    if (type->bold_bytes > breath)
        type->bold_bytes += longer;
    return sheet_keep(sheet, g_strconcat(g_strchomp(first), "\n", text + breath, NULL));
}

/* Glyphs may stand a little out of their line. */
static void mark_text(Sheet *sheet, Box used, Type type, const char *text)
{
    double em = type_em(sheet, type);
    const double values[] = {
        OP_TEXT,    theme_colour(type.colour ? type.colour : TOKEN_INK, sheet->high),
        em,         type.bold,
        type.align, (double)type.bold_bytes,
        type.paper, theme_size(type.size)->serif};
    sheet_mark(sheet, used, em * 0.25,
               mark_hash(mark_hash(MARK_SEED, text, strlen(text)), values, sizeof values));
}

static int count_paragraphs(const char *text)
{
    int count = 1;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

double sheet_draw_text(Sheet *sheet, Box box, Type type, const char *text)
{
    if (!*text)
        return 0;
    double line = type.paper ? type.em_mm : sheet_line(sheet, type.size);
    int room = MAX((int)floor(box.h / line + 0.05), 1);
    int lines = type.lines > 0 ? type.lines : room;
    double width = box.w;
    if (type.balanced)
        text = balance(sheet, &type, text, &width);
    if (type.align == ALIGN_CENTRE) /* centred in the box, however narrow the lines */
        box.x += (box.w - width) / 2;
    fonts_take_turn();
    PangoLayout *layout = set_layout(sheet, type, width, text);
    gboolean too_long = pango_layout_get_line_count(layout) > lines;
    if (too_long) {
        /* the height of an ellipsized layout counts lines a paragraph */
        pango_layout_set_height(layout, -MAX(lines / count_paragraphs(text), 1));
        pango_layout_set_ellipsize(layout,
                                   type.keeps_end ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
    }
    PangoRectangle extent;
    pango_layout_get_extents(layout, NULL, &extent);
    double unit = unit_mm(sheet, type), height = extent.height * unit;
    double top = box.y + (type.middle ? (box.h - height) / 2 : 0);
    if (sheet->records)
        record_text(sheet, box,
                    (Box){box.x + extent.x * unit, top, extent.width * unit, height},
                    type, too_long || lines > room || height > box.h + 0.6, text);
    mark_text(sheet, (Box){box.x, top, width, height}, type, text);
    sheet_set_colour(sheet, type.colour ? type.colour : TOKEN_INK);
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, box.x, top);
    cairo_scale(sheet->cr, unit * PANGO_SCALE, unit * PANGO_SCALE);
    cairo_move_to(sheet->cr, 0, 0);
    pango_cairo_show_layout(sheet->cr, layout);
    cairo_restore(sheet->cr); /* lets go of the font */
    fonts_end_turn();
    return height;
}

const char *sheet_keep(Sheet *sheet, char *text)
{
    const char *kept = secret_arena_text(sheet->phrases, text, -1).hidden;
    secret_free(text);
    return kept;
}

const char *sheet_say(Sheet *sheet, const char *key, ...)
{
    const char *pairs[2 * PAIRS_MAX + 1] = {NULL};
    va_list list;
    va_start(list, key);
    for (gsize i = 0; i < 2 * PAIRS_MAX; i++) {
        pairs[i] = va_arg(list, const char *);
        if (!pairs[i])
            break;
    }
    va_end(list);
    const Texts *texts = sheet->place->texts;
    Language language = sheet->view->language;
    g_autofree char *large = g_strconcat(key, ".large", NULL);
    const char *chosen = sheet->large && texts_has(texts, language, large) ? large : key;
    return sheet_keep(sheet, texts_format_pairs(texts, language, chosen, pairs));
}

const char *sheet_say_number(Sheet *sheet, const char *key, const char *name, int value)
{
    char digits[16];
    g_snprintf(digits, sizeof digits, "%d", value);
    return sheet_say(sheet, key, name, digits, NULL);
}

gboolean sheet_offers(const Sheet *sheet, ActionId id, int index)
{
    return view_offers(sheet->view, (Action){id, index});
}

void sheet_speak(Sheet *sheet, const char *sentence)
{
    if (sentence && *sentence)
        g_ptr_array_add(sheet->spoken, (gpointer)sheet_keep(sheet, g_strdup(sentence)));
}

static gboolean is_same(Action a, Action b)
{
    return a.id == b.id && a.index == b.index;
}

void sheet_add_target(Sheet *sheet, Box box, Action action, TargetKind kind, const char *label)
{
    if (kind != TARGET_NOTE && !view_offers(sheet->view, action))
        return;
    Target target = {box, action, kind, sheet_keep(sheet, g_strdup(label))};
    g_array_append_val(sheet->targets, target);
    if (!is_same(sheet->focused, action))
        return;
    double out = THEME_FOCUS_GAP + THEME_STROKE_SELECTED;
    sheet_stroke_box(sheet, (Box){box.x - out, box.y - out, box.w + 2 * out, box.h + 2 * out},
                     THEME_RADIUS_BUTTON + out, TOKEN_INK, THEME_STROKE_SELECTED, FALSE);
}

gboolean sheet_is_pressed(const Sheet *sheet, Action action)
{
    return is_same(sheet->pressed, action) && action.id != ACTION_UNKNOWN;
}
