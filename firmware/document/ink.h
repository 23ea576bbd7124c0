/* The inks of a page. Drawing goes through these, so that the same functions fill a colour picture,
 * a PDF and an alpha-only (A8) band, where paper is "no ink" and a tint is a thin one. */
#pragma once
#include <cairo.h>
#include <glib.h>

void ink_set_black(cairo_t *cr);

/* Paper: covers what was drawn before. To be used between cairo_save and cairo_restore. */
void ink_set_paper(cairo_t *cr);

/* A grey of the given lightness (0 black, 1 paper) that darkens and never covers. The same. */
void ink_set_tint(cairo_t *cr, double lightness);

/* Strokes the path as cairo_stroke does, with a line of `width` user units. It is stroked without a
 * matrix of its own, which a PDF would set, undo and write seven numbers for each time. */
void ink_stroke(cairo_t *cr, double width);
void ink_stroke_preserve(cairo_t *cr, double width); /* the path stays */

/* The same with dashes of `on` units, `off` apart, the first of them whole; `off` 0: none. */
void ink_stroke_dashed(cairo_t *cr, double width, double on, double off);

/* Whether `cr` draws on a surface that has no colours, only how much ink there is. */
gboolean ink_is_alpha_only(cairo_t *cr);

/* Whether `cr` writes a PDF, which keeps pictures as they are and has no dots of its own. */
gboolean ink_is_for_pdf(cairo_t *cr);
