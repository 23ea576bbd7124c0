/* What the screens cost: processor time of a whole drawing and of what a second, a touch and
 * another view change, at 1080 x 1920. One JSON object a line. */
#include "tests/harness/gallery.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define W 1080
#define H 1920
#define ROUNDS 15

typedef struct {
    double ms[4096];
    int count;
} Series;

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *what, Series *series)
{
    qsort(series->ms, (size_t)series->count, sizeof *series->ms, order);
    printf("{\"what\": \"%s\", \"median_ms\": %.3f, \"p95_ms\": %.3f, \"max_ms\": %.3f, "
           "\"count\": %d}\n",
           what, series->ms[series->count / 2], series->ms[series->count * 95 / 100],
           series->ms[series->count - 1], series->count);
}

static void add(Series *series, double ms)
{
    if (series->count < (int)G_N_ELEMENTS(series->ms))
        series->ms[series->count++] = ms;
}

static void measure(Gallery *gallery, cairo_t *cr, Series series[4])
{
    Face *face = gallery_face(gallery, FALSE);
    cairo_rectangle_int_t boxes[MARK_BOXES_MAX];
    for (gsize i = 0; i < sample_views_count(); i++) {
        View view = *gallery_view(gallery, i, 0);
        FaceHold hold = FACE_HOLD_NOTHING;
        double start = cpu_ms();
        (void)face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes);
        add(&series[1], cpu_ms() - start); /* from the screen before */
        view.seconds_left = MAX(view.seconds_left - 1, 0);
        start = cpu_ms();
        (void)face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes);
        add(&series[2], cpu_ms() - start);
        gsize count = 0;
        const Target *targets = face_targets(face, &count);
        hold.pressed = targets[0].action;
        start = cpu_ms();
        (void)face_redraw(face, cr, W, H, &view, GALLERY_WALL_MS, hold, boxes);
        add(&series[3], cpu_ms() - start);
        start = cpu_ms();
        face_draw(face, cr, W, H, &view, GALLERY_WALL_MS, hold);
        add(&series[0], cpu_ms() - start);
    }
}

int main(void)
{
    static const char *const names[] = {"whole drawing", "another screen", "one second less",
                                        "a finger down"};
    g_autoptr(GError) error = NULL;
    g_autoptr(Gallery) gallery = gallery_open(&error);
    static Series series[4];
    if (!gallery) {
        fprintf(stderr, "ui_times: %s\n", error->message);
        return 1;
    }
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H);
    cairo_t *cr = cairo_create(surface);
    measure(gallery, cr, series); /* fonts come into the caches */
    memset(series, 0, sizeof series);
    for (int round = 0; round < ROUNDS; round++)
        measure(gallery, cr, series);
    for (int i = 0; i < 4; i++)
        print(names[i], &series[i]);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return 0;
}
