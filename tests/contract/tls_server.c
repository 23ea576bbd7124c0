#include "tests/contract/tls_server.h"
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_BYTES_MAX (64 * 1024)
#define REQUESTS_MAX 32

struct TlsServer {
    ServerKind kind;
    const Reply *replies;
    gsize n_replies;
    SSL_CTX *context;
    GThread *thread;
    int listener, stop, port; /* `stop`: an eventfd, readable when the thread shall end */
    guint connections, requests;
    GString *texts[REQUESTS_MAX];
};

typedef struct {
    int socket;
    SSL *ssl; /* NULL: plain */
} Connection;

static const struct {
    ServerKind kind;
    const char *name;
} identities[] = {
    {SERVER_GENUINE, "genuine"},         {SERVER_OTHER_CA, "other-ca"},
    {SERVER_OTHER_HOST, "other-host"},   {SERVER_EXPIRED, "expired"},
    {SERVER_SELF_SIGNED, "self-signed"}, {SERVER_OLD_TLS, "genuine"},
};

static void use_identity(SSL_CTX *context, const Pki *pki, const char *name)
{
    g_autofree char *ca = g_build_filename(pki_folder(pki), "ca.pem", NULL);
    g_autofree char *certificate = g_strdup_printf("%s/%s.pem", pki_folder(pki), name);
    g_autofree char *key = g_strdup_printf("%s/%s.key", pki_folder(pki), name);
    g_assert(SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) == 1);
    g_assert(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1);
    g_assert(SSL_CTX_load_verify_locations(context, ca, NULL) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_session_id_context(context, (const guint8 *)"test", 4);
}

static SSL_CTX *make_context(const Pki *pki, ServerKind kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(identities); i++)
        if (identities[i].kind == kind) {
            SSL_CTX *context = SSL_CTX_new(TLS_server_method());
            use_identity(context, pki, identities[i].name);
            if (kind == SERVER_OLD_TLS) {
                SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
                SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
                SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
            }
            return context;
        }
    return NULL;
}

/* FALSE: the server shall stop, or nothing came for `timeout_ms` (-1: no limit). */
static gboolean wait_for(const TlsServer *server, int descriptor, int timeout_ms)
{
    struct pollfd fds[] = {{descriptor, POLLIN, 0}, {server->stop, POLLIN, 0}};
    return poll(fds, 2, timeout_ms) > 0 && !fds[1].revents;
}

static int read_some(const TlsServer *server, const Connection *connection, char *ret, int size)
{
    if (!(connection->ssl && SSL_pending(connection->ssl)) &&
        !wait_for(server, connection->socket, -1))
        return 0;
    return connection->ssl ? SSL_read(connection->ssl, ret, size)
                           : (int)recv(connection->socket, ret, (size_t)size, 0);
}

static void write_all(const Connection *connection, const char *text, gsize length)
{
    if (connection->ssl && length)
        (void)SSL_write(connection->ssl, text, (int)length);
    else if (length)
        (void)send(connection->socket, text, length, MSG_NOSIGNAL);
}

static gboolean is_whole(const GString *request)
{
    const char *head_end = strstr(request->str, "\r\n\r\n");
    const char *length = strstr(request->str, "Content-Length: ");
    if (!head_end)
        return FALSE;
    guint64 expected = length && length < head_end ? g_ascii_strtoull(length + 16, NULL, 10) : 0;
    return strlen(head_end + 4) >= expected;
}

static gboolean read_request(TlsServer *server, const Connection *connection)
{
    GString *request = g_string_new(NULL);
    char bytes[4096];
    while (!is_whole(request) && request->len < REQUEST_BYTES_MAX) {
        int count = read_some(server, connection, bytes, sizeof bytes);
        if (count <= 0)
            break;
        g_string_append_len(request, bytes, count);
    }
    if (!is_whole(request) || server->requests == REQUESTS_MAX) {
        g_string_free(request, TRUE);
        return FALSE;
    }
    server->texts[server->requests++] = request;
    return TRUE;
}

static void drip(const TlsServer *server, const Connection *connection, const char *text)
{
    char byte;
    for (; *text; text++) {
        write_all(connection, text, 1);
        if (wait_for(server, connection->socket, 1000) &&
            recv(connection->socket, &byte, 1, MSG_PEEK) <= 0)
            return;
    }
}

/* TRUE: the connection goes on. */
static gboolean reply(TlsServer *server, const Connection *connection)
{
    const Reply *next = &server->replies[MIN(server->requests, server->n_replies) - 1];
    switch (next->kind) {
    case REPLY_TEXT:
        write_all(connection, next->text, strlen(next->text));
        return TRUE;
    case REPLY_CUT:
        write_all(connection, next->text, strlen(next->text));
        return FALSE;
    case REPLY_SILENCE:
        wait_for(server, connection->socket, -1);
        return FALSE;
    case REPLY_DRIP:
        drip(server, connection, next->text);
        return FALSE;
    case REPLY_VANISH:
        shutdown(server->listener, SHUT_RDWR);
        close(server->listener);
        server->listener = -1;
        return FALSE;
    case REPLY_UNKNOWN:
        break;
    }
    g_error("test server: a reply has no kind");
}

static void serve(TlsServer *server, int socket)
{
    Connection connection = {socket, NULL};
    if (server->kind == SERVER_DEAF) {
        wait_for(server, socket, -1);
        wait_for(server, server->stop, 3000);
        return;
    }
    if (server->context) {
        connection.ssl = SSL_new(server->context);
        SSL_set_fd(connection.ssl, socket);
        if (SSL_accept(connection.ssl) != 1) {
            SSL_free(connection.ssl);
            return;
        }
    }
    server->connections++;
    while (read_request(server, &connection) && reply(server, &connection))
        continue;
    SSL_free(connection.ssl);
}

static void *run(void *data)
{
    TlsServer *server = data;
    const struct timeval limit = {3, 0};
    while (server->listener >= 0 && wait_for(server, server->listener, -1)) {
        int socket = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (socket < 0)
            continue;
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        serve(server, socket);
        close(socket);
    }
    return NULL;
}

static void open_port(TlsServer *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert(bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0);
    g_assert(listen(server->listener, 8) == 0);
    g_assert(getsockname(server->listener, (struct sockaddr *)&address, &length) == 0);
    server->port = ntohs(address.sin_port);
}

TlsServer *tls_server_start(const Pki *pki, ServerKind kind, const Reply *replies, gsize n_replies)
{
    TlsServer *server = g_new0(TlsServer, 1);
    server->kind = kind;
    server->replies = replies;
    server->n_replies = n_replies;
    server->context = make_context(pki, kind);
    server->stop = eventfd(0, EFD_CLOEXEC);
    open_port(server);
    server->thread = g_thread_new("test-server", run, server);
    return server;
}

void tls_server_stop(TlsServer *server)
{
    if (!server)
        return;
    g_assert(write(server->stop, &(guint64){1}, 8) == 8);
    g_thread_join(server->thread);
    SSL_CTX_free(server->context);
    if (server->listener >= 0)
        close(server->listener);
    close(server->stop);
    for (guint i = 0; i < server->requests; i++)
        g_string_free(server->texts[i], TRUE);
    g_free(server);
}

int tls_server_port(const TlsServer *server)
{
    return server->port;
}

guint tls_server_connections(const TlsServer *server)
{
    return server->connections;
}

guint tls_server_requests(const TlsServer *server)
{
    return server->requests;
}

const char *tls_server_request(const TlsServer *server, guint index)
{
    g_assert_cmpuint(index, <, server->requests);
    return server->texts[index]->str;
}
