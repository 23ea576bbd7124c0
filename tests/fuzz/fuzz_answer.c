/* The central service's answers: each reader gets the same JSON. */
#include "firmware/service/answer.h"
#include "firmware/service/problem.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

#define WHAT "GET /v1/test"

static void read_visit(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServiceVisit) visit = g_new0(ServiceVisit, 1);
    visit->arena = secret_arena_create();
    gboolean good = answer_read_visit(text, length, WHAT, visit, &error);
    FUZZ_CHECK_ERROR(good, error);
    FUZZ_CHECK(!good || visit->n_certificates <= G_N_ELEMENTS(visit->certificates));
}

static void read_kiosk(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree ServiceKiosk *kiosk = g_new0(ServiceKiosk, 1);
    gboolean good = answer_read_kiosk(text, length, WHAT, kiosk, &error);
    FUZZ_CHECK_ERROR(good, error);
    FUZZ_CHECK(!good || kiosk->n_batches <= G_N_ELEMENTS(kiosk->batches));
    FUZZ_CHECK(!good || kiosk->n_open <= G_N_ELEMENTS(kiosk->open));
}

static void read_small(const char *text, gsize length)
{
    g_autoptr(GError) reservation_error = NULL, desire_error = NULL;
    AnswerReservation reservation = {0};
    ServiceDesire desire = {0};
    gboolean good =
        answer_read_reservation(text, length, WHAT, &reservation, &reservation_error);
    FUZZ_CHECK_ERROR(good, reservation_error);
    good = answer_read_desire(text, length, WHAT, &desire, &desire_error);
    FUZZ_CHECK_ERROR(good, desire_error);
}

/* Under every status: what comes out is a row of the table, or unknown. */
static void read_problem(char *text, gsize length)
{
    static const int statuses[] = {400, 403, 404, 409, 410, 422, 429, 500, 503};
    for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autoptr(GError) error = NULL;
        ServiceProblem problem;
        HttpAnswer answer = {.status = statuses[i],
                             .sent = TRUE,
                             .content_type = "application/problem+json",
                             .body = text,
                             .length = length};
        problem_read(&answer, WHAT, &problem, &error);
        FUZZ_CHECK(error && (guint)problem.problem < PROBLEM_COUNT);
        FUZZ_CHECK(g_utf8_validate(problem.detail, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autofree char *text = g_malloc(length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0'; /* as http.h promises */
    read_kiosk(text, length);
    read_visit(text, length);
    read_small(text, length);
    read_problem(text, length);
    return 0;
}
