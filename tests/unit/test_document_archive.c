/* The PDF as an archive wants it (after ISO 19005): everything embedded, nothing outside it needed,
 * nothing that runs, the same bytes wherever and whenever it is made. */
#include "firmware/document/render.h"
#include "tests/unit/document_fixture.h"
#include <glib/gstdio.h>
#include <time.h>

static char *folder; /* of one test, removed behind it */

static char *path_in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Standard output of `command`, options and all, for a file. */
static char *run_on(const char *command, const char *path)
{
    g_autofree char *line = g_strconcat(command, " ", path, NULL);
    char *output = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(g_spawn_command_line_sync(line, &output, NULL, NULL, &error), "%s",
                  error ? error->message : "");
    return output;
}

static void render(const char *sample, const char *stock, const char *name)
{
    g_autofree char *record = g_build_filename(SAMPLES_DIR, sample, NULL);
    g_autofree char *output = path_in_folder(name);
    const char *words[] = {"render", record,      "-o",           output, "--stock",
                           stock,    "--booklet", "D33000000001", NULL};
    ck_assert_int_eq(render_command((int)G_N_ELEMENTS(words) - 1, (char **)(gsize)words), 0);
}

static const char *const samples[] = {"rec-2026-000001.json", "rec-2026-000002.json",
                                      "rec-2026-000003.json"};
static const char *const stocks[] = {"plain", "preprinted"};

/* It names the holder: whoever wants others to read it says so himself. */
START_TEST(what_is_rendered_is_read_by_its_owner_alone)
{
    static const char *const names[] = {"one.pdf", "one.png"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        GStatBuf entry;
        g_autofree char *path = path_in_folder(names[i]);
        render(samples[0], stocks[0], names[i]);
        ck_assert_int_eq(g_stat(path, &entry), 0);
        ck_assert_int_eq(entry.st_mode & 0777, 0600);
    }
}
END_TEST

/* Another process at another time, in another zone and language, and with other file names. */
START_TEST(rendering_twice_gives_the_same_bytes)
{
    static const char *const places[][2] = {{"Asia/Shanghai", "C.UTF-8"}, {"America/Lima", "C"}};
    static const char *const names[2][2] = {{"one.pdf", "other.pdf"}, {"one.png", "other.png"}};
    for (guint kind = 0; kind < G_N_ELEMENTS(names); kind++) {
        g_autofree char *first = NULL;
        gsize first_length = 0;
        for (guint place = 0; place < G_N_ELEMENTS(places); place++) {
            g_setenv("TZ", places[place][0], TRUE);
            tzset();
            g_setenv("LC_ALL", places[place][1], TRUE);
            g_setenv("SOURCE_DATE_EPOCH", place ? "1" : "2000000000", TRUE);
            render(samples[0], stocks[kind], names[kind][place]);
            g_autofree char *path = path_in_folder(names[kind][place]);
            g_autofree char *bytes = NULL;
            gsize length = 0;
            ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
            ck_assert_uint_gt(length, 10000);
            ck_assert(!first || (length == first_length && !memcmp(bytes, first, length)));
            if (!first) {
                first = g_steal_pointer(&bytes);
                first_length = length;
            }
        }
    }
}
END_TEST

/* Every line of `pdfinfo` before the pages' number, but for the dates. */
START_TEST(the_information_names_no_person_and_no_clock)
{
    static const char wanted[] = "Title:           不动产权证书\n"
                                 "Creator:         kiosk\n"
                                 "Producer:        cairo";
    render(samples[_i], "plain", "one.pdf");
    g_autofree char *path = path_in_folder("one.pdf");
    g_autofree char *info = run_on("pdfinfo -isodates", path);
    ck_assert_msg(g_str_has_prefix(info, wanted), "%s", info);
    static const char *const never[] = {"Author", "Subject", "Keywords"};
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        ck_assert_ptr_null(strstr(info, never[i]));
    ck_assert_ptr_nonnull(strstr(info, "Custom Metadata: no\nMetadata Stream: no\n"));
    g_autofree char *sample = g_build_filename(SAMPLES_DIR, samples[_i], NULL);
    g_autofree char *json = NULL;
    ck_assert(g_file_get_contents(sample, &json, NULL, NULL));
    const char *registered = strstr(json, "\"registered_on\": \"");
    ck_assert_ptr_nonnull(registered);
    g_autofree char *day = g_strndup(registered + strlen("\"registered_on\": \""), 10);
    g_autofree char *date = g_strdup_printf("CreationDate:    %sT00:00:00+08\n", day);
    ck_assert_msg(strstr(info, date) != NULL, "%s", info);
}
END_TEST

START_TEST(nothing_outside_it_is_needed_and_nothing_runs)
{
    render(samples[_i], stocks[_i % 2], "one.pdf");
    g_autofree char *path = path_in_folder("one.pdf");
    g_autofree char *info = run_on("pdfinfo", path);
    ck_assert_ptr_nonnull(strstr(info, "Form:            none\n"));
    ck_assert_ptr_nonnull(strstr(info, "JavaScript:      no\n"));
    ck_assert_ptr_nonnull(strstr(info, "Encrypted:       no\n"));
    g_autofree char *files = run_on("pdfdetach -list", path);
    ck_assert_str_eq(files, "0 embedded files\n");
    g_autofree char *fonts = run_on("pdffonts", path);
    g_auto(GStrv) rows = g_strsplit(g_strchomp(fonts), "\n", -1);
    ck_assert_uint_gt(g_strv_length(rows), 3);
    for (guint i = 2; rows[i]; i++) /* emb, sub, uni */
        ck_assert_msg(strstr(rows[i], "CID Type 0C") && strstr(rows[i], "yes yes yes"), "%s",
                      rows[i]);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    static const char *const never[] = {"/Annots",    "/OpenAction", "/Launch",       "/JavaScript",
                                        "/GoToR",     "/Filespec",   "/EmbeddedFile", "/SubmitForm",
                                        "/RichMedia", "/ObjStm"};
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        ck_assert_msg(!memmem(bytes, length, never[i], strlen(never[i])), "%s", never[i]);
}
END_TEST

static int lightness(cairo_surface_t *surface, int x, int y)
{
    const guchar *row = cairo_image_surface_get_data(surface) +
                        (gsize)y * (gsize)cairo_image_surface_get_stride(surface);
    return row[4 * x + 1]; /* green: black is 0 there, and the seal's red nearly */
}

/* The screen shows what a printer without offsets prints, dot by dot. */
START_TEST(the_preview_is_the_printed_page)
{
    static const Placement placement = {1300, -700, 4000, -3000};
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = fixture_record(NULL, NULL, 0);
    g_autoptr(Document) plain = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    g_autoptr(Document) placed = document_create(ASSETS_DIR, STOCK_PLAIN, &placement, &error);
    g_autoptr(Pages) printed = pages_create(plain, record, &error);
    g_autoptr(Pages) shown = pages_create(placed, record, &error);
    ck_assert_int_eq(pages_count(printed), pages_count(shown));
    for (int page = 0; page < pages_count(printed); page++) {
        cairo_surface_t *one = pages_to_image(printed, page, LOOK_PRINTED, 100, NULL);
        cairo_surface_t *other = pages_to_image(shown, page, LOOK_WHOLE, 100, NULL);
        int width = cairo_image_surface_get_width(one),
            height = cairo_image_surface_get_height(one);
        ck_assert_int_eq(width, cairo_image_surface_get_width(other));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                ck_assert_msg(lightness(one, x, y) == lightness(other, x, y), "page %d: %d, %d",
                              page + 1, x, y);
        cairo_surface_destroy(one);
        cairo_surface_destroy(other);
    }
}
END_TEST

static void setup(void)
{
    folder = g_dir_make_tmp("kiosk-archive-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
}

static void teardown(void)
{
    static const char *const names[] = {"one.pdf", "other.pdf", "one.png", "other.png"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_in_folder(names[i]);
        g_unlink(path);
    }
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(folder);
}

int main(void)
{
    TCase *tests = tcase_create("archive");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_rendered_is_read_by_its_owner_alone);
    tcase_add_test(tests, rendering_twice_gives_the_same_bytes);
    tcase_add_loop_test(tests, the_information_names_no_person_and_no_clock, 0,
                        G_N_ELEMENTS(samples));
    tcase_add_loop_test(tests, nothing_outside_it_is_needed_and_nothing_runs, 0,
                        G_N_ELEMENTS(samples));
    tcase_add_test(tests, the_preview_is_the_printed_page);
    return testing_run(tests);
}
