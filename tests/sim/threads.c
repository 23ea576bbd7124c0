/* firmware/base/queue.h on the virtual clock: a message has a time from which it is there, a worker
 * carries one request out at a time and is busy as long as the call took. */
#include "firmware/base/queue.h"
#include "tests/sim/actors.h"

struct Queue {
    Machine *m;
    GQueue messages; /* of Message, by time */
};

struct Worker {
    Machine *m;
    const WorkerRole *role;
    gpointer context;
    GQueue requests;
    gboolean planned, rest_planned;
    gint64 free_ms; /* world time */
    int id;
};

#define WORKERS (MACHINES * 4)
static Worker *workers[WORKERS];

static gint64 now_ms(const Machine *m)
{
    return m->world->now_ms + m->spent_ms;
}

Queue *queue_create(void)
{
    Queue *queue = g_new0(Queue, 1);
    queue->m = world->current;
    g_queue_init(&queue->messages);
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
    for (Message *m = g_queue_pop_head(&queue->messages); m;
         m = g_queue_pop_head(&queue->messages)) {
        message_clear(m);
        g_free(m);
    }
    g_free(queue);
}

static void insert(GQueue *messages, const Message *message)
{
    GList *behind = messages->tail;
    while (behind && ((const Message *)behind->data)->at_ms > message->at_ms)
        behind = behind->prev;
    g_queue_insert_after(messages, behind, g_memdup2(message, sizeof *message));
}

void queue_must_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free)
{
    Message message = {type, payload, payload_free, now_ms(queue->m)};
    if (queue->m->dying) {
        message_clear(&message);
        return;
    }
    insert(&queue->messages, &message);
    if (queue->messages.length > 4 * 64)
        world_violate(queue->m, "S16", "%u messages wait in the loop's queue",
                      queue->messages.length);
    machine_wake(queue->m, message.at_ms);
}

gboolean queue_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free)
{
    queue_must_push(queue, type, payload, payload_free);
    return TRUE;
}

gboolean queue_pop(Queue *queue, Message *ret_message)
{
    Message *first = g_queue_peek_head(&queue->messages);
    if (!first || first->at_ms > now_ms(queue->m))
        return FALSE;
    *ret_message = *first;
    g_free(g_queue_pop_head(&queue->messages));
    return TRUE;
}

gint64 queue_next_ms(const Queue *queue)
{
    const Message *first = queue->messages.head ? queue->messages.head->data : NULL;
    return first ? first->at_ms : -1;
}

gboolean queue_pop_wait(Queue *queue, int timeout_ms, Message *ret_message)
{
    (void)timeout_ms;
    return queue_pop(queue, ret_message);
}

int queue_fd(Queue *queue)
{
    (void)queue;
    return -1;
}

static void plan(Worker *worker);
static void take_rest(Worker *worker);

/* FALSE: the machine crashed in the middle of the call. */
static gboolean survived(Machine *m)
{
    if (!m->dying)
        return TRUE;
    machine_run_turn(m, 0);
    return FALSE;
}

static void rest(Machine *m, int id)
{
    (void)m;
    if (!workers[id])
        return;
    workers[id]->rest_planned = FALSE;
    take_rest(workers[id]);
}

/* What the role does of its own while no request waits. */
static void take_rest(Worker *worker)
{
    if (!worker->role->rest || worker->rest_planned || !g_queue_is_empty(&worker->requests))
        return;
    int rest_ms = worker->role->rest(worker->context);
    if (!survived(worker->m) || rest_ms < 0)
        return;
    worker->rest_planned = TRUE;
    world_plan(worker->m, rest_ms + worker->m->spent_ms, rest, worker->id, FALSE);
}

static void carry_out(Machine *m, int id)
{
    Worker *worker = workers[id];
    Message *request = worker ? g_queue_pop_head(&worker->requests) : NULL;
    if (!request)
        return;
    worker->planned = FALSE;
    worker->role->handle(worker->context, request);
    message_clear(request);
    g_free(request);
    if (!survived(m))
        return;
    worker->free_ms = now_ms(m);
    plan(worker);
    take_rest(worker);
}

static void plan(Worker *worker)
{
    if (worker->planned || g_queue_is_empty(&worker->requests))
        return;
    worker->planned = TRUE;
    gint64 at_ms = MAX(now_ms(worker->m) + 1, worker->free_ms);
    world_plan(worker->m, at_ms - world->now_ms, carry_out, worker->id, FALSE);
}

Worker *worker_start(const char *name, const WorkerRole *role, gpointer context)
{
    (void)name;
    Worker *worker = g_new0(Worker, 1);
    worker->m = world->current;
    worker->role = role;
    worker->context = context;
    g_queue_init(&worker->requests);
    while (workers[worker->id])
        worker->id++;
    workers[worker->id] = worker;
    if (role->open)
        role->open(context);
    return worker;
}

void worker_request(Worker *worker, int type, gpointer payload, GDestroyNotify payload_free)
{
    Message message = {type, payload, payload_free, now_ms(worker->m)};
    if (worker->m->dying) {
        message_clear(&message);
        return;
    }
    g_queue_push_tail(&worker->requests, g_memdup2(&message, sizeof message));
    if (worker->requests.length > 64)
        world_violate(worker->m, "S16", "%u requests wait at one worker", worker->requests.length);
    plan(worker);
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    for (Message *m = g_queue_pop_head(&worker->requests); m;
         m = g_queue_pop_head(&worker->requests)) {
        message_clear(m);
        g_free(m);
    }
    if (worker->role->close)
        worker->role->close(worker->context);
    workers[worker->id] = NULL;
    g_free(worker);
}
