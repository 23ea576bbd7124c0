/* An idle kiosk sleeps: what a look for a card costs in returns of poll(). This program's own
 * poll() stands in front of the C library's, so that libusb's are counted. */
#include "tests/harness/virtual_reader/reader_rig.h"
#include "tests/testing.h"
#include <dlfcn.h>
#include <poll.h>

#define RETURNS_A_LOOK 3 /* time is up, the command is out, the answer is in */

static int returns;
static GThread *counted; /* the driver's thread */

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    static int (*next)(struct pollfd *, nfds_t, int);
    if (!next)
        next = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
    int ready = next(fds, count, timeout_ms);
    if (counted == g_thread_self())
        returns++;
    return ready;
}

static int count_looks(ReaderRig *rig)
{
    g_autofree char *finds = reader_rig_status(rig, "finds");
    return (int)g_ascii_strtoll(finds, NULL, 10);
}

START_TEST(look_for_a_card_costs_three_returns_of_poll)
{
    ReaderRig rig;
    g_autofree char *orders = g_strconcat(reader_subjects[_i].wiring, ";plug", NULL);
    reader_rig_open(&rig, reader_subjects[_i].driver, orders, NULL, "100");
    reader_rig_expect(&rig, READER_MODE_IDLE, "attached", "start");
    reader_rig_order(&rig, "delay find 40");
    int looks = count_looks(&rig);
    ReaderEvent event;
    counted = g_thread_self();
    rig.driver->poll(rig.reader, READER_MODE_IDLE, RIG_TODAY, 1000, &event);
    counted = NULL;
    looks = count_looks(&rig) - looks;
    ck_assert_int_eq(event.type, READER_EVENT_NONE);
    ck_assert_int_ge(looks, 3);
    ck_assert_int_le(looks, 8); /* one each 100 ms and 40 ms of the reader's */
    ck_assert_int_ge(returns, looks);
    ck_assert_int_le(returns, RETURNS_A_LOOK * looks + 3);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(absent_reader_costs_nothing)
{
    ReaderRig rig;
    ReaderEvent event;
    reader_rig_open(&rig, "samv", "", NULL, "100");
    reader_rig_expect(&rig, READER_MODE_IDLE, "detached", "nothing plugged in");
    counted = g_thread_self();
    rig.driver->poll(rig.reader, READER_MODE_IDLE, RIG_TODAY, 1000, &event);
    counted = NULL;
    ck_assert_int_eq(event.type, READER_EVENT_NONE);
    ck_assert_int_le(returns, 2);
    reader_rig_close(&rig);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    usb_host_preload(argv);
    TCase *tests = tcase_create("reader idle");
    tcase_add_loop_test(tests, look_for_a_card_costs_three_returns_of_poll, 0, READER_SUBJECTS);
    tcase_add_test(tests, absent_reader_costs_nothing);
    return testing_run(tests);
}
