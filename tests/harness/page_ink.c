/* Ink on pages: page_ink RECORD.json prints one line a field and a cell, for tests/measure/pages.
 */
#include "tests/harness/page_ink.h"
#include "firmware/certificate/identifier.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define K (INK_DPI / 25.4)
#define WINDOW_MM 0.6 /* ink is looked for this far round its place */
#define QR_MODULES 53
#define BOOKLET "D33000000001"
#define IDENTIFIER "11100000MB03271699001.11330106MA00000A9H.0001202600000001.001.N"
#define QR_TEXT                                                                                    \
    "HTTPS://VERIFY.EXAMPLE.GOV.CN/V/" IDENTIFIER "/" BOOKLET "/ABCDEFGHIJKLMNOPQRSTUVWXYY/TEST/"  \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ23" \
    "4567ABCDEFA"

Sheet sheet_draw(Pages *pages, int page)
{
    Sheet sheet = {bands_create(pages, RASTER_GRAY8, INK_DPI, NULL), NULL};
    sheet.dots = g_malloc(raster_stride(sheet.source) * (gsize)sheet.source->height_px);
    if (!sheet.source->fill(sheet.source, page, 0, sheet.source->height_px, sheet.dots))
        g_error("page_ink: page %d cannot be drawn", page);
    return sheet;
}

void sheet_clear(Sheet *sheet)
{
    g_clear_pointer(&sheet->source, raster_source_destroy);
    g_clear_pointer(&sheet->dots, g_free);
}

static gboolean is_ink(const Sheet *sheet, int x, int y)
{
    return sheet->dots[(gsize)y * raster_stride(sheet->source) + (gsize)x] < 128;
}

int sheet_count_ink(const Sheet *sheet, Box window)
{
    Box found;
    int count = 0;
    for (double y = window.y0; y < window.y1; y += 1 / K) {
        Box row = {window.x0, y, window.x1, y + 1 / K};
        count += sheet_find_ink(sheet, row, &found);
    }
    return count;
}

gboolean sheet_find_ink(const Sheet *sheet, Box window, Box *ret)
{
    int x0 = MAX(0, (int)floor(window.x0 * K)), y0 = MAX(0, (int)floor(window.y0 * K));
    int x1 = MIN(sheet->source->width_px, (int)ceil(window.x1 * K));
    int y1 = MIN(sheet->source->height_px, (int)ceil(window.y1 * K));
    int left = x1, top = y1, right = x0, bottom = y0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            if (is_ink(sheet, x, y)) {
                left = MIN(left, x), right = MAX(right, x + 1);
                top = MIN(top, y), bottom = MAX(bottom, y + 1);
            }
    *ret = (Box){left / K, top / K, right / K, bottom / K};
    return right > left;
}

Box text_ink(TextEngine *engine, Face face, double size_mm, double spacing_mm, const char *text,
             double *ret_width)
{
    enum { SCALE = 80, MARGIN = 200 }; /* dots a mm; a margin round the line */
    g_autoptr(TextLine) line = text_line_create(engine, face, size_mm, spacing_mm, text, -1);
    *ret_width = text_line_width_mm(line);
    int width = (int)(*ret_width * SCALE) + 2 * MARGIN, height = (int)(3 * size_mm * SCALE);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, SCALE, SCALE);
    text_line_draw(line, cr, (double)MARGIN / SCALE, 1.5 * size_mm, 0);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const guint8 *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    int left = width, right = 0, top = height, bottom = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (data[(gsize)y * (gsize)stride + (gsize)x] >= 128) {
                left = MIN(left, x), right = MAX(right, x + 1);
                top = MIN(top, y), bottom = MAX(bottom, y + 1);
            }
    cairo_surface_destroy(surface);
    return (Box){(left - MARGIN) / (double)SCALE, top / (double)SCALE - 1.5 * size_mm,
                 (right - MARGIN) / (double)SCALE, bottom / (double)SCALE - 1.5 * size_mm};
}

static Box grow(Box box, double by)
{
    return (Box){box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by};
}

/* Where calibration sends a box of the page. */
static Box place(Box box, const Placement *placement)
{
    double sx = 1 + placement->scale_x_ppm / 1e6, sy = 1 + placement->scale_y_ppm / 1e6;
    double dx = placement->offset_x_um / 1e3, dy = placement->offset_y_um / 1e3;
    return (Box){dx + sx * box.x0, dy + sy * box.y0, dx + sx * box.x1, dy + sy * box.y1};
}

static void print_box(Box box)
{
    printf("\t%.3f\t%.3f\t%.3f\t%.3f", box.x0, box.y0, box.x1, box.y1);
}

static void measure_field(const Sheet *sheet, const Field *field, const Placement *placement,
                          const char *what)
{
    Box wanted = place(field->box, placement), window = grow(wanted, WINDOW_MM), found;
    if (!strcmp(field->name, "QR")) { /* moves, but keeps its size */
        wanted.x1 = wanted.x0 + field->box.x1 - field->box.x0;
        wanted.y1 = wanted.y0 + field->box.y1 - field->box.y0;
    }
    if (field->across_only)
        window.y0 = wanted.y0, window.y1 = wanted.y1;
    if (field->down_only)
        window.x0 = wanted.x0, window.x1 = wanted.x1;
    gboolean is_there = sheet_find_ink(sheet, window, &found);
    if (field->across_only)
        found.y0 = wanted.y0, found.y1 = wanted.y1;
    if (field->down_only)
        found.x0 = wanted.x0, found.x1 = wanted.x1;
    printf("field\t%s\t%d\t%s", what, field->page + 1, field->name);
    print_box(wanted);
    if (is_there)
        print_box(found);
    printf("\n");
}

static Record *load(const char *path, gboolean without_seal)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, &length, &error))
        g_error("page_ink: %s", error->message);
    json_t *root = json_loadb(text, length, 0, NULL);
    if (without_seal)
        json_object_del(root, "seal");
    char *changed = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    Record *record = record_parse(changed, strlen(changed), &error);
    free(changed);
    if (!record)
        g_error("page_ink: %s: %s", path, error->message);
    return record;
}

static Pages *lay_out(Document *document, Record *record)
{
    g_autoptr(GError) error = NULL;
    Pages *pages = pages_create(document, record, &error);
    if (!pages || !pages_set_issue(pages, QR_TEXT, BOOKLET, &error))
        g_error("page_ink: %s", error->message);
    return pages;
}

static const char *stock_word(StockKind stock)
{
    return stock == STOCK_PLAIN ? "plain" : "preprinted";
}

typedef struct {
    const guchar *data;
    gsize left;
} Source;

static cairo_status_t read_source(void *closure, unsigned char *target, unsigned length)
{
    Source *source = closure;
    if (source->left < length)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(target, source->data, length);
    source->data += length;
    source->left -= length;
    return CAIRO_STATUS_SUCCESS;
}

/* How much of the seal's width is paper left of its ink (and right of it: it is a ring). */
static double seal_rim(GBytes *png)
{
    Source source = {NULL, 0};
    source.data = g_bytes_get_data(png, &source.left);
    cairo_surface_t *seal = cairo_image_surface_create_from_png_stream(read_source, &source);
    int width = cairo_image_surface_get_width(seal), height = cairo_image_surface_get_height(seal);
    const guint8 *data = cairo_image_surface_get_data(seal);
    int left = width;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < left; x++)
            if (data[y * cairo_image_surface_get_stride(seal) + 4 * x + 3] >= 128)
                left = x;
    cairo_surface_destroy(seal);
    return (double)left / width;
}

static void measure_fields(const char *record_path, TextEngine *engine, GKeyFile *template,
                           StockKind stock, const Placement *placement)
{
    g_autofree char *what = g_strdup_printf(
        "%s %+.1f %+.1f %+.2f%% %+.2f%%", stock_word(stock), placement->offset_x_um / 1e3,
        placement->offset_y_um / 1e3, placement->scale_x_ppm / 1e4, placement->scale_y_ppm / 1e4);
    g_autoptr(Document) document = document_create(ASSETS_DIR, stock, placement, NULL);
    g_autoptr(Record) record = load(record_path, TRUE); /* the seal lies over texts */
    g_autoptr(Pages) pages = lay_out(document, record);
    g_autoptr(GArray) fields =
        fields_list(engine, template, record, IDENTIFIER, QR_MODULES, BOOKLET);
    for (int page = 0; page < pages_count(pages); page++) {
        Sheet sheet = sheet_draw(pages, page);
        for (guint i = 0; i < fields->len; i++) {
            const Field *field = &g_array_index(fields, Field, i);
            if (field->page == page && !(field->is_on_booklet && stock != STOCK_PLAIN))
                measure_field(&sheet, field, placement, what);
        }
        sheet_clear(&sheet);
    }
    g_autoptr(Record) sealed = load(record_path, FALSE);
    g_autoptr(Pages) stamped = lay_out(document, sealed);
    Sheet sheet = sheet_draw(stamped, 0);
    double x = g_key_file_get_double(template, "title.seal", "x", NULL);
    double y = g_key_file_get_double(template, "title.seal", "y", NULL);
    double side = g_key_file_get_double(template, "title.seal", "width", NULL);
    const double rim = side * seal_rim(sealed->seal_png);
    Field seal = {.name = "seal", .box = {x + rim, y + rim, x + side - rim, y + side - rim}};
    measure_field(&sheet, &seal, placement, what);
    sheet_clear(&sheet);
}

/* A band of paper that no value may enter. */
static void check_paper(const Sheet *sheet, int page, const char *record, const char *name, int i,
                        Box band)
{
    printf("cell\t%s\t%d\t%s %d\t%d\n", record, page + 1, name, i, sheet_count_ink(sheet, band));
}

/* On pre-printed stock only values are there: none may come near a rule of the booklet. */
static void measure_cells(const char *path)
{
    const double near = 0.4;
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(Document) document = document_create(ASSETS_DIR, STOCK_PREPRINTED, NULL, NULL);
    g_autoptr(Record) record = load(path, FALSE);
    g_autoptr(Pages) pages = lay_out(document, record);
    for (int page = 0; page < pages_count(pages); page++) {
        const char *kind = pages_kind(pages, page);
        if (strcmp(kind, "rights") != 0 && strcmp(kind, "notes") != 0)
            continue;
        Sheet sheet = sheet_draw(pages, page);
        for (int row = 0; !strcmp(kind, "rights") && row <= 9; row++) {
            double y = 25.5 + 13.5 * row;
            check_paper(&sheet, page, name, "rule", row, (Box){17.5, y - near, 150.5, y + near});
        }
        check_paper(&sheet, page, name, "left edge", 0, (Box){0, 25.5, 17.5 + near, 240});
        check_paper(&sheet, page, name, "right edge", 0, (Box){150.5 - near, 25.5, 167, 240});
        check_paper(&sheet, page, name, "foot", 0, (Box){0, 222.5 - near, 167, 240});
        if (!strcmp(kind, "rights"))
            check_paper(&sheet, page, name, "column", 0, (Box){17.5, 25.5, 42.5 + near, 222.5});
        sheet_clear(&sheet);
    }
    /* the header table of a vector plan: its lines are ours, values keep off them */
    static const double edges[] = {0, 15, 54, 69, 92, 110, 123};
    for (int page = 0; page < pages_count(pages); page++) {
        if (strcmp(pages_kind(pages, page), "household-plan") != 0)
            continue;
        Sheet sheet = sheet_draw(pages, page);
        for (int row = 0; row < 4; row++)
            for (int i = 0; i < (row == 3 ? 2 : 6); i++) {
                double x0 = 22.5 + edges[i] + 0.3, y0 = 40.5 + 6 * row + 0.3;
                double x1 = 22.5 + (row == 3 && i == 1 ? 123 : edges[i + 1]) - 0.3, y1 = y0 + 5.4;
                double line = 0.15;
                check_paper(&sheet, page, name, "plan cell", 10 * row + i,
                            (Box){x0, y0, x1, y0 + line});
                check_paper(&sheet, page, name, "plan cell", 10 * row + i,
                            (Box){x0, y1 - line, x1, y1});
                check_paper(&sheet, page, name, "plan cell", 10 * row + i,
                            (Box){x0, y0, x0 + line, y1});
                check_paper(&sheet, page, name, "plan cell", 10 * row + i,
                            (Box){x1 - line, y0, x1, y1});
            }
        sheet_clear(&sheet);
    }
}

int main(int argc, char **argv)
{
    static const Placement placements[] = {
        {0, 0, 0, 0}, {1300, -700, 0, 0}, {-2500, 2500, 0, 0}, {0, 0, 4000, -3000}};
    if (argc < 2) {
        fprintf(stderr, "usage: page_ink RECORD.json [MORE.json...]\n"
                        "fields of the first record, cells of all\n");
        return 2;
    }
    g_autoptr(GKeyFile) template = g_key_file_new();
    g_autofree char *path = g_build_filename(ASSETS_DIR, "templates", "certificate.ini", NULL);
    g_autoptr(Document) first = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, NULL);
    if (!first || !g_key_file_load_from_file(template, path, G_KEY_FILE_NONE, NULL))
        g_error("page_ink: no assets in %s", ASSETS_DIR);
    g_autoptr(TextEngine) engine = text_engine_create();
    for (StockKind stock = STOCK_PLAIN; stock <= STOCK_PREPRINTED; stock++)
        for (guint i = 0; i < G_N_ELEMENTS(placements); i++)
            measure_fields(argv[1], engine, template, stock, &placements[i]);
    for (int i = 1; i < argc; i++)
        measure_cells(argv[i]);
    return 0;
}
