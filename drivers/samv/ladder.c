#include "drivers/samv/ladder.h"
#include "drivers/samv/command.h"
#include "drivers/samv/description.h"
#include "firmware/base/log.h"

#define DRAIN_SILENCE_MS 50
#define PAUSE_MAX_MS 30000

typedef enum {
    RUNG_UNKNOWN = 0,
    RUNG_DRAIN,
    RUNG_COMMAND,
    RUNG_CLEAR,
    RUNG_REOPEN,
    RUNG_RESET,
} RungType;

/* `most`: climbed so often without one good look in between, it is passed by. A device that was
 * opened anew or reset gets all the rungs before that again. When all are used up, the device is
 * only opened anew, with the pause that has grown until then: it doubles with each USB reset. */
static const struct {
    const char *word;
    RungType type;
    CommandId command; /* a good answer ends the climb */
    int most;
} rungs[] = {
    {"drain", RUNG_DRAIN, COMMAND_UNKNOWN, 2},
    {"status", RUNG_COMMAND, COMMAND_STATUS, 2},
    {"reset", RUNG_COMMAND, COMMAND_RESET, 1},
    {"clear halt", RUNG_CLEAR, COMMAND_UNKNOWN, 1},
    {"drain again", RUNG_DRAIN, COMMAND_UNKNOWN, 1},
    {"status again", RUNG_COMMAND, COMMAND_STATUS, 1},
    {"reopen", RUNG_REOPEN, COMMAND_UNKNOWN, 2},
    {"USB reset", RUNG_RESET, COMMAND_UNKNOWN, 4},
};
_Static_assert(G_N_ELEMENTS(rungs) == RUNGS, "as many as are counted");
enum { AT_FIRST = 0, AT_CLEAR = 3, AT_REOPEN = 6, AT_USB_RESET = 7 };

const char *ladder_rung_word(gsize rung)
{
    return rungs[MIN(rung, RUNGS - 1)].word;
}

static void forget_tries(Reader *reader, gsize below)
{
    for (gsize i = 0; i < below; i++)
        reader->tried[i] = 0;
}

void ladder_calm(Reader *reader)
{
    forget_tries(reader, RUNGS);
}

gboolean ladder_is_hopeless(const Reader *reader)
{
    return reader->tried[AT_REOPEN] >= rungs[AT_REOPEN].most;
}

/* The first rung from `rung` on that may still be climbed. */
static void step_on(Reader *reader, gsize rung)
{
    while (rung < RUNGS && reader->tried[rung] >= rungs[rung].most)
        rung++;
    reader->rung = rung < RUNGS ? rung : AT_REOPEN;
}

Done ladder_climb(Reader *reader, Link link, const char *why, ReaderEvent *event)
{
    if (link == LINK_GONE)
        return session_lose(reader, event);
    log_info("reader", "%s; recovering", why);
    step_on(reader, link == LINK_STALLED ? AT_CLEAR : AT_FIRST);
    session_go(reader, STEP_LADDER);
    return DONE_STEP;
}

void ladder_begin(Reader *reader, Step resume)
{
    reader->resume = resume;
    step_on(reader, AT_FIRST);
    session_go(reader, STEP_LADDER);
}

static Done reopen(Reader *reader, ReaderEvent *event)
{
    int pause_ms = MIN(REOPEN_MS << MIN(reader->tried[AT_USB_RESET], 8), PAUSE_MAX_MS);
    session_shut(reader);
    session_set_due(reader, session_scale_ms(reader, pause_ms));
    if (!ladder_is_hopeless(reader))
        return DONE_STEP;
    return session_tell_detached(reader, READER_ABSENCE_SILENT, "plugged in, but does not answer",
                                 event);
}

/* One that nobody waits for any more tells less: it goes on for hours. */
static void note(Reader *reader)
{
    gsize rung = reader->rung;
    reader->tried[rung]++;
    guint climbed = description_count_rung(reader, rung);
    if (rungs[rung].type == RUNG_RESET || rungs[rung].command == COMMAND_RESET)
        description_count(reader, READER_COUNTER_RESET);
    log_line(reader->attached == TRI_NO ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "reader",
             "recovery: %s (%u since the start)", rungs[rung].word, climbed);
}

Done ladder_ask(Reader *reader, ReaderEvent *event)
{
    note(reader);
    reader->asked = TRUE;
    switch (rungs[reader->rung].type) {
    case RUNG_DRAIN:
        transport_drain(reader->transport, session_scale_ms(reader, DRAIN_SILENCE_MS));
        return DONE_STEP;
    case RUNG_COMMAND: {
        const Command *command = command_row(rungs[reader->rung].command);
        transport_ask(reader->transport, command->code, command->parameter,
                      session_scale_ms(reader, command->deadline_ms));
        return DONE_STEP;
    }
    case RUNG_RESET:
        transport_reset(reader->transport);
        forget_tries(reader, AT_REOPEN);
        return DONE_STEP;
    case RUNG_CLEAR:
        transport_clear_halt(reader->transport);
        return DONE_STEP;
    case RUNG_REOPEN:
    case RUNG_UNKNOWN:
        break;
    }
    forget_tries(reader, AT_REOPEN);
    return reopen(reader, event);
}

Done ladder_answer(Reader *reader, Link link, ReaderEvent *event)
{
    CommandId command = rungs[reader->rung].command;
    if (link == LINK_GONE)
        return session_lose(reader, event);
    if (rungs[reader->rung].type == RUNG_RESET)
        return reopen(reader, event);
    if (command != COMMAND_UNKNOWN && link == LINK_ANSWERED &&
        command_judge(command, transport_answer(reader->transport)).type == VERDICT_GOOD) {
        log_debug("reader", "answers again at rung '%s'", rungs[reader->rung].word);
        session_go(reader, reader->resume);
        return DONE_STEP;
    }
    step_on(reader, reader->rung + 1);
    return DONE_STEP;
}
