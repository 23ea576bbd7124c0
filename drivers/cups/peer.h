/* What printer and spooler have in common as IPP servers: attributes, jobs, submission. Belongs to
 * one thread. Every call uses the deadline of the peer's link (ipp_link_begin). */
#pragma once
#include "drivers/cups/ipp_link.h"

typedef struct {
    IppLink *link;
    char *uri; /* printer-uri of every request */
} Peer;

/* `who` is a static word. `server`: NULL, or the socket of the spooler; then `uri` only names the
 * queue. NULL and KIOSK_ERROR_CONFIG when `uri` is none of ipp:// and ipps://. */
Peer *peer_create(const char *who, const char *uri, const char *server, GError **error);
void peer_destroy(Peer *peer); /* NULL is fine */

/* Get-Printer-Attributes with these names. */
ipp_t *peer_get_attributes(Peer *peer, const char *const *names, int n_names, GError **error);

/* Every job that the peer still knows (`all`), or only those that are not done. Names are matched
 * by the caller: my-jobs is not to be trusted. The caller unrefs. */
GArray *peer_list_jobs(Peer *peer, gboolean all, GError **error);

gboolean peer_cancel(Peer *peer, int job_id, GError **error);
gboolean peer_resume(Peer *peer, GError **error); /* Resume-Printer */

typedef struct {
    const char *sides; /* RFC 8011 5.2.8 */
    const char *tray;  /* media-source, "" the printer's choice */
    int quality;       /* print-quality, 0 the printer's default */
    gboolean fidelity; /* refuse rather than replace what the peer cannot do */
    gboolean unscaled; /* print-scaling none */
    int timeout_ms;    /* longest wait for the answer to Create-Job */
    int stall_ms;      /* longest wait without progress while the document is sent */
} PeerTicket;

/* Create-Job and Send-Document. A document that broke off is cancelled at once. */
SubmitResult peer_submit(Peer *peer, const PrinterJob *job, const PeerTicket *ticket,
                         PrinterSent *ret_sent, GError **error);
