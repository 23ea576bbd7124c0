#include "firmware/service/answer.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/json_input.h"
#include "firmware/service/field.h"
#include "firmware/service/text.h"
#include <string.h>

#define YEAR_2020_MS 1577836800000
#define YEAR_3000_MS 32503680000000

/* `max` of a text comes from the room it has. */
#define TEXT(type, member, bytes_min, check, wants)                                                \
    .kind = FIELD_TEXT, .offset = offsetof(type, member), .min = (bytes_min),                      \
    .max = sizeof(((type *)0)->member) - 1, .fits = (check), .form = (wants)
#define PLAIN(type, member, bytes_min) TEXT(type, member, bytes_min, NULL, NULL)
#define PERSONAL(type, member, bytes_min, bytes_max)                                               \
    .kind = FIELD_PERSONAL, .offset = offsetof(type, member), .min = (bytes_min), .max = (bytes_max)
#define NUMBER(type, member, number, lowest, highest)                                              \
    .kind = (number), .offset = offsetof(type, member), .min = (lowest), .max = (highest)
#define BOOL(type, member) .kind = FIELD_BOOL, .offset = offsetof(type, member)
#define CHOICE(type, member, words)                                                                \
    .kind = FIELD_CHOICE, .offset = offsetof(type, member), .form = (words)
#define LIST(type, member, count, rows)                                                            \
    .kind = FIELD_LIST, .offset = offsetof(type, member),                                          \
    .max = G_N_ELEMENTS(((type *)0)->member), .items = (rows),                                     \
    .stride = sizeof(((type *)0)->member[0]), .count_offset = offsetof(type, count)
#define OPTIONAL .optional = TRUE
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/* clang-format off */
static const Field batch_fields[] = {
    {"first", TEXT(BookletBatch, first, 12, booklet_serial_is_valid, "a booklet serial")},
    {"last", TEXT(BookletBatch, last, 12, booklet_serial_is_valid, "a booklet serial")},
    END,
};

static const Field open_fields[] = {
    {"key", TEXT(OpenIssuance, key, 36, text_is_key, "an issuance key")},
    {"record", TEXT(OpenIssuance, record, 1, text_is_record_id, "a record id")},
    {"identifier", TEXT(OpenIssuance, identifier, 63, identifier_is_valid, "an identifier")},
    {"booklet", TEXT(OpenIssuance, booklet, 12, booklet_serial_is_valid, "a booklet serial")},
    {"state", TEXT(OpenIssuance, state, 1, text_is_word, "a word")},
    END,
};

static gboolean is_head(const char *text)
{
    gsize digits = strspn(text, "0123456789");
    return !*text || (digits > 0 && text[digits] == ':' && strlen(text + digits) == 65 &&
                      strspn(text + digits + 1, "0123456789abcdef") == 64);
}

static const Field kiosk_fields[] = {
    {"kiosk", TEXT(ServiceKiosk, number, 4, text_is_code, "4 of 0-9A-Z")},
    {"next_sequence", NUMBER(ServiceKiosk, next_sequence, FIELD_UINT32, 1, 100000000)},
    {"retell_from", NUMBER(ServiceKiosk, retell_from, FIELD_UINT32, 1, 100000000), OPTIONAL},
    {"epoch", NUMBER(ServiceKiosk, epoch, FIELD_UINT32, 1, G_MAXUINT32)},
    {"server_time_ms",
     NUMBER(ServiceKiosk, server_time_ms, FIELD_INT64, YEAR_2020_MS, YEAR_3000_MS)},
    {"verify_host", TEXT(ServiceKiosk, verify_host, 1, text_is_host, "a host name")},
    {"batches", LIST(ServiceKiosk, batches, n_batches, batch_fields)},
    {"open", LIST(ServiceKiosk, open, n_open, open_fields)},
    {"desired", CHOICE(ServiceKiosk, closed, "open closed"), OPTIONAL},
    {"reason", TEXT(ServiceKiosk, reason, 0, text_is_word_or_empty, "a word"), OPTIONAL},
    {"journal_head", TEXT(ServiceKiosk, journal_head, 0, is_head, "SEQ:HASH"), OPTIONAL},
    {"audit_head", TEXT(ServiceKiosk, audit_head, 0, is_head, "SEQ:HASH"), OPTIONAL},
    END,
};

static const Field certificate_fields[] = {
    {"record", TEXT(VisitCertificate, record, 1, text_is_record_id, "a record id")},
    {"number", PLAIN(VisitCertificate, number, 1)},
    {"location", PERSONAL(VisitCertificate, location, 1, 800)},
    {"printable", BOOL(VisitCertificate, printable)},
    {"reason", TEXT(VisitCertificate, reason, 0, text_is_word_or_empty, "a word")},
    {"reason_text", PERSONAL(VisitCertificate, reason_text, 0, 800), OPTIONAL},
    END,
};

static const Field visit_fields[] = {
    {"visit", TEXT(ServiceVisit, token, 43, text_is_token, "a token")},
    {"factor", CHOICE(ServiceVisit, factor_sms, "none sms")},
    {"phone_tail", TEXT(ServiceVisit, phone_tail, 0, text_is_digits, "digits"), OPTIONAL},
    {"certificates", LIST(ServiceVisit, certificates, n_certificates, certificate_fields)},
    END,
};

static gboolean is_base32(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == strlen(text);
}

static const Field reservation_fields[] = {
    {"signature", TEXT(AnswerReservation, signature, 103, is_base32, "base32")},
    {"kid", TEXT(AnswerReservation, kid, 4, text_is_code, "4 of 0-9A-Z")},
    {"lease_s", NUMBER(AnswerReservation, lease_s, FIELD_INT, 1, 86400)},
    END,
};

static gboolean is_person_id(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr("_.-", *c))
            return FALSE;
    return TRUE;
}

static const Field settlement_fields[] = {
    {"key", TEXT(ServiceSettlement, key, 36, text_is_key, "an issuance key")},
    {"state", TEXT(ServiceSettlement, state, 1, text_is_word, "a word")},
    {"reason", PLAIN(ServiceSettlement, reason, 0), OPTIONAL},
    {"settled_by", .kind = FIELD_PAIR, .offset = offsetof(ServiceSettlement, settled_by), .min = 1,
     .max = sizeof((ServiceSettlement *)0)->settled_by[0] - 1, .fits = is_person_id,
     .form = "an id"},
    END,
};

static const Field desire_fields[] = {
    {"desired", CHOICE(ServiceDesire, open, "closed open")},
    {"reason", TEXT(ServiceDesire, reason, 0, text_is_word_or_empty, "a word"), OPTIONAL},
    {"epoch", NUMBER(ServiceDesire, epoch, FIELD_UINT32, 1, G_MAXUINT32), OPTIONAL},
    {"settlements", LIST(ServiceDesire, settlements, n_settlements, settlement_fields), OPTIONAL},
    END,
};

static const Field problem_fields[] = {
    {"type", PLAIN(AnswerProblem, type, 1)},
    {"title", PLAIN(AnswerProblem, title, 0), OPTIONAL},
    {"detail", PLAIN(AnswerProblem, detail, 0), OPTIONAL},
    {"state", TEXT(AnswerProblem, state, 0, text_is_word_or_empty, "a word"), OPTIONAL},
    {"tries_left", NUMBER(AnswerProblem, tries_left, FIELD_INT, 0, 10), OPTIONAL},
    END,
};
/* clang-format on */

static gboolean read_object(const char *bytes, gsize length, const char *what, const Field *fields,
                            SecretArena *arena, void *ret, GError **error)
{
    g_autofree char *where = g_strconcat("service: ", what, NULL);
    json_t *object = json_input_parse(bytes ? bytes : "", length, LIMIT_ANSWER_BYTES, where, error);
    if (object && !json_is_object(object))
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: not a JSON object", where);
    g_autofree char *prefix = g_strconcat(where, ": ", NULL);
    gboolean good =
        json_is_object(object) && field_read_all(fields, object, prefix, arena, ret, error);
    json_decref(object);
    return good;
}

gboolean answer_read_kiosk(const char *bytes, gsize length, const char *what, ServiceKiosk *ret,
                           GError **error)
{
    return read_object(bytes, length, what, kiosk_fields, NULL, ret, error);
}

gboolean answer_read_visit(const char *bytes, gsize length, const char *what, ServiceVisit *ret,
                           GError **error)
{
    return read_object(bytes, length, what, visit_fields, ret->arena, ret, error);
}

void service_visit_free(ServiceVisit *visit)
{
    if (!visit)
        return;
    secret_arena_destroy(visit->arena);
    secret_wipe(visit, sizeof *visit);
    g_free(visit);
}

gboolean answer_read_reservation(const char *bytes, gsize length, const char *what,
                                 AnswerReservation *ret, GError **error)
{
    return read_object(bytes, length, what, reservation_fields, NULL, ret, error);
}

gboolean answer_read_desire(const char *bytes, gsize length, const char *what, ServiceDesire *ret,
                            GError **error)
{
    return read_object(bytes, length, what, desire_fields, NULL, ret, error);
}

gboolean answer_read_problem(const char *bytes, gsize length, const char *what, AnswerProblem *ret,
                             GError **error)
{
    return read_object(bytes, length, what, problem_fields, NULL, ret, error);
}
