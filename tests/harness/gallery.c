#include "tests/harness/gallery.h"
#include <string.h>

typedef struct {
    Config *config;
    Texts *texts;
    Face *face;
} Panel;

struct Gallery {
    Panel panels[2]; /* upright, lying */
    Shown *shown;
    GalleryPage page;
    gpointer page_context;
};

ScreenLook look_of(int number)
{
    return (ScreenLook){number & 8, number & 4, number & 2, number & 1};
}

char *look_name(int number)
{
    ScreenLook look = look_of(number);
    return g_strdup_printf("%s-%s-%s-%s", look.landscape ? "landscape" : "portrait",
                           look.english ? "en" : "zh", look.large ? "large" : "normal",
                           look.high ? "high" : "default");
}

static gboolean open_panel(Panel *panel, gboolean landscape, GError **error)
{
    static const char *const lying[][2] = {
        {"width_mm", "476"}, {"height_mm", "268"}, {"width_px", "1920"}, {"height_px", "1080"}};
    panel->config = config_defaults();
    for (gsize i = 0; landscape && i < G_N_ELEMENTS(lying); i++)
        if (!config_set(panel->config, "panel", lying[i][0], lying[i][1], error))
            return FALSE;
    panel->texts = texts_create(panel->config, ASSETS_DIR, error);
    panel->face = panel->texts ? face_create(panel->config, panel->texts, ASSETS_DIR, error) : NULL;
    return panel->face != NULL;
}

Gallery *gallery_open(GError **error)
{
    g_autoptr(Gallery) gallery = g_new0(Gallery, 1);
    gallery->shown = shown_create();
    for (int i = 0; i < 2; i++)
        if (!open_panel(&gallery->panels[i], i == 1, error))
            return NULL;
    return g_steal_pointer(&gallery);
}

void gallery_close(Gallery *gallery)
{
    if (!gallery)
        return;
    shown_destroy(gallery->shown);
    for (int i = 0; i < 2; i++) {
        face_destroy(gallery->panels[i].face);
        texts_destroy(gallery->panels[i].texts);
        config_free(gallery->panels[i].config);
    }
    g_free(gallery);
}

Face *gallery_face(Gallery *gallery, gboolean landscape)
{
    return gallery->panels[landscape ? 1 : 0].face;
}

Texts *gallery_texts(Gallery *gallery, gboolean landscape)
{
    return gallery->panels[landscape ? 1 : 0].texts;
}

void gallery_set_page(Gallery *gallery, GalleryPage page, gpointer context)
{
    gallery->page = page;
    gallery->page_context = context;
}

const View *gallery_view(Gallery *gallery, gsize i, int number)
{
    ScreenLook look = look_of(number);
    View view;
    sample_views_fill(i, look.large, look.english ? LANGUAGE_EN : LANGUAGE_ZH, &view);
    view.high_contrast = look.high;
    if (view.image && gallery->page)
        view.image = gallery->page(&view, gallery->page_context);
    (void)shown_take(gallery->shown, &view);
    return shown_view(gallery->shown);
}

void gallery_draw(Gallery *gallery, gsize i, int number, cairo_t *cr, int width_px, int height_px)
{
    face_draw(gallery_face(gallery, look_of(number).landscape), cr, width_px, height_px,
              gallery_view(gallery, i, number), GALLERY_WALL_MS, FACE_HOLD_NOTHING);
}

gboolean gallery_is_main(gsize i)
{
    View view;
    sample_views_fill(i, FALSE, LANGUAGE_ZH, &view);
    return !strcmp(sample_views_name(i), screen_word(view.screen));
}
