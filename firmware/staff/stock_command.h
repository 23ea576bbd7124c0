#pragma once

/* `kiosk stock load FIRST-LAST | list [--json] | next SERIAL | spoil SERIAL` with [--config FILE];
 * argv[0] is "stock". A change reads a technician's and a supervisor's line from standard input
 * (console.h). Exit status 0, 1, 2. */
int stock_command(int argc, char **argv);
