/* The calls of the API without HTTP: a call in, a reply out. Any thread. */
#pragma once
#include "central/reply.h"
#include "central/store.h"
#include "central/visits.h"
#include "firmware/certificate/signature.h"

typedef struct {
    const KeySet *keys;      /* private: signs */
    const KeySet *known;     /* public: all that ever signed */
    const char *kid;         /* signs now */
    const char *verify_host; /* of the QR */
    int lease_s;
    gboolean factor_sms;
    Visits *visits;
} Api;

typedef struct {
    Store *store; /* of this thread */
    const char *method, *path;
    const char *kiosk;                   /* CN of the client certificate, or NULL */
    guint8 fingerprint[32];              /* SHA-256 of that certificate */
    const char *visit, *idempotency_key; /* headers, or NULL */
    Language language;
    const char *body;
    gsize body_length;
    gint64 now_ms; /* since 1970 */
    gint64 monotonic_ms;
    const char *args[2]; /* the parts of the path that vary; filled by api_handle */
} Call;

/* Answers `call`. Gives the route's pattern for the log (static): never the path itself. */
const char *api_handle(const Api *api, Call *call, Reply *reply);

/* ---- the calls (api_kiosk.c, api_visits.c, api_issuances.c) */
void api_get_kiosk(const Api *api, const Call *call, Reply *reply);
void api_post_status(const Api *api, const Call *call, Reply *reply);
void api_post_visit(const Api *api, const Call *call, Reply *reply);
void api_post_factor(const Api *api, const Call *call, Reply *reply);
void api_delete_visit(const Api *api, const Call *call, Reply *reply);
void api_get_record(const Api *api, const Call *call, Reply *reply);
void api_post_issuance(const Api *api, const Call *call, Reply *reply);
void api_patch_issuance(const Api *api, const Call *call, Reply *reply);
