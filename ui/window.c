#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "ui/desktop.h"
#include "ui/front.h"
#include "ui/panel.h"
#include "ui/sound.h"
#include "ui/speech.h"
#include "ui/touch.h"
#include "ui/video.h"
#include "ui/waker.h"
#include <SDL.h>
#include <stdlib.h>

#define MINUTE_MS 60000

struct Panel {
    SDL_Window *window;
    Front *front;
    Waker *waker;
    Speaker *speaker;
    Speech *speech;
    int touch_turn; /* quarter turns of the fingers against the picture */
    SDL_TouchID sensor; /* whose finger is down, 0: none is */
    gint64 minute;  /* wall clock's minute that is shown; 0: nothing is shown yet */
    gboolean lost;  /* the screen does not show us any more, */
    gboolean told;  /* which the loop knows */
};

static void close_window(Panel *panel)
{
    if (!panel)
        return;
    speaker_stop(panel->speaker);
    speech_stop(panel->speech);
    waker_destroy(panel->waker);
    front_destroy(panel->front);
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
    SDL_Rect whole = {0, 0, 0, 0};
    choose_size(config, &w, &h);
    Uint32 flags = windowed ? SDL_WINDOW_RESIZABLE : SDL_WINDOW_FULLSCREEN_DESKTOP;
    if (!windowed && desktop_is_unmanaged() && !SDL_GetDisplayBounds(0, &whole)) {
        flags = SDL_WINDOW_BORDERLESS;
        w = whole.w;
        h = whole.h;
    }
    panel->window = SDL_CreateWindow("kiosk", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                                     flags | SDL_WINDOW_SHOWN);
    if (!panel->window)
        return fail(error, "no window");
    SDL_ShowCursor(windowed ? SDL_ENABLE : SDL_DISABLE);
    SDL_StopTextInput();
    return TRUE;
}

/* Quarter turns of a rotation in kiosk.conf. */
static int turn_of(const Config *config, const char *key)
{
    return (int)strtol(config_string(config, "panel", key), NULL, 10) / 90;
}

/* What is made on a thread of its own while SDL opens the screen. */
typedef struct {
    const Config *config;
    const View *first;
    Front *front;
    GError *error;
} Making;

static gpointer make_front(gpointer data)
{
    Making *making = data;
    making->front = front_create(making->config, &making->error);
    if (making->front && making->first) {
        front_show(making->front, making->first, clock_monotonic_ms());
        front_lay_out(making->front);
    }
    return NULL;
}

/* Screen and front; FALSE: one of them failed. */
static gboolean open_both(Panel *panel, const Config *config, gboolean windowed, const View *first,
                          GError **error)
{
    Making making = {.config = config, .first = first};
    video_configure();
    GThread *thread = g_thread_new("front", make_front, &making);
    gboolean open = video_start(error) && make_window(panel, config, windowed, error) &&
                    video_prove(panel->window, error);
    g_thread_join(thread);
    panel->front = making.front;
    if (open && making.error)
        g_propagate_error(error, g_steal_pointer(&making.error));
    g_clear_error(&making.error);
    return open && panel->front;
}

static Panel *open_window(const Config *config, gboolean windowed, const View *first,
                          GError **error)
{
    Panel *panel = g_new0(Panel, 1);
    if (!open_both(panel, config, windowed, first, error)) {
        close_window(panel);
        return NULL;
    }
    panel->touch_turn = turn_of(config, "touch_rotation");
    face_set_turn(front_face(panel->front), turn_of(config, "rotation"));
    panel->waker = waker_create(panel->window);
    panel->speaker = speaker_start();
    panel->speech = speech_start(config_string(config, "panel", "speech_socket"));
    log_info("ui", "window on %s%s", SDL_GetCurrentVideoDriver(),
             waker_is_blind(panel->waker)
                 ? "; it gives nothing to wait for, so it is asked ten times a second"
                 : "");
    return panel;
}

/* Draws straight into the window's memory where its format allows, which it does everywhere known.
 * Gives the boxes that changed. */
static int draw_on(Panel *panel, SDL_Surface *surface, gint64 wall_ms,
                   cairo_rectangle_int_t boxes[MARK_BOXES_MAX])
{
    gboolean direct = surface->format->BytesPerPixel == 4 && surface->format->Rmask == 0xff0000 &&
                      surface->format->Bmask == 0xff;
    cairo_surface_t *target =
        direct ? cairo_image_surface_create_for_data(surface->pixels, CAIRO_FORMAT_RGB24,
                                                     surface->w, surface->h, surface->pitch)
               : cairo_image_surface_create(CAIRO_FORMAT_RGB24, surface->w, surface->h);
    if (!direct)
        face_forget(front_face(panel->front));
    cairo_t *cr = cairo_create(target);
    int count = front_draw(panel->front, cr, surface->w, surface->h, wall_ms, boxes);
    cairo_destroy(cr);
    cairo_surface_flush(target);
    if (!direct)
        SDL_ConvertPixels(surface->w, surface->h, SDL_PIXELFORMAT_RGB888,
                          cairo_image_surface_get_data(target),
                          cairo_image_surface_get_stride(target), surface->format->format,
                          surface->pixels, surface->pitch);
    cairo_surface_destroy(target);
    return count;
}

/* The surface to draw on, locked where it must be; NULL: there is none. */
static SDL_Surface *take_surface(Panel *panel)
{
    SDL_Surface *surface = SDL_GetWindowSurface(panel->window);
    return surface && SDL_MUSTLOCK(surface) && SDL_LockSurface(surface) ? NULL : surface;
}

static void lose(Panel *panel, const char *message)
{
    log_error("ui", "%s; starting again", message);
    panel->lost = TRUE;
}

static void draw(Panel *panel)
{
    g_autoptr(GError) error = NULL;
    gint64 wall_ms = clock_wall_ms();
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    SDL_Rect rects[MARK_BOXES_MAX];
    if (!front_view(panel->front) || panel->lost)
        return;
    SDL_Surface *surface = take_surface(panel);
    if (!surface) {
        lose(panel, SDL_GetError());
        return;
    }
    int count = draw_on(panel, surface, wall_ms, boxes);
    if (SDL_MUSTLOCK(surface))
        SDL_UnlockSurface(surface);
    for (int i = 0; i < count; i++)
        rects[i] = (SDL_Rect){boxes[i].x, boxes[i].y, boxes[i].width, boxes[i].height};
    if (count > 0 && !video_present(panel->window, rects, count, &error)) {
        lose(panel, error->message);
        return;
    }
    if (!panel->minute)
        log_info("ui", "first frame, %d x %d", surface->w, surface->h);
    panel->minute = wall_ms / MINUTE_MS;
}

/* What a person did: an action, or nothing but being there, which is worth knowing too. */
static gboolean tell(gboolean acted, gboolean present, PanelEvent *ret)
{
    ret->type = acted ? PANEL_EVENT_ACTION : PANEL_EVENT_TEXT;
    return acted || present;
}

static gboolean point(Panel *panel, Move move, gint64 pointer, double x, double y, PanelEvent *ret)
{
    int w = 1, h = 1;
    SDL_GetWindowSize(panel->window, &w, &h);
    *ret = (PanelEvent){0};
    gboolean acted =
        front_point(panel->front, move, pointer, x, y, w, h, clock_monotonic_ms(), &ret->action);
    return tell(acted, move == MOVE_DOWN, ret);
}

/* A finger's place is told as a share of the touch sensor. */
static gboolean take_finger(Panel *panel, const SDL_TouchFingerEvent *finger, Move move,
                            PanelEvent *ret)
{
    int w = 1, h = 1;
    double x = (double)finger->x, y = (double)finger->y;
    SDL_GetWindowSize(panel->window, &w, &h);
    for (int i = 0; i < panel->touch_turn; i++) {
        double before = x;
        x = 1 - y;
        y = before;
    }
    return point(panel, move, (gint64)(finger->fingerId & G_MAXINT64), x * w, y * h, ret);
}

static const struct {
    SDL_Keycode code;
    Key key;
} keys[] = {
    {SDLK_UP, KEY_UP},
    {SDLK_DOWN, KEY_DOWN},
    {SDLK_LEFT, KEY_LEFT},
    {SDLK_RIGHT, KEY_RIGHT},
    {SDLK_RETURN, KEY_SELECT},
    {SDLK_KP_ENTER, KEY_SELECT},
    {SDLK_SPACE, KEY_SELECT},
    {SDLK_SELECT, KEY_SELECT},
    {SDLK_TAB, KEY_NEXT},
    {SDLK_ESCAPE, KEY_BACK},
    {SDLK_AC_BACK, KEY_BACK},
    {SDLK_BACKSPACE, KEY_ERASE},
    {SDLK_PAGEDOWN, KEY_NEXT_PAGE},
    {SDLK_PAGEUP, KEY_PREVIOUS_PAGE},
    {SDLK_VOLUMEUP, KEY_LOUDER},
    {SDLK_VOLUMEDOWN, KEY_SOFTER},
    {SDLK_PLUS, KEY_LOUDER},
    {SDLK_KP_PLUS, KEY_LOUDER},
    {SDLK_MINUS, KEY_SOFTER},
    {SDLK_KP_MINUS, KEY_SOFTER},
};

static Key find_key(const SDL_Keysym *symbol)
{
    SDL_Keycode code = symbol->sym;
    if (code >= SDLK_0 && code <= SDLK_9)
        return (Key)(KEY_DIGIT + code - SDLK_0);
    if (code == SDLK_KP_0)
        return KEY_DIGIT;
    if (code >= SDLK_KP_1 && code <= SDLK_KP_9)
        return (Key)(KEY_DIGIT + 1 + code - SDLK_KP_1);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].code == code)
            return code == SDLK_TAB && symbol->mod & KMOD_SHIFT ? KEY_PREVIOUS : keys[i].key;
    return KEY_UNKNOWN;
}

/* A key that is held does nothing again but move the focus. */
static gboolean take_key(Panel *panel, const SDL_KeyboardEvent *event, PanelEvent *ret)
{
    Key key = find_key(&event->keysym);
    if (event->repeat && (key >= KEY_SELECT || event->keysym.mod & KMOD_ALT))
        return FALSE;
    *ret = (PanelEvent){0};
    return tell(front_key(panel->front, key, clock_monotonic_ms(), &ret->action),
                key != KEY_UNKNOWN, ret);
}

static gboolean take_event(Panel *panel, const SDL_Event *event, PanelEvent *ret)
{
    const SDL_MouseButtonEvent *button = &event->button;
    switch (event->type) {
    case SDL_QUIT:
        *ret = (PanelEvent){.type = PANEL_EVENT_QUIT};
        return TRUE;
    case SDL_WINDOWEVENT:
        if (event->window.event == SDL_WINDOWEVENT_EXPOSED ||
            event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED)
            front_expose(panel->front);
        return FALSE;
    case SDL_FINGERDOWN:
        panel->sensor = event->tfinger.touchId;
        return take_finger(panel, &event->tfinger, MOVE_DOWN, ret);
    case SDL_FINGERMOTION:
        return take_finger(panel, &event->tfinger, MOVE_ALONG, ret);
    case SDL_FINGERUP:
        return take_finger(panel, &event->tfinger, MOVE_UP, ret);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return button->button == SDL_BUTTON_LEFT &&
               point(panel, event->type == SDL_MOUSEBUTTONDOWN ? MOVE_DOWN : MOVE_UP, TOUCH_MOUSE,
                     button->x, button->y, ret);
    case SDL_MOUSEMOTION:
        return point(panel, MOVE_ALONG, TOUCH_MOUSE, event->motion.x, event->motion.y, ret);
    case SDL_KEYDOWN:
        return take_key(panel, &event->key, ret);
    default: /* SDL's own enumeration: hundreds that are no business of a kiosk */
        return FALSE;
    }
}

/* What waits to be heard. */
static void sound(Panel *panel)
{
    Utterance utterance;
    while (front_take_utterance(panel->front, &utterance)) {
        if (utterance.sound)
            speaker_play(panel->speaker, utterance.sound, utterance.volume);
        if (utterance.text)
            speech_say(panel->speech, utterance.text, utterance.language, utterance.volume);
    }
}

static gboolean take_headphone(Panel *panel, PanelEvent *ret)
{
    int plugged = waker_take_headphone(panel->waker);
    *ret = (PanelEvent){.type = PANEL_EVENT_ACTION};
    return plugged >= 0 && front_headphone(panel->front, plugged, &ret->action);
}

/* SDL forgets the fingers of a sensor that was unplugged without a word. */
static void look_for_sensor(Panel *panel)
{
    for (int i = 0; i < SDL_GetNumTouchDevices(); i++)
        if (SDL_GetTouchDevice(i) == panel->sensor)
            return;
    if (panel->sensor)
        front_lose_pointer(panel->front);
    panel->sensor = 0;
}

static gboolean next_event(Panel *panel, PanelEvent *ret)
{
    SDL_Event event;
    *ret = (PanelEvent){.type = PANEL_EVENT_QUIT};
    if (panel->lost && !panel->told)
        return panel->told = TRUE;
    waker_drain(panel->waker, clock_monotonic_ms());
    if (take_headphone(panel, ret))
        return TRUE;
    while (SDL_PollEvent(&event))
        if (take_event(panel, &event, ret))
            return TRUE;
    look_for_sensor(panel);
    front_tick(panel->front, clock_monotonic_ms());
    sound(panel);
    if (front_is_stale(panel->front) || clock_wall_ms() / MINUTE_MS != panel->minute)
        draw(panel);
    return FALSE;
}

static void show_window(Panel *panel, const View *view, gint64 now_ms)
{
    front_show(panel->front, view, now_ms);
    sound(panel);
    if (front_is_stale(panel->front))
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

static int sooner(int one_ms, int other_ms)
{
    return one_ms < 0 || (other_ms >= 0 && other_ms < one_ms) ? other_ms : one_ms;
}

static int next_wake_ms(Panel *panel, gint64 now_ms)
{
    int minute_ms = (int)(MINUTE_MS - clock_wall_ms() % MINUTE_MS) + 1;
    if (panel->lost ? !panel->told : front_is_stale(panel->front))
        return 0;
    if (panel->lost)
        return -1;
    return sooner(sooner(minute_ms, waker_next_ms(panel->waker, now_ms)),
                  front_next_ms(panel->front, now_ms));
}

static gboolean test_sound(Panel *panel, Language language, int volume)
{
    speaker_play(panel->speaker, SOUND_READY, volume);
    speech_say(panel->speech,
               g_strdup(language == LANGUAGE_EN ? "This is the sound test." : "这是声音测试。"),
               language, volume);
    return TRUE;
}

const PanelDriver panel_window = {
    .name = "window",
    .open = open_window,
    .fill_poll = fill_poll,
    .next_event = next_event,
    .show = show_window,
    .next_wake_ms = next_wake_ms,
    .test_sound = test_sound,
    .close = close_window,
};
