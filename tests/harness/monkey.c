/* A monkey at the panel: random touches and keys through the same path as a finger's, on a virtual
 * clock. It finds crashes, screens that are stuck and names that leak. */
#include "tests/harness/monkey_world.h"
#include "ui/front.h"
#include "ui/touch.h"
#include <stdio.h>
#include <string.h>

#define W 270 /* the panel's pixels here; a drawing of this size is cheap */
#define H 480
#define HOME_MS (15 * 60 * 1000) /* left alone, every screen ends at home in this time */

static int n_touches = 100000, n_visits = 500, seed = 1, draw_every = 8;

static const GOptionEntry entries[] = {
    {"touches", 't', 0, G_OPTION_ARG_INT, &n_touches, "Touches and keys (100 000)", "N"},
    {"visits", 'v', 0, G_OPTION_ARG_INT, &n_visits, "Visits that they are spread over (500)", "N"},
    {"draw", 'd', 0, G_OPTION_ARG_INT, &draw_every, "Draws at each N-th touch (8)", "N"},
    {"seed", 's', 0, G_OPTION_ARG_INT, &seed, "Beginning of the random numbers (1)", "N"},
    {0}};

typedef struct {
    GRand *random;
    MonkeyWorld *world;
    Config *config; /* the face borrows its strings */
    Front *front;
    cairo_surface_t *surface;
    cairo_t *cr;
    const GPtrArray *records;
    int seen[SCREEN_COUNT], done, acted, printed, failures, spoken;
    int patterns, breaches; /* the way in was found; something of the menu was shown without a PIN */
} Monkey;

static void fail(Monkey *monkey, int touch, const char *what, const char *text)
{
    const View *view = front_view(monkey->front);
    fprintf(stderr, "monkey: seed %d, touch %d, %s: %s: %s\n", seed, touch,
            view ? screen_word(view->screen) : "none", what, text);
    monkey->failures++;
}

/* Whole names and numbers nowhere; addresses and masked names on their screens only. */
static void check_text(Monkey *monkey, int touch, const char *text)
{
    Screen screen = front_view(monkey->front)->screen;
    gboolean may_address = screen == SCREEN_CHOOSE || screen == SCREEN_PREVIEW;
    if (strstr(text, MONKEY_NAME) || strstr(text, MONKEY_NUMBER))
        fail(monkey, touch, "a whole name or number", text);
    if (!may_address && (strstr(text, MONKEY_STREET) || strstr(text, "欧**")))
        fail(monkey, touch, "personal data", text);
}

static void listen(Monkey *monkey, int touch)
{
    Utterance utterance;
    while (front_take_utterance(monkey->front, &utterance)) {
        if (utterance.text) {
            check_text(monkey, touch, utterance.text);
            monkey->spoken++;
        }
        secret_free(utterance.text);
    }
}

/* Whoever finds the way in sees who may sign in, and a field for PIN or code. */
static void check_menu(Monkey *monkey, int touch, const View *view)
{
    gboolean inside = view->menu && (view->menu->signed_in || *view->menu->word ||
                                     *view->menu->who || view->menu->n_choices > 0);
    for (gsize i = 0; i < view->n_actions; i++)
        inside = inside || view->actions[i].id == ACTION_TASK || view->actions[i].id == ACTION_MENU;
    if (!inside)
        return;
    monkey->breaches++;
    fail(monkey, touch, "maintenance without a PIN", view->menu ? view->menu->word : "");
}

static void look(Monkey *monkey, int touch)
{
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    View view;
    monkey_world_show(monkey->world, &view);
    check_menu(monkey, touch, &view);
    front_show(monkey->front, &view, monkey_world_now(monkey->world));
    monkey->seen[view.screen]++;
    listen(monkey, touch);
    if (touch % draw_every || !front_is_stale(monkey->front))
        return;
    (void)front_draw(monkey->front, monkey->cr, W, H, 1782786240000, boxes);
    for (guint i = 0; i < monkey->records->len; i++)
        check_text(monkey, touch, ((TextRecord *)monkey->records->pdata[i])->text);
}

/* A point of the panel: half of them within a target. */
static void aim(Monkey *monkey, double *ret_x, double *ret_y)
{
    gsize count = 0;
    const Target *targets = face_targets(front_face(monkey->front), &count);
    *ret_x = g_rand_double_range(monkey->random, -10, W + 10);
    *ret_y = g_rand_double_range(monkey->random, -10, H + 10);
    if (count == 0 || g_rand_boolean(monkey->random))
        return;
    const Box *box = &targets[g_rand_int_range(monkey->random, 0, (gint32)count)].box;
    *ret_x = (box->x + box->w * g_rand_double(monkey->random)) * W / 268;
    *ret_y = (box->y + box->h * g_rand_double(monkey->random)) * H / 476;
}

static void act(Monkey *monkey, gboolean happened, Action action)
{
    if (!happened)
        return;
    monkey->acted++;
    monkey_world_act(monkey->world, action);
}

static void point(Monkey *monkey, Move move, gint64 pointer, double x, double y)
{
    Action action;
    act(monkey,
        front_point(monkey->front, move, pointer, x, y, W, H, monkey_world_now(monkey->world),
                    &action),
        action);
}

/* The pattern, as if it were known or found by accident; it counts only where it is offered. */
static void find_way_in(Monkey *monkey)
{
    static const double corners[] = {20, 250, 20, 250, 250};
    int before = monkey->acted;
    for (gsize i = 0; i < G_N_ELEMENTS(corners); i++) {
        point(monkey, MOVE_DOWN, 0, corners[i], 10);
        point(monkey, MOVE_UP, 0, corners[i], 10);
    }
    monkey->patterns += monkey->acted > before;
}

static void type_text(Monkey *monkey)
{
    char text[14] = "";
    int length = g_rand_int_range(monkey->random, 0, 13);
    for (int i = 0; i < length; i++)
        text[i] = (char)g_rand_int_range(monkey->random, '0', '9' + 1);
    monkey_world_type(monkey->world, text);
}

/* A tap, a slip of the finger, two fingers, a mouse, a finger that is never lifted, or a key. */
static void poke(Monkey *monkey)
{
    double x, y, x2, y2;
    int how = g_rand_int_range(monkey->random, 0, 100);
    gint64 finger = how == 99 ? TOUCH_MOUSE : how % 3;
    if (g_rand_int_range(monkey->random, 0, 100) < 4) {
        find_way_in(monkey);
        return;
    }
    gboolean at_door = front_view(monkey->front)->screen == SCREEN_MAINTENANCE;
    if (how == 97 || (at_door && how > 82)) {
        type_text(monkey);
        return;
    }
    aim(monkey, &x, &y);
    aim(monkey, &x2, &y2);
    if (how < 25) {
        Action action;
        Key key = (Key)g_rand_int_range(monkey->random, KEY_UNKNOWN, KEY_DIGIT_LAST + 2);
        act(monkey, front_key(monkey->front, key, monkey_world_now(monkey->world), &action),
            action);
        return;
    }
    point(monkey, MOVE_DOWN, finger, x, y);
    if (how < 35)
        point(monkey, MOVE_ALONG, finger, x2, y2);
    if (how >= 35 && how < 40) {
        point(monkey, MOVE_DOWN, finger + 1, x2, y2);
        point(monkey, MOVE_UP, finger + 1, x2, y2);
    }
    if (how != 98)
        point(monkey, MOVE_UP, finger, how < 30 ? x2 : x, how < 30 ? y2 : y);
}

/* Nobody touches anything any more: the machine comes home by itself. */
static void leave_alone(Monkey *monkey)
{
    gint64 start_ms = monkey_world_now(monkey->world);
    monkey_world_lift_card(monkey->world);
    while (visit_is_running(monkey_world_visit(monkey->world))) {
        gint64 now_ms = monkey_world_now(monkey->world);
        if (now_ms - start_ms > HOME_MS) {
            fail(monkey, monkey->done, "stuck",
                 visit_state_word(monkey_world_visit(monkey->world)->state));
            return;
        }
        front_tick(monkey->front, now_ms);
        monkey_world_pass(monkey->world, 2000);
        look(monkey, monkey->done);
    }
    look(monkey, 0);
}

static void visit(Monkey *monkey, int touches)
{
    for (int i = 0; i < touches && monkey->failures < 20; i++, monkey->done++) {
        look(monkey, monkey->done);
        poke(monkey);
        monkey->printed += monkey_world_visit(monkey->world)->state == VISIT_DONE;
        front_tick(monkey->front, monkey_world_now(monkey->world));
        monkey_world_pass(monkey->world, g_rand_int_range(monkey->random, 20, 2500));
    }
    leave_alone(monkey);
}

/* Every screen was met, otherwise nothing was proved; of a technician's only the door. */
static void check_screens(Monkey *monkey)
{
    for (int screen = SCREEN_ATTRACT; screen <= SCREEN_MAINTENANCE; screen++)
        if (!monkey->seen[screen])
            fail(monkey, monkey->done, "never seen", screen_word((Screen)screen));
    if (monkey_world_tasks(monkey->world))
        fail(monkey, monkey->done, "a task ran without a PIN", "maintenance");
    if (!monkey_world_pins(monkey->world))
        fail(monkey, monkey->done, "no PIN was ever tried", "maintenance");
    if (!monkey->spoken)
        fail(monkey, monkey->done, "nothing was ever said", "");
}

static gboolean open_monkey(Monkey *monkey, GError **error)
{
    monkey->config = config_defaults();
    monkey->front = front_create(monkey->config, error);
    if (!monkey->front)
        return FALSE;
    monkey->random = g_rand_new_with_seed((guint32)seed);
    monkey->world = monkey_world_create(monkey->random);
    monkey->records = face_record_texts(front_face(monkey->front));
    monkey->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H);
    monkey->cr = cairo_create(monkey->surface);
    return TRUE;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    Monkey monkey = {0};
    g_option_context_set_summary(context, "Random touches and keys at the panel, in process.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1 || n_visits < 1 ||
        draw_every < 1 ||
        !open_monkey(&monkey, &error)) {
        fprintf(stderr, "monkey: usage: %s\n", error ? error->message : "--help says more");
        return 2;
    }
    for (int i = 0; i < n_visits; i++)
        visit(&monkey, n_touches / n_visits);
    check_screens(&monkey);
    printf("monkey: %d touches and keys, %d acted, %d visits, %d sentences, seed %d: %d failures\n",
           monkey.done, monkey.acted, n_visits, monkey.spoken, seed, monkey.failures);
    printf("maintenance view without a PIN: %d of %d; the way in was found %d times, %d PINs tried\n",
           monkey.breaches, monkey.done, monkey.patterns, monkey_world_pins(monkey.world));
    for (int screen = SCREEN_ATTRACT; screen < SCREEN_COUNT; screen++)
        printf("  %-12s %d\n", screen_word((Screen)screen), monkey.seen[screen]);
    cairo_destroy(monkey.cr);
    cairo_surface_destroy(monkey.surface);
    front_destroy(monkey.front);
    config_free(monkey.config);
    monkey_world_destroy(monkey.world);
    g_rand_free(monkey.random);
    return monkey.failures ? 1 : 0;
}
