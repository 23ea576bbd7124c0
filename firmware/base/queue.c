#include "firmware/base/queue.h"
#include "firmware/base/clock.h"
#include "firmware/base/limit.h"
#include "firmware/base/log.h"
#include <sys/eventfd.h>
#include <unistd.h>

#define STOP_REQUEST (-1)

struct Queue {
    GMutex lock;
    GCond filled;
    GQueue messages; /* of Message */
    int fd;
};

Queue *queue_create(void)
{
    Queue *queue = g_new0(Queue, 1);
    g_mutex_init(&queue->lock);
    g_cond_init(&queue->filled);
    g_queue_init(&queue->messages);
    queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (queue->fd < 0)
        g_error("queue: no eventfd");
    return queue;
}

void message_clear(Message *message)
{
    if (message->free && message->payload)
        message->free(message->payload);
    message->payload = NULL;
}

void queue_destroy(Queue *queue)
{
    if (!queue)
        return;
    Message message;
    while (queue_pop(queue, &message))
        message_clear(&message);
    close(queue->fd);
    g_cond_clear(&queue->filled);
    g_mutex_clear(&queue->lock);
    g_free(queue);
}

static gboolean push(Queue *queue, Message message, gboolean always)
{
    g_mutex_lock(&queue->lock);
    gboolean fits = always || g_queue_get_length(&queue->messages) < LIMIT_QUEUE_DEPTH;
    if (fits) {
        g_queue_push_tail(&queue->messages, g_memdup2(&message, sizeof message));
        guint64 one = 1;
        (void)!write(queue->fd, &one, sizeof one);
        g_cond_signal(&queue->filled);
    }
    g_mutex_unlock(&queue->lock);
    return fits;
}

gboolean queue_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free)
{
    Message message = {type, payload, payload_free, clock_monotonic_ms()};
    if (push(queue, message, FALSE))
        return TRUE;
    log_error("queue", "message %d dropped, %d are waiting", type, LIMIT_QUEUE_DEPTH);
    message_clear(&message);
    return FALSE;
}

void queue_must_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free)
{
    push(queue, (Message){type, payload, payload_free, clock_monotonic_ms()}, TRUE);
}

/* With the lock held. */
static gboolean take(Queue *queue, Message *ret_message)
{
    Message *first = g_queue_pop_head(&queue->messages);
    if (!first)
        return FALSE;
    *ret_message = *first;
    g_free(first);
    if (g_queue_is_empty(&queue->messages)) {
        guint64 count;
        (void)!read(queue->fd, &count, sizeof count);
    }
    return TRUE;
}

gboolean queue_pop(Queue *queue, Message *ret_message)
{
    return queue_pop_wait(queue, 0, ret_message);
}

gboolean queue_pop_wait(Queue *queue, int timeout_ms, Message *ret_message)
{
    gint64 until = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    g_mutex_lock(&queue->lock);
    gboolean taken = take(queue, ret_message);
    gboolean in_time = timeout_ms != 0;
    while (!taken && in_time) {
        if (timeout_ms < 0)
            g_cond_wait(&queue->filled, &queue->lock);
        else
            in_time = g_cond_wait_until(&queue->filled, &queue->lock, until);
        taken = take(queue, ret_message);
    }
    g_mutex_unlock(&queue->lock);
    return taken;
}

int queue_fd(Queue *queue)
{
    return queue->fd;
}

struct Worker {
    Queue *requests;
    GThread *thread;
    const WorkerRole *role;
    gpointer context;
    gint stopping;
};

/* Waits for the next request; the role may do something of its own meanwhile. */
static void next_request(Worker *worker, Message *ret_request)
{
    int rest_ms;
    do {
        rest_ms = worker->role->rest ? worker->role->rest(worker->context) : -1;
    } while (!queue_pop_wait(worker->requests, rest_ms, ret_request));
}

static gpointer run_worker(gpointer data)
{
    Worker *worker = data;
    const WorkerRole *role = worker->role;
    gboolean stop = FALSE;
    if (role->open)
        role->open(worker->context);
    while (!stop) {
        Message request;
        next_request(worker, &request);
        stop = request.type == STOP_REQUEST;
        if (!stop && !g_atomic_int_get(&worker->stopping))
            role->handle(worker->context, &request);
        message_clear(&request);
    }
    if (role->close)
        role->close(worker->context);
    return NULL;
}

Worker *worker_start(const char *name, const WorkerRole *role, gpointer context)
{
    Worker *worker = g_new0(Worker, 1);
    worker->requests = queue_create();
    worker->role = role;
    worker->context = context;
    worker->thread = g_thread_new(name, run_worker, worker);
    return worker;
}

void worker_request(Worker *worker, int type, gpointer payload, GDestroyNotify payload_free)
{
    queue_must_push(worker->requests, type, payload, payload_free);
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    g_atomic_int_set(&worker->stopping, 1);
    push(worker->requests, (Message){.type = STOP_REQUEST}, TRUE);
    g_thread_join(worker->thread);
    queue_destroy(worker->requests);
    g_free(worker);
}
