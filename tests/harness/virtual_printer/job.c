#include "machine.h"
#include <string.h>

Job *job_find(Machine *machine, int id)
{
    for (guint i = 0; i < machine->jobs->len; i++) {
        Job *job = g_ptr_array_index(machine->jobs, i);
        if (job->id == id)
            return job;
    }
    return NULL;
}

Job *job_find_listed(Machine *machine, int id)
{
    Job *job = job_find(machine, id);
    return job && !job->hidden ? job : NULL;
}

gboolean job_is_done(const Job *job)
{
    return job->state >= IPP_JSTATE_CANCELED;
}

void job_free(gpointer data)
{
    Job *job = data;
    g_free(job->file);
    g_free(job);
}

static void copy_text(ipp_t *request, const char *name, ipp_tag_t tag, char *ret, gsize size)
{
    ipp_attribute_t *attribute = ippFindAttribute(request, name, tag);
    const char *text = attribute ? ippGetString(attribute, 0, NULL) : NULL;
    if (text)
        g_strlcpy(ret, text, size);
}

static int dimension(ipp_t *size, const char *name)
{
    ipp_attribute_t *attribute = size ? ippFindAttribute(size, name, IPP_TAG_INTEGER) : NULL;
    return attribute ? ippGetInteger(attribute, 0) : 0;
}

static void copy_media(ipp_t *request, Job *job)
{
    ipp_attribute_t *media = ippFindAttribute(request, "media-col", IPP_TAG_BEGIN_COLLECTION);
    ipp_attribute_t *size =
        media ? ippFindAttribute(ippGetCollection(media, 0), "media-size", IPP_TAG_BEGIN_COLLECTION)
              : NULL;
    job->width_hmm = dimension(size ? ippGetCollection(size, 0) : NULL, "x-dimension");
    job->height_hmm = dimension(size ? ippGetCollection(size, 0) : NULL, "y-dimension");
    copy_text(request, "media", IPP_TAG_ZERO, job->media, sizeof job->media);
}

/* Everything in the job group, as text, for the log. */
static json_t *list_attributes(ipp_t *request)
{
    json_t *list = json_object();
    for (ipp_attribute_t *a = ippFirstAttribute(request); a; a = ippNextAttribute(request)) {
        char text[1024];
        if (ippGetGroupTag(a) != IPP_TAG_JOB || !ippGetName(a))
            continue;
        ippAttributeString(a, text, sizeof text);
        json_object_set_new(list, ippGetName(a), json_string(text));
    }
    return list;
}

Job *job_create(Machine *machine, ipp_t *request)
{
    Job *job = g_new0(Job, 1);
    job->id = machine->next_id++;
    job->state = IPP_JSTATE_HELD;
    job->reasons = "job-incoming";
    job->created_ms = now_ms();
    g_strlcpy(job->user, "anonymous", sizeof job->user);
    copy_text(request, "job-name", IPP_TAG_NAME, job->name, sizeof job->name);
    copy_text(request, "requesting-user-name", IPP_TAG_NAME, job->user, sizeof job->user);
    copy_text(request, "sides", IPP_TAG_KEYWORD, job->sides_keyword, sizeof job->sides_keyword);
    copy_media(request, job);
    job->duplex = g_str_has_prefix(job->sides_keyword, "two-sided");
    httpAssembleUUID("localhost", machine->port, "job", job->id, job->uuid, sizeof job->uuid);
    g_ptr_array_add(machine->jobs, job);
    event_write(machine, "create",
                json_pack("{s:i, s:s, s:s, s:i, s:i, s:s, s:o}", "job", job->id, "name", job->name,
                          "user", job->user, "width_hmm", job->width_hmm, "height_hmm",
                          job->height_hmm, "media", job->media, "attributes",
                          list_attributes(request)));
    return job;
}

void job_end(Machine *machine, Job *job, ipp_jstate_t state, const char *reasons)
{
    job->state = state;
    job->reasons = reasons;
    job->ended_ms = now_ms();
    event_write(machine, "done",
                json_pack("{s:i, s:s, s:s, s:i, s:i, s:I}", "job", job->id, "name", job->name,
                          "state", ippEnumString("job-state", (int)state), "sides", job->printed,
                          "sheets", job->sheets, "took_ms",
                          (json_int_t)(job->ended_ms - job->created_ms)));
    g_cond_broadcast(&machine->changed);
}

void job_cancel(Machine *machine, Job *job)
{
    event_write(machine, "cancel", json_pack("{s:i, s:i}", "job", job->id, "sides", job->printed));
    job->cancelled = TRUE;
    if (job->id != machine->printing)
        job_end(machine, job, IPP_JSTATE_CANCELED, "job-canceled-by-user");
    g_cond_broadcast(&machine->changed);
}

static gboolean wants(cups_array_t *wanted, const char *name)
{
    return !wanted || cupsArrayFind(wanted, (void *)name);
}

static void add_integer(ipp_t *answer, cups_array_t *wanted, ipp_tag_t tag, const char *name,
                        int value)
{
    if (wants(wanted, name))
        ippAddInteger(answer, IPP_TAG_JOB, tag, name, value);
}

static void add_string(ipp_t *answer, cups_array_t *wanted, ipp_tag_t tag, const char *name,
                       const char *value)
{
    if (wants(wanted, name))
        ippAddString(answer, IPP_TAG_JOB, tag, name, NULL, value);
}

static int up_time_at(const Machine *machine, gint64 at_ms)
{
    return (int)MAX((at_ms - machine->up_since_ms) / 1000, 0) + 1;
}

static void add_time(const Machine *machine, ipp_t *answer, cups_array_t *wanted, const char *name,
                     gint64 at_ms)
{
    if (at_ms)
        add_integer(answer, wanted, IPP_TAG_INTEGER, name, up_time_at(machine, at_ms));
    else if (wants(wanted, name))
        ippAddOutOfBand(answer, IPP_TAG_JOB, IPP_TAG_NOVALUE, name);
}

void job_describe(Machine *machine, const Job *job, ipp_t *answer, cups_array_t *wanted)
{
    char printer[128], uri[160];
    gboolean stopping = job->cancelled && !job_is_done(job);
    g_snprintf(printer, sizeof printer, "ipp://localhost:%d/ipp/print", machine->port);
    g_snprintf(uri, sizeof uri, "%s/%d", printer, job->id);
    add_integer(answer, wanted, IPP_TAG_INTEGER, "job-id", job->id);
    add_string(answer, wanted, IPP_TAG_URI, "job-uri", uri);
    add_string(answer, wanted, IPP_TAG_URI, "job-uuid", job->uuid);
    add_string(answer, wanted, IPP_TAG_URI, "job-printer-uri", printer);
    add_string(answer, wanted, IPP_TAG_NAME, "job-name", job->name);
    add_string(answer, wanted, IPP_TAG_NAME, "job-originating-user-name", job->user);
    add_integer(answer, wanted, IPP_TAG_ENUM, "job-state",
                (int)(job->early ? IPP_JSTATE_COMPLETED : job->state));
    add_string(answer, wanted, IPP_TAG_KEYWORD, "job-state-reasons",
               stopping ? "processing-to-stop-point" : job->reasons);
    add_integer(answer, wanted, IPP_TAG_INTEGER, "job-impressions", job->arrived);
    add_integer(answer, wanted, IPP_TAG_INTEGER, "job-impressions-completed", job->printed);
    add_integer(answer, wanted, IPP_TAG_INTEGER, "job-media-sheets-completed", job->sheets);
    add_integer(answer, wanted, IPP_TAG_INTEGER, "job-printer-up-time",
                up_time_at(machine, now_ms()));
    add_time(machine, answer, wanted, "time-at-creation", job->created_ms);
    add_time(machine, answer, wanted, "time-at-processing", job->started_ms);
    add_time(machine, answer, wanted, "time-at-completed", job->ended_ms);
}
