/* What the virtual reader says of itself on the bus. */
#pragma once
#include "tests/harness/virtual_reader/usb_host.h"

#define USB_PACKET_BYTES 64

typedef struct {
    const char *word;
    guint16 vendor, product;
    guint8 in[2], out[2];      /* endpoint addresses; 0: none */
    guint8 endpoint_type;      /* 2 bulk, 3 interrupt */
    const char *kernel_driver; /* that takes it when it is plugged in; NULL: none */
    const guint8 *descriptors; /* device and configuration */
    gsize length;
} UsbDevice;

const UsbDevice *usb_device_row(UsbTransport transport);
UsbTransport usb_device_find(const char *word); /* "A", "B", "C"; UNKNOWN: none of them */

/* Answers a control request. `setup` has 8 bytes, `ret_data` room for wLength. -1: stalls. */
int usb_device_control(const UsbDevice *device, const guint8 *setup, guint8 *ret_data);
