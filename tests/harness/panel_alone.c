/* The panel with nothing behind it, for `./run bench ui`: the real window shows what a citizen sees first,
 * on a machine without reader, printer, service and journal. Ends when the window is closed.
 *   panel_alone CONFIG */
#include "firmware/base/clock.h"
#include "firmware/visit/visit.h"
#include "ui/panel.h"
#include <malloc.h>
#include <poll.h>
#include <stdio.h>

static void attract(View *ret)
{
    static Visit visit;
    VisitEffects effects;
    gint64 now_ms = clock_monotonic_ms();
    visit_init(&visit, &(VisitSettings){0});
    visit_step(&visit, &(VisitEvent){.type = VISIT_EVENT_READY}, now_ms, clock_wall_ms(), &effects);
    visit_view(&visit, now_ms, ret);
}

/* FALSE when the window was closed; touches change nothing here. */
static gboolean turn(Panel *panel)
{
    PanelEvent event;
    struct pollfd fds[8];
    while (panel_window.next_event(panel, &event))
        if (event.type == PANEL_EVENT_QUIT)
            return FALSE;
    int wake_ms = panel_window.next_wake_ms(panel, clock_monotonic_ms());
    poll(fds, (nfds_t)panel_window.fill_poll(panel, fds, 8), wake_ms);
    return TRUE;
}

int main(int argc, char **argv)
{
    mallopt(M_ARENA_MAX, 1); /* as `kiosk run` does */
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(argc == 2 ? argv[1] : "kiosk.conf", &error);
    View view;
    attract(&view);
    Panel *panel = config ? panel_window.open(config, FALSE, &view, &error) : NULL;
    if (!panel) {
        fprintf(stderr, "panel_alone: %s\n", error->message);
        return 1;
    }
    panel_window.show(panel, &view, clock_monotonic_ms());
    while (turn(panel))
        ;
    panel_window.close(panel);
    return 0;
}
