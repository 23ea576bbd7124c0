/* Shared objects of the program's own, beside it or, where it is installed, in lib/kiosk. They hold
 * what needs many libraries: so a frame is on the screen, and a page drawn, before the libraries of
 * printers, network and window systems are even loaded. A module uses what the program has. */
#pragma once
#include <glib.h>

/* `relative` ("../share/kiosk") seen from the folder of the running program. The caller frees. */
char *program_path(const char *relative);

/* A function or object of `module` ("kiosk-window.so"), which is opened when first asked for and
 * stays open. NULL and KIOSK_ERROR_UNAVAILABLE: the error names the module and what is missing. */
gpointer module_find(const char *module, const char *symbol, GError **error);

/* Opens a module whose libraries look for names among themselves before they look in the program and
 * its libraries: those of C++ look for thousands. Only for one that no preloaded library stands in
 * for. What goes wrong is said by module_find. */
void module_open_apart(const char *module);
