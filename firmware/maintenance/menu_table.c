#include "firmware/maintenance/menu_table.h"

/* A row a page. The first six are the bar. */
static const MenuPageRow pages[MENU_PAGE_COUNT] = {
    [MENU_PAGE_UNKNOWN] = {"unknown", MENU_PAGE_UNKNOWN, "help", NULL, {0}},
    [MENU_PAGE_OVERVIEW] = {"overview",
                            MENU_PAGE_UNKNOWN,
                            "home",
                            menu_fill_overview,
                            {TASK_TEST_ALL, TASK_TAKE_OUT, TASK_PUT_BACK}},
    [MENU_PAGE_BOOKLETS] =
        {"booklets", MENU_PAGE_OVERVIEW, "book", menu_fill_booklets, {TASK_LOAD, TASK_SPOIL}},
    [MENU_PAGE_PRINTER] = {"printer",
                           MENU_PAGE_OVERVIEW,
                           "printer",
                           menu_fill_printer,
                           {TASK_TEST_PRINT, TASK_CALIBRATION_PRINT, TASK_OFFSET}},
    [MENU_PAGE_TESTS] = {"tests",
                         MENU_PAGE_OVERVIEW,
                         "test",
                         menu_fill_tests,
                         {TASK_TEST_ALL, TASK_TEST_SOUND, TASK_REPORT}},
    [MENU_PAGE_LOG] = {"log", MENU_PAGE_OVERVIEW, "list", menu_fill_log, {TASK_EXPORT}},
    [MENU_PAGE_SETTINGS] = {"settings", MENU_PAGE_OVERVIEW, "gear", menu_fill_settings, {0}},
    [MENU_PAGE_PART] = {"part", MENU_PAGE_OVERVIEW, "warn", menu_fill_part, {TASK_TEST_ALL}},
    [MENU_PAGE_CASES] = {"cases", MENU_PAGE_BOOKLETS, "help", menu_fill_cases, {0}},
    [MENU_PAGE_CASE] = {"case",
                        MENU_PAGE_CASES,
                        "help",
                        menu_fill_case,
                        {TASK_SETTLE_PRINTED, TASK_SETTLE_SPOILED, TASK_SETTLE_VOID,
                         TASK_SETTLE_DELIVERED}},
    [MENU_PAGE_READER] = {"reader", MENU_PAGE_TESTS, "card", menu_fill_reader, {TASK_TEST_READER}},
    [MENU_PAGE_SERVICE] =
        {"service", MENU_PAGE_TESTS, "net", menu_fill_service, {TASK_TEST_SERVICE}},
    [MENU_PAGE_STORAGE] = {"storage", MENU_PAGE_TESTS, "disk", menu_fill_storage, {TASK_EXPORT}},
    [MENU_PAGE_LINES] = {"lines", MENU_PAGE_LOG, "list", menu_fill_lines, {TASK_EXPORT}},
    [MENU_PAGE_SECTION] = {"section", MENU_PAGE_SETTINGS, "gear", menu_fill_section, {0}},
    [MENU_PAGE_SETTING] = {"setting", MENU_PAGE_SECTION, "gear", menu_fill_setting, {TASK_SET}},
    [MENU_PAGE_MACHINE] =
        {"machine", MENU_PAGE_SETTINGS, "home", menu_fill_machine, {TASK_RESTART, TASK_SHUT_DOWN}},
    [MENU_PAGE_STAFF] =
        {"staff", MENU_PAGE_SETTINGS, "users", menu_fill_members, {TASK_ADD_MEMBER}},
    [MENU_PAGE_BATCHES] = {"batches", MENU_PAGE_BOOKLETS, "book", menu_fill_batches, {TASK_LOAD}},
    [MENU_PAGE_BATCH] = {"batch",
                         MENU_PAGE_BATCHES,
                         "book",
                         menu_fill_batch,
                         {TASK_COUNT_STOCK, TASK_SPOIL, TASK_LOSE}},
};

/* Fields of a task. */
#define NONE                                                                                       \
    {                                                                                              \
        MENU_ENTRY_NONE                                                                            \
    }
#define ONE(a)                                                                                     \
    {                                                                                              \
        MENU_ENTRY_##a                                                                             \
    }

/* A row a task: its audit event (whose row says who may), what is asked for, whether it asks once
 * more, how long it may take. */
// clang-format off
static const MenuTask tasks[TASK_ID_COUNT] = {
    [TASK_UNKNOWN] = {TASK_UNKNOWN, "unknown", AUDIT_UNKNOWN, NONE, FALSE, 0},
    [TASK_ENROL] = {TASK_ENROL, "enrol", AUDIT_CODE_USED,
                    {MENU_ENTRY_DIGITS, MENU_ENTRY_SECRET, MENU_ENTRY_SECRET}, FALSE, 15000},
    [TASK_TEST_ALL] = {TASK_TEST_ALL, "test-all", AUDIT_SERVICE_TEST, NONE, FALSE, 30000},
    [TASK_TAKE_OUT] = {TASK_TAKE_OUT, "take-out", AUDIT_SERVICE_OUT, NONE, FALSE, 5000},
    [TASK_PUT_BACK] = {TASK_PUT_BACK, "put-back", AUDIT_SERVICE_IN, NONE, FALSE, 5000},
    [TASK_LOAD] = {TASK_LOAD, "load", AUDIT_STOCK_LOAD,
                   {MENU_ENTRY_SERIAL, MENU_ENTRY_SERIAL, MENU_ENTRY_DIGITS}, FALSE, 10000},
    [TASK_UNLOAD] = {TASK_UNLOAD, "unload", AUDIT_STOCK_UNLOAD, NONE, TRUE, 10000},
    [TASK_ACKNOWLEDGE] = {TASK_ACKNOWLEDGE, "acknowledge", AUDIT_CUT_SEEN, ONE(CHOICE), TRUE, 10000},
    [TASK_COUNT_STOCK] = {TASK_COUNT_STOCK, "count", AUDIT_STOCK_COUNT, ONE(DIGITS), FALSE, 10000},
    [TASK_NEXT_SERIAL] = {TASK_NEXT_SERIAL, "next", AUDIT_STOCK_NEXT, ONE(SERIAL), FALSE, 10000},
    [TASK_SPOIL] = {TASK_SPOIL, "spoil", AUDIT_STOCK_SPOIL, ONE(SERIAL), FALSE, 10000},
    [TASK_TEST_PRINT] = {TASK_TEST_PRINT, "test-print", AUDIT_TEST_PRINT, NONE, TRUE, 90000},
    [TASK_CALIBRATION_PRINT] = {TASK_CALIBRATION_PRINT, "calibration-print", AUDIT_CALIBRATION_SHEET, NONE,
                                TRUE, 90000},
    [TASK_OFFSET] = {TASK_OFFSET, "offset", AUDIT_CALIBRATION,
                     {MENU_ENTRY_DIGITS, MENU_ENTRY_DIGITS, MENU_ENTRY_DIGITS, MENU_ENTRY_DIGITS},
                     FALSE, 10000},
    [TASK_RESUME_PRINTER] = {TASK_RESUME_PRINTER, "resume-printer", AUDIT_PRINTER_RESUME, NONE, FALSE,
                             15000},
    [TASK_TEST_READER] = {TASK_TEST_READER, "test-reader", AUDIT_READER_TEST, NONE, FALSE, 30000},
    [TASK_TEST_SERVICE] = {TASK_TEST_SERVICE, "test-service", AUDIT_SERVICE_TEST, NONE, FALSE, 30000},
    [TASK_TEST_SOUND] = {TASK_TEST_SOUND, "test-sound", AUDIT_SOUND_TEST, NONE, FALSE, 10000},
    [TASK_TEST_PANEL] = {TASK_TEST_PANEL, "test-panel", AUDIT_PANEL_TEST, NONE, TRUE, 5000},
    [TASK_SETTLE_PRINTED] = {TASK_SETTLE_PRINTED, "settle-printed", AUDIT_SETTLE, ONE(CHOICE), TRUE,
                             30000},
    [TASK_SETTLE_SPOILED] = {TASK_SETTLE_SPOILED, "settle-spoiled", AUDIT_SETTLE, ONE(CHOICE), TRUE,
                             30000},
    [TASK_SETTLE_VOID] = {TASK_SETTLE_VOID, "settle-void", AUDIT_SETTLE, ONE(CHOICE), TRUE, 30000},
    [TASK_EXPORT] = {TASK_EXPORT, "export", AUDIT_EXPORT, NONE, FALSE, 120000},
    [TASK_REPORT] = {TASK_REPORT, "report", AUDIT_REPORT, ONE(CHOICE), TRUE, 90000},
    [TASK_SET] = {TASK_SET, "set", AUDIT_SETTING, ONE(TEXT), FALSE, 10000},
    [TASK_ADD_MEMBER] = {TASK_ADD_MEMBER, "add-member", AUDIT_MEMBER_ADD,
                         {MENU_ENTRY_CHOICE, MENU_ENTRY_DIGITS, MENU_ENTRY_SECRET, MENU_ENTRY_SECRET},
                         FALSE, 10000},
    [TASK_UNLOCK] = {TASK_UNLOCK, "unlock", AUDIT_UNLOCK, NONE, TRUE, 10000},
    [TASK_RESTART] = {TASK_RESTART, "restart", AUDIT_RESTART, NONE, TRUE, 10000},
    [TASK_SHUT_DOWN] = {TASK_SHUT_DOWN, "shut-down", AUDIT_SHUTDOWN, NONE, TRUE, 10000},
    [TASK_LOSE] = {TASK_LOSE, "lose", AUDIT_STOCK_LOSE, ONE(SERIAL), FALSE, 10000},
    [TASK_SETTLE_DELIVERED] = {TASK_SETTLE_DELIVERED, "settle-delivered", AUDIT_SETTLE, ONE(CHOICE),
                               TRUE, 30000},
    [TASK_DESTROY] = {TASK_DESTROY, "destroy", AUDIT_STOCK_DESTROY, ONE(SERIAL), FALSE, 10000},
};
// clang-format on

static const char *const state_words[MENU_STATE_COUNT] = {
    "unknown", "closed",  "who",        "pin",        "checking",        "open",
    "field",   "confirm", "second-who", "second-pin", "second-checking", "working",
    "cells",   "colours",
};

const char *menu_state_word(MenuState state)
{
    return state_words[(unsigned)state < MENU_STATE_COUNT ? state : MENU_UNKNOWN];
}

const MenuPageRow *menu_page_row(MenuPage page)
{
    return &pages[(unsigned)page < MENU_PAGE_COUNT ? page : MENU_PAGE_UNKNOWN];
}

guint menu_rows_a_page(MenuPage page)
{
    return page == MENU_PAGE_LINES      ? FACTS_LINES_MAX
           : page == MENU_PAGE_BOOKLETS ? FACTS_BOOKLETS_MAX
                                        : MENU_ROWS_MAX;
}

const char *menu_page_word(MenuPage page)
{
    return menu_page_row(page)->word;
}

MenuPage menu_page_bar(MenuPage page)
{
    while (page > MENU_BAR_PAGES)
        page = menu_page_row(page)->parent;
    return page;
}

const MenuTask *menu_task(TaskId task)
{
    return &tasks[(unsigned)task < TASK_ID_COUNT ? task : TASK_UNKNOWN];
}

const char *menu_task_word(TaskId task)
{
    return menu_task(task)->word;
}

IssuanceWord menu_settled_word(TaskId task)
{
    static const IssuanceWord settled[TASK_ID_COUNT] = {
        [TASK_SETTLE_PRINTED] = ISSUANCE_PRINTED,
        [TASK_SETTLE_SPOILED] = ISSUANCE_SPOILED,
        [TASK_SETTLE_VOID] = ISSUANCE_VOID,
        [TASK_SETTLE_DELIVERED] = ISSUANCE_DELIVERED,
    };
    return settled[(unsigned)task < TASK_ID_COUNT ? task : TASK_UNKNOWN];
}

gboolean menu_task_needs_two(TaskId task)
{
    return audit_row(menu_task(task)->audit)->needs == AUDIT_NEEDS_TWO;
}
