/* One changed member of a sample certificate, for the tables of test_record.c and test_plan.c. */
#pragma once
#include "firmware/base/error.h"
#include "firmware/certificate/record.h"
#include "tests/testing.h"
#include <string.h>

typedef struct {
    const char *path;    /* "plans.0.kind"; a number is an index */
    const char *json;    /* the new value; NULL: the member is removed */
    int repeat;          /* > 0: a string that holds `json` so many times */
    const char *message; /* in the error; NULL: accepted */
} RecordMutation;

static inline char *sample_text(const char *name)
{
    g_autofree char *path = g_build_filename(SAMPLES_DIR, name, NULL);
    char *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
    return text;
}

static inline json_t *mutation_value(const RecordMutation *mutation)
{
    if (mutation->repeat <= 0)
        return json_loads(mutation->json, JSON_DECODE_ANY, NULL);
    GString *text = g_string_new(NULL);
    for (int i = 0; i < mutation->repeat; i++)
        g_string_append(text, mutation->json);
    json_t *value = json_string(text->str);
    g_string_free(text, TRUE);
    return value;
}

static inline void mutation_apply(const RecordMutation *mutation, json_t *root)
{
    g_auto(GStrv) steps = g_strsplit(mutation->path, ".", -1);
    json_t *at = root;
    guint last = g_strv_length(steps) - 1;
    for (guint i = 0; i < last; i++)
        at = json_is_array(at) ? json_array_get(at, (size_t)strtol(steps[i], NULL, 10))
                               : json_object_get(at, steps[i]);
    ck_assert_msg(at != NULL, "%s", mutation->path);
    int failed;
    if (!mutation->json)
        failed = json_is_array(at) ? json_array_remove(at, (size_t)strtol(steps[last], NULL, 10))
                                   : json_object_del(at, steps[last]);
    else
        failed = json_is_array(at) ? json_array_set_new(at, (size_t)strtol(steps[last], NULL, 10),
                                                        mutation_value(mutation))
                                   : json_object_set_new(at, steps[last], mutation_value(mutation));
    ck_assert_msg(failed == 0, "%s", mutation->path);
}

/* Applies it to the sample `name` and compares what record_parse says. */
static inline void mutation_check(const RecordMutation *mutation, const char *name, KioskError code)
{
    g_autofree char *text = sample_text(name);
    json_auto_t *root = json_loads(text, 0, NULL);
    mutation_apply(mutation, root);
    char *changed = json_dumps(root, JSON_COMPACT);
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_parse(changed, strlen(changed), &error);
    secret_free(changed);
    if (!mutation->message) {
        ck_assert_msg(record != NULL, "%s: %s", mutation->path, error ? error->message : "");
        return;
    }
    ck_assert_msg(record == NULL, "%s: accepted", mutation->path);
    ck_assert_msg(strstr(error->message, mutation->message) != NULL, "%s", error->message);
    ck_assert_msg(kiosk_error_is(error, code), "%s", error->message);
}
