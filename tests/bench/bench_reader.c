/* What the reader's driver costs: `bench_reader ROUNDS IDLE_SECONDS`. One line of JSON a reading
 * (each wiring in turn, so that the machine's mood meets all alike), then one a wiring for idling.
 */
#include "firmware/base/log.h"
#include "tests/harness/virtual_reader/reader_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The virtual reader's own time, as vendors' readers take it. */
#define FIND_MS 40
#define SELECT_MS 40
#define READ_MS 600

static double now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void poll_until(ReaderRig *rig, ReaderMode mode, ReaderEventType wanted)
{
    ReaderEvent event = {0};
    while (event.type != wanted) {
        rig->driver->poll(rig->reader, mode, RIG_TODAY, 10000, &event);
        holder_destroy(event.holder);
    }
}

static void open_subject(ReaderRig *rig, const ReaderSubject *subject)
{
    g_autofree char *orders = g_strdup_printf(
        "%s;plug;delay find %d;delay select %d;delay read %d;delay address 100;delay number 100",
        subject->wiring, FIND_MS, SELECT_MS, READ_MS);
    reader_rig_open(rig, subject->driver, orders, "poll_ms=200 poll_idle_ms=1000", "100");
    poll_until(rig, READER_MODE_IDLE, READER_EVENT_ATTACHED);
}

/* From a card that lies there when it is asked for, to its person. */
static void time_reading(const ReaderSubject *subject)
{
    ReaderRig rig;
    open_subject(&rig, subject);
    reader_rig_order(&rig, "card collector.txt");
    double wall = now_ms(CLOCK_MONOTONIC), cpu = now_ms(CLOCK_THREAD_CPUTIME_ID);
    poll_until(&rig, READER_MODE_SEARCH, READER_EVENT_CARD_READ);
    printf("{\"reading\":\"%s\",\"reader_ms\":%d,\"took_ms\":%.2f,\"cpu_ms\":%.2f}\n",
           subject->name, FIND_MS + SELECT_MS + READ_MS, now_ms(CLOCK_MONOTONIC) - wall,
           now_ms(CLOCK_THREAD_CPUTIME_ID) - cpu);
    reader_rig_close(&rig);
}

typedef struct {
    ReaderRig *rig;
    double called;
} Interrupter;

static gpointer interrupt_soon(gpointer user)
{
    Interrupter *interrupter = user;
    g_usleep(100 * 1000);
    interrupter->called = now_ms(CLOCK_MONOTONIC);
    interrupter->rig->driver->interrupt(interrupter->rig->reader);
    return NULL;
}

/* With a command on its way: interrupt to poll's return, and closing, which cancels the transfers.
 */
static void time_ending(const ReaderSubject *subject)
{
    ReaderRig rig;
    ReaderEvent event;
    open_subject(&rig, subject);
    reader_rig_order(&rig, "delay find 5000");
    Interrupter interrupter = {.rig = &rig};
    GThread *thread = g_thread_new("interrupt", interrupt_soon, &interrupter);
    rig.driver->poll(rig.reader, READER_MODE_SEARCH, RIG_TODAY, 10000, &event);
    double returned = now_ms(CLOCK_MONOTONIC);
    g_thread_join(thread);
    double closing = now_ms(CLOCK_MONOTONIC);
    rig.driver->close(rig.reader);
    rig.reader = NULL;
    printf("{\"ending\":\"%s\",\"interrupt_ms\":%.2f,\"close_ms\":%.2f}\n", subject->name,
           returned - interrupter.called, now_ms(CLOCK_MONOTONIC) - closing);
    reader_rig_close(&rig);
}

/* Of the driver's thread; the virtual bus answers from another one. */
static void time_idling(const ReaderSubject *subject, int seconds)
{
    ReaderRig rig;
    open_subject(&rig, subject);
    double wall = now_ms(CLOCK_MONOTONIC), cpu = now_ms(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < seconds; i++) {
        ReaderEvent event;
        rig.driver->poll(rig.reader, READER_MODE_IDLE, RIG_TODAY, 1000, &event);
    }
    printf("{\"idling\":\"%s\",\"wall_ms\":%.0f,\"cpu_ms\":%.3f}\n", subject->name,
           now_ms(CLOCK_MONOTONIC) - wall, now_ms(CLOCK_THREAD_CPUTIME_ID) - cpu);
    reader_rig_close(&rig);
}

int main(int argc, char **argv)
{
    usb_host_preload(argv);
    if (argc != 3) {
        fprintf(stderr, "usage: bench_reader ROUNDS IDLE_SECONDS\n");
        return 2;
    }
    int rounds = (int)strtol(argv[1], NULL, 10), seconds = (int)strtol(argv[2], NULL, 10);
    for (int i = 0; i < rounds * READER_SUBJECTS; i++)
        time_reading(&reader_subjects[i % READER_SUBJECTS]);
    for (int i = 0; i < rounds * READER_SUBJECTS; i++)
        time_ending(&reader_subjects[i % READER_SUBJECTS]);
    for (int i = 0; seconds > 0 && i < READER_SUBJECTS; i++)
        time_idling(&reader_subjects[i], seconds);
    return 0;
}
