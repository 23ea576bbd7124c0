/* The door of the menu: who it is, his PIN, and the second person of what takes two. */
#include "firmware/maintenance/menu_step.h"
#include <string.h>

void menu_clear_notice(Menu *menu)
{
    menu->notice = (MenuText){0};
    menu->notice_state = MENU_STATE_NONE;
}

void menu_forget_pin(Menu *menu)
{
    secret_wipe(menu->pin, sizeof menu->pin);
}

static MenuState ask_pin(Menu *menu, const FactsStaff *one)
{
    g_strlcpy(menu->who, one->id, sizeof menu->who);
    if (one->locked && one->supervisor) { /* nobody else can help him: the one-time code does */
        menu->task = TASK_ENROL;
        return MENU_FIELD;
    }
    return MENU_PIN;
}

static const FactsStaff *find_member(const MenuFacts *facts, const char *id)
{
    for (gsize i = 0; id && i < facts->n_staff; i++)
        if (!strcmp(facts->staff[i].id, id))
            return &facts->staff[i];
    return NULL;
}

MenuState menu_door_enter(Step *step)
{
    Menu *menu = step->menu;
    menu->page = MENU_PAGE_OVERVIEW;
    menu->row_page = 0;
    menu_clear_notice(menu);
    if (step->facts->n_staff == 0) {
        menu->task = TASK_ENROL;
        return MENU_FIELD;
    }
    const FactsStaff *one = find_member(step->facts, step->event->who);
    return one ? ask_pin(step->menu, one) : MENU_WHO;
}

/* The person of row `number` of the screenful; NULL when there is none. */
static const FactsStaff *picked(const Step *step, int supervisors)
{
    int row = step->menu->row_page * MENU_ROWS_MAX + step->event->number;
    for (gsize i = 0; i < step->facts->n_staff; i++) {
        const FactsStaff *one = &step->facts->staff[i];
        if (supervisors >= 0 && one->supervisor != supervisors)
            continue;
        if (row-- == 0)
            return one;
    }
    return NULL;
}

MenuState menu_door_pick(Step *step)
{
    const FactsStaff *one = picked(step, -1);
    if (!one)
        return MENU_WHO;
    menu_clear_notice(step->menu);
    return ask_pin(step->menu, one);
}

MenuState menu_door_pick_second(Step *step)
{
    const FactsStaff *one = picked(step, !step->menu->supervisor);
    if (!one)
        return MENU_SECOND_WHO;
    menu_clear_notice(step->menu);
    g_strlcpy(step->menu->second, one->id, sizeof step->menu->second);
    return MENU_SECOND_PIN;
}

MenuState menu_door_type(Step *step)
{
    Menu *menu = step->menu;
    gsize length = strlen(menu->pin);
    int action = step->event->type - MENU_EVENT_ACTION;
    if (action == ACTION_CLEAR)
        menu_forget_pin(menu);
    else if (action == ACTION_ERASE && length > 0)
        menu->pin[length - 1] = '\0';
    else if (action == ACTION_DIGIT && length < STAFF_PIN_MAX)
        menu->pin[length] = (char)('0' + CLAMP(step->event->number, 0, 9));
    return menu->state;
}

MenuState menu_door_text(Step *step)
{
    const char *text = step->event->text;
    if (strlen(text) <= STAFF_PIN_MAX && strspn(text, "0123456789") == strlen(text))
        g_strlcpy(step->menu->pin, text, sizeof step->menu->pin);
    return step->menu->state;
}

MenuState menu_door_check(Step *step)
{
    Menu *menu = step->menu;
    if (strlen(menu->pin) < STAFF_PIN_MIN)
        return menu->state;
    gboolean second = menu->state == MENU_SECOND_PIN;
    menu_clear_notice(menu);
    step->effect->type = MENU_EFFECT_CHECK_PIN;
    step->effect->who = second ? menu->second : menu->who;
    step->effect->secret = menu->pin;
    return second ? MENU_SECOND_CHECKING : MENU_CHECKING;
}

MenuState menu_door_accept(Step *step)
{
    Menu *menu = step->menu;
    menu_forget_pin(menu);
    g_strlcpy(menu->who, step->event->who, sizeof menu->who);
    menu->supervisor = step->event->supervisor;
    menu->session_end_ms = step->now_ms + MENU_SESSION_MS;
    menu->notice = step->event->notice;
    menu->notice_state = MENU_STATE_NEUTRAL;
    menu->page = MENU_PAGE_OVERVIEW;
    menu->row_page = 0;
    return MENU_OPEN;
}

MenuState menu_door_reject(Step *step)
{
    Menu *menu = step->menu;
    gboolean second = menu->state == MENU_SECOND_CHECKING;
    menu_forget_pin(menu);
    menu->notice = step->event->notice;
    menu->notice_state = MENU_STATE_BAD;
    return second ? MENU_SECOND_PIN : MENU_PIN;
}

MenuState menu_door_late(Step *step)
{
    Menu *menu = step->menu;
    gboolean second = menu->state == MENU_SECOND_CHECKING;
    menu_forget_pin(menu);
    menu_text_set(&menu->notice, "menu.pin.late", NULL, NULL);
    menu->notice_state = MENU_STATE_BAD;
    return second ? MENU_SECOND_PIN : MENU_PIN;
}
