/* Frames of the SAM-V protocol between a host and an ID card reader's security module:
 *
 *     host:   AA AA AA 96 69 | length (2) | command parameter [data]  | check
 *     reader: AA AA AA 96 69 | length (2) | SW1 SW2 SW3 [data]        | check
 *
 * The length is big-endian and counts everything behind it, the check byte included; the check byte
 * is the XOR of everything from the length on. Pure functions, any thread. */
#pragma once
#include <glib.h>

#define FRAME_BYTES_MAX 4096   /* the largest known frame has 2321 */
#define FRAME_HEADER_BYTES 7   /* preamble and length */
#define FRAME_COMMAND_BYTES 10 /* a command without data */
#define FRAME_GARBAGE_MAX 64   /* bytes in front of an answer that are skipped */

typedef enum {
    FRAME_UNKNOWN = 0,
    FRAME_COMPLETE,
    FRAME_INCOMPLETE, /* right so far: more must come */
    FRAME_BROKEN,     /* check byte, length or too much garbage: will never be one */
} FrameState;

typedef struct {
    guint8 status;      /* SW3, the only status to branch on */
    const guint8 *data; /* behind SW3, inside the caller's bytes */
    gsize length;       /* of `data` */
    gsize end;          /* bytes of the input up to the end of the frame */
} Frame;

/* Writes the frame of a command without data. */
void frame_build(guint8 command, guint8 parameter, guint8 ret[FRAME_COMMAND_BYTES]);

/* Looks for an answer in `bytes`. Garbage in front and one lost or doubled AA are tolerated, as
 * readers in the field send them. `ret_frame` is set when COMPLETE. */
FrameState frame_parse(const guint8 *bytes, gsize length, Frame *ret_frame);

/* Bytes that must still come behind the header at the end of `bytes`, for readers that send
 * header and body apart. FRAME_COMPLETE: `ret_body` is set. */
FrameState frame_parse_header(const guint8 *bytes, gsize length, gsize *ret_body);
