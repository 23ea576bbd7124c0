#include "drivers/samv/layout.h"

static const Layout layouts[] = {
    {.letter = "A",
     .word = "split pipes", /* header on the lower address, body on the higher */
     .type = LIBUSB_TRANSFER_TYPE_BULK,
     .interface_class = -1,
     .pipes = 2,
     .out_split = FRAME_HEADER_BYTES,
     .watch = COMMAND_WATCH},
    {.letter = "B",
     .word = "one pipe pair",
     .type = LIBUSB_TRANSFER_TYPE_BULK,
     .interface_class = -1,
     .pipes = 1,
     .watch = COMMAND_WATCH},
    {.letter = "C",
     .word = "HID reports",
     .type = LIBUSB_TRANSFER_TYPE_INTERRUPT,
     .interface_class = LIBUSB_CLASS_HID,
     .pipes = 1,
     .fixed_reports = TRUE,
     .watch = COMMAND_WATCH_NUMBER},
    {.letter = "D",
     .word = "interrupt pair",
     .type = LIBUSB_TRANSFER_TYPE_INTERRUPT,
     .interface_class = -1,
     .pipes = 1,
     .watch = COMMAND_WATCH},
};

/* Puts the endpoint at its place by address. FALSE: there are more than fit. */
static gboolean add(Wiring *wiring, const struct libusb_endpoint_descriptor *endpoint, int *counts)
{
    gboolean is_in = (endpoint->bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0;
    int at = counts[is_in]++;
    if (at >= wiring->layout->pipes || endpoint->wMaxPacketSize == 0 ||
        endpoint->wMaxPacketSize > LAYOUT_PACKET_BYTES_MAX)
        return FALSE;
    typeof(*wiring->in) *pipes = is_in ? wiring->in : wiring->out;
    for (; at > 0 && pipes[at - 1].address > endpoint->bEndpointAddress; at--)
        pipes[at] = pipes[at - 1];
    pipes[at].address = endpoint->bEndpointAddress;
    pipes[at].packet_bytes = endpoint->wMaxPacketSize;
    return TRUE;
}

/* As many endpoints of the row's type each way as it has pipes; those of other types do not count.
 */
static gboolean fits(const Layout *layout, const struct libusb_interface_descriptor *interface,
                     Wiring *ret)
{
    int counts[2] = {0, 0};
    *ret = (Wiring){.layout = layout, .interface = interface->bInterfaceNumber};
    if (layout->interface_class >= 0 && interface->bInterfaceClass != layout->interface_class)
        return FALSE;
    for (int i = 0; i < interface->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *endpoint = &interface->endpoint[i];
        if ((endpoint->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == layout->type &&
            !add(ret, endpoint, counts))
            return FALSE;
    }
    return counts[0] == layout->pipes && counts[1] == layout->pipes;
}

gboolean layout_choose(const struct libusb_config_descriptor *config, Wiring *ret)
{
    for (int i = 0; i < config->bNumInterfaces; i++) {
        const struct libusb_interface *interface = &config->interface[i];
        for (gsize row = 0; interface->num_altsetting > 0 && row < G_N_ELEMENTS(layouts); row++)
            if (fits(&layouts[row], &interface->altsetting[0], ret))
                return TRUE;
    }
    return FALSE;
}
