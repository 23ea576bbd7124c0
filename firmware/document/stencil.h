/* A picture of one ink: the ink's alpha (A8). */
#pragma once
#include <cairo.h>
#include <glib.h>

/* Whether it has tones of its own, as the impression of a worn seal has, and not soft edges only.
 */
gboolean stencil_has_tones(cairo_surface_t *stencil);

/* Fills `ret`, another A8 surface that is clear, with the same picture at its size, each dot ink
 * (0xFF) or paper (0): ink where the four dots around mix to half of it or more. */
void stencil_harden(cairo_surface_t *stencil, cairo_surface_t *ret);
