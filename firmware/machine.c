/* The commands of `kiosk` that look at the machine's parts without running it. */
#include "drivers/reader.h"
#include "firmware/kiosk.h"
#include "firmware/loop/loop_check.h"
#include <stdio.h>

static gboolean as_json;

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
    if (!kiosk_parse(argc, argv, "One look at every part: may a visit begin?", entries))
        return KIOSK_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = kiosk_prepare(&error);
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
    if (!kiosk_parse(argc, argv,
                     "Rules for udev: the kiosk may open the readers of [reader] devices.", NULL))
        return KIOSK_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = kiosk_prepare(&error);
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
