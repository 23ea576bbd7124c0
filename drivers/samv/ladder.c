#include "drivers/samv/ladder.h"
#include "drivers/samv/command.h"
#include "firmware/base/log.h"

#define DRAIN_SILENCE_MS 50
#define RELAPSES_MAX 3 /* ladders climbed without one good look in between */

typedef enum { RUNG_UNKNOWN = 0, RUNG_DRAIN, RUNG_COMMAND, RUNG_CLEAR, RUNG_REOPEN } RungType;

static const struct {
    const char *word;
    RungType type;
    CommandId command; /* a good answer ends the climb */
} rungs[] = {
    {"drain", RUNG_DRAIN, COMMAND_UNKNOWN},       {"status", RUNG_COMMAND, COMMAND_STATUS},
    {"reset", RUNG_COMMAND, COMMAND_RESET},       {"clear halt", RUNG_CLEAR, COMMAND_UNKNOWN},
    {"drain again", RUNG_DRAIN, COMMAND_UNKNOWN}, {"status again", RUNG_COMMAND, COMMAND_STATUS},
    {"reopen", RUNG_REOPEN, COMMAND_UNKNOWN},
};
#define RUNG_FIRST 0
#define RUNG_AFTER_STALL 3
#define RUNG_LAST (G_N_ELEMENTS(rungs) - 1)

Done ladder_climb(Reader *reader, Link link, const char *why, ReaderEvent *event)
{
    if (link == LINK_GONE)
        return session_lose(reader, event);
    reader->relapses++;
    log_info("reader", "%s; recovering (%d without a good look)", why, reader->relapses);
    reader->rung = link == LINK_STALLED ? RUNG_AFTER_STALL : RUNG_FIRST;
    if (reader->relapses > RELAPSES_MAX)
        reader->rung = RUNG_LAST;
    session_go(reader, STEP_LADDER);
    return DONE_STEP;
}

void ladder_begin(Reader *reader, Step resume)
{
    reader->resume = resume;
    reader->rung = RUNG_FIRST;
    session_go(reader, STEP_LADDER);
}

static Done reopen(Reader *reader, ReaderEvent *event)
{
    session_shut(reader);
    reader->relapses = 0;
    reader->reopens++;
    session_set_due(reader, session_scale_ms(reader, REOPEN_MS));
    if (reader->reopens < REOPEN_TOLD)
        return DONE_STEP;
    session_log_reason(reader, "plugged in, but does not answer");
    return session_tell_detached(reader, event);
}

Done ladder_ask(Reader *reader, ReaderEvent *event)
{
    switch (rungs[reader->rung].type) {
    case RUNG_DRAIN:
        transport_drain(reader->transport, session_scale_ms(reader, DRAIN_SILENCE_MS));
        reader->asked = TRUE;
        return DONE_STEP;
    case RUNG_COMMAND: {
        const Command *command = command_row(rungs[reader->rung].command);
        transport_ask(reader->transport, command->code, command->parameter,
                      session_scale_ms(reader, command->deadline_ms));
        reader->asked = TRUE;
        return DONE_STEP;
    }
    case RUNG_CLEAR:
        transport_clear_halt(reader->transport);
        reader->rung++;
        return DONE_STEP;
    case RUNG_REOPEN:
    case RUNG_UNKNOWN:
        break;
    }
    return reopen(reader, event);
}

Done ladder_answer(Reader *reader, Link link, ReaderEvent *event)
{
    CommandId command = rungs[reader->rung].command;
    if (link == LINK_GONE)
        return session_lose(reader, event);
    if (command != COMMAND_UNKNOWN && link == LINK_ANSWERED &&
        command_judge(command, transport_answer(reader->transport)).type == VERDICT_GOOD) {
        log_debug("reader", "answers again at rung '%s'", rungs[reader->rung].word);
        session_go(reader, reader->resume);
        return DONE_STEP;
    }
    reader->rung = MIN(reader->rung + 1, RUNG_LAST);
    return DONE_STEP;
}
