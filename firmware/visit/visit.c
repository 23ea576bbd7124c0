#include "firmware/visit/visit.h"
#include "firmware/base/log.h"
#include "firmware/visit/visit_table.h"
#include <stdio.h>
#include <string.h>

/* Whose silence a state measures. */
typedef enum {
    WAIT_NONE = 0, /* a person comes when he comes */
    WAIT_FIXED,    /* `ms` from entering; then TIMEOUT */
    WAIT_CARD,
    WAIT_IDLE_DATA, /* silence; then TIMEOUT, which asks "still there" */
    WAIT_IDLE_READ,
    WAIT_STILL_THERE,
    WAIT_TAKE_CARD,
    WAIT_COLLECT,
} Wait;

static const struct {
    const char *word;
    Screen screen;
    Wait wait;
    int ms;
    gboolean machine_works;
    const char *deadline;
} states[VISIT_STATE_COUNT] = {
    [VISIT_UNKNOWN] = {"unknown", SCREEN_UNKNOWN, WAIT_NONE, 0, FALSE, "none"},
    [VISIT_CLOSED] = {"closed", SCREEN_CLOSED, WAIT_NONE, 0, FALSE,
                      "waits until every part is ready"},
    [VISIT_ATTRACT] = {"attract", SCREEN_ATTRACT, WAIT_NONE, 0, FALSE, "waits for a person"},
    [VISIT_CARD] = {"card", SCREEN_CARD, WAIT_CARD, 0, FALSE, "60 s, failed reads included"},
    [VISIT_READING] = {"reading", SCREEN_READING, WAIT_FIXED, 10000, TRUE, "10 s"},
    [VISIT_IDENTIFYING] = {"identifying", SCREEN_READING, WAIT_FIXED, 15000, TRUE, "15 s"},
    [VISIT_FACTOR] = {"factor", SCREEN_FACTOR, WAIT_IDLE_DATA, 0, FALSE, "silence, 60 s"},
    [VISIT_FACTOR_CHECKING] = {"factor-checking", SCREEN_FACTOR, WAIT_FIXED, 15000, TRUE, "15 s"},
    [VISIT_CHOOSE] = {"choose", SCREEN_CHOOSE, WAIT_IDLE_DATA, 0, FALSE, "silence, 60 s"},
    [VISIT_LOADING] = {"loading", SCREEN_CHOOSE, WAIT_FIXED, 20000, TRUE, "20 s"},
    [VISIT_PREVIEW] = {"preview", SCREEN_PREVIEW, WAIT_IDLE_READ, 0, FALSE, "silence, 120 s"},
    [VISIT_PRINTING] = {"printing", SCREEN_PRINTING, WAIT_FIXED, 150000, TRUE, "150 s"},
    [VISIT_TAKE_CARD] = {"take-card", SCREEN_TAKE_CARD, WAIT_TAKE_CARD, 0, FALSE,
                         "60 s: booklet retained"},
    [VISIT_COLLECT] = {"collect", SCREEN_COLLECT, WAIT_COLLECT, 0, FALSE, "60 s: booklet retained"},
    [VISIT_DONE] = {"done", SCREEN_DONE, WAIT_FIXED, 20000, FALSE, "20 s"},
    [VISIT_REFUSED] = {"refused", SCREEN_REFUSED, WAIT_FIXED, 45000, FALSE, "45 s"},
    [VISIT_FAULT] = {"fault", SCREEN_FAULT, WAIT_FIXED, 60000, FALSE, "60 s"},
    [VISIT_STILL_THERE] = {"still-there", SCREEN_STILL_THERE, WAIT_STILL_THERE, 0, FALSE, "30 s"},
    [VISIT_CARD_AWAY] = {"card-away", SCREEN_STILL_THERE, WAIT_FIXED, 10000, FALSE, "10 s"},
    [VISIT_MAINTENANCE] = {"maintenance", SCREEN_MAINTENANCE, WAIT_FIXED, 3660000, FALSE,
                           "61 min: the menu leaves sooner"},
};

static const char *const event_words[VISIT_EVENT_ACTION] = {
    "unknown",        "ready",       "not-ready",    "timeout",    "cover",     "card-found",
    "card-read",      "card-failed", "card-left",    "opened",     "factor-ok", "factor-wrong",
    "service-failed", "pages-ready", "pages-failed", "page-drawn", "stage",     "printed",
    "released",       "spoiled",     "unsure",       "taken-seen", "staff-card",
    "menu-left",
    "text",
};

/* ROW: one next state. FORK: the action decides among those named. */
#define S(state) VISIT_##state
#define ON(event) VISIT_EVENT_##event
#define TOUCH(action) (VISIT_EVENT_ACTION + ACTION_##action)
#define ROW(state, event, act, words, next)                                                        \
    {                                                                                              \
        VISIT_##state, event, visit_act_##act, words, VISIT_##next, NULL                           \
    }
#define FORK(state, event, act, words, ...)                                                        \
    {                                                                                              \
        VISIT_##state, event, visit_act_##act, words, VISIT_UNKNOWN, (const VisitState[])          \
        {                                                                                          \
            __VA_ARGS__, VISIT_UNKNOWN                                                             \
        }                                                                                          \
    }

// clang-format off
static const struct {
    VisitState state;
    int event;
    VisitAct act;
    const char *action;
    VisitState next;
    const VisitState *may_go;
} rows[] = {
    /* Nobody there. */
    ROW(CLOSED, ON(READY), ready, "open", ATTRACT),
    ROW(CLOSED, ON(NOT_READY), not_ready, "say why", CLOSED),
    ROW(CLOSED, ON(CARD_LEFT), card_gone, "reader is empty", CLOSED),
    ROW(CLOSED, TOUCH(MAINTENANCE), menu, "open the menu", MAINTENANCE),
    ROW(CLOSED, ON(STAFF_CARD), staff_card, "open the menu", MAINTENANCE),
    ROW(ATTRACT, ON(NOT_READY), not_ready, "close", CLOSED),
    ROW(ATTRACT, TOUCH(MAINTENANCE), menu, "open the menu", MAINTENANCE),
    ROW(ATTRACT, ON(STAFF_CARD), staff_card, "open the menu", MAINTENANCE),
    ROW(ATTRACT, TOUCH(BEGIN), begin, "look for a card", CARD),
    ROW(ATTRACT, ON(CARD_FOUND), card_found, "read it", READING),
    ROW(ATTRACT, ON(CARD_READ), card_read, "ask the service", IDENTIFYING),
    FORK(ATTRACT, ON(CARD_FAILED), card_failed, "say why", S(CARD), S(REFUSED)),
    ROW(ATTRACT, ON(CARD_LEFT), card_gone, "reader is empty", ATTRACT),
    /* The card. */
    ROW(CARD, ON(NOT_READY), not_ready, "close", CLOSED),
    ROW(CARD, ON(CARD_FOUND), card_found, "read it", READING),
    ROW(CARD, ON(STAFF_CARD), staff_card, "open the menu", MAINTENANCE),
    ROW(CARD, ON(CARD_READ), card_read, "ask the service", IDENTIFYING),
    FORK(CARD, ON(CARD_FAILED), card_failed, "say why", S(CARD), S(REFUSED)),
    ROW(CARD, ON(CARD_LEFT), card_lost, "look again", CARD),
    FORK(CARD, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    FORK(CARD, ON(TIMEOUT), card_timeout, "end", S(ATTRACT), S(CLOSED)),
    ROW(READING, ON(NOT_READY), not_ready, "close", CLOSED),
    ROW(READING, ON(STAFF_CARD), staff_card, "open the menu", MAINTENANCE),
    ROW(READING, ON(CARD_READ), card_read, "ask the service", IDENTIFYING),
    FORK(READING, ON(CARD_FAILED), card_failed, "say why", S(CARD), S(REFUSED)),
    ROW(READING, ON(CARD_LEFT), card_lost, "look again", CARD),
    FORK(READING, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(READING, ON(TIMEOUT), read_timeout, "look again", CARD),
    FORK(IDENTIFYING, ON(OPENED), opened, "show the list",
         S(FACTOR), S(CHOOSE), S(CARD_AWAY), S(REFUSED)),
    ROW(IDENTIFYING, ON(SERVICE_FAILED), refuse, "say why", REFUSED),
    ROW(IDENTIFYING, ON(CARD_LEFT), card_gone, "note it", IDENTIFYING),
    FORK(IDENTIFYING, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(IDENTIFYING, ON(TIMEOUT), service_timeout, "say why", REFUSED),
    /* The code from the phone. */
    ROW(FACTOR, ON(TEXT), text, "take digits", FACTOR),
    ROW(FACTOR, TOUCH(DIGIT), digit, "take a digit", FACTOR),
    ROW(FACTOR, TOUCH(ERASE), erase, "drop a digit", FACTOR),
    ROW(FACTOR, TOUCH(CLEAR), clear, "drop all digits", FACTOR),
    ROW(FACTOR, TOUCH(SUBMIT), submit, "send the code", FACTOR_CHECKING),
    ROW(FACTOR, TOUCH(RESEND), resend, "ask for another code", FACTOR),
    FORK(FACTOR, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(FACTOR, ON(CARD_LEFT), card_away, "ask for it", CARD_AWAY),
    ROW(FACTOR, ON(TIMEOUT), still_there, "ask", STILL_THERE),
    FORK(FACTOR_CHECKING, ON(FACTOR_OK), factor_ok, "show the list",
         S(CHOOSE), S(CARD_AWAY), S(REFUSED)),
    FORK(FACTOR_CHECKING, ON(FACTOR_WRONG), factor_wrong, "say so", S(FACTOR), S(REFUSED)),
    ROW(FACTOR_CHECKING, ON(SERVICE_FAILED), refuse, "say why", REFUSED),
    ROW(FACTOR_CHECKING, ON(CARD_LEFT), card_gone, "note it", FACTOR_CHECKING),
    ROW(FACTOR_CHECKING, ON(TIMEOUT), service_timeout, "say why", REFUSED),
    /* Choosing. */
    ROW(CHOOSE, TOUCH(SELECT), select, "mark it", CHOOSE),
    ROW(CHOOSE, TOUCH(LIST_PAGE), list_page, "next screenful", CHOOSE),
    ROW(CHOOSE, TOUCH(CHOOSE), choose, "fetch and draw", LOADING),
    ROW(CHOOSE, ON(PAGES_READY), prepared, "keep the pages", CHOOSE),
    ROW(CHOOSE, ON(PAGES_FAILED), prepare_failed, "forget it", CHOOSE),
    FORK(CHOOSE, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(CHOOSE, ON(CARD_LEFT), card_away, "ask for it", CARD_AWAY),
    ROW(CHOOSE, ON(TIMEOUT), still_there, "ask", STILL_THERE),
    ROW(LOADING, ON(PAGES_READY), preview, "draw the first page", LOADING),
    FORK(LOADING, ON(PAGE_DRAWN), first_page, "show it", S(PREVIEW), S(CARD_AWAY)),
    ROW(LOADING, ON(PAGES_FAILED), refuse, "say why", REFUSED),
    FORK(LOADING, TOUCH(CANCEL), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(LOADING, ON(CARD_LEFT), card_gone, "note it", LOADING),
    ROW(LOADING, ON(TIMEOUT), service_timeout, "say why", REFUSED),
    /* Checking. */
    ROW(PREVIEW, ON(PAGE_DRAWN), page_drawn, "show it", PREVIEW),
    ROW(PREVIEW, ON(PAGES_FAILED), refuse, "say why", REFUSED),
    ROW(PREVIEW, TOUCH(NEXT_PAGE), turn_page, "next page or quarter", PREVIEW),
    ROW(PREVIEW, TOUCH(PREVIOUS_PAGE), turn_page, "page or quarter before", PREVIEW),
    ROW(PREVIEW, TOUCH(ZOOM), zoom, "enlarge, or whole again", PREVIEW),
    ROW(PREVIEW, TOUCH(REVEAL), reveal, "show or cover", PREVIEW),
    ROW(PREVIEW, ON(COVER), cover, "cover again", PREVIEW),
    ROW(PREVIEW, TOUCH(BACK), to_list, "back to the list", CHOOSE),
    ROW(PREVIEW, TOUCH(WRONG), wrong_content, "say where to go", REFUSED),
    FORK(PREVIEW, TOUCH(CONFIRM), confirm, "issue", S(PRINTING), S(REFUSED)),
    ROW(PREVIEW, ON(CARD_LEFT), card_away, "ask for it", CARD_AWAY),
    ROW(PREVIEW, ON(TIMEOUT), still_there, "cover, ask", STILL_THERE),
    /* Printing: nobody can leave it, lifting the card does not stop it. */
    ROW(PRINTING, ON(STAGE), stage, "show it", PRINTING),
    ROW(PRINTING, ON(CARD_LEFT), card_gone, "note it", PRINTING),
    FORK(PRINTING, ON(PRINTED), printed, "hand over", S(TAKE_CARD), S(COLLECT)),
    FORK(PRINTING, ON(RELEASED), released, "say why; fetch a changed record once more",
         S(REFUSED), S(LOADING)),
    ROW(PRINTING, ON(SPOILED), fault, "say what happened", FAULT),
    ROW(PRINTING, ON(UNSURE), fault, "say what happened", FAULT),
    ROW(PRINTING, ON(TIMEOUT), fault_late, "say it is unsure", FAULT),
    /* Handing over. */
    ROW(TAKE_CARD, ON(CARD_LEFT), present, "release the booklet", COLLECT),
    ROW(TAKE_CARD, ON(UNSURE), fault, "the journal failed", FAULT),
    ROW(TAKE_CARD, ON(TIMEOUT), not_taken, "retain the booklet", FAULT),
    FORK(COLLECT, TOUCH(TAKEN), touch_taken, "delivered, unless an exit sensor says so",
         S(DONE), S(COLLECT)),
    ROW(COLLECT, ON(TAKEN_SEEN), taken, "delivered", DONE),
    ROW(COLLECT, TOUCH(WRONG), wrong_booklet, "retain, call", FAULT),
    ROW(COLLECT, ON(NOT_RELEASED), not_taken, "retain the booklet", FAULT),
    ROW(COLLECT, ON(UNSURE), fault, "the journal failed", FAULT),
    ROW(COLLECT, ON(TIMEOUT), not_taken, "retain the booklet", FAULT),
    ROW(DONE, TOUCH(NEXT), next, "show the list", CHOOSE),
    FORK(DONE, TOUCH(FINISH), end, "end", S(ATTRACT), S(CLOSED)),
    FORK(DONE, ON(TIMEOUT), end, "end", S(ATTRACT), S(CLOSED)),
    /* Ends that are no success. */
    FORK(REFUSED, TOUCH(BACK), back, "back to the list, or end", S(CHOOSE), S(ATTRACT), S(CLOSED)),
    ROW(REFUSED, ON(CARD_LEFT), card_gone, "look for the next card", REFUSED),
    FORK(REFUSED, ON(CARD_FOUND), next_card, "end; read it, unless the refused one still lies there",
         S(READING), S(REFUSED)),
    FORK(REFUSED, ON(TIMEOUT), end, "end", S(ATTRACT), S(CLOSED)),
    FORK(FAULT, TOUCH(BACK), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(FAULT, TOUCH(CALL), call, "call staff", FAULT),
    ROW(FAULT, ON(CARD_LEFT), card_gone, "note it", FAULT),
    FORK(FAULT, ON(TIMEOUT), end, "end", S(ATTRACT), S(CLOSED)),
    /* Questions. */
    FORK(STILL_THERE, TOUCH(MORE_TIME), return, "go on",
         S(FACTOR), S(CHOOSE), S(PREVIEW), S(CARD_AWAY)),
    FORK(STILL_THERE, TOUCH(FINISH), end, "end", S(ATTRACT), S(CLOSED)),
    ROW(STILL_THERE, ON(PAGES_READY), prepared, "keep the pages", STILL_THERE),
    ROW(STILL_THERE, ON(PAGES_FAILED), prepare_failed, "forget it", STILL_THERE),
    ROW(STILL_THERE, ON(CARD_LEFT), card_gone, "note it", STILL_THERE),
    FORK(STILL_THERE, ON(TIMEOUT), end, "end", S(ATTRACT), S(CLOSED)),
    FORK(CARD_AWAY, ON(CARD_READ), card_back, "same card: go on; another: end, say why",
         S(FACTOR), S(CHOOSE), S(PREVIEW), S(REFUSED)),
    ROW(CARD_AWAY, ON(PAGES_READY), prepared, "keep the pages", CARD_AWAY),
    ROW(CARD_AWAY, ON(PAGES_FAILED), prepare_failed, "forget it", CARD_AWAY),
    FORK(CARD_AWAY, TOUCH(FINISH), end, "end", S(ATTRACT), S(CLOSED)),
    FORK(CARD_AWAY, ON(TIMEOUT), end, "end", S(ATTRACT), S(CLOSED)),
    /* A technician. */
    ROW(MAINTENANCE, ON(CARD_LEFT), card_gone, "reader is empty", MAINTENANCE),
    FORK(MAINTENANCE, ON(MENU_LEFT), menu_left, "go on", S(ATTRACT), S(CLOSED)),
    FORK(MAINTENANCE, ON(TIMEOUT), menu_left, "go on", S(ATTRACT), S(CLOSED)),
};
// clang-format on

const char *visit_state_word(VisitState state)
{
    return (unsigned)state < VISIT_STATE_COUNT ? states[state].word : states[0].word;
}

const char *visit_event_word(int type)
{
    static char words[ACTION_COUNT][ACTION_WORD_BYTES + 8];
    if (type >= 0 && type < VISIT_EVENT_ACTION)
        return event_words[type];
    int id = type - VISIT_EVENT_ACTION;
    if (id < 0 || id >= ACTION_COUNT)
        return event_words[0];
    char word[ACTION_WORD_BYTES];
    action_format((Action){(ActionId)id, 0}, word);
    word[strcspn(word, ":")] = '\0';
    snprintf(words[id], sizeof words[id], "touch %s", word);
    return words[id];
}

const char *visit_effect_word(VisitEffectType type)
{
    static const char *const words[] = {"unknown",       "reader-mode", "warm",  "open",  "factor",
                                        "factor-resend", "load",        "draw",  "issue", "present",
                                        "taken",         "not-taken",   "wrong", "call",  "wipe",
                                        "menu"};
    return (unsigned)type < G_N_ELEMENTS(words) ? words[type] : words[0];
}

gsize visit_row_count(void)
{
    return G_N_ELEMENTS(rows);
}

VisitRow visit_row(gsize i)
{
    return (VisitRow){rows[i].state, rows[i].event, rows[i].action, rows[i].next, rows[i].may_go};
}

VisitStateRow visit_state_row(VisitState state)
{
    return (VisitStateRow){state, states[state].screen, states[state].machine_works,
                           states[state].deadline};
}

void visit_emit(VisitStep *step, VisitEffectType type, int number, const char *text)
{
    if (step->effects->count < VISIT_EFFECTS_MAX)
        step->effects->items[step->effects->count++] = (VisitEffect){type, number, text};
    else
        log_error("visit", "bug: effect %s does not fit", visit_effect_word(type));
}

static gint64 wait_ms(const Visit *visit, VisitState state)
{
    switch (states[state].wait) {
    case WAIT_NONE:
        return 0;
    case WAIT_FIXED:
        return states[state].ms;
    case WAIT_CARD:
        return visit->settings.card_ms; /* since the card was first asked for */
    case WAIT_IDLE_DATA:
        return visit->settings.idle_data_ms;
    case WAIT_IDLE_READ:
        return visit->settings.idle_read_ms;
    case WAIT_STILL_THERE:
        return visit->settings.still_there_ms;
    case WAIT_TAKE_CARD:
        return visit->settings.take_card_ms;
    case WAIT_COLLECT:
        return visit->settings.collect_ms;
    }
    return 0;
}

static void set_deadline(Visit *visit, gint64 now_ms)
{
    gint64 ms = wait_ms(visit, visit->state), since_ms = now_ms;
    if (states[visit->state].wait == WAIT_CARD) {
        visit->asked_ms = visit->asked_ms ? visit->asked_ms : now_ms;
        since_ms = visit->asked_ms;
    }
    visit->deadline_ms = ms ? since_ms + ms : 0;
}

static void enter(VisitStep *step, VisitState next)
{
    Visit *visit = step->visit;
    if (states[next].machine_works)
        budget_run(&visit->budget, step->now_ms);
    else
        budget_pause(&visit->budget, step->now_ms);
    visit->state = next;
    visit->help = FALSE;
    if (next != VISIT_PREVIEW) /* only the preview hears COVER: elsewhere it would be due for ever */
        visit->cover_ms = 0;
    if (next == VISIT_REFUSED) /* whatever lies there must go before another visit begins */
        visit_rest_reader(step);
    set_deadline(visit, step->now_ms);
}

/* Language, sizes, contrast, speech and help: in every state, on every screen. */
static gboolean act_utility(Visit *visit, int event)
{
    if (event == TOUCH(LANGUAGE))
        visit->language = visit->language == LANGUAGE_ZH ? LANGUAGE_EN : LANGUAGE_ZH;
    else if (event == TOUCH(LARGE_TEXT))
        visit->large_text = !visit->large_text;
    else if (event == TOUCH(CONTRAST))
        visit->high_contrast = !visit->high_contrast;
    else if (event == TOUCH(SPEECH))
        visit->speech = !visit->speech;
    else if (event == TOUCH(HELP))
        visit->help = !visit->help;
    else if (event == TOUCH(BACK) && visit->help)
        visit->help = FALSE;
    else
        return FALSE;
    if (visit->list_page * visit_list_page_size(visit) > visit->selected)
        visit->list_page = 0;
    return TRUE;
}

static void remember_readiness(VisitStep *step)
{
    Visit *visit = step->visit;
    if (step->event->type == VISIT_EVENT_READY) {
        visit->ready = TRUE;
    } else if (step->event->type == VISIT_EVENT_NOT_READY) {
        visit->ready = FALSE;
        g_strlcpy(visit->closed_reason, step->event->reason ? step->event->reason : "starting",
                  sizeof visit->closed_reason);
    }
}

void visit_init(Visit *visit, const VisitSettings *settings)
{
    *visit = (Visit){.settings = *settings,
                     .state = VISIT_CLOSED,
                     .language = LANGUAGE_ZH,
                     .selected = -1,
                     .prepared = -1,
                     .loading = -1,
                     .tries_left = -1};
    g_strlcpy(visit->closed_reason, "starting", sizeof visit->closed_reason);
    budget_reset(&visit->budget);
}

void visit_step(Visit *visit, const VisitEvent *event, gint64 now_ms, gint64 wall_ms,
                VisitEffects *ret)
{
    ret->count = 0;
    VisitStep step = {visit, event, now_ms, wall_ms, ret};
    remember_readiness(&step);
    gboolean touched = event->type >= VISIT_EVENT_ACTION || event->type == VISIT_EVENT_TEXT;
    Wait wait = states[visit->state].wait;
    if (touched && (wait == WAIT_IDLE_DATA || wait == WAIT_IDLE_READ))
        set_deadline(visit, now_ms);
    if (act_utility(visit, event->type))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].state != visit->state || rows[i].event != event->type)
            continue;
        VisitState decided = rows[i].act ? rows[i].act(&step) : VISIT_UNKNOWN;
        VisitState next = rows[i].next != VISIT_UNKNOWN ? rows[i].next : decided;
        if (next != visit->state && next != VISIT_UNKNOWN)
            enter(&step, next);
        return;
    }
}

gboolean visit_hears(const Visit *visit, int event)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].state == visit->state && rows[i].event == event)
            return TRUE;
    return FALSE;
}

gint64 visit_deadline(const Visit *visit, int *ret_event)
{
    gboolean cover_first =
        visit->cover_ms && (!visit->deadline_ms || visit->cover_ms < visit->deadline_ms);
    *ret_event = cover_first ? VISIT_EVENT_COVER : VISIT_EVENT_TIMEOUT;
    return cover_first ? visit->cover_ms : visit->deadline_ms;
}

gboolean visit_is_running(const Visit *visit)
{
    return visit->state != VISIT_CLOSED && visit->state != VISIT_ATTRACT;
}

const VisitCertificate *visit_certificate(const Visit *visit)
{
    if (!visit->list || visit->selected < 0 ||
        (gsize)visit->selected >= visit->list->n_certificates)
        return NULL;
    return &visit->list->certificates[visit->selected];
}
