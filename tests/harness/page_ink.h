/* Where ink lies on a page, and where the template says it should: for `./run measure pages`. */
#pragma once
#include "firmware/document/bands.h"
#include "firmware/document/document.h"
#include "firmware/document/text.h"

#define INK_DPI 600

typedef struct {
    double x0, y0, x1, y1; /* mm from the leaf's top left */
} Box;

/* A page as dots. */
typedef struct {
    RasterSource *source;
    guint8 *dots;
} Sheet;

Sheet sheet_draw(Pages *pages, int page);
void sheet_clear(Sheet *sheet);

/* The box of everything darker than half within `window`; FALSE: there is nothing. */
gboolean sheet_find_ink(const Sheet *sheet, Box window, Box *ret);
int sheet_count_ink(const Sheet *sheet, Box window); /* dots */

/* The ink of `text` alone, its line's left end at (0, 0); `ret_width` is its advance. */
Box text_ink(TextEngine *engine, Face face, double size_mm, double spacing_mm, const char *text,
             double *ret_width);

/* One thing on a page that has a place. */
typedef struct {
    int page; /* from 0 */
    char name[48];
    Box box;
    gboolean is_on_booklet;          /* stands on pre-printed stock already */
    gboolean across_only, down_only; /* lines: only their thickness and place count */
} Field;

/* Every field of `record`'s pages, from the template's file and the rules of the plan's furniture.
 * Array of Field; the caller unrefs. */
GArray *fields_list(TextEngine *engine, GKeyFile *template, const Record *record,
                    const char *qr_identifier, int qr_modules, const char *booklet);
