#include "firmware/base/error.h"
#include "tests/testing.h"
#include "ui/video.h"

static SDL_Window *open_window(void)
{
    g_autoptr(GError) error = NULL;
    video_configure();
    ck_assert_msg(video_start(&error), "%s", error ? error->message : "");
    SDL_Window *window = SDL_CreateWindow("test", 0, 0, 64, 64, SDL_WINDOW_SHOWN);
    ck_assert_ptr_nonnull(window);
    return window;
}

static void close_window(SDL_Window *window)
{
    SDL_DestroyWindow(window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

START_TEST(a_window_that_shows_pictures_is_proved)
{
    g_autoptr(GError) error = NULL;
    g_setenv("SDL_VIDEODRIVER", "dummy", TRUE);
    SDL_Window *window = open_window();
    ck_assert_msg(video_prove(window, &error), "%s", error ? error->message : "");
    close_window(window);
}
END_TEST

START_TEST(a_picture_that_is_not_shown_is_an_error)
{
    g_autoptr(GError) error = NULL;
    SDL_Rect box = {0, 0, 8, 8};
    g_setenv("SDL_VIDEODRIVER", "dummy", TRUE);
    SDL_Window *window = open_window();
    ck_assert(video_prove(window, NULL));
    SDL_SetWindowSize(window, 32, 32); /* the surface is gone with it */
    ck_assert(!video_present(window, &box, 1, &error));
    ck_assert_int_eq(error->code, KIOSK_ERROR_UNAVAILABLE);
    ck_assert(g_str_has_prefix(error->message, "panel: the picture is not shown: "));
    close_window(window);
}
END_TEST

START_TEST(what_a_panel_does_not_need_is_left_out_unless_somebody_asked_for_it)
{
    g_unsetenv("XCOMPOSEFILE");
    g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus", TRUE);
    video_configure();
    ck_assert_str_eq(g_getenv("XCOMPOSEFILE"), "/dev/null");
    ck_assert_str_eq(g_getenv("DBUS_SESSION_BUS_ADDRESS"), "unix:path=/run/user/1000/bus");
    g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
    video_configure();
    ck_assert_str_eq(g_getenv("DBUS_SESSION_BUS_ADDRESS"), "disabled:");
}
END_TEST

START_TEST(a_driver_that_nobody_sees_needs_to_be_asked_for)
{
    g_autoptr(GError) error = NULL;
    const char *shown[] = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"};
    for (gsize i = 0; i < G_N_ELEMENTS(shown); i++)
        g_unsetenv(shown[i]);
    if (!video_start(&error)) { /* with a screen of its own, the machine may well start */
        ck_assert_int_eq(error->code, KIOSK_ERROR_UNAVAILABLE);
        ck_assert(g_str_has_prefix(error->message, "panel: no display: "));
    }
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("video");
    tcase_add_test(tests, a_window_that_shows_pictures_is_proved);
    tcase_add_test(tests, a_picture_that_is_not_shown_is_an_error);
    tcase_add_test(tests, what_a_panel_does_not_need_is_left_out_unless_somebody_asked_for_it);
    tcase_add_test(tests, a_driver_that_nobody_sees_needs_to_be_asked_for);
    return testing_run(tests);
}
