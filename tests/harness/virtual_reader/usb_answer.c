/* How an answer is cut into packets. */
#include "tests/harness/virtual_reader/usb_device.h"
#include "tests/harness/virtual_reader/usbfs.h"

static void send(InPipe *pipe, const guint8 *bytes, gsize length, gsize packet_bytes)
{
    gsize step = packet_bytes ? packet_bytes : USB_PACKET_BYTES;
    for (gsize at = 0; at < length; at += step)
        g_queue_push_tail(&pipe->packets, g_bytes_new(bytes + at, MIN(step, length - at)));
    if (length && length % USB_PACKET_BYTES == 0)
        g_queue_push_tail(&pipe->packets, g_bytes_new(NULL, 0));
}

/* A HID reader fills its last report up. */
static void fill_up(GByteArray *bytes)
{
    static const guint8 zeros[USB_PACKET_BYTES];
    guint over = bytes->len % USB_PACKET_BYTES;
    if (over)
        g_byte_array_append(bytes, zeros, USB_PACKET_BYTES - over);
}

static void send_reports(InPipe *pipe, GByteArray *bytes, gsize packet_bytes)
{
    gsize step = packet_bytes ? packet_bytes : USB_PACKET_BYTES;
    if (!packet_bytes)
        fill_up(bytes);
    for (gsize at = 0; at < bytes->len; at += step)
        g_queue_push_tail(&pipe->packets,
                          g_bytes_new(bytes->data + at, MIN(step, bytes->len - at)));
}

void usb_answer_send(UsbHost *host, ModelAnswer *answer)
{
    GByteArray *bytes = answer->bytes;
    gsize head = host->transport == USB_TRANSPORT_A ? answer->header_length : bytes->len;
    if (answer->empty_first)
        g_queue_push_tail(&host->in[0].packets, g_bytes_new(NULL, 0));
    if (host->transport == USB_TRANSPORT_C) {
        send_reports(&host->in[0], bytes, answer->packet_bytes);
        return;
    }
    send(&host->in[0], bytes->data, head, answer->packet_bytes);
    send(&host->in[1], bytes->data + head, bytes->len - head, answer->packet_bytes);
}
