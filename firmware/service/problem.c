#include "firmware/service/problem.h"
#include "firmware/base/error.h"
#include "firmware/service/answer.h"
#include <string.h>

typedef struct {
    const char *word;
    int status;
    ProblemAction action;
    KioskError error;
} ProblemRow;

static const ProblemRow rows[PROBLEM_COUNT] = {
    [PROBLEM_UNKNOWN] = {"unknown", 0, PROBLEM_ACTION_UNKNOWN, KIOSK_ERROR_INVALID},
    [PROBLEM_NONE] = {"none", 0, PROBLEM_ACTION_UNKNOWN, KIOSK_ERROR_UNKNOWN},
    [PROBLEM_IN_PROGRESS] = {"in-progress", 409, PROBLEM_ACTION_REPEAT, KIOSK_ERROR_BUSY},
    [PROBLEM_CERTIFICATE_LIVE] = {"certificate-live", 409, PROBLEM_ACTION_RELEASE,
                                  KIOSK_ERROR_REFUSED},
    [PROBLEM_SERIAL_USED] = {"serial-used", 409, PROBLEM_ACTION_CLOSE_STOCK, KIOSK_ERROR_REFUSED},
    [PROBLEM_ALREADY_SETTLED] = {"already-settled", 409, PROBLEM_ACTION_TAKE_OVER,
                                 KIOSK_ERROR_REFUSED},
    [PROBLEM_SERIAL_NOT_ASSIGNED] = {"serial-not-assigned", 422, PROBLEM_ACTION_CLOSE_STOCK,
                                     KIOSK_ERROR_REFUSED},
    [PROBLEM_DIGEST_MISMATCH] = {"digest-mismatch", 422, PROBLEM_ACTION_REFETCH,
                                 KIOSK_ERROR_REFUSED},
    [PROBLEM_KEY_REUSED] = {"key-reused", 422, PROBLEM_ACTION_BUG, KIOSK_ERROR_BUG},
    [PROBLEM_VISIT_EXPIRED] = {"visit-expired", 410, PROBLEM_ACTION_END_VISIT, KIOSK_ERROR_REFUSED},
    [PROBLEM_UNKNOWN_ISSUANCE] = {"unknown-issuance", 404, PROBLEM_ACTION_RECONCILE,
                                  KIOSK_ERROR_REFUSED},
    [PROBLEM_KIOSK_UNKNOWN] = {"kiosk-unknown", 403, PROBLEM_ACTION_CLOSE, KIOSK_ERROR_REFUSED},
    [PROBLEM_KIOSK_REVOKED] = {"kiosk-revoked", 403, PROBLEM_ACTION_CLOSE, KIOSK_ERROR_REFUSED},
    [PROBLEM_TOO_MANY] = {"too-many", 429, PROBLEM_ACTION_WAIT, KIOSK_ERROR_BUSY},
    [PROBLEM_RESTORING] = {"restoring", 503, PROBLEM_ACTION_WAIT, KIOSK_ERROR_BUSY},
    [PROBLEM_WRONG_CODE] = {"wrong-code", 403, PROBLEM_ACTION_REFUSE, KIOSK_ERROR_REFUSED},
    [PROBLEM_PERSON_UNKNOWN] = {"person-unknown", 404, PROBLEM_ACTION_REFUSE, KIOSK_ERROR_REFUSED},
    [PROBLEM_INVALID_REQUEST] = {"invalid-request", 400, PROBLEM_ACTION_BUG, KIOSK_ERROR_BUG},
};

static const ProblemRow *find_row(Problem problem)
{
    return &rows[(unsigned)problem < PROBLEM_COUNT ? problem : PROBLEM_UNKNOWN];
}

const char *problem_word(Problem problem)
{
    return find_row(problem)->word;
}

int problem_status(Problem problem)
{
    return find_row(problem)->status;
}

ProblemAction problem_action(Problem problem)
{
    return find_row(problem)->action;
}

Problem problem_from_word(const char *word)
{
    for (int i = PROBLEM_NONE + 1; word && i < PROBLEM_COUNT; i++)
        if (!strcmp(word, rows[i].word))
            return (Problem)i;
    return PROBLEM_UNKNOWN;
}

void problem_init(const HttpAnswer *answer, ServiceProblem *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->status = answer->status;
    ret->sent = answer->sent;
    ret->retry_after_s = answer->retry_after_s;
    ret->tries_left = -1;
}

/* `type` is a URI reference: the bare word, or a URI that ends in it. */
static Problem find_type(const char *type)
{
    const char *slash = strrchr(type, '/');
    const char *word = slash ? slash + 1 : type;
    const char *colon = strrchr(word, ':');
    return problem_from_word(colon ? colon + 1 : word);
}

/* A long sentence is cut between characters. */
static void copy_sentence(const char *text, char *ret, gsize size)
{
    const char *end = NULL;
    g_strlcpy(ret, text, size);
    if (!g_utf8_validate(ret, -1, &end))
        ret[end - ret] = '\0';
}

static gboolean parse(const HttpAnswer *answer, const char *what, ServiceProblem *ret,
                      GError **error)
{
    AnswerProblem read = {.tries_left = -1};
    if (strcmp(answer->content_type, "application/problem+json")) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "service: %s: status %d without a problem+json", what, answer->status);
        return FALSE;
    }
    if (!answer_read_problem(answer->body, answer->length, what, &read, error))
        return FALSE;
    Problem problem = find_type(read.type);
    gboolean fits = problem != PROBLEM_UNKNOWN && rows[problem].status == answer->status;
    if (!fits) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID,
                    "service: %s: status %d with the problem '%s', which it does not have", what,
                    answer->status, read.type);
        return FALSE;
    }
    ret->problem = problem;
    ret->tries_left = read.tries_left;
    g_strlcpy(ret->state, read.state, sizeof ret->state);
    copy_sentence(*read.detail ? read.detail : read.title, ret->detail, sizeof ret->detail);
    return TRUE;
}

void problem_read(const HttpAnswer *answer, const char *what, ServiceProblem *ret, GError **error)
{
    g_autoptr(GError) cause = NULL;
    problem_init(answer, ret);
    if (parse(answer, what, ret, &cause)) {
        g_set_error(error, KIOSK_ERROR, (int)rows[ret->problem].error, "service: %s: %s (%d)", what,
                    rows[ret->problem].word, answer->status);
        return;
    }
    KioskError kind = answer->status >= 500 ? KIOSK_ERROR_TIMEOUT : KIOSK_ERROR_INVALID;
    g_set_error_literal(error, KIOSK_ERROR, (int)kind, cause->message);
}
