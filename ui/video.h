/* The way of a picture to the screen through SDL, and the certainty that it arrives: what cannot be
 * shown is an error with its reason, never a black screen. */
#pragma once
#include <SDL.h>
#include <glib.h>

/* Tells SDL and Xlib what a panel does not need. It sets environment variables: to be called before
 * other threads start. */
void video_configure(void);

/* Starts SDL's video with the settings that suit its driver. KIOSK_ERROR_UNAVAILABLE: no screen.
 * The caller ends with SDL_QuitSubSystem(SDL_INIT_VIDEO), also after an error. */
gboolean video_start(GError **error);

/* Shows an empty picture in a new window. KIOSK_ERROR_UNAVAILABLE when it is not shown, or when SDL
 * took another way than the one that is known to reach the screen. */
gboolean video_prove(SDL_Window *window, GError **error);

/* Shows `count` boxes of the window's surface. KIOSK_ERROR_UNAVAILABLE: the screen does not show
 * them. */
gboolean video_present(SDL_Window *window, const SDL_Rect *boxes, int count, GError **error);
