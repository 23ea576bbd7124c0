/* A menu with two of the staff, and hands that touch and type. */
#pragma once
#include "firmware/maintenance/menu.h"
#include "tests/testing.h"
#include <string.h>

static Config *config;
static Checks checks;
static PrinterStatus printer;
static ReaderDescription reader;
static Stock *stock;
static MenuFacts facts;
static Menu menu;
static MenuEffect effect;
static gint64 now_ms;

static inline void add_staff(const char *id, gboolean supervisor)
{
    FactsStaff *one = &facts.staff[facts.n_staff++];
    *one = (FactsStaff){.supervisor = supervisor};
    g_strlcpy(one->id, id, sizeof one->id);
}

static inline void setup(void)
{
    config = config_defaults();
    stock = stock_create();
    checks.count = 0;
    reader = (ReaderDescription){0};
    facts = (MenuFacts){.config = config,
                        .checks = &checks,
                        .printer = &printer,
                        .reader = &reader,
                        .stock = stock};
    add_staff("sam", TRUE);
    add_staff("tina", FALSE);
    menu_init(&menu);
    now_ms = 1000;
}

static inline void teardown(void)
{
    stock_destroy(stock);
    config_free(config);
}

static inline void step(const MenuEvent *event)
{
    menu_step(&menu, event, &facts, ++now_ms, &effect);
}

static inline void touch(ActionId id, int index)
{
    step(&(MenuEvent){.type = MENU_EVENT_ACTION + (int)id, .number = index});
}

static inline void type(const char *text)
{
    step(&(MenuEvent){.type = MENU_EVENT_TEXT, .text = text});
}

/* As the loop answers a right PIN. */
static inline void accept_pin(const char *who, gboolean supervisor)
{
    type("135790");
    touch(ACTION_SUBMIT, -1);
    ck_assert_int_eq(effect.type, MENU_EFFECT_CHECK_PIN);
    ck_assert_str_eq(effect.who, who);
    step(&(MenuEvent){.type = MENU_EVENT_ACCEPTED, .who = who, .supervisor = supervisor});
}

static inline void sign_in(int row, const char *who, gboolean supervisor)
{
    step(&(MenuEvent){.type = MENU_EVENT_ENTER});
    touch(ACTION_ROW, row);
    accept_pin(who, supervisor);
    ck_assert_int_eq(menu.state, MENU_OPEN);
}
