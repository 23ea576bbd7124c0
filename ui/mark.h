/* What was drawn where: one mark for each drawing operation. Two drawings of a screen are compared
 * by their marks, so that only what differs is drawn again. Pure. */
#pragma once
#include <cairo.h>
#include <glib.h>

typedef struct {
    cairo_rectangle_int_t box; /* pixels that the operation may have touched */
    guint64 hash;              /* of everything that decides how it looks */
} Mark;

#define MARK_SEED 14695981039346656037u

/* FNV-1a over more bytes. */
guint64 mark_hash(guint64 hash, const void *bytes, gsize length);

#define MARK_BOXES_MAX 8

/* The boxes where the drawings `before` and `after` (arrays of Mark) differ: none overlaps another,
 * all lie within `width` x `height` pixels. Gives their count, at most MARK_BOXES_MAX; 0: the same
 * picture. */
int marks_compare(const GArray *before, const GArray *after, int width, int height,
                  cairo_rectangle_int_t ret[MARK_BOXES_MAX]);
