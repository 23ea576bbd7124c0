/* Every fault of the cable and the card at every step of a reading, over every way a reader is
 * wired: it ends in a defined event within its deadline, never in another person, and the next card
 * is read. Prints the table of what came. */
#include "firmware/base/clock.h"
#include "tests/harness/virtual_reader/reader_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH READER_MODE_SEARCH
#define PRESENT READER_MODE_PRESENT
#define COLLECTOR "测试一 330106189001010019 99999999"
#define READ "card-found card-read"
#define PERCENT "10" /* of the usual deadlines */
#define CELL_MS 4000 /* from laying the card to the event: 40 s of the usual */

/* The first argument: its row. */
static const ReaderSubject *subject = &reader_subjects[0];

enum { FIND, SELECT, READ_STEP, WATCH, STEPS };

static const char *step_word(int step)
{
    const char *const words[] = {"find", "select", "read", subject->watch_step};
    return words[step];
}

/* What is told when a fault persists at each step; "": nothing; NULL: it cannot happen there. The
 * same fault, met once, is got over without a word (but for what a card says while it lies there).
 */
typedef const char *Kind[STEPS];
#define FAILED(word) "card-found card-failed:" word
static const Kind harmless = {READ, READ, READ, ""};
static const Kind link_kind = {"detached", FAILED("link"), FAILED("link"), "card-left"};
static const Kind read_only = {NULL, NULL, FAILED("link"), NULL};
static const Kind told_once = {"detached", FAILED("link"), FAILED("link"), ""};
static const Kind doubled = {READ, READ, FAILED("link"), NULL}; /* short answers come twice */
static const Kind unplugged = {"detached", "card-found detached", "card-found detached",
                               "detached"};
static const Kind unreadable = {NULL, FAILED("unreadable"), FAILED("unreadable"), "card-left"};
static const Kind not_genuine = {NULL, FAILED("not-genuine"), FAILED("not-genuine"), "card-left"};
static const Kind wrong_type = {NULL, FAILED("wrong-type"), FAILED("wrong-type"), "card-left"};
static const Kind select_only = {NULL, FAILED("unreadable"), NULL, NULL};

static const struct {
    const char *fault;
    const Kind *kind;
} rows[] = {
    {"garbage-before", &harmless},
    {"missing-preamble-byte", &harmless},
    {"extra-preamble-byte", &harmless},
    {"odd-packets", &harmless},
    {"empty-packet", &harmless},
    {"duplicate-answer", &harmless},
    {"wrong-checksum", &link_kind},
    {"wrong-length", &link_kind},
    {"flipped-bit", &link_kind},
    {"lost-packet", &link_kind},
    {"doubled-packet", &doubled},
    {"text-empty", &read_only},
    {"text-too-long", &read_only},
    {"photo-too-long", &read_only},
    {"short-then-silence", &link_kind},
    {"silence", &link_kind},
    {"stall", &link_kind},
    {"checksum-complaint", &link_kind},
    {"length-complaint", &link_kind},
    {"unknown-command", &told_once}, /* to watch, there is another command */
    {"privilege-violated", &told_once},
    {"unrecognised-error", &told_once},
    {"self-test-failed", &link_kind},
    {"not-authorised", &link_kind},
    {"card-refused-reader", &unreadable},
    {"reader-refused-card", &unreadable},
    {"not-genuine", &not_genuine},
    {"not-found-yet", &unreadable},
    {"unknown-type", &wrong_type},
    {"moved", &unreadable},
    {"no-random-number", &unreadable},
    {"select-failed", &select_only},
    {"unplug", &unplugged},
};

static void open_plugged(ReaderRig *rig, const char *deadline_percent)
{
    g_autofree char *orders = g_strconcat(subject->wiring, ";mode continual;plug", NULL);
    reader_rig_open(rig, subject->driver, orders, NULL, deadline_percent);
    reader_rig_expect(rig, SEARCH, "attached", "start");
}

static void set_fault(ReaderRig *rig, int row, int step, const char *once)
{
    g_autofree char *order =
        g_strdup_printf("fault %s%s at %s", rows[row].fault, once, step_word(step));
    reader_rig_order(rig, order);
}

/* The fault is over: a card laid now is read, whatever was on its way. */
static void expect_health(ReaderRig *rig, const char *context)
{
    g_autofree char *plugged = reader_rig_status(rig, "plugged");
    reader_rig_order(rig, !strcmp(plugged, "false") ? "fault none;lift;plug" : "fault none;lift");
    g_autofree char *before = reader_rig_watch(rig, SEARCH, 1, 50); /* no hand is faster */
    reader_rig_order(rig, "card collector.txt");
    for (int i = 0; i < 5; i++) {
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

/* Milliseconds until the last event. */
static int try_lasting(ReaderRig *rig, int row, int step, const char *context)
{
    const char *events = (*rows[row].kind)[step];
    if (step == WATCH)
        lay(rig, context);
    set_fault(rig, row, step, "");
    gint64 start_ms = clock_monotonic_ms();
    if (step != WATCH)
        reader_rig_order(rig, "card collector.txt");
    if (*events)
        reader_rig_expect(rig, step == WATCH ? PRESENT : SEARCH, events, context);
    else
        reader_rig_expect_quiet(rig, PRESENT, 120);
    int took_ms = (int)(clock_monotonic_ms() - start_ms);
    ck_assert_msg(took_ms < CELL_MS, "%s: after %d ms", context, took_ms);
    expect_health(rig, context);
    return took_ms;
}

/* Nobody is told, and the fault was really met. */
static void try_once(ReaderRig *rig, int row, int step, const char *context)
{
    if (step == WATCH)
        lay(rig, context);
    set_fault(rig, row, step, " once");
    if (step == WATCH)
        reader_rig_expect_quiet(rig, PRESENT, 200);
    else
        lay(rig, context);
    g_autofree char *left = reader_rig_status(rig, "fault");
    ck_assert_msg(!strcmp(left, "\"none\""), "%s: not met", context);
    ck_assert_str_eq(rig->holder, COLLECTOR);
    expect_health(rig, context);
}

static gboolean is_got_over(int row, int step)
{
    if (rows[row].kind == &unplugged)
        return FALSE;
    return step != WATCH || rows[row].kind == &harmless || rows[row].kind == &link_kind;
}

START_TEST(fault_ends_in_its_event_and_met_once_is_got_over)
{
    ReaderRig rig;
    int row = _i;
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "| %s | %s |", subject->name, rows[row].fault);
    for (int step = 0; step < STEPS; step++) {
        const char *events = (*rows[row].kind)[step];
        g_autofree char *context =
            g_strdup_printf("%s at %s, %s", rows[row].fault, step_word(step), subject->name);
        if (!events) {
            g_string_append(line, " |");
            continue;
        }
        open_plugged(&rig, PERCENT);
        int took_ms = try_lasting(&rig, row, step, context);
        g_string_append_printf(line, " %s, %d ms |", *events ? events : "nothing", took_ms);
        if (is_got_over(row, step))
            try_once(&rig, row, step, context);
        reader_rig_close(&rig);
    }
    printf("%s\n", line->str);
}
END_TEST

/* Answers that come after the driver has given up must not be taken for others' answers. */
START_TEST(late_answer_is_never_another_persons)
{
    ReaderRig rig;
    const char *step = step_word(_i % 3);
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
    reader_rig_expect(&rig, SEARCH, "card-found card-failed:link card-left",
                      "read, but not received");
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

/* Nothing short of a reset of its port wakes it. */
START_TEST(hung_reader_is_reset_on_its_port)
{
    ReaderRig rig;
    open_plugged(&rig, "5");
    reader_rig_order(&rig, "fault hung");
    reader_rig_expect(&rig, SEARCH, "detached attached", "hung, then reset");
    g_autofree char *resets = reader_rig_status(&rig, "usb_resets");
    ck_assert_str_eq(resets, "1");
    ck_assert_uint_eq(reader_rig_count(&rig, "USB reset"), 1);
    ck_assert_uint_ge(reader_rig_count(&rig, "reopen"), 2);
    expect_health(&rig, "after the reset");
    reader_rig_close(&rig);
}
END_TEST

START_TEST(reader_that_stays_silent_is_reset_a_few_times_and_then_only_opened_now_and_then)
{
    ReaderRig rig;
    open_plugged(&rig, "5");
    reader_rig_order(&rig, "fault silence");
    reader_rig_expect(&rig, SEARCH, "detached", "silent");
    ck_assert_int_eq(rig.absence, READER_ABSENCE_SILENT);
    for (int i = 0; i < 100 && reader_rig_count(&rig, "USB reset") < 4; i++)
        reader_rig_expect_quiet(&rig, SEARCH, 100);
    guint opened = reader_rig_count(&rig, "reopen");
    reader_rig_expect_quiet(&rig, SEARCH, 3000);
    ck_assert_uint_eq(reader_rig_count(&rig, "USB reset"), 4);
    ck_assert_uint_ge(reader_rig_count(&rig, "reopen"), opened + 1);
    ck_assert_uint_le(reader_rig_count(&rig, "reopen"), opened + 5);
    reader_rig_order(&rig, "fault none");
    reader_rig_expect(&rig, SEARCH, "attached", "answers again");
    expect_health(&rig, "afterwards");
    reader_rig_close(&rig);
}
END_TEST

/* It says nothing of the card: that one does not count as lifted. */
START_TEST(reader_that_hangs_while_a_card_lies_there_is_gone_and_not_the_card)
{
    ReaderRig rig;
    open_plugged(&rig, "5");
    lay(&rig, "before");
    reader_rig_order(&rig, "fault hung");
    reader_rig_expect(&rig, PRESENT, "detached attached", "hung, then reset");
    expect_health(&rig, "after the reset");
    reader_rig_close(&rig);
}
END_TEST

static const char *const failing[] = {"moved at read", "wrong-checksum at read",
                                      "unknown-type at read", "not-genuine at select"};

START_TEST(card_that_failed_is_watched_until_it_goes)
{
    ReaderRig rig;
    ReaderEvent event = {0};
    open_plugged(&rig, PERCENT);
    g_autofree char *orders = g_strconcat("fault ", failing[_i], ";card collector.txt", NULL);
    reader_rig_order(&rig, orders);
    while (event.type != READER_EVENT_CARD_FAILED)
        rig.driver->poll(rig.reader, SEARCH, RIG_TODAY, 1000, &event);
    reader_rig_order(&rig, "fault none");
    reader_rig_expect_quiet(&rig, PRESENT, 200);
    reader_rig_order(&rig, "lift");
    reader_rig_expect(&rig, PRESENT, "card-left", failing[_i]);
    expect_health(&rig, failing[_i]);
    reader_rig_close(&rig);
}
END_TEST

static const struct {
    const char *fault, *events;
} boot_cases[] = {
    {"fault boot-silence;delay boot 150", "attached"},
    {"fault self-test-failed", "detached"},
    {"fault not-authorised", "detached"},
};

START_TEST(reader_that_is_not_ready_at_once_is_waited_for)
{
    ReaderRig rig;
    g_autofree char *orders =
        g_strconcat(subject->wiring, ";", boot_cases[_i].fault, ";plug", NULL);
    reader_rig_open(&rig, subject->driver, orders, NULL, "5");
    reader_rig_expect(&rig, SEARCH, boot_cases[_i].events, boot_cases[_i].fault);
    reader_rig_order(&rig, "fault none");
    expect_health(&rig, boot_cases[_i].fault);
    reader_rig_close(&rig);
}
END_TEST

START_TEST(gentle_rungs_come_first)
{
    ReaderRig rig;
    open_plugged(&rig, PERCENT);
    guint opened = reader_rig_count(&rig, "status");
    reader_rig_order(&rig, "fault wrong-checksum once at select;card collector.txt");
    reader_rig_expect(&rig, SEARCH, READ, "once");
    ck_assert_uint_eq(reader_rig_count(&rig, "status"), opened + 1);
    ck_assert_uint_eq(reader_rig_count(&rig, "reset"), 0);
    ck_assert_uint_eq(reader_rig_count(&rig, "clear halt"), 0);
    reader_rig_order(&rig, "lift");
    reader_rig_expect(&rig, PRESENT, "card-left", "lifted");
    reader_rig_order(&rig, "fault stall once at select;card collector.txt");
    reader_rig_expect(&rig, SEARCH, READ, "stalled");
    ck_assert_uint_eq(reader_rig_count(&rig, "clear halt"), 1);
    ck_assert_uint_eq(reader_rig_count(&rig, "reopen"), 0);
    reader_rig_close(&rig);
}
END_TEST

static void choose_subject(const char *name)
{
    while (subject->name && strcmp(subject->name, name) != 0)
        subject++;
    if (subject->name)
        return;
    fprintf(stderr, "test_reader_faults: no reader '%s'; one of:", name);
    for (subject = reader_subjects; subject->name; subject++)
        fprintf(stderr, " %s", subject->name);
    fprintf(stderr, " (%s without an argument)\n", reader_subjects[0].name);
    exit(2);
}

int main(int argc, char **argv)
{
    usb_host_preload(argv);
    choose_subject(argc > 1 ? argv[1] : reader_subjects[0].name);
    printf("# every fault on %s\n", subject->name);
    printf("| reader | fault | find | select | read | present |\n|---|---|---|---|---|---|\n");
    fflush(stdout);
    TCase *cases[G_N_ELEMENTS(rows) + 2];
    for (int row = 0; row < (int)G_N_ELEMENTS(rows); row++) {
        cases[row] = tcase_create(rows[row].fault);
        tcase_add_loop_test(cases[row], fault_ends_in_its_event_and_met_once_is_got_over, row,
                            row + 1);
    }
    TCase *others = cases[G_N_ELEMENTS(rows)] = tcase_create("stale answers");
    tcase_add_loop_test(others, late_answer_is_never_another_persons, 0, 6);
    tcase_add_test(others, spoiled_read_on_a_must_lift_reader_asks_for_the_card_again);
    tcase_add_test(others, stale_answer_of_an_earlier_owner_is_drained);
    TCase *recovery = cases[G_N_ELEMENTS(rows) + 1] = tcase_create("recovery");
    tcase_add_test(recovery, hung_reader_is_reset_on_its_port);
    tcase_add_test(recovery, reader_that_hangs_while_a_card_lies_there_is_gone_and_not_the_card);
    tcase_add_test(recovery,
                   reader_that_stays_silent_is_reset_a_few_times_and_then_only_opened_now_and_then);
    tcase_add_loop_test(recovery, card_that_failed_is_watched_until_it_goes, 0,
                        G_N_ELEMENTS(failing));
    tcase_add_loop_test(recovery, reader_that_is_not_ready_at_once_is_waited_for, 0,
                        G_N_ELEMENTS(boot_cases));
    tcase_add_test(recovery, gentle_rungs_come_first);
    return reader_rig_run(cases, G_N_ELEMENTS(cases));
}
