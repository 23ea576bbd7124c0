/* The kernel's side of /dev/bus/usb for the virtual reader: what its ioctls do. */
#pragma once
#include "tests/harness/virtual_reader/usb_host.h"
#include <umockdev.h>

/* One IN endpoint. */
typedef struct {
    GQueue waiting; /* transfers */
    GQueue packets; /* GBytes */
    gboolean halted;
} InPipe;

struct UsbHost {
    GMutex lock;
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *handler;
    GMainContext *context; /* of umockdev's worker */
    char *folder;
    SamvModel *model;
    UsbTransport transport;
    gboolean plugged;
    guint plugging;             /* counts pluggings: who opened an earlier one has it no more */
    guint epoch;                /* counts pluggings and resets: no answer outlives one */
    gint64 busy_until_us;       /* one command after the other */
    int number;                 /* on the bus, never used twice */
    char *node, *file, *device; /* /dev path, its place in `folder`, sysfs path */
    char *twin;                 /* sysfs path of the second reader */
    int gate;                   /* the FIFO; -1 none */
    gboolean gate_open;
    InPipe in[2];
    GQueue done;                /* Transfer: to be reaped */
    UMockdevIoctlClient *owner; /* has claimed the interface */
    const char *kernel_driver;  /* that has it instead; NULL: none */
    guint resets;               /* of the port */
    GMutex hand;                /* plugs and unplugs; taken before `lock` */
    GThread *puller;
    gboolean pulling; /* it is at it */
};

/* Puts the answer into the IN pipes; locked. */
void usb_answer_send(UsbHost *host, ModelAnswer *answer);

/* Unplugs the reader soon, from a thread of its own; locked. */
void usb_host_pull_out(UsbHost *host);

void usbfs_attach(UsbHost *host);    /* makes the handler */
void usbfs_cut_off(UsbHost *host);   /* ends all transfers of an unplugged device; locked */
void usbfs_move_gate(UsbHost *host); /* locked */
void usbfs_clear(UsbHost *host);     /* frees what is left, after the test bed's end */
