#include "drivers/cups/connector.h"

/* Shared by who asks and the thread that connects; the last one ends it. */
typedef struct {
    char *host;
    int port, timeout_ms;
    gboolean tls;
    GMutex mutex;
    GCond changed;
    gboolean done, abandoned;
    http_t *http;
    char *why;
} Attempt;

static void destroy(Attempt *attempt)
{
    httpClose(attempt->http);
    g_mutex_clear(&attempt->mutex);
    g_cond_clear(&attempt->changed);
    g_free(attempt->host);
    g_free(attempt->why);
    g_free(attempt);
}

/* As far as libcups tells it apart; it calls a refused connection a host that is down. */
static char *explain(const Attempt *attempt)
{
    const char *why = cupsLastErrorString();
    if (*attempt->host == '/')
        return g_strdup_printf("nothing answers at this socket: does cupsd run? (%s)", why);
    if (cupsLastError() == IPP_STATUS_ERROR_CUPS_PKI)
        return g_strdup_printf("port %d does not speak TLS as ipps:// wants: check [printer] uri "
                               "(%s)",
                               attempt->port, why);
    if (cupsLastError() == IPP_STATUS_ERROR_SERVICE_UNAVAILABLE)
        return g_strdup_printf("port %d takes no connection: check its power, cable and [printer] "
                               "uri (%s)",
                               attempt->port, why);
    return g_strdup_printf("the name is not known, or the network is down: check [printer] uri "
                           "and DNS (%s)",
                           why);
}

static gpointer run(gpointer data)
{
    Attempt *attempt = data;
    http_t *http =
        httpConnect2(attempt->host, attempt->port, NULL, AF_UNSPEC,
                     attempt->tls ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                     attempt->timeout_ms, NULL);
    gboolean connected = http && httpGetFd(http) >= 0 && (!attempt->tls || httpIsEncrypted(http));
    char *why = connected ? NULL : explain(attempt);
    if (!connected) {
        httpClose(http);
        http = NULL;
    }
    g_mutex_lock(&attempt->mutex);
    attempt->http = http;
    attempt->why = why;
    attempt->done = TRUE;
    gboolean mine = attempt->abandoned;
    g_cond_signal(&attempt->changed);
    g_mutex_unlock(&attempt->mutex);
    if (mine)
        destroy(attempt);
    return NULL;
}

http_t *connector_connect(const char *host, int port, gboolean tls, int timeout_ms, char **ret_why)
{
    Attempt *attempt = g_new0(Attempt, 1);
    gint64 deadline_us = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    *attempt =
        (Attempt){.host = g_strdup(host), .port = port, .timeout_ms = timeout_ms, .tls = tls};
    g_mutex_init(&attempt->mutex);
    g_cond_init(&attempt->changed);
    g_thread_unref(g_thread_new("printer-connect", run, attempt));
    g_mutex_lock(&attempt->mutex);
    while (!attempt->done && g_get_monotonic_time() < deadline_us)
        g_cond_wait_until(&attempt->changed, &attempt->mutex, deadline_us);
    attempt->abandoned = !attempt->done;
    http_t *http = g_steal_pointer(&attempt->http);
    *ret_why = attempt->done ? g_steal_pointer(&attempt->why) : g_strdup("");
    gboolean abandoned = attempt->abandoned;
    g_mutex_unlock(&attempt->mutex);
    if (!abandoned)
        destroy(attempt);
    return http;
}
