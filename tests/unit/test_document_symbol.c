/* The QR symbol on the page: whole dots, a quiet zone, and a reader that gets its text back, from
 * the printer's raster and from the archived PDF, also of a page that lies askew, is out of focus
 * and badly lit. */
#include "firmware/certificate/identifier.h"
#include "firmware/document/bands.h"
#include "tests/unit/document_fixture.h"
#include <glib/gstdio.h>

#define BOOKLET "D33000000001"
#define MODULE_LEAST_MM 0.38
#define QUIET 4          /* modules */
#define NEAR_DOTS_MM 0.1 /* from where the template puts it */

/* What is cut out of a page for the reader: symbol, quiet zone, and what stands around it. */
#define CUT_X_MM 18.0
#define CUT_Y_MM 147.5
#define CUT_WIDTH_MM 49.0
#define CUT_HEIGHT_MM 49.0

#define TURN_DEGREES 7
#define BLUR_MM 0.15 /* standard deviation: a quarter of a module */
#define CONTRAST 0.85
#define REACH_MAX 32 /* dots */

static char *folder; /* of one test, removed behind it */

typedef struct {
    int width, height;
    guint8 *dots;
} Gray;

static void clear_gray(Gray *gray)
{
    g_free(gray->dots);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Gray, clear_gray)

static guint8 dot(const Gray *gray, int x, int y)
{
    return gray->dots[(gsize)y * (gsize)gray->width + (gsize)x];
}

/* Hosts make versions 9 and 10; the longest is as long as FORMATS allows. */
static const struct {
    const char *host;
    StockKind stock;
    Placement placement;
} cases[] = {
    {"v.gov.cn", STOCK_PLAIN, {0}},
    {"a-host-of-sixty-characters.real-estate.registry.example.gov.",
     STOCK_PLAIN,
     {0, 0, 4000, -3000}},
    {"verify.example.gov.cn:65535", STOCK_PREPRINTED, {-2500, 2500, -9000, 9000}},
};

static char *qr_text(const char *host)
{
    char identifier[IDENTIFIER_LENGTH + 1];
    guint8 signature[64];
    for (guint i = 0; i < G_N_ELEMENTS(signature); i++)
        signature[i] = (guint8)(i * 37 + 11);
    g_autoptr(GError) error = NULL;
    ck_assert(identifier_compose("11100000MB03271699001", "11330106MA00000A9H", "A012", 2026, 7,
                                 identifier, &error));
    char *text = qr_text_compose(host, identifier, BOOKLET, "ABCDEFGHIJKLMNOPQRSTUVWXYY", "TEST",
                                 signature, &error);
    ck_assert_msg(text != NULL, "%s", error ? error->message : "");
    return text;
}

static Document *create_document(int i)
{
    g_autoptr(GError) error = NULL;
    Document *document = document_create(ASSETS_DIR, cases[i].stock, &cases[i].placement, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
    return document;
}

static Pages *create_pages(Document *document, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = fixture_record(NULL, NULL, 0);
    Pages *pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s", error ? error->message : "");
    ck_assert_msg(pages_set_issue(pages, text, BOOKLET, &error), "%s", error ? error->message : "");
    return pages;
}

static char *path_in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Standard output of a program, without its last line end. */
static char *run_program(const char *const *argv)
{
    char *output = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(g_spawn_sync(NULL, (char **)(gsize)argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                               &output, NULL, NULL, &error),
                  "%s", error ? error->message : "");
    return g_strchomp(output);
}

/* A piece of a page, in dots. */
typedef struct {
    int x, y, width, height;
} Piece;

/* What is cut out for the reader. */
static Piece cut_at(int dpi)
{
    double k = dpi / 25.4;
    return (Piece){(int)(CUT_X_MM * k), (int)(CUT_Y_MM * k), (int)(CUT_WIDTH_MM * k),
                   (int)(CUT_HEIGHT_MM * k)};
}

/* A piece of a page as the printer gets it; NULL: the whole page. */
static Gray draw_piece(Pages *pages, int page, int dpi, const Piece *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RasterSource) source = bands_create(pages, RASTER_GRAY8, dpi, &error);
    ck_assert_msg(source != NULL, "%s", error ? error->message : "");
    Piece piece = wanted ? *wanted : (Piece){0, 0, source->width_px, source->height_px};
    gsize stride = raster_stride(source);
    g_autofree guint8 *rows = g_malloc(stride * (gsize)piece.height);
    ck_assert(source->fill(source, page, piece.y, piece.height, rows));
    Gray gray = {piece.width, piece.height, g_malloc((gsize)piece.width * (gsize)piece.height)};
    for (int y = 0; y < gray.height; y++)
        memcpy(gray.dots + (gsize)y * (gsize)gray.width, rows + (gsize)y * stride + piece.x,
               (gsize)gray.width);
    return gray;
}

/* The same of the PDF's first page, as poppler draws it. */
static Gray rasterise(const char *pdf, int dpi, const Piece *piece)
{
    g_autofree char *root = path_in_folder("page");
    g_autofree char *path = g_strconcat(root, ".pgm", NULL);
    g_autofree char *line =
        g_strdup_printf("pdftoppm -gray -singlefile -f 1 -l 1 -r %d -x %d -y %d -W %d -H %d %s %s",
                        dpi, piece->x, piece->y, piece->width, piece->height, pdf, root);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_free(run_program((const char *const *)argv));
    g_autofree char *contents = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(path, &contents, &length, NULL));
    Gray gray;
    int offset = 0;
    ck_assert_int_eq(sscanf(contents, "P5 %d %d 255%n", &gray.width, &gray.height, &offset), 2);
    ck_assert_int_eq(gray.width, piece->width);
    gsize size = (gsize)gray.width * (gsize)gray.height;
    ck_assert_uint_eq(length, (gsize)offset + 1 + size);
    gray.dots = g_memdup2(contents + offset + 1, size);
    return gray;
}

static char *save_pdf(Pages *pages)
{
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, NULL);
    gsize length;
    const char *data = g_bytes_get_data(pdf, &length);
    char *path = path_in_folder("pages.pdf");
    ck_assert(g_file_set_contents(path, data, (gssize)length, NULL));
    return path;
}

static double at(const Gray *gray, int x, int y)
{
    return x < 0 || y < 0 || x >= gray->width || y >= gray->height ? 255 : dot(gray, x, y);
}

/* Turns the picture about its middle; between dots it is bilinear. */
static void turn(Gray *gray, double dots_per_mm)
{
    (void)dots_per_mm;
    double c = cos(TURN_DEGREES * G_PI / 180), s = sin(TURN_DEGREES * G_PI / 180);
    double mx = gray->width / 2.0, my = gray->height / 2.0;
    guint8 *turned = g_malloc((gsize)gray->width * (gsize)gray->height);
    for (int y = 0; y < gray->height; y++)
        for (int x = 0; x < gray->width; x++) {
            double fx = c * (x - mx) + s * (y - my) + mx, fy = -s * (x - mx) + c * (y - my) + my;
            int ix = (int)floor(fx), iy = (int)floor(fy);
            double u = fx - ix, v = fy - iy;
            double top = (1 - u) * at(gray, ix, iy) + u * at(gray, ix + 1, iy);
            double foot = (1 - u) * at(gray, ix, iy + 1) + u * at(gray, ix + 1, iy + 1);
            turned[(gsize)y * (gsize)gray->width + (gsize)x] =
                (guint8)lround((1 - v) * top + v * foot);
        }
    g_free(gray->dots);
    gray->dots = turned;
}

/* Gauss along `count` dots that lie `step` apart; paper lies beside them. */
static void blur_line(guint8 *line, int count, int step, const float *weights, int reach)
{
    float padded[4096 + 2 * REACH_MAX];
    ck_assert_int_le(count, 4096);
    for (int i = 0; i < count + 2 * reach; i++)
        padded[i] = i < reach || i >= count + reach ? 255 : line[(i - reach) * step];
    for (int i = 0; i < count; i++) {
        float value = weights[0] * padded[i + reach];
        for (int n = 1; n <= reach; n++)
            value += weights[n] * (padded[i + reach - n] + padded[i + reach + n]);
        line[i * step] = (guint8)lroundf(value);
    }
}

static void blur(Gray *gray, double dots_per_mm)
{
    double sigma = BLUR_MM * dots_per_mm, sum = 0;
    float weights[REACH_MAX + 1];
    int reach = (int)ceil(3 * sigma);
    ck_assert_int_le(reach, REACH_MAX);
    for (int i = -reach; i <= reach; i++)
        sum += exp(-i * i / (2 * sigma * sigma));
    for (int i = 0; i <= reach; i++)
        weights[i] = (float)(exp(-i * i / (2 * sigma * sigma)) / sum);
    for (int y = 0; y < gray->height; y++)
        blur_line(gray->dots + (gsize)y * (gsize)gray->width, gray->width, 1, weights, reach);
    for (int x = 0; x < gray->width; x++)
        blur_line(gray->dots + x, gray->height, gray->width, weights, reach);
}

static void pale(Gray *gray, double dots_per_mm)
{
    (void)dots_per_mm;
    for (gsize i = 0; i < (gsize)gray->width * (gsize)gray->height; i++)
        gray->dots[i] = (guint8)lround(127.5 + CONTRAST * (gray->dots[i] - 127.5));
}

static void spoil(Gray *gray, double dots_per_mm)
{
    turn(gray, dots_per_mm);
    blur(gray, dots_per_mm);
    pale(gray, dots_per_mm);
}

static const struct {
    const char *name;
    void (*apply)(Gray *gray, double dots_per_mm);
} treatments[] = {
    {"straight", NULL}, {"all three", spoil}, {"turned", turn}, {"blurred", blur}, {"pale", pale}};

static char *decode(const Gray *gray)
{
    g_autofree char *path = path_in_folder("cut.pgm");
    g_autoptr(GString) file = g_string_new(NULL);
    g_string_printf(file, "P5\n%d %d\n255\n", gray->width, gray->height);
    g_string_append_len(file, (const char *)gray->dots, (gssize)gray->width * (gssize)gray->height);
    ck_assert(g_file_set_contents(path, file->str, (gssize)file->len, NULL));
    const char *argv[] = {"zbarimg", "--quiet", "--raw", path, NULL};
    return run_program(argv);
}

static const int resolutions[] = {300, 600};

/* Every case at every resolution, from the raster and from the PDF. What it stands all at once it
 * stands alone: that is tried on the first one. */
START_TEST(a_reader_gets_the_text_back)
{
    int i = _i % (int)G_N_ELEMENTS(cases), dpi = resolutions[_i / (int)G_N_ELEMENTS(cases) % 2];
    gboolean from_pdf = _i / (int)G_N_ELEMENTS(cases) / 2;
    g_autofree char *text = qr_text(cases[i].host);
    g_autoptr(Document) document = create_document(i);
    g_autoptr(Pages) pages = create_pages(document, text);
    g_autofree char *pdf = save_pdf(pages);
    Piece piece = cut_at(dpi);
    g_auto(Gray) drawn = from_pdf ? rasterise(pdf, dpi, &piece) : draw_piece(pages, 0, dpi, &piece);
    for (guint t = 0; t < (i == 0 ? G_N_ELEMENTS(treatments) : 2); t++) {
        g_auto(Gray) cut = drawn;
        cut.dots = g_memdup2(drawn.dots, (gsize)drawn.width * (gsize)drawn.height);
        if (treatments[t].apply)
            treatments[t].apply(&cut, dpi / 25.4);
        g_autofree char *read = decode(&cut);
        ck_assert_msg(!strcmp(read, text), "case %d, %d dpi, %s, %s: '%s'", i, dpi,
                      from_pdf ? "PDF" : "raster", treatments[t].name, read);
    }
}
END_TEST

/* On a whole leaf, too, and on one page alone. */
START_TEST(only_the_title_page_carries_a_symbol)
{
    g_autofree char *text = qr_text(cases[_i].host);
    g_autoptr(Document) document = create_document(_i);
    g_autoptr(Pages) pages = create_pages(document, text);
    for (int page = 0; page < pages_count(pages); page++) {
        g_auto(Gray) leaf = draw_piece(pages, page, 300, NULL);
        g_autofree char *read = decode(&leaf);
        ck_assert_str_eq(read, !strcmp(pages_kind(pages, page), "title") ? text : "");
    }
}
END_TEST

/* Ink within a window of the page, as the first and the last dot along both axes. */
static void find_ink(const Gray *page, const int window[4], int ret_box[4])
{
    ret_box[0] = ret_box[1] = G_MAXINT;
    ret_box[2] = ret_box[3] = -1;
    for (int y = window[1]; y < window[3]; y++)
        for (int x = window[0]; x < window[2]; x++)
            if (dot(page, x, y) < 255) {
                ret_box[0] = MIN(ret_box[0], x);
                ret_box[1] = MIN(ret_box[1], y);
                ret_box[2] = MAX(ret_box[2], x + 1);
                ret_box[3] = MAX(ret_box[3], y + 1);
            }
}

/* Wholly black or wholly white. */
static gboolean is_even(const Gray *page, int x0, int y0, int side)
{
    for (int y = y0; y < y0 + side; y++)
        for (int x = x0; x < x0 + side; x++)
            if (dot(page, x, y) != dot(page, x0, y0) ||
                (dot(page, x, y) != 0 && dot(page, x, y) != 255))
                return FALSE;
    return TRUE;
}

START_TEST(modules_are_whole_dots_in_a_quiet_zone)
{
    int i = _i % (int)G_N_ELEMENTS(cases), dpi = resolutions[_i / (int)G_N_ELEMENTS(cases)];
    g_autofree char *text = qr_text(cases[i].host);
    g_autoptr(Document) document = create_document(i);
    g_autoptr(Pages) pages = create_pages(document, text);
    const TemplateItem *qr = &pages->document->template->items[ITEM_TITLE_QR];
    int modules = symbol_modules(pages->symbol), side = (int)qr->module_dots * dpi / 600;
    ck_assert_int_ge(side, 3);
    ck_assert_double_ge(side * 25.4 / dpi, MODULE_LEAST_MM);
    const Placement *placement = &cases[i].placement;
    double k = dpi / 25.4, half = modules * side / k / 2;
    double left =
        placement->offset_x_um / 1e3 + (1 + placement->scale_x_ppm / 1e6) * (qr->x_mm - half);
    double top = placement->offset_y_um / 1e3 + (1 + placement->scale_y_ppm / 1e6) * qr->y_mm;
    Piece piece = cut_at(dpi);
    g_auto(Gray) page = draw_piece(pages, 0, dpi, &piece);
    left -= piece.x / k;
    top -= piece.y / k;
    int near = side * (QUIET - 1), box[4], quiet[4];
    int window[4] = {(int)(left * k) - near, (int)(top * k) - near,
                     (int)(left * k) + modules * side + near,
                     (int)(top * k) + modules * side + near};
    find_ink(&page, window, box);
    ck_assert_int_eq(box[2] - box[0], modules * side);
    ck_assert_int_eq(box[3] - box[1], modules * side);
    ck_assert_double_le(fabs(box[0] / k - left), NEAR_DOTS_MM);
    ck_assert_double_le(fabs(box[1] / k - top), NEAR_DOTS_MM);
    int zone[4] = {box[0] - QUIET * side, box[1] - QUIET * side, box[2] + QUIET * side,
                   box[3] + QUIET * side};
    find_ink(&page, zone, quiet);
    for (int edge = 0; edge < 4; edge++)
        ck_assert_msg(quiet[edge] == box[edge], "ink in the quiet zone at edge %d", edge);
    for (int y = 0; y < modules; y++)
        for (int x = 0; x < modules; x++)
            ck_assert_msg(is_even(&page, box[0] + x * side, box[1] + y * side, side),
                          "module %d, %d", x, y);
}
END_TEST

static void setup(void)
{
    folder = g_dir_make_tmp("kiosk-symbol-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
}

static void teardown(void)
{
    static const char *const names[] = {"page.pgm", "cut.pgm", "pages.pdf"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_in_folder(names[i]);
        g_unlink(path);
    }
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(folder);
}

int main(void)
{
    TCase *tests = tcase_create("symbol");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, modules_are_whole_dots_in_a_quiet_zone, 0, 2 * G_N_ELEMENTS(cases));
    tcase_add_loop_test(tests, only_the_title_page_carries_a_symbol, 0, 2);
    tcase_add_loop_test(tests, a_reader_gets_the_text_back, 0, 4 * G_N_ELEMENTS(cases));
    return testing_run(tests);
}
