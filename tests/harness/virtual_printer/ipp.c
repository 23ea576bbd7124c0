/* IPP/2.0 operations (RFC 8011). */
#include "machine.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    Machine *machine;
    http_t *http;
    ipp_t *in, *out;
    cups_array_t *wanted; /* NULL: everything */
    gboolean broken;      /* the connection is of no more use */
} Request;

static void answer(Request *request, ipp_status_t status, const char *text)
{
    ippSetStatusCode(request->out, status);
    ippAddString(request->out, IPP_TAG_OPERATION, IPP_TAG_TEXT, "status-message", NULL, text);
}

static void flush(Request *request)
{
    if (httpGetState(request->http) == HTTP_STATE_POST_RECV)
        httpFlush(request->http);
}

static int job_id_of(const Request *request)
{
    ipp_attribute_t *id = ippFindAttribute(request->in, "job-id", IPP_TAG_INTEGER);
    ipp_attribute_t *uri = ippFindAttribute(request->in, "job-uri", IPP_TAG_URI);
    const char *text = uri ? strrchr(ippGetString(uri, 0, NULL), '/') : NULL;
    if (id)
        return ippGetInteger(id, 0);
    return text ? (int)strtol(text + 1, NULL, 10) : 0;
}

static const char *word_of(const Request *request, const char *name, const char *fallback)
{
    ipp_attribute_t *attribute = ippFindAttribute(request->in, name, IPP_TAG_ZERO);
    const char *text = attribute ? ippGetString(attribute, 0, NULL) : NULL;
    return text ? text : fallback;
}

/* httpRead2 gives 0 for the last part and for a broken connection alike. */
static gboolean is_peer_gone(http_t *http)
{
    char byte;
    ssize_t n = recv(httpGetFd(http), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

static gint64 take_drop(Machine *machine)
{
    g_mutex_lock(&machine->mutex);
    gint64 drop = machine->drop_bytes;
    machine->drop_bytes = -1;
    g_mutex_unlock(&machine->mutex);
    return drop;
}

/* Bytes written to `file`, -1 if the connection broke before the end. */
static gint64 receive(Request *request, const char *file)
{
    char part[65536];
    ssize_t n = 0;
    gint64 total = 0, drop = take_drop(request->machine);
    int fd = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    while (fd >= 0 && (n = httpRead2(request->http, part, sizeof part)) > 0) {
        if (write(fd, part, (size_t)n) != n)
            break;
        total += n;
        if (drop >= 0 && total >= drop)
            break;
    }
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && n == 0 && !is_peer_gone(request->http))
        return total;
    connection_reset(request->http);
    request->broken = TRUE;
    return -1;
}

static void take_document(Request *request, int id)
{
    Machine *machine = request->machine;
    const char *format = word_of(request, "document-format", "application/octet-stream");
    const char *compression = word_of(request, "compression", "none");
    g_autofree char *file =
        g_strdup_printf("%s/job-%d.%s", machine->spool, id, strstr(format, "pdf") ? "pdf" : "pwg");
    if (strcmp(compression, "none"))
        httpSetField(request->http, HTTP_FIELD_CONTENT_ENCODING, compression);
    gint64 bytes = receive(request, file);
    g_mutex_lock(&machine->mutex);
    Job *job = job_find(machine, id);
    event_write(machine, "document",
                json_pack("{s:i, s:s, s:s, s:I}", "job", id, "format", format, "file", file,
                          "bytes", (json_int_t)bytes));
    if (job && !job_is_done(job)) {
        g_strlcpy(job->format, format, sizeof job->format);
        job->file = g_strdup(file);
        job->bytes = bytes;
        if (bytes < 0) {
            job_end(machine, job, IPP_JSTATE_ABORTED, "submission-interrupted");
        } else {
            job->state = IPP_JSTATE_PENDING;
            job->reasons = "none";
        }
    }
    if (job)
        job_describe(machine, job, request->out, NULL);
    g_cond_broadcast(&machine->changed);
    g_mutex_unlock(&machine->mutex);
}

static gboolean is_format_known(const Request *request)
{
    const char *format = word_of(request, "document-format", NULL);
    return !format || g_strv_contains((const char *const *)request->machine->formats, format);
}

/* 0 and an answer when there is no new job. */
static int create(Request *request)
{
    Machine *machine = request->machine;
    int id = 0;
    g_mutex_lock(&machine->mutex);
    if (!machine->accepting)
        answer(request, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS, "not accepting jobs");
    else if (!is_format_known(request))
        answer(request, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, "unknown format");
    else {
        Job *job = job_create(machine, request->in);
        id = job->id;
        job_describe(machine, job, request->out, NULL);
    }
    g_mutex_unlock(&machine->mutex);
    return id;
}

static void create_job(Request *request)
{
    create(request);
}

static void print_job(Request *request)
{
    int id = create(request);
    if (id)
        take_document(request, id);
}

static void send_document(Request *request)
{
    Machine *machine = request->machine;
    g_mutex_lock(&machine->mutex);
    const Job *job = job_find(machine, job_id_of(request));
    int id = job ? job->id : 0;
    gboolean ready = job && job->state == IPP_JSTATE_HELD && !job->file;
    g_mutex_unlock(&machine->mutex);
    if (!id)
        answer(request, IPP_STATUS_ERROR_NOT_FOUND, "no such job");
    else if (!ready)
        answer(request, IPP_STATUS_ERROR_NOT_POSSIBLE, "the job has its document");
    else if (!is_format_known(request))
        answer(request, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, "unknown format");
    else
        take_document(request, id);
}

static void validate_job(Request *request)
{
    if (!is_format_known(request))
        answer(request, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, "unknown format");
}

static void cancel_job(Request *request)
{
    Machine *machine = request->machine;
    g_mutex_lock(&machine->mutex);
    Job *job = job_find(machine, job_id_of(request));
    if (!job)
        answer(request, IPP_STATUS_ERROR_NOT_FOUND, "no such job");
    else if (job_is_done(job) || job->cancelled)
        answer(request, IPP_STATUS_ERROR_NOT_POSSIBLE, "the job is done");
    else
        job_cancel(machine, job);
    g_mutex_unlock(&machine->mutex);
}

static void get_job_attributes(Request *request)
{
    Machine *machine = request->machine;
    g_mutex_lock(&machine->mutex);
    const Job *job = job_find(machine, job_id_of(request));
    if (job)
        job_describe(machine, job, request->out, request->wanted);
    else
        answer(request, IPP_STATUS_ERROR_NOT_FOUND, "no such job");
    g_mutex_unlock(&machine->mutex);
}

static void get_jobs(Request *request)
{
    Machine *machine = request->machine;
    const char *which = word_of(request, "which-jobs", "not-completed");
    gboolean all = !strcmp(which, "all"), done = !strcmp(which, "completed");
    gboolean any = FALSE;
    g_mutex_lock(&machine->mutex);
    for (guint i = 0; i < machine->jobs->len; i++) {
        const Job *job = g_ptr_array_index(machine->jobs, i);
        if (!all && job_is_done(job) != done)
            continue;
        if (any)
            ippAddSeparator(request->out);
        any = TRUE;
        job_describe(machine, job, request->out, request->wanted);
    }
    g_mutex_unlock(&machine->mutex);
}

static gboolean wants(const Request *request, const char *name)
{
    return !request->wanted || cupsArrayFind(request->wanted, (void *)name);
}

static void add_words(Request *request, const char *name, const char *first, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, ",", -1);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    if (first)
        g_ptr_array_add(all, (gpointer)first);
    for (char **word = words; *word && **word; word++)
        g_ptr_array_add(all, *word);
    if (!all->len)
        g_ptr_array_add(all, (gpointer) "none");
    if (wants(request, name))
        ippAddStrings(request->out, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, name, (int)all->len, NULL,
                      (const char *const *)all->pdata);
}

static void add_integer(Request *request, ipp_tag_t tag, const char *name, gint64 value)
{
    if (value >= 0 && wants(request, name))
        ippAddInteger(request->out, IPP_TAG_PRINTER, tag, name, (int)value);
}

static void add_state(Request *request)
{
    Machine *machine = request->machine;
    int waiting = 0;
    for (guint i = 0; i < machine->jobs->len; i++)
        waiting += !job_is_done(g_ptr_array_index(machine->jobs, i));
    const char *fault = machine->fault ? machine->fault->reason : NULL;
    add_words(request, "printer-state-reasons",
              fault             ? fault
              : machine->paused ? "paused"
                                : NULL,
              machine->standing);
    add_words(request, "media-ready", NULL, machine->media);
    add_integer(request, IPP_TAG_ENUM, "printer-state", machine_state(machine));
    add_integer(request, IPP_TAG_INTEGER, "queued-job-count", waiting);
    add_integer(request, IPP_TAG_INTEGER, "printer-up-time",
                (now_ms() - machine->up_since_ms) / 1000 + 1);
    add_integer(request, IPP_TAG_INTEGER, "printer-impressions-completed",
                machine_counter(machine));
    if (wants(request, "printer-is-accepting-jobs"))
        ippAddBoolean(request->out, IPP_TAG_PRINTER, "printer-is-accepting-jobs",
                      (char)machine->accepting);
}

static void get_printer_attributes(Request *request)
{
    ipp_t *all = capabilities_decode(request->machine);
    for (ipp_attribute_t *a = ippFirstAttribute(all); a; a = ippNextAttribute(all))
        if (ippGetName(a) && wants(request, ippGetName(a)))
            ippCopyAttribute(request->out, a, 0);
    ippDelete(all);
    g_mutex_lock(&request->machine->mutex);
    add_state(request);
    g_mutex_unlock(&request->machine->mutex);
}

static const struct {
    ipp_op_t operation;
    void (*serve)(Request *request);
} operations[] = {
    {IPP_OP_PRINT_JOB, print_job},   {IPP_OP_VALIDATE_JOB, validate_job},
    {IPP_OP_CREATE_JOB, create_job}, {IPP_OP_SEND_DOCUMENT, send_document},
    {IPP_OP_CANCEL_JOB, cancel_job}, {IPP_OP_GET_JOB_ATTRIBUTES, get_job_attributes},
    {IPP_OP_GET_JOBS, get_jobs},     {IPP_OP_GET_PRINTER_ATTRIBUTES, get_printer_attributes},
};

static Injection take_injection(Machine *machine, ipp_op_t operation)
{
    Injection found = {0};
    g_mutex_lock(&machine->mutex);
    for (guint i = 0; i < machine->injections->len && !found.count; i++) {
        Injection *injection = &g_array_index(machine->injections, Injection, i);
        if (injection->operation != operation || !injection->count)
            continue;
        found = *injection;
        injection->count--;
    }
    g_mutex_unlock(&machine->mutex);
    return found;
}

static void serve(Request *request, const Injection *injection)
{
    ipp_op_t operation = ippGetOperation(request->in);
    if (injection->fail) {
        answer(request, injection->fail, "on purpose");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++)
        if (operations[i].operation == operation) {
            operations[i].serve(request);
            return;
        }
    answer(request, IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED, "unknown operation");
}

static ssize_t append(void *context, ipp_uchar_t *bytes, size_t size)
{
    g_byte_array_append(context, bytes, (guint)size);
    return (ssize_t)size;
}

/* Slowly, a byte each 50 ms: no single wait is long, all of them are. */
static void drip(http_t *http, const GByteArray *body)
{
    g_autofree char *head = g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
                                            "Content-Length: %u\r\n\r\n",
                                            body->len);
    int fd = httpGetFd(http);
    (void)!send(fd, head, strlen(head), MSG_NOSIGNAL);
    for (guint i = 0; i < body->len; i++) {
        if (send(fd, body->data + i, 1, MSG_NOSIGNAL) != 1)
            return;
        g_usleep(50000);
    }
}

static gboolean send_answer(Request *request, Net net)
{
    http_t *http = request->http;
    g_autoptr(GByteArray) body = g_byte_array_new();
    ipp_state_t state;
    flush(request);
    ippSetState(request->out, IPP_STATE_IDLE);
    while ((state = ippWriteIO(body, append, 1, NULL, request->out)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            return FALSE;
    if (net == NET_DRIP) {
        drip(http, body);
        return FALSE;
    }
    httpClearFields(http);
    httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
    httpSetLength(http, body->len);
    return httpWriteResponse(http, HTTP_STATUS_OK) >= 0 &&
           httpWrite2(http, (char *)body->data, body->len) == (ssize_t)body->len &&
           httpFlushWrite(http) >= 0;
}

gboolean ipp_serve(Machine *machine, http_t *http)
{
    Request request = {.machine = machine, .http = http, .in = ippNew()};
    ipp_state_t state;
    while ((state = ippRead(http, request.in)) != IPP_STATE_DATA && state != IPP_STATE_ERROR)
        continue;
    if (state == IPP_STATE_ERROR) {
        ippDelete(request.in);
        return FALSE;
    }
    Injection injection = take_injection(machine, ippGetOperation(request.in));
    request.out = ippNewResponse(request.in);
    request.wanted = ippCreateRequestedArray(request.in);
    serve(&request, &injection);
    g_mutex_lock(&machine->mutex);
    Net net = machine->net;
    g_mutex_unlock(&machine->mutex);
    gboolean keep = FALSE;
    if (injection.lose) {
        event_write(machine, "lost-answer",
                    json_pack("{s:s}", "operation", ippOpString(ippGetOperation(request.in))));
        connection_reset(http);
    } else if (!request.broken) {
        keep = send_answer(&request, net);
    }
    cupsArrayDelete(request.wanted);
    ippDelete(request.in);
    ippDelete(request.out);
    return keep;
}
