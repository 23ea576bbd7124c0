#include "tests/harness/real_pages.h"
#include "firmware/document/document.h"

#define PAGES_MAX 12
#define DPI 127.0 /* five dots a millimetre */

struct RealPages {
    Document *document;
    Record *record;
    Pages *pages;
    cairo_surface_t *pictures[PAGES_MAX][2][2]; /* page, covered, zoomed */
    PageImage image;
};

RealPages *real_pages_open(GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(SAMPLES_DIR "/rec-2026-000001.json", &bytes, &length, error))
        return NULL;
    RealPages *real = g_new0(RealPages, 1);
    real->record = record_parse(bytes, length, error);
    real->document = real->record ? document_create(ASSETS_DIR, STOCK_PLAIN, NULL, error) : NULL;
    real->pages = real->document ? pages_create(real->document, real->record, error) : NULL;
    if (real->pages)
        return real;
    real_pages_close(real);
    return NULL;
}

void real_pages_close(RealPages *pages)
{
    if (!pages)
        return;
    for (int i = 0; i < PAGES_MAX * 4; i++)
        cairo_surface_destroy((&pages->pictures[0][0][0])[i]);
    pages_destroy(pages->pages);
    document_destroy(pages->document);
    record_unref(pages->record);
    g_free(pages);
}

const PageImage *real_pages_picture(const View *view, gpointer context)
{
    RealPages *real = context;
    int page = CLAMP(view->page - 1, 0, pages_count(real->pages) - 1);
    cairo_surface_t **picture =
        &real->pictures[MIN(page, PAGES_MAX - 1)][view->covered != 0][view->zoom > 0];
    if (!*picture)
        *picture = pages_to_image(real->pages, page, view->covered ? LOOK_COVERED : LOOK_WHOLE,
                                  DPI * (view->zoom ? 2 : 1), NULL);
    if (!*picture)
        return NULL;
    real->image = (PageImage){
        cairo_image_surface_get_width(*picture), cairo_image_surface_get_height(*picture),
        cairo_image_surface_get_stride(*picture), cairo_image_surface_get_data(*picture),
        page * 4 + view->covered * 2 + (view->zoom > 0) + 1};
    return &real->image;
}
