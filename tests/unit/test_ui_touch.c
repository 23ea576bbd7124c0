#include "tests/testing.h"
#include "ui/input.h"
#include "ui/touch.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

static const Action confirm = {ACTION_CONFIRM, -1}, back = {ACTION_BACK, -1},
                    nothing = {ACTION_UNKNOWN, -1}, first = {ACTION_SELECT, 0},
                    second = {ACTION_SELECT, 1};

START_TEST(acts_when_lifted_inside_what_was_pressed)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    ck_assert_int_eq(touch.action.id, ACTION_CONFIRM);
    touch_move(&touch, 5, confirm, 110);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 120).id, ACTION_CONFIRM);
    ck_assert_int_eq(touch.action.id, ACTION_UNKNOWN);
}
END_TEST

START_TEST(moving_off_cancels_even_after_coming_back)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    touch_move(&touch, 5, nothing, 110);
    ck_assert_int_eq(touch.action.id, ACTION_UNKNOWN);
    touch_move(&touch, 5, confirm, 120);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 130).id, ACTION_UNKNOWN);
}
END_TEST

START_TEST(lifting_over_another_button_does_nothing)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    ck_assert_int_eq(touch_release(&touch, 5, back, 110).id, ACTION_UNKNOWN);
    touch_press(&touch, 5, first, 200);
    ck_assert_int_eq(touch_release(&touch, 5, second, 210).id, ACTION_UNKNOWN);
    touch_press(&touch, 5, nothing, 300);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 310).id, ACTION_UNKNOWN);
}
END_TEST

START_TEST(a_second_finger_is_ignored)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    touch_press(&touch, 6, back, 110);
    ck_assert_int_eq(touch_release(&touch, 6, back, 120).id, ACTION_UNKNOWN);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 130).id, ACTION_CONFIRM);
}
END_TEST

/* A sensor that loses the lifting of a finger must not hold the screen for ever. */
START_TEST(a_finger_that_is_silent_for_long_is_gone)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    touch_press(&touch, 6, back, 100 + TOUCH_LOST_MS - 1);
    ck_assert_int_eq(touch_release(&touch, 6, back, 100 + TOUCH_LOST_MS - 1).id, ACTION_UNKNOWN);
    touch_press(&touch, 6, back, 100 + TOUCH_LOST_MS);
    ck_assert_int_eq(touch_release(&touch, 6, back, 110 + TOUCH_LOST_MS).id, ACTION_BACK);
}
END_TEST

START_TEST(a_finger_whose_sensor_is_unplugged_holds_nothing)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 100);
    touch_lose(&touch);
    ck_assert_int_eq(touch.action.id, ACTION_UNKNOWN);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 110).id, ACTION_UNKNOWN);
    touch_press(&touch, 6, back, 120);
    ck_assert_int_eq(touch_release(&touch, 6, back, 130).id, ACTION_BACK);
}
END_TEST

START_TEST(another_screen_under_the_finger_cancels)
{
    Touch touch = {0};
    touch_press(&touch, 5, back, 100);
    touch_cancel(&touch);
    ck_assert_int_eq(touch_release(&touch, 5, back, 110).id, ACTION_UNKNOWN);
    touch_press(&touch, 5, back, 200);
    ck_assert_int_eq(touch_release(&touch, 5, back, 210).id, ACTION_BACK);
}
END_TEST

START_TEST(a_mouse_that_repeats_a_finger_does_not_act_twice)
{
    Touch touch = {0};
    touch_press(&touch, 5, confirm, 1000);
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 1050).id, ACTION_CONFIRM);
    touch_press(&touch, TOUCH_MOUSE, confirm, 1051);
    ck_assert_int_eq(touch_release(&touch, TOUCH_MOUSE, confirm, 1052).id, ACTION_UNKNOWN);
    touch_press(&touch, TOUCH_MOUSE, confirm, 1050 + TOUCH_MOUSE_QUIET_MS);
    ck_assert_int_eq(touch_release(&touch, TOUCH_MOUSE, confirm, 3000).id, ACTION_CONFIRM);
}
END_TEST

START_TEST(releasing_what_never_was_pressed_does_nothing)
{
    Touch touch = {0};
    ck_assert_int_eq(touch_release(&touch, 5, confirm, 100).id, ACTION_UNKNOWN);
    ck_assert_int_eq(touch_release(&touch, TOUCH_MOUSE, confirm, 100).id, ACTION_UNKNOWN);
}
END_TEST

static gboolean is_readable(int fd)
{
    struct pollfd one = {fd, POLLIN, 0};
    return poll(&one, 1, 0) == 1;
}

/* A pipe by name stands in for /dev/input/event0. */
START_TEST(a_word_of_a_device_wakes_and_is_emptied)
{
    g_autofree char *folder = g_dir_make_tmp("input-XXXXXX", NULL);
    g_autofree char *device = g_build_filename(folder, "event0", NULL);
    ck_assert_int_eq(mkfifo(device, 0600), 0);
    g_autoptr(Input) input = input_create(folder);
    ck_assert_int_eq(input_count(input), 1);
    int writer = open(device, O_WRONLY | O_NONBLOCK);
    ck_assert_int_ge(writer, 0);
    ck_assert(!is_readable(input_fd(input)));
    ck_assert_int_eq(write(writer, "touch", 5), 5);
    ck_assert(is_readable(input_fd(input)));
    input_drain(input, 1000);
    ck_assert(!is_readable(input_fd(input)));
    ck_assert_int_eq(input_next_wake_ms(input, 1000), -1);
    close(writer);
    g_unlink(device);
    g_rmdir(folder);
}
END_TEST

START_TEST(a_headphone_is_seen_going_in_and_out)
{
    const struct input_event in = {.type = EV_SW, .code = SW_HEADPHONE_INSERT, .value = 1};
    const struct input_event out = {.type = EV_SW, .code = SW_HEADPHONE_INSERT, .value = 0};
    const struct input_event other = {.type = EV_SW, .code = SW_LID, .value = 1};
    g_autofree char *folder = g_dir_make_tmp("input-XXXXXX", NULL);
    g_autofree char *device = g_build_filename(folder, "event0", NULL);
    ck_assert_int_eq(mkfifo(device, 0600), 0);
    g_autoptr(Input) input = input_create(folder);
    int writer = open(device, O_WRONLY | O_NONBLOCK);
    ck_assert_int_eq(input_take_headphone(input), -1);
    ck_assert_int_eq(write(writer, &in, sizeof in), (ssize_t)sizeof in);
    ck_assert_int_eq(write(writer, &other, sizeof other), (ssize_t)sizeof other);
    input_drain(input, 1000);
    ck_assert_int_eq(input_take_headphone(input), 1);
    ck_assert_int_eq(input_take_headphone(input), -1);
    ck_assert_int_eq(write(writer, &out, sizeof out), (ssize_t)sizeof out);
    input_drain(input, 1000);
    ck_assert_int_eq(input_take_headphone(input), 0);
    close(writer);
    g_unlink(device);
    g_rmdir(folder);
}
END_TEST

START_TEST(devices_that_come_and_go_are_followed_and_settled)
{
    g_autofree char *folder = g_dir_make_tmp("input-XXXXXX", NULL);
    g_autofree char *device = g_build_filename(folder, "event7", NULL);
    g_autofree char *other = g_build_filename(folder, "mouse0", NULL);
    g_autoptr(Input) input = input_create(folder);
    ck_assert_int_eq(input_count(input), 0);
    ck_assert_int_eq(mkfifo(device, 0600), 0);
    ck_assert_int_eq(mkfifo(other, 0600), 0);
    ck_assert(is_readable(input_fd(input)));
    input_drain(input, 1000);
    ck_assert_int_eq(input_count(input), 1); /* event devices only */
    ck_assert_int_eq(input_next_wake_ms(input, 1001), 50);
    ck_assert_int_eq(input_next_wake_ms(input, 3000), -1);
    g_unlink(device);
    input_drain(input, 5000);
    ck_assert_int_eq(input_count(input), 0);
    g_unlink(other);
    g_rmdir(folder);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("touch");
    tcase_add_test(tests, acts_when_lifted_inside_what_was_pressed);
    tcase_add_test(tests, moving_off_cancels_even_after_coming_back);
    tcase_add_test(tests, lifting_over_another_button_does_nothing);
    tcase_add_test(tests, a_second_finger_is_ignored);
    tcase_add_test(tests, a_finger_that_is_silent_for_long_is_gone);
    tcase_add_test(tests, a_finger_whose_sensor_is_unplugged_holds_nothing);
    tcase_add_test(tests, another_screen_under_the_finger_cancels);
    tcase_add_test(tests, a_mouse_that_repeats_a_finger_does_not_act_twice);
    tcase_add_test(tests, releasing_what_never_was_pressed_does_nothing);
    tcase_add_test(tests, a_word_of_a_device_wakes_and_is_emptied);
    tcase_add_test(tests, a_headphone_is_seen_going_in_and_out);
    tcase_add_test(tests, devices_that_come_and_go_are_followed_and_settled);
    return testing_run(tests);
}
