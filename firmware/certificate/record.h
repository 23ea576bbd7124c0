/* A certificate record as the service signed it (FORMATS "certificate/1"): JSON, checked once at
 * the border, then typed. */
#pragma once
#include "firmware/base/secret.h"
#include "firmware/certificate/plan.h"

typedef struct {
    Personal name, id_number;
} Collector;

typedef enum { PLAN_KIND_UNKNOWN = 0, PLAN_KIND_HOUSEHOLD, PLAN_KIND_PARCEL } PlanKind;

/* One plan: exactly one of `vector` and `png` is set. */
typedef struct {
    PlanKind kind;
    Plan *vector;     /* parsed application/geo+json, or NULL */
    GBytes *png;      /* image/png whose header was checked against the limits, or NULL */
    int width_px, height_px; /* of the PNG */
} RecordPlan;

typedef struct Record {
    char *id;             /* ^[A-Za-z0-9-]{1,64}$ */
    char *number;         /* certificate number */
    char *issuer_name;
    char *issuer_code;    /* 18 characters, GB 32100 check digit verified */
    int registered_on;    /* YYYYMMDD */
    Collector collectors[32]; /* LIMIT_COLLECTORS */
    gsize n_collectors;
    /* `printed`: letter by letter what stands on paper */
    Personal owners, co_ownership, location, unit_code, right_type, right_nature, use, area, term;
    Personal other, notes; /* may be "" and may hold '\n' */
    GBytes *seal_png;     /* or NULL */
    RecordPlan plans[8];  /* LIMIT_PLANS */
    gsize n_plans;
    guint8 digest[32];    /* SHA-256 over the bytes parsed, exactly as received */
    SecretArena *arena;   /* owns the texts */
} Record;

/* Parses `length` bytes of UTF-8 JSON. NULL and `error` KIOSK_ERROR_INVALID naming the member:
 * "record: printed.unit_code: ...", or KIOSK_ERROR_REFUSED when `kind` is not `ownership`
 * ("please go to the window"). Nothing of `bytes` is kept. Any thread. */
Record *record_parse(const char *bytes, gsize length, GError **error);

/* Shared between threads once parsed (read only). The last unref wipes it. */
Record *record_ref(Record *record);
void record_unref(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_unref)
