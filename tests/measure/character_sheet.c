#include "tests/measure/character_sheet.h"
#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH_PX (SHEET_COLUMNS * SHEET_CELL_PX)
#define HEIGHT_PX (SHEET_ROWS * SHEET_CELL_PX)
#define MM_PER_PX (25.4 / SHEET_DPI)
#define PT_PER_MM (72.0 / 25.4)
/* Just past whole pixels, onto which cairo puts the glyphs of a raster, and poppler quarters. */
#define LEFT_PX ((SHEET_CELL_PX - SHEET_EM_PX) / 2 + 0.1)
#define BASELINE_PX 24.1
#define MARGIN_EM 0.1       /* round the em square, which the em's middle decides */
#define LEAST_INK 255       /* of a cell: one black pixel */
#define LOST_SHARE 0.5      /* of the direct raster's ink */
#define DIFFERENT_SHARE 0.1 /* likewise; both renderers ask FreeType, so it is next to nothing */

const char *fault_word(Fault fault)
{
    static const char *const words[FAULT_COUNT] = {
        [FAULT_UNKNOWN] = "is unknown",
        [FAULT_NO_FONT] = "is in no font",
        [FAULT_NO_INK] = "has no ink",
        [FAULT_LOST] = "is lost in the PDF",
        [FAULT_DIFFERENT] = "looks different in the PDF",
        [FAULT_SPILLED] = "leaves its em square",
        [FAULT_TEXT] = "is extracted as another character",
    };
    return words[(unsigned)fault < FAULT_COUNT ? fault : FAULT_UNKNOWN];
}

/* The unit of `cr` is 1 mm, as for a page. */
static void draw(TextEngine *engine, const Sheet *sheet, cairo_t *cr)
{
    double cell_mm = SHEET_CELL_PX * MM_PER_PX, size_mm = SHEET_EM_PX * MM_PER_PX;
    for (guint i = 0; i < sheet->count; i++) {
        char text[7] = "";
        g_unichar_to_utf8(sheet->characters[i], text);
        g_autoptr(TextLine) line = text_line_create(engine, sheet->face, size_mm, 0, text, -1);
        double x_mm = i % SHEET_COLUMNS * cell_mm + LEFT_PX * MM_PER_PX;
        double y_mm = i / SHEET_COLUMNS * cell_mm + BASELINE_PX * MM_PER_PX;
        text_line_draw(line, cr, x_mm, y_mm, 0);
    }
}

static gboolean write_pdf(TextEngine *engine, const Sheet *sheet, const char *path, GError **error)
{
    cairo_surface_t *surface = cairo_pdf_surface_create(path, WIDTH_PX * MM_PER_PX * PT_PER_MM,
                                                        HEIGHT_PX * MM_PER_PX * PT_PER_MM);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, PT_PER_MM, PT_PER_MM);
    draw(engine, sheet, cr);
    cairo_show_page(cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                    cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *draw_band(TextEngine *engine, const Sheet *sheet)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, WIDTH_PX, HEIGHT_PX);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, 1 / MM_PER_PX, 1 / MM_PER_PX);
    draw(engine, sheet, cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return surface;
}

/* Both what the program says and that it has nothing to complain of. */
static gboolean run(const char *const *argv, GError **error)
{
    g_autofree char *complaint = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(gsize)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &complaint, &status, error) ||
        !g_spawn_check_wait_status(status, error))
        return FALSE;
    if (*complaint)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", argv[0], complaint);
    return !*complaint;
}

/* The pixels of the PDF's page, 255 for white, in `ret_contents`; NULL: it has another size. */
static const guchar *rasterise(const char *pdf, char **ret_contents, GError **error)
{
    g_autofree char *dpi = g_strdup_printf("%d", SHEET_DPI);
    const char *const argv[] = {"pdftoppm", "-gray", "-singlefile", "-r", dpi, pdf, pdf, NULL};
    g_autofree char *path = g_strconcat(pdf, ".pgm", NULL);
    gsize length = 0;
    if (!run(argv, error) || !g_file_get_contents(path, ret_contents, &length, error))
        return NULL;
    g_unlink(path);
    g_autofree char *header = g_strdup_printf("P5\n%d %d\n255\n", WIDTH_PX, HEIGHT_PX);
    if (length == strlen(header) + WIDTH_PX * HEIGHT_PX && g_str_has_prefix(*ret_contents, header))
        return (const guchar *)*ret_contents + strlen(header);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: not %d x %d pixels", path, WIDTH_PX,
                HEIGHT_PX);
    return NULL;
}

typedef struct {
    double direct, archived, difference, outside; /* ink, in pixel values */
} CellInk;

static CellInk measure(const guchar *direct, gsize stride, const guchar *gray, guint cell)
{
    CellInk ink = {0};
    guint x0 = cell % SHEET_COLUMNS * SHEET_CELL_PX, y0 = cell / SHEET_COLUMNS * SHEET_CELL_PX;
    const double reach = (0.5 + MARGIN_EM) * SHEET_EM_PX;
    for (guint y = 0; y < SHEET_CELL_PX; y++)
        for (guint x = 0; x < SHEET_CELL_PX; x++) {
            int a = direct[(y0 + y) * stride + x0 + x];
            int b = 255 - gray[(gsize)(y0 + y) * WIDTH_PX + x0 + x];
            ink.direct += a;
            ink.archived += b;
            ink.difference += abs(a - b);
            if (ABS(x + 0.5 - SHEET_CELL_PX / 2.0) > reach + 0.5 ||
                ABS(y + 0.5 - SHEET_CELL_PX / 2.0) > reach + 0.5)
                ink.outside += a + b;
        }
    return ink;
}

static gboolean fills_em(gunichar c)
{
    return g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN &&
           g_unichar_type(c) == G_UNICODE_OTHER_LETTER;
}

static Fault judge(const CellInk *ink, gunichar character)
{
    if (ink->direct < LEAST_INK)
        return FAULT_NO_INK;
    if (ink->archived < LOST_SHARE * ink->direct)
        return FAULT_LOST;
    if (ink->difference > DIFFERENT_SHARE * ink->direct)
        return FAULT_DIFFERENT;
    return fills_em(character) && ink->outside > 0 ? FAULT_SPILLED : FAULT_UNKNOWN;
}

static void add_finding(GArray *findings, const Sheet *sheet, guint cell, Fault fault)
{
    Finding finding = {sheet->face, sheet->characters[cell], fault};
    g_array_append_val(findings, finding);
}

static void compare(const Sheet *sheet, cairo_surface_t *band, const guchar *gray, GArray *findings,
                    double *ret_worst)
{
    const guchar *direct = cairo_image_surface_get_data(band);
    gsize stride = (gsize)cairo_image_surface_get_stride(band);
    for (guint i = 0; i < sheet->count; i++) {
        CellInk ink = measure(direct, stride, gray, i);
        Fault fault = judge(&ink, sheet->characters[i]);
        if (fault != FAULT_UNKNOWN)
            add_finding(findings, sheet, i, fault);
        if (ink.direct > 0)
            *ret_worst = MAX(*ret_worst, ink.difference / ink.direct);
    }
}

/* The characters in the order in which they were drawn; blanks between them are poppler's. */
static gboolean compare_text(const Sheet *sheet, const char *pdf, GArray *findings, GError **error)
{
    g_autofree char *path = g_strconcat(pdf, ".txt", NULL);
    const char *const argv[] = {"pdftotext", "-raw", "-enc", "UTF-8", pdf, path, NULL};
    g_autofree char *text = NULL;
    if (!run(argv, error) || !g_file_get_contents(path, &text, NULL, error))
        return FALSE;
    g_unlink(path);
    guint cell = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isspace(c) || c == '\f')
            continue;
        if (cell < sheet->count && c != sheet->characters[cell])
            add_finding(findings, sheet, cell, FAULT_TEXT);
        cell++;
    }
    if (cell != sheet->count)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %u characters of %u", path, cell,
                    sheet->count);
    return cell == sheet->count;
}

gboolean sheet_check(TextEngine *engine, const Sheet *sheet, const char *folder, GArray *findings,
                     double *ret_worst, GError **error)
{
    g_autofree char *name =
        g_strdup_printf("%s-%04X.pdf", face_word(sheet->face), (unsigned)sheet->characters[0]);
    g_autofree char *pdf = g_build_filename(folder, name, NULL);
    g_autofree char *contents = NULL;
    const guchar *gray = NULL;
    gboolean done = write_pdf(engine, sheet, pdf, error) &&
                    (gray = rasterise(pdf, &contents, error)) != NULL &&
                    compare_text(sheet, pdf, findings, error);
    g_unlink(pdf);
    if (!done)
        return FALSE;
    cairo_surface_t *band = draw_band(engine, sheet);
    compare(sheet, band, gray, findings, ret_worst);
    cairo_surface_destroy(band);
    return TRUE;
}
