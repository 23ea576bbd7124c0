/* A document as it comes: kept in a file, and a raster read page by page while it comes, so that
 * paper moves before the last byte is here. */
#include "machine.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    Machine *machine;
    http_t *http;
    int id, fd;
    gint64 total, drop, first_ms, last_ms; /* of the first and last byte */
    gboolean ended, gone;                  /* nothing more comes: by the rules, or not */
} Receiver;

/* httpRead2 gives 0 for the last part and for a broken connection alike. */
static gboolean is_peer_gone(http_t *http)
{
    char byte;
    ssize_t n = recv(httpGetFd(http), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

static ssize_t take(void *context, unsigned char *buffer, size_t size)
{
    Receiver *receiver = context;
    if (receiver->ended || receiver->gone)
        return 0;
    ssize_t n = httpRead2(receiver->http, (char *)buffer, size);
    if (!receiver->first_ms)
        receiver->first_ms = now_ms();
    receiver->ended = n == 0 && !is_peer_gone(receiver->http);
    if (n > 0 && write(receiver->fd, buffer, (size_t)n) == n)
        receiver->total += n;
    else
        receiver->gone = !receiver->ended;
    if (receiver->drop < 0 || receiver->total < receiver->drop)
        return receiver->gone ? 0 : n;
    receiver->gone = TRUE;
    return (ssize_t)MAX(n - (receiver->total - receiver->drop), 0);
}

/* NULL: it is over, whatever comes still. */
static Job *find_open(const Receiver *receiver)
{
    Job *job = job_find(receiver->machine, receiver->id);
    return job && !job_is_done(job) && !job->cancelled ? job : NULL;
}

/* A page is here; a printer with a small memory reads on when paper has come out. */
static gboolean take_page(gpointer context, int page)
{
    const Receiver *receiver = context;
    Machine *machine = receiver->machine;
    g_mutex_lock(&machine->mutex);
    Job *job = find_open(receiver);
    if (job)
        job->arrived = page;
    event_write(machine, "raster", json_pack("{s:i, s:i}", "job", receiver->id, "page", page));
    g_cond_broadcast(&machine->changed);
    while (job && machine->buffer_sides && job->arrived - job->printed >= machine->buffer_sides) {
        g_cond_wait(&machine->changed, &machine->mutex);
        job = find_open(receiver);
    }
    g_mutex_unlock(&machine->mutex);
    return job != NULL;
}

static ssize_t read_file(void *context, unsigned char *buffer, size_t size)
{
    return read(*(int *)context, buffer, size);
}

static int count_pages(const char *file, const char *format)
{
    if (!document_is_raster(format))
        return document_count_pdf(file);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    int pages = fd < 0 ? -1 : document_walk_raster(read_file, &fd, "", 0, 0, NULL, NULL);
    if (fd >= 0)
        close(fd);
    return pages;
}

/* The number of sides, -1: broken. */
static int receive_sides(Receiver *receiver, const char *file, const char *format)
{
    unsigned char part[65536];
    int sides = 0;
    gboolean streams = document_is_raster(format) && !receiver->machine->late;
    if (streams)
        sides = document_walk_raster(take, receiver, "", 0, 0, take_page, receiver);
    while (take(receiver, part, sizeof part) > 0)
        continue;
    receiver->last_ms = now_ms();
    return streams ? sides : receiver->gone ? -1 : count_pages(file, format);
}

static void begin(Machine *machine, int id, const char *file, const char *format)
{
    g_mutex_lock(&machine->mutex);
    Job *job = job_find(machine, id);
    if (job && job->state == IPP_JSTATE_HELD) {
        g_strlcpy(job->format, format, sizeof job->format);
        job->file = g_strdup(file);
        job->state = IPP_JSTATE_PENDING;
    }
    g_mutex_unlock(&machine->mutex);
}

static void end(const Receiver *receiver, const char *file, const char *format, int sides)
{
    Machine *machine = receiver->machine;
    g_mutex_lock(&machine->mutex);
    Job *job = job_find(machine, receiver->id);
    event_write(
        machine, "document",
        json_pack("{s:i, s:s, s:s, s:I, s:I, s:I}", "job", receiver->id, "format", format, "file",
                  file, "bytes", (json_int_t)(receiver->gone ? -1 : receiver->total), "first_ms",
                  (json_int_t)receiver->first_ms, "last_ms", (json_int_t)receiver->last_ms));
    if (job) {
        job->bytes = receiver->gone ? -1 : receiver->total;
        job->broken = receiver->gone || sides < 0;
        job->arrived = MAX(job->arrived, sides);
        job->ended = TRUE;
    }
    if (job && job->broken && !job->arrived && job->id != machine->printing && !job_is_done(job))
        job_end(machine, job, IPP_JSTATE_ABORTED,
                receiver->gone ? "submission-interrupted" : "document-format-error");
    g_cond_broadcast(&machine->changed);
    g_mutex_unlock(&machine->mutex);
}

static gint64 take_drop(Machine *machine)
{
    g_mutex_lock(&machine->mutex);
    gint64 drop = machine->drop_bytes;
    machine->drop_bytes = -1;
    g_mutex_unlock(&machine->mutex);
    return drop;
}

gboolean receive_document(Machine *machine, http_t *http, int id, const char *format)
{
    g_autofree char *file = g_strdup_printf("%s/job-%d.%s", machine->spool, id,
                                            document_is_raster(format) ? "pwg" : "pdf");
    Receiver receiver = {.machine = machine, .http = http, .id = id, .drop = take_drop(machine)};
    receiver.fd = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    receiver.gone = receiver.fd < 0;
    begin(machine, id, file, format);
    end(&receiver, file, format, receive_sides(&receiver, file, format));
    if (receiver.fd >= 0)
        close(receiver.fd);
    if (receiver.gone)
        connection_reset(http);
    return !receiver.gone;
}
