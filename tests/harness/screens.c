/* Draws the screens for people to judge.
 *   screens OUT_DIR          one sheet of all views for each of the sixteen looks
 *   screens OUT_DIR PREFIX   full-size pictures of the views whose names begin so, in all looks */
#include "tests/harness/sample_views.h"
#include "ui/face.h"
#include "ui/shown.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define WALL_MS 1782786240000 /* Tuesday, 30 June 2026, 10:24 in Shanghai */
#define CELL_LONG 640
#define CELL_SHORT 360
#define COLUMNS 9

typedef struct {
    gboolean landscape, english, large, high;
} Look;

static Look look_of(int number)
{
    return (Look){number & 8, number & 4, number & 2, number & 1};
}

static char *look_name(Look look)
{
    return g_strdup_printf("%s-%s-%s-%s", look.landscape ? "landscape" : "portrait",
                           look.english ? "en" : "zh", look.large ? "large" : "normal",
                           look.high ? "high" : "default");
}

static void prepare(gsize i, Look look, Shown *shown)
{
    View view;
    sample_views_fill(i, look.large, &view);
    view.language = look.english ? LANGUAGE_EN : LANGUAGE_ZH;
    view.high_contrast = look.high;
    (void)shown_take(shown, &view);
}

static Face *make_face(Texts **texts, gboolean landscape)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    if (landscape) {
        config_set(config, "panel", "width_mm", "476", NULL);
        config_set(config, "panel", "height_mm", "268", NULL);
        config_set(config, "panel", "width_px", "1920", NULL);
        config_set(config, "panel", "height_px", "1080", NULL);
    }
    *texts = texts_create(config, ASSETS_DIR, &error);
    Face *face = *texts ? face_create(config, *texts, ASSETS_DIR, &error) : NULL;
    if (!face)
        g_error("screens: %s", error->message);
    (void)g_steal_pointer(&config); /* the face borrows its strings until the end */
    return face;
}

static gboolean draw_sheet(Face *face, const char *folder, Look look)
{
    int w = look.landscape ? CELL_LONG : CELL_SHORT, h = look.landscape ? CELL_SHORT : CELL_LONG;
    int columns = look.landscape ? COLUMNS / 2 + 1 : COLUMNS;
    int rows = ((int)sample_views_count() + columns - 1) / columns;
    g_autoptr(Shown) shown = shown_create();
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns * (w + 8), rows * (h + 8));
    for (gsize i = 0; i < sample_views_count(); i++) {
        int x = (int)i % columns * (w + 8), y = (int)i / columns * (h + 8);
        cairo_surface_t *cell = cairo_surface_create_for_rectangle(surface, x, y, w, h);
        cairo_t *cr = cairo_create(cell);
        prepare(i, look, shown);
        face_draw(face, cr, w, h, shown_view(shown), WALL_MS, (Action){ACTION_UNKNOWN, -1});
        cairo_destroy(cr);
        cairo_surface_destroy(cell);
    }
    g_autofree char *name = look_name(look);
    g_autofree char *path = g_strdup_printf("%s/all-%s.png", folder, name);
    cairo_status_t status = cairo_surface_write_to_png(surface, path);
    cairo_surface_destroy(surface);
    printf("%s: %s\n", path, cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

static gboolean draw_views(Face *face, const char *folder, const char *prefix, Look look)
{
    g_autofree char *name = look_name(look);
    g_autoptr(Shown) shown = shown_create();
    for (gsize i = 0; i < sample_views_count(); i++) {
        if (!g_str_has_prefix(sample_views_name(i), prefix))
            continue;
        g_autofree char *path = g_strdup_printf("%s/%s-%s.png", folder, sample_views_name(i), name);
        g_autoptr(GError) error = NULL;
        prepare(i, look, shown);
        if (!face_save_png(face, shown_view(shown), WALL_MS, path, &error)) {
            fprintf(stderr, "screens: %s\n", error->message);
            return FALSE;
        }
        printf("%s\n", path);
    }
    return TRUE;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: screens OUT_DIR [PREFIX]\n");
        return 2;
    }
    g_mkdir_with_parents(argv[1], 0755);
    gboolean fine = TRUE;
    for (int orientation = 0; orientation < 2; orientation++) {
        Texts *texts = NULL;
        Face *face = make_face(&texts, orientation == 1);
        for (int i = 0; i < 8; i++) {
            Look look = look_of(orientation * 8 + i);
            fine = (argc == 3 ? draw_views(face, argv[1], argv[2], look)
                              : draw_sheet(face, argv[1], look)) &&
                   fine;
        }
        face_destroy(face);
        texts_destroy(texts);
    }
    return fine ? 0 : 1;
}
