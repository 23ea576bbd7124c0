/* Whether every character of a record has a picture. Private to this room. */
#pragma once
#include "firmware/certificate/record.h"
#include "firmware/document/text.h"

/* FALSE and KIOSK_ERROR_REFUSED "record: printed.owners: U+2EBF0 cannot be printed". */
gboolean record_check_printable(const TextEngine *engine, const Record *record, GError **error);
