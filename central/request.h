/* Bodies of requests: bounded, checked member by member from a table. */
#pragma once
#include "central/reply.h"
#include "firmware/certificate/json_input.h"

#define REQUEST_BYTES_MAX (16 * 1024)

typedef gboolean (*RequestCheck)(const char *text);

typedef struct {
    const char *name;
    gboolean required;
    gsize min, max;     /* bytes */
    RequestCheck check; /* NULL: any text without control characters */
} RequestField;

/* Parses the body as an object. NULL and `reply` (invalid-request). The caller owns. */
json_t *request_parse(const char *body, gsize length, Language language, Reply *reply);

/* Reads the texts of `fields` into `ret_texts` (borrowed from `object`; NULL when it is missing).
 * FALSE and `reply` naming the member. */
gboolean request_read(const json_t *object, const RequestField *fields, gsize count,
                      const char **ret_texts, Language language, Reply *reply);

/* Formats of section "schemas" of the API. */
gboolean request_is_key(const char *text); /* a UUID, lower case */
gboolean request_is_record_id(const char *text);
gboolean request_is_person_id(const char *text); /* ^[A-Za-z0-9_.-]{1,32}$ */
gboolean request_is_code(const char *text);      /* 6 digits */
gboolean request_is_digest(const char *text);
gboolean request_is_kid(const char *text);
gboolean request_is_signature(const char *text);
