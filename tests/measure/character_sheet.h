/* A sheet of characters, each in a cell of its own, drawn twice from the same lines of text: as a
 * PDF that poppler rasterises, and straight into an A8 band. What is lost between the two, or never
 * had ink, is found by looking at the cells. */
#pragma once
#include "firmware/document/text.h"

enum {
    SHEET_COLUMNS = 64,
    SHEET_ROWS = 64,
    SHEET_CELLS = SHEET_COLUMNS * SHEET_ROWS,
    SHEET_DPI = 144,
    SHEET_CELL_PX = 32,
    SHEET_EM_PX = 20, /* 3.5 mm, as on the pages */
};

typedef struct {
    Face face;
    guint count;
    gunichar characters[SHEET_CELLS]; /* each has ink */
} Sheet;

typedef enum {
    FAULT_UNKNOWN = 0,
    FAULT_NO_FONT,   /* should be printable and is not: the caller's finding */
    FAULT_NO_INK,    /* the direct raster's cell is empty */
    FAULT_LOST,      /* the PDF's cell has far less ink than the direct raster's */
    FAULT_DIFFERENT, /* both have ink, but not the same */
    FAULT_SPILLED,   /* a hanzi with ink outside of the em square and its margin */
    FAULT_TEXT,      /* another character is extracted from the PDF */
    FAULT_COUNT
} Fault;

typedef struct {
    Face face;
    gunichar character;
    Fault fault;
} Finding;

/* "has no ink" and so on. */
const char *fault_word(Fault fault);

/* Draws the sheet both ways in `folder` and compares. Adds a Finding for each fault; `ret_worst`
 * gets the largest difference of a cell (0: none, 1: as much as it has ink) if that is more.
 * FALSE: a program is missing or failed, or the PDF is not the same text. */
gboolean sheet_check(TextEngine *engine, const Sheet *sheet, const char *folder, GArray *findings,
                     double *ret_worst, GError **error);
