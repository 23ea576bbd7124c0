/* Every screen in each of its sixteen looks: orientation, language, text size, contrast. */
#pragma once
#include "tests/harness/sample_views.h"
#include "ui/face.h"
#include "ui/shown.h"

#define GALLERY_LOOKS 16
#define GALLERY_WALL_MS 1782786240000 /* Tuesday, 30 June 2026, 10:24 in Shanghai */

typedef struct {
    gboolean landscape, english, large, high;
} ScreenLook;

ScreenLook look_of(int number); /* 0 to 15 */
char *look_name(int number);    /* "portrait-zh-normal-default"; the caller frees */

/* The two panels, upright and lying, 268 x 476 mm at 1080 x 1920. */
typedef struct Gallery Gallery;

Gallery *gallery_open(GError **error);
void gallery_close(Gallery *gallery); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gallery, gallery_close)

Face *gallery_face(Gallery *gallery, gboolean landscape);
Texts *gallery_texts(Gallery *gallery, gboolean landscape);

/* Pictures of pages instead of the grey sample; NULL: the sample. `context` is passed on. */
typedef const PageImage *(*GalleryPage)(const View *view, gpointer context);
void gallery_set_page(Gallery *gallery, GalleryPage page, gpointer context);

/* The view of sample `i` in a look, alive until the next call. */
const View *gallery_view(Gallery *gallery, gsize i, int look);

/* Draws it over a surface. */
void gallery_draw(Gallery *gallery, gsize i, int look, cairo_t *cr, int width_px, int height_px);

/* TRUE for the one sample that stands for its screen. */
gboolean gallery_is_main(gsize i);
