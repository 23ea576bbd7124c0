/* Cancelling jobs until none is left that could print. */
#pragma once
#include "drivers/cups/peer.h"

/* `only`: this job; else all but `keep`, which may be NULL. */
typedef struct {
    const char *only, *keep;
} CancelChoice;

/* At both peers, of which one may be NULL; resumes a queue that its backend stopped. TRUE when
 * nothing chosen is left. */
gboolean cancel_jobs(Peer *device, Peer *spooler, const CancelChoice *choice, GError **error);
