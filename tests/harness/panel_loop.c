/* A panel without a kiosk behind it, for measurements and tests by hand:
 *   panel_loop window|headless SECONDS [SAMPLE...]
 * shows the named sample views in turn, the next one at each action; utilities change the look.
 * Ends at quit or after SECONDS and writes the wake-ups it took to standard error. */
#include "firmware/base/clock.h"
#include "tests/harness/sample_views.h"
#include "ui/panel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int sample, n_samples;
    char **names;
    View view;
} Show;

static void fill(Show *show)
{
    View before = show->view;
    const char *name = show->n_samples ? show->names[show->sample % show->n_samples] : "attract";
    for (gsize i = 0; i < sample_views_count(); i++)
        if (!strcmp(sample_views_name(i), name))
            sample_views_fill(i, before.large_text, MAX(before.language, LANGUAGE_ZH),
                              &show->view);
    if (before.language) {
        show->view.language = before.language;
        show->view.high_contrast = before.high_contrast;
        show->view.speech = before.speech;
    }
}

static void act(Show *show, Action action)
{
    View *view = &show->view;
    if (action.id == ACTION_LANGUAGE)
        view->language = view->language == LANGUAGE_EN ? LANGUAGE_ZH : LANGUAGE_EN;
    else if (action.id == ACTION_LARGE_TEXT)
        view->large_text = !view->large_text;
    else if (action.id == ACTION_CONTRAST)
        view->high_contrast = !view->high_contrast;
    else if (action.id == ACTION_SPEECH)
        view->speech = !view->speech;
    else
        show->sample++;
    fill(show);
}

/* FALSE at the end. */
static gboolean turn(const PanelDriver *driver, Panel *panel, Show *show, gint64 end_ms)
{
    PanelEvent event;
    while (driver->next_event(panel, &event)) {
        char word[ACTION_WORD_BYTES];
        if (event.type == PANEL_EVENT_QUIT)
            return FALSE;
        if (event.type != PANEL_EVENT_ACTION)
            continue;
        action_format(event.action, word);
        fprintf(stderr, "%.3f %s\n", (double)clock_monotonic_ms() / 1000, word);
        act(show, event.action);
        driver->show(panel, &show->view, clock_monotonic_ms());
    }
    gint64 now_ms = clock_monotonic_ms();
    int wake_ms = driver->next_wake_ms(panel, now_ms);
    struct pollfd fds[8];
    int count = driver->fill_poll(panel, fds, 8);
    int left_ms = (int)MAX(end_ms - now_ms, 0);
    poll(fds, (nfds_t)count, wake_ms < 0 ? left_ms : MIN(wake_ms, left_ms));
    return left_ms > 0;
}

int main(int argc, char **argv)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: panel_loop window|headless SECONDS [SAMPLE...]\n");
        return 2;
    }
    const PanelDriver *driver = strcmp(argv[1], "window") ? &panel_headless : &panel_window;
    gint64 start_ms = clock_monotonic_ms();
    Show show = {.n_samples = argc - 3, .names = argv + 3};
    fill(&show);
    Panel *panel = driver->open(config, g_getenv("PANEL_WINDOWED") != NULL, &show.view, &error);
    if (!panel) {
        fprintf(stderr, "panel_loop: %s\n", error->message);
        return 1;
    }
    driver->show(panel, &show.view, clock_monotonic_ms());
    fprintf(stderr, "first frame %d ms after main\n", (int)(clock_monotonic_ms() - start_ms));
    long wakes = 0;
    gint64 end_ms = start_ms + (int)strtol(argv[2], NULL, 10) * 1000;
    while (turn(driver, panel, &show, end_ms))
        wakes++;
    fprintf(stderr, "%ld wake-ups\n", wakes);
    driver->close(panel);
    return 0;
}
