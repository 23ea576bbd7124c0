/* HTTPS: two listeners (libmicrohttpd, GnuTLS). The API wants a client certificate of the service's
 * authority, else the handshake fails; the public page wants none. */
#pragma once
#include "central/api.h"
#include "central/page.h"

typedef struct {
    const Api *api;     /* must outlive the server */
    const char *folder; /* of server.key, server.pem, ca.pem */
    const char *database;
    const char *address;       /* IP, both listeners */
    int api_port, public_port; /* 0: any free one */
    int threads;
    int page_per_minute;
} ServerOptions;

typedef struct Server Server;

/* Listens when it returns. NULL and KIOSK_ERROR_CONFIG or KIOSK_ERROR_UNAVAILABLE (port taken). */
Server *server_start(const ServerOptions *options, GError **error);

int server_api_port(const Server *server);
int server_public_port(const Server *server);

/* Lets the running requests end. NULL is fine. */
void server_stop(Server *server);
