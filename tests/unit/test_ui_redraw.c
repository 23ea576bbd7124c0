/* Only what changed is drawn again, and the picture is the same as if all had been. */
#include "tests/harness/gallery.h"
#include "tests/testing.h"
#include "ui/mark.h"
#include <stdlib.h>

#define W 540
#define H 960
#define STEPS 600
#define ROUNDING 8 /* of 255: cairo rounds edges otherwise where it clips */

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

/* The largest difference of a channel. */
static int differ(cairo_surface_t *one, cairo_surface_t *other)
{
    int worst = 0;
    cairo_surface_flush(one);
    cairo_surface_flush(other);
    const guint8 *a = cairo_image_surface_get_data(one), *b = cairo_image_surface_get_data(other);
    for (int i = 0; i < H * cairo_image_surface_get_stride(one); i++)
        if (i % 4 < 3)
            worst = MAX(worst, abs(a[i] - b[i]));
    return worst;
}

static double share(const cairo_rectangle_int_t *boxes, int count)
{
    double pixels = 0;
    for (int i = 0; i < count; i++)
        pixels += (double)boxes[i].width * boxes[i].height;
    return pixels / (W * H);
}

/* Any target under finger or focus, or none. */
static Action pick(GRand *random, const Face *face)
{
    gsize count = 0;
    const Target *targets = face_targets(face, &count);
    gsize i = (gsize)g_rand_int_range(random, 0, (gint32)count * 2 + 1);
    return i < count ? targets[i].action : (Action){ACTION_UNKNOWN, -1};
}

/* A random way through all screens: another view, another look, a second less, a finger. */
START_TEST(a_partial_drawing_equals_a_whole_one)
{
    Face *face = gallery_face(gallery, FALSE);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    cairo_surface_t *kept = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H);
    cairo_surface_t *whole = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H);
    cairo_t *kept_cr = cairo_create(kept), *whole_cr = cairo_create(whole);
    gsize sample = 0;
    int look = 0;
    View view = *gallery_view(gallery, sample, look);
    FaceHold hold = FACE_HOLD_NOTHING;
    for (int step = 0; step < STEPS; step++) {
        cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
        int what = g_rand_int_range(random, 0, 5);
        if (what == 0) {
            sample = (gsize)g_rand_int_range(random, 0, (gint32)sample_views_count());
            look = g_rand_int_range(random, 0, 8);
        }
        if (what <= 1)
            view = *gallery_view(gallery, sample, look ^= what);
        if (what == 2)
            view.seconds_left = MAX(view.seconds_left - 1, 0);
        if (what == 3)
            hold.pressed = pick(random, face);
        if (what == 4)
            hold.focused = pick(random, face);
        gint64 wall_ms = GALLERY_WALL_MS + step / 100 * 60000;
        (void)face_redraw(face, kept_cr, W, H, &view, wall_ms, hold, boxes);
        face_draw(face, whole_cr, W, H, &view, wall_ms, hold);
        int worst = differ(kept, whole);
        ck_assert_msg(worst <= ROUNDING, "step %d: %s, change %d: by %d", step,
                      sample_views_name(sample), what, worst);
    }
    cairo_destroy(kept_cr);
    cairo_destroy(whole_cr);
    cairo_surface_destroy(kept);
    cairo_surface_destroy(whole);
}
END_TEST

START_TEST(what_did_not_change_is_not_drawn)
{
    Face *face = gallery_face(gallery, FALSE);
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H);
    cairo_t *cr = cairo_create(surface);
    View view = *gallery_view(gallery, 1, 0); /* card: 58 s */
    FaceHold hold = FACE_HOLD_NOTHING;
    ck_assert_int_eq(face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes), 1);
    ck_assert_double_eq(share(boxes, 1), 1);
    ck_assert_int_eq(face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes), 0);
    view.seconds_left = 57;
    int count = face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes);
    ck_assert_int_eq(count, 1);
    ck_assert_double_lt(share(boxes, count), 0.01);
    hold.pressed = (Action){ACTION_CANCEL, -1};
    count = face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes);
    ck_assert_double_lt(share(boxes, count), 0.06);
    count = face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS + 60000, hold, boxes);
    ck_assert_double_lt(share(boxes, count), 0.02);
    face_forget(face);
    ck_assert_int_eq(face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes), 1);
    ck_assert_double_eq(share(boxes, 1), 1);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}
END_TEST

static GArray *marks(const Mark *first, guint count)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Mark));
    return g_array_append_vals(array, first, count);
}

START_TEST(boxes_that_touch_become_one_and_none_leaves_the_surface)
{
    const Mark all[] = {
        {{0, 0, 10, 10}, 1}, {{5, 5, 10, 10}, 2}, {{-20, 90, 30, 30}, 3}, {{300, 300, 9, 9}, 4}};
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    g_autoptr(GArray) none = marks(NULL, 0);
    g_autoptr(GArray) some = marks(all, 4);
    ck_assert_int_eq(marks_compare(some, some, 100, 100, boxes), 0);
    ck_assert_int_eq(marks_compare(none, some, 100, 100, boxes), 2);
    ck_assert_int_eq(boxes[0].width, 15);
    ck_assert_int_eq(boxes[1].x, 0);
    ck_assert_int_eq(boxes[1].height, 10);
    Mark many[40];
    for (int i = 0; i < 40; i++)
        many[i] = (Mark){{i * 20, 0, 10, 10}, (guint64)i + 10};
    g_autoptr(GArray) crowd = marks(many, 40);
    int count = marks_compare(crowd, none, 800, 10, boxes);
    ck_assert_int_le(count, MARK_BOXES_MAX);
    for (int i = 0; i < 40; i++) {
        gboolean covered = FALSE;
        for (int j = 0; j < count; j++)
            covered = covered || (many[i].box.x >= boxes[j].x &&
                                  many[i].box.x + 10 <= boxes[j].x + boxes[j].width);
        ck_assert_msg(covered, "%d", i);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("redraw");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_partial_drawing_equals_a_whole_one);
    tcase_add_test(tests, what_did_not_change_is_not_drawn);
    tcase_add_test(tests, boxes_that_touch_become_one_and_none_leaves_the_surface);
    return testing_run(tests);
}
