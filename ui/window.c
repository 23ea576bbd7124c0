#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "ui/face.h"
#include "ui/panel.h"
#include "ui/shown.h"
#include "ui/touch.h"
#include "ui/waker.h"
#include <SDL.h>

#define MINUTE_MS 60000

struct Panel {
    SDL_Window *window;
    Texts *texts;
    Face *face;
    Shown *shown;
    Touch touch;
    gboolean dirty;
    gint64 minute; /* wall clock's minute that is shown; 0: nothing is shown yet */
    Waker *waker;
};

/* Screens that say how many seconds are left. */
static const gboolean counts[SCREEN_COUNT] = {
    [SCREEN_CARD] = TRUE,    [SCREEN_PRINTING] = TRUE,    [SCREEN_TAKE_CARD] = TRUE,
    [SCREEN_COLLECT] = TRUE, [SCREEN_STILL_THERE] = TRUE,
};

static void close_window(Panel *panel)
{
    if (!panel)
        return;
    waker_destroy(panel->waker);
    face_destroy(panel->face);
    shown_destroy(panel->shown);
    texts_destroy(panel->texts);
    if (panel->window)
        SDL_DestroyWindow(panel->window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    g_free(panel);
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "panel: %s: %s", what, SDL_GetError());
    return FALSE;
}

static gboolean start_video(GError **error)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0"); /* a finger stays a finger, */
    SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0"); /* a mouse a mouse */
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetMainReady();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO))
        return fail(error, "no display");
    const char *driver = SDL_GetCurrentVideoDriver();
    gboolean unseen = !g_strcmp0(driver, "offscreen") || !g_strcmp0(driver, "dummy");
    if (unseen && !g_getenv("SDL_VIDEODRIVER")) { /* SDL's last resort: nobody would see it */
        SDL_SetError("no screen and no DISPLAY; kiosk headless works without");
        return fail(error, "no display");
    }
    /* elsewhere SDL would take a GL context of 100 MB to show a picture that is already there */
    gboolean kms = !g_strcmp0(SDL_GetCurrentVideoDriver(), "KMSDRM");
    SDL_SetHint(SDL_HINT_RENDER_DRIVER, kms ? "opengles2" : "software");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, kms ? "opengles2" : "0");
    return TRUE;
}

/* The configured size, smaller where the desktop is smaller. */
static void choose_size(const Config *config, int *ret_w, int *ret_h)
{
    SDL_Rect room = {0, 0, 0, 0};
    double w = config_int(config, "panel", "width_px");
    double h = config_int(config, "panel", "height_px"), scale = 1;
    if (!SDL_GetDisplayUsableBounds(0, &room) && room.w > 0 && room.h > 0)
        scale = MIN(1, MIN(room.w / w, room.h / h));
    *ret_w = (int)(w * scale);
    *ret_h = (int)(h * scale);
}

static gboolean make_window(Panel *panel, const Config *config, gboolean windowed, GError **error)
{
    int w, h;
    choose_size(config, &w, &h);
    Uint32 flags = windowed ? SDL_WINDOW_RESIZABLE : SDL_WINDOW_FULLSCREEN_DESKTOP;
    panel->window = SDL_CreateWindow("kiosk", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                                     flags | SDL_WINDOW_SHOWN);
    if (!panel->window)
        return fail(error, "no window");
    SDL_ShowCursor(windowed ? SDL_ENABLE : SDL_DISABLE);
    SDL_StopTextInput();
    return TRUE;
}

static Panel *open_window(const Config *config, gboolean windowed, GError **error)
{
    g_autofree char *assets_dir = texts_find_assets(config);
    if (!start_video(error))
        return NULL;
    Panel *panel = g_new0(Panel, 1);
    panel->shown = shown_create();
    panel->texts = texts_create(config, assets_dir, error);
    if (!panel->texts || !(panel->face = face_create(config, panel->texts, assets_dir, error)) ||
        !make_window(panel, config, windowed, error)) {
        close_window(panel);
        return NULL;
    }
    panel->waker = waker_create(panel->window);
    log_info("ui", "window on %s%s", SDL_GetCurrentVideoDriver(),
             waker_is_blind(panel->waker)
                 ? "; it gives nothing to wait for, so it is asked ten times a second"
                 : "");
    return panel;
}

/* Draws straight into the window's memory where its format allows, which it does everywhere known.
 */
static void draw_on(Panel *panel, SDL_Surface *surface, gint64 wall_ms)
{
    gboolean direct = surface->format->BytesPerPixel == 4 && surface->format->Rmask == 0xff0000 &&
                      surface->format->Bmask == 0xff;
    cairo_surface_t *target =
        direct ? cairo_image_surface_create_for_data(surface->pixels, CAIRO_FORMAT_RGB24,
                                                     surface->w, surface->h, surface->pitch)
               : cairo_image_surface_create(CAIRO_FORMAT_RGB24, surface->w, surface->h);
    cairo_t *cr = cairo_create(target);
    face_draw(panel->face, cr, surface->w, surface->h, shown_view(panel->shown), wall_ms,
              panel->touch.action);
    cairo_destroy(cr);
    cairo_surface_flush(target);
    if (!direct)
        SDL_ConvertPixels(surface->w, surface->h, SDL_PIXELFORMAT_RGB888,
                          cairo_image_surface_get_data(target),
                          cairo_image_surface_get_stride(target), surface->format->format,
                          surface->pixels, surface->pitch);
    cairo_surface_destroy(target);
}

static void draw(Panel *panel)
{
    gint64 wall_ms = clock_wall_ms();
    SDL_Surface *surface = SDL_GetWindowSurface(panel->window);
    if (!shown_view(panel->shown) || !surface)
        return;
    if (SDL_MUSTLOCK(surface) && SDL_LockSurface(surface))
        return;
    draw_on(panel, surface, wall_ms);
    if (SDL_MUSTLOCK(surface))
        SDL_UnlockSurface(surface);
    SDL_UpdateWindowSurface(panel->window);
    if (!panel->minute)
        log_info("ui", "first frame, %d x %d", surface->w, surface->h);
    panel->dirty = FALSE;
    panel->minute = wall_ms / MINUTE_MS;
}

static Action hit(Panel *panel, double x_px, double y_px)
{
    int w = 1, h = 1;
    double x_mm, y_mm;
    SDL_GetWindowSize(panel->window, &w, &h);
    face_locate(panel->face, w, h, x_px, y_px, &x_mm, &y_mm);
    return face_hit(panel->face, x_mm, y_mm);
}

typedef enum { MOVE_UNKNOWN = 0, MOVE_DOWN, MOVE_ALONG, MOVE_UP } Move;

/* TRUE when `ret` holds the action that a pointer did. */
static gboolean point(Panel *panel, Move move, gint64 pointer, Action under, PanelEvent *ret)
{
    Touch *touch = &panel->touch;
    Action before = touch->action, done = {ACTION_UNKNOWN, -1};
    gint64 now_ms = clock_monotonic_ms();
    if (move == MOVE_DOWN)
        touch_press(touch, pointer, under, now_ms);
    else if (move == MOVE_ALONG)
        touch_move(touch, pointer, under, now_ms);
    else
        done = touch_release(touch, pointer, under, now_ms);
    if (before.id != touch->action.id || before.index != touch->action.index)
        panel->dirty = TRUE;
    if (!done.id || !shown_view(panel->shown) || !view_offers(shown_view(panel->shown), done))
        return FALSE;
    *ret = (PanelEvent){.type = PANEL_EVENT_ACTION, .action = done};
    return TRUE;
}

static gboolean take_finger(Panel *panel, const SDL_TouchFingerEvent *finger, Move move,
                            PanelEvent *ret)
{
    int w = 1, h = 1;
    SDL_GetWindowSize(panel->window, &w, &h);
    Action under = hit(panel, (double)finger->x * w, (double)finger->y * h);
    return point(panel, move, (gint64)(finger->fingerId & G_MAXINT64), under, ret);
}

static gboolean take_event(Panel *panel, const SDL_Event *event, PanelEvent *ret)
{
    switch (event->type) {
    case SDL_QUIT:
        *ret = (PanelEvent){.type = PANEL_EVENT_QUIT};
        return TRUE;
    case SDL_WINDOWEVENT:
        panel->dirty = panel->dirty || event->window.event == SDL_WINDOWEVENT_EXPOSED ||
                       event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED;
        return FALSE;
    case SDL_FINGERDOWN:
        return take_finger(panel, &event->tfinger, MOVE_DOWN, ret);
    case SDL_FINGERMOTION:
        return take_finger(panel, &event->tfinger, MOVE_ALONG, ret);
    case SDL_FINGERUP:
        return take_finger(panel, &event->tfinger, MOVE_UP, ret);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (event->button.button != SDL_BUTTON_LEFT)
            return FALSE;
        return point(panel, event->type == SDL_MOUSEBUTTONDOWN ? MOVE_DOWN : MOVE_UP, TOUCH_MOUSE,
                     hit(panel, event->button.x, event->button.y), ret);
    case SDL_MOUSEMOTION:
        return point(panel, MOVE_ALONG, TOUCH_MOUSE, hit(panel, event->motion.x, event->motion.y),
                     ret);
    default: /* SDL's own enumeration: hundreds that are no business of a kiosk */
        return FALSE;
    }
}

static gboolean next_event(Panel *panel, PanelEvent *ret)
{
    SDL_Event event;
    waker_drain(panel->waker, clock_monotonic_ms());
    while (SDL_PollEvent(&event))
        if (take_event(panel, &event, ret))
            return TRUE;
    if (panel->dirty || clock_wall_ms() / MINUTE_MS != panel->minute)
        draw(panel);
    return FALSE;
}

static void show_window(Panel *panel, const View *view, gint64 now_ms)
{
    (void)now_ms;
    const View *before = shown_view(panel->shown);
    Screen screen = before ? before->screen : SCREEN_UNKNOWN;
    ShownChange change = shown_take(panel->shown, view);
    if (change == SHOWN_CHANGE_VIEW && view->screen != screen)
        touch_cancel(&panel->touch);
    if (change == SHOWN_CHANGE_VIEW || panel->dirty ||
        (change == SHOWN_CHANGE_COUNT && counts[shown_view(panel->shown)->screen]))
        draw(panel);
}

static int fill_poll(Panel *panel, struct pollfd *fds, int max)
{
    int fd = waker_fd(panel->waker);
    if (max < 1 || fd < 0)
        return 0;
    fds[0] = (struct pollfd){fd, POLLIN, 0};
    return 1;
}

static int next_wake_ms(Panel *panel, gint64 now_ms)
{
    int minute_ms = (int)(MINUTE_MS - clock_wall_ms() % MINUTE_MS) + 1;
    int waker_ms = waker_next_ms(panel->waker, now_ms);
    if (panel->dirty)
        return 0;
    return waker_ms >= 0 ? MIN(waker_ms, minute_ms) : minute_ms;
}

const PanelDriver panel_window = {
    .name = "window",
    .open = open_window,
    .fill_poll = fill_poll,
    .next_event = next_event,
    .show = show_window,
    .next_wake_ms = next_wake_ms,
    .close = close_window,
};
