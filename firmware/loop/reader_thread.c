#include "firmware/base/clock.h"
#include "firmware/loop/calls.h"

#define POLL_MS 10000

struct ReaderThread {
    const ReaderDriver *driver;
    Reader *reader;
    Queue *events;
    GThread *thread;
    gint mode; /* ReaderMode */
    gint stopping;
};

static gpointer run(gpointer data)
{
    ReaderThread *thread = data;
    while (!g_atomic_int_get(&thread->stopping)) {
        ReaderEvent event = {READER_EVENT_UNKNOWN};
        thread->driver->poll(thread->reader, (ReaderMode)g_atomic_int_get(&thread->mode),
                             clock_shanghai_day(clock_wall_ms()), POLL_MS, &event);
        if (event.type == READER_EVENT_NONE || event.type == READER_EVENT_UNKNOWN)
            continue;
        if (event.type == READER_EVENT_CARD_READ) /* at once: it must not be looked for again */
            g_atomic_int_set(&thread->mode, READER_MODE_PRESENT);
        ReaderReport *report = g_new0(ReaderReport, 1);
        report->event = event;
        queue_push(thread->events, MESSAGE_READER, report, (GDestroyNotify)reader_report_free);
    }
    return NULL;
}

ReaderThread *reader_thread_start(const ReaderDriver *driver, Reader *reader, Queue *events)
{
    ReaderThread *thread = g_new0(ReaderThread, 1);
    thread->driver = driver;
    thread->reader = reader;
    thread->events = events;
    thread->mode = READER_MODE_PRESENT;
    thread->thread = g_thread_new("reader", run, thread);
    return thread;
}

void reader_thread_set_mode(ReaderThread *thread, ReaderMode mode)
{
    if (g_atomic_int_get(&thread->mode) == (gint)mode)
        return;
    g_atomic_int_set(&thread->mode, (gint)mode);
    thread->driver->interrupt(thread->reader);
}

void reader_thread_describe(ReaderThread *thread, ReaderDescription *ret)
{
    thread->driver->describe(thread->reader, ret);
}

void reader_thread_stop(ReaderThread *thread)
{
    if (!thread)
        return;
    g_atomic_int_set(&thread->stopping, 1);
    thread->driver->interrupt(thread->reader);
    g_thread_join(thread->thread);
    thread->driver->close(thread->reader);
    g_free(thread);
}
