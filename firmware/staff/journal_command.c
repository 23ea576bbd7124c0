/* `kiosk journal`: what the journal holds, and the way out when it is broken. */
#include "firmware/staff/journal_command.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/issuance/commands.h"
#include "firmware/issuance/ledger.h"
#include "firmware/staff/staff.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TRUE and `error`: what is stored is damaged, so that no start takes it. FALSE and `error`: nobody
 * could look. FALSE without: it is whole. */
static gboolean is_broken(const char *path, GError **error)
{
    GError *cause = NULL;
    g_autoptr(Ledger) ledger = ledger_open(path, JOURNAL_CHECK, NULL, &cause);
    g_autoptr(Staff) staff = ledger ? staff_open(ledger_journal(ledger), &cause) : NULL;
    gboolean damaged = kiosk_error_is(cause, KIOSK_ERROR_DAMAGED);
    if (cause)
        g_propagate_error(error, cause);
    return damaged;
}

static int keep(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *kept = journal_set_aside(path, clock_wall_ms(), &error);
    if (!kept)
        return arguments_fail(error);
    printf("kept as %s\n"
           "The next start begins a new journal. Then, in this order:\n"
           "1. the one-time code in the system's log adds a supervisor: kiosk staff add\n"
           "2. two people count what lies in the machine: kiosk stock load FIRST-LAST NUMBER\n"
           "3. two people settle what the service calls unsure: kiosk settle KEY STATE\n",
           kept);
    return EXIT_SUCCESS;
}

static int explain(const char *path, const GError *broken)
{
    fprintf(
        stderr,
        "kiosk: %s\n"
        "Nothing was done yet. The file is kept, but this machine will know no more of it: not\n"
        "its booklets, members, PINs and audit, and not the reports that the service has not "
        "had.\n"
        "If you are the supervisor and that shall be: kiosk journal set-aside %s\n",
        broken->message, path);
    return EXIT_FAILURE;
}

/* Members and PINs lie in what is broken, so they prove nobody. Root, who finds the one-time code
 * of the first supervisor, is who may; and he names the file that he gives up. */
static int set_aside(const char *path, const char *named)
{
    g_autoptr(GError) error = NULL;
    if (!is_broken(path, &error)) {
        if (error)
            return arguments_fail(error);
        fprintf(
            stderr,
            "kiosk: journal: %s: is whole and stays. What keeps the machine closed: kiosk check;\n"
            "booklets that differ from the account: kiosk stock count FIRST NUMBER\n",
            path);
        return EXIT_FAILURE;
    }
    if (!named)
        return explain(path, error);
    if (strcmp(named, path)) {
        fprintf(stderr, "kiosk: journal: the journal is %s, not %s\n", path, named);
        return EXIT_FAILURE;
    }
    if (geteuid() != 0) {
        fprintf(stderr, "kiosk: journal: set-aside is root's: who finds the one-time code in the "
                        "system's log\n");
        return EXIT_FAILURE;
    }
    return keep(path);
}

int journal_command(int argc, char **argv)
{
    static const char text[] =
        "journal VERB [--config FILE]\n\n"
        "  list [--json]        every issuance: booklet, state, what the service was told, key\n"
        "  verify               is the chain whole?\n"
        "  export --csv|--json  every entry, to standard output\n"
        "  set-aside [FILE]     what is wrong with a broken journal; with its name, and as root:\n"
        "                       keeps it under another name, and says what comes next";
    Arguments a;
    if (arguments_help(argc, argv, text))
        return EXIT_SUCCESS;
    if (!arguments_take(argc, argv, &a) || a.n_words > 2)
        return arguments_usage(text);
    gboolean list = !strcmp(a.words[0], "list"), verify = !strcmp(a.words[0], "verify");
    gboolean export = !strcmp(a.words[0], "export") && a.csv != a.json;
    gboolean aside = !strcmp(a.words[0], "set-aside");
    if ((!list && !verify && !export && !aside) || a.reason || (a.n_words == 2 && !aside))
        return arguments_usage(text);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = arguments_journal(&a, &error);
    if (aside && path)
        return set_aside(path, a.n_words == 2 ? a.words[1] : NULL);
    g_autoptr(Journal) journal = path ? journal_open(path, JOURNAL_READ, NULL, &error) : NULL;
    if (!journal)
        return arguments_fail(error);
    if (list)
        return journal_print_issuances(journal, &a);
    return verify ? journal_print_chain(journal) : journal_print_entries(journal, &a);
}
