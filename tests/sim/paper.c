/* firmware/document/document.h without drawing: pages that know what they were drawn from, and a
 * "PDF" that says what would stand on the paper. Real pages are drawn in the tests of the document;
 * here it only counts which record, which QR and which number reach which blank. */
#include "firmware/document/document.h"
#include "firmware/document/bands.h"
#include "firmware/document/machine_sheet.h"
#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "tests/sim/oracle.h"
#include <string.h>

struct Document {
    int unused;
};

struct Pages {
    Record *record;
    char qr_text[400], booklet[SERIAL_SIZE];
};

Document *document_create(const char *assets_dir, StockKind stock, const Placement *placement,
                          GError **error)
{
    (void)assets_dir;
    (void)stock;
    (void)placement;
    (void)error;
    return g_new0(Document, 1);
}

void document_set_placement(Document *document, const Placement *placement)
{
    (void)document;
    (void)placement;
}

void document_destroy(Document *document)
{
    g_free(document);
}

const char *document_template_id(Document *document)
{
    (void)document;
    return "simulated";
}

Pages *pages_create(Document *document, Record *record, GError **error)
{
    (void)document;
    spend(60 + record->digest[1]);
    if (strstr(personal_reveal(record->notes), "\U0002EBF0")) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                    "record: printed.notes: U+2EBF0 cannot be printed");
        return NULL;
    }
    Pages *pages = g_new0(Pages, 1);
    pages->record = record_ref(record);
    return pages;
}

void pages_destroy(Pages *pages)
{
    if (!pages)
        return;
    record_unref(pages->record);
    g_free(pages);
}

int pages_count(const Pages *pages)
{
    return 3 + pages->record->digest[0] % 3;
}

const char *pages_kind(const Pages *pages, int page)
{
    static const char *const kinds[] = {"title", "rights", "notes", "household-plan",
                                        "parcel-plan"};
    (void)pages;
    return kinds[page % 5];
}

void pages_set_qr_place(Pages *pages, QrPlace place)
{
    (void)pages;
    (void)place;
}

gboolean pages_set_issue(Pages *pages, const char *qr_text, const char *booklet, GError **error)
{
    (void)error;
    g_strlcpy(pages->qr_text, qr_text ? qr_text : "", sizeof pages->qr_text);
    g_strlcpy(pages->booklet, booklet ? booklet : "", sizeof pages->booklet);
    return TRUE;
}

void pages_draw(Pages *pages, int page, Look look, cairo_t *cr)
{
    (void)pages;
    (void)page;
    (void)look;
    (void)cr;
}

void pages_leaf_um(const Pages *pages, int *ret_width, int *ret_height)
{
    (void)pages;
    *ret_width = 167000;
    *ret_height = 240000;
}

GBytes *pages_to_pdf(Pages *pages, GError **error)
{
    (void)error;
    char digest[DIGEST_TEXT_LENGTH + 1];
    digest_text(pages->record->digest, digest);
    spend(150);
    char *text = g_strdup_printf("%s\n%s\n%s\n", digest, pages->qr_text, pages->booklet);
    return g_bytes_new_take(text, strlen(text));
}

cairo_surface_t *pages_to_image(Pages *pages, int page, Look look, double dpi, GError **error)
{
    (void)pages;
    (void)page;
    (void)look;
    (void)dpi;
    (void)error;
    spend(80);
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
}

RasterSource *bands_create(Pages *pages, RasterFormat format, int dpi, GError **error)
{
    (void)pages;
    (void)format;
    (void)dpi;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "the simulated printer takes PDF");
    return NULL;
}

/* Nobody prints sheets about the machine in the simulation. */
MachineSheets *machine_sheets_create(Document *document, SheetKind kind, const char *text,
                                     GError **error)
{
    (void)document;
    (void)kind;
    (void)text;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "not simulated");
    return NULL;
}

void machine_sheets_destroy(MachineSheets *sheets)
{
    (void)sheets;
}

int machine_sheets_count(const MachineSheets *sheets)
{
    (void)sheets;
    return 0;
}

void machine_sheets_leaf_um(const MachineSheets *sheets, int *ret_width, int *ret_height)
{
    (void)sheets;
    *ret_width = *ret_height = 0;
}

RasterSource *machine_sheets_to_bands(const MachineSheets *sheets, RasterFormat format, int dpi,
                                      GError **error)
{
    (void)sheets;
    return bands_create(NULL, format, dpi, error);
}

GBytes *machine_sheets_to_pdf(const MachineSheets *sheets, gboolean placed, gint64 wall_ms,
                              GError **error)
{
    (void)sheets;
    (void)placed;
    (void)wall_ms;
    (void)error;
    return NULL;
}
