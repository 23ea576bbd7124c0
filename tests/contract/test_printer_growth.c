/* Many jobs through one driver: neither memory nor descriptors grow. `test_printer_growth device`
 * or `queue`; the environment's PRINTER_JOBS says how many, 50 if it does not. */
#include "tests/contract/printer_rig.h"
#include "tests/harness/leaves.h"
#include "tests/testing.h"
#include <dirent.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARM_JOBS 10
#define DPI 300
#define HEAP_BYTES (64 * 1024)
#define RESIDENT_BYTES (2 * 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED TRUE /* memory is kept on purpose */
#else
#define SANITIZED FALSE
#endif

static RigWay way;
static Printer *printer;

typedef struct {
    gsize heap, resident; /* bytes */
    int descriptors;
} Footprint;

static Footprint measure(void)
{
    Footprint footprint = {.heap = mallinfo2().uordblks};
    g_autofree char *text = NULL;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        footprint.descriptors++;
    closedir(folder);
    ck_assert(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    footprint.resident =
        strtoul(strchr(text, ' '), NULL, 10) * (unsigned long)sysconf(_SC_PAGESIZE);
    return footprint;
}

static void wait_until_printed(const char *name)
{
    for (int i = 0; i < 2000; i++) {
        PrinterJobStatus job;
        ck_assert(rig_driver->get_job(printer, name, &job, NULL));
        if (job.state == JOB_STATE_COMPLETED)
            return;
        g_usleep(5000);
    }
    ck_abort_msg("%s does not end", name);
}

static void print_one(int number)
{
    RasterSource leaves = leaves_raster(RIG_SIDES, DPI);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("job-%d", number);
    const PrinterJob job = {.name = name,
                            .format = PRINTER_FORMAT_PWG,
                            .pages = &leaves,
                            .width_um = LEAF_WIDTH_UM,
                            .height_um = LEAF_HEIGHT_UM,
                            .impressions = RIG_SIDES};
    PrinterStatus status;
    ck_assert(rig_driver->cancel_others(printer, NULL, NULL));
    ck_assert(rig_driver->get_status(printer, &status, NULL));
    SubmitResult result = rig_driver->submit(printer, &job, NULL, &error);
    ck_assert_msg(result == SUBMIT_TAKEN, "%s: %s", name, error ? error->message : "");
    wait_until_printed(name);
    rig_command("forget");
}

/* Every fifth connection breaks: what is left behind then counts, too. */
static void disturb(int number)
{
    PrinterStatus status;
    if (number % 5)
        return;
    rig_command("net reset");
    rig_driver->get_status(printer, &status, NULL);
    rig_command("net ok");
}

START_TEST(memory_and_descriptors_do_not_grow_over_many_jobs)
{
    const char *wanted = g_getenv("PRINTER_JOBS");
    int jobs = wanted ? (int)strtol(wanted, NULL, 10) : 50, before = rig_sides();
    Footprint warm = {0};
    printer = rig_open(2000);
    rig_command("page_ms 0");
    for (int i = 1; i <= jobs; i++) {
        print_one(i);
        disturb(i);
        if (i == WARM_JOBS)
            warm = measure();
    }
    Footprint end = measure();
    ck_assert_int_eq(rig_sides() - before, jobs * RIG_SIDES);
    ck_assert_int_le(end.descriptors, warm.descriptors);
    ck_assert_msg(SANITIZED || end.heap <= warm.heap + HEAP_BYTES, "heap: %zu, then %zu bytes",
                  warm.heap, end.heap);
    ck_assert_msg(SANITIZED || end.resident <= warm.resident + RESIDENT_BYTES,
                  "resident: %zu, then %zu bytes", warm.resident, end.resident);
    g_print("%s: %d jobs, heap %+ld bytes, resident %+ld bytes, %d descriptors\n",
            way == RIG_QUEUE ? "queue" : "device", jobs, (long)end.heap - (long)warm.heap,
            (long)end.resident - (long)warm.resident, end.descriptors);
    rig_driver->close(printer);
}
END_TEST

int main(int argc, char **argv)
{
    TCase *tests = tcase_create("growth");
    way = argc > 1 && !strcmp(argv[1], "queue") ? RIG_QUEUE : RIG_DEVICE;
    rig_start(way);
    tcase_add_test(tests, memory_and_descriptors_do_not_grow_over_many_jobs);
    int status = testing_run(tests);
    rig_stop();
    return status;
}
