#include "ui/input.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEVICES_MAX 32
#define SETTLE_MS 2000
#define PUMP_MS 50
#define READS_MAX 64 /* a device that never stops must not hold the loop */

struct Input {
    char *folder;
    int epoll, inotify;
    int devices[DEVICES_MAX];
    int n_devices;
    gint64 settled_ms; /* SDL needs pumping until then */
    int headphone;     /* not told yet, -1: nothing */
};

static void watch(Input *input, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    (void)epoll_ctl(input->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void look_for_headphone(Input *input, int fd)
{
    unsigned char switches[SW_CNT / 8 + 1] = {0};
    if (ioctl(fd, EVIOCGSW(sizeof switches), switches) >= 0 &&
        switches[SW_HEADPHONE_INSERT / 8] >> SW_HEADPHONE_INSERT % 8 & 1)
        input->headphone = 1;
}

static void close_devices(Input *input)
{
    for (int i = 0; i < input->n_devices; i++)
        close(input->devices[i]);
    input->n_devices = 0;
}

static void open_devices(Input *input)
{
    DIR *folder = opendir(input->folder);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) && input->n_devices < DEVICES_MAX) {
        if (strncmp(entry->d_name, "event", strlen("event")))
            continue;
        g_autofree char *path = g_build_filename(input->folder, entry->d_name, NULL);
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            continue;
        input->devices[input->n_devices++] = fd;
        watch(input, fd);
        look_for_headphone(input, fd);
    }
    if (folder)
        closedir(folder);
}

Input *input_create(const char *folder)
{
    g_autoptr(Input) input = g_new0(Input, 1);
    input->folder = g_strdup(folder);
    input->headphone = -1;
    input->epoll = epoll_create1(EPOLL_CLOEXEC);
    input->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (input->epoll < 0 || input->inotify < 0)
        return NULL;
    (void)inotify_add_watch(input->inotify, folder, IN_CREATE | IN_DELETE | IN_ATTRIB);
    watch(input, input->inotify);
    open_devices(input);
    return g_steal_pointer(&input);
}

void input_destroy(Input *input)
{
    if (!input)
        return;
    close_devices(input);
    if (input->inotify >= 0)
        close(input->inotify);
    if (input->epoll >= 0)
        close(input->epoll);
    g_free(input->folder);
    g_free(input);
}

int input_fd(const Input *input)
{
    return input->epoll;
}

/* FALSE when the device is gone. */
static gboolean empty(Input *input, int fd)
{
    struct input_event events[64];
    ssize_t got = 1;
    for (int i = 0; i < READS_MAX && got > 0; i++) {
        got = read(fd, events, sizeof events);
        for (gsize j = 0; fd != input->inotify && got > 0 && j < (gsize)got / sizeof *events; j++)
            if (events[j].type == EV_SW && events[j].code == SW_HEADPHONE_INSERT)
                input->headphone = events[j].value != 0;
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

int input_take_headphone(Input *input)
{
    int headphone = input->headphone;
    input->headphone = -1;
    return headphone;
}

void input_drain(Input *input, gint64 now_ms)
{
    struct epoll_event events[DEVICES_MAX + 1];
    int count = epoll_wait(input->epoll, events, G_N_ELEMENTS(events), 0);
    gboolean changed = FALSE;
    for (int i = 0; i < count; i++) {
        gboolean alive = empty(input, events[i].data.fd);
        changed = changed || !alive || events[i].data.fd == input->inotify;
    }
    if (!changed)
        return;
    close_devices(input);
    open_devices(input);
    input->settled_ms = now_ms + SETTLE_MS;
}

int input_next_wake_ms(const Input *input, gint64 now_ms)
{
    return now_ms < input->settled_ms ? PUMP_MS : -1;
}

int input_count(const Input *input)
{
    return input->n_devices;
}
