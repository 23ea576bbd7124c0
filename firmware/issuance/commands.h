/* What `kiosk journal` prints of a journal that is open for reading, to standard output. Each gives
 * the exit status: 0, or 1 with the error said. */
#pragma once
#include "firmware/issuance/arguments.h"
#include "firmware/issuance/journal.h"

/* A line an issuance, the oldest first; or JSON. */
int journal_print_issuances(Journal *journal, const Arguments *arguments);

/* Every entry, as CSV or JSON. */
int journal_print_entries(Journal *journal, const Arguments *arguments);

/* Whether both chains are whole, and the head of the steps. */
int journal_print_chain(Journal *journal);
