/* virtual_printer --spool DIR [--control SOCKET] [--port N] [--page-ms N] [--off-ms N] [--png]
 *                 [--late] [--lag-ms N] [--formats LIST] [--keys DIR] [--snmp]
 *
 * An IPP/2.0 printer on 127.0.0.1 for tests and demonstrations. Prints `READY port=N [snmp=N]` when
 * it listens. Keeps in DIR what it received (job-N.pdf or .pwg), events.jsonl, the page counter and
 * its UUID, and pictures of printed pages (job-N-page-M.png) with --png or on `rasterise`. A raster
 * is printed while it comes, page by page, unless --late. With --keys it speaks TLS as well, with
 * localhost.crt and .key of that folder, made and self-signed where there are none. With --snmp an
 * agent (community public) tells prtMarkerLifeCount on a port of its own, even when `counter` is
 * absent.
 *
 * Control socket, one command a line, answered with `ok`, `error: WHY` or JSON:
 *   page_ms N                    pace
 *   plan page=N fault=WORD [at|after] [once]
 *                                what happens before, at or after side N: media-empty wrong-media
 *                                jam door-open toner-empty toner-low stop stall abort cancel
 *                                power-cycle hang cable-out net-hang net-reset net-drip
 *                                counter-stuck counter-absent counter-lag counter-reset
 *                                completed-early job-vanishes other-printer
 *   clear                        no plan, no fault, no injection; network and counter are fine
 *   power-cycle                  off and on at once; answers when it is on again
 *   reasons KW[,KW] | none       standing printer-state-reasons
 *   media NAME[,NAME]            media-ready
 *   supply PERCENT               of toner; -1 other, -2 unknown, -3 some
 *   buffer N                     takes no more than N sides ahead of the paper; 0: all
 *   uuid                         from now on another one
 *   state idle|stopped           somebody presses pause
 *   accepting 0|1
 *   net ok|refuse|hang|reset|drip
 *   counter ok|stuck|absent|lag|reset
 *   lose OPERATION N             does it N times, but resets the connection instead of answering
 *   refuse OPERATION N           resets the connection without doing it
 *   fail OPERATION STATUS N      does not do it, answers with an IPP status in hex
 *   lie OPERATION STATUS N       does it, answers so nevertheless
 *   delay OPERATION MS N         does it late
 *   babble OPERATION N           does it, answers with noise
 *   drop BYTES                   the next document breaks off there
 *   forget                       finished jobs are forgotten
 *   reset                        as after the start: clear, and nothing set, no job
 *   rasterise                    pictures of all printed pages; answers when they are there
 *   status                       JSON
 *   quit
 */
#include "machine.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

void machine_new_uuid(Machine *machine)
{
    g_autofree char *random = g_uuid_string_random();
    g_snprintf(machine->uuid, sizeof machine->uuid, "urn:uuid:%s", random);
}

/* The printer's identity is made once for a folder. */
static void load_identity(Machine *machine)
{
    g_autofree char *uuid_file = g_build_filename(machine->spool, "uuid", NULL);
    g_autofree char *counter_file = g_build_filename(machine->spool, "counter", NULL);
    g_autofree char *uuid = NULL, *counter = NULL;
    machine_new_uuid(machine);
    if (g_file_get_contents(uuid_file, &uuid, NULL, NULL))
        g_strlcpy(machine->uuid, uuid, sizeof machine->uuid);
    else
        g_file_set_contents(uuid_file, machine->uuid, -1, NULL);
    if (g_file_get_contents(counter_file, &counter, NULL, NULL))
        machine->counter = g_ascii_strtoll(counter, NULL, 10);
}

static gboolean prepare(Machine *machine)
{
    g_autofree char *log = g_build_filename(machine->spool, "events.jsonl", NULL);
    g_mkdir_with_parents(machine->spool, 0700);
    machine->log = fopen(log, "ae");
    if (!machine->log) {
        perror(log);
        return FALSE;
    }
    g_mutex_init(&machine->mutex);
    g_cond_init(&machine->changed);
    machine->wake_fd = eventfd(0, EFD_CLOEXEC);
    machine->jobs = g_ptr_array_new_with_free_func(job_free);
    machine->injections = g_array_new(FALSE, FALSE, sizeof(Injection));
    machine->page_times_ms = g_array_new(FALSE, FALSE, sizeof(gint64));
    machine->connections = g_hash_table_new(NULL, NULL);
    machine->standing = g_strdup("");
    machine->media = g_strdup(MEDIA_LOADED);
    machine->next_id = 1;
    machine->accepting = TRUE;
    machine->net = NET_OK;
    machine->counter_mode = COUNTER_OK;
    machine->drop_bytes = -1;
    machine->up_since_ms = now_ms();
    load_identity(machine);
    return TRUE;
}

static int run(Machine *machine, int port, const char *control, gboolean snmp)
{
    int snmp_port = 0, listener = server_listen(port, &machine->port);
    if (listener < 0 || (snmp && !snmp_start(machine, &snmp_port)))
        return EXIT_FAILURE;
    capabilities_encode(machine);
    g_thread_unref(g_thread_new("engine", engine_run, machine));
    if (control && !control_start(machine, control))
        return EXIT_FAILURE;
    event_write(machine, "ready", json_pack("{s:i}", "port", machine->port));
    printf(snmp ? "READY port=%d snmp=%d\n" : "READY port=%d\n", machine->port, snmp_port);
    fflush(stdout);
    server_run(machine, listener);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static Machine machine = {.page_ms = 100, .off_ms = 300, .lag_ms = 700, .supply = 80};
    char *spool = NULL, *control = NULL, *formats = NULL, *keys = NULL;
    gboolean snmp = FALSE;
    int port = 0;
    const GOptionEntry entries[] = {
        {"spool", 0, 0, G_OPTION_ARG_FILENAME, &spool, "folder of everything it keeps", "DIR"},
        {"control", 0, 0, G_OPTION_ARG_FILENAME, &control, "control socket", "SOCKET"},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "port on 127.0.0.1, 0: any", "N"},
        {"page-ms", 0, 0, G_OPTION_ARG_INT, &machine.page_ms, "time of one side", "N"},
        {"off-ms", 0, 0, G_OPTION_ARG_INT, &machine.off_ms, "length of a power cycle", "N"},
        {"lag-ms", 0, 0, G_OPTION_ARG_INT, &machine.lag_ms, "how late a lagging counter is", "N"},
        {"png", 0, 0, G_OPTION_ARG_NONE, &machine.png, "pictures after each job", NULL},
        {"formats", 0, 0, G_OPTION_ARG_STRING, &formats, "separated by commas", "LIST"},
        {"late", 0, 0, G_OPTION_ARG_NONE, &machine.late, "prints no raster before it is whole",
         NULL},
        {"keys", 0, 0, G_OPTION_ARG_FILENAME, &keys, "folder of localhost.crt and .key", "DIR"},
        {"snmp", 0, 0, G_OPTION_ARG_NONE, &snmp, "an SNMP agent", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- an IPP printer for tests");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !spool || argc > 1) {
        fprintf(stderr, "virtual_printer: %s\n", error ? error->message : "--spool DIR is needed");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    machine.spool = spool;
    machine.formats = g_strsplit(formats ? formats : "application/pdf,image/pwg-raster", ",", -1);
    machine.tls = keys && cupsSetServerCredentials(keys, "localhost", 1);
    if (keys && !machine.tls) {
        fprintf(stderr, "virtual_printer: %s: no key\n", keys);
        return EXIT_FAILURE;
    }
    return prepare(&machine) ? run(&machine, port, control, snmp) : EXIT_FAILURE;
}
