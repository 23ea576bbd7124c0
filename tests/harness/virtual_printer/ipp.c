/* IPP/2.0 operations (RFC 8011). */
#include "machine.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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

static void take_document(Request *request, int id)
{
    Machine *machine = request->machine;
    const char *compression = word_of(request, "compression", "none");
    if (strcmp(compression, "none"))
        httpSetField(request->http, HTTP_FIELD_CONTENT_ENCODING, compression);
    request->broken =
        !receive_document(machine, request->http, id,
                          word_of(request, "document-format", "application/octet-stream"));
    g_mutex_lock(&machine->mutex);
    const Job *job = job_find(machine, id);
    if (!job)
        answer(request, IPP_STATUS_ERROR_NOT_FOUND, "no such job");
    else if (job->cancelled)
        answer(request, IPP_STATUS_ERROR_JOB_CANCELED, "the job was cancelled");
    if (job)
        job_describe(machine, job, request->out, NULL);
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
    else
        id = job_create(machine, request->in)->id;
    g_mutex_unlock(&machine->mutex);
    return id;
}

static void create_job(Request *request)
{
    Machine *machine = request->machine;
    int id = create(request);
    g_mutex_lock(&machine->mutex);
    const Job *job = id ? job_find(machine, id) : NULL;
    if (job)
        job_describe(machine, job, request->out, NULL);
    g_mutex_unlock(&machine->mutex);
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
    const Job *job = job_find_listed(machine, job_id_of(request));
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
    Job *job = job_find_listed(machine, job_id_of(request));
    if (!job)
        answer(request, IPP_STATUS_ERROR_NOT_FOUND, "no such job");
    else if (job_is_done(job) || job->cancelled || job->early)
        answer(request, IPP_STATUS_ERROR_NOT_POSSIBLE, "the job is done");
    else
        job_cancel(machine, job);
    g_mutex_unlock(&machine->mutex);
}

static void get_job_attributes(Request *request)
{
    Machine *machine = request->machine;
    g_mutex_lock(&machine->mutex);
    const Job *job = job_find_listed(machine, job_id_of(request));
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
        if (job->hidden || (!all && (job_is_done(job) || job->early) != done))
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
    if (wants(request, "printer-uuid"))
        ippAddString(request->out, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uuid", NULL,
                     machine->uuid);
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
    g_mutex_lock(&request->machine->mutex);
    supply_describe(request->machine, all);
    g_mutex_unlock(&request->machine->mutex);
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
    if (injection->kind == INJECT_FAIL) {
        answer(request, (ipp_status_t)injection->value, "on purpose");
        return;
    }
    if (injection->kind == INJECT_DELAY)
        g_usleep((gulong)injection->value * 1000);
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

static Net net_now(Machine *machine)
{
    g_mutex_lock(&machine->mutex);
    Net net = machine->net;
    g_mutex_unlock(&machine->mutex);
    return net;
}

/* Slowly, a byte each 50 ms: no single wait is long, all of them are. The rest comes at once when
 * the network is fine again. */
static void drip(Machine *machine, http_t *http, const GByteArray *body)
{
    g_autofree char *head = g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
                                            "Content-Length: %u\r\n\r\n",
                                            body->len);
    int fd = httpGetFd(http);
    guint at = 0;
    (void)!send(fd, head, strlen(head), MSG_NOSIGNAL);
    while (at < body->len && net_now(machine) == NET_DRIP) {
        if (send(fd, body->data + at++, 1, MSG_NOSIGNAL) != 1)
            return;
        g_usleep(50000);
    }
    (void)!send(fd, body->data + at, body->len - at, MSG_NOSIGNAL);
}

static gboolean send_answer(Request *request, gboolean babbles)
{
    http_t *http = request->http;
    g_autoptr(GByteArray) body = g_byte_array_new();
    ipp_state_t state;
    flush(request);
    ippSetState(request->out, IPP_STATE_IDLE);
    while ((state = ippWriteIO(body, append, 1, NULL, request->out)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            return FALSE;
    for (guint i = 8; babbles && i < body->len; i++)
        body->data[i] = (guint8)(body->data[i] * 31 + i);
    if (net_now(request->machine) == NET_DRIP) {
        drip(request->machine, http, body);
        return FALSE;
    }
    httpClearFields(http);
    httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
    httpSetLength(http, body->len);
    return httpWriteResponse(http, HTTP_STATUS_OK) >= 0 &&
           httpWrite2(http, (char *)body->data, body->len) == (ssize_t)body->len &&
           httpFlushWrite(http) >= 0;
}

/* What a client is left with after its request; FALSE: the connection ends. */
static gboolean reply(Request *request, const Injection *injection)
{
    Machine *machine = request->machine;
    gboolean cut = injection->kind == INJECT_LOSE || injection->kind == INJECT_RESET;
    if (injection->kind != INJECT_NOTHING)
        event_write(machine, "injected",
                    json_pack("{s:s, s:i}", "operation", ippOpString(ippGetOperation(request->in)),
                              "kind", (int)injection->kind));
    if (injection->kind == INJECT_LIE)
        ippSetStatusCode(request->out, (ipp_status_t)injection->value);
    if (cut)
        connection_reset(request->http);
    if (cut || request->broken)
        return FALSE;
    return send_answer(request, injection->kind == INJECT_BABBLE);
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
    if (injection.kind != INJECT_RESET)
        serve(&request, &injection);
    gboolean keep = reply(&request, &injection);
    cupsArrayDelete(request.wanted);
    ippDelete(request.in);
    ippDelete(request.out);
    return keep;
}
