/* One kept-alive HTTPS connection: TLS 1.2 or newer, both sides with certificates, one authority
 * (`ca_file`, not the system's), the host's name verified, no proxy, no redirect, no cookie, every
 * answer bounded in bytes and time. Belongs to one thread. */
#pragma once
#include "firmware/base/config.h"

typedef struct Http Http;

/* Reads [service]; does not connect. NULL and KIOSK_ERROR_CONFIG. */
Http *http_create(const Config *config, GError **error);
void http_destroy(Http *http); /* NULL is fine */

#define HTTP_HEADERS_MAX 4

typedef struct {
    const char *method;
    const char *path;   /* "/v1/kiosk": already checked characters only, never personal data */
    const char *what;   /* for messages: "GET /v1/records/{record}" */
    const char *body;   /* JSON, or NULL */
    const char *accept; /* media type wanted */
    const char *headers[HTTP_HEADERS_MAX]; /* "Name: value"; NULL: unused */
    gsize limit_bytes;                     /* of the answer's body */
} HttpRequest;

typedef struct {
    int status;            /* 0: none came */
    gboolean sent;         /* FALSE: surely no byte of the request left, on any connection */
    int retry_after_s;     /* 0: none given */
    char content_type[64]; /* without parameters, lower case; "" none */
    char *body;            /* `length` bytes and a NUL; NULL when there are none */
    gsize length;
    gsize capacity;
} HttpAnswer;

/* Sends and waits, at most timeout_ms. TRUE: an answer with some status arrived whole. FALSE:
 * KIOSK_ERROR_UNAVAILABLE: nothing was sent, so surely nothing was done. KIOSK_ERROR_SIGNATURE: the
 * other side is not our service (its certificate), nothing was sent. KIOSK_ERROR_TIMEOUT: sent, but
 * the answer did not come or not whole; what the service did is unknown. KIOSK_ERROR_INVALID: the
 * answer broke a limit; unknown likewise. `ret` must be cleared by the caller in any case. */
gboolean http_send(Http *http, const HttpRequest *request, HttpAnswer *ret, GError **error);

/* Wipes and frees the body. */
void http_answer_clear(HttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpAnswer, http_answer_clear)

/* Connections opened since the start: one, as long as the service keeps it open. */
guint http_count_connections(const Http *http);
