#include "ui/speech.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/base/queue.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MS 2000 /* longest wait for an answer of the server */
#define AGAIN_MS 10000 /* pause before a server that was not there is asked for again */
#define WAITING_MAX 8  /* sentences; the next ones are dropped */
#define ANSWER_LINE_MAX 512

struct Speech {
    Worker *worker;
    char *path;
    gint waiting; /* atomic: sentences in the queue */
    int socket;   /* the members from here on are the worker's */
    gint64 tried_ms;
    gboolean told; /* the log knows that there is no server */
    char line[ANSWER_LINE_MAX];
    gsize filled;
};

typedef struct {
    Speech *speech;
    char *text;
    Language language;
    int volume;
} Sentence;

static void free_sentence(gpointer data)
{
    Sentence *sentence = data;
    g_atomic_int_add(&sentence->speech->waiting, -1);
    secret_free(sentence->text);
    g_free(sentence);
}

static void hang_up(Speech *speech)
{
    if (speech->socket >= 0)
        close(speech->socket);
    speech->socket = -1;
    speech->filled = 0;
}

static gboolean wait_for(int fd, short events, gint64 deadline_ms)
{
    struct pollfd one = {fd, events, 0};
    gint64 left_ms = deadline_ms - clock_monotonic_ms();
    return left_ms > 0 && (poll(&one, 1, (int)left_ms) == 1 || errno == EINTR);
}

static gboolean send_all(Speech *speech, const char *bytes, gsize length, gint64 deadline_ms)
{
    while (length > 0) {
        if (!wait_for(speech->socket, POLLOUT, deadline_ms))
            return FALSE;
        ssize_t sent = send(speech->socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return FALSE;
        bytes += MAX(sent, 0);
        length -= (gsize)MAX(sent, 0);
    }
    return TRUE;
}

/* The next line without its end; a line that is too long ends the conversation. */
static gboolean read_line(Speech *speech, char ret[ANSWER_LINE_MAX], gint64 deadline_ms)
{
    for (;;) {
        char *end = memchr(speech->line, '\n', speech->filled);
        if (end) {
            gsize length = (gsize)(end - speech->line);
            memcpy(ret, speech->line, length);
            ret[length] = '\0';
            speech->filled -= length + 1;
            memmove(speech->line, end + 1, speech->filled);
            return TRUE;
        }
        if (speech->filled == ANSWER_LINE_MAX || !wait_for(speech->socket, POLLIN, deadline_ms))
            return FALSE;
        ssize_t got = recv(speech->socket, speech->line + speech->filled,
                           ANSWER_LINE_MAX - speech->filled, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return FALSE;
        speech->filled += (gsize)MAX(got, 0);
    }
}

/* Reads an answer to its end: the line with a blank behind its code. TRUE when the code is 2xx;
 * events, 7xx, are passed over. */
static gboolean read_answer(Speech *speech, gint64 deadline_ms)
{
    char line[ANSWER_LINE_MAX];
    while (read_line(speech, line, deadline_ms))
        if (strlen(line) >= 4 && line[3] == ' ' && line[0] != '7')
            return line[0] == '2';
    return FALSE;
}

static gboolean ask(Speech *speech, const char *command)
{
    gint64 deadline_ms = clock_monotonic_ms() + ANSWER_MS;
    return send_all(speech, command, strlen(command), deadline_ms) &&
           send_all(speech, "\r\n", 2, deadline_ms) && read_answer(speech, deadline_ms);
}

/* The lines of `text`, those that begin with a dot with one more, and the end. */
static char *stuff(const char *text)
{
    GString *stuffed = g_string_sized_new(strlen(text) + 16);
    gboolean begins = TRUE;
    for (; *text; text++) {
        if (begins && *text == '.')
            g_string_append_c(stuffed, '.');
        begins = *text == '\n';
        if (begins)
            g_string_append_c(stuffed, '\r');
        if (begins || !g_ascii_iscntrl(*text))
            g_string_append_c(stuffed, *text);
    }
    g_string_append(stuffed, "\r\n.");
    return g_string_free(stuffed, FALSE);
}

static gboolean call_up(Speech *speech)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gint64 now_ms = clock_monotonic_ms();
    if (speech->socket >= 0)
        return TRUE;
    if (speech->tried_ms && now_ms - speech->tried_ms < AGAIN_MS)
        return FALSE;
    speech->tried_ms = now_ms;
    speech->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean fits = g_strlcpy(address.sun_path, speech->path, sizeof address.sun_path) <
                    sizeof address.sun_path;
    gboolean there = speech->socket >= 0 && fits &&
                     !connect(speech->socket, (struct sockaddr *)&address, sizeof address) &&
                     ask(speech, "SET SELF CLIENT_NAME kiosk:panel:main") &&
                     ask(speech, "SET SELF PRIORITY MESSAGE");
    if (!there && !speech->told)
        log_info("ui", "speech is off: no speech-dispatcher at %s", speech->path);
    if (there && speech->told)
        log_info("ui", "speech is on again");
    speech->told = !there;
    if (!there)
        hang_up(speech);
    return there;
}

static gboolean speak(Speech *speech, const Sentence *sentence)
{
    if (!*sentence->text)
        return ask(speech, "CANCEL SELF");
    g_autofree char *volume =
        g_strdup_printf("SET SELF VOLUME %d", CLAMP(sentence->volume, 0, 100) * 2 - 100);
    char *stuffed = stuff(sentence->text);
    gboolean said = ask(speech, "CANCEL SELF") && ask(speech, volume) &&
                    ask(speech, sentence->language == LANGUAGE_EN ? "SET SELF LANGUAGE en"
                                                                  : "SET SELF LANGUAGE zh") &&
                    ask(speech, "SPEAK") && ask(speech, stuffed);
    secret_free(stuffed);
    return said;
}

static void handle(gpointer context, Message *request)
{
    Speech *speech = context;
    const Sentence *sentence = request->payload;
    if (!call_up(speech) || speak(speech, sentence))
        return;
    log_warn("ui", "speech-dispatcher did not take a sentence; it is called again later");
    hang_up(speech);
}

static void finish(gpointer context)
{
    hang_up(context);
}

static const WorkerRole role = {.handle = handle, .close = finish};

static char *usual_path(void)
{
    const char *address = g_getenv("SPEECHD_ADDRESS");
    if (address && g_str_has_prefix(address, "unix_socket:"))
        return g_strdup(address + strlen("unix_socket:"));
    return g_build_filename(g_get_user_runtime_dir(), "speech-dispatcher", "speechd.sock", NULL);
}

Speech *speech_start(const char *socket_path)
{
    Speech *speech = g_new0(Speech, 1);
    speech->socket = -1;
    speech->path = *socket_path ? g_strdup(socket_path) : usual_path();
    speech->worker = worker_start("speech", &role, speech);
    return speech;
}

void speech_stop(Speech *speech)
{
    if (!speech)
        return;
    worker_stop(speech->worker);
    g_free(speech->path);
    g_free(speech);
}

void speech_say(Speech *speech, char *text, Language language, int volume)
{
    Sentence *sentence = g_new0(Sentence, 1);
    *sentence = (Sentence){speech, text, language, volume};
    if (g_atomic_int_add(&speech->waiting, 1) >= WAITING_MAX)
        free_sentence(sentence);
    else
        worker_request(speech->worker, 1, sentence, free_sentence);
}
