/* printer_times --config FILE --rounds N [--cancel]   how soon the driver sees what the printer
 * does
 *
 * Prints N jobs of four white sides, looking at each as often as the kiosk does, or cancels each as
 * soon as it is printing. One JSON object a job, monotonic clock of this machine in ms: `seen`,
 * when its end was seen; `asked`, when cancelling began; `told`, when it was over. */
#include "drivers/printer.h"
#include "firmware/base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDES 4
#define WIDTH_PX 3945
#define HEIGHT_PX 5669
#define PATIENCE_MS 20000

static struct {
    const PrinterDriver *driver;
    Printer *printer;
    int poll_ms;
} used;

static gboolean fill_white(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    (void)page;
    (void)y;
    memset(ret, 255, (gsize)rows * raster_stride(source));
    return TRUE;
}

static G_NORETURN void fail(const char *what, const GError *error)
{
    fprintf(stderr, "printer_times: %s: %s\n", what, error ? error->message : "");
    exit(1);
}

static void send_job(const char *name)
{
    g_autoptr(GError) error = NULL;
    RasterSource source = {.format = RASTER_GRAY8,
                           .pages = SIDES,
                           .dpi = 600,
                           .width_px = WIDTH_PX,
                           .height_px = HEIGHT_PX,
                           .fill = fill_white};
    const PrinterJob job = {.name = name,
                            .format = PRINTER_FORMAT_PWG,
                            .pages = &source,
                            .width_um = 167000,
                            .height_um = 240000,
                            .impressions = SIDES};
    if (used.driver->submit(used.printer, &job, NULL, &error) != SUBMIT_TAKEN)
        fail("submit", error);
}

/* Looks until the job is in `state`; when that was seen. */
static gint64 wait_for(const char *name, JobState state)
{
    gint64 patience_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (clock_monotonic_ms() < patience_ms) {
        PrinterJobStatus job;
        if (used.driver->get_job(used.printer, name, &job, NULL) && job.state == state)
            return clock_monotonic_ms();
        g_usleep((gulong)used.poll_ms * 1000);
    }
    fail(name, NULL);
}

static void print_job(const char *name)
{
    send_job(name);
    printf("{\"name\": \"%s\", \"seen\": %" G_GINT64_FORMAT "}\n", name,
           wait_for(name, JOB_STATE_COMPLETED));
}

static void cancel_job(const char *name)
{
    g_autoptr(GError) error = NULL;
    send_job(name);
    wait_for(name, JOB_STATE_PROCESSING);
    gint64 asked_ms = clock_monotonic_ms();
    if (!used.driver->cancel_job(used.printer, name, &error))
        fail("cancel", error);
    printf("{\"name\": \"%s\", \"asked\": %" G_GINT64_FORMAT ", \"told\": %" G_GINT64_FORMAT "}\n",
           name, asked_ms, clock_monotonic_ms());
}

int main(int argc, char **argv)
{
    char *path = NULL;
    int rounds = 0;
    gboolean cancel = FALSE;
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &path, "kiosk.conf", "FILE"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "jobs", "N"},
        {"cancel", 0, 0, G_OPTION_ARG_NONE, &cancel, "cancel each", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !path)
        fail("usage: --config FILE --rounds N [--cancel]", error);
    g_autoptr(Config) config = config_load(path, &error);
    if (!config)
        fail("config", error);
    used.driver = printer_driver_find(config_string(config, "printer", "driver"));
    used.printer = used.driver->open(config, &error);
    used.poll_ms = config_int(config, "printer", "poll_ms");
    if (!used.printer)
        fail("open", error);
    for (int i = 0; i < rounds; i++) {
        g_autofree char *name = g_strdup_printf("job-%d", i);
        if (cancel)
            cancel_job(name);
        else
            print_job(name);
    }
    used.driver->close(used.printer);
    g_free(path);
    return 0;
}
