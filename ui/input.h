/* Waking up for input without a windowing system: SDL's KMSDRM driver reads /dev/input by itself
 * but has no descriptor to wait for, so this opens the same devices once more, read only, just to
 * be woken; SDL does not grab them, both readers see every event. */
#pragma once
#include <glib.h>

typedef struct Input Input;

/* `folder`: "/dev/input". NULL when the kernel gives no epoll or inotify. */
Input *input_create(const char *folder);
void input_destroy(Input *input); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Input, input_destroy)

/* Readable when a device spoke, came or went. */
int input_fd(const Input *input);

/* Empties what woke us; opens devices that came. `now_ms`: monotonic. */
void input_drain(Input *input, gint64 now_ms);

/* After a device came or went SDL's own monitor wants to be pumped for two seconds: milliseconds
 * until the next pump, -1: not needed. */
int input_next_wake_ms(const Input *input, gint64 now_ms);

/* A headphone that was plugged in (1) or out (0) since the last call, -1: neither. One that is in
 * already when its device is opened counts as plugged in. */
int input_take_headphone(Input *input);

/* How many devices are open. */
int input_count(const Input *input);
