/* Every look of every screen against its golden image. When a difference is meant, look at the
 * pictures and take them with ./run screens --bless. */
#include "tests/harness/golden.h"
#include "tests/testing.h"
#include "ui/theme.h"
#include <string.h>

static Gallery *gallery;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    gallery = gallery_open(&error);
    ck_assert_msg(gallery != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    gallery_close(gallery);
}

static gsize find(const char *name)
{
    for (gsize i = 0; i < sample_views_count(); i++)
        if (!strcmp(sample_views_name(i), name))
            return i;
    ck_abort_msg("no sample %s", name);
}

START_TEST(every_look_is_as_it_was_judged)
{
    int wrong = 0, screens = 0;
    for (gsize i = 0; i < sample_views_count(); i++) {
        if (!gallery_is_main(i))
            continue;
        wrong += !golden_holds(gallery, i, SAMPLES_DIR "/../../tests/screens/golden");
        screens++;
    }
    ck_assert_int_eq(screens, SCREEN_COUNT - 1);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* The comparison sees what a person would: other words, another second, another line. */
START_TEST(the_comparison_sees_small_differences)
{
    static const char *const pairs[][2] = {{"card", "card-moved"},
                                           {"factor", "factor-full"},
                                           {"printing", "printing-prepare"},
                                           {"done", "done-last"}};
    int x, y;
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        cairo_surface_t *one = golden_draw(gallery, find(pairs[i][0]));
        cairo_surface_t *same = golden_draw(gallery, find(pairs[i][0]));
        cairo_surface_t *other = golden_draw(gallery, find(pairs[i][1]));
        ck_assert_double_eq(golden_compare(one, same, &x, &y), 0);
        ck_assert_double_gt(golden_compare(one, other, &x, &y), 2 * GOLDEN_TOLERANCE);
        ck_assert_int_ge(golden_look_at(x, y), 0);
        cairo_surface_destroy(one);
        cairo_surface_destroy(same);
        cairo_surface_destroy(other);
    }
}
END_TEST

/* The row of a picture with a pixel a millimetre is of one colour in each margin: blank, or a line
 * from edge to edge. */
static gboolean is_row_even(cairo_surface_t *picture, int y)
{
    const int width = cairo_image_surface_get_width(picture), margin = (int)THEME_MARGIN - 1;
    const guint8 *row = cairo_image_surface_get_data(picture) +
                        (gsize)y * (gsize)cairo_image_surface_get_stride(picture);
    for (int x = 1; x < margin; x++)
        if (memcmp(row, row + 4 * x, 3) || memcmp(row, row + 4 * (width - 1 - x), 3))
            return FALSE;
    return TRUE;
}

/* The sleeve of the hand with the card stood 3.6 mm in the right one. */
START_TEST(nothing_but_lines_stands_in_the_margins)
{
    for (int look = 0; look < GALLERY_LOOKS; look += 2) {
        int w = look_of(look).landscape ? 476 : 268, h = 268 + 476 - w;
        cairo_surface_t *picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
        cairo_t *cr = cairo_create(picture);
        for (gsize i = 0; i < sample_views_count(); i++) {
            if (!gallery_is_main(i))
                continue;
            gallery_draw(gallery, i, look, cr, w, h);
            cairo_surface_flush(picture);
            for (int y = 30; y < h; y++)
                ck_assert_msg(is_row_even(picture, y), "%s, look %d: at %d mm",
                              sample_views_name(i), look, y);
        }
        cairo_destroy(cr);
        cairo_surface_destroy(picture);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("golden");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, every_look_is_as_it_was_judged);
    tcase_add_test(tests, the_comparison_sees_small_differences);
    tcase_add_test(tests, nothing_but_lines_stands_in_the_margins);
    return testing_run(tests);
}
