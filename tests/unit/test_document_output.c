/* PDF, pictures, the QR symbol and the command `render`. */
#include "firmware/document/render.h"
#include "tests/unit/document_fixture.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define QR_TEXT                                                                                    \
    "HTTPS://VERIFY.EXAMPLE.GOV.CN/V/"                                                             \
    "11100000MB03271699001.11330106MA00000A9H.0001202600000001.001.N/D33000000001/"                \
    "ABCDEFGHIJKLMNOPQRSTUVWXYY/TEST/"                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ23" \
    "4567ABCDEFA"

static char *folder; /* of one test, removed behind it */

static Document *create_document(void)
{
    g_autoptr(GError) error = NULL;
    Document *document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
    return document;
}

static Pages *create_pages(Document *document, const RecordMutation *mutations, gsize count)
{
    g_autoptr(Record) record = fixture_record(NULL, mutations, count);
    g_autoptr(GError) error = NULL;
    Pages *pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s", error ? error->message : "");
    return pages;
}

static char *path_in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static char *save_pdf(Pages *pages, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    ck_assert_msg(pdf != NULL, "%s", error ? error->message : "");
    gsize length;
    const char *data = g_bytes_get_data(pdf, &length);
    char *path = path_in_folder(name);
    ck_assert(g_file_set_contents(path, data, (gssize)length, NULL));
    return path;
}

/* Standard output of a program. */
static char *run_program(const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    va_list arguments;
    va_start(arguments, first);
    for (const char *word = first; word; word = va_arg(arguments, const char *))
        g_ptr_array_add(argv, (gpointer)(gsize)word);
    va_end(arguments);
    g_ptr_array_add(argv, NULL);
    char *output = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(g_spawn_sync(NULL, (char **)argv->pdata, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                               &output, NULL, NULL, &error),
                  "%s", error ? error->message : "");
    return output;
}

START_TEST(the_same_record_gives_the_same_bytes)
{
    g_autoptr(GBytes) first = NULL;
    for (int round = 0; round < 2; round++) {
        g_autoptr(Document) document = create_document();
        g_autoptr(Pages) pages = create_pages(document, NULL, 0);
        ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", NULL));
        g_autoptr(GBytes) pdf = pages_to_pdf(pages, NULL);
        ck_assert(!first || g_bytes_equal(first, pdf));
        if (!first)
            first = g_steal_pointer(&pdf);
    }
}
END_TEST

START_TEST(the_pdf_has_the_leaf_and_tells_nothing_of_persons)
{
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, NULL, 0);
    g_autofree char *path = save_pdf(pages, "leaf.pdf");
    g_autofree char *info = run_program("pdfinfo", path, NULL);
    ck_assert_ptr_nonnull(strstr(info, "Pages:           4\n"));
    ck_assert_ptr_nonnull(strstr(info, "473.386 x 680.315 pts")); /* 167 x 240 mm */
    ck_assert_ptr_null(strstr(info, "测试"));
    ck_assert_ptr_nonnull(strstr(info, "Title:           不动产权证书\n"));
    g_autofree char *fonts = run_program("pdffonts", path, NULL);
    g_auto(GStrv) rows = g_strsplit(g_strchomp(fonts), "\n", -1);
    ck_assert_uint_gt(g_strv_length(rows), 4);
    for (guint i = 2; rows[i]; i++)
        ck_assert_msg(strstr(rows[i], "CID Type 0C") && strstr(rows[i], "yes yes yes"), "%s",
                      rows[i]);
}
END_TEST

/* 如 is what cairo loses of a subroutinised face, 㐂 and 镕 come from the face for rare hanzi. */
START_TEST(every_printed_value_is_found_in_the_pdf)
{
    static const RecordMutation owners = {"printed.owners", "\"如镕㐂、测试二\"", 0, NULL};
    static const char *const wanted[] = {
        "如镕㐂、测试二",
        "共同共有",
        "示例市西湖区测试路1号1幢1单元101室",
        "330106 001002 GB00012 F00010023",
        "国有建设用地使用权/房屋所有权",
        "出让/市场化商品房",
        "城镇住宅用地/住宅",
        "2076年12月28日止",
        "示(2026)示例市不动产权第0000001号",
        "2026年06月30日",
        "房屋分户图",
        "1:200",
        "11.60",
        "封闭阳台",
        "D33000000001",
        "11100000MB03271699001.",
        "0001202600000001.001.N",
    };
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, &owners, 1);
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", NULL));
    g_autofree char *path = save_pdf(pages, "values.pdf");
    g_autofree char *text = run_program("pdftotext", "-raw", path, "-", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        ck_assert_msg(strstr(text, wanted[i]) != NULL, "%s is not found", wanted[i]);
}
END_TEST

/* Text without blanks and line ends: where a value breaks is another test's matter. */
static char *squeeze(const char *text)
{
    GString *squeezed = g_string_new("");
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (!g_unichar_isspace(g_utf8_get_char(p)) && *p != '\f')
            g_string_append_unichar(squeezed, g_utf8_get_char(p));
    return g_string_free(squeezed, FALSE);
}

static void assert_found(const char *text, const char *what, const char *value)
{
    g_autofree char *wanted = squeeze(value ? value : "");
    ck_assert_msg(strstr(text, wanted) != NULL, "%s: %s is not found", what, wanted);
}

static void assert_plan_found(const char *text, const Plan *plan, const char *sample)
{
    const PlanSheet *sheet = &plan->sheet;
    const char *values[] = {
        sheet->parcel_code, sheet->structure, sheet->building_no, sheet->unit_no,
        sheet->floor,       sheet->surveyor,  sheet->checker,     personal_reveal(sheet->location)};
    const double areas[] = {sheet->exclusive_area, sheet->apportioned_area, sheet->building_area};
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        assert_found(text, sample, values[i]);
    for (guint i = 0; i < G_N_ELEMENTS(areas); i++) {
        g_autofree char *area = isnan(areas[i]) ? NULL : g_strdup_printf("%.2f", areas[i]);
        assert_found(text, sample, area);
    }
    for (gsize i = 0; i < plan->n_rooms; i++)
        assert_found(text, sample, plan->rooms[i].name);
    for (gsize i = 0; i < plan->n_commons; i++)
        assert_found(text, sample, plan->commons[i].name);
    for (gsize i = 0; i < plan->n_balconies; i++)
        assert_found(text, sample, plan->balconies[i].name);
}

static const char *const samples[] = {"rec-2026-000001.json", "rec-2026-000002.json",
                                      "rec-2026-000003.json"};

/* Everything that the record says, on either stock, and no radical in the place of its hanzi. */
START_TEST(every_value_of_the_samples_comes_back_from_the_pdf)
{
    const char *sample = samples[_i / 2];
    g_autofree char *json = sample_text(sample);
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_parse(json, strlen(json), &error);
    ck_assert_msg(record != NULL, "%s", error ? error->message : "");
    g_autoptr(Document) document =
        document_create(ASSETS_DIR, _i % 2 ? STOCK_PREPRINTED : STOCK_PLAIN, NULL, &error);
    g_autoptr(Pages) pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s", error ? error->message : "");
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", NULL));
    g_autofree char *path = save_pdf(pages, "all.pdf");
    g_autofree char *output = run_program("pdftotext", "-raw", path, "-", NULL);
    g_autofree char *text = squeeze(output);
    const Personal personal[] = {record->owners,    record->co_ownership, record->location,
                                 record->unit_code, record->right_type,   record->right_nature,
                                 record->use,       record->area,         record->term};
    for (guint i = 0; i < G_N_ELEMENTS(personal); i++)
        assert_found(text, sample, personal_reveal(personal[i]));
    const Personal texts[] = {record->other, record->notes};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(GStrv) lines = g_strsplit(personal_reveal(texts[i]), "\n", -1);
        for (int line = 0; lines[line]; line++)
            assert_found(text, sample, lines[line]);
    }
    assert_found(text, sample, record->number);
    assert_found(text, sample, "11100000MB03271699001.11330106MA00000A9H.0001202600000001.001.N");
    for (gsize i = 0; i < record->n_plans; i++)
        if (record->plans[i].vector)
            assert_plan_found(text, record->plans[i].vector, sample);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        ck_assert_msg(c < 0x2E80 || c > 0x2FDF, "U+%04X is a radical", c);
    }
}
END_TEST

/* The gray picture that another renderer makes of a page. */
static guchar *rasterise(const char *pdf, int page, int dpi, int *ret_width, int *ret_height)
{
    g_autofree char *number = g_strdup_printf("%d", page + 1);
    g_autofree char *resolution = g_strdup_printf("%d", dpi);
    g_autofree char *root = path_in_folder("raster");
    g_free(run_program("pdftoppm", "-gray", "-singlefile", "-f", number, "-l", number, "-r",
                       resolution, pdf, root, NULL));
    g_autofree char *path = g_strconcat(root, ".pgm", NULL);
    g_autofree char *contents = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(path, &contents, &length, NULL));
    g_unlink(path);
    int offset = 0;
    ck_assert_int_eq(sscanf(contents, "P5 %d %d 255%n", ret_width, ret_height, &offset), 2);
    gsize size = (gsize)*ret_width * (gsize)*ret_height;
    ck_assert_uint_eq(length, (gsize)offset + 1 + size);
    return g_memdup2(contents + offset + 1, size);
}

static int lightness(cairo_surface_t *surface, int x, int y)
{
    const guchar *data = cairo_image_surface_get_data(surface);
    const guchar *pixel = data + (gsize)y * (gsize)cairo_image_surface_get_stride(surface) + 4 * x;
    return (pixel[2] * 299 + pixel[1] * 587 + pixel[0] * 114) / 1000;
}

/* A difference counts when no neighbour of the other picture explains it. */
static gboolean is_explained(const guchar *gray, int width, int height, int x, int y, int wanted)
{
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int nx = CLAMP(x + dx, 0, width - 1), ny = CLAMP(y + dy, 0, height - 1);
            if (ABS(gray[(gsize)ny * (gsize)width + (gsize)nx] - wanted) < 128)
                return TRUE;
        }
    return FALSE;
}

START_TEST(the_picture_and_the_archived_pdf_agree)
{
    static const RecordMutation owners = {"printed.owners", "\"如镕㐂、测试二\"", 0, NULL};
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, &owners, 1);
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", NULL));
    g_autofree char *path = save_pdf(pages, "agree.pdf");
    for (int page = 0; page < pages_count(pages); page++) {
        int width, height, wrong = 0;
        g_autofree guchar *gray = rasterise(path, page, 150, &width, &height);
        cairo_surface_t *surface = pages_to_image(pages, page, LOOK_PRINTED, 150, NULL);
        int columns = MIN(width, cairo_image_surface_get_width(surface));
        int rows = MIN(height, cairo_image_surface_get_height(surface));
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++)
                wrong += !is_explained(gray, width, height, x, y, lightness(surface, x, y));
        cairo_surface_destroy(surface);
        ck_assert_msg(wrong <= 100, "page %d: %d pixels differ", page + 1, wrong);
    }
}
END_TEST

static const double decoded_dpi[] = {150, 200, 300};

START_TEST(the_printed_symbol_is_read_back)
{
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, NULL, 0);
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", NULL));
    cairo_surface_t *surface = pages_to_image(pages, 0, LOOK_PRINTED, decoded_dpi[_i], NULL);
    g_autofree char *path = path_in_folder("qr.png");
    ck_assert_int_eq(cairo_surface_write_to_png(surface, path), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
    g_autofree char *text = run_program("zbarimg", "--quiet", "--raw", path, NULL);
    ck_assert_str_eq(g_strchomp(text), QR_TEXT);
}
END_TEST

START_TEST(a_text_that_is_no_qr_text_is_refused)
{
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, NULL, 0);
    g_autofree char *too_long = g_strnfill(400, 'A');
    const char *const texts[] = {"", "lower case", "中文", too_long};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        ck_assert(!pages_set_issue(pages, texts[i], NULL, &error));
        ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    }
}
END_TEST

START_TEST(a_picture_has_limits)
{
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, NULL, 0);
    ck_assert_ptr_null(pages_to_image(pages, 4, LOOK_PRINTED, 150, NULL));
    ck_assert_ptr_null(pages_to_image(pages, -1, LOOK_PRINTED, 150, NULL));
    ck_assert_ptr_null(pages_to_image(pages, 0, LOOK_PRINTED, 35, NULL));
    ck_assert_ptr_null(pages_to_image(pages, 0, LOOK_PRINTED, 1201, NULL));
    ck_assert_ptr_null(pages_to_image(pages, 0, LOOK_PRINTED, NAN, NULL));
}
END_TEST

/* A scan fills the drawing area, but is never enlarged beyond 150 dots an inch. */
START_TEST(a_scanned_plan_keeps_its_shape_and_its_sharpness)
{
    cairo_surface_t *scan = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 300, 150);
    g_autofree char *file = path_in_folder("scan.png");
    ck_assert_int_eq(cairo_surface_write_to_png(scan, file), CAIRO_STATUS_SUCCESS); /* black */
    cairo_surface_destroy(scan);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(file, &bytes, &length, NULL));
    g_autofree char *base64 = g_base64_encode((const guchar *)bytes, length);
    g_autofree char *plan = g_strdup_printf(
        "{\"kind\": \"parcel\", \"media\": \"image/png\", \"data\": \"%s\"}", base64);
    RecordMutation mutation = {"plans.0", plan, 0, NULL};
    g_autoptr(Document) document = create_document();
    g_autoptr(Pages) pages = create_pages(document, &mutation, 1);
    ck_assert_str_eq(pages_kind(pages, 3), "parcel-plan");
    cairo_surface_t *surface = pages_to_image(pages, 3, LOOK_PRINTED, 300, NULL);
    double k = 300 / 25.4; /* 300 px at 150 dpi: 50.8 x 25.4 mm round the area's middle */
    const double middle_x = 84.0, middle_y = 124.0;
    ck_assert_int_eq(lightness(surface, (int)((middle_x - 25.2) * k), (int)(middle_y * k)), 0);
    ck_assert_int_gt(lightness(surface, (int)((middle_x - 25.7) * k), (int)(middle_y * k)), 200);
    ck_assert_int_eq(lightness(surface, (int)(middle_x * k), (int)((middle_y - 12.5) * k)), 0);
    ck_assert_int_gt(lightness(surface, (int)(middle_x * k), (int)((middle_y - 12.9) * k)), 200);
    cairo_surface_destroy(surface);
}
END_TEST

static const struct {
    const char *arguments; /* @: the test's folder, %: the samples' */
    int status;
    const char *complaint;
} commands[] = {
    {"%/rec-2026-000001.json -o @/out.pdf", 0, ""},
    {"%/rec-2026-000001.json -o @/out.png --page 4 --dpi 72 --stock preprinted", 0, ""},
    {"%/rec-2026-000001.json -o @/out.pdf --booklet D33000000001 --qr HTTPS://A/V/B", 0, ""},
    {"", 2, "kiosk: render: needs exactly one RECORD.json\n"},
    {"%/rec-2026-000001.json", 2, "kiosk: render: needs -o OUT.pdf or -o OUT.png\n"},
    {"%/rec-2026-000001.json -o @/out.doc", 2, "must end with .pdf or .png\n"},
    {"%/rec-2026-000001.json -o @/out.pdf --page 1", 2, "are for a .png\n"},
    {"%/rec-2026-000001.json -o @/out.png --dpi 9", 2,
     "kiosk: render: --dpi: allowed are 36 to 1200"},
    {"%/rec-2026-000001.json -o @/out.png --page 9", 2, "kiosk: --page: there are 4 pages\n"},
    {"%/rec-2026-000001.json -o @/out.pdf --stock gold", 2, "--stock: plain or preprinted\n"},
    {"%/rec-2026-000001.json -o @/out.pdf --booklet X1", 2, "--booklet: D or J and 11 digits\n"},
    {"%/rec-2026-000001.json -o @/out.pdf --wrong", 2, "kiosk: render: "},
    {"%/rec-2026-000001.json -o @/out.pdf --qr small", 1, "kiosk: --qr: QR text: 5 characters"},
    {"%/rec-2026-000001.json -o @/none/out.pdf", 1, "/none/out.pdf: "},
    {"%/nothing.json -o @/out.pdf", 1, "/nothing.json: "},
    {"%/make-samples -o @/out.pdf", 1, "/make-samples: "},
};

/* Standard error of the command, in this process. */
static char *run_render(const char *line, int *ret_status)
{
    g_autoptr(GString) words = g_string_new("render ");
    g_string_append(words, line);
    g_string_replace(words, "@", folder, 0);
    g_string_replace(words, "%", SAMPLES_DIR, 0);
    g_auto(GStrv) argv = g_strsplit(g_strstrip(words->str), " ", -1);
    g_autofree char *path = path_in_folder("stderr");
    int saved = dup(STDERR_FILENO);
    int file = g_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, STDERR_FILENO);
    g_autofree char **taken = g_memdup2(argv, (g_strv_length(argv) + 1) * sizeof *argv);
    *ret_status = render_command((int)g_strv_length(argv), taken); /* takes options out of it */
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(file);
    close(saved);
    char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_unlink(path);
    return text;
}

static guint count_files(void)
{
    guint count = 0;
    GDir *dir = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

START_TEST(render_says_what_is_wrong_and_leaves_nothing_half_written)
{
    int status;
    g_autofree char *complaint = run_render(commands[_i].arguments, &status);
    ck_assert_msg(status == commands[_i].status, "%s: %d %s", commands[_i].arguments, status,
                  complaint);
    ck_assert_msg(strstr(complaint, commands[_i].complaint) != NULL, "%s", complaint);
    ck_assert(status == 0 || g_str_has_prefix(complaint, "kiosk: "));
    ck_assert_uint_eq(count_files(), status == 0 ? 1 : 0);
}
END_TEST

START_TEST(render_marks_the_place_of_a_missing_qr)
{
    int status;
    g_free(run_render("%/rec-2026-000001.json -o @/out.pdf --stock preprinted", &status));
    ck_assert_int_eq(status, 0);
    g_autofree char *path = path_in_folder("out.pdf");
    g_autofree char *text = run_program("pdftotext", "-raw", path, "-", NULL);
    ck_assert_ptr_nonnull(strstr(text, "SPECIMEN"));
    ck_assert_ptr_null(strstr(text, "打印时生成"));
}
END_TEST

static void setup(void)
{
    folder = g_dir_make_tmp("kiosk-output-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
}

static void teardown(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = path_in_folder(name);
        g_unlink(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_free(folder);
}

int main(void)
{
    TCase *tests = tcase_create("output");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_same_record_gives_the_same_bytes);
    tcase_add_test(tests, the_pdf_has_the_leaf_and_tells_nothing_of_persons);
    tcase_add_test(tests, every_printed_value_is_found_in_the_pdf);
    tcase_add_loop_test(tests, every_value_of_the_samples_comes_back_from_the_pdf, 0,
                        2 * G_N_ELEMENTS(samples));
    tcase_add_test(tests, the_picture_and_the_archived_pdf_agree);
    tcase_add_loop_test(tests, the_printed_symbol_is_read_back, 0, G_N_ELEMENTS(decoded_dpi));
    tcase_add_test(tests, a_text_that_is_no_qr_text_is_refused);
    tcase_add_test(tests, a_picture_has_limits);
    tcase_add_test(tests, a_scanned_plan_keeps_its_shape_and_its_sharpness);
    tcase_add_loop_test(tests, render_says_what_is_wrong_and_leaves_nothing_half_written, 0,
                        G_N_ELEMENTS(commands));
    tcase_add_test(tests, render_marks_the_place_of_a_missing_qr);
    return testing_run(tests);
}
