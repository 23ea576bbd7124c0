/* Private to this room: one step of the menu's table, and its acts at the door: who gets in, and
 * the second person of a task. */
#pragma once
#include "firmware/maintenance/menu.h"

typedef struct {
    Menu *menu;
    const MenuEvent *event;
    const MenuFacts *facts;
    gint64 now_ms;
    MenuEffect *effect;
} Step;

void menu_clear_notice(Menu *menu);
void menu_forget_pin(Menu *menu);

/* menu_door.c */
MenuState menu_door_enter(Step *step);
MenuState menu_door_pick(Step *step);
MenuState menu_door_pick_second(Step *step);
MenuState menu_door_type(Step *step);
MenuState menu_door_text(Step *step); /* a whole PIN, from a keyboard or the harness */
MenuState menu_door_check(Step *step);
MenuState menu_door_accept(Step *step);
MenuState menu_door_reject(Step *step);
MenuState menu_door_late(Step *step); /* the PIN was not compared in time */
