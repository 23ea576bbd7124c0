/* Vector drawings from assets/icons: pictograms (one colour, a 24 x 24 grid) and pictures (token
 * colours, their own millimetres). The files are checked once, when they are loaded. */
#pragma once
#include "ui/theme.h"
#include <cairo.h>

typedef struct Pictures Pictures;

/* NULL and KIOSK_ERROR_CONFIG with file and line. */
Pictures *pictures_load(const char *assets_dir, GError **error);
void pictures_free(Pictures *pictures); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pictures, pictures_free)

/* Draws a pictogram with the current colour, `size_mm` wide, its top left at a point. A name that
 * is not there draws nothing and writes a line to the log. */
void pictures_draw_icon(Pictures *pictures, cairo_t *cr, const char *name, double x, double y,
                        double size_mm);

/* One shape of a picture, with what fills and strokes it. */
typedef struct {
    Token fill, line;
    double width_mm;
    double dashes[2];
    gsize n_dashes;
    const char
        *text; /* lettering: sans or serif bold of `width_mm`, centred at (x, y); else NULL */
    gboolean serif;
    double x, y;
} PictureShape;

/* Walks the shapes of picture `name` with each one's path set on `cr`; `draw` fills and strokes. */
typedef void (*PictureDraw)(const PictureShape *shape, gpointer context);
void pictures_walk(Pictures *pictures, cairo_t *cr, const char *name, PictureDraw draw,
                   gpointer context);

gboolean pictures_has(const Pictures *pictures, const char *name);
