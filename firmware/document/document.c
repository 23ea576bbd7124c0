#include "firmware/document/document.h"
#include "firmware/base/error.h"
#include "firmware/document/fonts.h"
#include "firmware/document/page.h"
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <string.h>

#define DRAWING_VERSION "document/5" /* changes when code changes what a page looks like */
#define FONT_HEAD_BYTES 1024         /* an OpenType font's table of checksums stands there */

static gboolean check_template_text(const Document *document, const char *what, const char *text,
                                    GError **error)
{
    gunichar character;
    if (!text || !text_find_unprintable(document->engine, text, &character))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                "template: %s \"%s\": U+%04X cannot be printed", what, text, character);
    return FALSE;
}

static gboolean check_template(const Document *document, GError **error)
{
    for (int i = 0; i < ITEM_COUNT; i++)
        if (!check_template_text(document, "text", document->template->items[i].text, error))
            return FALSE;
    for (int i = 0; i < WORD_COUNT; i++)
        if (!check_template_text(document, "word", document->template->words[i], error))
            return FALSE;
    return TRUE;
}

static void hash_font(GChecksum *checksum, const char *file)
{
    guint8 head[FONT_HEAD_BYTES];
    FILE *stream = fopen(file, "rb");
    gsize length = stream ? fread(head, 1, sizeof head, stream) : 0;
    if (stream)
        fclose(stream);
    g_autofree char *name = g_path_get_basename(file);
    g_checksum_update(checksum, (const guchar *)name, (gssize)strlen(name) + 1);
    g_checksum_update(checksum, head, (gssize)length);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void hash_fonts(GChecksum *checksum)
{
    FcFontSet *fonts = FcConfigGetFonts(NULL, FcSetSystem);
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    for (int i = 0; fonts && i < fonts->nfont; i++) {
        FcChar8 *file = NULL;
        if (FcPatternGetString(fonts->fonts[i], FC_FILE, 0, &file) == FcResultMatch)
            g_ptr_array_add(files, file);
    }
    g_ptr_array_sort(files, compare_names);
    for (guint i = 0; i < files->len; i++)
        hash_font(checksum, files->pdata[i]);
}

static void compute_template_id(Document *document)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize length;
    const guchar *data = g_bytes_get_data(document->template->bytes, &length);
    g_checksum_update(checksum, data, (gssize)length);
    hash_fonts(checksum);
    const Placement *placement = &document->placement;
    g_autofree char *rest = g_strdup_printf("%s %d %d %d %d %d", DRAWING_VERSION, document->stock,
                                            placement->offset_x_um, placement->offset_y_um,
                                            placement->scale_x_ppm, placement->scale_y_ppm);
    g_checksum_update(checksum, (const guchar *)rest, -1);
    g_strlcpy(document->template_id, g_checksum_get_string(checksum), sizeof document->template_id);
}

Document *document_create(const char *assets_dir, StockKind stock, const Placement *placement,
                          GError **error)
{
    if (!fonts_use_private(assets_dir, error))
        return NULL;
    g_autofree char *path = g_build_filename(assets_dir, "templates", "certificate.ini", NULL);
    Template *template = template_load(path, error);
    if (!template)
        return NULL;
    g_autoptr(Document) document = g_new0(Document, 1);
    document->template = template;
    document->engine = text_engine_create();
    document->stock = stock;
    if (placement)
        document->placement = *placement;
    if (!check_template(document, error))
        return NULL;
    return g_steal_pointer(&document);
}

void document_set_placement(Document *document, const Placement *placement)
{
    document->placement = *placement;
    *document->template_id = '\0';
}

void document_destroy(Document *document)
{
    if (!document)
        return;
    picture_unref(document->seal);
    if (document->seal_png)
        g_bytes_unref(document->seal_png);
    text_engine_destroy(document->engine);
    template_free(document->template);
    g_free(document);
}

const char *document_template_id(Document *document)
{
    if (!*document->template_id)
        compute_template_id(document);
    return document->template_id;
}
