#pragma once

/* `kiosk journal list [--json] | verify | export --csv|--json | set-aside [FILE]` with
 * [--config FILE]; argv[0] is "journal". Exit status 0, 1 (no, or failed), 2 (usage). */
int journal_command(int argc, char **argv);
