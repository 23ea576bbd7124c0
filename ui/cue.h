/* What is heard beside what is seen: when a sound is due, and what speech says. Pure. */
#pragma once
#include "firmware/visit/view.h"

typedef enum {
    SOUND_UNKNOWN = 0,
    SOUND_CLICK,  /* a key or button was touched */
    SOUND_READY,  /* card or booklet is ready, or a question waits */
    SOUND_REMIND, /* it still lies there */
    SOUND_ALARM,  /* it will be kept soon */
    SOUND_COUNT
} Sound;

typedef struct {
    gint64 after_ms; /* since the screen came */
    Sound sound;     /* UNKNOWN: none */
    gboolean says;   /* the screen is spoken (again), even where speech is off: the person may have
                        turned away */
} Cue;

/* Sound when `screen` comes; UNKNOWN: none. */
Sound cue_arrival(Screen screen);

/* The cue number `number` (from 0) of something left behind on `screen`. FALSE when there is no
 * such screen or no more of them. */
gboolean cue_reminder(Screen screen, int number, Cue *ret);
