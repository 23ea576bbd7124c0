/* Contract between the kiosk and what a person sees and touches. Two panels: the SDL2 window, and
 * the headless one (JSON lines on standard input and output, screenshots without any display). Both
 * live in the main thread; nothing here blocks. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/visit/view.h"
#include <poll.h>

typedef struct Panel Panel;

typedef enum {
    PANEL_EVENT_UNKNOWN = 0,
    PANEL_EVENT_ACTION, /* an action that the shown view offers */
    PANEL_EVENT_TEXT,   /* typed text (factor); empty: somebody is there, but did nothing yet */
    PANEL_EVENT_QUIT,   /* end of input, window closed: settle and go */
} PanelEventType;

typedef struct {
    PanelEventType type;
    Action action;
    char text[64];
} PanelEvent;

typedef struct {
    const char *name; /* "window", "headless" */

    /* `windowed`: a window instead of the full screen. `first`: what will be shown first; it can be
     * laid out while the screen opens. NULL and KIOSK_ERROR_UNAVAILABLE or _CONFIG. */
    Panel *(*open)(const Config *config, gboolean windowed, const View *first, GError **error);

    /* What poll() must wait for; gives the count, at most `max` (8). */
    int (*fill_poll)(Panel *panel, struct pollfd *fds, int max);

    /* The next thing that happened; FALSE when there is none. Touches that hit nothing and wrong
     * lines are answered inside. */
    gboolean (*next_event)(Panel *panel, PanelEvent *ret);

    /* Shows `view`, which lives only during the call; the panel compares and does nothing when
     * nothing visible changed. `now_ms`: monotonic. */
    void (*show)(Panel *panel, const View *view, gint64 now_ms);

    /* Milliseconds until the panel wants to be called again by itself (a clock's minute, an input
     * device's settling), -1: never. */
    int (*next_wake_ms)(Panel *panel, gint64 now_ms);

    /* A tone and a sentence at `volume` percent, for a technician's ear. FALSE: this panel has no
     * sound. */
    gboolean (*test_sound)(Panel *panel, Language language, int volume);

    void (*close)(Panel *panel); /* NULL is fine */
} PanelDriver;

extern const PanelDriver panel_window;
extern const PanelDriver panel_headless;
