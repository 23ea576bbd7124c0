#include "drivers/samv/devices.h"
#include <stdlib.h>
#include <string.h>

const DeviceRow device_rows[] = {
    {{0x0400, 0xC35A}, CONFIDENCE_WELL_KNOWN, "USBIDR: Routon iDR, Shensi, ZKTeco and others"},
    {{0x0425, 0x8159}, CONFIDENCE_ONE_SOURCE, "Routon HIDIDR"},
    {{0x0483, 0x5652}, CONFIDENCE_ONE_SOURCE, "of an attendance terminal"},
    {{0x0483, 0x5750}, CONFIDENCE_ONE_SOURCE, "Telpo, built in; also many other HID devices"},
    {{0x28E9, 0x028A}, CONFIDENCE_ONE_SOURCE, "Telpo, built in"},
    {{0x2B8B, 0x2721}, CONFIDENCE_ONE_SOURCE, "YinanSoft USB-HID"},
};
const gsize device_rows_count = G_N_ELEMENTS(device_rows);

static const DeviceRow other = {{0, 0}, CONFIDENCE_UNKNOWN, "of the configuration"};

const char *confidence_word(Confidence confidence)
{
    static const char *const words[] = {"unknown to us", "seen in one source", "well known"};
    return (gsize)confidence < G_N_ELEMENTS(words) ? words[confidence] : words[0];
}

const DeviceRow *device_row(DeviceId id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(device_rows); i++)
        if (device_rows[i].id.vendor == id.vendor && device_rows[i].id.product == id.product)
            return &device_rows[i];
    return &other;
}

static gboolean parse_id(const char *text, DeviceId *ret)
{
    const char *digits = "0123456789abcdefABCDEF";
    if (strlen(text) != 9 || text[4] != ':' || strspn(text, digits) != 4 ||
        strspn(text + 5, digits) != 4)
        return FALSE;
    ret->vendor = (guint16)strtoul(text, NULL, 16);
    ret->product = (guint16)strtoul(text + 5, NULL, 16);
    return TRUE;
}

gboolean device_ids_read(const Config *config, DeviceId ret[DEVICE_IDS_MAX], gsize *ret_count,
                         GError **error)
{
    g_auto(GStrv) words = g_strsplit(config_string(config, "reader", "devices"), " ", -1);
    *ret_count = 0;
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        if (*ret_count == DEVICE_IDS_MAX || !parse_id(*word, &ret[*ret_count])) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                        "[reader] devices: '%s' is not VID:PID in hex, or over %d ids", *word,
                        DEVICE_IDS_MAX);
            return FALSE;
        }
        ++*ret_count;
    }
    return TRUE;
}

char *device_udev_rules(const Config *config, GError **error)
{
    DeviceId ids[DEVICE_IDS_MAX];
    gsize count;
    if (!device_ids_read(config, ids, &count, error))
        return NULL;
    GString *text = g_string_new(
        "# ID card readers of the kiosk, from [reader] devices: its group may open them, and they\n"
        "# never sleep. Late in the order, as power savers switch autosuspend on in theirs.\n"
        "#     kiosk udev-rules > /etc/udev/rules.d/99-kiosk-reader.rules\n"
        "#     udevadm control --reload && udevadm trigger --subsystem-match=usb\n"
        "ACTION==\"remove\", GOTO=\"kiosk_reader_end\"\n"
        "SUBSYSTEM!=\"usb\", GOTO=\"kiosk_reader_end\"\n"
        "ENV{DEVTYPE}!=\"usb_device\", GOTO=\"kiosk_reader_end\"\n");
    for (gsize i = 0; i < count; i++) {
        const DeviceRow *row = device_row(ids[i]);
        g_string_append_printf(text,
                               "# %s; %s\n"
                               "ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", "
                               "GROUP=\"kiosk\", MODE=\"0660\", ATTR{power/control}=\"on\"\n",
                               row->what, confidence_word(row->confidence), ids[i].vendor,
                               ids[i].product);
    }
    g_string_append(text, "LABEL=\"kiosk_reader_end\"\n");
    return g_string_free(text, FALSE);
}
