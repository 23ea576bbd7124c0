/* One act at the register: reserve, report, settle. Each is one transaction, and its reply is the
 * answer of the API. Rules: issuance_rules.h; rows: store.h. */
#pragma once
#include "central/reply.h"
#include "central/store.h"
#include "firmware/certificate/signature.h"

typedef struct {
    Store *store;       /* of this thread */
    const KeySet *keys; /* private */
    const char *kid;    /* signs now */
    int lease_s;
} Register;

typedef struct {
    const char *kiosk, *key; /* from the client certificate; Idempotency-Key */
    const char *record, *identifier, *booklet, *digest; /* formats already checked */
    guint8 request[32];                                 /* SHA-256 of the body */
    gboolean admitted;                                  /* a live visit may print this record */
    gboolean vouched; /* it carries our own signature: reserved before a backup was restored */
    gboolean over;    /* vouched, and its end has long freed the certificate: nothing is locked */
    Language language;
    gint64 now_ms; /* since 1970 */
} Reservation;

/* 201 or a problem. Decisions are stored and repeated byte for byte. */
void register_reserve(Register *reg, const Reservation *wanted, Reply *reply);

typedef struct {
    const char *kiosk, *key;
    RegisterState to;
    const char *reason, *evidence; /* NULL: none */
    const char *settled_by[2];     /* NULL: the kiosk itself */
    gboolean elsewhere;            /* not reported by the kiosk, so it must be told */
    Language language;
    gint64 now_ms;
} Report;

/* 200 or a problem. */
void register_report(Register *reg, const Report *report, Reply *reply);

/* Turns a store's error into in-progress (busy) or restoring, and logs it. */
void register_fail(Reply *reply, const GError *error, Language language);
