#include "central/api.h"
#include "central/person.h"
#include "central/register.h"
#include "central/request.h"
#include "firmware/base/clock.h"
#include "firmware/base/limit.h"
#include <string.h>

#define FOR_EVER 99999999

enum { NAME, ID_NUMBER, DOCUMENT_TYPE, PERSON_FIELDS };

static const RequestField person_fields[PERSON_FIELDS] = {
    [NAME] = {"name", TRUE, 1, 128, NULL},
    [ID_NUMBER] = {"id_number", TRUE, 15, 18, NULL},
    [DOCUMENT_TYPE] = {"document_type", TRUE, 1, 32, NULL},
};

static gboolean check_valid_until(const json_t *body, const Call *call, Reply *reply)
{
    const json_t *value = json_object_get(body, "valid_until");
    json_int_t day = json_integer_value(value);
    const char *fault = NULL;
    if (!value)
        fault = "is missing";
    else if (day != FOR_EVER &&
             (day < 0 || day > FOR_EVER ||
              !clock_is_day((int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100))))
        fault = "is no day YYYYMMDD";
    else if (day < clock_shanghai_day(call->now_ms))
        fault = "the document has expired";
    if (fault)
        reply_invalid(reply, call->language, "valid_until", fault);
    return fault == NULL;
}

/* TRUE when the number may belong to such a document; else `reply` says why not. */
static gboolean check_person(const char *const *texts, const Call *call, Reply *reply)
{
    switch (person_check(texts[DOCUMENT_TYPE], texts[ID_NUMBER])) {
    case PERSON_CHECK_FITS:
        return TRUE;
    case PERSON_CHECK_NO_TYPE:
        reply_invalid(reply, call->language, "document_type", "is none that is known");
        return FALSE;
    case PERSON_CHECK_NO_NUMBER:
        reply_invalid(reply, call->language, "id_number", "has the wrong form");
        return FALSE;
    case PERSON_CHECK_OTHER:
    case PERSON_CHECK_UNKNOWN:
        break;
    }
    reply_problem(reply, REFUSAL_PERSON_UNKNOWN, call->language, NULL);
    return FALSE;
}

/* The reason why `listed` is not printable, "" when it is. Without a phone no code can be sent. */
static const char *find_reason(const Api *api, const Listed *listed)
{
    if (*listed->reason)
        return listed->reason;
    return api->factor_sms && !*listed->phone ? "window" : "";
}

/* Ids of the printable ones, NULL-terminated, borrowed; and the first phone. */
static const char **choose_printable(const Api *api, const GArray *list, const char **ret_phone)
{
    const char **ids = g_new0(const char *, list->len + 1);
    gsize count = 0;
    for (guint i = 0; i < list->len; i++) {
        const Listed *listed = &g_array_index(list, Listed, i);
        if (*find_reason(api, listed))
            continue;
        ids[count++] = listed->id;
        if (!*ret_phone && api->factor_sms)
            *ret_phone = listed->phone;
    }
    return ids;
}

/* Why it is not printable; of one that is printed, when and where. */
static char *say_reason(const Listed *listed, const char *reason, Language language)
{
    if (!*reason || listed->printed_ms <= 0 || strcmp(reason, "printed"))
        return g_strdup(*reason ? reason_sentence(reason, language) : "");
    int day = clock_shanghai_day(listed->printed_ms);
    return g_strdup_printf(language == LANGUAGE_EN
                               ? "Printed on %d-%02d-%02d at %s, one booklet each."
                               : "%d年%d月%d日在 %s 号机打印过红本，一证只打一本。",
                           day / 10000, day / 100 % 100, day % 100, listed->kiosk);
}

static json_t *describe(const Api *api, const GArray *list, Language language)
{
    json_t *certificates = json_array();
    for (guint i = 0; i < list->len; i++) {
        const Listed *listed = &g_array_index(list, Listed, i);
        const char *reason = find_reason(api, listed);
        g_autofree char *text = say_reason(listed, reason, language);
        json_array_append_new(certificates,
                              json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "record", listed->id,
                                        "number", listed->number, "location",
                                        personal_reveal(listed->location), "printable", !*reason,
                                        "reason", reason, "reason_text", text));
    }
    return certificates;
}

static void refuse_visit(VisitsVerdict verdict, int left, Language language, Reply *reply)
{
    static const Refusal refusals[] = {
        [VISITS_UNKNOWN] = REFUSAL_UNKNOWN,       [VISITS_FINE] = REFUSAL_UNKNOWN,
        [VISITS_EXPIRED] = REFUSAL_VISIT_EXPIRED, [VISITS_NOT_LISTED] = REFUSAL_UNKNOWN_RECORD,
        [VISITS_WRONG_CODE] = REFUSAL_WRONG_CODE, [VISITS_TOO_MANY] = REFUSAL_TOO_MANY,
        [VISITS_FAILED] = REFUSAL_RESTORING,
    };
    json_t *extra = verdict == VISITS_WRONG_CODE ? json_pack("{s:i}", "tries_left", left) : NULL;
    reply_problem(reply, refusals[verdict], language, extra);
    if (verdict == VISITS_TOO_MANY)
        reply->retry_after_s = left;
}

static void open_visit(const Api *api, const Call *call, const GArray *list, Reply *reply)
{
    const char *phone = NULL;
    char token[VISIT_TOKEN_LENGTH + 1];
    int left = 0;
    g_autofree const char **printable = choose_printable(api, list, &phone);
    VisitsVerdict verdict =
        visits_open(api->visits, call->kiosk, printable, phone, call->monotonic_ms, token, &left);
    if (verdict != VISITS_FINE) {
        refuse_visit(verdict, left, call->language, reply);
        return;
    }
    json_t *visit = json_pack("{s:s, s:s}", "visit", token, "factor", phone ? "sms" : "none");
    if (phone)
        json_object_set_new(visit, "phone_tail",
                            json_string(phone + MAX((gssize)strlen(phone) - 4, 0)));
    json_object_set_new(visit, "certificates", describe(api, list, call->language));
    reply_json(reply, 201, visit);
    reply->language = call->language;
}

static void find_certificates(const Api *api, const Call *call, const char *id_number, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    gboolean restoring = FALSE;
    if (!store_is_restoring(call->store, &restoring, &error)) {
        register_fail(reply, error, call->language);
        return;
    }
    if (restoring) {
        reply_problem(reply, REFUSAL_RESTORING, call->language, NULL);
        return;
    }
    g_autoptr(SecretArena) arena = secret_arena_create();
    g_autoptr(GArray) list = store_list_certificates(call->store, id_number, arena, &error);
    if (!list)
        register_fail(reply, error, call->language);
    else if (list->len == 0)
        reply_problem(reply, REFUSAL_PERSON_UNKNOWN, call->language, NULL);
    else
        open_visit(api, call, list, reply);
}

void api_post_visit(const Api *api, const Call *call, Reply *reply)
{
    const char *texts[PERSON_FIELDS];
    json_t *body = request_parse(call->body, call->body_length, call->language, reply);
    if (body && request_read(body, person_fields, PERSON_FIELDS, texts, call->language, reply) &&
        check_valid_until(body, call, reply) && check_person(texts, call, reply))
        find_certificates(api, call, texts[ID_NUMBER], reply);
    json_decref(body);
}

static VisitsVerdict enter_factor(const Api *api, const Call *call, const char *code, int *left)
{
    if (code)
        return visits_enter_code(api->visits, call->kiosk, call->args[0], code, call->monotonic_ms,
                                 left);
    return visits_resend(api->visits, call->kiosk, call->args[0], call->monotonic_ms, left);
}

void api_post_factor(const Api *api, const Call *call, Reply *reply)
{
    static const RequestField fields[] = {{"code", FALSE, 6, 6, request_is_code}};
    const char *code = NULL;
    int left = 0;
    json_t *body = request_parse(call->body, call->body_length, call->language, reply);
    if (!body || !request_read(body, fields, 1, &code, call->language, reply)) {
        json_decref(body);
        return;
    }
    if (!code && !json_is_true(json_object_get(body, "resend"))) {
        reply_invalid(reply, call->language, "code", "is missing");
    } else {
        VisitsVerdict verdict = enter_factor(api, call, code, &left);
        if (verdict == VISITS_FINE)
            reply_bytes(reply, 204, NULL, NULL);
        else
            refuse_visit(verdict, left, call->language, reply);
    }
    json_decref(body);
}

void api_delete_visit(const Api *api, const Call *call, Reply *reply)
{
    visits_close(api->visits, call->kiosk, call->args[0]);
    reply_bytes(reply, 204, NULL, NULL);
}

void api_get_record(const Api *api, const Call *call, Reply *reply)
{
    VisitsVerdict verdict =
        visits_check(api->visits, call->kiosk, call->visit, call->args[0], call->monotonic_ms);
    if (verdict != VISITS_FINE) {
        refuse_visit(verdict, 0, call->language, reply);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) jws = store_get_jws(call->store, call->args[0], &error);
    if (error)
        register_fail(reply, error, call->language);
    else if (!jws)
        reply_problem(reply, REFUSAL_UNKNOWN_RECORD, call->language, NULL);
    else
        reply_bytes(reply, 200, "application/jose", jws);
}
