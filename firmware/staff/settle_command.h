#pragma once

/* `kiosk settle KEY printed|spoiled|void|delivered --reason TEXT [--config FILE]`; argv[0] is
 * "settle". A technician's and a supervisor's line come from standard input (console.h). The service
 * is the authority: it is told first, and its word is journalled. Exit status 0, 1, 2. */
int settle_command(int argc, char **argv);
