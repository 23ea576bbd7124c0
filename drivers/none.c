/* A reader and a printer that are never there: for machines and trials without one. */
#include "drivers/printer.h"
#include "drivers/reader.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct Reader {
    int wake_fd;
    gboolean told; /* DETACHED was given */
};

static Reader *open_reader(const Config *config, GError **error)
{
    (void)config;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "reader: no eventfd: %s",
                    g_strerror(errno));
        return NULL;
    }
    Reader *reader = g_new0(Reader, 1);
    reader->wake_fd = wake_fd;
    return reader;
}

static void poll_reader(Reader *reader, ReaderMode mode, int today, int timeout_ms,
                        ReaderEvent *ret_event)
{
    (void)mode;
    (void)today;
    *ret_event = (ReaderEvent){.type = READER_EVENT_NONE};
    if (!reader->told) {
        reader->told = TRUE;
        ret_event->type = READER_EVENT_DETACHED;
        ret_event->absence = READER_ABSENCE_NONE;
        return;
    }
    struct pollfd wake = {.fd = reader->wake_fd, .events = POLLIN};
    if (poll(&wake, 1, CLAMP(timeout_ms, 0, 10000)) > 0) {
        guint64 count;
        (void)!read(reader->wake_fd, &count, sizeof count);
    }
}

static void interrupt_reader(Reader *reader)
{
    const guint64 one = 1;
    (void)!write(reader->wake_fd, &one, sizeof one);
}

static void describe_reader(Reader *reader, ReaderDescription *ret)
{
    (void)reader;
    *ret = (ReaderDescription){0};
}

static char *need_no_rules(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return NULL;
}

static void close_reader(Reader *reader)
{
    if (!reader)
        return;
    close(reader->wake_fd);
    g_free(reader);
}

extern const ReaderDriver none_reader;
const ReaderDriver none_reader = {
    .name = "none",
    .open = open_reader,
    .poll = poll_reader,
    .interrupt = interrupt_reader,
    .describe = describe_reader,
    .udev_rules = need_no_rules,
    .close = close_reader,
};

struct Printer {
    char unused;
};

static Printer *open_printer(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return g_new0(Printer, 1);
}

static gboolean refuse(GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE,
                "no printer is configured: [printer] driver is none");
    return FALSE;
}

static gboolean get_status(Printer *printer, PrinterStatus *ret, GError **error)
{
    (void)printer;
    *ret = (PrinterStatus){.up_time_s = -1, .impressions = -1, .jobs = -1};
    return refuse(error);
}

static SubmitResult submit(Printer *printer, const PrinterJob *job, PrinterSent *ret_sent,
                           GError **error)
{
    (void)printer;
    if (ret_sent)
        *ret_sent = (PrinterSent){.format = job->format};
    refuse(error);
    return SUBMIT_REFUSED;
}

static gboolean get_job(Printer *printer, const char *name, PrinterJobStatus *ret, GError **error)
{
    (void)printer;
    (void)name;
    *ret = (PrinterJobStatus){.impressions = -1};
    return refuse(error);
}

static gboolean cancel_job(Printer *printer, const char *name, GError **error)
{
    (void)printer;
    (void)name;
    return refuse(error);
}

static gboolean cancel_others(Printer *printer, const char *keep, GError **error)
{
    return cancel_job(printer, keep, error);
}

static void interrupt_printer(Printer *printer)
{
    (void)printer;
}

static void close_printer(Printer *printer)
{
    g_free(printer);
}

extern const PrinterDriver none_printer;
const PrinterDriver none_printer = {
    .name = "none",
    .open = open_printer,
    .get_status = get_status,
    .submit = submit,
    .get_job = get_job,
    .cancel_job = cancel_job,
    .cancel_others = cancel_others,
    .interrupt = interrupt_printer,
    .close = close_printer,
};
