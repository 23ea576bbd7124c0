/* Sheets about the machine itself, on plain paper: a test page, the sheet of calibration, the
 * readiness report. They go the way of the pages: same leaf, fonts, placement and bands. */
#pragma once
#include "firmware/base/raster.h"
#include "firmware/document/document.h"

typedef enum {
    SHEET_UNKNOWN = 0,
    SHEET_TEXT,        /* lines of text */
    SHEET_TEST,        /* the same, with what shows how well the printer prints */
    SHEET_CALIBRATION, /* four lines to be measured, with rulers, and text between them */
} SheetKind;

#define SHEET_TEXT_MAX 20000 /* bytes */

/* The sheets of one text, laid out once. */
typedef struct MachineSheets MachineSheets;

/* `text`: lines; the first is the heading, of "name<TAB>value" the value stands in a column of its
 * own. Only SHEET_TEXT goes on over several sheets. NULL and KIOSK_ERROR_INVALID when it is too long
 * or does not fit. */
MachineSheets *machine_sheets_create(Document *document, SheetKind kind, const char *text,
                                     GError **error);
void machine_sheets_destroy(MachineSheets *sheets); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MachineSheets, machine_sheets_destroy)

int machine_sheets_count(const MachineSheets *sheets);
void machine_sheets_leaf_um(const MachineSheets *sheets, int *ret_width, int *ret_height);

/* As a printer gets them, moved and stretched by the placement; the source needs neither sheets nor
 * document any more. NULL and an error as bands_create. */
RasterSource *machine_sheets_to_bands(const MachineSheets *sheets, RasterFormat format, int dpi,
                                      GError **error);

/* `placed`: for the printer, as above; else as it is. `wall_ms`: now. */
GBytes *machine_sheets_to_pdf(const MachineSheets *sheets, gboolean placed, gint64 wall_ms,
                              GError **error);
