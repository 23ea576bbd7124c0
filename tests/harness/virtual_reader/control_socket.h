/* A stream socket, or standard input, that takes lines and answers each with a line, in the GLib main loop. */
#pragma once
#include <glib.h>

typedef struct ControlSocket ControlSocket;

/* The answer to a line, without its newline; the socket frees it. */
typedef char *(*ControlAnswer)(gpointer context, const char *line);

/* Listens at `path` (107 bytes at most; a socket left there is replaced, anything else refused);
 * "-": standard input, answered on standard output. NULL and `error`. */
ControlSocket *control_socket_open(const char *path, ControlAnswer answer, gpointer context,
                                   GError **error);
void control_socket_close(ControlSocket *control); /* removes the socket; NULL is fine */
