/* Bytes from the thread that draws ahead to the one that sends. They are a citizen's pages:
 * whatever was in a pipe is wiped when it was taken, or when the pipe ends. Any thread. */
#pragma once
#include <glib.h>

#define PART_PIPE_BYTES_MAX (4 * 1024 * 1024) /* that wait; a usual page at 600 dpi has 0.6 MiB */

typedef struct PartPipe PartPipe;

PartPipe *part_pipe_create(void);
void part_pipe_destroy(PartPipe *pipe); /* when no other thread uses it any more */

/* Copies `size` bytes (0: a mark, which is taken as such) behind the others; waits while that would
 * be more than PART_PIPE_BYTES_MAX and something waits to be taken. FALSE: closed. */
gboolean part_pipe_put(PartPipe *pipe, gconstpointer bytes, gsize size);

/* The oldest part, as it was put; waits for one. The caller unrefs. NULL: closed. */
GBytes *part_pipe_take(PartPipe *pipe);

/* One side has given up: the other learns it at its next call, what waits is not handed out. */
void part_pipe_close(PartPipe *pipe);
gboolean part_pipe_is_closed(PartPipe *pipe);
