/* How many crashes count. */
#include "firmware/loop/loop.h"
#include "tests/testing.h"

#define NOW_MS 1782777600000

static const struct {
    const char *note;
    guint crashes;
    const char *kept;
} notes[] = {
    {NULL, 0, ""},
    {"", 0, ""},
    {"running", 1, "1782777600000 "},
    {"1782777000000 running", 2, "1782777000000 1782777600000 "},  /* ten minutes ago */
    {"1782776999999 running", 1, "1782777600000 "},                /* and a millisecond more */
    {"1782777500000 1782777550000 ", 2, "1782777500000 1782777550000 "}, /* ended in order since */
    {"1782864000000 running", 2, "1782864000000 1782777600000 "},  /* the clock was set back */
    {"x -5 0 running", 1, "1782777600000 "},
};

START_TEST(a_crash_counts_for_ten_minutes_from_when_it_was_found)
{
    g_autoptr(GString) kept = g_string_new("");
    ck_assert_uint_eq(loop_starts_fold(notes[_i].note, NOW_MS, kept), notes[_i].crashes);
    ck_assert_str_eq(kept->str, notes[_i].kept);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("starts");
    tcase_add_loop_test(tests, a_crash_counts_for_ten_minutes_from_when_it_was_found, 0,
                        G_N_ELEMENTS(notes));
    return testing_run(tests);
}
