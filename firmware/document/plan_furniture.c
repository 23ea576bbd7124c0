#include "firmware/document/plan_furniture.h"
#include "firmware/document/plan_walls.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* All y count from the drawing area's top (30.5), all x from its left (22.5). */
#define FIGURE_TOP 10.0
#define FIGURE_HEIGHT 169.0
#define FIGURE_LINE 0.5
#define TABLE_ROWS 4
#define TABLE_ROW 6.0
#define TABLE_LINE 0.2
#define ZONE_TOP 34.0
#define ZONE_HEIGHT 126.0
#define SCALE_BASELINE 166.0
#define BAR_TOP 165.0
#define BAR_LENGTH 50.0
#define BAR_HEIGHT 0.9
#define BAR_FIELDS 5
#define BAR_LINE 0.13
#define FIGURES_BASELINE 164.0
#define LEGEND_TOP 168.8
#define LEGEND_MARGIN 5.0
#define LEGEND_GAP 1.4
#define FOOT_BASELINE 183.1
#define FOOT_GAP 4.0
#define UNIT_BASELINE 6.5
#define VALUE_LEAST 2.0
#define CELL_MARGIN 0.6
#define ARROW_FROM_RIGHT 12.5
#define ARROW_FROM_TOP 15.5
#define ARROW_LENGTH 13.0
#define ARROW_WIDTH 3.4
#define ARROW_NOTCH 3.0 /* of the tail */
#define NUMBERED_SIZE 2.2
#define NUMBERED_PITCH 3.2
#define NUMBERED_INSET 3.0
#define NUMBERED_GAP 3.0 /* from name to name */

#define LABEL_STYLE                                                                                \
    {                                                                                              \
        .face = FACE_SANS_REGULAR, .size_mm = 2.2, .align = ALIGN_CENTRE                           \
    }
#define VALUE_STYLE                                                                                \
    {                                                                                              \
        .face = FACE_SERIF_REGULAR, .size_mm = 2.7, .align = ALIGN_CENTRE                          \
    }

static const double edges[] = {0, 15, 54, 69, 92, 110, 123}; /* of the table's columns */

typedef enum { VALUE_TEXT, VALUE_AREA, VALUE_COUNT, VALUE_LOCATION } ValueKind;

static const struct {
    const char *label, *member;
    int row, column; /* of the label; the value is in the next column */
    ValueKind kind;
    gsize offset;
    gboolean is_personal;
} cells[] = {
    {"宗地代码", "parcel_code", 0, 0, VALUE_TEXT, offsetof(PlanSheet, parcel_code), TRUE},
    {"结构", "structure", 0, 2, VALUE_TEXT, offsetof(PlanSheet, structure), FALSE},
    {"专有建筑面积", "exclusive_area", 0, 4, VALUE_AREA, offsetof(PlanSheet, exclusive_area),
     FALSE},
    {"幢号", "building_no", 1, 0, VALUE_TEXT, offsetof(PlanSheet, building_no), TRUE},
    {"总层数", "total_floors", 1, 2, VALUE_COUNT, offsetof(PlanSheet, total_floors), FALSE},
    {"分摊建筑面积", "apportioned_area", 1, 4, VALUE_AREA, offsetof(PlanSheet, apportioned_area),
     FALSE},
    {"户号", "unit_no", 2, 0, VALUE_TEXT, offsetof(PlanSheet, unit_no), TRUE},
    {"所在层次", "floor", 2, 2, VALUE_TEXT, offsetof(PlanSheet, floor), FALSE},
    {"建筑面积", "building_area", 2, 4, VALUE_AREA, offsetof(PlanSheet, building_area), FALSE},
    {"坐落", "location", 3, 0, VALUE_LOCATION, offsetof(PlanSheet, location), TRUE},
};

static const char *const legend[SAMPLE_COUNT] = {
    [SAMPLE_WALL_OWN] = "自有墙", [SAMPLE_WALL_SHARED] = "共有墙", [SAMPLE_WALL_BORROWED] = "借墙",
    [SAMPLE_OUTLINE] = "权界线",  [SAMPLE_BALCONY] = "未封闭阳台", [SAMPLE_COMMON] = "共有部分",
};

static const TemplateItem *area_of(const Document *document)
{
    return &document->template->items[ITEM_PLAN_AREA];
}

static Vec origin_of(const Document *document)
{
    const TemplateItem *area = area_of(document);
    return (Vec){area->x_mm, area->y_mm};
}

Rect furniture_zone(const Document *document)
{
    Vec origin = origin_of(document);
    return (Rect){origin.x, origin.y + ZONE_TOP, origin.x + area_of(document)->width_mm,
                  origin.y + ZONE_TOP + ZONE_HEIGHT};
}

static Vec arrow_centre(const Document *document)
{
    Rect zone = furniture_zone(document);
    return (Vec){zone.x1 - ARROW_FROM_RIGHT, zone.y0 + ARROW_FROM_TOP};
}

Rect furniture_arrow_box(const Document *document)
{
    Vec centre = arrow_centre(document);
    return (Rect){centre.x - 10, centre.y - 13, centre.x + 10, centre.y + 13};
}

/* A cell's text; NULL: stays blank. The caller frees. */
static char *cell_text(const PlanSheet *sheet, guint i)
{
    double number;
    switch (cells[i].kind) {
    case VALUE_TEXT:
        return g_strdup(G_STRUCT_MEMBER(char *, sheet, cells[i].offset));
    case VALUE_LOCATION:
        return g_strdup(sheet->location.hidden);
    case VALUE_AREA:
        number = G_STRUCT_MEMBER(double, sheet, cells[i].offset);
        return isnan(number) ? NULL : g_strdup_printf("%.2f", number);
    case VALUE_COUNT:
        number = G_STRUCT_MEMBER(double, sheet, cells[i].offset);
        return isnan(number) ? NULL : g_strdup_printf("%g", number);
    }
    return NULL;
}

/* Shrinks by 0.1 until the text fits. */
static gboolean add_cell_value(GArray *lines, const Document *document, guint i, const char *text)
{
    gboolean is_location = cells[i].kind == VALUE_LOCATION;
    double left = edges[cells[i].column + 1];
    double right = is_location ? edges[G_N_ELEMENTS(edges) - 1] : edges[cells[i].column + 2];
    double inset = is_location ? 2.0 : CELL_MARGIN;
    Vec origin = origin_of(document);
    TemplateItem value = VALUE_STYLE;
    value.align = is_location ? ALIGN_LEFT : ALIGN_CENTRE;
    double x = is_location ? left + inset : (left + right) / 2;
    double middle = FIGURE_TOP + (cells[i].row + 0.5) * TABLE_ROW;
    for (int tenths = 27; tenths >= VALUE_LEAST * 10; tenths--) {
        value.size_mm = tenths / 10.0;
        PlacedLine *placed = lines_add(lines, document, &value, text, -1, origin.x + x,
                                       origin.y + middle + text_baseline_drop(value.size_mm));
        placed->is_personal = cells[i].is_personal;
        if (text_line_width_mm(placed->line) <= right - left - 2 * inset)
            return TRUE;
        g_array_set_size(lines, lines->len - 1);
    }
    return FALSE;
}

static gboolean add_table(GArray *lines, const Document *document, const PlanSheet *sheet,
                          const char *member, GError **error)
{
    Vec origin = origin_of(document);
    TemplateItem label = LABEL_STYLE;
    for (guint i = 0; i < G_N_ELEMENTS(cells); i++) {
        double middle = FIGURE_TOP + (cells[i].row + 0.5) * TABLE_ROW;
        double x = (edges[cells[i].column] + edges[cells[i].column + 1]) / 2;
        lines_add_fixed(lines, document, &label, cells[i].label, -1, origin.x + x,
                        origin.y + middle + text_baseline_drop(label.size_mm));
        char *text = cell_text(sheet, i);
        gboolean fits = !text || add_cell_value(lines, document, i, text);
        if (text)
            secret_wipe(text, strlen(text));
        g_free(text);
        if (!fits) {
            g_autofree char *path = g_strconcat(member, ": sheet: ", cells[i].member, NULL);
            return pages_refuse(error, path, "does not fit its cell");
        }
    }
    return TRUE;
}

/* Left end of the bar when the group of scale, bar and unit is centred. */
static double bar_left(const Document *document, double ratio_width, double metre_width)
{
    double width = ratio_width + 3.2 + BAR_LENGTH + 2.6 + metre_width;
    return (area_of(document)->width_mm - width) / 2 + ratio_width + 3.2;
}

static double fixed_width(const Document *document, const TemplateItem *style, const char *text)
{
    g_autoptr(TextLine) line =
        text_line_create_fixed(document->engine, style->face, style->size_mm, 0, text, -1);
    return text_line_width_mm(line);
}

static const TemplateItem ratio_style = {
    .face = FACE_SANS_MEDIUM, .size_mm = 3.0, .align = ALIGN_RIGHT};
static const TemplateItem small_style = {
    .face = FACE_SANS_REGULAR, .size_mm = 2.0, .align = ALIGN_CENTRE};

static double find_bar(const Document *document, int scale)
{
    char ratio[16];
    g_snprintf(ratio, sizeof ratio, "1:%d", scale);
    return bar_left(document, fixed_width(document, &ratio_style, ratio),
                    fixed_width(document, &small_style, "m"));
}

static void add_scale(GArray *lines, const Document *document, int scale)
{
    Vec origin = origin_of(document);
    double left = origin.x + find_bar(document, scale);
    char text[16];
    g_snprintf(text, sizeof text, "1:%d", scale);
    lines_add_fixed(lines, document, &ratio_style, text, -1, left - 3.2, origin.y + SCALE_BASELINE);
    for (int i = 0; i <= BAR_FIELDS; i++) {
        g_snprintf(text, sizeof text, "%g", i * scale / 100.0);
        lines_add_fixed(lines, document, &small_style, text, -1, left + i * BAR_LENGTH / BAR_FIELDS,
                        origin.y + FIGURES_BASELINE);
    }
    TemplateItem metre = small_style;
    metre.align = ALIGN_LEFT;
    lines_add_fixed(lines, document, &metre, "m", -1, left + BAR_LENGTH + 2.6,
                    origin.y + BAR_TOP + BAR_HEIGHT);
}

/* Left end of every sample: the legend is spread evenly. */
static void spread_legend(const Document *document, double ret_x[SAMPLE_COUNT])
{
    const TemplateItem style = LABEL_STYLE;
    double widths[SAMPLE_COUNT], sum = 0;
    for (guint i = 0; i < SAMPLE_COUNT; i++) {
        widths[i] = SAMPLE_MM + LEGEND_GAP + fixed_width(document, &style, legend[i]);
        sum += widths[i];
    }
    double gap = (area_of(document)->width_mm - 2 * LEGEND_MARGIN - sum) / (SAMPLE_COUNT - 1);
    double x = area_of(document)->x_mm + LEGEND_MARGIN;
    for (guint i = 0; i < SAMPLE_COUNT; i++) {
        ret_x[i] = x;
        x += widths[i] + gap;
    }
}

static double legend_middle(const Document *document)
{
    return area_of(document)->y_mm + (LEGEND_TOP + FIGURE_TOP + FIGURE_HEIGHT) / 2;
}

static void add_legend(GArray *lines, const Document *document)
{
    double x[SAMPLE_COUNT];
    spread_legend(document, x);
    TemplateItem style = LABEL_STYLE;
    style.align = ALIGN_LEFT;
    for (guint i = 0; i < SAMPLE_COUNT; i++)
        lines_add_fixed(lines, document, &style, legend[i], -1, x[i] + SAMPLE_MM + LEGEND_GAP,
                        legend_middle(document) + text_baseline_drop(style.size_mm));
}

/* "2026-05-18" as a date on paper; anything else as it is. The caller frees. */
static char *format_day(const char *text)
{
    int year, month, day;
    if (text && sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3)
        return g_strdup_printf("%04d年%02d月%02d日", year, month, day);
    return g_strdup(text ? text : "");
}

static void add_foot(GArray *lines, const Document *document, const PlanSheet *sheet)
{
    const TemplateItem *area = area_of(document);
    double y = area->y_mm + FOOT_BASELINE, right = area->x_mm + area->width_mm;
    TemplateItem style = {.face = FACE_SERIF_REGULAR, .size_mm = 2.4, .align = ALIGN_LEFT};
    g_autofree char *surveyor = g_strconcat("绘图员：", sheet->surveyor, NULL);
    g_autofree char *checker = g_strconcat("审核员：", sheet->checker, NULL);
    g_autofree char *drawn_on = format_day(sheet->drawn_on);
    g_autofree char *checked_on = format_day(sheet->checked_on);
    const PlacedLine *placed = lines_add(lines, document, &style, surveyor, -1, area->x_mm, y);
    lines_add(lines, document, &style, drawn_on, -1,
              area->x_mm + text_line_width_mm(placed->line) + FOOT_GAP, y);
    style.align = ALIGN_RIGHT;
    placed = lines_add(lines, document, &style, checked_on, -1, right, y);
    lines_add(lines, document, &style, checker, -1,
              right - text_line_width_mm(placed->line) - FOOT_GAP, y);
}

/* Moves the pieces from `first` on, which share a row, to the middle of `width_mm`. */
static void centre_row(GArray *pieces, guint first, double used_mm, double width_mm)
{
    for (guint i = first; i < pieces->len; i++)
        g_array_index(pieces, WrapPiece, i).x_mm += (width_mm - used_mm) / 2;
}

double furniture_wrap_numbered(const Document *document, const char *text, GArray **ret_pieces)
{
    static const TemplateItem style = {.face = FACE_SANS_REGULAR, .size_mm = NUMBERED_SIZE};
    double width_mm = area_of(document)->width_mm - 2 * NUMBERED_INSET, x_mm = 0;
    *ret_pieces = NULL;
    if (!*text)
        return 0;
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(WrapPiece));
    guint first = 0; /* of the row */
    int row = 0;
    for (gsize start = 0; text[start];) {
        gsize length = strcspn(text + start, "\n");
        g_autofree char *entry = g_strndup(text + start, length);
        g_autoptr(TextLine) line =
            text_line_create(document->engine, style.face, style.size_mm, 0, entry, -1);
        double entry_mm = text_line_width_mm(line);
        if (x_mm > 0 && x_mm + entry_mm > width_mm) {
            centre_row(pieces, first, x_mm - NUMBERED_GAP, width_mm);
            first = pieces->len;
            x_mm = 0;
            row++;
        }
        WrapPiece piece = {.start = start, .length = length, .x_mm = x_mm, .row = row};
        g_array_append_val(pieces, piece);
        x_mm += entry_mm + NUMBERED_GAP;
        start += length + (text[start + length] == '\n');
    }
    centre_row(pieces, first, x_mm - NUMBERED_GAP, width_mm);
    *ret_pieces = pieces;
    return wrap_rows(pieces) * NUMBERED_PITCH + 0.8;
}

static void add_numbered(GArray *lines, const Document *document, const GArray *pieces,
                         const char *text)
{
    TemplateItem style = {.face = FACE_SANS_REGULAR, .size_mm = NUMBERED_SIZE, .align = ALIGN_LEFT};
    Rect zone = furniture_zone(document);
    for (guint i = 0; pieces && i < pieces->len; i++) {
        const WrapPiece *piece = &g_array_index(pieces, WrapPiece, i);
        double up = (wrap_rows(pieces) - 1 - piece->row) * NUMBERED_PITCH;
        lines_add(lines, document, &style, text + piece->start, (gssize)piece->length,
                  zone.x0 + NUMBERED_INSET + piece->x_mm, zone.y1 - 0.9 - up);
    }
}

GArray *furniture_lines_create(const Document *document, const PlanSheet *sheet, int scale,
                               const GArray *numbered, const char *numbered_text,
                               const char *member, GError **error)
{
    GArray *lines = lines_create();
    const TemplateItem *area = area_of(document);
    TemplateItem unit = {.face = FACE_SANS_REGULAR, .size_mm = 2.4, .align = ALIGN_RIGHT};
    lines_add_item(lines, document, ITEM_PLAN_TITLE);
    lines_add_fixed(lines, document, &unit, "单位：m·㎡", -1, area->x_mm + area->width_mm,
                    area->y_mm + UNIT_BASELINE);
    if (!add_table(lines, document, sheet, member, error)) {
        g_array_unref(lines);
        return NULL;
    }
    add_scale(lines, document, scale);
    add_legend(lines, document);
    add_foot(lines, document, sheet);
    add_numbered(lines, document, numbered, numbered_text);
    return lines;
}

static void draw_table(const Document *document, cairo_t *cr)
{
    const TemplateItem *area = area_of(document);
    double left = area->x_mm, right = area->x_mm + area->width_mm, top = area->y_mm + FIGURE_TOP;
    for (int row = 1; row <= TABLE_ROWS; row++)
        path_line(cr, left, top + row * TABLE_ROW, right, top + row * TABLE_ROW);
    for (guint i = 1; i + 1 < G_N_ELEMENTS(edges); i++) {
        int rows = i == 1 ? TABLE_ROWS : TABLE_ROWS - 1; /* 坐落 takes the whole last row */
        path_line(cr, left + edges[i], top, left + edges[i], top + rows * TABLE_ROW);
    }
    double legend_top = area->y_mm + LEGEND_TOP;
    path_line(cr, left, legend_top, right, legend_top);
    ink_stroke(cr, TABLE_LINE);
    draw_box(cr, left, top, area->width_mm, FIGURE_HEIGHT, FIGURE_LINE);
}

static void draw_bar(const Document *document, int scale, cairo_t *cr)
{
    Vec origin = origin_of(document);
    double left = origin.x + find_bar(document, scale), field = BAR_LENGTH / BAR_FIELDS;
    for (int i = 0; i < BAR_FIELDS; i += 2)
        cairo_rectangle(cr, left + i * field, origin.y + BAR_TOP, field, BAR_HEIGHT);
    cairo_fill(cr);
    draw_box(cr, left, origin.y + BAR_TOP, BAR_LENGTH, BAR_HEIGHT, BAR_LINE);
}

/* A slim arrow whose right half is black, 北 upright beyond its tip. */
static void draw_arrow(const Document *document, double north, cairo_t *cr)
{
    Vec centre = arrow_centre(document);
    double half = ARROW_LENGTH / 2;
    cairo_save(cr);
    cairo_translate(cr, centre.x, centre.y);
    cairo_rotate(cr, north);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_BEVEL);
    cairo_move_to(cr, 0, -half);
    cairo_line_to(cr, ARROW_WIDTH / 2, half);
    cairo_line_to(cr, 0, half - ARROW_NOTCH);
    cairo_close_path(cr);
    cairo_fill(cr);
    cairo_move_to(cr, 0, -half);
    cairo_line_to(cr, ARROW_WIDTH / 2, half);
    cairo_line_to(cr, 0, half - ARROW_NOTCH);
    cairo_line_to(cr, -ARROW_WIDTH / 2, half);
    cairo_close_path(cr);
    ink_stroke(cr, WALL_FACE_MM);
    cairo_restore(cr);
    g_autoptr(TextLine) line =
        text_line_create_fixed(document->engine, FACE_SANS_MEDIUM, 2.7, 0, "北", -1);
    double reach = half + 2.2;
    text_line_draw(line, cr, centre.x + sin(north) * reach - text_line_width_mm(line) / 2,
                   centre.y - cos(north) * reach + text_baseline_drop(2.7), 0);
}

void furniture_draw(const Document *document, int scale, double north, cairo_t *cr)
{
    ink_set_black(cr);
    draw_table(document, cr);
    draw_bar(document, scale, cr);
    double x[SAMPLE_COUNT];
    spread_legend(document, x);
    samples_draw(x, legend_middle(document), cr);
    draw_arrow(document, north, cr);
}
