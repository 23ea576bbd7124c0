/* Before a task begins and while it runs: what it is about, what will happen, how far it is. */
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* What is drawn: the part that a task is about, as a check's is. */
static const char *const pictures[TASK_ID_COUNT] = {
    [TASK_TEST_ALL] = "about.machine",
    [TASK_TAKE_OUT] = "about.machine",
    [TASK_PUT_BACK] = "about.machine",
    [TASK_LOAD] = "stock.next",
    [TASK_UNLOAD] = "about.booklets",
    [TASK_COUNT_STOCK] = "about.booklets",
    [TASK_NEXT_SERIAL] = "about.booklets",
    [TASK_SPOIL] = "about.booklets",
    [TASK_LOSE] = "about.booklets",
    [TASK_DESTROY] = "about.booklets",
    [TASK_TEST_PRINT] = "printer.media",
    [TASK_CALIBRATION_PRINT] = "printer.media",
    [TASK_REPORT] = "printer.media",
    [TASK_OFFSET] = "about.printer",
    [TASK_RESUME_PRINTER] = "about.printer",
    [TASK_TEST_READER] = "reader.attached",
    [TASK_TEST_SERVICE] = "service.reachable",
    [TASK_SETTLE_PRINTED] = "about.person",
    [TASK_SETTLE_SPOILED] = "about.person",
    [TASK_SETTLE_VOID] = "about.person",
    [TASK_SETTLE_DELIVERED] = "about.person",
    [TASK_EXPORT] = "about.disk",
    [TASK_ACKNOWLEDGE] = "about.journal",
    [TASK_SET] = "about.machine",
    [TASK_TEST_SOUND] = "about.machine",
    [TASK_TEST_PANEL] = "about.machine",
    [TASK_RESTART] = "about.machine",
    [TASK_SHUT_DOWN] = "about.machine",
    [TASK_ENROL] = "about.person",
    [TASK_ADD_MEMBER] = "about.person",
    [TASK_UNLOCK] = "about.person",
};

void menu_ask_picture(const Menu *menu, MenuView *ret)
{
    const char *picture = pictures[(guint)menu->task < TASK_ID_COUNT ? menu->task : TASK_UNKNOWN];
    g_strlcpy(ret->picture, picture ? picture : "", sizeof ret->picture);
}

/* What cannot be taken back names its booklet. */
void menu_ask_confirm(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    const FactsCase *one = menu_find_case(menu, facts);
    const char *word = menu_task_word(menu->task);
    char key[56];
    g_snprintf(key, sizeof key, "menu.confirm.%s", word);
    menu_text_set(&ret->heading, key, NULL, NULL);
    g_snprintf(key, sizeof key, "menu.confirm.%s.lead", word);
    menu_text_set(&ret->lead, key, one ? one->serial : menu->option, NULL);
    ret->n_steps = G_N_ELEMENTS(ret->steps); /* the screen leaves out what has no sentence */
    for (gsize i = 0; i < ret->n_steps; i++) {
        g_snprintf(key, sizeof key, "will.%s.%zu", word, i + 1);
        menu_text_set(&ret->steps[i], key, NULL, NULL);
    }
    menu_ask_picture(menu, ret);
    ret->two_people = menu_task_needs_two(menu->task);
    view_offer(view, ACTION_CONFIRM, -1);
    view_offer(view, ACTION_BACK, -1);
}

void menu_ask_wait(const Menu *menu, const MenuFacts *facts, MenuView *ret)
{
    char key[56];
    g_snprintf(key, sizeof key, "menu.task.%s", menu_task_word(menu->task));
    menu_text_set(&ret->heading, key, NULL, NULL);
    gboolean known = facts->percent >= 0;
    menu_text_set(&ret->lead, known ? "menu.working.stick" : "menu.working", NULL, NULL);
    ret->percent = facts->percent;
    if (known)
        menu_text_set_int(&ret->done, "menu.working.percent", facts->percent);
    if (known && facts->left_s >= 0)
        menu_text_set_int(&ret->left, "menu.working.left", facts->left_s);
    menu_ask_picture(menu, ret);
    ret->working = TRUE;
}

int menu_left_s(int percent, gint64 elapsed_ms, int before_s)
{
    if (percent <= 0 || elapsed_ms < MENU_PACE_MS)
        return before_s;
    int left_s = (int)((elapsed_ms * (100 - MIN(percent, 100)) / percent + 999) / 1000);
    return before_s < 0 ? left_s : MIN(left_s, before_s);
}
