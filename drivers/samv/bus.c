#include "drivers/samv/bus.h"
#include <stdlib.h>
#include <string.h>

#define IDS_MAX 40
#define PORTS_MAX 7 /* USB 3.2: hubs in a row */

struct Bus {
    libusb_context *context;
    libusb_hotplug_callback_handle hotplug;
    gboolean tells_changes;
    gboolean changed;
    struct {
        guint16 vendor, product;
    } ids[IDS_MAX];
    gsize n_ids;
    char *path; /* pinned, "" none */
};

static gboolean parse_id(const char *text, guint16 *ret_vendor, guint16 *ret_product)
{
    if (strlen(text) != 9 || text[4] != ':' || strspn(text, "0123456789abcdefABCDEF") != 4 ||
        strspn(text + 5, "0123456789abcdefABCDEF") != 4)
        return FALSE;
    *ret_vendor = (guint16)strtoul(text, NULL, 16);
    *ret_product = (guint16)strtoul(text + 5, NULL, 16);
    return TRUE;
}

static gboolean parse_ids(Bus *bus, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        if (bus->n_ids == IDS_MAX ||
            !parse_id(*word, &bus->ids[bus->n_ids].vendor, &bus->ids[bus->n_ids].product)) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                        "[reader] devices: '%s' is not VID:PID in hex, or over %d ids", *word,
                        IDS_MAX);
            return FALSE;
        }
        bus->n_ids++;
    }
    return TRUE;
}

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
    if (!parse_ids(bus, config_string(config, "reader", "devices"), error) || !start(bus, error)) {
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

/* As the kernel names it: "1-1.2". */
static gboolean is_at(libusb_device *device, const char *path)
{
    guint8 ports[PORTS_MAX];
    int count = libusb_get_port_numbers(device, ports, PORTS_MAX);
    g_autoptr(GString) name = g_string_new(NULL);
    g_string_printf(name, "%d-", libusb_get_bus_number(device));
    for (int i = 0; i < count; i++)
        g_string_append_printf(name, i ? ".%d" : "%d", ports[i]);
    return !strcmp(name->str, path);
}

static gboolean is_reader(const Bus *bus, libusb_device *device)
{
    struct libusb_device_descriptor descriptor;
    if (libusb_get_device_descriptor(device, &descriptor) != 0)
        return FALSE;
    for (gsize i = 0; i < bus->n_ids; i++)
        if (bus->ids[i].vendor == descriptor.idVendor &&
            bus->ids[i].product == descriptor.idProduct)
            return !*bus->path || is_at(device, bus->path);
    return FALSE;
}

libusb_device *bus_find(Bus *bus, const char **ret_reason)
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
        *ret_reason = count == 0 ? "not plugged in"
                                 : "more than one is plugged in; name one in [reader] bus_path";
    if (devices)
        libusb_free_device_list(devices, 1);
    return count == 1 ? found : NULL;
}
