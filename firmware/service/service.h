/* The wire to the central service: HTTPS with client certificates, JSON, JWS, problem+json. All
 * calls block up to their timeout and belong to one thread (the service worker); the connection is
 * kept alive between them. Answers are bounded and checked before anything is returned. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/certificate/holder.h"
#include "firmware/certificate/record.h"

typedef struct Service Service;

/* What every call's error says about the service:
 * KIOSK_ERROR_UNAVAILABLE  no connection, no byte of the request left: surely not done.
 * KIOSK_ERROR_SIGNATURE    the other side is not the service (nothing was sent), or what it sent
 *                          does not verify (it was sent): see `sent` of ServiceProblem.
 * KIOSK_ERROR_TIMEOUT      sent, but no whole answer, or status 500 and more without a problem of
 *                          ours: what the service did is unknown, ask again with the same key.
 * KIOSK_ERROR_INVALID      an answer that is not as agreed: unknown as well.
 * KIOSK_ERROR_REFUSED, _BUSY, _BUG   a problem of ours: its row says what to do; not done. */

/* Reads keys and certificates; does not connect. NULL and KIOSK_ERROR_CONFIG with everything that is
 * wrong, a line each. */
Service *service_create(const Config *config, GError **error);
void service_destroy(Service *service);

/* The problem types of the API (RFC 9457 `type`), one row each in problem.c with the status and
 * what the kiosk then does. */
typedef enum {
    PROBLEM_UNKNOWN = 0, /* no answer, or one that is no problem+json of ours */
    PROBLEM_NONE,
    PROBLEM_IN_PROGRESS,
    PROBLEM_CERTIFICATE_LIVE,
    PROBLEM_SERIAL_USED,
    PROBLEM_ALREADY_SETTLED,
    PROBLEM_SERIAL_NOT_ASSIGNED,
    PROBLEM_DIGEST_MISMATCH,
    PROBLEM_KEY_REUSED,
    PROBLEM_VISIT_EXPIRED,
    PROBLEM_UNKNOWN_ISSUANCE,
    PROBLEM_KIOSK_UNKNOWN,
    PROBLEM_KIOSK_REVOKED,
    PROBLEM_TOO_MANY,
    PROBLEM_RESTORING,
    PROBLEM_WRONG_CODE,      /* POST factor: 403 */
    PROBLEM_PERSON_UNKNOWN,  /* POST visits: nobody registered under this number */
    PROBLEM_INVALID_REQUEST, /* 400 */
    PROBLEM_COUNT
} Problem;

/* What the kiosk does on a problem: one row each. */
typedef enum {
    PROBLEM_ACTION_UNKNOWN = 0,
    PROBLEM_ACTION_REPEAT,      /* the same key again */
    PROBLEM_ACTION_RELEASE,     /* refuse; serial back to stock */
    PROBLEM_ACTION_CLOSE_STOCK, /* close: stock mismatch */
    PROBLEM_ACTION_TAKE_OVER,   /* take the service's settlement */
    PROBLEM_ACTION_REFETCH,     /* fetch the record once more, then refuse */
    PROBLEM_ACTION_BUG,         /* log a bug, close */
    PROBLEM_ACTION_END_VISIT,   /* release, end the visit */
    PROBLEM_ACTION_RECONCILE,   /* send POST and PATCH again */
    PROBLEM_ACTION_CLOSE,       /* close: this kiosk may not */
    PROBLEM_ACTION_WAIT,        /* obey Retry-After within the budget */
    PROBLEM_ACTION_REFUSE,      /* tell the citizen why */
} ProblemAction;

const char *problem_word(Problem problem); /* "certificate-live" */
Problem problem_from_word(const char *word);
int problem_status(Problem problem); /* HTTP status of the row */
ProblemAction problem_action(Problem problem);

/* Beside GError: what the service answered. */
typedef struct {
    Problem problem;
    int status;        /* HTTP status, 0: no answer */
    gboolean sent;     /* FALSE: no byte of the request left this machine */
    int retry_after_s; /* 0: none given */
    int tries_left;    /* factor; -1: none given */
    char state[16];    /* already-settled: the service's word, else "" */
    char detail[256];  /* the service's sentence, never personal */
} ServiceProblem;

typedef struct {
    char first[13], last[13]; /* booklet serials */
} BookletBatch;

typedef struct {
    char key[40], record[65], identifier[64], booklet[13], state[16];
} OpenIssuance;

typedef struct {
    char number[5]; /* kiosk number, 4 of 0-9A-Z */
    guint32 next_sequence;
    guint32 retell_from;   /* the first sequence that its backup lacked; 0: not told */
    guint32 epoch;         /* changes when the service was restored from a backup */
    gint64 server_time_ms; /* since 1970 UTC */
    char verify_host[61];
    BookletBatch batches[32];
    gsize n_batches;
    OpenIssuance open[64];
    gsize n_open;
    char journal_head[96]; /* "SEQ:HASH" of this kiosk's last status report; "" none */
    char audit_head[96];   /* the same of the technicians' events */
    gboolean closed;       /* what a status report would be answered: the service wants it closed */
    char reason[64];       /* stable word when it does */
} ServiceKiosk;

/* GET /v1/kiosk. Also what opens the connection early. */
gboolean service_get_kiosk(Service *service, ServiceKiosk *ret, ServiceProblem *ret_problem,
                           GError **error);

typedef struct {
    char record[65];
    char number[128]; /* certificate number */
    Personal location;
    gboolean printable;
    char reason[32];      /* stable word when not printable: printed, tax-due, window, locked... */
    Personal reason_text; /* the service's sentence in the language asked for */
} VisitCertificate;

typedef struct {
    char token[65];
    gboolean factor_sms; /* a code was sent to the owner's phone */
    char phone_tail[5];  /* last four digits, for the screen */
    VisitCertificate certificates[64];
    gsize n_certificates;
    SecretArena *arena; /* owns the texts */
} ServiceVisit;

void service_visit_free(ServiceVisit *visit); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServiceVisit, service_visit_free)

/* POST /v1/visits. `language`: "zh-CN" or "en" (Accept-Language). */
ServiceVisit *service_open_visit(Service *service, const Holder *holder, const char *language,
                                 ServiceProblem *ret_problem, GError **error);

/* POST /v1/visits/{visit}/factor; `code` NULL: send it again. */
gboolean service_send_factor(Service *service, const char *visit, const char *code,
                             ServiceProblem *ret_problem, GError **error);

/* DELETE /v1/visits/{visit}. */
gboolean service_close_visit(Service *service, const char *visit, ServiceProblem *ret_problem,
                             GError **error);

/* GET /v1/records/{record}: verifies the JWS against the key set, then parses. A record whose
 * signature does not verify is never returned (KIOSK_ERROR_SIGNATURE). `ret_payload` (may be NULL)
 * gets the decoded payload; the caller unrefs. */
Record *service_get_record(Service *service, const char *visit, const char *record,
                           GBytes **ret_payload, ServiceProblem *ret_problem, GError **error);

typedef struct {
    guint8 signature[64];
    char kid[5];
    int lease_s;
} ServiceReservation;

/* POST /v1/issuances with Idempotency-Key `key`. The signature is verified against the key set
 * over identifier/booklet/digest/kid before this returns TRUE. */
gboolean service_reserve(Service *service, const char *key, const char *record, const char *visit,
                         const char *identifier, const char *booklet, const char *digest,
                         ServiceReservation *ret, ServiceProblem *ret_problem, GError **error);

/* The same for an issuance that the service forgot (restored from a backup): no live visit, but its
 * own signature `known` of the first answer. `state`: "spoiled" or "void" where it ended so, and the
 * certificate may be another issuance's since; else "" or NULL. */
gboolean service_reserve_again(Service *service, const char *key, const char *record,
                               const char *identifier, const char *booklet, const char *digest,
                               const ServiceReservation *known, const char *state,
                               ServiceReservation *ret, ServiceProblem *ret_problem,
                               GError **error);

/* PATCH /v1/issuances/{key}. `state`: a word of the issuance table; `reason`, `evidence` (a JSON
 * object as text) and `settled_by` (two ids, NULL-terminated) may be NULL. */
gboolean service_report(Service *service, const char *key, const char *state, const char *reason,
                        const char *evidence, const char *const *settled_by,
                        ServiceProblem *ret_problem, GError **error);

/* An issuance that two people settled elsewhere. */
typedef struct {
    char key[40], state[16], reason[201], settled_by[2][33];
} ServiceSettlement;

#define SETTLEMENTS_MAX 16 /* in one answer; the others come when these are acknowledged */

typedef struct {
    gboolean open;   /* desired by the service */
    char reason[64]; /* stable word when not */
    guint32 epoch;   /* as in ServiceKiosk; 0: not told */
    ServiceSettlement settlements[SETTLEMENTS_MAX]; /* until acknowledged by a status report */
    gsize n_settlements;
} ServiceDesire;

/* POST /v1/kiosk/status with `status_json` (an object as text). */
gboolean service_send_status(Service *service, const char *status_json, ServiceDesire *ret,
                             ServiceProblem *ret_problem, GError **error);
