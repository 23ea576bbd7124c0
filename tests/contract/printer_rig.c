#include "tests/contract/printer_rig.h"
#include "tests/harness/leaves.h"
#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

const PrinterDriver *rig_driver;

static struct {
    RigWay way;
    char *folder, *control, *spooler; /* spooler: its socket */
    int port, snmp_port;
    char uri[64];
    GPid printer;
} rig;

const char *rig_uri(void)
{
    return rig.uri;
}

int rig_port(void)
{
    return rig.port;
}

int rig_snmp_port(void)
{
    return rig.snmp_port;
}

const char *rig_spooler(void)
{
    return rig.spooler;
}

char *rig_certificate_sha256(void)
{
    g_autofree char *path = g_build_filename(rig.folder, "k", "localhost.crt", NULL);
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    char *base64 = strstr(text, "-----BEGIN CERTIFICATE-----") + 27;
    *strstr(base64, "-----END") = '\0';
    gsize length;
    g_autofree guchar *der = g_base64_decode(base64, &length);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, length);
}

static void start_printer(void)
{
    g_autofree char *keys = g_build_filename(rig.folder, "k", NULL);
    g_autofree char *spool = g_build_filename(rig.folder, "p", NULL);
    g_autofree char *pace = g_strdup_printf("%d", RIG_PAGE_MS);
    rig.control = g_build_filename(rig.folder, "ctl", NULL);
    const char *const argv[] = {g_getenv("VIRTUAL_PRINTER"),
                                "--spool",
                                spool,
                                "--control",
                                rig.control,
                                "--page-ms",
                                pace,
                                "--off-ms",
                                "100",
                                "--snmp",
                                "--keys",
                                keys,
                                NULL};
    g_mkdir(keys, 0700);
    g_autoptr(GError) error = NULL;
    int out = -1;
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &rig.printer, NULL, &out, NULL, &error))
        g_error("virtual printer: %s", error->message);
    char line[64] = "";
    FILE *ready = fdopen(out, "r");
    if (!ready || !fgets(line, sizeof line, ready) ||
        sscanf(line, "READY port=%d snmp=%d", &rig.port, &rig.snmp_port) != 2)
        g_error("virtual printer: not ready: %s", line);
    g_snprintf(rig.uri, sizeof rig.uri, "ipp://localhost:%d/ipp/print", rig.port);
    fclose(ready);
}

static char *spooler_script(const char *word, const char *uri, int *ret_status)
{
    g_autofree char *base = g_build_filename(rig.folder, "c", NULL);
    const char *const argv[] = {g_getenv("CUPSD_SCRIPT"), word, base, uri, NULL};
    char *out = NULL;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, &out, NULL, ret_status, NULL))
        *ret_status = -1;
    return out ? g_strstrip(out) : NULL;
}

static void start_spooler(void)
{
    int status;
    rig.spooler = spooler_script("start", rig.uri, &status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        rig_stop();
        exit(77);
    }
    if (status)
        g_error("spooler: did not start");
}

void rig_start(RigWay way)
{
    rig.way = way;
    rig.folder = g_dir_make_tmp("kpXXXXXX", NULL);
    if (!rig.folder || chmod(rig.folder, 0711))
        g_error("no temporary folder");
    start_printer();
    if (way == RIG_QUEUE)
        start_spooler();
}

void rig_stop(void)
{
    int status;
    if (rig.spooler)
        g_free(spooler_script("stop", NULL, &status));
    if (rig.printer) {
        kill(rig.printer, SIGTERM);
        waitpid(rig.printer, NULL, 0);
    }
    const char *const argv[] = {"rm", "-rf", rig.folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static char *ask(const char *command)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, rig.control, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    dprintf(fd, "%s\n", command);
    shutdown(fd, SHUT_WR);
    GString *answer = g_string_new(NULL);
    char part[4096];
    for (ssize_t n; (n = read(fd, part, sizeof part)) > 0;)
        g_string_append_len(answer, part, n);
    close(fd);
    return g_strstrip(g_string_free(answer, FALSE));
}

void rig_command(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *command = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *answer = ask(command);
    ck_assert_msg(!strcmp(answer, "ok"), "%s: %s", command, answer);
}

json_t *rig_status(void)
{
    g_autofree char *answer = ask("status");
    json_t *status = json_loads(answer, 0, NULL);
    ck_assert_msg(status != NULL, "%s", answer);
    return status;
}

int rig_sides(void)
{
    json_t *status = rig_status();
    int sides = (int)json_integer_value(json_object_get(status, "sides"));
    json_decref(status);
    return sides;
}

GBytes *rig_received(const char *job_name, int *ret_width_hmm, int *ret_height_hmm)
{
    json_t *status = rig_status(), *job;
    size_t i;
    char *bytes = NULL;
    gsize size = 0;
    json_array_foreach(json_object_get(status, "jobs"), i, job)
    {
        if (strcmp(json_string_value(json_object_get(job, "name")), job_name))
            continue;
        *ret_width_hmm = (int)json_integer_value(json_object_get(job, "width_hmm"));
        *ret_height_hmm = (int)json_integer_value(json_object_get(job, "height_hmm"));
        g_file_get_contents(json_string_value(json_object_get(job, "file")), &bytes, &size, NULL);
    }
    json_decref(status);
    return bytes ? g_bytes_new_take(bytes, size) : NULL;
}

void rig_pause_queue(void)
{
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "CUPS_SERVER", rig.spooler, TRUE);
    const char *const argv[] = {"/usr/sbin/cupsdisable", "kiosk", NULL};
    int status = -1;
    ck_assert(
        g_spawn_sync(NULL, (char **)argv, environment, 0, NULL, NULL, NULL, NULL, &status, NULL));
    ck_assert_int_eq(status, 0);
}

void rig_reset(void)
{
    static const char *const commands[] = {"clear",
                                           "state idle",
                                           "accepting 1",
                                           "reasons none",
                                           "counter ok",
                                           "page_ms 30",
                                           "media custom_leaf_167x240mm"};
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        rig_command("%s", commands[i]);
    Printer *printer = rig_open(5000);
    g_autoptr(GError) error = NULL;
    ck_assert_msg(rig_driver->cancel_others(printer, NULL, &error), "%s",
                  error ? error->message : "");
    rig_driver->close(printer);
    rig_command("forget");
}

Printer *rig_open(int timeout_ms)
{
    g_autoptr(Config) config = config_defaults();
    g_autoptr(GError) error = NULL;
    g_autofree char *timeout = g_strdup_printf("%d", timeout_ms);
    rig_driver = printer_driver_find("cups");
    ck_assert(config_set(config, "printer", "uri", rig.uri, &error));
    ck_assert(config_set(config, "printer", "timeout_ms", timeout, &error));
    if (rig.spooler)
        ck_assert(config_set(config, "printer", "cups_server", rig.spooler, &error));
    Printer *printer = rig_driver->open(config, &error);
    ck_assert_msg(printer != NULL, "%s", error ? error->message : "");
    return printer;
}

GBytes *rig_document(void)
{
    static GBytes *document;
    if (!document)
        document = leaves_pdf(RIG_SIDES);
    return document;
}
