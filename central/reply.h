/* What goes back to the caller of the API, before it is HTTP; and the problems (RFC 9457), one
 * table with a sentence in each language. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef enum { LANGUAGE_UNKNOWN = 0, LANGUAGE_ZH, LANGUAGE_EN } Language;

/* From an Accept-Language header: whichever of zh and en comes first, else Chinese. NULL is fine.
 */
Language language_from_header(const char *header);
const char *language_tag(Language language); /* "zh-CN", "en" */

typedef struct {
    int status;          /* HTTP; 0: nothing decided yet */
    const char *type;    /* media type, static; NULL: no body */
    GBytes *body;        /* or NULL */
    int retry_after_s;   /* 0: no such header */
    Language language;   /* of the sentences in it; UNKNOWN: none */
    const char *problem; /* word for the log, static, or NULL */
    gboolean decision;   /* a problem that decides the fate of its idempotency key */
} Reply;

void reply_clear(Reply *reply); /* wipes nothing: TLS has sent it; NULL is fine */

/* Fills `reply` with `json` (stolen), compact, members in the order they were set. */
void reply_json(Reply *reply, int status, json_t *json);

/* Fills `reply` with bytes of `type` (static). Takes a reference. */
void reply_bytes(Reply *reply, int status, const char *type, GBytes *bytes);

typedef enum {
    REFUSAL_UNKNOWN = 0,
    REFUSAL_IN_PROGRESS,
    REFUSAL_CERTIFICATE_LIVE,
    REFUSAL_SERIAL_USED,
    REFUSAL_ALREADY_SETTLED,
    REFUSAL_SERIAL_NOT_ASSIGNED,
    REFUSAL_DIGEST_MISMATCH,
    REFUSAL_KEY_REUSED,
    REFUSAL_VISIT_EXPIRED,
    REFUSAL_UNKNOWN_ISSUANCE,
    REFUSAL_KIOSK_UNKNOWN,
    REFUSAL_KIOSK_REVOKED,
    REFUSAL_TOO_MANY,
    REFUSAL_RESTORING,
    REFUSAL_WRONG_CODE,
    REFUSAL_PERSON_UNKNOWN,
    REFUSAL_INVALID_REQUEST,
    REFUSAL_UNKNOWN_RECORD,
    REFUSAL_NOT_FOUND,
    REFUSAL_METHOD_NOT_ALLOWED,
    REFUSAL_TOO_LARGE,
    REFUSAL_COUNT
} Refusal;

const char *refusal_word(Refusal refusal);
int refusal_status(Refusal refusal);

/* Fills `reply` with the problem. `extra` (stolen, may be NULL) is an object whose members are
 * added: "member", "state", "tries_left". */
void reply_problem(Reply *reply, Refusal refusal, Language language, json_t *extra);

/* The same for REFUSAL_INVALID_REQUEST: `member` is what is wrong, never its value. */
void reply_invalid(Reply *reply, Language language, const char *member, const char *why);

/* The sentence for a reason why a certificate is not printable ("tax-due"); one for an unknown
 * word, too. Static. */
const char *reason_sentence(const char *word, Language language);
