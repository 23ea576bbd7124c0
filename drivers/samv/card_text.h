/* The text block of an ID card's chip: 256 bytes, UTF-16LE, one layout a type of card. */
#pragma once
#include "drivers/reader.h"

#define CARD_TEXT_BYTES 256

/* Reads `text` (CARD_TEXT_BYTES). NULL and `ret_failure`: WRONG_TYPE for a type character that we
 * do not know; NOT_GENUINE when a field is malformed or the fields contradict each other (number,
 * birth, sex, check character, type); EXPIRED and FUTURE against `today`, YYYYMMDD. `ret_member` is
 * then the one to blame, for the log: "name", "sex", "valid_from" (static). The caller owns the
 * holder; no copy of the text is left behind. Any thread. */
Holder *card_text_read(const guint8 text[CARD_TEXT_BYTES], int today, ReaderFailure *ret_failure,
                       const char **ret_member);
