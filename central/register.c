#include "central/register.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include <stdlib.h>
#include <string.h>

/* Places in an identifier (21.18.16.3.1); the serial is kiosk 4, year 4, sequence 8. */
enum { AT_ISSUER = 22, AT_KIOSK = 41, AT_YEAR = 45, AT_SEQUENCE = 49, AT_VERSION = 58 };

void register_fail(Reply *reply, const GError *error, Language language)
{
    gboolean busy = kiosk_error_is(error, KIOSK_ERROR_BUSY);
    log_line(busy ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "central", "%s",
             error ? error->message : "register: no reason");
    reply_problem(reply, busy ? REFUSAL_IN_PROGRESS : REFUSAL_RESTORING, language, NULL);
}

static void replay(const StoredAnswer *stored, Reply *reply)
{
    reply_bytes(reply, stored->status,
                stored->status < 400 ? "application/json" : "application/problem+json",
                stored->body);
    reply->problem = "repeated";
}

static gboolean is_same_request(const StoredAnswer *stored, const guint8 request[32])
{
    static const guint8 any[32];
    return !memcmp(stored->request, any, 32) || !memcmp(stored->request, request, 32);
}

static int read_number(const char *text, int digits)
{
    char part[9] = "";
    memcpy(part, text, (gsize)digits);
    return strspn(part, "0123456789") == (gsize)digits ? (int)strtol(part, NULL, 10) : 0;
}

/* NULL: the identifier is one that this kiosk may use for this issuer. */
static const char *find_identifier_fault(const Reservation *wanted, const Obstacles *obstacles)
{
    const char *id = wanted->identifier;
    int year = clock_shanghai_day(wanted->now_ms) / 10000;
    if (!identifier_is_valid(id))
        return "is not valid";
    if (strncmp(id + AT_ISSUER, obstacles->issuer, 18))
        return "has another issuer than the record";
    if (strncmp(id + AT_KIOSK, wanted->kiosk, 4))
        return "has another kiosk number";
    if (abs(read_number(id + AT_YEAR, 4) - year) > 1)
        return "has another year";
    if (read_number(id + AT_SEQUENCE, 8) == 0)
        return "has no sequence";
    if (strncmp(id + AT_VERSION, "001", 3))
        return "has another version";
    return obstacles->identifier_used ? "is used" : NULL;
}

/* TRUE: nothing stands against it. Else `reply` says what does. */
static gboolean is_free(const Reservation *wanted, const Obstacles *obstacles, Reply *reply)
{
    const char *fault = obstacles->record_known ? find_identifier_fault(wanted, obstacles) : NULL;
    Refusal refusal = REFUSAL_UNKNOWN;
    if (obstacles->restoring && !wanted->vouched)
        refusal = REFUSAL_RESTORING;
    else if (!wanted->admitted && !wanted->vouched)
        refusal = REFUSAL_VISIT_EXPIRED;
    else if (!obstacles->record_known)
        refusal = REFUSAL_UNKNOWN_RECORD;
    else if (fault)
        refusal = REFUSAL_INVALID_REQUEST;
    else if (strcmp(obstacles->digest, wanted->digest) && !wanted->vouched)
        refusal = REFUSAL_DIGEST_MISMATCH;
    else if ((obstacles->record_live && !wanted->over) ||
             (obstacles->record_barred && !wanted->vouched))
        refusal = REFUSAL_CERTIFICATE_LIVE;
    else if (!obstacles->assigned && !wanted->vouched)
        refusal = REFUSAL_SERIAL_NOT_ASSIGNED;
    else if (obstacles->booklet_used)
        refusal = REFUSAL_SERIAL_USED;
    else
        return TRUE;
    if (refusal == REFUSAL_INVALID_REQUEST)
        reply_invalid(reply, wanted->language, "identifier", fault);
    else
        reply_problem(reply, refusal, wanted->language, NULL);
    return FALSE;
}

static gboolean sign(const Register *reg, const Reservation *wanted, Reply *reply, GError **error)
{
    guint8 signature[SIGNATURE_BYTES];
    g_autofree char *text =
        signed_text_compose(wanted->identifier, wanted->booklet, wanted->digest, reg->kid);
    if (!key_set_sign(reg->keys, reg->kid, text, strlen(text), signature, error))
        return FALSE;
    char signature_text[BASE32_LENGTH(SIGNATURE_BYTES) + 1];
    base32_encode(signature, sizeof signature, signature_text);
    reply_json(reply, 201,
               json_pack("{s:s, s:s, s:i}", "signature", signature_text, "kid", reg->kid, "lease_s",
                         reg->lease_s));
    return TRUE;
}

static gboolean grant(Register *reg, const Reservation *wanted, const Issuance *issuance,
                      guint32 sequence, Reply *reply, GError **error)
{
    return sign(reg, wanted, reply, error) &&
           store_insert_issuance(reg->store, issuance, sequence,
                                 wanted->now_ms + (gint64)reg->lease_s * 1000, wanted->now_ms,
                                 error);
}

static gboolean keep_answer(Register *reg, const Reservation *wanted, const Reply *reply,
                            GError **error)
{
    StoredAnswer answer = {.status = reply->status, .body = reply->body};
    memcpy(answer.request, wanted->request, 32);
    return store_put_answer(reg->store, wanted->kiosk, wanted->key, &answer, error);
}

static gboolean decide(Register *reg, const Reservation *wanted, Reply *reply, GError **error)
{
    Issuance issuance = {0};
    g_strlcpy(issuance.kiosk, wanted->kiosk, sizeof issuance.kiosk);
    g_strlcpy(issuance.key, wanted->key, sizeof issuance.key);
    g_strlcpy(issuance.record, wanted->record, sizeof issuance.record);
    g_strlcpy(issuance.digest, wanted->digest, sizeof issuance.digest);
    g_strlcpy(issuance.identifier, wanted->identifier, sizeof issuance.identifier);
    g_strlcpy(issuance.booklet, wanted->booklet, sizeof issuance.booklet);
    issuance.state = wanted->over ? REGISTER_STATE_RETOLD : REGISTER_STATE_RESERVED;
    guint32 sequence = (guint32)read_number(issuance.identifier + AT_SEQUENCE, 8);
    Obstacles obstacles;
    if (!store_find_obstacles(reg->store, &issuance, sequence, &obstacles, error))
        return FALSE;
    if (is_free(wanted, &obstacles, reply))
        return grant(reg, wanted, &issuance, sequence, reply, error) &&
               keep_answer(reg, wanted, reply, error);
    /* What a kiosk sends again after a restore was decided long ago: a refusal is not, people mend
     * its cause. */
    return !reply->decision || wanted->vouched || keep_answer(reg, wanted, reply, error);
}

static gboolean reserve(Register *reg, const Reservation *wanted, Reply *reply, GError **error)
{
    StoredAnswer stored;
    if (!store_lapse(reg->store, wanted->now_ms, error) ||
        !store_get_answer(reg->store, wanted->kiosk, wanted->key, &stored, error))
        return FALSE;
    if (!stored.status)
        return decide(reg, wanted, reply, error);
    if (is_same_request(&stored, wanted->request))
        replay(&stored, reply);
    else
        reply_problem(reply, REFUSAL_KEY_REUSED, wanted->language, NULL);
    g_bytes_unref(stored.body);
    return TRUE;
}

void register_reserve(Register *reg, const Reservation *wanted, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    if (!store_begin(reg->store, &error) || !reserve(reg, wanted, reply, &error) ||
        !store_commit(reg->store, &error))
        register_fail(reply, error, wanted->language);
    store_rollback(reg->store);
}

/* ---- reports */

/* A POST with this key may still be on its way: it must not reserve what the kiosk has put back. */
static gboolean bury(Register *reg, const Report *report, GError **error)
{
    StoredAnswer stored;
    if (!store_get_answer(reg->store, report->kiosk, report->key, &stored, error))
        return FALSE;
    g_autoptr(GBytes) old = stored.body;
    if (stored.status || report->to != REGISTER_STATE_RELEASED)
        return TRUE;
    Reply late = {0};
    reply_problem(&late, REFUSAL_ALREADY_SETTLED, report->language,
                  json_pack("{s:s}", "state", register_row(report->to)->word));
    StoredAnswer answer = {.status = late.status, .body = late.body};
    gboolean kept = store_put_answer(reg->store, report->kiosk, report->key, &answer, error);
    reply_clear(&late);
    return kept;
}

static void confirm(const Report *report, Reply *reply)
{
    reply_json(
        reply, 200,
        json_pack("{s:s, s:s}", "key", report->key, "state", register_row(report->to)->word));
}

/* One signature alone, or the same twice, is nobody's. */
static RegisterActor actor_of(const Report *report)
{
    const char *const *people = report->settled_by;
    if (!people[0] && !people[1])
        return REGISTER_ACTOR_KIOSK;
    return people[0] && people[1] && strcmp(people[0], people[1]) ? REGISTER_ACTOR_TWO_PEOPLE
                                                                  : REGISTER_ACTOR_UNKNOWN;
}

static gboolean take(Register *reg, const Report *report, const Issuance *issuance, Reply *reply,
                     GError **error)
{
    confirm(report, reply);
    Step step = {.from = issuance->state,
                 .to = report->to,
                 .actor = actor_of(report),
                 .reason = report->reason,
                 .evidence = report->evidence,
                 .settled_by = {report->settled_by[0], report->settled_by[1]},
                 .elsewhere = report->elsewhere,
                 .answer = report->elsewhere ? NULL : reply->body};
    return store_take_step(reg->store, issuance->id, &step, report->now_ms, error);
}

static gboolean judge(Register *reg, const Report *report, const Issuance *issuance, Reply *reply,
                      GError **error)
{
    switch (register_step_judge(issuance->state, report->to, actor_of(report))) {
    case REGISTER_STEP_ALLOWED:
        return take(reg, report, issuance, reply, error);
    case REGISTER_STEP_NEEDS_TWO_PEOPLE:
        reply_invalid(reply, report->language, "settled_by", "two different people are needed");
        return TRUE;
    case REGISTER_STEP_ALREADY_SETTLED:
        reply_problem(reply, REFUSAL_ALREADY_SETTLED, report->language,
                      json_pack("{s:s}", "state", register_row(issuance->state)->word));
        return TRUE;
    case REGISTER_STEP_NEVER:
    case REGISTER_STEP_UNKNOWN:
        break;
    }
    reply_invalid(reply, report->language, "state", "does not follow the present one");
    return TRUE;
}

/* What two people said before the backup was put back, the kiosk may still know: nobody settles
 * anew, and perhaps otherwise, until it has told. */
static gboolean must_wait(Register *reg, const Report *report, gboolean *ret, GError **error)
{
    *ret = FALSE;
    return !report->elsewhere || store_is_restoring(reg->store, ret, error);
}

static gboolean record_report(Register *reg, const Report *report, Reply *reply, GError **error)
{
    Issuance issuance;
    gboolean waits;
    if (!must_wait(reg, report, &waits, error))
        return FALSE;
    if (waits) {
        reply_problem(reply, REFUSAL_RESTORING, report->language, NULL);
        return TRUE;
    }
    if (!store_lapse(reg->store, report->now_ms, error) ||
        !store_find_issuance(reg->store, report->kiosk, report->key, &issuance, error))
        return FALSE;
    if (!issuance.id) {
        reply_problem(reply, REFUSAL_UNKNOWN_ISSUANCE, report->language, NULL);
        return bury(reg, report, error);
    }
    GError *cause = NULL;
    g_autoptr(GBytes) answered =
        store_get_step_answer(reg->store, issuance.id, report->to, report->settled_by, &cause);
    if (cause) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    if (answered) {
        StoredAnswer stored = {.status = 200, .body = answered};
        replay(&stored, reply);
        return TRUE;
    }
    if (issuance.state == report->to) {
        confirm(report, reply);
        return report->elsewhere ||
               store_acknowledge(reg->store, report->kiosk, report->key, error);
    }
    return judge(reg, report, &issuance, reply, error);
}

void register_report(Register *reg, const Report *report, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    if (!store_begin(reg->store, &error) || !record_report(reg, report, reply, &error) ||
        !store_commit(reg->store, &error))
        register_fail(reply, error, report->language);
    store_rollback(reg->store);
}
