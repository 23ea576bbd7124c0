/* What surrounds a plan's drawing: title, header table, north arrow, scale, legend and foot, after
 * GB/T 42547-2023 figure L.5. Private to this room. Millimetres of the leaf. */
#pragma once
#include "firmware/document/page.h"
#include "firmware/document/plan_geometry.h"

/* All texts of the figure but those of the drawing itself. Array of PlacedLine; the caller unrefs.
 * `numbered`: names that stand as numbers in the drawing. NULL and KIOSK_ERROR_REFUSED
 * "record: <member>: sheet: location: ..." when a value does not fit its cell. */
GArray *furniture_lines_create(const Document *document, const PlanSheet *sheet, int scale,
                               const GArray *numbered, const char *numbered_text,
                               const char *member, GError **error);

/* Height that lines of numbered names take off the zone's bottom; `ret_pieces` gets them wrapped
 * (WrapPiece), the caller unrefs. 0 when there are none. */
double furniture_wrap_numbered(const Document *document, const char *text, GArray **ret_pieces);

/* Frames, rules, bar and samples. `north` is the direction of north on paper, clockwise from up. */
void furniture_draw(const Document *document, int scale, double north, cairo_t *cr);

/* Where the drawing stands, and what of it belongs to the north arrow. */
Rect furniture_zone(const Document *document);
Rect furniture_arrow_box(const Document *document);
