#include "drivers/samv/bus.h"
#include "drivers/samv/devices.h"
#include "firmware/base/log.h"
#include <stdio.h>
#include <string.h>

#define PORTS_MAX 7 /* USB 3.2: hubs in a row */
#define SYSFS "/sys/bus/usb/devices"

struct Bus {
    libusb_context *context;
    libusb_hotplug_callback_handle hotplug;
    gboolean tells_changes;
    gboolean changed;
    DeviceId ids[DEVICE_IDS_MAX];
    gsize n_ids;
    char *path, *serial; /* pinned, "" not */
};

static int LIBUSB_CALL on_hotplug(libusb_context *context, libusb_device *device,
                                  libusb_hotplug_event event, void *user)
{
    (void)context;
    (void)device;
    (void)event;
    ((Bus *)user)->changed = TRUE;
    return 0;
}

static gboolean start(Bus *bus, GError **error)
{
    int code = libusb_init(&bus->context);
    if (code != 0) {
        bus->context = NULL;
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "reader: no USB: %s",
                    libusb_strerror(code));
        return FALSE;
    }
    bus->tells_changes =
        libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) &&
        libusb_hotplug_register_callback(
            bus->context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            on_hotplug, bus, &bus->hotplug) == 0;
    bus->changed = TRUE;
    return TRUE;
}

Bus *bus_open(const Config *config, GError **error)
{
    Bus *bus = g_new0(Bus, 1);
    bus->path = g_strdup(config_string(config, "reader", "bus_path"));
    bus->serial = g_strdup(config_string(config, "reader", "serial"));
    if (!device_ids_read(config, bus->ids, &bus->n_ids, error) || !start(bus, error)) {
        bus_close(bus);
        return NULL;
    }
    return bus;
}

void bus_close(Bus *bus)
{
    if (!bus)
        return;
    if (bus->tells_changes)
        libusb_hotplug_deregister_callback(bus->context, bus->hotplug);
    if (bus->context)
        libusb_exit(bus->context);
    g_free(bus->path);
    g_free(bus->serial);
    g_free(bus);
}

libusb_context *bus_context(Bus *bus)
{
    return bus->context;
}

gboolean bus_take_change(Bus *bus)
{
    gboolean changed = bus->changed;
    bus->changed = FALSE;
    return changed;
}

gboolean bus_tells_changes(const Bus *bus)
{
    return bus->tells_changes;
}

char *bus_path(libusb_device *device)
{
    guint8 ports[PORTS_MAX];
    int count = libusb_get_port_numbers(device, ports, PORTS_MAX);
    GString *name = g_string_new(NULL);
    g_string_printf(name, "%d-", libusb_get_bus_number(device));
    for (int i = 0; i < count; i++)
        g_string_append_printf(name, i ? ".%d" : "%d", ports[i]);
    return g_string_free(name, FALSE);
}

/* What the kernel knows of the device; "" when it does not. The caller frees. */
static char *attribute(libusb_device *device, const char *attribute)
{
    g_autofree char *name = bus_path(device);
    g_autofree char *path = g_build_filename(SYSFS, name, attribute, NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup("");
    return g_strchomp(text);
}

static gboolean is_pinned(const Bus *bus, libusb_device *device)
{
    g_autofree char *name = bus_path(device);
    if (*bus->path && strcmp(bus->path, name) != 0)
        return FALSE;
    g_autofree char *serial = *bus->serial ? attribute(device, "serial") : g_strdup("");
    return !strcmp(bus->serial, serial);
}

static gboolean is_reader(const Bus *bus, libusb_device *device)
{
    struct libusb_device_descriptor descriptor;
    if (libusb_get_device_descriptor(device, &descriptor) != 0)
        return FALSE;
    for (gsize i = 0; i < bus->n_ids; i++)
        if (bus->ids[i].vendor == descriptor.idVendor &&
            bus->ids[i].product == descriptor.idProduct)
            return is_pinned(bus, device);
    return FALSE;
}

libusb_device *bus_find(Bus *bus, ReaderAbsence *ret_absence)
{
    libusb_device **devices = NULL;
    libusb_device *found = NULL;
    int count = 0;
    gssize total = libusb_get_device_list(bus->context, &devices);
    for (gssize i = 0; i < total; i++) {
        if (!is_reader(bus, devices[i]))
            continue;
        count++;
        found = devices[i];
    }
    if (count == 1)
        libusb_ref_device(found);
    else
        *ret_absence = count == 0 ? READER_ABSENCE_NONE : READER_ABSENCE_SEVERAL;
    if (devices)
        libusb_free_device_list(devices, 1);
    return count == 1 ? found : NULL;
}

void bus_keep_awake(libusb_device *device)
{
    g_autofree char *control = attribute(device, "power/control");
    if (strcmp(control, "auto") != 0)
        return;
    g_autofree char *name = bus_path(device);
    g_autofree char *path = g_build_filename(SYSFS, name, "power/control", NULL);
    FILE *file = fopen(path, "we");
    gboolean written = file && fputs("on\n", file) >= 0;
    written = file && fclose(file) == 0 && written;
    if (!written)
        log_warn("reader", "may be put to sleep by the system; install the rules of "
                           "`kiosk udev-rules`");
}
