/* A second opinion: the driver on IPP servers of other people. `test_printer_peers ippeveprinter`
 * (the IPP Everywhere printer of CUPS) or `lprint` (a PAPPL printer, here one for labels).
 * Exit status 77 with a reason when it is not installed. */
#include "drivers/printer.h"
#include "firmware/base/clock.h"
#include "tests/testing.h"
#include <arpa/inet.h>
#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIDES 3
#define DPI 300
#define SKIPPED 77
#define START_S 20
#define END_S 5

typedef struct {
    const char *name, *path;
    const char *media;
    int width_um, height_um, width_px, height_px; /* of it, at DPI */
    const char *formats;                          /* that it takes of ours */
    gboolean counts;                              /* knows printer-impressions-completed */
} Other;

static const Other others[] = {
    {"ippeveprinter", "/ipp/print", "na_letter_8.5x11in", 215900, 279400, 2550, 3300, "pwg pdf",
     FALSE},
    {"lprint", "/ipp/print/kiosk", "na_index-4x6_4x6in", 101600, 152400, 1200, 1800, "pwg", TRUE},
};

static struct {
    const Other *other;
    char *folder;
    int port;
    GPid pid;
    int sink_fd, sink_port; /* what the label printer is sent */
    gint labels;
} rig;

static const PrinterDriver *driver;

/* A socket on a free port of the loopback interface. */
static int listen_somewhere(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, length) || listen(fd, 4) ||
        getsockname(fd, (struct sockaddr *)&address, &length))
        g_error("no port: %m");
    *ret_port = ntohs(address.sin_port);
    return fd;
}

/* Counts EPL2's command that prints a label. */
static gpointer take_labels(gpointer data)
{
    static const char mark[] = "P1\n";
    (void)data;
    for (int fd; (fd = accept(rig.sink_fd, NULL, NULL)) >= 0; close(fd)) {
        char part[65536];
        int matched = 0;
        for (ssize_t n; (n = read(fd, part, sizeof part)) > 0;)
            for (ssize_t i = 0; i < n; i++) {
                matched = part[i] == mark[matched] ? matched + 1 : part[i] == mark[0];
                if (matched == (int)strlen(mark)) {
                    g_atomic_int_inc(&rig.labels);
                    matched = 0;
                }
            }
    }
    return NULL;
}

static void end_program(void)
{
    const char *const remove[] = {"rm", "-rf", rig.folder, NULL};
    if (rig.pid) {
        kill(rig.pid, SIGTERM);
        for (int i = 0; i < END_S * 50 && waitpid(rig.pid, NULL, WNOHANG) == 0; i++)
            g_usleep(20000);
        kill(rig.pid, SIGKILL); /* a no-op when it has ended */
        waitpid(rig.pid, NULL, 0);
    }
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void give_up(const char *who, const char *why)
{
    g_printerr("%s: %s\n", who, why ? why : "");
    end_program();
    exit(1);
}

static gboolean answers(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((guint16)rig.port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean connected = !connect(fd, (struct sockaddr *)&address, sizeof address);
    close(fd);
    return connected;
}

static void start(char **argv, char **environment)
{
    g_autoptr(GError) error = NULL;
    close(listen_somewhere(&rig.port));
    g_autofree char *port = g_strdup_printf("%d", rig.port);
    for (char **word = argv; *word; word++)
        if (strstr(*word, "PORT")) {
            g_auto(GStrv) parts = g_strsplit(*word, "PORT", 2);
            g_free(*word);
            *word = g_strconcat(parts[0], port, parts[1], NULL);
        }
    if (!g_spawn_async(rig.folder, argv, environment,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                           G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, &rig.pid, &error))
        g_error("%s", error->message);
    for (int i = 0; i < START_S * 50 && !answers(); i++)
        g_usleep(20000);
    if (!answers())
        give_up(argv[0], "does not start");
}

/* Its command takes the document; without one a job lasts 5 to 15 s. */
static void start_ippeveprinter(const char *path)
{
    static const char script[] = "#!/bin/sh\ncp \"$1\" \"$(dirname \"$0\")/received\"\n"
                                 "echo 'ATTR: job-impressions-completed=3' >&2\n";
    g_autofree char *command = g_build_filename(rig.folder, "take", NULL);
    g_autofree char *line = g_strdup_printf(
        "%s -r off -n localhost -p PORT -d %s -K %s -f application/pdf,image/pwg-raster -2 -s 30,0 "
        "-c %s Second",
        path, rig.folder, rig.folder, command);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_auto(GStrv) environment =
        g_environ_setenv(g_get_environ(), "LD_PRELOAD", g_getenv("NO_AVAHI"), TRUE);
    if (!g_file_set_contents(command, script, -1, NULL))
        g_error("no %s", command);
    g_chmod(command, 0755);
    start(argv, environment);
}

/* Where an lprint takes orders: root's place, or a person's own. */
static gboolean lprint_listens(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/lprint.sock"};
    if (getuid())
        g_snprintf(address.sun_path, sizeof address.sun_path, "%s/lprint%d.sock", folder,
                   (int)getuid());
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean listens = !connect(fd, (const struct sockaddr *)&address, sizeof address);
    close(fd);
    return listens;
}

/* An order that finds nobody would start a server of its own, which nobody ends. */
static void start_lprint(const char *path)
{
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "HOME", rig.folder, TRUE);
    environment = g_environ_setenv(environment, "TMPDIR", rig.folder, TRUE);
    g_autofree char *line = g_strdup_printf(
        "%s server -o server-port=PORT -o server-hostname=localhost -o server-options=none "
        "-o spool-directory=%s/spool -o log-file=%s/log",
        path, rig.folder, rig.folder);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    start(argv, environment);
    for (int i = 0; i < START_S * 50 && !lprint_listens(rig.folder); i++)
        g_usleep(20000);
    if (!lprint_listens(rig.folder))
        give_up("lprint", "takes no orders");
    rig.sink_fd = listen_somewhere(&rig.sink_port);
    g_thread_unref(g_thread_new("labels", take_labels, NULL));
    g_autofree char *add = g_strdup_printf(
        "timeout 20 %s add -d kiosk -m epl2_4inch-300dpi-dt -v socket://localhost:%d", path, rig.sink_port);
    g_auto(GStrv) add_argv = g_strsplit(add, " ", -1);
    g_autofree char *said = NULL;
    int status = -1;
    if (!g_spawn_sync(rig.folder, add_argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
                      &status, NULL) ||
        status)
        give_up("lprint add", said);
}

/* Where it is, or NULL with a reason why it cannot take part. */
static char *find_program(const Other *other)
{
    g_autofree char *beside = g_strdup_printf("/usr/sbin/%s", other->name);
    char *path = g_find_program_in_path(other->name);
    if (!path && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        path = g_steal_pointer(&beside);
    if (!path)
        g_print("%s is not installed\n", other->name);
    /* an lprint that serves this machine would be told to add our printer */
    if (!path || !other->counts || !lprint_listens(g_get_tmp_dir()))
        return path;
    g_print("%s serves this machine already\n", other->name);
    g_free(path);
    return NULL;
}

static Printer *open_driver(const char *format)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    g_autofree char *uri = g_strdup_printf("ipp://localhost:%d%s", rig.port, rig.other->path);
    driver = printer_driver_find("cups");
    ck_assert(config_set(config, "printer", "uri", uri, &error));
    ck_assert(config_set(config, "printer", "timeout_ms", "5000", &error));
    ck_assert(config_set(config, "printer", "media", rig.other->media, &error));
    ck_assert(config_set(config, "printer", "format", format, &error));
    ck_assert(config_set(config, "printer", "dpi_max", "300", &error));
    return driver->open(config, &error);
}

static gboolean fill(RasterSource *source, int page, int y, int rows, guint8 *ret)
{
    gsize stride = raster_stride(source);
    for (int row = 0; row < rows; row++)
        memset(ret + (gsize)row * stride, (y + row) / 100 % 2 ? 255 : page * 60, stride);
    return TRUE;
}

static GBytes *make_pdf(void)
{
    g_autofree char *path = g_build_filename(rig.folder, "sides.pdf", NULL);
    char *bytes;
    gsize size;
    cairo_surface_t *surface = cairo_pdf_surface_create(path, 612, 792);
    cairo_t *cr = cairo_create(surface);
    for (int side = 0; side < SIDES; side++) {
        cairo_rectangle(cr, 50, 50 + side * 100, 300, 80);
        cairo_fill(cr);
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    ck_assert(g_file_get_contents(path, &bytes, &size, NULL));
    return g_bytes_new_take(bytes, size);
}

static PrinterJobStatus wait_for_end(Printer *printer, const char *name)
{
    PrinterJobStatus job = {0};
    gint64 until_ms = clock_monotonic_ms() + 30000;
    while (job.state != JOB_STATE_COMPLETED && clock_monotonic_ms() < until_ms) {
        ck_assert(driver->get_job(printer, name, &job, NULL));
        ck_assert_int_ne(job.state, JOB_STATE_ABORTED);
        g_usleep(20000);
    }
    ck_assert_msg(job.state == JOB_STATE_COMPLETED, "%s", job_state_word(job.state));
    return job;
}

static void check_received(const PrinterSent *sent)
{
    g_autofree char *path = g_build_filename(rig.folder, "received", NULL);
    g_autofree char *bytes = NULL;
    guint8 digest[32];
    gsize size, length = sizeof digest;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    ck_assert(g_file_get_contents(path, &bytes, &size, NULL));
    g_checksum_update(checksum, (guchar *)bytes, (gssize)size);
    g_checksum_get_digest(checksum, digest, &length);
    ck_assert_int_eq(sent->bytes, (gint64)size);
    ck_assert_mem_eq(digest, sent->sha256, sizeof digest);
}

static void print_as(const char *format)
{ /* the format is the job's name, too */
    g_autoptr(GError) error = NULL;
    gboolean pwg = !strcmp(format, "pwg");
    RasterSource pages = {.format = RASTER_GRAY8,
                          .pages = SIDES,
                          .dpi = DPI,
                          .width_px = rig.other->width_px,
                          .height_px = rig.other->height_px,
                          .fill = fill};
    g_autoptr(GBytes) pdf = pwg ? NULL : make_pdf();
    const PrinterJob job = {.name = format,
                            .format = pwg ? PRINTER_FORMAT_PWG : PRINTER_FORMAT_PDF,
                            .document = pdf,
                            .pages = pwg ? &pages : NULL,
                            .width_um = rig.other->width_um,
                            .height_um = rig.other->height_um,
                            .impressions = SIDES};
    PrinterStatus before, after;
    PrinterSent sent;
    Printer *printer = open_driver(format);
    ck_assert_msg(driver->get_status(printer, &before, &error), "%s", error ? error->message : "");
    ck_assert_str_eq(before.setup_error, "");
    ck_assert_int_eq(before.state, PRINTER_STATE_IDLE);
    ck_assert_int_eq(before.format, job.format);
    ck_assert_int_eq(before.media_ready, TRI_YES);
    ck_assert(*before.uuid && printer_can_print(&before) && printer_is_clean(&before));
    ck_assert(driver->cancel_others(printer, NULL, NULL));
    SubmitResult result = driver->submit(printer, &job, &sent, &error);
    ck_assert_msg(result == SUBMIT_TAKEN, "%s", error ? error->message : "");
    PrinterJobStatus end = wait_for_end(printer, format);
    ck_assert_int_eq(end.impressions, SIDES);
    ck_assert(driver->get_status(printer, &after, NULL));
    if (rig.other->counts)
        ck_assert_int_eq(after.impressions - before.impressions, SIDES);
    else
        check_received(&sent);
    ck_assert_str_eq(after.uuid, before.uuid);
    driver->close(printer);
}

START_TEST(a_job_is_taken_followed_to_its_end_and_whole)
{
    g_auto(GStrv) formats = g_strsplit(rig.other->formats, " ", -1);
    for (char **format = formats; *format; format++)
        print_as(*format);
}
END_TEST

int main(int argc, char **argv)
{
    rig.other = &others[argc > 1 && !strcmp(argv[1], "lprint")];
    rig.sink_fd = -1;
    g_autofree char *path = find_program(rig.other);
    if (!path)
        return SKIPPED;
    rig.folder = g_dir_make_tmp("kpeerXXXXXX", NULL);
    if (rig.other->counts)
        start_lprint(path);
    else
        start_ippeveprinter(path);
    TCase *tests = tcase_create("printer peers");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_job_is_taken_followed_to_its_end_and_whole);
    int status = testing_run(tests); /* in a process of its own: labels arrive in this one */
    for (int i = 0; i < 100 && rig.sink_fd >= 0 && g_atomic_int_get(&rig.labels) < SIDES; i++)
        g_usleep(20000);
    if (rig.sink_fd >= 0 && g_atomic_int_get(&rig.labels) != SIDES)
        give_up("the label printer", "was not sent a label for every page");
    end_program();
    return status;
}
