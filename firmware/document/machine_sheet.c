#include "firmware/document/machine_sheet.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/document/bands.h"
#include "firmware/document/page.h"
#include <math.h>
#include <string.h>

#define UM_PER_MM 1000.0
#define HEADING_MM 6.5
#define TEXT_MM 3.4
#define ROW_MM 5.6
#define VALUE_MM 42.0 /* from a name to its value */
#define TICK_MM 1.0

/* The box in which text stands, by kind: left, top, width, height. */
static const double boxes[][4] = {
    [SHEET_UNKNOWN] = {0, 0, 0, 0},
    [SHEET_TEXT] = {16, 18, 135, 206},
    [SHEET_TEST] = {16, 18, 135, 110},
    [SHEET_CALIBRATION] = {42, 50, 96, 150},
};

typedef struct {
    TextLine *line;
    int page;
    double x_mm, y_mm;
} SheetLine;

struct MachineSheets {
    Document *document;
    SheetKind kind;
    GArray *lines; /* SheetLine */
    int count;
    double y_mm; /* where the next row stands */
};

static void clear_line(gpointer line)
{
    text_line_destroy(((SheetLine *)line)->line);
}

void machine_sheets_destroy(MachineSheets *sheets)
{
    if (!sheets)
        return;
    g_array_unref(sheets->lines);
    g_free(sheets);
}

/* What no font has becomes "?": a printer's name comes from outside. */
static char *make_printable(const TextEngine *engine, const char *text)
{
    GString *clean = g_string_new(NULL);
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        char one[8] = "";
        gunichar character;
        memcpy(one, c, (gsize)(g_utf8_next_char(c) - c));
        gboolean fine = *c == '\n' || *c == '\t' || !text_find_unprintable(engine, one, &character);
        g_string_append(clean, fine ? one : "?");
    }
    return g_string_free(clean, FALSE);
}

static void add(MachineSheets *sheets, Face face, double size_mm, const char *text, gsize length,
                double x_mm, double y_mm)
{
    SheetLine line = {.page = sheets->count - 1, .x_mm = x_mm, .y_mm = y_mm};
    line.line = text_line_create(sheets->document->engine, face, size_mm, 0, text, (gssize)length);
    g_array_append_val(sheets->lines, line);
}

/* Room for one more row; a text goes on on the next sheet. FALSE: the kind has only one. */
static gboolean make_room(MachineSheets *sheets)
{
    const double *box = boxes[sheets->kind];
    if (sheets->y_mm + ROW_MM <= box[1] + box[3])
        return TRUE;
    if (sheets->kind != SHEET_TEXT)
        return FALSE;
    sheets->count++;
    sheets->y_mm = box[1];
    return TRUE;
}

/* Sets `text` in rows of `width_mm`; the first stands where the name does. */
static gboolean add_rows(MachineSheets *sheets, const char *text, double x_mm, double width_mm)
{
    g_autoptr(Flow) flow = flow_create(sheets->document->engine, FACE_SANS_REGULAR, text);
    g_autoptr(GArray) pieces = flow_wrap(flow, TEXT_MM, width_mm, WRAP_PLAIN);
    if (!pieces)
        return FALSE;
    int row = 0;
    for (guint i = 0; i < pieces->len; i++) {
        const WrapPiece *piece = &g_array_index(pieces, WrapPiece, i);
        if (piece->row != row) {
            row = piece->row;
            sheets->y_mm += ROW_MM;
            if (!make_room(sheets))
                return FALSE;
        }
        add(sheets, FACE_SANS_REGULAR, TEXT_MM, text + piece->start, piece->length,
            x_mm + piece->x_mm, sheets->y_mm + TEXT_MM);
    }
    sheets->y_mm += ROW_MM;
    return TRUE;
}

static gboolean add_text(MachineSheets *sheets, const char *text)
{
    const double *box = boxes[sheets->kind];
    if (!make_room(sheets))
        return FALSE;
    const char *tab = strchr(text, '\t');
    if (!tab)
        return add_rows(sheets, text, box[0], box[2]);
    add(sheets, FACE_SANS_REGULAR, TEXT_MM, text, (gsize)(tab - text), box[0],
        sheets->y_mm + TEXT_MM);
    return add_rows(sheets, tab + 1, box[0] + VALUE_MM, box[2] - VALUE_MM);
}

MachineSheets *machine_sheets_create(Document *document, SheetKind kind, const char *text,
                                     GError **error)
{
    if (strlen(text) > SHEET_TEXT_MAX || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "sheet: %zu bytes, at most %d of UTF-8", strlen(text), SHEET_TEXT_MAX);
        return NULL;
    }
    g_autoptr(MachineSheets) sheets = g_new0(MachineSheets, 1);
    *sheets = (MachineSheets){.document = document, .kind = kind, .count = 1};
    sheets->lines = g_array_new(FALSE, FALSE, sizeof(SheetLine));
    g_array_set_clear_func(sheets->lines, clear_line);
    sheets->y_mm = boxes[kind][1] + HEADING_MM + ROW_MM;
    g_autofree char *clean = make_printable(document->engine, text);
    g_auto(GStrv) lines = g_strsplit(clean, "\n", -1);
    add(sheets, FACE_SERIF_MEDIUM, HEADING_MM, lines[0], strlen(lines[0]), boxes[kind][0],
        boxes[kind][1] + HEADING_MM);
    for (char **line = lines + 1; lines[0] && *line; line++)
        if (!add_text(sheets, *line)) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "sheet: \"%.40s\" does not fit",
                        *line);
            return NULL;
        }
    return g_steal_pointer(&sheets);
}

int machine_sheets_count(const MachineSheets *sheets)
{
    return sheets->count;
}

void machine_sheets_leaf_um(const MachineSheets *sheets, int *ret_width, int *ret_height)
{
    const Template *template = sheets->document->template;
    *ret_width = (int)lround(template->numbers[NUMBER_LEAF_WIDTH] * UM_PER_MM);
    *ret_height = (int)lround(template->numbers[NUMBER_LEAF_HEIGHT] * UM_PER_MM);
}

/* Upright lines A, B and lines across C, D, with a tick each millimetre. */
static void draw_calibration(const MachineSheets *sheets, cairo_t *cr)
{
    int width_um, height_um;
    machine_sheets_leaf_um(sheets, &width_um, &height_um);
    double width = width_um / UM_PER_MM, height = height_um / UM_PER_MM;
    for (int i = 0; i < CALIBRATION_LINES; i++) {
        double at = calibration_line_um(i) / UM_PER_MM;
        gboolean upright = i < 2;
        char letter[2] = {(char)('A' + i), '\0'};
        g_autoptr(TextLine) name = text_line_create(sheets->document->engine, FACE_SERIF_MEDIUM,
                                                    HEADING_MM, 0, letter, -1);
        if (upright)
            draw_line(cr, at, 10, at, height - 10, 0.1);
        else
            draw_line(cr, 10, at, width - 10, at, 0.1);
        text_line_draw(name, cr, upright ? at + 1.5 : width / 2, upright ? height / 2 : at - 1.5,
                       0);
    }
    for (int mm = 10; mm <= (int)height - 10; mm++) {
        double length = mm % 10 == 0 ? 4 : mm % 5 == 0 ? 2.5 : TICK_MM;
        if (mm <= width - 10)
            draw_line(cr, mm, 32, mm, 32 + length, 0.1);
        draw_line(cr, 32, mm, 32 + length, mm, 0.1);
    }
}

/* Tints, fine lines and small type: what a worn drum or low toner spoils first. */
static void draw_test(const MachineSheets *sheets, cairo_t *cr)
{
    static const double sizes_mm[] = {1.6, 2.0, 2.5, 3.0};
    for (int i = 0; i < 9; i++) {
        cairo_save(cr);
        ink_set_tint(cr, i / 10.0);
        cairo_rectangle(cr, 16 + 15 * i, 140, 15, 14);
        cairo_fill(cr);
        cairo_restore(cr);
        draw_line(cr, 16 + 15 * i, 158, 16 + 15 * i, 172, 0.05 * (i + 1));
        draw_line(cr, 16, 176 + 1.5 * i, 151, 176 + 1.5 * i, 0.05 * (i + 1));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(sizes_mm); i++) {
        g_autoptr(TextLine) line =
            text_line_create(sheets->document->engine, FACE_SERIF_REGULAR, sizes_mm[i], 0,
                             "不动产权证书 测试打印 0123456789 ABCDEFGHIJ", -1);
        text_line_draw(line, cr, 16, 200 + 6 * (double)i, 0);
    }
}

static void draw(const MachineSheets *sheets, int page, gboolean placed, cairo_t *cr)
{
    cairo_save(cr);
    if (placed)
        apply_placement(&sheets->document->placement, cr);
    ink_set_black(cr);
    for (guint i = 0; i < sheets->lines->len; i++) {
        const SheetLine *line = &g_array_index(sheets->lines, SheetLine, i);
        if (line->page == page)
            text_line_draw(line->line, cr, line->x_mm, line->y_mm, 0);
    }
    if (sheets->kind == SHEET_CALIBRATION)
        draw_calibration(sheets, cr);
    if (sheets->kind == SHEET_TEST)
        draw_test(sheets, cr);
    cairo_restore(cr);
}

static void draw_placed(gpointer sheets, int page, cairo_t *cr)
{
    draw(sheets, page, TRUE, cr);
}

static void draw_plain(gpointer sheets, int page, cairo_t *cr)
{
    draw(sheets, page, FALSE, cr);
}

RasterSource *machine_sheets_to_bands(const MachineSheets *sheets, RasterFormat format, int dpi,
                                      GError **error)
{
    int width_um, height_um;
    machine_sheets_leaf_um(sheets, &width_um, &height_um);
    double dots_per_um = dpi / MM_PER_INCH / UM_PER_MM;
    return bands_record(draw_placed, (gpointer)sheets, sheets->count,
                        (int)lround(width_um * dots_per_um), (int)lround(height_um * dots_per_um),
                        format, dpi, error);
}

GBytes *machine_sheets_to_pdf(const MachineSheets *sheets, gboolean placed, gint64 wall_ms,
                              GError **error)
{
    int width_um, height_um;
    char date[32];
    machine_sheets_leaf_um(sheets, &width_um, &height_um);
    clock_format_utc(wall_ms, date);
    return pdf_write(placed ? draw_placed : draw_plain, (gpointer)sheets, sheets->count, width_um,
                     height_um, "kiosk", date, error);
}
