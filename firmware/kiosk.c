#include "firmware/kiosk.h"
#include "build_commit.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/base/module.h"
#include "firmware/document/fonts.h"
#include "firmware/visit/visit.h"
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static char *config_file;
static gboolean windowed;

static const GOptionEntry config_entry = {"config",
                                          'c',
                                          0,
                                          G_OPTION_ARG_FILENAME,
                                          &config_file,
                                          "The machine's settings (default: kiosk.conf)",
                                          "FILE"};

gboolean kiosk_parse(int argc, char **argv, const char *summary, const GOptionEntry *entries)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    const GOptionEntry always[] = {config_entry, {0}};
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, always, NULL);
    if (entries)
        g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error) && argc == 1)
        return TRUE;
    g_printerr("kiosk: usage: %s%s\n", error ? "" : "no such option: ",
               error ? error->message : argv[1]);
    return FALSE;
}

/* Settings, log level, and nothing of a person in a core file. */
Config *kiosk_prepare(GError **error)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    Config *config = config_load(config_file ? config_file : "kiosk.conf", error);
    if (!config)
        return NULL;
    for (int i = 0; i < (int)G_N_ELEMENTS(levels); i++)
        if (!strcmp(config_string(config, "log", "level"), levels[i]))
            log_set_level((LogLevel)(LOG_LEVEL_ERROR + i));
    return config;
}

/* The pages of threads that slept long are given back: one arena serves all. */
static void keep_memory_small(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

/* SIGTERM and SIGINT end the machine in order; threads started later inherit the mask. */
static int block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A person sees at once that the machine is starting; every other part comes after that. */
static Panel *open_panel(const Config *config, const PanelDriver *driver, GError **error)
{
    g_autofree char *assets_dir = config_assets_dir(config);
    Visit visit;
    View view;
    visit_init(&visit, &(VisitSettings){0});
    visit_view(&visit, 0, &view);
    Panel *panel =
        fonts_use_private(assets_dir, error) ? driver->open(config, windowed, &view, error) : NULL;
    if (panel)
        driver->show(panel, &view, clock_monotonic_ms());
    return panel;
}

/* Gives the exit status, -1: the machine could not be opened. */
static int run_machine(Config *config, const PanelDriver *driver, GError **error)
{
    int signal_fd = block_signals(), status = -1;
    Panel *panel = open_panel(config, driver, error);
    __typeof__(&loop_run) run = panel ? module_find(MODULE_MACHINE, "loop_run", error) : NULL;
    if (run)
        status = run(config, driver, panel, signal_fd, BUILD_COMMIT, error);
    driver->close(panel);
    close(signal_fd);
    return status;
}

static int run_panel(const PanelDriver *driver, GError **error)
{
    keep_memory_small();
    g_autoptr(Config) config = driver ? kiosk_prepare(error) : NULL;
    return config ? run_machine(config, driver, error) : -1;
}

/* A line each where there are several faults. */
static int fail(const GError *error)
{
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    for (char **line = lines; *line; line++)
        g_printerr("kiosk: %s\n", *line);
    return 1;
}

int run_command(int argc, char **argv)
{
    const GOptionEntry entries[] = {{"windowed", 'w', 0, G_OPTION_ARG_NONE, &windowed,
                                     "A window instead of the whole screen", NULL},
                                    {0}};
    if (!kiosk_parse(argc, argv, "The machine: screens on the panel, until it is told to end.",
                     entries))
        return KIOSK_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    int status = run_panel(module_find(MODULE_WINDOW, "panel_window", &error), &error);
    return error ? fail(error) : status;
}

int headless_command(int argc, char **argv)
{
    if (!kiosk_parse(
            argc, argv,
            "The machine without a panel: JSON lines on standard output say what a panel would "
            "show,\nlines on standard input touch it.",
            NULL))
        return KIOSK_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    int status = run_panel(&panel_headless, &error);
    return error ? fail(error) : status;
}

/* A command that prints one text and takes no options. Takes `text`. */
static int print_text(int argc, char **argv, char *text)
{
    g_autofree char *owned = text;
    if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        g_print("kiosk %s: prints to standard output, takes no options\n", argv[0]);
        return 0;
    }
    if (argc > 1) {
        g_printerr("kiosk: usage: %s takes no options: %s\n", argv[0], argv[1]);
        return KIOSK_EXIT_USAGE;
    }
    g_print("%s", owned);
    return 0;
}

int config_command(int argc, char **argv)
{
    return print_text(argc, argv, config_document());
}

int visit_table_command(int argc, char **argv)
{
    return print_text(argc, argv, visit_document());
}
