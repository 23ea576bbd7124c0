/* turn_times RECORD.json ROUNDS   how long a thread that draws text keeps the others waiting
 *
 * One JSON object a round on standard output, wall clock in ms: a document is laid out, drawn as
 * PDF and as the printer's raster, while a panel draws a line of text every 2 ms. `layout`, `pdf`
 * and `raster` are the longest turn with the fonts that each of them held, `turns` how many bands
 * the raster was drawn in; `raster_wait` and `wait` the longest that the panel waited for its turn,
 * while the raster was drawn and in all. Round 0 is cold. */
#include "drivers/cups/pwg.h"
#include "firmware/document/fonts.h"
#include "firmware/document/text.h"
#include "tests/harness/record_way.h"
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>

#define DPI 600
#define PANEL_PAUSE_US 2000

/* Guarded by the turn itself, which only one thread has. */
static gint64 taken_us, longest_turn_us, longest_wait_us;
static int turns;
static __thread gboolean is_panel;
static gint ending;

void __real_fonts_take_turn(void);
void __real_fonts_end_turn(void);
void __wrap_fonts_take_turn(void);
void __wrap_fonts_end_turn(void);

void __wrap_fonts_take_turn(void)
{
    gint64 asked_us = g_get_monotonic_time();
    __real_fonts_take_turn();
    taken_us = g_get_monotonic_time();
    if (is_panel)
        longest_wait_us = MAX(longest_wait_us, taken_us - asked_us);
}

void __wrap_fonts_end_turn(void)
{
    if (!is_panel) {
        longest_turn_us = MAX(longest_turn_us, g_get_monotonic_time() - taken_us);
        turns++;
    }
    __real_fonts_end_turn();
}

typedef struct {
    double turn_ms, wait_ms;
    int turns;
} Longest;

/* Since the last call. */
static Longest take_longest(void)
{
    __real_fonts_take_turn();
    Longest longest = {(double)longest_turn_us / 1000, (double)longest_wait_us / 1000, turns};
    longest_turn_us = longest_wait_us = 0;
    turns = 0;
    __real_fonts_end_turn();
    return longest;
}

static gpointer draw_as_a_panel(gpointer data)
{
    is_panel = TRUE;
    g_autoptr(TextEngine) engine = text_engine_create();
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1080, 64);
    cairo_t *cr = cairo_create(surface);
    while (!g_atomic_int_get(&ending)) {
        g_autoptr(TextLine) line =
            text_line_create(engine, FACE_SANS_REGULAR, 20, 0, "请稍等，证书正在打印", -1);
        text_line_draw(line, cr, 0, 40, 0);
        g_usleep(PANEL_PAUSE_US);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return data;
}

static gboolean take(gpointer context, gconstpointer bytes, gsize size)
{
    (void)context;
    (void)bytes;
    (void)size;
    return TRUE;
}

static void measure(const RecordWay *way)
{
    static const PwgTicket ticket = {
        .width_um = 167000, .height_um = 240000, .sides = "one-sided", .quality = 4};
    g_autoptr(GError) error = NULL;
    take_longest();
    g_autoptr(Pages) pages = record_way_lay_out(way);
    Longest layout = take_longest();
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    Longest archive = take_longest();
    g_autoptr(RasterSource) source = record_way_raster(pages, DPI);
    if (!pdf || !pwg_write(source, &ticket, take, NULL, &error))
        record_way_fail(error);
    Longest raster = take_longest();
    printf("{\"layout\": %.3f, \"pdf\": %.3f, \"raster\": %.3f, \"turns\": %d, "
           "\"raster_wait\": %.3f, \"wait\": %.3f}\n",
           layout.turn_ms, archive.turn_ms, raster.turn_ms, raster.turns, raster.wait_ms,
           MAX(layout.wait_ms, MAX(archive.wait_ms, raster.wait_ms)));
}

int main(int argc, char **argv)
{
    RecordWay way;
    if (argc != 3) {
        fprintf(stderr, "usage: turn_times RECORD.json ROUNDS\n");
        return 2;
    }
    record_way_open(&way, argv[1]);
    GThread *panel = g_thread_new("panel", draw_as_a_panel, NULL);
    for (int round = 0; round < strtol(argv[2], NULL, 10); round++)
        measure(&way);
    g_atomic_int_set(&ending, 1);
    g_thread_join(panel);
    record_way_close(&way);
    return 0;
}
