/* The commands of `kiosk`. */
#include "build_commit.h"
#include "firmware/certificate/verify.h"
#include "firmware/document/render.h"
#include "firmware/issuance/ledger.h"
#include "firmware/kiosk.h"
#include "firmware/staff/audit.h"
#include "firmware/staff/settle_command.h"
#include "firmware/staff/staff.h"
#include "firmware/staff/stock_command.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"run", run_command, "the machine, with its panel"},
    {"headless", headless_command, "the same, driven by JSON lines instead of a panel"},
    {"check", check_command, "one look at every part: may a visit begin?"},
    {"render", render_command, "draw a record's pages as PDF or PNG"},
    {"verify", verify_command, "is the QR text on a certificate genuine?"},
    {"journal", journal_command, "list, verify or export what was issued"},
    {"stock", stock_command, "load, list and confirm booklets"},
    {"settle", settle_command, "what became of an unsure or retracted issuance"},
    {"staff", staff_command, "technicians and supervisors, and their PINs"},
    {"audit", audit_command, "list, verify or export who did what"},
    {"visit-table", visit_table_command, "the citizen's way as a table (docs/VISIT.md)"},
    {"udev-rules", udev_rules_command, "rules for udev from the list of readers"},
    {"config", config_command, "a kiosk.conf with every key and its default"},
};

static void print_help(FILE *out)
{
    fputs("kiosk prints real-estate title certificates.\n\n"
          "  kiosk COMMAND [OPTIONS]; each command knows --help\n\n",
          out);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(out, "  %-11s %s\n", commands[i].name, commands[i].help);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
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
            return commands[i].run(argc - 1, argv + 1);
    if (argc >= 2)
        fprintf(stderr, "kiosk: usage: no command '%s'\n\n", argv[1]);
    print_help(stderr);
    return 2;
}
