/* Shared objects of the program's own, in its folder or, installed, in lib/kiosk. They hold what needs many libraries: so a frame is on the screen, and a page drawn, before
 * the libraries of printers, network and window systems are even loaded. A module uses what the
 * program has. */
#pragma once
#include <glib.h>

/* `relative` ("../share/kiosk") seen from the folder of the running program. The caller frees. */
char *program_path(const char *relative);

/* A function or object of `module` ("kiosk-window.so"), which is opened when first asked for and
 * stays open. NULL and KIOSK_ERROR_UNAVAILABLE: the error names the module and what is missing. */
gpointer module_find(const char *module, const char *symbol, GError **error);
