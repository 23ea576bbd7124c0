/* turn_times RECORD.json ROUNDS   how long a thread that draws text keeps the others waiting
 *
 * One JSON object a round on standard output, wall clock in ms: a document is laid out, drawn as PDF
 * and as the printer's raster, while a panel draws a line of text every 2 ms. `layout`, `pdf` and
 * `raster` are the longest turn with the fonts that each of them held, `turns` how many bands the
 * raster was drawn in, `wait` the longest that the panel waited for its turn. Round 0 is cold. */
#include "drivers/cups/pwg.h"
#include "firmware/certificate/identifier.h"
#include "firmware/document/bands.h"
#include "firmware/document/fonts.h"
#include "firmware/document/text.h"
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>

#define DPI 600
#define PANEL_PAUSE_US 2000
#define QR_TEXT                                                                                    \
    "HTTPS://V.EXAMPLE/V/330106000000000000000000000000000000000000000000000000/D00000000101/"     \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

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

/* The longest turn since the last call, in ms. */
static double take_longest_ms(void)
{
    __real_fonts_take_turn();
    double longest_ms = (double)longest_turn_us / 1000;
    longest_turn_us = 0;
    turns = 0;
    __real_fonts_end_turn();
    return longest_ms;
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

static G_NORETURN void fail(const GError *error)
{
    fprintf(stderr, "turn_times: %s\n", error->message);
    exit(1);
}

static gboolean take(gpointer context, gconstpointer bytes, gsize size)
{
    (void)context;
    (void)bytes;
    (void)size;
    return TRUE;
}

static void measure(Document *document, const char *text, gsize length)
{
    static const PwgTicket ticket = {
        .width_um = 167000, .height_um = 240000, .sides = "one-sided", .quality = 4};
    g_autoptr(GError) error = NULL;
    longest_wait_us = 0;
    take_longest_ms();
    Record *record = record_parse(text, length, &error);
    Pages *pages = record ? pages_create(document, record, &error) : NULL;
    if (!pages || !pages_set_issue(pages, QR_TEXT, "D00000000101", &error))
        fail(error);
    double layout_ms = take_longest_ms();
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    if (!pdf)
        fail(error);
    double pdf_ms = take_longest_ms();
    g_autoptr(RasterSource) source = bands_create(pages, RASTER_GRAY8, DPI, &error);
    if (!source || !pwg_write(source, &ticket, take, NULL, &error))
        fail(error);
    int count = turns;
    printf("{\"layout\": %.3f, \"pdf\": %.3f, \"raster\": %.3f, \"turns\": %d, \"wait\": %.3f}\n",
           layout_ms, pdf_ms, take_longest_ms(), count, (double)longest_wait_us / 1000);
    pages_destroy(pages);
    record_unref(record);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (argc != 3) {
        fprintf(stderr, "usage: turn_times RECORD.json ROUNDS\n");
        return 2;
    }
    if (!g_file_get_contents(argv[1], &text, &length, &error))
        fail(error);
    g_autoptr(Document) document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    if (!document)
        fail(error);
    GThread *panel = g_thread_new("panel", draw_as_a_panel, NULL);
    for (int round = 0; round < strtol(argv[2], NULL, 10); round++)
        measure(document, text, length);
    g_atomic_int_set(&ending, 1);
    g_thread_join(panel);
    return 0;
}
