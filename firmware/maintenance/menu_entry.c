#include "firmware/document/placement.h"
#include "firmware/maintenance/menu_entry.h"
#include "firmware/maintenance/menu_table.h"
#include <stdlib.h>
#include <string.h>

#define LINE_OFF_MAX 60 /* how far a line of the calibration sheet may be off, 0.1 mm */
#define TYPED_MAX 120   /* of a setting on the screen; longer ones belong into the file */

/* Why an issuance is settled so, words that the service keeps; what a cut audit came from. */
static const struct {
    const char *word;
    TaskId tasks[3];
} settle_reasons[] = {
    {"booklet-found-printed", {TASK_SETTLE_PRINTED, TASK_SETTLE_VOID}},
    {"booklet-handed-over", {TASK_SETTLE_PRINTED, TASK_SETTLE_DELIVERED}},
    {"booklet-found-spoiled", {TASK_SETTLE_SPOILED, TASK_SETTLE_VOID}},
    {"booklet-not-found", {TASK_SETTLE_VOID}},
    {"disk-replaced", {TASK_ACKNOWLEDGE}},
    {"backup-restored", {TASK_ACKNOWLEDGE}},
    {"cause-unknown", {TASK_ACKNOWLEDGE}},
};

static const char *field(const Menu *menu)
{
    return menu->fields[MIN(menu->field, MENU_FIELDS_MAX - 1)];
}

const Option *menu_entry_option(const Menu *menu)
{
    g_auto(GStrv) parts = g_strsplit(menu->option, ".", 2);
    return parts[0] && parts[1] ? config_option(parts[0], parts[1]) : NULL;
}

/* What moves or uses paper, booklets or settings waits for the end of an issuance. */
static gboolean waits_for_issuance(TaskId task)
{
    switch (task) {
    case TASK_TEST_ALL:
    case TASK_TAKE_OUT:
    case TASK_PUT_BACK:
    case TASK_TEST_READER:
    case TASK_TEST_SERVICE:
    case TASK_TEST_SOUND:
    case TASK_TEST_PANEL:
    case TASK_EXPORT:
    case TASK_UNLOCK:
    case TASK_ADD_MEMBER:
    case TASK_ENROL:
    case TASK_ACKNOWLEDGE:
    case TASK_UNKNOWN:
        return FALSE;
    case TASK_LOAD:
    case TASK_UNLOAD:
    case TASK_COUNT_STOCK:
    case TASK_NEXT_SERIAL:
    case TASK_SPOIL:
    case TASK_LOSE:
    case TASK_DESTROY:
    case TASK_TEST_PRINT:
    case TASK_CALIBRATION_PRINT:
    case TASK_OFFSET:
    case TASK_RESUME_PRINTER:
    case TASK_SETTLE_PRINTED:
    case TASK_SETTLE_SPOILED:
    case TASK_SETTLE_VOID:
    case TASK_SETTLE_DELIVERED:
    case TASK_REPORT:
    case TASK_SET:
    case TASK_RESTART:
    case TASK_SHUT_DOWN:
    case TASK_ID_COUNT:
        break;
    }
    return TRUE;
}

static gboolean has_partner(const Menu *menu, const MenuFacts *facts)
{
    for (gsize i = 0; i < facts->n_staff; i++)
        if (facts->staff[i].supervisor != menu->supervisor)
            return TRUE;
    return FALSE;
}

gboolean menu_may_task(const Menu *menu, const MenuFacts *facts, TaskId task)
{
    AuditNeeds needs = audit_row(menu_task(task)->audit)->needs;
    if (task == TASK_UNKNOWN || (needs == AUDIT_NEEDS_SUPERVISOR && !menu->supervisor))
        return FALSE;
    if (needs == AUDIT_NEEDS_TWO && !has_partner(menu, facts))
        return FALSE;
    if (menu_task(task)->audit == AUDIT_SETTLE && !menu_case_takes(menu, facts, task))
        return FALSE;
    if (task == TASK_ACKNOWLEDGE && !menu_find_check(facts, "journal.audit"))
        return FALSE;
    return !facts->busy || !waits_for_issuance(task);
}

MenuEntry menu_entry_kind(const Menu *menu, const MenuFacts *facts)
{
    (void)facts;
    if (menu->field >= MENU_FIELDS_MAX)
        return MENU_ENTRY_NONE;
    MenuEntry kind = menu_task(menu->task)->fields[menu->field];
    if (menu->task != TASK_SET || kind == MENU_ENTRY_NONE)
        return kind;
    const Option *option = menu_entry_option(menu);
    if (!option)
        return MENU_ENTRY_NONE;
    if (option->type == OPTION_CHOICE || option->type == OPTION_BOOL)
        return MENU_ENTRY_CHOICE;
    if (option->type == OPTION_INT)
        return option->min < 0 ? MENU_ENTRY_SIGNED : MENU_ENTRY_DIGITS;
    return MENU_ENTRY_TEXT;
}

void menu_entry_length(const Menu *menu, const MenuFacts *facts, int *ret_min, int *ret_max)
{
    *ret_min = 1;
    *ret_max = 6;
    switch (menu_entry_kind(menu, facts)) {
    case MENU_ENTRY_SECRET:
        *ret_min = STAFF_PIN_MIN;
        *ret_max = STAFF_PIN_MAX;
        break;
    case MENU_ENTRY_SERIAL:
        *ret_min = *ret_max = SERIAL_LENGTH;
        break;
    case MENU_ENTRY_DIGITS:
        if (menu->task == TASK_ENROL)
            *ret_min = *ret_max = STAFF_CODE_DIGITS;
        else if (menu->task == TASK_ADD_MEMBER)
            *ret_max = 2;
        else if (menu->task == TASK_SET)
            *ret_max = 10;
        break;
    case MENU_ENTRY_TEXT:
        *ret_min = menu_entry_option(menu) ? menu_entry_option(menu)->min : 0;
        *ret_max = menu_entry_option(menu) ? MIN(menu_entry_option(menu)->max, TYPED_MAX) : 0;
        break;
    case MENU_ENTRY_SIGNED:
    case MENU_ENTRY_CHOICE:
    case MENU_ENTRY_NONE:
        break;
    }
}

void menu_entry_start(Menu *menu, const MenuFacts *facts)
{
    char *text = menu->fields[menu->field];
    text[0] = '\0';
    switch (menu_entry_kind(menu, facts)) {
    case MENU_ENTRY_SERIAL:
        g_strlcpy(text, menu->field > 0 ? menu->fields[0] : "D", MENU_FIELD_BYTES);
        text[1] = '\0'; /* the series' letter */
        break;
    case MENU_ENTRY_TEXT:
        if (menu_entry_option(menu))
            g_strlcpy(text, config_text(facts->config, menu_entry_option(menu)), MENU_FIELD_BYTES);
        break;
    case MENU_ENTRY_NONE:
    case MENU_ENTRY_SECRET:
    case MENU_ENTRY_SIGNED:
    case MENU_ENTRY_DIGITS:
    case MENU_ENTRY_CHOICE:
        break;
    }
}

static gboolean fits(MenuEntry kind, gsize at, char letter)
{
    switch (kind) {
    case MENU_ENTRY_SECRET:
    case MENU_ENTRY_DIGITS:
        return g_ascii_isdigit(letter);
    case MENU_ENTRY_SIGNED:
        return g_ascii_isdigit(letter) || (letter == '-' && at == 0);
    case MENU_ENTRY_SERIAL:
        return at == 0 ? letter == 'D' || letter == 'J' : g_ascii_isdigit(letter);
    case MENU_ENTRY_TEXT:
        return (guchar)letter >= ' ' && letter != 0x7f;
    case MENU_ENTRY_NONE:
    case MENU_ENTRY_CHOICE:
        break;
    }
    return FALSE;
}

static void append(Menu *menu, const MenuFacts *facts, char letter)
{
    int least, most;
    char *text = menu->fields[menu->field];
    gsize length = strlen(text);
    menu_entry_length(menu, facts, &least, &most);
    if ((int)length >= MIN(most, MENU_FIELD_BYTES - 1) ||
        !fits(menu_entry_kind(menu, facts), length, letter))
        return;
    text[length] = letter;
    text[length + 1] = '\0';
}

/* A whole text takes the place of what stands there; one wrong character, and nothing is taken. */
static void replace(Menu *menu, const MenuFacts *facts, const char *text)
{
    int least, most;
    menu_entry_length(menu, facts, &least, &most);
    gsize length = strlen(text);
    if ((int)length > MIN(most, MENU_FIELD_BYTES - 1) || !g_utf8_validate(text, -1, NULL))
        return;
    for (gsize i = 0; i < length; i++)
        if (!fits(menu_entry_kind(menu, facts), i, text[i]))
            return;
    g_strlcpy(menu->fields[menu->field], text, MENU_FIELD_BYTES);
}

static void erase(char *text, gsize least)
{
    gsize length = strlen(text);
    if (length <= least)
        return;
    *g_utf8_prev_char(text + length) = '\0';
}

static void turn_sign(char *text)
{
    gsize length = strlen(text);
    if (text[0] == '-')
        memmove(text, text + 1, length);
    else if (length + 2 < MENU_FIELD_BYTES) {
        memmove(text + 1, text, length + 1);
        text[0] = '-';
    }
}

void menu_entry_type(Menu *menu, const MenuFacts *facts, const MenuEvent *event)
{
    MenuEntry kind = menu_entry_kind(menu, facts);
    char *text = menu->fields[menu->field];
    gsize letter = kind == MENU_ENTRY_SERIAL ? 1 : 0; /* its letter stays */
    if (event->type == MENU_EVENT_TEXT) {
        replace(menu, facts, event->text);
        return;
    }
    int action = event->type - MENU_EVENT_ACTION;
    if (action == ACTION_DIGIT)
        append(menu, facts, (char)('0' + CLAMP(event->number, 0, 9)));
    else if (action == ACTION_KEY)
        append(menu, facts, (char)(' ' + CLAMP(event->number, 0, 94)));
    else if (action == ACTION_ERASE)
        erase(text, letter);
    else if (action == ACTION_CLEAR)
        text[letter] = '\0';
    else if (action == ACTION_SHIFT && kind == MENU_ENTRY_SIGNED)
        turn_sign(text);
    else if (action == ACTION_SHIFT && kind == MENU_ENTRY_SERIAL)
        text[0] = text[0] == 'D' ? 'J' : 'D';
    else if (action == ACTION_SHIFT)
        menu->upper = !menu->upper;
}

static gboolean miss(Menu *menu, const char *key, const char *value, const char *more)
{
    menu_text_set(&menu->notice, key, value, more);
    menu->notice_state = MENU_STATE_WARN;
    return FALSE;
}

static gboolean number_fits(Menu *menu, const char *text, gint64 least, gint64 most)
{
    char low[24], high[24];
    gint64 value = g_ascii_strtoll(text, NULL, 10);
    if (value >= least && value <= most)
        return TRUE;
    g_snprintf(low, sizeof low, "%" G_GINT64_FORMAT, least);
    g_snprintf(high, sizeof high, "%" G_GINT64_FORMAT, most);
    return miss(menu, "menu.field.range", low, high);
}

/* A new PIN must be none that everybody tries first, and typed twice alike. */
static gboolean secret_fits(Menu *menu)
{
    char *text = menu->fields[menu->field];
    gboolean again =
        menu->field > 0 && menu_task(menu->task)->fields[menu->field - 1] == MENU_ENTRY_SECRET;
    if (!again && staff_find_pin_fault(text)) {
        secret_wipe(text, MENU_FIELD_BYTES);
        return miss(menu, "menu.field.weak", NULL, NULL);
    }
    if (again && strcmp(menu->fields[menu->field - 1], text)) {
        secret_wipe(text, MENU_FIELD_BYTES);
        return miss(menu, "menu.field.differs", NULL, NULL);
    }
    return TRUE;
}

gboolean menu_entry_complete(Menu *menu, const MenuFacts *facts)
{
    int least, most;
    const char *text = field(menu);
    menu_entry_length(menu, facts, &least, &most);
    MenuEntry kind = menu_entry_kind(menu, facts);
    if ((int)strlen(text) < least || (kind == MENU_ENTRY_SIGNED && !strcmp(text, "-"))) {
        char number[16];
        g_snprintf(number, sizeof number, "%d", least);
        return miss(menu, "menu.field.short", number, NULL);
    }
    if (kind == MENU_ENTRY_SECRET && !secret_fits(menu))
        return FALSE;
    if (menu->task == TASK_OFFSET) {
        int line = calibration_line_um(menu->field) / 100;
        return number_fits(menu, text, line - LINE_OFF_MAX, line + LINE_OFF_MAX);
    }
    if (menu->task == TASK_LOAD && kind == MENU_ENTRY_DIGITS &&
        !stock_check_number(menu->fields[0], menu->fields[1],
                            (guint)g_ascii_strtoull(text, NULL, 10), NULL))
        return miss(menu, "menu.field.number", text, NULL);
    const Option *option = menu->task == TASK_SET ? menu_entry_option(menu) : NULL;
    if (!option)
        return TRUE;
    if (option->type == OPTION_INT)
        return number_fits(menu, text, option->min, option->max);
    g_autofree char *refusal = config_refusal(option, text);
    return refusal ? miss(menu, "menu.field.refused", NULL, NULL) : TRUE;
}

gboolean menu_entry_asks_again(const Menu *menu)
{
    gboolean stays = menu->task == TASK_REPORT && strcmp(menu->fields[0], "print") != 0;
    return menu_task(menu->task)->asks_again && !stays;
}

static char **list_reasons(TaskId task)
{
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    for (gsize i = 0; i < G_N_ELEMENTS(settle_reasons); i++)
        for (gsize t = 0; t < G_N_ELEMENTS(settle_reasons[i].tasks); t++)
            if (settle_reasons[i].tasks[t] == task)
                g_strv_builder_add(list, settle_reasons[i].word);
    return g_strv_builder_end(list);
}

/* The words of a choice, NULL-terminated; the caller frees. */
static char **choices(const Menu *menu)
{
    if (menu->task == TASK_ADD_MEMBER)
        return g_strsplit("technician supervisor", " ", -1);
    if (menu->task == TASK_REPORT)
        return g_strsplit("print stick", " ", -1);
    if (menu->task != TASK_SET)
        return list_reasons(menu->task);
    const Option *option = menu_entry_option(menu);
    return g_strsplit(!option                       ? ""
                      : option->type == OPTION_BOOL ? "true false"
                                                    : option->unit,
                      " ", -1);
}

guint menu_entry_choices(const Menu *menu, const MenuFacts *facts, guint first, MenuView *view)
{
    g_auto(GStrv) words = choices(menu);
    const Option *option = menu->task == TASK_SET ? menu_entry_option(menu) : NULL;
    const char *now = option ? config_text(facts->config, option) : NULL;
    guint count = g_strv_length(words);
    for (guint i = first; i < count; i++) {
        MenuRow *row = menu_add_row(view);
        if (!row)
            break;
        g_strlcpy(row->icon, g_strcmp0(words[i], now) ? "" : "check", sizeof row->icon);
        row->opens = TRUE;
        if (option && option->type == OPTION_BOOL) {
            g_autofree char *key = g_strconcat("menu.value.", words[i], NULL);
            menu_text_set(&row->name, key, NULL, NULL);
        } else if (menu->task == TASK_SET) {
            menu_text_set(&row->name, "", words[i], NULL);
        } else {
            const char *family = menu->task == TASK_ADD_MEMBER ? "menu.role."
                                 : menu->task == TASK_REPORT   ? "menu.report."
                                                               : "menu.settle.";
            g_autofree char *key = g_strconcat(family, words[i], NULL);
            menu_text_set(&row->name, key, NULL, NULL);
        }
    }
    return count;
}

gboolean menu_entry_choose(Menu *menu, const MenuFacts *facts, int row)
{
    g_auto(GStrv) words = choices(menu);
    guint index = (guint)(menu->row_page * MENU_ROWS_MAX + row);
    if (menu_entry_kind(menu, facts) != MENU_ENTRY_CHOICE || row < 0 ||
        index >= g_strv_length(words))
        return FALSE;
    g_strlcpy(menu->fields[menu->field], words[index], MENU_FIELD_BYTES);
    return TRUE;
}
