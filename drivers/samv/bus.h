/* Which USB device is the reader: allow-list, pin, plugging and unplugging. */
#pragma once
#include "drivers/reader.h"
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

/* The reader to use; the caller ends it with libusb_unref_device. NULL and `ret_absence` (NONE or
 * SEVERAL) when there is none, or more than one and none is pinned by bus_path or serial. */
libusb_device *bus_find(Bus *bus, ReaderAbsence *ret_absence);

/* As the kernel names the device's place: "1-1.2". The caller frees. */
char *bus_path(libusb_device *device);

/* Switches the kernel's autosuspend off for the device, as far as we may: a reader that slept does
 * not always wake up. */
void bus_keep_awake(libusb_device *device);
