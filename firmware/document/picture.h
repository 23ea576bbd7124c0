/* A PNG of the record: seal or scanned plan. */
#pragma once
#include <cairo.h>
#include <glib.h>

typedef struct {
    int references;
    cairo_surface_t *surface; /* of one ink: its alpha alone (A8) */
    int width_px, height_px;
    gboolean is_one_ink;
    double red, green, blue;   /* that ink */
    cairo_surface_t *fax;      /* of one ink that is there or not: the same, packed for a PDF */
    cairo_surface_t *darkness; /* of several inks: 1 - lightness of each pixel, once it is needed */
} Picture;

typedef enum {
    PICTURE_UNKNOWN = 0,
    PICTURE_SEAL, /* keeps its alpha; but one ink with soft edges gets hard ones, 600 dots an inch
                   */
    PICTURE_SCAN, /* lies on white paper */
} PictureUse;

/* Decodes `png` for a box of that size: pixels that no printer shows there (more than 600 a inch,
 * 300 in colours) are averaged away at once, so that hostile pictures cost little for long. NULL
 * and KIOSK_ERROR_REFUSED "<member>: ..." when it is broken or larger than LIMIT_PNG_BYTES,
 * LIMIT_PNG_PIXELS or LIMIT_PNG_RAW_BYTES. */
Picture *picture_create(GBytes *png, const char *member, PictureUse use, double width_mm,
                        double height_mm, GError **error);
Picture *picture_ref(Picture *picture);
void picture_unref(Picture *picture); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_unref)

/* Draws it into the box, alpha kept; on a surface without colours as dark as it is light there. */
void picture_draw(Picture *picture, cairo_t *cr, double x_mm, double y_mm, double width_mm,
                  double height_mm);

/* Fits it into a box without distorting it and without going under `dpi_min`; centred. */
void picture_draw_fitted(Picture *picture, cairo_t *cr, double x_mm, double y_mm, double width_mm,
                         double height_mm, double dpi_min);
