/* The face of the kiosk: draws a view with cairo and pango at any size, and says what lies under a
 * finger. One pass lays out and draws; the boxes that are drawn are the boxes that are hit. Belongs
 * to the main thread. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/visit/view.h"
#include "ui/sheet.h"
#include "ui/text.h"
#include <cairo.h>

typedef struct Face Face;

/* Loads fonts and pictures from `assets_dir`; the panel's size in millimetres and pixels comes from
 * `config`. Borrows `texts`. NULL and KIOSK_ERROR_CONFIG. */
Face *face_create(const Config *config, const Texts *texts, const char *assets_dir, GError **error);
void face_destroy(Face *face); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Face, face_destroy)

/* What the person at the panel does with it. */
typedef struct {
    Action pressed; /* under the finger; index -1: nothing */
    Action focused; /* of keypad and keyboard; index -1 and id UNKNOWN: nothing */
} FaceHold;

#define FACE_HOLD_NOTHING ((FaceHold){{ACTION_UNKNOWN, -1}, {ACTION_UNKNOWN, -1}})

/* Draws `view` over the whole of a surface of `width_px` x `height_px` and remembers its targets.
 * `wall_ms` gives the header's time. The panel is centred where the surface has another shape, and
 * turned as face_set_turn says. */
void face_draw(Face *face, cairo_t *cr, int width_px, int height_px, const View *view,
               gint64 wall_ms, FaceHold hold);

/* The same where the surface holds what face_redraw drew last: draws only what differs and gives
 * its boxes (at most MARK_BOXES_MAX) and their count. The first time, and after face_forget, that
 * is the whole surface. */
int face_redraw(Face *face, cairo_t *cr, int width_px, int height_px, const View *view,
                gint64 wall_ms, FaceHold hold, cairo_rectangle_int_t ret[MARK_BOXES_MAX]);
void face_forget(Face *face);

/* Quarter turns clockwise, 0 to 3, from the picture to the surface: for a panel that is mounted on
 * its side. */
void face_set_turn(Face *face, int turn);

/* The targets without a picture. */
void face_layout(Face *face, const View *view, gint64 wall_ms);

/* What speech says when the screen comes: sentences, owned by `face` until the next drawing. */
const GPtrArray *face_spoken(const Face *face);

/* What was last drawn or laid out: boxes in millimetres from the panel's top left, in the order of
 * reading. Owned by `face`. */
const Target *face_targets(const Face *face, gsize *ret_count);

/* The target under a point of the panel, NULL: none. Lives until the next drawing. */
const Target *face_hit(const Face *face, double x_mm, double y_mm);

/* Millimetres of the panel from pixels of a surface that face_draw filled. */
void face_locate(const Face *face, int width_px, int height_px, double x_px, double y_px,
                 double *ret_x_mm, double *ret_y_mm);

/* Writes the view as a PNG of the configured pixels: temporary file, then rename. FALSE and
 * KIOSK_ERROR_STORAGE. */
gboolean face_save_png(Face *face, const View *view, gint64 wall_ms, const char *path,
                       GError **error);

/* Millimetres of the panel a millimetre of the design is drawn as: 1 on the reference panel. */
double face_scale(const Face *face);

/* Keeps a record of every text that is drawn from now on (see sheet.h), for tests: the array is
 * emptied at each drawing. Owned by `face`. */
const GPtrArray *face_record_texts(Face *face);
