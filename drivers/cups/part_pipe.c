#include "drivers/cups/part_pipe.h"
#include "firmware/base/secret.h"
#include <string.h>

struct PartPipe {
    GMutex mutex;
    GCond changed;
    GQueue parts; /* of GBytes */
    gsize bytes;  /* in them */
    gint closed;
};

PartPipe *part_pipe_create(void)
{
    PartPipe *pipe = g_new0(PartPipe, 1);
    g_mutex_init(&pipe->mutex);
    g_cond_init(&pipe->changed);
    g_queue_init(&pipe->parts);
    return pipe;
}

void part_pipe_destroy(PartPipe *pipe)
{
    g_queue_clear_full(&pipe->parts, (GDestroyNotify)g_bytes_unref);
    g_cond_clear(&pipe->changed);
    g_mutex_clear(&pipe->mutex);
    g_free(pipe);
}

gboolean part_pipe_is_closed(PartPipe *pipe)
{
    return g_atomic_int_get(&pipe->closed);
}

void part_pipe_close(PartPipe *pipe)
{
    g_mutex_lock(&pipe->mutex);
    g_atomic_int_set(&pipe->closed, TRUE);
    g_cond_signal(&pipe->changed);
    g_mutex_unlock(&pipe->mutex);
}

static gboolean is_full(const PartPipe *pipe, gsize size)
{
    return !g_queue_is_empty((GQueue *)&pipe->parts) && pipe->bytes + size > PART_PIPE_BYTES_MAX;
}

gboolean part_pipe_put(PartPipe *pipe, gconstpointer bytes, gsize size)
{
    void *copy = secret_malloc(size);
    memcpy(copy, bytes, size);
    g_autoptr(GBytes) part = g_bytes_new_with_free_func(copy, size, secret_free, copy);
    g_mutex_lock(&pipe->mutex);
    while (is_full(pipe, size) && !part_pipe_is_closed(pipe))
        g_cond_wait(&pipe->changed, &pipe->mutex);
    gboolean open = !part_pipe_is_closed(pipe);
    if (open) {
        g_queue_push_tail(&pipe->parts, g_steal_pointer(&part));
        pipe->bytes += size;
        g_cond_signal(&pipe->changed);
    }
    g_mutex_unlock(&pipe->mutex);
    return open;
}

GBytes *part_pipe_take(PartPipe *pipe)
{
    g_mutex_lock(&pipe->mutex);
    while (g_queue_is_empty(&pipe->parts) && !part_pipe_is_closed(pipe))
        g_cond_wait(&pipe->changed, &pipe->mutex);
    GBytes *part = part_pipe_is_closed(pipe) ? NULL : g_queue_pop_head(&pipe->parts);
    if (part) {
        pipe->bytes -= g_bytes_get_size(part);
        g_cond_signal(&pipe->changed);
    }
    g_mutex_unlock(&pipe->mutex);
    return part;
}
