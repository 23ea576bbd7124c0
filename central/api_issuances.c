#include "central/api.h"
#include "central/register.h"
#include "central/request.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/identifier.h"
#include <string.h>

enum { RECORD, VISIT, IDENTIFIER, BOOKLET, DIGEST, SIGNATURE, KID, STATE, ISSUANCE_FIELDS };

static const RequestField issuance_fields[ISSUANCE_FIELDS] = {
    [RECORD] = {"record", TRUE, 1, 64, request_is_record_id},
    [VISIT] = {"visit", FALSE, 1, 64, NULL},
    [IDENTIFIER] = {"identifier", TRUE, IDENTIFIER_LENGTH, IDENTIFIER_LENGTH, identifier_is_valid},
    [BOOKLET] = {"booklet", TRUE, SERIAL_LENGTH, SERIAL_LENGTH, booklet_serial_is_valid},
    [DIGEST] = {"digest", TRUE, DIGEST_TEXT_LENGTH, DIGEST_TEXT_LENGTH, request_is_digest},
    [SIGNATURE] = {"signature", FALSE, 103, 103, request_is_signature},
    [KID] = {"kid", FALSE, KID_LENGTH, KID_LENGTH, request_is_kid},
    [STATE] = {"state", FALSE, 1, 16, NULL},
};

/* Our own signature over exactly this: we reserved it before. */
static gboolean is_vouched(const Api *api, const char *const *texts)
{
    guint8 signature[SIGNATURE_BYTES];
    if (!texts[SIGNATURE] || !texts[KID] ||
        !base32_decode(texts[SIGNATURE], strlen(texts[SIGNATURE]), signature, sizeof signature))
        return FALSE;
    g_autofree char *text =
        signed_text_compose(texts[IDENTIFIER], texts[BOOKLET], texts[DIGEST], texts[KID]);
    return key_set_verify(api->known, texts[KID], text, strlen(text), signature, NULL);
}

/* How it ended, where it is told again: one of the two ends that free the certificate. */
static gboolean is_over(const char *state)
{
    RegisterState end = register_state_from_word(state);
    return end == REGISTER_STATE_SPOILED || end == REGISTER_STATE_VOID;
}

static void hash(const char *bytes, gsize length, guint8 ret[32])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = 32;
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    g_checksum_get_digest(checksum, ret, &size);
}

static Register make_register(const Api *api, const Call *call)
{
    return (Register){call->store, api->keys, api->kid, api->lease_s};
}

static void reserve(const Api *api, const Call *call, const char *const *texts, Reply *reply)
{
    Reservation wanted = {
        .kiosk = call->kiosk,
        .key = call->idempotency_key,
        .record = texts[RECORD],
        .identifier = texts[IDENTIFIER],
        .booklet = texts[BOOKLET],
        .digest = texts[DIGEST],
        .admitted = visits_check(api->visits, call->kiosk, texts[VISIT], texts[RECORD],
                                 call->monotonic_ms) == VISITS_FINE,
        .vouched = is_vouched(api, texts),
        .language = call->language,
        .now_ms = call->now_ms,
    };
    wanted.over = wanted.vouched && is_over(texts[STATE]);
    hash(call->body, call->body_length, wanted.request);
    Register reg = make_register(api, call);
    register_reserve(&reg, &wanted, reply);
}

void api_post_issuance(const Api *api, const Call *call, Reply *reply)
{
    const char *texts[ISSUANCE_FIELDS];
    if (!call->idempotency_key || !request_is_key(call->idempotency_key)) {
        reply_invalid(reply, call->language, "Idempotency-Key", "is missing or no UUID");
        return;
    }
    json_t *body = request_parse(call->body, call->body_length, call->language, reply);
    if (body && request_read(body, issuance_fields, ISSUANCE_FIELDS, texts, call->language, reply))
        reserve(api, call, texts, reply);
    json_decref(body);
}

/* FALSE: `settled_by` is there, but is not two different ids. */
static gboolean read_people(const json_t *body, const char *ret[2])
{
    const json_t *people = json_object_get(body, "settled_by");
    if (!people)
        return TRUE;
    if (json_array_size(people) != 2)
        return FALSE;
    for (gsize i = 0; i < 2; i++) {
        ret[i] = json_string_value(json_array_get(people, i));
        if (!ret[i] || !request_is_person_id(ret[i]))
            return FALSE;
    }
    return strcmp(ret[0], ret[1]) != 0;
}

static void report(const Api *api, const Call *call, const json_t *body, const char *const *texts,
                   Reply *reply)
{
    const json_t *evidence = json_object_get(body, "evidence");
    Report wanted = {.kiosk = call->kiosk,
                     .key = call->args[0],
                     .to = register_state_from_word(texts[0]),
                     .reason = texts[1],
                     .language = call->language,
                     .now_ms = call->now_ms};
    if (wanted.to == REGISTER_STATE_UNKNOWN || wanted.to == REGISTER_STATE_RESERVED) {
        reply_invalid(reply, call->language, "state", "is none that can be reported");
    } else if (!read_people(body, wanted.settled_by)) {
        reply_invalid(reply, call->language, "settled_by", "is not two different ids");
    } else if (evidence && !json_is_object(evidence)) {
        reply_invalid(reply, call->language, "evidence", "is not an object");
    } else {
        char *text = evidence ? json_dumps(evidence, JSON_COMPACT) : NULL;
        wanted.evidence = text;
        Register reg = make_register(api, call);
        register_report(&reg, &wanted, reply);
        json_free_t release;
        json_get_alloc_funcs(NULL, &release);
        release(text);
    }
}

void api_patch_issuance(const Api *api, const Call *call, Reply *reply)
{
    static const RequestField fields[] = {{"state", TRUE, 1, 16, NULL},
                                          {"reason", FALSE, 0, 200, NULL}};
    const char *texts[G_N_ELEMENTS(fields)];
    if (!request_is_key(call->args[0])) {
        reply_problem(reply, REFUSAL_UNKNOWN_ISSUANCE, call->language, NULL);
        return;
    }
    json_t *body = request_parse(call->body, call->body_length, call->language, reply);
    if (body && request_read(body, fields, G_N_ELEMENTS(fields), texts, call->language, reply))
        report(api, call, body, texts, reply);
    json_decref(body);
}
