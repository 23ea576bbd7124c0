/* What only a spooler's queue needs: it may stop, and its backend may still be at work when the job
 * is gone. */
#pragma once
#include "drivers/cups/peer.h"

/* State of the queue. FALSE and an error; then `ret` is all unknown. */
gboolean spooler_get_status(Peer *spooler, PrinterStatus *ret, GError **error);

/* NULL: it can take a job; else the word of a state reason, as in reasons.c. */
const char *spooler_judge(Peer *spooler);

/* FALSE and KIOSK_ERROR_BUSY when a job would wait in the queue, or come out when somebody starts
 * it again. */
gboolean spooler_check(Peer *spooler, GError **error);

/* Waits for the backend to end, then starts a queue that it stopped, unless a job would come out.
 */
gboolean spooler_settle(Peer *spooler, GError **error);
