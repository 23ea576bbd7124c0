#pragma once

/* `kiosk stock list | load FIRST-LAST NUMBER | unload FIRST-LAST | next SERIAL | spoil SERIAL | lose SERIAL | destroy SERIAL |
 * count FIRST NUMBER` with [--json] [--config FILE]; argv[0] is "stock". A change reads a technician's and a supervisor's line from standard input
 * (console.h). Exit status 0, 1, 2. */
int stock_command(int argc, char **argv);
