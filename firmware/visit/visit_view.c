/* From visit to view: what each screen may show and offer. */
#include "firmware/base/limit.h"
#include "firmware/visit/visit_table.h"
#include <string.h>

int visit_list_page_size(const Visit *visit)
{
    return view_list_page_size(visit->large_text, visit->list ? visit->list->n_certificates : 0);
}

static gboolean has_next(const Visit *visit)
{
    for (int i = 0; visit->list && (gsize)i < visit->list->n_certificates; i++)
        if (visit_can_choose(visit, i))
            return TRUE;
    return FALSE;
}

static void offer_choose(const Visit *visit, View *view)
{
    int printable = 0;
    for (int i = 0; (gsize)i < view->n_certificates; i++)
        printable += visit_can_choose(visit, i);
    for (int i = 0; (gsize)i < view->n_certificates; i++) {
        if (!visit_can_choose(visit, i))
            continue;
        view_offer(view, ACTION_CHOOSE, i);
        if (printable > 1)
            view_offer(view, ACTION_SELECT, i);
    }
    if ((int)view->n_certificates > visit_list_page_size(visit))
        view_offer(view, ACTION_LIST_PAGE, -1);
    view_offer(view, ACTION_CANCEL, -1);
}

static void offer_factor(const Visit *visit, View *view)
{
    if (visit->state != VISIT_FACTOR)
        return;
    if (strlen(visit->code) == 6)
        view_offer(view, ACTION_SUBMIT, -1);
    view_offer(view, ACTION_RESEND, -1);
    view_offer(view, ACTION_CANCEL, -1);
    for (int digit = 0; digit <= 9; digit++)
        view_offer(view, ACTION_DIGIT, digit);
    view_offer(view, ACTION_ERASE, -1);
    view_offer(view, ACTION_CLEAR, -1);
}

static void offer_preview(const Visit *visit, View *view)
{
    view_offer(view, ACTION_CONFIRM, -1);
    view_offer(view, ACTION_BACK, -1);
    if (visit->zoom ? visit->zoom < VIEW_QUARTERS : visit->page + 1 < visit->pages)
        view_offer(view, ACTION_NEXT_PAGE, -1);
    if (visit->zoom ? visit->zoom > 1 : visit->page > 0)
        view_offer(view, ACTION_PREVIOUS_PAGE, -1);
    view_offer(view, ACTION_ZOOM, -1);
    view_offer(view, ACTION_REVEAL, -1);
    view_offer(view, ACTION_WRONG, -1);
}

static void offer_screen(const Visit *visit, View *view)
{
    switch (view->screen) {
    case SCREEN_ATTRACT:
        view_offer(view, ACTION_BEGIN, -1);
        view_offer(view, ACTION_MAINTENANCE, -1);
        break;
    case SCREEN_CLOSED:
        view_offer(view, ACTION_MAINTENANCE, -1);
        break;
    case SCREEN_CARD:
    case SCREEN_READING:
        view_offer(view, ACTION_CANCEL, -1);
        break;
    case SCREEN_FACTOR:
        offer_factor(visit, view);
        break;
    case SCREEN_CHOOSE:
        if (visit->state == VISIT_CHOOSE)
            offer_choose(visit, view);
        else
            view_offer(view, ACTION_CANCEL, -1);
        break;
    case SCREEN_PREVIEW:
        offer_preview(visit, view);
        break;
    case SCREEN_COLLECT:
        if (!visit->settings.sees_taken)
            view_offer(view, ACTION_TAKEN, -1);
        view_offer(view, ACTION_WRONG, -1);
        break;
    case SCREEN_DONE:
        if (has_next(visit))
            view_offer(view, ACTION_NEXT, -1);
        view_offer(view, ACTION_FINISH, -1);
        break;
    case SCREEN_STILL_THERE:
        if (visit->state == VISIT_STILL_THERE)
            view_offer(view, ACTION_MORE_TIME, -1);
        view_offer(view, ACTION_FINISH, -1);
        break;
    case SCREEN_FAULT:
        view_offer(view, ACTION_CALL, -1);
        view_offer(view, ACTION_BACK, -1);
        break;
    case SCREEN_REFUSED:
    case SCREEN_HELP:
        view_offer(view, ACTION_BACK, -1);
        break;
    case SCREEN_UNKNOWN:
    case SCREEN_PRINTING:
    case SCREEN_TAKE_CARD:
    case SCREEN_MAINTENANCE: /* the menu offers its own */
    case SCREEN_COUNT:
        break;
    }
}

static void offer_utilities(View *view)
{
    static const ActionId utilities[] = {ACTION_LANGUAGE, ACTION_LARGE_TEXT, ACTION_CONTRAST,
                                         ACTION_SPEECH, ACTION_HELP};
    if (view->screen == SCREEN_MAINTENANCE)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(utilities); i++)
        view_offer(view, utilities[i], -1);
}

static gboolean has_plan(const Visit *visit)
{
    for (int i = 0; i < visit->pages; i++)
        if (!g_strcmp0(visit->page_kinds[i], "household-plan"))
            return TRUE;
    return FALSE;
}

static void fill_list(const Visit *visit, View *view)
{
    view->holder_name = visit->masked_name;
    view->holder_number = visit->masked_number;
    view->selected = visit->selected;
    view->list_page = visit->list_page;
    if (!visit->list || (view->screen != SCREEN_CHOOSE && view->screen != SCREEN_DONE))
        return;
    view->n_certificates = MIN(visit->list->n_certificates, G_N_ELEMENTS(view->certificates));
    for (gsize i = 0; i < view->n_certificates; i++) {
        const VisitCertificate *from = &visit->list->certificates[i];
        gboolean just_printed = visit->printed >> i & 1;
        gboolean told = !just_printed && visit->list_language == visit->language;
        gboolean prepared = (int)i == visit->prepared;
        view->certificates[i] = (ViewCertificate){
            .number = from->number,
            .location = from->location,
            .printable = visit_can_choose(visit, (int)i),
            .reason = just_printed ? "printed" : from->reason,
            .reason_text = told ? from->reason_text : (Personal){NULL},
            .area = {prepared ? visit->area : NULL},
            .sharing = prepared ? visit->sharing : SHARING_UNKNOWN,
            .pages = prepared ? visit->pages : 0,
            .has_plan = prepared && has_plan(visit),
        };
    }
}

static void fill_preview(const Visit *visit, View *view)
{
    view->pages = visit->pages;
    view->page = visit->page + 1;
    for (int i = 0; i < visit->pages; i++)
        view->page_kinds[i] = visit->page_kinds[i];
    view->covered = visit->covered;
    view->zoom = visit->zoom;
    view->image = view->screen == SCREEN_PREVIEW ? visit->image : NULL;
}

static void fill_printing(const Visit *visit, gint64 now_ms, View *view)
{
    view->stage = visit->stage;
    view->percent = visit->percent;
    view->sides = visit->sides;
    view->printed_sides = visit->printed_sides;
    view->used_s = (int)(budget_used_ms(&visit->budget, now_ms) / 1000);
    view->budget_s = BUDGET_MS / 1000;
    view->card_present = visit->card_present;
}

/* What this printer usually needs, where that is known, else what is left of the two minutes; 0:
 * longer than that, and the screen says so. */
static gint64 printing_left_ms(const Visit *visit, gint64 now_ms)
{
    gint64 budget_ms = budget_left_ms(&visit->budget, now_ms);
    if (!visit->expected_end_ms)
        return budget_ms;
    return CLAMP(visit->expected_end_ms - now_ms, 0, budget_ms);
}

static int seconds_left(const Visit *visit, gint64 now_ms)
{
    if (visit->state == VISIT_PRINTING)
        return (int)((printing_left_ms(visit, now_ms) + 999) / 1000);
    if (!visit->deadline_ms)
        return -1;
    return (int)MAX((visit->deadline_ms - now_ms + 999) / 1000, 0);
}

static const char *hint(const Visit *visit)
{
    if (visit->state == VISIT_LOADING)
        return "loading";
    if (visit->state == VISIT_IDENTIFYING)
        return "identifying";
    if (visit->state == VISIT_CARD_AWAY)
        return "card-away";
    return visit->hint;
}

void visit_view(const Visit *visit, gint64 now_ms, View *ret)
{
    const VisitCertificate *certificate = visit_certificate(visit);
    *ret = (View){
        .screen = visit->help ? SCREEN_HELP : visit_state_row(visit->state).screen,
        .language = visit->language,
        .large_text = visit->large_text,
        .high_contrast = visit->high_contrast,
        .speech = visit->speech,
        .seconds_left = seconds_left(visit, now_ms),
        .hint = hint(visit),
        .open_since_ms = visit->open_since_ms,
        .phone_tail = visit->list ? visit->list->phone_tail : "",
        .tries_left = visit->tries_left,
        .digits = (int)strlen(visit->code),
        .code_wrong = visit->code_wrong,
        .booklet = visit->booklet,
        .sees_taken = visit->settings.sees_taken,
        .can_retract = visit->settings.can_retract,
        .identifier = visit->identifier,
        .certificate_number = certificate ? certificate->number : "",
        .reason = visit->state == VISIT_CLOSED ? visit->closed_reason : visit->reason,
        .detail = visit->detail,
        .ticket = visit->ticket,
    };
    fill_list(visit, ret);
    fill_preview(visit, ret);
    fill_printing(visit, now_ms, ret);
    offer_screen(visit, ret);
    offer_utilities(ret);
}
