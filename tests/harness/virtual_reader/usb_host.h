/* Hosts the virtual reader on a virtual USB bus (umockdev): an unmodified libusb program sees a
 * real usbfs device, with hot-plug. The process must run under umockdev's preload library: see
 * harness_preload.
 *
 * The device node is a FIFO whose writability says "there is something to reap", so that libusb
 * sleeps as on a real kernel. Any thread may call the functions below. */
#pragma once
#include "tests/harness/virtual_reader/samv_model.h"

typedef struct UsbHost UsbHost;

typedef enum {
    USB_TRANSPORT_UNKNOWN = 0,
    USB_TRANSPORT_A, /* two bulk pipes each way: header and body */
    USB_TRANSPORT_B, /* one bulk pipe each way */
    USB_TRANSPORT_C, /* HID reports over interrupt pipes */
} UsbTransport;

/* Starts this program again under the preload library, unless it runs under it already. First thing
 * in main; does not return where it has to start again. */
void usb_host_preload(char **argv);

/* A test bed with nothing plugged in. Sets UMOCKDEV_DIR for this process and its children. */
UsbHost *usb_host_create(void);
void usb_host_destroy(UsbHost *host); /* NULL is fine */

/* One line of the control language: plug, unplug, plug-twin, unplug-twin (a second reader),
 * transport A, B or C, status, and the model's words. The answer: "ok", "error why", or JSON. The
 * caller frees. */
char *usb_host_control(UsbHost *host, const char *line);

const char *usb_host_folder(UsbHost *host); /* UMOCKDEV_DIR */
