/* What a person does at the panel, without any display: fingers, keys, what is heard, the dark. */
#include "tests/harness/sample_views.h"
#include "tests/testing.h"
#include "ui/front.h"
#include "ui/touch.h"
#include <string.h>

#define W 1080
#define H 1920
#define MM 4.03 /* pixels */

static Config *config;
static Front *front;
static View view;

static const View *sample(const char *name)
{
    for (gsize i = 0; i < sample_views_count(); i++)
        if (!strcmp(sample_views_name(i), name)) {
            sample_views_fill(i, FALSE, LANGUAGE_ZH, &view);
            return &view;
        }
    ck_abort_msg("no sample %s", name);
}

static void show(const char *name, gint64 now_ms)
{
    front_show(front, sample(name), now_ms);
}

static void show_spoken(const char *name, gint64 now_ms)
{
    (void)sample(name);
    view.speech = TRUE;
    front_show(front, &view, now_ms);
}

static void open_front(void)
{
    g_autoptr(GError) error = NULL;
    front = front_create(config, &error);
    ck_assert_msg(front != NULL, "%s", error ? error->message : "");
}

static void setup(void)
{
    config = config_defaults();
    ck_assert(config_set(config, "panel", "dark_after_s", "600", NULL));
    open_front();
}

static void teardown(void)
{
    front_destroy(front);
    config_free(config);
}

static ActionId move(Move kind, double x_mm, double y_mm, gint64 now_ms)
{
    Action action = {ACTION_UNKNOWN, -1};
    return front_point(front, kind, 0, x_mm * MM, y_mm * MM, W, H, now_ms, &action)
               ? action.id
               : ACTION_UNKNOWN;
}

static ActionId tap(double x_mm, double y_mm, gint64 now_ms)
{
    ActionId down = move(MOVE_DOWN, x_mm, y_mm, now_ms);
    ck_assert_int_eq(down, ACTION_UNKNOWN);
    return move(MOVE_UP, x_mm, y_mm, now_ms + 1);
}

static Action press(Key key, gint64 now_ms)
{
    Action action = {ACTION_UNKNOWN, -1};
    (void)front_key(front, key, now_ms, &action);
    return action;
}

/* All sounds and words since the last call: "click", "say ...". The caller frees. */
static char *hear(void)
{
    static const char *const sounds[] = {"", "click", "ready", "remind", "alarm"};
    GString *heard = g_string_new(NULL);
    Utterance utterance;
    while (front_take_utterance(front, &utterance)) {
        g_string_append_printf(heard, "%s%s", heard->len ? "|" : "", sounds[utterance.sound]);
        if (utterance.text)
            g_string_append_printf(heard, "say %s", utterance.text);
        secret_free(utterance.text);
    }
    return g_string_free(heard, FALSE);
}

static void expect(const char *heard)
{
    g_autofree char *now = hear();
    ck_assert_str_eq(now, heard);
}

START_TEST(a_touch_acts_when_it_is_lifted)
{
    show("attract", 0);
    ck_assert_int_eq(tap(134, 383, 100), ACTION_BEGIN);
    ck_assert_int_eq(tap(134, 300, 200), ACTION_UNKNOWN);
    expect("click");
}
END_TEST

START_TEST(a_sensor_that_goes_with_a_finger_on_it_holds_nothing)
{
    Action action;
    show("attract", 0);
    (void)front_point(front, MOVE_DOWN, 7, 540, 1543, 1080, 1920, 100, &action);
    ck_assert_int_eq(tap(134, 383, 200), ACTION_UNKNOWN);
    front_lose_pointer(front);
    ck_assert_int_eq(tap(134, 383, 300), ACTION_BEGIN);
}
END_TEST

START_TEST(the_first_touch_on_a_dark_screen_only_wakes_it)
{
    show("attract", 0);
    ck_assert_int_eq(front_next_ms(front, 0), 600000);
    front_tick(front, 599999);
    ck_assert_int_eq(tap(134, 383, 599999), ACTION_BEGIN);
    front_tick(front, 599999 + 600001);
    ck_assert_int_eq(tap(134, 383, 1300000), ACTION_UNKNOWN);
    ck_assert_int_eq(tap(134, 383, 1300100), ACTION_BEGIN);
    front_tick(front, 2000000);
    ck_assert_int_eq(press(KEY_SELECT, 2000001).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_DOWN, 2000002).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_SELECT, 2000003).id, ACTION_BEGIN);
}
END_TEST

START_TEST(a_dark_screen_is_black_and_another_view_lights_it)
{
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 270, 480);
    cairo_t *cr = cairo_create(surface);
    const guint8 *pixels = cairo_image_surface_get_data(surface);
    show("attract", 0);
    ck_assert_int_eq(front_draw(front, cr, 270, 480, 0, boxes), 1);
    cairo_surface_flush(surface);
    ck_assert_int_eq(pixels[0], 0xEF);
    front_tick(front, 600000);
    ck_assert(front_is_stale(front));
    (void)front_draw(front, cr, 270, 480, 0, boxes);
    cairo_surface_flush(surface);
    ck_assert_int_eq(pixels[0], 0);
    show("card", 600001);
    (void)front_draw(front, cr, 270, 480, 0, boxes);
    cairo_surface_flush(surface);
    ck_assert_int_eq(pixels[0], 0xEF);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}
END_TEST

START_TEST(a_screen_with_a_person_before_it_never_goes_dark)
{
    show("choose", 0);
    ck_assert_int_eq(front_next_ms(front, 0), -1);
    front_tick(front, 10000000);
    ck_assert(tap(134, 383, 10000001) == ACTION_CHOOSE);
}
END_TEST

START_TEST(a_whole_visit_goes_with_five_keys)
{
    show("attract", 0);
    ck_assert_int_eq(press(KEY_DOWN, 1).id, ACTION_UNKNOWN); /* the focus comes to the primary */
    ck_assert_int_eq(press(KEY_SELECT, 2).id, ACTION_BEGIN);
    show("preview", 10);
    ck_assert_int_eq(press(KEY_SELECT, 11).id, ACTION_CONFIRM);
    ck_assert_int_eq(press(KEY_UP, 12).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_SELECT, 13).id, ACTION_NEXT_PAGE);
    ck_assert_int_eq(press(KEY_UP, 14).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_SELECT, 15).id, ACTION_PREVIOUS_PAGE);
    show("collect", 20); /* what had the focus is gone: the primary again */
    ck_assert_int_eq(press(KEY_SELECT, 21).id, ACTION_TAKEN);
    ck_assert_int_eq(press(KEY_DOWN, 22).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_SELECT, 23).id, ACTION_WRONG);
}
END_TEST

START_TEST(digits_and_editing_keys_need_no_focus)
{
    show("factor", 0);
    Action digit = press(KEY_DIGIT + 7, 1);
    ck_assert_int_eq(digit.id, ACTION_DIGIT);
    ck_assert_int_eq(digit.index, 7);
    ck_assert_int_eq(press(KEY_ERASE, 2).id, ACTION_ERASE);
    ck_assert_int_eq(press(KEY_BACK, 3).id, ACTION_CANCEL);
    show("attract", 10);
    ck_assert_int_eq(press(KEY_DIGIT + 7, 11).id, ACTION_UNKNOWN);
    ck_assert_int_eq(press(KEY_BACK, 12).id, ACTION_UNKNOWN);
}
END_TEST

START_TEST(a_finger_takes_the_focus_away)
{
    show("attract", 0);
    (void)press(KEY_DOWN, 1);
    (void)tap(5, 5, 2);
    (void)press(KEY_SELECT, 3); /* begins again instead of acting unseen */
    ck_assert_int_eq(press(KEY_SELECT, 4).id, ACTION_BEGIN);
}
END_TEST

START_TEST(nothing_is_said_while_speech_is_off)
{
    show("attract", 0);
    show("card", 10);
    (void)press(KEY_DOWN, 11);
    expect("");
}
END_TEST

START_TEST(a_new_screen_is_said_then_only_what_is_new_on_it)
{
    show_spoken("card", 0);
    g_autofree char *first = hear();
    ck_assert_msg(g_str_has_prefix(first, "say 请放上身份证。平放在屏幕下方的读卡区，先不要拿开。"),
                  "%s", first);
    view.seconds_left--;
    front_show(front, &view, 1000);
    expect("");
    view.hint = "moved";
    front_show(front, &view, 2000);
    g_autofree char *again = hear();
    ck_assert(strstr(again, "拿") && !strstr(again, "等待身份证"));
}
END_TEST

/* An address must not be heard when the next person stands there. */
START_TEST(words_of_a_screen_that_is_gone_are_dropped)
{
    show_spoken("choose", 0);
    show_spoken("attract", 1);
    g_autofree char *heard = hear();
    ck_assert_msg(!strstr(heard, "测") && strstr(heard, "say 自助打印"), "%s", heard);
    show("attract", 2); /* speech is off again */
    expect("say ");
}
END_TEST

START_TEST(the_focus_says_where_it_is)
{
    show_spoken("preview", 0);
    g_free(hear());
    (void)press(KEY_DOWN, 1);
    expect("say 内容无误，打印");
    (void)press(KEY_UP, 2);
    expect("say 下一页");
}
END_TEST

/* A code is between the person and the machine. */
START_TEST(a_code_is_never_spoken)
{
    Action action;
    show_spoken("factor", 0);
    g_free(hear());
    ck_assert(front_key(front, KEY_DIGIT + 7, 1, &action));
    expect("say 一位数字|click");
}
END_TEST

START_TEST(a_certificate_that_cannot_be_chosen_says_why)
{
    show_spoken("choose", 0);
    g_free(hear());
    ck_assert_int_eq(tap(60, 270, 10), ACTION_UNKNOWN); /* the second card */
    g_autofree char *heard = hear();
    ck_assert_msg(strstr(heard, "say 示例市西湖区测试路1号地下室B12车位") &&
                      strstr(heard, "打印过"),
                  "%s", heard);
}
END_TEST

START_TEST(what_was_left_behind_is_called_after)
{
    show("take-card", 1000);
    expect("ready");
    ck_assert_int_eq(front_next_ms(front, 1000), 5000);
    front_tick(front, 5999);
    expect("");
    front_tick(front, 6000);
    expect("remind");
    front_tick(front, 11000);
    g_autofree char *heard = hear(); /* even with speech off: the person has turned away */
    ck_assert(g_str_has_prefix(heard, "remindsay 请先收好身份证"));
    front_tick(front, 21000);
    g_free(hear());
    front_tick(front, 31000);
    expect("alarm");
    front_tick(front, 36000);
    expect("alarm");
    show("collect", 40000);
    expect("ready");
    ck_assert_int_eq(front_next_ms(front, 40000), 5000);
}
END_TEST

START_TEST(volume_changes_by_keys_and_ends_with_the_visit)
{
    Utterance utterance;
    show("card", 0);
    for (int i = 0; i < 20; i++)
        (void)press(KEY_LOUDER, i);
    while (front_take_utterance(front, &utterance))
        ;
    ck_assert_int_eq(utterance.volume, 100);
    (void)press(KEY_SOFTER, 30);
    ck_assert(front_take_utterance(front, &utterance));
    ck_assert_int_eq(utterance.volume, 90);
    show("attract", 40);
    (void)tap(134, 383, 50);
    ck_assert(front_take_utterance(front, &utterance));
    ck_assert_int_eq(utterance.volume, 60);
}
END_TEST

START_TEST(a_headphone_turns_speech_on_and_off)
{
    Action action;
    show("attract", 0);
    ck_assert(front_headphone(front, TRUE, &action));
    ck_assert_int_eq(action.id, ACTION_SPEECH);
    ck_assert(!front_headphone(front, FALSE, &action));
    show_spoken("attract", 1);
    ck_assert(!front_headphone(front, TRUE, &action));
    ck_assert(front_headphone(front, FALSE, &action));
}
END_TEST

/* The picture and the touch turn together. */
START_TEST(a_panel_on_its_side_is_touched_where_it_is_seen)
{
    Action action;
    for (int turn = 0; turn < 4; turn++) {
        int w = turn % 2 ? H : W, h = turn % 2 ? W : H;
        double x = 540, y = 1543; /* "begin", upright */
        double across[] = {x, H - y, W - x, y}, down[] = {y, x, H - y, W - x};
        face_set_turn(front_face(front), turn);
        show("attract", turn * 1000);
        ck_assert(!front_point(front, MOVE_DOWN, 0, across[turn], down[turn], w, h, turn, &action));
        ck_assert_msg(front_point(front, MOVE_UP, 0, across[turn], down[turn], w, h, turn, &action),
                      "%d", turn);
        ck_assert_int_eq(action.id, ACTION_BEGIN);
    }
}
END_TEST

START_TEST(a_smaller_scale_leaves_the_upper_part_free)
{
    gsize count = 0;
    front_destroy(front);
    ck_assert(config_set(config, "panel", "scale_percent", "70", NULL));
    open_front();
    show("attract", 0);
    face_layout(front_face(front), front_view(front), 0);
    const Target *targets = face_targets(front_face(front), &count);
    ck_assert_uint_eq(count, 6);
    for (gsize i = 0; i < count; i++) {
        ck_assert_double_ge(targets[i].box.y, 476 * 0.3 + 370 * 0.7 - 0.01);
        ck_assert_double_le(targets[i].box.y + targets[i].box.h, 476);
    }
}
END_TEST

/* Corners of the header: left, right, left, right, right. */
START_TEST(the_hidden_way_into_the_menu_is_offered_where_nobody_is_served)
{
    static const double corners[] = {20, 250, 20, 250, 250};
    static const char *const screens[] = {"attract", "closed", "card"};
    for (gsize s = 0; s < G_N_ELEMENTS(screens); s++) {
        show(screens[s], 1000);
        ActionId last = ACTION_UNKNOWN;
        for (gsize i = 0; i < G_N_ELEMENTS(corners); i++)
            last = tap(corners[i], 10, 2000 + (gint64)i * 300);
        ck_assert_int_eq(last, s < 2 ? ACTION_MAINTENANCE : ACTION_UNKNOWN);
    }
    show("attract", 20000);
    for (gsize i = 0; i < G_N_ELEMENTS(corners); i++) /* too slow */
        ck_assert_int_eq(tap(corners[i], 10, 21000 + (gint64)i * 3000), ACTION_UNKNOWN);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("front");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_hidden_way_into_the_menu_is_offered_where_nobody_is_served);
    tcase_add_test(tests, a_touch_acts_when_it_is_lifted);
    tcase_add_test(tests, a_sensor_that_goes_with_a_finger_on_it_holds_nothing);
    tcase_add_test(tests, the_first_touch_on_a_dark_screen_only_wakes_it);
    tcase_add_test(tests, a_dark_screen_is_black_and_another_view_lights_it);
    tcase_add_test(tests, a_screen_with_a_person_before_it_never_goes_dark);
    tcase_add_test(tests, a_whole_visit_goes_with_five_keys);
    tcase_add_test(tests, digits_and_editing_keys_need_no_focus);
    tcase_add_test(tests, a_finger_takes_the_focus_away);
    tcase_add_test(tests, nothing_is_said_while_speech_is_off);
    tcase_add_test(tests, a_new_screen_is_said_then_only_what_is_new_on_it);
    tcase_add_test(tests, words_of_a_screen_that_is_gone_are_dropped);
    tcase_add_test(tests, the_focus_says_where_it_is);
    tcase_add_test(tests, a_code_is_never_spoken);
    tcase_add_test(tests, a_certificate_that_cannot_be_chosen_says_why);
    tcase_add_test(tests, what_was_left_behind_is_called_after);
    tcase_add_test(tests, volume_changes_by_keys_and_ends_with_the_visit);
    tcase_add_test(tests, a_headphone_turns_speech_on_and_off);
    tcase_add_test(tests, a_panel_on_its_side_is_touched_where_it_is_seen);
    tcase_add_test(tests, a_smaller_scale_leaves_the_upper_part_free);
    return testing_run(tests);
}
