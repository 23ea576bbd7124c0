/* The visits that are going on: who may fetch and reserve what. Only in memory: after a restart a
 * citizen puts the card on again. Holds record ids and, while a code is asked for, the phone; no
 * name and no id number. Any thread; `now_ms` is monotonic. */
#pragma once
#include <glib.h>

#define VISIT_TOKEN_LENGTH 43
#define VISIT_IDLE_MS (5 * 60 * 1000)
#define VISIT_CODE_MS (5 * 60 * 1000)
#define VISIT_RESEND_MS (60 * 1000)
#define VISIT_TRIES 5
#define VISITS_MAX 4096 /* at once; the oldest goes first */

typedef struct Visits Visits;

/* Codes go as files into `outbox` (a folder, made 0700 when needed), which the SMS gateway empties:
 * <random>.sms with the lines "to: PHONE" and "code: NNNNNN". At most `per_minute` visits of one
 * kiosk. */
Visits *visits_create(const char *outbox, int per_minute);
void visits_destroy(Visits *visits);

typedef enum {
    VISITS_UNKNOWN = 0,
    VISITS_FINE,
    VISITS_EXPIRED,    /* no such visit of this kiosk, or over */
    VISITS_NOT_LISTED, /* the visit lives, but not for this record */
    VISITS_WRONG_CODE,
    VISITS_TOO_MANY, /* `ret_left`: seconds to wait */
    VISITS_FAILED,   /* the code could not be handed to the gateway */
} VisitsVerdict;

/* Opens a visit of `kiosk` for the `records` (NULL-terminated ids that are printable). `phone` is
 * NULL when no code is asked for. VISITS_FINE, TOO_MANY or FAILED. */
VisitsVerdict visits_open(Visits *visits, const char *kiosk, const char *const *records,
                          const char *phone, gint64 now_ms, char ret_token[VISIT_TOKEN_LENGTH + 1],
                          int *ret_left);

/* FINE, EXPIRED, NOT_LISTED; a visit whose code is still to come is EXPIRED. Keeps it alive. */
VisitsVerdict visits_check(Visits *visits, const char *kiosk, const char *token, const char *record,
                           gint64 now_ms);

/* FINE, EXPIRED, WRONG_CODE (`ret_left`: tries; at 0 the visit has ended). */
VisitsVerdict visits_enter_code(Visits *visits, const char *kiosk, const char *token,
                                const char *code, gint64 now_ms, int *ret_left);

/* FINE, EXPIRED, TOO_MANY (`ret_left`: seconds), FAILED. */
VisitsVerdict visits_resend(Visits *visits, const char *kiosk, const char *token, gint64 now_ms,
                            int *ret_left);

/* Ends it; one that is over is fine. */
void visits_close(Visits *visits, const char *kiosk, const char *token);
