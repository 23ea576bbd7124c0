/* Every screen in every state and every look, measured from what was drawn. */
#include "tests/harness/gallery.h"
#include "tests/harness/screen_check.h"
#include "tests/testing.h"
#include <stdio.h>
#include <string.h>

static Gallery *gallery;
static Measures measures;

START_TEST(every_screen_keeps_the_measures)
{
    for (CheckId id = CHECK_TARGETS; id < CHECK_COUNT; id++)
        ck_assert_msg(measures.breaches[id] == 0, "%s: %d breaches", screen_check_word(id),
                      measures.breaches[id]);
}
END_TEST

/* No row of the table of what may be cut stands there for nothing. */
START_TEST(only_what_has_to_be_cut_is_excused)
{
    ck_assert_uint_eq(measures.excuses, (1u << screen_check_excuses()) - 1);
}
END_TEST

/* The checks themselves have seen something. */
START_TEST(thousands_of_texts_and_targets_were_measured)
{
    ck_assert_int_gt(measures.texts, 10000);
    ck_assert_int_gt(measures.targets, 5000);
    ck_assert_double_gt(measures.contrast, 10);
    ck_assert_double_lt(measures.contrast, 12);
}
END_TEST

static Face *upright(void)
{
    return gallery_face(gallery, FALSE);
}

/* A screen with faults: each is found. */
START_TEST(a_check_finds_what_is_wrong)
{
    Measures found;
    const GPtrArray *records = face_record_texts(upright());
    View view = *gallery_view(gallery, 0, 0);
    face_layout(upright(), &view, GALLERY_WALL_MS);
    TextRecord *first = records->pdata[records->len - 1], *second = records->pdata[0];
    first->em_mm = 6;
    first->cut = TRUE;
    first->may_cut = FALSE;
    first->colour = first->ground;
    second->used = second->box = (Box){100, 364, 60, 20}; /* across the primary's edge */
    g_free(second->text);
    second->text = g_strdup("{name} 样例街");
    view.n_actions = 0;
    measures_clear(&found);
    screen_check(upright(), records, &view, FALSE, "meant", &found);
    ck_assert_int_ge(found.breaches[CHECK_TARGETS], 6); /* nothing is offered */
    ck_assert_int_eq(found.breaches[CHECK_TEXTS], 2);
    ck_assert_int_eq(found.breaches[CHECK_CONTRAST], 1);
    ck_assert_int_ge(found.breaches[CHECK_OVERLAPS], 2);
    ck_assert_int_eq(found.breaches[CHECK_PRIVACY], 1);
    ck_assert_int_eq(found.breaches[CHECK_PLACEHOLDERS], 1);
    /* a lying panel has its primary elsewhere */
    measures_clear(&found);
    screen_check(upright(), records, &view, TRUE, "meant", &found);
    ck_assert_int_eq(found.breaches[CHECK_PRIMARIES], 1);
}
END_TEST

static GHashTable *asked; /* keys of sentences */
static int missing;

static void note(const char *key, gboolean found, gpointer context)
{
    (void)context;
    g_hash_table_add(asked, g_strdup(key));
    if (!found) {
        missing++;
        fprintf(stderr, "missing: %s\n", key);
    }
}

/* Month and weekday are drawn for the header's one date only. */
static gboolean is_calendar(const char *key)
{
    return g_str_has_prefix(key, "month.") || g_str_has_prefix(key, "weekday.");
}

/* Asked for once, before anybody watches: where things are; drawn for one field only; said at a
 * touch: "digit". */
static gboolean is_standing(const char *key)
{
    return g_str_has_prefix(key, "place.") || g_str_has_prefix(key, "field.") || !strcmp(key, "speech.digit");
}

START_TEST(every_sentence_exists_in_both_languages_and_is_used)
{
    int unused = 0;
    for (Language language = LANGUAGE_ZH; language <= LANGUAGE_EN; language++) {
        Language other = language == LANGUAGE_ZH ? LANGUAGE_EN : LANGUAGE_ZH;
        g_autofree const char **keys = texts_list_keys(gallery_texts(gallery, FALSE), language);
        for (gsize i = 0; keys[i]; i++) {
            gboolean both = texts_has(gallery_texts(gallery, FALSE), other, keys[i]);
            if (both && (is_calendar(keys[i]) || is_standing(keys[i]) ||
                         g_hash_table_contains(asked, keys[i])))
                continue;
            unused++;
            fprintf(stderr, "%s: %s\n", both ? "unused" : "in one language only", keys[i]);
        }
    }
    ck_assert_int_eq(missing, 0);
    ck_assert_int_eq(unused, 0);
}
END_TEST

static ActionId touched(const Face *face, double x_mm, double y_mm)
{
    const Target *target = face_hit(face, x_mm, y_mm);
    return target ? target->action.id : ACTION_UNKNOWN;
}

START_TEST(a_point_hits_the_box_that_was_drawn)
{
    View view;
    g_autoptr(Shown) shown = shown_create();
    sample_views_fill(0, FALSE, LANGUAGE_ZH, &view);
    (void)shown_take(shown, &view);
    face_layout(upright(), shown_view(shown), GALLERY_WALL_MS);
    ck_assert_int_eq(touched(upright(), 134, 383), ACTION_BEGIN);
    ck_assert_int_eq(touched(upright(), 16.1, 370.1), ACTION_BEGIN);
    ck_assert_int_eq(touched(upright(), 15.9, 383), ACTION_UNKNOWN);
    ck_assert_int_eq(touched(upright(), 134, 396.1), ACTION_UNKNOWN);
    ck_assert_int_eq(touched(upright(), -5, -5), ACTION_UNKNOWN);
    double x, y;
    face_locate(upright(), 1080, 1920, 540, 1543, &x, &y);
    ck_assert_int_eq(touched(upright(), x, y), ACTION_BEGIN);
}
END_TEST

/* A panel of another shape than the reference: everything lies on it, in proportion. */
START_TEST(a_smaller_panel_keeps_everything_inside)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    View view;
    g_autoptr(Shown) shown = shown_create();
    ck_assert(config_set(config, "panel", "width_mm", "300", NULL));
    ck_assert(config_set(config, "panel", "height_mm", "400", NULL));
    g_autoptr(Face) face = face_create(config, gallery_texts(gallery, FALSE), ASSETS_DIR, &error);
    ck_assert(face != NULL);
    ck_assert_double_eq_tol(face_scale(face), 400.0 / 476, 1e-9);
    sample_views_fill(0, FALSE, LANGUAGE_ZH, &view);
    (void)shown_take(shown, &view);
    face_layout(face, shown_view(shown), GALLERY_WALL_MS);
    gsize count = 0;
    const Target *targets = face_targets(face, &count);
    ck_assert_uint_eq(count, 6);
    for (gsize i = 0; i < count; i++) {
        ck_assert(targets[i].box.x >= 0 && targets[i].box.x + targets[i].box.w <= 300);
        ck_assert(targets[i].box.y >= 0 && targets[i].box.y + targets[i].box.h <= 400);
    }
    ck_assert_int_eq(touched(face, 150, 383 * face_scale(face)), ACTION_BEGIN);
}
END_TEST

/* Draws all views in all looks once, before the tests: they ask what came of it. */
static void setup(void)
{
    g_autoptr(GError) error = NULL;
    asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gallery = gallery_open(&error);
    ck_assert_msg(gallery != NULL, "%s", error ? error->message : "");
    for (int i = 0; i < 2; i++) {
        texts_watch(gallery_texts(gallery, i == 1), note, NULL);
        (void)face_record_texts(gallery_face(gallery, i == 1));
    }
    measures_clear(&measures);
    for (gsize i = 0; i < sample_views_count(); i++)
        screen_check_looks(gallery, i, &measures);
}

static void teardown(void)
{
    gallery_close(gallery);
    g_hash_table_unref(asked);
}

int main(void)
{
    TCase *tests = tcase_create("screens");
    tcase_add_unchecked_fixture(tests, setup, teardown);
    /* each test's process ends its own copies: fontconfig hides pointers from leak checkers */
    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_test(tests, every_screen_keeps_the_measures);
    tcase_add_test(tests, only_what_has_to_be_cut_is_excused);
    tcase_add_test(tests, thousands_of_texts_and_targets_were_measured);
    tcase_add_test(tests, a_check_finds_what_is_wrong);
    tcase_add_test(tests, every_sentence_exists_in_both_languages_and_is_used);
    tcase_add_test(tests, a_point_hits_the_box_that_was_drawn);
    tcase_add_test(tests, a_smaller_panel_keeps_everything_inside);
    return testing_run(tests);
}
