/* The rules of one issuance at the service, pure: which states there are, what each means for
 * certificate and booklet, and who may go from which to which. The store's indexes are made from
 * these rows. */
#pragma once
#include <glib.h>

typedef enum {
    REGISTER_STATE_UNKNOWN = 0,
    REGISTER_STATE_RESERVED,
    REGISTER_STATE_RELEASED,
    REGISTER_STATE_PRINTED,
    REGISTER_STATE_DELIVERED,
    REGISTER_STATE_RETRACTED,
    REGISTER_STATE_SPOILED,
    REGISTER_STATE_LAPSED, /* the lease ran out: "unsure" to everybody, but the kiosk's own journal
                              may still say how it ended */
    REGISTER_STATE_UNSURE, /* the kiosk itself does not know: two people settle it */
    REGISTER_STATE_VOID,
    REGISTER_STATE_RETOLD, /* told again after a restore and over long ago: "reserved" to everybody,
                              but it locks nothing, for others may have had the certificate since */
    REGISTER_STATE_COUNT
} RegisterState;

typedef enum {
    REGISTER_ACTOR_UNKNOWN = 0,
    REGISTER_ACTOR_KIOSK,      /* the kiosk that made the issuance, from its journal */
    REGISTER_ACTOR_TWO_PEOPLE, /* two ids stand in settled_by */
    REGISTER_ACTOR_CLOCK,      /* the end of the lease */
    REGISTER_ACTOR_COUNT
} RegisterActor;

/* What the public page says of a paper in this state. */
typedef enum {
    PAPER_UNKNOWN = 0, /* not confirmed: nobody was handed such a paper yet */
    PAPER_GENUINE,
    PAPER_VOID,
} Paper;

typedef struct {
    const char *name;    /* in the database; one name, one state */
    const char *word;    /* in the API: "lapsed" is "unsure" there */
    const char *booklet; /* state of the booklet */
    gboolean locks;      /* the certificate cannot be issued again */
    gboolean frees_serial;
    gboolean decided;   /* another outcome is answered with "already settled" */
    gboolean open;      /* told to a kiosk that starts */
    const char *reason; /* why the certificate is not printable; "": it is */
    Paper paper;
} RegisterRow;

/* The row of a state; that of UNKNOWN for a value out of range. */
const RegisterRow *register_row(RegisterState state);

/* The state of a database name; UNKNOWN if there is none. NULL is UNKNOWN. */
RegisterState register_state_from_name(const char *name);

/* The state that a kiosk means by an API word ("unsure" is UNSURE, never LAPSED). */
RegisterState register_state_from_word(const char *word);

const char *register_actor_word(RegisterActor actor);

typedef enum {
    REGISTER_STEP_UNKNOWN = 0,
    REGISTER_STEP_ALLOWED,
    REGISTER_STEP_NEEDS_TWO_PEOPLE,
    REGISTER_STEP_ALREADY_SETTLED,
    REGISTER_STEP_NEVER,
} RegisterStep;

/* May `actor` take an issuance from `from` to `to`? The same state again is the caller's matter:
 * it repeats the stored answer. */
RegisterStep register_step_judge(RegisterState from, RegisterState to, RegisterActor actor);

/* SQL list of the names of all states that lock, as in 'reserved','printed'. The caller frees. */
char *register_sql_locking(void);

/* The same of the states in which the serial is used. */
char *register_sql_serial(void);
