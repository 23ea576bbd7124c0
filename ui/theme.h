/* Design tokens: colours by what they are for, type sizes, the measures that every screen shares.
 * Millimetres on the reference panel (268 x 476 portrait, 476 x 268 landscape). No other file names
 * a colour or a size. */
#pragma once
#include <glib.h>

typedef enum {
    TOKEN_UNKNOWN = 0,
    TOKEN_PAPER,   /* ground */
    TOKEN_CARD,    /* cards, secondary buttons, keys */
    TOKEN_SUNK,    /* utility buttons, waiting bar, cards that cannot be chosen */
    TOKEN_SHADE,   /* neutral chip, side of things */
    TOKEN_LINE,    /* hairlines: decoration only */
    TOKEN_EDGE,    /* outline of every control */
    TOKEN_INK,     /* text */
    TOKEN_INK2,    /* second text */
    TOKEN_RED,     /* the one thing to press, progress, selection */
    TOKEN_PRESSED, /* red while the finger is on it */
    TOKEN_ONRED,   /* text on red */
    TOKEN_GREEN,
    TOKEN_GREENT,
    TOKEN_AMBER,
    TOKEN_AMBERT,
    TOKEN_REDI,
    TOKEN_REDT,
    TOKEN_GOLD, /* lettering of the drawn booklet */
    TOKEN_MHEAD, /* maintenance header: nobody mistakes it for the citizen's screen */
    TOKEN_ONMHEAD,
    TOKEN_CHART_GONE, /* parts of a bar, each with its word beside it */
    TOKEN_CHART_OPEN,
    TOKEN_TEST_BLACK, /* fields of the panel test: what the panel's own dots give */
    TOKEN_TEST_WHITE,
    TOKEN_TEST_RED,
    TOKEN_TEST_GREEN,
    TOKEN_TEST_BLUE,
    TOKEN_COUNT
} Token;

/* Word of a token as the picture files use it ("edge"); UNKNOWN when there is none. */
Token theme_token_from_word(const char *word);

/* 0xRRGGBB. */
guint32 theme_colour(Token token, gboolean high_contrast);

/* Contrast ratio of two colours by WCAG 2's formula, 1 to 21. */
double theme_contrast(guint32 first, guint32 second);

/* Type sizes: em and line height. */
typedef enum {
    SIZE_UNKNOWN = 0,
    SIZE_SMALL, /* 7.0: the least; capitals 5.1 mm */
    SIZE_BODY,
    SIZE_LIST,
    SIZE_LEAD,
    SIZE_ACTION,
    SIZE_CENTRE,  /* the centre's name, serif */
    SIZE_CENTRE_LONG,
    SIZE_TITLE,   /* serif */
    SIZE_DISPLAY, /* serif */
    SIZE_DISPLAY_LATIN,
    SIZE_CLOCK,
    SIZE_KEY, /* figures keep their size in large mode */
    SIZE_PAGE,
    SIZE_RING,
    SIZE_NUMBER,
    SIZE_COUNT
} Size;

typedef struct {
    double em_mm, line; /* line height = em x line */
    gboolean serif, scales;
} SizeRow;

const SizeRow *theme_size(Size size);

#define THEME_LARGE 1.4
#define THEME_MARGIN 16.0
#define THEME_GAP 4.0
#define THEME_RADIUS_CHIP 2.5
#define THEME_RADIUS_UTILITY 3.0
#define THEME_RADIUS_BUTTON 4.0
#define THEME_RADIUS_CARD 5.0
#define THEME_STROKE_HAIRLINE 0.3
#define THEME_STROKE_CARD 0.4
#define THEME_STROKE_CONTROL 0.5
#define THEME_STROKE_CURRENT 0.8
#define THEME_STROKE_SELECTED 1.2
#define THEME_FOCUS_GAP 1.0   /* between a control and the ring of the focus */
#define THEME_STROKE_HIGH 0.9 /* least outline of a control in high contrast */

#define THEME_CONTRAST_LEAST 10.0
#define THEME_CONTRAST_LEAST_HIGH 20.0
