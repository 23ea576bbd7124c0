/* The composition root: what the commands `kiosk run`, `headless` and `check` do. */
#pragma once
#include "firmware/base/config.h"
#include "ui/panel.h"

#define KIOSK_VERSION "0.1.0"
#define KIOSK_RELEASE_DAY 20260630 /* a clock before this day is wrong */

/* How `run` and `headless` end when a technician wants it; assets/system/kiosk.service acts on it. */
#define KIOSK_EXIT_RESTART 10
#define KIOSK_EXIT_SHUT_DOWN 11

/* `kiosk run [--config FILE] [--windowed]`; argv[0] is the command. Gives the exit status. */
int run_command(int argc, char **argv);

/* `kiosk headless [--config FILE]` */
int headless_command(int argc, char **argv);

/* `kiosk check [--json] [--config FILE]`: 0 ready, 1 not, 2 wrong usage. */
int check_command(int argc, char **argv);

/* `kiosk config`: a kiosk.conf with every key, its comment and its default, to standard output. */
int config_command(int argc, char **argv);

/* `kiosk udev-rules [--config FILE]`: what udev must know of the reader, to standard output. */
int udev_rules_command(int argc, char **argv);

/* `kiosk visit-table`: docs/VISIT.md, to standard output. */
int visit_table_command(int argc, char **argv);

/* Runs the machine until it is told to end; gives the exit status. `commit`: what it was built from,
 * "" unknown; static. (loop/loop.c) */
int loop_run(Config *config, const PanelDriver *panel, gboolean windowed, const char *commit);
