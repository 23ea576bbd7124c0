#include "tests/harness/virtual_reader/control_socket.h"
#include "tests/harness/socket_path.h"
#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_BYTES_MAX 1024

struct ControlSocket {
    char *path;
    int fd;
    guint source;
    ControlAnswer answer;
    gpointer context;
    GList *peers;
};

typedef struct {
    ControlSocket *control;
    int fd;
    guint source;
    char line[LINE_BYTES_MAX + 1];
    gsize used;
} Peer;

static void free_peer(Peer *peer)
{
    if (peer->fd != STDIN_FILENO)
        close(peer->fd);
    g_free(peer);
}

static gboolean reply(Peer *peer, const char *line)
{
    g_autofree char *answer = peer->control->answer(peer->control->context, line);
    g_autofree char *text = g_strconcat(answer, "\n", NULL);
    gsize length = strlen(text);
    if (peer->fd == STDIN_FILENO)
        return write(STDOUT_FILENO, text, length) == (gssize)length;
    return send(peer->fd, text, length, MSG_NOSIGNAL) == (gssize)length;
}

/* FALSE: the peer is to be dropped. */
static gboolean take_lines(Peer *peer)
{
    char *end;
    while ((end = memchr(peer->line, '\n', peer->used))) {
        gsize length = (gsize)(end - peer->line) + 1;
        *end = '\0';
        if (!reply(peer, peer->line))
            return FALSE;
        peer->used -= length;
        memmove(peer->line, peer->line + length, peer->used);
    }
    return peer->used < LINE_BYTES_MAX;
}

static gboolean on_peer(int fd, GIOCondition condition, gpointer user)
{
    (void)condition;
    Peer *peer = user;
    gssize got = read(fd, peer->line + peer->used, LINE_BYTES_MAX - peer->used);
    if (got > 0) {
        peer->used += (gsize)got;
        if (take_lines(peer))
            return G_SOURCE_CONTINUE;
    }
    peer->control->peers = g_list_remove(peer->control->peers, peer);
    free_peer(peer);
    return G_SOURCE_REMOVE;
}

static void add_peer(ControlSocket *control, int fd)
{
    Peer *peer = g_new0(Peer, 1);
    peer->control = control;
    peer->fd = fd;
    peer->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_peer, peer);
    control->peers = g_list_prepend(control->peers, peer);
}

static gboolean on_connection(int fd, GIOCondition condition, gpointer user)
{
    (void)condition;
    ControlSocket *control = user;
    int peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (peer_fd >= 0)
        add_peer(control, peer_fd);
    return G_SOURCE_CONTINUE;
}

static gboolean listen_at(ControlSocket *control, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(control->path) >= sizeof address.sun_path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG, "%s: over %zu bytes",
                    control->path, sizeof address.sun_path - 1);
        return FALSE;
    }
    g_strlcpy(address.sun_path, control->path, sizeof address.sun_path);
    if (socket_path_clear(control->path))
        control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (control->fd >= 0 && bind(control->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(control->fd, 8) == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", control->path,
                g_strerror(errno));
    return FALSE;
}

ControlSocket *control_socket_open(const char *path, ControlAnswer answer, gpointer context,
                                   GError **error)
{
    ControlSocket *control = g_new0(ControlSocket, 1);
    control->path = g_strdup(path);
    control->answer = answer;
    control->context = context;
    control->fd = -1;
    if (!strcmp(path, "-")) {
        add_peer(control, STDIN_FILENO);
        return control;
    }
    if (!listen_at(control, error)) {
        control_socket_close(control);
        return NULL;
    }
    control->source = g_unix_fd_add(control->fd, G_IO_IN, on_connection, control);
    return control;
}

void control_socket_close(ControlSocket *control)
{
    if (!control)
        return;
    for (GList *at = control->peers; at; at = at->next) {
        Peer *peer = at->data;
        g_source_remove(peer->source);
        free_peer(peer);
    }
    g_list_free(control->peers);
    if (control->source)
        g_source_remove(control->source);
    if (control->fd >= 0) {
        close(control->fd);
        socket_path_clear(control->path);
    }
    g_free(control->path);
    g_free(control);
}
