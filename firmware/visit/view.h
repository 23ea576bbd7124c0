/* What a screen may show, without pixels and without sentences: the core makes it, the SDL screens
 * draw it, the headless mode prints it as JSON. What cannot be said here cannot be shown. Texts for
 * people come from the catalogue by `screen`, `reason` and `hint`; only data stands here. */
#pragma once
#include "firmware/base/secret.h"

typedef enum {
    SCREEN_UNKNOWN = 0,
    SCREEN_ATTRACT,
    SCREEN_CARD,
    SCREEN_READING,
    SCREEN_FACTOR,
    SCREEN_CHOOSE,
    SCREEN_PREVIEW,
    SCREEN_PRINTING,
    SCREEN_TAKE_CARD,
    SCREEN_COLLECT,
    SCREEN_DONE,
    SCREEN_STILL_THERE,
    SCREEN_REFUSED,
    SCREEN_FAULT,
    SCREEN_CLOSED,
    SCREEN_HELP,
    SCREEN_MAINTENANCE,
    SCREEN_COUNT
} Screen;

/* "attract", "take-card", ... */
const char *screen_word(Screen screen);

typedef enum {
    ACTION_UNKNOWN = 0,
    ACTION_BEGIN,
    ACTION_CANCEL,
    ACTION_SUBMIT, /* factor */
    ACTION_RESEND,
    ACTION_DIGIT,     /* index 0 to 9: a key of the drawn keypad */
    ACTION_ERASE,     /* the last digit */
    ACTION_SELECT,    /* index: mark a certificate of several printable ones */
    ACTION_CHOOSE,    /* index into `certificates`: go on with it */
    ACTION_LIST_PAGE, /* the next screenful of certificates */
    ACTION_CONFIRM,
    ACTION_BACK,
    ACTION_NEXT_PAGE, /* of an enlarged page: the next quarter */
    ACTION_PREVIOUS_PAGE,
    ACTION_ZOOM,   /* enlarges the page, from its first quarter on, and shows the whole again */
    ACTION_REVEAL, /* show and cover names and address */
    ACTION_WRONG,  /* preview: something is wrong; collect: smudged or not mine */
    ACTION_TAKEN,
    ACTION_NEXT, /* another certificate of this visit; panel test: the next colour */
    ACTION_FINISH,
    ACTION_MORE_TIME,
    ACTION_CALL, /* fault: call staff */
    ACTION_HELP,
    ACTION_LANGUAGE,
    ACTION_LARGE_TEXT,
    ACTION_CONTRAST,
    ACTION_SPEECH,
    ACTION_MAINTENANCE, /* the hidden way into the menu: offered, never drawn */
    ACTION_MENU,        /* index: a page of the bar, or one that a button opens */
    ACTION_ROW,         /* index: a row of the table */
    ACTION_TASK,        /* index: TaskId */
    ACTION_KEY,         /* index: a character of the drawn keyboard, counted from the blank of ASCII */
    ACTION_SHIFT,
    ACTION_CLEAR, /* all that was typed */
    ACTION_MEND, /* the menu's overview: to what mends the first thing wrong */
    ACTION_CELL, /* index: a cell of the panel test */
    ACTION_COUNT
} ActionId;

typedef struct {
    ActionId id;
    int index; /* SELECT, CHOOSE, DIGIT, MENU, ROW, TASK, KEY, CELL; else -1 */
} Action;

#define VIEW_QUARTERS 4      /* parts of an enlarged page */
#define VIEW_ACTIONS_MAX 192 /* 64 certificates to choose and select, or a keyboard, and the rest */
#define ACTION_WORD_BYTES 24

/* "confirm", "choose:0": into `ret`. */
void action_format(Action action, char ret[ACTION_WORD_BYTES]);

/* The action of a word; id UNKNOWN when there is none. */
Action action_parse(const char *word);

typedef enum { LANGUAGE_UNKNOWN = 0, LANGUAGE_ZH, LANGUAGE_EN } Language;

/* Stages of printing, in order; the second lines are facts of the journal. */
typedef enum {
    STAGE_UNKNOWN = 0,
    STAGE_FETCH,   /* booklet registered with the service */
    STAGE_PREPARE, /* pages drawn */
    STAGE_PRINT,
    STAGE_CHECK, /* evidence, handing over */
    STAGE_COUNT
} Stage;
const char *stage_word(Stage stage);

/* How the owners hold it; what each of them holds is not for the screen. */
typedef enum { SHARING_UNKNOWN = 0, SHARING_SOLE, SHARING_JOINT, SHARING_SHARES } Sharing;

/* From the record's co_ownership, "按份共有：..."; UNKNOWN where it says something else. */
Sharing sharing_parse(const char *co_ownership);

typedef struct {
    const char *number; /* certificate number */
    Personal location;
    gboolean printable;
    const char *reason;   /* stable word when not printable, else "" */
    Personal reason_text; /* the service's own sentence in the view's language, or absent */
    Personal area;        /* as it stands in the record; absent until that has come */
    Sharing sharing;      /* of the record, too */
    int pages;            /* that will be printed; 0: not known yet */
    gboolean has_plan;    /* a floor plan is among them */
} ViewCertificate;

/* One page as a picture: 32 bits a pixel, cairo's RGB24. Owned by the visit. */
typedef struct {
    int width_px, height_px, stride;
    const guint8 *pixels;
    gint64 serial; /* changes with the picture: for caches */
} PageImage;

typedef struct View {
    Screen screen;
    const struct MenuView *menu; /* SCREEN_MAINTENANCE (firmware/maintenance/menu_view.h), else NULL */
    Language language;
    gboolean large_text, high_contrast, speech;
    Action actions[VIEW_ACTIONS_MAX];
    gsize n_actions;
    int seconds_left; /* of the budget while printing, else of the idle countdown; -1: none */

    const char *hint;     /* card, reading: "", "moved", "link", "busy"...; choose: "loading" */
    gint64 open_since_ms; /* attract: since 1970, 0 unknown */

    const char *phone_tail; /* factor: four digits */
    int tries_left, digits; /* factor: -1 unknown; digits typed so far */
    gboolean code_wrong;

    const char *holder_name, *holder_number; /* masked, "" when unknown */
    ViewCertificate certificates[64];
    gsize n_certificates;
    int selected;  /* index or -1 */
    int list_page; /* from 0; see view_list_page_size() */

    int pages, page;            /* preview: page from 1 */
    const char *page_kinds[12]; /* words of document.h, `pages` of them */
    gboolean covered;
    int zoom;               /* 0: whole page, 1 to 4: quarter, row by row */
    const PageImage *image; /* NULL: not drawn yet */

    Stage stage;
    int percent;              /* of the whole, never backwards */
    int printed_sides, sides; /* of this booklet; -1 unknown */
    int used_s, budget_s;
    gboolean card_present; /* the card still lies on the reader */

    const char *booklet; /* collect: serial */
    gboolean sees_taken; /* an exit sensor ends the screen by itself */
    gboolean can_retract;
    const char *identifier;         /* done */
    const char *certificate_number; /* done */

    const char *reason; /* refused, fault, closed: stable word, else "" */
    const char *detail; /* data for the sentence (a page number, a field of the record), else "" */
    const char *ticket; /* six digits to quote, else "" */
} View;

/* Adds an action; does nothing when the view is full. */
void view_offer(View *view, ActionId id, int index);

/* Certificates a page: up to three fit one screen; longer lists and large text have two a page. */
int view_list_page_size(gboolean large_text, gsize certificates);

/* TRUE when the view offers exactly this. */
gboolean view_offers(const View *view, Action action);
