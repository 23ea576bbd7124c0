/* The commands that a kiosk gives to a SAM-V reader and what the answers mean. */
#pragma once
#include "drivers/reader.h"
#include "drivers/samv/frame.h"

typedef enum {
    COMMAND_UNKNOWN = 0,
    COMMAND_RESET,
    COMMAND_STATUS,
    COMMAND_IDENTIFY, /* the security module's own number */
    COMMAND_FIND,
    COMMAND_SELECT,
    COMMAND_READ,  /* text and photo; no fingerprint is ever asked for */
    COMMAND_WATCH, /* newest address: answered while the card lies there; never looked at */
    COMMAND_WATCH_NUMBER, /* the same with the card's management number, for readers without it */
    COMMAND_COUNT
} CommandId;

typedef struct {
    const char *word;
    guint8 code, parameter;
    guint8 good, good_too;    /* SW3; 0: no second one */
    gsize data_min, data_max; /* bytes behind a `good` */
    int deadline_ms;          /* from sending to the whole answer */
} Command;

const Command *command_row(CommandId id);

/* What an answer is worth. */
typedef enum {
    VERDICT_UNKNOWN = 0,
    VERDICT_GOOD,
    VERDICT_NO_CARD, /* nothing on the reader: the normal answer to FIND */
    VERDICT_CARD,    /* `failure` of the card, perhaps after another try */
    VERDICT_LINK,    /* nonsense, or the reader itself is in trouble */
} VerdictType;

typedef struct {
    VerdictType type;
    ReaderFailure failure;
    int tries;           /* reads of the same card before the failure is told */
    const char *meaning; /* for the log */
} Verdict;

Verdict command_judge(CommandId id, const Frame *frame);

/* The answer says that the reader does not know the command. */
gboolean command_is_unknown(const Frame *frame);

typedef struct {
    const guint8 *text;  /* CARD_TEXT_BYTES */
    const guint8 *photo; /* compressed (WLT), opaque to us */
    gsize photo_bytes;   /* 0 to COMMAND_PHOTO_BYTES_MAX */
} CardParts;

#define COMMAND_PHOTO_BYTES_MAX 1024

/* Takes a good answer to COMMAND_READ apart; the parts point into the frame. FALSE: the inner
 * lengths are wrong. */
gboolean command_read_parts(const Frame *frame, CardParts *ret);
