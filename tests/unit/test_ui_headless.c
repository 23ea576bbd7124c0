/* The headless panel as a harness meets it: lines in, lines out. Standard input and output of the
 * forked test are pipes. */
#include "firmware/base/clock.h"
#include "firmware/base/limit.h"
#include "tests/harness/sample_views.h"
#include "tests/testing.h"
#include "ui/panel.h"
#include <cairo.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

static int to_panel, from_panel;
static Config *config;
static Panel *panel;
static char pending[512 * 1024];
static gsize n_pending;

static void setup(void)
{
    int in[2], out[2];
    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    ck_assert_int_ge(dup2(in[0], STDIN_FILENO), 0);
    ck_assert_int_ge(dup2(out[1], STDOUT_FILENO), 0);
    close(in[0]);
    close(out[1]);
    to_panel = in[1];
    from_panel = out[0];
    ck_assert_int_eq(fcntl(from_panel, F_SETFL, O_NONBLOCK), 0);
    g_autoptr(GError) error = NULL;
    config = config_defaults();
    panel = panel_headless.open(config, FALSE, NULL, &error);
    ck_assert_msg(panel != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    panel_headless.close(panel);
    config_free(config);
}

static void send_bytes(const char *text)
{
    gsize length = strlen(text);
    ck_assert_int_eq(write(to_panel, text, length), (gssize)length);
}

/* The next line that the panel wrote, parsed; NULL when there is none. */
static json_t *receive(void)
{
    ssize_t got;
    while ((got = read(from_panel, pending + n_pending, sizeof pending - 1 - n_pending)) > 0)
        n_pending += (gsize)got;
    pending[n_pending] = '\0';
    char *end = strchr(pending, '\n');
    if (!end)
        return NULL;
    json_t *line = json_loadb(pending, (gsize)(end - pending), 0, NULL);
    ck_assert_msg(json_is_object(line), "%s", pending);
    n_pending -= (gsize)(end + 1 - pending);
    memmove(pending, end + 1, n_pending + 1);
    return line;
}

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

/* Shows the sample and gives its line. */
static json_t *show(const char *name)
{
    View view = sample(name);
    panel_headless.show(panel, &view, clock_monotonic_ms());
    json_t *line = receive();
    ck_assert(line != NULL);
    return line;
}

static void show_quietly(const char *name)
{
    json_decref(show(name));
}

static const char *text_of(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static json_t *member(const json_t *line, const char *name)
{
    return json_object_get(json_object_get(line, "view"), name);
}

/* Sends one line; the panel must answer with an error and no event. */
static void expect_error(const char *line, const char *wanted)
{
    PanelEvent event;
    send_bytes(line);
    ck_assert_msg(!panel_headless.next_event(panel, &event), "%s", line);
    json_t *answer = receive();
    ck_assert_msg(answer && text_of(answer, "error"), "%s", line);
    ck_assert_msg(strstr(text_of(answer, "error"), wanted) != NULL, "%s: %s", line,
                  text_of(answer, "error"));
    json_decref(answer);
}

START_TEST(a_view_is_one_line_and_the_same_view_none)
{
    View view = sample("choose");
    json_t *line = show("choose");
    ck_assert_str_eq(text_of(line, "screen"), "choose");
    ck_assert(json_is_real(json_object_get(line, "at")));
    ck_assert(json_is_null(json_object_get(line, "seconds_left")));
    ck_assert_uint_eq(json_array_size(json_object_get(line, "actions")), view.n_actions);
    json_t *first = json_array_get(member(line, "certificates"), 0);
    ck_assert_str_eq(text_of(first, "location"), "示例市西湖区测试路1号1幢1单元101室");
    ck_assert_str_eq(text_of(first, "reason"), "");
    ck_assert(json_is_true(json_object_get(first, "printable")));
    json_t *third = json_array_get(member(line, "certificates"), 2);
    ck_assert_str_eq(text_of(third, "reason"), "tax-due");
    json_decref(line);
    panel_headless.show(panel, &view, clock_monotonic_ms());
    ck_assert(receive() == NULL);
}
END_TEST

static const struct {
    const char *sample, *name;
    const char *json; /* what the member holds */
} members[] = {
    {"attract", "open_since", "\"2026-06-30T00:40:00.000Z\""},
    {"card-moved", "hint", "\"moved\""},
    {"reading-asking", "hint", "\"identifying\""},
    {"factor", "phone", "\"*******0000\""},
    {"factor-wrong", "tries_left", "2"},
    {"factor", "tries_left", "null"},
    {"preview", "pages", "4"},
    {"preview", "page", "2"},
    {"preview", "covered", "true"},
    {"printing", "stage", "\"print\""},
    {"printing", "stages", "[\"fetch\",\"prepare\",\"print\",\"check\"]"},
    {"printing", "percent", "60"},
    {"collect", "booklet", "\"33010000001\""},
    {"done", "number", "\"示(2026)示例市不动产权第0000001号\""},
    {"done", "identifier", "\"11100000MB03271699001.11330106MA00000A9H.A012202600000001.001.K\""},
    {"refused", "reason", "\"nothing-printable\""},
    {"refused", "sentence", "\"您名下没有今天能打印的证书。\""},
    {"refused", "next_step", "\"请到 3\u00a0号窗口问清原因。\""},
    {"refused", "ticket", "null"},
    {"fault", "sentence", "\"打印机卡纸，红本没打完\""},
    {"fault", "ticket", "\"826417\""},
    {"closed", "reason", "\"stock-empty\""},
    {"closed", "next_step", "\"请用旁边的自助机，或到 3\u00a0号窗口。\""},
    {"take-card", "booklet", NULL},
    {"preview", "location", NULL},
};

START_TEST(each_screen_has_the_members_of_the_contract)
{
    json_t *line = show(members[_i].sample);
    json_t *found = member(line, members[_i].name);
    if (!members[_i].json) {
        ck_assert(found == NULL);
    } else {
        ck_assert(found != NULL);
        char *text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT);
        ck_assert_str_eq(text, members[_i].json);
        free(text);
    }
    json_decref(line);
}
END_TEST

/* Names, numbers and addresses appear where the panel shows them, and nowhere else. */
START_TEST(no_line_but_that_of_choose_holds_personal_data)
{
    for (gsize i = 0; i < sample_views_count(); i++) {
        View view;
        sample_views_fill(i, FALSE, LANGUAGE_ZH, &view);
        if (view.screen == SCREEN_CHOOSE)
            continue;
        view.holder_name = "测**";
        view.holder_number = "330106********0019";
        view.certificates[0].location.hidden = "示例市西湖区测试路";
        view.n_certificates = 1;
        panel_headless.show(panel, &view, clock_monotonic_ms());
        json_t *line = receive();
        char *text = json_dumps(line, 0);
        ck_assert_msg(!strstr(text, "测**") && !strstr(text, "330106*") && !strstr(text, "西湖"),
                      "%s", text);
        free(text);
        json_decref(line);
    }
}
END_TEST

START_TEST(a_countdown_gives_a_line_a_second_at_most)
{
    View view = sample("still-there");
    gint64 now_ms = clock_monotonic_ms();
    PanelEvent event;
    show_quietly("still-there");
    view.seconds_left--;
    panel_headless.show(panel, &view, now_ms);
    ck_assert(receive() == NULL);
    int wake_ms = panel_headless.next_wake_ms(panel, now_ms);
    ck_assert(wake_ms > 500 && wake_ms <= 1000);
    g_usleep(1010 * 1000);
    ck_assert_int_eq(panel_headless.next_wake_ms(panel, clock_monotonic_ms()), 0);
    ck_assert(!panel_headless.next_event(panel, &event));
    json_t *line = receive();
    ck_assert(line != NULL);
    ck_assert_int_eq(json_integer_value(json_object_get(line, "seconds_left")), 21);
    json_decref(line);
    ck_assert_int_eq(panel_headless.next_wake_ms(panel, clock_monotonic_ms()), -1);
}
END_TEST

START_TEST(a_touch_becomes_the_action)
{
    PanelEvent event;
    show_quietly("choose");
    send_bytes("{\"do\":\"touch\",\"action\":\"choose:0\"}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_ACTION);
    ck_assert_int_eq(event.action.id, ACTION_CHOOSE);
    ck_assert_int_eq(event.action.index, 0);
    ck_assert(!panel_headless.next_event(panel, &event));
    ck_assert(receive() == NULL);
}
END_TEST

START_TEST(a_touch_by_position_hits_what_the_panel_would_show_there)
{
    PanelEvent event;
    show_quietly("preview");
    send_bytes("{\"do\":\"touch\",\"x_mm\":134,\"y_mm\":383}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.action.id, ACTION_CONFIRM);
    expect_error("{\"do\":\"touch\",\"x_mm\":134,\"y_mm\":10}\n", "nothing to press");
    expect_error("{\"do\":\"touch\",\"x_mm\":9999,\"y_mm\":9999}\n", "nothing to press");
}
END_TEST

START_TEST(wrong_lines_are_answered_and_the_panel_goes_on)
{
    PanelEvent event;
    show_quietly("attract");
    expect_error("nonsense\n", "line: ");
    expect_error("\n", "line: ");
    expect_error("{\"do\":\"dance\"}\n", "do: ");
    expect_error("{\"do\":\"touch\",\"action\":\"confirm\"}\n", "confirm: not offered");
    expect_error("{\"do\":\"type\",\"text\":\"123456\"}\n", "nothing to type into");
    expect_error("{\"do\":\"qu\xff\"}\n", "line: ");
    send_bytes("{\"do\":\"touch\",\"action\":\"begin\"}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.action.id, ACTION_BEGIN);
}
END_TEST

START_TEST(commands_before_the_first_view_are_refused)
{
    expect_error("{\"do\":\"touch\",\"action\":\"begin\"}\n", "nothing is shown");
    expect_error("{\"do\":\"touch\",\"x_mm\":1,\"y_mm\":1}\n", "nothing is shown");
    expect_error("{\"do\":\"screenshot\",\"file\":\"a.png\"}\n", "nothing is shown");
}
END_TEST

START_TEST(a_line_that_is_too_long_is_dropped_whole)
{
    PanelEvent event;
    show_quietly("attract");
    g_autofree char *much = g_strnfill(3 * LIMIT_HEADLESS_LINE, 'x');
    expect_error(much, "longer than 4096");
    send_bytes(much);
    ck_assert(!panel_headless.next_event(panel, &event));
    ck_assert(receive() == NULL); /* said once */
    send_bytes("rest\n{\"do\":\"touch\",\"action\":\"begin\"}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.action.id, ACTION_BEGIN);
    g_autofree char *edge = g_strnfill(LIMIT_HEADLESS_LINE, ' ');
    memcpy(edge, "{\"do\":\"touch\",\"action\":\"begin\"}", 31);
    send_bytes(edge);
    send_bytes("\n");
    ck_assert(panel_headless.next_event(panel, &event));
}
END_TEST

START_TEST(a_line_may_come_in_pieces_and_several_at_once)
{
    PanelEvent event;
    show_quietly("factor-full");
    send_bytes("{\"do\":\"ty");
    ck_assert(!panel_headless.next_event(panel, &event));
    send_bytes("pe\",\"text\":\"123456\"}\n{\"do\":\"touch\",\"action\":\"submit\"}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_TEXT);
    ck_assert_str_eq(event.text, "123456");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.action.id, ACTION_SUBMIT);
    ck_assert(!panel_headless.next_event(panel, &event));
}
END_TEST

START_TEST(a_screenshot_is_a_whole_png_or_an_error)
{
    PanelEvent event;
    g_autofree char *folder = g_dir_make_tmp("shots-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "a.png", NULL);
    g_autofree char *line = g_strdup_printf("{\"do\":\"screenshot\",\"file\":\"%s\"}\n", file);
    show_quietly("attract");
    send_bytes(line);
    ck_assert(!panel_headless.next_event(panel, &event));
    ck_assert(receive() == NULL);
    cairo_surface_t *picture = cairo_image_surface_create_from_png(file);
    ck_assert_int_eq(cairo_image_surface_get_width(picture), 1080);
    ck_assert_int_eq(cairo_image_surface_get_height(picture), 1920);
    cairo_surface_destroy(picture);
    g_unlink(file);
    ck_assert_int_eq(g_rmdir(folder), 0); /* nothing else is left there */
    expect_error(line, "screenshot: ");
}
END_TEST

START_TEST(quit_is_told_once_and_views_go_on_being_said)
{
    PanelEvent event;
    struct pollfd fds[8];
    show_quietly("printing");
    ck_assert_int_eq(panel_headless.fill_poll(panel, fds, 8), 1);
    send_bytes("{\"do\":\"quit\"}\n{\"do\":\"quit\"}\n");
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_QUIT);
    ck_assert(!panel_headless.next_event(panel, &event));
    ck_assert_int_eq(panel_headless.fill_poll(panel, fds, 8), 0);
    show_quietly("take-card"); /* the running issuance is still settled and shown */
}
END_TEST

START_TEST(end_of_input_obeys_the_last_line_and_quits)
{
    PanelEvent event;
    show_quietly("attract");
    send_bytes("{\"do\":\"touch\",\"action\":\"begin\"}"); /* no newline */
    close(to_panel);
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.action.id, ACTION_BEGIN);
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_QUIT);
    ck_assert(!panel_headless.next_event(panel, &event));
}
END_TEST

START_TEST(a_reader_that_went_away_is_a_quit)
{
    PanelEvent event;
    View view = sample("attract");
    close(from_panel);
    panel_headless.show(panel, &view, clock_monotonic_ms());
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_QUIT);
}
END_TEST

/* Many lines fill the pipe: the panel waits a little, not for ever. */
START_TEST(a_reader_that_takes_nothing_is_a_quit)
{
    PanelEvent event = {0};
    gint64 start_ms = clock_monotonic_ms();
    View first = sample("choose"), second = sample("choose-many");
    for (int i = 0; i < 200; i++)
        panel_headless.show(panel, i % 2 ? &first : &second, clock_monotonic_ms());
    ck_assert(panel_headless.next_event(panel, &event));
    ck_assert_int_eq(event.type, PANEL_EVENT_QUIT);
    ck_assert(clock_monotonic_ms() - start_ms < 10000);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("headless");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_view_is_one_line_and_the_same_view_none);
    tcase_add_loop_test(tests, each_screen_has_the_members_of_the_contract, 0,
                        G_N_ELEMENTS(members));
    tcase_add_test(tests, no_line_but_that_of_choose_holds_personal_data);
    tcase_add_test(tests, a_countdown_gives_a_line_a_second_at_most);
    tcase_add_test(tests, a_touch_becomes_the_action);
    tcase_add_test(tests, a_touch_by_position_hits_what_the_panel_would_show_there);
    tcase_add_test(tests, wrong_lines_are_answered_and_the_panel_goes_on);
    tcase_add_test(tests, commands_before_the_first_view_are_refused);
    tcase_add_test(tests, a_line_that_is_too_long_is_dropped_whole);
    tcase_add_test(tests, a_line_may_come_in_pieces_and_several_at_once);
    tcase_add_test(tests, a_screenshot_is_a_whole_png_or_an_error);
    tcase_add_test(tests, quit_is_told_once_and_views_go_on_being_said);
    tcase_add_test(tests, end_of_input_obeys_the_last_line_and_quits);
    tcase_add_test(tests, a_reader_that_went_away_is_a_quit);
    tcase_add_test(tests, a_reader_that_takes_nothing_is_a_quit);
    return testing_run(tests);
}
