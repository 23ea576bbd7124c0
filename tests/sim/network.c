/* firmware/service/http.h: the wire between kiosk and service, and all that goes wrong on it. */
#include "firmware/service/http.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include "tests/sim/oracle.h"
#include <string.h>

#define TIMEOUT_MS 10000

struct Http {
    Machine *m;
    Random random;
};

/* A request that arrives after the kiosk has given up. */
typedef struct {
    Request request;
    char *method, *path, *body;
} Late;

Http *http_create(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    Http *http = g_new0(Http, 1);
    http->m = world->current;
    http->random =
        random_stream(world->seed, "network", (guint)http->m->id * 100000 + http->m->incarnation);
    return http;
}

void http_destroy(Http *http)
{
    g_free(http);
}

guint http_count_connections(const Http *http)
{
    (void)http;
    return 1;
}

void http_answer_clear(HttpAnswer *answer)
{
    secret_wipe(answer->body, answer->body ? answer->length : 0);
    g_clear_pointer(&answer->body, g_free);
}

static gboolean fail(GError **error, KioskError kind, const char *why)
{
    g_set_error(error, KIOSK_ERROR, (int)kind, "service: %s", why);
    return FALSE;
}

static void read_request(const HttpRequest *request, Request *ret)
{
    *ret = (Request){.method = request->method, .path = request->path, .body = request->body};
    for (int i = 0; i < HTTP_HEADERS_MAX && request->headers[i]; i++) {
        const char *header = request->headers[i];
        if (g_str_has_prefix(header, "Visit: "))
            g_strlcpy(ret->visit, header + 7, sizeof ret->visit);
        if (g_str_has_prefix(header, "Idempotency-Key: "))
            g_strlcpy(ret->key, header + 17, sizeof ret->key);
        if (!strcmp(header, "Accept-Language: en"))
            ret->english = TRUE;
    }
}

/* Late requests wait on the world's agenda by number. */
static GPtrArray *late;

static void arrive_late(Machine *m, int number)
{
    Late *kept = late->pdata[number];
    Answer answer;
    if (kept) {
        late->pdata[number] = NULL;
        world_trace(m, "late request arrives");
        central_call(m, &kept->request, &answer);
        g_free(answer.body);
        g_free(kept->method);
        g_free(kept->path);
        g_free(kept->body);
        g_free(kept);
    }
}

static void keep_late(Http *http, const Request *request)
{
    Late *kept = g_new0(Late, 1);
    kept->request = *request;
    kept->request.method = kept->method = g_strdup(request->method);
    kept->request.path = kept->path = g_strdup(request->path);
    kept->request.body = kept->body = g_strdup(request->body);
    if (!late)
        late = g_ptr_array_new();
    g_ptr_array_add(late, kept);
    world_plan(http->m, random_between(&http->random, 500, 150000), arrive_late, (int)late->len - 1,
               TRUE);
}

/* Before anything leaves. TRUE: it does not. */
static gboolean is_stopped(Http *http, GError **error)
{
    Machine *m = http->m;
    if (world->now_ms < m->net_down_ms || !central_is_up(m->world)) {
        spend(random_between(&http->random, 50, 3000));
        fail(error, KIOSK_ERROR_UNAVAILABLE, "no route");
        return TRUE;
    }
    if (strikes(m, FAULT_NOT_SENT)) {
        spend(random_between(&http->random, 50, TIMEOUT_MS));
        fail(error, KIOSK_ERROR_UNAVAILABLE, "connection refused");
        return TRUE;
    }
    if (strikes(m, FAULT_WRONG_CERTIFICATE)) {
        fail(error, KIOSK_ERROR_SIGNATURE, "not our service's certificate");
        return TRUE;
    }
    return FALSE;
}

enum { RESERVES = 1, VISITS = 2, ANY = 4 };

/* Problems that the service may give to a call without doing anything. Those about an issuance's
 * fate come from its own rules only: made up, they would be lies. */
static const struct {
    const char *word;
    int status, where;
} problems[] = {
    {"in-progress", 409, ANY},
    {"too-many", 429, ANY},
    {"restoring", 503, ANY},
    {"kiosk-unknown", 403, ANY},
    {"kiosk-revoked", 403, ANY},
    {"certificate-live", 409, RESERVES},
    {"serial-used", 409, RESERVES},
    {"serial-not-assigned", 422, RESERVES},
    {"digest-mismatch", 422, RESERVES},
    {"key-reused", 422, RESERVES},
    {"visit-expired", 410, RESERVES},
    {"invalid-request", 400, RESERVES},
    {"person-unknown", 404, VISITS},
};

static void make_problem(Http *http, const Request *request, Answer *ret)
{
    int where = ANY;
    if (!strcmp(request->path, "/v1/issuances"))
        where |= RESERVES;
    if (!strcmp(request->path, "/v1/visits"))
        where |= VISITS;
    int which = random_below(&http->random, G_N_ELEMENTS(problems));
    if (!(problems[which].where & where))
        which %= 5;
    *ret = (Answer){.status = problems[which].status, .type = "application/problem+json"};
    ret->body = g_strdup_printf("{\"type\":\"%s\",\"title\":\"x\",\"status\":%d}",
                                problems[which].word, problems[which].status);
    world_trace(http->m, "problem %s", problems[which].word);
}

/* What somebody else answers instead of the service, which hears nothing. */
static gboolean is_answered_elsewhere(Http *http, const Request *request, Answer *ret)
{
    Machine *m = http->m;
    *ret = (Answer){.status = 0};
    if (strikes(m, FAULT_PORTAL)) {
        *ret = (Answer){.status = 200, .type = "text/html", .body = g_strdup("<html>login</html>")};
    } else if (strikes(m, FAULT_SERVER_ERROR)) {
        *ret = (Answer){.status = 500 + random_below(&http->random, 4),
                        .type = "text/plain",
                        .body = g_strdup("oops")};
    } else if (strikes(m, FAULT_BUSY)) {
        int wait_s = random_below(&http->random, 3) ? random_between(&http->random, 1, 40) : 0;
        *ret = (Answer){.status = random_below(&http->random, 2) ? 429 : 503,
                        .type = "application/problem+json",
                        .retry_after_s = wait_s};
        ret->body = g_strdup_printf("{\"type\":\"%s\",\"title\":\"wait\",\"status\":%d}",
                                    ret->status == 429 ? "too-many" : "restoring", ret->status);
    } else if (strikes(m, FAULT_PROBLEM)) {
        make_problem(http, request, ret);
    }
    if (ret->body)
        ret->length = strlen(ret->body);
    return ret->status != 0;
}

static gboolean hand_over(Http *http, const HttpRequest *request, Answer *from, HttpAnswer *ret,
                          GError **error)
{
    Machine *m = http->m;
    ret->sent = TRUE;
    if (!from->status || strikes(m, FAULT_ANSWER_LOST)) {
        spend(TIMEOUT_MS);
        g_free(from->body);
        return fail(error, KIOSK_ERROR_TIMEOUT, "no answer");
    }
    if (strikes(m, FAULT_TRUNCATED)) {
        spend(TIMEOUT_MS);
        g_free(from->body);
        return fail(error, KIOSK_ERROR_TIMEOUT, "the answer is cut off");
    }
    if (from->length > request->limit_bytes || strikes(m, FAULT_HUGE)) {
        g_free(from->body);
        return fail(error, KIOSK_ERROR_INVALID, "the answer is too long");
    }
    ret->status = from->status;
    ret->retry_after_s = from->retry_after_s;
    g_strlcpy(ret->content_type, from->type ? from->type : "", sizeof ret->content_type);
    ret->body = from->body;
    ret->length = ret->capacity = from->length;
    if (ret->length && strikes(m, FAULT_GARBAGE))
        memset(ret->body, '{', ret->length);
    /* TLS lets no bit flip on the wire; a body that was signed may have been spoilt before it. */
    gboolean is_signed =
        g_str_has_prefix(request->path, "/v1/records") || !strcmp(request->path, "/v1/issuances");
    if (ret->length && is_signed && ret->status < 300 && strikes(m, FAULT_FLIPPED))
        ret->body[random_below(&http->random, (int)ret->length)] ^=
            (char)(1 << random_below(&http->random, 7));
    return TRUE;
}

static void tell_post(Machine *m, const Request *request)
{
    if (!request->key[0] || !request->body)
        return;
    const char *at = strstr(request->body, "\"identifier\":\"");
    Fact *fact = oracle_tell(FACT_POST, m);
    g_strlcpy(fact->text, request->key, sizeof fact->text);
    g_strlcpy(fact->text2, at ? at + 14 : "", sizeof fact->text2);
}

gboolean http_send(Http *http, const HttpRequest *wanted, HttpAnswer *ret, GError **error)
{
    Machine *m = http->m;
    Request request;
    Answer answer;
    *ret = (HttpAnswer){0};
    if (m->dying || !m->loop)
        return fail(error, KIOSK_ERROR_UNAVAILABLE, "the process is gone");
    if (is_stopped(http, error))
        return FALSE;
    read_request(wanted, &request);
    tell_post(m, &request);
    spend(random_between(&http->random, 15, 120));
    if (strikes(m, FAULT_SLOW))
        spend(random_between(&http->random, 1000, TIMEOUT_MS - 500));
    if (strikes(m, FAULT_LATE))
        keep_late(http, &request);
    else if (!strikes(m, FAULT_REQUEST_LOST)) {
        if (is_answered_elsewhere(http, &request, &answer))
            return hand_over(http, wanted, &answer, ret, error);
        central_call(m, &request, &answer);
        if (strikes(m, FAULT_DUPLICATE) && central_is_up(m->world)) {
            g_free(answer.body);
            central_call(m, &request, &answer);
        }
        return hand_over(http, wanted, &answer, ret, error);
    }
    ret->sent = TRUE;
    spend(TIMEOUT_MS);
    return fail(error, KIOSK_ERROR_TIMEOUT, "no answer");
}

/* Requests of a world that has ended never arrive. */
void network_forget(void)
{
    for (guint i = 0; late && i < late->len; i++) {
        Late *kept = late->pdata[i];
        if (!kept)
            continue;
        g_free(kept->method);
        g_free(kept->path);
        g_free(kept->body);
        g_free(kept);
    }
    if (late)
        g_ptr_array_set_size(late, 0);
}
