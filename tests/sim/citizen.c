/* People in front of the machine, through the panel's contract: they see a view, think, touch. Some
 * walk away, pull the card, cancel, complain, leave things behind, or press what comes. */
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"
#include <string.h>

#define TOUCHES 4

struct Citizen {
    Random random;
    int person;     /* -1: nobody stands here */
    int visit;      /* counts people at this machine */
    gboolean began; /* the card was on the reader */
    int pages_seen;
    Screen screen; /* as shown last */
    VisitState state;
    Action actions[VIEW_ACTIONS_MAX];
    gsize n_actions;
    guint shown; /* changes with the view */
    PanelEvent touches[TOUCHES];
    gsize n_touches;
    gint64 since_ms;
};

static int visit_counter;

void citizen_setup(Machine *m)
{
    m->citizen = g_new0(Citizen, 1);
    *m->citizen =
        (Citizen){.random = random_stream(m->world->seed, "citizen", (guint)m->id), .person = -1};
    reader_reset(m);
    visit_counter = 0;
}

void citizen_free(Machine *m)
{
    g_free(m->citizen);
}

int citizen_visit(const Machine *m)
{
    return m->citizen->person >= 0 ? m->citizen->visit : -1;
}

int citizen_person(const Machine *m)
{
    return m->citizen->person;
}

static gboolean offers(const Citizen *c, ActionId id, int *ret_index)
{
    for (gsize i = 0; i < c->n_actions; i++)
        if (c->actions[i].id == id) {
            if (ret_index)
                *ret_index = c->actions[i].index;
            return TRUE;
        }
    return FALSE;
}

static void touch(Machine *m, ActionId id, int index)
{
    Citizen *c = m->citizen;
    if (c->n_touches == TOUCHES || !m->loop)
        return;
    Action action = {id, index};
    char word[ACTION_WORD_BYTES];
    action_format(action, word);
    world_trace(m, "touch %s", word);
    c->touches[c->n_touches++] = (PanelEvent){.type = PANEL_EVENT_ACTION, .action = action};
    machine_wake(m, m->world->now_ms);
}

static void take_booklet(Machine *m)
{
    Citizen *c = m->citizen;
    int number = slot_reach(m);
    if (number < 0)
        return;
    Booklet *paper = oracle_paper(number);
    paper->fate = FATE_TAKEN;
    paper->person = c->person;
    oracle_tell(FACT_TAKEN, m)->paper = paper;
    world_trace(m, "takes booklet D%011" G_GUINT64_FORMAT ", %d of %d sides", paper->serial,
                paper->printed, paper->sides);
}

static void arrive(Machine *m, int number);

static void leave(Machine *m)
{
    Citizen *c = m->citizen;
    if (c->person < 0)
        return;
    if (!strikes(m, FAULT_CARD_LEFT_BEHIND))
        reader_lift(m);
    world_trace(m, "person %d leaves", c->person);
    c->person = -1;
    if (c->screen == SCREEN_ATTRACT)
        world_plan(m, random_between(&c->random, 1000, 40000), arrive, 0, FALSE);
    if (!c->began)
        return;
    m->world->ended_visits++;
    m->world->last_visit_ms = m->world->now_ms;
}

void citizen_process_ended(Machine *m)
{
    m->citizen->n_actions = m->citizen->n_touches = 0;
    m->citizen->screen = SCREEN_UNKNOWN;
    m->citizen->shown++;
}

static void arrive(Machine *m, int number)
{
    Citizen *c = m->citizen;
    (void)number;
    if (c->person >= 0 || c->screen != SCREEN_ATTRACT || m->world->staff_only)
        return;
    reader_lift(m); /* somebody's card that was left behind */
    c->person = office_draw_person(m->world->office, &c->random);
    c->visit = ++visit_counter;
    c->began = FALSE;
    c->pages_seen = 0;
    c->since_ms = m->world->now_ms;
    world_trace(m, "person %d comes, visit %d", c->person, c->visit);
    if (random_below(&c->random, 3) == 0)
        reader_put(m, c->person); /* without a touch */
    else
        touch(m, ACTION_BEGIN, -1);
}

/* ---- what somebody does on each screen */

static void act_card(Machine *m)
{
    Citizen *c = m->citizen;
    if (m->world->now_ms - c->since_ms > 150000) {
        touch(m, ACTION_CANCEL, -1);
        leave(m);
        return;
    }
    reader_lift(m);
    reader_put(m, c->person);
}

static void act_choose(Machine *m)
{
    int index = 0;
    if (offers(m->citizen, ACTION_CHOOSE, &index)) {
        touch(m, ACTION_CHOOSE, index);
    } else if (m->citizen->state == VISIT_CHOOSE && offers(m->citizen, ACTION_CANCEL, NULL)) {
        touch(m, ACTION_CANCEL, -1);
        leave(m);
    }
}

static void act_preview(Machine *m)
{
    Citizen *c = m->citizen;
    if (strikes(m, FAULT_COMPLAINS))
        touch(m, ACTION_WRONG, -1);
    else if (c->pages_seen++ < random_below(&c->random, 3) && offers(c, ACTION_NEXT_PAGE, NULL))
        touch(m, ACTION_NEXT_PAGE, -1);
    else
        touch(m, ACTION_CONFIRM, -1);
}

static void act_collect(Machine *m)
{
    Citizen *c = m->citizen;
    if (strikes(m, FAULT_NOT_TAKEN)) {
        leave(m);
        return;
    }
    if (strikes(m, FAULT_COMPLAINS)) {
        touch(m, ACTION_WRONG, -1);
        return;
    }
    take_booklet(m);
    touch(m, ACTION_TAKEN, -1);
    if (random_below(&c->random, 8) == 0)
        leave(m);
}

static void act_end(Machine *m)
{
    Citizen *c = m->citizen;
    if (c->screen == SCREEN_DONE && offers(c, ACTION_NEXT, NULL) && random_below(&c->random, 4)) {
        touch(m, ACTION_NEXT, -1);
        return;
    }
    if (c->screen == SCREEN_REFUSED && random_below(&c->random, 3) == 0) {
        touch(m, ACTION_BACK, -1); /* perhaps back to the list */
        if (m->world->now_ms - c->since_ms < 400000)
            return;
    }
    if (c->screen == SCREEN_FAULT && random_below(&c->random, 2))
        take_booklet(m); /* it lies within reach, whatever the screen says */
    touch(m, c->screen == SCREEN_DONE ? ACTION_FINISH : ACTION_BACK, -1);
    leave(m);
}

static void act_on_screen(Machine *m)
{
    switch (m->citizen->screen) {
    case SCREEN_CARD:
        act_card(m);
        break;
    case SCREEN_CHOOSE:
        act_choose(m);
        break;
    case SCREEN_PREVIEW:
        act_preview(m);
        break;
    case SCREEN_TAKE_CARD:
        reader_lift(m);
        break;
    case SCREEN_COLLECT:
        act_collect(m);
        break;
    case SCREEN_DONE:
    case SCREEN_REFUSED:
    case SCREEN_FAULT:
        act_end(m);
        break;
    case SCREEN_STILL_THERE:
        if (random_below(&m->citizen->random, 3))
            touch(m, ACTION_MORE_TIME, -1);
        reader_put(m, m->citizen->person);
        break;
    case SCREEN_HELP:
        touch(m, ACTION_BACK, -1);
        break;
    case SCREEN_ATTRACT: /* the visit ended without him */
    case SCREEN_CLOSED:
        leave(m);
        break;
    case SCREEN_UNKNOWN:
    case SCREEN_READING:
    case SCREEN_MAINTENANCE:
    case SCREEN_FACTOR:
    case SCREEN_PRINTING:
    case SCREEN_COUNT:
        break;
    }
}

static void act(Machine *m, int shown)
{
    Citizen *c = m->citizen;
    if (c->person < 0 || c->shown != (guint)shown)
        return;
    if (strikes(m, FAULT_WALKS_AWAY)) {
        leave(m);
        return;
    }
    if (strikes(m, FAULT_CANCELS) && offers(c, ACTION_CANCEL, NULL)) {
        touch(m, ACTION_CANCEL, -1);
        leave(m);
        return;
    }
    if (strikes(m, FAULT_MONKEY) && c->n_actions) {
        for (int i = 0; i < 3; i++) {
            Action any = c->actions[random_below(&c->random, (int)c->n_actions)];
            touch(m, any.id, any.index);
        }
    }
    if (strikes(m,
                FAULT_SECOND_PERSON)) { /* takes the visit over; no machine sees who stands there */
        c->person = office_draw_person(m->world->office, &c->random);
        return;
    }
    if ((c->screen == SCREEN_CHOOSE || c->screen == SCREEN_PREVIEW) &&
        (strikes(m, FAULT_RECORD_CHANGED) || strikes(m, FAULT_LOCKED)))
        office_touch(m->world->office, &c->random, c->person);
    act_on_screen(m);
}

/* Nobody is there any more, or the screen does not change: look again. */
static void look_again(Machine *m, int shown)
{
    Citizen *c = m->citizen;
    if (c->person < 0 || c->shown != (guint)shown)
        return;
    act(m, shown);
    if (c->person >= 0 && m->world->now_ms - c->since_ms > 1200000)
        leave(m);
    else
        world_plan(m, 45000, look_again, shown, TRUE);
}

/* ---- the panel */

static int fill_poll(Panel *panel, struct pollfd *fds, int max)
{
    (void)panel;
    (void)fds;
    (void)max;
    return 0;
}

static gboolean next_event(Panel *panel, PanelEvent *ret)
{
    Machine *m = (Machine *)panel;
    Citizen *c = m->citizen;
    if (m->stopping) {
        *ret = (PanelEvent){.type = PANEL_EVENT_QUIT};
        return TRUE;
    }
    if (!c->n_touches)
        return FALSE;
    *ret = c->touches[0];
    memmove(c->touches, c->touches + 1, --c->n_touches * sizeof *c->touches);
    return TRUE;
}

static gboolean looks_the_same(const Citizen *c, const View *view, VisitState state)
{
    return c->screen == view->screen && c->state == state && c->n_actions == view->n_actions &&
           !memcmp(c->actions, view->actions, view->n_actions * sizeof *view->actions);
}

static void plan_next(Machine *m)
{
    Citizen *c = m->citizen;
    Random *r = &c->random;
    if (c->person < 0) {
        if (c->screen == SCREEN_ATTRACT)
            world_plan(m, random_between(r, 1000, 40000), arrive, 0, FALSE);
        return;
    }
    gint64 think_ms = random_between(r, 400, 6000);
    if (strikes(m, FAULT_TOUCH_IN_TICK))
        think_ms = 0;
    world_plan(m, think_ms, act, (int)c->shown, TRUE);
    world_plan(m, 60000, look_again, (int)c->shown, TRUE);
}

static void show(Panel *panel, const View *view, gint64 now_ms)
{
    Machine *m = (Machine *)panel;
    Citizen *c = m->citizen;
    const Loop *loop = m->loop;
    (void)now_ms;
    if (m->dying || !loop || looks_the_same(c, view, loop->visit.state))
        return;
    if (c->screen == SCREEN_CARD || c->screen == SCREEN_READING)
        c->began |= view->screen != SCREEN_ATTRACT && view->screen != SCREEN_CLOSED;
    c->screen = view->screen;
    c->state = loop->visit.state;
    c->n_actions = view->n_actions;
    memcpy(c->actions, view->actions, view->n_actions * sizeof *view->actions);
    c->shown++;
    Fact *fact = oracle_tell(FACT_SHOWN, m);
    fact->number = (int)view->screen;
    fact->known = oracle_find(loop->issuance.plan.key);
    g_strlcpy(fact->text, view->holder_number && *view->holder_number ? "person" : "",
              sizeof fact->text);
    world_trace(m, "screen %s (%s) %s", screen_word(view->screen),
                visit_state_word(loop->visit.state), view->reason ? view->reason : "");
    plan_next(m);
}

static int next_wake_ms(Panel *panel, gint64 now_ms)
{
    (void)panel;
    (void)now_ms;
    return -1;
}

const PanelDriver sim_panel = {.name = "sim",
                               .fill_poll = fill_poll,
                               .next_event = next_event,
                               .show = show,
                               .next_wake_ms = next_wake_ms};
