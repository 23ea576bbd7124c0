/* Golden pages: how each kind of page looked when a person last judged it, as a small picture and
 * as the words that pdftotext finds with their places.
 *
 * Tolerance: no block of 2 x 2 mm may differ by more than GOLDEN_TOLERANCE of 255 on average (a
 * line that moved by 0.2 mm does), no word's box by more than 0.15 mm, and every word must be
 * there. KIOSK_GOLDEN=renew writes them anew: look at what changed before it is committed. */
#include "tests/harness/golden_compare.h"
#include "tests/unit/document_fixture.h"
#include <glib/gstdio.h>
#include <unistd.h>

#define DOTS_PER_MM 2
#define WORD_MM 0.15
#define PT_MM (25.4 / 72)
#define QR_TEXT                                                                                    \
    "HTTPS://VERIFY.EXAMPLE.GOV.CN/V/"                                                             \
    "11100000MB03271699001.11330106MA00000A9H.0001202600000001.001.N/D33000000001/"                \
    "ABCDEFGHIJKLMNOPQRSTUVWXYY/TEST/"                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ23" \
    "4567ABCDEFA"

static Record *sample(void)
{
    return fixture_record(NULL, NULL, 0);
}

static Record *long_owners(void)
{
    static const RecordMutation changes[] = {
        {"printed.owners", "测试一、", 40, NULL},
        {"printed.location", "示例市西湖区测试路1号1幢1单元101室", 3, NULL},
        {"printed.notes", "1. 附记内容一句又一句。\n", 45, NULL},
    };
    return fixture_record(NULL, changes, G_N_ELEMENTS(changes));
}

/* A flat round a court open to the street, a borrowed wall, a door of which no swing is known. */
static Record *court(void)
{
    PlanBuilder builder = builder_begin(-12.3);
    static const double outline[] = {0, 0, 14, 0, 14, 10, 9.5, 10, 9.5, 4, 4.5, 4, 4.5, 8, 0, 8};
    builder_polygon(&builder, "unit", "{}", outline, 8);
    builder_box(&builder, "wall", "{\"ownership\": \"own\"}", 0, 0, 14, 0.24);
    builder_box(&builder, "wall", "{\"ownership\": \"shared\"}", 13.88, 0, 14.12, 10);
    builder_line(&builder, "wall", "{\"ownership\": \"borrowed\", \"thickness\": 0.24}", -0.12, 0,
                 -0.12, 8);
    builder_line(&builder, "wall", "{\"ownership\": \"own\", \"thickness\": 0.2}", 4.5, 3.9, 9.5,
                 3.9);
    builder_box(&builder, "room", "{\"name\": \"客厅\"}", 0.3, 0.3, 13.7, 3.7);
    builder_box(&builder, "room", "{\"name\": \"主卧\"}", 9.7, 4, 13.7, 9.8);
    builder_line(&builder, "door", "{}", 6, 3.9, 7, 3.9);
    builder_line(&builder, "door", "{\"swing\": \"left\"}", 2, 0.12, 3, 0.12);
    builder_line(&builder, "window", "{}", 10, 0.12, 12, 0.12);
    return fixture_record(&builder, NULL, 0);
}

static Record *slanted(void)
{
    PlanBuilder builder = builder_begin(31);
    static const double outline[] = {0, 0, 10, 0, 12, 2, 12, 8, 9, 11, 0, 11};
    builder_polygon(&builder, "unit", "{}", outline, 6);
    builder_box(&builder, "room", "{\"name\": \"卧室\"}", 0.2, 5.2, 8.5, 10.8);
    builder_box(&builder, "balcony", "{\"name\": \"阳台\", \"enclosed\": false}", 12, 3, 13.5, 6);
    builder_line(&builder, "door", "{\"swing\": \"sliding\"}", 12, 4, 12, 5);
    return fixture_record(&builder, NULL, 0);
}

/* Names that shrink, break and become numbers; a short stretch in the middle of a chain. */
static Record *narrow(void)
{
    PlanBuilder builder = builder_begin(3);
    static const double outline[] = {0, 0, 3, 0, 3, 0.4, 3.5, 0.4, 3.5, 0, 8, 0, 8, 6, 0, 6};
    static const double widths[] = {1.2, 1.0, 0.5, 0.9, 1.5, 0.35};
    static const char *const names[] = {"储藏室", "卫生间", "强弱电间设备井",
                                        "衣帽间", "家庭室", "管道井"};
    builder_polygon(&builder, "unit", "{}", outline, 8);
    double x = 0.2;
    for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autofree char *name = g_strdup_printf("{\"name\": \"%s\"}", names[i]);
        builder_box(&builder, "room", name, x, 4.4, x + widths[i], 5.8);
        x += widths[i] + 0.1;
    }
    return fixture_record(&builder, NULL, 0);
}

static Record *small(void)
{
    PlanBuilder builder = builder_begin(-44.9);
    builder_box(&builder, "unit", "{}", 0, 0, 3, 2.4);
    builder_line(&builder, "wall", "{\"ownership\": \"own\", \"thickness\": 0.1}", 0, 0.05, 3,
                 0.05);
    builder_box(&builder, "room", "{\"name\": \"车库\"}", 0.1, 0.1, 2.9, 2.3);
    builder_line(&builder, "door", "{\"swing\": \"right\"}", 2, 0.05, 1, 0.05);
    return fixture_record(&builder, NULL, 0);
}

static Record *given_lengths(void)
{
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    builder_line(&builder, "dimension", "{}", 0, 8, 4, 8);
    builder_line(&builder, "dimension", "{}", 4, 8, 10, 8);
    builder_line(&builder, "dimension", "{\"text\": \"净宽4.00\"}", 2, 2, 2, 6);
    return fixture_record(&builder, NULL, 0);
}

static const struct {
    const char *name;
    Record *(*make)(void);
    StockKind stock;
    int first, last; /* pages from 0; -1: to the last one */
} cases[] = {
    {"plain", sample, STOCK_PLAIN, 0, -1},
    {"preprinted", sample, STOCK_PREPRINTED, 0, -1},
    {"overflow", long_owners, STOCK_PLAIN, 1, 3},
    {"court", court, STOCK_PREPRINTED, 3, -1},
    {"slanted", slanted, STOCK_PREPRINTED, 3, -1},
    {"narrow", narrow, STOCK_PREPRINTED, 3, -1},
    {"small", small, STOCK_PREPRINTED, 3, -1},
    {"given", given_lengths, STOCK_PREPRINTED, 3, -1},
};

static gboolean renews(void)
{
    return !g_strcmp0(g_getenv("KIOSK_GOLDEN"), "renew");
}

static char *golden_path(int i, int page, const char *suffix)
{
    return g_strdup_printf("%s/%s-%d.%s", GOLDEN_DIR, cases[i].name, page + 1, suffix);
}

static void check_picture(Pages *pages, int i, int page)
{
    g_autofree char *path = golden_path(i, page, "png");
    cairo_surface_t *now = pages_to_image(pages, page, LOOK_PRINTED, DOTS_PER_MM * 25.4, NULL);
    if (renews()) {
        ck_assert_int_eq(cairo_surface_write_to_png(now, path), CAIRO_STATUS_SUCCESS);
    } else {
        cairo_surface_t *golden = cairo_image_surface_create_from_png(path);
        ck_assert_msg(cairo_surface_status(golden) == CAIRO_STATUS_SUCCESS, "%s", path);
        int x, y;
        double worst = golden_compare(golden, now, &x, &y);
        ck_assert_msg(worst <= GOLDEN_TOLERANCE,
                      "%s differs by %.1f at %.0f, %.0f mm: judge it, then renew", path, worst,
                      (double)x / DOTS_PER_MM, (double)y / DOTS_PER_MM);
        cairo_surface_destroy(golden);
    }
    cairo_surface_destroy(now);
}

/* One line a word: left, top, right, foot in mm, and the word. */
static char *list_words(const char *pdf, int page)
{
    g_autofree char *number = g_strdup_printf("%d", page + 1);
    g_autofree char *output = NULL;
    char *argv[] = {"pdftotext",        "-bbox", "-f", number, "-l", number,
                    (char *)(gsize)pdf, "-",     NULL};
    ck_assert(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL, NULL));
    GString *words = g_string_new("");
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (int i = 0; lines[i]; i++) {
        double x0, y0, x1, y1;
        char word[512];
        if (sscanf(lines[i], " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%511[^<]",
                   &x0, &y0, &x1, &y1, word) == 5)
            g_string_append_printf(words, "%.2f %.2f %.2f %.2f %s\n", x0 * PT_MM, y0 * PT_MM,
                                   x1 * PT_MM, y1 * PT_MM, word);
    }
    return g_string_free(words, FALSE);
}

static void compare_words(const char *path, const char *golden, const char *now)
{
    g_auto(GStrv) before = g_strsplit(golden, "\n", -1);
    g_auto(GStrv) after = g_strsplit(now, "\n", -1);
    for (int i = 0; before[i] || after[i]; i++) {
        ck_assert_msg(before[i] && after[i], "%s:%d: %s", path, i + 1,
                      before[i] ? "words are missing" : "more words");
        char *one = before[i], *other = after[i];
        for (int n = 0; n < 4 && *one; n++)
            ck_assert_msg(fabs(g_ascii_strtod(one, &one) - g_ascii_strtod(other, &other)) < WORD_MM,
                          "%s:%d: '%s' is now '%s'", path, i + 1, before[i], after[i]);
        ck_assert_msg(!strcmp(one, other), "%s:%d: '%s' is now '%s'", path, i + 1, before[i],
                      after[i]);
    }
}

static void check_words(const char *pdf, int i, int page)
{
    g_autofree char *path = golden_path(i, page, "txt");
    g_autofree char *now = list_words(pdf, page);
    g_autofree char *golden = NULL;
    if (renews()) {
        ck_assert(g_file_set_contents(path, now, -1, NULL));
        return;
    }
    ck_assert_msg(g_file_get_contents(path, &golden, NULL, NULL), "%s", path);
    compare_words(path, golden, now);
}

START_TEST(a_page_looks_as_it_was_judged)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) document = document_create(ASSETS_DIR, cases[_i].stock, NULL, &error);
    g_autoptr(Record) record = cases[_i].make();
    g_autoptr(Pages) pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s: %s", cases[_i].name, error ? error->message : "");
    ck_assert(pages_set_issue(pages, QR_TEXT, "D33000000001", &error));
    g_autoptr(GBytes) bytes = pages_to_pdf(pages, &error);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *pdf = NULL;
    g_close(g_file_open_tmp("golden-XXXXXX.pdf", &pdf, NULL), NULL);
    ck_assert(g_file_set_contents(pdf, data, (gssize)length, NULL));
    int last = cases[_i].last < 0 ? pages_count(pages) - 1 : cases[_i].last;
    for (int page = cases[_i].first; page <= last; page++) {
        check_picture(pages, _i, page);
        check_words(pdf, _i, page);
    }
    g_unlink(pdf);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("golden");
    tcase_add_loop_test(tests, a_page_looks_as_it_was_judged, 0, G_N_ELEMENTS(cases));
    return testing_run(tests);
}
