/* Private to this room: the maintenance menu carried out. Tasks are a table in loop_tasks.c; those
 * that must wait for an answer stay in `MenuWork` until it comes or the menu's deadline passes. */
#pragma once
#include "firmware/loop/calls.h"
#include "firmware/maintenance/menu.h"
#include "firmware/staff/staff.h"

typedef struct Loop Loop;

/* A task under way. */
typedef struct {
    TaskId task; /* UNKNOWN: none */
    gint64 started_ms, look_ms; /* look_ms: when to look at the job again, 0 not now */
    gboolean printer_seen, service_seen; /* answers of this task */
    char about[160];                     /* what it is about, for the audit */
    char job[40];                        /* of a sheet that is being printed, "" none */
} MenuWork;

typedef struct {
    Menu menu;
    MenuView view;
    MenuFacts facts;
    Checks checks;
    StaffSession first, second;
    char card_of[STAFF_ID_MAX + 1]; /* whose card opens the menu now, "": the hidden touches */
    int counted_day; /* of `counted`: booklets printed on it up to journal entry `counted_seq` */
    guint counted;
    gint64 counted_seq;
    MenuWork work;
    Worker *stick;       /* NULL: nothing was exported yet */
    gboolean stick_busy; /* its answer is still to come */
    guint32 stick_number;
    char lines_read[160]; /* of which page and state of the chains the lines are */
    char booklets_read[64]; /* of which screenful and state of the journal the booklets are */
    gint64 cases_head; /* the journal's when the cases were read */
    gboolean out_of_service;
    gboolean restart, shut_down; /* wanted when the loop has ended */
} LoopMenu;

#define LOOP_NOTE_OUT "out-of-service" /* journal note: who took the machine out of service */
#define FIRST_SUPERVISOR "s-01"

/* loop_menu.c */
void loop_menu_open(Loop *loop); /* at start: what outlives a restart */
void loop_menu_enter(Loop *loop);

/* TRUE if the card is a staff member's and may open the menu now: it does; no visit sees it. */
gboolean loop_menu_take_card(Loop *loop, const Holder *holder);
void loop_menu_send(Loop *loop, const MenuEvent *event);
void loop_menu_tick(Loop *loop);
gint64 loop_menu_due_ms(const Loop *loop); /* monotonic; -1 never */
void loop_menu_show(Loop *loop, View *view);

/* loop_facts.c */
void loop_facts_collect(Loop *loop);
void loop_facts_collect_machine(Loop *loop); /* loop_facts_machine.c */
void loop_facts_note_test(Loop *loop, const char *part, gboolean ok, const char *result);

/* loop_cases.c: what people must settle, and why: read anew when the journal has grown. */
void loop_cases_collect(Loop *loop);

/* loop_booklets.c: the booklets of the page that is open. */
void loop_booklets_collect(Loop *loop);

/* loop_lines.c: the lines of the log page that is open, who changed the settings of a section. */
void loop_lines_collect(Loop *loop);

/* loop_tasks.c */
void loop_task_run(Loop *loop, const MenuEffect *effect);
void loop_task_tick(Loop *loop);
void loop_task_service_answer(Loop *loop, const ServiceCall *call);
void loop_task_document_answer(Loop *loop, DocumentCall *call); /* loop_task_print.c */
void loop_task_stick_answer(Loop *loop, const StickCall *call); /* loop_task_export.c */
void loop_task_stop_stick(Loop *loop);
void loop_task_settled(Loop *loop, const ServiceCall *call); /* loop_task_settle.c */
void loop_task_printer_answer(Loop *loop, const PrinterCall *call);
