/* Which USB device is the reader: allow-list, pinned bus path, plugging and unplugging. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/base/error.h"
#include <libusb.h>

typedef struct Bus Bus;

/* NULL: KIOSK_ERROR_CONFIG for a bad [reader] devices, KIOSK_ERROR_UNAVAILABLE when this system has
 * no USB at all. */
Bus *bus_open(const Config *config, GError **error);
void bus_close(Bus *bus); /* NULL is fine */

libusb_context *bus_context(Bus *bus);

/* TRUE once after devices came or went (and at first). */
gboolean bus_take_change(Bus *bus);

/* FALSE: changes are not told by the system; look again from time to time. */
gboolean bus_tells_changes(const Bus *bus);

/* The reader to use; the caller ends it with libusb_unref_device. NULL and `ret_reason` (static
 * string) when there is none, or more than one and none is pinned. */
libusb_device *bus_find(Bus *bus, const char **ret_reason);
