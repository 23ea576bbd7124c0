/* Walls, common parts, balconies and the outline of the right: every kind of line of a plan's
 * drawing stands here (the standard gives no hatch for the ownership of walls: ours is the kiosk's
 * own, to be confirmed by a surveyor). Private to this room. */
#pragma once
#include "firmware/certificate/plan.h"
#include "firmware/document/plan_figure.h"
#include <cairo.h>

#define OUTLINE_MM 0.30
#define WALL_FACE_MM 0.13

/* Each draws in millimetres relative to the drawing's own origin. */
void walls_draw(const Figure *figure, double mm_per_m, cairo_t *cr);
void commons_draw(const Figure *figure, double mm_per_m, cairo_t *cr);
void balconies_draw(const Figure *figure, double mm_per_m, cairo_t *cr);
void outline_draw(const Figure *figure, double mm_per_m, cairo_t *cr);

/* The same kinds of line as samples 7.0 long, each from its x on, centred on y. */
typedef enum {
    SAMPLE_WALL_OWN,
    SAMPLE_WALL_SHARED,
    SAMPLE_WALL_BORROWED,
    SAMPLE_OUTLINE,
    SAMPLE_BALCONY,
    SAMPLE_COMMON,
    SAMPLE_COUNT
} Sample;

#define SAMPLE_MM 7.0
void samples_draw(const double x_mm[SAMPLE_COUNT], double y_mm, cairo_t *cr);
