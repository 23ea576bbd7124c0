/* Contract of an ID card reader. One driver = one const struct in `reader_drivers` (drivers.c).
 *
 * A reader belongs to one thread, which calls `poll` again and again; only `interrupt` and
 * `describe` may come from another. `poll` never blocks longer than its timeout and never delivers a corrupted or
 * half-read person: a card is READ or it is not. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/certificate/holder.h"

typedef struct Reader Reader; /* each driver's own */

typedef enum {
    READER_MODE_UNKNOWN = 0,
    READER_MODE_IDLE,    /* watch for a card slowly, as an invitation (attract) */
    READER_MODE_SEARCH,  /* a card is asked for: look often */
    READER_MODE_PRESENT, /* a card was read: watch until it leaves */
} ReaderMode;

typedef enum {
    READER_EVENT_UNKNOWN = 0,
    READER_EVENT_NONE,       /* nothing new within the timeout */
    READER_EVENT_ATTACHED,   /* the reader is there and works (also the first event after open) */
    READER_EVENT_DETACHED,   /* `absence` says why; it may come back by itself. Told again when
                              * another reason takes its place. A card counts as gone with it */
    READER_EVENT_CARD_FOUND, /* a card lies on it; the next poll reads it */
    READER_EVENT_CARD_READ,  /* `holder` is set */
    READER_EVENT_CARD_FAILED,/* `failure` is set; after it the driver looks for a card again */
    READER_EVENT_CARD_LEFT,  /* the card that was read, or failed but for MOVED, is gone */
} ReaderEventType;

typedef enum {
    READER_FAILURE_UNKNOWN = 0,
    READER_FAILURE_MOVED,      /* lifted too early: place it again */
    READER_FAILURE_LINK,       /* the reader answered nonsense; it was reset: place it again */
    READER_FAILURE_UNREADABLE, /* it lies there, but cannot be read: place it again */
    READER_FAILURE_NOT_GENUINE,/* the card or its data does not verify */
    READER_FAILURE_EXPIRED,
    READER_FAILURE_FUTURE,     /* valid from a later day */
    READER_FAILURE_WRONG_TYPE, /* not an identity document we know */
} ReaderFailure;

/* Why there is no reader to use. */
typedef enum {
    READER_ABSENCE_UNKNOWN = 0,
    READER_ABSENCE_NONE,     /* none is plugged in */
    READER_ABSENCE_SEVERAL,  /* more than one, and the configuration names none of them */
    READER_ABSENCE_SILENT,   /* plugged in, but it does not answer */
    READER_ABSENCE_UNUSABLE, /* it cannot be opened, or is wired like no reader we know */
} ReaderAbsence;

typedef struct {
    ReaderEventType type;
    ReaderFailure failure;
    ReaderAbsence absence;
    Holder *holder; /* CARD_READ: owned by the caller of poll */
} ReaderEvent;

/* What is counted since open. */
typedef enum {
    READER_COUNTER_UNKNOWN = 0,
    READER_COUNTER_READ,        /* cards whose data came */
    READER_COUNTER_FAILED,      /* cards that were given up: CARD_FAILED */
    READER_COUNTER_SILENT,      /* no whole answer before the deadline */
    READER_COUNTER_GARBLED,     /* answers with a wrong check byte or length */
    READER_COUNTER_CABLE,       /* stalled endpoints and other errors of USB */
    READER_COUNTER_RESET,       /* of the reader or its port */
    READER_COUNTER_RECONNECTED, /* opened once more: it was unplugged or silent */
    READER_COUNTER_COUNT
} ReaderCounter;

typedef struct {
    const char *word; /* static: "USB reset" */
    guint count;
} ReaderCount;

#define READER_RECOVERIES_MAX 8

/* What is known of the reader that is plugged in, "" unknown, and how it went since open. */
typedef struct {
    char module[48];   /* number of the security module */
    char transport[4]; /* "A": a row of the driver's own table of wirings */
    char path[32];     /* as the kernel names the place: "1-1.2" */
    char device[12];   /* USB ids: "0400:c35a" */
    char version[8];   /* bcdDevice: "2.10" */
    guint counts[READER_COUNTER_COUNT];
    ReaderCount recoveries[READER_RECOVERIES_MAX]; /* each of the driver's ways to mend trouble */
    gsize n_recoveries;
} ReaderDescription;

typedef struct {
    const char *name; /* word in kiosk.conf */

    /* Makes a reader; the device need not be there yet. `today` checks validity. NULL and
     * KIOSK_ERROR_CONFIG. */
    Reader *(*open)(const Config *config, GError **error);

    /* Waits up to `timeout_ms` (0 to 10 000) for something new. `today` = YYYYMMDD in
     * Asia/Shanghai, for the card's validity. */
    void (*poll)(Reader *reader, ReaderMode mode, int today, int timeout_ms,
                 ReaderEvent *ret_event);

    /* From any thread: the running or next `poll` returns NONE within 50 ms. Where the kernel is
     * just opening, claiming or letting go of a device, it returns when that call does; an operation
     * of the kernel's on an endpoint ends after 5 s at the latest, of which a close may wait for
     * four, and for 500 ms until cancelled transfers come back. */
    void (*interrupt)(Reader *reader);

    /* From any thread, also while `poll` runs: a copy of what is known, at once. */
    void (*describe)(Reader *reader, ReaderDescription *ret);

    /* Rules for udev that let the kiosk at its reader; the caller frees. NULL and
     * KIOSK_ERROR_CONFIG, or NULL alone where the driver needs none. */
    char *(*udev_rules)(const Config *config, GError **error);

    void (*close)(Reader *reader); /* NULL is fine */
} ReaderDriver;

/* NULL-terminated. */
extern const ReaderDriver *const reader_drivers[];

const ReaderDriver *reader_driver_find(const char *name); /* NULL: none of that name */
const char *reader_event_word(ReaderEventType type);
const char *reader_failure_word(ReaderFailure failure);   /* "expired", "moved", ... */
const char *reader_absence_word(ReaderAbsence absence);   /* "none", "several", ... */
const char *reader_counter_word(ReaderCounter counter);   /* "read", "failed", ... */
