/* What the table's actions do: card, service, list. Pages and the booklet are in
 * visit_act_print.c. */
#include "firmware/visit/visit_table.h"
#include <string.h>

static void set_text(char *target, gsize size, const char *text)
{
    g_strlcpy(target, text ? text : "", size);
}

static void set_reason(Visit *visit, const char *reason, const char *detail)
{
    set_text(visit->reason, sizeof visit->reason, reason);
    set_text(visit->detail, sizeof visit->detail, detail);
    visit->ticket[0] = '\0';
}

void visit_rest_reader(VisitStep *step)
{
    const Visit *visit = step->visit;
    gboolean look = (visit->ready || visit->settings.staff_cards) && !visit->card_present;
    visit_emit(step, VISIT_EFFECT_READER_MODE, look ? READER_MODE_IDLE : READER_MODE_PRESENT, NULL);
}

VisitState visit_act_ready(VisitStep *step)
{
    step->visit->open_since_ms = step->wall_ms;
    visit_rest_reader(step);
    return VISIT_ATTRACT;
}

/* A closed machine reads nobody's card, unless it knows cards of the staff: it looks for these, and
 * with any other no visit begins. */
VisitState visit_act_not_ready(VisitStep *step)
{
    visit_rest_reader(step);
    return VISIT_CLOSED;
}

/* Nobody's card is read while a technician works here. */
VisitState visit_act_menu(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_PRESENT, NULL);
    visit_emit(step, VISIT_EFFECT_MENU, 0, NULL);
    return VISIT_MAINTENANCE;
}

VisitState visit_act_menu_left(VisitStep *step)
{
    return step->visit->ready ? visit_act_ready(step) : visit_act_not_ready(step);
}

VisitState visit_act_begin(VisitStep *step)
{
    set_text(step->visit->hint, sizeof step->visit->hint, step->visit->card_present ? "lift" : "");
    visit_emit(step, VISIT_EFFECT_READER_MODE,
               step->visit->card_present ? READER_MODE_PRESENT : READER_MODE_SEARCH, NULL);
    visit_emit(step, VISIT_EFFECT_WARM, 0, NULL);
    return VISIT_CARD;
}

VisitState visit_act_card_found(VisitStep *step)
{
    step->visit->hint[0] = '\0';
    budget_reset(&step->visit->budget);
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    visit_emit(step, VISIT_EFFECT_WARM, 0, NULL);
    return VISIT_READING;
}

VisitState visit_act_card_read(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->card_present = TRUE;
    visit->holder = step->event->holder;
    g_autofree char *name = personal_mask_name(visit->holder->name);
    g_autofree char *number = personal_mask_number(visit->holder->id_number);
    set_text(visit->masked_name, sizeof visit->masked_name, name);
    set_text(visit->masked_number, sizeof visit->masked_number, number);
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_PRESENT, NULL);
    visit->list_language = visit->language;
    visit_emit(step, VISIT_EFFECT_OPEN, 0, visit->language == LANGUAGE_EN ? "en" : "zh-CN");
    return VISIT_IDENTIFYING;
}

/* How each failure is met: another try, or, when `most` reads of the visit have failed, an end
 * with its reason. */
static const struct {
    const char *hint;
    int most;
    const char *reason;
} failures[] = {
    [READER_FAILURE_UNKNOWN] = {"link", 3, "card-unreadable"},
    [READER_FAILURE_MOVED] = {"moved", 6, "card-unreadable"},
    [READER_FAILURE_LINK] = {"link", 3, "card-unreadable"},
    [READER_FAILURE_UNREADABLE] = {"link", 3, "card-unreadable"},
    [READER_FAILURE_NOT_GENUINE] = {"", 1, "card-not-genuine"},
    [READER_FAILURE_EXPIRED] = {"", 1, "card-expired"},
    [READER_FAILURE_FUTURE] = {"", 1, "card-future"},
    [READER_FAILURE_WRONG_TYPE] = {"", 1, "card-type"},
};

VisitState visit_act_card_failed(VisitStep *step)
{
    unsigned failure = (unsigned)step->event->failure;
    if (failure >= G_N_ELEMENTS(failures))
        failure = READER_FAILURE_UNKNOWN;
    if (++step->visit->reads_failed >= failures[failure].most) {
        step->visit->card_present = failure != READER_FAILURE_MOVED;
        set_reason(step->visit, failures[failure].reason, NULL);
        return VISIT_REFUSED;
    }
    set_text(step->visit->hint, sizeof step->visit->hint, failures[failure].hint);
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    return VISIT_CARD;
}

/* What was said about the last try stays. */
VisitState visit_act_card_lost(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->card_present = FALSE;
    if (visit->state == VISIT_READING || !strcmp(visit->hint, "lift"))
        set_text(visit->hint, sizeof visit->hint, visit->state == VISIT_READING ? "moved" : "");
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    return VISIT_CARD;
}

/* Whatever was thought to lie there: the next visit looks anew. */
VisitState visit_act_card_timeout(VisitStep *step)
{
    step->visit->card_present = FALSE;
    return visit_act_end(step);
}

VisitState visit_act_card_gone(VisitStep *step)
{
    step->visit->card_present = FALSE;
    if (!visit_is_running(step->visit) || step->visit->state == VISIT_REFUSED)
        visit_rest_reader(step);
    return VISIT_UNKNOWN;
}

static VisitState ask_for_card(VisitStep *step, VisitState return_state)
{
    step->visit->card_present = FALSE;
    step->visit->return_state = return_state;
    step->visit->covered = TRUE;
    step->visit->image = NULL;
    step->visit->cover_ms = 0;
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    return VISIT_CARD_AWAY;
}

VisitState visit_act_card_away(VisitStep *step)
{
    return ask_for_card(step, step->visit->state);
}

/* A state with personal data is only entered while the card lies there; after the first booklet of
 * a visit the card is with its owner. */
static VisitState with_card(VisitStep *step, VisitState next)
{
    if (step->visit->card_present || step->visit->printed)
        return next;
    return ask_for_card(step, next);
}

/* The visit is over and forgotten, but the words stay as they were asked for: somebody still stands
 * there. */
static void end_in_same_words(VisitStep *step)
{
    Visit *visit = step->visit;
    Visit spoken = {.language = visit->language,
                    .large_text = visit->large_text,
                    .high_contrast = visit->high_contrast,
                    .speech = visit->speech};
    visit_act_end(step);
    visit->language = spoken.language;
    visit->large_text = spoken.large_text;
    visit->high_contrast = spoken.high_contrast;
    visit->speech = spoken.speech;
}

/* No visit begins: what the reading had begun ends. */
VisitState visit_act_staff_card(VisitStep *step)
{
    step->visit->card_present = TRUE;
    end_in_same_words(step);
    return visit_act_menu(step);
}

/* Another one lies there: its holder is told so. */
static VisitState refuse_other_card(VisitStep *step)
{
    step->visit->card_present = TRUE;
    end_in_same_words(step);
    set_reason(step->visit, "card-other", NULL);
    return VISIT_REFUSED;
}

VisitState visit_act_next_card(VisitStep *step)
{
    if (step->visit->card_present || !step->visit->ready)
        return VISIT_REFUSED;
    end_in_same_words(step);
    return visit_act_card_found(step);
}

VisitState visit_act_card_back(VisitStep *step)
{
    if (!step->event->same_card)
        return refuse_other_card(step);
    step->visit->card_present = TRUE;
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_PRESENT, NULL);
    if (step->visit->return_state == VISIT_PREVIEW)
        visit_emit(step, VISIT_EFFECT_DRAW, 0, NULL);
    return step->visit->return_state;
}

VisitState visit_act_read_timeout(VisitStep *step)
{
    set_text(step->visit->hint, sizeof step->visit->hint, "link");
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    return VISIT_CARD;
}

gboolean visit_can_choose(const Visit *visit, int index)
{
    return visit->list && index >= 0 && (gsize)index < visit->list->n_certificates &&
           visit->list->certificates[index].printable && !(visit->printed >> index & 1);
}

/* Marks the only printable certificate, or none, and fetches it while the list is read. */
static VisitState show_list(VisitStep *step)
{
    Visit *visit = step->visit;
    int printable = 0, only = -1;
    for (int i = 0; (gsize)i < visit->list->n_certificates; i++) {
        if (!visit_can_choose(visit, i))
            continue;
        printable++;
        only = i;
    }
    visit->selected = printable == 1 ? only : -1;
    visit->list_page = 0;
    visit->prepared = visit->loading = -1;
    if (visit->selected >= 0) {
        visit->loading = visit->selected;
        visit_emit(step, VISIT_EFFECT_LOAD, visit->selected, NULL);
    }
    return with_card(step, VISIT_CHOOSE);
}

VisitState visit_act_opened(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->list = step->event->list;
    if (visit->list->factor_sms) {
        visit->code[0] = '\0';
        visit->tries_left = -1;
        visit->code_wrong = FALSE;
        return with_card(step, VISIT_FACTOR);
    }
    return visit_act_factor_ok(step);
}

VisitState visit_act_factor_ok(VisitStep *step)
{
    if (step->visit->list->n_certificates == 0) {
        set_reason(step->visit, "nothing-printable", NULL);
        return VISIT_REFUSED;
    }
    return show_list(step);
}

VisitState visit_act_refuse(VisitStep *step)
{
    set_reason(step->visit, step->event->reason ? step->event->reason : "service-error",
               step->event->detail);
    step->visit->loading = step->visit->prepared = -1;
    return VISIT_REFUSED;
}

VisitState visit_act_service_timeout(VisitStep *step)
{
    set_reason(step->visit, "service-error", NULL);
    return VISIT_REFUSED;
}

VisitState visit_act_text(VisitStep *step)
{
    Visit *visit = step->visit;
    for (const char *c = step->event->text; c && *c; c++) {
        gsize length = strlen(visit->code);
        if (g_ascii_isdigit(*c) && length < 6) {
            visit->code[length] = *c;
            visit->code[length + 1] = '\0';
        }
    }
    return VISIT_FACTOR;
}

VisitState visit_act_digit(VisitStep *step)
{
    char digit[2] = {(char)('0' + CLAMP(step->event->number, 0, 9)), '\0'};
    VisitEvent typed = {.type = VISIT_EVENT_TEXT, .text = digit};
    VisitStep inner = *step;
    inner.event = &typed;
    return visit_act_text(&inner);
}

VisitState visit_act_erase(VisitStep *step)
{
    gsize length = strlen(step->visit->code);
    if (length)
        step->visit->code[length - 1] = '\0';
    return VISIT_FACTOR;
}

VisitState visit_act_clear(VisitStep *step)
{
    secret_wipe(step->visit->code, sizeof step->visit->code);
    return VISIT_FACTOR;
}

VisitState visit_act_submit(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_FACTOR, 0, step->visit->code);
    return VISIT_FACTOR_CHECKING;
}

VisitState visit_act_resend(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_FACTOR_RESEND, 0, NULL);
    return VISIT_FACTOR;
}

VisitState visit_act_factor_wrong(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->tries_left = step->event->number;
    visit->code_wrong = TRUE;
    secret_wipe(visit->code, sizeof visit->code);
    if (visit->tries_left != 0)
        return with_card(step, VISIT_FACTOR);
    set_reason(visit, "factor-failed", NULL);
    return VISIT_REFUSED;
}

VisitState visit_act_select(VisitStep *step)
{
    if (visit_can_choose(step->visit, step->event->number))
        step->visit->selected = step->event->number;
    return VISIT_CHOOSE;
}

VisitState visit_act_list_page(VisitStep *step)
{
    Visit *visit = step->visit;
    int size = visit_list_page_size(visit);
    int screenfuls = ((int)visit->list->n_certificates + size - 1) / size;
    visit->list_page = screenfuls ? (visit->list_page + 1) % screenfuls : 0;
    return VISIT_CHOOSE;
}

VisitState visit_act_back(VisitStep *step)
{
    gboolean more = FALSE;
    for (int i = 0; step->visit->list && (gsize)i < step->visit->list->n_certificates; i++)
        more = more || (visit_can_choose(step->visit, i) && i != step->visit->selected);
    gboolean about_one = !strcmp(step->visit->reason, "cannot-print") ||
                         !strcmp(step->visit->reason, "wrong-content") ||
                         !strcmp(step->visit->reason, "kind") ||
                         !strcmp(step->visit->reason, "record-invalid") ||
                         !strcmp(step->visit->reason, "certificate-live");
    if (!more || !about_one || (!step->visit->card_present && !step->visit->printed))
        return visit_act_end(step);
    step->visit->selected = -1;
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_PRESENT, NULL);
    return VISIT_CHOOSE;
}

VisitState visit_act_still_there(VisitStep *step)
{
    step->visit->return_state = step->visit->state;
    step->visit->covered = TRUE;
    step->visit->image = NULL;
    step->visit->cover_ms = 0;
    return VISIT_STILL_THERE;
}

VisitState visit_act_return(VisitStep *step)
{
    VisitState next = step->visit->return_state;
    if (next == VISIT_PREVIEW)
        visit_emit(step, VISIT_EFFECT_DRAW, 0, NULL);
    return with_card(step, next);
}

VisitState visit_act_call(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_CALL, 0, NULL);
    return VISIT_FAULT;
}

/* The visit is over: forget the person, go back to the first language and the empty screen. */
VisitState visit_act_end(VisitStep *step)
{
    Visit *visit = step->visit;
    Visit fresh;
    visit_init(&fresh, &visit->settings);
    fresh.state = visit->state;
    fresh.ready = visit->ready;
    fresh.card_present = visit->card_present;
    fresh.open_since_ms = visit->open_since_ms;
    memcpy(fresh.closed_reason, visit->closed_reason, sizeof fresh.closed_reason);
    secret_wipe(visit, sizeof *visit);
    *visit = fresh;
    visit_emit(step, VISIT_EFFECT_WIPE, 0, NULL);
    visit_rest_reader(step);
    return visit->ready ? VISIT_ATTRACT : VISIT_CLOSED;
}
