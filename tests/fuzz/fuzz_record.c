/* A certificate record as the service's signature would have let it through. */
#include "firmware/certificate/record.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_parse((const char *)bytes, length, &error);
    FUZZ_CHECK_ERROR(record, error);
    if (!record)
        return 0;
    FUZZ_CHECK(record->n_collectors > 0 && record->n_collectors <= G_N_ELEMENTS(record->collectors));
    FUZZ_CHECK(record->n_plans <= G_N_ELEMENTS(record->plans));
    for (gsize i = 0; i < record->n_plans; i++)
        FUZZ_CHECK(!record->plans[i].vector != !record->plans[i].png);
    return 0;
}
