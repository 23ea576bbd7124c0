/* What every fuzz target includes: the entry that libFuzzer calls, and a check that stays in. */
#pragma once
#include "firmware/base/error.h"
#include <stdlib.h>

/* Always 0. `bytes` has no NUL behind it. */
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

/* Ends the run as a finding. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            g_printerr("%s:%d: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A parser that gives nothing says why, and one that gives something says nothing. */
#define FUZZ_CHECK_ERROR(result, error) FUZZ_CHECK(!(result) == ((error) != NULL))
