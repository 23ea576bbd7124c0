/* Private to this room: filling in a task's fields. */
#pragma once
#include "firmware/maintenance/menu.h"

/* TRUE if the task may be started now by who is signed in. */
gboolean menu_may_task(const Menu *menu, const MenuFacts *facts, TaskId task);

/* TASK_SET: the option that is changed; NULL: none. */
const Option *menu_entry_option(const Menu *menu);

/* How the present field is filled in; NONE: the task has no further one. */
MenuEntry menu_entry_kind(const Menu *menu, const MenuFacts *facts);

/* The least and the most characters of the present field. */
void menu_entry_length(const Menu *menu, const MenuFacts *facts, int *ret_min, int *ret_max);

/* Fills the present field with what stands to reason: the value as it is, the batch's first letter.
 */
void menu_entry_start(Menu *menu, const MenuFacts *facts);

/* One key, or a text from a keyboard; what does not fit the field is not taken. */
void menu_entry_type(Menu *menu, const MenuFacts *facts, const MenuEvent *event);

/* TRUE when the field may be left; else the menu's notice says what is missing. */
gboolean menu_entry_complete(Menu *menu, const MenuFacts *facts);

/* MENU_ENTRY_CHOICE: the words to choose from, and taking row `row` of the screenful. */
guint menu_entry_choices(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
gboolean menu_entry_choose(Menu *menu, const MenuFacts *facts, int row);

/* TRUE if the task is asked about once more before it begins: a report that goes onto a stick uses no
 * paper and is not. */
gboolean menu_entry_asks_again(const Menu *menu);
