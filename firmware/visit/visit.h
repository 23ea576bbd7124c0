/* The citizen in front of the machine: a pure state machine. visit_step takes an event and gives
 * the next state and a list of effects; the kiosk's loop carries the effects out and feeds answers
 * back as events. No I/O, no clock, no thread in here. The transitions are one table (visit.c), the
 * states with screen, deadline and whose time it is another. */
#pragma once
#include "firmware/service/service.h"
#include "firmware/visit/budget.h"
#include "firmware/visit/view.h"
#include "drivers/reader.h"

typedef enum {
    VISIT_UNKNOWN = 0,
    VISIT_CLOSED, /* not ready: no visit can begin */
    VISIT_ATTRACT,
    VISIT_CARD,        /* waiting for a card */
    VISIT_READING,     /* the reader reads it */
    VISIT_IDENTIFYING, /* the service looks the person up */
    VISIT_FACTOR,
    VISIT_FACTOR_CHECKING,
    VISIT_CHOOSE,
    VISIT_LOADING, /* record fetched and drawn */
    VISIT_PREVIEW,
    VISIT_PRINTING,
    VISIT_TAKE_CARD,
    VISIT_COLLECT,
    VISIT_DONE,
    VISIT_REFUSED,
    VISIT_FAULT,
    VISIT_STILL_THERE,
    VISIT_CARD_AWAY, /* lifted before confirm: a short time to put it back */
    VISIT_MAINTENANCE, /* a technician has the menu open (firmware/maintenance) */
    VISIT_STATE_COUNT
} VisitState;

const char *visit_state_word(VisitState state);

typedef enum {
    VISIT_EVENT_UNKNOWN = 0,
    VISIT_EVENT_READY,     /* every part can do its work */
    VISIT_EVENT_NOT_READY, /* `reason` */
    VISIT_EVENT_TIMEOUT,   /* the state's deadline passed */
    VISIT_EVENT_COVER,     /* shown names cover themselves again */
    VISIT_EVENT_CARD_FOUND,
    VISIT_EVENT_CARD_READ,   /* `holder`, `same_card` */
    VISIT_EVENT_CARD_FAILED, /* `failure` */
    VISIT_EVENT_CARD_LEFT,
    VISIT_EVENT_OPENED, /* `list` */
    VISIT_EVENT_FACTOR_OK,
    VISIT_EVENT_FACTOR_WRONG,   /* `number`: tries left */
    VISIT_EVENT_SERVICE_FAILED, /* `reason` */
    VISIT_EVENT_PAGES_READY,    /* `number`: certificate, `pages`, `page_kinds` */
    VISIT_EVENT_PAGES_FAILED,   /* `reason`, `detail`; `number`: certificate */
    VISIT_EVENT_PAGE_DRAWN,     /* `image` */
    VISIT_EVENT_STAGE,          /* `stage`, `percent`, `sides`, `printed_sides`, `expected_ms` */
    VISIT_EVENT_PRINTED,        /* `booklet`, `identifier` */
    VISIT_EVENT_RELEASED,       /* `reason`: nothing was printed, nothing is bound */
    VISIT_EVENT_SPOILED,        /* `reason`, `ticket` */
    VISIT_EVENT_UNSURE,         /* `reason`, `ticket` */
    VISIT_EVENT_TAKEN_SEEN,     /* exit sensor */
    VISIT_EVENT_NOT_RELEASED,   /* the shutter did not open */
    VISIT_EVENT_STAFF_CARD,     /* a staff member's ID card was read: no holder comes with it */
    VISIT_EVENT_MENU_LEFT,      /* the maintenance menu was left */
    VISIT_EVENT_TEXT,           /* `text` typed */
    VISIT_EVENT_ACTION,         /* first of the actions: VISIT_EVENT_ACTION + ActionId */
    VISIT_EVENT_COUNT = VISIT_EVENT_ACTION + ACTION_COUNT
} VisitEventType;

/* "card-read", "action confirm". Static or, for actions, owned by a static table. */
const char *visit_event_word(int type);

typedef struct {
    int type;   /* VisitEventType, or VISIT_EVENT_ACTION + ActionId */
    int number; /* index of an action or certificate, tries left */
    const char *reason, *detail, *ticket, *text, *booklet, *identifier;
    const Holder *holder; /* borrowed until the WIPE effect */
    gboolean same_card;
    ReaderFailure failure;
    const ServiceVisit *list; /* borrowed until the WIPE effect */
    int pages;
    const char *page_kinds[12]; /* static words */
    Personal area;              /* PAGES_READY: of the record; borrowed for the step */
    Sharing sharing;            /* PAGES_READY */
    const PageImage *image;     /* borrowed until the next PAGE_DRAWN or WIPE */
    Stage stage;
    int percent, sides, printed_sides;
    int expected_ms; /* STAGE: until the booklet is ready, from what this printer took before; 0: not
                      * known */
} VisitEvent;

typedef enum {
    VISIT_EFFECT_UNKNOWN = 0,
    VISIT_EFFECT_READER_MODE, /* `number`: ReaderMode */
    VISIT_EFFECT_WARM,        /* open the service connection early */
    VISIT_EFFECT_OPEN,        /* ask the service who this is */
    VISIT_EFFECT_FACTOR,      /* send `text` */
    VISIT_EFFECT_FACTOR_RESEND,
    VISIT_EFFECT_LOAD,    /* `number`: fetch and draw this certificate */
    VISIT_EFFECT_DRAW,    /* the page that the view now wants */
    VISIT_EFFECT_ISSUE,   /* `number`: print this certificate; `text`: zh-CN or en */
    VISIT_EFFECT_PRESENT, /* the booklet may be released */
    VISIT_EFFECT_TAKEN,
    VISIT_EFFECT_NOT_TAKEN, /* retain it */
    VISIT_EFFECT_WRONG,     /* the citizen says it is smudged or not his: retain it */
    VISIT_EFFECT_CALL,      /* somebody is asked to come */
    VISIT_EFFECT_WIPE,      /* close the visit at the service, forget the person */
    VISIT_EFFECT_MENU, /* open the maintenance menu */
} VisitEffectType;

const char *visit_effect_word(VisitEffectType type);

typedef struct {
    VisitEffectType type;
    int number;
    const char *text; /* lives until the next step */
} VisitEffect;

#define VISIT_EFFECTS_MAX 8

typedef struct {
    VisitEffect items[VISIT_EFFECTS_MAX];
    gsize count;
} VisitEffects;

typedef struct {
    int card_ms, still_there_ms, idle_data_ms, idle_read_ms, take_card_ms, collect_ms;
    gboolean staff_cards;             /* some are enrolled: also a closed machine looks for them */
    gboolean sees_taken, can_retract; /* the cabinet's exit sensor and retract bin */
} VisitSettings;

typedef struct {
    VisitSettings settings;
    VisitState state, return_state;
    gint64 deadline_ms, cover_ms; /* monotonic, 0: none */
    gboolean ready;
    char closed_reason[32];
    gint64 open_since_ms;
    Language language;
    gboolean large_text, high_contrast, speech, help;

    gboolean card_present;
    gint64 asked_ms;  /* since when a card is asked for, 0: none was */
    int reads_failed; /* in this visit */
    char hint[24];
    const Holder *holder;
    char masked_name[64], masked_number[24];
    const ServiceVisit *list;
    Language list_language; /* of the service's sentences in it */
    guint64 printed; /* bit a certificate: printed in this visit */
    int selected, list_page;
    int prepared;      /* certificate whose pages are drawn, -1 */
    char area[484];    /* of that one: 120 characters */
    Sharing sharing;   /* of that one */
    int loading;       /* certificate on its way, -1 */
    gboolean reloaded; /* fetched once more: the register had changed it */
    char code[8];
    int tries_left;
    gboolean code_wrong;
    int pages, page, zoom; /* page from 0 */
    const char *page_kinds[12];
    gboolean covered;
    const PageImage *image;
    Budget budget;
    Stage stage;
    int percent, sides, printed_sides;
    gint64 expected_end_ms; /* monotonic: when the booklet should be ready; 0: not known */
    char booklet[16], identifier[64];
    char reason[32], detail[64], ticket[8];
} Visit;

/* `now_ms` of all calls: monotonic milliseconds. */
void visit_init(Visit *visit, const VisitSettings *settings);

/* One step. A pair of state and event that the table does not name changes nothing; `ret` is then
 * empty. `wall_ms` is shown as "open since" only. */
void visit_step(Visit *visit, const VisitEvent *event, gint64 now_ms, gint64 wall_ms,
                VisitEffects *ret);

/* TRUE if the table has a row for `event` in the visit's state. */
gboolean visit_hears(const Visit *visit, int event);

/* When visit_step wants a TIMEOUT or COVER event next (monotonic ms), 0: never. `ret_event` says
 * which. */
gint64 visit_deadline(const Visit *visit, int *ret_event);

/* What the screen may show now. Pointers in it live until the next step. */
void visit_view(const Visit *visit, gint64 now_ms, View *ret);

/* TRUE between the card and the end: no second visit, no maintenance. */
gboolean visit_is_running(const Visit *visit);

/* The certificate that the visit is about, or NULL. */
const VisitCertificate *visit_certificate(const Visit *visit);

/* The table, for documentation and tests. */
typedef struct {
    VisitState state; /* UNKNOWN: every state of a running visit */
    int event;
    const char *action;       /* what is done, in words */
    VisitState next;          /* UNKNOWN: the action decides, `may_go` says where */
    const VisitState *may_go; /* VISIT_UNKNOWN-terminated, or NULL */
} VisitRow;

gsize visit_row_count(void);
VisitRow visit_row(gsize i);

typedef struct {
    VisitState state;
    Screen screen;
    gboolean machine_works; /* the budget runs, no idle question */
    const char *deadline;   /* in words: "idle 60 s", "10 s", "none: waits for a person" */
} VisitStateRow;

VisitStateRow visit_state_row(VisitState state);

/* Both tables in Markdown, as docs/VISIT.md holds them. The caller frees. */
char *visit_document(void);
