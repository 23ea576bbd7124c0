#include "firmware/visit/view.h"
#include <stdio.h>
#include <string.h>

static const char *const screens[SCREEN_COUNT] = {
    [SCREEN_UNKNOWN] = "unknown",     [SCREEN_ATTRACT] = "attract",
    [SCREEN_CARD] = "card",           [SCREEN_READING] = "reading",
    [SCREEN_FACTOR] = "factor",       [SCREEN_CHOOSE] = "choose",
    [SCREEN_PREVIEW] = "preview",     [SCREEN_PRINTING] = "printing",
    [SCREEN_TAKE_CARD] = "take-card", [SCREEN_COLLECT] = "collect",
    [SCREEN_DONE] = "done",           [SCREEN_STILL_THERE] = "still-there",
    [SCREEN_REFUSED] = "refused",     [SCREEN_FAULT] = "fault",
    [SCREEN_CLOSED] = "closed",       [SCREEN_HELP] = "help",
    [SCREEN_MAINTENANCE] = "maintenance",
};

static const char *const stages[STAGE_COUNT] = {
    [STAGE_UNKNOWN] = "unknown", [STAGE_FETCH] = "fetch", [STAGE_PREPARE] = "prepare",
    [STAGE_PRINT] = "print",     [STAGE_CHECK] = "check",
};

/* Words of the headless protocol; an indexed action is written `word:N`. */
static const struct {
    const char *word;
    gboolean indexed;
} actions[ACTION_COUNT] = {
    [ACTION_UNKNOWN] = {"unknown", FALSE},
    [ACTION_BEGIN] = {"begin", FALSE},
    [ACTION_CANCEL] = {"cancel", FALSE},
    [ACTION_SUBMIT] = {"submit", FALSE},
    [ACTION_RESEND] = {"resend", FALSE},
    [ACTION_DIGIT] = {"digit", TRUE},
    [ACTION_ERASE] = {"erase", FALSE},
    [ACTION_SELECT] = {"select", TRUE},
    [ACTION_CHOOSE] = {"choose", TRUE},
    [ACTION_LIST_PAGE] = {"list-page", FALSE},
    [ACTION_CONFIRM] = {"confirm", FALSE},
    [ACTION_BACK] = {"back", FALSE},
    [ACTION_NEXT_PAGE] = {"next-page", FALSE},
    [ACTION_PREVIOUS_PAGE] = {"previous-page", FALSE},
    [ACTION_ZOOM] = {"zoom", FALSE},
    [ACTION_REVEAL] = {"reveal", FALSE},
    [ACTION_WRONG] = {"wrong", FALSE},
    [ACTION_TAKEN] = {"taken", FALSE},
    [ACTION_NEXT] = {"next", FALSE},
    [ACTION_FINISH] = {"finish", FALSE},
    [ACTION_MORE_TIME] = {"more-time", FALSE},
    [ACTION_CALL] = {"call", FALSE},
    [ACTION_HELP] = {"help", FALSE},
    [ACTION_LANGUAGE] = {"language", FALSE},
    [ACTION_LARGE_TEXT] = {"large-text", FALSE},
    [ACTION_CONTRAST] = {"contrast", FALSE},
    [ACTION_SPEECH] = {"speech", FALSE},
    [ACTION_MAINTENANCE] = {"maintenance", FALSE},
    [ACTION_MENU] = {"menu", TRUE},
    [ACTION_ROW] = {"row", TRUE},
    [ACTION_TASK] = {"task", TRUE},
    [ACTION_KEY] = {"key", TRUE},
    [ACTION_SHIFT] = {"shift", FALSE},
    [ACTION_CLEAR] = {"clear", FALSE},
    [ACTION_MEND] = {"mend", FALSE},
    [ACTION_CELL] = {"cell", TRUE},
};

const char *screen_word(Screen screen)
{
    return (unsigned)screen < SCREEN_COUNT ? screens[screen] : screens[0];
}

const char *stage_word(Stage stage)
{
    return (unsigned)stage < STAGE_COUNT ? stages[stage] : stages[0];
}

void action_format(Action action, char ret[ACTION_WORD_BYTES])
{
    ActionId id = (unsigned)action.id < ACTION_COUNT ? action.id : ACTION_UNKNOWN;
    if (actions[id].indexed)
        snprintf(ret, ACTION_WORD_BYTES, "%s:%d", actions[id].word, action.index);
    else
        snprintf(ret, ACTION_WORD_BYTES, "%s", actions[id].word);
}

/* 0 to 99 without sign or leading zero, else -1. */
static int parse_index(const char *text)
{
    gsize length = strlen(text);
    if (length < 1 || length > 2 || strspn(text, "0123456789") != length ||
        (length == 2 && text[0] == '0'))
        return -1;
    return (int)g_ascii_strtoll(text, NULL, 10);
}

Action action_parse(const char *word)
{
    for (int id = ACTION_UNKNOWN + 1; id < ACTION_COUNT; id++) {
        gsize length = strlen(actions[id].word);
        if (strncmp(word, actions[id].word, length))
            continue;
        if (!actions[id].indexed && word[length] == '\0')
            return (Action){(ActionId)id, -1};
        if (actions[id].indexed && word[length] == ':') {
            int index = parse_index(word + length + 1);
            if (index >= 0)
                return (Action){(ActionId)id, index};
        }
    }
    return (Action){ACTION_UNKNOWN, -1};
}

void view_offer(View *view, ActionId id, int index)
{
    if (view->n_actions < VIEW_ACTIONS_MAX)
        view->actions[view->n_actions++] = (Action){id, index};
}

int view_list_page_size(gboolean large_text, gsize certificates)
{
    return large_text || certificates > 3 ? 2 : 3;
}

gboolean view_offers(const View *view, Action action)
{
    for (gsize i = 0; i < view->n_actions; i++)
        if (view->actions[i].id == action.id && view->actions[i].index == action.index)
            return TRUE;
    return FALSE;
}

Sharing sharing_parse(const char *co_ownership)
{
    static const char *const words[] = {NULL, "单独所有", "共同共有", "按份共有"};
    for (gsize i = 1; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(co_ownership, words[i]))
            return (Sharing)i;
    return SHARING_UNKNOWN;
}
