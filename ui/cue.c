#include "ui/cue.h"

#define ALARM_MS 30000
#define ALARM_EVERY_MS 5000
#define ALARMS_MAX 60 /* five minutes: the longest time that is waited */

static const Cue reminders[] = {
    {5000, SOUND_REMIND, FALSE},
    {10000, SOUND_REMIND, TRUE},
    {20000, SOUND_REMIND, TRUE},
};

Sound cue_arrival(Screen screen)
{
    gboolean asks =
        screen == SCREEN_TAKE_CARD || screen == SCREEN_COLLECT || screen == SCREEN_STILL_THERE;
    return asks ? SOUND_READY : SOUND_UNKNOWN;
}

gboolean cue_reminder(Screen screen, int number, Cue *ret)
{
    int alarm = number - (int)G_N_ELEMENTS(reminders);
    if ((screen != SCREEN_TAKE_CARD && screen != SCREEN_COLLECT) || number < 0 ||
        alarm >= ALARMS_MAX)
        return FALSE;
    *ret = alarm < 0 ? reminders[number]
                     : (Cue){ALARM_MS + alarm * ALARM_EVERY_MS, SOUND_ALARM, FALSE};
    return TRUE;
}
