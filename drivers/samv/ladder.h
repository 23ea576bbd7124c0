/* Getting a reader to answer again: rungs from gentle to rough, a table in ladder.c. */
#pragma once
#include "drivers/samv/session.h"

/* Begins the climb after trouble `link` (`why`, for the log); it leads back to `reader->resume`. An
 * unplugged reader is let go. */
Done ladder_climb(Reader *reader, Link link, const char *why, ReaderEvent *event);

/* Begins it for a device that was just opened: an earlier owner may have left an answer. */
void ladder_begin(Reader *reader, Step resume);

Done ladder_ask(Reader *reader, ReaderEvent *event);               /* does the rung */
Done ladder_answer(Reader *reader, Link link, ReaderEvent *event); /* judges it */

/* The reader has proved itself: the next trouble begins at the first rung. */
void ladder_calm(Reader *reader);

/* Reopened so often in vain that the caller is told. */
gboolean ladder_is_hopeless(const Reader *reader);

const char *ladder_rung_word(gsize rung); /* 0 to RUNGS - 1 */
