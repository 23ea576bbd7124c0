#include "firmware/service/service.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/json_input.h"
#include "firmware/certificate/signature.h"
#include "firmware/service/answer.h"
#include "firmware/service/http.h"
#include "firmware/service/problem.h"
#include "firmware/service/text.h"
#include <string.h>

#define JSON_TYPE "application/json"
#define JOSE_TYPE "application/jose"

struct Service {
    Http *http;
    KeySet *keys;
};

/* JSON text with personal data: secret_free wipes it. */
typedef char SecretText;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretText, secret_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

Service *service_create(const Config *config, GError **error)
{
    json_input_prepare();
    g_autoptr(GError) cause = NULL;
    g_autofree char *jwks_path = config_path(config, "service", "jwks_file");
    g_autoptr(KeySet) keys = key_set_load(jwks_path, &cause);
    if (!keys)
        kiosk_error_add(error, g_error_new(KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                                           "service: [service] jwks_file: %s", cause->message));
    Http *http = http_create(config, error);
    if (!http || !keys) {
        http_destroy(http);
        return NULL;
    }
    Service *service = g_new0(Service, 1);
    service->http = http;
    service->keys = g_steal_pointer(&keys);
    return service;
}

void service_destroy(Service *service)
{
    if (!service)
        return;
    http_destroy(service->http);
    key_set_free(service->keys);
    g_free(service);
}

static gboolean refuse_argument(GError **error, const char *what, const char *name)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "service: %s: %s has the wrong form", what,
                name);
    return FALSE;
}

/* The answer must have `status` and, where that has a body, the type asked for. */
static gboolean check_success(const HttpRequest *request, const HttpAnswer *answer, int status,
                              ServiceProblem *ret_problem, GError **error)
{
    if (answer->status != status) {
        problem_read(answer, request->what, ret_problem, error);
        return FALSE;
    }
    if (status != 204 && strcmp(answer->content_type, request->accept)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "service: %s: content type '%s', expected is %s", request->what,
                    answer->content_type, request->accept);
        return FALSE;
    }
    ret_problem->problem = PROBLEM_NONE;
    return TRUE;
}

static gboolean call(Service *service, const HttpRequest *request, int status, HttpAnswer *ret,
                     ServiceProblem *ret_problem, GError **error)
{
    gboolean answered = http_send(service->http, request, ret, error);
    problem_init(ret, ret_problem);
    return answered && check_success(request, ret, status, ret_problem, error);
}

/* An answer that came but does not read: unknown, not fine. */
static gboolean settle(gboolean good, ServiceProblem *ret_problem)
{
    if (!good)
        ret_problem->problem = PROBLEM_UNKNOWN;
    return good;
}

static void forget(ServiceProblem *ret_problem)
{
    problem_init(&(HttpAnswer){0}, ret_problem);
}

gboolean service_get_kiosk(Service *service, ServiceKiosk *ret, ServiceProblem *ret_problem,
                           GError **error)
{
    HttpRequest request = {.method = "GET",
                           .path = "/v1/kiosk",
                           .what = "GET /v1/kiosk",
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES};
    g_auto(HttpAnswer) answer = {0};
    if (!call(service, &request, 200, &answer, ret_problem, error))
        return FALSE;
    g_autofree ServiceKiosk *read = g_new0(ServiceKiosk, 1);
    if (!settle(answer_read_kiosk(answer.body, answer.length, request.what, read, error),
                ret_problem))
        return FALSE;
    *ret = *read;
    return TRUE;
}

static SecretText *compose_visit(const Holder *holder)
{
    g_autoptr(json_t) body =
        json_pack("{s:s, s:s, s:s, s:i}", "name", personal_reveal(holder->name), "id_number",
                  personal_reveal(holder->id_number), "document_type",
                  document_type_word(holder->type), "valid_until", holder->valid_until);
    return body ? json_dumps(body, JSON_COMPACT) : NULL;
}

ServiceVisit *service_open_visit(Service *service, const Holder *holder, const char *language,
                                 ServiceProblem *ret_problem, GError **error)
{
    forget(ret_problem);
    g_autoptr(SecretText) body = compose_visit(holder);
    HttpRequest request = {.method = "POST",
                           .path = "/v1/visits",
                           .what = "POST /v1/visits",
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES,
                           .body = body};
    request.headers[0] =
        !g_strcmp0(language, "en") ? "Accept-Language: en" : "Accept-Language: zh-CN";
    if (!body) {
        refuse_argument(error, request.what, "holder");
        return NULL;
    }
    g_auto(HttpAnswer) answer = {0};
    if (!call(service, &request, 201, &answer, ret_problem, error))
        return NULL;
    g_autoptr(ServiceVisit) visit = g_new0(ServiceVisit, 1);
    visit->arena = secret_arena_create();
    if (!settle(answer_read_visit(answer.body, answer.length, request.what, visit, error),
                ret_problem))
        return NULL;
    return g_steal_pointer(&visit);
}

gboolean service_send_factor(Service *service, const char *visit, const char *code,
                             ServiceProblem *ret_problem, GError **error)
{
    const char *what = "POST /v1/visits/{visit}/factor";
    forget(ret_problem);
    if (!text_is_token(visit))
        return refuse_argument(error, what, "visit");
    g_autoptr(json_t) json =
        code ? json_pack("{s:s}", "code", code) : json_pack("{s:b}", "resend", 1);
    g_autoptr(SecretText) body = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!body)
        return refuse_argument(error, what, "code");
    g_autofree char *path = g_strdup_printf("/v1/visits/%s/factor", visit);
    HttpRequest request = {.method = "POST",
                           .path = path,
                           .what = what,
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES,
                           .body = body};
    g_auto(HttpAnswer) answer = {0};
    return call(service, &request, 204, &answer, ret_problem, error);
}

gboolean service_close_visit(Service *service, const char *visit, ServiceProblem *ret_problem,
                             GError **error)
{
    const char *what = "DELETE /v1/visits/{visit}";
    forget(ret_problem);
    if (!text_is_token(visit))
        return refuse_argument(error, what, "visit");
    g_autofree char *path = g_strdup_printf("/v1/visits/%s", visit);
    HttpRequest request = {.method = "DELETE",
                           .path = path,
                           .what = what,
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES};
    g_auto(HttpAnswer) answer = {0};
    return call(service, &request, 204, &answer, ret_problem, error);
}

/* A good signature over somebody else's record is no answer to this request. */
static Record *open_record(Service *service, const HttpAnswer *answer, const char *id,
                           GBytes **ret_payload, GError **error)
{
    char kid[5];
    g_autoptr(GBytes) payload =
        jws_verify(service->keys, answer->body ? answer->body : "", answer->length, kid, error);
    if (!payload)
        return NULL;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(payload, &length);
    g_autoptr(Record) record = record_parse(bytes, length, error);
    if (!record)
        return NULL;
    if (strcmp(record->id, id)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "id: is %s, asked for was %s",
                    record->id, id);
        return NULL;
    }
    if (ret_payload)
        *ret_payload = g_steal_pointer(&payload);
    return g_steal_pointer(&record);
}

Record *service_get_record(Service *service, const char *visit, const char *record,
                           GBytes **ret_payload, ServiceProblem *ret_problem, GError **error)
{
    const char *what = "GET /v1/records/{record}";
    forget(ret_problem);
    if (!text_is_token(visit) || !text_is_record_id(record)) {
        refuse_argument(error, what, "visit or record");
        return NULL;
    }
    g_autofree char *path = g_strdup_printf("/v1/records/%s", record);
    g_autofree char *header = g_strdup_printf("Visit: %s", visit);
    HttpRequest request = {.method = "GET",
                           .path = path,
                           .what = what,
                           .accept = JOSE_TYPE,
                           .limit_bytes = LIMIT_JWS_BYTES,
                           .headers = {header}};
    g_auto(HttpAnswer) answer = {0};
    if (!call(service, &request, 200, &answer, ret_problem, error))
        return NULL;
    Record *opened = open_record(service, &answer, record, ret_payload, error);
    if (!settle(opened != NULL, ret_problem))
        g_prefix_error(error, "service: %s: ", what);
    return opened;
}

typedef struct {
    const char *key, *record, *visit, *identifier, *booklet, *digest;
    const ServiceReservation *known; /* of an earlier answer, or NULL */
    const char *state;               /* how it has ended since, or NULL */
} Wish;

static gboolean check_wish(const Wish *wish, const char *what, GError **error)
{
    gsize digest_length = strspn(wish->digest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    const struct {
        const char *name;
        gboolean good;
    } arguments[] = {
        {"key", text_is_key(wish->key)},
        {"record", text_is_record_id(wish->record)},
        {"visit", wish->known || text_is_token(wish->visit)},
        {"identifier", identifier_is_valid(wish->identifier)},
        {"booklet", booklet_serial_is_valid(wish->booklet)},
        {"digest", digest_length == DIGEST_TEXT_LENGTH && !wish->digest[digest_length]},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(arguments); i++)
        if (!arguments[i].good)
            return refuse_argument(error, what, arguments[i].name);
    return TRUE;
}

static gboolean open_reservation(Service *service, const HttpAnswer *answer, const Wish *wish,
                                 const char *what, ServiceReservation *ret, GError **error)
{
    AnswerReservation read = {"", "", 0};
    ServiceReservation reservation = {0};
    if (!answer_read_reservation(answer->body, answer->length, what, &read, error))
        return FALSE;
    if (!base32_decode(read.signature, strlen(read.signature), reservation.signature,
                       sizeof reservation.signature)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "service: %s: signature: not 64 bytes in base32", what);
        return FALSE;
    }
    g_autofree char *text =
        signed_text_compose(wish->identifier, wish->booklet, wish->digest, read.kid);
    if (!key_set_verify(service->keys, read.kid, text, strlen(text), reservation.signature,
                        error)) {
        g_prefix_error(error, "service: %s: ", what);
        return FALSE;
    }
    g_strlcpy(reservation.kid, read.kid, sizeof reservation.kid);
    reservation.lease_s = read.lease_s;
    *ret = reservation;
    return TRUE;
}

/* A live visit, or the service's own signature of before, stands for the citizen. */
static json_t *compose_wish(const Wish *wish)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "record", wish->record, "identifier",
                             wish->identifier, "booklet", wish->booklet, "digest", wish->digest);
    if (!wish->known) {
        json_object_set_new(json, "visit", json_string(wish->visit));
        return json;
    }
    char signature[BASE32_LENGTH(SIGNATURE_BYTES) + 1];
    base32_encode(wish->known->signature, sizeof wish->known->signature, signature);
    json_object_set_new(json, "signature", json_string(signature));
    json_object_set_new(json, "kid", json_string(wish->known->kid));
    if (wish->state && *wish->state)
        json_object_set_new(json, "state", json_string(wish->state));
    return json;
}

static gboolean post_wish(Service *service, const Wish *wish, ServiceReservation *ret,
                          ServiceProblem *ret_problem, GError **error)
{
    forget(ret_problem);
    if (!check_wish(wish, "POST /v1/issuances", error))
        return FALSE;
    g_autoptr(json_t) json = compose_wish(wish);
    g_autoptr(SecretText) body = json_dumps(json, JSON_COMPACT);
    g_autofree char *header = g_strdup_printf("Idempotency-Key: %s", wish->key);
    HttpRequest request = {.method = "POST",
                           .path = "/v1/issuances",
                           .body = body,
                           .what = "POST /v1/issuances",
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES,
                           .headers = {header}};
    g_auto(HttpAnswer) answer = {0};
    if (!call(service, &request, 201, &answer, ret_problem, error))
        return FALSE;
    return settle(open_reservation(service, &answer, wish, request.what, ret, error), ret_problem);
}

gboolean service_reserve(Service *service, const char *key, const char *record, const char *visit,
                         const char *identifier, const char *booklet, const char *digest,
                         ServiceReservation *ret, ServiceProblem *ret_problem, GError **error)
{
    const Wish wish = {key, record, visit, identifier, booklet, digest, NULL, NULL};
    return post_wish(service, &wish, ret, ret_problem, error);
}

gboolean service_reserve_again(Service *service, const char *key, const char *record,
                               const char *identifier, const char *booklet, const char *digest,
                               const ServiceReservation *known, const char *state,
                               ServiceReservation *ret, ServiceProblem *ret_problem, GError **error)
{
    const Wish wish = {key, record, NULL, identifier, booklet, digest, known, state};
    return post_wish(service, &wish, ret, ret_problem, error);
}

static json_t *parse_object(const char *text)
{
    json_t *json =
        text ? json_input_parse(text, strlen(text), LIMIT_ANSWER_BYTES, "service", NULL) : NULL;
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *compose_report(const char *state, const char *reason, json_t *evidence,
                              const char *const *settled_by)
{
    json_t *json =
        json_pack("{s:s, s:s*, s:O*}", "state", state, "reason", reason, "evidence", evidence);
    if (settled_by)
        json_object_set_new(json, "settled_by", json_pack("[s, s]", settled_by[0], settled_by[1]));
    return json;
}

gboolean service_report(Service *service, const char *key, const char *state, const char *reason,
                        const char *evidence, const char *const *settled_by,
                        ServiceProblem *ret_problem, GError **error)
{
    const char *what = "PATCH /v1/issuances/{key}";
    forget(ret_problem);
    g_autoptr(json_t) proof = parse_object(evidence);
    if (!text_is_key(key) || !text_is_word(state) || (evidence && !proof))
        return refuse_argument(error, what, "key, state or evidence");
    if (settled_by && (!settled_by[0] || !settled_by[1]))
        return refuse_argument(error, what, "settled_by");
    g_autoptr(json_t) json = compose_report(state, reason, proof, settled_by);
    g_autoptr(SecretText) body = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!body)
        return refuse_argument(error, what, "reason");
    g_autofree char *path = g_strdup_printf("/v1/issuances/%s", key);
    HttpRequest request = {.method = "PATCH",
                           .path = path,
                           .what = what,
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES,
                           .body = body};
    g_auto(HttpAnswer) answer = {0};
    return call(service, &request, 200, &answer, ret_problem, error);
}

gboolean service_send_status(Service *service, const char *status_json, ServiceDesire *ret,
                             ServiceProblem *ret_problem, GError **error)
{
    HttpRequest request = {.method = "POST",
                           .path = "/v1/kiosk/status",
                           .body = status_json,
                           .what = "POST /v1/kiosk/status",
                           .accept = JSON_TYPE,
                           .limit_bytes = LIMIT_ANSWER_BYTES};
    forget(ret_problem);
    g_autoptr(json_t) json = parse_object(status_json);
    if (!json)
        return refuse_argument(error, request.what, "status");
    g_auto(HttpAnswer) answer = {0};
    if (!call(service, &request, 200, &answer, ret_problem, error))
        return FALSE;
    ServiceDesire read = {0};
    if (!settle(answer_read_desire(answer.body, answer.length, request.what, &read, error),
                ret_problem))
        return FALSE;
    *ret = read;
    return TRUE;
}
