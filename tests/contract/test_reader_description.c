/* What a driver tells of its reader from any thread: reader.h's `describe`. */
#include "firmware/base/clock.h"
#include "tests/harness/virtual_reader/reader_rig.h"
#include <string.h>

#define IDLE READER_MODE_IDLE
#define SEARCH READER_MODE_SEARCH
#define DEADLINES "20"
#define COPIES_MS 500 /* for a thousand; a busy machine */

static const char *const drivers[] = {"samv", "none"};

/* Row `subject` of reader_subjects, found by its driver. */
static void open_plugged(ReaderRig *rig, int subject)
{
    const ReaderSubject *row = &reader_subjects[subject];
    g_autofree char *orders = g_strconcat(row->wiring, ";plug", NULL);
    reader_rig_open(rig, row->driver, orders, NULL, DEADLINES);
    reader_rig_expect(rig, IDLE, "attached", row->name);
}

static ReaderDescription describe(ReaderRig *rig)
{
    ReaderDescription told;
    memset(&told, 0xff, sizeof told); /* nothing may be left as it was */
    rig->driver->describe(rig->reader, &told);
    return told;
}

START_TEST(nothing_is_known_of_a_reader_that_is_not_there)
{
    ReaderRig rig;
    reader_rig_open(&rig, drivers[_i], "", NULL, DEADLINES);
    for (int round = 0; round < 2; round++) {
        ReaderDescription told = describe(&rig);
        ck_assert_str_eq(told.module, "");
        ck_assert_str_eq(told.transport, "");
        ck_assert_str_eq(told.path, "");
        ck_assert_str_eq(told.device, "");
        ck_assert_str_eq(told.version, "");
        ck_assert_uint_le(told.n_recoveries, READER_RECOVERIES_MAX);
        reader_rig_expect_counts(&rig, "");
        if (round == 0)
            reader_rig_expect(&rig, IDLE, "detached", "nothing plugged in");
    }
    reader_rig_close(&rig);
}
END_TEST

START_TEST(description_tells_which_reader_is_plugged_in_and_where)
{
    ReaderRig rig;
    const ReaderSubject *row = &reader_subjects[_i];
    open_plugged(&rig, _i);
    ReaderDescription told = describe(&rig);
    ck_assert_str_eq(told.module, "05.01-20240101-0001234567-0007654321");
    ck_assert_str_eq(told.transport, row->wiring + strlen("transport "));
    ck_assert_str_eq(told.path, "1-1");
    ck_assert_str_eq(told.device, !strcmp(told.transport, "C") ? "2b8b:2721" : "0400:c35a");
    ck_assert_str_eq(told.version, "0.63");
    reader_rig_order(&rig, "unplug");
    reader_rig_expect(&rig, IDLE, "detached", "unplugged");
    told = describe(&rig);
    ck_assert_str_eq(told.module, "");
    ck_assert_str_eq(told.path, "");
    reader_rig_order(&rig, "plug");
    reader_rig_expect(&rig, IDLE, "attached", "plugged again");
    told = describe(&rig);
    ck_assert_str_eq(told.module, "05.01-20240101-0001234567-0007654321");
    reader_rig_expect_counts(&rig, "reconnected 1");
    reader_rig_close(&rig);
}
END_TEST

/* What happens to a card, and what is counted then. */
static const struct {
    const char *orders, *events, *counts;
} count_cases[] = {
    {"card collector.txt", "card-found card-read", "read 1"},
    {"card expired.txt", "card-found card-failed:expired", "read 1, failed 1"},
    {"mode continual;fault wrong-checksum once at read;card collector.txt", "card-found card-read",
     "read 1, garbled 1"},
    {"mode continual;fault photo-too-long once at read;card collector.txt", "card-found card-read",
     "read 1, garbled 1"},
    {"mode continual;fault silence once at read;card collector.txt", "card-found card-read", "read 1, silent 1"},
    {"mode continual;fault stall once at read;card collector.txt", "card-found card-read", "read 1, cable 1"},
    {"mode continual;fault moved at read;card collector.txt", "card-found card-failed:unreadable", "failed 1"},
};

START_TEST(description_counts_what_went_well_and_what_did_not)
{
    ReaderRig rig;
    open_plugged(&rig, _i % READER_SUBJECTS);
    int row = _i / READER_SUBJECTS;
    reader_rig_order(&rig, count_cases[row].orders);
    reader_rig_expect(&rig, SEARCH, count_cases[row].events, count_cases[row].orders);
    reader_rig_expect_counts(&rig, count_cases[row].counts);
    reader_rig_close(&rig);
}
END_TEST

static gpointer poll_long(gpointer user)
{
    ReaderRig *rig = user;
    ReaderEvent event;
    rig->driver->poll(rig->reader, IDLE, RIG_TODAY, 10000, &event);
    return NULL;
}

/* The menu asks while the reader's thread waits, which it nearly always does. */
START_TEST(description_never_waits_for_the_running_poll)
{
    ReaderRig rig;
    reader_rig_open(&rig, drivers[_i], "plug;delay find 2000", NULL, DEADLINES);
    g_free(reader_rig_watch(&rig, IDLE, 1, 2000));
    GThread *thread = g_thread_new("poll", poll_long, &rig);
    gint64 start_ms = clock_monotonic_ms();
    for (int i = 0; i < 1000; i++)
        (void)describe(&rig);
    ck_assert_int_le(clock_monotonic_ms() - start_ms, COPIES_MS);
    rig.driver->interrupt(rig.reader);
    g_thread_join(thread);
    reader_rig_close(&rig);
}
END_TEST

static TCase *collect_presence(void)
{
    TCase *tests = tcase_create("presence");
    tcase_add_loop_test(tests, nothing_is_known_of_a_reader_that_is_not_there, 0,
                        G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, description_never_waits_for_the_running_poll, 0,
                        G_N_ELEMENTS(drivers));
    tcase_add_loop_test(tests, description_tells_which_reader_is_plugged_in_and_where, 0,
                        READER_SUBJECTS);
    return tests;
}

static TCase *collect_counts(void)
{
    TCase *tests = tcase_create("counts");
    tcase_add_loop_test(tests, description_counts_what_went_well_and_what_did_not, 0,
                        READER_SUBJECTS * G_N_ELEMENTS(count_cases));
    return tests;
}

int main(int argc, char **argv)
{
    (void)argc;
    usb_host_preload(argv);
    TCase *cases[] = {collect_presence(), collect_counts()};
    return reader_rig_run(cases, G_N_ELEMENTS(cases));
}
