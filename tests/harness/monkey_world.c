#include "tests/harness/monkey_world.h"
#include <string.h>

#define PENDING_MAX 64
#define CERTIFICATES 7
#define EVENTS_MAX 1000 /* at one moment: an event that changes nothing is a stuck screen */

typedef struct {
    VisitEvent event;
    gint64 at_ms;
} Pending;

struct MonkeyWorld {
    GRand *random;
    Visit visit;
    gint64 now_ms;
    Holder holder;
    ServiceVisit list;
    Pending pending[PENDING_MAX];
    int n_pending;
    gboolean searching;
    guint8 pixels[167 * 240 * 4];
    PageImage image;
    Menu menu;
    MenuFacts facts;
    MenuView menu_view;
    Checks checks;
    PrinterStatus printer;
    ReaderDescription reader;
    int pins, tasks;
};

static const char *const kinds[] = {"title", "rights", "notes", "household-plan"};

static void send(MonkeyWorld *world, const VisitEvent *event);
static void send_menu(MonkeyWorld *world, const MenuEvent *event);

static gboolean chance(MonkeyWorld *world, int percent)
{
    return g_rand_int_range(world->random, 0, 100) < percent;
}

static void fill_person(MonkeyWorld *world)
{
    static const char *const reasons[] = {"", "printed", "tax-due", "", "window", "", "tomorrow"};
    world->holder = (Holder){.name = {MONKEY_NAME}, .id_number = {MONKEY_NUMBER}};
    world->list = (ServiceVisit){.n_certificates = CERTIFICATES, .phone_tail = "0000"};
    for (int i = 0; i < CERTIFICATES; i++) {
        VisitCertificate *certificate = &world->list.certificates[i];
        g_snprintf(certificate->record, sizeof certificate->record, "rec-%d", i);
        g_snprintf(certificate->number, sizeof certificate->number,
                   "示(2026)示例市不动产权第%07d号", i);
        certificate->location = (Personal){MONKEY_STREET "1号1幢1单元101室"};
        certificate->printable = !*reasons[i];
        g_strlcpy(certificate->reason, reasons[i], sizeof certificate->reason);
    }
    memset(world->pixels, 0xee, sizeof world->pixels);
    world->image = (PageImage){167, 240, 167 * 4, world->pixels, 1};
}

static void fill_menu(MonkeyWorld *world)
{
    world->facts = (MenuFacts){.config = config_defaults(),
                               .checks = &world->checks,
                               .printer = &world->printer,
                               .reader = &world->reader,
                               .stock = stock_create(),
                               .n_staff = 2,
                               .staff = {{.id = "s-01", .supervisor = TRUE}, {.id = "t-07"}}};
    menu_init(&world->menu);
}

MonkeyWorld *monkey_world_create(GRand *random)
{
    static const VisitSettings settings = {.card_ms = 60000,
                                           .still_there_ms = 30000,
                                           .idle_data_ms = 60000,
                                           .idle_read_ms = 120000,
                                           .take_card_ms = 60000,
                                           .collect_ms = 60000,
                                           .can_retract = TRUE};
    MonkeyWorld *world = g_new0(MonkeyWorld, 1);
    world->random = random;
    world->now_ms = 1000000;
    fill_person(world);
    fill_menu(world);
    visit_init(&world->visit, &settings);
    return world;
}

void monkey_world_destroy(MonkeyWorld *world)
{
    config_free((Config *)world->facts.config);
    stock_destroy((Stock *)world->facts.stock);
    g_free(world);
}

const Visit *monkey_world_visit(const MonkeyWorld *world)
{
    return &world->visit;
}

gint64 monkey_world_now(const MonkeyWorld *world)
{
    return world->now_ms;
}

static void later(MonkeyWorld *world, gint64 ms, VisitEvent event)
{
    if (world->n_pending < PENDING_MAX)
        world->pending[world->n_pending++] = (Pending){event, world->now_ms + ms};
}

static void answer_open(MonkeyWorld *world)
{
    if (chance(world, 8)) {
        later(world, 800,
              (VisitEvent){.type = VISIT_EVENT_SERVICE_FAILED,
                           .reason = chance(world, 50) ? "person-unknown" : "too-many"});
        return;
    }
    world->list.factor_sms = chance(world, 10);
    later(world, 600, (VisitEvent){.type = VISIT_EVENT_OPENED, .list = &world->list});
}

static void answer_issue(MonkeyWorld *world)
{
    for (int stage = STAGE_FETCH; stage < STAGE_COUNT; stage++)
        later(world, 4000 * stage,
              (VisitEvent){.type = VISIT_EVENT_STAGE,
                           .stage = (Stage)stage,
                           .percent = 20 * stage,
                           .sides = 4,
                           .printed_sides = stage,
                           .expected_ms = g_rand_int_range(world->random, 5, 60) * 1000});
    int how = g_rand_int_range(world->random, 0, 10);
    VisitEvent end = {
        .type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "A.B.C"};
    if (how == 0)
        end = (VisitEvent){.type = VISIT_EVENT_RELEASED, .reason = "certificate-live"};
    else if (how == 1)
        end = (VisitEvent){
            .type = VISIT_EVENT_SPOILED, .reason = "jam", .detail = "2", .ticket = "826417"};
    else if (how == 2)
        end = (VisitEvent){.type = VISIT_EVENT_UNSURE, .ticket = "826417"};
    later(world, 30000, end);
}

static void carry_out(MonkeyWorld *world, const VisitEffect *effect)
{
    switch (effect->type) {
    case VISIT_EFFECT_READER_MODE:
        world->searching = effect->number == READER_MODE_SEARCH;
        break;
    case VISIT_EFFECT_OPEN:
        answer_open(world);
        break;
    case VISIT_EFFECT_FACTOR:
        later(world, 700,
              chance(world, 60) ? (VisitEvent){.type = VISIT_EVENT_FACTOR_OK}
                                : (VisitEvent){.type = VISIT_EVENT_FACTOR_WRONG, .number = 2});
        break;
    case VISIT_EFFECT_LOAD:
        later(world, 900,
              chance(world, 92)
                  ? (VisitEvent){.type = VISIT_EVENT_PAGES_READY,
                                 .number = effect->number,
                                 .pages = 4,
                                 .page_kinds = {kinds[0], kinds[1], kinds[2], kinds[3]}}
                  : (VisitEvent){.type = VISIT_EVENT_PAGES_FAILED,
                                 .number = effect->number,
                                 .reason = "cannot-print",
                                 .detail = "U+2EBF0"});
        break;
    case VISIT_EFFECT_DRAW:
        world->image.serial++;
        later(world, 60, (VisitEvent){.type = VISIT_EVENT_PAGE_DRAWN, .image = &world->image});
        break;
    case VISIT_EFFECT_ISSUE:
        answer_issue(world);
        break;
    case VISIT_EFFECT_WIPE: /* no answer of an old visit comes into the next one */
        world->n_pending = 0;
        break;
    case VISIT_EFFECT_MENU: /* sometimes it is the first start, or all are locked out */
        world->facts.n_staff = chance(world, 90) ? 2 : 0;
        world->facts.staff[0].locked = chance(world, 10);
        send_menu(world, &(MenuEvent){.type = MENU_EVENT_ENTER});
        break;
    case VISIT_EFFECT_UNKNOWN:
    case VISIT_EFFECT_WARM:
    case VISIT_EFFECT_FACTOR_RESEND:
    case VISIT_EFFECT_PRESENT:
    case VISIT_EFFECT_TAKEN:
    case VISIT_EFFECT_NOT_TAKEN:
    case VISIT_EFFECT_WRONG:
    case VISIT_EFFECT_CALL:
        break;
    }
}

static void send(MonkeyWorld *world, const VisitEvent *event)
{
    VisitEffects effects = {0};
    visit_step(&world->visit, event, world->now_ms, 1782777600000, &effects);
    for (gsize i = 0; i < effects.count; i++)
        carry_out(world, &effects.items[i]);
}

/* No PIN and no code is right; a task that runs before one was is a way in. */
static void send_menu(MonkeyWorld *world, const MenuEvent *event)
{
    MenuEffect effect;
    MenuEvent answer = {.type = MENU_EVENT_REJECTED};
    menu_step(&world->menu, event, &world->facts, world->now_ms, &effect);
    if (effect.type == MENU_EFFECT_LEAVE) {
        send(world, &(VisitEvent){.type = VISIT_EVENT_MENU_LEFT});
    } else if (effect.type == MENU_EFFECT_CHECK_PIN) {
        world->pins++;
        menu_text_set(&answer.notice, "menu.pin.wrong", "3", NULL);
        send_menu(world, &answer);
    } else if (effect.type == MENU_EFFECT_RUN) {
        world->tasks += effect.task != TASK_ENROL;
        answer.type = MENU_EVENT_DONE;
        menu_text_set(&answer.notice, "menu.code.wrong", NULL, NULL);
        send_menu(world, &answer);
    }
}

static gboolean in_menu(const MonkeyWorld *world)
{
    return world->visit.state == VISIT_MAINTENANCE && menu_is_open(&world->menu);
}

void monkey_world_show(MonkeyWorld *world, View *ret)
{
    visit_view(&world->visit, world->now_ms, ret);
    if (ret->screen == SCREEN_MAINTENANCE && menu_is_open(&world->menu))
        menu_show(&world->menu, &world->facts, world->now_ms, &world->menu_view, ret);
}

int monkey_world_pins(const MonkeyWorld *world)
{
    return world->pins;
}

int monkey_world_tasks(const MonkeyWorld *world)
{
    return world->tasks;
}

void monkey_world_type(MonkeyWorld *world, const char *text)
{
    if (in_menu(world))
        send_menu(world, &(MenuEvent){.type = MENU_EVENT_TEXT, .text = text});
    else
        send(world, &(VisitEvent){.type = VISIT_EVENT_TEXT, .text = text});
}

void monkey_world_act(MonkeyWorld *world, Action action)
{
    if (in_menu(world))
        send_menu(world, &(MenuEvent){.type = MENU_EVENT_ACTION + (int)action.id,
                                      .number = action.index});
    else
        send(world, &(VisitEvent){.type = VISIT_EVENT_ACTION + (int)action.id,
                                  .number = action.index});
}

void monkey_world_lift_card(MonkeyWorld *world)
{
    send(world, &(VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
}

/* The person's card, the machine's readiness. */
static void drift(MonkeyWorld *world)
{
    VisitState state = world->visit.state;
    if (state == VISIT_CLOSED && chance(world, 40))
        send(world, &(VisitEvent){.type = VISIT_EVENT_READY});
    else if (state == VISIT_ATTRACT && chance(world, 3))
        send(world, &(VisitEvent){.type = VISIT_EVENT_NOT_READY, .reason = "stock-empty"});
    else if (world->searching && chance(world, 60)) {
        world->searching = FALSE;
        send(world, &(VisitEvent){.type = VISIT_EVENT_CARD_FOUND});
        later(world, 1500,
              chance(world, 85)
                  ? (VisitEvent){.type = VISIT_EVENT_CARD_READ,
                                 .holder = &world->holder,
                                 .same_card = chance(world, 90)}
                  : (VisitEvent){.type = VISIT_EVENT_CARD_FAILED,
                                 .failure = (ReaderFailure)g_rand_int_range(world->random, 1, 7)});
    } else if (world->visit.card_present && chance(world, state == VISIT_TAKE_CARD ? 50 : 3)) {
        monkey_world_lift_card(world);
    }
}

/* The answer or deadline that is due next, before `end_ms`; FALSE: none. */
static gboolean next_event(MonkeyWorld *world, gint64 end_ms, VisitEvent *ret)
{
    int first = -1, type;
    for (int i = 0; i < world->n_pending; i++)
        if (first < 0 || world->pending[i].at_ms < world->pending[first].at_ms)
            first = i;
    gint64 deadline = visit_deadline(&world->visit, &type);
    gint64 due = first >= 0 ? world->pending[first].at_ms : G_MAXINT64;
    if (deadline && deadline < due && deadline <= end_ms) {
        world->now_ms = MAX(world->now_ms, deadline);
        *ret = (VisitEvent){.type = type};
        return TRUE;
    }
    if (due > end_ms)
        return FALSE;
    world->now_ms = MAX(world->now_ms, due);
    *ret = world->pending[first].event;
    world->pending[first] = world->pending[--world->n_pending];
    return TRUE;
}

void monkey_world_pass(MonkeyWorld *world, gint64 ms)
{
    gint64 end_ms = world->now_ms + ms;
    VisitEvent event;
    drift(world);
    for (int i = 0; i < EVENTS_MAX && next_event(world, end_ms, &event); i++)
        send(world, &event);
    world->now_ms = end_ms;
    gint64 deadline = menu_deadline(&world->menu);
    if (menu_is_open(&world->menu) && deadline && world->now_ms >= deadline)
        send_menu(world, &(MenuEvent){.type = MENU_EVENT_TIMEOUT});
    if (world->visit.state != VISIT_MAINTENANCE)
        menu_init(&world->menu);
}
