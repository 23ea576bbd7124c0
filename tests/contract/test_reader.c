/* The contract of reader.h: drivers `samv` on the virtual reader, and `none`. */
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "tests/harness/virtual_reader/reader_rig.h"
#include <string.h>

#define IDLE READER_MODE_IDLE
#define SEARCH READER_MODE_SEARCH
#define PRESENT READER_MODE_PRESENT
#define COLLECTOR "测试一 330106189001010019 99999999"
#define DEADLINES "20"
#define SLACK_MS 150 /* a busy machine */

#define STRANGER "样例人 330106189001010035 20400101"
static const char *const drivers[] = {"samv", "none"};

/* Row `subject` of reader_subjects, found by its driver. */
static void open_plugged(ReaderRig *rig, int subject)
{
    const ReaderSubject *row = &reader_subjects[subject];
    g_autofree char *orders = g_strconcat(row->wiring, ";plug", NULL);
    reader_rig_open(rig, row->driver, orders, NULL, DEADLINES);
    reader_rig_expect(rig, IDLE, "attached", row->name);
}

START_TEST(close_takes_nothing)
{
    reader_driver_find(drivers[_i])->close(NULL);
}
END_TEST

START_TEST(unknown_driver_is_not_found)
{
    ck_assert_ptr_null(reader_driver_find("telepathy"));
}
END_TEST

START_TEST(absent_reader_is_told_once)
{
    ReaderRig rig;
    reader_rig_open(&rig, drivers[_i], "", NULL, DEADLINES);
    reader_rig_expect(&rig, IDLE, "detached", "nothing plugged in");
    reader_rig_expect_quiet(&rig, SEARCH, 150);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(poll_ends_at_its_timeout)
{
    ReaderRig rig;
    ReaderEvent event;
    reader_rig_open(&rig, drivers[_i], "plug;delay read 2000;delay find 500", NULL, DEADLINES);
    g_free(reader_rig_watch(&rig, IDLE, 1, 2000));
    static const int timeouts_ms[] = {0, 1, 30, 100};
    for (gsize i = 0; i < G_N_ELEMENTS(timeouts_ms); i++) {
        gint64 start_ms = clock_monotonic_ms();
        rig.driver->poll(rig.reader, SEARCH, RIG_TODAY, timeouts_ms[i], &event);
        gint64 took_ms = clock_monotonic_ms() - start_ms;
        ck_assert_int_eq(event.type, READER_EVENT_NONE);
        ck_assert_int_ge(took_ms, timeouts_ms[i]);
        ck_assert_int_le(took_ms, timeouts_ms[i] + SLACK_MS);
    }
    reader_rig_close(&rig);
}
END_TEST

static gpointer interrupt_soon(gpointer user)
{
    ReaderRig *rig = user;
    g_usleep(60 * 1000);
    rig->driver->interrupt(rig->reader);
    return NULL;
}

START_TEST(interrupt_ends_the_running_poll)
{
    ReaderRig rig;
    ReaderEvent event;
    reader_rig_open(&rig, drivers[_i], "plug;delay read 2000;delay find 2000", NULL, DEADLINES);
    g_free(reader_rig_watch(&rig, IDLE, 1, 2000));
    GThread *thread = g_thread_new("interrupt", interrupt_soon, &rig);
    gint64 start_ms = clock_monotonic_ms();
    rig.driver->poll(rig.reader, IDLE, RIG_TODAY, 10000, &event);
    ck_assert_int_eq(event.type, READER_EVENT_NONE);
    ck_assert_int_le(clock_monotonic_ms() - start_ms, 60 + 50 + SLACK_MS);
    g_thread_join(thread);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(interrupt_ends_the_next_poll)
{
    ReaderRig rig;
    ReaderEvent event;
    reader_rig_open(&rig, drivers[_i], "", NULL, DEADLINES);
    reader_rig_expect(&rig, IDLE, "detached", "nothing plugged in");
    rig.driver->interrupt(rig.reader);
    gint64 start_ms = clock_monotonic_ms();
    rig.driver->poll(rig.reader, IDLE, RIG_TODAY, 10000, &event);
    ck_assert_int_eq(event.type, READER_EVENT_NONE);
    ck_assert_int_le(clock_monotonic_ms() - start_ms, 50 + SLACK_MS);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(card_is_read_and_its_leaving_seen)
{
    ReaderRig rig;
    open_plugged(&rig, _i % READER_SUBJECTS);
    reader_rig_order(&rig, _i / READER_SUBJECTS ? "mode continual" : "mode must-lift");
    reader_rig_expect_quiet(&rig, SEARCH, 150);
    for (int round = 0; round < 2; round++) {
        reader_rig_order(&rig, "card collector.txt");
        reader_rig_expect(&rig, round ? SEARCH : IDLE, "card-found card-read", "laid");
        ck_assert_str_eq(rig.holder, COLLECTOR);
        reader_rig_expect_quiet(&rig, PRESENT, 150);
        reader_rig_order(&rig, "lift");
        reader_rig_expect(&rig, PRESENT, "card-left", "lifted");
        reader_rig_expect_quiet(&rig, PRESENT, 100);
    }
    g_autofree char *reads = reader_rig_status(&rig, "reads");
    ck_assert_str_eq(reads, "2");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(another_card_never_joins_a_visit)
{
    ReaderRig rig;
    open_plugged(&rig, _i);
    reader_rig_order(&rig, "mode continual;card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "laid");
    reader_rig_order(&rig, "lift;card stranger.txt");
    reader_rig_expect(&rig, PRESENT, "card-left", "another one lies there");
    reader_rig_expect_quiet(&rig, PRESENT, 200);
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "the next visit");
    ck_assert_str_eq(rig.holder, STRANGER);
    reader_rig_close(&rig);
}
END_TEST

/* Lifted in a visit: the caller asks for the card again and hears whose it is. */
START_TEST(card_put_back_is_read_again)
{
    static const char *const cards[] = {"card collector.txt", "card stranger.txt"};
    static const char *const holders[] = {COLLECTOR, STRANGER};
    ReaderRig rig;
    int other = _i / READER_SUBJECTS;
    open_plugged(&rig, _i % READER_SUBJECTS);
    reader_rig_order(&rig, "card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "laid");
    reader_rig_order(&rig, "lift");
    reader_rig_expect(&rig, PRESENT, "card-left", "lifted");
    reader_rig_order(&rig, cards[other]);
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "laid again");
    ck_assert_str_eq(rig.holder, holders[other]);
    reader_rig_expect_quiet(&rig, PRESENT, 150);
    reader_rig_close(&rig);
}
END_TEST

/* Left behind: it is not read again for the next visit until it was away, and its going is told. */
START_TEST(card_left_behind_is_watched_until_it_goes)
{
    ReaderRig rig;
    open_plugged(&rig, _i % READER_SUBJECTS);
    reader_rig_order(&rig, _i / READER_SUBJECTS ? "mode continual" : "mode must-lift");
    reader_rig_order(&rig, "card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "laid");
    reader_rig_expect_quiet(&rig, PRESENT, 400);
    reader_rig_order(&rig, "lift");
    reader_rig_expect(&rig, PRESENT, "card-left", "gone at last");
    reader_rig_expect_quiet(&rig, IDLE, 200);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(photo_is_dropped_unless_it_is_to_be_kept)
{
    ReaderRig rig;
    ReaderEvent event = {0};
    reader_rig_open(&rig, "samv", "plug;card collector.txt", _i ? "keep_photo=true" : NULL,
                    DEADLINES);
    reader_rig_expect(&rig, SEARCH, "attached card-found", "laid");
    while (event.type != READER_EVENT_CARD_READ)
        rig.driver->poll(rig.reader, SEARCH, RIG_TODAY, 1000, &event);
    ck_assert_uint_eq(event.holder->photo_bytes, _i ? 1024 : 0);
    if (_i)
        ck_assert_mem_eq(event.holder->photo, "WLf", 4);
    else
        ck_assert_ptr_null(event.holder->photo);
    holder_destroy(event.holder);
    reader_rig_close(&rig);
}
END_TEST

static const struct {
    const char *card, *events, *holder;
} card_cases[] = {
    {"card collector.txt", "card-found card-read", COLLECTOR},
    {"card permit.txt", "card-found card-read", "测试二 810000199001010000 20990601"},
    {"card foreign-2017.txt", "card-found card-read", "测试三 USA330181080300 20990101"},
    {"card foreign-2023.txt", "card-found card-read", "测试四 933840198108030001 20991201"},
    {"card expired.txt", "card-found card-failed:expired", ""},
    {"card future.txt", "card-found card-failed:future", ""},
    {"card forged.txt", "card-found card-failed:not-genuine", ""},
    {"card odd-type.txt", "card-found card-failed:wrong-type", ""},
    {"card rare-name.txt", "card-found card-read", "测𠀀龴 330106189001010019 99999999"},
};

START_TEST(every_card_gets_its_verdict_once)
{
    ReaderRig rig;
    open_plugged(&rig, 1);
    reader_rig_order(&rig, "mode continual");
    reader_rig_order(&rig, card_cases[_i].card);
    reader_rig_expect(&rig, SEARCH, card_cases[_i].events, card_cases[_i].card);
    ck_assert_str_eq(rig.holder, card_cases[_i].holder);
    if (!*rig.holder) /* it still lies there: no second verdict in this visit */
        reader_rig_expect_quiet(&rig, SEARCH, 150);
    reader_rig_order(&rig, "lift;card stranger.txt");
    reader_rig_expect(&rig, SEARCH,
                      *rig.holder ? "card-found card-read" : "card-left card-found card-read",
                      "the next card");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(refused_card_is_judged_again_in_the_next_visit)
{
    ReaderRig rig;
    open_plugged(&rig, 1);
    reader_rig_order(&rig, "mode continual;card expired.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-failed:expired", "first visit");
    reader_rig_expect_quiet(&rig, IDLE, 300);
    reader_rig_expect(&rig, SEARCH, "card-found card-failed:expired", "second visit");
    reader_rig_close(&rig);
}
END_TEST

/* Where the reader is when it happens: the named command runs for 180 ms. */
static const char *const moments[] = {"find", "select", "read", "present"};

/* Leaves the driver with that command on its way, the card laid. */
static ReaderMode reach(ReaderRig *rig, int subject, const char *moment)
{
    gboolean present = !strcmp(moment, "present");
    reader_rig_order(rig, "card collector.txt");
    if (present)
        reader_rig_expect(rig, SEARCH, "card-found card-read", moment);
    g_autofree char *slow =
        g_strdup_printf("delay %s 180", present ? reader_subjects[subject].watch_step : moment);
    reader_rig_order(rig, slow);
    if (!strcmp(moment, "select") || !strcmp(moment, "read"))
        reader_rig_expect(rig, SEARCH, "card-found", moment);
    ReaderMode mode = present ? PRESENT : SEARCH;
    ReaderEvent event;
    rig->driver->poll(rig->reader, mode, RIG_TODAY, 80, &event);
    ck_assert_int_eq(event.type, READER_EVENT_NONE);
    return mode;
}

START_TEST(card_lifted_at_any_moment_is_reported)
{
    static const char *const events[] = {"", "card-failed:moved", "card-failed:moved", "card-left"};
    ReaderRig rig;
    const char *moment = moments[_i / READER_SUBJECTS], *wanted = events[_i / READER_SUBJECTS];
    open_plugged(&rig, _i % READER_SUBJECTS);
    ReaderMode mode = reach(&rig, _i % READER_SUBJECTS, moment);
    reader_rig_order(&rig, "lift");
    if (*wanted)
        reader_rig_expect(&rig, mode, wanted, moment);
    else
        reader_rig_expect_quiet(&rig, mode, 300);
    reader_rig_order(&rig, "delay find 2;delay select 2;delay read 2;card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "laid again");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(reader_unplugged_at_any_moment_comes_back)
{
    ReaderRig rig;
    open_plugged(&rig, _i % READER_SUBJECTS);
    ReaderMode mode = reach(&rig, _i % READER_SUBJECTS, moments[_i / READER_SUBJECTS]);
    reader_rig_order(&rig, "unplug");
    reader_rig_expect(&rig, mode, "detached", moments[_i / READER_SUBJECTS]);
    reader_rig_expect_quiet(&rig, mode, 200);
    reader_rig_order(
        &rig, "delay find 2;delay select 2;delay read 2;delay address 2;delay number 2");
    reader_rig_order(&rig, mode == PRESENT ? "plug" : "lift;plug");
    reader_rig_expect(&rig, mode, "attached", "replugged");
    if (mode != PRESENT) /* else it lies there still: even a must-lift reader finds it anew */
        reader_rig_order(&rig, "card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-read", "the next card");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(replugged_reader_may_be_another_kind)
{
    ReaderRig rig;
    open_plugged(&rig, 0);
    for (int i = 1; i < 5; i++) {
        reader_rig_order(&rig, "unplug");
        reader_rig_expect(&rig, IDLE, "detached", "unplugged");
        const ReaderSubject *row = &reader_subjects[i % READER_SUBJECTS];
        reader_rig_order(&rig, row->wiring);
        reader_rig_order(&rig, "plug");
        reader_rig_expect(&rig, IDLE, "attached", row->name);
    }
    reader_rig_close(&rig);
}
END_TEST

START_TEST(second_reader_is_refused_without_a_pin)
{
    ReaderRig rig;
    open_plugged(&rig, 1);
    reader_rig_order(&rig, "plug-twin");
    reader_rig_expect(&rig, IDLE, "detached", "two readers");
    ck_assert_int_eq(rig.absence, READER_ABSENCE_SEVERAL);
    reader_rig_order(&rig, "card collector.txt");
    reader_rig_expect_quiet(&rig, SEARCH, 150);
    reader_rig_order(&rig, "unplug-twin");
    reader_rig_expect(&rig, SEARCH, "attached card-found card-read", "one again");
    reader_rig_close(&rig);
}
END_TEST

static const char *const pins[] = {"bus_path=1-1", "serial=SERIAL-1-1",
                                   "bus_path=1-1 serial=SERIAL-1-1"};

START_TEST(pinned_reader_is_used_beside_another)
{
    ReaderRig rig;
    reader_rig_open(&rig, "samv", "plug;plug-twin;card collector.txt", pins[_i], DEADLINES);
    reader_rig_expect(&rig, SEARCH, "attached card-found card-read", "pinned");
    reader_rig_close(&rig);
}
END_TEST

static const char *const other_pins[] = {"bus_path=1-3", "serial=SERIAL-1-2",
                                         "bus_path=1-1 serial=SERIAL-1-2"};

START_TEST(another_reader_is_not_the_pinned_one)
{
    ReaderRig rig;
    reader_rig_open(&rig, "samv", "plug", other_pins[_i], DEADLINES);
    reader_rig_expect(&rig, SEARCH, "detached", "pinned elsewhere");
    reader_rig_expect_quiet(&rig, SEARCH, 200);
    reader_rig_close(&rig);
}
END_TEST

/* What the system does with a device while nobody has opened it. */
START_TEST(reader_is_taken_from_the_system_and_kept_awake)
{
    ReaderRig rig;
    g_autofree char *control = NULL;
    open_plugged(&rig, _i);
    gboolean is_hid = !strcmp(reader_subjects[_i].wiring, "transport C");
    g_autofree char *while_open = reader_rig_status(&rig, "kernel_driver");
    ck_assert_str_eq(while_open, "\"\"");
    g_autofree char *path =
        g_build_filename(usb_host_folder(rig.host), "sys/bus/usb/devices/1-1/power/control", NULL);
    ck_assert(g_file_get_contents(path, &control, NULL, NULL));
    ck_assert_str_eq(g_strchomp(control), "on");
    rig.driver->close(rig.reader);
    rig.reader = NULL;
    g_autofree char *afterwards = reader_rig_status(&rig, "kernel_driver");
    ck_assert_str_eq(afterwards, is_hid ? "\"usbhid\"" : "\"\"");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(reason_of_absence_is_told_when_it_changes)
{
    ReaderRig rig;
    reader_rig_open(&rig, "samv", "", NULL, DEADLINES);
    reader_rig_expect(&rig, IDLE, "detached", "nothing plugged in");
    ck_assert_int_eq(rig.absence, READER_ABSENCE_NONE);
    reader_rig_order(&rig, "fault silence;plug");
    reader_rig_expect(&rig, IDLE, "detached", "says nothing");
    ck_assert_int_eq(rig.absence, READER_ABSENCE_SILENT);
    reader_rig_order(&rig, "plug-twin");
    reader_rig_expect(&rig, IDLE, "detached", "two of them");
    ck_assert_int_eq(rig.absence, READER_ABSENCE_SEVERAL);
    reader_rig_order(&rig, "unplug-twin;fault none");
    reader_rig_expect(&rig, IDLE, "attached", "one that answers");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(reader_of_an_unlisted_id_is_left_alone)
{
    ReaderRig rig;
    reader_rig_open(&rig, "samv", "plug", "devices=2b8b:2721", DEADLINES);
    reader_rig_expect(&rig, IDLE, "detached", "0400:c35a is not listed");
    reader_rig_expect_quiet(&rig, SEARCH, 100);
    reader_rig_close(&rig);
}
END_TEST

static const char *const bad_devices[] = {"0400:c35a 0400-c35a", "400:c35a0",
                                          "0400:c35g 0400:c35a"};

START_TEST(bad_allow_list_stops_the_start)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_defaults();
    ck_assert(config_set(config, "reader", "devices", bad_devices[_i], &error));
    ck_assert_ptr_null(reader_driver_find("samv")->open(config, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
}
END_TEST

static TCase *collect_calls(void)
{
    TCase *tests = tcase_create("calls");
    tcase_add_loop_test(tests, close_takes_nothing, 0, G_N_ELEMENTS(drivers));
    tcase_add_test(tests, unknown_driver_is_not_found);
    tcase_add_loop_test(tests, absent_reader_is_told_once, 0, G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, poll_ends_at_its_timeout, 0, G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, interrupt_ends_the_running_poll, 0, G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, interrupt_ends_the_next_poll, 0, G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, bad_allow_list_stops_the_start, 0, G_N_ELEMENTS(bad_devices));
    return tests;
}

static TCase *collect_presence(void)
{
    TCase *tests = tcase_create("presence");
    tcase_add_loop_test(tests, card_is_read_and_its_leaving_seen, 0, 2 * READER_SUBJECTS);
    tcase_add_loop_test(tests, another_card_never_joins_a_visit, 0, READER_SUBJECTS);
    return tests;
}

static TCase *collect_returning(void)
{
    TCase *tests = tcase_create("returning");
    tcase_add_loop_test(tests, card_put_back_is_read_again, 0, 2 * READER_SUBJECTS);
    tcase_add_loop_test(tests, card_left_behind_is_watched_until_it_goes, 0, 2 * READER_SUBJECTS);
    return tests;
}

static TCase *collect_cards(void)
{
    TCase *tests = tcase_create("cards");
    tcase_add_loop_test(tests, photo_is_dropped_unless_it_is_to_be_kept, 0, 2);
    tcase_add_loop_test(tests, every_card_gets_its_verdict_once, 0, G_N_ELEMENTS(card_cases));
    tcase_add_test(tests, refused_card_is_judged_again_in_the_next_visit);
    return tests;
}

static TCase *collect_lifting(void)
{
    TCase *tests = tcase_create("lifting");
    tcase_add_loop_test(tests, card_lifted_at_any_moment_is_reported, 0,
                        READER_SUBJECTS * G_N_ELEMENTS(moments));
    return tests;
}

static TCase *collect_unplugging(void)
{
    TCase *tests = tcase_create("unplugging");
    tcase_add_loop_test(tests, reader_unplugged_at_any_moment_comes_back, 0,
                        READER_SUBJECTS * G_N_ELEMENTS(moments));
    tcase_add_test(tests, replugged_reader_may_be_another_kind);
    return tests;
}

static TCase *collect_choice(void)
{
    TCase *tests = tcase_create("choice");
    tcase_add_loop_test(tests, reader_is_taken_from_the_system_and_kept_awake, 0, READER_SUBJECTS);
    tcase_add_test(tests, reason_of_absence_is_told_when_it_changes);
    tcase_add_test(tests, reader_of_an_unlisted_id_is_left_alone);
    tcase_add_test(tests, second_reader_is_refused_without_a_pin);
    tcase_add_loop_test(tests, pinned_reader_is_used_beside_another, 0, G_N_ELEMENTS(pins));
    tcase_add_loop_test(tests, another_reader_is_not_the_pinned_one, 0, G_N_ELEMENTS(other_pins));
    return tests;
}

int main(int argc, char **argv)
{
    (void)argc;
    usb_host_preload(argv);
    TCase *cases[] = {collect_calls(),   collect_presence(),   collect_returning(), collect_cards(),
                      collect_lifting(), collect_unplugging(), collect_choice()};
    return reader_rig_run(cases, G_N_ELEMENTS(cases));
}
