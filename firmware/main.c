/* The commands of `kiosk`. */
#include "build_commit.h"
#include "firmware/base/module.h"
#include "firmware/kiosk.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv); /* NULL: the module has it, as NAME_command */
    const char *module, *help;
} commands[] = {
    {"run", run_command, NULL, "the machine, with its panel"},
    {"headless", headless_command, NULL, "the same, driven by JSON lines instead of a panel"},
    {"check", NULL, MODULE_MACHINE, "one look at every part: may a visit begin?"},
    {"render", NULL, MODULE_PAGES, "draw a record's pages as PDF or PNG"},
    {"verify", NULL, MODULE_MACHINE, "is the QR text on a certificate genuine?"},
    {"journal", NULL, MODULE_MACHINE, "list, verify or export what was issued"},
    {"stock", NULL, MODULE_MACHINE, "load, list and confirm booklets"},
    {"settle", NULL, MODULE_MACHINE, "what became of an unsure or retracted issuance"},
    {"staff", NULL, MODULE_MACHINE, "technicians and supervisors, and their PINs"},
    {"audit", NULL, MODULE_MACHINE, "list, verify or export who did what"},
    {"visit-table", visit_table_command, NULL, "the citizen's way as a table (docs/VISIT.md)"},
    {"udev-rules", NULL, MODULE_MACHINE, "rules for udev from the list of readers"},
    {"config", config_command, NULL, "a kiosk.conf with every key and its default"},
};

static void print_help(FILE *out)
{
    fputs("kiosk prints real-estate title certificates.\n\n"
          "  kiosk COMMAND [OPTIONS]; each command knows --help\n\n",
          out);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].help);
}

static int run_of_module(const char *module, const char *name, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *symbol = g_strconcat(name, "_command", NULL);
    if (!strcmp(module, MODULE_PAGES))
        module_open_apart(module);
    int (*run)(int, char **) = module_find(module, g_strdelimit(symbol, "-", '_'), &error);
    if (run)
        return run(argc, argv);
    g_printerr("kiosk: %s\n", error->message);
    return 1;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* all else is as in C, and costs a file each to open */
    if (argc >= 2 && (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        print_help(stdout);
        return 0;
    }
    if (argc >= 2 && !strcmp(argv[1], "--version")) {
        printf("kiosk " KIOSK_VERSION "%s\n", *BUILD_COMMIT ? " " BUILD_COMMIT : "");
        return 0;
    }
    for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS(commands); i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run ? commands[i].run(argc - 1, argv + 1)
                                   : run_of_module(commands[i].module, argv[1], argc - 1, argv + 1);
    if (argc >= 2)
        fprintf(stderr, "kiosk: usage: no command '%s'\n\n", argv[1]);
    print_help(stderr);
    return 2;
}
