/* Which endpoints of a USB device carry a reader's frames: chosen from its descriptors, never from
 * its ids, as the same ids are sold with each of them. */
#pragma once
#include "drivers/samv/command.h"
#include <libusb.h>

#define LAYOUT_PIPES_MAX 2       /* each way */
#define LAYOUT_PACKET_BYTES_MAX 512

/* One way of wiring: a row of the table in layout.c. */
typedef struct {
    const char *letter, *word;
    int type;               /* of the endpoints: enum libusb_endpoint_transfer_type */
    int interface_class;    /* bInterfaceClass; -1: any */
    int pipes;              /* each way */
    gsize out_split;        /* bytes of a command on the first pipe; 0: all */
    gboolean fixed_reports; /* every transfer is one whole packet, filled up with zeros */
    CommandId watch;        /* asked while a card lies there */
} Layout;

typedef struct {
    const Layout *layout;
    int interface;
    struct {
        guint8 address;
        gsize packet_bytes; /* wMaxPacketSize */
    } in[LAYOUT_PIPES_MAX], out[LAYOUT_PIPES_MAX]; /* lower address first */
} Wiring;

/* The first interface that fits a row, and the first row that it fits. FALSE: none. */
gboolean layout_choose(const struct libusb_config_descriptor *config, Wiring *ret);
