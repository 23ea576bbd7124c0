#include "ui/front.h"
#include "ui/pattern.h"
#include "ui/shown.h"
#include "ui/touch.h"
#include <string.h>

#define VOLUME_STEP 10
#define UTTERANCES_MAX 8

static const Action nothing = {ACTION_UNKNOWN, -1};

struct Front {
    Texts *texts;
    Face *face;
    Shown *shown;
    Touch touch;
    Pattern pattern;
    Action focused;        /* as FaceHold has it */
    gboolean stale;        /* something to draw */
    gboolean laid_out;     /* the face's targets are those of the shown view */
    gboolean dark, waking; /* waking: the gesture that woke it is not over */
    gint64 touched_ms;     /* last touch, key or other view */
    gint64 dark_after_ms;  /* 0: never */
    gint64 screen_ms;      /* when this screen came */
    int reminders;         /* that were due on it */
    int volume, usual_volume;
    SecretArena *said; /* owns `sentences` */
    GPtrArray *sentences;
    gboolean said_before; /* speech was on when they were said */
    Utterance waiting[UTTERANCES_MAX];
    int n_waiting;
};

Front *front_create(const Config *config, GError **error)
{
    g_autofree char *assets_dir = config_assets_dir(config);
    g_autoptr(Front) front = g_new0(Front, 1);
    front->shown = shown_create();
    front->sentences = g_ptr_array_new();
    front->focused = front->touch.action = nothing;
    front->dark_after_ms = (gint64)config_int(config, "panel", "dark_after_s") * 1000;
    front->usual_volume = front->volume = config_int(config, "panel", "volume");
    front->texts = texts_create(config, assets_dir, error);
    if (front->texts)
        front->face = face_create(config, front->texts, assets_dir, error);
    return front->face ? g_steal_pointer(&front) : NULL;
}

void front_destroy(Front *front)
{
    if (!front)
        return;
    for (int i = 0; i < front->n_waiting; i++)
        secret_free(front->waiting[i].text);
    g_ptr_array_unref(front->sentences);
    secret_arena_destroy(front->said);
    face_destroy(front->face);
    shown_destroy(front->shown);
    texts_destroy(front->texts);
    g_free(front);
}

const View *front_view(const Front *front)
{
    return shown_view(front->shown);
}

Face *front_face(Front *front)
{
    return front->face;
}

gboolean front_is_stale(const Front *front)
{
    return front->stale;
}

void front_expose(Front *front)
{
    face_forget(front->face);
    front->stale = TRUE;
}

/* What speech has said gives way to `text` (taken, may be NULL). */
static void utter(Front *front, Sound sound, char *text)
{
    if (front->n_waiting == UTTERANCES_MAX) { /* nobody listens: the oldest goes */
        secret_free(front->waiting[0].text);
        memmove(front->waiting, front->waiting + 1,
                (UTTERANCES_MAX - 1) * sizeof front->waiting[0]);
        front->n_waiting--;
    }
    const View *view = front_view(front);
    front->waiting[front->n_waiting++] =
        (Utterance){sound, text, view ? view->language : LANGUAGE_ZH, front->volume};
}

gboolean front_take_utterance(Front *front, Utterance *ret)
{
    if (!front->n_waiting)
        return FALSE;
    *ret = front->waiting[0];
    front->n_waiting--;
    memmove(front->waiting, front->waiting + 1, (gsize)front->n_waiting * sizeof front->waiting[0]);
    return TRUE;
}

void front_lay_out(Front *front)
{
    if (front->laid_out || !front_view(front))
        return;
    face_layout(front->face, front_view(front), 0);
    front->laid_out = TRUE;
}

static const Target *list_targets(Front *front, gsize *ret_count)
{
    front_lay_out(front);
    return face_targets(front->face, ret_count);
}

static gboolean was_said(const Front *front, const char *sentence)
{
    for (guint i = 0; i < front->sentences->len; i++)
        if (!strcmp(front->sentences->pdata[i], sentence))
            return TRUE;
    return FALSE;
}

/* The screen's sentences, or only those that were not said on it yet. The caller frees. */
static char *join_sentences(Front *front, gboolean all)
{
    const GPtrArray *now = face_spoken(front->face);
    gboolean latin = front_view(front)->language == LANGUAGE_EN;
    GString *text = g_string_sized_new(512);
    for (guint i = 0; i < now->len; i++) {
        const char *sentence = now->pdata[i];
        if (!all && was_said(front, sentence))
            continue;
        g_string_append(text, sentence);
        gboolean ends = g_str_has_suffix(sentence, ".") || g_str_has_suffix(sentence, "。");
        g_string_append(text, ends ? " " : latin ? ". " : "。");
    }
    return g_string_free(text, FALSE);
}

static void remember_sentences(Front *front)
{
    const GPtrArray *now = face_spoken(front->face);
    g_ptr_array_set_size(front->sentences, 0);
    secret_arena_destroy(front->said);
    front->said = secret_arena_create();
    for (guint i = 0; i < now->len; i++)
        g_ptr_array_add(front->sentences,
                        (gpointer)secret_arena_text(front->said, now->pdata[i], -1).hidden);
}

/* What was to be said belongs to a screen that is gone. */
static void drop_words(Front *front)
{
    for (int i = 0; i < front->n_waiting; i++)
        g_clear_pointer(&front->waiting[i].text, secret_free);
}

/* Says the screen: all of it when it is new, else what is new on it. */
static void say_screen(Front *front, gboolean all)
{
    const View *view = front_view(front);
    if (!view->speech) {
        if (front->said_before) /* silence */
            utter(front, SOUND_UNKNOWN, g_strdup(""));
        front->said_before = FALSE;
        g_ptr_array_set_size(front->sentences, 0);
        g_clear_pointer(&front->said, secret_arena_destroy);
        return;
    }
    front_lay_out(front);
    char *text = join_sentences(front, all || !front->said_before);
    remember_sentences(front);
    front->said_before = TRUE;
    if (*text)
        utter(front, SOUND_UNKNOWN, text);
    else
        secret_free(text);
}

static void say_target(Front *front, const Target *target)
{
    if (target && front_view(front)->speech)
        utter(front, SOUND_UNKNOWN, g_strdup(target->label));
}

static void click(Front *front)
{
    utter(front, SOUND_CLICK, NULL);
}

/* A citizen's settings of the machine end with the visit. */
static void end_visit(Front *front)
{
    front->volume = front->usual_volume;
    front->focused = nothing;
}

static gboolean may_go_dark(Screen screen)
{
    return screen == SCREEN_ATTRACT || screen == SCREEN_CLOSED;
}

/* The focus stays where it is while that is there; else it begins again. */
static void keep_focus(Front *front)
{
    gsize count = 0;
    if (front->focused.id == ACTION_UNKNOWN && front->focused.index < 0)
        return;
    const Target *targets = list_targets(front, &count);
    if (focus_find(targets, count, front->focused))
        return;
    const Target *first = focus_move(targets, count, nothing, KEY_NEXT);
    front->focused = first ? first->action : nothing;
}

static void arrive(Front *front, gint64 now_ms)
{
    Screen screen = front_view(front)->screen;
    Sound sound = cue_arrival(screen);
    touch_cancel(&front->touch);
    drop_words(front);
    front->screen_ms = now_ms;
    front->reminders = 0;
    if (may_go_dark(screen))
        end_visit(front);
    if (sound)
        utter(front, sound, NULL);
}

void front_show(Front *front, const View *view, gint64 now_ms)
{
    const View *before = front_view(front);
    Screen screen = before ? before->screen : SCREEN_UNKNOWN;
    Language language = before ? before->language : LANGUAGE_UNKNOWN;
    ShownChange change = shown_take(front->shown, view);
    if (change == SHOWN_CHANGE_NONE)
        return;
    front->stale = TRUE;
    front->laid_out = FALSE;
    if (change != SHOWN_CHANGE_VIEW)
        return;
    gboolean another = view->screen != screen;
    if (another)
        arrive(front, now_ms);
    front->dark = FALSE;
    front->touched_ms = now_ms;
    keep_focus(front);
    say_screen(front, another || view->language != language);
}

static void draw_dark(cairo_t *cr)
{
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_paint(cr);
}

int front_draw(Front *front, cairo_t *cr, int width_px, int height_px, gint64 wall_ms,
               cairo_rectangle_int_t ret[MARK_BOXES_MAX])
{
    front->stale = FALSE;
    if (!front_view(front))
        return 0;
    if (front->dark) {
        draw_dark(cr);
        face_forget(front->face);
        ret[0] = (cairo_rectangle_int_t){0, 0, width_px, height_px};
        return 1;
    }
    front->laid_out = TRUE;
    return face_redraw(front->face, cr, width_px, height_px, front_view(front), wall_ms,
                       (FaceHold){front->touch.action, front->focused}, ret);
}

/* A touch or key: TRUE when it only wakes the screen. */
static gboolean wake(Front *front, gint64 now_ms)
{
    gboolean was_dark = front->dark;
    front->touched_ms = now_ms;
    front->dark = FALSE;
    if (was_dark)
        front_expose(front);
    return was_dark;
}

/* TRUE when the shown view offers the action; says what cannot be done. */
static gboolean take_action(Front *front, Action action, Action *ret)
{
    const View *view = front_view(front);
    if (action.id == ACTION_UNKNOWN || !view || !view_offers(view, action))
        return FALSE;
    if (action.id == ACTION_DIGIT && view->speech) /* never which */
        utter(front, SOUND_UNKNOWN,
              texts_format(front->texts, view->language, "speech.digit", NULL));
    *ret = action;
    return TRUE;
}

static const Target *hit(Front *front, double x_px, double y_px, int width_px, int height_px)
{
    double x_mm, y_mm;
    front_lay_out(front);
    face_locate(front->face, width_px, height_px, x_px, y_px, &x_mm, &y_mm);
    return front_view(front) ? face_hit(front->face, x_mm, y_mm) : NULL;
}

/* TRUE when a lifted finger has found the hidden way in. */
static gboolean finds_menu(Front *front, double x_px, double y_px, int width_px, int height_px,
                           gint64 now_ms)
{
    double x_mm, y_mm, width_mm, bottom;
    static const Action menu = {ACTION_MAINTENANCE, -1};
    const View *view = front_view(front);
    face_locate(front->face, width_px, height_px, x_px, y_px, &x_mm, &y_mm);
    face_locate(front->face, width_px, height_px, width_px, height_px, &width_mm, &bottom);
    return pattern_touch(&front->pattern, x_mm, y_mm, width_mm, now_ms) && view &&
           view_offers(view, menu);
}

gboolean front_point(Front *front, Move move, gint64 pointer, double x_px, double y_px,
                     int width_px, int height_px, gint64 now_ms, Action *ret)
{
    Touch *touch = &front->touch;
    if (move == MOVE_DOWN && !touch->down && wake(front, now_ms))
        front->waking = TRUE;
    const Target *target = hit(front, x_px, y_px, width_px, height_px);
    Action under = target ? target->action : nothing, before = touch->action, done = nothing;
    if (front->waking)
        under = nothing;
    if (move == MOVE_DOWN)
        touch_press(touch, pointer, under, now_ms);
    else if (move == MOVE_ALONG)
        touch_move(touch, pointer, under, now_ms);
    else
        done = touch_release(touch, pointer, under, now_ms);
    if (move == MOVE_UP && !front->waking && !target &&
        finds_menu(front, x_px, y_px, width_px, height_px, now_ms)) {
        *ret = (Action){ACTION_MAINTENANCE, -1};
        return TRUE;
    }
    front->waking = front->waking && touch->down;
    if (before.id == touch->action.id && before.index == touch->action.index)
        return FALSE;
    front->stale = TRUE;
    if (move == MOVE_DOWN) {
        front->focused = nothing; /* the finger shows where it is */
        click(front);
    }
    if (done.id == ACTION_UNKNOWN && done.index >= 0)
        say_target(front, target);
    return take_action(front, done, ret);
}

void front_lose_pointer(Front *front)
{
    front->stale = front->stale || front->touch.action.id != ACTION_UNKNOWN;
    front->waking = FALSE;
    touch_lose(&front->touch);
}

static void change_volume(Front *front, int step)
{
    front->volume = CLAMP(front->volume + step, 0, 100);
    click(front);
}

static void move_focus(Front *front, Key key)
{
    gsize count = 0;
    const Target *targets = list_targets(front, &count);
    const Target *to = focus_move(targets, count, front->focused, key);
    front->focused = to ? to->action : nothing;
    front->stale = TRUE;
    say_target(front, to);
}

/* What a key does by itself, without the focus. */
static Action shortcut(const Front *front, Key key)
{
    static const ActionId backs[] = {ACTION_BACK, ACTION_CANCEL, ACTION_FINISH};
    if (key >= KEY_DIGIT && key <= KEY_DIGIT_LAST)
        return (Action){ACTION_DIGIT, (int)key - KEY_DIGIT};
    if (key == KEY_ERASE)
        return (Action){ACTION_ERASE, -1};
    if (key == KEY_NEXT_PAGE || key == KEY_PREVIOUS_PAGE)
        return (Action){key == KEY_NEXT_PAGE ? ACTION_NEXT_PAGE : ACTION_PREVIOUS_PAGE, -1};
    for (gsize i = 0; key == KEY_BACK && i < G_N_ELEMENTS(backs); i++)
        if (view_offers(front_view(front), (Action){backs[i], -1}))
            return (Action){backs[i], -1};
    return nothing;
}

static gboolean select_focused(Front *front, Action *ret)
{
    gsize count = 0;
    const Target *targets = list_targets(front, &count);
    const Target *target = focus_find(targets, count, front->focused);
    if (!target) {
        move_focus(front, KEY_NEXT);
        return FALSE;
    }
    click(front);
    if (target->kind == TARGET_NOTE)
        say_target(front, target);
    return take_action(front, target->action, ret);
}

gboolean front_key(Front *front, Key key, gint64 now_ms, Action *ret)
{
    if (!front_view(front) || key == KEY_UNKNOWN || wake(front, now_ms))
        return FALSE;
    if (key == KEY_LOUDER || key == KEY_SOFTER) {
        change_volume(front, key == KEY_LOUDER ? VOLUME_STEP : -VOLUME_STEP);
        return FALSE;
    }
    if (key == KEY_SELECT)
        return select_focused(front, ret);
    Action direct = shortcut(front, key);
    if (direct.id == ACTION_UNKNOWN && key <= KEY_PREVIOUS) {
        move_focus(front, key);
        return FALSE;
    }
    if (!take_action(front, direct, ret))
        return FALSE;
    click(front);
    return TRUE;
}

gboolean front_headphone(Front *front, gboolean plugged, Action *ret)
{
    const View *view = front_view(front);
    return view && view->speech != plugged && take_action(front, (Action){ACTION_SPEECH, -1}, ret);
}

/* When the next reminder is due, 0: none. */
static gint64 reminder_ms(const Front *front, Cue *ret)
{
    const View *view = front_view(front);
    if (!view || !cue_reminder(view->screen, front->reminders, ret))
        return 0;
    return front->screen_ms + ret->after_ms;
}

static gint64 dark_ms(const Front *front)
{
    const View *view = front_view(front);
    if (!view || front->dark || !front->dark_after_ms || !may_go_dark(view->screen))
        return 0;
    return front->touched_ms + front->dark_after_ms;
}

void front_tick(Front *front, gint64 now_ms)
{
    Cue cue;
    gint64 due = reminder_ms(front, &cue);
    if (due && now_ms >= due) {
        front->reminders++;
        front_lay_out(front);
        utter(front, cue.sound, cue.says ? join_sentences(front, TRUE) : NULL);
    }
    due = dark_ms(front);
    if (!due || now_ms < due)
        return;
    front->dark = front->stale = TRUE;
    touch_cancel(&front->touch);
}

int front_next_ms(const Front *front, gint64 now_ms)
{
    Cue cue;
    gint64 due = dark_ms(front), reminder = reminder_ms(front, &cue);
    if (reminder && (!due || reminder < due))
        due = reminder;
    return due ? (int)CLAMP(due - now_ms, 0, 3600 * 1000) : -1;
}
