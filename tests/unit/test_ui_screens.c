/* Every screen in every state and every look, measured from what was drawn. */
#include "tests/harness/sample_views.h"
#include "tests/testing.h"
#include "ui/face.h"
#include "ui/shown.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WALL_MS 1782786240000 /* Tuesday, 30 June 2026, 10:24 in Shanghai */
#define LOOKS 16

typedef struct {
    gboolean landscape;
    Config *config;
    Texts *texts;
    Face *face;
    const GPtrArray *records;
} Panel;

static Panel panels[2];

static void open_panel(Panel *panel, gboolean landscape)
{
    g_autoptr(GError) error = NULL;
    panel->landscape = landscape;
    panel->config = config_defaults();
    if (landscape) {
        ck_assert(config_set(panel->config, "panel", "width_mm", "476", NULL));
        ck_assert(config_set(panel->config, "panel", "height_mm", "268", NULL));
        ck_assert(config_set(panel->config, "panel", "width_px", "1920", NULL));
        ck_assert(config_set(panel->config, "panel", "height_px", "1080", NULL));
    }
    panel->texts = texts_create(panel->config, ASSETS_DIR, &error);
    ck_assert_msg(panel->texts != NULL, "%s", error ? error->message : "");
    panel->face = face_create(panel->config, panel->texts, ASSETS_DIR, &error);
    ck_assert_msg(panel->face != NULL, "%s", error ? error->message : "");
    panel->records = face_record_texts(panel->face);
}

typedef struct {
    const Panel *panel;
    const View *view;
    char name[96];
    int *breaches;
} Case;

typedef void (*Measure)(const Case *now);

typedef enum {
    MEASURE_TARGETS,
    MEASURE_GAPS,
    MEASURE_OFFERS,
    MEASURE_PRIMARIES,
    MEASURE_TEXTS,
    MEASURE_OVERLAPS,
    MEASURE_CONTRAST,
    MEASURE_PRIVACY,
    MEASURE_PLACEHOLDERS,
    MEASURE_COUNT
} MeasureId;

static int breaches[MEASURE_COUNT];

static void breach(const Case *now, const char *what, const char *text)
{
    (*now->breaches)++;
    if (!(now->view->high_contrast && !strstr(what, "contrast")))
        fprintf(stderr, "%s: %s: %s\n", now->name, what, text);
}

static void measure_targets(const Case *now)
{
    gsize count = 0;
    const Target *targets = face_targets(now->panel->face, &count);
    for (gsize i = 0; i < count; i++) {
        const Box *box = &targets[i].box;
        char word[ACTION_WORD_BYTES];
        action_format(targets[i].action, word);
        double least = targets[i].kind == TARGET_PRIMARY ? 20 : 15;
        if (box->w < least || box->h < least)
            breach(now, "target too small", word);
        if (!now->panel->landscape && box->y < 190.4)
            breach(now, "target too high to reach", word);
        if (box->x < 0 || box->y < 0 || box->x + box->w > (now->panel->landscape ? 476 : 268) ||
            box->y + box->h > (now->panel->landscape ? 268 : 476))
            breach(now, "target outside the panel", word);
        if (!view_offers(now->view, targets[i].action))
            breach(now, "target of an action that is not offered", word);
    }
}

START_TEST(targets_are_large_enough_and_within_reach)
{
    ck_assert_int_eq(breaches[MEASURE_TARGETS], 0);
}
END_TEST

/* Gap between two boxes: below 0 they overlap. */
static double gap(const Box *a, const Box *b)
{
    double x = MAX(a->x, b->x) - MIN(a->x + a->w, b->x + b->w);
    double y = MAX(a->y, b->y) - MIN(a->y + a->h, b->y + b->h);
    return MAX(x, y);
}

static void measure_gaps(const Case *now)
{
    gsize count = 0;
    const Target *targets = face_targets(now->panel->face, &count);
    for (gsize i = 0; i < count; i++)
        for (gsize j = i + 1; j < count; j++)
            if (gap(&targets[i].box, &targets[j].box) < 2.999)
                breach(now, "two targets less than 3 mm apart", screen_word(now->view->screen));
}

START_TEST(targets_never_overlap_and_keep_three_millimetres)
{
    ck_assert_int_eq(breaches[MEASURE_GAPS], 0);
}
END_TEST

/* A certificate that is not on this screenful, and one that is marked already, need no target. */
static gboolean needs_target(const Action *action, const View *view)
{
    if (action->id == ACTION_CHOOSE)
        return action->index == view->selected;
    if (action->id == ACTION_TAKEN)
        return !view->sees_taken;
    return action->id != ACTION_SELECT;
}

static void measure_offers(const Case *now)
{
    gsize count = 0;
    const Target *targets = face_targets(now->panel->face, &count);
    for (gsize i = 0; i < now->view->n_actions; i++) {
        const Action *action = &now->view->actions[i];
        char word[ACTION_WORD_BYTES];
        gsize found = 0;
        action_format(*action, word);
        for (gsize j = 0; j < count; j++)
            found += targets[j].action.id == action->id && targets[j].action.index == action->index;
        if (found > 1 || (found == 0 && needs_target(action, now->view)))
            breach(now, found ? "action with two targets" : "action without a target", word);
    }
}

START_TEST(every_offered_action_has_one_place_to_press)
{
    ck_assert_int_eq(breaches[MEASURE_OFFERS], 0);
}
END_TEST

static void measure_primaries(const Case *now)
{
    gsize count = 0, primaries = 0;
    const Target *targets = face_targets(now->panel->face, &count);
    for (gsize i = 0; i < count; i++) {
        if (targets[i].kind != TARGET_PRIMARY)
            continue;
        const Box *box = &targets[i].box;
        primaries++;
        gboolean in_place = now->panel->landscape
                                ? fabs(box->y - 188) < 0.01 && fabs(box->x + box->w - 460) < 0.01
                                : fabs(box->y - 370) < 0.01 && fabs(box->x - 16) < 0.01;
        if (!in_place)
            breach(now, "primary at another place", screen_word(now->view->screen));
    }
    if (primaries > 1)
        breach(now, "two primaries", screen_word(now->view->screen));
}

START_TEST(one_primary_at_most_and_always_at_the_same_place)
{
    ck_assert_int_eq(breaches[MEASURE_PRIMARIES], 0);
}
END_TEST

static void measure_texts(const Case *now)
{
    for (guint i = 0; i < now->panel->records->len; i++) {
        const TextRecord *record = now->panel->records->pdata[i];
        if (record->paper)
            continue;
        if (record->cut && !record->may_cut)
            breach(now, "text does not fit", record->text);
        if (record->broken && !record->may_cut)
            breach(now, "word broken", record->text);
        if (record->used.w > record->box.w + 0.05)
            breach(now, "text wider than its box", record->text);
        if (record->em_mm * 0.73 < 4.8) /* capitals */
            breach(now, "text too small", record->text);
    }
}

START_TEST(every_text_fits_its_box_and_is_large_enough)
{
    ck_assert_int_eq(breaches[MEASURE_TEXTS], 0);
}
END_TEST

static void measure_overlaps(const Case *now)
{
    const GPtrArray *records = now->panel->records;
    double width = now->panel->landscape ? 476 : 268, height = now->panel->landscape ? 268 : 476;
    for (guint i = 0; i < records->len; i++) {
        const TextRecord *first = records->pdata[i];
        if (first->paper)
            continue;
        if (first->used.x < 0 || first->used.y < 0 || first->used.x + first->used.w > width ||
            first->used.y + first->used.h > height)
            breach(now, "text outside the panel", first->text);
        for (guint j = i + 1; j < records->len; j++) {
            const TextRecord *second = records->pdata[j];
            /* boxes hold a line's leading: neighbours may share a little of it */
            if (!second->paper && gap(&first->used, &second->used) < -2.2)
                breach(now, first->text, second->text);
        }
    }
}

START_TEST(texts_do_not_overlap)
{
    ck_assert_int_eq(breaches[MEASURE_OVERLAPS], 0);
}
END_TEST

static void measure_contrast(const Case *now)
{
    gboolean high = now->view->high_contrast;
    double least = high ? THEME_CONTRAST_LEAST_HIGH : THEME_CONTRAST_LEAST;
    for (guint i = 0; i < now->panel->records->len; i++) {
        const TextRecord *record = now->panel->records->pdata[i];
        double contrast =
            theme_contrast(theme_colour(record->colour, high), theme_colour(record->ground, high));
        if (contrast < least)
            breach(now, "contrast too low", record->text);
    }
}

START_TEST(every_text_has_the_contrast_of_its_mode)
{
    ck_assert_int_eq(breaches[MEASURE_CONTRAST], 0);
}
END_TEST

/* Names, numbers and addresses: only where the design wants them. */
static void measure_privacy(const Case *now)
{
    static const char *const personal[] = {"测**", "330106********0019", "测试路", "样例街"};
    Screen screen = now->view->screen;
    for (guint i = 0; i < now->panel->records->len; i++) {
        const TextRecord *record = now->panel->records->pdata[i];
        for (guint j = 0; j < G_N_ELEMENTS(personal); j++)
            if (strstr(record->text, personal[j]) && screen != SCREEN_CHOOSE)
                breach(now, "personal data", record->text);
    }
}

START_TEST(personal_data_stands_on_choose_only)
{
    ck_assert_int_eq(breaches[MEASURE_PRIVACY], 0);
}
END_TEST

static void measure_placeholders(const Case *now)
{
    for (guint i = 0; i < now->panel->records->len; i++) {
        const TextRecord *record = now->panel->records->pdata[i];
        if (strpbrk(record->text, "{}"))
            breach(now, "placeholder left", record->text);
        if (strpbrk(record->text, "!\uff01") && strstr(record->text, "\uff01"))
            breach(now, "exclamation mark", record->text);
    }
}

START_TEST(no_placeholder_is_left_open)
{
    ck_assert_int_eq(breaches[MEASURE_PLACEHOLDERS], 0);
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

START_TEST(every_sentence_exists_in_both_languages_and_is_used)
{
    int unused = 0;
    for (Language language = LANGUAGE_ZH; language <= LANGUAGE_EN; language++) {
        Language other = language == LANGUAGE_ZH ? LANGUAGE_EN : LANGUAGE_ZH;
        g_autofree const char **keys = texts_list_keys(panels[0].texts, language);
        for (gsize i = 0; keys[i]; i++) {
            gboolean both = texts_has(panels[0].texts, other, keys[i]);
            if (both && (is_calendar(keys[i]) || g_hash_table_contains(asked, keys[i])))
                continue;
            unused++;
            fprintf(stderr, "%s: %s\n", both ? "unused" : "in one language only", keys[i]);
        }
    }
    ck_assert_int_eq(missing, 0);
    ck_assert_int_eq(unused, 0);
}
END_TEST

START_TEST(a_point_hits_the_box_that_was_drawn)
{
    View view;
    g_autoptr(Shown) shown = shown_create();
    sample_views_fill(0, FALSE, &view);
    (void)shown_take(shown, &view);
    face_layout(panels[0].face, shown_view(shown), WALL_MS);
    ck_assert_int_eq(face_hit(panels[0].face, 134, 383).id, ACTION_BEGIN);
    ck_assert_int_eq(face_hit(panels[0].face, 16.1, 370.1).id, ACTION_BEGIN);
    ck_assert_int_eq(face_hit(panels[0].face, 15.9, 383).id, ACTION_UNKNOWN);
    ck_assert_int_eq(face_hit(panels[0].face, 134, 396.1).id, ACTION_UNKNOWN);
    ck_assert_int_eq(face_hit(panels[0].face, -5, -5).id, ACTION_UNKNOWN);
    double x, y;
    face_locate(panels[0].face, 1080, 1920, 540, 1543, &x, &y);
    ck_assert_int_eq(face_hit(panels[0].face, x, y).id, ACTION_BEGIN);
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
    g_autoptr(Face) face = face_create(config, panels[0].texts, ASSETS_DIR, &error);
    ck_assert(face != NULL);
    ck_assert_double_eq_tol(face_scale(face), 400.0 / 476, 1e-9);
    sample_views_fill(0, FALSE, &view);
    (void)shown_take(shown, &view);
    face_layout(face, shown_view(shown), WALL_MS);
    gsize count = 0;
    const Target *targets = face_targets(face, &count);
    ck_assert_uint_eq(count, 6);
    for (gsize i = 0; i < count; i++) {
        ck_assert(targets[i].box.x >= 0 && targets[i].box.x + targets[i].box.w <= 300);
        ck_assert(targets[i].box.y >= 0 && targets[i].box.y + targets[i].box.h <= 400);
    }
    ck_assert_int_eq(face_hit(face, 150, 383 * face_scale(face)).id, ACTION_BEGIN);
}
END_TEST

static void measure(const Panel *panel, const View *view, const char *name)
{
    static const Measure measures[MEASURE_COUNT] = {
        [MEASURE_TARGETS] = measure_targets,
        [MEASURE_GAPS] = measure_gaps,
        [MEASURE_OFFERS] = measure_offers,
        [MEASURE_PRIMARIES] = measure_primaries,
        [MEASURE_TEXTS] = measure_texts,
        [MEASURE_OVERLAPS] = measure_overlaps,
        [MEASURE_CONTRAST] = measure_contrast,
        [MEASURE_PRIVACY] = measure_privacy,
        [MEASURE_PLACEHOLDERS] = measure_placeholders,
    };
    face_layout(panel->face, view, WALL_MS);
    for (int i = 0; i < MEASURE_COUNT; i++) {
        Case now = {.panel = panel, .view = view, .breaches = &breaches[i]};
        g_strlcpy(now.name, name, sizeof now.name);
        measures[i](&now);
    }
}

/* Draws all views in all looks once, before the tests: they ask what came of it. */
static void setup(void)
{
    g_autoptr(Shown) shown = shown_create();
    asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < 2; i++) {
        open_panel(&panels[i], i == 1);
        texts_watch(panels[i].texts, note, NULL);
    }
    for (int look = 0; look < LOOKS; look++)
        for (gsize i = 0; i < sample_views_count(); i++) {
            View view;
            char name[96];
            sample_views_fill(i, look >> 1 & 1, &view);
            view.language = look & 4 ? LANGUAGE_EN : LANGUAGE_ZH;
            view.high_contrast = look & 1;
            (void)shown_take(shown, &view);
            g_snprintf(name, sizeof name, "%s %s %s %s %s", sample_views_name(i),
                       look & 8 ? "landscape" : "portrait", look & 4 ? "en" : "zh",
                       look & 2 ? "large" : "normal", look & 1 ? "high" : "default");
            measure(&panels[look >> 3 & 1], shown_view(shown), name);
        }
}

static void teardown(void)
{
    for (int i = 0; i < 2; i++) {
        face_destroy(panels[i].face);
        texts_destroy(panels[i].texts);
        config_free(panels[i].config);
    }
    g_hash_table_unref(asked);
}

int main(void)
{
    TCase *tests = tcase_create("screens");
    tcase_add_unchecked_fixture(tests, setup, teardown);
    /* each test's process ends its own copies: fontconfig hides pointers from leak checkers */
    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_test(tests, targets_are_large_enough_and_within_reach);
    tcase_add_test(tests, targets_never_overlap_and_keep_three_millimetres);
    tcase_add_test(tests, every_offered_action_has_one_place_to_press);
    tcase_add_test(tests, one_primary_at_most_and_always_at_the_same_place);
    tcase_add_test(tests, every_text_fits_its_box_and_is_large_enough);
    tcase_add_test(tests, texts_do_not_overlap);
    tcase_add_test(tests, every_text_has_the_contrast_of_its_mode);
    tcase_add_test(tests, personal_data_stands_on_choose_only);
    tcase_add_test(tests, every_sentence_exists_in_both_languages_and_is_used);
    tcase_add_test(tests, no_placeholder_is_left_open);
    tcase_add_test(tests, a_point_hits_the_box_that_was_drawn);
    tcase_add_test(tests, a_smaller_panel_keeps_everything_inside);
    return testing_run(tests);
}
