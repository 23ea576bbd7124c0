/* The text block of an ID card's chip: a person, or a failure, never half of one. */
#include "drivers/samv/card_text.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

#define TODAY 20260630

static void check_holder(const Holder *holder)
{
    const char *name = personal_reveal(holder->name), *number = personal_reveal(holder->id_number);
    FUZZ_CHECK(*name && g_utf8_validate(name, -1, NULL));
    FUZZ_CHECK(strlen(number) == 15 || strlen(number) == 18);
    FUZZ_CHECK(holder->type != DOCUMENT_TYPE_UNKNOWN);
    FUZZ_CHECK(holder->valid_from <= TODAY && holder->valid_until >= TODAY);
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    guint8 text[CARD_TEXT_BYTES];
    ReaderFailure failure = READER_FAILURE_UNKNOWN;
    for (gsize i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? 0 : ' ';
    memcpy(text, bytes, MIN(length, sizeof text));
    const char *member = NULL;
    g_autoptr(Holder) holder = card_text_read(text, TODAY, &failure, &member);
    FUZZ_CHECK((holder == NULL) == (member != NULL));
    FUZZ_CHECK((holder == NULL) == (failure != READER_FAILURE_UNKNOWN));
    if (holder)
        check_holder(holder);
    return 0;
}
