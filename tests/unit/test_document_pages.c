/* Text pages: how values give way, where they go on, and what is refused. */
#include "tests/unit/document_fixture.h"
#include <cairo-pdf.h>
#include <glib/gstdio.h>

static Document *plain, *preprinted;

static Pages *pages_of(Document *document, const RecordMutation *mutations, gsize count)
{
    g_autoptr(Record) record = fixture_record(NULL, mutations, count);
    g_autoptr(GError) error = NULL;
    Pages *pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "%s", error ? error->message : "");
    return pages;
}

static const GArray *lines_of(const Pages *pages, int page)
{
    return ((const Page *)pages->pages->pdata[page])->lines;
}

/* Lines of the value column between two heights, and their size. */
static int count_lines(const Pages *pages, int page, double y0_mm, double y1_mm,
                       double *ret_size_mm)
{
    int count = 0;
    const GArray *lines = lines_of(pages, page);
    for (guint i = 0; i < lines->len; i++) {
        const PlacedLine *line = &g_array_index(lines, PlacedLine, i);
        if (line->y_mm < y0_mm || line->y_mm > y1_mm || line->x_mm < 45)
            continue;
        count++;
        *ret_size_mm = text_line_size_mm(line->line);
        ck_assert_double_le(line->x_mm + text_line_width_mm(line->line), 45.5 + 102 + 0.01);
    }
    return count;
}

/* 102 mm hold 26 hanzi of 3.8, 28 of 3.6, 30 of 3.4, 31 of 3.2, 34 of 3.0. */
static const struct {
    int hanzi, lines;
    double size_mm;
} shrinking[] = {
    {26, 1, 3.8}, {27, 2, 3.8}, {52, 2, 3.8}, {53, 2, 3.6}, {56, 2, 3.6}, {57, 2, 3.4},
    {60, 2, 3.4}, {61, 2, 3.2}, {63, 3, 3.2}, {93, 3, 3.2}, {94, 3, 3.0}, {102, 3, 3.0},
};

START_TEST(a_value_shrinks_and_wraps_before_anything_else)
{
    RecordMutation owners = {"printed.owners", "测", shrinking[_i].hanzi, NULL};
    g_autoptr(Pages) pages = pages_of(plain, &owners, 1);
    double size_mm = 0;
    ck_assert_int_eq(count_lines(pages, 1, 25.5, 39, &size_mm), shrinking[_i].lines);
    ck_assert_double_eq_tol(size_mm, shrinking[_i].size_mm, 1e-9);
}
END_TEST

START_TEST(owners_that_fit_no_cell_go_on_in_the_notes)
{
    RecordMutation owners = {"printed.owners", "测", 103, NULL};
    g_autoptr(Pages) pages = pages_of(plain, &owners, 1);
    g_autoptr(Pages) usual = pages_of(plain, NULL, 0);
    double size_mm = 0;
    ck_assert_int_eq(count_lines(pages, 1, 25.5, 39, &size_mm), 1);
    ck_assert_double_eq_tol(size_mm, 3.8, 1e-9);
    /* heading, 103 hanzi in rows of 32, then the notes */
    ck_assert_uint_eq(lines_of(pages, 2)->len, lines_of(usual, 2)->len + 1 + 4);
}
END_TEST

START_TEST(long_notes_take_a_second_page)
{
    RecordMutation notes = {"printed.notes", "附记内容\n", 60, NULL};
    g_autoptr(Pages) pages = pages_of(plain, &notes, 1);
    ck_assert_int_eq(pages_count(pages), 5);
    ck_assert_str_eq(pages_kind(pages, 2), "notes");
    ck_assert_str_eq(pages_kind(pages, 3), "notes");
    ck_assert_str_eq(pages_kind(pages, 4), "household-plan");
}
END_TEST

/* Size of a notes page's text, and the lines above it: the heading, on a second page 续 as well. */
static double look_at_notes(const Pages *pages, int page, int *ret_headings)
{
    double size_mm = 0;
    const GArray *lines = lines_of(pages, page);
    *ret_headings = 0;
    for (guint i = 0; i < lines->len; i++) {
        const PlacedLine *line = &g_array_index(lines, PlacedLine, i);
        if (line->y_mm > 30)
            size_mm = text_line_size_mm(line->line);
        else
            ++*ret_headings;
    }
    return size_mm;
}

/* 42 rows are too many for one page at any size, not for two at the greatest. */
START_TEST(two_pages_of_notes_keep_the_greatest_size)
{
    static const struct {
        int rows, pages;
        double size_mm;
    } notes[] = {{41, 1, 3.0}, {42, 2, 3.8}, {56, 2, 3.8}, {57, 2, 3.4}, {71, 2, 3.0}};
    for (guint i = 0; i < G_N_ELEMENTS(notes); i++) {
        RecordMutation mutation = {"printed.notes", "附记\n", notes[i].rows - 1, NULL};
        g_autoptr(Pages) pages = pages_of(plain, &mutation, 1);
        ck_assert_int_eq(pages_count(pages), 3 + notes[i].pages);
        for (int page = 0; page < notes[i].pages; page++) {
            int headings;
            ck_assert_double_eq_tol(look_at_notes(pages, 2 + page, &headings), notes[i].size_mm,
                                    1e-9);
            ck_assert_int_eq(headings, 1 + page);
        }
    }
}
END_TEST

/* Rows of a notes page, top down. */
static guint count_rows(const Pages *pages, int page)
{
    guint rows = 0;
    const GArray *lines = lines_of(pages, page);
    for (guint i = 0; i < lines->len; i++) {
        const PlacedLine *line = &g_array_index(lines, PlacedLine, i);
        rows += line->y_mm > 30 && line->x_mm > 28; /* behind the numbers */
    }
    return rows;
}

/* Notes of two rows each, 35 rows a page: the 18th goes to the second page as a whole. */
START_TEST(no_page_begins_with_the_last_row_of_a_note)
{
    static const char note[] = "1. 阳台2处：封闭阳台1处，按水平投影全部面积计算；未封闭阳台1处，"
                               "按水平投影面积的一半计算。\n";
    RecordMutation notes = {"printed.notes", note, 30, NULL};
    g_autoptr(Pages) pages = pages_of(plain, &notes, 1);
    ck_assert_int_eq(pages_count(pages), 5);
    ck_assert_uint_eq(count_rows(pages, 2) % 2, 0);
    ck_assert_uint_eq(count_rows(pages, 2) + count_rows(pages, 3), 60);
}
END_TEST

START_TEST(empty_notes_keep_their_page)
{
    RecordMutation notes = {"printed.notes", "\"\"", 0, NULL};
    g_autoptr(Pages) pages = pages_of(plain, &notes, 1);
    ck_assert_int_eq(pages_count(pages), 4);
}
END_TEST

static const RecordMutation refused[] = {
    {"printed.owners", "\"测\\ud87a\\udff0\"", 0,
     "record: printed.owners: U+2EBF0 cannot be printed"},
    {"printed.notes", "\"\\ue000\"", 0, "record: printed.notes: U+E000 cannot be printed"},
    {"printed.location", "\"\\udb80\\udc00\"", 0,
     "record: printed.location: U+F0000 cannot be printed"},
    {"printed.location", "路", 103, "record: printed.location: does not fit its cell"},
    {"printed.term", "年", 120, "record: printed.term: does not fit its cell"},
    {"printed.other", "一\n", 100, "record: printed.other: does not fit its cell"},
    {"printed.notes", "一\n", 200, "record: printed.notes: does not fit the booklet's notes pages"},
    {"plans.0.data.features.21.properties.name", "\"\\ud87a\\udff0\"", 0,
     "record: plans[0].data: room 1: name: U+2EBF0 cannot be printed"},
    {"plans.0.data.features.0.properties.structure", "构", 35,
     "record: plans[0].data: sheet: structure: does not fit its cell"},
};

START_TEST(what_cannot_stand_on_paper_is_refused_by_name)
{
    g_autoptr(Record) record = fixture_record(NULL, &refused[_i], 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Pages) pages = pages_create(plain, record, &error);
    ck_assert_ptr_null(pages);
    ck_assert_str_eq(error->message, refused[_i].message);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_REFUSED));
}
END_TEST

START_TEST(more_plans_than_the_booklet_holds_are_refused)
{
    g_autofree char *text = sample_text("rec-2026-000001.json");
    json_auto_t *root = json_loads(text, 0, NULL);
    json_t *plans = json_object_get(root, "plans");
    for (int i = 0; i < 4; i++)
        json_array_append_new(plans, json_deep_copy(json_array_get(plans, 0)));
    char *changed = json_dumps(root, 0);
    g_autoptr(Record) record = record_parse(changed, strlen(changed), NULL);
    secret_free(changed);
    ck_assert_ptr_nonnull(record);
    g_autoptr(GError) error = NULL;
    g_autoptr(Pages) pages = pages_create(plain, record, &error);
    ck_assert_ptr_null(pages);
    ck_assert_str_eq(error->message, "record: plans: 5 plans, the booklet has 4 pages for them");
}
END_TEST

/* Darkest lightness (0 to 255) in a box of the page, at 150 dpi. */
static int darkest_of(Pages *pages, int page, Look look, double x_mm, double y_mm, double width_mm,
                      double height_mm)
{
    cairo_surface_t *surface = pages_to_image(pages, page, look, 150, NULL);
    ck_assert_ptr_nonnull(surface);
    int stride = cairo_image_surface_get_stride(surface), least = 255;
    const guchar *data = cairo_image_surface_get_data(surface);
    double k = 150 / 25.4;
    for (int y = (int)(y_mm * k); y < (int)((y_mm + height_mm) * k); y++)
        for (int x = (int)(x_mm * k); x < (int)((x_mm + width_mm) * k); x++)
            least = MIN(least, data[(gsize)y * (gsize)stride + (gsize)x * 4 + 1]);
    cairo_surface_destroy(surface);
    return least;
}

static int darkest(Pages *pages, int page, double x_mm, double y_mm, double width_mm,
                   double height_mm)
{
    return darkest_of(pages, page, LOOK_PRINTED, x_mm, y_mm, width_mm, height_mm);
}

START_TEST(preprinted_stock_gets_values_only)
{
    g_autoptr(Pages) pages = pages_of(preprinted, NULL, 0);
    ck_assert_int_eq(darkest(pages, 1, 15, 22, 28, 205), 255);  /* labels, frame */
    ck_assert_int_lt(darkest(pages, 1, 45.5, 28, 30, 8), 100);  /* the owners */
    ck_assert_int_eq(darkest(pages, 0, 20, 20, 130, 110), 255); /* heading, legend, mark */
    ck_assert_int_eq(darkest(pages, 2, 70, 10, 30, 12), 255);   /* 附记 */
    ck_assert_int_eq(darkest(pages, 3, 15, 10, 138, 19), 255);  /* 附图页, frame */
    ck_assert_int_lt(darkest(pages, 3, 22, 40, 20, 10), 100);   /* the figure */
    for (int page = 0; page < 4; page++)
        ck_assert_int_eq(darkest(pages, page, 20, 228, 130, 8), 255); /* SPECIMEN foot */
}
END_TEST

/* "This is what prints": the citizen sees the booklet's page, not the ink that it lacks. */
START_TEST(the_preview_of_preprinted_stock_shows_the_finished_page)
{
    g_autoptr(Pages) pages = pages_of(preprinted, NULL, 0);
    ck_assert_int_lt(darkest_of(pages, 1, LOOK_WHOLE, 20, 28, 20, 8), 150);   /* 权利人 */
    ck_assert_int_lt(darkest_of(pages, 1, LOOK_COVERED, 20, 28, 20, 8), 150); /* the same */
    ck_assert_int_lt(darkest_of(pages, 0, LOOK_WHOLE, 40, 26, 90, 12), 100);  /* the heading */
    ck_assert_int_lt(darkest_of(pages, 2, LOOK_WHOLE, 70, 15, 30, 8), 150);   /* 附记 */
    ck_assert_int_lt(darkest_of(pages, 3, LOOK_WHOLE, 15, 200, 4, 10), 150);  /* the frame */
    for (int page = 0; page < 4; page++) /* no SPECIMEN: it will be a certificate */
        ck_assert_int_eq(darkest_of(pages, page, LOOK_WHOLE, 20, 228, 130, 8), 255);
}
END_TEST

START_TEST(plain_stock_says_that_it_is_none_on_every_page)
{
    g_autoptr(Pages) pages = pages_of(plain, NULL, 0);
    for (int page = 0; page < 4; page++)
        ck_assert_int_lt(darkest(pages, page, 55, 228, 60, 5), 150);
}
END_TEST

START_TEST(offsets_move_everything)
{
    g_autoptr(GError) error = NULL;
    static const Placement placement = {.offset_x_um = 5000, .offset_y_um = -5000};
    g_autoptr(Document) moved = document_create(ASSETS_DIR, STOCK_PREPRINTED, &placement, &error);
    ck_assert_msg(moved != NULL, "%s", error ? error->message : "");
    ck_assert_str_ne(document_template_id(moved), document_template_id(preprinted));
    g_autoptr(Pages) pages = pages_of(moved, NULL, 0);
    ck_assert_int_eq(darkest(pages, 1, 45, 24, 5, 10), 255);
    ck_assert_int_lt(darkest(pages, 1, 50.5, 24, 5, 8), 100);
}
END_TEST

/* First and last dark row and column of a page at 300 dpi, in mm. */
static void ink_box(Pages *pages, int page, double ret_mm[4])
{
    cairo_surface_t *surface = pages_to_image(pages, page, LOOK_PRINTED, 300, NULL);
    int stride = cairo_image_surface_get_stride(surface);
    int width = cairo_image_surface_get_width(surface), left = width, right = 0;
    int height = cairo_image_surface_get_height(surface), top = height, bottom = 0;
    const guchar *data = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            if (data[(gsize)y * (gsize)stride + (gsize)x * 4 + 1] < 128) {
                left = MIN(left, x), right = MAX(right, x + 1);
                top = MIN(top, y), bottom = MAX(bottom, y + 1);
            }
    cairo_surface_destroy(surface);
    const int edges[] = {left, top, right, bottom};
    for (int i = 0; i < 4; i++)
        ret_mm[i] = edges[i] * 25.4 / 300;
}

START_TEST(a_scale_correction_stretches_paper_from_the_leaf_s_corner)
{
    static const Placement placement = {1000, 0, 10000, -10000};
    g_autoptr(GError) error = NULL;
    g_autoptr(Document) stretched =
        document_create(ASSETS_DIR, STOCK_PREPRINTED, &placement, &error);
    ck_assert_msg(stretched != NULL, "%s", error ? error->message : "");
    ck_assert_str_ne(document_template_id(stretched), document_template_id(preprinted));
    g_autoptr(Pages) pages = pages_of(preprinted, NULL, 0);
    g_autoptr(Pages) changed = pages_of(stretched, NULL, 0);
    double before[4], after[4];
    ink_box(pages, 3, before);
    ink_box(changed, 3, after);
    for (int i = 0; i < 4; i += 2) {
        ck_assert_double_eq_tol(after[i], 1 + before[i] * 1.01, 0.15);
        ck_assert_double_eq_tol(after[i + 1], before[i + 1] * 0.99, 0.15);
    }
    ck_assert_int_lt(darkest_of(changed, 3, LOOK_WHOLE, 17, 200, 1, 10), 150); /* not the screen */
}
END_TEST

/* Black ink of the seal's place between two heights: its middle and its greatest distance from the
 * seal's, in mm. */
static void look_in_seal(Pages *pages, double y0_mm, double y1_mm, double *ret_middle,
                         double *ret_reach)
{
    cairo_surface_t *surface = pages_to_image(pages, 0, LOOK_PRINTED, 300, NULL);
    int stride = cairo_image_surface_get_stride(surface);
    const guchar *data = cairo_image_surface_get_data(surface);
    double mm = 25.4 / 300, left = 20, right = -20;
    *ret_reach = 0;
    for (int y = (int)(y0_mm / mm); y < (int)(y1_mm / mm); y++)
        for (int x = (int)(92.5 / mm); x < (int)(132.5 / mm); x++) {
            if (data[(gsize)y * (gsize)stride + (gsize)x * 4 + 2] >= 100)
                continue; /* paper, or the seal's red */
            double dx = (x + 0.5) * mm - 112.5, dy = (y + 0.5) * mm - 175;
            left = MIN(left, dx), right = MAX(right, dx);
            *ret_reach = MAX(*ret_reach, hypot(dx, dy));
        }
    *ret_middle = (left + right) / 2;
    cairo_surface_destroy(surface);
}

/* Its inner radius is 13.5. */
START_TEST(authority_and_date_lie_in_the_seal_s_ring)
{
    static const double heights[][2] = {{168, 174}, {176, 183}}; /* authority, date */
    Document *documents[] = {plain, preprinted};
    for (int i = 0; i < 2; i++) {
        g_autoptr(Pages) pages = pages_of(documents[i], NULL, 0);
        for (int line = i; line < 2; line++) {
            double middle, reach;
            look_in_seal(pages, heights[line][0], heights[line][1], &middle, &reach);
            ck_assert_double_eq_tol(middle, 0, 0.25);
            ck_assert_double_gt(reach, 10);
            ck_assert_double_lt(reach, 13.3);
        }
    }
}
END_TEST

static char *text_of_pdf(const char *path)
{
    char *argv[] = {"pdftotext", "-raw", (char *)(gsize)path, "-", NULL}, *text = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, &error),
        "%s", error ? error->message : "");
    return text;
}

START_TEST(covered_data_is_not_drawn_at_all)
{
    g_autoptr(Pages) pages = pages_of(plain, NULL, 0);
    g_autofree char *path = NULL;
    g_close(g_file_open_tmp("cover-XXXXXX.pdf", &path, NULL), NULL);
    cairo_surface_t *surface = cairo_pdf_surface_create(path, 473.4, 680.4);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, 72 / 25.4, 72 / 25.4);
    for (int page = 0; page < pages_count(pages); page++) {
        pages_draw(pages, page, LOOK_COVERED, cr);
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    g_autofree char *text = text_of_pdf(path);
    g_unlink(path);
    static const char *const hidden[] = {"测试一", "测试二", "测试路", "001002", "101室"};
    for (guint i = 0; i < G_N_ELEMENTS(hidden); i++)
        ck_assert_msg(!strstr(text, hidden[i]), "%s stands on a covered page", hidden[i]);
    ck_assert_ptr_nonnull(strstr(text, "共同共有"));
    ck_assert_ptr_nonnull(strstr(text, "房屋分户图"));
}
END_TEST

static const struct {
    const char *find, *replace, *message;
} templates[] = {
    {"[title.date]\npreprinted = yes", "[title.date]\ncolour = red\npreprinted = yes",
     "[title.date] colour: no such key"},
    {"[title.seal]\n", "[title.stamp]\n", "no such key"},
    {"size = 10.5", "size = large", "[title.heading] size: 'large' is not a number"},
    {"size = 10.5", "size = 900",
     "[title.heading] size: 900 is out of range, allowed are 1.5 to 60"},
    {"face = serif-bold", "face = comic", "[title.heading] face: 'comic' is no face"},
    {"order = title rights notes plans", "order = title title notes plans",
     "[booklet] order: needs title, rights, notes and plans, each once"},
    {"x = 92.5\n", "x = 167.5\n", "[title.seal] x: 167.5 mm lie beside the leaf of 167"},
    {"width = 133\nheight = 197", "width = 133\nheight = 247",
     "[frame] y: 272.5 mm lie below the leaf of 240"},
    {"plan_pages = 4\n", "", "[booklet] plan_pages: missing"},
    {"module_dots = 14", "module_dots = 8", "[title.qr] module_dots: 8 is out of range"},
    {"quiet_modules = 4", "quiet_modules = 3", "[title.qr] quiet_modules: 3 is out of range"},
};

START_TEST(a_wrong_template_is_named_with_line_and_key)
{
    g_autofree char *source = g_build_filename(ASSETS_DIR, "templates", "certificate.ini", NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(source, &text, NULL, NULL));
    ck_assert_msg(strstr(text, templates[_i].find) != NULL, "%s", templates[_i].find);
    g_autoptr(GString) changed = g_string_new(text);
    g_string_replace(changed, templates[_i].find, templates[_i].replace, 1);
    g_autofree char *path = NULL;
    g_close(g_file_open_tmp("template-XXXXXX.ini", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, changed->str, -1, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = template_load(path, &error);
    g_unlink(path);
    ck_assert_ptr_null(template);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    ck_assert_msg(strstr(error->message, templates[_i].message) != NULL, "%s", error->message);
    ck_assert_msg(strstr(error->message, ".ini:") && !strstr(error->message, ".ini:0:"), "%s",
                  error->message);
}
END_TEST

/* In every test's own process: pango looks for fonts in threads, which a fork would lose. */
static void setup(void)
{
    g_autoptr(GError) error = NULL;
    plain = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    ck_assert_msg(plain != NULL, "%s", error ? error->message : "");
    preprinted = document_create(ASSETS_DIR, STOCK_PREPRINTED, NULL, &error);
    ck_assert_msg(preprinted != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    document_destroy(preprinted);
    document_destroy(plain);
}

int main(void)
{
    TCase *tests = tcase_create("pages");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, a_value_shrinks_and_wraps_before_anything_else, 0,
                        G_N_ELEMENTS(shrinking));
    tcase_add_test(tests, owners_that_fit_no_cell_go_on_in_the_notes);
    tcase_add_test(tests, long_notes_take_a_second_page);
    tcase_add_test(tests, two_pages_of_notes_keep_the_greatest_size);
    tcase_add_test(tests, no_page_begins_with_the_last_row_of_a_note);
    tcase_add_test(tests, empty_notes_keep_their_page);
    tcase_add_loop_test(tests, what_cannot_stand_on_paper_is_refused_by_name, 0,
                        G_N_ELEMENTS(refused));
    tcase_add_test(tests, more_plans_than_the_booklet_holds_are_refused);
    tcase_add_test(tests, preprinted_stock_gets_values_only);
    tcase_add_test(tests, the_preview_of_preprinted_stock_shows_the_finished_page);
    tcase_add_test(tests, plain_stock_says_that_it_is_none_on_every_page);
    tcase_add_test(tests, offsets_move_everything);
    tcase_add_test(tests, a_scale_correction_stretches_paper_from_the_leaf_s_corner);
    tcase_add_test(tests, authority_and_date_lie_in_the_seal_s_ring);
    tcase_add_test(tests, covered_data_is_not_drawn_at_all);
    tcase_add_loop_test(tests, a_wrong_template_is_named_with_line_and_key, 0,
                        G_N_ELEMENTS(templates));
    return testing_run(tests);
}
