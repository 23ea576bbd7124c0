#include "drivers/samv/transport.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/base/secret.h"
#include <string.h>

#define PIPES_MAX LAYOUT_PIPES_MAX
#define PIPE_BYTES (FRAME_BYTES_MAX + 2 * LAYOUT_PACKET_BYTES_MAX)
#define OUT_DEADLINE_MS 1000
#define CLOSE_MS 500
#define ROUNDS_MAX 256 /* transfers in one answer: a reader that sends rubbish for ever */

typedef struct {
    Transport *owner;
    struct libusb_transfer *transfer;
    guint8 endpoint;
    gsize packet_bytes; /* wMaxPacketSize */
    gboolean busy;
    guint8 *bytes; /* PIPE_BYTES */
    gsize used;
} Pipe;

struct Transport {
    libusb_context *context;
    libusb_device_handle *handle;
    const Layout *layout;
    int interface; /* claimed; -1: none */
    Pipe out[PIPES_MAX], in[PIPES_MAX];
    SecretArena *arena;
    guint8 *answer; /* header and body together */
    Frame frame;
    int busy; /* transfers on their way */
    int rounds;
    Link link;    /* BUSY, or how the last exchange ended */
    Link trouble; /* of the running exchange, so far */
    gboolean draining;
    int silence_ms;
    gint64 deadline_ms;
    GThread *runner; /* waits for the kernel to do `errand`, libusb's code */
    int (*errand)(Transport *transport);
    gint errand_done; /* atomic; `errand_code` is then set */
    int errand_code;
};

const char *link_word(Link link)
{
    static const char *const words[] = {
        [LINK_UNKNOWN] = "unknown",          [LINK_BUSY] = "busy",
        [LINK_ANSWERED] = "answered",        [LINK_QUIET] = "quiet",
        [LINK_SILENT] = "no answer in time", [LINK_GARBLED] = "garbled answer",
        [LINK_STALLED] = "endpoint stalled", [LINK_BROKEN] = "USB error",
        [LINK_GONE] = "unplugged",
    };
    return (gsize)link < G_N_ELEMENTS(words) ? words[link] : words[0];
}

static void cancel_all(Transport *transport)
{
    for (int i = 0; i < transport->layout->pipes; i++) {
        if (transport->in[i].busy)
            libusb_cancel_transfer(transport->in[i].transfer);
        if (transport->out[i].busy)
            libusb_cancel_transfer(transport->out[i].transfer);
    }
}

/* The first trouble counts, but an unplugged reader tops all. */
static void note(Transport *transport, Link trouble)
{
    if (transport->trouble == LINK_UNKNOWN || trouble == LINK_GONE)
        transport->trouble = trouble;
    cancel_all(transport);
}

static gboolean submit(Pipe *pipe, guint8 *bytes, gsize length, int timeout_ms)
{
    Transport *transport = pipe->owner;
    pipe->transfer->buffer = bytes;
    pipe->transfer->length = (int)length;
    pipe->transfer->timeout = (unsigned)MAX(timeout_ms, 1);
    int code = libusb_submit_transfer(pipe->transfer);
    if (code != 0) {
        note(transport, code == LIBUSB_ERROR_NO_DEVICE ? LINK_GONE : LINK_BROKEN);
        return FALSE;
    }
    pipe->busy = TRUE;
    transport->busy++;
    return TRUE;
}

static gboolean listen_pipe(Pipe *pipe)
{
    Transport *transport = pipe->owner;
    if (transport->draining) {
        secret_wipe(pipe->bytes, pipe->used);
        pipe->used = 0;
    }
    gsize left = (PIPE_BYTES - pipe->used) / pipe->packet_bytes * pipe->packet_bytes;
    gsize room = transport->layout->fixed_reports ? MIN(left, pipe->packet_bytes) : left;
    gint64 left_ms = transport->deadline_ms - clock_monotonic_ms();
    if (room == 0 || ++transport->rounds > ROUNDS_MAX) {
        note(transport, LINK_GARBLED);
        return FALSE;
    }
    return submit(pipe, pipe->bytes + pipe->used, room,
                  transport->draining ? transport->silence_ms : (int)left_ms);
}

/* What the pipes hold so far, as one frame. */
static FrameState assemble(Transport *transport)
{
    gsize length = 0;
    for (int i = 0; i < transport->layout->pipes; i++) {
        memcpy(transport->answer + length, transport->in[i].bytes, transport->in[i].used);
        length += transport->in[i].used;
    }
    return frame_parse(transport->answer, length, &transport->frame);
}

/* The pipe that must go on for a whole answer. NULL: none, or one that is listening already. */
static Pipe *find_hungry(Transport *transport, FrameState *ret_state)
{
    Pipe *first = &transport->in[0], *last = &transport->in[transport->layout->pipes - 1];
    gsize body;
    FrameState header = frame_parse_header(first->bytes, first->used, &body);
    *ret_state = header == FRAME_COMPLETE ? assemble(transport) : header;
    if (*ret_state != FRAME_INCOMPLETE)
        return NULL;
    Pipe *hungry = header == FRAME_COMPLETE ? last : first;
    return hungry->busy ? NULL : hungry;
}

static void go_on(Transport *transport)
{
    FrameState state;
    Pipe *hungry = find_hungry(transport, &state);
    if (state == FRAME_BROKEN)
        note(transport, LINK_GARBLED);
    else if (state == FRAME_COMPLETE)
        cancel_all(transport);
    else if (hungry)
        listen_pipe(hungry);
}

static void finish(Transport *transport)
{
    Link trouble = transport->trouble;
    if (transport->draining) {
        gboolean quiet = trouble == LINK_UNKNOWN || trouble == LINK_SILENT;
        transport->link = quiet ? LINK_QUIET : trouble;
    } else if ((trouble == LINK_UNKNOWN || trouble == LINK_SILENT) &&
               assemble(transport) == FRAME_COMPLETE) {
        transport->link = LINK_ANSWERED;
    } else {
        transport->link = trouble == LINK_UNKNOWN ? LINK_GARBLED : trouble;
    }
    if (transport->link != LINK_ANSWERED)
        transport_forget(transport);
}

static Link trouble_of(enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
    case LIBUSB_TRANSFER_CANCELLED:
        return LINK_UNKNOWN;
    case LIBUSB_TRANSFER_TIMED_OUT:
        return LINK_SILENT;
    case LIBUSB_TRANSFER_STALL:
        return LINK_STALLED;
    case LIBUSB_TRANSFER_NO_DEVICE:
        return LINK_GONE;
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_OVERFLOW:
        return LINK_BROKEN;
    }
    return LINK_BROKEN;
}

static void LIBUSB_CALL on_transfer(struct libusb_transfer *transfer)
{
    Pipe *pipe = transfer->user_data;
    Transport *transport = pipe->owner;
    gboolean is_in = (pipe->endpoint & LIBUSB_ENDPOINT_IN) != 0;
    Link trouble = trouble_of(transfer->status);
    pipe->busy = FALSE;
    transport->busy--;
    if (is_in && transfer->actual_length > 0)
        pipe->used += (gsize)transfer->actual_length;
    if (transport->draining && trouble == LINK_SILENT)
        trouble = LINK_UNKNOWN; /* this pipe is empty */
    else if (transport->draining && transfer->status == LIBUSB_TRANSFER_COMPLETED)
        listen_pipe(pipe);
    if (trouble != LINK_UNKNOWN)
        note(transport, trouble);
    else if (is_in && !transport->draining && transport->trouble == LINK_UNKNOWN)
        go_on(transport);
    if (transport->busy == 0)
        finish(transport);
}

static void begin(Transport *transport, gboolean draining)
{
    transport_forget(transport);
    transport->draining = draining;
    transport->trouble = LINK_UNKNOWN;
    transport->rounds = 0;
    transport->link = LINK_BUSY;
}

static gsize round_up(gsize bytes, gsize packet_bytes)
{
    return (bytes + packet_bytes - 1) / packet_bytes * packet_bytes;
}

void transport_ask(Transport *transport, guint8 command, guint8 parameter, int deadline_ms)
{
    const Layout *layout = transport->layout;
    g_return_if_fail(transport->busy == 0);
    begin(transport, FALSE);
    transport->deadline_ms = clock_monotonic_ms() + deadline_ms;
    guint8 *frame = transport->out[0].bytes;
    frame_build(command, parameter, frame);
    gsize split = layout->out_split ? layout->out_split : FRAME_COMMAND_BYTES;
    gsize first = layout->fixed_reports ? round_up(split, transport->out[0].packet_bytes) : split;
    gboolean ok = submit(&transport->out[0], frame, first, MIN(OUT_DEADLINE_MS, deadline_ms));
    if (ok && layout->pipes > 1)
        ok = submit(&transport->out[1], frame + split, FRAME_COMMAND_BYTES - split,
                    MIN(OUT_DEADLINE_MS, deadline_ms));
    for (int i = 0; ok && i < layout->pipes; i++)
        ok = listen_pipe(&transport->in[i]);
    if (transport->busy == 0)
        finish(transport);
}

void transport_drain(Transport *transport, int silence_ms)
{
    g_return_if_fail(transport->busy == 0);
    begin(transport, TRUE);
    transport->silence_ms = silence_ms;
    for (int i = 0; i < transport->layout->pipes; i++)
        if (!listen_pipe(&transport->in[i]))
            break;
    if (transport->busy == 0)
        finish(transport);
}

static int clear_halts(Transport *transport)
{
    int code = 0;
    for (int i = 0; i < transport->layout->pipes && code == 0; i++) {
        code = libusb_clear_halt(transport->handle, transport->in[i].endpoint);
        if (code == 0)
            code = libusb_clear_halt(transport->handle, transport->out[i].endpoint);
    }
    return code;
}

static int reset_port(Transport *transport)
{
    return libusb_reset_device(transport->handle);
}

static gpointer run_errand(gpointer user)
{
    Transport *transport = user;
    transport->errand_code = transport->errand(transport);
    g_atomic_int_set(&transport->errand_done, TRUE);
    libusb_interrupt_event_handler(transport->context);
    return NULL;
}

/* The kernel takes its time for these (up to 5 s a control transfer): a thread waits for it. */
static void begin_errand(Transport *transport, int (*errand)(Transport *))
{
    g_return_if_fail(transport->busy == 0 && !transport->runner);
    begin(transport, FALSE);
    transport->errand = errand;
    g_atomic_int_set(&transport->errand_done, FALSE);
    transport->runner = g_thread_new("usb-errand", run_errand, transport);
}

void transport_clear_halt(Transport *transport)
{
    begin_errand(transport, clear_halts);
}

void transport_reset(Transport *transport)
{
    begin_errand(transport, reset_port);
}

static void end_errand(Transport *transport)
{
    g_thread_join(g_steal_pointer(&transport->runner));
    int code = transport->errand_code;
    gboolean gone = code == LIBUSB_ERROR_NO_DEVICE ||
                    (code == LIBUSB_ERROR_NOT_FOUND && transport->errand == reset_port);
    transport->link = code == 0 ? LINK_QUIET : gone ? LINK_GONE : LINK_BROKEN;
}

Link transport_link(Transport *transport)
{
    if (transport->runner && g_atomic_int_get(&transport->errand_done))
        end_errand(transport);
    return transport->busy || transport->runner ? LINK_BUSY : transport->link;
}

const Frame *transport_answer(const Transport *transport)
{
    return &transport->frame;
}

void transport_forget(Transport *transport)
{
    gsize used = 0;
    for (int i = 0; i < transport->layout->pipes; i++) {
        used += transport->in[i].used;
        secret_wipe(transport->in[i].bytes, transport->in[i].used);
        transport->in[i].used = 0;
    }
    secret_wipe(transport->answer, used);
    transport->frame = (Frame){0};
}

gboolean transport_is_on(const Transport *transport, libusb_device *device)
{
    return libusb_get_device(transport->handle) == device;
}

const Layout *transport_layout(const Transport *transport)
{
    return transport->layout;
}

static gboolean refuse(GError **error, const char *what, const char *why)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "reader: %s: %s", what, why);
    return FALSE;
}

static gboolean read_wiring(Transport *transport, libusb_device *device, GError **error)
{
    struct libusb_config_descriptor *config = NULL;
    Wiring wiring;
    int code = libusb_get_active_config_descriptor(device, &config);
    if (code != 0)
        return refuse(error, "descriptors cannot be read", libusb_strerror(code));
    gboolean known = layout_choose(config, &wiring);
    libusb_free_config_descriptor(config);
    if (!known)
        return refuse(error, "not usable", "its endpoints are those of no known reader");
    transport->layout = wiring.layout;
    transport->interface = wiring.interface;
    for (int i = 0; i < wiring.layout->pipes; i++) {
        transport->in[i].endpoint = wiring.in[i].address;
        transport->in[i].packet_bytes = wiring.in[i].packet_bytes;
        transport->out[i].endpoint = wiring.out[i].address;
        transport->out[i].packet_bytes = wiring.out[i].packet_bytes;
    }
    return TRUE;
}

static gboolean claim(Transport *transport, libusb_device *device, GError **error)
{
    int code = libusb_open(device, &transport->handle);
    if (code != 0)
        return refuse(error, "cannot be opened",
                      code == LIBUSB_ERROR_ACCESS ? "no permission; the udev rule is missing"
                                                  : libusb_strerror(code));
    libusb_set_auto_detach_kernel_driver(transport->handle, 1); /* usbhid takes HID readers */
    code = libusb_claim_interface(transport->handle, transport->interface);
    return code == 0 || refuse(error, "cannot be claimed", libusb_strerror(code));
}

static void make_pipe(Transport *transport, Pipe *pipe)
{
    pipe->owner = transport;
    pipe->bytes = secret_arena_alloc(transport->arena, PIPE_BYTES);
    pipe->transfer = libusb_alloc_transfer(0);
    if (!pipe->transfer)
        g_error("reader: no memory for a transfer");
    libusb_fill_bulk_transfer(pipe->transfer, transport->handle, pipe->endpoint, pipe->bytes, 0,
                              on_transfer, pipe, 0);
    pipe->transfer->type = (unsigned char)transport->layout->type;
}

Transport *transport_open(libusb_context *context, libusb_device *device, GError **error)
{
    Transport *transport = g_new0(Transport, 1);
    transport->context = context;
    transport->arena = secret_arena_create();
    if (!read_wiring(transport, device, error) || !claim(transport, device, error)) {
        transport_close(transport);
        return NULL;
    }
    transport->answer = secret_arena_alloc(transport->arena, PIPES_MAX * PIPE_BYTES);
    for (int i = 0; i < transport->layout->pipes; i++) {
        make_pipe(transport, &transport->in[i]);
        make_pipe(transport, &transport->out[i]);
    }
    return transport;
}

/* FALSE: libusb still holds transfers. */
static gboolean come_to_rest(Transport *transport)
{
    if (transport->runner)
        end_errand(transport);
    gint64 until_ms = clock_monotonic_ms() + CLOSE_MS;
    if (transport->busy)
        note(transport, LINK_BROKEN);
    while (transport->busy && clock_monotonic_ms() < until_ms) {
        struct timeval slice = {.tv_usec = 20 * 1000};
        libusb_handle_events_timeout_completed(transport->context, &slice, NULL);
    }
    return transport->busy == 0;
}

void transport_close(Transport *transport)
{
    if (!transport)
        return;
    gboolean rests = come_to_rest(transport);
    if (transport->handle) {
        libusb_release_interface(transport->handle, transport->interface);
        libusb_close(transport->handle); /* the kernel ends what it still holds */
    }
    if (!rests) {
        log_error("reader", "USB keeps %d transfers; their memory is given up", transport->busy);
        for (int i = 0; i < transport->layout->pipes; i++)
            secret_wipe(transport->in[i].bytes, PIPE_BYTES); /* a card's data may lie there */
        secret_wipe(transport->answer, PIPES_MAX * PIPE_BYTES);
        return;
    }
    for (int i = 0; i < PIPES_MAX; i++) {
        libusb_free_transfer(transport->in[i].transfer);
        libusb_free_transfer(transport->out[i].transfer);
    }
    secret_arena_destroy(transport->arena);
    g_free(transport);
}
