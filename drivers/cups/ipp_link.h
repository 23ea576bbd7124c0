/* One kept-alive connection that asks one IPP peer, with a deadline over everything. Belongs to one
 * thread. */
#pragma once
#include "drivers/cups/ipp_answer.h"

typedef struct IppLink IppLink;

/* `who` ("printer", "spooler") begins every message. `host` may be the path of a socket. Does not
 * connect yet. */
IppLink *ipp_link_create(const char *who, const char *host, int port, gboolean tls,
                         const char *resource);

/* TLS: the only certificate that is taken, as 64 hexadecimal digits of its SHA-256; "" any. */
void ipp_link_pin(IppLink *link, const char *sha256);
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

/* The same for what must not be done twice: never repeated. `body` may be NULL; each time a part of
 * it was taken, the deadline moves to its `stall_ms` from then. `ret_maybe_done` is TRUE when the
 * request may have been carried out: once its first byte was sent, until the peer refuses. */
typedef struct {
    gsize size; /* 0: not known beforehand, sent in chunks (RFC 9112 7.1) */
    int stall_ms;
    gpointer context;
    /* Hands the body over by ipp_link_write. FALSE: the connection is closed within the body. */
    gboolean (*write)(gpointer context, IppLink *link, GError **error);
    PrinterSent *sent; /* bytes, sha256, first_ms are filled */
} IppBody;

ipp_t *ipp_link_tell(IppLink *link, ipp_t *request, const IppBody *body, gboolean *ret_maybe_done,
                     GError **error);

/* A part of the body that is being sent. FALSE: the connection is broken. */
gboolean ipp_link_write(IppLink *link, gconstpointer bytes, gsize size);

/* Any thread: what is under way ends at once, and nothing is done until ipp_link_release. */
void ipp_link_hold(IppLink *link);
void ipp_link_release(IppLink *link);
