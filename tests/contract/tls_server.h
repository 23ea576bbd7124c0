/* A small HTTPS server for tests, in the test's own process: certificates made on the spot, one
 * connection at a time, answers from a script, every request kept. Loopback only. */
#pragma once
#include "tests/contract/pki.h"

typedef enum {
    SERVER_UNKNOWN = 0,
    SERVER_GENUINE,        /* localhost, by the trusted authority */
    SERVER_OTHER_CA,       /* localhost, by another authority */
    SERVER_OTHER_HOST,     /* elsewhere.example, by the trusted authority */
    SERVER_EXPIRED,        /* localhost, trusted, until yesterday */
    SERVER_SELF_SIGNED,    /* localhost */
    SERVER_OLD_TLS,        /* genuine, but TLS 1.1 at most */
    SERVER_PLAIN_HTTP,     /* no TLS at all: a network's sign-in page */
    SERVER_DEAF,           /* accepts and says nothing, not even TLS */
} ServerKind;

typedef enum {
    REPLY_UNKNOWN = 0,
    REPLY_TEXT,    /* send `text`, keep the connection */
    REPLY_CUT,     /* send `text`, close the connection */
    REPLY_SILENCE, /* read the request, never answer */
    REPLY_DRIP,    /* send `text` at one byte a second */
    REPLY_VANISH,  /* read the request, then close connection and port */
} ReplyKind;

typedef struct {
    ReplyKind kind;
    const char *text;
} Reply;

typedef struct TlsServer TlsServer;

/* Starts a thread; the n-th request gets the n-th reply, later ones the last. `replies` must stay
 * alive. Aborts when the port cannot be had. */
TlsServer *tls_server_start(const Pki *pki, ServerKind kind, const Reply *replies,
                            gsize n_replies);
void tls_server_stop(TlsServer *server); /* ends the thread; NULL is fine */

int tls_server_port(const TlsServer *server);
guint tls_server_connections(const TlsServer *server); /* with a finished handshake */
guint tls_server_requests(const TlsServer *server);

/* The n-th request (from 0) as received, head and body. Owned by the server. Only after the
 * answer to it. */
const char *tls_server_request(const TlsServer *server, guint index);
