#include "tests/harness/virtual_reader/usb_host.h"
#include "tests/harness/virtual_reader/usb_device.h"
#include "tests/harness/virtual_reader/usbfs.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRELOAD "libumockdev-preload.so.0"
void usb_host_preload(char **argv)
{
    const char *preload = g_getenv("LD_PRELOAD");
    if (preload && strstr(preload, PRELOAD))
        return;
    g_setenv("LD_PRELOAD", PRELOAD, TRUE);
    g_setenv("TMPDIR", "/tmp", TRUE); /* umockdev's sockets lie there, and their paths are short */
    execv("/proc/self/exe", argv);
    g_error("cannot start again under %s: %s", PRELOAD, g_strerror(errno));
}

UsbHost *usb_host_create(void)
{
    UsbHost *host = g_new0(UsbHost, 1);
    g_mutex_init(&host->lock);
    g_mutex_init(&host->hand);
    host->testbed = umockdev_testbed_new();
    host->folder = umockdev_testbed_get_root_dir(host->testbed);
    host->model = samv_model_create();
    host->transport = USB_TRANSPORT_B;
    host->number = 1;
    host->gate = -1;
    usbfs_attach(host);
    return host;
}

const char *usb_host_folder(UsbHost *host)
{
    return host->folder;
}

/* --- plugging --- */

/* Left open: whoever still waits there for the device of before finds that it is gone. */
static void leave_gate(UsbHost *host)
{
    char byte;
    if (!host->gate_open && read(host->gate, &byte, 1) != 1)
        g_warning("virtual reader: gate: %s", g_strerror(errno));
    close(host->gate);
}

static void make_node(UsbHost *host)
{
    g_autofree char *folder = g_build_filename(host->folder, "dev/bus/usb/001", NULL);
    g_mkdir_with_parents(folder, 0755);
    host->number++;
    host->node = g_strdup_printf("/dev/bus/usb/001/%03d", host->number);
    host->file = g_strconcat(host->folder, host->node, NULL);
    if (host->gate >= 0)
        leave_gate(host);
    if (mkfifo(host->file, 0666) != 0)
        g_error("virtual reader: %s: %s", host->file, g_strerror(errno));
    host->gate = open(host->file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (host->gate < 0 || fcntl(host->gate, F_SETPIPE_SZ, 4096) < 0)
        g_error("virtual reader: %s: %s", host->file, g_strerror(errno));
    host->gate_open = TRUE; /* an empty FIFO is writable */
    usbfs_move_gate(host);
}

/* Puts a device at `port` of bus 1. libusb's monitor must not see it before its descriptors are
 * there: the first event goes out without DEVTYPE, which libusb filters, the second is the real
 * one. The sysfs path; the caller frees. */
static char *announce(UsbHost *host, const char *port, int number, const char *node)
{
    const UsbDevice *device = usb_device_row(host->transport);
    g_autofree char *vendor = g_strdup_printf("%04x\n", device->vendor);
    g_autofree char *product = g_strdup_printf("%04x\n", device->product);
    g_autofree char *ids = g_strdup_printf("%x/%x/63", device->vendor, device->product);
    g_autofree char *serial = g_strdup_printf("SERIAL-%s\n", port);
    g_autofree char *devnum = g_strdup_printf("%d\n", number);
    g_autofree char *padded = g_strdup_printf("%03d", number);
    g_autofree char *minor = g_strdup_printf("%d", number - 1);
    g_autofree char *dev = g_strdup_printf("189:%s", minor);
    char *path = umockdev_testbed_add_device(
        host->testbed, "usb", port, NULL, "busnum", "1\n", "devnum", devnum, "dev", dev, "speed",
        "12\n", "idVendor", vendor, "idProduct", product, "serial", serial, "bConfigurationValue",
        "1\n", "bNumConfigurations", "1\n", "bDeviceClass", "00\n", "version", " 2.00\n", NULL,
        "DEVNAME", node, "BUSNUM", "001", "DEVNUM", padded, "PRODUCT", ids, "MAJOR", "189", "MINOR",
        minor, NULL);
    umockdev_testbed_set_attribute_binary(host->testbed, path, "descriptors",
                                          (guint8 *)device->descriptors, (int)device->length);
    umockdev_testbed_set_attribute(host->testbed, path, "power/control", "auto\n");
    umockdev_testbed_set_property(host->testbed, path, "DEVTYPE", "usb_device");
    umockdev_testbed_uevent(host->testbed, path, "add");
    return path;
}

static char *plug(UsbHost *host)
{
    if (host->plugged)
        return g_strdup("plug: it is plugged in");
    g_mutex_lock(&host->lock);
    make_node(host);
    samv_model_power_on(host->model);
    host->plugged = TRUE;
    host->plugging++;
    host->epoch++;
    host->busy_until_us = 0;
    host->owner = NULL;
    host->kernel_driver = usb_device_row(host->transport)->kernel_driver;
    g_mutex_unlock(&host->lock);
    umockdev_testbed_attach_ioctl(host->testbed, host->node, host->handler, NULL);
    host->device = announce(host, "1-1", host->number, host->node);
    return NULL;
}

static char *unplug(UsbHost *host)
{
    if (!host->plugged)
        return g_strdup("unplug: it is not plugged in");
    g_mutex_lock(&host->lock);
    host->plugged = FALSE;
    usbfs_cut_off(host); /* the gate stays: the client still reaps */
    g_mutex_unlock(&host->lock);
    umockdev_testbed_uevent(host->testbed, host->device, "remove");
    umockdev_testbed_detach_ioctl(host->testbed, host->node, NULL);
    umockdev_testbed_remove_device(host->testbed, host->device);
    unlink(host->file);
    g_clear_pointer(&host->device, g_free);
    g_clear_pointer(&host->node, g_free);
    g_clear_pointer(&host->file, g_free);
    return NULL;
}

/* A second reader of the same kind, which only lies on the bus and cannot be opened. */
static char *plug_twin(UsbHost *host)
{
    if (host->twin)
        return g_strdup("plug-twin: it is plugged in");
    host->number++;
    g_autofree char *node = g_strdup_printf("/dev/bus/usb/001/%03d", host->number);
    host->twin = announce(host, "1-2", host->number, node);
    return NULL;
}

static char *unplug_twin(UsbHost *host)
{
    if (!host->twin)
        return g_strdup("unplug-twin: it is not plugged in");
    umockdev_testbed_uevent(host->testbed, host->twin, "remove");
    umockdev_testbed_remove_device(host->testbed, host->twin);
    g_clear_pointer(&host->twin, g_free);
    return NULL;
}

static char *change_transport(UsbHost *host, const char *word)
{
    gboolean again = host->plugged;
    UsbTransport transport = usb_device_find(word);
    if (transport == USB_TRANSPORT_UNKNOWN)
        return g_strdup_printf("transport: '%s' is none of A, B, C", word);
    if (again)
        g_free(unplug(host));
    host->transport = transport;
    if (again)
        g_free(plug(host));
    return NULL;
}

static char *tell_status(UsbHost *host)
{
    g_mutex_lock(&host->lock);
    g_autofree char *model = samv_model_status(host->model);
    char *status = g_strdup_printf(
        "{\"plugged\":%s,\"transport\":\"%s\",\"claimed\":%s,\"kernel_driver\":\"%s\","
        "\"usb_resets\":%u,%s}",
        host->plugged ? "true" : "false", usb_device_row(host->transport)->word,
        host->owner ? "true" : "false", host->kernel_driver ? host->kernel_driver : "",
        host->resets, model);
    g_mutex_unlock(&host->lock);
    return status;
}

static char *control_words(UsbHost *host, char **words)
{
    guint count = g_strv_length(words);
    if (!strcmp(words[0], "plug") && count == 1)
        return plug(host);
    if (!strcmp(words[0], "unplug") && count == 1)
        return unplug(host);
    if (!strcmp(words[0], "plug-twin") && count == 1)
        return plug_twin(host);
    if (!strcmp(words[0], "unplug-twin") && count == 1)
        return unplug_twin(host);
    if (!strcmp(words[0], "transport") && count == 2)
        return change_transport(host, words[1]);
    g_mutex_lock(&host->lock);
    char *why = samv_model_control(host->model, words);
    g_mutex_unlock(&host->lock);
    return why;
}

static gpointer pull_out(gpointer user)
{
    UsbHost *host = user;
    g_mutex_lock(&host->hand);
    g_free(unplug(host));
    g_mutex_lock(&host->lock);
    host->pulling = FALSE;
    g_mutex_unlock(&host->lock);
    g_mutex_unlock(&host->hand);
    return NULL;
}

/* With the lock held, which a hand that is at it still needs: that one is not waited for. */
void usb_host_pull_out(UsbHost *host)
{
    if (host->pulling)
        return;
    if (host->puller)
        g_thread_join(host->puller); /* needs no lock any more */
    host->pulling = TRUE;
    host->puller = g_thread_new("unplug", pull_out, host);
}

static const char help[] =
    "card FILE, lift, unplug, plug, plug-twin, unplug-twin, transport A|B|C, mode "
    "must-lift|continual, delay STEP|late|boot MS, fault NAME [once] [at STEP], status, help, quit";

/* Blanks around words do not count; the path of a card may have some inside. */
static char **split_line(const char *line)
{
    g_autofree char *text = g_strstrip(g_strdup(line));
    g_auto(GStrv) pieces = g_strsplit_set(text, " \t", g_str_has_prefix(text, "card ") ? 2 : -1);
    GPtrArray *words = g_ptr_array_new();
    for (char **piece = pieces; *piece; piece++)
        if (*g_strchug(*piece))
            g_ptr_array_add(words, g_strdup(*piece));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

char *usb_host_control(UsbHost *host, const char *line)
{
    g_auto(GStrv) words = split_line(line);
    if (!words[0])
        return g_strdup("error an empty line");
    if (!strcmp(words[0], "help") && !words[1])
        return g_strdup(help);
    if (!strcmp(words[0], "status") && !words[1])
        return tell_status(host);
    g_mutex_lock(&host->hand);
    g_autofree char *why = control_words(host, words);
    g_mutex_unlock(&host->hand);
    if (why && !*why)
        return g_strdup_printf("error not understood: %s", line);
    return why ? g_strdup_printf("error %s", why) : g_strdup("ok");
}

void usb_host_destroy(UsbHost *host)
{
    if (!host)
        return;
    if (host->puller)
        g_thread_join(host->puller);
    if (host->plugged)
        g_free(unplug(host));
    g_free(host->twin);
    g_clear_object(&host->testbed); /* ends the worker: nothing of ours runs any more */
    g_clear_object(&host->handler);
    usbfs_clear(host);
    if (host->gate >= 0)
        close(host->gate);
    samv_model_destroy(host->model);
    g_mutex_clear(&host->lock);
    g_mutex_clear(&host->hand);
    g_free(host->folder);
    g_free(host);
}
