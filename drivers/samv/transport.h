/* Carries frames over USB, over the endpoints that layout.h chose.
 *
 * Everything is asynchronous and happens in the thread that handles libusb's events; only opening
 * and closing talk to the kernel directly. Clearing a halt and resetting, for which the kernel may
 * take seconds, are waited for like answers. */
#pragma once
#include "drivers/samv/layout.h"
#include "firmware/base/error.h"

typedef struct Transport Transport;

typedef enum {
    LINK_UNKNOWN = 0,
    LINK_BUSY,     /* wait for USB */
    LINK_ANSWERED, /* transport_answer holds a frame */
    LINK_QUIET,    /* drained: nothing comes any more */
    LINK_SILENT,   /* no whole answer before the deadline */
    LINK_GARBLED,  /* bytes that are no frame */
    LINK_STALLED,  /* an endpoint is halted */
    LINK_BROKEN,   /* another USB error */
    LINK_GONE,     /* unplugged */
} Link;

const char *link_word(Link link);

/* Opens and claims `device`. NULL and KIOSK_ERROR_UNAVAILABLE. */
Transport *transport_open(libusb_context *context, libusb_device *device, GError **error);

/* Cancels what is on its way, wipes, closes. Handles events for at most half a second. NULL is
 * fine. */
void transport_close(Transport *transport);

/* Sends a command; its answer must be whole within `deadline_ms`. Not while BUSY. */
void transport_ask(Transport *transport, guint8 command, guint8 parameter, int deadline_ms);

/* Reads away what is left of earlier answers until nothing came for `silence_ms`. Not while BUSY.
 */
void transport_drain(Transport *transport, int silence_ms);

/* Ends all halts: QUIET, GONE or BROKEN. Not while BUSY. */
void transport_clear_halt(Transport *transport);

/* Resets the device's port: QUIET, GONE when it came back as another one, or BROKEN. Not while BUSY.
 */
void transport_reset(Transport *transport);

/* How the last ask, drain, clearing or reset stands. */
Link transport_link(Transport *transport);

/* After ANSWERED, until the next ask or transport_forget. */
const Frame *transport_answer(const Transport *transport);

/* Wipes the answer's bytes. */
void transport_forget(Transport *transport);

gboolean transport_is_on(const Transport *transport, libusb_device *device);
const Layout *transport_layout(const Transport *transport);
