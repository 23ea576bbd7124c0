/* What the service must still be told: a projection of the journal (CONFIRM puts in, ACKNOWLEDGED
 * takes out), so it survives restarts. Reports of one issuance keep their order and its key. The
 * pauses between attempts are not journalled: after a restart all are due. */
#pragma once
#include "firmware/issuance/issuance.h"

#define OUTBOX_PAUSE_MS 1000 /* doubles up to */
#define OUTBOX_PAUSE_MAX_MS 60000

/* `answer` of an ACKNOWLEDGED entry when the service had settled the issuance otherwise. */
#define OUTBOX_SETTLED "settled-by-service"

typedef struct {
    char key[ISSUANCE_KEY_LENGTH + 1];
    IssuanceWord state;  /* PATCH state */
    char reason[201];    /* or "" */
    char *evidence;      /* a JSON object, or NULL */
    char settled_by[2][33]; /* people, or "" */
    gboolean first;      /* of its issuance's story: no report of it was answered before */
    gboolean retold;     /* the story was told anew already */
    gint64 due_ms;       /* not before; 0: now */
    int pause_ms;        /* of the last attempt, 0: none yet */
} OutboxEntry;

typedef struct Outbox Outbox;

Outbox *outbox_create(void);
void outbox_destroy(Outbox *outbox);

/* The oldest report that is due and is the first of its issuance; NULL: none. Owned by the outbox,
 * valid until it changes. Send it, then call outbox_answer; one at a time. */
const OutboxEntry *outbox_next(const Outbox *outbox, gint64 now_ms);

/* The first report of `key`, due or not; NULL: none waits. */
const OutboxEntry *outbox_first(const Outbox *outbox, const char *key);

/* When outbox_next will have one: 0 now, -1 never (it is empty). */
gint64 outbox_due_ms(const Outbox *outbox);

gsize outbox_length(const Outbox *outbox);

/* What to do after an attempt. */
typedef enum {
    OUTBOX_UNKNOWN = 0,
    OUTBOX_DONE,      /* append `ret_draft`; that takes it out */
    OUTBOX_LATER,     /* it stays; due again after its pause */
    OUTBOX_RECONCILE, /* the service lacks the issuance: POST it again with the same key, then this */
    OUTBOX_RETELL,    /* it lacks what was reported before: ledger_retell */
    OUTBOX_CLOSE,     /* it stays; close the kiosk */
} OutboxVerdict;

const char *outbox_verdict_word(OutboxVerdict verdict);

/* The answer to the first report of `key`: `ok`, else the problem's action and Retry-After. Sets the
 * pause; `ret_draft` is written for DONE only. `now_ms` as in outbox_next. */
OutboxVerdict outbox_answer(Outbox *outbox, const char *key, gboolean ok, ProblemAction action,
                            int retry_after_s, gint64 now_ms, JournalDraft *ret_draft);

/* The end of a report that is not sent any more; `answer`: a stable word why. */
void outbox_draft_done(const char *key, const char *state, const char *answer, JournalDraft *ret);

/* For the ledger: whether a CONFIRM or ACKNOWLEDGED fits; takes it in. KIOSK_ERROR_INVALID. */
gboolean outbox_check(const Outbox *outbox, const JournalEntry *entry, GError **error);
gboolean outbox_apply(Outbox *outbox, const JournalEntry *entry, GError **error);
/* For the ledger: its story is told anew. */
void outbox_forget(Outbox *outbox, const char *key);
/* A report that waits may be sent at once: what kept it is gone. */
void outbox_hurry(Outbox *outbox, const char *key);
gboolean outbox_has(const Outbox *outbox, const char *key);
