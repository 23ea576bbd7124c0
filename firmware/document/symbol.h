/* The QR symbol: alphanumeric mode, error correction M, at most version 10 (ISO/IEC 18004). */
#pragma once
#include <cairo.h>
#include <glib.h>

#define SYMBOL_DOTS_PER_INCH 600.0

typedef struct Symbol Symbol;

/* NULL and KIOSK_ERROR_INVALID: characters outside the alphanumeric set, or too long. */
Symbol *symbol_create(const char *text, GError **error);
void symbol_destroy(Symbol *symbol); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Symbol, symbol_destroy)

int symbol_modules(const Symbol *symbol); /* along one side, without the quiet zone */

/* Side in mm when a module is `module_dots` dots of 600 dpi. */
double symbol_side_mm(const Symbol *symbol, int module_dots);

/* Draws it with its top left on the dot of 300 dpi (two of 600) nearest to where `cr` puts x, y,
 * black on a white quiet zone. Its modules keep their size whatever stretch `cr` has; `leaf` is
 * what `cr` was before it was moved and stretched: millimetres from the leaf's top left. */
void symbol_draw(const Symbol *symbol, cairo_t *cr, const cairo_matrix_t *leaf, double x_mm,
                 double y_mm, int module_dots, int quiet_modules);
