/* Queues between threads. A queue holds messages of (type, payload) in order; the main loop's has
 * an eventfd, so that one poll() waits for everything. A worker is one thread that takes requests
 * from its queue and posts answers into the loop's. */
#pragma once
#include <glib.h>

typedef struct {
    int type;            /* meaning: the reader's; 0 is never sent */
    gpointer payload;    /* owned by whoever holds the message, or NULL */
    GDestroyNotify free; /* how to end the payload, or NULL */
    gint64 at_ms;        /* when it was pushed, monotonic */
} Message;

typedef struct Queue Queue;

Queue *queue_create(void);
void queue_destroy(Queue *queue); /* ends payloads that nobody took; NULL is fine */

/* Any thread. Takes `payload`. FALSE, and `payload` ended, when LIMIT_QUEUE_DEPTH is reached. */
gboolean queue_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free);

/* The same without the limit: for work and answers whose number is bounded by design. */
void queue_must_push(Queue *queue, int type, gpointer payload, GDestroyNotify payload_free);

/* Takes the oldest message; FALSE at once when there is none. The caller owns the payload. */
gboolean queue_pop(Queue *queue, Message *ret_message);

/* The same, waiting up to `timeout_ms` (-1: for ever). */
gboolean queue_pop_wait(Queue *queue, int timeout_ms, Message *ret_message);

/* Readable while a message waits: for poll(). Cleared by popping the last one. */
int queue_fd(Queue *queue);

void message_clear(Message *message); /* ends the payload */

typedef struct Worker Worker;

/* Runs in the worker's thread for each request; posts its answers with queue_push itself. It may
 * keep the payload by setting it to NULL. */
typedef void (*WorkerHandle)(gpointer context, Message *request);

/* What a worker does, all in its own thread; only `handle` is needed. */
typedef struct {
    void (*open)(gpointer context); /* before the first request */
    WorkerHandle handle;
    int (*rest)(gpointer context);   /* while no request waits; gives the milliseconds after which it
                                        wants to be called again, -1: not before the next request */
    void (*close)(gpointer context); /* after the last request */
} WorkerRole;

/* Starts a thread named `name` (15 characters at most). `role` outlives the worker. */
Worker *worker_start(const char *name, const WorkerRole *role, gpointer context);

/* Never dropped: whoever asks bounds how much is under way. */
void worker_request(Worker *worker, int type, gpointer payload, GDestroyNotify payload_free);

/* Lets the running request end, drops the waiting ones, joins. NULL is fine. */
void worker_stop(Worker *worker);
