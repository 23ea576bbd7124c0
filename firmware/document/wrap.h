/* Breaking text into lines: between any two hanzi, never inside a run of digits and Latin letters
 * unless it alone is wider than the line, no closing mark at a line's start, no opening one at its
 * end. Source newlines begin a new paragraph. */
#pragma once
#include "firmware/document/text.h"

typedef enum {
    WRAP_UNKNOWN = 0,
    WRAP_PLAIN,
    WRAP_INDENT, /* each paragraph's first line moves in by 2 em */
    WRAP_HANG,   /* a paragraph that begins "1. " hangs behind its number by 6 mm, all of them by
                  * as much more as the longest number is longer; numbers end below each other */
    WRAP_LIST,   /* names: breaks behind 、 ， ； unless what comes then is wider than a row */
} WrapStyle;

/* A stretch of text on one row. */
typedef struct {
    gsize start, length; /* bytes of the text, blanks at the row's end left out */
    gsize paragraph;     /* where its paragraph begins */
    double x_mm;         /* from the left edge */
    int row;
} WrapPiece;

/* Text measured once, to be wrapped at several sizes. Keeps a pointer to `text`. */
typedef struct Flow Flow;

Flow *flow_create(TextEngine *engine, Face face, const char *text);
Flow *flow_create_fixed(TextEngine *engine, Face face, const char *text); /* as fixed lines are */
void flow_destroy(Flow *flow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flow, flow_destroy)

/* Wraps at `size_mm` into rows of `width_mm`. Array of WrapPiece, at least one row even of an empty
 * text; the caller unrefs. NULL when one character is wider than a row. */
GArray *flow_wrap(const Flow *flow, double size_mm, double width_mm, WrapStyle style);

/* The line of a piece, which flow_wrap has made of `flow`. The caller destroys. */
TextLine *flow_cut(const Flow *flow, const WrapPiece *piece, double size_mm);

/* Rows of an array of pieces. */
int wrap_rows(const GArray *pieces);
