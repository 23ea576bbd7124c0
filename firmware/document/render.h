/* `kiosk render RECORD.json -o OUT.pdf`: the pages of a record, without service and printer. */
#pragma once

/* The whole command: RECORD.json -o OUT.pdf|.png [--page N] [--dpi D] [--stock plain|preprinted]
 * [--booklet S] [--qr TEXT] [--assets FOLDER]. `argv[0]` is skipped. Gives the exit status: 0 done,
 * 1 the record is refused or the work failed, 2 wrong usage. Errors go to standard error as
 * `kiosk: <where>: <what>`; the file is written whole or not at all. */
int render_command(int argc, char **argv);
