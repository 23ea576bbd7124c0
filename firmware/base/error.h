/* What can go wrong, and who can mend it. All fallible functions report through GError in this
 * domain; the message says what failed, then why: "record: printed.term: 214 characters, at most
 * 200". */
#pragma once
#include <glib.h>

#define KIOSK_ERROR (kiosk_error_quark())

typedef enum {
    KIOSK_ERROR_UNKNOWN = 0,
    KIOSK_ERROR_INVALID,     /* something from outside is malformed or out of range */
    KIOSK_ERROR_UNAVAILABLE, /* a part does not answer, or is not there */
    KIOSK_ERROR_TIMEOUT,     /* a part did not answer in time; what it did is unknown */
    KIOSK_ERROR_REFUSED,     /* the answer is no, and asking again gives the same answer */
    KIOSK_ERROR_BUSY,        /* the answer is "not now" */
    KIOSK_ERROR_SIGNATURE,   /* a signature or certificate does not verify */
    KIOSK_ERROR_STORAGE,     /* disk full, read-only, broken or locked */
    KIOSK_ERROR_DAMAGED,     /* what was stored is not what was written: it stays so */
    KIOSK_ERROR_CONFIG,      /* kiosk.conf or an asset is wrong */
    KIOSK_ERROR_CANCELLED,   /* we gave up ourselves */
    KIOSK_ERROR_BUG,         /* a state that cannot be */
    KIOSK_ERROR_COUNT
} KioskError;

typedef enum {
    MENDER_UNKNOWN = 0,
    MENDER_CITIZEN,
    MENDER_ATTENDANT,
    MENDER_TECHNICIAN,
} Mender;

GQuark kiosk_error_quark(void);

/* Stable word of an error code ("unavailable"). Static string. */
const char *kiosk_error_word(KioskError code);

/* Who can mend it. Errors of another domain are the technician's. */
Mender kiosk_error_mender(const GError *error);
const char *mender_word(Mender mender);

/* TRUE if `error` is KIOSK_ERROR with `code`. */
gboolean kiosk_error_is(const GError *error, KioskError code);

/* Adds what `more` says to `error` as a line of its own, for work that looks at everything before it
 * fails; takes `more`. NULL: nobody asks. */
void kiosk_error_add(GError **error, GError *more);

/* Unknown is a value: the answer of anything that may not have answered. */
typedef enum { TRI_UNKNOWN = 0, TRI_NO, TRI_YES } Tri;
const char *tri_word(Tri tri);
