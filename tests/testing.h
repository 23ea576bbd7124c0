/* What every test program shares: Check, and a main that runs one table of tests. */
#pragma once
#include <check.h>
#include <glib.h>
#include <stdlib.h>

/* Runs `tests`, prints Check's summary, gives main's exit status. */
static inline int testing_run(TCase *tests)
{
    Suite *suite = suite_create("kiosk");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
