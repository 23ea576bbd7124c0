#include "drivers/cups/ipp_link.h"
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

static gboolean connect_link(IppLink *link, GError **error)
{
    int left_ms = ipp_link_left_ms(link);
    if (link->http && (link->tls || is_alive(link)))
        return TRUE;
    disconnect(link);
    if (!left_ms)
        return fail(link, KIOSK_ERROR_TIMEOUT, "no time left", error);
    link->http = httpConnect2(link->host, link->port, NULL, AF_UNSPEC,
                              link->tls ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                              left_ms, NULL);
    if (link->http && httpGetFd(link->http) >= 0)
        return TRUE;
    disconnect(link);
    return fail(link, KIOSK_ERROR_UNAVAILABLE, cupsLastErrorString(), error);
}

/* libcups gives up a read or write after this silence; the watchdog ends everything else. */
static void guard(IppLink *link)
{
    httpSetTimeout(link->http, MAX(ipp_link_left_ms(link), 1) / 1000.0, NULL, NULL);
    watchdog_arm(link->watchdog, httpGetFd(link->http), link->deadline_ms);
}

static gboolean write_request(IppLink *link, ipp_t *request, gsize document_size)
{
    ipp_state_t state;
    httpClearFields(link->http);
    httpSetField(link->http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
    httpSetLength(link->http, ippLength(request) + document_size);
    if (httpPost(link->http, link->resource))
        return FALSE;
    ippSetState(request, IPP_STATE_IDLE);
    while ((state = ippWrite(link->http, request)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            return FALSE;
    return TRUE;
}

static gboolean write_document(IppLink *link, GBytes *document, int silence_ms)
{
    gsize size = 0;
    const char *bytes = document ? g_bytes_get_data(document, &size) : NULL;
    for (gsize at = 0; at < size; at += PART_BYTES) {
        ipp_link_begin(link, silence_ms);
        guard(link);
        gsize part = MIN(PART_BYTES, size - at);
        if (httpWrite2(link->http, bytes + at, part) < (ssize_t)part)
            return FALSE;
    }
    return httpFlushWrite(link->http) >= 0;
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
static ipp_t *exchange(IppLink *link, ipp_t *request, GBytes *document, int silence_ms,
                       GError **error)
{
    http_status_t status = HTTP_STATUS_ERROR;
    g_autoptr(GByteArray) body = NULL;
    guard(link);
    if (write_request(link, request, document ? g_bytes_get_size(document) : 0) &&
        write_document(link, document, silence_ms))
        body = read_body(link, &status);
    gboolean bitten = watchdog_disarm(link->watchdog);
    if (!body || bitten) {
        fail_broken(link, bitten, error);
        return NULL;
    }
    ipp_t *answer = decode(link, body, status, ippGetRequestId(request), error);
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
    g_autoptr(ipp_t) mine = request;
    g_autoptr(GError) first = NULL;
    const char *what = ippOpString(ippGetOperation(request));
    gboolean kept = link->http != NULL;
    if (!connect_link(link, error))
        return NULL;
    ipp_t *answer = exchange(link, request, NULL, 0, &first);
    if (!answer && kept && kiosk_error_is(first, KIOSK_ERROR_UNAVAILABLE)) {
        if (!connect_link(link, error))
            return NULL;
        return check(link, exchange(link, request, NULL, 0, error), what, error);
    }
    if (!answer)
        g_propagate_error(error, g_steal_pointer(&first));
    return check(link, answer, what, error);
}

ipp_t *ipp_link_tell(IppLink *link, ipp_t *request, GBytes *document, int silence_ms,
                     gboolean *ret_maybe_done, GError **error)
{
    g_autoptr(ipp_t) mine = request;
    *ret_maybe_done = FALSE;
    if (!connect_link(link, error))
        return NULL;
    *ret_maybe_done = TRUE;
    ipp_t *answer = exchange(link, request, document, silence_ms, error);
    gboolean answered = answer != NULL;
    answer = check(link, answer, ippOpString(ippGetOperation(request)), error);
    *ret_maybe_done = answer || !answered;
    return answer;
}
