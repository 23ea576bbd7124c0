/* What a maintenance screen may show: one shape for all pages. A heading, a table of rows, at most
 * four things to do, or a field to fill in. Texts are keys of the catalogue with their data; no
 * citizen's data is ever among them. */
#pragma once
#include "firmware/visit/view.h"

/* The pages; the first six stand in the bar. */
typedef enum {
    MENU_PAGE_UNKNOWN = 0,
    MENU_PAGE_OVERVIEW,
    MENU_PAGE_BOOKLETS,
    MENU_PAGE_PRINTER,
    MENU_PAGE_TESTS,
    MENU_PAGE_LOG,
    MENU_PAGE_SETTINGS,
    MENU_PAGE_PART,  /* one check of the overview: what is wrong, the steps that mend it */
    MENU_PAGE_CASES, /* unsure issuances and retained booklets */
    MENU_PAGE_CASE,  /* one of them, with its evidence */
    MENU_PAGE_READER,
    MENU_PAGE_SERVICE,
    MENU_PAGE_STORAGE,
    MENU_PAGE_LINES, /* of journal, log or audit chain, filtered */
    MENU_PAGE_SECTION, /* one section of kiosk.conf */
    MENU_PAGE_SETTING, /* one of its options: value, default and range, whole */
    MENU_PAGE_MACHINE, /* version, restart, shutdown */
    MENU_PAGE_STAFF,
    MENU_PAGE_BATCHES, /* the loads of booklets */
    MENU_PAGE_BATCH, /* the account of one of them */
    MENU_PAGE_COUNT
} MenuPage;

#define MENU_BAR_PAGES 6

/* "overview", "booklets", ... */
const char *menu_page_word(MenuPage page);

/* The page of the bar that `page` lies under, itself for those six; UNKNOWN for none. */
MenuPage menu_page_bar(MenuPage page);

/* A sentence of the catalogue with up to two values, {value} and {more}; an empty key: `value` as
 * it stands. */
typedef struct {
    char key[56];
    char value[408]; /* the longest value of kiosk.conf */
    char more[64];
} MenuText;

typedef enum {
    MENU_STATE_NONE = 0, /* a row without chip */
    MENU_STATE_UNKNOWN,
    MENU_STATE_OK,
    MENU_STATE_WARN,
    MENU_STATE_BAD,
    MENU_STATE_NEUTRAL,
} MenuRowState;

const char *menu_row_state_word(MenuRowState state); /* "", unknown, ok, warn, bad, neutral */

typedef struct {
    char icon[16];
    MenuText name;
    MenuRowState state;
    MenuText chip;   /* word in the chip; empty: the state's own word */
    MenuText text;   /* what is known */
    MenuText detail; /* how old, since when; at the right */
    gboolean opens;  /* can be touched */
    gboolean two_people; /* what it opens takes two */
    gboolean needs; /* of a booklet: somebody; its chip tells where it went */
} MenuRow;

#define MENU_ROWS_MAX 8

typedef struct {
    MenuText title;
    int value;
    MenuText unit;
} MenuFigure;

/* Where all booklets are: a bar of parts that add up to what was loaded. */
#define MENU_ACCOUNT_MAX 7

typedef struct {
    MenuText title, loaded;
    MenuFigure parts[MENU_ACCOUNT_MAX]; /* without units */
    gsize n_parts;                      /* 0: no account on this page */
    int sum;
} MenuAccount;

/* One thing that can be done. */
typedef struct {
    Action action;
    char word[24]; /* "load", for the headless panel */
    char icon[16];
    MenuText text;
    gboolean two_people;
} MenuChoice;

#define MENU_CHOICES_MAX 4 /* a primary and three beside it, one of which may be the way back */

/* The panel test: a grid over the whole panel, corners included, then full fields of one colour. */
#define PANEL_CELLS 60 /* 6 x 10 upright, 10 x 6 across; at most the bits of `touched` */

typedef enum {
    PANEL_COLOUR_NONE = 0,
    PANEL_COLOUR_BLACK,
    PANEL_COLOUR_WHITE,
    PANEL_COLOUR_RED,
    PANEL_COLOUR_GREEN,
    PANEL_COLOUR_BLUE,
    PANEL_COLOUR_COUNT
} PanelColour;

const char *panel_colour_word(PanelColour colour); /* "", black, white, ... */

/* How a field is filled in. */
typedef enum {
    MENU_ENTRY_NONE = 0,
    MENU_ENTRY_SECRET, /* digits, shown as dots */
    MENU_ENTRY_DIGITS,
    MENU_ENTRY_SIGNED, /* digits with a sign */
    MENU_ENTRY_SERIAL, /* D or J and eleven digits */
    MENU_ENTRY_CHOICE, /* one of the rows */
    MENU_ENTRY_TEXT,   /* letters, digits and signs of ASCII; more from a keyboard */
} MenuEntry;

typedef struct MenuView {
    MenuPage page, bar; /* bar: the page of the bar that it lies under */
    Language language; /* of what is no key of the catalogue: the checks' sentences */
    char word[16];      /* of the page, "" before somebody has signed in */
    gboolean signed_in; /* the bar is there */
    char who[24];       /* "" before somebody has signed in */
    MenuText role;
    char version[16]; /* of the program; "" before somebody has signed in */
    MenuText chip;
    MenuRowState chip_state;
    MenuText side; /* right of the chip */
    MenuText heading, lead;
    MenuFigure figures[4];
    gsize n_figures;
    MenuAccount account;
    MenuText columns[4]; /* head of the table; the first empty: no head */
    MenuRow rows[MENU_ROWS_MAX];
    gsize n_rows;
    int row_page, row_pages; /* from 0 */
    MenuText steps[5];       /* what to do, one after the other; instead of rows */
    gsize n_steps;
    char picture[24];  /* beside the steps */
    gboolean two_people; /* what is asked about takes two */

    MenuEntry entry;
    int entered, entry_min, entry_max; /* characters */
    char shown[200];                   /* what has been typed, unless it is secret */
    gboolean upper;                    /* MENU_ENTRY_TEXT: capitals */
    int cells;           /* panel test: PANEL_CELLS, else 0 */
    guint64 touched;     /* bit of each cell that answered */
    PanelColour colour;  /* nothing else is on the panel */
    gboolean working;  /* a task runs; nothing can be touched */
    int percent;       /* of it, -1 unknown */
    MenuText done, left; /* the same in words, and how long it still takes */
    MenuText hint;     /* below what is typed */

    MenuText notice; /* the result of the last task, why a PIN was refused */
    MenuRowState notice_state;
    MenuChoice choices[MENU_CHOICES_MAX]; /* the first is the primary */
    gsize n_choices;
    int seconds_left; /* until the menu closes by itself */
} MenuView;

/* The drawn keyboard: MENU_KEY_LINES lines of at most ten characters, the first row on top. */
#define MENU_KEY_LINES 5
const char *const *menu_keys(gboolean upper);

/* Fills a text; `value` and `more` may be NULL, too long values are cut at a character's end. */
void menu_text_set(MenuText *text, const char *key, const char *value, const char *more);
void menu_text_set_int(MenuText *text, const char *key, gint64 value);
