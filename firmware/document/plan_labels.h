/* Names in rooms, balconies and common parts. Private to this room. Positions are millimetres
 * relative to the drawing's own origin. */
#pragma once
#include "firmware/document/plan_dimensions.h"
#include "firmware/document/plan_figure.h"
#include "firmware/document/plan_openings.h"

#define LABEL_LINES_MAX 2

typedef struct {
    TextLine *lines[LABEL_LINES_MAX];
    Vec at[LABEL_LINES_MAX]; /* left ends of the baselines */
    int n_lines;
    double size_mm;
    Rect box;           /* of the text with its distance from everything else */
    gboolean has_patch; /* white ground on a hatch */
} Label;

typedef struct {
    GArray *labels;    /* Label */
    GString *numbered; /* "①阳台  ②过道": names that fit no room of theirs; empty: none */
} LabelSet;

/* Places every name. The set is never NULL; `ret_failed` gets the name of an area that cannot even
 * hold a number, or NULL. */
LabelSet *labels_create(TextEngine *engine, const Figure *figure, double mm_per_m,
                        const GArray *dimensions, const GArray *openings, const char **ret_failed);
void labels_destroy(LabelSet *set); /* NULL is fine */
