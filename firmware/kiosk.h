/* The composition root: what the commands `kiosk run`, `headless` and `check` do (kiosk.c,
 * machine.c). */
#pragma once
#include "firmware/base/config.h"
#include "ui/panel.h"

#define KIOSK_VERSION "0.1.0"
#define KIOSK_RELEASE_DAY 20260630 /* a clock before this day is wrong */

/* Modules of the program (firmware/base/module.h). */
#define MODULE_WINDOW "kiosk-window.so"   /* panel_window */
#define MODULE_PAGES "kiosk-pages.so"     /* certificates and their pages; render */
#define MODULE_MACHINE "kiosk-machine.so" /* loop, drivers, journal, service; commands */

#define KIOSK_EXIT_USAGE 2

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

/* Options of a command: --config, help, and `entries` (NULL: none). FALSE: said what is wrong. */
gboolean kiosk_parse(int argc, char **argv, const char *summary, const GOptionEntry *entries);

/* The settings of --config; sets the log's level, and keeps everything of a person out of core
 * files. The caller frees. */
Config *kiosk_prepare(GError **error);

/* Runs the machine behind an open panel until it is told to end, also by `signal_fd`; gives the
 * exit status. `commit`: what it was built from, "" unknown; static. -1: a part could not be opened,
 * `error` says which and why. (loop/loop.c) */
int loop_run(Config *config, const PanelDriver *driver, Panel *panel, int signal_fd,
             const char *commit, GError **error);
