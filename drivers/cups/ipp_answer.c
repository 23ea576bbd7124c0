#include "drivers/cups/ipp_answer.h"
#include "drivers/cups/reasons.h"
#include <string.h>

static gboolean skip_bytes(const guint8 *bytes, gsize size, gsize *at)
{
    if (size - *at < 2)
        return FALSE;
    gsize length = (gsize)bytes[*at] << 8 | bytes[*at + 1];
    *at += 2;
    if (size - *at < length)
        return FALSE;
    *at += length;
    return TRUE;
}

/* libcups decodes collections by recursion, with a large buffer a level, and holds whatever comes:
 * the frame of the message is walked first. NULL: fine, else what is wrong. */
static const char *find_flaw(const guint8 *bytes, gsize size)
{
    int depth = 0, attributes = 0;
    gsize at = 8; /* version, status, request-id */
    while (at < size) {
        guint8 tag = bytes[at++];
        if (tag == IPP_TAG_END)
            return depth == 0 ? NULL : "ends within a collection";
        if (tag < 0x10)
            continue; /* begins a group */
        if (++attributes > IPP_ANSWER_ATTRIBUTES_MAX)
            return "has too many values";
        if (tag == IPP_TAG_BEGIN_COLLECTION && ++depth > IPP_ANSWER_DEPTH_MAX)
            return "nests collections too deeply";
        if (tag == IPP_TAG_END_COLLECTION && --depth < 0)
            return "ends a collection that did not begin";
        if (!skip_bytes(bytes, size, &at) || !skip_bytes(bytes, size, &at))
            return "is cut off";
    }
    return "is cut off";
}

typedef struct {
    const guint8 *bytes;
    gsize size, at;
} Source;

static ssize_t read_source(void *context, ipp_uchar_t *buffer, size_t size)
{
    Source *source = context;
    size = MIN(size, source->size - source->at);
    memcpy(buffer, source->bytes + source->at, size);
    source->at += size;
    return (ssize_t)size;
}

ipp_t *ipp_answer_decode(const guint8 *bytes, gsize size, GError **error)
{
    const char *flaw = find_flaw(bytes, size);
    Source source = {bytes, size, 0};
    g_autoptr(ipp_t) answer = ippNew();
    ipp_state_t state = IPP_STATE_IDLE;
    while (!flaw && (state = ippReadIO(&source, read_source, 1, NULL, answer)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            flaw = "has a malformed attribute";
    if (flaw) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "the answer %s", flaw);
        return NULL;
    }
    return g_steal_pointer(&answer);
}

/* Texts from outside that end in a log: printable ASCII, short. */
static void copy_plain(char *ret, gsize size, const char *text)
{
    gsize n = 0;
    for (; text && *text && n + 1 < size; text++)
        ret[n++] = g_ascii_isprint(*text) ? *text : '?';
    ret[n] = '\0';
}

static gboolean is_not_now(ipp_status_t status)
{
    return status == IPP_STATUS_ERROR_BUSY || status == IPP_STATUS_ERROR_SERVICE_UNAVAILABLE ||
           status == IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS || status == IPP_STATUS_ERROR_TEMPORARY ||
           status == IPP_STATUS_ERROR_PRINTER_IS_DEACTIVATED;
}

gboolean ipp_answer_check(ipp_t *answer, const char *who, const char *what, GError **error)
{
    ipp_status_t status = ippGetStatusCode(answer);
    if (status >= IPP_STATUS_OK && status <= IPP_STATUS_OK_EVENTS_COMPLETE)
        return TRUE;
    char detail[160] = "";
    ipp_attribute_t *text = ippFindAttribute(answer, "status-message", IPP_TAG_TEXT);
    if (text)
        copy_plain(detail, sizeof detail, ippGetString(text, 0, NULL));
    g_set_error(error, KIOSK_ERROR, is_not_now(status) ? KIOSK_ERROR_BUSY : KIOSK_ERROR_REFUSED,
                "%s: %s: %s%s%s", who, what, ippErrorString(status), *detail ? ": " : "", detail);
    return FALSE;
}

ipp_attribute_t *ipp_answer_find(ipp_t *answer, const char *name, ipp_tag_t tag)
{
    ipp_attribute_t *attribute = ippFindAttribute(answer, name, tag);
    return attribute && ippGetGroupTag(attribute) == IPP_TAG_PRINTER ? attribute : NULL;
}

void ipp_answer_text(ipp_t *answer, const char *name, char *ret, gsize size)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, name, IPP_TAG_TEXT);
    copy_plain(ret, size, attribute ? ippGetString(attribute, 0, NULL) : NULL);
}

int ipp_answer_int(ipp_t *answer, const char *name)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, name, IPP_TAG_INTEGER);
    int value = attribute ? ippGetInteger(attribute, 0) : -1;
    return MAX(value, -1);
}

Tri ipp_answer_bool(ipp_t *answer, const char *name)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, name, IPP_TAG_BOOLEAN);
    if (!attribute)
        return TRI_UNKNOWN;
    return ippGetBoolean(attribute, 0) ? TRI_YES : TRI_NO;
}

gboolean ipp_answer_has(ipp_t *answer, const char *name, const char *value)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, name, IPP_TAG_ZERO);
    return attribute && ippContainsString(attribute, value);
}

PrinterState ipp_printer_state(int value)
{
    switch (value) {
    case IPP_PSTATE_IDLE:
        return PRINTER_STATE_IDLE;
    case IPP_PSTATE_PROCESSING:
        return PRINTER_STATE_PROCESSING;
    case IPP_PSTATE_STOPPED:
        return PRINTER_STATE_STOPPED;
    }
    return PRINTER_STATE_UNKNOWN;
}

JobState ipp_job_state(int value)
{
    static const JobState states[] = {
        [IPP_JSTATE_PENDING] = JOB_STATE_PENDING,       [IPP_JSTATE_HELD] = JOB_STATE_PENDING,
        [IPP_JSTATE_PROCESSING] = JOB_STATE_PROCESSING, [IPP_JSTATE_STOPPED] = JOB_STATE_PROCESSING,
        [IPP_JSTATE_CANCELED] = JOB_STATE_CANCELED,     [IPP_JSTATE_ABORTED] = JOB_STATE_ABORTED,
        [IPP_JSTATE_COMPLETED] = JOB_STATE_COMPLETED,
    };
    if (value < 0 || value >= (int)G_N_ELEMENTS(states))
        return JOB_STATE_UNKNOWN;
    return states[value];
}

static void read_reasons(ipp_t *answer, PrinterStatus *status)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, "printer-state-reasons", IPP_TAG_KEYWORD);
    int count = attribute ? MIN(ippGetCount(attribute), 1000) : 0;
    for (int i = 0; i < count; i++) {
        PrinterReason reason;
        const char *text = ippGetString(attribute, i, NULL);
        if (text && reason_parse(text, &reason))
            reason_add(status, &reason);
    }
}

static void read_uuid(ipp_t *answer, char *ret, gsize size)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, "printer-uuid", IPP_TAG_URI);
    const char *text = attribute ? ippGetString(attribute, 0, NULL) : NULL;
    if (text && strlen(text) < size) /* half an identity is none */
        copy_plain(ret, size, text);
}

static gboolean is_size(int width_hmm, int height_hmm, int width_um, int height_um)
{
    return ABS((gint64)width_hmm - width_um / 10) <= IPP_MEDIA_TOLERANCE_HMM &&
           ABS((gint64)height_hmm - height_um / 10) <= IPP_MEDIA_TOLERANCE_HMM;
}

static gboolean read_collection_size(ipp_t *media, int *ret_width_hmm, int *ret_height_hmm)
{
    ipp_attribute_t *size = ippFindAttribute(media, "media-size", IPP_TAG_BEGIN_COLLECTION);
    ipp_t *sides = size ? ippGetCollection(size, 0) : NULL;
    ipp_attribute_t *x = sides ? ippFindAttribute(sides, "x-dimension", IPP_TAG_INTEGER) : NULL;
    ipp_attribute_t *y = sides ? ippFindAttribute(sides, "y-dimension", IPP_TAG_INTEGER) : NULL;
    *ret_width_hmm = x ? ippGetInteger(x, 0) : 0;
    *ret_height_hmm = y ? ippGetInteger(y, 0) : 0;
    return x && y;
}

static gboolean read_name_size(const char *name, int *ret_width_hmm, int *ret_height_hmm)
{
    pwg_media_t *media = name && strlen(name) < 128 ? pwgMediaForPWG(name) : NULL;
    *ret_width_hmm = media ? media->width : 0;
    *ret_height_hmm = media ? media->length : 0;
    return media != NULL;
}

static void say_size(int width_hmm, int height_hmm, char ret[24])
{
    gboolean plausible = width_hmm > 0 && height_hmm > 0 && width_hmm < 1000000 &&
                         height_hmm < 1000000;
    ret[0] = '\0';
    if (plausible)
        g_snprintf(ret, 24, "%d x %d mm", (width_hmm + 50) / 100, (height_hmm + 50) / 100);
}

/* One size in a tray: whether it is the wanted one; the first is kept for people. */
static gboolean take_size(PrinterStatus *status, int width_hmm, int height_hmm, int width_um,
                          int height_um)
{
    if (!*status->media_found)
        say_size(width_hmm, height_hmm, status->media_found);
    return is_size(width_hmm, height_hmm, width_um, height_um);
}

static Tri is_media_ready(ipp_t *answer, int width_um, int height_um, PrinterStatus *status)
{
    int width, height;
    ipp_attribute_t *names = ipp_answer_find(answer, "media-ready", IPP_TAG_ZERO);
    ipp_attribute_t *sizes = ipp_answer_find(answer, "media-col-ready", IPP_TAG_BEGIN_COLLECTION);
    if (width_um <= 0 || (!names && !sizes))
        return TRI_UNKNOWN;
    say_size(width_um / 10, height_um / 10, status->media_wanted);
    for (int i = 0; names && i < MIN(ippGetCount(names), 100); i++)
        if (read_name_size(ippGetString(names, i, NULL), &width, &height) &&
            take_size(status, width, height, width_um, height_um))
            return TRI_YES;
    for (int i = 0; sizes && i < MIN(ippGetCount(sizes), 100); i++)
        if (read_collection_size(ippGetCollection(sizes, i), &width, &height) &&
            take_size(status, width, height, width_um, height_um))
            return TRI_YES;
    return TRI_NO;
}

/* marker-names, marker-levels (PWG 5100.9 3.1): a level of -1 and below is none. */
static void read_supplies(ipp_t *answer, PrinterStatus *status)
{
    ipp_attribute_t *names = ipp_answer_find(answer, "marker-names", IPP_TAG_NAME);
    ipp_attribute_t *levels = ipp_answer_find(answer, "marker-levels", IPP_TAG_INTEGER);
    int count = levels ? MIN(ippGetCount(levels), (int)G_N_ELEMENTS(status->supplies)) : 0;
    for (int i = 0; i < count; i++) {
        PrinterSupply *supply = &status->supplies[status->n_supplies++];
        const char *name = names && i < ippGetCount(names) ? ippGetString(names, i, NULL) : NULL;
        int level = ippGetInteger(levels, i);
        copy_plain(supply->name, sizeof supply->name, name);
        supply->percent = level >= 0 && level <= 100 ? level : -1;
    }
}

void ipp_answer_status(ipp_t *answer, int width_um, int height_um, PrinterStatus *ret)
{
    PrinterStatus status = {0};
    ipp_attribute_t *state = ipp_answer_find(answer, "printer-state", IPP_TAG_ENUM);
    status.state = ipp_printer_state(state ? ippGetInteger(state, 0) : 0);
    status.accepting = ipp_answer_bool(answer, "printer-is-accepting-jobs");
    read_reasons(answer, &status);
    read_uuid(answer, status.uuid, sizeof status.uuid);
    status.up_time_s = ipp_answer_int(answer, "printer-up-time");
    status.impressions = ipp_answer_int(answer, "printer-impressions-completed");
    status.counter = status.impressions < 0 ? PRINTER_COUNTER_UNKNOWN : PRINTER_COUNTER_IPP;
    status.jobs = ipp_answer_int(answer, "queued-job-count");
    status.media_ready = is_media_ready(answer, width_um, height_um, &status);
    read_supplies(answer, &status);
    *ret = status;
}

static void read_job_attribute(ipp_attribute_t *attribute, IppJob *job)
{
    const char *name = ippGetName(attribute);
    ipp_tag_t tag = ippGetValueTag(attribute);
    if (!strcmp(name, "job-id") && tag == IPP_TAG_INTEGER)
        job->id = ippGetInteger(attribute, 0);
    else if (!strcmp(name, "job-state") && tag == IPP_TAG_ENUM)
        job->state = ipp_job_state(ippGetInteger(attribute, 0));
    else if (!strcmp(name, "job-impressions-completed") && tag == IPP_TAG_INTEGER)
        job->impressions = MAX(ippGetInteger(attribute, 0), -1);
    else if (!strcmp(name, "job-state-reasons") && tag == IPP_TAG_KEYWORD)
        job->incoming = ippContainsString(attribute, "job-incoming");
    else if (!strcmp(name, "job-name") && (tag == IPP_TAG_NAME || tag == IPP_TAG_NAMELANG)) {
        const char *text = ippGetString(attribute, 0, NULL);
        if (text && strlen(text) < sizeof job->name)
            g_strlcpy(job->name, text, sizeof job->name);
    }
}

static void take_job(GArray *jobs, IppJob *job)
{
    if (job->id > 0 && jobs->len < IPP_ANSWER_JOBS_MAX)
        g_array_append_val(jobs, *job);
    *job = (IppJob){.impressions = -1};
}

GArray *ipp_answer_jobs(ipp_t *answer)
{
    GArray *jobs = g_array_new(FALSE, FALSE, sizeof(IppJob));
    IppJob job = {.impressions = -1};
    for (ipp_attribute_t *a = ippFirstAttribute(answer); a; a = ippNextAttribute(answer)) {
        if (ippGetGroupTag(a) == IPP_TAG_JOB && ippGetName(a))
            read_job_attribute(a, &job);
        else
            take_job(jobs, &job);
    }
    take_job(jobs, &job);
    return jobs;
}

gboolean ipp_job_is_live(JobState state)
{
    return state == JOB_STATE_PENDING || state == JOB_STATE_PROCESSING ||
           state == JOB_STATE_UNKNOWN;
}

/* Which of two jobs of one name says more about paper that may still come. */
static int weigh(JobState state)
{
    static const int weights[] = {
        [JOB_STATE_UNKNOWN] = 6,   [JOB_STATE_PROCESSING] = 5, [JOB_STATE_PENDING] = 4,
        [JOB_STATE_COMPLETED] = 3, [JOB_STATE_ABORTED] = 2,    [JOB_STATE_CANCELED] = 1,
        [JOB_STATE_ABSENT] = 0,
    };
    return weights[state];
}

PrinterJobStatus ipp_jobs_find(const GArray *jobs, const char *name)
{
    PrinterJobStatus found = {.state = JOB_STATE_ABSENT, .impressions = -1};
    gboolean counted = TRUE;
    int sum = 0;
    for (guint i = 0; i < jobs->len; i++) {
        const IppJob *job = &g_array_index(jobs, IppJob, i);
        if (strcmp(job->name, name))
            continue;
        if (weigh(job->state) > weigh(found.state)) {
            found.state = job->state;
            found.incoming = job->incoming && job->state == JOB_STATE_PENDING;
        }
        counted = counted && job->impressions >= 0 && sum <= G_MAXINT - job->impressions;
        sum += counted ? job->impressions : 0;
    }
    if (found.state != JOB_STATE_ABSENT && counted)
        found.impressions = sum;
    return found;
}
