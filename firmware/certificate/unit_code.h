/* The real-estate unit code (不动产单元代码, GB/T 37346-2019): 28 characters without check digit.
 * Any thread, no allocation, NULL is FALSE. */
#pragma once
#include <glib.h>

#define UNIT_CODE_LENGTH 28

/* TRUE if `text` has the structure: 12 digits, ownership GJZ, parcel feature, 5 digits, fixture
 * FLQW, 8 digits (zeros behind W). */
gboolean unit_code_is_valid(const char *text);

/* TRUE if a valid code has one of the parcel features J L N, which newer practice uses and the
 * standard of 2019 does not know: accepted, worth a warning. */
gboolean unit_code_is_newer_than_standard(const char *text);
