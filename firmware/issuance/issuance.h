/* Exactly once: the issuance protocol as a pure machine (docs/RELIABILITY.md). One issuance puts
 * one certificate on one booklet. issuance_step takes an event and gives the next state and a list
 * of effects; the kiosk's loop executes effects in order (a JOURNAL effect is durable before the
 * next one starts) and feeds the answers back as events. No I/O, no clock, no thread in here. */
#pragma once
#include "firmware/certificate/identifier.h"
#include "firmware/visit/view.h"
#include "drivers/printer.h"

#define ISSUANCE_KEY_LENGTH 36 /* a random UUID, also Idempotency-Key and job-name */

/* The words of RELIABILITY section 3, the same in journal, service, stock and screens. */
typedef enum {
    ISSUANCE_UNKNOWN = 0,
    ISSUANCE_PLANNED,
    ISSUANCE_BOUND,
    ISSUANCE_RENDERED,
    ISSUANCE_SUBMITTED,
    ISSUANCE_RELEASED,
    ISSUANCE_PRINTED,
    ISSUANCE_DELIVERED,
    ISSUANCE_RETRACTED,
    ISSUANCE_SPOILED,
    ISSUANCE_UNSURE,
    ISSUANCE_VOID,
    ISSUANCE_WORD_COUNT
} IssuanceWord;

const char *issuance_word(IssuanceWord word);
IssuanceWord issuance_from_word(const char *text);

/* Evidence: what the printer said at one moment. */
typedef struct {
    char uuid[64];
    int up_time_s;
    gint64 impressions; /* -1 unknown */
    PrinterState state;
    gint64 at_ms;       /* since 1970 */
} PrinterReading;

/* The outcome table of RELIABILITY section 2: outcome.c, one table, one test. */
typedef struct {
    JobState job;          /* at the printer; ABSENT: proved absent */
    gboolean submitted;    /* SUBMIT was sent at all */
    int sides;             /* N */
    PrinterReading before, after; /* after: two equal readings 1 s apart, else impressions = -1 */
    gboolean clean;        /* no state reason that blocks */
    Tri sensor_saw_all;    /* the exit sensor saw N sheets or a booklet */
} Evidence;

/* PRINTED, RELEASED, SPOILED or UNSURE. `ret_why` (may be NULL): the row's name, static. */
IssuanceWord outcome_decide(const Evidence *evidence, const char **ret_why);
