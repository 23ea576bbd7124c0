/* Readers of the service's answers: JSON in, checked structs out. Each member has one row in a
 * table with its kind, range and form; unknown members are ignored; a duplicate member, NUL,
 * invalid UTF-8 or nesting over LIMIT_JSON_DEPTH is an error. All fail with KIOSK_ERROR_INVALID
 * naming call and member, "service: GET /v1/kiosk: batches[1].last: not a booklet serial", and
 * leave `ret` in an unspecified state. `what`: the call. Any thread. */
#pragma once
#include "firmware/service/service.h"

gboolean answer_read_kiosk(const char *bytes, gsize length, const char *what, ServiceKiosk *ret,
                           GError **error);

/* The texts go to `ret->arena`, which the caller made. */
gboolean answer_read_visit(const char *bytes, gsize length, const char *what, ServiceVisit *ret,
                           GError **error);

typedef struct {
    char signature[104]; /* base32, 103 characters */
    char kid[5];
    int lease_s;
} AnswerReservation;

gboolean answer_read_reservation(const char *bytes, gsize length, const char *what,
                                 AnswerReservation *ret, GError **error);

gboolean answer_read_desire(const char *bytes, gsize length, const char *what, ServiceDesire *ret,
                            GError **error);

typedef struct {
    char type[128], title[1024], detail[1024], state[16];
    int tries_left; /* untouched when absent */
} AnswerProblem;

gboolean answer_read_problem(const char *bytes, gsize length, const char *what, AnswerProblem *ret,
                             GError **error);
