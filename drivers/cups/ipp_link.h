/* One kept-alive connection that asks one IPP peer, with a deadline over everything. Belongs to one
 * thread. Host names are resolved by the system, whose own time limit applies: use `localhost`, an
 * address, or a name from /etc/hosts. A TLS handshake has libcups' own limit of 10 s. */
#pragma once
#include "drivers/cups/ipp_answer.h"

typedef struct IppLink IppLink;

/* `who` ("printer", "spooler") begins every message. `host` may be the path of a socket. Does not
 * connect yet. */
IppLink *ipp_link_create(const char *who, const char *host, int port, gboolean tls,
                         const char *resource);
void ipp_link_destroy(IppLink *link); /* NULL is fine */

/* All that follows has to be done `timeout_ms` from now. */
void ipp_link_begin(IppLink *link, int timeout_ms);
int ipp_link_left_ms(const IppLink *link); /* 0: the deadline has passed */
const char *ipp_link_who(const IppLink *link);

/* Asks something that changes nothing, or that may safely be asked twice: when the kept connection
 * turns out to be dead, it connects once more. Takes `request`. The answer has a good status, else
 * NULL and KIOSK_ERROR_UNAVAILABLE (no connection), _TIMEOUT, _INVALID, _REFUSED, _BUSY. The caller
 * ends it with ippDelete. */
ipp_t *ipp_link_ask(IppLink *link, ipp_t *request, GError **error);

/* The same for what must not be done twice: never repeated. `document` may be NULL; each time a
 * part of it was taken, the deadline moves to `silence_ms` from then. `ret_maybe_done` is TRUE when
 * the request may have been carried out: once its first byte was sent, until the peer refuses. */
ipp_t *ipp_link_tell(IppLink *link, ipp_t *request, GBytes *document, int silence_ms,
                     gboolean *ret_maybe_done, GError **error);
