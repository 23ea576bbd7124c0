/* Problems of the API (RFC 9457) read from an answer; the table itself is in service.h. */
#pragma once
#include "firmware/service/http.h"
#include "firmware/service/service.h"

/* Fills `ret` from an answer that is not a success: the row whose word and status both fit, else
 * PROBLEM_UNKNOWN. Sets `error`: the row's kind (BUSY: ask again later; REFUSED; BUG), for an
 * unknown problem with status 500 or more KIOSK_ERROR_TIMEOUT (what was done is unknown), else
 * KIOSK_ERROR_INVALID. `what`: the call, for the message. */
void problem_read(const HttpAnswer *answer, const char *what, ServiceProblem *ret, GError **error);

/* PROBLEM_UNKNOWN with tries_left -1, status and Retry-After of `answer`. */
void problem_init(const HttpAnswer *answer, ServiceProblem *ret);
