/* One page: what stands on it, laid out once and drawn many times. Private to this room. */
#pragma once
#include "firmware/base/secret.h"
#include "firmware/certificate/record.h"
#include "firmware/document/document.h"
#include "firmware/document/ink.h"
#include "firmware/document/picture.h"
#include "firmware/document/symbol.h"
#include "firmware/document/template.h"
#include "firmware/document/text.h"
#include "firmware/document/wrap.h"

#define MM_PER_INCH 25.4
#define DPI_MIN 36
#define DPI_MAX 1200

struct PlanDrawing;

struct Document {
    TextEngine *engine;
    Template *template;
    StockKind stock;
    Placement placement;
    char template_id[65]; /* "": not asked for yet */
    GBytes *seal_png; /* of the last seal and what it decodes to: one registry, one seal */
    Picture *seal;
};

/* A line in its place: `x_mm` is its left end. */
typedef struct {
    TextLine *line;
    double x_mm, y_mm;
    double angle;           /* clockwise */
    gboolean is_personal;   /* covered, a hatched block stands there */
    gboolean is_on_booklet; /* stands on a pre-printed booklet already */
} PlacedLine;

typedef struct {
    PagePart part;
    const char *kind;            /* word of pages_kind */
    GArray *lines;               /* PlacedLine */
    Picture *scan;               /* a plan that comes as a picture, or NULL */
    struct PlanDrawing *drawing; /* a plan from vectors, or NULL */
} Page;

struct Pages {
    Document *document;
    Record *record;
    GPtrArray *pages; /* Page */
    Picture *seal;    /* or NULL */
    QrPlace qr_place;
    Symbol *symbol;      /* once issued */
    GArray *issue_lines; /* PlacedLine: captions, identifier */
    GArray *booklet_lines;
};

Page *page_create(PagePart part, const char *kind);
void page_destroy(Page *page);

GArray *lines_create(void); /* of PlacedLine; the lines end with it */

/* One drawing of one page. */
typedef struct {
    cairo_t *cr;
    cairo_matrix_t leaf;   /* of `cr` before the placement: mm from the leaf's top left */
    gboolean with_booklet; /* also what stands on a pre-printed booklet */
    gboolean is_covered;
} Drawing;

/* Places `text` (-1: all of it) as `item` says, at the given left, middle or right end and
 * baseline. A NULL array is an error of the caller. Gives the line for a change of size. */
PlacedLine *lines_add(GArray *lines, const Document *document, const TemplateItem *item,
                      const char *text, gssize length, double x_mm, double y_mm);

/* The same for a fixed text (text_line_create_fixed). */
PlacedLine *lines_add_fixed(GArray *lines, const Document *document, const TemplateItem *item,
                            const char *text, gssize length, double x_mm, double y_mm);

/* The same for a piece of a flow. */
PlacedLine *lines_add_piece(GArray *lines, const TemplateItem *item, const Flow *flow,
                            const WrapPiece *piece, double x_mm, double y_mm);

/* The template's own text at its own place. */
void lines_add_item(GArray *lines, const Document *document, ItemId item);

/* Draws lines in black; personal ones as blocks when covered. */
void lines_draw(const GArray *lines, const Drawing *drawing);

/* A box with an outline of `line_mm`, and a straight line. Lines of one table go into one path first
 * and are stroked at once (ink_stroke), which costs little more than one of them. */
void draw_box(cairo_t *cr, double x_mm, double y_mm, double width_mm, double height_mm,
              double line_mm);
void draw_line(cairo_t *cr, double x0_mm, double y0_mm, double x1_mm, double y1_mm, double line_mm);
void path_line(cairo_t *cr, double x0_mm, double y0_mm, double x1_mm, double y1_mm);

/* Hatches a box at 45 degrees: what covers personal data. */
void draw_cover(cairo_t *cr, double x_mm, double y_mm, double width_mm, double height_mm);

/* The kinds of pages. Each adds its pages to `pages`; FALSE and KIOSK_ERROR_REFUSED naming the
 * member. `ret_owners_moved`: the owners did not fit their cell and go into the notes. */
void pages_add_title(Pages *pages);
gboolean pages_add_rights(Pages *pages, gboolean *ret_owners_moved, GError **error);
gboolean pages_add_notes(Pages *pages, gboolean owners_moved, GError **error);
gboolean pages_add_plans(Pages *pages, GError **error);

/* Decodes the record's seal on a thread of its own while text is shaped; NULL: it needs none. The end
 * waits for it, and takes `work`; FALSE and an error when there is none yet. */
typedef struct SealWork SealWork;
SealWork *seal_begin(const Pages *pages);
gboolean seal_end(Pages *pages, SealWork *work, GError **error);

/* What their frames look like, and everything on the title page that comes late. */
void title_draw(const Pages *pages, const Drawing *drawing);
void rights_draw(const Pages *pages, const Drawing *drawing);
void notes_draw(const Pages *pages, const Drawing *drawing);
void plans_draw(const Pages *pages, const Page *page, const Drawing *drawing);

/* Captions and identifier under a symbol, once the QR text is known. */
void title_add_issue(Pages *pages, const char *identifier, const char *booklet);

/* TRUE if the paragraph of `length` bytes names a person or the address. */
gboolean record_names_person(const Record *record, const char *paragraph, gsize length);

/* The leaf in dots, and whether pages are drawn at that many dots an inch. */
void pages_leaf_px(const Pages *pages, double dpi, int *ret_width, int *ret_height);
gboolean dpi_is_allowed(double dpi);

/* A PDF of `count` leaves, drawn by `draw` with a unit of 1 mm. `date`: ISO 8601, of making and
 * change. NULL and KIOSK_ERROR_BUG. */
typedef void (*PdfDraw)(gpointer context, int page, cairo_t *cr);
GBytes *pdf_write(PdfDraw draw, gpointer context, int count, int width_um, int height_um,
                  const char *title, const char *date, GError **error);

/* What calibration found. */
void apply_placement(const Placement *placement, cairo_t *cr);

gboolean pages_refuse(GError **error, const char *member, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
