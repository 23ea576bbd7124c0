#include "tests/harness/virtual_reader/samv_fault.h"
#include <string.h>

#define PACKET_BYTES 64
#define INNER_LENGTHS_OFFSET 10 /* in the answer to the read command */

static const Fault faults[] = {
    {"none", EFFECT_NONE, 0, MODEL_STEP_ANY},
    /* the frame */
    {"wrong-checksum", EFFECT_CHECK, 0, MODEL_STEP_ANY},
    {"wrong-length", EFFECT_LENGTH, 0, MODEL_STEP_ANY},
    {"garbage-before", EFFECT_FRONT, 3, MODEL_STEP_ANY},
    {"missing-preamble-byte", EFFECT_PREAMBLE, -1, MODEL_STEP_ANY},
    {"extra-preamble-byte", EFFECT_PREAMBLE, 1, MODEL_STEP_ANY},
    {"short-then-silence", EFFECT_HALF, 0, MODEL_STEP_ANY},
    {"silence", EFFECT_SILENCE, 0, MODEL_STEP_ANY},
    {"late-answer", EFFECT_LATE, 0, MODEL_STEP_ANY},
    {"duplicate-answer", EFFECT_TWICE, 0, MODEL_STEP_ANY},
    {"text-empty", EFFECT_INNER, 0x00000400, MODEL_STEP_READ},
    {"text-too-long", EFFECT_INNER, 0x01010400, MODEL_STEP_READ},
    {"photo-too-long", EFFECT_INNER, 0x01000401, MODEL_STEP_READ},
    /* the cable */
    {"flipped-bit", EFFECT_FLIP, 0, MODEL_STEP_ANY},
    {"lost-packet", EFFECT_LOSE, 0, MODEL_STEP_ANY},
    {"doubled-packet", EFFECT_DOUBLE, 0, MODEL_STEP_ANY},
    {"odd-packets", EFFECT_PACKETS, 13, MODEL_STEP_ANY},
    {"empty-packet", EFFECT_ZERO, 0, MODEL_STEP_ANY},
    {"stall", EFFECT_STALL, 0, MODEL_STEP_ANY},
    {"hung", EFFECT_HUNG, 0, MODEL_STEP_ANY},
    {"unplug", EFFECT_UNPLUG, 0, MODEL_STEP_ANY},
    {"boot-silence", EFFECT_BOOT, 0, MODEL_STEP_ANY},
    /* what the reader says (SW3) */
    {"checksum-complaint", EFFECT_STATUS, 0x10, MODEL_STEP_ANY},
    {"length-complaint", EFFECT_STATUS, 0x11, MODEL_STEP_ANY},
    {"unknown-command", EFFECT_STATUS, 0x21, MODEL_STEP_ANY},
    {"privilege-violated", EFFECT_STATUS, 0x23, MODEL_STEP_ANY},
    {"unrecognised-error", EFFECT_STATUS, 0x24, MODEL_STEP_ANY},
    {"self-test-failed", EFFECT_STATUS, 0x60, MODEL_STEP_ANY},
    {"not-authorised", EFFECT_STATUS, 0x66, MODEL_STEP_ANY},
    /* what it says of the card */
    {"card-refused-reader", EFFECT_STATUS, 0x31, MODEL_STEP_READ},
    {"reader-refused-card", EFFECT_STATUS, 0x32, MODEL_STEP_READ},
    {"not-genuine", EFFECT_STATUS, 0x33, MODEL_STEP_READ},
    {"not-found-yet", EFFECT_STATUS, 0x34, MODEL_STEP_READ},
    {"unknown-type", EFFECT_STATUS, 0x40, MODEL_STEP_READ},
    {"moved", EFFECT_STATUS, 0x41, MODEL_STEP_READ},
    {"no-random-number", EFFECT_STATUS, 0x47, MODEL_STEP_READ},
    {"select-failed", EFFECT_STATUS, 0x81, MODEL_STEP_SELECT},
};

const Fault *fault_row(gsize fault)
{
    return &faults[MIN(fault, G_N_ELEMENTS(faults) - 1)];
}

gsize fault_find(const char *word)
{
    for (gsize row = 0; row < G_N_ELEMENTS(faults); row++)
        if (!strcmp(faults[row].word, word))
            return row;
    return G_MAXSIZE;
}

const char *const *samv_model_faults(void)
{
    static const char *words[G_N_ELEMENTS(faults) + 1];
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
        words[i] = faults[i].word;
    return words;
}

static void put_in_front(const guint8 *bytes, int count, ModelAnswer *answer)
{
    g_byte_array_prepend(answer->bytes, bytes, (guint)count);
    answer->header_length += (gsize)count;
}

/* The check byte fits the wrong lengths. */
static void write_inner(int lengths, ModelAnswer *answer)
{
    GByteArray *bytes = answer->bytes;
    if (bytes->len < INNER_LENGTHS_OFFSET + 5)
        return;
    for (int i = 0; i < 4; i++) {
        guint8 *at = &bytes->data[INNER_LENGTHS_OFFSET + i];
        guint8 value = (guint8)(lengths >> (24 - 8 * i));
        bytes->data[bytes->len - 1] ^= *at ^ value;
        *at = value;
    }
}

static void cut(ModelAnswer *answer, guint length)
{
    g_byte_array_set_size(answer->bytes, MIN(length, answer->bytes->len));
    answer->header_length = MIN(answer->header_length, answer->bytes->len);
}

static void flip_bit(ModelAnswer *answer)
{
    GByteArray *bytes = answer->bytes;
    gsize from = answer->header_length;
    if (bytes->len <= from)
        return;
    guint bit = (answer->salt * 2654435761u >> 8) % (8 * (guint)(bytes->len - from));
    bytes->data[from + bit / 8] ^= (guint8)(1 << bit % 8);
}

static void change_packet(Effect effect, ModelAnswer *answer)
{
    GByteArray *bytes = answer->bytes;
    guint at = bytes->len / PACKET_BYTES / 2 * PACKET_BYTES;
    guint length = MIN(PACKET_BYTES, bytes->len - at);
    g_autofree guint8 *copy = g_memdup2(bytes->data + at, length);
    if (effect == EFFECT_LOSE) {
        g_byte_array_remove_range(bytes, at, length);
        answer->header_length = MIN(answer->header_length, bytes->len);
        return;
    }
    g_autofree guint8 *rest = g_memdup2(bytes->data + at, bytes->len - at);
    guint rest_length = bytes->len - at;
    g_byte_array_set_size(bytes, at);
    g_byte_array_append(bytes, copy, length);
    g_byte_array_append(bytes, rest, rest_length);
}

void fault_spoil(gsize fault, ModelAnswer *answer)
{
    static const guint8 garbage[] = {0x00, 0x96, 0xAA}, preamble[] = {0xAA};
    const Fault *row = fault_row(fault);
    GByteArray *bytes = answer->bytes;
    switch (row->effect) {
    case EFFECT_CHECK:
        bytes->data[bytes->len - 1] ^= 0x55;
        break;
    case EFFECT_LENGTH:
        bytes->data[6] ^= 0x01;
        break;
    case EFFECT_INNER:
        write_inner(row->value, answer);
        break;
    case EFFECT_FRONT:
        put_in_front(garbage, MIN(row->value, (int)sizeof garbage), answer);
        break;
    case EFFECT_PREAMBLE:
        if (row->value > 0) {
            put_in_front(preamble, 1, answer);
        } else {
            g_byte_array_remove_index(bytes, 0);
            answer->header_length--;
        }
        break;
    case EFFECT_UNPLUG:
        answer->unplug = TRUE;
        cut(answer, MAX(bytes->len / 2, (guint)answer->header_length + 1));
        break;
    case EFFECT_HALF:
        cut(answer, MAX(bytes->len / 2, (guint)answer->header_length + 1));
        break;
    case EFFECT_SILENCE:
    case EFFECT_HUNG:
    case EFFECT_BOOT:
        cut(answer, 0);
        break;
    case EFFECT_TWICE: {
        g_autofree guint8 *copy = g_memdup2(bytes->data, bytes->len);
        g_byte_array_append(bytes, copy, bytes->len);
        break;
    }
    case EFFECT_FLIP:
        flip_bit(answer);
        break;
    case EFFECT_LOSE:
    case EFFECT_DOUBLE:
        change_packet(row->effect, answer);
        break;
    case EFFECT_PACKETS:
        answer->packet_bytes = (gsize)row->value;
        break;
    case EFFECT_ZERO:
        answer->empty_first = TRUE;
        break;
    case EFFECT_STALL:
        answer->stall = TRUE;
        break;
    case EFFECT_NONE:
    case EFFECT_STATUS:
    case EFFECT_LATE:
        break;
    }
}
