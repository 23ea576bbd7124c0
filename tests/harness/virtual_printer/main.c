/* virtual_printer --spool DIR [--control SOCKET] [--port N] [--page-ms N] [--off-ms N] [--png]
 *                 [--formats LIST]
 *
 * An IPP/2.0 printer on 127.0.0.1 for tests and demonstrations. Prints `READY port=N` when it
 * listens. Keeps in DIR what it received (job-N.pdf or .pwg), events.jsonl, the page counter and
 * its UUID, and pictures of printed pages (job-N-page-M.png) with --png or on `rasterise`.
 *
 * Control socket, one command a line, answered with `ok`, `error: WHY` or JSON:
 *   page_ms N                    pace
 *   plan page=N fault=media-empty|jam|door-open|toner-empty|stop|abort|power-cycle|hang|cancel
 *        [after] [once]          what happens before (after) side N
 *   clear                        no plan, no fault, no injection; the network is fine again
 *   reasons KW[,KW] | none       standing printer-state-reasons
 *   media NAME[,NAME]            media-ready
 *   state idle|stopped           somebody presses pause
 *   accepting 0|1
 *   net ok|refuse|hang|reset|drip
 *   counter ok|stuck|absent|lag|reset
 *   lose OPERATION N             does it, but resets the connection instead of answering
 *   fail OPERATION STATUS N      answers with an IPP status in hex
 *   drop BYTES                   the next document breaks off there
 *   forget                       finished jobs are forgotten
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

/* The printer's identity is made once for a folder. */
static void load_identity(Machine *machine)
{
    g_autofree char *uuid_file = g_build_filename(machine->spool, "uuid", NULL);
    g_autofree char *counter_file = g_build_filename(machine->spool, "counter", NULL);
    g_autofree char *uuid = NULL, *counter = NULL;
    if (!g_file_get_contents(uuid_file, &uuid, NULL, NULL)) {
        g_autofree char *random = g_uuid_string_random();
        uuid = g_strconcat("urn:uuid:", random, NULL);
        g_file_set_contents(uuid_file, uuid, -1, NULL);
    }
    g_strlcpy(machine->uuid, uuid, sizeof machine->uuid);
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
    machine->media = g_strdup("custom_leaf_167x240mm");
    machine->next_id = 1;
    machine->accepting = TRUE;
    machine->net = NET_OK;
    machine->counter_mode = COUNTER_OK;
    machine->drop_bytes = -1;
    machine->up_since_ms = now_ms();
    load_identity(machine);
    return TRUE;
}

static int run(Machine *machine, int port, const char *control)
{
    int listener = server_listen(port, &machine->port);
    if (listener < 0)
        return EXIT_FAILURE;
    capabilities_encode(machine);
    g_thread_unref(g_thread_new("engine", engine_run, machine));
    if (control && !control_start(machine, control))
        return EXIT_FAILURE;
    event_write(machine, "ready", json_pack("{s:i}", "port", machine->port));
    printf("READY port=%d\n", machine->port);
    fflush(stdout);
    server_run(machine, listener);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static Machine machine = {.page_ms = 100, .off_ms = 300};
    char *spool = NULL, *control = NULL;
    char *formats = NULL;
    int port = 0;
    const GOptionEntry entries[] = {
        {"spool", 0, 0, G_OPTION_ARG_FILENAME, &spool, "folder of everything it keeps", "DIR"},
        {"control", 0, 0, G_OPTION_ARG_FILENAME, &control, "control socket", "SOCKET"},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "port on 127.0.0.1, 0: any", "N"},
        {"page-ms", 0, 0, G_OPTION_ARG_INT, &machine.page_ms, "time of one side", "N"},
        {"off-ms", 0, 0, G_OPTION_ARG_INT, &machine.off_ms, "length of a power cycle", "N"},
        {"png", 0, 0, G_OPTION_ARG_NONE, &machine.png, "pictures after each job", NULL},
        {"formats", 0, 0, G_OPTION_ARG_STRING, &formats, "separated by commas", "LIST"},
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
    return prepare(&machine) ? run(&machine, port, control) : EXIT_FAILURE;
}
