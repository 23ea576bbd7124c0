#include "ui/video.h"
#include "firmware/base/error.h"

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "panel: %s: %s", what, SDL_GetError());
    return FALSE;
}

static gboolean is_kms(void)
{
    return !g_strcmp0(SDL_GetCurrentVideoDriver(), "KMSDRM");
}

/* On KMS/DRM every other renderer draws into memory that is never scanned out. Elsewhere SDL would
 * take a GL context of 100 MB to show a picture that is already there. */
static void choose_renderer(void)
{
    SDL_HintPriority priority = is_kms() ? SDL_HINT_OVERRIDE : SDL_HINT_NORMAL;
    SDL_SetHintWithPriority(SDL_HINT_RENDER_DRIVER, is_kms() ? "opengles2" : "software", priority);
    SDL_SetHintWithPriority(SDL_HINT_FRAMEBUFFER_ACCELERATION, is_kms() ? "opengles2" : "0",
                            priority);
}

/* A panel reads digits, so Xlib need not read 500 kB of rules for composed characters, and no
 * session bus is started where there is none. Whoever has set these variables keeps them. */
void video_configure(void)
{
    g_setenv("XCOMPOSEFILE", "/dev/null", FALSE);
    g_setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", FALSE);
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0"); /* a finger stays a finger, */
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0"); /* a mouse a mouse */
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
}

gboolean video_start(GError **error)
{
    SDL_SetMainReady();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO))
        return fail(error, "no display");
    const char *driver = SDL_GetCurrentVideoDriver();
    gboolean unseen = !g_strcmp0(driver, "offscreen") || !g_strcmp0(driver, "dummy");
    if (unseen && !g_getenv("SDL_VIDEODRIVER")) { /* SDL's last resort: nobody would see it */
        SDL_SetError("no screen and no DISPLAY; kiosk headless works without");
        return fail(error, "no display");
    }
    choose_renderer();
    return TRUE;
}

gboolean video_present(SDL_Window *window, const SDL_Rect *boxes, int count, GError **error)
{
    SDL_ClearError();
    if (SDL_UpdateWindowSurfaceRects(window, boxes, count))
        return fail(error, "the picture is not shown");
    /* a page flip that failed is told by nothing else */
    return !is_kms() || !*SDL_GetError() || fail(error, "the picture is not shown");
}

gboolean video_prove(SDL_Window *window, GError **error)
{
    SDL_Surface *surface = SDL_GetWindowSurface(window);
    SDL_RendererInfo info = {.name = "none"};
    if (!surface)
        return fail(error, is_kms() ? "nothing can be shown; KMS/DRM needs OpenGL ES 2 (libgles2, "
                                      "libegl1, libgbm1, libgl1-mesa-dri)"
                                    : "nothing can be shown");
    if (is_kms()) {
        (void)SDL_GetRendererInfo(SDL_GetRenderer(window), &info);
        SDL_SetError("SDL draws with %s instead of opengles2", info.name);
        if (g_strcmp0(info.name, "opengles2"))
            return fail(error, "nothing can be shown");
    }
    SDL_Rect whole = {0, 0, surface->w, surface->h};
    return !is_kms() || video_present(window, &whole, 1, error);
}
