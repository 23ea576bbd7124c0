#include "firmware/maintenance/menu.h"
#include "firmware/base/log.h"
#include "firmware/maintenance/menu_entry.h"
#include "firmware/maintenance/menu_panel.h"
#include "firmware/maintenance/menu_step.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

#define DOOR_MS 60000 /* before anybody has signed in */
#define CHECK_MS 15000

typedef MenuState (*Act)(Step *step);

static void forget_task(Menu *menu)
{
    secret_wipe(menu->fields, sizeof menu->fields);
    menu->task = TASK_UNKNOWN;
    menu->field = 0;
    menu->second[0] = menu->option[0] = '\0';
    menu_forget_pin(menu);
}

static MenuState leave(Step *step)
{
    Menu *menu = step->menu;
    forget_task(menu);
    menu->who[0] = '\0';
    menu->supervisor = FALSE;
    menu->session_end_ms = 0;
    menu_clear_notice(menu);
    step->effect->type = MENU_EFFECT_LEAVE;
    return MENU_CLOSED;
}

/* Carries the task out. */
static MenuState run(Step *step)
{
    Menu *menu = step->menu;
    step->effect->type = MENU_EFFECT_RUN;
    step->effect->task = menu->task;
    step->effect->who = menu->who;
    step->effect->second = menu->second;
    step->effect->subject = *menu->option ? menu->option : menu->subject;
    step->effect->fields = (const char(*)[MENU_FIELD_BYTES])menu->fields;
    menu_forget_pin(menu);
    return MENU_WORKING;
}

/* After all fields: the question, the second person, or straight on. */
static MenuState after_fields(Step *step)
{
    step->menu->row_page = 0;
    if (menu_entry_asks_again(step->menu) && step->menu->state != MENU_CONFIRM)
        return MENU_CONFIRM;
    if (step->menu->task == TASK_TEST_PANEL)
        return menu_panel_begin(step->menu);
    return menu_task_needs_two(step->menu->task) ? MENU_SECOND_WHO : run(step);
}

static MenuState begin_task(Step *step, TaskId task)
{
    Menu *menu = step->menu;
    menu_clear_notice(menu);
    if (!menu_may_task(menu, step->facts, task)) {
        menu_text_set(&menu->notice, "menu.not-now", NULL, NULL);
        menu->notice_state = MENU_STATE_WARN;
        return MENU_OPEN;
    }
    menu->task = task;
    menu->field = 0;
    menu->upper = FALSE;
    menu_entry_start(menu, step->facts);
    return menu_entry_kind(menu, step->facts) != MENU_ENTRY_NONE ? MENU_FIELD : after_fields(step);
}

static MenuState do_task(Step *step)
{
    menu_mend_aim(step->menu, step->facts, (TaskId)step->event->number);
    return begin_task(step, (TaskId)step->event->number);
}

static void go(Menu *menu, MenuPage page, const char *subject)
{
    menu_clear_notice(menu);
    menu->page = page;
    menu->row_page = 0;
    g_strlcpy(menu->subject, subject, sizeof menu->subject);
}

static MenuState turn_to(Step *step)
{
    int page = step->event->number;
    gboolean way = step->menu->page == MENU_PAGE_BOOKLETS &&
                   (page == MENU_PAGE_CASES || page == MENU_PAGE_BATCHES);
    if ((page > MENU_PAGE_UNKNOWN && page <= MENU_BAR_PAGES) || way)
        go(step->menu, (MenuPage)page, "");
    return MENU_OPEN;
}

static MenuState open_row(Step *step)
{
    Menu *menu = step->menu;
    MenuTarget target = {0};
    guint index = (guint)menu->row_page * menu_rows_a_page(menu->page) + (guint)step->event->number;
    if (!menu_row_target(menu, step->facts, index, &target))
        return MENU_OPEN;
    if (target.task == TASK_UNKNOWN) {
        menu->from = menu->page;
        go(menu, target.page, target.subject);
        return MENU_OPEN;
    }
    g_strlcpy(menu->option, target.subject, sizeof menu->option);
    return begin_task(step, target.task);
}

/* From the overview to the page that mends the first thing wrong. */
static MenuState open_mend(Step *step)
{
    Menu *menu = step->menu;
    MenuTrouble trouble = menu_find_trouble(step->facts);
    if (menu->page != MENU_PAGE_OVERVIEW || trouble.count == 0)
        return MENU_OPEN;
    menu->from = menu->page;
    go(menu, trouble.check ? MENU_PAGE_PART : MENU_PAGE_TESTS,
       trouble.check ? trouble.check->id : "");
    return MENU_OPEN;
}

static MenuState turn_rows(Step *step)
{
    gboolean forward = step->event->type == MENU_EVENT_ACTION + ACTION_NEXT_PAGE;
    step->menu->row_page = MAX(step->menu->row_page + (forward ? 1 : -1), 0);
    return step->menu->state;
}

static MenuState page_back(Step *step)
{
    gboolean part = step->menu->page == MENU_PAGE_PART;
    MenuPage parent = part ? step->menu->from : menu_page_row(step->menu->page)->parent;
    if (parent == MENU_PAGE_UNKNOWN)
        return leave(step);
    char *end = parent == MENU_PAGE_SECTION ? strchr(step->menu->subject, '.') : NULL;
    if (end)
        *end = '\0'; /* "section.key" */
    go(step->menu, parent, end ? step->menu->subject : "");
    return MENU_OPEN;
}

static MenuState type_field(Step *step)
{
    menu_entry_type(step->menu, step->facts, step->event);
    return MENU_FIELD;
}

static MenuState next_field(Step *step)
{
    Menu *menu = step->menu;
    if (!menu_entry_complete(menu, step->facts))
        return MENU_FIELD;
    menu_clear_notice(menu);
    menu->field++;
    menu->row_page = 0;
    if (menu->field < MENU_FIELDS_MAX && menu_entry_kind(menu, step->facts) != MENU_ENTRY_NONE) {
        menu_entry_start(menu, step->facts);
        return MENU_FIELD;
    }
    return after_fields(step);
}

static MenuState choose_row(Step *step)
{
    return menu_entry_choose(step->menu, step->facts, step->event->number) ? next_field(step)
                                                                           : MENU_FIELD;
}

static MenuState touch_cell(Step *step)
{
    return menu_panel_touch(step->menu, step->event->number);
}

/* Nobody touched for a while: what has not answered until now is silent. */
static MenuState cells_late(Step *step)
{
    (void)step;
    return MENU_COLOURS;
}

static MenuState end_panel(Step *step)
{
    menu_panel_conclude(step->menu);
    return run(step);
}

static MenuState next_colour(Step *step)
{
    return menu_panel_next(step->menu) ? MENU_COLOURS : end_panel(step);
}

static MenuState stop_task(Step *step)
{
    forget_task(step->menu);
    menu_clear_notice(step->menu);
    return *step->menu->who && step->menu->session_end_ms ? MENU_OPEN : leave(step);
}

static MenuState done(Step *step)
{
    Menu *menu = step->menu;
    gboolean enrolled = menu->task == TASK_ENROL;
    forget_task(menu);
    menu->notice = step->event->notice;
    menu->notice_state = step->event->ok ? MENU_STATE_OK : MENU_STATE_BAD;
    if (enrolled)
        return step->facts->n_staff > 0 ? MENU_WHO : leave(step);
    return MENU_OPEN;
}

static MenuState work_late(Step *step)
{
    Menu *menu = step->menu;
    gboolean enrolled = menu->task == TASK_ENROL;
    forget_task(menu);
    menu_text_set(&menu->notice, "menu.late", NULL, NULL);
    menu->notice_state = MENU_STATE_BAD;
    return enrolled ? leave(step) : MENU_OPEN;
}

#define TOUCH(action) (MENU_EVENT_ACTION + ACTION_##action)
#define ON(event) MENU_EVENT_##event

static const struct {
    MenuState state;
    int event;
    Act act;
} rows[] = {
    {MENU_CLOSED, ON(ENTER), menu_door_enter},
    {MENU_WHO, TOUCH(ROW), menu_door_pick},
    {MENU_WHO, TOUCH(NEXT_PAGE), turn_rows},
    {MENU_WHO, TOUCH(PREVIOUS_PAGE), turn_rows},
    {MENU_WHO, TOUCH(BACK), leave},
    {MENU_WHO, ON(TIMEOUT), leave},
    {MENU_PIN, TOUCH(DIGIT), menu_door_type},
    {MENU_PIN, TOUCH(ERASE), menu_door_type},
    {MENU_PIN, TOUCH(CLEAR), menu_door_type},
    {MENU_PIN, ON(TEXT), menu_door_text},
    {MENU_PIN, TOUCH(SUBMIT), menu_door_check},
    {MENU_PIN, TOUCH(BACK), leave},
    {MENU_PIN, ON(TIMEOUT), leave},
    {MENU_CHECKING, ON(ACCEPTED), menu_door_accept},
    {MENU_CHECKING, ON(REJECTED), menu_door_reject},
    {MENU_CHECKING, ON(TIMEOUT), menu_door_late},
    {MENU_OPEN, TOUCH(MENU), turn_to},
    {MENU_OPEN, TOUCH(ROW), open_row},
    {MENU_OPEN, TOUCH(TASK), do_task},
    {MENU_OPEN, TOUCH(MEND), open_mend},
    {MENU_OPEN, TOUCH(NEXT_PAGE), turn_rows},
    {MENU_OPEN, TOUCH(PREVIOUS_PAGE), turn_rows},
    {MENU_OPEN, TOUCH(BACK), page_back},
    {MENU_OPEN, TOUCH(FINISH), leave},
    {MENU_OPEN, ON(TIMEOUT), leave},
    {MENU_FIELD, TOUCH(DIGIT), type_field},
    {MENU_FIELD, TOUCH(KEY), type_field},
    {MENU_FIELD, TOUCH(SHIFT), type_field},
    {MENU_FIELD, TOUCH(ERASE), type_field},
    {MENU_FIELD, TOUCH(CLEAR), type_field},
    {MENU_FIELD, ON(TEXT), type_field},
    {MENU_FIELD, TOUCH(ROW), choose_row},
    {MENU_FIELD, TOUCH(NEXT_PAGE), turn_rows},
    {MENU_FIELD, TOUCH(PREVIOUS_PAGE), turn_rows},
    {MENU_FIELD, TOUCH(SUBMIT), next_field},
    {MENU_FIELD, TOUCH(BACK), stop_task},
    {MENU_FIELD, ON(TIMEOUT), leave},
    {MENU_CONFIRM, TOUCH(CONFIRM), after_fields},
    {MENU_CONFIRM, TOUCH(BACK), stop_task},
    {MENU_CONFIRM, ON(TIMEOUT), leave},
    {MENU_SECOND_WHO, TOUCH(ROW), menu_door_pick_second},
    {MENU_SECOND_WHO, TOUCH(NEXT_PAGE), turn_rows},
    {MENU_SECOND_WHO, TOUCH(PREVIOUS_PAGE), turn_rows},
    {MENU_SECOND_WHO, TOUCH(BACK), stop_task},
    {MENU_SECOND_WHO, ON(TIMEOUT), leave},
    {MENU_SECOND_PIN, TOUCH(DIGIT), menu_door_type},
    {MENU_SECOND_PIN, TOUCH(ERASE), menu_door_type},
    {MENU_SECOND_PIN, TOUCH(CLEAR), menu_door_type},
    {MENU_SECOND_PIN, ON(TEXT), menu_door_text},
    {MENU_SECOND_PIN, TOUCH(SUBMIT), menu_door_check},
    {MENU_SECOND_PIN, TOUCH(BACK), stop_task},
    {MENU_SECOND_PIN, ON(TIMEOUT), leave},
    {MENU_SECOND_CHECKING, ON(ACCEPTED), run},
    {MENU_SECOND_CHECKING, ON(REJECTED), menu_door_reject},
    {MENU_SECOND_CHECKING, ON(TIMEOUT), menu_door_late},
    {MENU_CELLS, TOUCH(CELL), touch_cell},
    {MENU_CELLS, ON(TIMEOUT), cells_late},
    {MENU_COLOURS, TOUCH(NEXT), next_colour},
    {MENU_COLOURS, ON(TIMEOUT), end_panel},
    {MENU_WORKING, ON(DONE), done},
    {MENU_WORKING, ON(TIMEOUT), work_late},
};

static gint64 wait_ms(const Menu *menu)
{
    switch (menu->state) {
    case MENU_UNKNOWN:
    case MENU_CLOSED:
    case MENU_STATE_COUNT:
        return 0;
    case MENU_WHO:
    case MENU_PIN:
        return DOOR_MS;
    case MENU_CHECKING:
    case MENU_SECOND_CHECKING:
        return CHECK_MS;
    case MENU_WORKING:
        return menu_task(menu->task)->deadline_ms;
    case MENU_CELLS:
        return PANEL_QUIET_MS;
    case MENU_COLOURS:
        return PANEL_COLOUR_MS;
    case MENU_OPEN:
    case MENU_FIELD:
    case MENU_CONFIRM:
    case MENU_SECOND_WHO:
    case MENU_SECOND_PIN:
        return menu->session_end_ms ? MENU_IDLE_MS : DOOR_MS;
    }
    return 0;
}

/* Touches move the deadline, never past the session's end; work under way may end first. */
static void set_deadline(Menu *menu, gint64 now_ms)
{
    gint64 ms = wait_ms(menu);
    menu->deadline_ms = ms ? now_ms + ms : 0;
    gboolean works = menu->state == MENU_WORKING || menu->state == MENU_SECOND_CHECKING;
    if (menu->session_end_ms && !works)
        menu->deadline_ms = MIN(menu->deadline_ms, menu->session_end_ms);
}

void menu_init(Menu *menu)
{
    *menu = (Menu){.state = MENU_CLOSED, .page = MENU_PAGE_OVERVIEW, .from = MENU_PAGE_OVERVIEW};
}

void menu_step(Menu *menu, const MenuEvent *event, const MenuFacts *facts, gint64 now_ms,
               MenuEffect *ret)
{
    *ret = (MenuEffect){.type = MENU_EFFECT_UNKNOWN};
    Step step = {menu, event, facts, now_ms, ret};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].state != menu->state || rows[i].event != event->type)
            continue;
        menu->state = rows[i].act(&step);
        set_deadline(menu, now_ms);
        return;
    }
}

gint64 menu_deadline(const Menu *menu)
{
    return menu->deadline_ms;
}

gboolean menu_is_open(const Menu *menu)
{
    return menu->state != MENU_CLOSED && menu->state != MENU_UNKNOWN;
}
