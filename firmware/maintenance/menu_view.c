/* From the menu to what a screen may show and offer. */
#include "firmware/maintenance/menu_entry.h"
#include "firmware/maintenance/menu_panel.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

static void copy(char *to, gsize bytes, const char *from)
{
    const char *end;
    g_strlcpy(to, from ? from : "", bytes);
    if (!g_utf8_validate(to, -1, &end))
        to[end - to] = '\0';
}

void menu_text_set(MenuText *text, const char *key, const char *value, const char *more)
{
    copy(text->key, sizeof text->key, key);
    copy(text->value, sizeof text->value, value);
    copy(text->more, sizeof text->more, more);
}

void menu_text_set_int(MenuText *text, const char *key, gint64 value)
{
    char number[24];
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, value);
    menu_text_set(text, key, number, NULL);
}

static void offer_rows(const MenuView *menu, View *view)
{
    for (gsize i = 0; i < menu->n_rows; i++)
        if (menu->rows[i].opens)
            view_offer(view, ACTION_ROW, (int)i);
    if (menu->row_page + 1 < menu->row_pages)
        view_offer(view, ACTION_NEXT_PAGE, -1);
    if (menu->row_page > 0)
        view_offer(view, ACTION_PREVIOUS_PAGE, -1);
}

static void offer_digits(View *view)
{
    for (int digit = 0; digit <= 9; digit++)
        view_offer(view, ACTION_DIGIT, digit);
    view_offer(view, ACTION_ERASE, -1);
}

/* How many buttons a page has beside the way back or out; the booklets, which have four, have none of
 * these then. */
static gsize room(const Menu *menu)
{
    return menu->page == MENU_PAGE_BOOKLETS ? MENU_CHOICES_MAX : MENU_CHOICES_MAX - 1;
}

static void add_choice(const Menu *menu, const MenuFacts *facts, TaskId task, MenuView *ret,
                       View *view)
{
    static const char *const icons[TASK_ID_COUNT] = {
        [TASK_TEST_ALL] = "test",
        [TASK_TAKE_OUT] = "stop",
        [TASK_PUT_BACK] = "check",
        [TASK_LOAD] = "users",
        [TASK_UNLOAD] = "users",
        [TASK_ACKNOWLEDGE] = "check",
        [TASK_COUNT_STOCK] = "users",
        [TASK_NEXT_SERIAL] = "book",
        [TASK_SPOIL] = "users",
        [TASK_LOSE] = "users",
        [TASK_DESTROY] = "users",
        [TASK_TEST_PRINT] = "printer",
        [TASK_CALIBRATION_PRINT] = "printer",
        [TASK_OFFSET] = "gear",
        [TASK_RESUME_PRINTER] = "check",
        [TASK_TEST_READER] = "card",
        [TASK_TEST_SERVICE] = "net",
        [TASK_TEST_SOUND] = "speaker",
        [TASK_SETTLE_PRINTED] = "users",
        [TASK_SETTLE_SPOILED] = "users",
        [TASK_SETTLE_VOID] = "users",
        [TASK_SETTLE_DELIVERED] = "users",
        [TASK_EXPORT] = "disk",
        [TASK_REPORT] = "list",
        [TASK_SET] = "gear",
        [TASK_UNLOCK] = "lock",
        [TASK_RESTART] = "restart",
        [TASK_SHUT_DOWN] = "power",
    };
    if (!menu_may_task(menu, facts, task) || ret->n_choices >= room(menu))
        return;
    MenuChoice *choice = &ret->choices[ret->n_choices++];
    char key[56];
    choice->action = (Action){ACTION_TASK, (int)task};
    g_strlcpy(choice->word, menu_task_word(task), sizeof choice->word);
    choice->two_people = menu_task_needs_two(task);
    g_strlcpy(choice->icon, icons[task] ? icons[task] : "gear", sizeof choice->icon);
    g_snprintf(key, sizeof key, "menu.task.%s", menu_task_word(task));
    menu_text_set(&choice->text, key, NULL, NULL);
    view_offer(view, ACTION_TASK, (int)task);
}

/* What the page itself can do now. */
static gboolean offers_now(const Menu *menu, const MenuFacts *facts, TaskId task)
{
    if (menu->page == MENU_PAGE_BATCH && !menu_has_batch(menu, facts))
        return FALSE;
    if (task == TASK_TAKE_OUT)
        return !facts->out_of_service;
    return task != TASK_PUT_BACK || facts->out_of_service;
}

static gboolean is_offered(const MenuView *view, TaskId task)
{
    for (gsize i = 0; i < view->n_choices; i++)
        if (view->choices[i].action.id == ACTION_TASK &&
            view->choices[i].action.index == (int)task)
            return TRUE;
    return FALSE;
}

/* On the overview: the way to what mends the first thing that is wrong. */
static void add_way(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    MenuTrouble trouble = menu_find_trouble(facts);
    if (menu->page != MENU_PAGE_OVERVIEW || trouble.count == 0)
        return;
    if (trouble.check && !strcmp(trouble.check->word, "machine.out")) {
        add_choice(menu, facts, TASK_PUT_BACK, ret, view);
        return;
    }
    MenuChoice *choice = &ret->choices[ret->n_choices++];
    choice->action = (Action){ACTION_MEND, -1};
    g_strlcpy(choice->word, "mend", sizeof choice->word);
    menu_set_mend(&trouble, choice);
    view_offer(view, ACTION_MEND, -1);
}

/* A button that opens a page. */
static void add_page(MenuPage page, const char *icon, const char *key, gint64 count, MenuView *ret,
                     View *view)
{
    if (ret->n_choices >= MENU_CHOICES_MAX)
        return;
    MenuChoice *choice = &ret->choices[ret->n_choices++];
    choice->action = (Action){ACTION_MENU, (int)page};
    g_strlcpy(choice->word, menu_page_word(page), sizeof choice->word);
    g_strlcpy(choice->icon, icon, sizeof choice->icon);
    menu_text_set_int(&choice->text, key, count);
    view_offer(view, ACTION_MENU, (int)page);
}

/* From the booklets: to those that two people settle, before all that is not urgent; to the loads. */
static void add_pages(const MenuFacts *facts, gboolean settle, MenuView *ret, View *view)
{
    if (settle && facts->n_cases > 0)
        add_page(MENU_PAGE_CASES, "users", "menu.booklets.settle", (gint64)facts->n_cases, ret,
                 view);
    if (!settle && stock_batches(facts->stock) > 0 && !is_offered(ret, TASK_COUNT_STOCK))
        add_page(MENU_PAGE_BATCHES, "list", "menu.task.count", 0, ret, view);
}

/* What mends comes first. */
static void add_choices(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    const MenuPageRow *page = menu_page_row(menu->page);
    add_way(menu, facts, ret, view);
    for (guint i = 0; i < MENU_CHOICES_MAX; i++)
        add_choice(menu, facts, menu_mend_task(menu, facts, i), ret, view);
    if (menu->page == MENU_PAGE_BOOKLETS)
        add_pages(facts, TRUE, ret, view);
    for (gsize i = 0; i < G_N_ELEMENTS(page->tasks); i++) {
        if (menu->page == MENU_PAGE_BOOKLETS && i == 1)
            add_pages(facts, FALSE, ret, view);
        if (offers_now(menu, facts, page->tasks[i]) && !is_offered(ret, page->tasks[i]))
            add_choice(menu, facts, page->tasks[i], ret, view);
    }
}

/* What is drawn beside the rows of a page; PART says it by its check. */
static const char *picture_of(MenuPage page)
{
    static const char *const pictures[MENU_PAGE_COUNT] = {
        [MENU_PAGE_PRINTER] = "about.printer", [MENU_PAGE_TESTS] = "about.machine",
        [MENU_PAGE_LOG] = "about.journal",    [MENU_PAGE_LINES] = "about.journal",
        [MENU_PAGE_SETTINGS] = "about.machine",   [MENU_PAGE_SECTION] = "about.machine",
        [MENU_PAGE_SETTING] = "about.machine",    [MENU_PAGE_MACHINE] = "about.machine",
        [MENU_PAGE_STAFF] = "about.person",       [MENU_PAGE_CASES] = "about.person",
        [MENU_PAGE_CASE] = "about.person",    [MENU_PAGE_READER] = "reader.attached",
        [MENU_PAGE_SERVICE] = "service.reachable",  [MENU_PAGE_STORAGE] = "about.disk",
        [MENU_PAGE_BATCHES] = "about.booklets",      [MENU_PAGE_BATCH] = "about.booklets",
    };
    const char *picture = pictures[(guint)page < MENU_PAGE_COUNT ? page : MENU_PAGE_UNKNOWN];
    return picture ? picture : "";
}

static void show_page(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    const MenuPageRow *page = menu_page_row(menu->page);
    guint size = menu_rows_a_page(menu->page);
    g_strlcpy(ret->picture, picture_of(menu->page), sizeof ret->picture);
    guint all = page->fill ? page->fill(menu, facts, (guint)menu->row_page * size, ret) : 0;
    ret->row_pages = (int)((all + size - 1) / size);
    offer_rows(ret, view);
    add_choices(menu, facts, ret, view);
    for (int i = 1; i <= MENU_BAR_PAGES; i++)
        view_offer(view, ACTION_MENU, i);
    gboolean below = menu->page > MENU_PAGE_SETTINGS; /* the bar's own pages have no way back */
    if (below || ret->n_choices < MENU_CHOICES_MAX) /* the way out is on every other page */
        view_offer(view, below ? ACTION_BACK : ACTION_FINISH, -1);
}

static void show_people(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    gboolean second = menu->state == MENU_SECOND_WHO;
    guint first = (guint)menu->row_page * MENU_ROWS_MAX;
    guint all = menu_fill_staff(facts, second ? !menu->supervisor : -1, first, ret);
    ret->row_pages = (int)((all + MENU_ROWS_MAX - 1) / MENU_ROWS_MAX);
    g_strlcpy(ret->picture, "about.person", sizeof ret->picture);
    menu_text_set(&ret->heading, second ? "menu.second.heading" : "menu.who.heading", NULL, NULL);
    menu_text_set(&ret->lead, second ? "menu.second.lead" : "menu.who.lead", NULL, NULL);
    offer_rows(ret, view);
    view_offer(view, ACTION_BACK, -1);
}

static void show_pin(const Menu *menu, MenuView *ret, View *view)
{
    gboolean checking = menu->state == MENU_CHECKING || menu->state == MENU_SECOND_CHECKING;
    gboolean second = menu->state == MENU_SECOND_PIN || menu->state == MENU_SECOND_CHECKING;
    menu_text_set(&ret->heading, "menu.pin.heading", NULL, NULL);
    menu_text_set(&ret->lead, "menu.pin.lead", second ? menu->second : menu->who, NULL);
    menu_text_set(&ret->hint, "menu.pin.hint", G_STRINGIFY(STAFF_FREE_TRIES),
                  G_STRINGIFY(STAFF_LOCK_TRIES));
    ret->entry = MENU_ENTRY_SECRET;
    ret->entered = (int)strlen(menu->pin);
    ret->entry_min = STAFF_PIN_MIN;
    ret->entry_max = STAFF_PIN_MAX;
    ret->working = checking;
    if (checking)
        return;
    offer_digits(view);
    view_offer(view, ACTION_CLEAR, -1);
    if (ret->entered >= STAFF_PIN_MIN)
        view_offer(view, ACTION_SUBMIT, -1);
    view_offer(view, ACTION_BACK, -1);
}

static void offer_keyboard(const Menu *menu, View *view)
{
    const char *const *keys = menu_keys(menu->upper);
    for (int line = 0; line < MENU_KEY_LINES; line++)
        for (const char *key = keys[line]; *key; key++)
            view_offer(view, ACTION_KEY, *key - ' ');
    view_offer(view, ACTION_SHIFT, -1);
    view_offer(view, ACTION_ERASE, -1);
    view_offer(view, ACTION_CLEAR, -1);
}

static void offer_entry(const Menu *menu, const MenuView *ret, View *view)
{
    if (ret->entry == MENU_ENTRY_TEXT) {
        offer_keyboard(menu, view);
    } else if (ret->entry != MENU_ENTRY_CHOICE) {
        offer_digits(view);
        gboolean turns = ret->entry == MENU_ENTRY_SIGNED || ret->entry == MENU_ENTRY_SERIAL;
        view_offer(view, turns ? ACTION_SHIFT : ACTION_CLEAR, -1);
    }
    if (ret->entry != MENU_ENTRY_CHOICE && ret->entered >= ret->entry_min)
        view_offer(view, ACTION_SUBMIT, -1);
    view_offer(view, ACTION_BACK, -1);
}

static void show_field(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view)
{
    char key[56];
    const char *text = menu->fields[MIN(menu->field, MENU_FIELDS_MAX - 1)];
    g_snprintf(key, sizeof key, "menu.field.%s.%d", menu_task_word(menu->task), menu->field + 1);
    menu_text_set(&ret->heading, key, NULL, NULL);
    if (menu->task == TASK_SET && menu_entry_option(menu)) {
        menu_set_option_head(ret, menu_entry_option(menu));
        menu_text_range(&ret->lead, menu_entry_option(menu));
    } else {
        g_snprintf(key, sizeof key, "menu.field.%s.%d.lead", menu_task_word(menu->task),
                   menu->field + 1);
        menu_text_set(&ret->lead, key, *menu->option ? menu->option : menu->subject, NULL);
    }
    ret->entry = menu_entry_kind(menu, facts);
    menu_entry_length(menu, facts, &ret->entry_min, &ret->entry_max);
    ret->entered = (int)strlen(text);
    ret->upper = menu->upper;
    if (ret->entry != MENU_ENTRY_SECRET)
        g_strlcpy(ret->shown, text, sizeof ret->shown);
    if (ret->entry == MENU_ENTRY_CHOICE) {
        menu_ask_picture(menu, ret);
        guint all = menu_entry_choices(menu, facts, (guint)menu->row_page * MENU_ROWS_MAX, ret);
        ret->row_pages = (int)((all + MENU_ROWS_MAX - 1) / MENU_ROWS_MAX);
        offer_rows(ret, view);
    }
    offer_entry(menu, ret, view);
}

void menu_show(const Menu *menu, const MenuFacts *facts, gint64 now_ms, MenuView *ret, View *view)
{
    *ret = (MenuView){.page = menu->page,
                      .bar = menu_page_bar(menu->page),
                      .language = view->language,
                      .signed_in = menu->session_end_ms > 0,
                      .row_page = menu->row_page,
                      .percent = -1,
                      .notice = menu->notice,
                      .notice_state = menu->notice_state,
                      .seconds_left = -1};
    if (ret->signed_in) {
        g_strlcpy(ret->word, menu_page_word(menu->page), sizeof ret->word);
        g_strlcpy(ret->who, menu->who, sizeof ret->who);
        g_strlcpy(ret->version, facts->version, sizeof ret->version);
        menu_text_set(&ret->role,
                      menu->supervisor ? "menu.role.supervisor" : "menu.role.technician", NULL,
                      NULL);
    }
    if (menu->deadline_ms)
        ret->seconds_left = (int)MAX((menu->deadline_ms - now_ms + 999) / 1000, 0);
    view->menu = ret;
    view->seconds_left = ret->seconds_left;
    switch (menu->state) {
    case MENU_WHO:
    case MENU_SECOND_WHO:
        show_people(menu, facts, ret, view);
        break;
    case MENU_PIN:
    case MENU_CHECKING:
    case MENU_SECOND_PIN:
    case MENU_SECOND_CHECKING:
        show_pin(menu, ret, view);
        break;
    case MENU_OPEN:
        show_page(menu, facts, ret, view);
        break;
    case MENU_FIELD:
        show_field(menu, facts, ret, view);
        break;
    case MENU_CONFIRM:
        menu_ask_confirm(menu, facts, ret, view);
        break;
    case MENU_WORKING:
        menu_ask_wait(menu, facts, ret);
        break;
    case MENU_CELLS:
    case MENU_COLOURS:
        menu_panel_show(menu, ret, view);
        break;
    case MENU_UNKNOWN:
    case MENU_CLOSED:
    case MENU_STATE_COUNT:
        break;
    }
}
