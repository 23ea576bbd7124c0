/* Private to this room: the sentences of the checks. */
#pragma once
#include "firmware/maintenance/readiness.h"

typedef struct {
    const char *word; /* of the sentence: "reader.several" */
    const char *id;   /* of the check that says it */
    const char *reason;
    Mender who;
    const char *zh, *en; /* with places {value}, {more} and, of a printer's reason, {steps} */
} CheckRow;

/* NULL: no such sentence. */
const CheckRow *check_row(const char *word);

/* All of them, for tests. */
const CheckRow *check_rows(gsize *ret_count);
