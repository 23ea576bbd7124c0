/* Private to this room: the tables behind the menu and the rows of each page. */
#pragma once
#include "firmware/maintenance/menu.h"

typedef struct {
    const char *word;
    MenuPage parent; /* where "back" goes; UNKNOWN: leaves the menu */
    const char *icon;
    /* Fills rows from `first`, at most menu_rows_a_page; gives how many there are in all. */
    guint (*fill)(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
    TaskId tasks[4]; /* those that may be done now are offered */
} MenuPageRow;

const MenuPageRow *menu_page_row(MenuPage page);

/* How many rows of the page are shown at once: fewer where a row takes more than a line. */
guint menu_rows_a_page(MenuPage page);

guint menu_fill_overview(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_part(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_booklets(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_batches(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_batch(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_cases(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_case(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_printer(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_tests(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_reader(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_service(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_storage(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_lines(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_log(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_settings(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_section(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_setting(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_members(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);
guint menu_fill_machine(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view);

/* The staff, for WHO and SECOND_WHO; `supervisors`: 1 only these, 0 only others, -1 all. */
guint menu_fill_staff(const MenuFacts *facts, int supervisors, guint first, MenuView *view);

/* What a touch on row `index` (of all rows) of the open page leads to: a page and its subject, or a
 * task with its option. FALSE: nothing. */
typedef struct {
    MenuPage page;
    TaskId task;
    char subject[96];
} MenuTarget;

gboolean menu_row_target(const Menu *menu, const MenuFacts *facts, guint index, MenuTarget *ret);

/* menu_ask.c: the question before a task, the wait for its end. */
void menu_ask_confirm(const Menu *menu, const MenuFacts *facts, MenuView *ret, View *view);
void menu_ask_picture(const Menu *menu, MenuView *ret); /* of the part that the task is about */
void menu_ask_wait(const Menu *menu, const MenuFacts *facts, MenuView *ret);

/* The issuance that the menu is about, NULL: none, or settled since. */
const FactsCase *menu_find_case(const Menu *menu, const MenuFacts *facts);

/* TRUE if the case of the open page can be settled so: a printed one that was kept is handed over or
 * void, an unsure one is printed, spoiled or void. */
gboolean menu_case_takes(const Menu *menu, const MenuFacts *facts, TaskId task);

gboolean menu_overview_target(const MenuFacts *facts, guint index, MenuTarget *ret);
gboolean menu_log_target(guint index, MenuTarget *ret); /* the same for the log */

/* TRUE unless the load that the page is about was taken back. */
gboolean menu_has_batch(const Menu *menu, const MenuFacts *facts);

/* The same for booklets and loads. */
gboolean menu_stock_target(const Menu *menu, const MenuFacts *facts, guint index, MenuTarget *ret);

/* The same for the printer: each of its reasons has its steps. */
gboolean menu_printer_target(const MenuFacts *facts, guint index, MenuTarget *ret);

/* The same for the pages of settings. */
gboolean menu_settings_target(const Menu *menu, guint index, MenuTarget *ret);

/* What the option of TASK_SET may be, and what it is by itself. */
void menu_text_range(MenuText *text, const Option *option);

/* What a page about an option of kiosk.conf is headed: its name, its section, "section.key". */
void menu_set_option_head(MenuView *view, const Option *option);

/* The task number `index` that mends what the open page is about; UNKNOWN behind the last. */
TaskId menu_mend_task(const Menu *menu, const MenuFacts *facts, guint index);

/* Steps and picture of the open page. */
void menu_mend_fill(const Menu *menu, const MenuFacts *facts, MenuView *view);

/* What `task` is about, where that is not what the open page is about: the batch to count next. */
void menu_mend_aim(Menu *menu, const MenuFacts *facts, TaskId task);

/* The worst check of that id; NULL: none. */
const Check *menu_find_check(const MenuFacts *facts, const char *id);

/* How a check is, as the chip of a row; UNKNOWN for NULL. */
MenuRowState menu_check_state(const Check *check);

/* What the check of that id is about: a heading, or the name of a row. */
void menu_set_title(MenuText *text, const char *check_id);

/* What a check says, in the language of the screen; empty for NULL. */
void menu_set_sentence(const MenuView *view, MenuText *text, const Check *check);

/* What a check has found, as a heading: "Toner is running low". */
void menu_set_heading(MenuText *text, const Check *check);

/* What is wrong, and what of it is to be mended first. */
typedef struct {
    const Check *check; /* NULL: none, but tests may have failed */
    guint count;        /* checks and tests, 0: all is well */
} MenuTrouble;

MenuTrouble menu_find_trouble(const MenuFacts *facts);

/* Word and icon of the button that leads to what mends it. */
void menu_set_mend(const MenuTrouble *trouble, MenuChoice *ret);

/* Icon and name ("menu.FAMILY.WORD") of a row, the head of a table, the last test of a part. */
void menu_set_name(MenuRow *row, const char *icon, const char *family, const char *word);
void menu_set_columns(MenuView *view, const char *a, const char *b, const char *c, const char *d);
void menu_set_test(MenuRow *row, const MenuFacts *facts, const char *part);
const FactsTest *menu_last_test(const MenuFacts *facts, const char *part); /* NULL: never */

/* The next row of `view`, cleared; NULL when the screen is full. */
MenuRow *menu_add_row(MenuView *view);

/* "2 min", "3 h", "6 d" as keys with a value. */
void menu_text_age(MenuText *text, gint64 wall_ms, gint64 at_ms);
