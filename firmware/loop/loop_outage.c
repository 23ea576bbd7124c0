/* The journal is damaged, or its disk full or gone: nothing may be issued and nobody can log in.
 * The machine stays up and says so on its screen, until a person at the console has mended it. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define AGAIN_MS 10000
#define PANEL_FDS 8

/* A second program on the same journal is none: it ends. */
gboolean loop_outage_is(const GError *error)
{
    return kiosk_error_is(error, KIOSK_ERROR_DAMAGED) || kiosk_error_is(error, KIOSK_ERROR_STORAGE);
}

static void show(const PanelDriver *driver, Panel *panel, gint64 now_ms)
{
    const VisitEvent closed = {.type = VISIT_EVENT_NOT_READY, .reason = "journal"};
    Visit visit;
    VisitEffects none;
    View view;
    visit_init(&visit, &(VisitSettings){0});
    visit_step(&visit, &closed, now_ms, clock_wall_ms(), &none);
    visit_view(&visit, now_ms, &view);
    driver->show(panel, &view, now_ms);
}

/* Nothing on the closed screen does anything. FALSE: an end was asked for. */
static gboolean take_events(const PanelDriver *driver, Panel *panel)
{
    PanelEvent event;
    while (driver->next_event(panel, &event)) {
        secret_wipe(event.text, sizeof event.text);
        if (event.type == PANEL_EVENT_QUIT)
            return FALSE;
    }
    return TRUE;
}

/* FALSE: a signal asked for the end. */
static gboolean sleep_until(const PanelDriver *driver, Panel *panel, int signal_fd, gint64 due_ms)
{
    struct pollfd fds[1 + PANEL_FDS] = {{signal_fd, POLLIN, 0}};
    struct signalfd_siginfo info;
    int n = 1 + driver->fill_poll(panel, fds + 1, PANEL_FDS);
    gint64 now_ms = clock_monotonic_ms();
    int wake_ms = driver->next_wake_ms(panel, now_ms), wait_ms = (int)MAX(due_ms - now_ms, 0);
    (void)poll(fds, (nfds_t)n, wake_ms >= 0 ? MIN(wake_ms, wait_ms) : wait_ms);
    return read(signal_fd, &info, sizeof info) != (gssize)sizeof info;
}

gboolean loop_outage_wait(const PanelDriver *driver, Panel *panel, int signal_fd,
                          const GError *error)
{
    gint64 now_ms = clock_monotonic_ms(), due_ms = now_ms + AGAIN_MS;
    sd_notifyf(0, "READY=1\nWATCHDOG=1\nSTATUS=closed: %s", error->message);
    while (now_ms < due_ms) {
        show(driver, panel, now_ms);
        if (!take_events(driver, panel) || !sleep_until(driver, panel, signal_fd, due_ms))
            return FALSE;
        now_ms = clock_monotonic_ms();
    }
    return TRUE;
}
