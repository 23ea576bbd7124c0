/* Rows of the settings: sections of kiosk.conf, and the keys of one. */
#include "firmware/base/clock.h"
#include "firmware/document/placement.h"
#include "firmware/maintenance/menu_table.h"
#include <string.h>

/* Section number `index`; NULL behind the last. */
static const char *section(guint index)
{
    gsize count;
    const Option *options = config_options(&count);
    const char *last = "";
    for (gsize i = 0; i < count; i++) {
        if (!strcmp(options[i].section, last))
            continue;
        last = options[i].section;
        if (index-- == 0)
            return last;
    }
    return NULL;
}

static guint count_sections(void)
{
    guint count = 0;
    while (section(count))
        count++;
    return count;
}

static const Option *option_at(const char *name, guint index)
{
    gsize count;
    const Option *options = config_options(&count);
    for (gsize i = 0; i < count; i++)
        if (!strcmp(options[i].section, name) && index-- == 0)
            return &options[i];
    return NULL;
}

static guint count_options(const char *name)
{
    guint count = 0;
    while (option_at(name, count))
        count++;
    return count;
}

/* Pages of their own stand first, the sections after them. */
static const struct {
    const char *word, *icon;
    MenuPage page;
} own_pages[] = {{"machine", "home", MENU_PAGE_MACHINE}, {"staff", "users", MENU_PAGE_STAFF}};

#define OWN G_N_ELEMENTS(own_pages)

guint menu_fill_settings(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)menu;
    (void)facts;
    guint count = count_sections() + (guint)OWN;
    menu_text_set(&view->heading, "menu.settings.heading", NULL, NULL);
    menu_text_set(&view->lead, "menu.settings.lead", NULL, NULL);
    for (guint i = first; i < count; i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        char key[56];
        g_snprintf(key, sizeof key, "menu.section.%s",
                   i < OWN ? own_pages[i].word : section(i - (guint)OWN));
        menu_text_set(&row->name, key, NULL, NULL);
        g_strlcpy(row->icon, i < OWN ? own_pages[i].icon : "gear", sizeof row->icon);
        row->opens = TRUE;
    }
    return count;
}

static void set_name(MenuText *text, const Option *option)
{
    char key[56];
    g_snprintf(key, sizeof key, "name.%s.%s", option->section, option->key);
    menu_text_set(text, key, NULL, NULL);
}

void menu_set_option_head(MenuView *view, const Option *option)
{
    char key[64];
    set_name(&view->heading, option);
    view->chip_state = MENU_STATE_NEUTRAL;
    g_snprintf(key, sizeof key, "menu.section.%s", option->section);
    menu_text_set(&view->chip, key, NULL, NULL);
    g_snprintf(key, sizeof key, "%s.%s", option->section, option->key);
    menu_text_set(&view->side, "", key, NULL);
}

/* A value with its unit. */
static void set_amount(MenuText *text, const Option *option, const char *value)
{
    char key[56] = "";
    if (option->type == OPTION_INT)
        g_snprintf(key, sizeof key, "menu.amount.%s", option->unit);
    else if (option->type == OPTION_BOOL)
        g_snprintf(key, sizeof key, "menu.value.%s", value);
    menu_text_set(text, *value ? key : "menu.empty", value, NULL);
}

/* What a value may be. */
static void set_range(MenuText *text, const Option *option)
{
    char range[64];
    g_snprintf(range, sizeof range, "%d\u2013%d", option->min, option->max);
    if (option->type == OPTION_BOOL)
        menu_text_set(text, "menu.value.both", NULL, NULL);
    else if (option->type == OPTION_CHOICE)
        menu_text_set(text, "", option->unit, NULL);
    else if (option->type == OPTION_INT)
        set_amount(text, option, range);
    else
        menu_text_set(text, "menu.bytes", range, NULL);
}

void menu_text_range(MenuText *text, const Option *option)
{
    set_range(text, option);
    gboolean bytes = option->type == OPTION_STRING || option->type == OPTION_PATH ||
                     option->type == OPTION_TIME;
    if (option->type == OPTION_BOOL || option->type == OPTION_INT)
        return; /* as it is: words, or an amount with its unit */
    g_strlcpy(text->key,
              !bytes             ? "menu.range"
              : *option->fallback ? "menu.range.bytes"
                                  : "menu.range.bytes.empty",
              sizeof text->key);
    g_strlcpy(text->more, option->fallback, sizeof text->more);
}

static const FactsChange *find_change(const MenuFacts *facts, const Option *option)
{
    char name[64];
    g_snprintf(name, sizeof name, "%s.%s", option->section, option->key);
    for (gsize i = 0; i < facts->n_changes; i++)
        if (!strcmp(facts->changes[i].option, name))
            return &facts->changes[i];
    return NULL;
}

/* Who changed it and when, into `text`; FALSE: nobody that is known. */
static gboolean set_change(const MenuFacts *facts, const Option *option, MenuText *text)
{
    const FactsChange *change = find_change(facts, option);
    if (!change)
        return FALSE;
    char day[16];
    int number = clock_shanghai_day(change->at_ms);
    g_snprintf(day, sizeof day, "%04d-%02d-%02d", number / 10000, number / 100 % 100, number % 100);
    menu_text_set(text, "menu.changed.by", change->who, day);
    return TRUE;
}

static gboolean is_changed(const MenuFacts *facts, const Option *option)
{
    return strcmp(config_text(facts->config, option), option->fallback) != 0;
}

guint menu_fill_section(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    char key[56];
    guint count = count_options(menu->subject);
    g_snprintf(key, sizeof key, "menu.section.%s", menu->subject);
    menu_text_set(&view->heading, key, NULL, NULL);
    menu_text_set(&view->lead, "menu.section.lead", NULL, NULL);
    for (guint i = first; i < count; i++) {
        const Option *option = option_at(menu->subject, i);
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        g_strlcpy(row->icon, "gear", sizeof row->icon);
        set_name(&row->name, option);
        set_amount(&row->text, option, config_text(facts->config, option));
        menu_text_set(&row->detail, "", option->key, NULL);
        if (set_change(facts, option, &row->chip) || is_changed(facts, option))
            row->state = MENU_STATE_NEUTRAL;
        if (row->state == MENU_STATE_NEUTRAL && !*row->chip.key)
            menu_text_set(&row->chip, "menu.changed", NULL, NULL);
        row->opens = TRUE;
    }
    return count;
}

static MenuText *add_line(MenuView *view, const char *icon, const char *key)
{
    MenuRow *row = menu_add_row(view);
    g_strlcpy(row->icon, icon, sizeof row->icon);
    menu_text_set(&row->name, key, NULL, NULL);
    return &row->text;
}

/* Where things are printed counts at once; all else is read at the start. */
static const char *effect_of(const Option *option)
{
    for (int i = 0; i < PLACEMENT_KEYS; i++)
        if (!strcmp(option->section, "printer") && !strcmp(option->key, placement_keys[i]))
            return "menu.setting.at-once";
    return "menu.setting.restart";
}

guint menu_fill_setting(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    (void)first;
    g_auto(GStrv) parts = g_strsplit(menu->subject, ".", 2);
    const Option *option = parts[0] && parts[1] ? config_option(parts[0], parts[1]) : NULL;
    if (!option)
        return 0;
    menu_set_option_head(view, option);
    char key[56];
    g_snprintf(key, sizeof key, "setting.%s", menu->subject);
    menu_text_set(&view->lead, key, NULL, NULL);
    set_amount(add_line(view, "gear", "menu.setting.value"), option,
               config_text(facts->config, option));
    set_amount(add_line(view, "home", "menu.setting.default"), option, option->fallback);
    set_range(add_line(view, "list", "menu.setting.range"), option);
    menu_text_set(add_line(view, "clock", "menu.setting.effect"), effect_of(option), NULL, NULL);
    MenuText *changed = add_line(view, "user", "menu.setting.changed");
    if (!set_change(facts, option, changed))
        menu_text_set(changed,
                      is_changed(facts, option) ? "menu.setting.file" : "menu.setting.never", NULL,
                      NULL);
    return (guint)view->n_rows;
}

gboolean menu_settings_target(const Menu *menu, guint index, MenuTarget *ret)
{
    if (menu->page == MENU_PAGE_SETTINGS) {
        const char *name = index >= OWN ? section(index - (guint)OWN) : "";
        if (!name)
            return FALSE;
        ret->page = index < OWN ? own_pages[index].page : MENU_PAGE_SECTION;
        g_strlcpy(ret->subject, name, sizeof ret->subject);
        return TRUE;
    }
    const Option *option = menu->page == MENU_PAGE_SECTION ? option_at(menu->subject, index) : NULL;
    if (!option)
        return FALSE;
    ret->page = MENU_PAGE_SETTING;
    g_snprintf(ret->subject, sizeof ret->subject, "%s.%s", option->section, option->key);
    return TRUE;
}
