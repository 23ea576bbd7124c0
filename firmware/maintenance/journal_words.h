/* The journal in sentences: what a step was, and what its entry tells, in the language of the screen.
 * Booklets, counts, people's ids and words of the protocol; the certificate by the end of its number
 * only. The entry as it stands is for the export. */
#pragma once
#include "firmware/issuance/journal.h"
#include "firmware/visit/view.h"

#define JOURNAL_SENTENCE_BYTES 240 /* with NUL */

/* What the step is called: "Sent to print". */
const char *journal_step_name(JournalStep step, Language language);

/* What `entry` tells beside that, "" nothing; cut at a character's end. */
void journal_say(const JournalEntry *entry, Language language, char ret[JOURNAL_SENTENCE_BYTES]);

/* The serial that the entry's issuance began with, into `ret`; FALSE: this entry does not tell it. */
gboolean journal_find_serial(const JournalEntry *entry, char *ret, gsize bytes);

/* A word of the protocol (a reason, a state, a result) as people say it; as it stands, where the
 * table lacks it. */
const char *journal_word(const char *word, Language language);

/* The table of words, for tests: row `i`, both languages; NULL behind the last. */
const char *journal_word_row(gsize i, const char **ret_zh, const char **ret_en);
