#include "drivers/cups/ipp_link.h"
#include "drivers/cups/connector.h"
#include "drivers/cups/watchdog.h"
#include "firmware/base/clock.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define PART_BYTES (64 * 1024)

struct IppLink {
    const char *who; /* static */
    char *host;
    int port;
    gboolean tls;
    char *resource;
    http_t *http; /* NULL: not connected */
    gint64 deadline_ms;
    Watchdog *watchdog;
    char pin[65];        /* "" none */
    const IppBody *body; /* that is being sent, else NULL */
    GChecksum *digest;   /* of it */
};

IppLink *ipp_link_create(const char *who, const char *host, int port, gboolean tls,
                         const char *resource)
{
    IppLink *link = g_new0(IppLink, 1);
    link->who = who;
    link->host = g_strdup(host);
    link->port = port;
    link->tls = tls;
    link->resource = g_strdup(resource);
    link->watchdog = watchdog_create();
    return link;
}

void ipp_link_pin(IppLink *link, const char *sha256)
{
    g_autofree char *lower = g_ascii_strdown(sha256, -1);
    g_strlcpy(link->pin, lower, sizeof link->pin);
}

void ipp_link_hold(IppLink *link)
{
    watchdog_hold(link->watchdog);
}

void ipp_link_release(IppLink *link)
{
    watchdog_release(link->watchdog);
}

static void disconnect(IppLink *link)
{
    httpClose(link->http);
    link->http = NULL;
}

void ipp_link_destroy(IppLink *link)
{
    if (!link)
        return;
    disconnect(link);
    watchdog_destroy(link->watchdog);
    g_free(link->host);
    g_free(link->resource);
    g_free(link);
}

void ipp_link_begin(IppLink *link, int timeout_ms)
{
    link->deadline_ms = clock_monotonic_ms() + timeout_ms;
}

int ipp_link_left_ms(const IppLink *link)
{
    return (int)MAX(link->deadline_ms - clock_monotonic_ms(), 0);
}

const char *ipp_link_who(const IppLink *link)
{
    return link->who;
}

static gboolean fail(IppLink *link, KioskError code, const char *what, GError **error)
{
    g_set_error(error, KIOSK_ERROR, code, "%s: %s: %s", link->who, link->host, what);
    return FALSE;
}

/* Why the connection broke, as far as libcups tells. */
static gboolean fail_broken(IppLink *link, gboolean bitten, GError **error)
{
    int number = httpError(link->http);
    gboolean late = bitten || number == ETIMEDOUT || number == EAGAIN || !ipp_link_left_ms(link);
    disconnect(link);
    if (late)
        return fail(link, KIOSK_ERROR_TIMEOUT, "no answer in time", error);
    return fail(link, KIOSK_ERROR_UNAVAILABLE, number ? g_strerror(number) : "connection closed",
                error);
}

/* A connection that the peer closed while it was idle is readable: its end lies there. */
static gboolean is_alive(IppLink *link)
{
    char byte;
    ssize_t n = recv(httpGetFd(link->http), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* Printers certify themselves: what counts is that it is the certificate of this very printer. */
static gboolean is_pinned(IppLink *link)
{
    cups_array_t *chain = NULL;
    g_autofree char *digest = NULL;
    if (!*link->pin)
        return TRUE;
    if (httpCopyCredentials(link->http, &chain) == 0 && cupsArrayCount(chain) > 0) {
        const http_credential_t *own = cupsArrayFirst(chain);
        digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, own->data, own->datalen);
    }
    httpFreeCredentials(chain);
    return digest && !strcmp(digest, link->pin);
}

static gboolean connect_link(IppLink *link, GError **error)
{
    g_autofree char *why = NULL;
    if (link->http && is_alive(link))
        return TRUE;
    disconnect(link);
    if (!ipp_link_left_ms(link))
        return fail(link, KIOSK_ERROR_TIMEOUT, "no time left", error);
    link->http = connector_connect(link->host, link->port, link->tls, ipp_link_left_ms(link), &why);
    if (!link->http)
        return *why ? fail(link, KIOSK_ERROR_UNAVAILABLE, why, error)
                    : fail(link, KIOSK_ERROR_TIMEOUT, "no connection in time", error);
    if (is_pinned(link))
        return TRUE;
    disconnect(link);
    return fail(link, KIOSK_ERROR_REFUSED,
                "its certificate is not the one of [printer] tls_sha256: another printer answers",
                error);
}

/* libcups gives up a read or write after this silence; the watchdog ends everything else. */
static void guard(IppLink *link)
{
    httpSetTimeout(link->http, MAX(ipp_link_left_ms(link), 1) / 1000.0, NULL, NULL);
    watchdog_arm(link->watchdog, httpGetFd(link->http), link->deadline_ms);
}

static gboolean write_request(IppLink *link, ipp_t *request, const IppBody *body)
{
    ipp_state_t state;
    gboolean chunked = body && body->size == 0;
    httpClearFields(link->http);
    httpSetField(link->http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
    httpSetLength(link->http, chunked ? 0 : ippLength(request) + (body ? body->size : 0));
    if (httpPost(link->http, link->resource))
        return FALSE;
    ippSetState(request, IPP_STATE_IDLE);
    while ((state = ippWrite(link->http, request)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            return FALSE;
    return TRUE;
}

gboolean ipp_link_write(IppLink *link, gconstpointer bytes, gsize size)
{
    PrinterSent *sent = link->body->sent;
    const char *part = bytes;
    gboolean first = sent->first_ms == 0;
    g_checksum_update(link->digest, bytes, (gssize)size);
    if (first)
        sent->first_ms = clock_monotonic_ms();
    for (gsize at = 0; at < size; at += PART_BYTES) {
        gsize length = MIN(PART_BYTES, size - at);
        ipp_link_begin(link, link->body->stall_ms);
        guard(link);
        if (httpWrite2(link->http, part + at, length) < (ssize_t)length)
            return FALSE;
    }
    sent->bytes += (gint64)size;
    return !first || httpFlushWrite(link->http) >= 0; /* libcups keeps back what is short */
}

/* A body that breaks off in the middle is never ended: the peer sees that it is not whole. */
static gboolean write_body(IppLink *link, const IppBody *body, GError **error)
{
    gsize length = sizeof body->sent->sha256;
    *body->sent = (PrinterSent){.format = body->sent->format};
    link->body = body;
    link->digest = g_checksum_new(G_CHECKSUM_SHA256);
    gboolean whole = body->write(body->context, link, error);
    g_checksum_get_digest(link->digest, body->sent->sha256, &length);
    g_clear_pointer(&link->digest, g_checksum_free);
    link->body = NULL;
    if (whole && body->size == 0)
        whole = httpWrite2(link->http, "", 0) >= 0; /* the last chunk */
    return whole && httpFlushWrite(link->http) >= 0;
}

/* The answer's body; NULL when the connection broke. `ret_status` is HTTP's. */
static GByteArray *read_body(IppLink *link, http_status_t *ret_status)
{
    http_status_t status;
    char part[8192];
    ssize_t n = 0;
    while ((status = httpUpdate(link->http)) == HTTP_STATUS_CONTINUE)
        continue;
    *ret_status = status;
    if (status == HTTP_STATUS_ERROR || httpError(link->http))
        return NULL;
    g_autoptr(GByteArray) body = g_byte_array_new();
    while (body->len <= IPP_ANSWER_BYTES_MAX && (n = httpRead2(link->http, part, sizeof part)) > 0)
        g_byte_array_append(body, (const guint8 *)part, (guint)n);
    return n < 0 ? NULL : g_steal_pointer(&body);
}

static ipp_t *decode(IppLink *link, const GByteArray *body, http_status_t status, int request_id,
                     GError **error)
{
    g_autoptr(GError) flaw = NULL;
    g_autofree char *sentence = NULL;
    g_autoptr(ipp_t) answer = NULL;
    if (status != HTTP_STATUS_OK)
        sentence = g_strdup_printf("HTTP status %d", (int)status);
    else if (body->len > IPP_ANSWER_BYTES_MAX)
        sentence = g_strdup("the answer is too long");
    else if (!(answer = ipp_answer_decode(body->data, body->len, &flaw)))
        sentence = g_strdup(flaw->message);
    else if (ippGetRequestId(answer) != request_id)
        sentence = g_strdup("the answer is to another request");
    if (!sentence)
        return g_steal_pointer(&answer);
    disconnect(link);
    fail(link, KIOSK_ERROR_INVALID, sentence, error);
    return NULL;
}

/* One round trip on an open connection; any trouble closes it. */
static ipp_t *exchange(IppLink *link, ipp_t *request, const IppBody *body, GError **error)
{
    http_status_t status = HTTP_STATUS_ERROR;
    g_autoptr(GByteArray) content = NULL;
    g_autoptr(GError) own = NULL; /* of the body's writer */
    guard(link);
    if (write_request(link, request, body) && (!body || write_body(link, body, &own)))
        content = read_body(link, &status);
    gboolean bitten = watchdog_disarm(link->watchdog);
    if (own) {
        disconnect(link);
        g_propagate_error(error, g_steal_pointer(&own));
        return NULL;
    }
    if (!content || bitten) {
        fail_broken(link, bitten, error);
        return NULL;
    }
    ipp_t *answer = decode(link, content, status, ippGetRequestId(request), error);
    if (answer && !g_ascii_strcasecmp(httpGetField(link->http, HTTP_FIELD_CONNECTION), "close"))
        disconnect(link);
    return answer;
}

static ipp_t *check(IppLink *link, ipp_t *answer, const char *what, GError **error)
{
    if (!answer || ipp_answer_check(answer, link->who, what, error))
        return answer;
    ippDelete(answer);
    return NULL;
}

ipp_t *ipp_link_ask(IppLink *link, ipp_t *request, GError **error)
{
    G_GNUC_UNUSED g_autoptr(ipp_t) mine = request;
    g_autoptr(GError) first = NULL;
    const char *what = ippOpString(ippGetOperation(request));
    gboolean kept = link->http != NULL;
    if (!connect_link(link, error))
        return NULL;
    ipp_t *answer = exchange(link, request, NULL, &first);
    if (!answer && kept && kiosk_error_is(first, KIOSK_ERROR_UNAVAILABLE)) {
        if (!connect_link(link, error))
            return NULL;
        return check(link, exchange(link, request, NULL, error), what, error);
    }
    if (!answer)
        g_propagate_error(error, g_steal_pointer(&first));
    return check(link, answer, what, error);
}

ipp_t *ipp_link_tell(IppLink *link, ipp_t *request, const IppBody *body, gboolean *ret_maybe_done,
                     GError **error)
{
    G_GNUC_UNUSED g_autoptr(ipp_t) mine = request;
    *ret_maybe_done = FALSE;
    if (!connect_link(link, error))
        return NULL;
    *ret_maybe_done = TRUE;
    ipp_t *answer = exchange(link, request, body, error);
    gboolean answered = answer != NULL;
    answer = check(link, answer, ippOpString(ippGetOperation(request)), error);
    *ret_maybe_done = answer || !answered;
    return answer;
}
