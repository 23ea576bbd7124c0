#include "drivers/samv/description.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include <string.h>

int session_scale_ms(const Reader *reader, int ms)
{
    return MAX(ms * reader->percent / 100, 5);
}

void session_set_due(Reader *reader, int pause_ms)
{
    reader->due_ms = clock_monotonic_ms() + pause_ms;
}

void session_go(Reader *reader, Step step)
{
    reader->step = step;
    reader->due_ms = 0;
}

Done session_give(ReaderEvent *event, ReaderEventType type)
{
    event->type = type;
    return DONE_EVENT;
}

Done session_tell_attached(Reader *reader, ReaderEvent *event)
{
    if (reader->attached == TRI_YES)
        return DONE_STEP;
    reader->attached = TRI_YES;
    return session_give(event, READER_EVENT_ATTACHED);
}

/* Once a reason. */
static void log_reason(Reader *reader, const char *reason)
{
    if (g_strcmp0(reader->reason, reason) != 0)
        log_warn("reader", "out of service: %s", reason);
    reader->reason = g_intern_string(reason);
}

Done session_tell_detached(Reader *reader, ReaderAbsence absence, const char *reason,
                           ReaderEvent *event)
{
    log_reason(reader, reason);
    if (absence == READER_ABSENCE_NONE || absence == READER_ABSENCE_SEVERAL)
        description_clear_device(reader);
    reader->trouble = READER_FAILURE_UNKNOWN;
    reader->card = CARD_UNKNOWN;
    reader->tries = reader->watch_faults = 0;
    if (reader->attached == TRI_NO && reader->absence == absence)
        return DONE_STEP;
    reader->attached = TRI_NO;
    reader->absence = event->absence = absence;
    return session_give(event, READER_EVENT_DETACHED);
}

void session_shut(Reader *reader)
{
    g_clear_pointer(&reader->transport, transport_close);
    reader->asked = FALSE;
    reader->step = STEP_ABSENT;
}

Done session_lose(Reader *reader, ReaderEvent *event)
{
    session_shut(reader);
    memset(reader->tried, 0, sizeof reader->tried);
    session_set_due(
        reader, session_scale_ms(reader, REOPEN_MS)); /* the bus may still list it for a moment */
    return session_tell_detached(reader, READER_ABSENCE_NONE, "not plugged in", event);
}
