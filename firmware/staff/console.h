/* People at a console: who they are and their PINs, from standard input, a line each: "ID PIN", or
 * the PIN alone where only one member has the role. On a terminal it asks, and shows no PIN. */
#pragma once
#include "firmware/staff/staff.h"

/* Reads a line of up to 79 bytes without its end into `ret`. FALSE: KIOSK_ERROR_INVALID. */
gboolean console_read(const char *question, char ret[80], GError **error);

/* Logs in whoever the next line names. `role` UNKNOWN: anybody. */
gboolean console_login(Staff *staff, StaffRole role, const StaffClock *now, StaffSession *ret,
                       GError **error);

/* A technician and a supervisor, in this order. */
gboolean console_login_two(Staff *staff, const StaffClock *now, StaffSession *ret_technician,
                           StaffSession *ret_supervisor, GError **error);

/* "in 29 s", "a supervisor must unlock it", ... as an error of a verdict that lets nobody in. */
void console_refuse(const Staff *staff, const char *id, StaffVerdict verdict,
                    const StaffClock *now, GError **error);
