/* Reading printer-state-reasons from outside. No I/O, any thread. */
#pragma once
#include "drivers/printer.h"

/* Splits one value ("media-empty-error") into keyword and severity. Without a suffix a known
 * keyword gets ERROR if its row blocks, else WARNING; an unknown one stays UNKNOWN. A value without
 * a row stays the keyword as it is, suffix included. FALSE for `none` and for what is no keyword at
 * all. */
gboolean reason_parse(const char *text, PrinterReason *ret);

/* Adds `reason`. When the list is full the least important one gives way, so that no flood of
 * reports, and no flood of words that nobody knows, can hide what blocks. */
void reason_add(PrinterStatus *status, const PrinterReason *reason);
