/* The register: one SQLite database (WAL, synchronous=FULL). A Store is one connection and belongs
 * to one thread; several threads and processes may each have one on the same file. Errors:
 * KIOSK_ERROR_BUSY (somebody else wrote for more than two seconds; nothing was done),
 * KIOSK_ERROR_STORAGE, or what a function names. */
#pragma once
#include "firmware/certificate/record.h"
#include "central/issuance_rules.h"
#include <jansson.h>

typedef struct Store Store;

/* Opens `path`. With `create` a missing database is made, else it is an error
 * (KIOSK_ERROR_STORAGE); so is one of another version. */
Store *store_open(const char *path, gboolean create, GError **error);
void store_close(Store *store); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* One transaction that writes. Roll back unless committed; a rollback after a commit does nothing.
 */
gboolean store_begin(Store *store, GError **error);
gboolean store_commit(Store *store, GError **error);
void store_rollback(Store *store);

/* Settings that the service made itself: "epoch", "kid". `ret` is NULL when there is none; the
 * caller frees. */
gboolean store_get_setting(Store *store, const char *name, char **ret, GError **error);
gboolean store_set_setting(Store *store, const char *name, const char *value, GError **error);

/* ---- kiosks (store_kiosks.c) */

typedef enum {
    KIOSK_STANDING_UNKNOWN = 0, /* not enrolled */
    KIOSK_STANDING_ENROLLED,
    KIOSK_STANDING_REVOKED, /* or the certificate was replaced by a newer one */
} KioskStanding;

/* ^[0-9A-Z]{4}$ */
gboolean kiosk_number_is_valid(const char *number);

/* Enrols `kiosk` with the SHA-256 of its certificate; an older certificate of it ends. While a
 * restored register waits for others it waits for a new one, too: the backup may have lost it. */
gboolean store_enroll_kiosk(Store *store, const char *kiosk, const guint8 fingerprint[32],
                            GError **error);
/* KIOSK_ERROR_REFUSED when it is not enrolled. */
gboolean store_revoke_kiosk(Store *store, const char *kiosk, GError **error);
gboolean store_check_kiosk(Store *store, const char *kiosk, const guint8 fingerprint[32],
                           KioskStanding *ret, GError **error);

/* What the status call answers: closed with a reason word, or open ("" or NULL). */
gboolean store_set_desire(Store *store, const char *kiosk, const char *closed_reason,
                          GError **error);
gboolean store_get_desire(Store *store, const char *kiosk, char **ret_closed_reason,
                          GError **error);
gboolean store_keep_status(Store *store, const char *kiosk, const char *json, gint64 now_ms,
                           GError **error);
/* The last one kept, "" when there is none; the caller frees. */
gboolean store_get_status(Store *store, const char *kiosk, char **ret_json, GError **error);

/* Assigns the booklets `first` to `last`. KIOSK_ERROR_INVALID (no serials, other prefix, more than
 * 100 000, last before first), KIOSK_ERROR_REFUSED (overlaps a batch, kiosk not enrolled, 32
 * batches). */
gboolean store_assign(Store *store, const char *kiosk, const char *first, const char *last,
                      GError **error);
/* [{"first","last"}]; the caller owns. NULL and `error`. */
json_t *store_list_batches(Store *store, const char *kiosk, GError **error);
gboolean store_is_assigned(Store *store, const char *kiosk, const char *booklet, gboolean *ret,
                           GError **error);

/* [{"kiosk","revoked","awaited","closed_reason","status_ms","forgone"}]; the caller owns. NULL and
 * `error`. */
json_t *store_list_kiosks(Store *store, GError **error);

/* ---- restoring (store_restore.c): a backup was put back, and what came after it is in the
 * journals of the kiosks alone. Until each of them has told it again, nothing new is reserved. */

/* Changes with each restore. */
gboolean store_get_epoch(Store *store, gint64 *ret, GError **error);
/* A number that no backup has: the time, and never one that this register had. */
gboolean store_renew_epoch(Store *store, gint64 now_ms, GError **error);
/* A new epoch, in which every kiosk that is not revoked is waited for. */
gboolean store_restore(Store *store, gint64 now_ms, GError **error);
/* `ret`: at least one kiosk is waited for. */
gboolean store_is_restoring(Store *store, gboolean *ret, GError **error);
/* The first sequence number of the kiosk that the backup lacked. store_get_next_sequence does not
 * say it: what was printing while the backup was put back is told first. */
gboolean store_get_retell_from(Store *store, const char *kiosk, guint32 *ret, GError **error);
/* The kiosk says that it has told everything at `epoch`; that of another one says nothing. */
gboolean store_hear(Store *store, const char *kiosk, gint64 epoch, GError **error);
/* The kiosk was lost and is waited for no longer; `word`: who decided it, and why.
 * KIOSK_ERROR_REFUSED when it is not waited for. */
gboolean store_forgo(Store *store, const char *kiosk, const char *word, GError **error);

/* ---- records (store_records.c) */

#define DIGEST_TEXT_SIZE 27

typedef struct {
    const Record *record;
    const char *jws;    /* signed once, now */
    GBytes *payload;    /* the bytes signed */
    const char *reason; /* why it cannot be printed at a kiosk; "": it can */
    const char *phone;  /* of the owner, for a code; "": none */
} Import;

/* Stores or replaces the record with this id. Payloads stay for the public page.
 * KIOSK_ERROR_REFUSED when other content of it is issued or being issued. */
gboolean store_import(Store *store, const Import *import, gint64 now_ms, GError **error);

typedef struct {
    char id[65];
    char *number, *reason, *phone;
    Personal location;
    gint64 printed_ms; /* when its booklet was reported as printed, 0: it was not */
    char kiosk[5];     /* by which machine */
} Listed;

/* The certificates of whoever has `id_number`, newest first, at most LIMIT_VISIT_CERTIFICATES;
 * `reason` is "" when one is printable now. Texts from `arena`. NULL and `error`; empty is no
 * error. */
GArray *store_list_certificates(Store *store, const char *id_number, SecretArena *arena,
                                GError **error); /* of Listed */

/* The signed record; NULL without `error`: there is none. */
GBytes *store_get_jws(Store *store, const char *record, GError **error);
/* The payload with this digest (26 characters); NULL without `error`: there is none. */
GBytes *store_get_payload(Store *store, const char *digest, GError **error);

/* ---- issuances (store_issuances.c); inside a transaction of the caller where they write */

typedef struct {
    gint64 id;
    RegisterState state;
    char record[65], digest[DIGEST_TEXT_SIZE], identifier[64], booklet[13], kiosk[5], key[40];
} Issuance;

typedef struct {
    int status;         /* 0: no answer stored under this key */
    guint8 request[32]; /* SHA-256 of the body that was answered; zeros: of any body */
    GBytes *body;       /* the caller unrefs */
} StoredAnswer;

/* Reserved ones whose lease ended before `now_ms` become lapsed. */
gboolean store_lapse(Store *store, gint64 now_ms, GError **error);

/* The same in a transaction of its own, and without one when there is nothing to do. */
gboolean store_lapse_due(Store *store, gint64 now_ms, GError **error);

gboolean store_get_answer(Store *store, const char *kiosk, const char *key, StoredAnswer *ret,
                          GError **error);
gboolean store_put_answer(Store *store, const char *kiosk, const char *key,
                          const StoredAnswer *answer, GError **error);

/* `ret->id` is 0 when there is none. */
gboolean store_find_issuance(Store *store, const char *kiosk, const char *key, Issuance *ret,
                             GError **error);
gboolean store_find_identifier(Store *store, const char *identifier, Issuance *ret, GError **error);

/* What would stand against a reservation. */
typedef struct {
    gboolean record_known;
    char digest[DIGEST_TEXT_SIZE], issuer[19]; /* of the record as it is now */
    gboolean record_barred;                    /* by the reason given at import */
    gboolean record_live, booklet_used, identifier_used, assigned;
    gboolean restoring; /* kiosks are waited for: store_is_restoring */
} Obstacles;

gboolean store_find_obstacles(Store *store, const Issuance *wanted, guint32 sequence,
                              Obstacles *ret, GError **error);

/* Inserts `issuance` in its state (reserved until `lease_until_ms`, or retold). The indexes refuse what rules forbid
 * (KIOSK_ERROR_BUG: obstacles were not looked for). */
gboolean store_insert_issuance(Store *store, const Issuance *issuance, guint32 sequence,
                               gint64 lease_until_ms, gint64 now_ms, GError **error);

typedef struct {
    RegisterState from, to;
    RegisterActor actor;
    const char *reason, *evidence; /* NULL: none */
    const char *settled_by[2];     /* NULL: nobody */
    gboolean elsewhere;            /* the kiosk must still be told */
    GBytes *answer;                /* what the reporter was answered; NULL: nothing */
} Step;

gboolean store_take_step(Store *store, gint64 issuance, const Step *step, gint64 now_ms,
                         GError **error);
/* The answer given when this issuance came to `to` by the report of the kiosk itself (`by`: NULL,
 * NULL) or of these two; NULL without `error`: it never did. The caller unrefs. */
GBytes *store_get_step_answer(Store *store, gint64 issuance, RegisterState to,
                              const char *const by[2], GError **error);

/* 1 + the greatest sequence that was seen of this kiosk. */
gboolean store_get_next_sequence(Store *store, const char *kiosk, guint32 *ret, GError **error);
/* [{"key","record","identifier","booklet","state"}]: whose end the kiosk has not reported, or which
 * people must settle. */
json_t *store_list_open(Store *store, const char *kiosk, GError **error);
/* All issuances of all kiosks in order, with booklet state and times. */
json_t *store_list_issuances(Store *store, GError **error);
/* TRUE if a later issuance of the same record than `issuance` is printed or delivered. */
gboolean store_is_replaced(Store *store, const Issuance *issuance, gboolean *ret, GError **error);

/* Settlements made elsewhere that the kiosk did not acknowledge; and its acknowledgement. */
json_t *store_list_settlements(Store *store, const char *kiosk, GError **error);
gboolean store_acknowledge(Store *store, const char *kiosk, const char *key, GError **error);
