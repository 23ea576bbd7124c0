#include "machine.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_MS 60000 /* a kept connection without a request */

int server_listen(int port, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        bind(fd, (struct sockaddr *)&address, size) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        fprintf(stderr, "virtual_printer: port %d: %s\n", port, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *ret_port = ntohs(address.sin_port);
    return fd;
}

void connection_reset(http_t *http)
{
    static const struct linger at_once = {1, 0};
    setsockopt(httpGetFd(http), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Ends every open connection: its thread sees the end and closes it, which sends a reset. */
static void reset_all(Machine *machine)
{
    static const struct linger at_once = {1, 0};
    GHashTableIter each;
    gpointer fd;
    g_hash_table_iter_init(&each, machine->connections);
    while (g_hash_table_iter_next(&each, &fd, NULL)) {
        setsockopt(GPOINTER_TO_INT(fd), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        shutdown(GPOINTER_TO_INT(fd), SHUT_RDWR);
    }
}

void server_set_net(Machine *machine, Net net)
{
    static const uint64_t one = 1;
    machine->net = net;
    if (net == NET_REFUSE || net == NET_RESET)
        reset_all(machine);
    g_cond_broadcast(&machine->changed);
    (void)!write(machine->wake_fd, &one, sizeof one);
    while (machine->listening == (machine->net == NET_REFUSE))
        g_cond_wait(&machine->changed, &machine->mutex);
}

typedef struct {
    Machine *machine;
    http_t *http;
} Connection;

/* FALSE: this connection is to be reset. */
static gboolean wait_for_net(Machine *machine)
{
    g_mutex_lock(&machine->mutex);
    while (machine->net == NET_HANG)
        g_cond_wait(&machine->changed, &machine->mutex);
    gboolean fine = machine->net != NET_RESET && machine->net != NET_REFUSE;
    g_mutex_unlock(&machine->mutex);
    return fine;
}

static gboolean serve_request(Machine *machine, http_t *http)
{
    char path[1024];
    http_state_t state;
    http_status_t status;
    while ((state = httpReadRequest(http, path, sizeof path)) == HTTP_STATE_WAITING)
        g_usleep(100);
    if (state != HTTP_STATE_POST)
        return FALSE;
    while ((status = httpUpdate(http)) == HTTP_STATUS_CONTINUE)
        continue;
    if (status != HTTP_STATUS_OK)
        return FALSE;
    if (!wait_for_net(machine)) {
        connection_reset(http);
        return FALSE;
    }
    if (httpGetExpect(http) == HTTP_STATUS_CONTINUE)
        httpWriteResponse(http, HTTP_STATUS_CONTINUE);
    return ipp_serve(machine, http);
}

/* A TLS handshake begins with byte 22, an HTTP request with a letter. */
static gboolean shake_hands(const Machine *machine, http_t *http)
{
    char first;
    if (!machine->tls || recv(httpGetFd(http), &first, 1, MSG_PEEK) != 1 || first != 22)
        return TRUE;
    return httpEncryption(http, HTTP_ENCRYPTION_ALWAYS) == 0;
}

static gpointer serve_connection(gpointer data)
{
    Connection *connection = data;
    Machine *machine = connection->machine;
    http_t *http = connection->http;
    int fd = httpGetFd(http);
    if (!wait_for_net(machine))
        connection_reset(http);
    else if (shake_hands(machine, http))
        while (httpWait(http, IDLE_MS) && serve_request(machine, http))
            continue;
    g_mutex_lock(&machine->mutex);
    g_hash_table_remove(machine->connections, GINT_TO_POINTER(fd));
    httpClose(http);
    g_mutex_unlock(&machine->mutex);
    g_free(connection);
    return NULL;
}

static void take_connection(Machine *machine, int listener)
{
    http_t *http = httpAcceptConnection(listener, 1);
    if (!http)
        return;
    Connection *connection = g_new0(Connection, 1);
    connection->machine = machine;
    connection->http = http;
    g_mutex_lock(&machine->mutex);
    g_hash_table_add(machine->connections, GINT_TO_POINTER(httpGetFd(http)));
    g_mutex_unlock(&machine->mutex);
    g_thread_unref(g_thread_new("connection", serve_connection, connection));
}

/* Opens or closes the listener to match `net`. */
static int follow_net(Machine *machine, int listener)
{
    int port;
    g_mutex_lock(&machine->mutex);
    gboolean refuse = machine->net == NET_REFUSE;
    if (refuse && listener >= 0) {
        close(listener);
        listener = -1;
    } else if (!refuse && listener < 0) {
        listener = server_listen(machine->port, &port);
    }
    machine->listening = listener >= 0;
    g_cond_broadcast(&machine->changed);
    g_mutex_unlock(&machine->mutex);
    return listener;
}

void server_run(Machine *machine, int listener)
{
    while (TRUE) {
        listener = follow_net(machine, listener);
        struct pollfd fds[] = {{.fd = machine->wake_fd, .events = POLLIN},
                               {.fd = listener, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0)
            continue;
        uint64_t count;
        if (fds[0].revents)
            (void)!read(machine->wake_fd, &count, sizeof count);
        else if (fds[1].revents)
            take_connection(machine, listener);
    }
}
