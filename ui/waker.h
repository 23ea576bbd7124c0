/* What poll() waits for so that SDL has something to say: the X connection, or the input devices
 * under KMSDRM. (SDL's own waiting functions wake up hundreds of times a second on most drivers.)
 */
#pragma once
#include <glib.h>

typedef struct Waker Waker;
struct SDL_Window;

Waker *waker_create(struct SDL_Window *window);
void waker_destroy(Waker *waker); /* NULL is fine */

/* Descriptor to poll for reading, -1: there is none. */
int waker_fd(const Waker *waker);

/* Before SDL_PollEvent: empties what woke us. `now_ms`: monotonic. */
void waker_drain(Waker *waker, gint64 now_ms);

/* Milliseconds until SDL must be asked even if the descriptor is silent, -1: never. */
int waker_next_ms(const Waker *waker, gint64 now_ms);

/* See input_take_headphone; always -1 where a windowing system has the devices. */
int waker_take_headphone(Waker *waker);

/* TRUE when there is no descriptor although input may come. */
gboolean waker_is_blind(const Waker *waker);
