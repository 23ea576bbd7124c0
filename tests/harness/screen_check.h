/* Measures a screen from what was drawn: millimetres of text, targets and gaps, contrast, overlaps,
 * truncation, private data. Everything is in millimetres of the reference panel. */
#pragma once
#include "tests/harness/gallery.h"

typedef enum {
    CHECK_UNKNOWN = 0,
    CHECK_TARGETS,      /* size, reach, on the panel, offered */
    CHECK_GAPS,         /* between targets */
    CHECK_OFFERS,       /* each offered action has one place to press */
    CHECK_PRIMARIES,    /* one at most, at its place */
    CHECK_TEXTS,        /* size, truncation, broken words */
    CHECK_OVERLAPS,     /* texts and pictograms; texts across a target's edge */
    CHECK_CONTRAST,     /* of texts and pictograms */
    CHECK_PRIVACY,      /* of the synthetic person */
    CHECK_PLACEHOLDERS, /* left open; exclamation marks */
    CHECK_FOCUS,        /* every target can be reached with four arrows, and with Tab */
    CHECK_COUNT
} CheckId;

/* The word of a check: "gaps". */
const char *screen_check_word(CheckId id);

/* What was the least, over all that was measured. */
typedef struct {
    double hanzi_mm, capital_mm; /* text */
    double target_mm, primary_mm, gap_mm, contrast, contrast_high, icon_contrast;
    int texts, targets;
    int breaches[CHECK_COUNT];
    guint excuses; /* bit of each row that excused a text that is cut */
} Measures;

void measures_clear(Measures *measures);

/* How many rows the table of what may be cut has. */
guint screen_check_excuses(void);

/* Adds the screen that `face` has just drawn or laid out, with the records of its texts. A breach
 * is written to standard error with `name`, and counted. */
void screen_check(const Face *face, const GPtrArray *records, const View *view, gboolean landscape,
                  const char *name, Measures *measures);

/* The same for sample `i` in all sixteen looks. */
void screen_check_looks(Gallery *gallery, gsize i, Measures *measures);
