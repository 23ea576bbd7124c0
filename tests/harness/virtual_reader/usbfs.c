#include "tests/harness/virtual_reader/usbfs.h"
#include "tests/harness/virtual_reader/usb_device.h"
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CAPABILITIES                                                                               \
    (USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | \
     USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT)

/* A transfer that the client has submitted. */
typedef struct {
    UMockdevIoctlData *urb;      /* struct usbdevfs_urb, a local copy */
    UMockdevIoctlData *buffer;   /* its bytes, a local copy; NULL: none */
    UMockdevIoctlClient *client; /* whose it is, never followed */
} Transfer;

/* An answer that is being thought about. */
typedef struct {
    UsbHost *host;
    guint epoch;
    ModelRequest request;
} Thought;

static struct usbdevfs_urb *urb_of(Transfer *transfer)
{
    return (struct usbdevfs_urb *)transfer->urb->data;
}

static void free_transfer(Transfer *transfer)
{
    g_clear_object(&transfer->urb);
    g_clear_object(&transfer->buffer);
    g_free(transfer);
}

/* Full means nothing to reap: the client's poll for writability sleeps. */
void usbfs_move_gate(UsbHost *host)
{
    gboolean open_it = host->done.length > 0;
    char byte = 0;
    if (host->gate < 0 || open_it == host->gate_open)
        return;
    gssize moved = open_it ? read(host->gate, &byte, 1) : write(host->gate, &byte, 1);
    if (moved != 1)
        g_warning("virtual reader: gate: %s", g_strerror(errno));
    host->gate_open = open_it;
}

static void finish(UsbHost *host, Transfer *transfer, int status)
{
    urb_of(transfer)->status = status;
    g_queue_push_tail(&host->done, transfer);
}

/* One packet into the transfer. TRUE: the transfer is at its end. */
static gboolean take_packet(Transfer *transfer, GBytes *packet, int *ret_status)
{
    gsize length;
    struct usbdevfs_urb *urb = urb_of(transfer);
    const void *bytes = g_bytes_get_data(packet, &length);
    gsize room = (gsize)(urb->buffer_length - urb->actual_length);
    if (length > room)
        *ret_status = -EOVERFLOW;
    gsize fits = MIN(length, room);
    if (fits)
        memcpy(transfer->buffer->data + urb->actual_length, bytes, fits);
    urb->actual_length += (int)fits;
    return length < USB_PACKET_BYTES || urb->actual_length == urb->buffer_length;
}

static void pump(UsbHost *host, InPipe *pipe)
{
    while (pipe->waiting.length && (pipe->halted || pipe->packets.length)) {
        Transfer *transfer = g_queue_peek_head(&pipe->waiting);
        int status = pipe->halted ? -EPIPE : 0;
        gboolean over = pipe->halted;
        while (!over && pipe->packets.length) {
            g_autoptr(GBytes) packet = g_queue_pop_head(&pipe->packets);
            over = take_packet(transfer, packet, &status);
        }
        if (!over)
            return;
        g_queue_pop_head(&pipe->waiting);
        finish(host, transfer, status);
    }
}

static void give_answer(UsbHost *host, const ModelRequest *request)
{
    ModelAnswer answer;
    samv_model_answer(host->model, request, &answer);
    g_autoptr(GByteArray) bytes = answer.bytes;
    if (answer.stall)
        host->in[0].halted = host->in[1].halted = TRUE;
    else
        usb_answer_send(host, &answer);
    pump(host, &host->in[0]);
    pump(host, &host->in[1]);
    if (answer.unplug)
        usb_host_pull_out(host);
}

static gboolean on_thought(gpointer user)
{
    Thought *thought = user;
    UsbHost *host = thought->host;
    g_mutex_lock(&host->lock);
    if (host->plugged && thought->epoch == host->epoch) {
        give_answer(host, &thought->request);
        usbfs_move_gate(host);
    }
    g_mutex_unlock(&host->lock);
    return G_SOURCE_REMOVE;
}

/* A module does one thing at a time: what comes meanwhile waits. */
static void think(UsbHost *host, const ModelRequest *request)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 ready_us = MAX(now_us, host->busy_until_us) + request->delay_ms * 1000;
    if (ready_us == now_us) {
        give_answer(host, request);
        return;
    }
    host->busy_until_us = ready_us;
    Thought *thought = g_new(Thought, 1);
    *thought = (Thought){host, host->epoch, *request};
    GSource *source = g_timeout_source_new((guint)((ready_us - now_us + 999) / 1000));
    g_source_set_callback(source, on_thought, thought, g_free);
    g_source_attach(source, host->context);
    g_source_unref(source);
}

/* --- usbfs --- */

typedef struct {
    UMockdevIoctlClient *client;
    UMockdevIoctlData *argument;
    long result; /* of the ioctl; negative: an error number */
    Transfer *reaped;
} Call;

static void control_transfer(UsbHost *host, Transfer *transfer)
{
    struct usbdevfs_urb *urb = urb_of(transfer);
    guint8 *setup = transfer->buffer ? transfer->buffer->data : NULL;
    int length = -1;
    if (setup && urb->buffer_length >= 8 + (setup[6] | setup[7] << 8))
        length = usb_device_control(usb_device_row(host->transport), setup, setup + 8);
    urb->actual_length = MAX(length, 0);
    finish(host, transfer, length < 0 ? -EPIPE : 0);
}

static void out_transfer(UsbHost *host, Transfer *transfer)
{
    ModelRequest request;
    struct usbdevfs_urb *urb = urb_of(transfer);
    urb->actual_length = urb->buffer_length;
    finish(host, transfer, 0);
    if (transfer->buffer &&
        samv_model_feed(host->model, transfer->buffer->data, (gsize)urb->buffer_length, &request))
        think(host, &request);
}

static InPipe *find_in(UsbHost *host, guint8 endpoint)
{
    const UsbDevice *device = usb_device_row(host->transport);
    for (int i = 0; i < 2; i++)
        if (endpoint && device->in[i] == endpoint)
            return &host->in[i];
    return NULL;
}

static gboolean is_out(UsbHost *host, guint8 endpoint)
{
    const UsbDevice *device = usb_device_row(host->transport);
    return endpoint && (device->out[0] == endpoint || device->out[1] == endpoint);
}

/* The client's memory is read over a socket: NULL when the client died meanwhile. */
static Transfer *fetch_transfer(Call *call)
{
    Transfer *transfer = g_new0(Transfer, 1);
    transfer->client = call->client;
    transfer->urb =
        umockdev_ioctl_data_resolve(call->argument, 0, sizeof(struct usbdevfs_urb), NULL);
    int length = transfer->urb ? urb_of(transfer)->buffer_length : -1;
    if (length > 0)
        transfer->buffer = umockdev_ioctl_data_resolve(
            transfer->urb, offsetof(struct usbdevfs_urb, buffer), (gsize)length, NULL);
    if (length >= 0 && (length == 0 || transfer->buffer))
        return transfer;
    free_transfer(transfer);
    return NULL;
}

/* The kernel is strict one way: interrupt transfers go to interrupt endpoints only. */
static gboolean may_carry(UsbHost *host, guint8 type)
{
    gboolean is_bulk = usb_device_row(host->transport)->endpoint_type == 2;
    return type == USBDEVFS_URB_TYPE_BULK || (type == USBDEVFS_URB_TYPE_INTERRUPT && !is_bulk);
}

static void submit(UsbHost *host, Call *call)
{
    Transfer *transfer = fetch_transfer(call);
    call->result = -EFAULT;
    if (!transfer)
        return;
    struct usbdevfs_urb *urb = urb_of(transfer);
    urb->actual_length = 0;
    InPipe *pipe = find_in(host, urb->endpoint);
    call->result = 0;
    if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
        control_transfer(host, transfer);
    } else if (pipe && may_carry(host, urb->type)) {
        g_queue_push_tail(&pipe->waiting, transfer);
        pump(host, pipe);
    } else if (is_out(host, urb->endpoint) && may_carry(host, urb->type)) {
        out_transfer(host, transfer);
    } else {
        free_transfer(transfer);
        call->result = pipe || is_out(host, urb->endpoint) ? -EINVAL : -ENOENT;
    }
}

static void discard(UsbHost *host, Call *call)
{
    gulong address = *(gulong *)call->argument->data;
    call->result = -EINVAL;
    for (int i = 0; i < 2; i++) {
        for (GList *at = host->in[i].waiting.head; at; at = at->next) {
            Transfer *transfer = at->data;
            if (transfer->client != call->client || transfer->urb->client_addr != address)
                continue;
            g_queue_delete_link(&host->in[i].waiting, at);
            finish(host, transfer, -ENOENT);
            call->result = 0;
            return;
        }
    }
}

/* The client opened the device that is plugged in now. */
static gboolean is_connected(UsbHost *host, UMockdevIoctlClient *client)
{
    return host->plugged &&
           GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(client), "plugging")) == host->plugging;
}

static void reap(UsbHost *host, Call *call)
{
    call->result = is_connected(host, call->client) ? -EAGAIN : -ENODEV;
    for (GList *at = host->done.head; at; at = at->next) {
        Transfer *transfer = at->data;
        if (transfer->client != call->client)
            continue;
        g_autoptr(UMockdevIoctlData) place =
            umockdev_ioctl_data_resolve(call->argument, 0, sizeof(void *), NULL);
        if (!place)
            return;
        g_queue_delete_link(&host->done, at);
        umockdev_ioctl_data_set_ptr(place, 0, transfer->urb);
        call->reaped = transfer;
        call->result = 0;
        return;
    }
}

static void clear_halt(UsbHost *host, Call *call)
{
    g_autoptr(UMockdevIoctlData) data =
        umockdev_ioctl_data_resolve(call->argument, 0, sizeof(guint32), NULL);
    InPipe *pipe = data ? find_in(host, (guint8) * (guint32 *)data->data) : NULL;
    if (pipe)
        pipe->halted = FALSE;
    call->result = 0;
}

static void forget_packets(UsbHost *host)
{
    for (int i = 0; i < 2; i++) {
        g_queue_clear_full(&host->in[i].packets, (GDestroyNotify)g_bytes_unref);
        host->in[i].halted = FALSE;
    }
}

static void reset(UsbHost *host, Call *call)
{
    forget_packets(host);
    samv_model_reset(host->model);
    host->resets++;
    host->epoch++;
    host->busy_until_us = 0;
    call->result = 0;
}

static void claim(UsbHost *host, Call *call)
{
    gboolean taken = host->kernel_driver || (host->owner && host->owner != call->client);
    call->result = taken ? -EBUSY : 0;
    if (call->result == 0)
        host->owner = call->client;
}

static void let_go(UsbHost *host, Call *call)
{
    host->owner = NULL;
    call->result = 0;
}

static void tell_capabilities(UsbHost *host, Call *call)
{
    (void)host;
    g_autoptr(UMockdevIoctlData) data =
        umockdev_ioctl_data_resolve(call->argument, 0, sizeof(guint32), NULL);
    if (data)
        *(guint32 *)data->data = CAPABILITIES;
    call->result = 0;
}

static void tell_driver(UsbHost *host, Call *call)
{
    g_autoptr(UMockdevIoctlData) data =
        umockdev_ioctl_data_resolve(call->argument, 0, sizeof(struct usbdevfs_getdriver), NULL);
    call->result = data && host->kernel_driver ? 0 : -ENODATA;
    if (call->result == 0)
        g_strlcpy(((struct usbdevfs_getdriver *)data->data)->driver, host->kernel_driver,
                  sizeof((struct usbdevfs_getdriver *)data->data)->driver);
}

/* Takes the interface from the kernel's driver, or gives it back. */
static void change_driver(UsbHost *host, Call *call)
{
    g_autoptr(UMockdevIoctlData) data =
        umockdev_ioctl_data_resolve(call->argument, 0, sizeof(struct usbdevfs_ioctl), NULL);
    const struct usbdevfs_ioctl *command = data ? (void *)data->data : NULL;
    const char *own = usb_device_row(host->transport)->kernel_driver;
    call->result = -ENODATA;
    if (command && command->ioctl_code == USBDEVFS_DISCONNECT && host->kernel_driver) {
        host->kernel_driver = NULL;
        call->result = 0;
    } else if (command && command->ioctl_code == USBDEVFS_CONNECT && own && !host->owner) {
        host->kernel_driver = own;
        call->result = 1;
    }
}

static void accept_call(UsbHost *host, Call *call)
{
    (void)host;
    call->result = 0;
}

static const struct {
    guint request;
    gboolean after_unplug;
    void (*handle)(UsbHost *host, Call *call);
} requests[] = {
    {USBDEVFS_GET_CAPABILITIES, FALSE, tell_capabilities},
    {USBDEVFS_CLAIMINTERFACE, FALSE, claim},
    {USBDEVFS_RELEASEINTERFACE, FALSE, let_go},
    {USBDEVFS_GETDRIVER, FALSE, tell_driver},
    {USBDEVFS_IOCTL, FALSE, change_driver},
    {USBDEVFS_SETCONFIGURATION, FALSE, accept_call},
    {USBDEVFS_SETINTERFACE, FALSE, accept_call},
    {USBDEVFS_CLEAR_HALT, FALSE, clear_halt},
    {USBDEVFS_RESETEP, FALSE, clear_halt},
    {USBDEVFS_RESET, FALSE, reset},
    {USBDEVFS_SUBMITURB, FALSE, submit},
    {USBDEVFS_DISCARDURB, TRUE, discard},
    {USBDEVFS_REAPURB, TRUE, reap},
    {USBDEVFS_REAPURBNDELAY, TRUE, reap},
};

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
    (void)base;
    UsbHost *host = user;
    guint request = (guint)umockdev_ioctl_client_get_request(client);
    Call call = {client, umockdev_ioctl_client_get_arg(client), -ENOTTY, NULL};
    g_mutex_lock(&host->lock);
    if (!host->context)
        host->context = g_main_context_ref_thread_default();
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (requests[i].request != request)
            continue;
        call.result = -ENODEV;
        if (requests[i].after_unplug || is_connected(host, client))
            requests[i].handle(host, &call);
    }
    usbfs_move_gate(host);
    g_mutex_unlock(&host->lock);
    umockdev_ioctl_client_complete(client, call.result < 0 ? -1 : call.result,
                                   call.result < 0 ? (int)-call.result : 0);
    if (call.reaped)
        free_transfer(call.reaped);
    return TRUE;
}

static void drop_client(GQueue *queue, UMockdevIoctlClient *client)
{
    for (GList *at = queue->head, *next; at; at = next) {
        next = at->next;
        Transfer *transfer = at->data;
        if (transfer->client != client)
            continue;
        g_queue_delete_link(queue, at);
        free_transfer(transfer);
    }
}

/* The client closed its file or died: umockdev tells it only by ending the object. */
static void on_client_gone(gpointer user, GObject *object)
{
    UsbHost *host = user;
    UMockdevIoctlClient *client = (UMockdevIoctlClient *)object;
    g_mutex_lock(&host->lock);
    drop_client(&host->in[0].waiting, client);
    drop_client(&host->in[1].waiting, client);
    drop_client(&host->done, client);
    if (host->owner == client)
        host->owner = NULL;
    usbfs_move_gate(host);
    g_mutex_unlock(&host->lock);
}

static void on_client(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
    (void)base;
    UsbHost *host = user;
    g_mutex_lock(&host->lock);
    g_object_set_data(G_OBJECT(client), "plugging", GUINT_TO_POINTER(host->plugging));
    g_mutex_unlock(&host->lock);
    g_object_weak_ref(G_OBJECT(client), on_client_gone, user);
}

static gboolean on_read_or_write(UMockdevIoctlBase *base, UMockdevIoctlClient *client,
                                 gpointer user)
{
    (void)base;
    (void)user;
    umockdev_ioctl_client_complete(client, -1, EIO);
    return TRUE;
}

void usbfs_attach(UsbHost *host)
{
    host->handler = umockdev_ioctl_base_new();
    g_signal_connect(host->handler, "handle-ioctl", G_CALLBACK(on_ioctl), host);
    g_signal_connect(host->handler, "client-connected", G_CALLBACK(on_client), host);
    g_signal_connect(host->handler, "handle-read", G_CALLBACK(on_read_or_write), host);
    g_signal_connect(host->handler, "handle-write", G_CALLBACK(on_read_or_write), host);
}

void usbfs_cut_off(UsbHost *host)
{
    for (int i = 0; i < 2; i++) {
        Transfer *transfer;
        while ((transfer = g_queue_pop_head(&host->in[i].waiting)))
            finish(host, transfer, -ESHUTDOWN);
    }
    forget_packets(host);
    samv_model_power_on(host->model);
    usbfs_move_gate(host);
}

void usbfs_clear(UsbHost *host)
{
    for (int i = 0; i < 2; i++)
        g_queue_clear_full(&host->in[i].waiting, (GDestroyNotify)free_transfer);
    g_queue_clear_full(&host->done, (GDestroyNotify)free_transfer);
    g_clear_pointer(&host->context, g_main_context_unref);
}
