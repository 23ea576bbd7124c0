/* Every fault of the cable and the card at every step, over every transport: it ends in a defined
 * event, never in another person, and the next card is read. Prints the table of what came. */
#include "tests/harness/virtual_reader/reader_rig.h"
#include <stdio.h>
#include <string.h>

#define SEARCH READER_MODE_SEARCH
#define PRESENT READER_MODE_PRESENT
#define COLLECTOR "测试一 330106189001010019 99999999"
#define READ "card-found card-read"

/* The first argument: A or B. */
static const char *transport = "A";

/* What persists at a step, and what the citizen's side is told when the card is laid. The same
 * fault, met once, is got over without a word. */
static const struct {
    const char *fault, *find, *select, *read, *address;
    gboolean is_link; /* trouble on the cable: while the card lies there, got over too */
} rows[] = {
    {"wrong-checksum", "detached", "card-found card-failed:link", "card-found card-failed:link",
     "card-left", TRUE},
    {"wrong-length", "detached", "card-found card-failed:link", "card-found card-failed:link",
     "card-left", TRUE},
    {"garbage-before", READ, READ, READ, "", TRUE},
    {"missing-preamble-byte", READ, READ, READ, "", TRUE},
    {"odd-packets", READ, READ, READ, "", TRUE},
    {"duplicate-answer", READ, READ, READ, "", TRUE},
    {"short-then-silence", "detached", "card-found card-failed:link", "card-found card-failed:link",
     "card-left", TRUE},
    {"silence", "detached", "card-found card-failed:link", "card-found card-failed:link",
     "card-left", TRUE},
    {"stall", "detached", "card-found card-failed:link", "card-found card-failed:link", "card-left",
     TRUE},
    {"self-test-failed", "detached", "card-found card-failed:link", "card-found card-failed:link",
     "card-left", TRUE},
    {"moved", NULL, "card-found card-failed:moved", "card-found card-failed:moved", "card-left",
     FALSE},
    {"not-genuine", NULL, "card-found card-failed:not-genuine",
     "card-found card-failed:not-genuine", "card-left", FALSE},
    {"unknown-type", NULL, "card-found card-failed:wrong-type", "card-found card-failed:wrong-type",
     "card-left", FALSE},
    {"select-failed", NULL, "card-found card-failed:moved", NULL, NULL, FALSE},
};

static const char *const step_words[] = {"find", "select", "read", "address"};
enum { FIND, SELECT, READ_STEP, ADDRESS, STEPS };

static const char *expected(int row, int step)
{
    const char *const all[] = {rows[row].find, rows[row].select, rows[row].read, rows[row].address};
    return all[step];
}

static void open_plugged(ReaderRig *rig, const char *deadline_percent)
{
    g_autofree char *orders = g_strconcat("transport ", transport, ";mode continual;plug", NULL);
    reader_rig_open(rig, "samv", orders, "", deadline_percent);
    reader_rig_expect(rig, SEARCH, "attached", "start");
}

static void set_fault(ReaderRig *rig, int row, int step, const char *once)
{
    g_autofree char *order =
        g_strdup_printf("fault %s%s at %s", rows[row].fault, once, step_words[step]);
    reader_rig_order(rig, order);
}

/* The fault is over: a card laid now is read, whatever was on its way. */
static void expect_health(ReaderRig *rig, const char *context)
{
    reader_rig_order(rig, "fault none;lift;card collector.txt");
    for (int i = 0; i < 4; i++) {
        g_autofree char *came = reader_rig_watch(rig, SEARCH, 1, 10000);
        if (strcmp(came, "card-read") != 0)
            continue;
        ck_assert_str_eq(rig->holder, COLLECTOR);
        reader_rig_order(rig, "lift");
        reader_rig_expect(rig, PRESENT, "card-left", context);
        return;
    }
    ck_abort_msg("%s: the next card was not read", context);
}

static void lay(ReaderRig *rig, const char *context)
{
    reader_rig_order(rig, "card collector.txt");
    reader_rig_expect(rig, SEARCH, READ, context);
}

static void try_lasting(ReaderRig *rig, int row, int step, const char *context)
{
    const char *events = expected(row, step);
    if (step == ADDRESS)
        lay(rig, context);
    set_fault(rig, row, step, "");
    if (step != ADDRESS)
        reader_rig_order(rig, "card collector.txt");
    if (*events)
        reader_rig_expect(rig, step == ADDRESS ? PRESENT : SEARCH, events, context);
    else
        reader_rig_expect_quiet(rig, PRESENT, 120);
    printf("  %-42s %s\n", context, *events ? events : "(nothing)");
    expect_health(rig, context);
}

/* Nobody is told, and the fault was really met. */
static void try_once(ReaderRig *rig, int row, int step, const char *context)
{
    if (step == ADDRESS)
        lay(rig, context);
    set_fault(rig, row, step, " once");
    if (step == ADDRESS)
        reader_rig_expect_quiet(rig, PRESENT, 200);
    else
        lay(rig, context);
    g_autofree char *left = reader_rig_status(rig, "fault");
    ck_assert_msg(!strcmp(left, "\"none\""), "%s: not met", context);
    ck_assert_str_eq(rig->holder, COLLECTOR);
    expect_health(rig, context);
}

START_TEST(fault_ends_in_its_event_and_met_once_is_got_over)
{
    ReaderRig rig;
    int row = _i;
    open_plugged(&rig, "10");
    for (int step = 0; step < STEPS; step++) {
        g_autofree char *context =
            g_strdup_printf("%s at %s, transport %s", rows[row].fault, step_words[step], transport);
        if (!expected(row, step))
            continue;
        try_lasting(&rig, row, step, context);
        if (step != ADDRESS || strcmp(expected(row, step), "card-left") != 0 || rows[row].is_link)
            try_once(&rig, row, step, context);
    }
    reader_rig_close(&rig);
}
END_TEST

/* Answers that come after the driver has given up must not be taken for others' answers. */
START_TEST(late_answer_is_never_another_persons)
{
    ReaderRig rig;
    const char *step = step_words[_i % 3];
    open_plugged(&rig, "20");
    g_autofree char *orders = g_strdup_printf(
        "delay late %d;fault late-answer once at %s;card stranger.txt", 700 + 60 * _i, step);
    reader_rig_order(&rig, orders);
    reader_rig_expect(&rig, SEARCH, READ, step);
    ck_assert_str_eq(rig.holder, "样例人 330106189001010035 20400101");
    reader_rig_expect_quiet(&rig, PRESENT, 200);
    expect_health(&rig, step);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(spoiled_read_on_a_must_lift_reader_asks_for_the_card_again)
{
    ReaderRig rig;
    open_plugged(&rig, "20");
    reader_rig_order(&rig, "mode must-lift;fault wrong-checksum once at read;card collector.txt");
    reader_rig_expect(&rig, SEARCH, "card-found card-failed:link", "read, but not received");
    reader_rig_expect_quiet(&rig, SEARCH, 150);
    reader_rig_order(&rig, "lift;card collector.txt");
    reader_rig_expect(&rig, SEARCH, READ, "laid again");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(stale_answer_of_an_earlier_owner_is_drained)
{
    ReaderRig rig;
    open_plugged(&rig, "20");
    reader_rig_order(&rig, "delay read 150;card stranger.txt");
    reader_rig_expect(&rig, SEARCH, "card-found", "begin");
    ReaderEvent event;
    rig.driver->poll(rig.reader, SEARCH, RIG_TODAY, 50, &event);
    rig.driver->close(rig.reader); /* as if it had died: the answer is still to come */
    g_usleep(200 * 1000);
    reader_rig_order(&rig, "delay read 2;lift;card collector.txt");
    rig.reader = rig.driver->open(rig.config, NULL);
    reader_rig_expect(&rig, SEARCH, "attached " READ, "second owner");
    ck_assert_str_eq(rig.holder, COLLECTOR);
    reader_rig_close(&rig);
}
END_TEST

int main(int argc, char **argv)
{
    usb_host_preload(argv);
    if (argc > 1)
        transport = argv[1];
    TCase *cases[G_N_ELEMENTS(rows) + 1];
    for (int row = 0; row < (int)G_N_ELEMENTS(rows); row++) {
        cases[row] = tcase_create(rows[row].fault);
        tcase_add_loop_test(cases[row], fault_ends_in_its_event_and_met_once_is_got_over, row,
                            row + 1);
    }
    TCase *others = cases[G_N_ELEMENTS(rows)] = tcase_create("stale answers");
    tcase_add_loop_test(others, late_answer_is_never_another_persons, 0, 6);
    tcase_add_test(others, spoiled_read_on_a_must_lift_reader_asks_for_the_card_again);
    tcase_add_test(others, stale_answer_of_an_earlier_owner_is_drained);
    return reader_rig_run(cases, G_N_ELEMENTS(cases));
}
