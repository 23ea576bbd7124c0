#include "drivers/samv/frame.h"
#include <string.h>

static const guint8 preamble[] = {0xAA, 0xAA, 0xAA, 0x96, 0x69};
#define PREAMBLE_BYTES 5
#define STATUS_BYTES 3
#define BODY_BYTES_MIN (STATUS_BYTES + 1)

_Static_assert(FRAME_HEADER_BYTES == PREAMBLE_BYTES + 2, "header is preamble and length");

static guint8 xor_of(const guint8 *bytes, gsize length)
{
    guint8 check = 0;
    for (gsize i = 0; i < length; i++)
        check ^= bytes[i];
    return check;
}

void frame_build(guint8 command, guint8 parameter, guint8 ret[FRAME_COMMAND_BYTES])
{
    memcpy(ret, preamble, PREAMBLE_BYTES);
    ret[5] = 0;
    ret[6] = 3;
    ret[7] = command;
    ret[8] = parameter;
    ret[9] = xor_of(ret + 5, 4);
}

/* Where the length field begins: behind AA AA 96 69 (the first AA may be lost). -1: nowhere. */
static gssize find_length(const guint8 *bytes, gsize length)
{
    const gsize mark = PREAMBLE_BYTES - 1;
    for (gsize i = 0; i + mark <= length && i <= FRAME_GARBAGE_MAX; i++)
        if (!memcmp(bytes + i, preamble + 1, mark))
            return (gssize)(i + mark);
    return -1;
}

FrameState frame_parse_header(const guint8 *bytes, gsize length, gsize *ret_body)
{
    gssize at = find_length(bytes, length);
    if (at < 0)
        return length < FRAME_GARBAGE_MAX + PREAMBLE_BYTES ? FRAME_INCOMPLETE : FRAME_BROKEN;
    if (length - (gsize)at < 2)
        return FRAME_INCOMPLETE;
    gsize body = (gsize)bytes[at] << 8 | bytes[at + 1];
    if (body < BODY_BYTES_MIN || body > FRAME_BYTES_MAX - FRAME_HEADER_BYTES)
        return FRAME_BROKEN;
    *ret_body = body;
    return FRAME_COMPLETE;
}

FrameState frame_parse(const guint8 *bytes, gsize length, Frame *ret_frame)
{
    gsize body;
    FrameState state = frame_parse_header(bytes, length, &body);
    if (state != FRAME_COMPLETE)
        return state;
    gsize at = (gsize)find_length(bytes, length);
    gsize end = at + 2 + body;
    if (length < end)
        return FRAME_INCOMPLETE;
    if (xor_of(bytes + at, 2 + body) != 0)
        return FRAME_BROKEN;
    *ret_frame = (Frame){
        .status = bytes[at + 4],
        .data = bytes + at + 2 + STATUS_BYTES,
        .length = body - BODY_BYTES_MIN,
        .end = end,
    };
    return FRAME_COMPLETE;
}
