/* Draws the screens for people to judge, without any display. */
#include "tests/harness/golden.h"
#include "tests/harness/real_pages.h"
#include "tests/harness/screen_check.h"
#include <locale.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The contact sheet, in pixels: a row a screen, first its upright looks, then the lying ones in two
 * lines. */
#define UPRIGHT_W 240
#define UPRIGHT_H 426
#define LYING_W 372
#define LYING_H 210
#define CELL_GAP 6

static char *folder, *only, *golden_folder;
static gboolean bless;

static const GOptionEntry entries[] = {
    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "Where to (default: build/screens)", "FOLDER"},
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Only views whose names begin so", "PREFIX"},
    {"bless", 0, 0, G_OPTION_ARG_NONE, &bless,
     "Takes today's pictures as the golden ones, after somebody looked at them", NULL},
    {"golden", 0, 0, G_OPTION_ARG_FILENAME, &golden_folder, "Folder of the golden images",
     "FOLDER"},
    {0}};

static gboolean wanted(gsize i)
{
    return !only || g_str_has_prefix(sample_views_name(i), only);
}

static gboolean save(cairo_surface_t *surface, const char *path)
{
    cairo_status_t status = cairo_surface_write_to_png(surface, path);
    if (status)
        fprintf(stderr, "screens: %s: %s\n", path, cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

/* All views in one look, at the panel's pixels. */
static gboolean draw_look(Gallery *gallery, int look)
{
    g_autofree char *name = look_name(look);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    gboolean fine = g_mkdir_with_parents(path, 0755) == 0, lying = look_of(look).landscape;
    int w = lying ? 1920 : 1080, h = lying ? 1080 : 1920;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cr = cairo_create(surface);
    for (gsize i = 0; fine && i < sample_views_count(); i++) {
        if (!wanted(i))
            continue;
        g_autofree char *file = g_strdup_printf("%s/%s.png", path, sample_views_name(i));
        gallery_draw(gallery, i, look, cr, w, h);
        fine = save(surface, file);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return fine;
}

/* One child a look, as many at a time as there are processors: PNG takes the time. */
static gboolean draw_looks(Gallery *gallery)
{
    gboolean fine = TRUE;
    int running = 0, status = 0;
    for (int look = 0; look < GALLERY_LOOKS || running > 0;) {
        if (look < GALLERY_LOOKS && running < (int)g_get_num_processors()) {
            pid_t child = fork();
            if (child == 0)
                _exit(draw_look(gallery, look) ? 0 : 1);
            fine = fine && child > 0;
            running += child > 0;
            look++;
        } else if (wait(&status) > 0) {
            fine = fine && status == 0;
            running--;
            fprintf(stderr, "%d of %d looks drawn\n", look - running, GALLERY_LOOKS);
        } else if (errno != EINTR) {
            return FALSE;
        }
    }
    return fine;
}

static void draw_cell(Gallery *gallery, cairo_surface_t *sheet, gsize i, int look, int top)
{
    gboolean lying = look_of(look).landscape;
    int w = lying ? LYING_W : UPRIGHT_W, h = lying ? LYING_H : UPRIGHT_H, column = look % 8;
    int x =
        lying ? 8 * (UPRIGHT_W + CELL_GAP) + column % 4 * (w + CELL_GAP) : column * (w + CELL_GAP);
    int y = top + (lying ? column / 4 * (h + CELL_GAP) : 0);
    cairo_surface_t *cell = cairo_surface_create_for_rectangle(sheet, x, y, w, h);
    cairo_t *cr = cairo_create(cell);
    gallery_draw(gallery, i, look, cr, w, h);
    cairo_destroy(cr);
    cairo_surface_destroy(cell);
}

static gboolean draw_contact_sheet(Gallery *gallery)
{
    int rows = 0, row_h = UPRIGHT_H + CELL_GAP;
    int width = 8 * (UPRIGHT_W + CELL_GAP) + 4 * (LYING_W + CELL_GAP);
    for (gsize i = 0; i < sample_views_count(); i++)
        rows += gallery_is_main(i);
    cairo_surface_t *sheet = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, rows * row_h);
    for (gsize i = 0, row = 0; i < sample_views_count(); i++) {
        for (int look = 0; gallery_is_main(i) && look < GALLERY_LOOKS; look++)
            draw_cell(gallery, sheet, i, look, (int)row * row_h);
        row += gallery_is_main(i);
    }
    g_autofree char *path = g_build_filename(folder, "contact.png", NULL);
    gboolean fine = save(sheet, path);
    cairo_surface_destroy(sheet);
    return fine;
}

static gboolean write_golden(Gallery *gallery)
{
    gboolean fine = TRUE;
    for (gsize i = 0; i < sample_views_count(); i++) {
        if (!gallery_is_main(i) || !wanted(i))
            continue;
        g_autofree char *path = g_strdup_printf("%s/%s.png", golden_folder, sample_views_name(i));
        cairo_surface_t *sheet = golden_draw(gallery, i);
        fine = save(sheet, path) && fine;
        cairo_surface_destroy(sheet);
    }
    return fine;
}

/* FALSE after a line for each view that breaks a measure or looks unlike its golden image. */
static gboolean check(Gallery *gallery)
{
    Measures measures;
    int unlike = 0, breaches = 0;
    measures_clear(&measures);
    for (gsize i = 0; i < sample_views_count(); i++) {
        if (!wanted(i))
            continue;
        screen_check_looks(gallery, i, &measures);
        unlike += gallery_is_main(i) && !golden_holds(gallery, i, golden_folder);
    }
    for (CheckId id = CHECK_TARGETS; id < CHECK_COUNT; id++)
        breaches += measures.breaches[id];
    if (breaches > 0)
        fprintf(stderr, "screens: %d breaches of the measures\n", breaches);
    if (unlike > 0)
        fprintf(stderr, "screens: %d unlike their golden images; if that is meant: --bless\n",
                unlike);
    return breaches + unlike == 0;
}

static gboolean draw(Gallery *gallery, GError **error)
{
    if (bless)
        return write_golden(gallery);
    gboolean good = check(gallery);
    RealPages *pages = real_pages_open(error);
    if (!pages)
        return FALSE;
    gallery_set_page(gallery, real_pages_picture, pages);
    gboolean fine = draw_looks(gallery) && (only || draw_contact_sheet(gallery));
    real_pages_close(pages);
    if (fine && only)
        printf("Look at %s/: each folder has one look of what begins with %s.\n", folder, only);
    else if (fine)
        printf("Look at %s/: contact.png has every screen in every look, the folders every view.\n",
               folder);
    return fine && good;
}

/* FALSE after naming what there is. */
static gboolean some_are_wanted(void)
{
    for (gsize i = 0; i < sample_views_count(); i++)
        if (wanted(i))
            return TRUE;
    fprintf(stderr, "screens: --only: no view begins with \"%s\". The screens are:", only);
    for (gsize i = 0; i < sample_views_count(); i++)
        if (gallery_is_main(i))
            fprintf(stderr, " %s", sample_views_name(i));
    fputs(".\nTheir other views begin with the screen's name, too: choose, choose-many.\n", stderr);
    return FALSE;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    setlocale(LC_ALL, "C.UTF-8");
    g_option_context_set_summary(context,
                                 "Every look of every screen as a picture, and, without --only, "
                                 "one contact sheet. Needs no display.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1 || !folder ||
        !golden_folder) {
        fprintf(stderr, "screens: usage: %s\n", error ? error->message : "--help says more");
        return 2;
    }
    if (!some_are_wanted())
        return 2;
    g_autoptr(Gallery) gallery = gallery_open(&error);
    gboolean fine = gallery && draw(gallery, &error);
    if (error)
        fprintf(stderr, "screens: %s\n", error->message);
    return fine ? 0 : 1;
}
