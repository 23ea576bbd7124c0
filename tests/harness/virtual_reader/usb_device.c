#include "tests/harness/virtual_reader/usb_device.h"
#include <string.h>

#define DEVICE_BYTES 18
#define DEVICE 18, 1, 0x00, 0x02, 0, 0, 0, 64, 0x00, 0x04, 0x5A, 0xC3, 0x63, 0x00, 0, 0, 0, 1
#define CONFIG(total, endpoints)                                                                   \
    9, 2, total, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, endpoints, 0, 0, 0, 0
#define BULK(address) 7, 5, address, 2, USB_PACKET_BYTES, 0, 0

static const guint8 split[] = {DEVICE,     CONFIG(46, 4), BULK(0x81),
                               BULK(0x02), BULK(0x85),    BULK(0x06)};
static const guint8 pair[] = {DEVICE, CONFIG(32, 2), BULK(0x81), BULK(0x02)};
_Static_assert(sizeof split == DEVICE_BYTES + 46 && sizeof pair == DEVICE_BYTES + 32,
               "total lengths");

static const UsbDevice devices[] = {
    [USB_TRANSPORT_A] = {"A", {0x81, 0x85}, {0x02, 0x06}, split, sizeof split},
    [USB_TRANSPORT_B] = {"B", {0x81, 0}, {0x02, 0}, pair, sizeof pair},
};

const UsbDevice *usb_device_row(UsbTransport transport)
{
    return &devices[transport];
}

static int get_descriptor(const UsbDevice *device, guint8 type, const guint8 **ret)
{
    if (type == 1) {
        *ret = device->descriptors;
        return DEVICE_BYTES;
    }
    *ret = device->descriptors + DEVICE_BYTES;
    return type == 2 ? (int)device->length - DEVICE_BYTES : -1;
}

int usb_device_control(const UsbDevice *device, const guint8 *setup, guint8 *ret_data)
{
    gsize wanted = (gsize)setup[6] | (gsize)setup[7] << 8;
    const guint8 *data = NULL;
    static const guint8 zero[2];
    int length = -1;
    if (!(setup[0] & 0x80))
        return 0;
    if (setup[1] == 6)
        length = get_descriptor(device, setup[3], &data);
    else if (setup[1] == 0) {
        data = zero;
        length = sizeof zero;
    }
    if (length < 0)
        return -1;
    length = MIN(length, (int)wanted);
    memcpy(ret_data, data, (gsize)length);
    return length;
}
