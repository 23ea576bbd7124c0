/* What an exit sensor says of a booklet that is retained. */
#include "firmware/loop/loop.h"
#include "tests/testing.h"

static const struct {
    gboolean of_visit, was_full;
    IssuanceWord word;
    Tri slot_empty;
    gboolean came_never;
} cases[] = {
    {TRUE, FALSE, ISSUANCE_RETRACTED, TRI_YES, TRUE},
    {TRUE, TRUE, ISSUANCE_RETRACTED, TRI_YES, FALSE},     /* taken out, and complained of */
    {TRUE, FALSE, ISSUANCE_RETRACTED, TRI_NO, FALSE},     /* it lies there */
    {TRUE, FALSE, ISSUANCE_RETRACTED, TRI_UNKNOWN, FALSE}, /* no sensor */
    {FALSE, FALSE, ISSUANCE_RETRACTED, TRI_YES, FALSE},   /* behind a restart: perhaps taken before */
    {TRUE, FALSE, ISSUANCE_SPOILED, TRI_YES, FALSE},      /* it hangs in the printer */
};

/* Simulator, seed 73: a printer kept its paper, the sensor was stuck; the next shutter opened over it. */
START_TEST(a_retained_booklet_that_the_exit_sensor_never_saw_is_missing)
{
    Loop loop = {.issuance_of_visit = cases[_i].of_visit, .slot_was_full = cases[_i].was_full};
    loop.issuance.word = cases[_i].word;
    CabinetStatus status = {.slot_empty = cases[_i].slot_empty};
    ck_assert_int_eq(loop_booklet_came_never(&loop, &status), cases[_i].came_never);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("booklet_seen");
    tcase_add_loop_test(tests, a_retained_booklet_that_the_exit_sensor_never_saw_is_missing, 0,
                        G_N_ELEMENTS(cases));
    return testing_run(tests);
}
