#include "firmware/kiosk.h"
#include "build_commit.h"
#include "drivers/reader.h"
#include "firmware/base/log.h"
#include "firmware/document/fonts.h"
#include "firmware/loop/loop_check.h"
#include "firmware/visit/visit.h"
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>

#define USAGE 2

static char *config_file;
static gboolean windowed, as_json;

static const GOptionEntry config_entry = {"config",
                                          'c',
                                          0,
                                          G_OPTION_ARG_FILENAME,
                                          &config_file,
                                          "The machine's settings (default: kiosk.conf)",
                                          "FILE"};

static gboolean parse(int argc, char **argv, const char *summary, const GOptionEntry *entries)
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
    g_printerr("kiosk: usage: %s\n", error ? error->message : argv[1]);
    return FALSE;
}

/* Settings, log level, and nothing of a person in a core file. */
static Config *prepare(GError **error)
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

static int run_panel(const PanelDriver *panel)
{
    g_autoptr(GError) error = NULL;
    keep_memory_small();
    g_autoptr(Config) config = prepare(&error);
    if (!config) {
        g_printerr("kiosk: %s\n", error->message);
        return 1;
    }
    g_autofree char *assets_dir = config_assets_dir(config);
    if (!fonts_use_private(assets_dir, &error)) {
        g_printerr("kiosk: %s\n", error->message);
        return 1;
    }
    return loop_run(config, panel, windowed, BUILD_COMMIT);
}

int run_command(int argc, char **argv)
{
    const GOptionEntry entries[] = {{"windowed", 'w', 0, G_OPTION_ARG_NONE, &windowed,
                                     "A window instead of the whole screen", NULL},
                                    {0}};
    if (!parse(argc, argv, "The machine: screens on the panel, until it is told to end.", entries))
        return USAGE;
    return run_panel(&panel_window);
}

int headless_command(int argc, char **argv)
{
    if (!parse(argc, argv,
               "The machine without a panel: JSON lines on standard output say what a panel would "
               "show,\nlines on standard input touch it.",
               NULL))
        return USAGE;
    return run_panel(&panel_headless);
}

static void take_checks(const Checks *checks, gpointer context)
{
    *(gboolean *)context = readiness_first_bad(checks) == NULL;
    loop_check_print(checks, as_json);
    fflush(stdout);
}

int check_command(int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "One JSON object instead of a table", NULL},
        {0}};
    if (!parse(argc, argv, "One look at every part: may a visit begin?", entries))
        return USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = prepare(&error);
    gboolean ready = FALSE;
    if (!config) {
        g_printerr("kiosk: %s\n", error->message);
        return 1;
    }
    loop_check_once(config, take_checks, &ready);
    return ready ? 0 : 1;
}

int udev_rules_command(int argc, char **argv)
{
    if (!parse(argc, argv, "Rules for udev: the kiosk may open the readers of [reader] devices.",
               NULL))
        return USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = prepare(&error);
    g_autofree char *rules = NULL;
    if (config)
        rules = reader_driver_find(config_string(config, "reader", "driver"))
                    ->udev_rules(config, &error);
    if (error) {
        g_printerr("kiosk: %s\n", error->message);
        return 1;
    }
    g_print("%s", rules ? rules : "");
    return 0;
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
        return USAGE;
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
