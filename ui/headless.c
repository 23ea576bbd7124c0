#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "ui/command.h"
#include "ui/face.h"
#include "ui/panel.h"
#include "firmware/maintenance/menu_view.h"
#include "ui/pattern.h"
#include "ui/report.h"
#include "ui/shown.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define COUNT_EVERY_MS 1000    /* a countdown gives a line a second at most */
#define WRITE_PATIENCE_MS 2000 /* a reader that takes nothing for so long is gone */
#define WRITE_CHUNK 4096       /* POLLOUT promises room for one PIPE_BUF */

struct Panel {
    const Config *config;
    char *assets_dir;
    Texts *texts;
    Face *face; /* made at the first screenshot or touch by position */
    Shown *shown;
    Pattern pattern;
    gint64 start_ms, line_ms;
    gboolean pending; /* a count went on since the last line */

    GString *input;
    gboolean skipping; /* the rest of a line that was too long */
    gboolean ended;    /* no more input: quit, end of file or nobody reads us */
    gboolean broken;   /* nobody reads us */
    gboolean quit_told;
};

static Panel *open_headless(const Config *config, gboolean windowed, const View *first,
                            GError **error)
{
    (void)windowed;
    (void)first;
    g_autofree char *assets_dir = config_assets_dir(config);
    Texts *texts = texts_create(config, assets_dir, error);
    if (!texts)
        return NULL;
    Panel *panel = g_new0(Panel, 1);
    panel->config = config;
    panel->assets_dir = g_steal_pointer(&assets_dir);
    panel->texts = texts;
    panel->shown = shown_create();
    panel->input = g_string_new(NULL);
    panel->start_ms = clock_monotonic_ms();
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is a write error */
    return panel;
}

static void close_headless(Panel *panel)
{
    if (!panel)
        return;
    face_destroy(panel->face);
    shown_destroy(panel->shown);
    texts_destroy(panel->texts);
    secret_wipe(panel->input->str, panel->input->len);
    g_string_free(panel->input, TRUE);
    g_free(panel->assets_dir);
    g_free(panel);
}

/* TRUE when all went out in time. */
static gboolean write_all(const char *bytes, gsize length)
{
    gint64 deadline_ms = clock_monotonic_ms() + WRITE_PATIENCE_MS;
    while (length > 0) {
        gint64 left_ms = deadline_ms - clock_monotonic_ms();
        struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};
        if (left_ms <= 0 || (poll(&out, 1, (int)left_ms) < 0 && errno != EINTR))
            return FALSE;
        if (!out.revents)
            continue;
        ssize_t written = write(STDOUT_FILENO, bytes, MIN(length, WRITE_CHUNK));
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return FALSE;
        bytes += MAX(written, 0);
        length -= (gsize)MAX(written, 0);
    }
    return TRUE;
}

/* Takes `line`, which ends without newline. */
static void say(Panel *panel, char *line)
{
    if (!panel->broken && !(write_all(line, strlen(line)) && write_all("\n", 1)))
        panel->ended = panel->broken = TRUE;
    secret_free(line);
}

static void refuse(Panel *panel, const char *message)
{
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    say(panel, report_format_error(valid));
}

static void say_view(Panel *panel)
{
    gint64 now_ms = clock_monotonic_ms();
    panel->pending = FALSE;
    panel->line_ms = now_ms;
    say(panel, report_format(panel->texts, shown_view(panel->shown),
                             (double)(now_ms - panel->start_ms) / 1000));
}

static void say_pending(Panel *panel)
{
    if (panel->pending && clock_monotonic_ms() - panel->line_ms >= COUNT_EVERY_MS)
        say_view(panel);
}

static void show_headless(Panel *panel, const View *view, gint64 now_ms)
{
    (void)now_ms;
    ShownChange change = shown_take(panel->shown, view);
    if (change == SHOWN_CHANGE_VIEW)
        say_view(panel);
    else if (change == SHOWN_CHANGE_COUNT)
        panel->pending = TRUE;
    say_pending(panel);
}

static gboolean make_face(Panel *panel, GError **error)
{
    if (!panel->face)
        panel->face = face_create(panel->config, panel->texts, panel->assets_dir, error);
    return panel->face != NULL;
}

static gboolean find_touched(Panel *panel, const Command *command, Action *ret, GError **error)
{
    if (!make_face(panel, error))
        return FALSE;
    face_layout(panel->face, shown_view(panel->shown), clock_wall_ms());
    const Target *target = face_hit(panel->face, command->x_mm, command->y_mm);
    if (target && target->kind != TARGET_NOTE) {
        *ret = target->action;
        return TRUE;
    }
    *ret = (Action){ACTION_MAINTENANCE, -1};
    if (!target && pattern_touch(&panel->pattern, command->x_mm, command->y_mm,
                                 config_int(panel->config, "panel", "width_mm"),
                                 clock_monotonic_ms()))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "touch: nothing to press at %.1f, %.1f",
                command->x_mm, command->y_mm);
    return FALSE;
}

static gboolean screenshot(Panel *panel, const Command *command, GError **error)
{
    return make_face(panel, error) && face_save_png(panel->face, shown_view(panel->shown),
                                                    clock_wall_ms(), command->file, error);
}

static gboolean touch(Panel *panel, Action action, PanelEvent *ret, GError **error)
{
    char word[ACTION_WORD_BYTES];
    if (view_offers(shown_view(panel->shown), action)) {
        *ret = (PanelEvent){.type = PANEL_EVENT_ACTION, .action = action};
        return TRUE;
    }
    action_format(action, word);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: not offered now", word);
    return FALSE;
}

static gboolean type_text(Panel *panel, const Command *command, PanelEvent *ret, GError **error)
{
    const View *view = shown_view(panel->shown);
    gboolean asks = view->menu && view->menu->entry != MENU_ENTRY_NONE;
    if (view->screen != SCREEN_FACTOR && !asks) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "type: nothing to type into");
        return FALSE;
    }
    *ret = (PanelEvent){.type = PANEL_EVENT_TEXT};
    g_strlcpy(ret->text, command->text, sizeof ret->text);
    return TRUE;
}

/* TRUE when `ret` holds an event; FALSE without `error` when the command is done. */
static gboolean obey(Panel *panel, const Command *command, PanelEvent *ret, GError **error)
{
    Action action = command->action;
    if (command->type == COMMAND_QUIT) {
        panel->ended = TRUE;
        return FALSE;
    }
    if (!shown_view(panel->shown)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "nothing is shown yet");
        return FALSE;
    }
    switch (command->type) {
    case COMMAND_TOUCH:
        return touch(panel, action, ret, error);
    case COMMAND_TOUCH_AT:
        return find_touched(panel, command, &action, error) && touch(panel, action, ret, error);
    case COMMAND_TYPE:
        return type_text(panel, command, ret, error);
    case COMMAND_SCREENSHOT:
        (void)screenshot(panel, command, error);
        return FALSE;
    case COMMAND_QUIT:
    case COMMAND_UNKNOWN:
        break;
    }
    return FALSE;
}

static gboolean take_line(Panel *panel, const char *line, gsize length, PanelEvent *ret)
{
    g_autoptr(GError) error = NULL;
    Command command;
    gboolean happened =
        command_parse(line, length, &command, &error) && obey(panel, &command, ret, &error);
    secret_wipe(&command, sizeof command);
    if (error)
        refuse(panel, error->message);
    return happened;
}

/* What is there now, without waiting; FALSE when nothing came. */
static gboolean read_input(Panel *panel)
{
    char chunk[1024];
    struct pollfd in = {STDIN_FILENO, POLLIN, 0};
    if (panel->ended || poll(&in, 1, 0) <= 0)
        return FALSE;
    ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return FALSE;
    if (got <= 0) {
        panel->ended = TRUE;
        if (panel->input->len > 0)
            g_string_append_c(panel->input, '\n');
        return panel->input->len > 0;
    }
    g_string_append_len(panel->input, chunk, got);
    secret_wipe(chunk, sizeof chunk);
    return TRUE;
}

/* Length of the first line, -1: none yet. Drops what is too long and says so once. */
static gssize find_line(Panel *panel)
{
    GString *input = panel->input;
    for (;;) {
        const char *end = memchr(input->str, '\n', input->len);
        gsize length = end ? (gsize)(end - input->str) : input->len;
        if (!panel->skipping && length > LIMIT_HEADLESS_LINE) {
            panel->skipping = TRUE;
            refuse(panel, "line: longer than 4096 bytes");
        }
        if (!panel->skipping)
            return end ? (gssize)length : -1;
        g_string_erase(input, 0, end ? (gssize)length + 1 : (gssize)length);
        if (!end)
            return -1;
        panel->skipping = FALSE;
    }
}

static gboolean next_event(Panel *panel, PanelEvent *ret)
{
    say_pending(panel);
    for (;;) {
        gssize length = find_line(panel);
        if (length >= 0) {
            gboolean happened = take_line(panel, panel->input->str, (gsize)length, ret);
            secret_wipe(panel->input->str, (gsize)length);
            g_string_erase(panel->input, 0, length + 1);
            if (happened)
                return TRUE;
        } else if (!read_input(panel)) {
            break;
        }
    }
    if (!panel->ended || panel->quit_told)
        return FALSE;
    panel->quit_told = TRUE;
    *ret = (PanelEvent){.type = PANEL_EVENT_QUIT};
    return TRUE;
}

static int fill_poll(Panel *panel, struct pollfd *fds, int max)
{
    if (panel->ended || max < 1)
        return 0;
    fds[0] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    return 1;
}

static int next_wake_ms(Panel *panel, gint64 now_ms)
{
    if (panel->ended && !panel->quit_told)
        return 0;
    if (!panel->pending)
        return -1;
    return (int)CLAMP(panel->line_ms + COUNT_EVERY_MS - now_ms, 0, COUNT_EVERY_MS);
}

static gboolean test_sound(Panel *panel, Language language, int volume)
{
    (void)panel;
    (void)language;
    (void)volume;
    return FALSE;
}

const PanelDriver panel_headless = {
    .name = "headless",
    .open = open_headless,
    .fill_poll = fill_poll,
    .next_event = next_event,
    .show = show_headless,
    .next_wake_ms = next_wake_ms,
    .test_sound = test_sound,
    .close = close_headless,
};
