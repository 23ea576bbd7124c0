#include "tests/harness/virtual_reader/usb_device.h"
#include <string.h>

#define DEVICE_BYTES 18
#define LOW(word) ((word)&0xFF)
#define HIGH(word) ((word) >> 8)
#define DEVICE(vendor, product)                                                                    \
    18, 1, 0x00, 0x02, 0, 0, 0, 64, LOW(vendor), HIGH(vendor), LOW(product), HIGH(product), 0x63,  \
        0x00, 0, 0, 0, 1
#define CONFIG(total, endpoints, class)                                                            \
    9, 2, total, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, endpoints, class, 0, 0, 0
#define BULK(address) 7, 5, address, 2, USB_PACKET_BYTES, 0, 0
#define INTERRUPT(address) 7, 5, address, 3, USB_PACKET_BYTES, 0, 1
#define HID(report_bytes) 9, 0x21, 0x11, 0x01, 0, 1, 0x22, report_bytes, 0
#define USBIDR 0x0400, 0xC35A
#define YINAN 0x2B8B, 0x2721

/* Vendor-defined reports of 64 bytes each way. */
static const guint8 report[] = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00,
                                0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x01,
                                0x81, 0x02, 0x09, 0x01, 0x91, 0x02, 0xC0};

#define DEVICE_OF(...) DEVICE(__VA_ARGS__)
static const guint8 split[] = {DEVICE_OF(USBIDR), CONFIG(46, 4, 0), BULK(0x81),
                               BULK(0x02),        BULK(0x85),       BULK(0x06)};
static const guint8 pair[] = {DEVICE_OF(USBIDR), CONFIG(32, 2, 0), BULK(0x81), BULK(0x02)};
static const guint8 hid[] = {DEVICE_OF(YINAN), CONFIG(41, 2, 3), HID(sizeof report),
                             INTERRUPT(0x81), INTERRUPT(0x01)};
_Static_assert(sizeof split == DEVICE_BYTES + 46 && sizeof pair == DEVICE_BYTES + 32 &&
                   sizeof hid == DEVICE_BYTES + 41,
               "total lengths");

static const UsbDevice devices[] = {
    [USB_TRANSPORT_A] = {"A", USBIDR, {0x81, 0x85}, {0x02, 0x06}, 2, NULL, split, sizeof split},
    [USB_TRANSPORT_B] = {"B", USBIDR, {0x81, 0}, {0x02, 0}, 2, NULL, pair, sizeof pair},
    [USB_TRANSPORT_C] = {"C", YINAN, {0x81, 0}, {0x01, 0}, 3, "usbhid", hid, sizeof hid},
};

const UsbDevice *usb_device_row(UsbTransport transport)
{
    return &devices[transport];
}

UsbTransport usb_device_find(const char *word)
{
    for (gsize i = USB_TRANSPORT_UNKNOWN + 1; i < G_N_ELEMENTS(devices); i++)
        if (!strcmp(devices[i].word, word))
            return (UsbTransport)i;
    return USB_TRANSPORT_UNKNOWN;
}

static int get_descriptor(const UsbDevice *device, guint8 type, const guint8 **ret)
{
    switch (type) {
    case 1:
        *ret = device->descriptors;
        return DEVICE_BYTES;
    case 2:
        *ret = device->descriptors + DEVICE_BYTES;
        return (int)device->length - DEVICE_BYTES;
    case 0x22:
        *ret = report;
        return device->endpoint_type == 3 ? (int)sizeof report : -1;
    default:
        return -1;
    }
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
