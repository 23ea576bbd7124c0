#include "ui/report.h"
#include "firmware/maintenance/menu_view.h"
#include "firmware/base/clock.h"
#include "ui/reason.h"
#include <jansson.h>
#include <string.h>

typedef void (*Report)(const Texts *texts, const View *view, json_t *object);

static void set_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, json_string(text ? text : ""));
}

static void set_number(json_t *object, const char *name, int value)
{
    json_object_set_new(object, name, value < 0 ? json_null() : json_integer(value));
}

static void set_flag(json_t *object, const char *name, gboolean value)
{
    json_object_set_new(object, name, json_boolean(value));
}

static void report_nothing(const Texts *texts, const View *view, json_t *object)
{
    (void)texts, (void)view, (void)object;
}

static void report_attract(const Texts *texts, const View *view, json_t *object)
{
    char utc[32] = "";
    (void)texts;
    if (view->open_since_ms > 0)
        clock_format_utc(view->open_since_ms, utc);
    json_object_set_new(object, "open_since", *utc ? json_string(utc) : json_null());
}

static void report_card(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    set_text(object, "hint", view->hint);
}

static void report_factor(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    g_autofree char *phone =
        *view->phone_tail ? g_strconcat("*******", view->phone_tail, NULL) : g_strdup("");
    set_text(object, "phone", phone);
    set_number(object, "tries_left", view->tries_left);
    set_number(object, "digits", view->digits);
    set_flag(object, "wrong", view->code_wrong);
}

static void report_choose(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    json_t *list = json_array();
    for (gsize i = 0; i < view->n_certificates; i++) {
        const ViewCertificate *certificate = &view->certificates[i];
        json_t *entry = json_object();
        set_text(entry, "number", certificate->number);
        set_text(entry, "location", personal_reveal(certificate->location));
        set_flag(entry, "printable", certificate->printable);
        set_text(entry, "reason", certificate->printable ? "" : certificate->reason);
        set_number(entry, "pages", certificate->pages);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "certificates", list);
    set_text(object, "holder_name", view->holder_name);
    set_text(object, "holder_number", view->holder_number);
    set_number(object, "selected", view->selected);
    set_number(object, "list_page", view->list_page);
    set_text(object, "hint", view->hint);
}

static void report_preview(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    set_number(object, "pages", view->pages);
    set_number(object, "page", view->page);
    set_flag(object, "covered", view->covered);
    set_flag(object, "drawn", view->image != NULL);
    set_number(object, "zoom", view->zoom);
}

static void report_printing(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    json_t *stages = json_array();
    for (int stage = STAGE_FETCH; stage < STAGE_COUNT; stage++)
        json_array_append_new(stages, json_string(stage_word((Stage)stage)));
    set_text(object, "stage", stage_word(view->stage));
    json_object_set_new(object, "stages", stages);
    set_number(object, "percent", view->percent);
}

static void report_collect(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    set_text(object, "booklet", view->booklet);
}

static void report_done(const Texts *texts, const View *view, json_t *object)
{
    (void)texts;
    set_text(object, "number", view->certificate_number);
    set_text(object, "identifier", view->identifier);
}

static void report_reason(const Texts *texts, const View *view, json_t *object)
{
    g_autofree char *sentence = reason_format(texts, view, "sentence", FALSE);
    g_autofree char *next = reason_format(texts, view, "next", FALSE);
    g_strdelimit(next, "\n", ' '); /* a line break on the panel */
    set_text(object, "reason", view->reason);
    set_text(object, "sentence", sentence);
    set_text(object, "next_step", next);
    json_object_set_new(object, "ticket", *view->ticket ? json_string(view->ticket) : json_null());
}

static void set_menu_text(const Texts *texts, const View *view, json_t *object, const char *name,
                          const MenuText *text)
{
    const char *const pairs[] = {"value", text->value, "more", text->more, NULL};
    g_autofree char *sentence = *text->key
                                    ? texts_format_pairs(texts, view->language, text->key, pairs)
                                    : g_strdup(text->value);
    set_text(object, name, sentence);
}

static json_t *report_row(const Texts *texts, const View *view, const MenuRow *row)
{
    json_t *object = json_object();
    set_menu_text(texts, view, object, "name", &row->name);
    set_text(object, "id", *row->name.key ? row->name.key : row->name.value);
    set_text(object, "state", menu_row_state_word(row->state));
    set_menu_text(texts, view, object, "chip", &row->chip);
    set_menu_text(texts, view, object, "text", &row->text);
    set_menu_text(texts, view, object, "detail", &row->detail);
    return object;
}

static json_t *report_steps(const Texts *texts, const View *view)
{
    json_t *steps = json_array();
    for (gsize i = 0; i < view->menu->n_steps; i++) {
        const char *key = view->menu->steps[i].key;
        g_autofree char *step =
            texts_has(texts, view->language, key) ? texts_format(texts, view->language, key, NULL)
                                                  : NULL;
        if (step)
            json_array_append_new(steps, json_string(step));
    }
    return steps;
}

static void report_maintenance(const Texts *texts, const View *view, json_t *object)
{
    const MenuView *menu = view->menu;
    if (!menu)
        return;
    json_t *rows = json_array(), *tasks = json_object(), *pages = json_object();
    for (gsize i = 0; i < menu->n_rows; i++)
        json_array_append_new(rows, report_row(texts, view, &menu->rows[i]));
    for (gsize i = 0; i < menu->n_choices; i++) {
        const Action *action = &menu->choices[i].action;
        if (action->id != ACTION_MEND)
            json_object_set_new(action->id == ACTION_TASK ? tasks : pages, menu->choices[i].word,
                                json_integer(action->index));
    }
    set_text(object, "page", menu->word);
    set_menu_text(texts, view, object, "chip", &menu->chip);
    set_text(object, "picture", menu->picture);
    json_object_set_new(object, "steps", report_steps(texts, view));
    set_text(object, "who", menu->who);
    set_menu_text(texts, view, object, "heading", &menu->heading);
    set_menu_text(texts, view, object, "lead", &menu->lead);
    set_menu_text(texts, view, object, "notice", &menu->notice);
    set_text(object, "notice_id", menu->notice.key);
    set_text(object, "notice_state", menu_row_state_word(menu->notice_state));
    json_object_set_new(object, "rows", rows);
    set_number(object, "row_page", menu->row_page);
    set_number(object, "row_pages", menu->row_pages);
    json_object_set_new(object, "tasks", tasks);
    json_object_set_new(object, "pages", pages);
    set_flag(object, "asks", menu->entry != MENU_ENTRY_NONE);
    set_text(object, "typed", menu->shown);
    set_number(object, "entered", menu->entered);
    set_flag(object, "working", menu->working);
    set_number(object, "cells", menu->cells);
    set_text(object, "colour", panel_colour_word(menu->colour));
}

static const Report reports[SCREEN_COUNT] = {
    [SCREEN_UNKNOWN] = report_nothing,   [SCREEN_ATTRACT] = report_attract,
    [SCREEN_CARD] = report_card,         [SCREEN_READING] = report_card,
    [SCREEN_FACTOR] = report_factor,     [SCREEN_CHOOSE] = report_choose,
    [SCREEN_PREVIEW] = report_preview,   [SCREEN_PRINTING] = report_printing,
    [SCREEN_TAKE_CARD] = report_nothing, [SCREEN_COLLECT] = report_collect,
    [SCREEN_DONE] = report_done,         [SCREEN_STILL_THERE] = report_nothing,
    [SCREEN_REFUSED] = report_reason,    [SCREEN_FAULT] = report_reason,
    [SCREEN_CLOSED] = report_reason,     [SCREEN_HELP] = report_nothing,
    [SCREEN_MAINTENANCE] = report_maintenance,
};

static json_t *list_actions(const View *view)
{
    json_t *list = json_array();
    for (gsize i = 0; i < view->n_actions; i++) {
        char word[ACTION_WORD_BYTES];
        action_format(view->actions[i], word);
        json_array_append_new(list, json_string(word));
    }
    return list;
}

char *report_format(const Texts *texts, const View *view, double at_s)
{
    json_t *line = json_object(), *object = json_object();
    Screen screen = (guint)view->screen < SCREEN_COUNT ? view->screen : SCREEN_UNKNOWN;
    reports[screen](texts, view, object);
    json_object_set_new(line, "at", json_real((double)(gint64)(at_s * 1000) / 1000));
    set_text(line, "screen", screen_word(screen));
    json_object_set_new(line, "actions", list_actions(view));
    set_number(line, "seconds_left", view->seconds_left);
    json_object_set_new(line, "view", object);
    set_text(line, "language", view->language == LANGUAGE_EN ? "en" : "zh");
    set_flag(line, "large_text", view->large_text);
    set_flag(line, "high_contrast", view->high_contrast);
    set_flag(line, "speech", view->speech);
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(line);
    return text;
}

char *report_format_error(const char *message)
{
    json_t *line = json_object();
    set_text(line, "error", message);
    char *text = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    return text;
}
