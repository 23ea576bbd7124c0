#include "ui/desktop.h"
#include <SDL.h>
#include <X11/Xatom.h>
#include <X11/Xlib.h>

gboolean desktop_is_unmanaged(void)
{
    Atom type = None;
    int format = 0;
    unsigned long count = 0, left = 0;
    unsigned char *value = NULL;
    const char *driver = SDL_GetCurrentVideoDriver();
    Display *display = g_strcmp0(driver, "x11") ? NULL : XOpenDisplay(NULL);
    if (!display)
        return FALSE;
    Atom check = XInternAtom(display, "_NET_SUPPORTING_WM_CHECK", False);
    XGetWindowProperty(display, DefaultRootWindow(display), check, 0, 1, False, XA_WINDOW, &type,
                       &format, &count, &left, &value);
    if (value)
        XFree(value);
    XCloseDisplay(display);
    return count == 0;
}
