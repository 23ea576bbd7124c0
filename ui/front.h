/* Everything that a panel does with a view but showing pixels: which target a finger or the focus
 * is on and what becomes of it, what is said and sounded, when the screen goes dark. The window is
 * this with SDL around it; tests drive it without. Belongs to the main thread. */
#pragma once
#include "ui/cue.h"
#include "ui/face.h"
#include "ui/focus.h"

typedef struct Front Front;

/* Loads sentences, fonts and pictures. NULL and KIOSK_ERROR_CONFIG. */
Front *front_create(const Config *config, GError **error);
void front_destroy(Front *front); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Front, front_destroy)

/* Takes a copy of `view`. `now_ms` of all calls: monotonic. */
void front_show(Front *front, const View *view, gint64 now_ms);

/* Lays out the view that is shown, which else waits for a drawing, a touch or a key. */
void front_lay_out(Front *front);

/* The view that is shown, NULL before the first; the face that draws it. */
const View *front_view(const Front *front);
Face *front_face(Front *front);

/* Draws what has changed on a surface that holds what was drawn before; gives the boxes and their
 * count, 0: nothing. */
int front_draw(Front *front, cairo_t *cr, int width_px, int height_px, gint64 wall_ms,
               cairo_rectangle_int_t ret[MARK_BOXES_MAX]);

/* TRUE when front_draw has something to do; front_expose: the surface lost what it held. */
gboolean front_is_stale(const Front *front);
void front_expose(Front *front);

typedef enum { MOVE_UNKNOWN = 0, MOVE_DOWN, MOVE_ALONG, MOVE_UP } Move;

/* A pointer moved on a surface: a finger (its number, 0 and above) or TOUCH_MOUSE, at a pixel. TRUE
 * and the action that it did; FALSE: none yet. The first touch on a dark screen only wakes it. */
gboolean front_point(Front *front, Move move, gint64 pointer, double x_px, double y_px,
                     int width_px, int height_px, gint64 now_ms, Action *ret);

/* The sensor of the pointer that is down is gone: nothing is pressed any more. */
void front_lose_pointer(Front *front);

/* A key went down. TRUE and the action that it did. */
gboolean front_key(Front *front, Key key, gint64 now_ms, Action *ret);

/* A headphone was plugged in or out: speech follows. TRUE and the action for it. */
gboolean front_headphone(Front *front, gboolean plugged, Action *ret);

/* What comes with time: reminders, the dark screen. Milliseconds until it is wanted next, -1:
 * never. */
void front_tick(Front *front, gint64 now_ms);
int front_next_ms(const Front *front, gint64 now_ms);

/* Something to hear; `text` is NULL or to be wiped and freed with secret_free, and takes the place
 * of what is still being said; "" is silence. */
typedef struct {
    Sound sound;
    char *text;
    Language language;
    int volume; /* percent */
} Utterance;

/* The next one; FALSE: there is none. */
gboolean front_take_utterance(Front *front, Utterance *ret);
