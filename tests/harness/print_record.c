/* print_record --config FILE [--rounds N] [--pdf FILE] RECORD.json
 *
 * The way of a record to the printer, round after round: read, laid out, drawn and sent by the real
 * driver. One JSON object a round on standard output: `job` is the job's name, `start` in ms on the
 * monotonic clock when the record's text is there. --pdf: the same pages as they are archived. */
#include "firmware/base/clock.h"
#include "drivers/printer.h"
#include "tests/harness/record_way.h"
#include <stdio.h>
#include <stdlib.h>

#define LOOK_MS 20
#define LOOKS_MAX 3000

static struct {
    const PrinterDriver *driver;
    Printer *printer;
    RecordWay record;
    int dpi;
} way;

static void wait_for_end(const char *name)
{
    PrinterJobStatus job = {0};
    for (int i = 0; i < LOOKS_MAX && job.state != JOB_STATE_COMPLETED; i++) {
        g_autoptr(GError) error = NULL;
        if (!way.driver->get_job(way.printer, name, &job, &error))
            record_way_fail(error);
        g_usleep(LOOK_MS * 1000);
    }
}

static void print_once(int round)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("round-%d", round);
    gint64 start_ms = clock_monotonic_ms();
    g_autoptr(Pages) pages = record_way_lay_out(&way.record);
    g_autoptr(RasterSource) source = record_way_raster(pages, way.dpi);
    PrinterJob job = {.name = name,
                      .format = PRINTER_FORMAT_PWG,
                      .pages = source,
                      .impressions = pages_count(pages)};
    pages_leaf_um(pages, &job.width_um, &job.height_um);
    if (way.driver->submit(way.printer, &job, NULL, &error) != SUBMIT_TAKEN)
        record_way_fail(error);
    wait_for_end(name);
    printf("{\"job\": \"%s\", \"start\": %" G_GINT64_FORMAT "}\n", name, start_ms);
    fflush(stdout);
}

static void archive(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pages) pages = record_way_lay_out(&way.record);
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    if (!pdf || !g_file_set_contents(path, g_bytes_get_data(pdf, NULL),
                                     (gssize)g_bytes_get_size(pdf), &error))
        record_way_fail(error);
}

static void open_all(const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(file, &error);
    PrinterStatus status;
    if (!config)
        record_way_fail(error);
    way.driver = printer_driver_find("cups");
    way.printer = way.driver->open(config, &error);
    if (!way.printer || !way.driver->get_status(way.printer, &status, &error))
        record_way_fail(error);
    way.dpi = status.dpi;
}

int main(int argc, char **argv)
{
    char *file = NULL, *pdf = NULL;
    int rounds = 1;
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &file, "kiosk.conf", "FILE"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how many", "N"},
        {"pdf", 0, 0, G_OPTION_ARG_FILENAME, &pdf, "the archived form", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("RECORD.json");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !file || argc != 2)
        record_way_fail(error);
    record_way_open(&way.record, argv[1]);
    open_all(file);
    if (pdf)
        archive(pdf);
    for (int round = 0; round < rounds; round++)
        print_once(round);
    way.driver->close(way.printer);
    record_way_close(&way.record);
    return 0;
}
