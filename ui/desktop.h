/* What SDL does not tell of the desktop. */
#pragma once
#include <glib.h>

/* TRUE for an X server without a window manager, after SDL's video has started: there SDL would
 * wait 100 ms for one to make a window large. */
gboolean desktop_is_unmanaged(void);
