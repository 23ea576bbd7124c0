#include "central/server.h"
#include "central/register.h"
#include "central/request.h"
#include "central/tls.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/base/secret.h"
#include <gio/gio.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

#define API_IDLE_S 120
#define PUBLIC_IDLE_S 10
#define API_CONNECTIONS_MAX 512
#define PUBLIC_CONNECTIONS_MAX 128
#define PUBLIC_PER_ADDRESS_MAX 16
#define CONNECTION_BYTES (32 * 1024)

struct Server {
    const Api *api;
    char *database;
    TlsFiles *files;
    PageRate *rate;
    struct MHD_Daemon *api_daemon, *public_daemon;
};

/* One request while its body comes in. */
typedef struct {
    GByteArray *body;
    gint64 began_ms;
} Exchange;

static void close_store(gpointer store)
{
    store_close(store);
}

static GPrivate thread_store = G_PRIVATE_INIT(close_store);

/* The connection of this thread to the register. NULL and `error`. */
static Store *open_store(const Server *server, GError **error)
{
    Store *store = g_private_get(&thread_store);
    if (!store) {
        store = store_open(server->database, FALSE, error);
        g_private_set(&thread_store, store);
    }
    return store;
}

static const char *find_header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void release_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static struct MHD_Response *make_response(const Reply *reply)
{
    if (!reply->body)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    gsize length = 0;
    const void *data = g_bytes_get_data(reply->body, &length);
    return MHD_create_response_from_buffer_with_free_callback_cls(
        length, (void *)data, release_bytes, g_bytes_ref(reply->body));
}

static void add_headers(struct MHD_Response *response, const Reply *reply, gboolean is_public)
{
    static const char *const public_headers[][2] = {
        {"X-Robots-Tag", "noindex, nofollow"},
        {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
        {"Referrer-Policy", "no-referrer"},
    };
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    if (reply->language != LANGUAGE_UNKNOWN)
        MHD_add_response_header(response, "Content-Language", language_tag(reply->language));
    if (reply->retry_after_s) {
        g_autofree char *seconds = g_strdup_printf("%d", reply->retry_after_s);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
    for (gsize i = 0; is_public && i < G_N_ELEMENTS(public_headers); i++)
        MHD_add_response_header(response, public_headers[i][0], public_headers[i][1]);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, Reply *reply,
                                  gboolean is_public)
{
    struct MHD_Response *response = make_response(reply);
    add_headers(response, reply, is_public);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    reply_clear(reply);
    return queued;
}

static Language find_language(struct MHD_Connection *connection)
{
    return language_from_header(find_header(connection, "Accept-Language"));
}

static enum MHD_Result refuse(struct MHD_Connection *connection, Refusal refusal,
                              gboolean is_public)
{
    Reply reply = {0};
    reply_problem(&reply, refusal, find_language(connection), NULL);
    return send_reply(connection, &reply, is_public);
}

/* ---- the API */

static enum MHD_Result answer_call(const Server *server, struct MHD_Connection *connection,
                                   const char *method, const char *path, const Exchange *exchange)
{
    char kiosk[TLS_NAME_MAX + 1] = "";
    g_autoptr(GError) error = NULL;
    Reply reply = {0};
    Call call = {.store = open_store(server, &error),
                 .method = method,
                 .path = path,
                 .visit = find_header(connection, "Visit"),
                 .idempotency_key = find_header(connection, "Idempotency-Key"),
                 .language = find_language(connection),
                 .body = (const char *)exchange->body->data,
                 .body_length = exchange->body->len,
                 .now_ms = clock_wall_ms(),
                 .monotonic_ms = clock_monotonic_ms()};
    if (tls_read_peer(connection, kiosk, call.fingerprint))
        call.kiosk = kiosk;
    const char *route = "-";
    if (call.store)
        route = api_handle(server->api, &call, &reply);
    else
        register_fail(&reply, error, call.language);
    log_info("central", "%s %s %d %s, kiosk %s, %d ms", method, route, reply.status,
             reply.problem ? reply.problem : "fine", *kiosk ? kiosk : "none",
             (int)(clock_monotonic_ms() - exchange->began_ms));
    return send_reply(connection, &reply, FALSE);
}

static gboolean is_announced_too_large(struct MHD_Connection *connection)
{
    const char *length = find_header(connection, "Content-Length");
    return length && g_ascii_strtoull(length, NULL, 10) > REQUEST_BYTES_MAX;
}

static enum MHD_Result handle_call(void *context, struct MHD_Connection *connection,
                                   const char *path, const char *method, const char *version,
                                   const char *upload, size_t *upload_size, void **state)
{
    (void)version;
    Exchange *exchange = *state;
    if (!exchange) {
        exchange = g_new0(Exchange, 1);
        exchange->body = g_byte_array_new();
        exchange->began_ms = clock_monotonic_ms();
        *state = exchange;
        return is_announced_too_large(connection) ? refuse(connection, REFUSAL_TOO_LARGE, FALSE)
                                                  : MHD_YES;
    }
    if (*upload_size == 0)
        return answer_call(context, connection, method, path, exchange);
    if (exchange->body->len + *upload_size > REQUEST_BYTES_MAX)
        return MHD_NO; /* it said nothing or less: the connection ends */
    g_byte_array_append(exchange->body, (const guint8 *)upload, (guint)*upload_size);
    *upload_size = 0;
    return MHD_YES;
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    Exchange *exchange = *state;
    if (!exchange)
        return;
    secret_wipe(exchange->body->data, exchange->body->len);
    g_byte_array_unref(exchange->body);
    g_free(exchange);
    *state = NULL;
}

static void begin_connection(void *context, struct MHD_Connection *connection, void **state,
                             enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    (void)state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        tls_require_peer(connection);
}

/* ---- the public page */

static gboolean may_ask(const Server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info)
        return FALSE;
    gint64 now_ms = clock_monotonic_ms();
    if (info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)info->client_addr;
        return page_rate_allows(server->rate, v6->sin6_addr.s6_addr, 16, now_ms);
    }
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)info->client_addr;
    return page_rate_allows(server->rate, (const guint8 *)&v4->sin_addr, 4, now_ms);
}

static enum MHD_Result handle_page(void *context, struct MHD_Connection *connection,
                                   const char *path, const char *method, const char *version,
                                   const char *upload, size_t *upload_size, void **state)
{
    static int seen;
    const Server *server = context;
    (void)version;
    (void)upload;
    if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        return refuse(connection, REFUSAL_METHOD_NOT_ALLOWED, TRUE);
    if (!*state || *upload_size) {
        *state = &seen;
        *upload_size = 0;
        return MHD_YES;
    }
    if (!may_ask(server, connection))
        return refuse(connection, REFUSAL_TOO_MANY, TRUE);
    g_autoptr(GError) error = NULL;
    Reply reply = {0};
    PageQuestion question = {.store = open_store(server, &error),
                             .known = server->api->known,
                             .path = path,
                             .language = find_language(connection)};
    if (question.store)
        page_show(&question, &reply);
    else
        register_fail(&reply, error, question.language);
    log_info("central", "public page %d", reply.status);
    return send_reply(connection, &reply, TRUE);
}

/* ---- start and stop */

static void log_daemon(void *context, const char *format, va_list args)
{
    (void)context;
    g_autofree char *text = g_strdup_vprintf(format, args);
    log_debug("central", "http: %s", g_strstrip(text));
}

/* NULL and `error`. */
static GSocketAddress *read_address(const char *address, int port, GError **error)
{
    GSocketAddress *place = g_inet_socket_address_new_from_string(address, (guint)port);
    if (!place)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                    "listen: address: '%s' is no IP address", address);
    return place;
}

static struct MHD_Daemon *listen_on(Server *server, const ServerOptions *options,
                                    gboolean is_public, GError **error)
{
    int port = is_public ? options->public_port : options->api_port;
    struct sockaddr_storage native = {0};
    g_autoptr(GSocketAddress) place = read_address(options->address, port, error);
    if (!place || !g_socket_address_to_native(place, &native, sizeof native, error))
        return NULL;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ERROR_LOG |
                     (native.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    struct MHD_OptionItem only_api[] = {
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)tls_files_authority(server->files)},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)begin_connection, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_exchange, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? options->threads : 0, NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem only_public[] = {
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, PUBLIC_PER_ADDRESS_MAX, NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, is_public ? handle_page : handle_call, server,
        MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&native,
        MHD_OPTION_HTTPS_MEM_KEY, tls_files_key(server->files), MHD_OPTION_HTTPS_MEM_CERT,
        tls_files_certificate(server->files), MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(is_public ? PUBLIC_IDLE_S : API_IDLE_S),
        MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(is_public ? PUBLIC_CONNECTIONS_MAX : API_CONNECTIONS_MAX),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_ARRAY, is_public ? only_public : only_api, MHD_OPTION_END);
    if (!daemon)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE,
                    "listen: cannot listen on %s port %d; is it taken?", options->address, port);
    return daemon;
}

Server *server_start(const ServerOptions *options, GError **error)
{
    TlsFiles *files = tls_files_load(options->folder, error);
    if (!files)
        return NULL;
    Server *server = g_new0(Server, 1);
    server->api = options->api;
    server->database = g_strdup(options->database);
    server->files = files;
    server->rate = page_rate_create(options->page_per_minute);
    server->api_daemon = listen_on(server, options, FALSE, error);
    if (server->api_daemon)
        server->public_daemon = listen_on(server, options, TRUE, error);
    if (server->public_daemon)
        return server;
    server_stop(server);
    return NULL;
}

static int find_port(struct MHD_Daemon *daemon)
{
    return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

int server_api_port(const Server *server)
{
    return find_port(server->api_daemon);
}

int server_public_port(const Server *server)
{
    return find_port(server->public_daemon);
}

void server_stop(Server *server)
{
    if (!server)
        return;
    if (server->api_daemon)
        MHD_stop_daemon(server->api_daemon);
    if (server->public_daemon)
        MHD_stop_daemon(server->public_daemon);
    page_rate_destroy(server->rate);
    tls_files_free(server->files);
    g_free(server->database);
    g_free(server);
}
