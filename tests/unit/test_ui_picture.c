#include "firmware/base/error.h"
#include "tests/testing.h"
#include "ui/path.h"
#include "ui/picture.h"
#include <glib/gstdio.h>
#include <string.h>

static cairo_t *make_canvas(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(surface);
    cairo_surface_destroy(surface);
    return cr;
}

static const struct {
    const char *data;
    double x1, y1, x2, y2; /* extents of the path */
} good[] = {
    {"M1 2L3 4", 1, 2, 3, 4},
    {"m1 2l2 2", 1, 2, 3, 4},
    {"M1,2 3,4", 1, 2, 3, 4}, /* more pairs after M are lines */
    {"M1 2H5V7h-1v-1", 1, 2, 5, 7},
    {"M.5.5-.5-.5", -0.5, -0.5, 0.5, 0.5}, /* numbers may touch */
    {"M0 0a5 5 0 0 1 10 0", 0, -5, 10, 0},
    {"M0 0a5 5 0 0110 0", 0, -5, 10, 0}, /* and so may flags */
    {"M0 0a5 5 0 0 0 10 0", 0, 0, 10, 5},
    {"M0 0A1 1 0 1 1 10 0", 0, -5, 10, 0}, /* a radius that is too small grows */
    {"M0 0c0 4 4 4 4 0s4-4 4 0", 0, -3, 8, 3},
    {"M1 1h2v2zm4 4h1", 1, 1, 6, 5}, /* after z the pen is back at the start */
};

START_TEST(path_data_gives_the_shape)
{
    cairo_t *cr = make_canvas();
    g_autoptr(GError) error = NULL;
    double x1, y1, x2, y2;
    ck_assert_msg(path_trace(cr, good[_i].data, &error), "%s", error ? error->message : "");
    cairo_path_extents(cr, &x1, &y1, &x2, &y2);
    ck_assert_double_eq_tol(x1, good[_i].x1, 0.02);
    ck_assert_double_eq_tol(y1, good[_i].y1, 0.02);
    ck_assert_double_eq_tol(x2, good[_i].x2, 0.02);
    ck_assert_double_eq_tol(y2, good[_i].y2, 0.02);
    cairo_destroy(cr);
}
END_TEST

static const char *const bad[] = {
    "L1 2",
    "1 2",
    "M1",
    "M1 2L3",
    "M1 2X3 4",
    "M1 2z3 4",
    "M1 2a0 5 0 0 1 1 1",
    "M1 2a5 5 0 2 1 1 1",
    "M1 2a5 5 30 0 1 1 1",
    "M1 2L+ 3",
    "M1 2 L3 nan",
    "M1 2Q1 1 2 2",
    "M1 2L1e5 3",
    "M1 2L111111111111111111111111111111111111 3",
};

START_TEST(broken_path_data_is_refused)
{
    cairo_t *cr = make_canvas();
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!path_trace(cr, bad[_i], &error), "%s", bad[_i]);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    cairo_destroy(cr);
}
END_TEST

START_TEST(the_drawings_of_the_release_are_whole)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pictures) pictures = pictures_load(ASSETS_DIR, &error);
    ck_assert_msg(pictures != NULL, "%s", error ? error->message : "");
    static const char *const names[] = {"check",   "card",    "speaker",   "help",
                                        "booklet", "id-card", "hand-back", "hand-front",
                                        "reader",  "slot",    "window"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        ck_assert_msg(pictures_has(pictures, names[i]), "%s", names[i]);
    ck_assert(!pictures_has(pictures, "no-such-thing"));
}
END_TEST

static const struct {
    const char *icons, *pictures, *message;
} files[] = {
    {"check path M0 0h1\n", "", "pictograms.txt:1: no '|'"},
    {"# words\n\nx | circle 1 2\n", "", "pictograms.txt:3: not a shape"},
    {"x | path M0 0h1; path M0\n", "", "pictograms.txt:1: path: "},
    {"", "card ink 1 - : rect 0 0 1 1 0\n", "pictures.txt:1: a layer before"},
    {"", "picture x\ncard ink 1 -  rect 0 0 1 1 0\n", "pictures.txt:2: no ' : '"},
    {"", "picture x\npurple ink 1 - : rect 0 0 1 1 0\n", "pictures.txt:2: not a layer"},
    {"", "picture x\ncard ink 1 3 : rect 0 0 1 1 0\n", "pictures.txt:2: not a layer"},
    {"", "picture x\ncard ink 1 3,-1 : rect 0 0 1 1 0\n", "pictures.txt:2: not a layer"},
    {"", "picture x\ncard ink 1 - : rect 0 0 1 1\n", "pictures.txt:2: not a shape"},
    {"", "picture x\ntext gold serif 0 1 1 : words\n", "pictures.txt:2: not a layer"},
    {"", "picture x\ntext - serif 5 1 1 : words\n", "pictures.txt:2: not a layer"},
};

START_TEST(a_broken_drawing_stops_the_start_and_names_the_line)
{
    g_autofree char *folder = g_dir_make_tmp("icons-XXXXXX", NULL);
    g_autofree char *inner = g_build_filename(folder, "icons", NULL);
    g_autofree char *icons = g_build_filename(inner, "pictograms.txt", NULL);
    g_autofree char *pictures = g_build_filename(inner, "pictures.txt", NULL);
    g_autoptr(GError) error = NULL;
    g_mkdir(inner, 0700);
    ck_assert(g_file_set_contents(icons, files[_i].icons, -1, NULL));
    ck_assert(g_file_set_contents(pictures, files[_i].pictures, -1, NULL));
    ck_assert(pictures_load(folder, &error) == NULL);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    ck_assert_msg(strstr(error->message, files[_i].message) != NULL, "%s", error->message);
    g_unlink(icons);
    g_unlink(pictures);
    g_rmdir(inner);
    g_rmdir(folder);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("picture");
    tcase_add_loop_test(tests, path_data_gives_the_shape, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(tests, broken_path_data_is_refused, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tests, the_drawings_of_the_release_are_whole);
    tcase_add_loop_test(tests, a_broken_drawing_stops_the_start_and_names_the_line, 0,
                        G_N_ELEMENTS(files));
    return testing_run(tests);
}
