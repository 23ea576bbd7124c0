#include "firmware/service/answer.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include "firmware/service/field.h"
#include "firmware/service/text.h"
#include <string.h>

#define EPOCH_2020_MS 1577836800000
#define EPOCH_3000_MS 32503680000000

#define TEXT(type, member, bytes_min, check, wants)                                                \
    .kind = FIELD_TEXT, .offset = offsetof(type, member), .min = (bytes_min),                      \
    .max = sizeof(((type *)0)->member) - 1, .fits = (check), .form = (wants)
#define CHOICE(type, member, words)                                                                \
    .kind = FIELD_CHOICE, .offset = offsetof(type, member), .form = (words)
#define LIST(type, member, count, rows)                                                            \
    .kind = FIELD_LIST, .offset = offsetof(type, member),                                          \
    .max = G_N_ELEMENTS(((type *)0)->member), .items = (rows),                                     \
    .stride = sizeof(((type *)0)->member[0]), .count_offset = offsetof(type, count)

static const Field batch_fields[] = {
    {"first", TEXT(BookletBatch, first, 12, booklet_serial_is_valid, "a booklet serial")},
    {"last", TEXT(BookletBatch, last, 12, booklet_serial_is_valid, "a booklet serial")},
    {NULL},
};

static const Field open_fields[] = {
    {"key", TEXT(OpenIssuance, key, 36, text_is_key, "an issuance key")},
    {"record", TEXT(OpenIssuance, record, 1, text_is_record_id, "a record id")},
    {"identifier", TEXT(OpenIssuance, identifier, 63, identifier_is_valid, "an identifier")},
    {"booklet", TEXT(OpenIssuance, booklet, 12, booklet_serial_is_valid, "a booklet serial")},
    {"state", TEXT(OpenIssuance, state, 1, text_is_word, "a word")},
    {NULL},
};

static const Field kiosk_fields[] = {
    {"number", TEXT(ServiceKiosk, number, 4, text_is_code, "4 of 0-9A-Z")},
    {"next_sequence", FIELD_UINT32, offsetof(ServiceKiosk, next_sequence), 1, 99999999},
    {"epoch", FIELD_UINT32, offsetof(ServiceKiosk, epoch), 0, G_MAXUINT32},
    {"server_time_ms", FIELD_INT64, offsetof(ServiceKiosk, server_time_ms), EPOCH_2020_MS,
     EPOCH_3000_MS},
    {"verify_host", TEXT(ServiceKiosk, verify_host, 1, text_is_host, "a host name")},
    {"batches", LIST(ServiceKiosk, batches, n_batches, batch_fields)},
    {"open", LIST(ServiceKiosk, open, n_open, open_fields)},
    {NULL},
};

static const Field certificate_fields[] = {
    {"record", TEXT(VisitCertificate, record, 1, text_is_record_id, "a record id")},
    {"number", TEXT(VisitCertificate, number, 1, NULL, NULL)},
    {"location", FIELD_PERSONAL, offsetof(VisitCertificate, location), 1, 800},
    {"printable", FIELD_BOOL, offsetof(VisitCertificate, printable), 0, 0},
    {"reason", TEXT(VisitCertificate, reason, 0, text_is_word_or_empty, "a word"),
     .optional = TRUE},
    {"reason_text", FIELD_PERSONAL, offsetof(VisitCertificate, reason_text), 0, 800, TRUE},
    {NULL},
};

static const Field visit_fields[] = {
    {"visit", TEXT(ServiceVisit, token, 16, text_is_token, "a token")},
    {"factor", CHOICE(ServiceVisit, factor_sms, "none sms")},
    {"phone_tail", TEXT(ServiceVisit, phone_tail, 4, text_is_digits, "digits"), .optional = TRUE},
    {"certificates", LIST(ServiceVisit, certificates, n_certificates, certificate_fields)},
    {NULL},
};

static gboolean is_signature(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == 103;
}

static const Field reservation_fields[] = {
    {"signature", TEXT(AnswerReservation, signature, 103, is_signature, "base32")},
    {"kid", TEXT(AnswerReservation, kid, 4, text_is_code, "4 of 0-9A-Z")},
    {"lease_s", FIELD_INT, offsetof(AnswerReservation, lease_s), 1, 86400},
    {NULL},
};

static const Field desire_fields[] = {
    {"desired", CHOICE(ServiceDesire, open, "closed open")},
    {"reason", TEXT(ServiceDesire, reason, 0, text_is_word_or_empty, "a word"), .optional = TRUE},
    {NULL},
};

static const Field problem_fields[] = {
    {"type", TEXT(AnswerProblem, type, 1, NULL, NULL)},
    {"title", TEXT(AnswerProblem, title, 0, NULL, NULL), .optional = TRUE},
    {"detail", TEXT(AnswerProblem, detail, 0, NULL, NULL), .optional = TRUE},
    {"tries_left", FIELD_INT, offsetof(AnswerProblem, tries_left), 0, 10, TRUE},
    {NULL},
};

static gboolean read_object(const char *bytes, gsize length, const char *what, const Field *fields,
                            SecretArena *arena, void *ret, GError **error)
{
    g_autofree char *where = g_strconcat("service: ", what, NULL);
    json_t *object = field_parse_object(bytes, length, where, error);
    gboolean good = object && field_read_all(fields, object, where, arena, ret, error);
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
