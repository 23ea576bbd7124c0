/* The readiness report: what is known of the machine at one moment, as lines of text for a sheet. */
#pragma once
#include "firmware/maintenance/facts.h"
#include "firmware/visit/view.h"

/* Heading first, then lines, "name<TAB>value"; nothing of a citizen. The caller frees. */
char *report_write(const MenuFacts *facts, Language language);
