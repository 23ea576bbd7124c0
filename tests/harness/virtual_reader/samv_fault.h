/* The faults of the field that the virtual reader can have: one table. */
#pragma once
#include "tests/harness/virtual_reader/samv_model.h"

typedef enum {
    EFFECT_NONE = 0,
    EFFECT_STATUS, /* answers `value` as SW3 */
    EFFECT_CHECK,
    EFFECT_LENGTH,
    EFFECT_INNER,    /* lengths of text and photo are `value` */
    EFFECT_FRONT,    /* `value` bytes of garbage in front */
    EFFECT_PREAMBLE, /* `value` more or fewer AA */
    EFFECT_HALF,
    EFFECT_SILENCE,
    EFFECT_HUNG, /* silent until a USB reset */
    EFFECT_BOOT, /* silent for a while after it was plugged in */
    EFFECT_LATE,
    EFFECT_TWICE,
    EFFECT_FLIP,    /* one bit behind the header, another one each time */
    EFFECT_LOSE,    /* a packet from the middle */
    EFFECT_DOUBLE,  /* the same packet comes again */
    EFFECT_PACKETS, /* of `value` bytes */
    EFFECT_ZERO,    /* an empty packet first */
    EFFECT_STALL,
    EFFECT_UNPLUG, /* half an answer, then gone */
} Effect;

typedef struct {
    const char *word;
    Effect effect;
    int value;
    ModelStep step; /* the commands it meets unless told otherwise */
} Fault;

/* Row `fault`; 0 is "none". */
const Fault *fault_row(gsize fault);
gsize fault_find(const char *word); /* G_MAXSIZE: no such fault */

/* Does to a good answer what the fault does. */
void fault_spoil(gsize fault, ModelAnswer *answer);
