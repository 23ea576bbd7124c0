#include "drivers/cups/spooler.h"

#define LOOK_MS 20

gboolean spooler_get_status(Peer *spooler, PrinterStatus *ret, GError **error)
{
    static const char *const names[] = {"printer-state", "printer-state-reasons",
                                        "printer-is-accepting-jobs", "queued-job-count"};
    g_autoptr(ipp_t) answer = peer_get_attributes(spooler, names, G_N_ELEMENTS(names), error);
    *ret = (PrinterStatus){.up_time_s = -1, .impressions = -1, .jobs = -1};
    if (answer)
        ipp_answer_status(answer, 0, 0, ret);
    return answer != NULL;
}

const char *spooler_judge(Peer *spooler)
{
    PrinterStatus queue;
    g_autoptr(GError) error = NULL;
    if (!spooler_get_status(spooler, &queue, &error))
        return kiosk_error_is(error, KIOSK_ERROR_REFUSED) ? "spooler-no-queue" : "spooler-down";
    if (queue.state != PRINTER_STATE_IDLE && queue.state != PRINTER_STATE_PROCESSING)
        return "spooler-stopped";
    if (queue.accepting != TRI_YES)
        return "spooler-stopped";
    return queue.jobs > 0 ? "spooler-busy" : NULL;
}

gboolean spooler_check(Peer *spooler, GError **error)
{
    PrinterStatus queue;
    if (!spooler_get_status(spooler, &queue, error))
        return FALSE;
    gboolean stopped = queue.state == PRINTER_STATE_STOPPED || queue.accepting == TRI_NO;
    if (stopped || queue.jobs > 0)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUSY, "spooler: the job was not sent: %s",
                    stopped ? "the queue is stopped" : "another job waits in the queue");
    return !stopped && queue.jobs <= 0;
}

/* Jobs in the queue that could still print, -1 unknown. */
static int count_live(Peer *spooler, GError **error)
{
    int live = 0;
    g_autoptr(GArray) jobs = peer_list_jobs(spooler, FALSE, error);
    for (guint i = 0; jobs && i < jobs->len; i++)
        live += ipp_job_is_live(g_array_index(jobs, IppJob, i).state);
    return jobs ? live : -1;
}

/* A cancelled job leaves the list before its backend ends, and a backend that lives could still
 * create the job at the printer: until then the queue is processing, or counts more than it
 * lists. */
static gboolean wait_for_backend(Peer *spooler, PrinterState *ret_state, int *ret_live,
                                 GError **error)
{
    while (ipp_link_left_ms(spooler->link) > LOOK_MS) {
        PrinterStatus queue;
        int live = spooler_get_status(spooler, &queue, error) ? count_live(spooler, error) : -1;
        if (live < 0)
            return FALSE;
        if (live > 0 || (queue.state != PRINTER_STATE_PROCESSING && queue.jobs == 0)) {
            *ret_state = queue.state;
            *ret_live = live;
            return TRUE;
        }
        g_usleep(LOOK_MS * 1000);
    }
    g_set_error_literal(error, KIOSK_ERROR, KIOSK_ERROR_TIMEOUT,
                        "spooler: the backend still talks to the printer");
    return FALSE;
}

gboolean spooler_settle(Peer *spooler, GError **error)
{
    PrinterState state;
    int live;
    if (!wait_for_backend(spooler, &state, &live, error))
        return FALSE;
    return state != PRINTER_STATE_STOPPED || live > 0 || peer_resume(spooler, error);
}
