#include "tests/harness/sample_views.h"
#include "tests/testing.h"
#include "ui/shown.h"
#include <string.h>

static View sample(const char *name)
{
    View view;
    for (gsize i = 0; i < sample_views_count(); i++)
        if (!strcmp(sample_views_name(i), name)) {
            sample_views_fill(i, FALSE, LANGUAGE_ZH, &view);
            return view;
        }
    ck_abort_msg("no sample %s", name);
}

START_TEST(the_same_view_again_is_no_change)
{
    g_autoptr(Shown) shown = shown_create();
    ck_assert(shown_view(shown) == NULL);
    for (gsize i = 0; i < sample_views_count(); i++) {
        View view, again;
        sample_views_fill(i, FALSE, LANGUAGE_ZH, &view);
        sample_views_fill(i, FALSE, LANGUAGE_ZH, &again);
        ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_VIEW);
        ck_assert_int_eq(shown_take(shown, &again), SHOWN_CHANGE_NONE);
    }
}
END_TEST

START_TEST(seconds_alone_are_only_a_count)
{
    g_autoptr(Shown) shown = shown_create();
    View view = sample("printing");
    (void)shown_take(shown, &view);
    view.seconds_left--;
    view.used_s++;
    view.percent++;
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_COUNT);
    ck_assert_int_eq(shown_view(shown)->seconds_left, view.seconds_left);
    ck_assert_int_eq(shown_view(shown)->used_s, view.used_s);
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_NONE);
    view.seconds_left--;
    view.stage = STAGE_CHECK;
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_VIEW);
}
END_TEST

START_TEST(the_seconds_left_of_printing_never_rise)
{
    g_autoptr(Shown) shown = shown_create();
    View view = sample("printing");
    static const struct {
        int left, shown;
    } steps[] = {{90, 90}, {30, 30}, {45, 30}, {31, 30}, {29, 29}, {0, 0}, {12, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        view.seconds_left = steps[i].left;
        (void)shown_take(shown, &view);
        ck_assert_int_eq(shown_view(shown)->seconds_left, steps[i].shown);
    }
    View other = sample("collect"), again = sample("printing-fetch");
    (void)shown_take(shown, &other);
    (void)shown_take(shown, &again); /* the next certificate has its own */
    ck_assert_int_eq(shown_view(shown)->seconds_left, 111);
}
END_TEST

/* Each of these is one thing that a person would see. */
static void change_language(View *view)
{
    view->language = LANGUAGE_EN;
}
static void change_actions(View *view)
{
    view->n_actions--;
}
static void change_action(View *view)
{
    view->actions[0].index = 5;
}
static void change_hint(View *view)
{
    view->hint = "loading";
}
static void change_selected(View *view)
{
    view->selected = -1;
}
static void change_location(View *view)
{
    view->certificates[1].location.hidden = "别处";
}
static void change_reason_text(View *view)
{
    view->certificates[2].reason_text.hidden = "x";
}
static void change_printable(View *view)
{
    view->certificates[2].printable = TRUE;
}
static void change_number(View *view)
{
    view->certificates[0].number = "x";
}
static void change_count(View *view)
{
    view->n_certificates = 2;
}
static void change_name(View *view)
{
    view->holder_name = "试**";
}
static void change_speech(View *view)
{
    view->speech = TRUE;
}
static void change_since(View *view)
{
    view->open_since_ms = 1;
}

static void (*const changes[])(View *) = {
    change_language, change_actions,     change_action,    change_hint,   change_selected,
    change_location, change_reason_text, change_printable, change_number, change_count,
    change_name,     change_speech,      change_since,
};

START_TEST(whatever_a_person_would_see_is_a_change)
{
    g_autoptr(Shown) shown = shown_create();
    View view = sample("choose");
    (void)shown_take(shown, &view);
    changes[_i](&view);
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_VIEW);
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_NONE);
}
END_TEST

START_TEST(the_copy_outlives_what_it_was_made_from)
{
    g_autoptr(Shown) shown = shown_create();
    View view = sample("choose");
    char name[16] = "测**", address[32] = "示例市";
    guint8 pixels[16] = {1, 2, 3};
    PageImage image = {2, 2, 8, pixels, 77};
    view.holder_name = name;
    view.certificates[0].location.hidden = address;
    view.image = &image;
    (void)shown_take(shown, &view);
    memset(name, 'x', sizeof name - 1);
    memset(address, 'x', sizeof address - 1);
    memset(pixels, 9, sizeof pixels);
    memset(&view, 0xAA, sizeof view);
    const View *copy = shown_view(shown);
    ck_assert_str_eq(copy->holder_name, "测**");
    ck_assert_str_eq(personal_reveal(copy->certificates[0].location), "示例市");
    ck_assert_int_eq(copy->image->pixels[2], 3);
    ck_assert_int_eq(copy->image->serial, 77);
}
END_TEST

START_TEST(a_new_picture_is_a_change_and_none_is_gone)
{
    g_autoptr(Shown) shown = shown_create();
    guint8 pixels[16] = {0};
    PageImage first = {2, 2, 8, pixels, 1}, second = {2, 2, 8, pixels, 2};
    View view = sample("preview");
    view.image = &first;
    (void)shown_take(shown, &view);
    view.image = &second;
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_VIEW);
    ck_assert_int_eq(shown_view(shown)->image->serial, 2);
    view.image = NULL;
    ck_assert_int_eq(shown_take(shown, &view), SHOWN_CHANGE_VIEW);
    ck_assert(shown_view(shown)->image == NULL);
}
END_TEST

START_TEST(counts_out_of_range_are_cut)
{
    g_autoptr(Shown) shown = shown_create();
    View view = {.screen = SCREEN_PREVIEW, .pages = 1000, .page = -7};
    (void)shown_take(shown, &view);
    ck_assert_int_eq(shown_view(shown)->pages, 12);
    view.pages = -1;
    (void)shown_take(shown, &view);
    ck_assert_int_eq(shown_view(shown)->pages, 0);
    ck_assert_str_eq(shown_view(shown)->reason, "");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("shown");
    tcase_add_test(tests, the_same_view_again_is_no_change);
    tcase_add_test(tests, seconds_alone_are_only_a_count);
    tcase_add_test(tests, the_seconds_left_of_printing_never_rise);
    tcase_add_loop_test(tests, whatever_a_person_would_see_is_a_change, 0, G_N_ELEMENTS(changes));
    tcase_add_test(tests, the_copy_outlives_what_it_was_made_from);
    tcase_add_test(tests, a_new_picture_is_a_change_and_none_is_gone);
    tcase_add_test(tests, counts_out_of_range_are_cut);
    return testing_run(tests);
}
