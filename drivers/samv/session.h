/* The state of one open reader, shared by its steps (samv.c) and its recovery (ladder.c). */
#pragma once
#include "drivers/reader.h"
#include "drivers/samv/bus.h"
#include "drivers/samv/transport.h"

#define NEVER_MS G_MAXINT64
#define REOPEN_MS 1000 /* a module needs up to 2 s after power-on */
#define RUNGS 8        /* of the ladder */

typedef enum {
    STEP_UNKNOWN = 0,
    STEP_ABSENT,   /* no reader is open */
    STEP_LADDER,   /* getting it to answer */
    STEP_IDENTIFY, /* it answers: which one is it */
    STEP_FIND,
    STEP_SELECT,
    STEP_READ,
    STEP_WATCH, /* does the card still lie there */
    STEP_LEFT,  /* the reader is well, but the card no longer answers */
    STEP_REST,  /* the caller watches a card that is gone */
    STEP_COUNT
} Step;

typedef enum {
    CARD_UNKNOWN = 0,
    CARD_READ,    /* and given to the caller */
    CARD_REFUSED, /* read or judged once; the same card gets no second verdict */
    CARD_UNREAD,  /* it failed, and is tried again when the caller looks for one */
} Card;

typedef enum { DONE_UNKNOWN = 0, DONE_STEP, DONE_EVENT, DONE_WAIT } Done;

struct Reader {
    Bus *bus;
    Transport *transport;
    int percent, poll_ms, poll_idle_ms;
    ReaderMode mode;
    int today;
    Step step;
    Step resume; /* where the ladder leads back to */
    gsize rung;
    gboolean asked; /* the step's answer is awaited */
    gint64 due_ms;  /* nothing is asked before */
    Tri attached;   /* what the caller was told last, and why not */
    ReaderAbsence absence;
    int tried[RUNGS]; /* without one good look since */
    CommandId watch; /* what this reader answers while a card lies there */
    gboolean watch_changed;
    gboolean watched; /* its data came: it answers the watch; before, FIND finds it */
    int watch_faults;
    gboolean keep_photo;
    Card card;
    ReaderFailure trouble; /* of the card that is being read */
    int tries;
    const char *reason; /* for being absent, as last logged */
    gint interrupted;
    gboolean opened_before;
    GMutex told_lock; /* of `told`, which other threads copy */
    ReaderDescription told;
};

/* `ms` as configured by deadline_percent. */
int session_scale_ms(const Reader *reader, int ms);

/* Goes to a step, which may begin at once; session_set_due after it makes it wait. */
void session_go(Reader *reader, Step step);
void session_set_due(Reader *reader, int pause_ms);

/* Fill the caller's event; the last two only when the caller was not told yet. */
Done session_give(ReaderEvent *event, ReaderEventType type);
Done session_tell_attached(Reader *reader, ReaderEvent *event);
Done session_tell_detached(Reader *reader, ReaderAbsence absence, const char *reason,
                           ReaderEvent *event);

void session_shut(Reader *reader);                     /* closes the device */
Done session_lose(Reader *reader, ReaderEvent *event); /* it was unplugged */
