/* How a record stands on paper: pages, plan drawing, QR symbol (cairo, pango, qrencode). Belongs to
 * one thread (the document worker): it has its own font map. Preview, PDF and raster come from the
 * same drawing. */
#pragma once
#include "firmware/certificate/record.h"
#include "firmware/document/placement.h"
#include <cairo.h>

typedef enum { STOCK_UNKNOWN = 0, STOCK_PLAIN, STOCK_PREPRINTED } StockKind;

/* Fonts and template, kept warm for the life of the process. */
typedef struct Document Document;

/* Loads template and fonts from `assets_dir`; `placement` NULL: as it is. NULL and
 * KIOSK_ERROR_CONFIG. */
Document *document_create(const char *assets_dir, StockKind stock, const Placement *placement,
                          GError **error);
void document_destroy(Document *document);

/* From the next drawing on; pages that were laid out before are to be destroyed first. */
void document_set_placement(Document *document, const Placement *placement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_destroy)

/* SHA-256 in hex over everything that decides the picture beside record and QR: template, fonts,
 * stock, placement. As long as `document`, or until its placement changes. */
const char *document_template_id(Document *document);

/* The pages of one record, laid out once. */
typedef struct Pages Pages;

/* Lays out every page and checks every glyph: nothing is reserved before this succeeded. NULL and
 * KIOSK_ERROR_REFUSED naming the member ("record: printed.owners: U+2EBF0 cannot be printed"). */
Pages *pages_create(Document *document, Record *record, GError **error);
void pages_destroy(Pages *pages); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pages, pages_destroy)

int pages_count(const Pages *pages);

/* Word of page `page` (from 0): "title", "rights", "notes", "household-plan", "parcel-plan". */
const char *pages_kind(const Pages *pages, int page);

/* What stands in the QR's place while there is none. */
typedef enum {
    QR_PLACE_UNKNOWN = 0,
    QR_PLACE_PENDING,  /* "made when printing": the preview, and how pages begin */
    QR_PLACE_SPECIMEN, /* a square that says so: sheets that never get a QR (`kiosk render`) */
} QrPlace;
void pages_set_qr_place(Pages *pages, QrPlace place);

/* Sets what is only known when printing: QR text (its identifier is printed under it) and the
 * booklet's serial, printed on plain stock only; either may be NULL and then changes nothing.
 * A text that is not a certificate's gets its symbol, but no identifier.
 * FALSE and KIOSK_ERROR_INVALID (not alphanumeric, too long for version 10). */
gboolean pages_set_issue(Pages *pages, const char *qr_text, const char *booklet, GError **error);

typedef enum {
    LOOK_UNKNOWN = 0,
    LOOK_PRINTED, /* what the printer puts on the stock, moved and stretched by the placement */
    LOOK_WHOLE,   /* the finished page: also what stands on a pre-printed booklet already */
    LOOK_COVERED  /* the same with owners, holder, address, unit code, plan's 坐落 as hatched
                   * blocks: covered text is not drawn at all */
} Look;

/* Draws page `page` (from 0) on `cr`, whose unit must be 1 mm with the origin at the leaf's top
 * left. */
void pages_draw(Pages *pages, int page, Look look, cairo_t *cr);

/* Leaf size in micrometres (167000 x 240000). */
void pages_leaf_um(const Pages *pages, int *ret_width, int *ret_height);

/* The whole booklet as PDF: fonts embedded, no personal data in the document information, the same
 * bytes for the same input. */
GBytes *pages_to_pdf(Pages *pages, GError **error);

/* Page `page` as a picture of `dpi` (36 to 1200) dots an inch; cairo RGB24. The caller destroys. */
cairo_surface_t *pages_to_image(Pages *pages, int page, Look look, double dpi, GError **error);
