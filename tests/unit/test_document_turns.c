/* Text is drawn in turns: threads that draw at once do not lock each other up. */
#include "firmware/document/fonts.h"
#include "firmware/document/text.h"
#include "tests/testing.h"
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#define SOAK_MS 2500
#define FIRST_HANZI 0x4E00
#define HANZI 6000
#define LINE_CHARACTERS 24
#define DELAY_ONE_IN 10
#define DELAY_US 30

/* Every library's: now and then a thread is held up before a mutex, as on a busy machine. Without
 * turns cairo is locked up within seconds. */
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*lock)(pthread_mutex_t *);
    static __thread guint32 seed;
    if (!lock)
        *(void **)&lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    if (seed == 0)
        seed = (guint32)(gsize)&seed;
    seed = seed * 1103515245 + 12345;
    if ((seed >> 16) % DELAY_ONE_IN == 0)
        usleep(DELAY_US);
    return lock(mutex);
}

typedef struct {
    gint64 until_us;
    guint seed;
    int rounds;
} Drawer;

/* Other characters and another size in every round, so that cairo's cache of glyphs is always full
 * and every line pushes out what another thread may draw from. */
static void draw_hanzi(TextEngine *engine, cairo_t *cr, GRand *random)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < LINE_CHARACTERS; i++)
        g_string_append_unichar(text, (gunichar)(FIRST_HANZI + g_rand_int_range(random, 0, HANZI)));
    double size_mm = g_rand_int_range(random, 6, 10);
    g_autoptr(TextLine) line =
        text_line_create(engine, FACE_SERIF_REGULAR, size_mm, 0, text->str, -1);
    text_line_draw(line, cr, 0, size_mm, 0);
}

static gpointer draw_lines(gpointer data)
{
    Drawer *drawer = data;
    g_autoptr(GRand) random = g_rand_new_with_seed(drawer->seed);
    g_autoptr(TextEngine) engine = text_engine_create();
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 2048, 64);
    cairo_t *cr = cairo_create(surface);
    for (; g_get_monotonic_time() < drawer->until_us; drawer->rounds++)
        draw_hanzi(engine, cr, random);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return NULL;
}

/* A hang is Check's time limit. */
START_TEST(threads_that_draw_text_at_once_do_not_lock_up)
{
    Drawer drawers[3];
    GThread *threads[G_N_ELEMENTS(drawers)];
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(drawers); i++) {
        drawers[i] = (Drawer){g_get_monotonic_time() + SOAK_MS * 1000, 100 + i, 0};
        threads[i] = g_thread_new("drawer", draw_lines, &drawers[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(drawers); i++) {
        g_thread_join(threads[i]);
        ck_assert_int_gt(drawers[i].rounds, 0);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("turns");
    tcase_add_test(tests, threads_that_draw_text_at_once_do_not_lock_up);
    return testing_run(tests);
}
