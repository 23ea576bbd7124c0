#include "drivers/cups/ipp_answer.h"
#include "tests/testing.h"
#include "tests/unit/ipp_message.h"
#include <string.h>

START_TEST(an_answer_is_read)
{
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, IPP_TAG_ENUM, "printer-state", "\0\0\0\5", 4);
    add_value(message, IPP_TAG_KEYWORD, "printer-state-reasons", "media-empty-error", 17);
    add_value(message, IPP_TAG_KEYWORD, "", "toner-low-report", 16);
    add_value(message, IPP_TAG_INTEGER, "printer-impressions-completed", "\0\0\1\2", 4);
    add_value(message, IPP_TAG_INTEGER, "printer-up-time", "\0\0\0\7", 4);
    add_value(message, IPP_TAG_BOOLEAN, "printer-is-accepting-jobs", "\1", 1);
    add_value(message, IPP_TAG_URI, "printer-uuid", "urn:uuid:1", 10);
    add_value(message, IPP_TAG_KEYWORD, "media-ready", "iso_a4_210x297mm", 16);
    add_value(message, IPP_TAG_KEYWORD, "", "custom_booklet_167x240mm", 24);
    end_message(message);
    g_autoptr(ipp_t) answer = ipp_answer_decode(message->data, message->len, NULL);
    ck_assert_ptr_nonnull(answer);
    PrinterStatus status;
    ipp_answer_status(answer, 167000, 240000, &status);
    ck_assert_int_eq(status.state, PRINTER_STATE_STOPPED);
    ck_assert_uint_eq(status.n_reasons, 2);
    ck_assert_str_eq(status.reasons[0].keyword, "media-empty");
    ck_assert_int_eq(status.impressions, 258);
    ck_assert_int_eq(status.up_time_s, 7);
    ck_assert_int_eq(status.jobs, -1);
    ck_assert_int_eq(status.accepting, TRI_YES);
    ck_assert_str_eq(status.uuid, "urn:uuid:1");
    ck_assert_int_eq(status.media_ready, TRI_YES);
    ipp_answer_status(answer, 168000, 240000, &status);
    ck_assert_int_eq(status.media_ready, TRI_NO);
    ck_assert_str_eq(status.media_wanted, "168 x 240 mm");
    ck_assert_str_eq(status.media_found, "210 x 297 mm");
}
END_TEST

START_TEST(an_answer_cut_off_anywhere_is_refused)
{
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, IPP_TAG_ENUM, "printer-state", "\0\0\0\3", 4);
    add_value(message, IPP_TAG_URI, "printer-uuid", "urn:uuid:1", 10);
    end_message(message);
    for (guint size = 0; size < message->len; size++) {
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(ipp_answer_decode(message->data, size, &error));
        ck_assert(kiosk_error_is(error, KIOSK_ERROR_INVALID));
    }
}
END_TEST

START_TEST(collections_nested_without_end_are_refused)
{
    g_autoptr(GByteArray) message = begin_message();
    g_autoptr(GError) error = NULL;
    add_value(message, IPP_TAG_BEGIN_COLLECTION, "media-col-ready", "", 0);
    for (int i = 0; i < 50000; i++) {
        add_value(message, IPP_TAG_MEMBERNAME, "", "x", 1);
        add_value(message, IPP_TAG_BEGIN_COLLECTION, "", "", 0);
    }
    end_message(message);
    ck_assert_ptr_null(ipp_answer_decode(message->data, message->len, &error));
    ck_assert_str_eq(error->message, "the answer nests collections too deeply");
}
END_TEST

START_TEST(hostile_attributes_become_unknown)
{
    char uuid[300];
    memset(uuid, 'u', sizeof uuid);
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, IPP_TAG_ENUM, "printer-state", "\x7f\xff\xff\xff", 4);
    add_value(message, IPP_TAG_INTEGER, "printer-impressions-completed", "\xff\xff\xff\0", 4);
    add_value(message, IPP_TAG_INTEGER, "printer-up-time", "\x80\0\0\0", 4);
    add_value(message, IPP_TAG_INTEGER, "printer-is-accepting-jobs", "\0\0\0\1", 4);
    add_value(message, IPP_TAG_URI, "printer-uuid", uuid, sizeof uuid);
    add_value(message, IPP_TAG_KEYWORD, "media-ready", "custom_x_999999999999x1mm", 25);
    for (int i = 0; i < 2000; i++)
        add_value(message, IPP_TAG_KEYWORD, i ? "" : "printer-state-reasons", "x%s\x1b", 4);
    end_message(message);
    g_autoptr(ipp_t) answer = ipp_answer_decode(message->data, message->len, NULL);
    ck_assert_ptr_nonnull(answer);
    PrinterStatus status;
    ipp_answer_status(answer, 167000, 240000, &status);
    ck_assert_int_eq(status.state, PRINTER_STATE_UNKNOWN);
    ck_assert_int_eq(status.impressions, -1);
    ck_assert_int_eq(status.up_time_s, -1);
    ck_assert_int_eq(status.accepting, TRI_UNKNOWN);
    ck_assert_str_eq(status.uuid, "");
    ck_assert_int_eq(status.media_ready, TRI_NO);
    ck_assert_uint_eq(status.n_reasons, 0);
}
END_TEST

static void add_job(ipp_t *answer, int id, const char *name, int state, int impressions)
{
    ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-id", id);
    if (name)
        ippAddString(answer, IPP_TAG_JOB, IPP_TAG_NAME, "job-name", NULL, name);
    ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_ENUM, "job-state", state);
    if (impressions >= 0)
        ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-impressions-completed",
                      impressions);
    ippAddSeparator(answer);
}

START_TEST(a_job_is_found_by_its_name)
{
    g_autoptr(ipp_t) answer = ippNew();
    add_job(answer, 1, "other", IPP_JSTATE_PROCESSING, 3);
    add_job(answer, 2, NULL, IPP_JSTATE_PROCESSING, 3);
    add_job(answer, 3, "key", IPP_JSTATE_STOPPED, 2);
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    ck_assert_uint_eq(jobs->len, 3);
    PrinterJobStatus found = ipp_jobs_find(jobs, "key");
    ck_assert_int_eq(found.state, JOB_STATE_PROCESSING);
    ck_assert_int_eq(found.impressions, 2);
    found = ipp_jobs_find(jobs, "nobody");
    ck_assert_int_eq(found.state, JOB_STATE_ABSENT);
    ck_assert_int_eq(found.impressions, -1);
}
END_TEST

START_TEST(a_job_sent_twice_counts_its_live_half_and_all_impressions)
{
    g_autoptr(ipp_t) answer = ippNew();
    add_job(answer, 1, "key", IPP_JSTATE_COMPLETED, 4);
    add_job(answer, 2, "key", IPP_JSTATE_PENDING, 1);
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    PrinterJobStatus found = ipp_jobs_find(jobs, "key");
    ck_assert_int_eq(found.state, JOB_STATE_PENDING);
    ck_assert_int_eq(found.impressions, 5);
}
END_TEST

START_TEST(a_job_in_a_state_we_do_not_know_could_still_print)
{
    g_autoptr(ipp_t) answer = ippNew();
    add_job(answer, 1, "key", 77, -1);
    add_job(answer, 2, "key", IPP_JSTATE_COMPLETED, 4);
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    PrinterJobStatus found = ipp_jobs_find(jobs, "key");
    ck_assert_int_eq(found.state, JOB_STATE_UNKNOWN);
    ck_assert_int_eq(found.impressions, -1);
    ck_assert(ipp_job_is_live(found.state));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("printer answers");
    tcase_add_test(tests, an_answer_is_read);
    tcase_add_test(tests, an_answer_cut_off_anywhere_is_refused);
    tcase_add_test(tests, collections_nested_without_end_are_refused);
    tcase_add_test(tests, hostile_attributes_become_unknown);
    tcase_add_test(tests, a_job_is_found_by_its_name);
    tcase_add_test(tests, a_job_sent_twice_counts_its_live_half_and_all_impressions);
    tcase_add_test(tests, a_job_in_a_state_we_do_not_know_could_still_print);
    return testing_run(tests);
}
