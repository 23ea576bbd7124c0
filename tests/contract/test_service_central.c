/* The whole API once against the reference service, over real mutual TLS. The path of
 * kiosk-central is in KIOSK_CENTRAL, the folder of the sample records in KIOSK_SAMPLES. */
#include "firmware/base/error.h"
#include "firmware/certificate/identifier.h"
#include "firmware/service/service.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "0f8fad5b-d9cb-469f-a165-70867728950e"
#define OTHER_KEY "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define RECORD "rec-2026-000001"
#define BOOKLET "D33000000001"

static char *folder;
static GPid central;
static int port;
static Service *service;
static ServiceProblem problem;

static void command(const char *first, const char *second, const char *third)
{
    g_autofree char *config = g_build_filename(folder, "central.conf", NULL);
    const char *const argv[] = {
        g_getenv("KIOSK_CENTRAL"), "--config", config, first, second, third, NULL};
    int status = -1;
    g_autofree char *text = NULL;
    ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                           &text, &status, NULL));
    ck_assert_msg(status == 0, "%s %s: %s", first, second ? second : "", text);
}

static void serve(void)
{
    g_autofree char *config = g_build_filename(folder, "central.conf", NULL);
    const char *const argv[] = {g_getenv("KIOSK_CENTRAL"), "--config", config, "serve", NULL};
    int out = -1, public_port = 0;
    ck_assert(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                       NULL, &central, NULL, &out, NULL, NULL));
    FILE *lines = fdopen(out, "r");
    ck_assert_int_eq(fscanf(lines, "READY api=%d public=%d", &port, &public_port), 2);
    fclose(lines);
}

static void stop_central(void)
{
    if (!central)
        return;
    kill(central, SIGTERM);
    ck_assert_int_eq(waitpid(central, NULL, 0), central);
    g_spawn_close_pid(central);
    central = 0;
}

static void connect_kiosk(void)
{
    g_autoptr(Config) config = config_defaults();
    g_autofree char *url = g_strdup_printf("https://localhost:%d", port);
    static const char *const files[][2] = {{"ca_file", "ca.pem"},
                                           {"certificate_file", "kiosk.pem"},
                                           {"key_file", "kiosk.key"},
                                           {"jwks_file", "service.jwks"}};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, "keys", files[i][1], NULL);
        ck_assert(config_set(config, "service", files[i][0], path, NULL));
    }
    ck_assert(config_set(config, "service", "url", url, NULL));
    g_autoptr(GError) error = NULL;
    service = service_create(config, &error);
    ck_assert_msg(service != NULL, "%s", error ? error->message : "");
}

static void set_up(void)
{
    folder = g_dir_make_tmp("kiosk-central-XXXXXX", NULL);
    g_autofree char *config = g_build_filename(folder, "central.conf", NULL);
    g_autofree char *keys = g_build_filename(folder, "keys", NULL);
    ck_assert(g_file_set_contents(config,
                                  "[service]\nstate_dir = state\n[listen]\napi_port = 0\n"
                                  "public_port = 0\n[log]\nlevel = error\n",
                                  -1, NULL));
    command("init", NULL, NULL);
    command("enroll", "A012", keys);
    command("assign", "A012", "D33000000001-D33000000050");
    for (int i = 1; i <= 3; i++) {
        g_autofree char *record =
            g_strdup_printf("%s/rec-2026-%06d.json", g_getenv("KIOSK_SAMPLES"), i);
        command("import", record, NULL);
    }
    serve();
    connect_kiosk();
}

static void remove_tree(const char *path)
{
    const char *const argv[] = {"rm", "-r", "--", path, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void tear_down(void)
{
    service_destroy(service);
    stop_central();
    remove_tree(folder);
    g_free(folder);
}

static ServiceVisit *open_visit(const char *id_number, GError **error)
{
    g_autoptr(Holder) holder = holder_create();
    holder->type = DOCUMENT_TYPE_RESIDENT;
    holder->name = secret_arena_text(holder->arena, "测试一", -1);
    holder->id_number = secret_arena_text(holder->arena, id_number, -1);
    holder->valid_until = 99999999;
    return service_open_visit(service, holder, "zh-CN", &problem, error);
}

static ServiceVisit *open_known_visit(void)
{
    g_autoptr(GError) error = NULL;
    ServiceVisit *visit = open_visit("330106189001010019", &error);
    ck_assert_msg(visit != NULL, "%s", error ? error->message : "");
    return visit;
}

static void must(gboolean good, GError *error)
{
    ck_assert_msg(good, "%s", error ? error->message : "failed without an error");
}

START_TEST(kiosk_learns_its_number_stock_and_that_it_may_open)
{
    ServiceKiosk kiosk;
    ServiceDesire desire;
    g_autoptr(GError) error = NULL;
    must(service_get_kiosk(service, &kiosk, &problem, &error), error);
    ck_assert_str_eq(kiosk.number, "A012");
    ck_assert_uint_eq(kiosk.next_sequence, 1);
    ck_assert_uint_eq(kiosk.n_batches, 1);
    ck_assert_str_eq(kiosk.batches[0].last, "D33000000050");
    ck_assert_uint_eq(kiosk.n_open, 0);
    must(service_send_status(service, "{\"ready\":true,\"version\":\"test\",\"unsure\":0}", &desire,
                             &problem, &error),
         error);
    ck_assert(desire.open);
    command("close", "A012", NULL);
    must(service_send_status(service, "{}", &desire, &problem, &error), error);
    ck_assert(!desire.open);
    ck_assert_str_eq(desire.reason, "service");
}
END_TEST

START_TEST(revoked_kiosk_gets_nothing)
{
    ServiceKiosk kiosk;
    g_autoptr(GError) error = NULL;
    command("revoke", "A012", NULL);
    ck_assert(!service_get_kiosk(service, &kiosk, &problem, &error));
    ck_assert_int_eq(problem.problem, PROBLEM_KIOSK_REVOKED);
    ck_assert_ptr_null(open_visit("330106189001010019", NULL));
    ck_assert_int_eq(problem.problem, PROBLEM_KIOSK_REVOKED);
}
END_TEST

START_TEST(visit_lists_and_opens_records_until_it_is_closed)
{
    g_autoptr(GError) error = NULL, expired = NULL, unknown = NULL;
    ck_assert_ptr_null(open_visit("330106189001010027", &unknown));
    ck_assert_msg(problem.problem == PROBLEM_PERSON_UNKNOWN, "%s", unknown->message);
    g_autoptr(ServiceVisit) visit = open_known_visit();
    ck_assert_uint_eq(visit->n_certificates, 3);
    ck_assert(!visit->factor_sms);
    ck_assert_int_gt(strlen(personal_reveal(visit->certificates[0].location)), 0);
    g_autoptr(GBytes) payload = NULL;
    g_autoptr(Record) record =
        service_get_record(service, visit->token, RECORD, &payload, &problem, &error);
    must(record != NULL, error);
    ck_assert_str_eq(record->id, RECORD);
    must(service_close_visit(service, visit->token, &problem, &error), error);
    ck_assert_ptr_null(service_get_record(service, visit->token, RECORD, NULL, &problem, &expired));
    ck_assert_int_eq(problem.problem, PROBLEM_VISIT_EXPIRED);
}
END_TEST

typedef struct {
    char identifier[IDENTIFIER_LENGTH + 1], digest[DIGEST_TEXT_LENGTH + 1];
    ServiceVisit *visit;
} Issue;

static void prepare(Issue *issue)
{
    g_autoptr(GError) error = NULL;
    issue->visit = open_known_visit();
    g_autoptr(Record) record =
        service_get_record(service, issue->visit->token, RECORD, NULL, &problem, &error);
    must(record != NULL, error);
    digest_text(record->digest, issue->digest);
    must(identifier_compose("11100000MB03271699001", record->issuer_code, "A012", 2026, 1,
                            issue->identifier, &error),
         error);
}

static gboolean reserve(const Issue *issue, const char *key, const char *booklet,
                        const char *digest, ServiceReservation *ret)
{
    return service_reserve(service, key, RECORD, issue->visit->token, issue->identifier, booklet,
                           digest, ret, &problem, NULL);
}

START_TEST(certificate_is_reserved_once_and_reported_once)
{
    Issue issue;
    ServiceReservation first, again;
    prepare(&issue);
    ck_assert(!reserve(&issue, OTHER_KEY, BOOKLET, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", &first));
    ck_assert_int_eq(problem.problem, PROBLEM_DIGEST_MISMATCH);
    ck_assert(reserve(&issue, KEY, BOOKLET, issue.digest, &first));
    ck_assert_int_eq(first.lease_s, 600);
    ck_assert(reserve(&issue, KEY, BOOKLET, issue.digest, &again));
    ck_assert_mem_eq(first.signature, again.signature, sizeof first.signature);
    ck_assert(!reserve(&issue, KEY, "D33000000002", issue.digest, &again));
    ck_assert_int_eq(problem.problem, PROBLEM_KEY_REUSED);
    ServiceKiosk kiosk;
    ck_assert(service_get_kiosk(service, &kiosk, &problem, NULL));
    ck_assert_uint_eq(kiosk.next_sequence, 2);
    ck_assert_uint_eq(kiosk.n_open, 1);
    ck_assert_str_eq(kiosk.open[0].state, "reserved");
    for (int i = 0; i < 2; i++)
        ck_assert(service_report(service, KEY, "printed", NULL, "{\"impressions\":4}", NULL,
                                 &problem, NULL));
    ck_assert(!service_report(service, KEY, "released", NULL, NULL, NULL, &problem, NULL));
    ck_assert_int_eq(problem.problem, PROBLEM_ALREADY_SETTLED);
    ck_assert_str_eq(problem.state, "printed");
    ck_assert(!service_report(service, "00000000-0000-4000-8000-000000000000", "released", NULL,
                              NULL, NULL, &problem, NULL));
    ck_assert_int_eq(problem.problem, PROBLEM_UNKNOWN_ISSUANCE);
    service_visit_free(issue.visit);
}
END_TEST

START_TEST(serial_of_another_kiosk_is_refused)
{
    Issue issue;
    ServiceReservation reservation;
    prepare(&issue);
    ck_assert(!reserve(&issue, KEY, "D99000000001", issue.digest, &reservation));
    ck_assert_int_eq(problem.problem, PROBLEM_SERIAL_NOT_ASSIGNED);
    ck_assert_int_eq(problem_action(problem.problem), PROBLEM_ACTION_CLOSE_STOCK);
    service_visit_free(issue.visit);
}
END_TEST

static void restore(void)
{
    stop_central();
    command("restored", NULL, NULL);
    serve();
    service_destroy(service);
    connect_kiosk();
}

static gboolean report_all_told(guint32 epoch)
{
    ServiceDesire desire;
    g_autoptr(GError) error = NULL;
    g_autofree char *status = g_strdup_printf("{\"told_epoch\":%u}", epoch);
    must(service_send_status(service, status, &desire, &problem, &error), error);
    if (!desire.open)
        ck_assert_str_eq(desire.reason, "restoring");
    return desire.open;
}

START_TEST(restored_service_opens_when_everything_was_told_again)
{
    Issue issue;
    ServiceReservation first, again;
    ServiceKiosk before, after;
    prepare(&issue);
    ck_assert(reserve(&issue, KEY, BOOKLET, issue.digest, &first));
    service_visit_free(issue.visit);
    ck_assert(service_get_kiosk(service, &before, &problem, NULL));
    restore();
    ck_assert(service_get_kiosk(service, &after, &problem, NULL));
    ck_assert_uint_ne(before.epoch, after.epoch);
    ck_assert(after.closed);
    ck_assert_str_eq(after.reason, "restoring");
    ck_assert_ptr_null(open_visit("330106189001010019", NULL));
    ck_assert_int_eq(problem.problem, PROBLEM_RESTORING);
    ck_assert_int_gt(problem.retry_after_s, 0);
    ck_assert_int_eq(problem_action(problem.problem), PROBLEM_ACTION_WAIT);
    g_autoptr(GError) error = NULL;
    must(identifier_compose("11100000MB03271699001", "11330106MA00000A9H", "A012", 2026, 2,
                            issue.identifier, &error),
         error);
    g_strlcpy(first.kid, "NONE", sizeof first.kid); /* not the service's word: not vouched */
    ck_assert(!service_reserve_again(service, OTHER_KEY, RECORD, issue.identifier, "D33000000002",
                                     issue.digest, &first, NULL, &again, &problem, NULL));
    ck_assert_int_eq(problem.problem, PROBLEM_RESTORING);
    ck_assert(service_report(service, KEY, "spoiled", NULL, NULL, NULL, &problem, NULL));
    ck_assert(!report_all_told(before.epoch));
    ck_assert(report_all_told(after.epoch));
    issue.visit = open_known_visit();
    ck_assert(reserve(&issue, OTHER_KEY, "D33000000002", issue.digest, &again));
    service_visit_free(issue.visit);
}
END_TEST

START_TEST(service_that_went_down_is_unavailable)
{
    ServiceKiosk kiosk;
    ServiceProblem ignored;
    g_autoptr(GError) error = NULL;
    ck_assert(service_get_kiosk(service, &kiosk, &ignored, NULL));
    stop_central();
    ck_assert(!service_get_kiosk(service, &kiosk, &problem, &error));
    ck_assert_msg(kiosk_error_is(error, KIOSK_ERROR_UNAVAILABLE), "%s", error->message);
    ck_assert(!problem.sent);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    TCase *tests = tcase_create("central");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, kiosk_learns_its_number_stock_and_that_it_may_open);
    tcase_add_test(tests, revoked_kiosk_gets_nothing);
    tcase_add_test(tests, visit_lists_and_opens_records_until_it_is_closed);
    tcase_add_test(tests, certificate_is_reserved_once_and_reported_once);
    tcase_add_test(tests, serial_of_another_kiosk_is_refused);
    tcase_add_test(tests, restored_service_opens_when_everything_was_told_again);
    tcase_add_test(tests, service_that_went_down_is_unavailable);
    return testing_run(tests);
}
