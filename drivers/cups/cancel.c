#include "drivers/cups/cancel.h"
#include "drivers/cups/spooler.h"
#include <string.h>

#define LOOK_MS 20 /* pause between two looks at a job that is being cancelled */

static gboolean is_chosen(const CancelChoice *choice, const IppJob *job)
{
    if (choice->only)
        return !strcmp(job->name, choice->only);
    return !choice->keep || strcmp(job->name, choice->keep) != 0;
}

/* Cancels what is chosen; the number of chosen jobs that could still print, -1 unknown. */
static int cancel_round(Peer *peer, const CancelChoice *choice, gboolean send, GError **error)
{
    int live = 0;
    g_autoptr(GArray) jobs = peer_list_jobs(peer, FALSE, error);
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const IppJob *job = &g_array_index(jobs, IppJob, i);
        if (!is_chosen(choice, job) || !ipp_job_is_live(job->state))
            continue;
        live++;
        if (send)
            peer_cancel(peer, job->id, NULL); /* the next look tells whether it helped */
    }
    return jobs ? live : -1;
}

/* Until nothing chosen is left that could print. A new job may appear between two looks (the
 * spooler's backend was about to create it), so cancelling is repeated, slowly. */
static gboolean cancel_all(Peer *peer, const CancelChoice *choice, GError **error)
{
    for (int round = 0;; round++) {
        int live = cancel_round(peer, choice, round % 8 == 0, error);
        if (live <= 0)
            return live == 0;
        if (ipp_link_left_ms(peer->link) <= LOOK_MS) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT,
                        "%s: %d cancelled jobs could still print", ipp_link_who(peer->link), live);
            return FALSE;
        }
        g_usleep(LOOK_MS * 1000);
    }
}

gboolean cancel_jobs(Peer *device, Peer *spooler, const CancelChoice *choice, GError **error)
{
    gboolean queue =
        !spooler || (cancel_all(spooler, choice, error) && spooler_settle(spooler, error));
    /* The printer is told in any case; the first error is the one that is reported. */
    return (!device || cancel_all(device, choice, queue ? error : NULL)) && queue;
}
