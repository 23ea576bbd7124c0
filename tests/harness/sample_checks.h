/* Checks as the sample menus show them: each sentence with what the machine would put into it. */
#pragma once
#include "firmware/maintenance/readiness.h"

/* TRUE for a sentence that is only said when all is well. */
gboolean sample_check_is_fine(const char *word);

/* A good day, and, where it is not NULL, the finding `word` ("stock.mismatch") in the state `state`
 * instead of what is well about that part. */
void sample_checks(const char *word, CheckState state, Checks *ret);
