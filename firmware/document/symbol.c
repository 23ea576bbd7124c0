#include "firmware/document/symbol.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include "firmware/document/ink.h"
#include <math.h>
#include <qrencode.h>
#include <string.h>

#define VERSION_MAX 10
#define MODULES_MAX (17 + 4 * VERSION_MAX)
#define MM_PER_DOT (25.4 / SYMBOL_DOTS_PER_INCH)
#define EDGE 1e-4 /* of a module */
#define SNAP_DOTS 2 /* a printer of 300 dpi has whole dots there, too */

struct Symbol {
    int modules;
    guint8 dark[MODULES_MAX][MODULES_MAX];
};

static gboolean is_alphanumeric(const char *text)
{
    return text[strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")] == '\0';
}

/* The smallest version of level M that holds `text` in one alphanumeric segment. */
static QRcode *encode(const char *text)
{
    for (int version = 1; version <= VERSION_MAX; version++) {
        QRinput *input = QRinput_new2(version, QR_ECLEVEL_M);
        QRcode *code = NULL;
        if (input &&
            QRinput_append(input, QR_MODE_AN, (int)strlen(text), (const unsigned char *)text) == 0)
            code = QRcode_encodeInput(input);
        QRinput_free(input);
        if (code && code->version <= VERSION_MAX)
            return code;
        QRcode_free(code);
    }
    return NULL;
}

Symbol *symbol_create(const char *text, GError **error)
{
    QRcode *code = *text && is_alphanumeric(text) ? encode(text) : NULL;
    if (!code) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "QR text: %zu characters, not alphanumeric or too long for version %d",
                    strlen(text), VERSION_MAX);
        return NULL;
    }
    Symbol *symbol = g_new0(Symbol, 1);
    symbol->modules = code->width;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            symbol->dark[y][x] = code->data[y * code->width + x] & 1;
    QRcode_free(code);
    return symbol;
}

void symbol_destroy(Symbol *symbol)
{
    if (!symbol)
        return;
    secret_wipe(symbol, sizeof *symbol);
    g_free(symbol);
}

int symbol_modules(const Symbol *symbol)
{
    return symbol->modules;
}

double symbol_side_mm(const Symbol *symbol, int module_dots)
{
    return symbol->modules * module_dots * MM_PER_DOT;
}

/* Length of the dark run through (x, y) along one axis; `ret_first` gets where it begins. */
static int find_run(const Symbol *symbol, int x, int y, int dx, int dy, int *ret_first)
{
    int first = 0, last = 0, n = symbol->modules;
    while (x + (first - 1) * dx >= 0 && y + (first - 1) * dy >= 0 &&
           symbol->dark[y + (first - 1) * dy][x + (first - 1) * dx])
        first--;
    while (x + (last + 1) * dx < n && y + (last + 1) * dy < n &&
           symbol->dark[y + (last + 1) * dy][x + (last + 1) * dx])
        last++;
    *ret_first = first;
    return last - first + 1;
}

/* One path, in modules: every dark module lies in the longer of its two runs. Runs may cross;
 * filled together they leave no seam. */
static void trace(const Symbol *symbol, cairo_t *cr)
{
    guint8 done[MODULES_MAX][MODULES_MAX] = {{0}};
    for (int y = 0; y < symbol->modules; y++)
        for (int x = 0; x < symbol->modules; x++) {
            if (!symbol->dark[y][x] || done[y][x])
                continue;
            int left, top;
            int width = find_run(symbol, x, y, 1, 0, &left);
            int height = find_run(symbol, x, y, 0, 1, &top);
            gboolean is_flat = width >= height;
            for (int i = 0; i < MAX(width, height); i++)
                done[is_flat ? y : y + top + i][is_flat ? x + left + i : x] = 1;
            if (is_flat)
                cairo_rectangle(cr, x + left, y, width, 1);
            else
                cairo_rectangle(cr, x, y + top, 1, height);
        }
}

/* Black on the modules, as a picture of one dot each: a PDF takes it so in a tenth of the room and
 * time. It ends EDGE short of the modules' edges, lest a renderer that takes in every dot it touches
 * makes it a dot larger. */
static void stamp(const Symbol *symbol, cairo_t *cr)
{
    cairo_surface_t *dots =
        cairo_image_surface_create(CAIRO_FORMAT_A8, symbol->modules, symbol->modules);
    guint8 *data = cairo_image_surface_get_data(dots);
    for (int y = 0; y < symbol->modules; y++)
        for (int x = 0; x < symbol->modules; x++)
            data[y * cairo_image_surface_get_stride(dots) + x] = symbol->dark[y][x] ? 0xFF : 0;
    cairo_surface_mark_dirty(dots);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(dots);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_translate(cr, EDGE, EDGE);
    cairo_scale(cr, 1 - 2 * EDGE / symbol->modules, 1 - 2 * EDGE / symbol->modules);
    cairo_mask(cr, pattern);
    cairo_pattern_destroy(pattern);
    cairo_surface_destroy(dots);
}

/* To whole dots from the leaf's corner, so that every module's edge lies between two dots. */
static double snap(double mm)
{
    return round(mm / (SNAP_DOTS * MM_PER_DOT)) * SNAP_DOTS * MM_PER_DOT;
}

void symbol_draw(const Symbol *symbol, cairo_t *cr, const cairo_matrix_t *leaf, double x_mm,
                 double y_mm, int module_dots, int quiet_modules)
{
    double module_mm = module_dots * MM_PER_DOT;
    double side = symbol->modules + 2.0 * quiet_modules;
    cairo_save(cr);
    cairo_user_to_device(cr, &x_mm, &y_mm);
    cairo_set_matrix(cr, leaf);
    cairo_device_to_user(cr, &x_mm, &y_mm);
    cairo_translate(cr, snap(x_mm), snap(y_mm));
    cairo_scale(cr, module_mm, module_mm);
    ink_set_paper(cr);
    cairo_rectangle(cr, -quiet_modules, -quiet_modules, side, side);
    cairo_fill(cr);
    ink_set_black(cr);
    if (ink_is_for_pdf(cr)) {
        stamp(symbol, cr);
    } else {
        trace(symbol, cr);
        cairo_fill(cr);
    }
    cairo_restore(cr);
}
