/* The virtual SAM-V reader without its cable: protocol, card, simulated delays and faults. Knows
 * nothing of USB, so that any host (umockdev, usbredir) can carry it. Not thread-safe: the host
 * locks. */
#pragma once
#include "tests/harness/virtual_reader/card_file.h"

typedef struct SamvModel SamvModel;

typedef enum {
    MODEL_STEP_ANY = 0,
    MODEL_STEP_FIND,
    MODEL_STEP_SELECT,
    MODEL_STEP_READ,
    MODEL_STEP_ADDRESS,
    MODEL_STEP_NUMBER,
    MODEL_STEP_STATUS,
    MODEL_STEP_RESET,
    MODEL_STEP_IDENTIFY,
    MODEL_STEP_COUNT
} ModelStep;

/* One command that has come whole. */
typedef struct {
    ModelStep step; /* ANY: unknown command, or a wrong check byte */
    gboolean intact;
    guint generation; /* of the card when the command came */
    gsize fault;      /* row of the fault table that meets this command; 0: none */
    int delay_ms;     /* until the answer goes out */
} ModelRequest;

typedef struct {
    GByteArray *bytes;    /* owned by the caller; empty: silence */
    gsize header_length;  /* of `bytes`, for readers that send header and body apart */
    gsize packet_bytes;   /* how it is cut into packets; 0: as large as they may be */
    guint salt;           /* another one each time */
    gboolean stall;       /* the IN endpoints halt instead */
    gboolean empty_first; /* an empty packet comes before it */
    gboolean unplug;      /* when it is out */
} ModelAnswer;

SamvModel *samv_model_create(void);
void samv_model_destroy(SamvModel *model); /* NULL is fine */

/* Bytes from the host's OUT pipes, in order. TRUE: a command is whole. */
gboolean samv_model_feed(SamvModel *model, const guint8 *bytes, gsize length,
                         ModelRequest *ret_request);

/* The answer, asked for when the delay is over: a card lifted meanwhile was not read. */
void samv_model_answer(SamvModel *model, const ModelRequest *request, ModelAnswer *ret_answer);

void samv_model_power_on(SamvModel *model); /* forgets half commands and the card */
void samv_model_reset(SamvModel *model);    /* of its USB port: the same, and ends `hung` */

/* One line of the control language that concerns the model: card, lift, mode, delay, fault. NULL:
 * done; else what is wrong, and "" when the word is not the model's. The caller frees. */
char *samv_model_control(SamvModel *model, char **words);

/* Members of a JSON object, without braces. The caller frees. */
char *samv_model_status(const SamvModel *model);

/* Words of all faults, NULL-terminated; a fault's number is its place. */
const char *const *samv_model_faults(void);
