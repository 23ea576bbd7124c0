#include "central/api.h"
#include "central/register.h"
#include "central/request.h"

#define COUNT_MAX 1000000
#define ACKNOWLEDGED_MAX 64

/* What the service wants of a kiosk: the reason why it should be closed, "" when it may open. */
static gboolean get_desire(const Call *call, char **ret_reason, GError **error)
{
    gboolean restoring = FALSE;
    if (!store_get_desire(call->store, call->kiosk, ret_reason, error) ||
        !store_is_restoring(call->store, &restoring, error))
        return FALSE;
    if (restoring && !**ret_reason) {
        g_free(*ret_reason);
        *ret_reason = g_strdup(refusal_word(REFUSAL_RESTORING));
    }
    return TRUE;
}

/* The head of one of its chains as it is kept: what that chain must still hold. */
static json_t *read_head(const char *status, const char *member)
{
    json_t *json = json_loads(status, JSON_REJECT_DUPLICATES, NULL);
    const char *head = json_string_value(json_object_get(json, member));
    json_t *copy = json_string(head ? head : "");
    json_decref(json);
    return copy;
}

/* All members but the settings; NULL and `error`. */
static json_t *collect(const Call *call, GError **error)
{
    gint64 epoch = 0;
    guint32 next = 0, retell_from = 0;
    g_autofree char *status = NULL;
    g_autofree char *reason = NULL;
    json_t *batches = NULL, *open = NULL;
    if (!store_lapse(call->store, call->now_ms, error) ||
        !store_get_epoch(call->store, &epoch, error) ||
        !store_get_next_sequence(call->store, call->kiosk, &next, error) ||
        !store_get_retell_from(call->store, call->kiosk, &retell_from, error) ||
        !store_get_status(call->store, call->kiosk, &status, error) ||
        !get_desire(call, &reason, error) ||
        !(batches = store_list_batches(call->store, call->kiosk, error)))
        return NULL;
    open = store_list_open(call->store, call->kiosk, error);
    if (!open) {
        json_decref(batches);
        return NULL;
    }
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "kiosk", call->kiosk, "desired",
        *reason ? "closed" : "open", "reason", reason, "next_sequence", (json_int_t)next,
        "retell_from", (json_int_t)retell_from, "epoch", (json_int_t)epoch, "server_time_ms",
        (json_int_t)call->now_ms, "batches", batches, "open", open, "journal_head",
        read_head(status, "journal_head"), "audit_head", read_head(status, "audit_head"));
}

void api_get_kiosk(const Api *api, const Call *call, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    json_t *answer = store_begin(call->store, &error) ? collect(call, &error) : NULL;
    if (answer && store_commit(call->store, &error)) {
        json_object_set_new(answer, "verify_host", json_string(api->verify_host));
        json_object_set_new(answer, "policies",
                            json_pack("{s:s, s:i}", "factor", api->factor_sms ? "sms" : "none",
                                      "lease_s", api->lease_s));
        reply_json(reply, 200, answer);
        return;
    }
    store_rollback(call->store);
    json_decref(answer);
    register_fail(reply, error, call->language);
}

/* NULL: fine. */
static const char *find_status_fault(const json_t *status)
{
    static const char *const counts[] = {"unsure", "retracted"};
    const json_t *ready = json_object_get(status, "ready");
    if (ready && !json_is_boolean(ready))
        return "ready";
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        const json_t *count = json_object_get(status, counts[i]);
        if (count && (!json_is_integer(count) || json_integer_value(count) < 0 ||
                      json_integer_value(count) > COUNT_MAX))
            return counts[i];
    }
    const json_t *epoch = json_object_get(status, "told_epoch");
    if (epoch && (!json_is_integer(epoch) || json_integer_value(epoch) < 1))
        return "told_epoch";
    const json_t *keys = json_object_get(status, "acknowledged");
    if (keys && (!json_is_array(keys) || json_array_size(keys) > ACKNOWLEDGED_MAX))
        return "acknowledged";
    for (gsize i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        if (!key || !request_is_key(key))
            return "acknowledged";
    }
    return NULL;
}

static gint64 count_of(const char *head)
{
    return g_ascii_strtoll(head, NULL, 10);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* An audit only grows: its longest head stays, so that a cut is seen at every start, until the
 * kiosk says that a supervisor has seen what is missing. A journal may be lost and begin anew: what
 * that means is settled when the kiosk finds the old head missing, and its next one counts. */
static json_t *keep_longest_audit(const json_t *status, const char *before)
{
    json_t *kept = json_copy((json_t *)status), *old = json_loads(before, 0, NULL);
    const char *had = text_of(old, "audit_head");
    if (count_of(had) >= MAX(count_of(text_of(status, "audit_head")), 1) &&
        strcmp(had, text_of(status, "audit_seen")))
        json_object_set_new(kept, "audit_head", json_string(had));
    json_decref(old);
    return kept;
}

/* The status as it is kept; the caller frees. NULL and `error`. */
static char *merge_status(const Call *call, const json_t *status, GError **error)
{
    g_autofree char *before = NULL;
    if (!store_get_status(call->store, call->kiosk, &before, error))
        return NULL;
    json_t *kept = keep_longest_audit(status, before);
    char *text = json_dumps(kept, JSON_COMPACT), *copy = g_strdup(text);
    free(text);
    json_decref(kept);
    return copy;
}

static gboolean keep_status(const Call *call, const json_t *status, GError **error)
{
    const json_t *keys = json_object_get(status, "acknowledged");
    g_autofree char *text = merge_status(call, status, error);
    gint64 told = json_integer_value(json_object_get(status, "told_epoch"));
    if (!text || !store_keep_status(call->store, call->kiosk, text, call->now_ms, error) ||
        (told && !store_hear(call->store, call->kiosk, told, error)))
        return FALSE;
    for (gsize i = 0; i < json_array_size(keys); i++)
        if (!store_acknowledge(call->store, call->kiosk, json_string_value(json_array_get(keys, i)),
                               error))
            return FALSE;
    return TRUE;
}

static void record_status(const Call *call, const json_t *status, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = NULL;
    json_t *settlements = NULL;
    gint64 epoch = 0;
    if (store_begin(call->store, &error) && keep_status(call, status, &error) &&
        store_get_epoch(call->store, &epoch, &error) && get_desire(call, &reason, &error) &&
        (settlements = store_list_settlements(call->store, call->kiosk, &error)) &&
        store_commit(call->store, &error)) {
        reply_json(reply, 200,
                   json_pack("{s:s, s:s, s:I, s:o}", "desired", *reason ? "closed" : "open",
                             "reason", reason, "epoch", (json_int_t)epoch, "settlements",
                             settlements));
        return;
    }
    store_rollback(call->store);
    json_decref(settlements);
    register_fail(reply, error, call->language);
}

void api_post_status(const Api *api, const Call *call, Reply *reply)
{
    static const RequestField fields[] = {{"version", FALSE, 0, 64, NULL},
                                          {"journal_head", FALSE, 0, 128, NULL},
                                          {"audit_head", FALSE, 0, 128, NULL},
                                          {"audit_cut", FALSE, 0, 128, NULL},
                                          {"audit_seen", FALSE, 0, 128, NULL}};
    const char *texts[G_N_ELEMENTS(fields)];
    (void)api;
    json_t *status = request_parse(call->body, call->body_length, call->language, reply);
    if (!status)
        return;
    const char *fault = find_status_fault(status);
    if (fault)
        reply_invalid(reply, call->language, fault, "has the wrong form");
    else if (request_read(status, fields, G_N_ELEMENTS(fields), texts, call->language, reply))
        record_status(call, status, reply);
    json_decref(status);
}
