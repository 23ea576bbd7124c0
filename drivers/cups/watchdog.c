#include "drivers/cups/watchdog.h"
#include <sys/socket.h>

#define NEVER G_MAXINT64
#define USUAL_PAUSE_MS 1000 /* between two armings while nothing happens */

struct Watchdog {
    GThread *thread;
    GMutex mutex;
    GCond changed;
    int fd;
    gint64 deadline_ms; /* NEVER: not armed */
    gint64 rest_ms;     /* deadline that the next arming will have, most likely */
    gint64 wakes_ms;    /* when the thread looks again by itself */
    gboolean bitten;
    gboolean holding;
    gboolean ending;
};

static void bite_if_due(Watchdog *watchdog)
{
    gboolean armed = watchdog->deadline_ms != NEVER;
    if (!armed || (!watchdog->holding && watchdog->deadline_ms > g_get_monotonic_time() / 1000))
        return;
    shutdown(watchdog->fd, SHUT_RDWR);
    watchdog->bitten = TRUE;
    watchdog->deadline_ms = NEVER;
}

static gpointer run(gpointer data)
{
    Watchdog *watchdog = data;
    g_mutex_lock(&watchdog->mutex);
    while (!watchdog->ending) {
        bite_if_due(watchdog);
        watchdog->wakes_ms = watchdog->deadline_ms;
        if (watchdog->wakes_ms == NEVER && watchdog->rest_ms > g_get_monotonic_time() / 1000)
            watchdog->wakes_ms = watchdog->rest_ms; /* saves a wake-up at the next arming */
        if (watchdog->wakes_ms == NEVER)
            g_cond_wait(&watchdog->changed, &watchdog->mutex);
        else
            g_cond_wait_until(&watchdog->changed, &watchdog->mutex, watchdog->wakes_ms * 1000);
    }
    g_mutex_unlock(&watchdog->mutex);
    return NULL;
}

Watchdog *watchdog_create(void)
{
    Watchdog *watchdog = g_new0(Watchdog, 1);
    g_mutex_init(&watchdog->mutex);
    g_cond_init(&watchdog->changed);
    watchdog->fd = -1;
    watchdog->deadline_ms = watchdog->wakes_ms = NEVER;
    watchdog->thread = g_thread_new("printer-watch", run, watchdog);
    return watchdog;
}

void watchdog_destroy(Watchdog *watchdog)
{
    if (!watchdog)
        return;
    g_mutex_lock(&watchdog->mutex);
    watchdog->ending = TRUE;
    g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->mutex);
    g_thread_join(watchdog->thread);
    g_cond_clear(&watchdog->changed);
    g_mutex_clear(&watchdog->mutex);
    g_free(watchdog);
}

void watchdog_arm(Watchdog *watchdog, int fd, gint64 deadline_ms)
{
    g_mutex_lock(&watchdog->mutex);
    watchdog->fd = fd;
    watchdog->bitten = FALSE;
    watchdog->deadline_ms = deadline_ms;
    watchdog->rest_ms = deadline_ms + USUAL_PAUSE_MS;
    if (watchdog->holding)
        bite_if_due(watchdog);
    if (deadline_ms < watchdog->wakes_ms) /* else the thread wakes early enough by itself */
        g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->mutex);
}

gboolean watchdog_disarm(Watchdog *watchdog)
{
    g_mutex_lock(&watchdog->mutex);
    gboolean bitten = watchdog->bitten;
    watchdog->bitten = FALSE;
    watchdog->deadline_ms = NEVER;
    watchdog->fd = -1;
    g_mutex_unlock(&watchdog->mutex);
    return bitten;
}

static void set_holding(Watchdog *watchdog, gboolean holding)
{
    g_mutex_lock(&watchdog->mutex);
    watchdog->holding = holding;
    bite_if_due(watchdog);
    g_mutex_unlock(&watchdog->mutex);
}

void watchdog_hold(Watchdog *watchdog)
{
    set_holding(watchdog, TRUE);
}

void watchdog_release(Watchdog *watchdog)
{
    set_holding(watchdog, FALSE);
}
