/* What is heard: the samples, SDL's audio into a file, and the words of speech-dispatcher's
 * protocol against a small server of our own. (The real one is part of the window's system test.)
 */
#include "tests/testing.h"
#include "ui/sound.h"
#include "ui/speech.h"
#include "ui/tone.h"
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 5000

static gint16 samples[TONE_SAMPLES_MAX];

static int loudest(int count)
{
    int loud = 0;
    for (int i = 0; i < count; i++)
        loud = MAX(loud, abs(samples[i]));
    return loud;
}

START_TEST(sounds_begin_and_end_in_silence_and_follow_the_volume)
{
    for (Sound sound = SOUND_CLICK; sound < SOUND_COUNT; sound++) {
        int count = tone_make(sound, 100, samples), full = loudest(count);
        ck_assert_int_gt(count, TONE_RATE / 100);
        ck_assert_int_le(count, TONE_RATE); /* one second */
        ck_assert_int_eq(samples[0], 0);
        ck_assert_int_eq(samples[count - 1], 0);
        ck_assert_int_eq(tone_make(sound, 50, samples), count);
        ck_assert_int_le(abs(loudest(count) - full / 2), 1);
        ck_assert_int_eq(loudest(tone_make(sound, 0, samples)), 0);
    }
    ck_assert_int_eq(tone_make(SOUND_UNKNOWN, 100, samples), 0);
    ck_assert_int_lt(tone_make(SOUND_CLICK, 1000, samples), TONE_RATE / 10);
    ck_assert_int_lt(loudest(TONE_RATE / 100), G_MAXINT16);
}
END_TEST

START_TEST(a_sound_reaches_the_device)
{
    g_autofree char *folder = g_dir_make_tmp("sound-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "audio.raw", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0, loud = 0;
    g_setenv("SDL_AUDIODRIVER", "disk", TRUE);
    g_setenv("SDL_DISKAUDIOFILE", file, TRUE);
    Speaker *speaker = speaker_start();
    speaker_play(speaker, SOUND_READY, 60);
    for (int waited = 0; !loud && waited < PATIENCE_MS; waited += 20) {
        g_usleep(20000);
        g_clear_pointer(&bytes, g_free);
        if (!g_file_get_contents(file, &bytes, &length, NULL))
            continue;
        for (gsize i = 0; i + 1 < length; i += 2)
            loud += abs((gint16)((guint8)bytes[i] | (guint8)bytes[i + 1] << 8)) > 1000;
    }
    ck_assert_uint_gt(loud, 0);
    speaker_stop(speaker);
    g_unlink(file);
    g_rmdir(folder);
}
END_TEST

START_TEST(without_a_device_there_is_no_sound_and_no_harm)
{
    g_setenv("SDL_AUDIODRIVER", "no-such-driver", TRUE);
    Speaker *speaker = speaker_start();
    for (int i = 0; i < 500; i++)
        speaker_play(speaker, SOUND_CLICK, 60);
    speaker_stop(speaker);
}
END_TEST

/* A server that takes one connection; `heard` gets all that came. `silent`: it answers nothing. */
typedef struct {
    int socket;
    gboolean silent;
    GString *heard;
    GMutex lock;
    GThread *thread;
    char *folder, *path;
} Server;

static void answer(Server *server, int peer, const char *line, gboolean *data)
{
    const char *text = "200 OK\r\n";
    if (*data && strcmp(line, "."))
        return;
    if (*data)
        text = "225-17\r\n225 OK MESSAGE QUEUED\r\n";
    else if (!strcmp(line, "SPEAK"))
        text = "230 OK RECEIVING DATA\r\n";
    *data = !*data && !strcmp(line, "SPEAK");
    if (!server->silent)
        ck_assert_int_eq(write(peer, text, strlen(text)), (ssize_t)strlen(text));
}

static gpointer serve(gpointer context)
{
    Server *server = context;
    gboolean data = FALSE;
    int peer = accept(server->socket, NULL, NULL);
    FILE *in = fdopen(peer, "r");
    char line[1024];
    while (fgets(line, sizeof line, in)) {
        g_strchomp(line);
        g_mutex_lock(&server->lock);
        g_string_append_printf(server->heard, "%s\n", line);
        g_mutex_unlock(&server->lock);
        answer(server, peer, line, &data);
    }
    fclose(in);
    return NULL;
}

static void start_server(Server *server, gboolean silent)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *server = (Server){.silent = silent, .heard = g_string_new(NULL)};
    server->folder = g_dir_make_tmp("speech-XXXXXX", NULL);
    server->path = g_build_filename(server->folder, "s", NULL);
    g_strlcpy(address.sun_path, server->path, sizeof address.sun_path);
    server->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->socket, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(server->socket, 1), 0);
    server->thread = g_thread_new("server", serve, server);
}

static void stop_server(Server *server)
{
    g_thread_join(server->thread);
    close(server->socket);
    g_unlink(server->path);
    g_rmdir(server->folder);
    g_free(server->path);
    g_free(server->folder);
    g_string_free(server->heard, TRUE);
}

/* Waits until the server has heard `text`. */
static gboolean hears(Server *server, const char *text)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += 5) {
        g_mutex_lock(&server->lock);
        gboolean heard = strstr(server->heard->str, text) != NULL;
        g_mutex_unlock(&server->lock);
        if (heard)
            return TRUE;
        g_usleep(5000);
    }
    return FALSE;
}

START_TEST(a_sentence_takes_the_place_of_the_one_before)
{
    Server server;
    start_server(&server, FALSE);
    Speech *speech = speech_start(server.path);
    speech_say(speech, g_strdup("请放上身份证。"), LANGUAGE_ZH, 60);
    ck_assert(hears(&server, "CANCEL SELF\nSET SELF VOLUME 20\nSET SELF LANGUAGE zh\nSPEAK\n"
                             "请放上身份证。\n.\n"));
    /* a dot at the start of a line ends no message, control characters are no commands */
    speech_say(speech, g_strdup(".one\r\n.\nSET ALL VOLUME 100"), LANGUAGE_EN, 1000);
    ck_assert(hears(&server, "CANCEL SELF\nSET SELF VOLUME 100\nSET SELF LANGUAGE en\nSPEAK\n"
                             "..one\n..\nSET ALL VOLUME 100\n.\n"));
    speech_stop(speech);
    stop_server(&server);
}
END_TEST

START_TEST(a_server_that_hangs_is_given_up)
{
    Server server;
    start_server(&server, TRUE);
    Speech *speech = speech_start(server.path);
    gint64 start_us = g_get_monotonic_time();
    for (int i = 0; i < 100; i++)
        speech_say(speech, g_strdup("one"), LANGUAGE_EN, 60);
    ck_assert_int_lt(g_get_monotonic_time() - start_us, 500000); /* whoever asks never waits */
    ck_assert(hears(&server, "CLIENT_NAME"));
    speech_stop(speech);
    ck_assert_int_lt(g_get_monotonic_time() - start_us, 5000000);
    stop_server(&server);
}
END_TEST

START_TEST(without_a_server_speech_is_off)
{
    Speech *speech = speech_start("/nonexistent/speechd.sock");
    for (int i = 0; i < 100; i++)
        speech_say(speech, g_strdup("one"), LANGUAGE_EN, 60);
    speech_stop(speech);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sound");
    tcase_add_test(tests, sounds_begin_and_end_in_silence_and_follow_the_volume);
    tcase_add_test(tests, a_sound_reaches_the_device);
    tcase_add_test(tests, without_a_device_there_is_no_sound_and_no_harm);
    tcase_add_test(tests, a_sentence_takes_the_place_of_the_one_before);
    tcase_add_test(tests, a_server_that_hangs_is_given_up);
    tcase_add_test(tests, without_a_server_speech_is_off);
    return testing_run(tests);
}
