/* The technician in front of the machine: a pure state machine beside the visit's. menu_step takes
 * an event and gives the next state and effects (check a PIN, carry a task out); the loop carries
 * them out and feeds answers back. What can be done stands in one table of tasks with role, number
 * of people and fields; what can be seen in one table of pages. Nothing of a citizen comes in here.
 */
#pragma once
#include "firmware/base/secret.h"
#include "firmware/maintenance/facts.h"
#include "firmware/maintenance/menu_view.h"
#include "firmware/staff/staff.h"
#include "firmware/visit/view.h"

typedef enum {
    MENU_UNKNOWN = 0,
    MENU_CLOSED,
    MENU_WHO, /* which of the staff */
    MENU_PIN,
    MENU_CHECKING, /* the PIN is being compared */
    MENU_OPEN,     /* a page */
    MENU_FIELD,    /* a task asks for something */
    MENU_CONFIRM,  /* a task asks once more */
    MENU_SECOND_WHO,
    MENU_SECOND_PIN,
    MENU_SECOND_CHECKING,
    MENU_WORKING,
    MENU_CELLS,   /* panel test: every cell of a grid is to be touched */
    MENU_COLOURS, /* panel test: one colour after the other on the whole panel */
    MENU_STATE_COUNT
} MenuState;

const char *menu_state_word(MenuState state);

/* Everything that can be done; rows of menu_table.c. */
typedef enum {
    TASK_UNKNOWN = 0,
    TASK_ENROL, /* first start, or a supervisor who locked himself out: one-time code, new PIN */
    TASK_TEST_ALL,
    TASK_TAKE_OUT,
    TASK_PUT_BACK,
    TASK_LOAD,
    TASK_COUNT_STOCK,
    TASK_NEXT_SERIAL,
    TASK_SPOIL,
    TASK_TEST_PRINT,
    TASK_CALIBRATION_PRINT,
    TASK_OFFSET,
    TASK_RESUME_PRINTER,
    TASK_TEST_READER,
    TASK_TEST_SERVICE,
    TASK_TEST_SOUND,
    TASK_SETTLE_PRINTED,
    TASK_SETTLE_SPOILED,
    TASK_SETTLE_VOID,
    TASK_EXPORT,
    TASK_REPORT,
    TASK_SET, /* a value of kiosk.conf */
    TASK_ADD_MEMBER,
    TASK_UNLOCK,
    TASK_RESTART,
    TASK_SHUT_DOWN,
    TASK_LOSE,
    TASK_DESTROY,
    TASK_SETTLE_DELIVERED,
    TASK_UNLOAD,      /* takes a load back */
    TASK_ACKNOWLEDGE, /* a supervisor has looked into a cut audit */
    TASK_TEST_PANEL, /* fields: cells and colours as counts, then the silent cells' numbers */
    TASK_ID_COUNT
} TaskId;

const char *menu_task_word(TaskId task);

#define MENU_FIELDS_MAX 4
#define MENU_FIELD_BYTES 200

typedef enum {
    MENU_EVENT_UNKNOWN = 0,
    MENU_EVENT_ENTER,    /* the hidden way in was found; `who`: by a card of this member */
    MENU_EVENT_ACCEPTED, /* `who`, `supervisor`: the PIN was right */
    MENU_EVENT_REJECTED, /* `notice`: why, and how long to wait */
    MENU_EVENT_DONE,     /* `notice`, `ok`: a task's end */
    MENU_EVENT_TIMEOUT,
    MENU_EVENT_TEXT,   /* `text` from a keyboard */
    MENU_EVENT_ACTION, /* first of the actions: MENU_EVENT_ACTION + ActionId */
} MenuEventType;

typedef struct {
    int type;
    int number; /* index of an action */
    const char *who;
    gboolean supervisor, ok;
    MenuText notice;
    const char *text;
} MenuEvent;

typedef enum {
    MENU_EFFECT_UNKNOWN = 0,
    MENU_EFFECT_CHECK_PIN, /* `who`, `secret` */
    MENU_EFFECT_RUN,       /* `task` with `fields`, for `who` and `second` */
    MENU_EFFECT_LEAVE,     /* signed out; the machine goes on */
} MenuEffectType;

typedef struct {
    MenuEffectType type;
    TaskId task;
    const char *who, *second; /* staff ids; "" none. Pointers live until the next step. */
    const char *secret;
    const char *subject; /* what the task is about: a key, a check, an option */
    const char (*fields)[MENU_FIELD_BYTES];
} MenuEffect;

typedef struct {
    MenuState state;
    MenuPage page, from; /* from: whose row opened the page of a part */
    int row_page;
    char subject[96]; /* of PART, CASE, SECTION, SETTING...: what the page is about */
    TaskId task;
    int field;
    char fields[MENU_FIELDS_MAX][MENU_FIELD_BYTES];
    char option[96]; /* TASK_SET: "section.key" */
    char pin[16];
    guint64 touched; /* MENU_CELLS: bit of each cell that answered */
    int colour;      /* MENU_COLOURS: from 0; at the end how many were looked at */
    gboolean upper;
    char who[24], second[24];
    gboolean supervisor;
    MenuText notice;
    MenuRowState notice_state;
    gint64 deadline_ms, session_end_ms; /* monotonic, 0: none */
} Menu;

#define MENU_IDLE_MS (5 * 60 * 1000)
#define MENU_SESSION_MS (60 * 60 * 1000)

void menu_init(Menu *menu);

/* One step; pairs that the table does not name change nothing. At most one effect: type UNKNOWN
 * when there is none. `facts` is what is known of the machine now. `now_ms`: monotonic. */
void menu_step(Menu *menu, const MenuEvent *event, const MenuFacts *facts, gint64 now_ms,
               MenuEffect *ret);

/* When menu_step wants a TIMEOUT next (monotonic ms), 0: never. */
gint64 menu_deadline(const Menu *menu);

gboolean menu_is_open(const Menu *menu);

/* What the screen may show; adds its actions to `view` and fills `ret`, which `view` then borrows.
 */
void menu_show(const Menu *menu, const MenuFacts *facts, gint64 now_ms, MenuView *ret, View *view);

/* The tables, for documentation and tests. */
typedef struct {
    TaskId task;
    const char *word;
    AuditType audit; /* its row says who may, and whether two people must */
    MenuEntry fields[MENU_FIELDS_MAX];
    gboolean asks_again;
    int deadline_ms;
} MenuTask;

const MenuTask *menu_task(TaskId task);
gboolean menu_task_needs_two(TaskId task);

/* Seconds until a task that is `percent` done after `elapsed_ms` is at its end, at the pace it had so
 * far; never more than `before_s`, what was said last. -1: nothing was said and it is too early. */
int menu_left_s(int percent, gint64 elapsed_ms, int before_s);
#define MENU_PACE_MS 1000 /* from when on a pace means something */

IssuanceWord menu_settled_word(TaskId task); /* what it makes of a case; UNKNOWN: it settles none */
