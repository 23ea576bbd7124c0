#include "firmware/issuance/issuance.h"
#include <string.h>

#define UP_TIME_SLACK_S 10 /* clocks of kiosk and printer drift, and a reading takes time */

static const char *const words[ISSUANCE_WORD_COUNT] = {
    [ISSUANCE_UNKNOWN] = "unknown",     [ISSUANCE_PLANNED] = "planned",
    [ISSUANCE_BOUND] = "bound",         [ISSUANCE_RENDERED] = "rendered",
    [ISSUANCE_SUBMITTED] = "submitted", [ISSUANCE_RELEASED] = "released",
    [ISSUANCE_PRINTED] = "printed",     [ISSUANCE_DELIVERED] = "delivered",
    [ISSUANCE_RETRACTED] = "retracted", [ISSUANCE_SPOILED] = "spoiled",
    [ISSUANCE_UNSURE] = "unsure",       [ISSUANCE_VOID] = "void",
};

const char *issuance_word(IssuanceWord word)
{
    return (unsigned)word < ISSUANCE_WORD_COUNT ? words[word] : words[0];
}

IssuanceWord issuance_from_word(const char *text)
{
    for (int i = 1; text && i < ISSUANCE_WORD_COUNT; i++)
        if (!strcmp(words[i], text))
            return (IssuanceWord)i;
    return ISSUANCE_UNKNOWN;
}

gboolean issuance_may_settle(IssuanceWord from, IssuanceWord to)
{
    static const struct {
        IssuanceWord from, to;
    } settlements[] = {
        {ISSUANCE_UNSURE, ISSUANCE_PRINTED},      {ISSUANCE_UNSURE, ISSUANCE_SPOILED},
        {ISSUANCE_UNSURE, ISSUANCE_VOID},         {ISSUANCE_RETRACTED, ISSUANCE_VOID},
        {ISSUANCE_RETRACTED, ISSUANCE_DELIVERED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(settlements); i++)
        if (settlements[i].from == from && settlements[i].to == to)
            return TRUE;
    return FALSE;
}

/* A restarted printer may have lost the last counts of its memory, and all its jobs. */
static gboolean has_restarted(const PrinterReading *before, const PrinterReading *after)
{
    if (before->up_time_s < 0 && after->up_time_s < 0)
        return FALSE; /* it does not tell */
    if (before->up_time_s < 0 || after->up_time_s < before->up_time_s)
        return TRUE;
    gint64 passed_s = MAX((after->at_ms - before->at_ms) / 1000, 0);
    return after->up_time_s + UP_TIME_SLACK_S + passed_s / 100 < before->up_time_s + passed_s;
}

gint64 outcome_count(const PrinterReading *before, const PrinterReading *after)
{
    if (!*before->uuid || strcmp(before->uuid, after->uuid) || has_restarted(before, after))
        return -1;
    if (before->impressions < 0 || after->impressions < before->impressions)
        return -1;
    return after->impressions - before->impressions;
}

typedef enum { COUNT_ANY, COUNT_NONE, COUNT_ZERO, COUNT_SOME, COUNT_ALL, COUNT_OTHER } Count;

static Count classify(const Evidence *evidence)
{
    gint64 count = outcome_count(&evidence->before, &evidence->after);
    if (count >= 0 && evidence->told_sides > count)
        return COUNT_OTHER; /* the job printed more than the counter has seen: it is stuck */
    if (count == 0)
        return COUNT_ZERO;
    if (count > 0 && count < evidence->sides)
        return COUNT_SOME;
    if (count > 0)
        return count == evidence->sides ? COUNT_ALL : COUNT_OTHER;
    /* A counter that jumped, stopped or belongs to another printer is not the same as none. */
    gboolean none = evidence->before.impressions < 0 && evidence->after.impressions < 0;
    return none ? COUNT_NONE : COUNT_OTHER;
}

#define JOB(state) (1u << JOB_STATE_##state)
#define JOB_ANY (~0u)

/* The first row that fits. */
static const struct {
    const char *name;
    Tri submitted; /* UNKNOWN: any */
    unsigned jobs; /* set of JOB() */
    Count count;
    gboolean clean, idle, sensor, printer; /* required; printer: it vouches for the job's end */
    IssuanceWord outcome;
} rows[] = {
    {"never-submitted", TRI_NO, JOB_ANY, COUNT_ANY, 0, 0, 0, 0, ISSUANCE_RELEASED},
    {"counted-all", TRI_YES, JOB(COMPLETED) | JOB(CANCELED) | JOB(ABORTED) | JOB(ABSENT), COUNT_ALL,
     TRUE, 0, 0, 0, ISSUANCE_PRINTED},
    {"counted-nothing", TRI_YES, JOB(CANCELED) | JOB(ABORTED) | JOB(ABSENT), COUNT_ZERO, 0, TRUE, 0,
     TRUE, ISSUANCE_RELEASED},
    {"counted-some", TRI_YES, JOB(COMPLETED) | JOB(CANCELED) | JOB(ABORTED), COUNT_SOME, 0, 0, 0,
     TRUE, ISSUANCE_SPOILED},
    {"sensor-saw-all", TRI_YES, JOB(COMPLETED), COUNT_NONE, TRUE, 0, TRUE, TRUE, ISSUANCE_PRINTED},
    {"no-evidence", TRI_UNKNOWN, JOB_ANY, COUNT_ANY, 0, 0, 0, 0, ISSUANCE_UNSURE},
};

IssuanceWord outcome_decide(const Evidence *evidence, const char **ret_why)
{
    Count count = classify(evidence);
    unsigned job = (unsigned)evidence->job <= JOB_STATE_COMPLETED ? 1u << evidence->job : 1u;
    gboolean lost = evidence->seen && evidence->job == JOB_STATE_ABSENT;
    Tri submitted = evidence->submitted ? TRI_YES : TRI_NO;
    gsize i = 0;
    while (i + 1 < G_N_ELEMENTS(rows) &&
           ((rows[i].submitted != TRI_UNKNOWN && rows[i].submitted != submitted) ||
            !(rows[i].jobs & job) || (rows[i].count != COUNT_ANY && rows[i].count != count) ||
            (rows[i].clean && !evidence->clean) ||
            (rows[i].idle && evidence->after.state != PRINTER_STATE_IDLE) ||
            (rows[i].printer && (evidence->from_spooler || lost)) ||
            (rows[i].sensor && evidence->sensor_saw_all != TRI_YES)))
        i++;
    if (ret_why)
        *ret_why = rows[i].name;
    return rows[i].outcome;
}
