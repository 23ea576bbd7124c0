/* Connecting with a deadline over all of it: looking up the name, reaching the peer, shaking hands.
 * libcups itself waits for the resolver's limits, and up to 10 s for a TLS handshake. */
#pragma once
#include <cups/cups.h>
#include <glib.h>

/* `host` may be the path of a socket. NULL when no connection is made within `timeout_ms`; `ret_why`
 * then says why ("" the deadline passed), to be freed. The caller ends it with httpClose. */
http_t *connector_connect(const char *host, int port, gboolean tls, int timeout_ms,
                          char **ret_why);
