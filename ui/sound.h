/* Sounds through SDL's audio, where there is a device: opened for the first sound, closed after a
 * pause, so that a silent kiosk has no thread of audio awake. */
#pragma once
#include "ui/cue.h"

typedef struct Speaker Speaker;

Speaker *speaker_start(void);
void speaker_stop(Speaker *speaker); /* NULL is fine */

/* Plays `sound` at `volume` percent. Never waits. */
void speaker_play(Speaker *speaker, Sound sound, int volume);
