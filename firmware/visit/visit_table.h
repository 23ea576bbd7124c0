/* Private to the visit room: the step under way and the actions that the table names. */
#pragma once
#include "firmware/visit/visit.h"

typedef struct {
    Visit *visit;
    const VisitEvent *event;
    gint64 now_ms, wall_ms;
    VisitEffects *effects;
} VisitStep;

/* An action does its work on the visit, adds effects and says where it goes; the table's `next`
 * wins where it names a state. */
typedef VisitState (*VisitAct)(VisitStep *step);

void visit_emit(VisitStep *step, VisitEffectType type, int number, const char *text);

VisitState visit_act_ready(VisitStep *step);
VisitState visit_act_not_ready(VisitStep *step);
VisitState visit_act_begin(VisitStep *step);
VisitState visit_act_card_found(VisitStep *step);
VisitState visit_act_card_read(VisitStep *step);
VisitState visit_act_card_failed(VisitStep *step);
VisitState visit_act_next_card(VisitStep *step);
VisitState visit_act_card_lost(VisitStep *step);
VisitState visit_act_card_timeout(VisitStep *step);
VisitState visit_act_card_gone(VisitStep *step);
VisitState visit_act_card_away(VisitStep *step);
VisitState visit_act_card_back(VisitStep *step);
VisitState visit_act_read_timeout(VisitStep *step);
VisitState visit_act_opened(VisitStep *step);
VisitState visit_act_refuse(VisitStep *step);
VisitState visit_act_service_timeout(VisitStep *step);
VisitState visit_act_text(VisitStep *step);
VisitState visit_act_digit(VisitStep *step);
VisitState visit_act_erase(VisitStep *step);
VisitState visit_act_clear(VisitStep *step);
VisitState visit_act_submit(VisitStep *step);
VisitState visit_act_resend(VisitStep *step);
VisitState visit_act_factor_ok(VisitStep *step);
VisitState visit_act_factor_wrong(VisitStep *step);
VisitState visit_act_select(VisitStep *step);
VisitState visit_act_list_page(VisitStep *step);
VisitState visit_act_choose(VisitStep *step);
VisitState visit_act_prepared(VisitStep *step);
VisitState visit_act_prepare_failed(VisitStep *step);
VisitState visit_act_preview(VisitStep *step);
VisitState visit_act_first_page(VisitStep *step);
VisitState visit_act_to_list(VisitStep *step);
VisitState visit_act_page_drawn(VisitStep *step);
VisitState visit_act_turn_page(VisitStep *step);
VisitState visit_act_zoom(VisitStep *step);
VisitState visit_act_reveal(VisitStep *step);
VisitState visit_act_cover(VisitStep *step);
VisitState visit_act_wrong_content(VisitStep *step);
VisitState visit_act_confirm(VisitStep *step);
VisitState visit_act_stage(VisitStep *step);
VisitState visit_act_printed(VisitStep *step);
VisitState visit_act_released(VisitStep *step);
VisitState visit_act_fault(VisitStep *step);
VisitState visit_act_fault_late(VisitStep *step);
VisitState visit_act_present(VisitStep *step);
VisitState visit_act_taken(VisitStep *step);
VisitState visit_act_touch_taken(VisitStep *step);
VisitState visit_act_not_taken(VisitStep *step);
VisitState visit_act_wrong_booklet(VisitStep *step);
VisitState visit_act_next(VisitStep *step);
VisitState visit_act_back(VisitStep *step);
VisitState visit_act_call(VisitStep *step);
VisitState visit_act_still_there(VisitStep *step);
VisitState visit_act_return(VisitStep *step);
VisitState visit_act_end(VisitStep *step);
VisitState visit_act_menu(VisitStep *step);
VisitState visit_act_staff_card(VisitStep *step);
VisitState visit_act_menu_left(VisitStep *step);

/* The reader's mode while nobody is being served: a card that was left behind must go first. */
void visit_rest_reader(VisitStep *step);

/* In visit_view.c: certificates on one screenful. */
int visit_list_page_size(const Visit *visit);

/* TRUE if certificate `index` can be chosen now. */
gboolean visit_can_choose(const Visit *visit, int index);
