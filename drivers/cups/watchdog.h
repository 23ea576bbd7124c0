/* A deadline for one socket: when it passes, the socket is shut down, so that whatever library call
 * waits on it returns at once. It ends waits that a read timeout does not see, such as a peer that
 * sends one byte a second. */
#pragma once
#include <glib.h>

typedef struct Watchdog Watchdog;

Watchdog *watchdog_create(void);
void watchdog_destroy(Watchdog *watchdog); /* NULL is fine */

/* Shuts `fd` down at `deadline_ms` (clock_monotonic_ms). Arming again moves the deadline. The
 * socket may not be closed before watchdog_disarm. */
void watchdog_arm(Watchdog *watchdog, int fd, gint64 deadline_ms);

/* TRUE if the socket was shut down since the last arming. */
gboolean watchdog_disarm(Watchdog *watchdog);

/* Any thread: shuts the armed socket down now, and every one that is armed until
 * watchdog_release. */
void watchdog_hold(Watchdog *watchdog);
void watchdog_release(Watchdog *watchdog);
