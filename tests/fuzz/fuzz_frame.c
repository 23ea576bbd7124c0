/* Bytes that an ID card reader may send: frames, and what the commands make of them. */
#include "drivers/samv/command.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

/* Any answer to any command ends in a known verdict; a text stands inside the frame. */
static void judge_all(const Frame *frame)
{
    for (int id = COMMAND_UNKNOWN + 1; id < COMMAND_COUNT; id++) {
        Verdict verdict = command_judge((CommandId)id, frame);
        FUZZ_CHECK(verdict.type != VERDICT_UNKNOWN && verdict.meaning);
    }
    CardParts parts;
    if (command_read_parts(frame, &parts))
        FUZZ_CHECK(parts.text >= frame->data && parts.photo == parts.text + 256 &&
                   parts.photo + parts.photo_bytes == frame->data + frame->length);
}

static void parse_raw(const guint8 *bytes, gsize length)
{
    Frame frame = {0};
    gsize body = 0;
    FrameState header = frame_parse_header(bytes, length, &body);
    FrameState state = frame_parse(bytes, length, &frame);
    FUZZ_CHECK(header != FRAME_UNKNOWN && state != FRAME_UNKNOWN);
    if (state != FRAME_COMPLETE)
        return;
    FUZZ_CHECK(header == FRAME_COMPLETE && frame.end <= length);
    FUZZ_CHECK(frame.data >= bytes && frame.data + frame.length < bytes + frame.end);
    judge_all(&frame);
}

/* The same bytes with a right header and check byte, so that they come through. */
static void parse_wrapped(const guint8 *bytes, gsize length)
{
    static guint8 whole[FRAME_BYTES_MAX];
    gsize body = MIN(length, FRAME_BYTES_MAX - FRAME_HEADER_BYTES - 1);
    if (body < 3)
        return;
    const guint8 head[] = {0xAA, 0xAA, 0xAA, 0x96, 0x69, (guint8)((body + 1) >> 8),
                           (guint8)(body + 1)};
    memcpy(whole, head, sizeof head);
    memcpy(whole + sizeof head, bytes, body);
    guint8 *check = whole + sizeof head + body;
    *check = 0;
    for (const guint8 *at = whole + 5; at < check; at++)
        *check ^= *at;
    Frame frame;
    FUZZ_CHECK(frame_parse(whole, sizeof head + body + 1, &frame) == FRAME_COMPLETE);
    FUZZ_CHECK(frame.length == body - 3 && !memcmp(frame.data, bytes + 3, frame.length));
    judge_all(&frame);
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    parse_raw(bytes, length);
    parse_wrapped(bytes, length);
    return 0;
}
