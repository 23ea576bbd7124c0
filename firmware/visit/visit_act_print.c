/* What the table's actions do: pages, printing, the booklet. */
#include "firmware/base/limit.h"
#include "firmware/visit/visit_table.h"
#include <string.h>

#define COVER_AGAIN_MS 15000
#define FIRST_PREVIEW_PAGE 1 /* from 0: the rights, what needs checking */

/* The old picture goes at once: it may be of another page, or uncovered. */
static void draw(VisitStep *step)
{
    step->visit->image = NULL;
    visit_emit(step, VISIT_EFFECT_DRAW, 0, NULL);
}

static void show_page(VisitStep *step, int page)
{
    Visit *visit = step->visit;
    visit->page = page;
    visit->zoom = 0;
    visit->covered = TRUE;
    visit->cover_ms = 0;
    draw(step);
}

static void take_pages(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->prepared = step->event->number;
    visit->loading = -1;
    visit->pages = MIN(step->event->pages, LIMIT_PAGES);
    g_strlcpy(visit->area, personal_reveal(step->event->area), sizeof visit->area);
    visit->sharing = step->event->sharing;
    for (int i = 0; i < visit->pages; i++)
        visit->page_kinds[i] = step->event->page_kinds[i];
}

/* The rights page is drawn before the pages are shown. */
static VisitState open_preview(VisitStep *step)
{
    show_page(step, MIN(FIRST_PREVIEW_PAGE, step->visit->pages - 1));
    return VISIT_LOADING;
}

VisitState visit_act_choose(VisitStep *step)
{
    Visit *visit = step->visit;
    if (!visit_can_choose(visit, step->event->number))
        return VISIT_UNKNOWN;
    visit->selected = step->event->number;
    if (visit->prepared == visit->selected)
        return open_preview(step);
    visit->prepared = -1;
    if (visit->loading != visit->selected) {
        visit->loading = visit->selected;
        visit_emit(step, VISIT_EFFECT_LOAD, visit->selected, NULL);
    }
    return VISIT_LOADING;
}

VisitState visit_act_first_page(VisitStep *step)
{
    step->visit->image = step->event->image;
    if (step->visit->card_present || step->visit->printed)
        return VISIT_PREVIEW;
    step->visit->image = NULL;
    step->visit->return_state = VISIT_PREVIEW;
    visit_emit(step, VISIT_EFFECT_READER_MODE, READER_MODE_SEARCH, NULL);
    return VISIT_CARD_AWAY;
}

VisitState visit_act_prepared(VisitStep *step)
{
    take_pages(step);
    return step->visit->state;
}

/* The citizen has not asked for it yet: the refusal is said when he does. */
VisitState visit_act_prepare_failed(VisitStep *step)
{
    step->visit->loading = step->visit->prepared = -1;
    return VISIT_CHOOSE;
}

VisitState visit_act_preview(VisitStep *step)
{
    take_pages(step);
    if (step->visit->prepared != step->visit->selected) {
        step->visit->loading = step->visit->selected;
        return VISIT_LOADING;
    }
    return open_preview(step);
}

VisitState visit_act_page_drawn(VisitStep *step)
{
    step->visit->image = step->event->image;
    return VISIT_PREVIEW;
}

/* Of an enlarged page the quarter before or after it. */
VisitState visit_act_turn_page(VisitStep *step)
{
    Visit *visit = step->visit;
    int by = step->event->type == VISIT_EVENT_ACTION + ACTION_NEXT_PAGE ? 1 : -1;
    int page = visit->page + by, quarter = visit->zoom + by;
    if (visit->zoom && quarter >= 1 && quarter <= VIEW_QUARTERS) {
        visit->zoom = quarter;
        draw(step);
    } else if (!visit->zoom && page >= 0 && page < visit->pages) {
        show_page(step, page);
    }
    return VISIT_PREVIEW;
}

VisitState visit_act_zoom(VisitStep *step)
{
    step->visit->zoom = step->visit->zoom ? 0 : 1;
    draw(step);
    return VISIT_PREVIEW;
}

VisitState visit_act_reveal(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->covered = !visit->covered;
    visit->cover_ms = visit->covered ? 0 : step->now_ms + COVER_AGAIN_MS;
    draw(step);
    return VISIT_PREVIEW;
}

VisitState visit_act_cover(VisitStep *step)
{
    step->visit->covered = TRUE;
    step->visit->cover_ms = 0;
    draw(step);
    return VISIT_PREVIEW;
}

VisitState visit_act_to_list(VisitStep *step)
{
    step->visit->cover_ms = 0;
    return VISIT_CHOOSE;
}

VisitState visit_act_wrong_content(VisitStep *step)
{
    g_strlcpy(step->visit->reason, "wrong-content", sizeof step->visit->reason);
    step->visit->detail[0] = '\0';
    return VISIT_REFUSED;
}

VisitState visit_act_confirm(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->cover_ms = 0;
    if (!visit->ready) {
        g_strlcpy(visit->reason, "machine", sizeof visit->reason);
        g_strlcpy(visit->detail, visit->closed_reason, sizeof visit->detail);
        return VISIT_REFUSED;
    }
    visit->stage = STAGE_FETCH;
    visit->percent = 0;
    visit->expected_end_ms = 0;
    visit->sides = visit->pages;
    visit->printed_sides = 0;
    visit_emit(step, VISIT_EFFECT_ISSUE, visit->selected, NULL);
    return VISIT_PRINTING;
}

VisitState visit_act_stage(VisitStep *step)
{
    Visit *visit = step->visit;
    visit->stage = MAX(visit->stage, step->event->stage);
    visit->percent = MAX(visit->percent, CLAMP(step->event->percent, 0, 100));
    if (step->event->expected_ms > 0)
        visit->expected_end_ms = step->now_ms + step->event->expected_ms;
    if (step->event->sides > 0)
        visit->sides = step->event->sides;
    visit->printed_sides = MAX(visit->printed_sides, step->event->printed_sides);
    return VISIT_PRINTING;
}

VisitState visit_act_printed(VisitStep *step)
{
    Visit *visit = step->visit;
    g_strlcpy(visit->booklet, step->event->booklet, sizeof visit->booklet);
    g_strlcpy(visit->identifier, step->event->identifier, sizeof visit->identifier);
    if (visit->selected >= 0)
        visit->printed |= (guint64)1 << visit->selected;
    visit->percent = 100;
    return visit->card_present ? VISIT_TAKE_CARD : visit_act_present(step);
}

VisitState visit_act_released(VisitStep *step)
{
    Visit *visit = step->visit;
    if (g_strcmp0(step->event->reason, "digest-mismatch"))
        return visit_act_refuse(step);
    if (visit->reloaded) {
        g_strlcpy(visit->reason, "released", sizeof visit->reason);
        return VISIT_REFUSED;
    }
    visit->reloaded = TRUE;
    visit->prepared = -1;
    visit->loading = visit->selected;
    visit_emit(step, VISIT_EFFECT_LOAD, visit->selected, NULL);
    return VISIT_LOADING;
}

VisitState visit_act_present(VisitStep *step)
{
    step->visit->card_present = FALSE;
    visit_emit(step, VISIT_EFFECT_PRESENT, 0, NULL);
    return VISIT_COLLECT;
}

static VisitState fault(VisitStep *step, const char *reason, const char *ticket)
{
    Visit *visit = step->visit;
    g_strlcpy(visit->reason, reason, sizeof visit->reason);
    g_strlcpy(visit->detail, step->event->detail ? step->event->detail : "", sizeof visit->detail);
    if (ticket)
        g_strlcpy(visit->ticket, ticket, sizeof visit->ticket);
    return VISIT_FAULT;
}

VisitState visit_act_fault(VisitStep *step)
{
    gboolean spoiled = step->event->type == VISIT_EVENT_SPOILED;
    const char *reason = step->event->reason;
    return fault(step, reason ? reason : spoiled ? "spoiled" : "unsure", step->event->ticket);
}

VisitState visit_act_fault_late(VisitStep *step)
{
    return fault(step, "timeout", NULL);
}

VisitState visit_act_taken(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_TAKEN, 0, NULL);
    return VISIT_DONE;
}

/* An exit sensor knows better: a touch over an empty slot would let a late booklet fall to the next
 * visit. */
VisitState visit_act_touch_taken(VisitStep *step)
{
    return step->visit->settings.sees_taken ? VISIT_COLLECT : visit_act_taken(step);
}

VisitState visit_act_not_taken(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_NOT_TAKEN, 0, NULL);
    return fault(step, "not-taken", NULL);
}

VisitState visit_act_wrong_booklet(VisitStep *step)
{
    visit_emit(step, VISIT_EFFECT_WRONG, 0, NULL);
    visit_emit(step, VISIT_EFFECT_CALL, 0, NULL);
    return fault(step, "wrong", NULL);
}

/* The next certificate of the same person, with a budget of its own. */
VisitState visit_act_next(VisitStep *step)
{
    Visit *visit = step->visit;
    budget_reset(&visit->budget);
    visit->selected = visit->prepared = visit->loading = -1;
    visit->reloaded = FALSE;
    visit->image = NULL;
    visit->list_page = 0;
    visit->stage = STAGE_UNKNOWN;
    visit->percent = 0;
    visit->booklet[0] = visit->identifier[0] = visit->ticket[0] = '\0';
    return VISIT_CHOOSE;
}
