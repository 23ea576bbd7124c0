#include "ui/tone.h"
#include <math.h>

#define EDGE_S 0.006 /* rising and falling */

typedef struct {
    double hertz, seconds, loudness; /* 0 to 1 */
} Note;

#define NOTES_MAX 6

static const Note notes[SOUND_COUNT][NOTES_MAX] = {
    [SOUND_CLICK] = {{1200, 0.018, 0.35}},
    [SOUND_READY] = {{660, 0.16, 0.6}, {0, 0.03, 0}, {880, 0.26, 0.6}},
    [SOUND_REMIND] = {{880, 0.18, 0.8}, {0, 0.08, 0}, {880, 0.18, 0.8}},
    [SOUND_ALARM] = {{988, 0.14, 1},
                     {740, 0.14, 1},
                     {988, 0.14, 1},
                     {740, 0.14, 1},
                     {988, 0.14, 1},
                     {740, 0.14, 1}},
};

static int play(const Note *note, int volume, gint16 *ret, int room)
{
    int count = MIN((int)(note->seconds * TONE_RATE), room);
    for (int i = 0; i < count; i++) {
        double at = (double)i / TONE_RATE, left = (double)(count - 1 - i) / TONE_RATE;
        double edge = MIN(MIN(at, left) / EDGE_S, 1);
        double loud = note->loudness * edge * volume / 100.0;
        ret[i] = (gint16)lrint(sin(2 * G_PI * note->hertz * at) * loud * 0.7 * G_MAXINT16);
    }
    return count;
}

int tone_make(Sound sound, int volume, gint16 ret[TONE_SAMPLES_MAX])
{
    int count = 0, percent = CLAMP(volume, 0, 100);
    const Note *melody = notes[(guint)sound < SOUND_COUNT ? sound : 0];
    for (int i = 0; i < NOTES_MAX && melody[i].seconds > 0; i++)
        count += play(&melody[i], percent, ret + count, TONE_SAMPLES_MAX - count);
    return count;
}
