#include "ui/waker.h"
#include "ui/input.h"
#include <SDL.h>
#include <SDL_syswm.h>

#define BLIND_WAKE_MS 100

struct Waker {
    Display *display; /* X11, else NULL */
    Input *input;     /* KMSDRM, else NULL */
    gboolean blind;
};

Waker *waker_create(struct SDL_Window *window)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    Waker *waker = g_new0(Waker, 1);
    const char *driver = SDL_GetCurrentVideoDriver();
    if (SDL_GetWindowWMInfo(window, &info) && info.subsystem == SDL_SYSWM_X11)
        waker->display = info.info.x11.display;
    else if (!g_strcmp0(driver, "KMSDRM"))
        waker->input = input_create("/dev/input");
    waker->blind = !waker->display && !waker->input && g_strcmp0(driver, "dummy") &&
                   g_strcmp0(driver, "offscreen");
    return waker;
}

void waker_destroy(Waker *waker)
{
    if (!waker)
        return;
    input_destroy(waker->input);
    g_free(waker);
}

int waker_fd(const Waker *waker)
{
    if (waker->display)
        return ConnectionNumber(waker->display);
    return waker->input ? input_fd(waker->input) : -1;
}

void waker_drain(Waker *waker, gint64 now_ms)
{
    if (waker->input)
        input_drain(waker->input, now_ms);
}

int waker_next_ms(const Waker *waker, gint64 now_ms)
{
    /* presenting may have read events from the connection that poll() cannot see any more */
    if (SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT) ||
        (waker->display && XEventsQueued(waker->display, QueuedAlready) > 0))
        return 0;
    if (waker->input)
        return input_next_wake_ms(waker->input, now_ms);
    return waker->blind ? BLIND_WAKE_MS : -1;
}

int waker_take_headphone(Waker *waker)
{
    return waker->input ? input_take_headphone(waker->input) : -1;
}

gboolean waker_is_blind(const Waker *waker)
{
    return waker->blind;
}
