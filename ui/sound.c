#include "ui/sound.h"
#include "firmware/base/log.h"
#include "firmware/base/queue.h"
#include "ui/tone.h"
#include <SDL.h>

#define LINGER_MS 3000   /* the device stays open so long after a sound */
#define BUFFER 512       /* samples */
#define QUEUED_MAX 96000 /* bytes, one second: more is not played */
#define QUIT_TYPE 1000
#define WAITING_MAX 8 /* sounds; the next ones are dropped */

struct Speaker {
    Queue *queue;
    gint waiting; /* atomic: sounds in the queue */
    GThread *thread;
};

/* 0: there is none. */
static SDL_AudioDeviceID open_device(gboolean *told)
{
    const SDL_AudioSpec wanted = {
        .freq = TONE_RATE, .format = AUDIO_S16SYS, .channels = 1, .samples = BUFFER};
    SDL_AudioDeviceID device = 0;
    if (!SDL_InitSubSystem(SDL_INIT_AUDIO))
        device = SDL_OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
    if (!device) {
        if (!*told)
            log_info("ui", "no sound: %s", SDL_GetError());
        *told = TRUE;
        return 0;
    }
    *told = FALSE;
    SDL_PauseAudioDevice(device, 0);
    return device;
}

static void close_device(SDL_AudioDeviceID *device)
{
    if (*device)
        SDL_CloseAudioDevice(*device);
    *device = 0;
    if (SDL_WasInit(SDL_INIT_AUDIO))
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

static void play(SDL_AudioDeviceID device, Sound sound, int volume)
{
    g_autofree gint16 *samples = g_new(gint16, TONE_SAMPLES_MAX);
    int count = tone_make(sound, volume, samples);
    if (device && SDL_GetQueuedAudioSize(device) < QUEUED_MAX)
        SDL_QueueAudio(device, samples, (Uint32)count * sizeof *samples);
}

static gpointer run(gpointer data)
{
    Speaker *speaker = data;
    SDL_AudioDeviceID device = 0;
    gboolean told = FALSE, running = TRUE;
    while (running) {
        Message message;
        if (!queue_pop_wait(speaker->queue, device ? LINGER_MS : -1, &message)) {
            if (!device || !SDL_GetQueuedAudioSize(device))
                close_device(&device);
            continue;
        }
        running = message.type != QUIT_TYPE;
        if (running)
            g_atomic_int_add(&speaker->waiting, -1);
        if (running && !device)
            device = open_device(&told);
        if (running)
            play(device, (Sound)message.type, GPOINTER_TO_INT(message.payload));
    }
    close_device(&device);
    SDL_TLSCleanup(); /* SDL keeps a thread's last error until then */
    return NULL;
}

Speaker *speaker_start(void)
{
    Speaker *speaker = g_new0(Speaker, 1);
    speaker->queue = queue_create();
    speaker->thread = g_thread_new("sound", run, speaker);
    return speaker;
}

void speaker_stop(Speaker *speaker)
{
    if (!speaker)
        return;
    queue_must_push(speaker->queue, QUIT_TYPE, NULL, NULL);
    g_thread_join(speaker->thread);
    queue_destroy(speaker->queue);
    g_free(speaker);
}

void speaker_play(Speaker *speaker, Sound sound, int volume)
{
    if (g_atomic_int_add(&speaker->waiting, 1) >= WAITING_MAX)
        g_atomic_int_add(&speaker->waiting, -1);
    else
        queue_must_push(speaker->queue, sound, GINT_TO_POINTER(volume), NULL);
}
