/* The sounds as samples. Pure. */
#pragma once
#include "ui/cue.h"

#define TONE_RATE 48000 /* samples a second, one channel, 16 bits */
#define TONE_SAMPLES_MAX 48000

/* Makes a sound at `volume` 0 to 100 percent into `ret`; gives the count of samples, 0 for
 * SOUND_UNKNOWN. Begins and ends at zero, so that nothing cracks. */
int tone_make(Sound sound, int volume, gint16 ret[TONE_SAMPLES_MAX]);
