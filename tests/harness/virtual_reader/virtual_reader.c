/* virtual_reader: an ID card reader on a virtual USB bus, for an unmodified program.
 *
 *     virtual_reader [options] -- PROGRAM ARGUMENT...   runs PROGRAM beside the reader
 *     virtual_reader [options] --env-file FILE          waits; PROGRAM is started by others
 *
 * The first form hands standard input, output and signals through and ends with the program's exit
 * status (128 + the signal's number when one ended it). In the second form FILE holds shell lines
 * that a program needs to see the bus; it appears when the reader is ready. */
#include "tests/harness/virtual_reader/control_socket.h"
#include "tests/harness/virtual_reader/usb_host.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PRELOAD "libumockdev-preload.so.0"
#define FIX "libumockdev_fix.so"

typedef struct {
    char *control_path, *env_path, *card, *transport;
    gboolean unplugged;
    char **orders; /* control lines done before anything else */
    char **program;
    UsbHost *host;
    ControlSocket *control;
    GMainLoop *loop;
    pid_t child; /* 0: none */
    int status;  /* of this program */
} VirtualReader;

static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGCHLD};

static gboolean read_options(VirtualReader *reader, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"control", 0, 0, G_OPTION_ARG_FILENAME, &reader->control_path,
         "socket for control lines; -: standard input, without a PROGRAM", "PATH"},
        {"env-file", 0, 0, G_OPTION_ARG_FILENAME, &reader->env_path,
         "write the client's environment there", "PATH"},
        {"card", 0, 0, G_OPTION_ARG_FILENAME, &reader->card, "card that lies on the reader",
         "FILE"},
        {"transport", 0, 0, G_OPTION_ARG_STRING, &reader->transport, "A, B (default) or C", "T"},
        {"unplugged", 0, 0, G_OPTION_ARG_NONE, &reader->unplugged, "start without the reader",
         NULL},
        {"do", 0, 0, G_OPTION_ARG_STRING_ARRAY, &reader->orders, "a control line to begin with",
         "LINE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &reader->program, NULL,
         "-- PROGRAM ARGUMENT..."},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_strict_posix(context, TRUE);
    gboolean ok = g_option_context_parse(context, &argc, &argv, &error);
    gboolean both = reader->program && !g_strcmp0(reader->control_path, "-");
    if (ok && !both && (reader->program || reader->env_path))
        return TRUE;
    fprintf(stderr, "virtual_reader: %s\n",
            error  ? error->message
            : both ? "--control -: standard input is the program's"
                   : "neither a program nor --env-file is given");
    return FALSE;
}

static char *preload(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    return g_strdup_printf("%s/%s:%s", folder, FIX, PRELOAD);
}

/* Whoever sees the file can start a client. */
static gboolean write_env(VirtualReader *reader)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *library = preload();
    g_autofree char *quoted = g_shell_quote(library);
    g_autofree char *folder = g_shell_quote(usb_host_folder(reader->host));
    g_autofree char *text =
        g_strdup_printf("export LD_PRELOAD=%s\nexport UMOCKDEV_DIR=%s\n", quoted, folder);
    if (g_file_set_contents(reader->env_path, text, -1, &error))
        return TRUE;
    fprintf(stderr, "virtual_reader: %s\n", error->message);
    return FALSE;
}

static gboolean do_order(VirtualReader *reader, const char *line)
{
    g_autofree char *answer = usb_host_control(reader->host, line);
    if (!strcmp(answer, "ok"))
        return TRUE;
    fprintf(stderr, "virtual_reader: %s: %s\n", line, answer);
    return FALSE;
}

static gboolean make_start_state(VirtualReader *reader)
{
    g_autofree char *transport =
        reader->transport ? g_strdup_printf("transport %s", reader->transport) : NULL;
    g_autofree char *card = reader->card ? g_strdup_printf("card %s", reader->card) : NULL;
    gboolean ok = (!transport || do_order(reader, transport)) && (!card || do_order(reader, card));
    for (char **line = reader->orders; ok && line && *line; line++)
        ok = do_order(reader, *line);
    return ok && (reader->unplugged || do_order(reader, "plug"));
}

static gboolean leave(gpointer user)
{
    VirtualReader *reader = user;
    if (reader->child)
        kill(reader->child, SIGTERM); /* its end ends the loop */
    else
        g_main_loop_quit(reader->loop);
    return G_SOURCE_REMOVE;
}

static char *answer(gpointer context, const char *line)
{
    VirtualReader *reader = context;
    if (strcmp(line, "quit") != 0)
        return usb_host_control(reader->host, line);
    g_idle_add(leave, reader); /* after the answer is out */
    return g_strdup("ok");
}

static void reap_child(VirtualReader *reader)
{
    int status;
    if (!reader->child || waitpid(reader->child, &status, WNOHANG) != reader->child)
        return;
    reader->child = 0;
    reader->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    g_main_loop_quit(reader->loop);
}

static gboolean on_signal(int fd, GIOCondition condition, gpointer user)
{
    (void)condition;
    VirtualReader *reader = user;
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != (gssize)sizeof info)
        return G_SOURCE_CONTINUE;
    if (info.ssi_signo == SIGCHLD)
        reap_child(reader);
    else if (!reader->child)
        g_main_loop_quit(reader->loop);
    else if (info.ssi_code <= 0) /* from a process; the terminal's reach the program by itself */
        kill(reader->child, (int)info.ssi_signo);
    return G_SOURCE_CONTINUE;
}

static void set_of_signals(sigset_t *ret)
{
    sigemptyset(ret);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaddset(ret, signals[i]);
}

static gboolean start_program(VirtualReader *reader)
{
    g_autofree char *library = preload();
    fflush(NULL);
    reader->child = fork();
    if (reader->child != 0)
        return reader->child > 0;
    sigset_t set;
    set_of_signals(&set);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setenv("LD_PRELOAD", library, TRUE);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    execvp(reader->program[0], reader->program);
    fprintf(stderr, "virtual_reader: %s: cannot be started\n", reader->program[0]);
    _exit(127);
}

static gboolean start(VirtualReader *reader)
{
    g_autoptr(GError) error = NULL;
    reader->host = usb_host_create();
    if (!make_start_state(reader))
        return FALSE;
    if (reader->control_path) {
        reader->control = control_socket_open(reader->control_path, answer, reader, &error);
        if (!reader->control) {
            fprintf(stderr, "virtual_reader: %s\n", error->message);
            return FALSE;
        }
    }
    if (reader->env_path && !write_env(reader))
        return FALSE;
    return !reader->program || start_program(reader);
}

static void run(VirtualReader *reader)
{
    sigset_t set;
    set_of_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL); /* before umockdev's thread begins: it inherits this */
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    reader->loop = g_main_loop_new(NULL, FALSE);
    guint source = g_unix_fd_add(fd, G_IO_IN, on_signal, reader);
    if (start(reader))
        g_main_loop_run(reader->loop);
    else
        reader->status = EXIT_FAILURE;
    g_source_remove(source);
    close(fd);
    if (reader->env_path)
        unlink(reader->env_path);
    control_socket_close(reader->control);
    usb_host_destroy(reader->host);
    g_main_loop_unref(reader->loop);
}

int main(int argc, char **argv)
{
    VirtualReader reader = {0};
    usb_host_preload(argv);
    if (!read_options(&reader, argc, argv))
        return 2;
    run(&reader);
    g_free(reader.control_path);
    g_free(reader.env_path);
    g_free(reader.card);
    g_free(reader.transport);
    g_strfreev(reader.orders);
    g_strfreev(reader.program);
    return reader.status;
}
