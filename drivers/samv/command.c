#include "drivers/samv/command.h"
#include "drivers/samv/card_text.h"

#define LENGTHS_BYTES 4 /* of text and photo, in front of them */

static const Command commands[] = {
    [COMMAND_RESET] = {"reset", 0x10, 0xFF, 0x90, 0, 0, 0, 1000},
    [COMMAND_STATUS] = {"status", 0x11, 0xFF, 0x90, 0, 0, 0, 1000},
    [COMMAND_IDENTIFY] = {"identify", 0x12, 0xFF, 0x90, 0, 16, 16, 1000},
    [COMMAND_FIND] = {"find", 0x20, 0x01, 0x9F, 0, 4, 4, 1000},
    [COMMAND_SELECT] = {"select", 0x20, 0x02, 0x90, 0, 8, 8, 1000},
    [COMMAND_READ] = {"read", 0x30, 0x01, 0x90, 0, LENGTHS_BYTES + CARD_TEXT_BYTES,
                      LENGTHS_BYTES + CARD_TEXT_BYTES + COMMAND_PHOTO_BYTES_MAX, 3000},
    [COMMAND_WATCH] = {"watch", 0x30, 0x03, 0x90, 0x91, 0, 4 * 70, 2000},
    [COMMAND_WATCH_NUMBER] = {"watch number", 0x30, 0x05, 0x90, 0x91, 0, 28, 2000},
};
_Static_assert(G_N_ELEMENTS(commands) == COMMAND_COUNT, "one row a command");

static const struct {
    guint8 status;
    Verdict verdict;
} statuses[] = {
    {0x10, {VERDICT_LINK, READER_FAILURE_LINK, 2, "checksum error"}},
    {0x11, {VERDICT_LINK, READER_FAILURE_LINK, 2, "length error"}},
    {0x21, {VERDICT_LINK, READER_FAILURE_LINK, 2, "command unknown"}},
    {0x23, {VERDICT_LINK, READER_FAILURE_LINK, 2, "privilege violated"}},
    {0x24, {VERDICT_LINK, READER_FAILURE_LINK, 2, "unrecognised error"}},
    {0x31, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 2, "card did not accept the reader"}},
    {0x32, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 2, "reader did not accept the card"}},
    {0x33, {VERDICT_CARD, READER_FAILURE_NOT_GENUINE, 2, "data does not verify"}},
    {0x34, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 2, "no card found yet"}},
    {0x40, {VERDICT_CARD, READER_FAILURE_WRONG_TYPE, 2, "unknown card type"}},
    {0x41, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 2, "read failed"}},
    {0x47, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 2, "no random number"}},
    {0x60, {VERDICT_LINK, READER_FAILURE_LINK, 2, "self-test failed"}},
    {0x66, {VERDICT_LINK, READER_FAILURE_LINK, 2, "security module not authorised"}},
    {0x80, {VERDICT_NO_CARD, READER_FAILURE_MOVED, 2, "no card"}},
    {0x81, {VERDICT_CARD, READER_FAILURE_UNREADABLE, 3, "select failed"}},
};

static const Verdict nonsense = {VERDICT_LINK, READER_FAILURE_LINK, 2, "answer makes no sense"};

const Command *command_row(CommandId id)
{
    return &commands[(gsize)id < COMMAND_COUNT ? id : COMMAND_UNKNOWN];
}

Verdict command_judge(CommandId id, const Frame *frame)
{
    const Command *row = command_row(id);
    if (frame->status == row->good && frame->length >= row->data_min &&
        frame->length <= row->data_max)
        return (Verdict){.type = VERDICT_GOOD, .meaning = "good"};
    if (row->good_too && frame->status == row->good_too)
        return (Verdict){.type = VERDICT_GOOD, .meaning = "good, nothing stored"};
    for (gsize i = 0; i < G_N_ELEMENTS(statuses) && frame->length == 0; i++)
        if (statuses[i].status == frame->status)
            return statuses[i].verdict;
    return nonsense;
}

gboolean command_is_unknown(const Frame *frame)
{
    return frame->length == 0 &&
           (frame->status == 0x21 || frame->status == 0x23 || frame->status == 0x24);
}

gboolean command_read_parts(const Frame *frame, CardParts *ret)
{
    if (frame->length < LENGTHS_BYTES)
        return FALSE;
    gsize text = (gsize)frame->data[0] << 8 | frame->data[1];
    gsize photo = (gsize)frame->data[2] << 8 | frame->data[3];
    if (text != CARD_TEXT_BYTES || photo > COMMAND_PHOTO_BYTES_MAX ||
        frame->length != LENGTHS_BYTES + text + photo)
        return FALSE;
    ret->text = frame->data + LENGTHS_BYTES;
    ret->photo = ret->text + text;
    ret->photo_bytes = photo;
    return TRUE;
}
