/* Speech through speech-dispatcher: its SSIP protocol over a Unix socket (the library has no
 * deadlines). A thread of its own speaks, so that a hanging server never holds the screen; without
 * a server speech is off and asked for again later. */
#pragma once
#include "firmware/visit/view.h"

typedef struct Speech Speech;

/* `socket_path`: "" for the usual one ($SPEECHD_ADDRESS, else in $XDG_RUNTIME_DIR). */
Speech *speech_start(const char *socket_path);
void speech_stop(Speech *speech); /* NULL is fine */

/* Says `text`, which is taken, wiped and freed, in place of what is being said now; "" only ends
 * that. `volume`: 0 to 100 percent. Never waits. */
void speech_say(Speech *speech, char *text, Language language, int volume);
