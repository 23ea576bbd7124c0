/* What the printer took before, and what follows from it for the screen and the deadlines. */
#include "firmware/visit/budget.h"
#include "firmware/visit/pace.h"
#include "firmware/visit/visit.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static Pace learn(const int *first, gsize n_first, const int *side, gsize n_side)
{
    Pace pace = {.uuid = "urn:uuid:a"};
    for (gsize i = 0; i < n_first; i++)
        pace_add(&pace.first, first[i]);
    for (gsize i = 0; i < n_side; i++)
        pace_add(&pace.side, side[i]);
    return pace;
}

START_TEST(nothing_is_expected_of_a_printer_that_was_never_measured)
{
    Pace pace = {0};
    ck_assert_int_eq(pace_median(&pace.first), -1);
    ck_assert_int_eq(pace_left_ms(&pace, -1, 4), -1);
    ck_assert_int_eq(pace_first_limit_ms(&pace), 75000);
    ck_assert_int_eq(pace_side_limit_ms(&pace), 45000);
}
END_TEST

START_TEST(a_single_slow_print_does_not_move_the_median)
{
    const int first[] = {8000, 8100, 60000, 7900, 8050}, side[] = {3000, 3100, 2900};
    Pace pace = learn(first, G_N_ELEMENTS(first), side, G_N_ELEMENTS(side));
    ck_assert_int_eq(pace_median(&pace.first), 8050);
    ck_assert_int_eq(pace_left_ms(&pace, -1, 4), 8050 + 3 * 3000);
    ck_assert_int_eq(pace_left_ms(&pace, 0, 4), 8050 + 3 * 3000);
    ck_assert_int_eq(pace_left_ms(&pace, 1, 4), 3 * 3000);
    ck_assert_int_eq(pace_left_ms(&pace, 4, 4), 0);
    ck_assert_int_eq(pace_left_ms(&pace, 5, 4), 0);
}
END_TEST

START_TEST(the_last_fifteen_count_and_nonsense_does_not)
{
    Pace pace = {0};
    for (int i = 0; i < 100; i++)
        pace_add(&pace.side, i < 80 ? 9000 : 100);
    pace_add(&pace.side, 0);
    pace_add(&pace.side, -5);
    pace_add(&pace.side, G_MAXINT64);
    ck_assert_uint_eq(pace.side.count, PACE_KEPT);
    ck_assert_int_eq(pace_median(&pace.side), 100);
}
END_TEST

START_TEST(limits_follow_the_median_within_bounds_once_it_is_trusted)
{
    const int quick[] = {10, 10, 10}, slow[] = {12000, 12000, 12000}, usual[] = {9000, 9000, 9000};
    Pace pace = learn(quick, 3, quick, 3);
    ck_assert_int_eq(pace_first_limit_ms(&pace), 30000);
    ck_assert_int_eq(pace_side_limit_ms(&pace), 20000);
    pace = learn(slow, 3, slow, 3);
    ck_assert_int_eq(pace_first_limit_ms(&pace), 48000);
    ck_assert_int_eq(pace_side_limit_ms(&pace), 45000);
    pace = learn(usual, 2, usual, 2);
    ck_assert_int_eq(pace_first_limit_ms(&pace), 75000);
    ck_assert_int_eq(pace_side_limit_ms(&pace), 45000);
}
END_TEST

START_TEST(another_printer_starts_anew_and_an_unknown_one_changes_nothing)
{
    const int ms[] = {9000};
    Pace pace = learn(ms, 1, ms, 1);
    pace_use(&pace, "");
    pace_use(&pace, "urn:uuid:a");
    ck_assert_int_eq(pace_median(&pace.first), 9000);
    pace_use(&pace, "urn:uuid:b");
    ck_assert_int_eq(pace_median(&pace.first), -1);
    ck_assert_str_eq(pace.uuid, "urn:uuid:b");
}
END_TEST

START_TEST(a_print_is_measured_from_side_to_side_and_kept_when_it_ends_well)
{
    PaceRun run;
    Pace pace = {0};
    pace_begin(&run, 1000);
    pace_see(&run, -1, 2000);
    pace_see(&run, 0, 5000);
    pace_see(&run, 1, 9000);
    pace_see(&run, 1, 10000);
    pace_see(&run, 3, 15000); /* two between two looks */
    pace_see(&run, 2, 16000); /* never backwards */
    pace_see(&run, 4, 18000);
    pace_keep(&run, &pace);
    ck_assert_uint_eq(pace.first.count, 1);
    ck_assert_int_eq(pace.first.ms[0], 8000);
    ck_assert_uint_eq(pace.side.count, 3);
    ck_assert_int_eq(pace.side.ms[0], 3000);
    ck_assert_int_eq(pace.side.ms[1], 3000);
    ck_assert_int_eq(pace.side.ms[2], 3000);
}
END_TEST

START_TEST(a_print_that_shows_no_sides_teaches_nothing)
{
    PaceRun run = {0};
    Pace pace = {0};
    pace_see(&run, 4, 9000); /* of a job that was sent before the start */
    pace_keep(&run, &pace);
    ck_assert_uint_eq(pace.first.count + pace.side.count, 0);
}
END_TEST

START_TEST(what_was_saved_is_loaded_again)
{
    const int first[] = {8000, 9000}, side[] = {3000};
    g_autofree char *folder = g_dir_make_tmp("paceXXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "pace.ini", NULL);
    Pace pace = learn(first, 2, side, 1), loaded;
    pace_load(&loaded, path);
    ck_assert_uint_eq(loaded.first.count, 0);
    ck_assert(pace_save(&pace, path, NULL));
    pace_load(&loaded, path);
    ck_assert_str_eq(loaded.uuid, pace.uuid);
    ck_assert_uint_eq(loaded.first.count, 2);
    ck_assert_int_eq(loaded.first.ms[1], 9000);
    ck_assert_int_eq(pace_median(&loaded.side), 3000);
    ck_assert(g_file_set_contents(path, "[pace\nfirst_ms=x;-4;;99999999999999;7\n\xff", -1, NULL));
    pace_load(&loaded, path);
    ck_assert_uint_eq(loaded.first.count, 0);
    ck_assert(g_file_set_contents(path, "[pace]\nfirst_ms=0;-4;7;\n", -1, NULL));
    pace_load(&loaded, path);
    ck_assert_uint_eq(loaded.first.count, 1);
    ck_assert(!pace_save(&pace, "/nonexistent/pace.ini", NULL));
    g_unlink(path);
    g_rmdir(folder);
}
END_TEST

static int shown_seconds(const Visit *visit, gint64 now_ms)
{
    View view;
    visit_view(visit, now_ms, &view);
    return view.seconds_left;
}

static void tell_stage(Visit *visit, Stage stage, int expected_ms, gint64 now_ms)
{
    VisitEffects effects;
    const VisitEvent event = {
        .type = VISIT_EVENT_STAGE, .stage = stage, .expected_ms = expected_ms};
    visit_step(visit, &event, now_ms, now_ms, &effects);
}

START_TEST(printing_counts_down_what_is_usual_and_then_says_that_it_takes_longer)
{
    Visit visit;
    const VisitSettings settings = {0};
    visit_init(&visit, &settings);
    visit.state = VISIT_PRINTING;
    budget_reset(&visit.budget);
    budget_run(&visit.budget, 1000);
    ck_assert_int_eq(shown_seconds(&visit, 11000), 110); /* of the two minutes */
    tell_stage(&visit, STAGE_FETCH, 20000, 11000);
    ck_assert_int_eq(shown_seconds(&visit, 11000), 20);
    ck_assert_int_eq(shown_seconds(&visit, 23000), 8);
    tell_stage(&visit, STAGE_PRINT, 9500, 23000);
    ck_assert_int_eq(shown_seconds(&visit, 23000), 10);
    tell_stage(&visit, STAGE_PRINT, 0, 24000); /* says nothing new */
    ck_assert_int_eq(shown_seconds(&visit, 24000), 9);
    ck_assert_int_eq(shown_seconds(&visit, 40000), 0); /* the screen: a little longer */
    tell_stage(&visit, STAGE_PRINT, 500000, 41000);
    ck_assert_int_eq(shown_seconds(&visit, 41000), 80); /* never more than the two minutes */
    ck_assert_int_eq(shown_seconds(&visit, 200000), 0);
}
END_TEST

START_TEST(budget_counts_the_machine_and_not_the_person)
{
    Budget budget;
    budget_reset(&budget);
    budget_run(&budget, 1000);
    budget_pause(&budget, 3000);
    budget_run(&budget, 50000);
    ck_assert_int_eq(budget_used_ms(&budget, 51000), 3000);
    ck_assert_int_eq(budget_left_ms(&budget, 500000), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("pace");
    tcase_add_test(tests, nothing_is_expected_of_a_printer_that_was_never_measured);
    tcase_add_test(tests, a_single_slow_print_does_not_move_the_median);
    tcase_add_test(tests, the_last_fifteen_count_and_nonsense_does_not);
    tcase_add_test(tests, limits_follow_the_median_within_bounds_once_it_is_trusted);
    tcase_add_test(tests, another_printer_starts_anew_and_an_unknown_one_changes_nothing);
    tcase_add_test(tests, a_print_is_measured_from_side_to_side_and_kept_when_it_ends_well);
    tcase_add_test(tests, a_print_that_shows_no_sides_teaches_nothing);
    tcase_add_test(tests, what_was_saved_is_loaded_again);
    tcase_add_test(tests, printing_counts_down_what_is_usual_and_then_says_that_it_takes_longer);
    tcase_add_test(tests, budget_counts_the_machine_and_not_the_person);
    return testing_run(tests);
}
