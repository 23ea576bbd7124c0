/* kiosk-central: the reference central service of the kiosks. */
#include "central/commands.h"
#include "central/settings.h"
#include "firmware/certificate/json_input.h"
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 };

static int show_usage(const char *why)
{
    g_autofree char *commands = command_list();
    fprintf(stderr, "kiosk-central: usage: %s\nkiosk-central --config central.conf COMMAND\n%s",
            why, commands);
    return WRONG_USAGE;
}

static int fail(const GError *error)
{
    fprintf(stderr, "kiosk-central: %s\n", error ? error->message : "failed");
    return FAILED;
}

static int run(const char *path, CommandCall *call, const CommandRow *command)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = settings_load(path, &error);
    call->config = config;
    return config && command->run(call, &error) ? DONE : fail(error);
}

int main(int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_autofree char *reason = NULL;
    g_autofree char *phone = NULL;
    g_auto(GStrv) by = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &path, "Settings", "FILE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why", "TEXT"},
        {"phone", 0, 0, G_OPTION_ARG_STRING, &phone, "Phone of the owner", "DIGITS"},
        {"by", 0, 0, G_OPTION_ARG_STRING_ARRAY, &by, "Who settles, twice", "ID"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "As JSON", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND");
    g_autofree char *commands = command_list();
    g_option_context_set_description(context, commands);
    umask(077);
    setlocale(LC_ALL, "C.UTF-8");
    json_input_prepare();
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return show_usage(error->message);
    const CommandRow *command = argc > 1 ? command_find(argv[1]) : NULL;
    if (!command)
        return show_usage(argc > 1 ? "no such command" : "no command");
    if (argc - 2 != command->n_args)
        return show_usage(command->usage);
    CommandCall call = {.args = (const char *const *)argv + 2,
                        .reason = reason,
                        .phone = phone,
                        .by = (const char *const *)by,
                        .json = json};
    if (command->check && !command->check(&call, &error))
        return show_usage(error->message);
    return run(path ? path : "central.conf", &call, command);
}
